package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"pufa/wechat"
	"pufa/wechat/wechattest"
)

// counterRig is an account with followers, and staff at its service desk.
type counterRig struct {
	v        variables
	platform *wechattest.Platform
	url      string
}

// counterSettings start a platform that delivers what followers write, and add
// two clerks.
func counterSettings(t *testing.T, now func() time.Time) *counterRig {
	t.Helper()
	keys := wechat.Config{Token: testToken, AppID: testAppID, OriginalID: testOriginal, AESKey: testAESKey, Mode: wechat.Safe}
	p, err := wechattest.Start(wechattest.Options{AppID: testAppID, Secret: testAppSecret, Followers: 5, Now: now, Callback: keys})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	r := &counterRig{platform: p, v: withAccount(t).and("PUFA_WECHAT_API_BASE", p.URL(), "PUFA_STREET_OFFICE", "平东司法所", "PUFA_TRY", "on")}
	for name, roles := range map[string]string{"王编辑": "编辑", "李审核": "审核", "赵查看": "查看"} {
		if e := r.v.runAt(t, now, staffPassword+"\n", "staff", "add", "--roles", roles, name); e.status != 0 {
			t.Fatal(e.err)
		}
	}
	return r
}

// at lets the platform deliver to a running service.
func (r *counterRig) at(url string) *counterRig {
	r.url = url
	r.platform.DeliverTo(url + "/wechat")
	return r
}

// says lets a follower write, and returns the last reply.
func (r *counterRig) says(t *testing.T, n int, texts ...string) (reply string) {
	t.Helper()
	for _, text := range texts {
		got, err := r.platform.Text(t.Context(), wechattest.OpenID(n), text)
		if err != nil || got == nil {
			t.Fatalf("%s is answered with %v, %v", text, got, err)
		}
		reply = got.Content
	}
	return reply
}

var givenCode = regexp.MustCompile(`编号 ([0-9A-Z]{6})`)

// opens lets a follower open a ticket.
func (r *counterRig) opens(t *testing.T, n int) (code string) {
	t.Helper()
	reply := r.says(t, n, "人工", "3")
	m := givenCode.FindStringSubmatch(reply)
	if m == nil {
		t.Fatalf("no code in %q", reply)
	}
	return m[1]
}

// clerk is somebody who signed in.
func (r *counterRig) clerk(t *testing.T, name string) *clerk {
	t.Helper()
	c := newClerk(t, r.url)
	if at, page := c.ask(t, "/console/sign-in", "name", name, "password", staffPassword); at != "/console/" {
		t.Fatalf("%s stands at %s: %s", name, at, page)
	}
	return c
}

var versionForm = regexp.MustCompile(`name="version" value="([0-9]+)"`)

// does presses a button of a ticket's page as it is now.
func (c *clerk) does(t *testing.T, code, deed string, fields ...string) string {
	t.Helper()
	_, page := c.ask(t, "/console/desk/"+code)
	m := versionForm.FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("nothing can be done with %s: %s", code, page)
	}
	_, page = c.ask(t, "/console/desk/"+code+"/"+deed, append([]string{"version", m[1]}, fields...)...)
	return page
}

// sentTo are the texts of customer messages that the platform took.
func (r *counterRig) sentTo(t *testing.T) (list []string) {
	t.Helper()
	for _, got := range r.platform.Recent() {
		var body struct {
			To   string `json:"touser"`
			Text struct{ Content string }
		}
		if err := json.Unmarshal([]byte(got.Body), &body); err != nil {
			t.Errorf("the platform took %q, %v", got.Body, err)
		}
		list = append(list, body.To+": "+body.Text.Content)
	}
	return list
}

func TestATicketFromTheResidentsWordToItsEnd(t *testing.T) {
	t.Parallel()
	clock := &clock{at: noon()}
	r := counterSettings(t, clock.now)
	r.at(serveHere(t, r.v, clock.now).url)
	code := r.opens(t, 1)
	if again := r.says(t, 1, "电话 13812345678"); !strings.Contains(again, "尾号5678") || strings.Contains(again, "13812345678") {
		t.Fatalf("the telephone: %s", again)
	}
	c := r.clerk(t, "王编辑")
	if _, page := c.ask(t, "/console/"); !strings.Contains(page, "服务台：待接的") {
		t.Errorf("the first page does not tell of it: %s", page)
	}
	if _, page := c.ask(t, "/console/desk"); !strings.Contains(page, code) || !strings.Contains(page, "消费维权") {
		t.Fatalf("the list: %s", page)
	}
	c.does(t, code, "take")
	if page := c.does(t, code, "contact"); !strings.Contains(page, "13812345678") {
		t.Errorf("the clerk does not see the telephone: %s", page)
	}
	if page := c.does(t, code, "reply", "text", "请带发票来所里。"); !strings.Contains(page, "答复已发给居民") {
		t.Fatalf("the reply: %s", page)
	}
	want := wechattest.OpenID(1) + ": 【服务台答复 " + code + "】\n请带发票来所里。\n——平东司法所（工作人员答复）"
	if sent := r.sentTo(t); len(sent) != 1 || sent[0] != want {
		t.Fatalf("the platform took %q, want %q", sent, want)
	}
	if page := c.does(t, code, "close", "way", "message"); !strings.Contains(page, code+" 已办结") {
		t.Errorf("closed: %s", page)
	}
	if reply := r.says(t, 1, "取消 "+code); !strings.Contains(reply, "没有编号是") {
		t.Errorf("what is closed is taken back: %s", reply)
	}
	keptFor(t, r.v, code)
	clock.set(noon().Add(31 * 24 * time.Hour))
	until(t, "the row goes", func() bool {
		return len(socketOf(t, r.v).HGetAll(t.Context(), "pufa:{"+testAppID+"}:tickets").Val()) == 0
	})
	r.v.verifiedAt(t, clock.now)
}

// keptFor holds what is kept of a ticket that is closed: the row, the codes
// of its owner until the window is over, the month's counts.
func keptFor(t *testing.T, v variables, code string) {
	t.Helper()
	client := socketOf(t, v)
	for _, key := range client.Keys(t.Context(), "*ticket*").Val() {
		if strings.Contains(key, ":back:") || strings.Contains(key, ":call:") {
			t.Errorf("after closing there is %s", key)
		}
	}
	row := client.HGet(t.Context(), "pufa:{"+testAppID+"}:tickets", code).Val()
	if !strings.Contains(row, `"state":"closed"`) || strings.Contains(row, "发票") || strings.Contains(row, "13812345678") {
		t.Errorf("the row is %s", row)
	}
}

func TestAReplyWithoutAnAnswerIsInDoubt(t *testing.T) {
	t.Parallel()
	r := counterSettings(t, noon)
	h := serveHere(t, r.v, noon)
	r.at(h.url)
	code, c := r.opens(t, 0), r.clerk(t, "王编辑")
	r.platform.Break(wechattest.Fault{Kind: wechattest.Reset, Path: pathCustom, Accept: true, Times: 1})
	c.does(t, code, "take")
	if page := c.does(t, code, "reply", "text", "您好"); !strings.Contains(page, "不知道居民收到没有") || !strings.Contains(page, "居民没收到") {
		t.Fatalf("the page says %s", page)
	}
	if _, page := c.ask(t, "/console/desk?show=doubt"); !strings.Contains(page, code) {
		t.Errorf("it is not listed: %s", page)
	}
	if page := c.does(t, code, "reply", "text", "您好"); !strings.Contains(page, "不要重发") {
		t.Errorf("a second reply: %s", page)
	}
	h.stop()
	r.at(serveHere(t, r.v, noon).url)
	if n := len(r.sentTo(t)); n != 1 || r.platform.Calls(pathCustom) != 1 {
		t.Errorf("%d messages of %d calls after a restart, want one", n, r.platform.Calls(pathCustom))
	}
	if page := r.clerk(t, "王编辑").does(t, code, "settle", "arrived", "yes"); !strings.Contains(page, "居民收到了") || !strings.Contains(page, "已答复") {
		t.Errorf("settled: %s", page)
	}
}

// The page outlives a platform that does not answer, and says what is known.
func TestAReplyThatHangsIsInDoubt(t *testing.T) {
	if testing.Short() {
		t.Skip("the platform is waited for, for seconds: left out with -short")
	}
	t.Parallel()
	r := counterSettings(t, noon)
	r.at(serveHere(t, r.v, noon).url)
	code, c := r.opens(t, 0), r.clerk(t, "王编辑")
	r.platform.Break(wechattest.Fault{Kind: wechattest.Hang, Path: pathCustom, Times: 1})
	c.does(t, code, "take")
	if page := c.does(t, code, "reply", "text", "您好"); !strings.Contains(page, "不知道居民收到没有") || !strings.Contains(page, "居民没收到") {
		t.Errorf("the page says %s", page)
	}
}

func TestKilledWhileAReplyIsOnItsWay(t *testing.T) {
	t.Parallel()
	r := counterSettings(t, time.Now)
	child := startChild(t, r.v)
	r.at(child.url)
	code, c := r.opens(t, 0), r.clerk(t, "王编辑")
	c.does(t, code, "take")
	r.platform.Break(wechattest.Fault{Kind: wechattest.Hang, Path: pathCustom, Times: 1})
	_, page := c.ask(t, "/console/desk/"+code)
	version := versionForm.FindStringSubmatch(page)[1]
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		form := strings.NewReader("version=" + version + "&text=%E6%82%A8%E5%A5%BD")
		req, err := http.NewRequest(http.MethodPost, r.url+"/console/desk/"+code+"/reply", form)
		if err != nil {
			return
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		if resp, err := c.client.Do(req); err == nil {
			resp.Body.Close()
		}
	}()
	until(t, "the call hangs", func() bool { return r.platform.Hanging() == 1 })
	child.end(syscall.SIGKILL)
	<-gone
	later := func() time.Time { return time.Now().Add(2 * time.Minute) }
	r.at(serveHere(t, r.v, later).url)
	c = r.clerk(t, "王编辑")
	if _, page := c.ask(t, "/console/desk/"+code); !strings.Contains(page, "发没发到不清楚") {
		t.Errorf("after the kill the page says %s", page)
	}
	if page := c.does(t, code, "reply", "text", "您好"); !strings.Contains(page, "不要重发") || r.platform.Calls(pathCustom) != 1 {
		t.Errorf("%d calls, %s", r.platform.Calls(pathCustom), page)
	}
}

func TestTwoAtOneTicket(t *testing.T) {
	t.Parallel()
	r := counterSettings(t, noon)
	r.at(serveHere(t, r.v, noon).url)
	code := r.opens(t, 0)
	both := []*clerk{r.clerk(t, "王编辑"), r.clerk(t, "李审核")}
	told := make([]string, 2)
	var wg sync.WaitGroup
	for i, c := range both {
		wg.Go(func() {
			_, told[i] = c.ask(t, "/console/desk/"+code+"/take", "version", "1")
		})
	}
	wg.Wait()
	won := 0
	if strings.Contains(told[1], "这一件归您办了") {
		won = 1
	}
	if !strings.Contains(told[won], "这一件归您办了") || !strings.Contains(told[1-won], "刚刚有了变化") {
		t.Fatalf("one is told %.400q, the other %.400q", told[won], told[1-won])
	}
	second := r.clerk(t, []string{"王编辑", "李审核"}[won])
	var clicks sync.WaitGroup
	for _, c := range []*clerk{both[won], second, both[won]} {
		clicks.Go(func() { c.ask(t, "/console/desk/"+code+"/reply", "version", "2", "text", "您好") })
	}
	clicks.Wait()
	if n := len(r.sentTo(t)); n != 1 || r.platform.Calls(pathCustom) != 1 {
		t.Errorf("%d messages of %d calls, want one", n, r.platform.Calls(pathCustom))
	}
}

// phone is the phone in the browser.
func phone(t *testing.T, base string) func(text string) (reply string) {
	t.Helper()
	c := newClerk(t, base)
	return func(text string) string {
		in, err := json.Marshal(map[string]string{"text": text})
		if err != nil {
			t.Fatal(err)
		}
		resp, err := c.client.Post(base+"/try/messages", "application/json", bytes.NewReader(in))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var out struct{ Text string }
		if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
			t.Fatal(err)
		}
		return out.Text
	}
}

func TestTheWindowOfAnAnswer(t *testing.T) {
	t.Parallel()
	clock := &clock{at: noon()}
	r := counterSettings(t, clock.now)
	r.at(serveHere(t, r.v, clock.now).url)
	code := r.opens(t, 0)
	r.says(t, 0, "称呼 王阿姨")
	c := r.clerk(t, "王编辑")
	c.does(t, code, "take")
	for n := range wechat.MessagesOfWriting {
		if page := c.does(t, code, "reply", "text", fmt.Sprint("第", n, "条")); !strings.Contains(page, "答复已发给居民") {
			t.Fatalf("message %d: %s", n, page)
		}
	}
	if page := c.does(t, code, "reply", "text", "再说一句"); !strings.Contains(page, "可发的条数用完了") || !strings.Contains(page, "再说一句") || r.platform.Calls(pathCustom) != wechat.MessagesOfWriting {
		t.Errorf("one too many, after %d calls: %s", r.platform.Calls(pathCustom), page)
	}
	r.says(t, 0, "人工") // they ask again: five more
	if page := c.does(t, code, "reply", "text", "再说一句"); !strings.Contains(page, "答复已发给居民") {
		t.Errorf("after they asked again: %s", page)
	}
	clock.set(noon().Add(49 * time.Hour))
	c = r.clerk(t, "王编辑")
	if _, page := c.ask(t, "/console/desk/"+code); !strings.Contains(page, "公众号里不能再答复了") || !strings.Contains(page, "居民留了联系方式") || strings.Contains(page, "发送答复") {
		t.Errorf("after 48 hours: %s", page)
	}
}

func TestWhatTheServiceDeskLeavesOut(t *testing.T) {
	t.Parallel()
	r := counterSettings(t, noon)
	r.at(serveHere(t, r.v, noon).url)
	c := r.clerk(t, "王编辑")
	nothing := func(when string) {
		t.Helper()
		if _, page := c.ask(t, "/console/desk"); !strings.Contains(page, "还没有人登记过") {
			t.Errorf("%s there is something: %s", when, page)
		}
	}
	try := phone(t, r.url)
	try("人工")
	if reply := try("1"); !strings.Contains(reply, "没有真的登记") {
		t.Errorf("the phone in the browser: %s", reply)
	}
	nothing("of the phone in the browser")
	if reply := r.says(t, 0, "人工", "有人拿刀砍我，救命"); !strings.Contains(reply, "110") || strings.Contains(reply, "编号") {
		t.Errorf("danger: %s", reply)
	}
	nothing("of danger")
	code := r.opens(t, 0)
	r.says(t, 0, "电话 13812345678")
	if reply := r.says(t, 0, "删除", "是"); !givenCode.MatchString(strings.ReplaceAll(reply, "编号是 ", "编号 ")) {
		t.Errorf("a deletion has no code: %s", reply)
	}
	_, page := c.ask(t, "/console/desk?show=over")
	if !strings.Contains(page, "居民已撤回") || !strings.Contains(page, "删除") || strings.Contains(page, "消费维权") {
		t.Errorf("after the deletion: %s", page)
	}
	if _, page := c.ask(t, "/console/desk/"+code); !strings.Contains(page, "已经结束") {
		t.Errorf("the ticket: %s", page)
	}
	off := serveHere(t, noAccount(t).and("PUFA_DESK", "off", "PUFA_TRY", "on"), noon)
	if reply := phone(t, off.url)("人工"); strings.Contains(reply, "登记") {
		t.Errorf("without a desk: %s", reply)
	}
}
