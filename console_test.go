package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"pufa/wechat/wechattest"
)

// clerk is somebody at a browser.
type clerk struct {
	base   string
	client *http.Client
}

func newClerk(t *testing.T, base string) *clerk {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &clerk{base, &http.Client{Jar: jar}}
}

// ask sends a form, or asks for a page when there are no fields, and returns
// where one is then and what stands there.
func (c *clerk) ask(t *testing.T, path string, fields ...string) (at, text string) {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	method, body := http.MethodGet, io.Reader(nil)
	if len(fields) > 0 {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(t.Context(), method, c.base+path, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	resp, err := c.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.Request.URL.Path, string(page)
}

// firstStart serves in this process and returns what is printed on the way.
func firstStart(t *testing.T, v variables, now func() time.Time) (out *lines) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	out = &lines{}
	ended, engine := make(chan error, 1), shipped(t)
	go func() {
		ended <- program{v.get, now, strings.NewReader(""), out, &lines{}, engine}.run(ctx, []string{"serve"})
	}()
	t.Cleanup(func() {
		cancel()
		if err := within(t, "the end of serve", ended); err != nil {
			t.Errorf("serve ended: %v", err)
		}
	})
	return out
}

var firstLink = regexp.MustCompile(`(http://[^/]+)(/console/first\?token=\S+)`)

func TestTheFirstAccountAndTheSettings(t *testing.T) {
	t.Parallel()
	platform, err := wechattest.Start(wechattest.Options{AppID: testAppID, Secret: testAppSecret, Followers: 7, Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = platform.Close() })
	v := withAccount(t).and("PUFA_WECHAT_API_BASE", platform.URL(), "PUFA_STREET_NAME", "旧名街道")
	out := firstStart(t, v, noon)
	until(t, "the link to the first account", func() bool { return firstLink.MatchString(out.String()) })
	link := firstLink.FindStringSubmatch(out.String())
	c := newClerk(t, link[1])

	if _, page := c.ask(t, "/console/first?token=another"); !strings.Contains(page, "链接无效") {
		t.Errorf("another token: %s", page)
	}
	token, _ := url.QueryUnescape(strings.TrimPrefix(link[2], "/console/first?token="))
	at, page := c.ask(t, "/console/first", "token", token, "name", "王管理", "password", "窗外的雨下了一整夜42", "again", "窗外的雨下了一整夜42")
	if at != "/console/" || !strings.Contains(page, "王管理") {
		t.Fatalf("after the first account one is at %s: %s", at, page)
	}
	if _, page := newClerk(t, link[1]).ask(t, link[2]); !strings.Contains(page, "链接无效") {
		t.Errorf("the link works twice: %s", page)
	}
	t.Run("the state of the service", func(t *testing.T) {
		_, page := c.ask(t, "/console/settings/health")
		for _, want := range []string{"试用库", "磁盘", "还没有做过", "最近一次核对法条", "还没有审核", "将要生效", "没有导入", "大模型"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page does not say %s", want)
			}
		}
		if strings.Contains(page, testAppSecret) || strings.Contains(page, testToken) {
			t.Error("the page holds a secret")
		}
	})
	t.Run("the connection is checked", func(t *testing.T) { checksConnection(t, c, platform) })
	t.Run("another street is followed", func(t *testing.T) { followsStreet(t, c) })
	t.Run("every step stands in the trail", func(t *testing.T) {
		_, page := c.ask(t, "/console/settings/trail")
		for _, want := range []string{"添加账号", "（首次链接）", "登录", "改街道信息", "新名街道"} {
			if !strings.Contains(page, want) {
				t.Errorf("the trail does not say %s", want)
			}
		}
		if _, page := c.ask(t, "/console/settings/trail/verify", "x", ""); !strings.Contains(page, "审计记录完整：共 3 条") {
			t.Errorf("checked: %s", page)
		}
	})
}

func checksConnection(t *testing.T, c *clerk, platform *wechattest.Platform) {
	_, page := c.ask(t, "/console/settings/health/wechat", "x", "")
	for _, want := range []string{"收得到、验得过签名", "AppID 和 AppSecret 有效", "还剩"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %s:\n%s", want, page)
		}
	}
	platform.Break(wechattest.Fault{Kind: wechattest.Errcode, Code: 48001, Path: "/cgi-bin/tags/get"})
	if _, page := c.ask(t, "/console/settings/health/wechat", "x", ""); !strings.Contains(page, "没有这项权限（微信返回 48001）") {
		t.Errorf("without a permission: %s", page)
	}
	platform.Mend()
}

func followsStreet(t *testing.T, c *clerk) {
	if _, page := c.ask(t, "/"); !strings.Contains(page, "旧名街道") {
		t.Errorf("before: %s", page)
	}
	begin := time.Now()
	fields := []string{"versions", "0", "name", "新名街道", "office", "新名司法所", "address", "和平路1号", "phone", "010-12345678", "hours", ""}
	if _, page := c.ask(t, "/console/settings/street", fields...); !strings.Contains(page, "已保存") {
		t.Fatalf("saved: %s", page)
	}
	until(t, "residents' pages have the new name", func() bool {
		_, page := c.ask(t, "/")
		return strings.Contains(page, "新名街道") && !strings.Contains(page, "旧名街道")
	})
	t.Logf("the new name took %s", time.Since(begin)) // under 2 s on a machine without other work
	if _, page := c.ask(t, "/console/settings/street", fields...); !strings.Contains(page, "别人刚刚改过") || !strings.Contains(page, `value="和平路1号"`) {
		t.Errorf("the later of two is not told, or what was typed is lost: %s", page)
	}
}

func TestStepsBehindAFailedOneAreNotTaken(t *testing.T) {
	platform, err := wechattest.Start(wechattest.Options{AppID: testAppID, Secret: "another secret of the account xx", Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = platform.Close() })
	v := withAccount(t).and("PUFA_WECHAT_API_BASE", platform.URL())
	e := v.runAt(t, noon, "窗外的雨下了一整夜42\n", "staff", "add", "--roles", "管理", "王管理")
	if e.status != 0 {
		t.Fatal(e.err)
	}
	h := serveHere(t, v, noon)
	c := newClerk(t, h.url)
	c.ask(t, "/console/sign-in", "name", "王管理", "password", "窗外的雨下了一整夜42")
	_, page := c.ask(t, "/console/settings/health/wechat", "x", "")
	if !strings.Contains(page, "没有通过") || strings.Count(page, "没有查：前面的一步没有通过。") != 5 {
		t.Errorf("with a wrong secret: %s", page)
	}
	if strings.Contains(page+h.log.String(), testAppSecret) {
		t.Error("the secret is told")
	}
}

func TestCodeRoles(t *testing.T) {
	for text, want := range map[string]string{"": "[]", "管理": "[管理]", "管理, 发布": "[管理 发布]", "老板": "error"} {
		var list []string
		if text != "" {
			list = strings.Split(text, ",")
		}
		roles, err := codeRoles(list)
		got := fmt.Sprint(roles)
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("codeRoles(%q) = %s, %v, want %s", text, got, err, want)
		}
	}
}
