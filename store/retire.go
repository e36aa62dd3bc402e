package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/redis/go-redis/v9"

	"pufa/campaign"
	"pufa/staff"
	"pufa/stats"
)

var _ stats.Vault = (*Store)(nil)

// Retired returns the marks of the months whose ledger was dropped, by month.
func (s *Store) Retired(ctx context.Context) (map[string]stats.Retired, error) {
	marks := map[string]stats.Retired{}
	err := s.do(ctx, "read retired months", func(ctx context.Context) error {
		all, err := s.redis.HGetAll(ctx, s.keys.retired()).Result()
		for month, text := range all {
			var r stats.Retired
			if err := json.Unmarshal([]byte(text), &r); err != nil {
				return mistakef("the mark of %s cannot be read: %v", month, err)
			}
			marks[month] = r
		}
		return err
	})
	return marks, err
}

// LedgerLines returns how many lines the ledgers of months have; months
// without any are left out.
func (s *Store) LedgerLines(ctx context.Context, months ...string) (map[string]int64, error) {
	lines := map[string]int64{}
	err := s.do(ctx, "count ledger lines", func(ctx context.Context) error {
		var counts []*redis.IntCmd
		_, err := s.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
			for _, month := range months {
				counts = append(counts, p.XLen(ctx, s.keys.ledger(month)), p.XLen(ctx, s.keys.crisis(month)))
			}
			return nil
		})
		if err != nil {
			return err
		}
		for i, month := range months {
			if n := counts[2*i].Val() + counts[2*i+1].Val(); n > 0 {
				lines[month] = n
			}
		}
		return nil
	})
	return lines, err
}

// Retire drops the ledger of a month with its step of the trail, and keeps the
// mark: all or nothing. It reports false where the ledger grew since it was
// read, or another instance was quicker.
func (s *Store) Retire(ctx context.Context, r stats.Retiree) (bool, error) {
	was, mark := "", ""
	for _, one := range []struct {
		into *string
		mark stats.Retired
	}{{&was, r.Was}, {&mark, r.Retired}} {
		text, err := json.Marshal(one.mark)
		if err != nil {
			return false, fmt.Errorf("retire ledger of %s: %w", r.Month, err)
		}
		if one.mark.Month != "" {
			*one.into = string(text)
		}
	}
	step := staff.Draft{At: r.At, Who: campaign.System, Did: "retire ledger", What: r.Month, Note: fmt.Sprintf("%d lines, counters %s", r.Lines, r.Sum)}
	keys := []string{s.keys.trail(), s.keys.retired(), s.keys.ledger(r.Month), s.keys.crisis(r.Month)}
	reply, err := s.chain(ctx, step, func(ctx context.Context, before int64, line []byte) (int, error) {
		return retireScript.Run(ctx, s.redis, keys, before, line, r.Month, r.Lines, was, mark).Int()
	})
	return reply == 1, err
}
