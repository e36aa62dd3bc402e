package main

import (
	"context"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// staffBrowser is a browser on a running console.
type staffBrowser struct {
	ctx context.Context
	url string
}

func openBrowser(t *testing.T, url string) staffBrowser {
	t.Helper()
	const chromium = "/usr/bin/chromium"
	if _, err := os.Stat(chromium); err != nil || testing.Short() {
		t.Skipf("no browser at %s, or -short: the console is not tried in one", chromium)
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium), chromedp.Flag("lang", "zh-CN"), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()))
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return staffBrowser{ctx, url}
}

// opens goes to a page and waits for it.
func (b staffBrowser) opens(t *testing.T, path string) {
	t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.Navigate(b.url+path), chromedp.WaitVisible(chromedp.CSS("h1"))); err != nil {
		t.Fatalf("open %s: %v", path, err)
	}
}

// types writes into a field.
func (b staffBrowser) types(t *testing.T, field, text string) {
	t.Helper()
	script := `(() => { const e = document.querySelector(` + strconv.Quote(field) + `); e.value = ` + strconv.Quote(text) + `; return true })()`
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](script)); err != nil {
		t.Fatalf("type into %s: %v", field, err)
	}
}

// presses clicks the button with these words and waits until the next page
// says what is wanted.
func (b staffBrowser) presses(t *testing.T, words, want string) {
	t.Helper()
	script := `(() => { document.querySelectorAll('details').forEach(d => { d.open = true }); const e = [...document.querySelectorAll('button')].find(e => e.innerText.trim() === ` + strconv.Quote(words) + `);
		if (!e) return false; window.pressed = true; setTimeout(() => e.click(), 0); return true })()`
	if ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](script)); err != nil || !ok {
		t.Fatalf("no button %q (%v) on %s", words, err, b.sees(t))
	}
	b.waits(t, want)
}

func (b staffBrowser) waits(t *testing.T, want string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	for {
		ok, err := chromedp.Run(ctx, chromedp.Poll[bool](`!window.pressed && document.body?.innerText.includes(`+strconv.Quote(want)+`)`))
		if ok && err == nil {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("%q is not said: %s", want, b.sees(t))
		}
	}
}

func (b staffBrowser) sees(t *testing.T) string {
	t.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`location.pathname + ': ' + document.body?.innerText`))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// number is what a script finds out.
func (b staffBrowser) number(t *testing.T, script string) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	n, err := chromedp.Run(ctx, chromedp.Evaluate[int](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return n
}

// signsIn changes who sits at the desk.
func (b staffBrowser) signsIn(t *testing.T, name string) {
	t.Helper()
	b.opens(t, "/console/sign-in")
	b.types(t, "[name=name]", name)
	b.types(t, "[name=password]", staffPassword)
	b.presses(t, "登录", name)
}

// TestStaffChangeAnEntryInABrowser: from a question that is tried, through a
// draft, its check by somebody else and its release to what a resident reads,
// and back; and a take-down, on a real store.
func TestStaffChangeAnEntryInABrowser(t *testing.T) {
	v := withAccount(t)
	for _, add := range [][2]string{{"编辑", "王编辑"}, {"审核", "李审核"}} {
		if e := v.runAt(t, time.Now, staffPassword+"\n", "staff", "add", "--roles", add[0], add[1]); e.status != 0 {
			t.Fatalf("staff add: %s", e.err)
		}
	}
	h := serveHere(t, v, noon)
	b := openBrowser(t, h.url)
	p := platformOf(t, v, h.url, noon)
	n := 0
	resident := func() string {
		n++
		return p.says(p.text(openidOf(n), "b"+strconv.Itoa(n), askReturn))
	}
	const entry = "/console/content/" + known
	const short = "能退。这是改过的第一句话。"

	b.signsIn(t, "王编辑")
	b.opens(t, "/console/bench")
	b.types(t, "[name=text]", "隔壁半夜装修吵得睡不着咋办")
	b.presses(t, "试一下", "为什么这样答")
	b.opens(t, entry+"/edit")
	b.types(t, "#short", short)
	b.types(t, "#reason", "第一句说得更白")
	b.presses(t, "存为草稿", "已存为草稿，第1版")
	if strings.Contains(resident(), short) {
		t.Fatal("residents read a draft")
	}

	b.signsIn(t, "李审核")
	b.opens(t, entry)
	b.presses(t, "法律核对无误", "已核对 1 条")
	b.presses(t, "发布", "已发布 1 条")
	until(t, "residents read what was released", func() bool { return strings.Contains(resident(), short) })
	b.opens(t, entry)
	b.types(t, `[name=pick][value$="#0"] ~ label textarea`, "措辞有歧义")
	b.presses(t, "退回到这一版", "已退回到随程序发布的")
	until(t, "residents read the shipped text", func() bool { return !strings.Contains(resident(), short) })
	b.opens(t, entry)
	b.presses(t, "立即下线", "已下线 1 条")
	until(t, "the entry is silent", func() bool { return strings.Contains(resident(), "正在重新核对") })

	day := noon().In(zone).Format(time.DateOnly)
	var counted struct {
		Figures []struct {
			ID    string
			Value int
		}
	}
	e := v.runAt(t, noon, "", "report", "--from", day, "--to", day, "--format", "json")
	if err := json.Unmarshal([]byte(e.out), &counted); err != nil || counted.Figures[0].ID != "messages" || counted.Figures[0].Value != n {
		t.Errorf("%d messages of residents are counted as %+v (%v): what was tried counts", n, counted, err)
	}
	audit := v.run(t, "staff", "audit", "--list")
	for _, did := range []string{"save draft", "check draft", "release entry", "roll back entry", "take down entries"} {
		if !strings.Contains(audit.out, did+"\t"+known) {
			t.Errorf("the trail does not know %q:\n%s", did, audit.out)
		}
	}
	if strings.Contains(h.log.String()+audit.out, "装修") {
		t.Error("what was tried is in the log or the trail")
	}
}
