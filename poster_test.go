package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pufa/wechat/wechattest"
)

func TestPosterCommands(t *testing.T) {
	v, dir := withStaff(t).and("PUFA_PUBLIC_URL", "https://pufa.example.cn", "PUFA_STREET_NAME", "平东街道"), t.TempDir()
	at := " --place 东门社区公告栏 "
	v.holds(t, []commandCase{
		{"there is none yet", "", "poster list", 0, "场景码"},
		{"who may not write may not make one", typed, "poster --as 李审核" + at + "--pack womens-week -o " + dir + " east-gate", 1, "does not have this role"},
		{"a wrong password may not either", "wrong password here\n", "poster --as 王编辑" + at + "--pack womens-week -o " + dir + " east-gate", 1, "name or password is wrong"},
		{"one is made", typed, "poster --as 王编辑" + at + "--pack womens-week --day 2 --event 三八维权周 -o " + dir + " east-gate", 0, "码里是 https://pufa.example.cn/q/east-gate"},
		{"the list shows it", "", "poster list", 0, "怀孕不是辞退的理由"},
		{"an id is taken once", typed, "poster --as 王编辑 --place 西河 --pack womens-week -o " + dir + " east-gate", 1, "exists or existed"},
		{"an id must be plain", "", "poster --as 王编辑" + at + "--pack womens-week East", 1, "is not 1 to 32"},
		{"a place is needed", "", "poster --as 王编辑 --pack womens-week gate", 1, "the place is missing"},
		{"a place holds no telephone number", "", "poster --as 王编辑 --place 13800138000 --pack womens-week gate", 1, "no telephone"},
		{"a pack must exist", "", "poster --as 王编辑" + at + "--pack none gate", 2, "there is no pack"},
		{"a day of it too", "", "poster --as 王编辑" + at + "--pack womens-week --day 9 gate", 2, "no piece of day 9"},
		{"a theme must exist", "", "poster --as 王编辑" + at + "--theme 9.9 --line 看看 gate", 2, `theme "9.9"`},
		{"without both the page has nothing to answer", "", "poster --as 王编辑" + at + "--line 看看 gate", 2, "want --pack or --theme"},
		{"nothing is promised", "", "poster --as 王编辑" + at + "--theme 3.8 --line 打官司一定能赢 gate", 1, "海报上不能这样写"},
		{"an account's code needs an account", typed, "poster --as 王编辑" + at + "--pack womens-week --wechat -o " + dir + " gate", 1, "no Official Account is configured"},
		{"flags come first", "", "poster gate --as 王编辑", 2, "stands after an argument"},
		{"it is printed again", "", "poster print -o " + dir + " east-gate", 0, "码里是 https://pufa.example.cn/q/east-gate"},
		{"what there is not is not printed", "", "poster print gate", 1, "there is no such scene"},
		{"who may not write may not withdraw", typed, "poster withdraw --as 李审核 east-gate", 1, "does not have this role"},
		{"it is withdrawn", typed, "poster withdraw --as 王编辑 east-gate", 0, "已收回"},
		{"and not printed any more", "", "poster print -o " + dir + " east-gate", 1, "was withdrawn"},
		{"the trail has it", "", "staff audit --list", 0, "withdraw scene\teast-gate"},
	})
	for _, name := range []string{"a4.svg", "a4.html", "a3.svg", "a3.html", "screen.svg", "screen.html"} {
		text := readText(t, filepath.Join(dir, "east-gate-"+name))
		for _, want := range []string{"怀孕不是辞退", "平东街道", "pufa.example.cn/q/east-gate", "12348"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q", name, want)
			}
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "gate-*")); len(left) > 0 {
		t.Errorf("what was refused left %v", left)
	}
}

func TestPosterWantsAnAddress(t *testing.T) {
	e := withStaff(t).runAt(t, noon, "", "poster", "--as", "王编辑", "--place", "东门", "--pack", "womens-week", "gate")
	if e.status != 1 || !strings.Contains(e.err, "PUFA_PUBLIC_URL is not set") {
		t.Errorf("ended with %d: %s", e.status, e.err)
	}
}

// A poster of the account's own code, made by the platform.
func TestPosterOfTheAccount(t *testing.T) {
	platform, err := wechattest.Start(wechattest.Options{AppID: testAppID, Secret: testAppSecret, Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = platform.Close() })
	v := withAccount(t).and("PUFA_WECHAT_API_BASE", platform.URL(), "PUFA_STREET_NAME", "平东街道")
	if e := v.runAt(t, noon, typed, "staff", "add", "--roles", "编辑", "王编辑"); e.status != 0 {
		t.Fatal(e.err)
	}
	dir := t.TempDir()
	platform.Break(wechattest.Fault{Kind: wechattest.Errcode, Code: 48001, Path: "/cgi-bin/qrcode/create", Times: 1})
	args := []string{"poster", "--as", "王编辑", "--place", "东门社区", "--theme", "3.15", "--line", "先看价格再下单", "--wechat", "-o", dir, "market"}
	if e := v.runAt(t, noon, typed, args...); e.status != 1 || !strings.Contains(e.err, "without --wechat") {
		t.Errorf("without permission it ended with %d: %s", e.status, e.err)
	}
	if e := v.runAt(t, noon, "", "poster", "list"); strings.Contains(e.out, "market") {
		t.Error("what the platform refused was kept")
	}
	e := v.runAt(t, noon, typed, args...)
	if e.status != 0 || !strings.Contains(e.out, "码里是 http") || strings.Contains(e.out, "/q/market") {
		t.Fatalf("ended with %d: %s%s", e.status, e.out, e.err)
	}
	if _, err := os.Stat(filepath.Join(dir, "market-a4.svg")); err != nil {
		t.Error(err)
	}
}

var servedAt = regexp.MustCompile(`(http://[^/]+)/readyz`)

// A poster from its making to the report: scans count once a visitor, and
// small ones are hidden.
func TestPosterIsScannedAndReported(t *testing.T) {
	v := withStaff(t).and("PUFA_PUBLIC_URL", "https://pufa.example.cn")
	dir := t.TempDir()
	for _, id := range []string{"east-gate", "market"} {
		if e := v.runAt(t, noon, typed, "poster", "--as", "王编辑", "--place", "地点"+id, "--pack", "womens-week", "-o", dir, id); e.status != 0 {
			t.Fatal(e.err)
		}
	}
	out := firstStart(t, v, noon)
	until(t, "the server says its address", func() bool { return servedAt.MatchString(out.String()) })
	base := servedAt.FindStringSubmatch(out.String())[1]
	scan := func(scene, browser string) string { return scanAs(t, base+"/q/"+scene, browser) }
	for i := range 7 {
		if body := scan("east-gate", fmt.Sprint(i)); !strings.Contains(body, "面试追问婚育，您可以不答") || !strings.Contains(body, "/a/women/interview-marriage-question") {
			t.Fatalf("the page of the poster is %s", body)
		}
		scan("east-gate", "0")
	}
	scan("market", "0")
	until(t, "all scans are counted", func() bool { return v.reportAt(t, noon, "--year", "2026").value("scans") == 8 })
	if n := v.reportAt(t, noon, "--year", "2026").part("scans", "scene", "market"); n != -1 {
		t.Errorf("one scan at the market is shown as %d", n)
	}
	v.verifiedAt(t, noon)
}

// scanAs opens the page of a poster's code as a telephone of a name.
func scanAs(t *testing.T, url, browser string) string {
	t.Helper()
	return readAs(t, url, "Mozilla/5.0 MicroMessenger "+browser)
}

// readAs reads a page as a browser of a name.
func readAs(t *testing.T, url, agent string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("User-Agent", agent)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
