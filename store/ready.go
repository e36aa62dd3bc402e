package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"pufa/stats"
)

// Warning is something that works now and will hurt later.
type Warning string

// The warnings, in words for the log; a page shows its own.
const (
	WarnEviction Warning = "redis may throw counts away: set maxmemory-policy to noeviction"
	WarnNoAOF    Warning = "redis loses what it acknowledged when it is killed: set appendonly yes"
	WarnSync     Warning = "redis may lose up to two seconds of what it acknowledged when it is killed: set appendfsync always"
	WarnOldRedis Warning = "redis is older than 7.0"
	WarnTrial    Warning = "the trial store holds more than 100000 messages: set up a Redis and PUFA_REDIS_URL"
	WarnSpooled  Warning = "counts wait in the spool for redis"
	WarnUnknown  Warning = "redis does not tell its settings: see that it has noeviction and appendonly yes"
)

// trialEnough is how many messages the trial store is meant for.
const trialEnough = 100_000

// Readiness says whether the store can serve, and what to mend.
type Readiness struct {
	Redis    error // nil: it answers
	Disk     error // nil: the spool can be written; it is the last resort
	Trial    bool  // no Redis is named
	Spooled  int   // messages of this process that wait
	Messages int64 // in the trial store; 0 with a Redis
	Warnings []Warning
}

// OK reports whether messages can be served and counted.
func (r Readiness) OK() bool { return r.Redis == nil && r.Disk == nil }

// Ready looks at Redis and at the disk.
func (s *Store) Ready(ctx context.Context) Readiness {
	r := Readiness{Trial: s.door != nil, Disk: s.spool.probe()}
	r.Spooled, _ = s.spool.waiting()
	if r.Spooled >= maxSpooled && r.Disk == nil {
		r.Disk = fmt.Errorf("%w: %d messages wait for redis", ErrSpoolFull, r.Spooled)
	}
	if r.Spooled > 0 {
		r.Warnings = append(r.Warnings, WarnSpooled)
	}
	if r.Trial {
		r.Redis = s.readyTrial(ctx, &r)
		return r
	}
	r.Redis = s.do(ctx, "ask redis", func(ctx context.Context) error {
		if err := s.redis.Ping(ctx).Err(); err != nil {
			return err
		}
		r.Warnings = append(r.Warnings, s.settings(ctx)...)
		return nil
	})
	return r
}

func (s *Store) readyTrial(ctx context.Context, r *Readiness) error {
	since, err := s.Since(ctx)
	if err != nil {
		return err
	}
	first, err := time.ParseInLocation("20060102", since, zone)
	if err != nil {
		return fmt.Errorf("first day %q: %w", since, err)
	}
	return s.do(ctx, "count messages", func(ctx context.Context) error {
		for m := time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, zone); !m.After(s.now()); m = m.AddDate(0, 1, 0) {
			n, err := s.redis.XLen(ctx, s.keys.ledger(stats.MonthOf(m))).Result()
			if err != nil {
				return err
			}
			r.Messages += n
		}
		if r.Messages > trialEnough {
			r.Warnings = append(r.Warnings, WarnTrial)
		}
		return nil
	})
}

// settings asks the server that holds the account's keys how it is set.
func (s *Store) settings(ctx context.Context) []Warning {
	server, err := s.server(ctx)
	if err != nil {
		return []Warning{WarnUnknown}
	}
	info := map[string]string{}
	for _, section := range []string{"server", "memory", "persistence"} {
		text, err := server.Info(ctx, section).Result()
		if err != nil {
			return []Warning{WarnUnknown}
		}
		for line := range strings.Lines(text) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
			info[name] = value
		}
	}
	// Not every server lets itself be asked; those that do not say so by an error.
	if sync, err := server.ConfigGet(ctx, "appendfsync").Result(); err == nil {
		info["appendfsync"] = sync["appendfsync"]
	}
	return warnings(info)
}

func warnings(info map[string]string) []Warning {
	var list []Warning
	major, _, _ := strings.Cut(info["redis_version"], ".")
	if n, err := strconv.Atoi(major); err == nil && n < 7 {
		list = append(list, WarnOldRedis)
	}
	if policy := info["maxmemory_policy"]; policy == "" {
		list = append(list, WarnUnknown)
	} else if policy != "noeviction" {
		list = append(list, WarnEviction)
	}
	if info["aof_enabled"] == "0" {
		list = append(list, WarnNoAOF)
	} else if sync := info["appendfsync"]; sync != "" && sync != "always" {
		list = append(list, WarnSync)
	}
	return list
}
