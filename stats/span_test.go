package stats

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSpans(t *testing.T) {
	for _, c := range []struct {
		name, from, to     string
		span               Span
		label              string
		before, yearBefore string
	}{
		{"a day", "2026-03-08", "2026-03-08", Day, "2026年3月8日", "2026-03-07 2026-03-07", "2025-03-08 2025-03-08"},
		{"a leap day has none a year before", "2028-02-29", "2028-02-29", Day, "2028年2月29日", "2028-02-28 2028-02-28", ""},
		{"a week", "2026-03-02", "2026-03-08", Week, "2026年第10周（3月2日至3月8日）", "2026-02-23 2026-03-01", "2025-03-03 2025-03-09"},
		{"a week over the new year", "2025-12-29", "2026-01-04", Week, "2026年第1周（12月29日至1月4日）", "2025-12-22 2025-12-28", "2024-12-30 2025-01-05"},
		{"a week 53 has none a year before", "2026-12-28", "2027-01-03", Week, "2026年第53周（12月28日至1月3日）", "2026-12-21 2026-12-27", ""},
		{"a month", "2026-03-01", "2026-03-31", Month, "2026年3月", "2026-02-01 2026-02-28", "2025-03-01 2025-03-31"},
		{"a leap February", "2028-02-01", "2028-02-29", Month, "2028年2月", "2028-01-01 2028-01-31", "2027-02-01 2027-02-28"},
		{"a quarter", "2026-01-01", "2026-03-31", Quarter, "2026年第一季度", "2025-10-01 2025-12-31", "2025-01-01 2025-03-31"},
		{"three months that are no quarter", "2026-02-01", "2026-04-30", Range, "2026年2月1日至4月30日", "2025-11-01 2026-01-31", "2025-02-01 2025-04-30"},
		{"half a year", "2026-07-01", "2026-12-31", Range, "2026年7月1日至12月31日", "2026-01-01 2026-06-30", "2025-07-01 2025-12-31"},
		{"nine months: a year before would overlap", "2026-01-01", "2026-09-30", Range, "2026年1月1日至9月30日", "2025-04-01 2025-12-31", ""},
		{"a year", "2026-01-01", "2026-12-31", Whole, "2026年", "2025-01-01 2025-12-31", "2025-01-01 2025-12-31"},
		{"two years", "2025-01-01", "2026-12-31", Range, "2025年1月1日至2026年12月31日", "2023-01-01 2024-12-31", ""},
		{"ten days", "2026-03-01", "2026-03-10", Range, "2026年3月1日至3月10日", "2026-02-19 2026-02-28", "2025-03-01 2025-03-10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := period(t, c.from, c.to)
			if p.Span() != c.span || p.Label() != c.label {
				t.Errorf("%s, %s, want %s, %s", p.Span(), p.Label(), c.span, c.label)
			}
			if got := days(p.Before()); got != c.before {
				t.Errorf("Before = %s, want %s", got, c.before)
			}
			got := ""
			if y, ok := p.YearBefore(); ok {
				got = days(y)
			}
			if got != c.yearBefore {
				t.Errorf("YearBefore = %q, want %q", got, c.yearBefore)
			}
		})
	}
}

func days(p Period) string { return p.From.Format(time.DateOnly) + " " + p.To.Format(time.DateOnly) }

func TestPeriodsAreReadByName(t *testing.T) {
	for _, c := range []struct {
		text string
		read func(string) (Period, error)
		want string
	}{
		{"2026-W10", ParseWeek, "2026-03-02 2026-03-08"},
		{"2026-W01", ParseWeek, "2025-12-29 2026-01-04"},
		{"2026-W53", ParseWeek, "2026-12-28 2027-01-03"},
		{"2025-W53", ParseWeek, ""},
		{"2026-W00", ParseWeek, ""},
		{"2026-10", ParseWeek, ""},
		{"2026-02", ParseMonth, "2026-02-01 2026-02-28"},
		{"2026-13", ParseMonth, ""},
		{"2026-Q4", ParseQuarter, "2026-10-01 2026-12-31"},
		{"2026-Q5", ParseQuarter, ""},
	} {
		p, err := c.read(c.text)
		got := ""
		if err == nil {
			got = days(p)
		}
		if got != c.want {
			t.Errorf("%s reads %q, %v, want %q", c.text, got, err, c.want)
		}
	}
}

func TestQuarters(t *testing.T) {
	april := time.Date(2026, 5, 2, 9, 0, 0, 0, zone)
	got := quarters([]string{"202508", "202509", "202510", "202511", "202512", "202601", "202602", "202603", "202604", "202605"}, april)
	want := map[string][]string{
		"2025Q4": {"202510", "202511", "202512"}, "2026Q1": {"202601", "202602", "202603"}, "2026Q2": {"202604", "202605"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("quarters (-want +got):\n%s", diff)
	}
	if got := quarters([]string{"202601", "202602"}, april); len(got) > 0 {
		t.Errorf("two months of a quarter that is over: %v", got)
	}
}
