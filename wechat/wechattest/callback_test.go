package wechattest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pufa/wechat"
)

func account(mode wechat.Mode) wechat.Config {
	return wechat.Config{
		Token: "token", AppID: DefaultAppID, OriginalID: "gh_0123456789ab", Mode: mode, AESKey: strings.Repeat("abcdefghijk", 4)[:43],
	}
}

// listener is a program's callback: it opens what comes as the program does,
// and answers a text with the same words.
type listener struct {
	t        testing.TB
	callback *wechat.Callback
	now      func() time.Time
	server   *httptest.Server

	mu   sync.Mutex
	fail int // so many deliveries are not answered
	hang bool
	got  []wechat.Message
	sums []string // msg_signature of each delivery, answered or not
}

// hear starts a platform that delivers to a listener.
func hear(t *testing.T, opt Options, mode wechat.Mode) (*rig, *listener) {
	t.Helper()
	opt.Callback = account(mode)
	callback, err := wechat.New(opt.Callback)
	if err != nil {
		t.Fatal(err)
	}
	l := &listener{t: t, callback: callback}
	l.server = httptest.NewServer(http.HandlerFunc(l.serve))
	t.Cleanup(l.server.Close)
	r := start(t, opt)
	l.now = r.clock.now
	r.DeliverTo(l.server.URL + "/wechat")
	return r, l
}

func (l *listener) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		word, err := l.callback.VerifyURL(r.URL.Query(), l.now())
		if err != nil {
			l.t.Error(err)
		}
		_, _ = io.WriteString(w, word)
		return
	}
	body, _ := io.ReadAll(r.Body)
	d, err := l.callback.Open(r.URL.Query(), body, l.now())
	if err != nil {
		l.t.Errorf("a delivery does not open: %v", err)
		return
	}
	l.mu.Lock()
	l.sums = append(l.sums, r.URL.Query().Get("msg_signature"))
	failing, hanging := l.fail > 0, l.hang
	if l.fail--; !failing {
		l.got = append(l.got, d.Message)
	}
	l.mu.Unlock()
	switch {
	case failing && hanging:
		<-r.Context().Done()
	case failing:
		w.WriteHeader(http.StatusInternalServerError)
	case d.Type != wechat.TypeText:
		_, _ = io.WriteString(w, wechat.Success)
	default:
		l.reply(w, d)
	}
}

func (l *listener) reply(w http.ResponseWriter, d *wechat.Delivery) {
	reply, err := d.Reply(wechat.Text(d.Content), l.now(), nil)
	if err != nil {
		l.t.Error(err)
	}
	_, _ = w.Write(reply)
}

// messages are what was answered so far.
func (l *listener) messages() []wechat.Message {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]wechat.Message(nil), l.got...)
}

func (l *listener) one(event string) wechat.Message {
	l.t.Helper()
	for _, m := range l.messages() {
		if m.IsEvent(event) {
			return m
		}
	}
	l.t.Fatalf("no %s among %d deliveries", event, len(l.messages()))
	return wechat.Message{}
}

func TestTextsAreAnswered(t *testing.T) {
	for _, mode := range []wechat.Mode{wechat.Safe, wechat.Plain} {
		t.Run(mode.String(), func(t *testing.T) {
			r, l := hear(t, Options{Followers: 2}, mode)
			if err := r.CheckURL(t.Context()); err != nil {
				t.Error(err)
			}
			reply, err := r.Text(t.Context(), OpenID(1), "房东不退押金")
			if err != nil || reply.Content != "房东不退押金" || reply.ToUser != OpenID(1) {
				t.Errorf("reply %q, %v", reply.Content, err)
			}
			m := l.messages()[0]
			if id, err := strconv.ParseInt(m.ID, 10, 64); err != nil || id <= 1<<53 || m.ToUser != "gh_0123456789ab" {
				t.Errorf("message id %q, to %q: want one of 64 bits, to the account", m.ID, m.ToUser)
			}
			if _, err := r.Text(t.Context(), "oNobody", "你好"); err == nil {
				t.Error("somebody who never followed wrote")
			}
		})
	}
}

func TestEventsOfResidents(t *testing.T) {
	r, l := hear(t, Options{Followers: 1}, wechat.Safe)
	ctx := t.Context()
	acts := []func() error{
		func() error { _, err := r.Subscribe(ctx, "oNew", ""); return err },
		func() error { _, err := r.Scan(ctx, "oPoster", "poster-1"); return err },
		func() error { _, err := r.Scan(ctx, OpenID(0), "poster-1"); return err },
		func() error { _, err := r.Click(ctx, OpenID(0), "topic:women"); return err },
		func() error { return r.RefuseNotices(ctx, OpenID(0), "T1", true) },
		func() error { return r.RefuseNotices(ctx, OpenID(0), "T1", false) }, // tells nobody
		func() error { return r.AnswerPopup(ctx, OpenID(0), "T1", true) },
		func() error { return r.Unsubscribe(ctx, OpenID(0)) },
	}
	for i, act := range acts {
		if err := act(); err != nil {
			t.Fatalf("act %d: %v", i+1, err)
		}
	}
	want := []struct{ event, from, key, scene string }{
		{wechat.EventSubscribe, "oNew", "", ""},
		{wechat.EventSubscribe, "oPoster", "qrscene_poster-1", "poster-1"},
		{wechat.EventScan, OpenID(0), "poster-1", "poster-1"},
		{wechat.EventClick, OpenID(0), "topic:women", ""},
		{wechat.EventSubscriptionChange, OpenID(0), "", ""},
		{wechat.EventSubscriptionAsked, OpenID(0), "", ""},
		{wechat.EventUnsubscribe, OpenID(0), "", ""},
	}
	got := l.messages()
	if len(got) != len(want) {
		t.Fatalf("%d events, want %d", len(got), len(want))
	}
	for i, m := range got {
		if m.Event != want[i].event || m.FromUser != want[i].from || m.EventKey != want[i].key || m.Scene() != want[i].scene {
			t.Errorf("event %d is %s, key %q, scene %q, want %+v", i+1, m.Event, m.EventKey, m.Scene(), want[i])
		}
	}
	if s := l.one(wechat.EventSubscriptionChange).Subscriptions; len(s) != 1 || s[0].TemplateID != "T1" || s[0].Choice != "reject" {
		t.Errorf("refusal = %+v", s)
	}
	if s := l.one(wechat.EventSubscriptionAsked).Subscriptions; len(s) != 1 || s[0].Choice != "accept" || s[0].PopupScene != "1" {
		t.Errorf("consent = %+v", s)
	}
}

func TestResultsAreDelivered(t *testing.T) {
	r, l := hear(t, Options{Followers: 3, Receipts: true}, wechat.Safe)
	msgID := r.must(massAllPath, massOf(r.draft("c"), "k")).number("msg_id")
	pageID := r.must("/cgi-bin/freepublish/submit", `{"media_id":"`+r.draft("c")+`"}`).word("publish_id")
	r.must(noticePath, noticeTo(2, "c"))
	r.EndPage(PageFailed)
	r.must("/cgi-bin/freepublish/submit", `{"media_id":"`+r.draft("c")+`"}`)
	r.Tick(t.Context())

	m := l.one(wechat.EventMassSent)
	counts, err := m.Mass.Counts()
	if err != nil || counts != (wechat.MassCounts{Total: 3, Filtered: 3, Sent: 3}) || m.Status != wechat.StatusMassSent {
		t.Errorf("mass result %q, %+v, %v", m.Status, counts, err)
	}
	if m.JobID != strconv.FormatInt(msgID, 10) || len(m.Mass.Articles) != 1 || m.Mass.Articles[0].URL == "" {
		t.Errorf("mass result of %s with articles %+v, want %d and one", m.JobID, m.Mass.Articles, msgID)
	}
	s := l.one(wechat.EventSubscriptionSent)
	if len(s.Subscriptions) != 1 || s.FromUser != OpenID(2) || s.Subscriptions[0].ErrorCode != "0" {
		t.Errorf("receipt = %+v", s.Subscriptions)
	}
	out := map[string]wechat.PublishResult{}
	for _, m := range l.messages() {
		if m.Publish != nil {
			out[m.Publish.Status] = *m.Publish
		}
	}
	if p := out[PageOut]; p.ID != pageID || p.ArticleID == "" || len(p.Articles) != 1 {
		t.Errorf("page that is out = %+v", p)
	}
	if p := out[PageFailed]; len(p.FailedIndexes) != 1 || p.ArticleID != "" {
		t.Errorf("page that failed = %+v", p)
	}
	if got := r.Undelivered(); got != 0 {
		t.Errorf("Undelivered = %d", got)
	}
}

// A delivery is tried three times; the second is signed as the first.
func TestDeliveriesAreRepeated(t *testing.T) {
	for _, c := range []struct {
		name        string
		fail        int
		hang        bool
		tries, lost int
	}{
		{"answered at once", 0, false, 1, 0},
		{"refused twice", 2, false, 3, 0},
		{"refused three times", 3, false, 3, 1},
		{"silent once", 1, true, 2, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			opt := Options{Followers: 1}
			if c.hang {
				opt.AnswerWithin = 500 * time.Millisecond // all others have the full five seconds
			}
			r, l := hear(t, opt, wechat.Safe)
			l.fail, l.hang = c.fail, c.hang
			r.must(massAllPath, massOf(r.draft("c"), "k"))
			r.Tick(t.Context())
			if len(l.sums) != c.tries || r.Undelivered() != c.lost {
				t.Fatalf("%d tries, %d lost, want %d and %d", len(l.sums), r.Undelivered(), c.tries, c.lost)
			}
			if c.tries > 1 && l.sums[1] != l.sums[0] {
				t.Error("the second try is signed anew")
			}
			if c.tries > 2 && l.sums[2] == l.sums[0] {
				t.Error("the third try is not signed anew")
			}
		})
	}
}

// The platform works by itself when nobody calls Tick.
func TestResultsComeByThemselves(t *testing.T) {
	r, l := hear(t, Options{Followers: 1, JobTime: time.Minute}, wechat.Safe)
	r.must(massAllPath, massOf(r.draft("c"), "k"))
	r.clock.forward(time.Minute)
	until(t, func() bool { return len(l.messages()) == 1 })
}

func TestCallbackMistakes(t *testing.T) {
	if _, err := Start(Options{Callback: wechat.Config{Token: "t"}}); err == nil {
		t.Error("started with a callback without a key")
	}
	r := start(t, Options{Followers: 1})
	if _, err := r.Deliver(t.Context(), nil); err == nil {
		t.Error("delivered without a callback")
	}
	if err := r.CheckURL(t.Context()); err == nil {
		t.Error("checked without a callback")
	}
	if reply, err := r.Text(t.Context(), OpenID(0), "你好"); err != nil || reply.Content != "" {
		t.Errorf("writing without a callback: %q, %v", reply.Content, err)
	}
	far, l := hear(t, Options{Followers: 1}, wechat.Safe)
	l.server.Close()
	if err := far.CheckURL(t.Context()); err == nil {
		t.Error("checked an address where nobody is")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := far.Text(ctx, OpenID(0), "你好"); err == nil {
		t.Error("delivered where nobody is")
	}
}
