package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"pufa/stats"
	"pufa/wechat"
)

const askReturn = "网购七天无理由退货" // an entry's own title

// TestServe is a day of the account, over the trial store.
func TestServe(t *testing.T) {
	t.Parallel()
	v := withAccount(t).and("PUFA_TRY", "on", "PUFA_METRICS_ADDR", "127.0.0.1:"+freePort(t))
	h := serveHere(t, v, noon)
	p := platformOf(t, v, h.url, noon)
	t.Run("the address is verified", func(t *testing.T) { verifiesAddress(t, p) })
	t.Run("what is not the platform's is refused", func(t *testing.T) { refusesStrangers(t, p) })
	want := map[string]int64{}
	t.Run("messages are answered and counted once", func(t *testing.T) { answersMessages(t, p, want) })
	t.Run("events are answered and counted", func(t *testing.T) { answersEvents(t, p, want) })
	t.Run("danger leaves the day's count", func(t *testing.T) { answersDanger(t, v, p, want) })
	t.Run("what is tried out enters no figure", func(t *testing.T) { triesOut(t, h.url) })
	t.Run("a page that a person opens is counted once", func(t *testing.T) { opensPages(t, h.url, want) })
	t.Run("the report is what was sent", func(t *testing.T) { v.reportAt(t, noon).hold(t, want) })
	t.Run("the figures are verified while it serves", func(t *testing.T) { v.verifiedAt(t, noon) })
	t.Run("a counter that was touched is found", func(t *testing.T) { findsTouched(t, v) })
	t.Run("machines get their figures", func(t *testing.T) { measures(t, v, want) })
	h.stop()
	t.Run("the report is the same when it has stopped", func(t *testing.T) { v.reportAt(t, noon).hold(t, want) })
	t.Run("the figures are verified when it has stopped", func(t *testing.T) { v.verifiedAt(t, noon) })
}

func verifiesAddress(t *testing.T, p *platform) {
	base, _ := p.place()
	query, err := p.callback.SealURL("7355608", noon(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(url.Values)
		status int
		says   string
	}{
		"the platform gets its word back":     {func(url.Values) {}, http.StatusOK, "7355608"},
		"another signature is refused":        {func(q url.Values) { q.Set("signature", strings.Repeat("0", 40)) }, http.StatusForbidden, "denied"},
		"a request without a time is refused": {func(q url.Values) { q.Del("timestamp") }, http.StatusForbidden, "denied"},
	} {
		q, _ := url.ParseQuery(query.Encode())
		c.change(q)
		if status, body := get(t, base+"/wechat?"+q.Encode()); status != c.status || body != c.says {
			t.Errorf("%s: %d %q, want %d %q", name, status, body, c.status, c.says)
		}
	}
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func refusesStrangers(t *testing.T, p *platform) {
	base, _ := p.place()
	msg := p.text(openidOf(1), "1", askReturn)
	sealed, body, err := p.callback.Seal(msg, noon(), nil)
	if err != nil {
		t.Fatal(err)
	}
	old, oldBody, err := p.callback.Seal(msg, noon().Add(-301*time.Second), nil)
	if err != nil {
		t.Fatal(err)
	}
	plain := url.Values{"timestamp": sealed["timestamp"], "nonce": sealed["nonce"], "signature": sealed["signature"]}
	for _, c := range []struct {
		name   string
		query  url.Values
		body   []byte
		status int
	}{
		{"a message in clear in safe mode", plain, msg, http.StatusForbidden},
		{"a body that was changed", sealed, bytes.Replace(body, []byte("A"), []byte("B"), 1), http.StatusForbidden},
		{"a message from long ago", old, oldBody, http.StatusForbidden},
		{"a body over 256 KiB", sealed, bytes.Repeat([]byte("x"), wechat.MaxBody+1), http.StatusRequestEntityTooLarge},
	} {
		resp, err := http.Post(base+"/wechat?"+c.query.Encode(), "text/xml", bytes.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != c.status {
			t.Errorf("%s: status %d, want %d", c.name, resp.StatusCode, c.status)
		}
	}
}

func answersMessages(t *testing.T, p *platform, want map[string]int64) {
	ask := p.text(openidOf(2), "100", askReturn)
	first := p.says(ask)
	if !strings.Contains(first, "您问的是：网上买的东西不喜欢，七天内能退吗？") || !strings.Contains(first, "《消费者权益保护法》第二十五条") {
		t.Errorf("the reply does not name its entry: %s", first)
	}
	if !strings.HasSuffix(first, "本号只计次数，不存您的问题，回「隐私」看说明。") {
		t.Errorf("the first reply to a resident does not tell what is kept: %s", first)
	}
	for range 2 {
		if again := p.says(ask); again != first {
			t.Errorf("delivered again: %q, want the same as %q", again, first)
		}
	}
	want["messages"]++
	want["answered"]++

	topics := p.says(p.text(openidOf(2), "101", "菜单"))
	entries := p.says(p.text(openidOf(2), "102", "4"))
	answer := p.says(p.text(openidOf(2), "103", "1"))
	if !strings.Contains(topics, "\n4 ") || !strings.Contains(entries, "\n1 ") || !strings.Contains(answer, "您问的是：") || !strings.Contains(answer, "依据：") {
		t.Errorf("menu, topic, entry: %q, %q, %q", topics, entries, answer)
	}
	if thanks := p.says(p.text(openidOf(2), "104", "有用")); strings.Contains(thanks, "本号只计次数") {
		t.Errorf("the line for newcomers is said again: %q", thanks)
	}
	want["messages"] += 4
	want["command"] += 2
	want["menu"]++
	want["answered"]++
	want["helpful"]++

	p.says(p.text(openidOf(3), "105", "今天天气怎么样"))
	p.says(wechat.NewMessage(wechat.TypeVoice, openidOf(3), testOriginal, noon(),
		wechat.Element{Name: "Recognition", Value: askReturn}, wechat.Element{Name: "MsgId", Value: "106"}))
	p.says(wechat.NewMessage(wechat.TypeImage, openidOf(3), testOriginal, noon(), wechat.Element{Name: "MsgId", Value: "107"}))
	want["messages"] += 3
	want["referred"]++
	want["answered"]++
	want["menu"]++
	want["residents"] = 2
}

func answersEvents(t *testing.T, p *platform, want map[string]int64) {
	key := func(k string) wechat.Element { return wechat.Element{Name: "EventKey", Value: k} }
	for _, c := range []struct {
		name, says string
		xml        []byte
		counts     []string
	}{
		{"following is welcomed", "您好，这里是街道普法", p.event(openidOf(4), wechat.EventSubscribe), []string{"subscribe"}},
		{"following by a poster is too", "您好，这里是街道普法", p.event(openidOf(5), wechat.EventSubscribe, key("qrscene_315")), []string{"subscribe"}},
		{"a menu button opens its entry", "您问的是：", p.event(openidOf(4), wechat.EventClick, key("entry:consumer/seven-day-return")), []string{"messages", "answered"}},
		{"a button of a topic lists its entries", "回数字看答案", p.event(openidOf(4), wechat.EventClick, key("topic:housing")), []string{"messages", "menu"}},
		{"a button that nobody knows opens the menu", "您想问哪一类", p.event(openidOf(4), wechat.EventClick, key("topic:moon")), []string{"messages", "menu"}},
		{"a poster's code is welcomed", "您好，这里是街道普法", p.event(openidOf(4), wechat.EventScan, key("315")), []string{"messages", "menu"}},
		{"leaving is counted and not answered", "", p.event(openidOf(5), wechat.EventUnsubscribe), []string{"unsubscribe"}},
		{"an event that nobody knows is neither", "", p.event(openidOf(4), "moon_landing"), nil},
		{"a type that nobody knows is neither", "", wechat.NewMessage("hologram", openidOf(4), testOriginal, noon()), nil},
	} {
		for range 2 {
			if text, err := p.deliver(c.xml); err != nil || !strings.Contains(text, c.says) || c.says == "" && text != "" {
				t.Errorf("%s: %q, %v, want %q", c.name, text, err, c.says)
			}
		}
		for _, id := range c.counts {
			want[id]++
		}
	}
	want["residents"]++ // who follows and leaves without a word is no resident who wrote
}

func answersDanger(t *testing.T, v variables, p *platform, want map[string]int64) {
	before := keysOf(t, v)
	msg := p.text(openidOf(6), "200", "救命，有人拿刀砍人")
	card := p.says(msg)
	if i := strings.Index(card, "110"); i < 0 || len([]rune(card[:i])) > 27 || strings.Contains(card, "本号只计次数") {
		t.Errorf("the card is %q, want 110 among the first 30 characters and nothing beside it", card)
	}
	if again := p.says(msg); again != card {
		t.Errorf("delivered again: %q, want %q", again, card)
	}
	want["messages"]++
	want["crisis"]++
	var fresh []string
	for key := range keysOf(t, v) {
		if !before[key] {
			name, _, _ := strings.Cut(strings.TrimPrefix(key, "pufa:{"+testAppID+"}:"), ":")
			fresh = append(fresh, name)
		}
	}
	if len(fresh) != 2 || !strings.Contains(strings.Join(fresh, " "), "m") || !strings.Contains(strings.Join(fresh, " "), "crisis") {
		t.Errorf("a message in danger left the keys %v, want its card and the ledger of crises", fresh)
	}
}

// socketOf is a second way into the trial store of a running program.
func socketOf(t *testing.T, v variables) *redis.Client {
	client := redis.NewClient(&redis.Options{
		Network: "unix", Addr: filepath.Join(v["PUFA_DATA_DIR"], "redis.sock"), Protocol: 2, DisableIdentity: true,
	})
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func keysOf(t *testing.T, v variables) map[string]bool {
	t.Helper()
	list, err := socketOf(t, v).Keys(t.Context(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	for _, key := range list {
		keys[key] = true
	}
	return keys
}

func triesOut(t *testing.T, base string) {
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar}
	for _, in := range []string{`{"text":"网购七天无理由退货"}`, `{"text":"救命，有人拿刀砍人"}`, `{"click":"cmd:菜单"}`} {
		resp, err := client.Post(base+"/try/messages", "application/json", strings.NewReader(in))
		if err != nil {
			t.Fatal(err)
		}
		var out struct{ Text, Error string }
		err = json.NewDecoder(resp.Body).Decode(&out)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || out.Text == "" {
			t.Errorf("%s: %d %+v, %v", in, resp.StatusCode, out, err)
		}
	}
}

func opensPages(t *testing.T, base string, want map[string]int64) {
	for _, c := range []struct{ agent, method, page string }{
		{"Mozilla/5.0 MicroMessenger/8.0", http.MethodGet, "/a/consumer/seven-day-return"},
		{"Mozilla/5.0 MicroMessenger/8.0", http.MethodGet, "/a/consumer/seven-day-return"},
		{"Mozilla/5.0 MicroMessenger/8.0", http.MethodHead, "/a/consumer/store-return"},
		{"somebot/1.0", http.MethodGet, "/a/consumer/store-return"},
	} {
		req, err := http.NewRequestWithContext(t.Context(), c.method, base+c.page, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("User-Agent", c.agent)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(io.Discard, resp.Body) // ends when the open was counted
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Errorf("%s %s: %d, %v", c.method, c.page, resp.StatusCode, err)
		}
	}
	want["pages"]++
}

func findsTouched(t *testing.T, v variables) {
	client := socketOf(t, v)
	day := fmt.Sprintf("pufa:{%s}:day:%s", testAppID, stats.DayOf(noon()))
	touch := func(by int64) {
		if err := client.HIncrBy(t.Context(), day, "message|crisis||||0", by).Err(); err != nil {
			t.Fatal(err)
		}
	}
	touch(1)
	e := v.runAt(t, noon, "", "stats", "verify")
	touch(-1)
	if e.status != 1 || e.err != "" || !strings.Contains(e.out, "message|crisis||||0: ledger 1, counter 2\ndifferences: 1\n") {
		t.Errorf("stats verify ended with %d: %s%s", e.status, e.out, e.err)
	}
}

func measures(t *testing.T, v variables, want map[string]int64) {
	_, body := get(t, "http://"+v["PUFA_METRICS_ADDR"]+"/metrics")
	for _, line := range []string{
		fmt.Sprintf(`pufa_replies_total{outcome="crisis"} %d`, 2*want["crisis"]),
		fmt.Sprintf(`pufa_replies_total{outcome="referred"} %d`, want["referred"]),
		`pufa_callback_refused_total{reason="denied"} 5`,
		`pufa_callback_refused_total{reason="too_large"} 1`,
		"pufa_commits_lost_total 0", "pufa_ready 1", "pufa_panics_total 0", "pufa_page_opens_total 2",
	} {
		if !strings.Contains(body, line+"\n") {
			t.Errorf("/metrics has no line %s", line)
		}
	}
	if status, _ := get(t, strings.Replace("http://"+v["PUFA_METRICS_ADDR"], "/metrics", "", 1)+"/wechat"); status != http.StatusNotFound {
		t.Errorf("the metrics listener serves the callback: %d", status)
	}
}

func TestReportPeriods(t *testing.T) {
	t.Parallel()
	v := noAccount(t)
	file := filepath.Join(t.TempDir(), "report.json")
	at := func() time.Time { return time.Date(2026, 3, 8, 23, 30, 0, 0, time.UTC) } // the ninth here
	for _, c := range []struct{ name, flags, from, to string }{
		{"this month up to today when nothing is said", "", "2026-03-01", "2026-03-09"},
		{"a range of days, both included", "--from 2026-03-08 --to 2026-03-08", "2026-03-08", "2026-03-08"},
		{"a year", "--year 2025", "2025-01-01", "2025-12-31"},
		{"as JSON by name", "--format json --year 2026", "2026-01-01", "2026-12-31"},
	} {
		f := v.reportAt(t, at, strings.Fields(c.flags)...)
		if f.From != c.from || f.To != c.to || f.Figures[0].ID != "messages" || f.Figures[0].Rule != "K01" || f.value("messages") != 0 {
			t.Errorf("%s: from %s to %s, %+v", c.name, f.From, f.To, f.Figures[0])
		}
		if !f.MadeAt.Equal(at()) {
			t.Errorf("%s: made at %s", c.name, f.MadeAt)
		}
	}
	printed := v.runAt(t, at, "", "report")
	written := v.runAt(t, at, "", "report", "-o", file)
	if text := readText(t, file); written.status != 0 || written.out != "" || text != printed.out {
		t.Errorf("report -o ended with %d, printed %q and wrote %d bytes, want %d", written.status, written.out, len(text), len(printed.out))
	}
	if e := v.run(t, "report", "-o", filepath.Join(t.TempDir(), "none", "x.json")); e.status != 1 || !strings.Contains(e.err, "write ") {
		t.Errorf("into a folder that is not there: %d %s", e.status, e.err)
	}
}
