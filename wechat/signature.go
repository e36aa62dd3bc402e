package wechat

import (
	"crypto/sha1"
	"crypto/subtle"
	"encoding/hex"
)

const signatureLen = 2 * sha1.Size

// sign returns hex(sha1(concat(sort(token, timestamp, nonce, encrypted)))):
// the protocol's msg_signature, or, with no encrypted part, its signature,
// which covers nothing of the body. buf is scratch space and is returned grown.
func sign(buf []byte, token, timestamp, nonce string, encrypted []byte) ([signatureLen]byte, []byte) {
	parts := [3]string{token, timestamp, nonce}
	sort3(&parts)
	buf = buf[:0]
	placed := false
	for _, p := range parts {
		if !placed && string(encrypted) <= p {
			buf, placed = append(buf, encrypted...), true
		}
		buf = append(buf, p...)
	}
	if !placed {
		buf = append(buf, encrypted...)
	}
	sum := sha1.Sum(buf)
	var out [signatureLen]byte
	hex.Encode(out[:], sum[:])
	return out, buf
}

// sort3 sorts bytewise, as the protocol wants.
func sort3(p *[3]string) {
	if p[1] < p[0] {
		p[0], p[1] = p[1], p[0]
	}
	if p[2] < p[1] {
		p[1], p[2] = p[2], p[1]
	}
	if p[1] < p[0] {
		p[0], p[1] = p[1], p[0]
	}
}

// sameSignature compares in constant time. A signature of another length is
// none.
func sameSignature(want [signatureLen]byte, given string) bool {
	if len(given) != signatureLen {
		return false
	}
	var got [signatureLen]byte
	copy(got[:], given)
	return subtle.ConstantTimeCompare(want[:], got[:]) == 1
}
