package staff

import (
	"crypto/rand"
	"encoding/base32"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

// One-time codes (动态码) are those of RFC 6238 as every authenticator on a
// telephone makes them: six digits, a new one every 30 seconds. One before and
// one after is accepted, because clocks differ.
const (
	codeSeconds = 30
	codeSkew    = 1
	codeSecret  = 20 // bytes
	codeDigits  = 6
)

// NewCodeSecret makes a secret for one-time codes, in base32.
func NewCodeSecret() string {
	raw := make([]byte, codeSecret)
	_, _ = rand.Read(raw) // never fails (crypto/rand)
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw)
}

// CodeURL is what an authenticator reads from a QR code. place names the
// service on the telephone.
func CodeURL(place, name, secret string) string {
	q := url.Values{"secret": {secret}, "issuer": {place}}
	// Authenticators take + for a plus sign, not for a space.
	return "otpauth://totp/" + url.PathEscape(place) + ":" + url.PathEscape(name) + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}

// CheckCode reports whether a code is right now, and the number of its 30
// seconds: one that was used once is not to be taken again.
func CheckCode(secret, code string, now time.Time) (step int64, ok bool) {
	code = strings.ReplaceAll(code, " ", "")
	if secret == "" || len(code) != codeDigits {
		return 0, false
	}
	at := now.Unix() / codeSeconds
	opt := hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
	for n := at - codeSkew; n <= at+codeSkew; n++ {
		if n < 0 {
			continue
		}
		if right, err := hotp.ValidateCustom(code, uint64(n), secret, opt); err == nil && right {
			step, ok = n, true // all three are computed: time tells nothing
		}
	}
	return step, ok
}
