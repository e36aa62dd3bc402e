package console

import (
	"context"
	"encoding/csv"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"pufa/staff"
	"pufa/stats"
)

// register keeps activities in memory.
type register struct {
	mu   sync.Mutex
	kept stats.Register
	down error
}

func (r *register) Activities(context.Context) (*stats.Register, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return &r.kept, r.down
}

func (r *register) KeepActivity(_ context.Context, line func(*stats.Register) (stats.ActivityLine, error)) (stats.ActivityLine, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.down != nil {
		return stats.ActivityLine{}, r.down
	}
	l, err := line(&r.kept)
	if err == nil {
		err = r.kept.Add(l)
	}
	return l, err
}

// december is a time of the tests.
var december = time.Date(2026, 12, 20, 15, 0, 0, 0, time.FixedZone("Asia/Shanghai", 8*60*60))

func activityDesk(t *testing.T) (*desk, *register) {
	t.Helper()
	r := &register{}
	d := newDesk(t, func(c *Config) {
		c.Activities = r
		c.Now = func() time.Time { return december }
	})
	d.people["查看员"] = staff.Account{Name: "查看员", Roles: []staff.Role{staff.Viewer}}
	d.people["双人"] = staff.Account{Name: "双人", Roles: []staff.Role{staff.Editor, staff.Reviewer}}
	return d, r
}

func (r *register) enter(t *testing.T, by string, a stats.Activity) stats.ActivityLine {
	t.Helper()
	l, err := r.KeepActivity(t.Context(), func(g *stats.Register) (stats.ActivityLine, error) { return g.Enter(by, december, a) })
	if err != nil {
		t.Fatal(err)
	}
	return l
}

var lecture = stats.Activity{Kind: "法治讲座", On: "2026-12-04", Place: "东门社区", Theme: "12.4", Quantity: 1, People: 60, Material: "折页", Items: 80}

func TestAnActivityFromEntryToConfirmation(t *testing.T) {
	d, r := activityDesk(t)
	d.signedIn(t, "王编")
	if _, body := d.get(t, activityPath+"?month=2026-12"); !strings.Contains(body, "还没有登记活动") || !strings.Contains(body, "登记一项活动") {
		t.Fatalf("the empty month: %s", body)
	}
	fields := []string{"kind", "法治讲座", "on", "2026-12-04", "place", "东门社区", "theme", "12.4", "quantity", "", "people", "60", "estimated", "1"}
	resp, body := d.post(t, activityPath+"/new", fields...)
	if resp.Request.URL.Path != activityPath+"/1" || !strings.Contains(body, "已登记为第1号") || !strings.Contains(body, "60人次（估计）") || !strings.Contains(body, "未核实") {
		t.Fatalf("%s: %s", resp.Request.URL, body)
	}
	if strings.Contains(body, "/1/confirm") {
		t.Error("whoever entered it sees the button to confirm")
	}
	if _, body = d.post(t, activityPath+"/new", fields...); !strings.Contains(body, "没有重复登记") || r.kept.Lines() != 1 {
		t.Errorf("a double click: %d lines, %s", r.kept.Lines(), body)
	}
	other := *d
	other.client = newClient(t)
	other.signedIn(t, "李审")
	if _, body := other.get(t, activityPath+"/1"); !strings.Contains(body, "核实：内容属实") {
		t.Errorf("a reviewer has no button: %s", body)
	}
	for range 2 {
		if resp, body := other.post(t, activityPath+"/1/confirm", "seen", "1"); resp.StatusCode != 200 || !strings.Contains(body, "第1号已核实") {
			t.Fatalf("confirm: %s %s", resp.Status, body)
		}
	}
	if r.kept.Lines() != 2 {
		t.Errorf("a double click on confirm: %d lines", r.kept.Lines())
	}
}

func TestNobodyConfirmsTheirOwn(t *testing.T) {
	d, r := activityDesk(t)
	r.enter(t, "双人", lecture)
	d.signedIn(t, "双人")
	resp, body := d.post(t, activityPath+"/1/confirm", "seen", "1")
	if resp.StatusCode != http.StatusForbidden || !strings.Contains(body, sayOwnActivity) || r.kept.Lines() != 1 {
		t.Errorf("%s: %d lines, %s", resp.Status, r.kept.Lines(), body)
	}
}

func TestWhatWasCorrectedIsLookedAtAgain(t *testing.T) {
	d, r := activityDesk(t)
	r.enter(t, "王编", lecture)
	if _, err := r.KeepActivity(t.Context(), func(g *stats.Register) (stats.ActivityLine, error) {
		a := lecture
		a.People = 61
		return g.Correct("王编", december, 1, a, "签到表")
	}); err != nil {
		t.Fatal(err)
	}
	d.signedIn(t, "双人")
	for _, c := range []struct {
		name, path string
		fields     []string
		want       string
	}{
		{"confirm", "/1/confirm", []string{"seen", "1"}, sayLateActivity},
		{"withdraw", "/1/withdraw", []string{"seen", "1", "why", "重复"}, sayLateWithdraw},
		{"correct", "/1/correct", []string{"seen", "1", "kind", "法治讲座", "on", "2026-12-04", "place", "西河社区", "people", "70", "why", "我的原因"}, sayActivityMoved},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp, body := d.post(t, activityPath+c.path, c.fields...)
			if resp.StatusCode != http.StatusConflict || !strings.Contains(body, c.want) || r.kept.Lines() != 2 {
				t.Fatalf("%s: %d lines, %s", resp.Status, r.kept.Lines(), body)
			}
			if c.name == "correct" && (!strings.Contains(body, `value="西河社区"`) || !strings.Contains(body, "61人次") || !strings.Contains(body, `value="我的原因"`)) {
				t.Errorf("what was typed, or what there is now, is lost: %s", body)
			}
		})
	}
	resp, body := d.post(t, activityPath+"/1/correct", "seen", "2", "kind", "法治讲座", "on", "2026-12-04", "place", "西河社区", "people", "70")
	if resp.StatusCode != 200 || !strings.Contains(body, "第1号已更正") {
		t.Errorf("%s: %s", resp.Status, body)
	}
}

func TestAFormWithMistakesIsShownAgain(t *testing.T) {
	d, r := activityDesk(t)
	r.enter(t, "王编", stats.Activity{Kind: stats.Mediation, On: "2026-11", Accepted: 12, Succeeded: 11})
	d.signedIn(t, "王编")
	for _, c := range []struct {
		name   string
		fields []string
		want   []string
	}{
		{"nothing typed", nil, []string{"请选择种类。"}},
		{"no place and a day to come", []string{"kind", "宣讲会", "on", "2027-01-01"}, []string{"请填写地点。", "日期还没到"}},
		{"words for a number", []string{"kind", "宣讲会", "on", "2026-12-01", "place", "东门", "people", "很多"}, []string{"请填写整数。", `value="很多"`}},
		{"a telephone number", []string{"kind", "宣讲会", "on", "2026-12-01", "place", "找13800000000"}, []string{"不要写电话号码"}},
		{"what a browser would run", []string{"kind", "宣讲会", "on", "2026-12-01", "place", "", "theme", `"><script>alert(1)</script>`}, []string{"请填写地点。", "&lt;script&gt;"}},
		{"a month that is there", []string{"kind", stats.Mediation, "on", "2026-11", "accepted", "1", "succeeded", "1"}, []string{sayMonthEntered}},
		{"a month's counts with a wrong month", []string{"kind", stats.LegalAid, "on", "十一月", "accepted", "1"}, []string{"请填写月份"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp, body := d.post(t, activityPath+"/new", c.fields...)
			if resp.StatusCode != http.StatusUnprocessableEntity || r.kept.Lines() != 1 || strings.Contains(body, "<script>alert") {
				t.Fatalf("%s: %d lines, %s", resp.Status, r.kept.Lines(), body)
			}
			for _, want := range c.want {
				if !strings.Contains(body, want) {
					t.Errorf("no %q in %s", want, body)
				}
			}
		})
	}
}

func TestMonthlyCountsAreEnteredAndWithdrawn(t *testing.T) {
	d, r := activityDesk(t)
	d.signedIn(t, "王编")
	if _, body := d.get(t, activityPath+"/new?kind=人民调解&on=2026-11"); !strings.Contains(body, "受理件数") || strings.Contains(body, "地点") || !strings.Contains(body, `value="2026-11"`) {
		t.Fatalf("the form of a month: %s", body)
	}
	if _, body := d.post(t, activityPath+"/new", "kind", stats.Mediation, "on", "2026-11", "accepted", "102", "succeeded", "99"); !strings.Contains(body, "受理102件，成功99件") {
		t.Fatalf("entered: %s", body)
	}
	if _, body := d.get(t, activityPath+"?month=2026-11"); !strings.Contains(body, "受理102件，成功99件") {
		t.Errorf("the month: %s", body)
	}
	resp, body := d.post(t, activityPath+"/1/withdraw", "seen", "1", "why", "登记错月份")
	if resp.Request.URL.RequestURI() != activityPath+"?month=2026-11" || !strings.Contains(body, "第1号已撤销") {
		t.Errorf("%s: %s", resp.Request.URL, body)
	}
	if resp, _ := d.get(t, activityPath+"/1"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a withdrawn activity is shown: %s", resp.Status)
	}
	if r.kept.Lines() != 2 {
		t.Errorf("%d lines", r.kept.Lines())
	}
}

func TestTheFileOfActivitiesIsNotEvaluated(t *testing.T) {
	d, r := activityDesk(t)
	evil := lecture
	evil.Place, evil.Ref = `=HYPERLINK("http://evil.example")`, "@SUM(1)"
	r.enter(t, "王编", evil)
	r.enter(t, "王编", stats.Activity{Kind: stats.LegalAid, On: "2026-11", Accepted: 3})
	d.signedIn(t, "查看员")
	resp, body := d.get(t, activityPath+"/file?year=2026")
	if got := resp.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment;") || resp.Header.Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Errorf("%q %q", got, resp.Header.Get("Content-Type"))
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "@") {
				t.Errorf("a spreadsheet would evaluate %q", cell)
			}
		}
	}
	if _, body := d.get(t, activityPath+"/file?month=2026-11"); strings.Contains(body, "HYPERLINK") || !strings.Contains(body, "法律援助") {
		t.Errorf("the file of November: %s", body)
	}
	if _, body := d.get(t, activityPath+"?month=2026-12"); !strings.Contains(body, "=HYPERLINK(&#34;") {
		t.Errorf("the page does not show it as it is: %s", body)
	}
}

func TestWhoMayDoWhatWithActivities(t *testing.T) {
	d, r := activityDesk(t)
	r.enter(t, "双人", lecture)
	routes := []struct {
		method, path string
		may          []string
	}{
		{"GET", activityPath, []string{"查看员", "王编", "李审"}},
		{"GET", activityPath + "/file?month=2026-12", []string{"查看员", "王编", "李审"}},
		{"GET", activityPath + "/1", []string{"查看员", "王编", "李审"}},
		{"GET", activityPath + "/new", []string{"王编"}},
		{"POST", activityPath + "/new", []string{"王编"}},
		{"GET", activityPath + "/1/correct", []string{"王编"}},
		{"POST", activityPath + "/1/correct", []string{"王编"}},
		{"POST", activityPath + "/1/withdraw", []string{"王编"}},
		{"POST", activityPath + "/1/confirm", []string{"李审"}},
	}
	if c := (&Console{Config: Config{Activities: r}}); len(c.activityRoutes()) != len(routes) {
		t.Fatalf("%d routes, %d are tried", len(c.activityRoutes()), len(routes))
	}
	everyRoute(t, d, []string{"查看员", "王编", "李审"}, routes)
	if r.kept.Lines() > 3 {
		t.Errorf("%d lines", r.kept.Lines())
	}
}

// everyRoute tries every route as everybody: who may not gets 403, whoever is
// not signed in the door.
func everyRoute(t *testing.T, d *desk, names []string, routes []struct {
	method, path string
	may          []string
},
) {
	t.Helper()
	for _, name := range append(names, "") {
		one := *d
		one.client = newClient(t)
		if name != "" {
			one.signedIn(t, name)
		}
		for _, rt := range routes {
			var resp *http.Response
			if rt.method == "GET" {
				resp, _ = one.get(t, rt.path)
			} else {
				resp, _ = one.post(t, rt.path, "seen", "99")
			}
			want := http.StatusForbidden
			for _, may := range rt.may {
				if may == name {
					want = 0
				}
			}
			switch atDoor := resp.Request.URL.Path == Path+"/sign-in" || resp.StatusCode == http.StatusUnauthorized; {
			case name == "" && !atDoor:
				t.Errorf("%s %s lets in whoever is not signed in: %s", rt.method, rt.path, resp.Status)
			case name != "" && want == 0 && (resp.StatusCode == http.StatusForbidden || atDoor):
				t.Errorf("%s %s is shut to %s: %s", rt.method, rt.path, name, resp.Status)
			case name != "" && want != 0 && resp.StatusCode != want:
				t.Errorf("%s %s answers %s with %s", rt.method, rt.path, name, resp.Status)
			}
		}
	}
}

func TestActivitiesThatAreNotThere(t *testing.T) {
	d, r := activityDesk(t)
	d.signedIn(t, "双人")
	for _, path := range []string{"/0", "/-1", "/9", "/abc", "/1/correct", "/file?year=abc", "?month=2026", "?month=1999-01", "?month=../../etc"} {
		if resp, _ := d.get(t, activityPath+path); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
	r.down = context.DeadlineExceeded
	if resp, body := d.get(t, activityPath); resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, sayAway) {
		t.Errorf("with the store away: %s", resp.Status)
	}
}

func TestUnconfirmedActivitiesWaitForAReviewer(t *testing.T) {
	_, r := activityDesk(t)
	r.enter(t, "王编", lecture)
	w := WaitingActivities{r}
	for name, want := range map[string]int{"李审": 1, "王编": 0, "查看员": 0} {
		who := staff.Account{Name: name, Roles: map[string][]staff.Role{"李审": {staff.Reviewer}, "王编": {staff.Editor, staff.Reviewer}, "查看员": {staff.Viewer}}[name]}
		list, err := w.Waiting(t.Context(), who)
		got := 0
		for _, one := range list {
			got += one.Count
		}
		if err != nil || got != want {
			t.Errorf("%s: %d wait, %v, want %d", name, got, err, want)
		}
	}
}
