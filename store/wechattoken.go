package store

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"time"

	"pufa/wechat"
)

var _ wechat.TokenStore = (*Store)(nil)

// TakeToken returns the shared access token and how long it is still good, or
// takes the right to fetch one for lease, or says that another one has it.
func (s *Store) TakeToken(ctx context.Context, holder string, lease time.Duration) (token string, life time.Duration, mine bool, err error) {
	err = s.do(ctx, "take access token", func(ctx context.Context) error {
		reply, err := tokenScript.Run(ctx, s.redis, s.tokenKeys(), "take", holder, lease.Milliseconds()).Slice()
		if err != nil {
			return err
		}
		state, _ := reply[0].(int64)
		mine = state == 2
		if state != 1 {
			return nil
		}
		sealed, _ := reply[1].(string)
		left, _ := reply[2].(int64)
		life = time.Duration(left) * time.Millisecond
		token, err = s.names.unseal(sealed)
		return err
	})
	return token, life, mine, err
}

// KeepToken shares a token for life and gives back holder's right to fetch.
// It is sealed: what Redis holds, and a copy of it, sends no message.
func (s *Store) KeepToken(ctx context.Context, holder, token string, life time.Duration) error {
	sealed, err := s.names.seal(token)
	if err != nil {
		return err
	}
	return s.tell(ctx, "keep access token", "keep", holder, s.names.tokenMark(token), sealed, life.Milliseconds())
}

// ReleaseToken gives back holder's right to fetch.
func (s *Store) ReleaseToken(ctx context.Context, holder string) error {
	return s.tell(ctx, "release access token", "release", holder)
}

// DropToken deletes the shared token if it still is the one given.
func (s *Store) DropToken(ctx context.Context, token string) error {
	return s.tell(ctx, "drop access token", "drop", s.names.tokenMark(token))
}

func (s *Store) tell(ctx context.Context, what string, args ...any) error {
	return s.do(ctx, what, func(ctx context.Context) error {
		return tokenScript.Run(ctx, s.redis, s.tokenKeys(), args...).Err()
	})
}

func (s *Store) tokenKeys() []string { return []string{s.keys.token(), s.keys.fetching()} }

// tokenMark tells one token from another without giving it away.
func (n names) tokenMark(token string) string {
	return hex.EncodeToString(n.hash("token mark", token)[:16])
}

// tokenSeal is what access tokens are sealed for.
const tokenSeal = "token key"

// cipher is AES-256-GCM under a key of the secret's own, another one for every
// purpose.
func (n names) cipher(purpose string) (cipher.AEAD, error) {
	block, err := aes.NewCipher(n.hash(purpose, ""))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func (n names) seal(token string) (string, error) { return n.sealFor(tokenSeal, token) }

func (n names) unseal(sealed string) (string, error) {
	token, err := n.unsealFor(tokenSeal, sealed)
	if err != nil {
		return "", mistakef("access token in Redis was sealed under another secret")
	}
	return token, nil
}

func (n names) sealFor(purpose, text string) (string, error) {
	aead, err := n.cipher(purpose)
	if err != nil {
		return "", mistakef("a secret cannot be sealed: %v", err)
	}
	return string(aead.Seal(nil, nil, []byte(text), nil)), nil
}

func (n names) unsealFor(purpose, sealed string) (string, error) {
	aead, err := n.cipher(purpose)
	if err != nil {
		return "", mistakef("a secret cannot be opened: %v", err)
	}
	text, err := aead.Open(nil, nil, []byte(sealed), nil)
	return string(text), err
}
