package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
)

// Sessions keeps the sessions of the staff console. The cookie's token is
// never kept, only its hash: who reads Redis cannot take a session over.
type Sessions struct{ store *Store }

// Sessions returns the sessions of the staff console.
func (s *Store) Sessions() Sessions { return Sessions{s} }

// FindCtx returns what a session holds; found is false when there is none or
// its time is over.
func (s Sessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = s.store.do(ctx, "read session", func(ctx context.Context) error {
		var err error
		data, err = s.store.redis.Get(ctx, s.key(token)).Bytes()
		if errors.Is(err, redis.Nil) {
			return nil
		}
		found = err == nil
		return err
	})
	return data, found, err
}

// CommitCtx keeps what a session holds until expiry, by the machine's clock:
// scs knows no other, and that of a demonstration may be months ahead.
func (s Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	left := time.Until(expiry)
	if left <= 0 {
		return s.DeleteCtx(ctx, token)
	}
	return s.store.do(ctx, "keep session", func(ctx context.Context) error {
		return s.store.redis.Set(ctx, s.key(token), data, left).Err()
	})
}

// DeleteCtx ends a session.
func (s Sessions) DeleteCtx(ctx context.Context, token string) error {
	return s.store.do(ctx, "end session", func(ctx context.Context) error {
		return s.store.redis.Del(ctx, s.key(token)).Err()
	})
}

// Find is FindCtx for a caller without a context.
func (s Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx for a caller without a context.
func (s Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx for a caller without a context.
func (s Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

func (s Sessions) key(token string) string {
	sum := sha256.Sum256([]byte(token))
	return s.store.keys.session(sum[:])
}
