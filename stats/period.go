package stats

import (
	"fmt"
	"time"
)

// maxDays bounds a period, so that a slip in a year does not read for hours.
const maxDays = 10 * 366

// Period is a stretch of whole days in Asia/Shanghai, both ends included.
type Period struct{ From, To time.Time }

// ParsePeriod reads the days of a period, written 2026-03-08. It refuses one
// that ends before it begins and one of more than ten years.
func ParsePeriod(from, to string) (Period, error) {
	var p Period
	for _, d := range []struct {
		text string
		day  *time.Time
	}{{from, &p.From}, {to, &p.To}} {
		t, err := time.ParseInLocation(time.DateOnly, d.text, zone)
		if err != nil {
			return Period{}, fmt.Errorf("period: %q is no day, write it 2026-03-08", d.text)
		}
		*d.day = t
	}
	switch {
	case p.To.Before(p.From):
		return Period{}, fmt.Errorf("period: it ends on %s, before it begins on %s", to, from)
	case p.To.Sub(p.From) > maxDays*24*time.Hour:
		return Period{}, fmt.Errorf("period: %s to %s is more than ten years", from, to)
	}
	return p, nil
}

// Year is the period of a calendar year.
func Year(year int) Period {
	return Period{time.Date(year, 1, 1, 0, 0, 0, 0, zone), time.Date(year, 12, 31, 0, 0, 0, 0, zone)}
}

// MonthToDate is the period from the first of now's month to now's day.
func MonthToDate(now time.Time) Period {
	t := now.In(zone)
	return Period{
		time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, zone),
		time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone),
	}
}

// Days returns the days of the period, as 20260308.
func (p Period) Days() []string {
	var list []string
	for d := p.From; !d.After(p.To); d = d.AddDate(0, 0, 1) {
		list = append(list, DayOf(d))
	}
	return list
}

// Months returns the months that the period touches, as 202603.
func (p Period) Months() []string {
	var list []string
	for m := p.From.AddDate(0, 0, 1-p.From.Day()); !m.After(p.To); m = m.AddDate(0, 1, 0) {
		list = append(list, MonthOf(m))
	}
	return list
}

// whole returns the months of which nothing that has happened by now lies
// outside the period, and whether those are all months of the period. The
// running month is whole when the period reaches now's day.
func (p Period) whole(now time.Time) (months []string, all bool) {
	touched, present := p.Months(), MonthOf(now)
	all = true
	for i, m := range touched {
		if m > present {
			break // nothing has happened in it
		}
		begun := i > 0 || p.From.Day() == 1
		over := i < len(touched)-1 || p.To.AddDate(0, 0, 1).Day() == 1 || m == present && DayOf(p.To) >= DayOf(now)
		if begun && over {
			months = append(months, m)
		} else {
			all = false
		}
	}
	return months, all
}
