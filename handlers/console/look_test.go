package console

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"pufa/web"
)

func TestAccountsAndSettingsInABrowser(t *testing.T) {
	ctx := browser(t)
	d, _ := managed(t)
	d.look(t, ctx, "door", Path+"/sign-in")
	d.inBrowser(t, ctx, "王管理")
	for _, page := range []struct{ name, path string }{
		{"today", Path + "/"},
		{"self", Path + "/self"},
		{"self-code", Path + "/self/code"},
		{"accounts", Path + "/settings/accounts"},
		{"account-new", Path + "/settings/accounts/new"},
		{"account", Path + "/settings/accounts/of/王编"},
		{"trail", Path + "/settings/trail"},
		{"health", Path + "/settings/health"},
		{"model", Path + "/settings/model"},
		{"street", Path + "/settings/street"},
		{"no-page", Path + "/none"},
	} {
		d.look(t, ctx, page.name, page.path)
	}
}

// TestADayInABrowser does by mouse and keyboard what the manual says.
func TestADayInABrowser(t *testing.T) {
	ctx := browser(t)
	streets := &streetBook{}
	d, b := managed(t, func(c *Config) { c.Streets = streets })
	seen := watch(ctx)
	run(t, ctx, chromedp.EmulateViewport(1366, 768), chromedp.Navigate(d.URL+Path+"/first?token=another"))
	if got := eval[string](t, ctx, `document.body.innerText`); !strings.Contains(got, "这个链接已经用过") {
		t.Errorf("a link that is none: %s", got)
	}
	d.inBrowser(t, ctx, "王管理")

	press(t, ctx, "设置")
	press(t, ctx, "街道信息")
	run(t, ctx, chromedp.SetValue(chromedp.CSS("input[name=hours]"), "周一至周五 9:00–17:00"))
	press(t, ctx, "保存街道信息")
	if len(streets.list) != 1 || streets.list[0].Street != (web.Street{Name: "平东街道", Office: "平东街道司法所", Hours: "周一至周五 9:00–17:00"}) {
		t.Errorf("kept %+v", streets.list)
	}
	lookHere(t, ctx, "street-saved")

	press(t, ctx, "运行状态")
	press(t, ctx, "检查公众号连接")
	if got := eval[string](t, ctx, `document.querySelector('main').innerText`); !strings.Contains(got, "IP 白名单") {
		t.Errorf("the check says %s", got)
	}
	lookHere(t, ctx, "health-checked")
	axe(t, ctx, "health-checked")

	press(t, ctx, "账号")
	press(t, ctx, "王编")
	eval[bool](t, ctx, `document.querySelector('input[value=查看]').click() || true`)
	press(t, ctx, "保存角色")
	if got := joinRoles(b.accounts["王编"].Roles); got != "查看、编辑" {
		t.Errorf("roles are %s", got)
	}
	run(t, ctx, chromedp.NavigateBack())
	press(t, ctx, "停用账号")
	if !b.accounts["王编"].Disabled {
		t.Error("not disabled")
	}
	press(t, ctx, "审计记录")
	press(t, ctx, "核对完整性")
	if got := eval[string](t, ctx, `document.querySelector('main').innerText`); !strings.Contains(got, "审计记录完整") || !strings.Contains(got, "停用账号") {
		t.Errorf("the trail shows %s", got)
	}
	lookHere(t, ctx, "trail-checked")
	press(t, ctx, "退出")
	if at := eval[string](t, ctx, `location.pathname`); at != Path+"/sign-in" {
		t.Errorf("after signing out one is at %s", at)
	}
	run(t, ctx, chromedp.NavigateBack())
	waitFor(t, ctx, `document.readyState === 'complete'`)
	if got := eval[string](t, ctx, `document.body.innerText`); strings.Contains(got, "核对完整性") {
		t.Error("after signing out the back button shows the trail")
	}
	seen.none(t)
}
