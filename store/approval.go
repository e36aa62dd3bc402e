package store

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/redis/go-redis/v9"
)

// Approval is the last word of the street's justice office on an entry: that it
// stands behind it as it read on that day or, with Down, that it must not
// answer until somebody approves it again.
type Approval struct {
	As   string `json:"as"`   // the name of who approved
	Role string `json:"role"` // of that person
	On   string `json:"on"`   // the day, 2026-03-08
	Hash string `json:"hash"` // of the entry; another text is not approved
	Down bool   `json:"down,omitempty"`
}

// Approvals returns the approved entries and the version they belong to.
func (s *Store) Approvals(ctx context.Context) (map[string]Approval, int64, error) {
	approved := map[string]Approval{}
	var version int64
	err := s.do(ctx, "read approvals", func(ctx context.Context) (err error) {
		// The version first: a change in between is seen at the next look.
		if version, err = s.version(ctx); err != nil {
			return err
		}
		all, err := s.redis.HGetAll(ctx, s.keys.approved()).Result()
		if err != nil {
			return err
		}
		for entry, text := range all {
			var a Approval
			if err := json.Unmarshal([]byte(text), &a); err != nil {
				return mistakef("approval of %s: %v", entry, err)
			}
			approved[entry] = a
		}
		return nil
	})
	return approved, version, err
}

// Version is a number that grows with every change of what the library shows.
func (s *Store) Version(ctx context.Context) (int64, error) {
	var version int64
	err := s.do(ctx, "read library version", func(ctx context.Context) (err error) {
		version, err = s.version(ctx)
		return err
	})
	return version, err
}

func (s *Store) version(ctx context.Context) (int64, error) {
	version, err := s.redis.Get(ctx, s.keys.version()).Int64()
	if errors.Is(err, redis.Nil) {
		return 0, nil
	}
	return version, err
}
