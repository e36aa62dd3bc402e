package console

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"path"

	"pufa/report"
	"pufa/stats"
)

const figuresPath = Path + "/figures"

// Figures are what the pages of figures show.
type Figures interface {
	// Sight is a period at one moment, with what is over from memory.
	Sight(ctx context.Context, p stats.Period) (report.Report, error)
	// Scans is what Sight has of the scans of posters.
	Scans(ctx context.Context, p stats.Period) (stats.Figure, error)
	// Report is a period with everything read anew: what is handed in.
	Report(ctx context.Context, p stats.Period) (report.Report, error)
}

func (c *Console) figuresRoutes() []route {
	var list []route
	if c.Figures != nil {
		list = []route{
			{pattern: "GET " + figuresPath, do: (*visit).figures},
			{pattern: "GET " + figuresPath + "/table", do: (*visit).figuresTable},
			{pattern: "GET " + figuresPath + "/rules", do: (*visit).figuresRules},
			{pattern: "GET " + figuresPath + "/report", do: (*visit).reportPage},
			{pattern: "GET " + figuresPath + "/report/file", do: (*visit).reportFile},
		}
	}
	return append(list, c.tokenRoutes()...)
}

func (c *Console) figuresNav() []section {
	if c.Figures == nil {
		return nil
	}
	return []section{{Name: "数字", URL: figuresPath}}
}

// figuresPage is the dashboard of a period.
type figuresPage struct {
	Tabs    []figuresTab
	Choice  periodChoice
	Running string // why the numbers still grow; empty when the period is over
	Against string // what the changes are against
	Tiles   []tile
	Parts   []figuresPart
}

// figuresTab is one of the pages about figures.
type figuresTab struct {
	Name, URL string
	Here      bool
}

func (v *visit) figuresTabs(here string) []figuresTab {
	list := []figuresTab{
		{Name: "数字", URL: figuresPath}, {Name: "下载报告", URL: figuresPath + "/report"}, {Name: "统计口径", URL: figuresPath + "/rules"},
	}
	if v.mayManageTokens() {
		list = append(list, figuresTab{Name: "接口令牌", URL: tokenPath})
	}
	for i := range list {
		list[i].Here = list[i].Name == here
	}
	return list
}

func (v *visit) figures() error {
	choice, err := v.periodChoice()
	if err != nil {
		return v.figuresAgain(err)
	}
	sight, err := v.Figures.Sight(v.r.Context(), choice.period)
	if err != nil {
		return err
	}
	parts, err := partsOf(sight, choice)
	if err != nil {
		return err
	}
	return v.page("figures-dashboard", choice.period.Label()+"的数字", figuresPage{
		Tabs: v.figuresTabs("数字"), Choice: choice, Running: running(sight.Compared), Against: against(sight.Compared),
		Tiles: tiles(sight.Compared), Parts: parts,
	})
}

// figuresAgain shows the choice of a period anew when it cannot be read.
func (v *visit) figuresAgain(err error) error {
	say, ok := sayOfPeriod(err)
	if !ok {
		return err
	}
	q := v.r.URL.Query()
	choice := v.choiceOf(stats.MonthToDate(v.Now()))
	choice.From, choice.To = asText(q.Get("from")), asText(q.Get("to"))
	return v.again("figures-dashboard", "数字", say, figuresPage{Tabs: v.figuresTabs("数字"), Choice: choice})
}

// running says that a period is not over.
func running(c stats.Compared) string {
	if !c.Open() {
		return ""
	}
	name := map[stats.Span]string{
		stats.Day: "今日未结", stats.Week: "本周未结", stats.Month: "本月未结", stats.Quarter: "本季未结", stats.Whole: "本年未结",
	}[c.Period.Span()]
	if name == "" {
		name = "本期未结"
	}
	if name != "本月未结" && name != "今日未结" && name != "本周未结" {
		name += "（其中本月未结）"
	}
	return name + "：数字还会增加，不算增减；按主题、专题的居民数在当月结束后才得出。"
}

// against names the periods that the changes are against.
func against(c stats.Compared) string {
	switch {
	case c.Before.Figures == nil && (c.YearBefore == nil || c.YearBefore.Figures == nil):
		return "上期和上年同期没有完整的计数，不作比较。"
	case c.YearBefore == nil || c.YearBefore.Figures == nil || c.YearBefore.Period == c.Before.Period:
		return "与" + c.Before.Period.Label() + "相比。"
	case c.Before.Figures == nil:
		return "与" + c.YearBefore.Period.Label() + "相比。"
	}
	return "环比：与" + c.Before.Period.Label() + "相比；同比：与" + c.YearBefore.Period.Label() + "相比。"
}

// figuresTable is one table of the dashboard as CSV.
func (v *visit) figuresTable() error {
	choice, err := v.periodChoice()
	if err != nil {
		return errNoPage
	}
	sight, err := v.Figures.Sight(v.r.Context(), choice.period)
	if err != nil {
		return err
	}
	parts, err := partsOf(sight, choice)
	if err != nil {
		return err
	}
	name := v.r.URL.Query().Get("name")
	for _, part := range parts {
		for _, p := range append(part.Charts, part.Panels...) {
			if p.Name == name {
				text, err := p.csv()
				if err != nil {
					return err
				}
				return v.attached("table-"+choice.At+".csv", p.Name+"-"+choice.At+".csv", text)
			}
		}
	}
	return errNoPage
}

// attached sends a file to be kept. plain is its name in ASCII, for programs
// that know no other.
func (v *visit) attached(plain, name string, data []byte) error {
	kinds := map[string]string{
		".csv": "text/csv; charset=utf-8", ".svg": "image/svg+xml", ".json": "application/json; charset=utf-8",
		".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	}
	h := v.w.Header()
	h.Set("Content-Type", kinds[path.Ext(plain)])
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s"; filename*=UTF-8''%s`, plain, url.PathEscape(name)))
	h.Set("X-Content-Type-Options", "nosniff")
	v.w.WriteHeader(http.StatusOK)
	_, err := v.w.Write(data)
	return err
}

// figuresRule is a counting rule as the page of rules shows it.
type figuresRule struct{ Number, Name, What, Source, Dedup, Trial, Not string }

// rulesPage is 统计口径.
type rulesPage struct {
	Tabs  []figuresTab
	Rules []figuresRule
}

func (v *visit) figuresRules() error {
	page := rulesPage{Tabs: v.figuresTabs("统计口径")}
	for _, r := range allRules() {
		page.Rules = append(page.Rules, figuresRule{r.Number, r.Name, r.What, r.Source, r.Dedup, r.Trial, r.Not})
	}
	return v.page("figures-rules", "统计口径", page)
}

func allRules() []stats.Rule { return append(stats.Rules(), stats.PushRules()...) }

// ruleRef is a link to a rule, with what it says for whoever points at it.
type ruleRef struct{ Number, Name, What string }

// refs finds the rules of some numbers.
func refs(numbers ...string) (list []ruleRef) {
	for _, n := range numbers {
		for _, r := range allRules() {
			if r.Number == n {
				list = append(list, ruleRef{r.Number, r.Name, r.Name + "：" + r.What + "。不表示：" + r.Not + "。"})
			}
		}
	}
	return list
}

// drawing is a chart as a part of a page. It is drawn by package report, which
// escapes every word in it.
func drawing(svg string) template.HTML {
	return template.HTML(svg) //nolint:gosec // made by report.SVG alone
}
