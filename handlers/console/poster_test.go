package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"pufa/content"
	"pufa/report"
	"pufa/staff"
	"pufa/stats"
)

// sheets are posters in memory.
type sheets struct {
	mu            sync.Mutex
	list          []stats.Scene
	down          error
	page, account bool
	refused       error // what the platform says to a code
	now           func() time.Time
}

func (s *sheets) Scenes(context.Context) ([]stats.Scene, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.list), s.down
}

func (s *sheets) Scene(_ context.Context, id string) (stats.Scene, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.at(id); i >= 0 {
		return s.list[i], s.down
	}
	return stats.Scene{}, errors.Join(s.down, stats.ErrNoScene)
}

func (s *sheets) at(id string) int {
	return slices.IndexFunc(s.list, func(one stats.Scene) bool { return one.ID == id })
}

func (s *sheets) Check(one stats.Scene) error {
	if strings.Contains(one.Line, "一定能赢") {
		return errors.Join(stats.Fault("line", "海报上不能这样写：一定能赢", "forbidden"), one.Check())
	}
	return one.Check()
}

func (s *sheets) Make(_ context.Context, one stats.Scene, account bool) (stats.Scene, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.at(one.ID) >= 0:
		return one, fmt.Errorf("make: %w", stats.ErrSceneTaken)
	case account && s.refused != nil:
		return one, s.refused
	case account:
		one.Code = "http://weixin.qq.com/q/02abc"
	}
	one.At = s.now()
	s.list = append(s.list, one)
	return one, nil
}

func (s *sheets) Withdraw(_ context.Context, _, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list[s.at(id)].Withdrawn = s.now()
	return nil
}

func (s *sheets) Draw(one stats.Scene) report.Poster {
	base := ""
	if s.page {
		base = "https://pufa.example.cn"
	}
	return report.PosterOf(one, base, "东门街道", "东门街道司法所")
}

func (s *sheets) Ways() (page, account bool) { return s.page, s.account }

// posterRig is a desk with posters, and scans of this year by code.
func posterRig(t *testing.T, scans map[string]int64) (*desk, *sheets) {
	t.Helper()
	w := newTown(t, 0)
	s := &sheets{page: true, now: func() time.Time { return december }}
	for id, n := range scans {
		s.list = append(s.list, stats.Scene{ID: id, Place: "地点" + id, Theme: "3.8", Pack: "womens-week", Line: "怀孕不是辞退的理由", Event: "三八维权周", By: "王编", At: december.AddDate(0, 0, -2)})
		w.raise(stats.Event{At: december, Kind: stats.Scan, Scene: id, Source: "page"}, n)
	}
	d := newDesk(t, func(c *Config) {
		c.Posters = &Posters{Desk: s, Library: func() *content.Library { return w.lib }}
		c.Figures, c.Activities = w, w
		c.Now = s.now
	})
	d.people["查看员"] = staff.Account{Name: "查看员", Roles: []staff.Role{staff.Viewer}}
	return d, s
}

var aPoster = []string{
	"subject", "womens-week:2", "line", "", "place", "东门社区公告栏", "event", "三八维权周", "id", "p261220-1", "code", "page", "size", "a3", "deed", "make",
}

// typing is a form with some fields filled in otherwise.
func typing(fields []string, other ...string) []string {
	fields = slices.Clone(fields)
	for i := 0; i < len(other); i += 2 {
		for k := 0; k < len(fields); k += 2 {
			if fields[k] == other[i] {
				fields[k+1] = other[i+1]
			}
		}
	}
	return fields
}

func TestAPosterFromFormToWithdrawal(t *testing.T) {
	d, s := posterRig(t, nil)
	d.signedIn(t, "王编")
	if _, body := d.get(t, posterPath); !strings.Contains(body, "还没有做过海报") || !strings.Contains(body, "做一张海报") {
		t.Fatalf("the empty list: %s", body)
	}
	if _, body := d.get(t, posterPath+"/new"); !strings.Contains(body, `value="p261220-1"`) || !strings.Contains(body, "第2天：怀孕不是辞退的理由") || strings.Contains(body, `value="account"`) {
		t.Fatalf("the form: %s", body)
	}
	if _, body := d.post(t, posterPath+"/new", typing(aPoster, "deed", "preview")...); !strings.Contains(body, "怀孕不是辞退") || !strings.Contains(body, "<svg") || !strings.Contains(body, `value="东门社区公告栏"`) || len(s.list) != 0 {
		t.Fatalf("the preview keeps %v: %s", s.list, body)
	}
	resp, body := d.post(t, posterPath+"/new", aPoster...)
	if at := resp.Request.URL; at.Path != posterPath+"/p261220-1" || at.RawQuery != "size=a3" || !strings.Contains(body, "海报已做好") || !strings.Contains(body, "A3 的样子") || !strings.Contains(body, "https://pufa.example.cn/q/p261220-1") {
		t.Fatalf("%s: %s", at, body)
	}
	want := stats.Scene{ID: "p261220-1", Place: "东门社区公告栏", Theme: "3.8", Pack: "womens-week", Event: "三八维权周", Line: "怀孕不是辞退的理由", By: "王编", At: december}
	if len(s.list) != 1 || s.list[0] != want {
		t.Fatalf("kept %+v, want %+v", s.list, want)
	}
	if _, body := d.post(t, posterPath+"/new", aPoster...); !strings.Contains(body, "没有重复做") || len(s.list) != 1 {
		t.Errorf("a double click makes %d: %s", len(s.list), body)
	}
	for range 2 {
		if _, body := d.post(t, posterPath+"/p261220-1/withdraw"); !strings.Contains(body, "以后不再计数") || strings.Contains(body, "<svg viewBox") {
			t.Fatalf("withdrawn: %s", body)
		}
	}
	for _, path := range []string{"/p261220-1/print/a4", "/p261220-1/file/a4"} {
		if resp, _ := d.get(t, posterPath+path); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s of a withdrawn one: %s", path, resp.Status)
		}
	}
	if _, body := d.get(t, posterPath); !strings.Contains(body, "2026-12-20 收回") {
		t.Errorf("the list: %s", body)
	}
}

func TestPostersThatAreNotMade(t *testing.T) {
	for _, c := range []struct {
		name  string
		other []string
		want  string
	}{
		{"nothing is chosen", []string{"subject", ""}, sayNoSubject},
		{"a day that the pack does not have", []string{"subject", "womens-week:99"}, sayNoSubject},
		{"a pack that there is not", []string{"subject", "none:1"}, sayNoSubject},
		{"a theme that there is not", []string{"subject", "theme:9.9"}, sayNoSubject},
		{"a theme without a line", []string{"subject", "theme:3.15"}, "请填写海报上的一句话"},
		{"no place", []string{"place", ""}, "请填写张贴的地点"},
		{"a place with a telephone number", []string{"place", "13800138000"}, "11"},
		{"an id with capitals", []string{"id", "East"}, "编号用1至32个小写字母"},
		{"words that promise", []string{"line", "打官司一定能赢"}, "海报上不能这样写"},
		{"an id that was used", []string{"id", "gate"}, "这个编号用过了，数会混在一起。请换一个，例如 p261220-1"},
		{"a code of an account that there is not", []string{"code", "account"}, "系统暂时连不上"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, s := posterRig(t, map[string]int64{"gate": 9})
			s.refused = errors.New("no account")
			d.signedIn(t, "王编")
			resp, body := d.post(t, posterPath+"/new", typing(aPoster, c.other...)...)
			if resp.StatusCode < 400 || !strings.Contains(body, c.want) || len(s.list) != 1 {
				t.Fatalf("%s: %d kept, want %q: %s", resp.Status, len(s.list), c.want, body)
			}
			if resp.StatusCode == http.StatusUnprocessableEntity && c.other[0] != "event" && !strings.Contains(body, `value="三八维权周"`) {
				t.Error("what was typed is lost")
			}
		})
	}
}

// advised is an error that says what to do.
type advised struct{ error }

func (advised) Advice() string { return "公众号没有这个权限。" }

func TestACodeOfTheAccount(t *testing.T) {
	d, s := posterRig(t, nil)
	s.account, s.refused = true, advised{errors.New("48001")}
	d.signedIn(t, "王编")
	form := typing(aPoster, "code", "account", "subject", "theme:3.15", "line", "先看价格再下单")
	if resp, body := d.post(t, posterPath+"/new", form...); resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "公众号没有这个权限。也可以改选网页的码") || len(s.list) != 0 {
		t.Fatalf("refused: %s %s", resp.Status, body)
	}
	s.refused = nil
	if _, body := d.post(t, posterPath+"/new", form...); !strings.Contains(body, "http://weixin.qq.com/q/02abc") || !strings.Contains(body, "进公众号问一问") {
		t.Errorf("made: %s", body)
	}
	s.page, s.account = false, false
	if _, body := d.get(t, posterPath); !strings.Contains(body, sayNoCode) || strings.Contains(body, "posters/new") {
		t.Errorf("without any way: %s", body)
	}
	if resp, body := d.post(t, posterPath+"/new", typing(form, "id", "other")...); resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, sayNoCode) {
		t.Errorf("%s %s", resp.Status, body)
	}
}

func TestScansOnThePageAreThoseOfTheReport(t *testing.T) {
	for _, c := range []struct {
		name  string
		scans map[string]int64
		want  map[string]string // what the row of a code says
		says  string
	}{
		{"large ones are shown", map[string]int64{"a": 12, "b": 30}, map[string]string{"a": "12", "b": "30"}, "共被扫 42 次"},
		{"small ones are hidden, with a second one", map[string]int64{"a": 2, "b": 30, "c": 40}, map[string]string{"a": "少于5", "b": "少于5", "c": "40"}, "共被扫 72 次"},
		{"one alone is not shown apart", map[string]int64{"a": 2}, map[string]string{"a": "—"}, "不分列"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, _ := posterRig(t, c.scans)
			_, body := d.signedIn(t, "查看员").get(t, posterPath)
			if !strings.Contains(body, c.says) || strings.Contains(body, "/new") {
				t.Errorf("the page lacks %q, or lets a viewer make one: %s", c.says, body)
			}
			for id, want := range c.want {
				cell := regexp.MustCompile(`(?s)地点` + id + `</td>.*?class="number"[^>]*>([^<]*)<`).FindStringSubmatch(body)
				if cell == nil || cell[1] != want {
					t.Errorf("the row of %s says %q, want %q", id, cell, want)
				}
			}
		})
	}
}

func TestWhoMayDoWhatWithPosters(t *testing.T) {
	d, s := posterRig(t, map[string]int64{"gate": 9})
	d.signedIn(t, "查看员")
	for _, path := range []string{"/gate", "/gate/print/a4", "/gate/file/screen"} {
		resp, body := d.get(t, posterPath+path)
		if resp.StatusCode != http.StatusOK || !strings.Contains(body, "<svg") || strings.Contains(body, "收回这个码") {
			t.Errorf("%s: %s %.300s", path, resp.Status, body)
		}
	}
	if resp, _ := d.get(t, posterPath+"/gate/file/a4"); resp.Header.Get("Content-Type") != "image/svg+xml" || !strings.Contains(resp.Header.Get("Content-Disposition"), `attachment; filename="gate-a4.svg"`) {
		t.Errorf("the file comes as %v", resp.Header)
	}
	for _, path := range []string{"/none", "/none/print/a4", "/gate/print/a5", "/East"} {
		if resp, _ := d.get(t, posterPath+path); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
	for _, path := range []string{"/new", "/gate/withdraw"} {
		if resp, _ := d.post(t, posterPath+path, aPoster...); resp.StatusCode != http.StatusForbidden || !s.list[0].Withdrawn.IsZero() {
			t.Errorf("POST %s: %s", path, resp.Status)
		}
	}
	s.down = errors.New("away")
	if resp, body := d.get(t, posterPath); resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, sayAway) {
		t.Errorf("the store is away: %s", resp.Status)
	}
}

func TestPostersInABrowser(t *testing.T) {
	ctx := browser(t)
	d, s := posterRig(t, map[string]int64{"gate": 12, "market": 30, "school": 8})
	s.account = true
	d.signedIn(t, "王编")
	d.post(t, posterPath+"/school/withdraw")
	d.inBrowser(t, ctx, "王编")
	d.look(t, ctx, "poster-list", posterPath)
	d.look(t, ctx, "poster-one", posterPath+"/gate")
	d.look(t, ctx, "poster-over", posterPath+"/school")
	d.look(t, ctx, "poster-form", posterPath+"/new")
	seen := watch(ctx)
	run(t, ctx, chromedp.EmulateViewport(1366, 768), chromedp.Navigate(d.URL+posterPath+"/new"),
		chromedp.SetValue(chromedp.CSS("select[name=subject]"), "womens-week:2"), chromedp.SetValue(chromedp.CSS("input[name=place]"), "东门社区公告栏"))
	press(t, ctx, "预览海报")
	lookHere(t, ctx, "poster-preview-1366")
	axe(t, ctx, "poster-preview")
	press(t, ctx, "做好")
	if at := eval[string](t, ctx, `location.pathname`); at != posterPath+"/p261220-1" || s.at("p261220-1") < 0 {
		t.Errorf("after making it one is at %s", at)
	}
	d.look(t, ctx, "poster-print", posterPath+"/gate/print/a4")
	for _, c := range []struct {
		size, box string
	}{{"a4", "595 842"}, {"a3", "842 1191"}, {"screen", "810 1440"}} {
		run(t, ctx, chromedp.Navigate(d.URL+posterPath+"/gate/print/"+c.size), chromedp.WaitVisible(chromedp.CSS("svg")))
		holdSheet(t, ctx, c.size, c.box)
	}
	seen.none(t)
}

var (
	pdfPage = regexp.MustCompile(`/Type\s*/Page[^s]`)
	pdfBox  = regexp.MustCompile(`/MediaBox\s*\[\s*0 0 ([0-9.]+) ([0-9.]+)\s*\]`)
)

// holdSheet prints the page that is shown and wants one sheet of a size, in
// points.
func holdSheet(t *testing.T, ctx context.Context, size, want string) {
	t.Helper()
	got, err := chromedp.Call(ctx, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: new(true), PrintBackground: new(true)})
	if err != nil {
		t.Fatal(err)
	}
	box := pdfBox.FindSubmatch(got.Data)
	if n := len(pdfPage.FindAll(got.Data, -1)); n != 1 || box == nil {
		t.Fatalf("%s prints on %d sheets, want 1 (box %q)", size, n, box)
	}
	var wide, high float64
	fmt.Sscan(string(box[1]), &wide)
	fmt.Sscan(string(box[2]), &high)
	if is := fmt.Sprintf("%.0f %.0f", wide, high); is != want {
		t.Errorf("%s prints on a sheet of %s points, want %s", size, is, want)
	}
}
