package stats

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// longBook is a book in which something happened in every month of 2025 and
// 2026, over all sources.
func longBook() *book {
	b := newBook()
	b.since = "20250101"
	for day := Year(2025).From; day.Before(Year(2027).From); day = day.AddDate(0, 0, 1) {
		e := asked()
		e.At = day.Add(9 * time.Hour)
		b.put(e, day.Day()%4, 1+day.Day()%2)
		if day.Day() == 15 {
			for _, other := range []Event{
				Crisis(e.At),
				{At: e.At, Kind: Subscribe, Source: "scan"},
				{At: e.At, Kind: Scan, Scene: "east-gate", Source: "page"},
				{At: e.At, Kind: PageOpen, Entry: e.Entry, Topic: e.Topic, Source: Via("push")},
				{At: e.At, Kind: Gap, Outcome: "unsure", Length: "short"},
				{At: e.At, Kind: Helpful, Entry: e.Entry, Topic: e.Topic},
			} {
				b.put(other, 0, 6)
			}
		}
		b.close(day.AddDate(0, 0, 1))
	}
	b.close(Year(2027).From)
	return b
}

func yearFigures(t *testing.T, b *book, year int, now time.Time) []Figure {
	t.Helper()
	in, err := Gather(t.Context(), b, Year(year), now, map[string][]string{asked().Entry: asked().Themes, "women/x": nil})
	if err != nil {
		t.Fatal(err)
	}
	return Figures(in)
}

// TestLedgersGoAfterTheirTime lets the chore of every day run for two years,
// on a clock that is moved by hand.
func TestLedgersGoAfterTheirTime(t *testing.T) {
	b := longBook()
	before, want := yearFigures(t, b, 2025, on(2, 1).At.AddDate(1, 0, 0)), []string(nil)
	gone := map[string]string{}
	for now := time.Date(2026, 1, 1, 3, 0, 0, 0, zone); now.Year() < 2028; now = now.AddDate(0, 0, 1) {
		today := asked()
		today.At = now
		b.put(today, 1, 1)
		list, err := Retirable(t.Context(), b, 14, now)
		if err != nil {
			t.Fatal(err)
		}
		for _, month := range list {
			if _, err := Retire(t.Context(), b, month, now); err != nil {
				t.Fatal(err)
			}
			gone[month] = DayOf(now)
		}
	}
	for m := range 24 {
		first := time.Date(2025, time.Month(1+m), 1, 0, 0, 0, 0, zone)
		want = append(want, MonthOf(first)+" "+DayOf(first.AddDate(0, 15, 0)))
	}
	var got []string
	for month, day := range gone {
		got = append(got, month+" "+day)
	}
	slices.Sort(got)
	if diff := cmp.Diff(want[:len(got)], got); diff != "" || len(got) != 21 {
		t.Errorf("%d ledgers went (-want +got), the day after 14 whole months:\n%s", len(got), diff)
	}
	end := time.Date(2028, 1, 2, 9, 0, 0, 0, zone)
	b.close(end)
	r, err := Verify(t.Context(), b, end)
	if err != nil || len(r.Differences) != 0 || len(r.Retired) != len(got) || r.Retired[0].Month != "202501" || r.Retired[0].Lines < 40 {
		t.Errorf("Verify = %+v, %v", r, err)
	}
	if diff := cmp.Diff(before, yearFigures(t, b, 2025, on(2, 1).At.AddDate(1, 0, 0))); diff != "" {
		t.Errorf("the figures of the old year changed:\n%s", diff)
	}
	var out strings.Builder
	if err := r.Print(&out); err != nil || !strings.HasPrefix(out.String(), "month 202501: not rebuilt, its ") || !strings.HasSuffix(out.String(), "\ndifferences: 0\n") {
		t.Errorf("it prints %s, %v", out.String(), err)
	}
}

func TestALedgerStays(t *testing.T) {
	for _, c := range []struct {
		name   string
		month  string
		change func(*book)
		want   error
	}{
		{"whose counters differ", "202501", func(b *book) { b.days["20250108"]["hour|09"]++ }, ErrLedgerDiffers},
		{"that has a line which cannot be read", "202501", func(b *book) { b.ledger["202501"][3] = "torn" }, ErrLedgerDiffers},
		{"of the last twelve months", "202602", nil, ErrLedgerYoung},
		{"that grew while it was checked", "202501", func(b *book) {
			b.meanwhile = func() { b.meanwhile = nil; e := asked(); e.At = on(1, 8).At.AddDate(-1, 0, 0); b.put(e, 1, 1) }
		}, ErrLedgerMoved},
		{"when the program ends before it is dropped", "202501", func(b *book) { b.dying = true }, errBroken},
		{"when the marks cannot be read", "202501", func(b *book) { b.broken = "Retired" }, errBroken},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, now := longBook(), time.Date(2027, 2, 10, 3, 0, 0, 0, zone)
			if c.change != nil {
				c.change(b)
			}
			lines := len(b.ledger[c.month])
			_, err := Retire(t.Context(), b, c.month, now)
			if !errors.Is(err, c.want) && !(c.want == ErrLedgerMoved && errors.Is(err, ErrLedgerDiffers)) {
				t.Errorf("Retire = %v, want %v", err, c.want)
			}
			if len(b.ledger[c.month]) < lines || len(b.retired) > 0 {
				t.Errorf("%d of %d lines are left, marks %v", len(b.ledger[c.month]), lines, b.retired)
			}
			if c.name == "when the program ends before it is dropped" {
				b.dying = false // it is started again
				if r, err := Retire(t.Context(), b, c.month, now); err != nil || r.Lines != int64(lines) || len(b.ledger[c.month]) != 0 {
					t.Errorf("started again: %+v, %v", r, err)
				}
			}
		})
	}
	if _, err := Retire(t.Context(), newBook(), "gestern", time.Now()); err == nil {
		t.Error("a month that is none is retired")
	}
}

func TestWhatComesAfterALedgerIsGone(t *testing.T) {
	b, now := longBook(), time.Date(2027, 2, 10, 3, 0, 0, 0, zone)
	first, err := Retire(t.Context(), b, "202501", now)
	if err != nil {
		t.Fatal(err)
	}
	late := asked()
	late.At = time.Date(2025, 1, 20, 9, 0, 0, 0, zone)
	for range 3 { // waited in a spool all the time; its windows are closed
		b.ledger["202501"] = append(b.ledger["202501"], late.Line())
		b.raise(late)
	}
	if r, err := Verify(t.Context(), b, now); err != nil || len(r.Differences) != 0 {
		t.Errorf("with three late lines: %v, %v", r.Differences, err)
	}
	second, err := Retire(t.Context(), b, "202501", now.AddDate(0, 0, 1))
	if err != nil || second.Lines != first.Lines+3 || second.Sum == first.Sum {
		t.Errorf("the late lines went as %+v, %v, after %+v", second, err, first)
	}
	if r, err := Verify(t.Context(), b, now); err != nil || len(r.Differences) != 0 {
		t.Errorf("afterwards: %v, %v", r.Differences, err)
	}
	b.days["20250120"]["hour|09"]++
	r, err := Verify(t.Context(), b, now)
	want := Difference("month 202501: the counters are not those that were checked before its ledger was dropped on 2027-02-11")
	if err != nil || len(r.Differences) != 1 || r.Differences[0] != want {
		t.Errorf("a counter that was changed: %v, %v", r.Differences, err)
	}
	if _, err := Retire(t.Context(), b, "202501", now); err != nil && !errors.Is(err, ErrLedgerDiffers) {
		t.Error(err)
	}
}

func TestRetirable(t *testing.T) {
	b := longBook()
	for _, c := range []struct {
		name  string
		keep  int
		now   time.Time
		first string
		n     int
	}{
		{"nothing is old enough", 24, time.Date(2027, 1, 31, 23, 0, 0, 0, zone), "", 0},
		{"the first month after two years", 24, time.Date(2027, 2, 1, 0, 0, 0, 0, zone), "202501", 1},
		{"never the last twelve, whatever is asked", 1, time.Date(2027, 2, 1, 0, 0, 0, 0, zone), "202501", 13},
		{"a clock by which nobody wrote for 60 days", 24, time.Date(2027, 3, 2, 0, 0, 0, 0, zone), "", 0},
		{"the day is of Shanghai", 24, time.Date(2027, 1, 31, 16, 30, 0, 0, time.UTC), "202501", 1},
	} {
		list, err := Retirable(t.Context(), b, c.keep, c.now)
		if err != nil || len(list) != c.n || c.n > 0 && list[0] != c.first {
			t.Errorf("%s: %v, %v, want %d from %s", c.name, list, err, c.n, c.first)
		}
	}
	b.broken = "LedgerLines"
	if _, err := Retirable(t.Context(), b, 12, time.Date(2027, 2, 1, 0, 0, 0, 0, zone)); !errors.Is(err, errBroken) {
		t.Errorf("Retirable = %v, want the error of the store", err)
	}
}
