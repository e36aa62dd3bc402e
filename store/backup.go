package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"pufa/backup"
	"pufa/stats"
)

// What a backup does with a key.
type keeping int

const (
	copied  keeping = iota + 1 // as it is
	early                      // as it is, before the ledger: what it counts has its line by then
	ledgers                    // up to the line that was the last when the copying began
	aged                       // marks of the months whose ledger is gone, after the ledgers, and their counters
	last                       // as it is, after everything else: every deed has its step
	derived                    // restore makes them: counters from the ledger, a year's bitmap from its months
	passing                    // lives for minutes, or belongs to a process or a browser
)

// keepings says of every key in keys.go what becomes of it. The longest
// beginning that fits decides; a test looks every key up.
var keepings = map[string]keeping{
	"since": copied, "next": copied, "residents": copied, "optout": copied, "followers": copied,
	"approved": copied, "version": copied, "staff": copied, "edits": copied, "edit:": copied, "released": copied,
	"campaigns": copied, "campaign:begun": copied, "previews:": copied,
	"follower:": copied, "synced": copied, "consent:": copied, "limits": copied, "pushes:": copied,
	"send:": copied, "sendlist:": copied, "sendfates:": copied, "sendqueue:": copied, "sendrate:": copied, "sendstop": copied,
	"activities": copied, "scenes": copied, "testers": copied, "street": copied, "gap:": copied, "gapsets:": copied, "gaps:": copied,
	"counted:": early, "bits:": early, "windows": early, "w:": early,
	"ledger:": ledgers, "crisis:": ledgers, "retired": aged,
	"trail": last,
	"day:":  derived, "month:": derived,
	"secret": passing, "m:": passing, "d:": passing, "token": passing, "fetching": passing, "allow:": passing,
	"campaign:due": passing, "campaign:held": passing, "sendholds:": passing, "syncing": passing,
	"testcodes": passing, "session:": passing, "door:": passing, "usedcode:": passing, "invite:": passing,
	"api:tokens": copied, "api:calls:": passing,
	"tickets": copied, "ticket:count:": copied, "ticket:of:": passing, "ticket:back:": passing, "ticket:call:": passing, "ticket:day:": passing,
	"model:": passing, "modeluse:": copied, "restoring": passing, "backedup": passing,
}

// keepingOf looks up what becomes of a key, without the account's prefix.
func keepingOf(key string) (keeping, error) {
	if period, ok := strings.CutPrefix(key, "bits:"); ok && len(period) == len("2026") {
		return derived, nil // a year is its months
	}
	best := ""
	for start := range keepings {
		whole := !strings.HasSuffix(start, ":")
		if (whole && key == start || !whole && strings.HasPrefix(key, start)) && len(start) > len(best) {
			best = start
		}
	}
	if best == "" {
		return 0, mistakef("nobody decided what a backup does with %s", key)
	}
	return keepings[best], nil
}

// Name is the account whose data this is.
func (s *Store) Name() string { return s.names.account }

// Fingerprint tells this PUFA_SECRET from others and does not give it away.
func (s *Store) Fingerprint() string { return s.names.fingerprint() }

// Backup hands everything that is not derived to put. Messages may be counted
// meanwhile: the ledger is taken up to where it stood, and what is counted by
// resident was taken before, so that the copy bears itself out. It returns how
// many ledger lines were taken.
func (s *Store) Backup(ctx context.Context, put func(backup.Record) error) (lines int64, err error) {
	for _, stage := range []keeping{early, ledgers, aged, copied, last} {
		keys, err := s.keysOf(ctx, stage)
		if err == nil && stage == aged {
			keys, err = s.copyRetired(ctx, put)
		}
		if err != nil {
			return lines, fmt.Errorf("back up: %w", err)
		}
		for _, key := range keys {
			n, err := s.copyKey(ctx, key, put)
			if err != nil {
				return lines, fmt.Errorf("back up %s: %w", kindOfKey(key), err)
			}
			if stage == ledgers {
				lines += n
			}
		}
	}
	return lines, nil
}

// copyRetired hands over the marks of the months whose ledger is gone, and
// returns the keys of their counters: nothing can make those anew. The marks
// are read once, after the ledgers were copied, so that a month that is retired
// meanwhile is in the backup one way or the other.
func (s *Store) copyRetired(ctx context.Context, put func(backup.Record) error) (keys []string, err error) {
	var marks map[string]string
	err = s.do(ctx, "read retired months", func(ctx context.Context) (err error) {
		marks, err = s.redis.HGetAll(ctx, s.keys.retired()).Result()
		return err
	})
	if err != nil || len(marks) == 0 {
		return nil, err
	}
	r := backup.Record{Key: "retired", Type: "hash"}
	for _, month := range slices.Sorted(maps.Keys(marks)) {
		r.Values = append(r.Values, []byte(month), []byte(marks[month]))
		keys = append(keys, "month:"+month)
		first, err := time.ParseInLocation("200601", month, zone)
		if err != nil {
			return nil, mistakef("the mark of %q is of no month", month)
		}
		for day := first; day.Month() == first.Month(); day = day.AddDate(0, 0, 1) {
			keys = append(keys, "day:"+stats.DayOf(day))
		}
	}
	return keys, put(r)
}

// BackedUp remembers when the last backup was made; zero when none was.
func (s *Store) BackedUp(ctx context.Context) (at time.Time, err error) {
	err = s.do(ctx, "read time of the backup", func(ctx context.Context) error {
		unix, err := s.redis.Get(ctx, s.keys.backedUp()).Int64()
		if err == nil {
			at = time.Unix(unix, 0)
		}
		return nilAsNone(err)
	})
	return at, err
}

// SetBackedUp is called when a backup is whole.
func (s *Store) SetBackedUp(ctx context.Context, at time.Time) error {
	return s.do(ctx, "keep time of the backup", func(ctx context.Context) error {
		return s.redis.Set(ctx, s.keys.backedUp(), at.Unix(), 0).Err()
	})
}

func nilAsNone(err error) error {
	if err == redis.Nil {
		return nil
	}
	return err
}

// kindOfKey is a key without what may stand for a person or a wording.
func kindOfKey(key string) string {
	start, _, _ := strings.Cut(key, ":")
	return start
}

// keysOf lists the account's keys of a stage, without the prefix, in order.
func (s *Store) keysOf(ctx context.Context, stage keeping) ([]string, error) {
	all, err := s.allKeys(ctx)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, key := range all {
		of, err := keepingOf(key)
		if err != nil {
			return nil, err
		}
		if of == stage {
			list = append(list, key)
		}
	}
	if stage == early {
		slices.Reverse(list) // the windows before their sets: a set without its window would stay for ever
	}
	return list, nil
}

const keysPerTrip = 500

// allKeys lists the account's keys without the prefix, in order.
func (s *Store) allKeys(ctx context.Context) ([]string, error) {
	found := map[string]bool{}
	var err error
	if cluster, ok := s.redis.(*redis.ClusterClient); ok {
		var mu sync.Mutex
		err = cluster.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error {
			mu.Lock()
			defer mu.Unlock()
			return s.scan(ctx, node, found)
		})
	} else {
		err = s.scan(ctx, s.redis, found)
	}
	return s.plainKeys(found), err
}

func (s *Store) scan(ctx context.Context, from redis.Cmdable, found map[string]bool) error {
	var cursor uint64
	for {
		var keys []string
		err := s.do(ctx, "list keys", func(ctx context.Context) (err error) {
			keys, cursor, err = from.Scan(ctx, cursor, s.keys.prefix+"*", keysPerTrip).Result()
			return err
		})
		if err != nil {
			return err
		}
		for _, key := range keys {
			found[key] = true
		}
		if cursor == 0 {
			return nil
		}
	}
}

func (s *Store) plainKeys(found map[string]bool) []string {
	list := make([]string, 0, len(found))
	for key := range found {
		list = append(list, strings.TrimPrefix(key, s.keys.prefix))
	}
	slices.Sort(list)
	return list
}
