package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"pufa/wechat"
	"pufa/wechat/wechattest"
)

// atConsole signs an editor in at a server that runs.
func atConsole(t *testing.T, h here) *clerk {
	t.Helper()
	c := newClerk(t, h.url)
	if at, page := c.ask(t, "/console/sign-in", "name", "王编辑", "password", staffPassword); at != "/console/" {
		t.Fatalf("the editor stands at %s: %s", at, page)
	}
	return c
}

// A poster made in the console counts within a second, is listed with the
// report's number, and counts no more when it was withdrawn.
func TestAPosterMadeInTheConsole(t *testing.T) {
	t.Parallel()
	platform, err := wechattest.Start(wechattest.Options{AppID: testAppID, Secret: testAppSecret, Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = platform.Close() })
	v := withAccount(t).and("PUFA_PUBLIC_URL", "https://pufa.example.cn", "PUFA_WECHAT_API_BASE", platform.URL(), "PUFA_STREET_NAME", "平东街道")
	if e := v.runAt(t, noon, typed, "staff", "add", "--roles", "编辑", "王编辑"); e.status != 0 {
		t.Fatal(e.err)
	}
	h := serveHere(t, v, noon)
	c := atConsole(t, h)
	make := func(id, subject, line, code string) (at, page string) {
		return c.ask(t, "/console/posters/new", "id", id, "subject", subject, "line", line, "place", "地点"+id, "code", code, "size", "a4", "deed", "make")
	}
	if at, page := make("east-gate", "womens-week:1", "", "page"); !strings.HasPrefix(at, "/console/posters/east-gate") || !strings.Contains(page, "https://pufa.example.cn/q/east-gate") || !strings.Contains(page, "平东街道普法") {
		t.Fatalf("one stands at %s: %s", at, page)
	}
	if _, page := make("gate-2", "theme:3.15", "打官司一定能赢", "page"); !strings.Contains(page, "海报上不能这样写") {
		t.Errorf("what promises is kept: %s", page)
	}
	platform.Break(wechattest.Fault{Kind: wechattest.Errcode, Code: 48001, Path: "/cgi-bin/qrcode/create", Times: 1})
	if _, page := make("market", "theme:3.15", "先看价格再下单", "account"); !strings.Contains(page, "公众号没有做成码") {
		t.Errorf("what the platform refused: %s", page)
	}
	if at, page := make("market", "theme:3.15", "先看价格再下单", "account"); !strings.HasPrefix(at, "/console/posters/market") || !strings.Contains(page, "进公众号问一问") {
		t.Errorf("one stands at %s: %s", at, page)
	}
	p := platformOf(t, v, h.url, noon)
	glance := func(scene string) string { // a crawler's look, which is not counted
		return readAs(t, h.url+"/q/"+scene, "Googlebot")
	}
	until(t, "the server knows the code", func() bool { return glance("market") != glance("nothing") })
	if text := p.says(p.event(openidOf(1), wechat.EventScan, wechat.Element{Name: "EventKey", Value: "market"})); !strings.Contains(text, "海报上的事，回数字看答案") {
		t.Errorf("the account's code offers %s", text)
	}
	for n := range 7 {
		scanAs(t, h.url+"/q/east-gate", fmt.Sprint(n))
	}
	until(t, "all scans are counted", func() bool { return v.reportAt(t, noon, "--year", "2026").value("scans") == 8 })
	_, page := c.ask(t, "/console/posters")
	if !strings.Contains(page, "共被扫 8 次") || strings.Contains(page, `扫码">7<`) {
		t.Errorf("the list does not say 8, or shows what follows from the one scan of the other code: %s", page)
	}
	c.ask(t, "/console/posters/east-gate/withdraw", "x", "")
	until(t, "the withdrawn code leads to the first page", func() bool {
		return !strings.Contains(scanAs(t, h.url+"/q/east-gate", "Z"), "面试追问婚育")
	})
	if e := v.runAt(t, noon, "", "staff", "audit", "--list"); strings.Count(e.out, "make scene") != 2 || strings.Count(e.out, "withdraw scene") != 1 {
		t.Errorf("the trail says %s", e.out)
	}
	v.verifiedAt(t, noon)
}

var trialWords = regexp.MustCompile(`id="words">([^<]+)<`)

// A member of staff gets a code in the console and sends it from a telephone:
// from then on that telephone is not counted, until it is dropped there.
func TestATestWeChatBoundInTheConsole(t *testing.T) {
	t.Parallel()
	v := withAccount(t)
	if e := v.runAt(t, noon, typed, "staff", "add", "--roles", "编辑", "王编辑"); e.status != 0 {
		t.Fatal(e.err)
	}
	h := serveHere(t, v, noon)
	c, p := atConsole(t, h), platformOf(t, v, h.url, noon)
	_, page := c.ask(t, "/console/self/trials", "x", "")
	words := trialWords.FindStringSubmatch(page)
	if words == nil {
		t.Fatalf("there is no code on %s", page)
	}
	if got := p.says(p.text(openidOf(1), "1", words[1])); !strings.Contains(got, "已经设为本街道的测试微信") {
		t.Fatalf("to %q it says %q", words[1], got)
	}
	p.says(p.text(openidOf(1), "2", "网购能七天无理由退货吗"))
	v.reportAt(t, noon).hold(t, map[string]int64{"messages": 0, "residents": 0})
	_, page = c.ask(t, "/console/self")
	drop := regexp.MustCompile(`/console/self/trials/[0-9a-f]{8}/drop`).FindString(page)
	if drop == "" {
		t.Fatalf("the test WeChat is not listed: %s", page)
	}
	if _, page = c.ask(t, drop, "x", ""); !strings.Contains(page, "已解除") {
		t.Fatal(page)
	}
	n := 2
	until(t, "the telephone is a resident's again", func() bool {
		n++
		p.says(p.text(openidOf(1), fmt.Sprint(n), "菜单"))
		return v.reportAt(t, noon).value("messages") > 0
	})
	v.verifiedAt(t, noon)
}
