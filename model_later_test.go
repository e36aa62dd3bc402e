package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"pufa/bot"
	"pufa/wechat/wechattest"
)

const (
	// askReferred is a question that the library refers, near rightEntry.
	askReferred = "我八十了，三个儿子没一个给钱买药，老大推老二，老二推老三"
	rightEntry  = "elder/support-claim"
	otherEntry  = "elder/elder-property"
	pathCustom  = "/cgi-bin/message/custom/send"
	saysFurther = "一会儿单独发给您"
)

// slowRig is a program whose model takes longer than a reply may, on a platform
// that takes customer messages.
type slowRig struct {
	v        variables
	model    *modelService
	wechat   *wechattest.Platform
	release  func() // lets the model speak
	platform *platform
	h        here
}

// laterSettings start a slow model and a platform, and approve rightEntry.
func laterSettings(t *testing.T, now func() time.Time, pairs ...string) *slowRig {
	t.Helper()
	p, err := wechattest.Start(wechattest.Options{AppID: testAppID, Secret: testAppSecret, Followers: 3, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	l := &slowRig{model: startModel(t), wechat: p}
	speak := make(chan struct{})
	l.release = sync.OnceFunc(func() { close(speak) })
	t.Cleanup(l.release)
	l.chooses(func([]string) string { return `{"ids":["` + rightEntry + `"]}` }, speak)
	l.v = l.model.settings(withAccount(t), "PUFA_WECHAT_API_BASE", p.URL(), "PUFA_WECHAT_VERIFIED", "on",
		"PUFA_OPENAI_LATER", "on", "PUFA_OPENAI_TIMEOUT", "300ms", "PUFA_METRICS_ADDR", "127.0.0.1:"+freePort(t)).and(pairs...)
	if add := l.v.runAt(t, now, staffPassword+"\n", "staff", "add", "--roles", "审核", "李审核"); add.status != 0 {
		t.Fatalf("staff add: %s", add.err)
	}
	if e := l.v.runAt(t, now, staffPassword+"\n", "content", "approve", "--as", "李审核", rightEntry); e.status != 0 {
		t.Fatalf("content approve: %s", e.err)
	}
	return l
}

// chooses makes the model say what say says, once it may speak.
func (l *slowRig) chooses(say func(ids []string) string, speak <-chan struct{}) {
	l.model.choose = func(ids []string) string {
		select {
		case <-speak:
		case <-l.model.closing:
		}
		return say(ids)
	}
}

// serves runs the program in this process.
func (l *slowRig) serves(t *testing.T) *slowRig { return l.startsAt(t, noon) }

// startsAt is serves by a clock.
func (l *slowRig) startsAt(t *testing.T, now func() time.Time) *slowRig {
	t.Helper()
	l.h = serveHere(t, l.v, now)
	l.platform = platformOf(t, l.v, l.h.url, now)
	l.platform.says(l.platform.text(wechattest.OpenID(0), "99", "菜单")) // the first reply tells of the settings
	return l
}

// asks lets a follower ask what is referred; the reply must be there in time.
func (l *slowRig) asks(t *testing.T, id string) (xml []byte, reply string) {
	t.Helper()
	l.wechat.Wrote(1)
	xml = l.platform.text(wechattest.OpenID(0), id, askReferred)
	start := time.Now()
	reply = l.platform.says(xml)
	if took := time.Since(start); took > 4500*time.Millisecond {
		t.Errorf("the passive reply took %s", took)
	}
	return xml, reply
}

// sent are the texts of the customer messages that the platform took.
func (l *slowRig) sent(t *testing.T) (list []string) {
	t.Helper()
	for _, r := range l.wechat.Recent() {
		var body struct {
			To   string `json:"touser"`
			Text struct{ Content string }
		}
		if err := json.Unmarshal([]byte(r.Body), &body); err != nil || body.To != wechattest.OpenID(0) {
			t.Errorf("the platform took %q, %v", r.Body, err)
		}
		list = append(list, body.Text.Content)
	}
	return list
}

// became waits until a promise came to its end in the given way.
func (l *slowRig) became(t *testing.T, effect bot.Effect) {
	t.Helper()
	var effects []string
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("effects at the end: %q", effects)
		}
	})
	until(t, "a later answer becomes "+string(effect), func() bool {
		_, metrics := get(t, "http://"+l.v["PUFA_METRICS_ADDR"]+"/metrics")
		effects = regexp.MustCompile(`effect="[a-z_]+"} [1-9]`).FindAllString(metrics, -1)
		return slices.Contains(effects, `effect="`+string(effect)+`"} 1`)
	})
}

// A slow model: the referral goes out in time and says that an answer may
// follow; then exactly one message follows, however often the question is
// delivered.
func TestAnAnswerFollowsAReferral(t *testing.T) {
	t.Parallel()
	l := laterSettings(t, noon).serves(t)
	xml, reply := l.asks(t, "100")
	if !strings.Contains(reply, saysFurther) || !strings.Contains(reply, "12348") || strings.Contains(reply, bot.Label) {
		t.Fatalf("the reply is no referral that announces more:\n%s", reply)
	}
	if n := len(l.sent(t)); n != 0 {
		t.Fatalf("%d messages were sent before the model spoke", n)
	}
	l.release()
	l.became(t, bot.Followed)
	entry, _ := libraryOf(t).Entry(rightEntry)
	sent := l.sent(t)
	if len(sent) != 1 || len(sent[0]) > bot.MaxBytes || strings.Count(sent[0], bot.Label) != 1 ||
		!strings.Contains(sent[0], "您问的是："+entry.Question()) || !strings.Contains(sent[0], entry.Short) || !strings.Contains(sent[0], "已审核") {
		t.Fatalf("sent %q, want the whole answer of %s, labelled", sent, rightEntry)
	}
	if again := l.platform.says(xml); again != reply {
		t.Errorf("delivered again: %q", again)
	}
	if next := l.platform.says(l.platform.text(wechattest.OpenID(0), "101", "带什么")); !strings.Contains(next, "关于「"+entry.Title+"」") {
		t.Errorf("asked on after the answer: %q", next)
	}
	l.h.stop()
	if n := len(l.sent(t)); n != 1 || l.wechat.Calls(pathCustom) != 1 {
		t.Errorf("%d messages, %d calls, want one", n, l.wechat.Calls(pathCustom))
	}
	if heard := l.model.all(); len(heard) != 2 || heard[0] == heard[1] {
		t.Errorf("the model was asked %d times, want twice, in two orders", len(heard))
	}
	l.v.reportAt(t, noon).hold(t, map[string]int64{"messages": 3, "referred": 1, "model": 0})
	l.v.verifiedAt(t, noon)
	if log := l.h.log.String(); strings.Contains(log, wechattest.OpenID(0)) || strings.Contains(log, "三个儿子") {
		t.Errorf("the log tells too much: %s", log)
	}
}

func TestNoAnswerFollowsWhere(t *testing.T) {
	t.Parallel()
	chosen := func(id string) func([]string) string {
		return func([]string) string { return `{"ids":["` + id + `"]}` }
	}
	for name, c := range map[string]struct {
		say       func([]string) string
		want      bot.Effect
		meanwhile bool
	}{
		"the entry is made up":            {chosen("law/made-up"), bot.NoChoice, false},
		"the entry was not offered":       {chosen("dv/what-counts"), bot.NoChoice, false},
		"the street did not approve it":   {chosen(otherEntry), bot.Unfit, false},
		"nothing fits":                    {func([]string) string { return `{"ids":[]}` }, bot.NoChoice, false},
		"the model writes":                {func([]string) string { return "根据《编造法》，儿子必须给钱。" }, bot.NoChoice, false},
		"it goes by the order":            {func(ids []string) string { return `{"ids":["` + ids[0] + `"]}` }, bot.NoChoice, false},
		"the resident asked on meanwhile": {chosen(rightEntry), bot.Overtaken, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := laterSettings(t, noon)
			speak := make(chan struct{})
			l.chooses(c.say, speak)
			l.serves(t)
			if _, reply := l.asks(t, "100"); !strings.Contains(reply, saysFurther) {
				t.Fatalf("nothing is announced:\n%s", reply)
			}
			if c.meanwhile {
				l.platform.says(l.platform.text(wechattest.OpenID(0), "101", "热线"))
			}
			close(speak)
			l.became(t, c.want)
			l.h.stop()
			if sent := l.sent(t); len(sent) > 0 || l.wechat.Calls(pathCustom) > 0 {
				t.Errorf("sent %q", sent)
			}
			l.v.verifiedAt(t, noon)
		})
	}
	t.Run("it is not switched on", func(t *testing.T) {
		t.Parallel()
		l := laterSettings(t, noon, "PUFA_OPENAI_LATER", "off").serves(t)
		_, reply := l.asks(t, "100")
		l.release()
		l.h.stop()
		if strings.Contains(reply, saysFurther) || l.wechat.Calls(pathCustom) > 0 {
			t.Errorf("an answer is announced or sent: %s", reply)
		}
	})
}

// The platform says nothing: the message is in doubt and is not sent again.
func TestALaterAnswerInDoubt(t *testing.T) {
	t.Parallel()
	l := laterSettings(t, noon).serves(t)
	l.wechat.Break(wechattest.Fault{Kind: wechattest.Reset, Accept: true, Path: pathCustom, Times: 1})
	xml, _ := l.asks(t, "100")
	l.release()
	l.became(t, bot.Doubtful)
	l.platform.says(xml)
	l.h.stop()
	if n := len(l.sent(t)); n != 1 || l.wechat.Calls(pathCustom) != 1 {
		t.Errorf("%d messages in %d calls, want one that is not repeated", n, l.wechat.Calls(pathCustom))
	}
}

// A program that dies while the model chooses, or after the answer was sent,
// sends nothing twice when it is back.
func TestKilledWhileAnAnswerFollows(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]bool{"before it was sent": true, "after it was sent": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := laterSettings(t, time.Now)
			c := startChild(t, l.v)
			l.platform = platformOf(t, l.v, c.url, time.Now)
			l.platform.says(l.platform.text(wechattest.OpenID(0), "99", "菜单"))
			xml, reply := l.asks(t, "100")
			want := 0
			if !before {
				want = 1
				l.release()
				until(t, "the answer is sent", func() bool { return len(l.sent(t)) == 1 })
			}
			c.end(syscall.SIGKILL)
			l.release()
			c = startChild(t, l.v)
			l.platform.move(c.url)
			if again := l.platform.says(xml); again != reply {
				t.Errorf("delivered again after the kill: %q, want %q", again, reply)
			}
			c.end(syscall.SIGTERM)
			if sent := l.sent(t); len(sent) != want || l.wechat.Calls(pathCustom) != want {
				t.Errorf("sent %d messages in %d calls, want %d: %q", len(sent), l.wechat.Calls(pathCustom), want, slices.Compact(sent))
			}
			l.v.verified(t)
		})
	}
}

// What a later answer leaves: one line of the ledger without anybody, the
// dialogue for ten minutes, and what the platform still takes. The openid stands in
// the list of followers alone, as it did before, and no word of the question
// anywhere.
func TestALaterAnswerLeaksNothing(t *testing.T) {
	t.Parallel()
	server := startRedis(t)
	l := laterSettings(t, time.Now, "PUFA_REDIS_URL", server.url()).startsAt(t, time.Now)
	l.asks(t, "100")
	l.release()
	l.became(t, bot.Followed)
	client := server.open()
	defer client.Close()
	rows, ledger := rowsOf(t, client), regexp.MustCompile(`^[0-9]{8}\|[0-9]{2}\|later\|sent\|`+rightEntry+`\|elder\|\|text\|1$`)
	lines := 0
	for _, r := range rows {
		_, name, _ := strings.Cut(r.key, "}:")
		kind, _, _ := strings.Cut(name, ":")
		if ledger.MatchString(r.text) {
			lines++
		}
		for _, word := range []string{wechattest.OpenID(0), "三个儿子", "老大推老二"} {
			if kind != "follower" && strings.Contains(r.key+r.text, word) {
				t.Errorf("%s holds %s: %q", r.key, word, r.text)
			}
		}
		for _, who := range pseudonyms(rows) {
			if kind != "residents" && kind != "d" && strings.Contains(r.key+r.text, who) {
				t.Errorf("%s names a resident: %q", r.key, r.text)
			}
		}
		if kind == "d" && (r.life <= 0 || r.life > 10*time.Minute) {
			t.Errorf("%s lives for %s", r.key, r.life)
		}
	}
	if lines != 1 {
		t.Errorf("the ledger has %d lines of a later answer, want one", lines)
	}
	l.h.stop()
	for name, text := range filesUnder(t, l.v["PUFA_DATA_DIR"], server.dir) {
		if strings.Contains(text, "三个儿子") || strings.Contains(text, "老大推老二") {
			t.Errorf("%s holds the question", name)
		}
	}
}
