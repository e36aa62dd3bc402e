package staff

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The cost of one hash (RFC 9106, second recommended option): 64 MiB, three
// passes.
const (
	hashMemoryKiB = 64 << 10
	hashPasses    = 3
	hashLanes     = 1
	saltBytes     = 16
	keyBytes      = 32
)

// atOnce is how many hashes are computed at the same time: more would let a
// flood of sign-ins take the machine's memory.
const atOnce = 2

// Hasher hashes passwords, a few at a time.
type Hasher struct {
	slots     chan struct{}
	memoryKiB uint32
	derive    func(password, salt []byte, passes, memoryKiB uint32, lanes uint8, keyBytes uint32) []byte
}

// NewHasher makes a hasher.
func NewHasher() *Hasher {
	return &Hasher{slots: make(chan struct{}, atOnce), memoryKiB: hashMemoryKiB, derive: argon2.IDKey}
}

// Hash returns the PHC string of a password. It waits for a free slot until
// ctx ends.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	key, err := h.key(ctx, password, phc{memoryKiB: h.memoryKiB, passes: hashPasses, lanes: hashLanes, salt: salt})
	if err != nil {
		return "", err
	}
	return phc{h.memoryKiB, hashPasses, hashLanes, salt, key}.String(), nil
}

// Verify reports whether a password is the one hashed. An empty hash takes as
// long as any other, so that time does not tell which names exist.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (bool, error) {
	if hash == "" {
		_, err := h.Hash(ctx, password)
		return false, err
	}
	want, err := parsePHC(hash)
	if err != nil {
		return false, fmt.Errorf("verify password: %w", err)
	}
	key, err := h.key(ctx, password, want)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(key, want.key) == 1, nil
}

func (h *Hasher) key(ctx context.Context, password string, p phc) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, fmt.Errorf("hash password: too many at once: %w", ctx.Err())
	}
	return h.derive([]byte(password), p.salt, p.passes, p.memoryKiB, p.lanes, keyBytes), nil
}

// phc is a password hash as it is kept:
// $argon2id$v=19$m=65536,t=3,p=1$SALT$KEY.
type phc struct {
	memoryKiB uint32
	passes    uint32
	lanes     uint8
	salt, key []byte
}

func (p phc) String() string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, p.memoryKiB, p.passes, p.lanes, b.EncodeToString(p.salt), b.EncodeToString(p.key))
}

// The bounds of a hash that is read: one from elsewhere could ask for all the
// memory there is.
const (
	maxMemoryKiB = 256 << 10
	maxPasses    = 10
)

var errHash = errors.New("the kept hash cannot be read")

func parsePHC(s string) (p phc, err error) {
	f := strings.Split(s, "$")
	if len(f) != 6 || f[0] != "" || f[1] != "argon2id" || f[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, errHash
	}
	if _, err := fmt.Sscanf(f[3], "m=%d,t=%d,p=%d", &p.memoryKiB, &p.passes, &p.lanes); err != nil {
		return p, errHash
	}
	p.salt, err = base64.RawStdEncoding.DecodeString(f[4])
	if err == nil {
		p.key, err = base64.RawStdEncoding.DecodeString(f[5])
	}
	if err != nil || len(p.key) != keyBytes || len(p.salt) < 8 || p.lanes == 0 || p.passes == 0 ||
		p.passes > maxPasses || p.memoryKiB < 8 || p.memoryKiB > maxMemoryKiB {
		return p, errHash
	}
	return p, nil
}
