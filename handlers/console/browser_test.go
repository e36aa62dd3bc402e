package console

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"pufa/web"
)

// A section tries its pages so:
//
//	ctx := browser(t)
//	d := newDesk(t).inBrowser(t, ctx, "王编")
//	d.look(t, ctx, "content-list", Path+"/content")
//
// look opens the page at the width of a telephone, of an office computer and
// of a wide one, and fails when something stands out of the window, is too
// small to tap, when the browser complains, or when axe-core finds a barrier.
// With PUFA_SHOTS=FOLDER it keeps pictures there: NAME-390.png and so on.

const (
	chromium = "/usr/bin/chromium"
	stepTime = 30 * time.Second // on a machine with other work
)

// policy is the content security policy of handlers/access.go.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

func TestPolicyIsTheOneThatIsServed(t *testing.T) {
	source, err := os.ReadFile("../access.go")
	if err != nil || !strings.Contains(string(source), `"`+policy+`"`) {
		t.Errorf("handlers/access.go sends another policy than these tests (%v)", err)
	}
}

// chrome is the one browser of this package's tests: it is started by the first
// that asks for it and stopped by TestMain.
var chrome struct {
	once sync.Once
	ctx  context.Context
	err  error
	stop []context.CancelFunc
}

func TestMain(m *testing.M) {
	code := m.Run()
	for i := len(chrome.stop) - 1; i >= 0; i-- {
		chrome.stop[i]()
	}
	os.Exit(code)
}

func startChrome() {
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
	)
	ctx, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	chrome.stop = append(chrome.stop, stop)
	ctx, stop = chromedp.NewContext(ctx)
	chrome.stop = append(chrome.stop, stop)
	chrome.ctx, chrome.err = ctx, chromedp.Do(ctx)
}

// browser opens a window that knows nobody, or skips the test where there is
// no browser.
func browser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes seconds to start: left out with -short")
	}
	if _, err := os.Stat(chromium); err != nil {
		t.Skipf("no browser at %s: the pages are not tried in one", chromium)
	}
	if chrome.once.Do(startChrome); chrome.err != nil {
		t.Fatalf("start the browser: %v", chrome.err)
	}
	return window(t, chrome.ctx, chromedp.WithNewBrowserContext())
}

// window opens another window: of the person of ctx, or of nobody.
func window(t *testing.T, ctx context.Context, opts ...chromedp.ContextOption) context.Context {
	t.Helper()
	ctx, cancel := chromedp.NewContext(ctx, opts...)
	t.Cleanup(cancel)
	// The first call decides how long the window stays open: not as long as a
	// step, but as the test.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open a window: %v", err)
	}
	return ctx
}

// whole is the console as a browser gets it: with style, scripts and the
// headers that the program sends.
func whole(t *testing.T, console http.Handler) *httptest.Server {
	t.Helper()
	pages, err := web.New()
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle(web.StaticPath, pages.Static())
	mux.Handle("/", console)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	return srv
}

// inBrowser signs in at the door, as a person does.
func (d *desk) inBrowser(t *testing.T, ctx context.Context, name string) *desk {
	t.Helper()
	run(t, ctx, chromedp.EmulateViewport(1366, 768), chromedp.Navigate(d.URL+Path+"/sign-in"),
		chromedp.WaitVisible(chromedp.CSS("input[name=password]")),
		chromedp.SetValue(chromedp.CSS("input[name=name]"), name),
		chromedp.SendKeys(chromedp.CSS("input[name=password]"), rightWord))
	press(t, ctx, "登录")
	if at := eval[string](t, ctx, `location.pathname`); at != Path+"/" {
		t.Fatalf("after signing in as %s one is at %s: %s", name, at, eval[string](t, ctx, `document.body.innerText`))
	}
	return d
}

// press presses the button, or follows the link, with exactly these words, and
// waits for the next page.
func press(t *testing.T, ctx context.Context, words string) {
	t.Helper()
	click := `(() => { const e = [...document.querySelectorAll('button, a, summary')].find(e => e.innerText.trim() === ` + strconv.Quote(words) + ` && e.offsetParent);
		if (!e) return false; window.beforePress = true; setTimeout(() => e.click(), 0); return true })()`
	if !eval[bool](t, ctx, click) {
		t.Fatalf("no button %q on %s", words, eval[string](t, ctx, `location.pathname + ': ' + document.body.innerText`))
	}
	waitFor(t, ctx, `!window.beforePress && document.readyState === 'complete'`)
}

// waitFor waits until a script is true, on whatever page is shown by then.
func waitFor(t *testing.T, ctx context.Context, script string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, stepTime)
	defer cancel()
	for {
		// A page that goes away takes the script with it: that is no answer.
		ok, err := chromedp.Run(ctx, chromedp.Poll[bool](script))
		if ok && err == nil {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("wait for %s: %v", script, err)
		}
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
	ctx, cancel := context.WithTimeout(ctx, stepTime)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, opts...))
	if err != nil {
		t.Fatalf("%.200s: %v", script, err)
	}
	return v
}

// widths are those at which every page is looked at; axe-core runs whole at the
// first, and with what depends on the width at the second.
var widths = []struct{ width, height int64 }{{390, 844}, {1366, 768}, {1920, 1080}}

// look opens a page at every width and holds it to what every page must keep.
func (d *desk) look(t *testing.T, ctx context.Context, name, path string) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		seen := watch(ctx)
		for i, w := range widths {
			if i == 2 && os.Getenv("PUFA_SHOTS") == "" {
				continue // the widest is for people to look at
			}
			run(t, ctx, chromedp.EmulateViewport(w.width, w.height), chromedp.Navigate(d.URL+path), chromedp.WaitVisible(chromedp.CSS("h1")))
			at := name + "-" + strconv.FormatInt(w.width, 10)
			lookHere(t, ctx, at)
			switch i {
			case 0:
				axe(t, ctx, at)
			case 1: // what another width can change
				axe(t, ctx, at, "target-size", "scrollable-region-focusable")
			}
		}
		seen.none(t)
		dark(t, ctx, name)
	})
}

// lookHere holds the page that is shown to what every page must keep, and
// keeps its picture.
func lookHere(t *testing.T, ctx context.Context, at string) {
	t.Helper()
	if over := eval[int](t, ctx, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		t.Errorf("%s: the page is %d px wider than the window", at, over)
	}
	if small := eval[[]string](t, ctx, smallTargets); len(small) > 0 {
		t.Errorf("%s: too small to tap:\n%s", at, strings.Join(small, "\n"))
	}
	if n := eval[int](t, ctx, `document.querySelectorAll('h1').length`); n != 1 {
		t.Errorf("%s: %d headings of the first level", at, n)
	}
	keepsStill(t, ctx, at)
	staysHome(t, ctx, at)
	shot(t, ctx, at)
}

// keepsStill fails when something of the page moved after it was first shown.
func keepsStill(t *testing.T, ctx context.Context, at string) {
	t.Helper()
	if moved := eval[[]string](t, ctx, shifts, chromedp.EvalAwaitPromise); len(moved) > 0 {
		t.Errorf("%s: the page moved: %s", at, strings.Join(moved, "; "))
	}
}

// shifts lists what moved since the page was shown, save what a person's own
// key or click moved. Entries come with a later frame.
const shifts = `new Promise(done => {
	const seen = [], take = list => seen.push(...list.filter(e => !e.hadRecentInput).map(e => e.value.toFixed(4) + ' ' + (e.sources || []).map(s => s.node?.outerHTML?.slice(0, 80)).join(' ')));
	const o = new PerformanceObserver(l => take(l.getEntries()));
	o.observe({type: 'layout-shift', buffered: true});
	requestAnimationFrame(() => requestAnimationFrame(() => { const c = new MessageChannel(); c.port1.onmessage = () => { take(o.takeRecords()); o.disconnect(); done(seen) }; c.port2.postMessage(0) }));
})`

// staysHome fails when the page asked another host for anything.
func staysHome(t *testing.T, ctx context.Context, at string) {
	t.Helper()
	if away := eval[[]string](t, ctx, `performance.getEntriesByType('resource').map(e => e.name).filter(n => !n.startsWith(location.origin + '/'))`); len(away) > 0 {
		t.Errorf("%s: the page asks %s", at, strings.Join(away, ", "))
	}
}

// TestWhatMovesIsSeen proves that a page that moves would be found out.
func TestWhatMovesIsSeen(t *testing.T) {
	ctx := browser(t)
	d := newDesk(t)
	run(t, ctx, chromedp.Navigate(d.URL+Path+"/sign-in"), chromedp.WaitVisible(chromedp.CSS("h1")))
	eval[bool](t, ctx, `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => { const p = document.createElement('p'); p.textContent = '晚来的一行'; p.className = 'note'; document.querySelector('main').prepend(p); requestAnimationFrame(() => requestAnimationFrame(() => done(true))) })))`, chromedp.EvalAwaitPromise)
	if moved := eval[[]string](t, ctx, shifts, chromedp.EvalAwaitPromise); len(moved) == 0 {
		t.Error("a line came late and nothing is seen to move")
	}
}

// smallTargets lists what can be tapped and is too small: controls under 44
// px, anything under 24. Links within a sentence are exempt (WCAG 2.2, 2.5.8).
const smallTargets = `[...document.querySelectorAll('button, input:not([type=hidden]):not([type=checkbox]):not([type=radio]), select, textarea, .button, .top a, .tabs a, summary, td > a')]
	.filter(e => e.offsetParent !== null && e.getBoundingClientRect().height < (e.matches('td > a') ? 24 : 43.5))
	.map(e => e.outerHTML.slice(0, 100))`

// dark keeps a picture of the page that is shown in dark colours, and runs
// axe-core over it, which measures the contrast.
func dark(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	set := func(value string) {
		p := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}}}
		if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, p); err != nil {
			t.Fatal(err)
		}
	}
	set("dark")
	defer set("light")
	shot(t, ctx, name+"-dark")
	axe(t, ctx, name+"-dark", "color-contrast")
}

// shot keeps a picture of the whole page in the folder PUFA_SHOTS names, for
// people to look at.
func shot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("PUFA_SHOTS")
	if dir == "" {
		return
	}
	data, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// complaints collects what a page writes to the browser's console, such as
// what the content security policy forbade.
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
			// A page with another status than 200 is a complaint of the browser's,
			// not of ours.
			if !strings.HasPrefix(m.Text, "Failed to load resource: the server responded with a status of 4") {
				c.mu.Lock()
				c.list = append(c.list, m.Text)
				c.mu.Unlock()
			}
		}
	}()
	return c
}

func (c *complaints) none(t *testing.T) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.list) > 0 {
		t.Errorf("the browser complains: %s", strings.Join(c.list, "\n"))
	}
}

// axeVersion is the axe-core that is fetched from npm; it is kept in the
// user's cache, never in the project.
const axeVersion = "4.14.1"

// axe runs axe-core over the page that is shown and fails on every barrier of
// WCAG 2.2 AA that it finds, or by some rules alone. Where axe-core cannot be had the rest of the test
// goes on, and the log says so.
func axe(t *testing.T, ctx context.Context, at string, rules ...string) {
	t.Helper()
	source, err := axeSource(ctx)
	if err != nil {
		t.Logf("%s: NOT CHECKED with axe-core, it cannot be had: %v", at, err)
		return
	}
	eval[bool](t, ctx, source+"; true")
	only := `['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']`
	if len(rules) > 0 {
		only = `{type: 'rule', values: ['` + strings.Join(rules, "', '") + `']}`
	}
	found := eval[[]string](t, ctx, `axe.run({runOnly: `+only+`})
		.then(r => r.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + v.help + '\n  ' + n.html.slice(0, 160) + '\n  ' + n.failureSummary)))`, chromedp.EvalAwaitPromise)
	if len(found) > 0 {
		t.Errorf("%s: axe-core finds:\n%s", at, strings.Join(found, "\n"))
	}
}

// axeSource returns axe.min.js, fetched once by npm.
func axeSource(ctx context.Context) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "pufa-tests")
	kept := filepath.Join(dir, "axe-core-"+axeVersion+".min.js")
	if text, err := os.ReadFile(kept); err == nil {
		return string(text), nil
	}
	text, err := fetchAxe(ctx)
	if err != nil {
		return "", err
	}
	// Two packages' tests may do this at once: a rename leaves no half file.
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	part, err := os.CreateTemp(dir, "axe-*")
	if err != nil {
		return "", err
	}
	_, err = part.Write(text)
	if err = errors.Join(err, part.Close()); err == nil {
		err = os.Rename(part.Name(), kept)
	}
	return string(text), err
}

func fetchAxe(ctx context.Context) ([]byte, error) {
	dir, err := os.MkdirTemp("", "axe-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(ctx, stepTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "npm", "pack", "axe-core@"+axeVersion, "--silent")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("npm pack: %w: %.200s", err, out)
	}
	file, err := os.Open(filepath.Join(dir, "axe-core-"+axeVersion+".tgz"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	for archive := tar.NewReader(unzipped); ; {
		h, err := archive.Next()
		if err != nil {
			return nil, fmt.Errorf("axe.min.js in the package: %w", err)
		}
		if h.Name == "package/axe.min.js" {
			return io.ReadAll(archive)
		}
	}
}
