package wechattest

import (
	"context"
	"net/http"
	"testing"
	"time"
)

// Each fault: what the caller sees, and whether the platform has accepted.
func TestFaults(t *testing.T) {
	cases := []struct {
		name     string
		fault    Fault
		code     int  // what the caller reads
		broken   bool // the caller reads nothing
		accepted int
	}{
		{"no fault", Fault{Path: "/elsewhere", Kind: Reset}, 0, false, 1},
		{"an errcode instead of the work", Fault{Kind: Errcode, Code: 45009}, 45009, false, 0},
		{"busy, but accepted", Fault{Kind: Errcode, Code: -1, Accept: true}, -1, false, 1},
		{"cut before it was read", Fault{Kind: Reset}, 0, true, 0},
		{"cut after it was accepted", Fault{Kind: Reset, Accept: true}, 0, true, 1},
		{"half an answer, not accepted", Fault{Kind: Half}, 0, true, 0},
		{"half an answer after accepting", Fault{Kind: Half, Accept: true}, 0, true, 1},
		{"a page of a proxy", Fault{Kind: HTML}, 0, true, 0},
		{"a page of a proxy after accepting", Fault{Kind: HTML, Accept: true}, 0, true, 1},
		{"slow", Fault{Kind: Slow, Wait: time.Millisecond}, 0, false, 1},
		{"slow after accepting", Fault{Kind: Slow, Wait: time.Millisecond, Accept: true}, 0, false, 1},
		{"only the second call", Fault{Kind: Reset, After: 1}, 0, false, 1},
		{"by a chance of one in one", Fault{Kind: Reset, Chance: 1}, 0, true, 0},
		{"for another path", Fault{Kind: Reset, Path: customPath}, 0, false, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := start(t, Options{Followers: 3})
			r.Break(c.fault)
			a, err := r.call(http.MethodPost, noticePath, "application/json", []byte(noticeTo(1, "k")))
			if (err != nil) != c.broken || err == nil && a.code() != c.code {
				t.Errorf("answer %v, %v, want errcode %d, broken %v", a, err, c.code, c.broken)
			}
			if got := r.Accepted(noticePath); got != c.accepted || r.Count("k", OpenID(1)) != c.accepted {
				t.Errorf("accepted %d, follower got %d, want %d", got, r.Count("k", OpenID(1)), c.accepted)
			}
			if got := r.Calls(noticePath); got != 1 {
				t.Errorf("Calls = %d, want 1", got)
			}
		})
	}
}

func TestFaultCounts(t *testing.T) {
	r := start(t, Options{Followers: 3})
	r.Break(Fault{Kind: Errcode, Code: 45011, Path: noticePath, After: 1, Times: 2})
	r.Break(Fault{Kind: Errcode, Code: 50002, Path: customPath})
	r.codes(noticePath, noticeTo(0, "k"), 0, 45011, 45011, 0)
	r.codes(customPath, textTo(0, "a"), 50002, 50002)
	r.Mend()
	r.codes(customPath, textTo(0, "a"), 45015)
	if got := r.Reached("k"); got != (Reached{Followers: 1, Twice: 1, Messages: 2}) {
		t.Errorf("Reached = %+v", got)
	}
}

// The same seed breaks the same calls.
func TestFaultsByChanceFollowTheSeed(t *testing.T) {
	pattern := func(seed uint64) (codes [40]int) {
		r := start(t, Options{Followers: 3, Seed: seed})
		r.Break(Fault{Kind: Errcode, Code: -1, Path: noticePath, Chance: 0.5})
		for i := range codes {
			codes[i] = r.post(noticePath, noticeTo(0, "k")).code()
		}
		return codes
	}
	first := pattern(7)
	if again := pattern(7); again != first {
		t.Errorf("seed 7 gave %v, then %v", first, again)
	}
	if other := pattern(8); other == first {
		t.Errorf("seeds 7 and 8 both gave %v", first)
	}
}

// A hanging call goes on when released; one whose caller went away was not
// carried out, unless it was accepted before.
func TestHang(t *testing.T) {
	for _, c := range []struct {
		name            string
		accept, release bool
		accepted        int
	}{
		{"released", false, true, 1},
		{"released after accepting", true, true, 1},
		{"the caller gives up", false, false, 0},
		{"the caller gives up after it was accepted", true, false, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := start(t, Options{Followers: 3})
			r.Break(Fault{Kind: Hang, Path: noticePath, Accept: c.accept, Times: 1})
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() {
				req, _ := http.NewRequestWithContext(ctx, http.MethodPost, r.URL()+noticePath+"?access_token="+r.token, body(noticeTo(1, "k")))
				resp, err := r.client.Do(req)
				if err == nil {
					_ = resp.Body.Close()
				}
				done <- err
			}()
			until(t, func() bool { return r.Hanging() == 1 })
			if c.release {
				r.Release()
			} else {
				cancel()
			}
			if err := <-done; (err == nil) != c.release {
				t.Errorf("call ended with %v", err)
			}
			cancel()
			until(t, func() bool { return r.Hanging() == 0 })
			if got := r.Accepted(noticePath); got != c.accepted {
				t.Errorf("accepted %d, want %d", got, c.accepted)
			}
		})
	}
}

func TestCloseEndsHangingCalls(t *testing.T) {
	p, err := Start(Options{})
	if err != nil {
		t.Fatal(err)
	}
	p.Break(Fault{Kind: Hang, Path: "/x"})
	done := make(chan error, 1)
	go func() {
		resp, err := http.Get(p.URL() + "/x")
		if err == nil {
			_ = resp.Body.Close()
		}
		done <- err
	}()
	until(t, func() bool { return p.Hanging() == 1 })
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if err := <-done; err == nil {
		t.Error("a hanging call was answered by Close")
	}
	if err := p.Close(); err == nil {
		t.Error("closing twice is no error")
	}
	http.DefaultClient.CloseIdleConnections()
}
