package handlers

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"pufa/bot"
	"pufa/stats"
	"pufa/wechat"
)

func TestCallbackStatus(t *testing.T) {
	r := newRig(t)
	good, body, err := r.Callback.Seal(r.text("能退吗"), noon(), nil)
	if err != nil {
		t.Fatal(err)
	}
	unreadable, broken, err := r.Callback.Seal([]byte("<xml><Content>无发送人</Content></xml>"), noon(), nil)
	if err != nil {
		t.Fatal(err)
	}
	with := func(q url.Values, key, value string) url.Values {
		out := url.Values{}
		for k, v := range q {
			out[k] = v
		}
		out.Set(key, value)
		return out
	}
	cases := []struct {
		name   string
		query  url.Values
		body   []byte
		status int
		plain  string // the whole body, where it is plain
	}{
		{"a good message is answered", good, body, 200, ""},
		{"a wrong signature is denied", with(good, "signature", strings.Repeat("0", 40)), body, 403, "denied"},
		{"a wrong signature of the message is denied", with(good, "msg_signature", strings.Repeat("0", 40)), body, 403, "denied"},
		{"no query is denied", nil, body, 403, "denied"},
		{"a plain message in safe mode is denied", with(good, "encrypt_type", "raw"), r.text("能退吗"), 403, "denied"},
		{"an empty body is denied", good, nil, 403, "denied"},
		{"a body over 256 KiB is too large", good, bytes.Repeat([]byte("x"), wechat.MaxBody+1), 413, "too large"},
		{"a body of 256 KiB is looked at", good, bytes.Repeat([]byte("x"), wechat.MaxBody), 403, "denied"},
		{"an authentic message without sender is success", unreadable, broken, 200, "success"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := r.post(c.query, bytes.NewReader(c.body))
			if w.Code != c.status || c.plain != "" && w.Body.String() != c.plain {
				t.Errorf("status %d, body %q; want %d, %q", w.Code, w.Body, c.status, c.plain)
			}
		})
	}
	t.Run("a body of unknown length is cut at 256 KiB", func(t *testing.T) {
		req := httptest.NewRequest(http.MethodPost, "/wechat?"+good.Encode(), bytes.NewReader(bytes.Repeat([]byte("x"), wechat.MaxBody+1)))
		req.ContentLength = -1
		if w := r.serve(req); w.Code != 413 {
			t.Errorf("status %d, want 413", w.Code)
		}
	})
	t.Run("an old message is denied", func(t *testing.T) {
		q, b, err := r.Callback.Seal(r.text("能退吗"), noon().Add(-301*time.Second), nil)
		if err != nil {
			t.Fatal(err)
		}
		if w := r.post(q, bytes.NewReader(b)); w.Code != 403 {
			t.Errorf("status %d, want 403", w.Code)
		}
	})
	t.Run("a body that breaks off is a bad request", func(t *testing.T) {
		if w := r.post(good, iotestReader{}); w.Code != 400 {
			t.Errorf("status %d, want 400", w.Code)
		}
	})
}

type iotestReader struct{}

func (iotestReader) Read([]byte) (int, error) { return 0, context.Canceled }

func TestVerifyURL(t *testing.T) {
	r := newRig(t)
	q, err := r.Callback.SealURL("5837201920395", noon(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if w := r.get("/wechat?" + q.Encode()); w.Code != 200 || w.Body.String() != "5837201920395" {
		t.Errorf("status %d, body %q", w.Code, w.Body)
	}
	if w := r.get("/wechat?echostr=1"); w.Code != 403 {
		t.Errorf("without a signature: status %d, want 403", w.Code)
	}
}

func TestAMessageIsAnsweredAndCommitted(t *testing.T) {
	r := newRig(t)
	r.inbox.dialogue = bot.Dialogue{Entry: "consumer/returns"}
	w := r.deliver(r.text("能退吗"))
	if got := r.said(w); got != "您问的是：能退吗\n能退。" {
		t.Errorf("reply %q", got)
	}
	want := bot.Message{Kind: bot.Text, Text: "能退吗", Calm: true, New: true, Recent: 1, Dialogue: r.inbox.dialogue}
	if diff := cmp.Diff([]bot.Message{want}, r.bot.messages()); diff != "" {
		t.Errorf("the bot heard (-want +got):\n%s", diff)
	}
	if len(r.inbox.results) != 1 {
		t.Fatalf("%d commits, want 1", len(r.inbox.results))
	}
	got := r.inbox.results[0]
	if got.Stored.Text != "您问的是：能退吗\n能退。" || kinds(got.Events) != "message/answered/text/consumer/returns" || !got.Events[0].At.Equal(noon()) {
		t.Errorf("committed %+v", got)
	}
	if a := r.inbox.arrivals[0]; a.OpenID != openid || a.Test {
		t.Errorf("arrival %+v", a)
	}
}

func TestARepeatedDeliveryGetsTheSameReplyEncryptedAfresh(t *testing.T) {
	r := newRig(t)
	first, again := r.deliver(r.text("能退吗")), r.deliver(r.text("能退吗"))
	if r.said(first) != r.said(again) {
		t.Errorf("first %q, again %q", r.said(first), r.said(again))
	}
	if first.Body.String() == again.Body.String() {
		t.Error("the two replies are the same bytes")
	}
	if len(r.bot.messages()) != 1 || len(r.inbox.results) != 1 {
		t.Errorf("the bot was asked %d times, %d commits", len(r.bot.messages()), len(r.inbox.results))
	}
}

func TestDangerTouchesNobody(t *testing.T) {
	r := newRig(t)
	for range 2 {
		if got := r.said(r.deliver(r.text("救命，他又打我"))); got != "请马上打110。" {
			t.Errorf("reply %q", got)
		}
	}
	for _, a := range r.inbox.arrivals {
		if a.OpenID != "" {
			t.Errorf("claimed with the person: %+v", a)
		}
	}
	if len(r.bot.messages()) != 0 {
		t.Error("the bot was asked beside the card")
	}
	want := []Result{{Stored: Stored{Card: "violence"}, Events: []stats.Event{stats.Crisis(noon())}}}
	if diff := cmp.Diff(want, r.inbox.results); diff != "" {
		t.Errorf("committed (-want +got):\n%s", diff)
	}
}

func TestDangerIsAnsweredWhateverTheStoreSays(t *testing.T) {
	t.Run("another request is at it", func(t *testing.T) {
		r := newRig(t)
		m, err := wechat.Parse(r.text("救命"))
		if err != nil {
			t.Fatal(err)
		}
		r.inbox.hold(m.Key())
		if got := r.said(r.deliver(r.text("救命"))); got != "请马上打110。" {
			t.Errorf("reply %q", got)
		}
		if len(r.inbox.later) != 1 || !r.inbox.later[0].Events[0].InCrisis() {
			t.Errorf("left for later: %+v", r.inbox.later)
		}
	})
	t.Run("the store is down", func(t *testing.T) {
		r := newRig(t)
		r.inbox.claimErr = errStoreDown
		if got := r.said(r.deliver(r.text("救命"))); got != "请马上打110。" {
			t.Errorf("reply %q", got)
		}
		if len(r.inbox.later) != 1 || r.inbox.later[0].Stored.Card != "violence" {
			t.Errorf("left for later: %+v", r.inbox.later)
		}
	})
	t.Run("the bot finds it itself", func(t *testing.T) {
		r := newRig(t)
		r.bot.reply = func(context.Context, bot.Message) bot.Reply {
			return bot.Reply{Outcome: bot.Crisis, Text: "请马上打110。", Card: "violence", Entry: "women/x", Dialogue: bot.Dialogue{Entry: "women/x"}}
		}
		r.deliver(r.text("他又来了"))
		want := []Result{{Stored: Stored{Card: "violence"}, Events: []stats.Event{stats.Crisis(noon())}}}
		if diff := cmp.Diff(want, r.inbox.results); diff != "" {
			t.Errorf("committed (-want +got):\n%s", diff)
		}
	})
}

func TestTheStoreFails(t *testing.T) {
	cases := []struct {
		name             string
		breaks           func(*fakeInbox)
		commits, spooled int
		logged           string
	}{
		{"at the claim: the count waits", func(f *fakeInbox) { f.claimErr = errStoreDown }, 0, 1, "claim failed"},
		{"at the claim and in the spool: the loss is logged", func(f *fakeInbox) { f.claimErr, f.spoolErr = errStoreDown, errStoreDown }, 0, 0, "count lost"},
		{"at the commit, which has a spool of its own: the loss is logged", func(f *fakeInbox) { f.commitErr = errStoreDown }, 0, 0, "count lost"},
		{"another took the message over: it counts", func(f *fakeInbox) { f.commitErr = ErrTakenOver }, 0, 0, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			c.breaks(r.inbox)
			if got := r.said(r.deliver(r.text("能退吗"))); got != "您问的是：能退吗\n能退。" {
				t.Errorf("reply %q", got)
			}
			if len(r.inbox.results) != c.commits || len(r.inbox.later) != c.spooled {
				t.Errorf("%d commits, %d spooled; want %d, %d", len(r.inbox.results), len(r.inbox.later), c.commits, c.spooled)
			}
			if !strings.Contains(r.log.String(), c.logged) {
				t.Errorf("log lacks %q:\n%s", c.logged, r.log)
			}
		})
	}
}

func TestAnOutageIsLoggedOnceInTenSeconds(t *testing.T) {
	now := noon()
	r := newRig(t, func(c *Config) { c.Now = func() time.Time { return now } })
	r.inbox.claimErr = errStoreDown
	for range 5 {
		r.deliver(r.text("能退吗"))
	}
	now = now.Add(quietFor)
	r.deliver(r.text("能退吗"))
	if n := strings.Count(r.log.String(), "claim failed"); n != 2 {
		t.Errorf("logged %d times, want 2", n)
	}
}

func TestWaitingForAnotherRequest(t *testing.T) {
	t.Run("its reply is sent when it is there", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, func(c *Config) { c.Now = time.Now })
			release := make(chan struct{})
			r.bot.reply = func(context.Context, bot.Message) bot.Reply {
				<-release
				return bot.Reply{Outcome: bot.Answered, Text: "答"}
			}
			msg := r.text("能退吗")
			replies := make(chan *httptest.ResponseRecorder, 2)
			for range 2 {
				go func() { replies <- r.deliver(msg) }()
				synctest.Wait()
			}
			time.Sleep(2 * time.Second) // in the bubble's time
			close(release)
			for range 2 {
				if got := r.said(<-replies); got != "答" {
					t.Errorf("reply %q", got)
				}
			}
			if n := len(r.bot.messages()); n != 1 {
				t.Errorf("the bot was asked %d times, want 1", n)
			}
		})
	})
	t.Run("one that died is taken over when its lease is over", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, func(c *Config) { c.Now = time.Now })
			m, err := wechat.Parse(r.text("能退吗"))
			if err != nil {
				t.Fatal(err)
			}
			r.inbox.hold(m.Key())
			time.AfterFunc(budget, func() { r.inbox.release(m.Key()) })
			start := time.Now()
			w := r.deliver(r.text("能退吗"))
			if took := time.Since(start); r.said(w) != "您问的是：能退吗\n能退。" || took > budget+lastClaim {
				t.Errorf("body %q after %s", w.Body, took)
			}
			if len(r.inbox.results) != 1 {
				t.Errorf("%d commits, want 1", len(r.inbox.results))
			}
		})
	})
	t.Run("without one the answer is success within 5 s", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, func(c *Config) { c.Now = time.Now })
			m, err := wechat.Parse(r.text("能退吗"))
			if err != nil {
				t.Fatal(err)
			}
			r.inbox.hold(m.Key())
			start := time.Now()
			w := r.deliver(r.text("能退吗"))
			if took := time.Since(start); w.Body.String() != wechat.Success || took > budget+lastClaim {
				t.Errorf("body %q after %s", w.Body, took)
			}
		})
	})
}

func TestAHungUpCallerIsStillCounted(t *testing.T) {
	r := newRig(t)
	ctx, hangUp := context.WithCancel(context.Background())
	r.bot.reply = func(ctx context.Context, _ bot.Message) bot.Reply {
		hangUp()
		if ctx.Err() != nil {
			t.Error("the bot's context ended with the caller's")
		}
		return bot.Reply{Outcome: bot.Answered, Text: "答"}
	}
	q, body, err := r.Callback.Seal(r.text("能退吗"), noon(), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.serve(httptest.NewRequest(http.MethodPost, "/wechat?"+q.Encode(), bytes.NewReader(body)).WithContext(ctx))
	if len(r.inbox.results) != 1 {
		t.Errorf("%d commits, want 1", len(r.inbox.results))
	}
}

func TestTestersEnterNoFigure(t *testing.T) {
	for name, from := range map[string]string{"the phone in the browser": TryPrefix + "X", "a staff test account": "oStaffTest"} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.deliver(r.textFrom(from, "能退吗"))
			r.deliver(wechat.TextMessage(from, original, "2", "救命", noon()))
			for _, a := range r.inbox.arrivals {
				if !a.Test {
					t.Errorf("arrival is no test: %+v", a)
				}
			}
			for _, res := range r.inbox.results {
				if len(res.Events) != 0 {
					t.Errorf("events %v", res.Events)
				}
			}
			if len(r.inbox.results) != 2 {
				t.Errorf("%d commits, want 2", len(r.inbox.results))
			}
		})
	}
}

func TestWhatIsNotAnswered(t *testing.T) {
	r := newRig(t)
	cases := []struct {
		name    string
		msg     []byte
		commits int
	}{
		{"an unknown type", wechat.NewMessage("hologram", openid, original, noon(), wechat.Element{Name: "MsgId", Value: "1"}), 0},
		{"a file", wechat.NewMessage(wechat.TypeFile, openid, original, noon(), wechat.Element{Name: "MsgId", Value: "2"}), 0},
		{"an unknown event", wechat.EventMessage(openid, original, "kf_create_session", noon()), 0},
		{"a link opened from the menu", wechat.EventMessage(openid, original, wechat.EventView, noon()), 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if w := r.deliver(c.msg); w.Code != 200 || w.Body.String() != wechat.Success {
				t.Errorf("status %d, body %q", w.Code, w.Body)
			}
		})
	}
	if len(r.inbox.arrivals) != 0 {
		t.Errorf("%d claims, want 0", len(r.inbox.arrivals))
	}
}

func TestAReplyThatCannotBeSentIsSuccess(t *testing.T) {
	r := newRig(t)
	r.bot.reply = func(context.Context, bot.Message) bot.Reply {
		return bot.Reply{Outcome: bot.Answered, Text: strings.Repeat("长", wechat.MaxText)}
	}
	if w := r.deliver(r.text("能退吗")); w.Code != 200 || w.Body.String() != wechat.Success {
		t.Errorf("status %d, body %.40q", w.Code, w.Body)
	}
	if !strings.Contains(r.log.String(), "reply cannot be sent") {
		t.Errorf("log %s", r.log)
	}
}

func TestAPanicIsSuccess(t *testing.T) {
	r := newRig(t)
	r.bot.reply = func(_ context.Context, m bot.Message) bot.Reply { panic("cannot read " + m.Text) }
	if w := r.deliver(r.text("能退吗")); w.Code != 200 || w.Body.String() != wechat.Success {
		t.Errorf("status %d, body %q", w.Code, w.Body)
	}
	if log := r.log.String(); !strings.Contains(log, "panic") || strings.Contains(log, "能退吗") {
		t.Errorf("log %s", log)
	}
}

func TestPlainMode(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Callback = newCallback(t, wechat.Plain) })
	w := r.deliver(r.text("能退吗"))
	if got := r.said(w); got != "您问的是：能退吗\n能退。" || !strings.Contains(w.Body.String(), "能退") {
		t.Errorf("reply %q in %s", got, w.Body)
	}
}

func TestAMessageFromLongAgoCountsNow(t *testing.T) {
	r := newRig(t)
	for i, at := range []time.Time{noon().Add(-time.Minute), noon().Add(-time.Hour), time.Unix(0, 0)} {
		r.deliver(wechat.TextMessage(openid, original, string(rune('1'+i)), "能退吗", at))
	}
	for i, want := range []time.Time{noon().Add(-time.Minute), noon(), noon()} {
		if got := r.inbox.results[i].Events[0].At; !got.Equal(want) {
			t.Errorf("message %d counts at %s, want %s", i, got, want)
		}
	}
}
