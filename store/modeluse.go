package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"pufa/stats"
)

const (
	// modelDayLife is how long a day of what models did is kept.
	modelDayLife = 40 * 24 * time.Hour
	// modelMonthLife is how long a month is: so that two years compare.
	modelMonthLife = 800 * 24 * time.Hour
)

// ModelBatch is what the helpers of a model did in one process for some
// seconds: amounts by field, with no word and no person.
type ModelBatch struct {
	Who    string // the process, as it names itself
	Number int64  // rising with each batch of the process, from 1
	At     time.Time
	Fields map[string]int64
}

// AddModelUse adds a batch to its day and month. A batch that is added again,
// because nobody knows whether it was, counts once.
func (s *Store) AddModelUse(ctx context.Context, b ModelBatch) error {
	day, month := stats.DayOf(b.At), stats.MonthOf(b.At)
	args := []any{b.Who, b.Number, modelDayLife.Milliseconds(), modelMonthLife.Milliseconds()}
	for _, field := range slices.Sorted(maps.Keys(b.Fields)) {
		args = append(args, field, b.Fields[field])
	}
	return s.do(ctx, "add what a model did", func(ctx context.Context) error {
		return modelUseScript.Run(ctx, s.redis, []string{s.keys.modelUse(day), s.keys.modelUse(month)}, args...).Err()
	})
}

// ModelUse is what the helpers of models did today and this month, over all
// processes.
func (s *Store) ModelUse(ctx context.Context) (today, month map[string]int64, err error) {
	now := s.now()
	if today, err = s.modelUse(ctx, stats.DayOf(now)); err == nil {
		month, err = s.modelUse(ctx, stats.MonthOf(now))
	}
	return today, month, err
}

func (s *Store) modelUse(ctx context.Context, period string) (map[string]int64, error) {
	fields := map[string]int64{}
	err := s.do(ctx, "read what a model did", func(ctx context.Context) error {
		all, err := s.redis.HGetAll(ctx, s.keys.modelUse(period)).Result()
		for field, text := range all {
			if strings.HasPrefix(field, "@") {
				continue // who added what
			}
			n, bad := strconv.ParseInt(text, 10, 64)
			if bad != nil {
				return fmt.Errorf("field %s is no number", field)
			}
			fields[field] = n
		}
		return err
	})
	return fields, err
}
