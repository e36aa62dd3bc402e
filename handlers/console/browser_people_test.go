package console

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"pufa/staff"
)

// at opens a page and waits for its heading.
func (d *desk) at(t *testing.T, ctx context.Context, path string) string {
	t.Helper()
	run(t, ctx, chromedp.Navigate(d.URL+path), chromedp.WaitVisible(chromedp.CSS("h1")))
	return shown(t, ctx)
}

// shown is what a person reads on the page.
func shown(t *testing.T, ctx context.Context) string {
	t.Helper()
	return eval[string](t, ctx, `document.body.innerText`)
}

// write puts a text into a field as if it was typed.
func write(t *testing.T, ctx context.Context, field, text string) {
	t.Helper()
	run(t, ctx, chromedp.SetValue(chromedp.CSS(field), text))
}

// sections are the names in the head of the page.
func sections(t *testing.T, ctx context.Context) []string {
	t.Helper()
	return eval[[]string](t, ctx, `[...document.querySelectorAll('.top nav a')].map(a => a.innerText.trim())`)
}

// TestWhoSeesWhatInABrowser: an outsider sees the door, everybody else what
// their role is for, and a page that is for another role says so.
func TestWhoSeesWhatInABrowser(t *testing.T) {
	d, b := managed(t)
	b.accounts["孙看"] = staff.Account{Name: "孙看", Roles: []staff.Role{staff.Viewer}}
	for _, c := range []struct {
		who      string
		settings bool
	}{{"", false}, {"孙看", false}, {"王编", false}, {"李审", false}, {"王管理", true}} {
		t.Run("as "+c.who, func(t *testing.T) {
			ctx := browser(t)
			if c.who == "" {
				for _, path := range []string{"/", "/settings/accounts", "/settings/trail", "/settings/street", "/self"} {
					if text := d.at(t, ctx, Path+path); !strings.Contains(text, "口令") || len(sections(t, ctx)) > 0 || strings.Contains(text, "平东街道司法所") {
						t.Errorf("%s shows an outsider %s", path, text)
					}
				}
				return
			}
			d.inBrowser(t, ctx, c.who)
			if got := slices.Contains(sections(t, ctx), "设置"); got != c.settings {
				t.Errorf("设置 in the head: %t", got)
			}
			for _, path := range []string{"/settings/accounts", "/settings/trail", "/settings/street", "/settings/health"} {
				text := d.at(t, ctx, Path+path)
				if got := !strings.Contains(text, "您的账号没有办这件事的角色"); got != c.settings {
					t.Errorf("%s: open %t: %s", path, got, text)
				}
			}
		})
	}
}

// TestAnExpiredSessionInABrowser: the session ends while somebody writes. What
// was written is sent again after signing in in another window.
func TestAnExpiredSessionInABrowser(t *testing.T) {
	ctx := browser(t)
	d, r := contentDesk(t)
	d.inBrowser(t, ctx, "王编")
	d.at(t, ctx, contentPath+"/"+known+"/edit")
	write(t, ctx, "#short", "能退。写了半个钟头。")
	write(t, ctx, "#reason", "说得\n更白")
	was := d.people["王编"]
	gone := was
	gone.Era++ // as when the session has ended
	d.people["王编"] = gone
	if eval[bool](t, ctx, `document.querySelector('[data-expired]').checkVisibility()`) {
		t.Error("the page says that the session has ended before anybody asked")
	}
	eval[bool](t, ctx, `document.querySelector('#short').dispatchEvent(new Event('input', {bubbles: true}))`)
	waitFor(t, ctx, `document.querySelector('[data-expired]').checkVisibility()`) // the script asked for the preview
	press(t, ctx, "存为草稿")
	if text := shown(t, ctx); !strings.Contains(text, "请重新登录") || !strings.Contains(text, "在新窗口登录") || len(r.versions[known]) > 0 {
		t.Fatalf("after the session ended: %s", text)
	}
	lookHere(t, ctx, "kept-expired-1366")
	axe(t, ctx, "kept-expired")
	run(t, ctx, chromedp.EmulateViewport(390, 844))
	lookHere(t, ctx, "kept-expired-390")
	d.inBrowser(t, window(t, ctx), "王编")
	press(t, ctx, "已经登录，再提交一次")
	if v := r.versions[known]; len(v) != 1 || !strings.Contains(v[0].Text, "写了半个钟头") || strings.ReplaceAll(v[0].Reason, "\r", "") != "说得\n更白" {
		t.Errorf("kept %+v: %s", v, shown(t, ctx))
	}
}

// TestTwoEditorsInABrowser: whoever saves later is told, and nothing is lost.
func TestTwoEditorsInABrowser(t *testing.T) {
	first, second := browser(t), browser(t)
	d, r := contentDesk(t)
	edit := contentPath + "/" + known + "/edit"
	for ctx, name := range map[context.Context]string{first: "王编", second: "赵编"} {
		d.inBrowser(t, ctx, name)
		d.at(t, ctx, edit)
		write(t, ctx, "#short", "能退。"+name+"写的。")
		write(t, ctx, "#reason", "说得更白")
	}
	press(t, first, "存为草稿")
	press(t, second, "存为草稿")
	text := shown(t, second)
	if typed := eval[string](t, second, `document.querySelector('#short').value`); !strings.Contains(text, "王编 在") || !strings.Contains(text, "王编写的") || typed != "能退。赵编写的。" {
		t.Fatalf("the later of two reads %s\nand has %q in the form", text, typed)
	}
	lookHere(t, second, "content-conflict-1366")
	press(t, second, "存为草稿")
	if v := r.versions[known]; len(v) != 2 || !strings.Contains(v[0].Text, "王编写的") || !strings.Contains(v[1].Text, "赵编写的") {
		t.Errorf("kept %+v", v)
	}
}

// TestTwiceInABrowser: a double click, and the back button with another press,
// do a thing once.
func TestTwiceInABrowser(t *testing.T) {
	ctx := browser(t)
	d, r := activityDesk(t)
	d.inBrowser(t, ctx, "王编")
	d.at(t, ctx, activityPath+"/new")
	eval[bool](t, ctx, `document.querySelector('[name=kind]').selectedIndex = 1; true`)
	write(t, ctx, "[name=on]", "2026-12-04")
	write(t, ctx, "[name=place]", "东门社区")
	before := eval[int](t, ctx, `history.length`)
	eval[bool](t, ctx, `window.beforePress = true; setTimeout(() => { const b = [...document.querySelectorAll('main button')].find(b => b.innerText.trim() === '登记'); b.click(); b.click() }, 0); true`)
	waitFor(t, ctx, `!window.beforePress && document.readyState === 'complete'`)
	waitFor(t, ctx, `location.pathname === '`+activityPath+`/1'`)
	if text := shown(t, ctx); r.kept.Lines() != 1 || !strings.Contains(text, "第1号") {
		t.Errorf("a double click leaves %d lines: %s", r.kept.Lines(), text)
	}
	if now := eval[int](t, ctx, `history.length`); now != before+1 {
		t.Errorf("%d pages in the history, there were %d: what was posted can be posted again by going back", now, before)
	}
	run(t, ctx, chromedp.NavigateBack(), chromedp.WaitVisible(chromedp.CSS("[name=place]")))
	if typed := eval[string](t, ctx, `document.querySelector('[name=place]').value`); typed != "东门社区" {
		t.Errorf("back at the form it holds %q", typed)
	}
	press(t, ctx, "登记")
	if text := shown(t, ctx); r.kept.Lines() != 1 || !strings.Contains(text, "没有重复登记") {
		t.Errorf("going back and pressing again leaves %d lines: %s", r.kept.Lines(), text)
	}
	run(t, ctx, chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("h1")))
	if text := shown(t, ctx); r.kept.Lines() != 1 || strings.Contains(text, "没有重复登记") {
		t.Errorf("a reload leaves %d lines, or tells again: %s", r.kept.Lines(), text)
	}
}

// byKeyboard presses Tab until the control with these words has the focus. The
// focus must be seen wherever it stands.
func byKeyboard(t *testing.T, ctx context.Context, words string) {
	t.Helper()
	stop := "none"
	if strings.HasPrefix(words, "[") {
		stop = words
	}
	here := `(() => { const stop = ` + strconv.Quote(stop) + `, e = document.activeElement, s = getComputedStyle(e);
		const name = (e.labels?.[0]?.firstChild?.textContent || e.innerText || e.getAttribute('aria-label') || '').trim();
		return [e.matches(stop) ? stop : name, e === document.body || s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 ? '' : e.outerHTML.slice(0, 100)] })()`
	for range 200 {
		run(t, ctx, chromedp.KeyEvent(kb.Tab))
		got := eval[[]string](t, ctx, here)
		if got[1] != "" {
			t.Errorf("the focus is not seen on %s", got[1])
		}
		if got[0] == words {
			return
		}
	}
	t.Fatalf("no way to %q by keyboard on %s", words, shown(t, ctx))
}

// enter presses Enter and waits for the next page.
func enter(t *testing.T, ctx context.Context) {
	t.Helper()
	eval[bool](t, ctx, `window.beforePress = true`)
	run(t, ctx, chromedp.KeyEvent(kb.Enter))
	waitFor(t, ctx, `!window.beforePress && document.readyState === 'complete'`)
}

// TestByKeyboardAlone signs in, changes an entry and sends a push for review
// without a mouse.
func TestByKeyboardAlone(t *testing.T) {
	ctx := browser(t)
	p := newPushDesk(t, verifiedService)
	p.at(t, ctx, Path+"/sign-in")
	byKeyboard(t, ctx, "姓名")
	run(t, ctx, chromedp.KeyEvent("王编"))
	byKeyboard(t, ctx, "口令")
	run(t, ctx, chromedp.KeyEvent(rightWord))
	enter(t, ctx)
	run(t, ctx, chromedp.KeyEvent(kb.Tab))
	if got := eval[string](t, ctx, `document.activeElement.innerText`); got != "跳到正文" {
		t.Errorf("the first stop is %q", got)
	}
	byKeyboard(t, ctx, "主题推送")
	enter(t, ctx)
	byKeyboard(t, ctx, "新建推送")
	enter(t, ctx)
	for _, f := range []struct{ stop, keys string }{
		{"[name=title]", "三八卡片"},
		{"[name=channel]", kb.ArrowUp + kb.ArrowDown},
		{"[name=scope]", kb.ArrowUp},
		{"[name=sure]", " "},
		{"[name=due-day]", "03082027"},
		{"[name=due-hour]", "1000AM"},
		{"[name=text]", "产假国家规定98天。"},
		{"[name=entry]", "women/maternity-leave-days"},
	} {
		byKeyboard(t, ctx, f.stop)
		run(t, ctx, chromedp.KeyEvent(f.keys))
		if f.stop == "[name=channel]" {
			for range 8 {
				if eval[string](t, ctx, `document.querySelector('[name=channel]:checked')?.value || ''`) == "card" {
					break
				}
				run(t, ctx, chromedp.KeyEvent(kb.ArrowDown))
			}
		}
	}
	byKeyboard(t, ctx, "存草稿")
	enter(t, ctx)
	byKeyboard(t, ctx, "提交审核")
	enter(t, ctx)
	if text := shown(t, ctx); !strings.Contains(text, "已提交审核。") {
		t.Errorf("the page says %s", text)
	}
}
