package campaign

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"pufa/content"
)

// Calendar says when the days of publicity of a library are. It holds nothing
// but the library.
type Calendar struct{ lib *content.Library }

// NewCalendar is the calendar of a library.
func NewCalendar(lib *content.Library) Calendar { return Calendar{lib} }

// Occurrence is an observance in one year, or the day on which a law takes
// effect.
type Occurrence struct {
	ID         string             // of the observance, or made of a law's name and day
	Name       string             // in Chinese
	Observance content.Observance // its zero value for a law's day
	Law        string             // the register's short name, of a law's day only
	From, To   time.Time          // its first and last day, 00:00 +08:00; zero while only the notice can tell
	Awaits     bool               // the year's notice decides: From and To are to plan with
	Rule       string             // for staff: how the days were found, where that is not plain
}

// Dated reports whether the occurrence has days to plan with.
func (o Occurrence) Dated() bool { return !o.From.IsZero() }

// The rules that are said beside a date.
const (
	weekRule  = "法律没有规定第几周的起止；这里一周从周一到周日，含当月1日的那一周算第一周，以当年通知为准"
	lunarRule = "农历按本程序自己的历表推算"
	closeRule = "这个农历月的朔在半夜前后三分钟之内，历表可能差一天，以当年公布的日历为准"
)

// Year returns the occurrences that begin in a year, by day, those without a
// date last. A year outside FirstYear to LastYear is an error in words for
// staff.
func (c Calendar) Year(year int) ([]Occurrence, error) {
	if err := yearError("普法日历", year); err != nil {
		return nil, err
	}
	var list []Occurrence
	for _, o := range c.lib.Observances() {
		found, err := occurrencesOf(o, year)
		if err != nil {
			return nil, fmt.Errorf("date %s in %d: %w", o.ID, year, err)
		}
		list = append(list, found...)
	}
	list = append(list, c.lawDays(year)...)
	slices.SortStableFunc(list, func(a, b Occurrence) int {
		return cmp.Or(before(a.From, b.From), cmp.Compare(a.ID, b.ID))
	})
	return list, nil
}

// before orders days, no day last.
func before(a, b time.Time) int {
	if a.IsZero() != b.IsZero() {
		if a.IsZero() {
			return 1
		}
		return -1
	}
	return a.Compare(b)
}

func occurrencesOf(o content.Observance, year int) ([]Occurrence, error) {
	one := Occurrence{ID: o.ID, Name: o.Name, Observance: o}
	when := o.Date()
	if when.Kind == content.NoticeDate {
		one.Awaits = true
		if when.Likely == nil {
			return []Occurrence{one}, nil
		}
		when = *when.Likely
	}
	if when.Kind == content.WeekDate && (when.Nth != 0 || when.Day != 0) {
		one.Awaits, one.Rule = true, weekRule
	}
	if when.Kind == content.LunarDate {
		return lunarOccurrences(one, when, year)
	}
	one.From, one.To = span(when, year)
	return []Occurrence{one}, nil
}

// lunarOccurrences are the lunar days that lie in a year: those of the last
// lunar months may come from the lunar year before.
func lunarOccurrences(one Occurrence, when content.When, year int) (list []Occurrence, err error) {
	for _, lunar := range []int{year - 1, year} {
		day, err := lunarDate(lunar, when.Month, when.Day)
		if err != nil {
			return nil, err
		}
		if day.Year() != year {
			continue
		}
		one.From, one.To, one.Rule = day, day, lunarRule
		if LunarDoubtful(lunar, when.Month) {
			one.Awaits, one.Rule = true, closeRule
		}
		list = append(list, one)
	}
	return list, nil
}

// span is the first and the last day of a date that is not lunar.
func span(w content.When, year int) (from, to time.Time) {
	switch {
	case w.Kind == content.FixedDate:
		return dayIn(year, w.Month, w.Day), dayIn(year, w.ToMonth, w.ToDay)
	case w.Kind == content.WeekdayDate:
		from = nthWeekday(year, w)
		return from, from
	case w.Day > 0:
		from = monday(dayIn(year, w.Month, w.Day))
	case w.Nth == content.Last:
		from = monday(dayIn(year, w.Month+1, 0))
	case w.Nth > 0:
		from = monday(dayIn(year, w.Month, 1)).AddDate(0, 0, 7*(w.Nth-1))
	default:
		return dayIn(year, w.Month, 1), dayIn(year, w.Month+1, 0)
	}
	return from, from.AddDate(0, 0, 6)
}

func dayIn(year, month, day int) time.Time {
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, Zone)
}

// monday is the Monday of a day's week.
func monday(day time.Time) time.Time { return day.AddDate(0, 0, -(int(day.Weekday())+6)%7) }

func nthWeekday(year int, w content.When) time.Time {
	if w.Nth == content.Last {
		last := dayIn(year, w.Month+1, 0)
		return last.AddDate(0, 0, -(int(last.Weekday())-int(w.Weekday)+7)%7)
	}
	first := dayIn(year, w.Month, 1)
	return first.AddDate(0, 0, (int(w.Weekday)-int(first.Weekday())+7)%7+7*(w.Nth-1))
}

// lawDays are the days of a year on which an edition of the register takes
// effect (法治宣传教育法第十六条 asks to make a new law known on that day).
func (c Calendar) lawDays(year int) (list []Occurrence) {
	for _, law := range c.lib.Laws() {
		for _, edition := range []string{law.Edition, law.Next} {
			day, err := time.ParseInLocation(time.DateOnly, edition, Zone)
			if err != nil || day.Year() != year {
				continue
			}
			list = append(list, Occurrence{
				ID: lawID(law.Law, day), Name: "《" + law.Law + "》施行", Law: law.Law, From: day, To: day,
			})
		}
	}
	return list
}

// lawID is short and stays the same: a law's name is too long for an id, and
// in Chinese.
func lawID(name string, day time.Time) string {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(name)) // never fails
	return fmt.Sprintf("law-%s-%08x", day.Format("0102"), sum.Sum32())
}
