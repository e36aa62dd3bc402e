package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"pufa/staff"
)

// How often an interface token may call: one call a second on average, and as
// many at once as a page of a data platform may want.
const (
	apiCallEvery = time.Second
	apiAtOnce    = 30
)

var _ staff.APITokens = (*Store)(nil)

// APIToken returns the interface token of an id, or staff.ErrNoToken.
func (s *Store) APIToken(ctx context.Context, id string) (t staff.APIToken, err error) {
	none := false
	err = s.do(ctx, "read interface token", func(ctx context.Context) error {
		text, err := s.redis.HGet(ctx, s.keys.apiTokens(), id).Result()
		if none = errors.Is(err, redis.Nil); none {
			return nil
		}
		if err != nil {
			return err
		}
		return readAPIToken(id, text, &t)
	})
	if none {
		err = staff.ErrNoToken
	}
	return t, err
}

// APITokens returns all interface tokens, in no order.
func (s *Store) APITokens(ctx context.Context) (list []staff.APIToken, err error) {
	err = s.do(ctx, "read interface tokens", func(ctx context.Context) error {
		all, err := s.redis.HGetAll(ctx, s.keys.apiTokens()).Result()
		if err != nil {
			return err
		}
		for id, text := range all {
			var t staff.APIToken
			if err := readAPIToken(id, text, &t); err != nil {
				return err
			}
			list = append(list, t)
		}
		return nil
	})
	return list, err
}

func readAPIToken(id, text string, into *staff.APIToken) error {
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return mistakef("interface token %s cannot be read", id)
	}
	return nil
}

// PutAPIToken keeps a new interface token with its step of the trail, or
// returns staff.ErrTokens.
func (s *Store) PutAPIToken(ctx context.Context, t staff.APIToken, step staff.Draft) error {
	text, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("keep interface token: %w", err)
	}
	return s.keepAPIToken(ctx, t.ID, string(text), step)
}

// DropAPIToken withdraws an interface token with its step of the trail, or
// returns staff.ErrNoToken.
func (s *Store) DropAPIToken(ctx context.Context, id string, step staff.Draft) error {
	return s.keepAPIToken(ctx, id, "", step)
}

func (s *Store) keepAPIToken(ctx context.Context, id, text string, step staff.Draft) error {
	keys := []string{s.keys.trail(), s.keys.apiTokens()}
	reply, err := s.chain(ctx, step, func(ctx context.Context, before int64, line []byte) (int, error) {
		return apiTokenScript.Run(ctx, s.redis, keys, before, line, id, text, staff.MaxAPITokens).Int()
	})
	switch {
	case err != nil:
		return err
	case reply == -1:
		return staff.ErrTokens
	case reply == -2:
		return staff.ErrNoToken
	case reply == -3:
		return mistakef("there is an interface token %s already", id)
	}
	return nil
}

// TakeAPICall counts a call of an interface token and returns how long to wait
// instead; 0: go on.
func (s *Store) TakeAPICall(ctx context.Context, id string) (wait time.Duration, err error) {
	keys := []string{s.keys.apiCalls(id)}
	err = s.do(ctx, "count call of interface", func(ctx context.Context) error {
		ms, err := apiCallScript.Run(ctx, s.redis, keys, s.now().UnixMilli(),
			apiCallEvery.Milliseconds(), (apiAtOnce-1)*apiCallEvery.Milliseconds()).Int64()
		wait = time.Duration(ms) * time.Millisecond
		return err
	})
	return wait, err
}
