package wechat

import (
	"errors"
	"strings"
	"testing"
	"time"
)

const (
	testToken    = "pamtest"
	testAppID    = "wxb11529c136998cb6"
	testKey      = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	testOldKey   = "ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210zyxwvut"
	testOriginal = "gh_10f6c3c3ac5a"
	testOpenID   = "oUser_1234567890123456789012"
)

// testNow is the time of the vectors, 2026-03-08 08:00 in Shanghai.
var testNow = time.Unix(1772928000, 0)

// noSecrets fails if text holds anything that may not be printed.
func noSecrets(t *testing.T, text string) {
	t.Helper()
	for _, secret := range []string{testToken, testKey, testOldKey, testKey[:8], testOpenID, "家暴", "private words"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q holds %q", text, secret)
		}
	}
}

func TestRefusalsKeepTheirKind(t *testing.T) {
	for kind, err := range map[error]error{
		ErrDenied: denied("x"), ErrUnreadable: unreadable("x"), ErrReply: badReply("x"),
	} {
		if !errors.Is(err, kind) || err.Error() != kind.Error()+": x" {
			t.Errorf("refusal %q is not %q with its reason", err, kind)
		}
	}
}
