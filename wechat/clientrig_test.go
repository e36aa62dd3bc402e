package wechat

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	testSecret = "0123456789abcdef0123456789abcdef"
	testAccess = "ACCESS-TOKEN-a-b_c"
)

// sharedTokens is a token store in memory.
type sharedTokens struct {
	mu     sync.Mutex
	token  string
	holder string
	away   error
	kept   []time.Duration
}

func (s *sharedTokens) TakeToken(_ context.Context, holder string, _ time.Duration) (string, time.Duration, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away != nil || s.token != "" {
		return s.token, time.Hour, false, s.away
	}
	if s.holder == "" {
		s.holder = holder
	}
	return "", 0, s.holder == holder, nil
}

func (s *sharedTokens) KeepToken(_ context.Context, holder, token string, life time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away != nil {
		return s.away
	}
	s.token, s.kept = token, append(s.kept, life)
	if s.holder == holder {
		s.holder = ""
	}
	return nil
}

func (s *sharedTokens) ReleaseToken(_ context.Context, holder string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.holder == holder {
		s.holder = ""
	}
	return s.away
}

func (s *sharedTokens) DropToken(_ context.Context, token string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away == nil && s.token == token {
		s.token = ""
	}
	return s.away
}

// countingLedger grants what it is told to and notes what happens.
type countingLedger struct {
	mu                    sync.Mutex
	refuse                error
	taken, returned, shut int
	outside               bool
}

func (l *countingLedger) TakeMessage(context.Context, string) (Grant, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refuse != nil {
		return Grant{}, l.refuse
	}
	l.taken++
	return Grant{Deed: Wrote}, nil
}

func (l *countingLedger) ReturnMessage(context.Context, string, Grant) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.returned++
	return nil
}

func (l *countingLedger) ShutMessages(_ context.Context, _ string, outside bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shut++
	l.outside = outside
	return nil
}

// seen is one request as it came.
type seen struct {
	method, path, body, kind string
	query                    url.Values
}

// host is a platform whose answers the test chooses.
type host struct {
	*httptest.Server
	mu      sync.Mutex
	calls   []seen // without those for a token
	fetches int
	token   func(n int) string // the answer to the nth fetch, from 1
	answer  func(w http.ResponseWriter, r *http.Request, n int)
}

// newHost answers every call with answer; its tokens are ACCESS-TOKEN.
func newHost(t *testing.T, answer string) *host {
	t.Helper()
	h := &host{
		token:  func(int) string { return `{"access_token":"` + testAccess + `","expires_in":7200}` },
		answer: func(w http.ResponseWriter, _ *http.Request, _ int) { io.WriteString(w, answer) },
	}
	h.Server = httptest.NewServer(h)
	h.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	t.Cleanup(h.Close)
	return h
}

func (h *host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	h.mu.Lock()
	if r.URL.Path == "/cgi-bin/stable_token" {
		h.fetches++
		n := h.fetches
		h.mu.Unlock()
		io.WriteString(w, h.token(n))
		return
	}
	h.calls = append(h.calls, seen{r.Method, r.URL.Path, string(text), r.Header.Get("Content-Type"), r.URL.Query()})
	n := len(h.calls)
	h.mu.Unlock()
	h.answer(w, r, n)
}

func (h *host) count() (calls, fetches int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.calls), h.fetches
}

// clientRig is a client of a host.
type clientRig struct {
	*Client
	host   *host
	tokens *sharedTokens
	ledger *countingLedger
	log    *strings.Builder
}

func (h *host) config() ClientConfig {
	return ClientConfig{
		AppID: testAppID, Secret: testSecret, BaseURL: h.URL,
		HTTP:   &http.Client{Timeout: 5 * time.Second, Transport: h.Client().Transport},
		Tokens: &sharedTokens{}, Ledger: &countingLedger{}, Now: func() time.Time { return testNow },
		Log: slog.New(slog.DiscardHandler),
	}
}

func (h *host) rig(t *testing.T, change ...func(*ClientConfig)) *clientRig {
	t.Helper()
	cfg := h.config()
	r := &clientRig{host: h, log: &strings.Builder{}}
	cfg.Log = slog.New(slog.NewTextHandler(r.log, nil))
	for _, f := range change {
		f(&cfg)
	}
	c, err := NewClient(cfg)
	if err != nil {
		t.Fatal(err)
	}
	c.pause, c.tokens.poll = time.Millisecond, time.Millisecond
	r.Client, r.tokens, r.ledger = c, cfg.Tokens.(*sharedTokens), cfg.Ledger.(*countingLedger)
	return r
}

// noOutboundSecrets fails if text holds what no text may.
func noOutboundSecrets(t *testing.T, text string) {
	t.Helper()
	noSecrets(t, text)
	for _, secret := range []string{testSecret, testAccess, "access_token=", "o1-follower"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q holds %q", text, secret)
		}
	}
}

// says is a handler's answer.
func says(text string) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, _ *http.Request, _ int) { io.WriteString(w, text) }
}

var errAway = errors.New("redis is unavailable")

// ctx is a context for calls in tables, where there is no test yet.
func (r *clientRig) ctx() context.Context { return context.Background() }
