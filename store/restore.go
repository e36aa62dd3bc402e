package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"pufa/backup"
	"pufa/campaign"
	"pufa/staff"
	"pufa/stats"
)

// ErrNotEmpty means that a backup would be laid over something.
var ErrNotEmpty = errors.New("this store is not empty: a backup is restored into an empty one only")

// Restored says what became of a backup.
type Restored struct {
	Records, Lines int64
	Held           int // campaigns that were scheduled or under way
}

// Restore fills an empty store. read hands it the records, in order. The
// counters are made anew from the ledger, those of months whose ledger was
// dropped long ago are taken as they are. Campaigns that were scheduled wait
// for a person, and those that were under way are in doubt: what was sent after
// the backup nobody knows here, and nothing may go out twice. An interrupted
// restore leaves a store that no command opens; the next restore clears it.
func (s *Store) Restore(ctx context.Context, read func(func(backup.Record) error) error) (Restored, error) {
	r := restorer{s: s}
	if err := r.run(ctx, read); err != nil {
		return r.Restored, fmt.Errorf("restore: %w", err)
	}
	return r.Restored, nil
}

type restorer struct {
	s *Store
	Restored
	retired map[string]bool // months whose counters the backup holds, its ledger being gone
}

func (r *restorer) run(ctx context.Context, read func(func(backup.Record) error) error) error {
	if err := r.clear(ctx); err != nil {
		return err
	}
	err := read(func(rec backup.Record) error {
		if err := r.put(ctx, rec); err != nil {
			return fmt.Errorf("%s: %w", kindOfKey(rec.Key), err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{r.recount, r.years, r.hold, r.finish} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// clear sees that the store is empty, or empties what an interrupted restore
// left, and marks it as unfinished.
func (r *restorer) clear(ctx context.Context) error {
	keys, err := r.s.allKeys(ctx)
	if err != nil {
		return err
	}
	unfinished := slices.Contains(keys, "restoring")
	own := []string{"secret", "since"} // what opening a store leaves in it
	keys = slices.DeleteFunc(keys, func(key string) bool { return slices.Contains(own, key) })
	if len(keys) > 0 && !unfinished {
		return ErrNotEmpty
	}
	return r.s.do(ctx, "begin restore", func(ctx context.Context) error {
		if err := r.s.redis.Set(ctx, r.s.keys.restoring(), 1, 0).Err(); err != nil {
			return err
		}
		for _, key := range append(keys, "since") {
			if key == "restoring" {
				continue
			}
			if err := r.s.redis.Del(ctx, r.s.keys.prefix+key).Err(); err != nil {
				return err
			}
		}
		return nil
	})
}

// put writes one record. What a backup would not hold is refused: the file may
// be somebody else's work.
func (r *restorer) put(ctx context.Context, rec backup.Record) error {
	of, err := keepingOf(rec.Key)
	if err != nil {
		return err
	}
	if of == passing || of == derived && !r.holds(rec.Key) {
		return mistakef("a backup does not hold this key")
	}
	if of == aged {
		r.noteRetired(rec)
	}
	r.Records++
	if !rec.Until.IsZero() && !rec.Until.After(r.s.now()) {
		return nil // its time is over
	}
	if of == ledgers {
		r.Lines += int64(len(rec.Values) / 4)
	}
	return r.s.do(ctx, "write key", func(ctx context.Context) error {
		name := r.s.keys.prefix + rec.Key
		_, err := r.s.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
			if err := putValues(ctx, p, name, rec); err != nil {
				return err
			}
			if !rec.Until.IsZero() {
				p.PExpireAt(ctx, name, rec.Until)
			}
			return nil
		})
		return err
	})
}

// noteRetired takes down the months whose counters come as they are.
func (r *restorer) noteRetired(rec backup.Record) {
	if r.retired == nil {
		r.retired = map[string]bool{}
	}
	for i := 0; i < len(rec.Values); i += 2 {
		r.retired[string(rec.Values[i])] = true
	}
}

// holds reports whether a key has counters of a month whose ledger is gone.
func (r *restorer) holds(key string) bool {
	kind, period, _ := strings.Cut(key, ":")
	return (kind == "day" && len(period) == len("20260308") || kind == "month") && r.retired[period[:min(len(period), len("202603"))]]
}

func putValues(ctx context.Context, p redis.Pipeliner, name string, rec backup.Record) error {
	all := make([]any, len(rec.Values))
	for i, v := range rec.Values {
		all[i] = v
	}
	pairs := len(all) > 0 && len(all)%2 == 0
	switch {
	case rec.Type == "string" && len(all) == 1:
		p.Append(ctx, name, string(rec.Values[0]))
	case rec.Type == "hash" && pairs:
		p.HSet(ctx, name, all...)
	case rec.Type == "set" && len(all) > 0:
		p.SAdd(ctx, name, all...)
	case rec.Type == "list" && len(all) > 0:
		p.RPush(ctx, name, all...)
	case rec.Type == "zset" && pairs:
		return putScores(ctx, p, name, rec.Values)
	case rec.Type == "stream":
		return putLines(ctx, p, name, rec.Values)
	default:
		return mistakef("a %s of %d values", rec.Type, len(all))
	}
	return nil
}

func putScores(ctx context.Context, p redis.Pipeliner, name string, values [][]byte) error {
	for i := 0; i < len(values); i += 2 {
		score, err := strconv.ParseFloat(string(values[i+1]), 64)
		if err != nil {
			return mistakef("a score that is no number")
		}
		p.ZAdd(ctx, name, redis.Z{Score: score, Member: values[i]})
	}
	return nil
}

func putLines(ctx context.Context, p redis.Pipeliner, name string, values [][]byte) error {
	for i := 0; i < len(values); {
		if i+2 > len(values) {
			return mistakef("a line that is cut short")
		}
		fields, err := strconv.Atoi(string(values[i+1]))
		if err != nil || fields < 1 || i+2+2*fields > len(values) {
			return mistakef("a line that is cut short")
		}
		var list []any
		for _, v := range values[i+2 : i+2+2*fields] {
			list = append(list, v)
		}
		p.XAdd(ctx, &redis.XAddArgs{Stream: name, ID: string(values[i]), Values: list})
		i += 2 + 2*fields
	}
	return nil
}

// recount makes the counters from the ledger, and lets go of windows that
// closed while the backup was made: their line is in the ledger.
func (r *restorer) recount(ctx context.Context) error {
	months, err := r.months(ctx)
	if err != nil {
		return err
	}
	for _, month := range months {
		if r.retired[month] {
			// It was dropped while the backup was made: its counters are there.
			if err := r.dropLedger(ctx, month); err != nil {
				return err
			}
			continue
		}
		counts, closed := stats.Counts{}, []string{}
		err := r.s.ReadLedger(ctx, month, func(line string) error {
			e, err := stats.ParseLine(line)
			if err != nil {
				return err
			}
			if e.Kind == stats.Unique {
				closed = append(closed, e.Window)
			}
			counts.Add(e)
			return nil
		})
		if err != nil {
			return err
		}
		if err := r.keepCounts(ctx, counts); err != nil {
			return err
		}
		if err := r.dropWindows(ctx, closed); err != nil {
			return err
		}
	}
	return nil
}

func (r *restorer) dropLedger(ctx context.Context, month string) error {
	return r.s.do(ctx, "drop ledger", func(ctx context.Context) error {
		return r.s.redis.Del(ctx, r.s.keys.ledger(month), r.s.keys.crisis(month)).Err()
	})
}

// months are those that have a ledger.
func (r *restorer) months(ctx context.Context) (months []string, err error) {
	keys, err := r.s.keysOf(ctx, ledgers)
	for _, key := range keys {
		_, month, _ := strings.Cut(key, ":")
		months = append(months, month)
	}
	slices.Sort(months)
	return slices.Compact(months), err
}

func (r *restorer) keepCounts(ctx context.Context, counts stats.Counts) error {
	hashes := map[string][]any{}
	for c, n := range counts {
		key := r.s.keys.day(c.Period)
		if c.Scope == stats.PerMonth {
			key = r.s.keys.month(c.Period)
		}
		hashes[key] = append(hashes[key], c.Field, n)
	}
	for key, fields := range hashes {
		err := r.s.do(ctx, "keep counters", func(ctx context.Context) error {
			return r.s.redis.HSet(ctx, key, fields...).Err()
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// years makes each year's bitmap of residents from those of its months.
func (r *restorer) years(ctx context.Context) error {
	keys, err := r.s.keysOf(ctx, early)
	if err != nil {
		return err
	}
	years := map[string][]byte{}
	for _, key := range keys {
		month, ok := strings.CutPrefix(key, "bits:")
		if !ok {
			continue
		}
		bits, err := r.s.bitmap(ctx, r.s.keys.bits(month))
		if err != nil {
			return err
		}
		years[month[:4]] = union(years[month[:4]], bits)
	}
	for year, bits := range years {
		err := r.s.do(ctx, "keep residents of the year", func(ctx context.Context) error {
			return r.s.redis.Set(ctx, r.s.keys.bits(year), bits, 0).Err()
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *restorer) dropWindows(ctx context.Context, closed []string) error {
	for _, name := range closed {
		err := r.s.do(ctx, "drop window", func(ctx context.Context) error {
			if err := r.s.redis.HDel(ctx, r.s.keys.windows(), name).Err(); err != nil {
				return err
			}
			return r.s.redis.Del(ctx, r.s.keys.window(name)).Err()
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// What staff read of a campaign that a restore stopped.
const (
	sayHeld  = "从备份恢复：备份之后可能已经发出，请核实后再继续。"
	sayDoubt = "从备份恢复：备份时正在发送，之后发到哪里不知道，不会再自动发送。"
)

// hold stops every campaign that would go on by itself.
func (r *restorer) hold(ctx context.Context) error {
	list, err := r.s.Campaigns(ctx, campaign.Filter{})
	if err != nil {
		return err
	}
	for _, c := range list {
		at := c.Status
		if at == campaign.Paused {
			at = c.Resume
		}
		switch {
		case at.Working():
			c.Status, c.Resume, c.Reason = campaign.InDoubt, "", sayDoubt
		case c.Status == campaign.Scheduled:
			c.Status, c.Resume, c.Reason = campaign.Paused, campaign.Scheduled, sayHeld
		default:
			continue
		}
		r.Held++
		if err := r.keepCampaign(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

func (r *restorer) keepCampaign(ctx context.Context, c campaign.Campaign) error {
	c.Version++
	text, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("keep campaign %s: %w", c.ID, err)
	}
	return r.s.do(ctx, "hold campaign", func(ctx context.Context) error {
		return r.s.redis.HSet(ctx, r.s.keys.campaigns(), c.ID, fmt.Sprintf("%d %s %s", c.Version, c.Status, text)).Err()
	})
}

// finish leaves the step of the trail and takes the mark away.
func (r *restorer) finish(ctx context.Context) error {
	note := fmt.Sprintf("%d ledger lines, %d campaigns held", r.Lines, r.Held)
	step := staff.Draft{At: r.s.now(), Who: staff.Terminal, Did: "restore backup", Note: note}
	if err := r.s.Record(ctx, step); err != nil {
		return err
	}
	return r.s.do(ctx, "end restore", func(ctx context.Context) error {
		if err := r.s.redis.Incr(ctx, r.s.keys.version()).Err(); err != nil {
			return err
		}
		return r.s.redis.Del(ctx, r.s.keys.restoring()).Err()
	})
}
