package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pufa/wechat"
)

const testAccess = "ACCESS-TOKEN-of-this-test"

// takeToken takes the token, which must work.
func takeToken(t *testing.T, s *Store, holder string) (token string, life time.Duration, mine bool) {
	t.Helper()
	token, life, mine, err := s.TakeToken(t.Context(), holder, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return token, life, mine
}

func testTokenShared(t *testing.T, r *rig) {
	other := r.second(t)
	if token, _, mine := takeToken(t, r.Store, "a"); token != "" || !mine {
		t.Fatalf("first = %q, mine %t, want none and mine", token, mine)
	}
	if token, _, mine := takeToken(t, other, "b"); token != "" || mine {
		t.Fatalf("second = %q, mine %t, want none and not mine", token, mine)
	}
	if _, _, mine := takeToken(t, r.Store, "a"); !mine {
		t.Error("asked again by its holder the right is not its own")
	}
	if err := r.KeepToken(t.Context(), "a", testAccess, time.Hour); err != nil {
		t.Fatal(err)
	}
	token, life, _ := takeToken(t, other, "b")
	if token != testAccess || life <= 59*time.Minute || life > time.Hour {
		t.Errorf("the other takes %q for %s, want the token for an hour", token, life)
	}
	if kept := r.raw.HGetAll(t.Context(), r.keys.token()).Val(); strings.Contains(fmt.Sprint(kept), testAccess) {
		t.Error("redis holds the token as it is")
	}
	r.advance(t, time.Hour)
	if token, _, mine := takeToken(t, other, "b"); token != "" || !mine {
		t.Errorf("after its life %q, mine %t, want none and mine", token, mine)
	}
}

func testTokenDropped(t *testing.T, r *rig) {
	ctx := t.Context()
	takeToken(t, r.Store, "a")
	if err := r.KeepToken(ctx, "a", testAccess, time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := r.DropToken(ctx, "another token"); err != nil {
		t.Fatal(err)
	}
	if token, _, _ := takeToken(t, r.Store, "a"); token != testAccess {
		t.Fatalf("token = %q after another one was dropped", token)
	}
	if err := r.DropToken(ctx, testAccess); err != nil {
		t.Fatal(err)
	}
	if token, _, mine := takeToken(t, r.Store, "a"); token != "" || !mine {
		t.Errorf("token = %q, mine %t after it was dropped", token, mine)
	}
	if err := r.ReleaseToken(ctx, "b"); err != nil {
		t.Fatal(err)
	}
	if _, _, mine := takeToken(t, r.Store, "b"); mine {
		t.Error("b let go of the right of a")
	}
	if err := r.ReleaseToken(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	if _, _, mine := takeToken(t, r.Store, "b"); !mine {
		t.Error("the right is not free after a let go")
	}
	r.advance(t, 10*time.Second)
	if _, _, mine := takeToken(t, r.Store, "c"); !mine {
		t.Error("the right of an instance that died is not free after its lease")
	}
}

func testTokenOfOtherSecret(t *testing.T, r *rig) {
	takeToken(t, r.Store, "a")
	if err := r.KeepToken(t.Context(), "a", testAccess, time.Hour); err != nil {
		t.Fatal(err)
	}
	r.raw.HSet(t.Context(), r.keys.token(), "s", "nonsense")
	_, _, _, err := r.TakeToken(t.Context(), "a", time.Second)
	if err == nil || errors.Is(err, ErrUnavailable) || strings.Contains(err.Error(), testAccess) {
		t.Errorf("error %v", err)
	}
}

// take takes n messages that must be there.
func (r *rig) take(t *testing.T, openID string, n int, want wechat.Deed) (g wechat.Grant) {
	t.Helper()
	for i := range n {
		var err error
		if g, err = r.TakeMessage(t.Context(), openID); err != nil || g.Deed != want {
			t.Fatalf("message %d = %q, %v, want one of deed %q", i+1, g.Deed, err, want)
		}
	}
	return g
}

// refuses fails unless there is no message, for that reason.
func (r *rig) refuses(t *testing.T, openID string, want error) {
	t.Helper()
	if _, err := r.TakeMessage(t.Context(), openID); !errors.Is(err, want) {
		t.Fatalf("TakeMessage = %v, want %v", err, want)
	}
}

func (r *rig) grant(t *testing.T, openID string, d wechat.Deed) {
	t.Helper()
	if err := r.GrantMessages(t.Context(), openID, d, r.clock.now()); err != nil {
		t.Fatal(err)
	}
}

func testAllowances(t *testing.T, r *rig) {
	r.refuses(t, "o1", wechat.ErrOutside48h)
	r.grant(t, "o1", wechat.NoDeed)
	r.refuses(t, "o1", wechat.ErrOutside48h)
	r.grant(t, "o1", wechat.Wrote)
	r.advance(t, time.Hour)
	r.grant(t, "o1", wechat.Acted)
	r.take(t, "o1", 3, wechat.Acted) // what ends first goes first
	r.take(t, "o1", 5, wechat.Wrote)
	r.refuses(t, "o1", wechat.ErrCountUsed)
	r.refuses(t, "o2", wechat.ErrOutside48h)
	r.advance(t, time.Minute)
	r.refuses(t, "o1", wechat.ErrCountUsed)
	r.grant(t, "o1", wechat.Wrote)
	r.take(t, "o1", 1, wechat.Wrote)
	r.advance(t, 48*time.Hour-10*time.Second)
	r.take(t, "o1", 1, wechat.Wrote)
	r.advance(t, 10*time.Second)
	r.refuses(t, "o1", wechat.ErrOutside48h)
	if left := r.withPrefix(t, "allow:"); len(left) > 0 {
		t.Errorf("keys are left: %v", left)
	}
}

func testAllowanceReturned(t *testing.T, r *rig) {
	ctx := t.Context()
	r.grant(t, "o1", wechat.Wrote)
	g := r.take(t, "o1", 5, wechat.Wrote)
	for range 2 {
		if err := r.ReturnMessage(ctx, "o1", g); err != nil {
			t.Fatal(err)
		}
	}
	r.take(t, "o1", 2, wechat.Wrote)
	r.refuses(t, "o1", wechat.ErrCountUsed)
	r.advance(t, time.Second)
	r.grant(t, "o1", wechat.Wrote)
	r.take(t, "o1", 1, wechat.Wrote)
	if err := r.ReturnMessage(ctx, "o1", g); err != nil { // of the allowance before
		t.Fatal(err)
	}
	r.take(t, "o1", 4, wechat.Wrote)
	r.refuses(t, "o1", wechat.ErrCountUsed)
	r.grant(t, "o1", wechat.Wrote)
	for range 3 { // never more than the deed allows
		g := r.take(t, "o1", 1, wechat.Wrote)
		for range 2 {
			if err := r.ReturnMessage(ctx, "o1", g); err != nil {
				t.Fatal(err)
			}
		}
	}
	r.take(t, "o1", 5, wechat.Wrote)
	r.refuses(t, "o1", wechat.ErrCountUsed)
}

func testAllowanceShut(t *testing.T, r *rig) {
	r.grant(t, "o1", wechat.Wrote)
	r.grant(t, "o1", wechat.Acted)
	if err := r.ShutMessages(t.Context(), "o1", false); err != nil {
		t.Fatal(err)
	}
	r.refuses(t, "o1", wechat.ErrCountUsed)
	if err := r.ShutMessages(t.Context(), "o1", true); err != nil {
		t.Fatal(err)
	}
	r.refuses(t, "o1", wechat.ErrOutside48h)
	if err := r.ShutMessages(t.Context(), "o1", false); err != nil {
		t.Fatal(err)
	}
	if left := r.withPrefix(t, "allow:"); len(left) > 0 {
		t.Errorf("shutting made %v", left)
	}
	r.grant(t, "o1", wechat.Acted)
	r.take(t, "o1", 3, wechat.Acted)
}

func testAllowanceAtOnce(t *testing.T, r *rig) {
	r.grant(t, "o1", wechat.Wrote)
	stores := []*Store{r.Store, r.second(t)}
	var taken atomic.Int32
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			_, err := stores[i%2].TakeMessage(t.Context(), "o1")
			switch {
			case err == nil:
				taken.Add(1)
			case !errors.Is(err, wechat.ErrCountUsed):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := taken.Load(); n != 5 {
		t.Errorf("%d messages taken at once, want 5", n)
	}
}

// testNoOpenIDInLedger looks at every key and value for the openid.
func testNoOpenIDInLedger(t *testing.T, r *rig) {
	const openID = "oUser_1234567890123456789012"
	r.grant(t, openID, wechat.Wrote)
	r.take(t, openID, 1, wechat.Wrote)
	keys := r.withPrefix(t, "allow:")
	if len(keys) != 1 {
		t.Fatalf("keys %v, want one", keys)
	}
	text := keys[0] + fmt.Sprint(r.raw.HGetAll(t.Context(), keys[0]).Val())
	if strings.Contains(text, "oUser") || strings.Contains(text, openID[6:]) {
		t.Errorf("%q holds the openid", text)
	}
	if left := r.raw.PTTL(t.Context(), keys[0]).Val(); left <= 0 || left > 48*time.Hour {
		t.Errorf("the key lives %s", left)
	}
}

// testClientsShare lets two clients of two stores call at once.
func testClientsShare(t *testing.T, r *rig) {
	var fetches atomic.Int32
	good := func() string { return fmt.Sprint(testAccess, fetches.Load()) }
	var expired atomic.Bool
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path == "/cgi-bin/stable_token" {
			fetches.Add(1)
			expired.Store(false)
			fmt.Fprintf(w, `{"access_token":%q,"expires_in":7200}`, good())
			return
		}
		if expired.Load() || req.URL.Query().Get("access_token") != good() {
			io.WriteString(w, `{"errcode":42001}`)
			return
		}
		io.WriteString(w, `{"errcode":0}`)
	}))
	t.Cleanup(platform.Close)
	var clients []*wechat.Client
	for _, s := range []*Store{r.Store, r.second(t)} {
		transport := &http.Transport{}
		t.Cleanup(transport.CloseIdleConnections)
		c, err := wechat.NewClient(wechat.ClientConfig{
			AppID: "wx1", Secret: "s", BaseURL: platform.URL, Tokens: s, Ledger: s, Now: r.clock.now,
			HTTP: &http.Client{Timeout: 5 * time.Second, Transport: transport},
		})
		if err != nil {
			t.Fatal(err)
		}
		clients = append(clients, c)
	}
	for round := range int32(2) {
		var wg sync.WaitGroup
		for i := range 50 {
			wg.Go(func() {
				if err := clients[i%2].Typing(context.Background(), "o1", true); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := fetches.Load(); n != round+1 {
			t.Fatalf("round %d: %d fetches, want %d", round+1, n, round+1)
		}
		expired.Store(true)
	}
}
