package handlers

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"pufa/bot"
)

const (
	stepTime    = 30 * time.Second // on a machine with other work
	chromium    = "/usr/bin/chromium"
	browserTime = 3 * time.Minute
)

// browser starts a browser of its own, or skips the test where there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes seconds to start: left out with -short")
	}
	if _, err := os.Stat(chromium); err != nil {
		t.Skipf("no browser at %s: the pages are not tried in one", chromium)
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.UserDataDir(t.TempDir()),
	)
	ctx, cancel := context.WithTimeout(context.Background(), browserTime)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	return ctx
}

// complaints collects what a page writes to the console, such as what the
// content security policy forbade.
type complaints struct {
	mu   sync.Mutex
	list []string
}

func watch(ctx context.Context) *complaints {
	c := &complaints{}
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			c.mu.Lock()
			c.list = append(c.list, m.Text)
			c.mu.Unlock()
		}
	}()
	return c
}

// hears proves that the console is read: what the policy forbids is reported.
func (c *complaints) hears(t *testing.T, ctx context.Context) {
	t.Helper()
	eval[bool](t, ctx, `document.body.setAttribute('style', 'color: red') || true`)
	for range 50 {
		c.mu.Lock()
		n := len(c.list)
		c.mu.Unlock()
		if n > 0 {
			return
		}
		eval[bool](t, ctx, `new Promise(done => setTimeout(() => done(true), 20))`, chromedp.EvalAwaitPromise)
	}
	t.Error("an inline style was not reported: either the policy or the watch does not work")
}

func (c *complaints) none(t *testing.T) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.list) > 0 {
		t.Errorf("the browser complains: %s", strings.Join(c.list, "\n"))
	}
}

// run does steps, each series at most stepTime.
func run(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, stepTime)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

func eval[T any](t *testing.T, ctx context.Context, script string, opts ...chromedp.EvaluateOption) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, opts...))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return v
}

// shot keeps a picture of the page in the folder PUFA_SHOTS names, for people
// to look at.
func shot(t *testing.T, ctx context.Context, name string, full bool) {
	t.Helper()
	dir := os.Getenv("PUFA_SHOTS")
	if dir == "" {
		return
	}
	action := chromedp.CaptureScreenshot()
	if full {
		action = chromedp.FullScreenshot(100)
	}
	data, err := chromedp.Run(ctx, action)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// realistic replies as long as real ones are.
func realistic(_ context.Context, m bot.Message) bot.Reply {
	if m.Kind == bot.Click {
		return bot.Reply{Outcome: bot.Menu, Text: "请选一个（回数字）：\n1 消费维权\n2 劳动工资\n3 婚姻家庭\n4 邻里纠纷\n5 防骗反诈\n都不是就直接说您的事。"}
	}
	return bot.Reply{Outcome: bot.Answered, Text: "您问的是：网上买的东西不喜欢，七天内能退吗？\n\n能退。网上、电视、电话买的东西，收到货七天内可以退，不用讲理由。\n！定做的、新鲜易坏的不在内。\n\n依据：《消费者权益保护法》第二十五条\n找谁：先找商家和平台客服，谈不拢再打12315\n详情 https://pufa.example.cn/a/consumer/returns\n依据核对至2026-11-23，待本街道司法所审核"}
}

func overflow(t *testing.T, ctx context.Context) {
	t.Helper()
	if over := eval[int](t, ctx, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		t.Errorf("the page is %d px wider than the window", over)
	}
}

// smallTargets lists what can be tapped and is lower than 44 px. Links within
// a sentence are exempt (WCAG 2.2, 2.5.8).
const smallTargets = `[...document.querySelectorAll('button, input, .hotlines a, .related a, .brand')]
	.filter(e => e.offsetParent !== null && e.getBoundingClientRect().height < 44)
	.map(e => e.outerHTML.slice(0, 80))`

func TestThePhoneInABrowser(t *testing.T) {
	ctx := browser(t)
	r := newRig(t, func(c *Config) {
		c.Now = time.Now
		c.Try.Samples = []string{"网上买的东西不喜欢，七天内能退吗？", "房东不退押金怎么办", "彩礼能要回来吗", "公司拖欠工资怎么办", "楼上漏水谁来赔"}
	})
	r.bot.reply = realistic
	srv := httptest.NewServer(r.Handler())
	t.Cleanup(srv.Close)
	for _, window := range []struct {
		name          string
		width, height int64
	}{{"a telephone", 390, 844}, {"a desk", 1280, 800}} {
		t.Run(window.name, func(t *testing.T) {
			seen := watch(ctx)
			size := strconv.FormatInt(window.width, 10)
			run(t, ctx, chromedp.EmulateViewport(window.width, window.height), chromedp.Navigate(srv.URL+"/"),
				chromedp.WaitVisible(chromedp.CSS("#text")))
			overflow(t, ctx)
			shot(t, ctx, "try-"+size+"-start", false)

			// A question by keyboard: focus, type, Enter.
			run(t, ctx, chromedp.Focus(chromedp.CSS("#text")), chromedp.KeyEvent("网购不喜欢能退吗"), chromedp.KeyEvent(kb.Enter))
			bubbles(t, ctx, 3)
			if got := eval[string](t, ctx, `document.querySelectorAll('.bubble.them')[1].innerText`); !strings.Contains(got, "能退。网上") || strings.Count(got, "\n") < 5 {
				t.Errorf("reply as seen: %q", got)
			}
			if got := eval[string](t, ctx, `document.querySelector('.bubble.them a').href`); got != "https://pufa.example.cn/a/consumer/returns" {
				t.Errorf("link leads to %q", got)
			}
			if got := eval[string](t, ctx, `document.activeElement.id + '|' + document.activeElement.value`); got != "text|" {
				t.Errorf("after sending the focus is on %q", got)
			}
			shot(t, ctx, "try-"+size+"-asked", false)

			// A sample, then a menu button.
			run(t, ctx, chromedp.Click(chromedp.CSS("[data-samples] button:nth-child(2)")))
			bubbles(t, ctx, 5)
			run(t, ctx, chromedp.Click(chromedp.CSS("[data-menu] button")))
			bubbles(t, ctx, 6)
			shot(t, ctx, "try-"+size+"-menu", false)

			if small := eval[[]string](t, ctx, smallTargets); len(small) > 0 {
				t.Errorf("too small to tap: %s", strings.Join(small, "\n"))
			}
			overflow(t, ctx)
			seen.none(t)
		})
	}
	heard := r.bot.messages()
	if len(heard) != 6 || heard[0].Text != "网购不喜欢能退吗" || heard[1].Text != "房东不退押金怎么办" || heard[2].Key != "cmd:菜单" {
		t.Errorf("the bot heard %+v", heard)
	}
}

// bubbles waits until the dialogue has n bubbles and nobody is writing.
func bubbles(t *testing.T, ctx context.Context, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, stepTime)
	defer cancel()
	script := `document.querySelectorAll('.bubble:not(.waiting)').length >= ` + strconv.Itoa(n) + ` && !document.querySelector('.waiting')`
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](script)); err != nil {
		t.Fatalf("wait for %d bubbles: %v", n, err)
	}
}

func TestPagesInABrowser(t *testing.T) {
	ctx := browser(t)
	r := newRig(t, func(c *Config) { c.Now, c.Try = time.Now, Try{} })
	srv := httptest.NewServer(r.Handler())
	t.Cleanup(srv.Close)
	seen := watch(ctx)
	for _, page := range []struct{ name, path string }{
		{"entry", "/a/consumer/returns"},
		{"withheld", "/a/consumer/old"},
		{"privacy", "/privacy"},
		{"index", "/"},
	} {
		for _, width := range []int64{320, 390, 1280} {
			run(t, ctx, chromedp.EmulateViewport(width, 844), chromedp.Navigate(srv.URL+page.path), chromedp.WaitVisible(chromedp.CSS("h1")))
			overflow(t, ctx)
			if small := eval[[]string](t, ctx, smallTargets); len(small) > 0 {
				t.Errorf("%s at %d: too small to tap: %s", page.name, width, strings.Join(small, "\n"))
			}
			if size := eval[float64](t, ctx, `parseFloat(getComputedStyle(document.querySelector('main p, main li')).fontSize)`); size < 16 {
				t.Errorf("%s at %d: text of %.0f px", page.name, width, size)
			}
			if broken := eval[int](t, ctx, `[...document.querySelectorAll('.hotlines b')].filter(e => e.getClientRects().length > 1 || e.offsetHeight > 50).length`); broken > 0 {
				t.Errorf("%s at %d: %d numbers are broken into lines", page.name, width, broken)
			}
			shot(t, ctx, page.name+"-"+strconv.FormatInt(width, 10), true)
		}
	}
	seen.none(t)
	seen.hears(t, ctx)
}

func TestInTheDark(t *testing.T) {
	ctx := browser(t)
	r := newRig(t, func(c *Config) { c.Now = time.Now })
	r.bot.reply = realistic
	srv := httptest.NewServer(r.Handler())
	t.Cleanup(srv.Close)
	dark := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}}
	run(t, ctx, chromedp.EmulateViewport(390, 844))
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, dark); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"entry": "/a/consumer/returns", "try": "/try"} {
		run(t, ctx, chromedp.Navigate(srv.URL+path), chromedp.WaitVisible(chromedp.CSS("main")))
		if got := eval[string](t, ctx, `getComputedStyle(document.body).backgroundColor`); got != "rgb(18, 18, 17)" {
			t.Errorf("%s: the ground is %s", name, got)
		}
		shot(t, ctx, "dark-"+name, true)
	}
}

func TestReadingAloud(t *testing.T) {
	ctx := browser(t)
	r := newRig(t, func(c *Config) { c.Now = time.Now })
	srv := httptest.NewServer(r.Handler())
	t.Cleanup(srv.Close)
	run(t, ctx, chromedp.Navigate(srv.URL+"/a/consumer/returns"), chromedp.WaitVisible(chromedp.CSS("[data-speak]")))
	// What is spoken is collected in place of a voice.
	eval[bool](t, ctx, `window.spoken = []; speechSynthesis.speak = (u) => window.spoken.push(u.lang + ' ' + u.text); true`)
	run(t, ctx, chromedp.Click(chromedp.CSS("[data-speak]")))
	spoken := strings.Join(eval[[]string](t, ctx, `window.spoken`), "\n")
	for _, want := range []string{"zh-CN 网上买的东西不喜欢", "能退。", "注意定做的", "先找商家"} {
		if !strings.Contains(spoken, want) {
			t.Errorf("not read aloud: %q in\n%s", want, spoken)
		}
	}
	if got := eval[string](t, ctx, `document.querySelector('[data-speak]').textContent`); got != "停止朗读" {
		t.Errorf("the button says %q", got)
	}
	run(t, ctx, chromedp.Click(chromedp.CSS("[data-speak]")))
	if got := eval[string](t, ctx, `document.querySelector('[data-speak]').getAttribute('aria-pressed')`); got != "false" {
		t.Errorf("after a second tap the button is pressed: %s", got)
	}
}
