package wechat

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// DefaultBase is the platform's address for calls.
const DefaultBase = "https://api.weixin.qq.com"

// ClientConfig is what a Client needs. Every printed form of it leaves the
// secret out.
type ClientConfig struct {
	AppID  string // required
	Secret string // AppSecret, required; goes nowhere but into the body of the token call
	// BaseURL is http or https without query; DefaultBase when empty.
	BaseURL string
	// HTTP makes the calls, required. It follows no redirect and keeps no
	// cookies, whatever it says itself. A call takes at most 10 s, an upload 30 s, or
	// its Timeout if that is shorter.
	HTTP   *http.Client
	Tokens TokenStore       // required
	Ledger MessageLedger    // required
	Now    func() time.Time // time.Now when nil
	Log    *slog.Logger     // slog.Default() when nil
}

// String names the account and the address, no secret.
func (c ClientConfig) String() string {
	return fmt.Sprintf("wechat.ClientConfig{AppID:%q, secrets masked}", c.AppID)
}

// GoString is String, for %#v.
func (c ClientConfig) GoString() string { return c.String() }

// Format is String for every verb.
func (c ClientConfig) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(c.String())) }

// LogValue is String, for slog.
func (c ClientConfig) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalText is String, for encoders that would read the fields.
func (c ClientConfig) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Client calls the platform for one account. It is for use by many goroutines
// at once. Errors are *APIError: KindOf says what to do, MaybeAccepted whether
// the call may have had its effect. Only calls that change nothing are
// repeated by the Client itself, at most 3 times.
type Client struct {
	appID  string
	base   string
	http   http.Client
	tokens *tokens
	ledger MessageLedger
	now    func() time.Time
	pause  time.Duration // before the first repetition, doubled after each
}

// NewClient checks the settings. The error joins all problems and holds no
// secret. Nothing is called before the first use.
func NewClient(cfg ClientConfig) (*Client, error) {
	if cfg.BaseURL == "" {
		cfg.BaseURL = DefaultBase
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if err := cfg.validate(); err != nil {
		return nil, fmt.Errorf("set up wechat client: %w", err)
	}
	c := &Client{
		appID: cfg.AppID, base: strings.TrimRight(cfg.BaseURL, "/"), http: *cfg.HTTP,
		ledger: cfg.Ledger, now: cfg.Now, pause: 100 * time.Millisecond,
	}
	c.http.Jar = nil
	// A redirect would carry the token, or with 307 the whole call, elsewhere.
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.tokens = newTokens(cfg, c.fetchToken)
	return c, nil
}

func (c ClientConfig) validate() error {
	var problems []error
	missing := func(yes bool, text string) {
		if yes {
			problems = append(problems, errors.New(text))
		}
	}
	u, err := url.Parse(c.BaseURL)
	missing(c.AppID == "", "app id is empty")
	missing(c.Secret == "", "app secret is empty")
	missing(err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.User != nil,
		"base address is not an http address without user and query")
	missing(c.HTTP == nil, "http client is missing")
	missing(c.Tokens == nil, "token store is missing")
	missing(c.Ledger == nil, "message ledger is missing")
	return errors.Join(problems...)
}

// String names the account, no secret.
func (c *Client) String() string { return fmt.Sprintf("wechat.Client{AppID:%q}", c.appID) }

// GoString is String, for %#v.
func (c *Client) GoString() string { return c.String() }

// Format is String for every verb.
func (c *Client) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(c.String())) }

// LogValue is String, for slog.
func (c *Client) LogValue() slog.Value { return slog.StringValue(c.String()) }
