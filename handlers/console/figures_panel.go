package console

import (
	"bytes"
	"fmt"
	"html/template"
	"regexp"
	"slices"
	"strings"

	"pufa/report"
	"pufa/stats"
)

// figuresPart is a chapter of the dashboard.
type figuresPart struct {
	Heading string
	Words   []string       // what the report says, beside an odd number of charts
	Charts  []figuresPanel // with a drawing
	Panels  []figuresPanel // without
}

// figuresPanel is a table with its chart, its rules and its file.
type figuresPanel struct {
	Name, Title string
	SVG         template.HTML // empty: there is no chart
	Columns     []string
	Rows        [][]report.Value
	All         int // how many rows there are, where they are not all in Rows
	Rules       []ruleRef
	URL         string // of the CSV
	table       *report.Table
}

func (p figuresPanel) csv() ([]byte, error) {
	var out bytes.Buffer
	err := report.TableCSV(&out, p.table)
	return out.Bytes(), err
}

// maxRows is how many rows of a table stand on the page; its file has them all.
const maxRows = 100

// leftOut are tables of a report that have a page of their own here.
var leftOut = []string{"活动台账", "统计口径"}

// charted are tables that a report shows without a chart and a dashboard with
// one: which column is drawn.
var charted = map[string]int{"答复方式": 1, "消息来源": 1, "专题咨询": 2, "常用条目": 1, "没答上来的": 1, "不同居民": 1}

// partsOf lays a period out as the report does, so that the page shows what the
// report shows and nothing more.
func partsOf(r report.Report, c periodChoice) (list []figuresPart, err error) {
	for i, part := range report.Lay(r).Parts {
		out := figuresPart{Heading: heading(part.Heading)}
		var tables []*report.Table
		if days := report.DaysTable(r); i == 0 && days != nil {
			tables = append(tables, days)
		}
		for _, b := range part.Blocks {
			if b.Table != nil && !slices.Contains(leftOut, b.Table.Name) {
				tables = append(tables, b.Table)
			}
		}
		for _, t := range tables {
			p, err := panelOf(t, c)
			if err != nil {
				return nil, err
			}
			if p.SVG != "" {
				out.Charts = append(out.Charts, p)
			} else {
				out.Panels = append(out.Panels, p)
			}
		}
		if len(out.Charts)%2 == 1 {
			out.Words = wordsOf(part)
		}
		if len(out.Charts)+len(out.Panels) > 0 {
			list = append(list, out)
		}
	}
	return list, nil
}

// heading is a chapter's name without its number in the report.
func heading(s string) string {
	if _, name, ok := strings.Cut(s, "、"); ok {
		return name
	}
	return s
}

// wordsOf are the paragraphs of a chapter.
func wordsOf(part report.Part) (list []string) {
	for _, b := range part.Blocks {
		if b.Text != "" && !b.Heading {
			list = append(list, b.Text)
		}
	}
	return list
}

func chartOf(t *report.Table) *report.Chart {
	if t.Chart != nil {
		return t.Chart
	}
	column, ok := charted[t.Name]
	if !ok {
		return nil
	}
	c := &report.Chart{Title: cited.ReplaceAllString(t.Title, ""), Unit: "条", Shape: report.Bars}
	if t.Name == "不同居民" {
		c.Unit = "人"
	}
	some := false
	for _, row := range t.Rows {
		c.Labels, c.Values = append(c.Labels, row[0].String()), append(c.Values, row[column])
		some = some || row[column].IsNumber() && row[column].Number > 0
	}
	if !some {
		return nil
	}
	return c
}

// cited finds the rules that a title names.
var (
	cited   = regexp.MustCompile(`〔[^〕]*〕`)
	numbers = regexp.MustCompile(`K\d\d`)
)

func panelOf(t *report.Table, c periodChoice) (figuresPanel, error) {
	p := figuresPanel{
		Name: t.Name, Title: cited.ReplaceAllString(t.Title, ""), Rows: t.Rows, table: t,
		URL: figuresPath + "/table?" + c.Query + "&" + queryOf("name", t.Name),
	}
	if p.All = len(t.Rows); p.All > maxRows {
		p.Rows = t.Rows[:maxRows]
	} else {
		p.All = 0
	}
	found := numbers.FindAllString(t.Title+strings.Join(t.Columns, ""), -1)
	if t.Name == "总体情况" {
		found = nil // its rules stand in a column
	}
	slices.Sort(found)
	p.Rules = refs(slices.Compact(found)...)
	for _, name := range t.Columns {
		p.Columns = append(p.Columns, cited.ReplaceAllString(name, ""))
	}
	chart := chartOf(t)
	if chart == nil {
		return p, nil
	}
	var svg bytes.Buffer
	if err := report.SVG(&svg, *chart); err != nil {
		return p, err
	}
	p.SVG = drawing(svg.String())
	return p, nil
}

// tile is one of the first numbers of the dashboard.
type tile struct {
	Name, Value, Unit, Note string
	Changes                 []string
	Rules                   []ruleRef
}

// tiles are the numbers that are asked for first.
func tiles(c stats.Compared) []tile {
	all, answered := cellIn(c.Figures, "messages"), cellIn(c.Figures, "answered")
	residents := plainTile(c, "不同居民", "人", "residents", "")
	switch {
	case residents.Value == "无" && c.Open() && c.Period.Span() == stats.Day:
		residents.Note = "当日结束后得出"
	case residents.Value != "无" && c.Open():
		residents.Note = "本期未结，还会增加"
	}
	good, bad := cellIn(c.Figures, "helpful"), cellIn(c.Figures, "unhelpful")
	judged := stats.Cell{Value: good.Value + bad.Value, Hidden: good.Hidden || bad.Hidden, Missing: good.Missing || bad.Missing}
	return []tile{
		plainTile(c, "收到的消息", "条", "messages", ""),
		{Name: "解答率", Value: shareIn(answered, all), Note: "已解答 " + answered.String() + " 条", Rules: refs("K02", "K01")},
		residents,
		{Name: "评价有用的占比", Value: shareIn(good, judged), Note: fmt.Sprintf("有用 %s，没用 %s；不评价的居民占多数", good, bad), Rules: refs("K11", "K12")},
		plainTile(c, "紧急求助", "条", "crisis", ""),
		plainTile(c, "已引导", "条", "referred", ""),
		plainTile(c, "没答上来的", "条", "gaps", ""),
		plainTile(c, "网页打开", "次", "pages", ""),
		plainTile(c, "新关注", "次", "subscribe", ""),
		plainTile(c, "线下活动", "场", "activities", ""),
	}
}

func cellIn(figures []stats.Figure, id string) stats.Cell { return stats.CellOf(figures, id, "", "") }

// plainTile is a figure with its changes.
func plainTile(c stats.Compared, name, unit, id, note string) tile {
	now := cellIn(c.Figures, id)
	t := tile{Name: name, Value: now.String(), Unit: unit, Note: note}
	if now.Hidden || now.Missing {
		t.Unit = ""
	}
	if now.Missing {
		t.Note = "按整月留存，这个时段没有此数"
	}
	for _, r := range stats.Rules() {
		if r.ID == id {
			t.Rules = refs(r.Number)
		}
	}
	compare := func(label string, e stats.Earlier) {
		if e.Figures == nil {
			return
		}
		then := e.CellOf(id, "", "")
		change := now.Since(then)
		switch {
		case then.Missing:
		case c.Open() || !change.Known:
			t.Changes = append(t.Changes, label+"为 "+then.String())
		case change.Share:
			t.Changes = append(t.Changes, fmt.Sprintf("比%s%s（%+.1f%%）", label, moreOrLess(change.By), change.Percent))
		default:
			t.Changes = append(t.Changes, "比"+label+moreOrLess(change.By))
		}
	}
	same := c.YearBefore != nil && c.YearBefore.Period == c.Before.Period
	if !same {
		compare("上期", c.Before)
	}
	if c.YearBefore != nil {
		compare(map[bool]string{true: "上年", false: "上年同期"}[same], *c.YearBefore)
	}
	return t
}

func moreOrLess(by int64) string {
	switch {
	case by > 0:
		return fmt.Sprintf("多 %d", by)
	case by < 0:
		return fmt.Sprintf("少 %d", -by)
	}
	return "持平"
}

// shareIn is a share of a whole, where both are shown.
func shareIn(part, all stats.Cell) string {
	if part.Hidden || part.Missing || all.Hidden || all.Missing || all.Value == 0 {
		return "—"
	}
	return fmt.Sprintf("%.1f%%", 100*float64(part.Value)/float64(all.Value))
}
