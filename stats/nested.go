package stats

import (
	"maps"
	"slices"
	"time"
)

// A year is made of quarters and months, a quarter of months. All of them are
// published, so that what one hides another could tell: the quarter less the
// two months in which a topic is shown is the third, in which it is hidden. The
// longer period gives way and hides the cell too, and with a topic its entries
// and themes. Weeks, days and other stretches have too many ways to be taken
// from each other: what is made of them is for the office alone
// (docs/统计口径.md).

// nest decides what one split hides in a period, given what it hides in the
// shorter ones that the period is made of.
type nest struct {
	// of counts the split in a period: every cell that there may be.
	of func(Period) count
	// own hides what has to be hidden in a split that stands alone, and with it
	// what is forced; ok is false when the split cannot be shown.
	own   func(c count, forced set) (hide set, ok bool)
	known map[Period]verdict
}

// verdict is what is hidden in a period; ok is false when it is all of it.
type verdict struct {
	hide set
	ok   bool
}

func (n nest) verdict(p Period) (hide set, ok bool) {
	if v, done := n.known[p]; done {
		return v.hide, v.ok
	}
	c, forced := n.of(p), set{}
	ways := tilings(p)
	for _, parts := range ways {
		n.bare(forced, c, parts)
	}
	for {
		hide, ok = n.own(c, forced)
		more := n.told(p, ways, verdict{hide, ok})
		if len(more) == 0 {
			n.known[p] = verdict{hide, ok}
			return hide, ok
		}
		forced.add(more)
	}
}

// mostSolved is how many months are solved together: a year of a quiet street
// takes 1.5 ms, and the time grows with the third power of the months.
const mostSolved = 12

// cellOf is a cell of a month.
type cellOf struct{ month, name string }

// told returns cells that a period has to hide as well, because a small number
// of a month follows from its table and those of its parts together.
func (n nest) told(p Period, ways [][]Period, own verdict) []string {
	single := inParts(p, 1)
	if len(ways) == 0 || !own.ok || len(single) > mostSolved {
		return nil
	}
	c := n.of(p)
	column, cells := map[cellOf]int{}, []cellOf{}
	for _, month := range single {
		hide, ok := n.verdict(month)
		for name := range c {
			if !ok || hide[name] {
				cell := cellOf{MonthOf(month.From), name}
				column[cell] = len(cells)
				cells = append(cells, cell)
			}
		}
	}
	e := equations{unknowns: len(cells)}
	n.publish(&e, p, column, own)
	for _, parts := range ways {
		for _, part := range parts {
			hide, ok := n.verdict(part)
			n.publish(&e, part, column, verdict{hide, ok})
		}
	}
	var more []string
	for _, i := range e.solved() {
		month, err := time.ParseInLocation(monthForm, cells[i].month, zone)
		if err != nil {
			continue
		}
		if value := n.of(months(month, 1))[cells[i].name]; value == 0 || value >= hideBelow {
			continue
		}
		if !own.hide[cells[i].name] {
			more = append(more, cells[i].name)
		} else {
			more = append(more, smallest(c, slices.Collect(maps.Keys(c)), own.hide)...)
		}
	}
	return more
}

// publish adds what a reader learns from the table of a period: each cell that
// it shows, and their sum.
func (n nest) publish(e *equations, p Period, column map[cellOf]int, v verdict) {
	if !v.ok {
		return // nobody knows what it is split into
	}
	var sum []int
	for name := range n.of(p) {
		var row []int
		for _, month := range p.Months() {
			if at, hidden := column[cellOf{month, name}]; hidden {
				row = append(row, at)
			}
		}
		if sum = append(sum, row...); !v.hide[name] && len(row) > 0 {
			e.add(row)
		}
	}
	e.add(sum)
}

// bare adds to forced the cells that all parts of a period show but one: its
// number is what is left when they are taken from the whole.
func (n nest) bare(forced set, c count, parts []Period) {
	unknown := count{}
	for _, part := range parts {
		hide, ok := n.verdict(part)
		for name := range c {
			if !ok || hide[name] {
				unknown[name]++
			}
		}
	}
	for name, parts := range unknown {
		if parts == 1 {
			forced[name] = true
		}
	}
}

// tilings are the ways in which a period is made of whole months and quarters.
func tilings(p Period) (ways [][]Period) {
	if !p.WholeMonths() || p.Span() == Month {
		return nil
	}
	if quarters := inParts(p, 3); len(quarters) > 1 {
		ways = append(ways, quarters)
	}
	return append(ways, inParts(p, 1))
}

// inParts divides a period of whole months into parts of n; nil when it does
// not come out even with the calendar.
func inParts(p Period, n int) (list []Period) {
	for from := p.From; !from.After(p.To); from = from.AddDate(0, n, 0) {
		part := months(from, n)
		if part.To.After(p.To) || n == 3 && part.Span() != Quarter {
			return nil
		}
		list = append(list, part)
	}
	return list
}

// byMonth are the counters of a period by month, split; with them those of its
// parts are added up.
type byMonth map[string]count

func (m byMonth) add(month, name string, n int64) {
	if m[month] == nil {
		m[month] = count{}
	}
	m[month][name] += n
}

// nested is a nest over counters of months, or of what lies of them in the
// period. Every part has all the cells of names.
func nested(m byMonth, names []string, own func(count, set) (set, bool)) nest {
	known := map[Period]count{}
	return nest{own: own, known: map[Period]verdict{}, of: func(p Period) count {
		if c, ok := known[p]; ok {
			return c
		}
		c := count{}
		pad(c, names)
		for _, month := range p.Months() {
			for name, n := range m[month] {
				c[name] += n
			}
		}
		known[p] = c
		return c
	}}
}

// withForced is protect with cells that have to be hidden as well.
func withForced(c count, forced set) (hide set, ok bool) {
	hide = small(c)
	hide.add(slices.Collect(maps.Keys(forced)))
	return protectFrom(c, hide)
}
