package handlers

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"pufa/bot"
)

// say posts JSON to the phone.
func (r *rig) say(body string, headers ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodPost, "/try/messages", strings.NewReader(body))
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return r.serve(req)
}

func answerOf(t *testing.T, w *httptest.ResponseRecorder) (text, problem string) {
	t.Helper()
	var out struct{ Text, Error string }
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("body %q: %v", w.Body, err)
	}
	return out.Text, out.Error
}

func cookieOf(w *httptest.ResponseRecorder) *http.Cookie {
	for _, c := range w.Result().Cookies() {
		if c.Name == tryCookie {
			return c
		}
	}
	return nil
}

func TestThePhoneTalksThroughTheRealCallback(t *testing.T) {
	r := newRig(t)
	w := r.say(`{"text":" 能退吗 "}`)
	if text, _ := answerOf(t, w); w.Code != 200 || text != "您问的是：能退吗\n能退。" {
		t.Errorf("status %d, body %s", w.Code, w.Body)
	}
	if w := r.say(`{"click":"topic:women"}`); !strings.Contains(w.Body.String(), "topic:women") {
		t.Errorf("status %d, body %s", w.Code, w.Body)
	}
	if w := r.say(`{"text":"救命"}`); !strings.Contains(w.Body.String(), "请马上打110。") {
		t.Errorf("danger: %s", w.Body)
	}
	heard := r.bot.messages()
	if len(heard) != 2 || heard[0].Kind != bot.Text || heard[1].Kind != bot.Click || heard[1].Key != "topic:women" {
		t.Errorf("the bot heard %+v", heard)
	}
	for _, a := range r.inbox.arrivals {
		if !a.Test || a.OpenID != "" && !strings.HasPrefix(a.OpenID, TryPrefix) {
			t.Errorf("arrival %+v is no test", a)
		}
	}
	for _, res := range r.inbox.results {
		if len(res.Events) != 0 {
			t.Errorf("counted: %v", res.Events)
		}
	}
	if !strings.Contains(r.log.String(), "route=/wechat status=200") {
		t.Errorf("the callback's route was not taken:\n%s", r.log)
	}
}

func TestOneMadeUpResidentASession(t *testing.T) {
	r := newRig(t)
	page := r.get("/try")
	c := cookieOf(page)
	if page.Code != 200 || c == nil || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.MaxAge != 0 {
		t.Fatalf("status %d, cookie %+v", page.Code, c)
	}
	r.say(`{"text":"一"}`, "Cookie", c.String())
	r.say(`{"text":"二"}`, "Cookie", c.String())
	r.say(`{"text":"三"}`)
	r.say(`{"text":"四"}`, "Cookie", tryCookie+"=../../x")
	a := r.inbox.arrivals
	if a[0].OpenID != TryPrefix+c.Value || a[1].OpenID != a[0].OpenID || a[2].OpenID == a[0].OpenID || a[3].OpenID == TryPrefix+"../../x" {
		t.Errorf("arrivals %+v", a)
	}
	if a[0].Key == a[1].Key {
		t.Error("two messages have one key")
	}
}

func TestTwoTapsWithinASecondAreTwo(t *testing.T) {
	r := newRig(t)
	c := cookieOf(r.get("/try"))
	for range 2 {
		r.say(`{"click":"cmd:热线"}`, "Cookie", c.String())
	}
	if len(r.bot.messages()) != 2 {
		t.Errorf("the bot heard %d, want 2", len(r.bot.messages()))
	}
}

func TestWhatThePhoneRefuses(t *testing.T) {
	cases := []struct {
		name, body string
		headers    []string
		status     int
		says       string
	}{
		{"nothing", `{"text":"  "}`, nil, 400, saysEmpty},
		{"no JSON", `text=1`, nil, 400, saysNoForm},
		{"a field of its own", `{"openid":"x","text":"y"}`, nil, 400, saysNoForm},
		{"text and tap at once", `{"text":"x","click":"y"}`, nil, 400, saysNoForm},
		{"more than 2,000 characters", `{"text":"` + strings.Repeat("长", 2001) + `"}`, nil, 413, saysLong},
		{"a body over its limit", `{"text":"` + strings.Repeat("长", maxTryBody) + `"}`, nil, 413, saysLong},
		{"what another site sends", `{"text":"x"}`, []string{"Sec-Fetch-Site", "cross-site"}, 403, saysOutside},
		{"what another origin sends", `{"text":"x"}`, []string{"Origin", "https://evil.example"}, 403, saysOutside},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			w := r.say(c.body, c.headers...)
			if _, problem := answerOf(t, w); w.Code != c.status || problem != c.says {
				t.Errorf("status %d, %q; want %d, %q", w.Code, problem, c.status, c.says)
			}
			if len(r.inbox.arrivals) != 0 {
				t.Error("it reached the callback")
			}
		})
	}
	t.Run("2,000 characters are sent", func(t *testing.T) {
		if w := newRig(t).say(`{"text":"` + strings.Repeat("长", 2000) + `"}`); w.Code == 413 {
			t.Errorf("status %d", w.Code)
		}
	})
}

func TestThirtyMessagesAMinute(t *testing.T) {
	now := noon()
	r := newRig(t, func(c *Config) { c.Now = func() time.Time { return now } })
	c := cookieOf(r.get("/try")).String()
	for i := range maxTries {
		if w := r.say(`{"text":"问"}`, "Cookie", c); w.Code != 200 {
			t.Fatalf("message %d: status %d", i+1, w.Code)
		}
	}
	w := r.say(`{"text":"问"}`, "Cookie", c)
	if _, problem := answerOf(t, w); w.Code != 429 || problem != saysTooMany {
		t.Errorf("status %d, %q", w.Code, problem)
	}
	now = now.Add(time.Minute)
	if w := r.say(`{"text":"问"}`, "Cookie", c); w.Code != 200 {
		t.Errorf("after a minute: status %d", w.Code)
	}
}

func TestDroppingTheCookieDoesNotHelp(t *testing.T) {
	r := newRig(t)
	refused := 0
	for range maxTries + 5 {
		if r.say(`{"text":"问"}`).Code == 429 {
			refused++
		}
	}
	if refused != 5 {
		t.Errorf("%d refused, want 5", refused)
	}
}

func TestWhoMayTry(t *testing.T) {
	cases := []struct {
		name    string
		try     Try
		remote  string
		header  string
		allowed bool
	}{
		{"off for all", Try{}, "127.0.0.1:5000", "", false},
		{"on for all", Try{On: true}, "203.0.113.9:5000", "", true},
		{"this machine", Try{On: true, Loopback: true}, "127.0.0.1:5000", "", true},
		{"this machine by IPv6", Try{On: true, Loopback: true}, "[::1]:5000", "", true},
		{"this machine by a mapped address", Try{On: true, Loopback: true}, "[::ffff:127.0.0.1]:5000", "", true},
		{"another machine", Try{On: true, Loopback: true}, "192.168.1.5:5000", "", false},
		{"another machine through a proxy here", Try{On: true, Loopback: true}, "127.0.0.1:5000", "203.0.113.9", false},
		{"another machine that says it is this", Try{On: true, Loopback: true}, "203.0.113.9:5000", "127.0.0.1", false},
		{"no address", Try{On: true, Loopback: true}, "@", "", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, func(cfg *Config) { cfg.Try = c.try })
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				req := httptest.NewRequest(method, "/try", nil)
				req.RemoteAddr = c.remote
				if c.header != "" {
					req.Header.Set("X-Forwarded-For", c.header)
				}
				if w := r.serve(req); (w.Code != 404) != c.allowed {
					t.Errorf("%s: status %d, want allowed %v", method, w.Code, c.allowed)
				}
			}
		})
	}
}

func TestThePhoneWithoutScript(t *testing.T) {
	r := newRig(t)
	post := func(form url.Values, headers ...string) *httptest.ResponseRecorder {
		req := httptest.NewRequest(http.MethodPost, "/try", strings.NewReader(form.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for i := 0; i+1 < len(headers); i += 2 {
			req.Header.Set(headers[i], headers[i+1])
		}
		return r.serve(req)
	}
	for name, form := range map[string]url.Values{
		"typed": {"text": {"能退吗"}}, "a sample": {"sample": {"能退吗"}},
	} {
		w := post(form)
		if w.Code != 200 || !strings.Contains(w.Body.String(), `<div class="bubble me"><p>能退吗</p>`) || !strings.Contains(w.Body.String(), "能退。") {
			t.Errorf("%s: status %d\n%s", name, w.Code, w.Body)
		}
	}
	if w := post(url.Values{"click": {"cmd:热线"}}); !strings.Contains(w.Body.String(), "cmd:热线\n能退。") {
		t.Errorf("a button: status %d\n%s", w.Code, w.Body)
	}
	if w := post(url.Values{}); w.Code != 400 || !strings.Contains(w.Body.String(), saysEmpty) {
		t.Errorf("nothing: status %d", w.Code)
	}
	if w := post(url.Values{"text": {strings.Repeat("x", maxTryBody)}}); w.Code != 413 || !strings.Contains(w.Body.String(), saysLong) {
		t.Errorf("too much: status %d", w.Code)
	}
	if w := post(url.Values{"text": {"x"}}, "Sec-Fetch-Site", "cross-site"); w.Code != 403 || !strings.Contains(w.Body.String(), saysOutside) {
		t.Errorf("from another site: status %d", w.Code)
	}
	r.bot.reply = func(context.Context, bot.Message) bot.Reply { return bot.Reply{Outcome: bot.None} }
	if w := post(url.Values{"text": {"嗯"}}); w.Code != 200 || !strings.Contains(w.Body.String(), "没有回复") {
		t.Errorf("silence: status %d\n%s", w.Code, w.Body)
	}
}
