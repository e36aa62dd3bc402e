package stats

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Span says what kind of stretch a period is.
type Span string

// The spans. A Range is any other stretch of days.
const (
	Day     Span = "day"
	Week    Span = "week" // ISO 8601: Monday to Sunday
	Month   Span = "month"
	Quarter Span = "quarter"
	Whole   Span = "year"
	Range   Span = "range"
)

// Span returns the smallest kind of stretch that the period is exactly.
func (p Period) Span() Span {
	next := p.To.AddDate(0, 0, 1)
	first, month := p.From.Day() == 1 && next.Day() == 1, p.From.Month()
	switch length := int(next.Month()-month) + 12*(next.Year()-p.From.Year()); {
	case p.From.Equal(p.To):
		return Day
	case p.From.Weekday() == time.Monday && next.Equal(p.From.AddDate(0, 0, 7)):
		return Week
	case first && length == 1:
		return Month
	case first && length == 3 && month%3 == 1:
		return Quarter
	case first && length == 12 && month == time.January:
		return Whole
	}
	return Range
}

// WholeMonths reports whether the period is made of calendar months: of others
// small numbers could be had by taking them from those (docs/统计口径.md).
func (p Period) WholeMonths() bool {
	return p.From.Day() == 1 && p.To.AddDate(0, 0, 1).Day() == 1
}

var (
	weekForm    = regexp.MustCompile(`^(\d{4})-W(\d\d)$`)
	quarterForm = regexp.MustCompile(`^(\d{4})-Q([1-4])$`)
)

// ParseWeek reads an ISO week, written 2026-W10.
func ParseWeek(text string) (Period, error) {
	m := weekForm.FindStringSubmatch(text)
	if m == nil {
		return Period{}, fmt.Errorf("period: %q is no week, write it 2026-W10", text)
	}
	year, _ := strconv.Atoi(m[1])
	week, _ := strconv.Atoi(m[2])
	p := weekOf(year, week)
	if y, w := p.From.ISOWeek(); y != year || w != week {
		return Period{}, fmt.Errorf("period: %d has no week %02d", year, week)
	}
	return p, nil
}

// weekOf is a week of an ISO year: the first one has the fourth of January.
func weekOf(year, week int) Period {
	fourth := time.Date(year, 1, 4, 0, 0, 0, 0, zone)
	monday := fourth.AddDate(0, 0, -(int(fourth.Weekday())+6)%7+7*(week-1))
	return Period{monday, monday.AddDate(0, 0, 6)}
}

// ParseMonth reads a month, written 2026-03.
func ParseMonth(text string) (Period, error) {
	t, err := time.ParseInLocation("2006-01", text, zone)
	if err != nil {
		return Period{}, fmt.Errorf("period: %q is no month, write it 2026-03", text)
	}
	return months(t, 1), nil
}

// ParseQuarter reads a quarter, written 2026-Q1.
func ParseQuarter(text string) (Period, error) {
	m := quarterForm.FindStringSubmatch(text)
	if m == nil {
		return Period{}, fmt.Errorf("period: %q is no quarter, write it 2026-Q1", text)
	}
	year, _ := strconv.Atoi(m[1])
	n, _ := strconv.Atoi(m[2])
	return months(time.Date(year, time.Month(3*n-2), 1, 0, 0, 0, 0, zone), 3), nil
}

// months is the period of n months from a first day.
func months(first time.Time, n int) Period { return Period{first, first.AddDate(0, n, -1)} }

// Before is the period of the same kind before this one; of a Range the same
// number of days, or of months where it is made of whole ones.
func (p Period) Before() Period {
	next := p.To.AddDate(0, 0, 1)
	if p.From.Day() == 1 && next.Day() == 1 {
		n := int(next.Month()-p.From.Month()) + 12*(next.Year()-p.From.Year())
		return months(p.From.AddDate(0, -n, 0), n)
	}
	days := int(next.Sub(p.From).Hours()) / 24
	return Period{p.From.AddDate(0, 0, -days), p.From.AddDate(0, 0, -1)}
}

// YearBefore is the same period a year before; ok is false where there is
// none (29 February, week 53) and where it would lie partly in this period or
// in Before: tables of days that overlap could be taken from each other, and
// what is hidden in one could be had so (docs/统计口径.md).
func (p Period) YearBefore() (before Period, ok bool) {
	if p.Span() == Week {
		year, week := p.From.ISOWeek()
		before = weekOf(year-1, week)
		if _, w := before.From.ISOWeek(); w != week {
			return Period{}, false
		}
	} else {
		before = Period{yearBefore(p.From), yearBefore(p.To)}
		if p.From.Day() == 1 && p.To.AddDate(0, 0, 1).Day() == 1 {
			before.To = yearBefore(p.To.AddDate(0, 0, 1)).AddDate(0, 0, -1)
		} else if before.From.Day() != p.From.Day() || before.To.Day() != p.To.Day() {
			return Period{}, false
		}
	}
	last := p.Before()
	same := before.From.Equal(last.From) && before.To.Equal(last.To)
	apart := before.To.Before(p.From) && (same || before.To.Before(last.From))
	return before, apart
}

func yearBefore(t time.Time) time.Time { return t.AddDate(-1, 0, 0) }

// Open reports whether something may still happen in the period.
func (p Period) Open(now time.Time) bool { return DayOf(now) <= DayOf(p.To) }

// Label is the period as staff write it.
func (p Period) Label() string {
	const day = "2006年1月2日"
	switch p.Span() {
	case Day:
		return p.From.Format(day)
	case Week:
		year, week := p.From.ISOWeek()
		return fmt.Sprintf("%d年第%d周（%s至%s）", year, week, p.From.Format("1月2日"), p.To.Format("1月2日"))
	case Month:
		return p.From.Format("2006年1月")
	case Quarter:
		return p.From.Format("2006年") + quarterName(quarterOf(MonthOf(p.From)))
	case Whole:
		return p.From.Format("2006年")
	}
	if p.From.Year() == p.To.Year() {
		return p.From.Format(day) + "至" + p.To.Format("1月2日")
	}
	return p.From.Format(day) + "至" + p.To.Format(day)
}

// quarterOf is the quarter of a month (202603), as 2026Q1.
func quarterOf(month string) string {
	n, _ := strconv.Atoi(month[4:])
	return fmt.Sprintf("%sQ%d", month[:4], (n+2)/3)
}

// quarterName reads 2026Q1 without its year.
func quarterName(quarter string) string {
	return map[string]string{"1": "第一季度", "2": "第二季度", "3": "第三季度", "4": "第四季度"}[quarter[5:]]
}

// quarters returns the quarters of which all months that have begun by now are
// in months, by 2026Q1.
func quarters(months []string, now time.Time) map[string][]string {
	groups := map[string][]string{}
	for _, m := range months {
		groups[quarterOf(m)] = append(groups[quarterOf(m)], m)
	}
	for quarter, list := range groups {
		first, _ := strconv.Atoi(list[0][4:])
		if first%3 != 1 || len(list) < 3 && list[len(list)-1] != MonthOf(now) {
			delete(groups, quarter)
		}
	}
	return groups
}
