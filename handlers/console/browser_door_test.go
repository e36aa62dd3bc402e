package console

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"pufa/staff"
)

// TestTheDoorsInABrowser goes in by every door: by the link to the first
// account, by name and password, and by a one-time code.
func TestTheDoorsInABrowser(t *testing.T) {
	ctx := browser(t)
	d, b := managed(t)
	clear(b.accounts)
	seen := watch(ctx)
	d.look(t, ctx, "first", Path+"/first?token=good")
	write(t, ctx, "[name=name]", "王管理")
	write(t, ctx, "[name=password]", newWord)
	write(t, ctx, "[name=again]", newWord+"x")
	press(t, ctx, "建立账号")
	if text := shown(t, ctx); len(b.accounts) > 0 || !strings.Contains(text, "两次") {
		t.Fatalf("two passwords: %s", text)
	}
	lookHere(t, ctx, "first-refused")
	if kept := eval[string](t, ctx, `document.querySelector('[name=name]').value + '|' + document.querySelector('[name=password]').value`); kept != "王管理|" {
		t.Errorf("the form holds %q", kept)
	}
	write(t, ctx, "[name=password]", newWord)
	write(t, ctx, "[name=again]", newWord)
	press(t, ctx, "建立账号")
	if text := shown(t, ctx); !b.accounts["王管理"].May(staff.Admin) || !strings.Contains(text, "王管理") {
		t.Fatalf("after the first account: %s", text)
	}

	d.at(t, ctx, Path+"/self/code")
	secret := strings.ReplaceAll(eval[string](t, ctx, `document.querySelector('code').innerText`), " ", "")
	write(t, ctx, "[name=code]", d.codeOf(t, secret))
	press(t, ctx, "启用动态码")
	press(t, ctx, "退出")
	d.now = d.now.Add(time.Minute)
	write(t, ctx, "[name=name]", "王管理")
	write(t, ctx, "[name=password]", "wrong wrong wrong")
	press(t, ctx, "登录")
	if text := shown(t, ctx); !strings.Contains(text, sayDenied) {
		t.Errorf("a wrong password: %s", text)
	}
	lookHere(t, ctx, "door-denied")
	write(t, ctx, "[name=password]", rightWord)
	press(t, ctx, "登录")
	for _, w := range widths {
		run(t, ctx, chromedp.EmulateViewport(w.width, w.height))
		lookHere(t, ctx, "door-code-"+digits(w.width))
	}
	axe(t, ctx, "door-code")
	if on := eval[string](t, ctx, `document.activeElement.name`); on != "code" {
		t.Errorf("the focus is on %q", on)
	}
	write(t, ctx, "[name=code]", "000000")
	press(t, ctx, "登录")
	if text := shown(t, ctx); !strings.Contains(text, sayCode) {
		t.Errorf("a wrong code: %s", text)
	}
	write(t, ctx, "[name=code]", d.codeOf(t, secret))
	press(t, ctx, "登录")
	if at := eval[string](t, ctx, `location.pathname`); at != Path+"/" {
		t.Errorf("with the code one is at %s: %s", at, shown(t, ctx))
	}
	seen.none(t)
}
