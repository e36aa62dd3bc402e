package main

import (
	"strings"
	"testing"
	"time"
)

func TestEveryPeriodOfAReport(t *testing.T) {
	now := time.Date(2026, 3, 8, 23, 30, 0, 0, time.UTC) // the ninth in Shanghai
	for _, c := range []struct {
		name     string
		ask      periodFlags
		from, to string
		wrong    string
	}{
		{name: "nothing: this month up to today", from: "2026-03-01", to: "2026-03-09"},
		{name: "a day", ask: periodFlags{day: "2026-02-28"}, from: "2026-02-28", to: "2026-02-28"},
		{name: "an ISO week over the turn of the year", ask: periodFlags{week: "2026-W01"}, from: "2025-12-29", to: "2026-01-04"},
		{name: "a month", ask: periodFlags{month: "2024-02"}, from: "2024-02-01", to: "2024-02-29"},
		{name: "a quarter", ask: periodFlags{quarter: "2026-Q4"}, from: "2026-10-01", to: "2026-12-31"},
		{name: "a year", ask: periodFlags{year: 2026}, from: "2026-01-01", to: "2026-12-31"},
		{name: "any range", ask: periodFlags{from: "2026-01-15", to: "2026-03-02"}, from: "2026-01-15", to: "2026-03-02"},
		{name: "half a range", ask: periodFlags{from: "2026-01-15"}, wrong: "--from and --to"},
		{name: "a range the wrong way round", ask: periodFlags{from: "2026-03-02", to: "2026-01-15"}, wrong: "before it begins"},
		{name: "a week that there is not", ask: periodFlags{week: "2026-W54"}, wrong: "no week 54"},
		{name: "a quarter that there is not", ask: periodFlags{quarter: "2026-Q5"}, wrong: "no quarter"},
		{name: "a year far away", ask: periodFlags{year: 1999}, wrong: "want 2020 to 2100"},
		{name: "two at once", ask: periodFlags{month: "2026-01", day: "2026-01-02"}, wrong: "want one of"},
		{name: "a year and a range", ask: periodFlags{year: 2026, from: "2026-01-01"}, wrong: "stands without"},
	} {
		p, err := c.ask.period(now)
		if c.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), c.wrong) || exitStatus(err) != 2 {
				t.Errorf("%s: %v, want wrong usage that says %q", c.name, err, c.wrong)
			}
			continue
		}
		if err != nil || p.From.Format(time.DateOnly) != c.from || p.To.Format(time.DateOnly) != c.to {
			t.Errorf("%s: %v to %v, %v, want %s to %s", c.name, p.From, p.To, err, c.from, c.to)
		}
	}
}
