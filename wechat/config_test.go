package wechat

import (
	"strings"
	"testing"
	"time"
)

func safeConfig() Config {
	return Config{Token: testToken, AppID: testAppID, OriginalID: testOriginal, AESKey: testKey}
}

func plainConfig() Config {
	return Config{Token: testToken, OriginalID: testOriginal, Mode: Plain}
}

func mustNew(t testing.TB, cfg Config) *Callback {
	t.Helper()
	c, err := New(cfg)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return c
}

func TestNewNamesEveryProblem(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Config)
		want   []string // nil: accepted
	}{
		{"safe mode with a key is accepted", func(*Config) {}, nil},
		{"plain mode needs no key and no app id", func(c *Config) { *c = plainConfig() }, nil},
		{"plain mode may have a key", func(c *Config) { c.Mode = Plain }, nil},
		{"two keys are accepted", func(c *Config) { c.PreviousAESKey = testOldKey }, nil},
		{"original id may be empty", func(c *Config) { c.OriginalID = "" }, nil},
		{"empty token", func(c *Config) { c.Token = "" }, []string{"token is empty"}},
		{"no key in safe mode", func(c *Config) { c.AESKey = "" }, []string{"aes key is empty"}},
		{"42 characters", func(c *Config) { c.AESKey = testKey[1:] }, []string{"aes key: not 43 characters"}},
		{"44 characters", func(c *Config) { c.AESKey += "=" }, []string{"aes key: not 43 characters"}},
		{"a key that is not base64", func(c *Config) { c.AESKey = "!" + testKey[1:] }, []string{"aes key: not base64"}},
		{"a key with a line break", func(c *Config) { c.AESKey = testKey[:42] + "\n" }, []string{"aes key: not base64"}},
		{"a bad previous key", func(c *Config) { c.PreviousAESKey = "short" }, []string{"previous aes key: not 43 characters"}},
		{
			"a previous key alone", func(c *Config) { *c = plainConfig(); c.PreviousAESKey = testOldKey },
			[]string{"previous aes key is set without a current one"},
		},
		{"a key without app id", func(c *Config) { c.AppID = "" }, []string{"app id is empty"}},
		{"unknown mode", func(c *Config) { c.Mode = 7 }, []string{"mode is neither"}},
		{"negative age", func(c *Config) { c.MaxAge = -time.Second }, []string{"max age"}},
		{"age of half a second", func(c *Config) { c.MaxAge = time.Second / 2 }, []string{"max age"}},
		{
			"all problems at once", func(c *Config) { *c = Config{AESKey: "x", PreviousAESKey: "y", MaxAge: -1} },
			[]string{"token is empty", "max age", "app id is empty", "\naes key: not 43", "previous aes key: not 43"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := safeConfig()
			tt.change(&cfg)
			_, err := New(cfg)
			if (err == nil) != (tt.want == nil) {
				t.Fatalf("New error = %v, want problems %q", err, tt.want)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("New error = %q, want it to name %q", err, want)
				}
			}
			if err != nil {
				noSecrets(t, err.Error())
			}
		})
	}
}

func TestMaxAgeIsFiveMinutesUnlessSet(t *testing.T) {
	if got := mustNew(t, safeConfig()).maxAge; got != 300 {
		t.Errorf("max age = %d s, want 300", got)
	}
	cfg := safeConfig()
	cfg.MaxAge = time.Minute
	if got := mustNew(t, cfg).maxAge; got != 60 {
		t.Errorf("max age = %d s, want 60", got)
	}
}

func TestModesHaveNames(t *testing.T) {
	if got := Safe.String() + Plain.String(); got != "safeplain" {
		t.Errorf("modes = %q", got)
	}
	if got := Mode(9).String(); got != "mode 9" {
		t.Errorf("Mode(9) = %q", got)
	}
}
