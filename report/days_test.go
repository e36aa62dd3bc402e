package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"pufa/stats"
)

func TestDaysTable(t *testing.T) {
	made := time.Date(2026, 3, 18, 16, 0, 0, 0, shanghai)
	week, err := stats.ParseWeek("2026-W12")
	if err != nil {
		t.Fatal(err)
	}
	days := map[string]stats.Cell{"20260317": {Value: 12}, "20260318": {Value: 3}}
	of := func(p stats.Period, since time.Time) Report {
		return Report{Compared: stats.Compared{Period: p, Now: made, Since: since, Figures: []stats.Figure{
			{ID: "messages", Rule: "K01", By: map[string]map[string]stats.Cell{"day": days}},
		}}}
	}
	var got strings.Builder
	writeTable(&got, DaysTable(of(week, time.Date(2026, 3, 17, 0, 0, 0, 0, shanghai))))
	for _, want := range []string{"2026年3月16日", "无", "2026年3月17日", "12", "2026年3月18日", "3"} {
		if !strings.Contains(got.String(), want) {
			t.Errorf("no %q in\n%s", want, &got)
		}
	}
	if strings.Contains(got.String(), "3月19日") {
		t.Errorf("a day to come stands in\n%s", &got)
	}
	if table := DaysTable(of(stats.Year(2026), made)); table != nil {
		t.Errorf("a year has days: %d", len(table.Rows))
	}
}

func TestTableCSVIsNotEvaluated(t *testing.T) {
	table := &Table{Columns: []string{"地点", "数量"}}
	table.add(say("=HYPERLINK(\"http://evil.example\")"), whole(-3))
	table.add(say("甲,\"乙\""), say("—"))
	var out bytes.Buffer
	if err := TableCSV(&out, table); err != nil {
		t.Fatal(err)
	}
	want := mark + "地点,数量\r\n\"'=HYPERLINK(\"\"http://evil.example\"\")\",-3\r\n\"甲,\"\"乙\"\"\",—\r\n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
