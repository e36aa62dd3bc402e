package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"pufa/staff"
)

// Street is what the office told about itself at one time. A field that is
// empty is left out of replies and pages.
type Street struct {
	Name    string    `json:"name"`
	Office  string    `json:"office"`
	Address string    `json:"address"`
	Phone   string    `json:"phone"`
	Hours   string    `json:"hours"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// ErrStreetMoved means that somebody else changed the street's data since it
// was read.
var ErrStreetMoved = errors.New("the street's data was changed meanwhile")

// Streets returns what the office told about itself, the oldest first; none
// when nobody did.
func (s *Store) Streets(ctx context.Context) (list []Street, err error) {
	err = s.do(ctx, "read street", func(ctx context.Context) error {
		texts, err := s.redis.LRange(ctx, s.keys.street(), 0, -1).Result()
		list = make([]Street, len(texts))
		for i, text := range texts {
			if err := json.Unmarshal([]byte(text), &list[i]); err != nil {
				return mistakef("version %d of the street: %v", i+1, err)
			}
		}
		return err
	})
	return list, err
}

// Street returns the newest of Streets; told is false when there is none.
func (s *Store) Street(ctx context.Context) (street Street, told bool, err error) {
	err = s.do(ctx, "read street", func(ctx context.Context) error {
		texts, err := s.redis.LRange(ctx, s.keys.street(), -1, -1).Result()
		if err != nil || len(texts) == 0 {
			return err
		}
		told = true
		if err := json.Unmarshal([]byte(texts[0]), &street); err != nil {
			return mistakef("newest version of the street: %v", err)
		}
		return nil
	})
	return street, told, err
}

// PutStreet keeps a version behind the first versions that were read, with its
// step of the trail, and raises Version. When there are others by now it is
// ErrStreetMoved.
func (s *Store) PutStreet(ctx context.Context, street Street, versions int, step staff.Draft) error {
	text, err := json.Marshal(street)
	if err != nil {
		return fmt.Errorf("keep street: %w", err)
	}
	keys := []string{s.keys.trail(), s.keys.version(), s.keys.street()}
	reply, err := s.chain(ctx, step, func(ctx context.Context, before int64, line []byte) (int, error) {
		return streetScript.Run(ctx, s.redis, keys, before, line, versions, text).Int()
	})
	if err == nil && reply < 0 {
		err = ErrStreetMoved
	}
	return err
}

// TrailBefore returns at most n steps before the step number before, the
// newest first; before 0 begins with the newest there is.
func (s *Store) TrailBefore(ctx context.Context, before int64, n int) (list []staff.Step, err error) {
	from := "+"
	if before > 0 {
		from = fmt.Sprintf("(0-%d", before)
	}
	err = s.do(ctx, "read trail", func(ctx context.Context) error {
		page, err := s.redis.XRevRangeN(ctx, s.keys.trail(), from, "-", int64(n)).Result()
		if err != nil {
			return err
		}
		list = slices.Grow(list[:0], len(page))
		for _, m := range page {
			var step staff.Step
			if err := readStep(m, &step); err != nil {
				return err
			}
			list = append(list, step)
		}
		return nil
	})
	return list, err
}
