package store

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/redis/go-redis/v9"

	"pufa/content/edit"
)

// Approvals returns the approved entries and the version they belong to.
func (s *Store) Approvals(ctx context.Context) (map[string]edit.Approval, int64, error) {
	approved := map[string]edit.Approval{}
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
			var a edit.Approval
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
