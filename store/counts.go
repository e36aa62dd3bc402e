package store

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"pufa/stats"
)

// How many hashes or lines are read in one trip.
const (
	hashesPerTrip = 31
	linesPerTrip  = 1000
)

// Store is what figures are gathered from and what is verified.
var _ stats.Source = (*Store)(nil)

// Counters returns the counters of the days from and to, both included, by
// 20260308, and of the months they lie in, by 202603: field -> number. A
// period without any is left out.
func (s *Store) Counters(ctx context.Context, from, to time.Time) (days, months map[string]map[string]int64, err error) {
	var dayNames, monthNames []string
	for d := noon(from); !d.After(noon(to)); d = d.AddDate(0, 0, 1) {
		dayNames = append(dayNames, stats.DayOf(d))
		if m := stats.MonthOf(d); len(monthNames) == 0 || monthNames[len(monthNames)-1] != m {
			monthNames = append(monthNames, m)
		}
	}
	if days, err = s.readHashes(ctx, dayNames, s.keys.day); err != nil {
		return nil, nil, err
	}
	months, err = s.readHashes(ctx, monthNames, s.keys.month)
	return days, months, err
}

// noon is the middle of t's day in Asia/Shanghai.
func noon(t time.Time) time.Time {
	t = t.In(zone)
	return time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, zone)
}

// readHashes reads the hashes of periods, some in each trip.
func (s *Store) readHashes(ctx context.Context, periods []string, key func(string) string) (map[string]map[string]int64, error) {
	all := map[string]map[string]int64{}
	for trip := range slices.Chunk(periods, hashesPerTrip) {
		err := s.do(ctx, "read counters", func(ctx context.Context) error {
			cmds := make([]*redis.MapStringStringCmd, len(trip))
			_, err := s.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
				for i, period := range trip {
					cmds[i] = p.HGetAll(ctx, key(period))
				}
				return nil
			})
			if err != nil {
				return err
			}
			for i, period := range trip {
				if len(cmds[i].Val()) == 0 {
					continue
				}
				if all[period], err = numbers(cmds[i].Val()); err != nil {
					return mistakef("%s: %v", key(period), err)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

func numbers(texts map[string]string) (map[string]int64, error) {
	out := make(map[string]int64, len(texts))
	for field, text := range texts {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("counter %q is %q", field, text)
		}
		out[field] = n
	}
	return out, nil
}

// ReadLedger calls line with every line of a month (202603): first what was
// counted in order, then the crises. It stops at the first error line returns.
func (s *Store) ReadLedger(ctx context.Context, month string, line func(string) error) error {
	for _, key := range []string{s.keys.ledger(month), s.keys.crisis(month)} {
		if err := s.readStream(ctx, key, line); err != nil {
			return fmt.Errorf("read ledger of %s: %w", month, err)
		}
	}
	return nil
}

func (s *Store) readStream(ctx context.Context, key string, line func(string) error) error {
	from := "-"
	for {
		var page []redis.XMessage
		err := s.do(ctx, "read stream", func(ctx context.Context) (err error) {
			page, err = s.redis.XRangeN(ctx, key, from, "+", linesPerTrip).Result()
			return err
		})
		if err != nil {
			return err
		}
		for _, m := range page {
			text, _ := m.Values["e"].(string)
			if err := line(text); err != nil {
				return fmt.Errorf("line %s: %w", m.ID, err)
			}
		}
		if len(page) < linesPerTrip {
			return nil
		}
		from = "(" + page[len(page)-1].ID
	}
}

// Residents returns how many different residents wrote in the periods taken
// together: months (202603), years (2026), or both.
func (s *Store) Residents(ctx context.Context, periods ...string) (int64, error) {
	var all []byte
	for _, period := range periods {
		one, err := s.bitmap(ctx, s.keys.bits(period))
		if err != nil {
			return 0, err
		}
		all = union(all, one)
	}
	return ones(all), nil
}

// Followers returns how many residents follow, as far as it was seen, and how
// many of them want no pushes.
func (s *Store) Followers(ctx context.Context) (follow, optedOut int64, err error) {
	followers, err := s.bitmap(ctx, s.keys.followers())
	if err != nil {
		return 0, 0, err
	}
	out, err := s.bitmap(ctx, s.keys.optout())
	if err != nil {
		return 0, 0, err
	}
	for i := range out {
		if i < len(followers) {
			out[i] &= followers[i]
		} else {
			out[i] = 0
		}
	}
	return ones(followers), ones(out), nil
}

func (s *Store) bitmap(ctx context.Context, key string) ([]byte, error) {
	var b []byte
	err := s.do(ctx, "read bitmap", func(ctx context.Context) (err error) {
		b, err = s.redis.Get(ctx, key).Bytes()
		if errors.Is(err, redis.Nil) {
			err = nil
		}
		return err
	})
	return b, err
}

func union(a, b []byte) []byte {
	if len(a) < len(b) {
		a, b = b, a
	}
	out := append([]byte(nil), a...)
	for i, v := range b {
		out[i] |= v
	}
	return out
}

func ones(b []byte) int64 {
	n := 0
	for _, v := range b {
		n += bits.OnesCount8(v)
	}
	return int64(n)
}

// Since returns the first day on which anything could be counted, 20260308.
func (s *Store) Since(ctx context.Context) (string, error) {
	var day string
	err := s.do(ctx, "read first day", func(ctx context.Context) (err error) {
		day, err = s.redis.Get(ctx, s.keys.since()).Result()
		return err
	})
	return day, err
}
