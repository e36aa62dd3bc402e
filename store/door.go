package store

import (
	"context"
	"crypto/sha256"
	"time"
)

// The lives of what the door remembers.
const (
	// codeLife is how long a one-time code is remembered as used: longer than it
	// could be used again.
	codeLife = 3 * time.Minute
	// inviteLife is how long the link to the first account works.
	inviteLife = 24 * time.Hour
)

// Try counts a try to sign in as name from a place, an address or a browser,
// before the password is looked at, and returns how long to wait instead; 0:
// go on. known: name signed in with this browser before. Names and places are
// kept as keyed hashes.
func (s *Store) Try(ctx context.Context, name, place string, known bool) (wait time.Duration, err error) {
	keys := []string{s.doorKey(name, place), s.keys.doorName(s.names.hash("door name", name)[:16]), s.keys.doorPlace(s.names.hash("door place", place)[:16])}
	err = s.do(ctx, "count a try to sign in", func(ctx context.Context) error {
		ms, err := doorScript.Run(ctx, s.redis, keys, s.now().UnixMilli(), flag(known)).Int64()
		wait = time.Duration(ms) * time.Millisecond
		return err
	})
	return wait, err
}

// Opened forgets the tries of a name from a place: one of them was right.
func (s *Store) Opened(ctx context.Context, name, place string) error {
	return s.do(ctx, "forget tries to sign in", func(ctx context.Context) error {
		return s.redis.Del(ctx, s.doorKey(name, place)).Err()
	})
}

func (s *Store) doorKey(name, place string) string {
	return s.keys.door(s.names.hash("door", name+"\x00"+place)[:16])
}

// UseCode takes the one-time code of an account's 30 seconds number step; it
// reports false when it was taken before.
func (s *Store) UseCode(ctx context.Context, name string, step int64) (first bool, err error) {
	key := s.keys.usedCode(s.names.hash("used code", name+"\x00"+time.Unix(step, 0).UTC().Format(time.RFC3339))[:16])
	err = s.do(ctx, "use one-time code", func(ctx context.Context) (err error) {
		first, err = s.redis.SetNX(ctx, key, "1", codeLife).Result()
		return err
	})
	return first, err
}

// Invite lets whoever has the token make the first account, once, within a
// day. Only the token's hash is kept.
func (s *Store) Invite(ctx context.Context, token string) error {
	return s.do(ctx, "keep invitation", func(ctx context.Context) error {
		return s.redis.Set(ctx, s.invite(token), "1", inviteLife).Err()
	})
}

// Invited reports whether a token still invites.
func (s *Store) Invited(ctx context.Context, token string) (invited bool, err error) {
	err = s.do(ctx, "read invitation", func(ctx context.Context) error {
		n, err := s.redis.Exists(ctx, s.invite(token)).Result()
		invited = n == 1
		return err
	})
	return invited, err
}

// Accept uses an invitation up; it reports false when there was none.
func (s *Store) Accept(ctx context.Context, token string) (invited bool, err error) {
	err = s.do(ctx, "use invitation", func(ctx context.Context) error {
		n, err := s.redis.Del(ctx, s.invite(token)).Result()
		invited = n == 1
		return err
	})
	return invited, err
}

func (s *Store) invite(token string) string {
	sum := sha256.Sum256([]byte(token))
	return s.keys.invite(sum[:])
}
