package stats

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParsePeriod(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"one day", "2026-03-08", "2026-03-08", ""},
		{"a leap day", "2028-02-29", "2028-03-01", ""},
		{"a day that is none", "2026-02-29", "2026-03-01", `"2026-02-29" is no day`},
		{"the ledger's way of writing", "2026-03-01", "20260331", `"20260331" is no day`},
		{"the end before the beginning", "2026-03-08", "2026-03-07", "before it begins"},
		{"a slip in the year", "0206-03-08", "2026-03-07", "more than ten years"},
	} {
		p, err := ParsePeriod(c.from, c.to)
		if c.want == "" {
			if got := p.From.Format(time.DateOnly) + p.To.Format(time.DateOnly); err != nil || got != c.from+c.to {
				t.Errorf("%s: period %s, %v", c.name, got, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %s", c.name, err, c.want)
		}
	}
}

func TestPeriods(t *testing.T) {
	now := time.Date(2026, 3, 14, 16, 30, 0, 0, time.UTC) // half past midnight of the 15th
	for _, c := range []struct {
		name     string
		period   Period
		days     int
		months   string
		complete string
		all      bool
	}{
		{"a year", Year(2025), 365, "202501 202502 202503 202504 202505 202506 202507 202508 202509 202510 202511 202512", "202501 202502 202503 202504 202505 202506 202507 202508 202509 202510 202511 202512", true},
		{"the month up to now", MonthToDate(now), 15, "202603", "202603", true},
		{"the running month to its end", period(t, "2026-03-01", "2026-03-31"), 31, "202603", "202603", true},
		{"the running month up to yesterday", period(t, "2026-03-01", "2026-03-14"), 14, "202603", "", false},
		{"a month that is over", period(t, "2026-02-01", "2026-02-28"), 28, "202602", "202602", true},
		{"a month without its last day", period(t, "2026-02-01", "2026-02-27"), 27, "202602", "", false},
		{"a whole month between two halves", period(t, "2025-12-15", "2026-02-10"), 58, "202512 202601 202602", "202601", false},
		{"from within a month to now", period(t, "2026-02-02", "2026-03-15"), 42, "202602 202603", "202603", false},
		{"across a year's end", period(t, "2025-12-31", "2026-01-01"), 2, "202512 202601", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if n := len(c.period.Days()); n != c.days {
				t.Errorf("%d days, want %d", n, c.days)
			}
			if got := strings.Join(c.period.Months(), " "); got != c.months {
				t.Errorf("months %s, want %s", got, c.months)
			}
			months, all := c.period.whole(now)
			if got := strings.Join(months, " "); got != c.complete || all != c.all {
				t.Errorf("whole months %q, all %t, want %q, %t", got, all, c.complete, c.all)
			}
		})
	}
	if diff := cmp.Diff([]string{"20260228", "20260301"}, period(t, "2026-02-28", "2026-03-01").Days()); diff != "" {
		t.Errorf("days (-want +got):\n%s", diff)
	}
}

// period is ParsePeriod of good days.
func period(t *testing.T, from, to string) Period {
	t.Helper()
	p, err := ParsePeriod(from, to)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
