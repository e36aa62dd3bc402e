package report

import (
	"strings"
	"testing"

	"pufa/stats"
)

func TestTheReportTellsOfTheServiceDesk(t *testing.T) {
	cell := func(n int64) stats.Cell { return stats.Cell{Value: n} }
	figure := func(id string, n int64) stats.Figure { return stats.Figure{ID: id, Cell: cell(n)} }
	missing := stats.Figure{ID: "tickets", Cell: stats.Cell{Missing: true}}
	all := figure("tickets", 9)
	all.By = map[string]map[string]stats.Cell{"kind": {"人工": cell(7), "投诉": cell(2)}}
	for _, c := range []struct {
		name    string
		figures []stats.Figure
		want    []string // of the sentence; none: it is empty
	}{
		{"everything", []stats.Figure{all, figure("tickets_done", 6), figure("tickets_intime", 5), figure("tickets_lapsed", 1), figure("deletions", 3)}, []string{"其中投诉2件", "过期未办", "居民请求删除"}},
		{"nobody asked", []stats.Figure{figure("tickets", 0), figure("deletions", 0)}, nil},
		{"some days", []stats.Figure{missing}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Report{Compared: stats.Compared{Figures: c.figures}}.desk()
			if (got == "") != (len(c.want) == 0) {
				t.Errorf("says %q", got)
			}
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("%q does not say %s", got, want)
				}
			}
		})
	}
}
