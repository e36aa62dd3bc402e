package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// maxPushesAMonth bounds what a resident may ask for.
const maxPushesAMonth = 31

// Wishes are what a resident asked to be sent, by their own command.
type Wishes struct {
	OptedOut   bool
	Consents   []string // of those asked about
	MostAMonth int      // pushes a month; 0: as many as come
}

// ResidentOf returns a person's number, or 0 when there is none.
func (s *Store) ResidentOf(ctx context.Context, openID string) (int64, error) {
	return s.numberOf(ctx, s.names.pseudonym(openID))
}

func (s *Store) numberOf(ctx context.Context, pseudonym []byte) (n int64, err error) {
	err = s.do(ctx, "look up resident", func(ctx context.Context) error {
		text, err := s.redis.HGet(ctx, s.keys.residents(), string(pseudonym)).Result()
		if errors.Is(err, redis.Nil) {
			return nil
		}
		if err != nil {
			return err
		}
		if n, err = strconv.ParseInt(strings.TrimPrefix(text, "n"), 10, 64); err != nil {
			return mistakef("resident number is %q", text)
		}
		return nil
	})
	return n, err
}

// SetConsent keeps that a resident asked for something, or does not want it
// any more. It is called for the resident's own command, for what the
// platform reports of it (subscribe_msg_change_event) and for a refusal.
func (s *Store) SetConsent(ctx context.Context, resident int64, name string, on bool) error {
	if resident <= 0 || name == "" || strings.ContainsAny(name, "{}") {
		return fmt.Errorf("set consent of resident %d to %q: no such consent", resident, name)
	}
	bit := 0
	if on {
		bit = 1
	}
	return s.do(ctx, "set consent", func(ctx context.Context) error {
		return s.redis.SetBit(ctx, s.keys.consent(name), resident, bit).Err()
	})
}

// SetMostAMonth keeps how many pushes a month a resident wants at most, 1 to
// 31; 0 is as many as come.
func (s *Store) SetMostAMonth(ctx context.Context, resident int64, most int) error {
	if resident <= 0 || most < 0 || most > maxPushesAMonth {
		return fmt.Errorf("let resident %d have %d pushes a month: want 0 to %d", resident, most, maxPushesAMonth)
	}
	return s.do(ctx, "set pushes a month", func(ctx context.Context) error {
		return s.redis.SetRange(ctx, s.keys.limits(), resident, string([]byte{byte(most)})).Err()
	})
}

// WishesOf returns what a resident asked to be sent, of the consents named.
func (s *Store) WishesOf(ctx context.Context, resident int64, consents []string) (w Wishes, err error) {
	err = s.do(ctx, "read wishes", func(ctx context.Context) error {
		var out *redis.IntCmd
		var limit *redis.StringCmd
		bits := make([]*redis.IntCmd, len(consents))
		_, err := s.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
			out = p.GetBit(ctx, s.keys.optout(), resident)
			limit = p.GetRange(ctx, s.keys.limits(), resident, resident)
			for i, name := range consents {
				bits[i] = p.GetBit(ctx, s.keys.consent(name), resident)
			}
			return nil
		})
		if err != nil {
			return err
		}
		w.OptedOut = out.Val() == 1
		if text := limit.Val(); text != "" {
			w.MostAMonth = int(text[0])
		}
		for i, name := range consents {
			if bits[i].Val() == 1 {
				w.Consents = append(w.Consents, name)
			}
		}
		return nil
	})
	return w, err
}
