package console

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"pufa/report"
	"pufa/stats"
)

// A long board stands on pages: a few of what is near each shape, the rest a
// click away, and nothing twice or left out.
func TestALongBoardOfGapsStandsOnPages(t *testing.T) {
	const near, texts = 60, 120
	d, _ := contentDesk(t, func(cfg *Config) {
		cfg.Gaps = func(_ context.Context, p stats.Period, _ time.Time) (report.Gaps, error) {
			g := report.Gaps{Period: p, Title: func(id string) string { return "条目" + id[len("consumer/"):] + "。" }}
			for _, s := range stats.Shapes()[:2] {
				row := stats.GapShape{Shape: s, Cell: stats.Cell{Value: 999}, Rest: true}
				for i := range near {
					row.Near = append(row.Near, stats.Near{ID: fmt.Sprintf("consumer/%d", i), Cell: stats.Cell{Value: int64(100 - i)}})
				}
				g.Gaps.Shapes = append(g.Gaps.Shapes, row)
			}
			for i := range texts {
				g.Texts.List = append(g.Texts.List, report.GapText{Text: fmt.Sprintf("原话%d。", i), Shape: "unsure", Near: "consumer/1", Residents: stats.Cell{Value: 9}})
			}
			return g, nil
		}
	})
	p := d.signedIn(t, "孙看")
	for _, c := range []struct {
		name, query string
		has, not    []string
	}{
		{
			"the board", "?month=2026-10",
			[]string{"条目0。", "条目11。", "看全部60个", "?month=2026-10&amp;shape=unsure", "原话0。", "原话49。", "第 1–50 条，共 120 条"},
			[]string{"条目12。", "原话50。", "其余的"},
		},
		{"the third page of words", "?month=2026-10&page=3", []string{"原话100。", "原话119。", "条目0。"}, []string{"原话99。"}},
		{
			"one shape", "?month=2026-10&shape=unsure",
			[]string{"条目0。", "条目49。", "第 1–50 条，共 60 条", "有相近的条目，把握不够", `href="/console/gaps?month=2026-10"`},
			[]string{"条目50。", "原话", "没有相近的条目</h2>", "其余的"},
		},
		{"the end of one shape", "?month=2026-10&shape=unsure&page=2", []string{"条目50。", "条目59。", "其余的，每个条目少于5次"}, []string{"条目49。"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp, page := p.get(t, gapsPath+c.query)
			says(t, resp, page, 200, c.has...)
			for _, w := range c.not {
				if strings.Contains(mainOf(page), w) {
					t.Errorf("%q is said", w)
				}
			}
		})
	}
	if resp, _ := p.get(t, gapsPath+"?shape=none"); resp.StatusCode != 404 {
		t.Errorf("a shape that there is not: %s", resp.Status)
	}
}

// A table with more rows than a page can show says so and leads to all of them.
func TestALongTableOfFiguresIsCutOnThePage(t *testing.T) {
	table := &report.Table{Name: "长表", Title: "长表", Columns: []string{"条目", "次数"}}
	for i := range maxRows + 20 {
		table.Rows = append(table.Rows, []report.Value{{Text: fmt.Sprint("第", i, "行")}, {Text: "9"}})
	}
	p, err := panelOf(table, periodChoice{})
	if err != nil || len(p.Rows) != maxRows || p.All != maxRows+20 {
		t.Fatalf("%d of %d rows, %v", len(p.Rows), p.All, err)
	}
	file, err := p.csv()
	if err != nil || !strings.Contains(string(file), fmt.Sprint("第", maxRows+19, "行")) {
		t.Errorf("the file has not all rows: %v", err)
	}
	table.Rows = table.Rows[:maxRows]
	if p, err = panelOf(table, periodChoice{}); err != nil || len(p.Rows) != maxRows || p.All != 0 {
		t.Errorf("a table that fits: %d rows, %d, %v", len(p.Rows), p.All, err)
	}
}
