package stats

import "strings"

// residents is the number of different residents of the period, if it is made
// of whole months.
func (in Input) residents() Cell {
	if _, all := in.Period.whole(in.Now); !all {
		return Cell{Missing: true}
	}
	return Cell{Value: in.Together}
}

// residentsBy are the residents of each whole month and quarter (open_month and
// open_quarter when they still run) and of each day whose window is closed. They are never added up.
func (in Input) residentsBy() map[string]map[string]Cell {
	by := map[string]map[string]Cell{"month": {}, "day": {}}
	months, _ := in.Period.whole(in.Now)
	for _, month := range months {
		name := "month"
		if month == MonthOf(in.Now) {
			name = "open_month"
			by[name] = map[string]Cell{}
		}
		by[name][month] = Cell{Value: in.Residents[month]}
	}
	for quarter, n := range in.Quarters {
		name := "quarter"
		if quarter == quarterOf(MonthOf(in.Now)) {
			name = "open_quarter"
		}
		if by[name] == nil {
			by[name] = map[string]Cell{}
		}
		by[name][quarter] = Cell{Value: n}
	}
	for _, day := range in.Period.Days() {
		if n := in.Months[day[:6]][uniqueField+"day/"+day]; n > 0 {
			by["day"][day] = unsplit(n, false)
		}
	}
	return by
}

// windows are the residents of closed windows of whole months, as
// 202603/consumer. They are hidden where the messages are, whose size they
// would tell; shown is nil when all are.
func (in Input) windows(by string, shown map[string]Cell) map[string]Cell {
	list := map[string]Cell{}
	months, _ := in.Period.whole(in.Now)
	for _, month := range months {
		for field, n := range in.Months[month] {
			name, ok := strings.CutPrefix(field, uniqueField)
			if !ok {
				continue // most are, and taking them apart costs time
			}
			w := parseWindow(name)
			if w.by != by || w.period != month {
				continue
			}
			cell, known := shown[w.what]
			list[month+"/"+w.what] = unsplit(n, !known || cell.Hidden)
		}
	}
	return list
}

// FewOf is the cell of a number of residents that stands alone: hidden below 5.
func FewOf(residents int64) Cell { return unsplit(residents, false) }

// unsplit is a cell whose neighbours have no sum with it.
func unsplit(n int64, hidden bool) Cell {
	if hidden || n < hideBelow {
		return Cell{Hidden: true}
	}
	return Cell{Value: n}
}
