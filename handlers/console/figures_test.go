package console

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pufa/campaign"
	"pufa/content"
	"pufa/report"
	"pufa/staff"
	"pufa/stats"
)

// town is a made-up subdistrict with two years behind it.
type town struct {
	register
	days, months map[string]map[string]int64
	since        string
	lib          *content.Library
	down         error
}

// newTown lets perDay messages a day come in 2025 and 2026, until december.
func newTown(t testing.TB, perDay int) *town {
	t.Helper()
	lib, err := content.Load(content.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	w := &town{days: map[string]map[string]int64{}, months: map[string]map[string]int64{}, since: "20250101", lib: lib}
	r := rand.New(rand.NewPCG(20, 26))
	weights := make([]int, len(lib.Entries()))
	for i := range weights {
		weights[i] = int(1 + r.ExpFloat64()*r.ExpFloat64()*40)
	}
	for day := stats.Year(2025).From; day.Before(december); day = day.AddDate(0, 0, 1) {
		if perDay > 0 {
			w.live(r, day, perDay, weights)
		}
		if day.AddDate(0, 0, 1).Day() == 1 {
			for topic, n := range map[string]int64{"topic|consumer": 61, "topic|women": 23, "theme|3.15": 40} {
				w.raise(stats.Closing(stats.Window{Name: topic + "|" + stats.MonthOf(day), Ends: day.AddDate(0, 0, 1)}, n), 1)
			}
		}
	}
	return w
}

func (w *town) live(r *rand.Rand, day time.Time, perDay int, weights []int) {
	at := day.Add(9 * time.Hour)
	share := func(percent int) int64 { return int64(perDay * percent * (70 + r.IntN(60)) / 10000) }
	for hour := 6; hour < 23; hour++ {
		w.raise(stats.Event{At: day.Add(time.Duration(hour) * time.Hour), Kind: stats.Message, Outcome: "menu", Source: "text"}, share(1))
	}
	for range 40 {
		e := w.lib.Entries()[r.IntN(len(weights))]
		n := max(1, share(2)*int64(weights[r.IntN(len(weights))])/60)
		at := day.Add(time.Duration(7+min(r.IntN(16), r.IntN(16))) * time.Hour)
		w.raise(stats.Event{At: at, Kind: stats.Message, Outcome: "answered", Entry: e.ID, Topic: e.Topic(), Themes: e.Themes, Source: []string{"text", "voice", "menu"}[r.IntN(3)]}, n)
	}
	w.raise(stats.Event{At: at, Kind: stats.Message, Outcome: "referred", Source: "text"}, share(8))
	w.raise(stats.Event{At: at, Kind: stats.Gap, Outcome: stats.Shapes()[r.IntN(3)].ID, Entry: w.lib.Entries()[r.IntN(30)].ID, Length: "short"}, share(5))
	w.raise(stats.Event{At: at, Kind: stats.Helpful}, share(3))
	w.raise(stats.Event{At: at, Kind: stats.Unhelpful}, share(1))
	w.raise(stats.Event{At: at, Kind: stats.Subscribe, Source: "scan"}, share(2))
	w.raise(stats.Event{At: at, Kind: stats.PageOpen, Topic: "consumer", Entry: "consumer/seven-day-return", Source: stats.Via("w38")}, share(6))
	if r.IntN(9) == 0 {
		w.raise(stats.Crisis(at), 1)
	}
}

func (w *town) raise(e stats.Event, n int64) {
	for _, c := range e.Counters() {
		periods := w.days
		if c.Scope == stats.PerMonth {
			periods = w.months
		}
		if periods[c.Period] == nil {
			periods[c.Period] = map[string]int64{}
		}
		periods[c.Period][c.Field] += n * e.Amount()
	}
}

func (w *town) Since(context.Context) (string, error) { return w.since, w.down }

func (w *town) Counters(_ context.Context, from, to time.Time) (days, months map[string]map[string]int64, err error) {
	days, months = map[string]map[string]int64{}, map[string]map[string]int64{}
	p := stats.Period{From: from, To: to}
	for _, d := range p.Days() {
		if w.days[d] != nil {
			days[d] = w.days[d]
		}
	}
	for _, m := range p.Months() {
		if w.months[m] != nil {
			months[m] = w.months[m]
		}
	}
	return days, months, w.down
}

func (w *town) Residents(_ context.Context, periods ...string) (int64, error) {
	return int64(900 + 350*len(periods)), w.down
}

func (w *town) Scenes(context.Context) ([]stats.Scene, error) { return nil, w.down }

func (w *town) TicketCounts(context.Context, time.Time, time.Time) (map[string]map[string]int64, error) {
	return nil, w.down
}

// Sight and Report make town the Figures of a console.
func (w *town) Sight(ctx context.Context, p stats.Period) (report.Report, error) {
	r, err := w.Report(ctx, p)
	if err != nil {
		return r, err
	}
	c := campaign.Campaign{
		ID: "w38", Title: "三八维权周 <b>第一条</b>", Theme: "3.8", Channel: campaign.Mass, Began: p.From.Add(9 * time.Hour), Until: p.From.AddDate(0, 0, 7),
	}
	r.Campaigns = map[string]campaign.Campaign{c.ID: c}
	return r, r.AddPushes(ctx, w, func(of stats.Period) []stats.Pushed {
		if of != p {
			return nil
		}
		return []stats.Pushed{{
			Push: stats.Push{ID: c.ID, Theme: c.Theme, From: c.Began, Until: c.Until}, Sends: true,
			Done: stats.PushDone{Planned: 5210, Reached: 5188, Failed: 22},
		}}
	})
}

func (w *town) Scans(ctx context.Context, p stats.Period) (stats.Figure, error) {
	in, err := stats.Gather(ctx, w, p, december, nil)
	return stats.ScansOf(in), err
}

func (w *town) Report(ctx context.Context, p stats.Period) (r report.Report, err error) {
	entries := map[string][]string{}
	r.Topics, r.Entries, r.Street, r.Office = map[string]string{}, map[string]string{}, "东门街道", "东门司法所"
	for _, e := range w.lib.Entries() {
		entries[e.ID], r.Entries[e.ID] = e.Themes, e.Title
	}
	for _, topic := range w.lib.Topics() {
		r.Topics[topic.Slug] = topic.Name
	}
	r.Compared, err = stats.GatherCompared(ctx, w, p, december, entries)
	return r, err
}

// issuer is what the page of tokens asks, over a map.
type issuer struct {
	list []staff.APIToken
	did  int
}

func (i *issuer) List(context.Context) ([]staff.APIToken, error) { return i.list, nil }

func (i *issuer) Make(_ context.Context, by staff.Account, name string, scopes []staff.Scope, life time.Duration) (staff.APIToken, string, error) {
	i.did++
	if name == "" || len(scopes) == 0 {
		return staff.APIToken{}, "", fmt.Errorf("make token: %w, %w", staff.ErrTokenName, staff.ErrTokenScope)
	}
	t := staff.APIToken{ID: "0123456789ab", Name: name, Scopes: scopes, By: by.Name, Made: december, Expires: december.Add(life)}
	i.list = append(i.list, t)
	return t, "pufa_0123456789ab_the-secret", nil
}

func (i *issuer) Withdraw(context.Context, staff.Account, string) error {
	i.did++
	i.list = nil
	return nil
}

func figuresDesk(t *testing.T, w *town) (*desk, *issuer) {
	t.Helper()
	i := &issuer{}
	d := newDesk(t, func(c *Config) {
		c.Activities, c.Figures, c.Tokens = &w.register, w, i
		c.Now = func() time.Time { return december }
	})
	d.people["查看员"] = staff.Account{Name: "查看员", Roles: []staff.Role{staff.Viewer}}
	d.people["赵管"] = staff.Account{Name: "赵管", Roles: []staff.Role{staff.Admin}}
	return d, i
}

// dashboards are the periods that every test looks at.
var dashboards = map[string]string{
	"today": "?span=day", "week": "?span=week", "month": "", "quarter": "?span=quarter", "year": "?span=year", "last year": "?span=year&at=2025",
	"range": "?from=2026-03-03&to=2026-05-09",
}

func TestEveryFigureSaysHowItIsCounted(t *testing.T) {
	w := newTown(t, 400)
	d, _ := figuresDesk(t, w)
	d.signedIn(t, "查看员")
	_, rules := d.get(t, figuresPath+"/rules")
	for name, query := range dashboards {
		t.Run(name, func(t *testing.T) {
			resp, body := d.get(t, figuresPath+query)
			if resp.StatusCode != http.StatusOK {
				t.Fatalf("%s: %s", resp.Status, body)
			}
			if len(body) > 100<<10 {
				t.Errorf("the page has %d bytes", len(body))
			}
			for _, tile := range regexp.MustCompile(`(?s)<li class="card"><h2>.*?</li>`).FindAllString(body, -1) {
				if !strings.Contains(tile, `figures/rules#K`) || !strings.Contains(tile, `title="`) {
					t.Errorf("no rule in %s", tile)
				}
			}
			links := regexp.MustCompile(`rules#(K\d\d)"`).FindAllStringSubmatch(body, -1)
			if len(links) < 10 {
				t.Errorf("%d links to rules", len(links))
			}
			for _, link := range links {
				if !strings.Contains(rules, `id="`+link[1]+`"`) {
					t.Errorf("%s is not on the page of rules", link[1])
				}
			}
			if charts := strings.Count(body, "<svg"); charts != strings.Count(body, "看表格") || charts < 2 {
				t.Errorf("%d charts, %d tables behind them", charts, strings.Count(body, "看表格"))
			}
			if strings.Contains(body, "<b>第一条</b>") {
				t.Error("a title is shown as HTML")
			}
		})
	}
	if !strings.Contains(rules, "K38") {
		t.Error("the rules of campaigns are left out")
	}
}

func TestARunningPeriodSaysSo(t *testing.T) {
	w := newTown(t, 400)
	d, _ := figuresDesk(t, w)
	d.signedIn(t, "查看员")
	for query, want := range map[string]string{"": "本月未结", "?span=year": "本年未结（其中本月未结）", "?span=quarter": "本季未结", "?span=day": "当日结束后得出", "?span=year&at=2025": ""} {
		_, body := d.get(t, figuresPath+query)
		if want == "" && strings.Contains(body, "未结：") || !strings.Contains(body, want) {
			t.Errorf("%q: want %q", query, want)
		}
	}
	if _, body := d.get(t, figuresPath+"?span=month&at=2026-11"); !strings.Contains(body, "环比：与2026年10月相比；同比：与2025年11月相比。") || !regexp.MustCompile(`比上期(多|少) \d+`).MatchString(body) {
		t.Errorf("November is not compared")
	}
}

func TestEveryTableIsAFile(t *testing.T) {
	w := newTown(t, 400)
	d, _ := figuresDesk(t, w)
	d.signedIn(t, "查看员")
	_, body := d.get(t, figuresPath+"?span=year")
	links := regexp.MustCompile(`href="(/console/figures/table\?[^"]*)"`).FindAllStringSubmatch(body, -1)
	if len(links) < 12 {
		t.Fatalf("%d files", len(links))
	}
	for _, link := range links {
		path := strings.ReplaceAll(link[1], "&amp;", "&")
		resp, text := d.get(t, path)
		if resp.StatusCode != 200 || !strings.HasPrefix(text, "\ufeff") || strings.Count(text, "\n") < 2 {
			t.Errorf("%s: %s %.80q", path, resp.Status, text)
		}
	}
	if resp, _ := d.get(t, figuresPath+"/table?span=year&name=没有的表"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a table that is not there: %s", resp.Status)
	}
}

func TestSmallNumbersAreHiddenOnTheDashboard(t *testing.T) {
	w := newTown(t, 0)
	for i, e := range w.lib.Entries()[:40] {
		w.raise(stats.Event{At: december, Kind: stats.Message, Outcome: "answered", Entry: e.ID, Topic: e.Topic(), Themes: e.Themes, Source: "text"}, int64(1+i%3))
	}
	d, _ := figuresDesk(t, w)
	d.signedIn(t, "查看员")
	_, body := d.get(t, figuresPath+"?span=month")
	r, err := w.Report(t.Context(), stats.MonthToDate(december))
	if err != nil {
		t.Fatal(err)
	}
	hidden := 0
	for _, f := range r.Figures {
		if f.ID == "messages" {
			for _, c := range f.By["topic"] {
				if c.Hidden {
					hidden++
				}
			}
		}
	}
	if shown := strings.Count(body, "少于5"); hidden > 0 && shown < hidden {
		t.Errorf("%d topics are hidden, the page hides %d", hidden, shown)
	}
}

func TestPeriodsThatCannotBeRead(t *testing.T) {
	w := newTown(t, 0)
	d, _ := figuresDesk(t, w)
	d.signedIn(t, "查看员")
	for _, c := range []struct {
		query  string
		status int
		want   string
	}{
		{"?span=week&at=2026-W60", 422, sayNoPeriod},
		{"?span=month&at=<script>", 422, sayNoPeriod},
		{"?from=2026-03-08&to=2026-03-01", 422, sayPeriodBack},
		{"?from=2026-03-08", 422, sayNoPeriod},
		{"?from=2021-01-01&to=2026-01-01", 422, sayPeriodLong},
		{"?span=year&at=1911", 422, sayPeriodFar},
		{"?span=era", 404, sayNoPage},
	} {
		t.Run(c.query, func(t *testing.T) {
			for _, page := range []string{"", "/report"} {
				if resp, body := d.get(t, figuresPath+page+c.query); resp.StatusCode != c.status || !strings.Contains(body, c.want) || strings.Contains(body, "<script>") {
					t.Errorf("%s: %s %s", page, resp.Status, body)
				}
			}
			if resp, _ := d.get(t, figuresPath+"/report/file"+c.query+"&format=json"); resp.StatusCode != http.StatusNotFound {
				t.Errorf("the file: %s", resp.Status)
			}
		})
	}
}

func TestReportsAreThoseOfTheCommand(t *testing.T) {
	w := newTown(t, 400)
	d, _ := figuresDesk(t, w)
	d.signedIn(t, "查看员")
	p, err := stats.ParseMonth("2026-11")
	if err != nil {
		t.Fatal(err)
	}
	r, err := w.Report(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range slices.Sorted(maps.Keys(report.Formats())) {
		t.Run(format, func(t *testing.T) {
			var want bytes.Buffer
			if err := report.Formats()[format](&want, r); err != nil {
				t.Fatal(err)
			}
			resp, body := d.get(t, figuresPath+"/report/file?span=month&at=2026-11&format="+format)
			if resp.StatusCode != 200 || body != want.String() {
				t.Errorf("%s, %d bytes, want %d", resp.Status, len(body), want.Len())
			}
			if name := resp.Header.Get("Content-Disposition"); !strings.HasPrefix(name, `attachment; filename="report-2026-11.`+format+`"; filename*=UTF-8''%E6%99%AE`) {
				t.Errorf("name %s", name)
			}
		})
	}
	if resp, _ := d.get(t, figuresPath+"/report/file?format=exe"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("another format: %s", resp.Status)
	}
}

func TestTokensAreShownOnce(t *testing.T) {
	d, i := figuresDesk(t, newTown(t, 0))
	d.signedIn(t, "赵管")
	if resp, body := d.post(t, tokenPath, "name", "", "days", "30"); resp.StatusCode != 422 || !strings.Contains(body, "请至少选一项") || !strings.Contains(body, "请填写用途") {
		t.Fatalf("%s: %s", resp.Status, body)
	}
	resp, body := d.post(t, tokenPath, "name", "<i>平台</i>", "scope", "figures", "days", "30")
	if resp.StatusCode != 200 || !strings.Contains(body, "pufa_0123456789ab_the-secret") || strings.Contains(body, "<i>") || !strings.Contains(body, "2027-01-19") {
		t.Fatalf("%s: %s", resp.Status, body)
	}
	if _, body := d.get(t, tokenPath); strings.Contains(body, "the-secret") || !strings.Contains(body, "0123456789ab") {
		t.Errorf("shown again: %s", body)
	}
	if _, body := d.post(t, tokenPath+"/0123456789ab/withdraw"); !strings.Contains(body, "令牌已撤销") || len(i.list) != 0 {
		t.Errorf("not withdrawn: %s", body)
	}
}

func TestWhoMayDoWhatWithFigures(t *testing.T) {
	w := newTown(t, 0)
	d, i := figuresDesk(t, w)
	all := []string{"查看员", "王编", "李审", "赵管"}
	routes := []struct {
		method, path string
		may          []string
	}{
		{"GET", figuresPath, all},
		{"GET", figuresPath + "/table?name=总体情况", all},
		{"GET", figuresPath + "/rules", all},
		{"GET", figuresPath + "/report", all},
		{"GET", figuresPath + "/report/file?format=json", all},
		{"GET", tokenPath, []string{"赵管"}},
		{"POST", tokenPath, []string{"赵管"}},
		{"POST", tokenPath + "/0123456789ab/withdraw", []string{"赵管"}},
	}
	if c := (&Console{Config: Config{Figures: w, Tokens: i}}); len(c.figuresRoutes()) != len(routes) {
		t.Fatalf("%d routes, %d are tried", len(c.figuresRoutes()), len(routes))
	}
	everyRoute(t, d, all, routes)
	if i.did != 2 {
		t.Errorf("tokens were changed %d times, want 2: by 管理 alone", i.did)
	}
}

func TestFiguresWithTheStoreAway(t *testing.T) {
	w := newTown(t, 0)
	d, _ := figuresDesk(t, w)
	d.signedIn(t, "查看员")
	w.down = context.DeadlineExceeded
	for _, path := range []string{"", "/table?name=总体情况", "/report/file?format=csv"} {
		if resp, body := d.get(t, figuresPath+path); resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, sayAway) {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
}

func TestPagesOfFiguresInABrowser(t *testing.T) {
	ctx := browser(t)
	w := newTown(t, 400)
	for i, a := range []stats.Activity{
		lecture,
		{Kind: "宣讲会", On: "2026-12-08", Place: "西河社区广场", Theme: "反诈", Quantity: 1, People: 120, Estimated: true},
		{Kind: "横幅", On: "2026-12-01", Place: "惠民工业园", Theme: "民法典宣传月", Quantity: 8},
		{Kind: "进学校", On: "2026-11-20", Place: "实验小学", Quantity: 1, People: 210, Material: "漫画册", Items: 210, Ref: "照片第31号"},
		{Kind: stats.Mediation, On: "2026-12", Accepted: 102, Succeeded: 98},
	} {
		l := w.enter(t, "王编", a)
		if i%2 == 0 {
			if _, err := w.KeepActivity(t.Context(), func(g *stats.Register) (stats.ActivityLine, error) {
				return g.Confirm("李审", december, l.Of, 0)
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	d, i := figuresDesk(t, w)
	i.list = []staff.APIToken{{ID: "0123456789ab", Name: "区局数据平台", Scopes: staff.Scopes(), By: "赵管", Made: december, Expires: december.AddDate(0, 3, 0)}}
	d.people["王编"] = staff.Account{Name: "王编", Roles: staff.Roles()}
	d.inBrowser(t, ctx, "王编")
	pages := []struct{ name, path string }{
		{"figures-year", figuresPath + "?span=year"},
		{"activity-list", activityPath + "?month=2026-12"},
		{"activity-form", activityPath + "/new"},
		{"figures-month", figuresPath},
		{"figures-today", figuresPath + "?span=day"},
		{"figures-rules", figuresPath + "/rules"},
		{"figures-report", figuresPath + "/report"},
		{"figures-tokens", tokenPath},
		{"activity-one", activityPath + "/3"},
		{"activity-month", activityPath + "/new?kind=人民调解"},
		{"activity-correct", activityPath + "/3/correct"},
	}
	if os.Getenv("PUFA_SHOTS") == "" {
		pages = pages[:3] // all of them take half a minute: with pictures only
	}
	for _, p := range pages {
		d.look(t, ctx, p.name, p.path)
	}
}
