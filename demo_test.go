package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// rehearsal is `pufa serve --demo` in this process.
type rehearsal struct {
	variables
	t         *testing.T
	url       string
	passwords map[string]string
	stop      func()
}

var demoAccount = regexp.MustCompile(`账号 (\S+)（.*） 口令 (\S+)\n`)

func rehearse(t *testing.T) *rehearsal {
	t.Helper()
	r := &rehearsal{variables: noAccount(t), t: t, passwords: map[string]string{}}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	out, log := &lines{}, &lines{}
	ended, engine := make(chan error, 1), shipped(t)
	go func() {
		ended <- program{r.get, time.Now, strings.NewReader(""), out, log, engine}.run(ctx, []string{"serve", "--demo"})
	}()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := within(t, "the end of the demonstration", ended); err != nil {
			t.Errorf("it ended: %v\n%s", err, log)
		}
	})
	t.Cleanup(r.stop)
	until(t, "the demonstration says its address", func() bool {
		if m := addressForm.FindStringSubmatch(out.String()); m != nil {
			r.url = m[1]
		}
		return r.url != ""
	})
	for _, m := range demoAccount.FindAllStringSubmatch(out.String(), -1) {
		r.passwords[m[1]] = m[2]
	}
	return r
}

// push runs a campaign command over the demonstration.
func (r *rehearsal) push(as, deed string, args ...string) string {
	r.t.Helper()
	whole := []string{"campaign", deed, "--demo"}
	if as != "" {
		whole = append(whole, "--as", as)
	}
	e := r.runAt(r.t, time.Now, r.passwords[as]+"\n", append(whole, args...)...)
	return e.out + e.err
}

// says runs one and wants its words.
func (r *rehearsal) says(want, as, deed string, args ...string) string {
	r.t.Helper()
	got := r.push(as, deed, args...)
	if !strings.Contains(got, want) {
		r.t.Fatalf("campaign %s says %q, want %q", deed, got, want)
	}
	return got
}

// press posts a form of the page and returns what it tells.
func (r *rehearsal) press(path string, form url.Values) string {
	r.t.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.PostForm(r.url+path, form)
	if err != nil {
		r.t.Fatal(err)
	}
	resp.Body.Close()
	to, err := resp.Location()
	if err != nil {
		r.t.Fatalf("%s answered %s", path, resp.Status)
	}
	return to.Query().Get("told")
}

// scheduled takes a draft to its place in the plan.
func (r *rehearsal) scheduled(id string) {
	r.t.Helper()
	code := codeLine.FindStringSubmatch(r.says("校验码", "", "show", id))[1]
	r.says("待审核", "演示甲", "submit", id)
	r.says("要有「审核」角色", "演示甲", "approve", "--seen", code, id)
	r.says("已审核", "演示乙", "approve", "--seen", code, id)
	r.says("要有「发布」角色", "演示乙", "schedule", id)
	r.says("已排期", "演示甲", "schedule", id)
}

// TestDemonstration walks a newcomer's whole way: from a draft of the pack to
// the figures, with a mass message and a card.
func TestDemonstration(t *testing.T) {
	t.Parallel()
	r := rehearse(t)
	const push, card = "2027-womens-week-p1", "2027-womens-week-c1"
	for _, page := range []string{"/demo", "/try", "/privacy", "/console/sign-in", "/nothing"} {
		if _, body := get(t, r.url+page); !strings.Contains(body, demoBanner) {
			t.Errorf("%s has no banner", page)
		}
	}
	r.answers()
	r.scheduled(push)
	r.scheduled(card)
	if told := r.press("/demo/clock", url.Values{"to": {jumpDue}}); !strings.Contains(told, "2027-03-02 10:00") {
		t.Fatalf("the clock: %s", told)
	}
	until(t, "the platform took the mass message", func() bool { return r.shows(push, "待管理员确认") })
	until(t, "the card is shown", func() bool { return r.shows(card, "发送中") })
	if told := r.press("/demo/clock", url.Values{"to": {jumpHour}}); !strings.Contains(told, "11:00") {
		t.Fatalf("the clock: %s", told)
	}
	until(t, "the receipt came", func() bool { return r.shows(push, "已完成") })
	if told := r.press("/demo/residents", nil); told != "40位居民来问过了，20位打开了推送里的网页。" {
		t.Errorf("the residents: %s", told)
	}
	r.holds(push, card)
	r.comesOnce()
	real := r.variables.report(t)
	real.hold(t, map[string]int64{"messages": 0, "pages": 0, "subscribe": 0})
	r.figures()

	r.stop()
	if _, err := os.Stat(filepath.Join(r.variables["PUFA_DATA_DIR"], demoFolder)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder of the demonstration is still there: %v", err)
	}
	r.says("现在没有演示在运行", "", "list")
}

// answers lets a clerk answer one of the made-up residents.
func (r *rehearsal) answers() {
	r.t.Helper()
	c := newClerk(r.t, r.url)
	c.ask(r.t, "/console/sign-in", "name", "演示甲", "password", r.passwords["演示甲"])
	_, page := c.ask(r.t, "/console/desk")
	found := regexp.MustCompile(`href="/console/desk/([0-9A-Z]{6})"`).FindAllStringSubmatch(page, -1)
	if len(found) != len(demoWishes())-1 { // a deletion is done
		r.t.Fatalf("%d tickets are open: %s", len(found), page)
	}
	c.does(r.t, found[0][1], "take")
	if page := c.does(r.t, found[0][1], "reply", "text", "请带发票来所里。"); !strings.Contains(page, "答复已发给居民") {
		r.t.Errorf("the reply: %s", page)
	}
	if _, page := get(r.t, r.url+"/demo"); strings.Count(page, "【服务台答复 "+found[0][1]+"】") != 1 {
		r.t.Errorf("the made-up platform shows %s", page)
	}
}

// shows reports whether the page lists a campaign in a state.
func (r *rehearsal) shows(id, status string) bool {
	_, body := get(r.t, r.url+"/demo")
	return strings.Contains(body, "<code>"+id+"</code></td><td>"+status+"</td>")
}

var spaces = regexp.MustCompile(` +`)

// holds looks at the figures of both campaigns.
func (r *rehearsal) holds(push, card string) {
	r.t.Helper()
	for _, c := range []struct {
		id   string
		want []string
	}{
		{push, []string{"K29 推送对象 300", "K30 送达 293", "K31 失败 0", "K32 未发 7", "K33 待核实 0", "K34 打开网页 20", "K36 窗口内专题提问 ", "窗口内 03-02至"}},
		{card, []string{"K35 对话卡片出示 ", "K38 日均提问变化 不算"}},
	} {
		got := spaces.ReplaceAllString(r.says("结果", "", "show", c.id), " ")
		for _, want := range c.want {
			if !strings.Contains(got, want) || strings.Contains(got, "出示 0\n") {
				r.t.Errorf("%s does not show %q:\n%s", c.id, want, got)
			}
		}
	}
}

// comesOnce looks at what the platform got.
func (r *rehearsal) comesOnce() {
	r.t.Helper()
	_, body := get(r.t, r.url+"/demo")
	if n := strings.Count(body, "：已发出，送达293人"); n != 1 {
		r.t.Errorf("the platform has %d mass messages, want one", n)
	}
	told := r.press("/demo/clock", url.Values{"to": {jumpTen}})
	until(r.t, "the card's window is over", func() bool { return r.shows("2027-womens-week-c1", "已完成") })
	if _, body := get(r.t, r.url+"/demo"); strings.Count(body, "群发4篇") != 1 {
		r.t.Errorf("after %s the platform has another mass message", told)
	}
}

// figures verifies the demonstration's own figures by its own clock: they are
// counted, apart from the real ones.
func (r *rehearsal) figures() {
	r.t.Helper()
	dir := filepath.Join(r.variables["PUFA_DATA_DIR"], demoFolder)
	clock, err := readClock(filepath.Join(dir, demoClock), time.Now)
	if err != nil {
		r.t.Fatal(err)
	}
	own := variables{"PUFA_CONFIG": filepath.Join(dir, demoSettings)}
	own.verifiedAt(r.t, clock.now)
	own.reportAt(r.t, clock.now, "--campaign", "2027-womens-week-p1").hold(r.t, map[string]int64{
		"push_planned": 300, "push_reached": 293, "push_filtered": 7, "push_opened": demoReaders,
	})
	own.reportAt(r.t, clock.now, "--year", "2027").hold(r.t, map[string]int64{"push_planned": 300, "push_reached": 293, "push_filtered": 7, "push_opened": demoReaders, "pushes": 2})
	for _, format := range []string{"csv", "xlsx", "docx"} {
		file := filepath.Join(r.t.TempDir(), "push."+format)
		e := own.runAt(r.t, clock.now, "", "report", "--campaign", "2027-womens-week-p1", "--format", format, "-o", file)
		if info, err := os.Stat(file); e.status != 0 || err != nil || info.Size() < 300 {
			r.t.Errorf("the campaign as %s: %d %s, %v", format, e.status, e.err, err)
		}
	}
	if n := own.reportAt(r.t, clock.now).value("messages"); n != demoAskers*demoAsks {
		r.t.Errorf("the demonstration counted %d messages, want %d", n, demoAskers*demoAsks)
	}
}

func TestADemonstrationIsForThisMachine(t *testing.T) {
	t.Parallel()
	v := noAccount(t).and("PUFA_ADDR", "0.0.0.0:0")
	if e := v.run(t, "serve", "--demo"); e.status != 1 || !strings.Contains(e.err, "for this machine alone") {
		t.Errorf("on all addresses it ended with %d: %s", e.status, e.err)
	}
	if _, err := os.Stat(filepath.Join(v["PUFA_DATA_DIR"], demoFolder)); !errors.Is(err, fs.ErrNotExist) {
		t.Error("it left a folder behind")
	}
}

func TestTwoDemonstrationsDoNotShareAFolder(t *testing.T) {
	t.Parallel()
	r := rehearse(t)
	if e := r.run(t, "serve", "--demo"); e.status != 1 || !strings.Contains(e.err, "another demonstration runs") {
		t.Errorf("the second ended with %d: %s", e.status, e.err)
	}
	r.isGuarded()
}

// isGuarded looks whether the page obeys whoever comes through a proxy, or
// from another site.
func (r *rehearsal) isGuarded() {
	t := r.t
	t.Helper()
	for name, change := range map[string]func(*http.Request){
		"from elsewhere": func(q *http.Request) { q.Header.Set("X-Forwarded-For", "203.0.113.9") },
		"another site":   func(q *http.Request) { q.Header.Set("Sec-Fetch-Site", "cross-site") },
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.url+"/demo/clock", strings.NewReader("to=hour"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		change(req)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusNotFound && resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s: status %d", name, resp.StatusCode)
		}
	}
	if _, body := get(t, r.url+"/demo"); !strings.Contains(body, "2027年3月1日 09:") {
		t.Error("the clock was moved")
	}
}
