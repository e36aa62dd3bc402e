package report

import "pufa/stats"

// mostDays is how many days a chart of days has at most.
const mostDays = 31

// DaysTable is the messages of each day of a period of 2 to 31 days that has
// begun, with its chart; nil for another period. It is beside the parts of a
// report that is handed in, which goes by months.
func DaysTable(r Report) *Table {
	days := r.Period.Days()
	if len(days) < 2 || len(days) > mostDays {
		return nil
	}
	t := &Table{Name: "各日情况", Title: "各日收到的消息" + rule("messages"), Columns: []string{"日期", "收到的消息（条）"}, Widths: []float64{2, 1}}
	for _, day := range days {
		switch {
		case day > stats.DayOf(r.Now):
		case day < stats.DayOf(r.Since):
			t.add(say(dayLabel(day)), say("无"))
		default:
			t.add(say(dayLabel(day)), whole(r.cell("messages", "day", day).Value))
		}
	}
	t.chartOf("各日收到的消息", "条", Columns, 1)
	return t
}
