package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// numbered gives out another token each time.
func numbered(n int) string {
	return fmt.Sprintf(`{"access_token":"%s-%d","expires_in":7200}`, testAccess, n)
}

// accepts answers "ok" to the token alone, and 42001 to any other.
func accepts(token func() string) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, r *http.Request, n int) {
		if r.URL.Query().Get("access_token") == token() {
			says(`{"errcode":0,"tags":[]}`)(w, r, n)
			return
		}
		says(`{"errcode":42001,"errmsg":"expired"}`)(w, r, n)
	}
}

// all calls many times at once, over both clients.
func all(t *testing.T, clients ...*clientRig) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			if _, err := clients[i%len(clients)].Tags(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestTwoClientsFetchOneToken(t *testing.T) {
	h := newHost(t, "")
	h.token = numbered
	var mu sync.Mutex
	good := testAccess + "-1"
	h.answer = accepts(func() string { mu.Lock(); defer mu.Unlock(); return good })
	a := h.rig(t)
	b := h.rig(t, func(c *ClientConfig) { c.Tokens = a.tokens })
	all(t, a, b)
	if _, fetches := h.count(); fetches != 1 {
		t.Fatalf("%d fetches, want 1", fetches)
	}
	mu.Lock()
	good = testAccess + "-2"
	mu.Unlock()
	all(t, a, b)
	if _, fetches := h.count(); fetches != 2 {
		t.Errorf("%d fetches after the token expired, want 2", fetches)
	}
}

func TestTheTokenCall(t *testing.T) {
	var got map[string]any
	h := newHost(t, `{"tags":[]}`)
	r := h.rig(t)
	r.http.Transport = transport(func(req *http.Request) (*http.Response, error) {
		if req.URL.Path == "/cgi-bin/stable_token" {
			if req.URL.RawQuery != "" || req.Method != http.MethodPost {
				t.Errorf("%s with query %q, want POST without one", req.Method, req.URL.RawQuery)
			}
			body, _ := req.GetBody()
			json.NewDecoder(body).Decode(&got)
		}
		return http.DefaultTransport.RoundTrip(req)
	})
	if _, err := r.Tags(t.Context()); err != nil {
		t.Fatal(err)
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	if got["grant_type"] != "client_credential" || got["appid"] != testAppID || got["secret"] != testSecret || got["force_refresh"] != false {
		t.Errorf("token call says %v", got)
	}
	if len(r.tokens.kept) != 1 || r.tokens.kept[0] != 2*time.Hour-time.Minute {
		t.Errorf("kept for %v, want a minute less than two hours", r.tokens.kept)
	}
}

func TestATokenThatStaysBad(t *testing.T) {
	h := newHost(t, `{"errcode":40001,"errmsg":"invalid credential"}`)
	r := h.rig(t)
	for range 20 {
		err := r.Typing(t.Context(), testOpenID, true)
		if kind := KindOf(err); kind != TokenBad && kind != Retry {
			t.Fatalf("error %v of kind %s, want %s, then %s", err, kind, TokenBad, Retry)
		}
	}
	if _, fetches := h.count(); fetches > fetchesMost {
		t.Errorf("%d fetches in a minute, want at most %d", fetches, fetchesMost)
	}
}

func TestAWrongSecretStops(t *testing.T) {
	for _, code := range []int{40001, 40013, 40125, 41002, 41004} {
		h := newHost(t, "")
		h.token = func(int) string { return fmt.Sprintf(`{"errcode":%d,"errmsg":"secret %s"}`, code, testSecret) }
		r := h.rig(t)
		for range 3 {
			_, err := r.Tags(t.Context())
			if KindOf(err) != Misconfigured || MaybeAccepted(err) || !strings.Contains(AdviceOf(err), "AppSecret") {
				t.Errorf("%d: %v of kind %s, advice %q", code, err, KindOf(err), AdviceOf(err))
			}
			noOutboundSecrets(t, err.Error())
		}
		if calls, fetches := h.count(); fetches != 1 || calls != 0 {
			t.Errorf("%d: %d fetches and %d calls, want 1 and 0", code, fetches, calls)
		}
		if r.tokens.holder != "" {
			t.Error("the right to fetch was not let go of")
		}
	}
}

func TestWithoutTheStore(t *testing.T) {
	h := newHost(t, `{"tags":[]}`)
	r := h.rig(t)
	r.tokens.away = errAway
	all(t, r)
	if _, fetches := h.count(); fetches != 1 {
		t.Errorf("%d fetches, want 1: the token stays in the process", fetches)
	}
	if n := strings.Count(r.log.String(), "not shared"); n != 1 {
		t.Errorf("said %d times that the token is not shared, want 1: %s", n, r.log)
	}
	noOutboundSecrets(t, r.log.String())
}

func TestWithoutTheStoreThereIsNoLoopOfFetches(t *testing.T) {
	h := newHost(t, `{"tags":[]}`)
	h.token = func(int) string { return `{"errcode":-1}` }
	now := testNow
	r := h.rig(t, func(c *ClientConfig) { c.Now = func() time.Time { return now } })
	r.tokens.away = errAway
	for range 30 {
		if _, err := r.Tags(t.Context()); KindOf(err) != Retry || MaybeAccepted(err) {
			t.Fatalf("error %v of kind %s, want %s", err, KindOf(err), Retry)
		}
	}
	if _, fetches := h.count(); fetches != fetchesMost {
		t.Errorf("%d fetches, want %d a minute", fetches, fetchesMost)
	}
	now = now.Add(time.Minute)
	h.token = numbered
	if _, err := r.Tags(t.Context()); err != nil {
		t.Errorf("a minute later: %v", err)
	}
}

func TestATokenNearItsEndIsFetchedAgain(t *testing.T) {
	h := newHost(t, `{"tags":[]}`)
	h.token = func(int) string { return `{"access_token":"` + testAccess + `","expires_in":300}` }
	now := testNow
	r := h.rig(t, func(c *ClientConfig) { c.Now = func() time.Time { return now } })
	for after, want := range []int{1, 1, 2} {
		now = testNow.Add(time.Duration(after) * 2 * time.Minute)
		r.tokens.token = "" // expired there
		if _, err := r.Tags(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, fetches := h.count(); fetches != want {
			t.Errorf("after %d minutes %d fetches, want %d", 2*after, fetches, want)
		}
	}
}

// The store could not delete a refused token, and offers it again.
func TestARefusedTokenIsNotTakenTwice(t *testing.T) {
	h := newHost(t, "")
	h.answer = accepts(func() string { return testAccess })
	r := h.rig(t)
	r.tokens.token = "old"
	old := accessToken{"old", testNow.Add(time.Hour)}
	r.Client.tokens.cached.Store(&old)
	if _, err := r.Tags(t.Context()); err != nil {
		t.Fatal(err)
	}
	if calls, fetches := h.count(); calls != 2 || fetches != 1 {
		t.Errorf("%d calls, %d fetches, want 2 and 1", calls, fetches)
	}
	r.tokens.token = "old"
	r.Client.tokens.cached.Store(nil)
	if _, err := r.Tags(t.Context()); err != nil {
		t.Fatal(err)
	}
	if calls, _ := h.count(); calls != 3 {
		t.Errorf("%d calls, want 3: the refused token was used again", calls)
	}
}

// Another instance died while it fetched: its lease runs out in the store.
func TestAnotherInstanceHoldsTheRight(t *testing.T) {
	h := newHost(t, `{"tags":[]}`)
	r := h.rig(t)
	r.tokens.holder = "another"
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := r.Tags(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || MaybeAccepted(err) {
		t.Errorf("error %v, want the deadline", err)
	}
	if _, fetches := h.count(); fetches != 0 {
		t.Errorf("%d fetches while another one fetches, want 0", fetches)
	}
	done := make(chan error)
	go func() { _, err := r.Tags(t.Context()); done <- err }()
	if err := r.tokens.KeepToken(t.Context(), "another", testAccess, time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, fetches := h.count(); fetches != 0 {
		t.Errorf("%d fetches, want 0: the other's token is used", fetches)
	}
}

func TestTokensThatAreNone(t *testing.T) {
	for _, answer := range []string{
		`{}`, `{"access_token":""}`, `{"access_token":"x","expires_in":0}`, `{"access_token":"x","expires_in":-5}`,
		`{"access_token":"a b","expires_in":7200}`, `{"access_token":5}`, `[]`, `null`, ``,
		`{"access_token":"` + strings.Repeat("x", 2049) + `","expires_in":7200}`,
	} {
		h := newHost(t, `{"tags":[]}`)
		h.token = func(int) string { return answer }
		if _, err := h.rig(t).Tags(t.Context()); err == nil || MaybeAccepted(err) {
			t.Errorf("%.40q: error %v, maybe %t", answer, err, MaybeAccepted(err))
		}
		if calls, _ := h.count(); calls != 0 {
			t.Errorf("%.40q: %d calls without a token", answer, calls)
		}
	}
}
