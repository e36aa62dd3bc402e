package store

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"sync"
)

// names turns what must not be kept into keyed hashes. Without the secret a
// hash cannot be tried against a known openid.
type names struct {
	secret  []byte
	account string
	macs    *sync.Pool // of *keyed, which are dear to make
}

// keyed is a keyed hash in use, with room for what goes in.
type keyed struct {
	mac hash.Hash
	in  []byte
}

func newNames(secret []byte, account string) names {
	return names{secret, account, &sync.Pool{New: func() any {
		return &keyed{mac: hmac.New(sha256.New, secret)}
	}}}
}

func (n names) hash(purpose, text string) []byte {
	k := n.macs.Get().(*keyed)
	defer n.macs.Put(k)
	k.in = append(append(append(append(append(k.in[:0], purpose...), 0), n.account...), 0), text...)
	k.mac.Reset()
	k.mac.Write(k.in)
	return k.mac.Sum(nil)
}

// fingerprint tells two secrets apart and gives neither away.
func (n names) fingerprint() string { return hex.EncodeToString(n.hash("fingerprint", "")[:8]) }

// message returns the 16 bytes that name a message's key and the 8 bytes that
// stand for it among the counted.
func (n names) message(key string) (name, counted []byte) {
	sum := n.hash("message", key)
	return sum[:16], sum[16:24]
}

// pseudonym returns the 16 bytes that stand for a person.
func (n names) pseudonym(openID string) []byte { return n.hash("person", openID)[:16] }

// newToken names one holder of a claim in 11 characters.
func newToken() string {
	var b [8]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	return encode(b[:])
}

// member is a resident in a window's set: without the window's key, which is
// thrown away, nobody can tell whose it was.
func member(windowKey []byte, number int64) []byte {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(number))
	return stranger(windowKey, b[:])
}

// stranger is whoever is named by who in a window's set.
func stranger(windowKey, who []byte) []byte {
	mac := hmac.New(sha256.New, windowKey)
	mac.Write(who)
	return mac.Sum(nil)[:8]
}
