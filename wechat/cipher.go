package wechat

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"sync"
)

const (
	encodedKeyLen = 43
	keyLen        = 32
	randomLen     = 16
	headLen       = randomLen + 4
	// padBlock is the protocol's PKCS#7 block, not that of AES: pads run from
	// 1 to 32 bytes.
	padBlock = 32
)

// aesKey is one EncodingAESKey, ready for use by many goroutines at once. The
// protocol's IV is the start of the key, the same for every message.
type aesKey struct {
	block cipher.Block
	iv    [aes.BlockSize]byte

	closers, openers sync.Pool // of restarter: each holds a copy of the key schedule
}

// restarter is a chain of blocks that can begin anew.
type restarter interface {
	cipher.BlockMode
	SetIV(iv []byte)
}

// newAESKey decodes 43 characters of base64. The last character carries two
// bits too many, which the platform's own keys leave set.
func newAESKey(encoded string) (*aesKey, error) {
	if len(encoded) != encodedKeyLen {
		return nil, errors.New("not 43 characters")
	}
	raw, err := base64.StdEncoding.DecodeString(encoded + "=")
	if err != nil || len(raw) != keyLen {
		return nil, errors.New("not base64")
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return nil, errors.New("no aes key")
	}
	k := &aesKey{block: block}
	copy(k.iv[:], raw)
	return k, nil
}

func (k *aesKey) decrypt(buf []byte) { k.crypt(&k.openers, cipher.NewCBCDecrypter, buf) }

func (k *aesKey) encrypt(buf []byte) { k.crypt(&k.closers, cipher.NewCBCEncrypter, buf) }

// crypt works on buf in place, with a chain of the pool's where there is one.
func (k *aesKey) crypt(pool *sync.Pool, begin func(cipher.Block, []byte) cipher.BlockMode, buf []byte) {
	chain, ok := pool.Get().(restarter)
	if ok {
		chain.SetIV(k.iv[:])
	} else if chain, ok = begin(k.block, k.iv[:]).(restarter); !ok {
		begin(k.block, k.iv[:]).CryptBlocks(buf, buf)
		return
	}
	chain.CryptBlocks(buf, buf)
	pool.Put(chain)
}

// appendFrame appends random, length, msg, AppID and pad to dst. random has
// 16 bytes.
func appendFrame(dst, random, msg []byte, appID string) []byte {
	start := len(dst)
	dst = append(dst, random...)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(msg)))
	dst = append(dst, msg...)
	dst = append(dst, appID...)
	pad := padBlock - (len(dst)-start)%padBlock
	for range pad {
		dst = append(dst, byte(pad))
	}
	return dst
}

// openFrame returns the message inside a decrypted frame. Every byte of the
// pad and the whole of the AppID are checked.
func openFrame(frame []byte, appID string) ([]byte, error) {
	body, ok := unpad(frame)
	if !ok || len(body) < headLen {
		return nil, denied("no key opens the body")
	}
	length := uint64(binary.BigEndian.Uint32(body[randomLen:headLen]))
	if length > uint64(len(body)-headLen) {
		return nil, denied("no key opens the body")
	}
	msg, id := body[headLen:headLen+length], body[headLen+length:]
	if subtle.ConstantTimeCompare(id, []byte(appID)) != 1 {
		return nil, denied("the body is for another app id")
	}
	return msg, nil
}

func unpad(frame []byte) ([]byte, bool) {
	if len(frame) == 0 {
		return nil, false
	}
	pad := int(frame[len(frame)-1])
	if pad < 1 || pad > padBlock || pad > len(frame) {
		return nil, false
	}
	var diff byte
	for _, b := range frame[len(frame)-pad:] {
		diff |= b ^ byte(pad)
	}
	return frame[:len(frame)-pad], diff == 0
}
