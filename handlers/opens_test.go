package handlers

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pufa/stats"
)

func TestWhichOpensCount(t *testing.T) {
	const page = "/a/consumer/returns"
	person := "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0"
	cases := []struct {
		name    string
		method  string
		path    string
		headers []string
		count   int
	}{
		{"a person's", http.MethodGet, page, nil, 1},
		{"a person's by a campaign", http.MethodGet, page + "?c=march", nil, 1},
		{"by an unknown campaign", http.MethodGet, page + "?c=made-up", nil, 0},
		{"a HEAD", http.MethodHead, page, nil, 0},
		{"fetched ahead", http.MethodGet, page, []string{"Sec-Purpose", "prefetch;prerender"}, 0},
		{"fetched ahead the old way", http.MethodGet, page, []string{"Purpose", "prefetch"}, 0},
		{"a crawler's", http.MethodGet, page, []string{"User-Agent", "Baiduspider/2.0"}, 0},
		{"a program's", http.MethodGet, page, []string{"User-Agent", "curl/8.5"}, 0},
		{"from nobody in particular", http.MethodGet, page, []string{"User-Agent", ""}, 0},
		{"from the phone in the browser", http.MethodGet, page, []string{"Cookie", tryCookie + "=ABCDEFGHIJKLMNOPQRSTUVWXYZ"}, 0},
		{"of another page", http.MethodGet, "/privacy", nil, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			req := httptest.NewRequest(c.method, c.path, nil)
			req.Header.Set("User-Agent", person)
			for i := 0; i+1 < len(c.headers); i += 2 {
				req.Header.Set(c.headers[i], c.headers[i+1])
			}
			if w := r.serve(req); w.Code != 200 {
				t.Fatalf("status %d", w.Code)
			}
			if len(r.opens.opens) != c.count {
				t.Errorf("%d counted, want %d", len(r.opens.opens), c.count)
			}
		})
	}
}

func TestWhatIsCountedOfAnOpen(t *testing.T) {
	r := newRig(t)
	r.get("/a/consumer/returns?c=march")
	want := []Open{{
		Visitor: "192.0.2.1|Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0", Campaign: "march",
		Event: stats.Event{At: noon(), Kind: stats.PageOpen, Entry: "consumer/returns", Topic: "consumer", Themes: []string{"3.15"}, Source: "c:march"},
	}}
	if diff := cmp.Diff(want, r.opens.opens); diff != "" {
		t.Errorf("opens (-want +got):\n%s", diff)
	}
}

func TestSixtyOpensAMinuteAndAddress(t *testing.T) {
	now := noon()
	r := newRig(t, func(c *Config) { c.Now = func() time.Time { return now } })
	for range maxOpens + 5 {
		if w := r.get("/a/consumer/returns"); w.Code != 200 {
			t.Fatalf("status %d", w.Code)
		}
	}
	if n := len(r.opens.opens); n != maxOpens {
		t.Errorf("%d counted, want %d", n, maxOpens)
	}
	now = now.Add(time.Minute)
	r.get("/a/consumer/returns")
	if n := len(r.opens.opens); n != maxOpens+1 {
		t.Errorf("%d counted after a minute, want %d", n, maxOpens+1)
	}
}

func TestAProxysClientsAreToldApart(t *testing.T) {
	from := func(r *rig, proxy, client string) {
		req := httptest.NewRequest(http.MethodGet, "/a/consumer/returns", nil)
		req.RemoteAddr = proxy + ":1234"
		req.Header.Set("User-Agent", "Mozilla/5.0")
		req.Header.Set("X-Forwarded-For", client)
		r.serve(req)
	}
	r := newRig(t, func(c *Config) { c.TrustedProxies = []string{"10.0.0.1"} })
	from(r, "10.0.0.1", "203.0.113.9")
	from(r, "10.0.0.2", "203.0.113.9") // nobody trusts it
	for i, want := range []string{"203.0.113.9|", "10.0.0.2|"} {
		if got := r.opens.opens[i].Visitor; !strings.HasPrefix(got, want) {
			t.Errorf("visitor %q, want %s…", got, want)
		}
	}
}

func TestAnOpenThatIsNotCountedIsStillAPage(t *testing.T) {
	r := newRig(t)
	r.opens.err = errStoreDown
	if w := r.get("/a/consumer/returns"); w.Code != 200 || !strings.Contains(w.Body.String(), "能退。") {
		t.Errorf("status %d", w.Code)
	}
	if !strings.Contains(r.log.String(), "page open not counted") {
		t.Errorf("log %s", r.log)
	}
}

func TestPerMinuteKeepsWithinItsBound(t *testing.T) {
	p := newPerMinute(2)
	for i := range maxTracked {
		p.allow(time.Unix(int64(i), 0).String(), noon())
	}
	if p.allow("one more", noon()) {
		t.Error("a key over the bound is allowed")
	}
	if !p.allow(time.Unix(0, 0).String(), noon()) {
		t.Error("a key within the bound is refused")
	}
	if !p.allow("one more", noon().Add(time.Minute)) {
		t.Error("a new minute did not begin anew")
	}
}
