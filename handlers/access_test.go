package handlers

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"pufa/bot"
)

func TestTheLogHoldsNoQueryNoPersonNoWords(t *testing.T) {
	r := newRig(t)
	r.bot.reply = func(context.Context, bot.Message) bot.Reply { return bot.Reply{Outcome: bot.Answered, Text: "答"} }
	r.deliver(r.text("我的问题很特别"))
	r.deliver(r.textFrom("oOther", "救命"))
	r.inbox.claimErr = errStoreDown
	r.deliver(r.textFrom("oThird", "我的问题很特别"))
	r.get("/a/consumer/returns?c=march&openid="+openid, "X-Forwarded-For", "203.0.113.9")
	r.get("/no/such/secret-path?x=1")
	r.serve(httptest.NewRequest("SECRETVERB", "/", nil))
	log := r.log.String()
	for _, leak := range []string{openid, "oOther", "oThird", "特别", "救命", "signature", "nonce", "march", "returns", "secret-path", "SECRETVERB", "203.0.113.9", "192.0.2.1"} {
		if strings.Contains(log, leak) {
			t.Errorf("log holds %q:\n%s", leak, log)
		}
	}
	for _, want := range []string{
		"msg=request method=POST route=/wechat status=200 ms=0", "route=/a/:topic/:slug status=200", "route=none status=404", "method=other",
	} {
		if !strings.Contains(log, want) {
			t.Errorf("log lacks %q:\n%s", want, log)
		}
	}
}

func TestEveryAnswerHasTheSecurityHeaders(t *testing.T) {
	r := newRig(t)
	for _, path := range []string{
		"/", "/a/consumer/returns", "/a/consumer/old", "/q/east-gate", "/q/banner", "/privacy", "/try", "/static/style.css", "/healthz", "/readyz", "/none", "/wechat", "/static/none",
	} {
		h := r.get(path).Header()
		csp := h.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: policy %q lacks %s", path, csp, want)
			}
		}
		if strings.Contains(csp, "unsafe") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: headers %v", path, h)
		}
	}
}

func TestAPanicOnAPageIsASentence(t *testing.T) {
	r := newRig(t)
	r.library.entries["consumer/returns"].Questions = nil // Question panics
	w := r.get("/a/consumer/returns")
	if w.Code != 500 || !strings.Contains(w.Body.String(), "请过一会儿再试") {
		t.Errorf("status %d, body %q", w.Code, w.Body)
	}
	if !strings.Contains(r.log.String(), "index out of range") {
		t.Errorf("log %s", r.log)
	}
}

func TestPanicText(t *testing.T) {
	for _, v := range []any{"救命", errors.New("救命"), struct{ words string }{"救命"}} {
		if got := panicText(v); strings.Contains(got, "救命") || got == "" {
			t.Errorf("panicText(%T) = %q", v, got)
		}
	}
}

func TestWrongMethodsAndPaths(t *testing.T) {
	r := newRig(t)
	cases := []struct {
		name, method, path string
		status             int
	}{
		{"a page that is not there", http.MethodGet, "/none", 404},
		{"an entry that is not there", http.MethodGet, "/a/consumer/none", 404},
		{"an entry without its slug", http.MethodGet, "/a/consumer", 404},
		{"posting to a page", http.MethodPost, "/privacy", 405},
		{"deleting the callback", http.MethodDelete, "/wechat", 405},
		{"the figures are not on this listener", http.MethodGet, "/metrics", 404},
		{"a poster whose code counts no more", http.MethodGet, "/q/banner", 200},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := r.serve(httptest.NewRequest(c.method, c.path, bytes.NewReader(nil)))
			if w.Code != c.status || !strings.Contains(w.Body.String(), "12348") {
				t.Errorf("status %d, want %d; body %s", w.Code, c.status, w.Body)
			}
		})
	}
}

func TestTrustedProxies(t *testing.T) {
	if _, err := New(Config{}); err == nil || !strings.Contains(err.Error(), "no callback") || !strings.Contains(err.Error(), "no bot") {
		t.Errorf("an empty Config: %v", err)
	}
	r := newRig(t)
	cfg := r.Config
	cfg.TrustedProxies = []string{"nginx"}
	if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), "trusted proxies") {
		t.Errorf("a proxy that is no address: %v", err)
	}
}
