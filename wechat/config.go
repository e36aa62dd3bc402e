package wechat

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// DefaultMaxAge is the age window of a request when Config leaves it zero.
const DefaultMaxAge = 300 * time.Second

// Mode says whether the account's messages are encrypted. The configuration
// fixes it; no request can lower it.
type Mode int

const (
	// Safe refuses every delivery that is not encrypted and signed as a whole.
	// It is the zero value.
	Safe Mode = iota
	// Plain also reads unencrypted deliveries, whose signature does not cover
	// the body: whoever captures one query can forge messages for MaxAge.
	Plain
)

// String returns "safe" or "plain", or the number of an unknown mode.
func (m Mode) String() string {
	switch m {
	case Safe:
		return "safe"
	case Plain:
		return "plain"
	}
	return fmt.Sprintf("mode %d", int(m))
}

// Config is what an account's page at the platform says under 服务器配置.
// Every printed form of it leaves the token and the keys out.
type Config struct {
	// Token is the shared word that requests are signed with. Required.
	Token string
	// AppID is compared with the one inside every encrypted message. Required
	// when there is a key.
	AppID string
	// OriginalID (原始 ID, gh_…) is the only ToUserName accepted; empty
	// accepts any.
	OriginalID string
	// AESKey is the EncodingAESKey, 43 characters. Required in safe mode.
	AESKey string
	// PreviousAESKey still opens messages while a new key spreads; optional.
	PreviousAESKey string
	// Mode is Safe unless said otherwise.
	Mode Mode
	// MaxAge is how far a request's timestamp may lie from now, before or
	// after, the bound included; whole seconds, 300 s when zero. What remembers
	// deliveries has to keep them longer than twice as long.
	MaxAge time.Duration
}

// validate returns the keys, the current one first, or all problems joined.
func (c Config) validate() ([]*aesKey, error) {
	var problems []error
	problem := func(text string) { problems = append(problems, errors.New(text)) }
	if c.Token == "" {
		problem("token is empty")
	}
	if c.Mode != Safe && c.Mode != Plain {
		problem("mode is neither safe nor plain")
	}
	if c.MaxAge < 0 || c.MaxAge%time.Second != 0 {
		problem("max age is not a positive number of whole seconds")
	}
	if c.AESKey == "" && c.Mode == Safe {
		problem("aes key is empty, and safe mode needs one")
	}
	if c.AESKey == "" && c.PreviousAESKey != "" {
		problem("previous aes key is set without a current one")
	}
	if c.AppID == "" && (c.AESKey != "" || c.Mode == Safe) {
		problem("app id is empty, and encrypted messages are checked against it")
	}
	keys, err := c.keys()
	if err != nil {
		problems = append(problems, err)
	}
	return keys, errors.Join(problems...)
}

func (c Config) keys() (keys []*aesKey, err error) {
	for _, k := range []struct{ name, text string }{
		{"aes key", c.AESKey}, {"previous aes key", c.PreviousAESKey},
	} {
		if k.text == "" {
			continue
		}
		key, e := newAESKey(k.text)
		if e != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", k.name, e))
			continue
		}
		keys = append(keys, key)
	}
	return keys, err
}

// String names the account and the mode, no secret.
func (c Config) String() string {
	return fmt.Sprintf("wechat.Config{AppID:%q OriginalID:%q Mode:%s MaxAge:%s, secrets masked}",
		c.AppID, c.OriginalID, c.Mode, c.MaxAge)
}

// GoString is String, for %#v.
func (c Config) GoString() string { return c.String() }

// Format is String for every verb.
func (c Config) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(c.String())) }

// LogValue is String, for slog.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalText is String, for encoders that would read the fields.
func (c Config) MarshalText() ([]byte, error) { return []byte(c.String()), nil }
