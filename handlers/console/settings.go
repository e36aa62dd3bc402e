package console

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"pufa/staff"
)

// zone is where days are counted; it knows no summer time.
var zone = time.FixedZone("Asia/Shanghai", 8*60*60)

// day is the day of a time; empty for none.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(time.DateOnly)
}

func accountURL(name string) string {
	return Path + "/settings/accounts/of/" + url.PathEscape(name)
}

// Health finds out the state of the service.
type Health interface {
	// Facts are what the page shows, in order. It never fails: what cannot be
	// found out is a fact too.
	Facts(ctx context.Context) []Fact
}

// Grade says how good a fact or a step is; the word beside it says it too.
type Grade string

// The grades.
const (
	Good  Grade = "good"
	Warn  Grade = "warn"
	Bad   Grade = "bad"
	Plain Grade = ""
)

// Word is the grade as the page writes it.
func (g Grade) Word() string {
	switch g {
	case Good:
		return "正常"
	case Warn:
		return "要注意"
	case Bad:
		return "有问题"
	}
	return "未查"
}

// Fact is one line of the state: what it is about, how it is, and what to do.
type Fact struct {
	Name, Text, Mend string
	Grade            Grade
	URL              string // where to do it, may be empty
}

// Linking checks the connection with WeChat step by step.
type Linking interface {
	// Set reports whether an account is set up at all.
	Set() bool
	// Check takes the steps in order; one that cannot be taken because an
	// earlier one failed is Plain. It takes at most some seconds.
	Check(ctx context.Context) []Fact
}

// settingsRoutes show the state of the service.
func (c *Console) settingsRoutes() []route {
	var list []route
	if tabs := c.settingsTabs(); len(tabs) > 0 {
		list = append(list, route{pattern: "GET " + Path + "/settings", role: staff.Admin, do: func(v *visit) error {
			http.Redirect(v.w, v.r, tabs[0].URL, http.StatusSeeOther)
			return nil
		}})
	}
	if c.Health != nil {
		list = append(list, route{pattern: "GET " + Path + "/settings/health", role: staff.Admin, do: (*visit).health})
	}
	if c.Health != nil && c.Linking != nil {
		list = append(list, route{pattern: "POST " + Path + "/settings/health/wechat", role: staff.Admin, do: (*visit).checkLink})
	}
	return list
}

// settingsTabs are the pages of the settings that there are.
func (c *Console) settingsTabs() (list []section) {
	for _, tab := range []struct {
		there     bool
		name, url string
	}{
		{c.Health != nil, "运行状态", "/health"},
		{c.Model != nil, modelTab, "/model"},
		{c.Streets != nil, "街道信息", "/street"},
		{c.Keeper != nil && c.Trail != nil, "账号", "/accounts"},
		{c.Keeper != nil && c.Trail != nil, "审计记录", "/trail"},
	} {
		if tab.there {
			list = append(list, section{Name: tab.name, URL: Path + "/settings" + tab.url, role: staff.Admin})
		}
	}
	return list
}

// tabs are the pages of the settings, the one shown marked.
func (v *visit) tabs() []section { return v.marked(v.settingsTabs()) }

// healthPage is the state of the service. Steps are those of a check of the
// connection that was just made.
type healthPage struct {
	Tabs    []section
	Facts   []Fact
	Linking bool // there is something to check the connection with
	Linked  bool // an account is set up
	Steps   []Fact
	At      string // when the steps were taken
}

func (v *visit) healthPage() healthPage {
	p := healthPage{Tabs: v.tabs(), Facts: v.Health.Facts(v.r.Context()), Linking: v.Linking != nil}
	p.Linked = p.Linking && v.Linking.Set()
	return p
}

func (v *visit) health() error { return v.page("health", "运行状态", v.healthPage()) }

// checkLink calls the platform. It changes nothing there, so that a reload
// that checks once more does no harm.
func (v *visit) checkLink() error {
	steps := v.Linking.Check(v.r.Context())
	p := v.healthPage()
	p.Steps, p.At = steps, v.Now().In(zone).Format("15:04:05")
	return v.page("health", "运行状态", p)
}

// Waiting tells what waits for a person.
type Waiting interface {
	// Waiting returns what the person can do something about, by their roles:
	// lines whose Count is 0 are left out.
	Waiting(ctx context.Context, who staff.Account) ([]Wait, error)
}

// Wait is one thing that waits.
type Wait struct {
	Name  string // 待审核的推送
	Count int
	Text  string // what to do, or why it matters; one sentence
	URL   string // where
	Grade Grade  // Bad: residents or the law wait
}

// todayPage is the first page. Failed are sections that could not be asked.
type todayPage struct {
	Waits  []Wait
	Failed bool
	Roles  []roleChoice
}

// today shows what waits for the person. A section that cannot be asked leaves
// the others standing.
// urgency sorts what cannot wait before the rest.
func urgency(w Wait) int {
	if w.Grade == Bad {
		return 1
	}
	return 0
}

func (v *visit) today() error {
	p := todayPage{Roles: v.choices(v.who.Roles)}
	for _, w := range v.Waiting {
		list, err := w.Waiting(v.r.Context(), v.who)
		if err != nil {
			v.Log.Error("what waits could not be read", "from", fmt.Sprintf("%T", w), "error", err)
			p.Failed = true
		}
		for _, one := range list {
			if one.Count > 0 {
				p.Waits = append(p.Waits, one)
			}
		}
	}
	slices.SortStableFunc(p.Waits, func(a, b Wait) int { return urgency(b) - urgency(a) })
	return v.page("today", "今天", p)
}
