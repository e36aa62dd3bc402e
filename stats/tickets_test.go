package stats

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestFiguresOfTheServiceDesk(t *testing.T) {
	kept := map[string]map[string]int64{
		"202603": {"opened|人工": 7, "opened|投诉": 2, "taken|人工": 6, "answered|人工": 5, "intime|人工": 4, "intime|投诉": 1, "closed|人工": 5, "closed|投诉": 1, "opened|删除": 3, "closed|删除": 3},
		"202604": {"opened|人工": 1, "lapsed|人工": 2, "withdrawn|人工": 1},
	}
	now := time.Date(2026, 5, 2, 9, 0, 0, 0, zone)
	day := func(month time.Month, day int) time.Time { return time.Date(2026, month, day, 0, 0, 0, 0, zone) }
	for _, c := range []struct {
		name string
		p    Period
		want map[string]string
	}{
		{"a month", Period{day(3, 1), day(3, 31)}, map[string]string{"tickets": "9", "tickets_done": "6", "tickets_intime": "5", "tickets_lapsed": "0", "deletions": "3"}},
		{"two months", Period{day(3, 1), day(4, 30)}, map[string]string{"tickets": "10", "tickets_done": "6", "tickets_intime": "5", "tickets_lapsed": "2", "deletions": "3"}},
		{"a month without any", Period{day(2, 1), day(2, 28)}, map[string]string{"tickets": "0", "tickets_done": "0", "tickets_intime": "0", "tickets_lapsed": "0", "deletions": "0"}},
		{"some days", Period{day(3, 1), day(3, 9)}, map[string]string{"tickets": "无", "tickets_done": "无", "tickets_intime": "无", "tickets_lapsed": "无", "deletions": "无"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := map[string]string{}
			for _, f := range Figures(Input{Period: c.p, Now: now, Tickets: kept}) {
				if _, wanted := c.want[f.ID]; wanted {
					got[f.ID] = f.String()
				}
				if f.ID == "tickets" && !f.Missing && f.By["month"]["202603"].Value+f.By["month"]["202604"].Value != f.Value {
					t.Errorf("the months are %v of %s", f.By["month"], f)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("figures (-want +got):\n%s", diff)
			}
		})
	}
}
