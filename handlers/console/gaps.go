package console

import (
	"context"
	"strings"
	"time"

	"pufa/report"
	"pufa/staff"
	"pufa/stats"
)

const gapsPath = Path + "/gaps"

// GapReader reads the questions of a period that went without an answer.
type GapReader func(ctx context.Context, period stats.Period, now time.Time) (report.Gaps, error)

func (c *Console) gapRoutes() []route {
	if c.Gaps == nil || c.Content == nil {
		return nil
	}
	return []route{{pattern: "GET " + gapsPath, do: (*visit).gaps}}
}

// gapsPage is the board of what went without an answer.
type gapsPage struct {
	Month   string // 2026-03
	Months  []option
	Total   string
	Shapes  []gapShape
	Lengths []gapRow
	Texts   []gapText
	Kept    bool // texts are kept
	Until   string
	Editor  bool
	One     bool // one shape alone is shown, page by page
	Back    string
	Pager   pager // of the texts or, with One, of what is near
}

type gapShape struct {
	Name, Count string
	None        bool
	Near        []gapRow
	Rest        bool
	More        string // the address of all that is near, where there is more
	All         int
}

type gapRow struct {
	ID, Name, Count string
	Entry           bool // ID is that of an entry, not of a topic
}

type gapText struct{ Text, Shape, Near, NearID, Residents string }

// How much of the board stands on one page.
const (
	nearShown   = 12 // of one shape
	gapsPerPage = 50
)

// shownMonths is how many months one may choose from.
const shownMonths = 12

func (v *visit) gaps() error {
	now := v.Now()
	p := gapsPage{Month: v.r.URL.Query().Get("month"), Editor: v.who.May(staff.Editor)}
	period := stats.MonthToDate(now)
	this := dateOf(now)[:len("2006-01")]
	if p.Month != "" && p.Month != this {
		var err error
		if period, err = stats.ParseMonth(p.Month); err != nil {
			return errNoPage
		}
	} else {
		p.Month = this
	}
	g, err := v.Gaps(v.r.Context(), period, now)
	if err != nil {
		return err
	}
	p.Months = monthOptions(now, p.Month)
	if shape := v.r.URL.Query().Get("shape"); shape != "" {
		if !p.alone(v, g, shape) {
			return errNoPage
		}
	} else {
		p.fill(v, g)
	}
	return v.page("gaps", "未答问题", p)
}

// alone shows all that was near the questions of one shape.
func (p *gapsPage) alone(v *visit, g report.Gaps, shape string) bool {
	for _, s := range g.Gaps.Shapes {
		if s.ID == shape {
			p.One, p.Back, p.Pager = true, gapsPath+"?"+queryOf("month", p.Month), v.pageOf(len(s.Near), gapsPerPage)
			p.Shapes = []gapShape{shapeOf(g, s, p.Pager.From, p.Pager.To)}
			return true
		}
	}
	return false
}

// shapeOf is a shape with some of what is near.
func shapeOf(g report.Gaps, s stats.GapShape, from, to int) gapShape {
	row := gapShape{Name: s.Name, Count: s.Cell.String(), None: !s.Hidden && s.Value == 0, Rest: s.Rest && to == len(s.Near), All: len(s.Near)}
	for _, n := range s.Near[from:to] {
		row.Near = append(row.Near, gapRow{n.ID, nearName(g, n.ID), n.String(), strings.Contains(n.ID, "/") && g.Title(n.ID) != ""})
	}
	return row
}

func monthOptions(now time.Time, on string) (list []option) {
	first := now.In(shanghai)
	first = time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, shanghai)
	for i := range shownMonths {
		m := first.AddDate(0, -i, 0)
		list = append(list, option{Value: m.Format("2006-01"), Name: m.Format("2006年1月"), On: m.Format("2006-01") == on})
	}
	return list
}

func (p *gapsPage) fill(v *visit, g report.Gaps) {
	p.Total = g.Gaps.String()
	for _, s := range g.Gaps.Shapes {
		row := shapeOf(g, s, 0, min(nearShown, len(s.Near)))
		if row.All > nearShown {
			row.More = gapsPath + "?" + queryOf("month", p.Month, "shape", s.ID)
		}
		p.Shapes = append(p.Shapes, row)
	}
	for _, l := range []gapRow{{ID: "short", Name: "4字以内"}, {ID: "medium", Name: "5至15字"}, {ID: "long", Name: "16字以上"}} {
		l.Count = g.Gaps.Length[l.ID].String()
		p.Lengths = append(p.Lengths, l)
	}
	names := map[string]string{}
	for _, s := range stats.Shapes() {
		names[s.ID] = s.Name
	}
	p.Kept, p.Until = g.Texts.On || len(g.Texts.List) > 0, g.Texts.Until.Format("1月2日")
	p.Pager = v.pageOf(len(g.Texts.List), gapsPerPage)
	for _, t := range g.Texts.List[p.Pager.From:p.Pager.To] {
		p.Texts = append(p.Texts, gapText{t.Text, names[t.Shape], nearName(g, t.Near), t.Near, t.Residents.String()})
	}
}

func nearName(g report.Gaps, id string) string {
	if id == "" {
		return "没有相近的条目"
	}
	if title := g.Title(id); title != "" {
		return title
	}
	return id
}
