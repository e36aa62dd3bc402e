package stats

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// busyBook is a book of two months in which everything happened.
func busyBook() *book {
	b := newBook()
	b.put(on(3, 8), 1, 3)
	b.put(on(3, 8), 2, 1)
	b.put(about(on(3, 9), "women/harassment", "3.8"), 2, 1)
	b.put(Crisis(on(3, 9).At), 0, 2)
	rating := on(3, 9)
	rating.Kind, rating.Outcome = Helpful, ""
	b.put(rating, 0, 1)
	b.put(Event{At: on(3, 10).At, Kind: PageOpen, Entry: "consumer/fraud", Topic: "consumer", Source: "page"}, 0, 4)
	b.put(on(4, 1), 1, 1)
	b.close(on(4, 1).At)
	return b
}

var verifiedAt = time.Date(2026, 4, 2, 9, 0, 0, 0, zone)

func TestVerify(t *testing.T) {
	answered := "message|answered|consumer|3.15|text|0"
	for _, c := range []struct {
		name   string
		change func(*book)
		want   []Difference
	}{
		{"a book that nobody touched", func(*book) {}, nil},
		{"an empty book", func(b *book) { *b = *newBook() }, nil},
		{
			"a counter that is too low", func(b *book) { b.days["20260308"][answered] = 3 },
			[]Difference{"day 20260308 message|answered|consumer|3.15|text|0: ledger 4, counter 3"},
		},
		{
			"a counter that is too high", func(b *book) { b.days["20260308"]["hour|09"]++ },
			[]Difference{"day 20260308 hour|09: ledger 4, counter 5"},
		},
		{
			"a counter that is lost", func(b *book) { delete(b.months["202603"], "entry|message|women/harassment") },
			[]Difference{"month 202603 entry|message|women/harassment: ledger 1, counter 0"},
		},
		{
			"a counter that no line explains", func(b *book) { b.months["202604"]["entry|message|consumer/none"] = 2 },
			[]Difference{"month 202604 entry|message|consumer/none: ledger 0, counter 2"},
		},
		{
			"a lost crisis", func(b *book) { b.days["20260309"]["message|crisis||||0"] = 1 },
			[]Difference{"day 20260309 message|crisis||||0: ledger 2, counter 1"},
		},
		{
			"the count of a closed window changed", func(b *book) { b.months["202603"]["unique|day/20260308"] = 1 },
			[]Difference{"month 202603 unique|day/20260308: ledger 2, counter 1"},
		},
		{
			"a line that is lost is found in each of its counters", func(b *book) { b.ledger["202604"] = b.ledger["202604"][1:] },
			[]Difference{
				"day 20260401 hour|09: ledger 0, counter 1",
				"day 20260401 message|answered|consumer|3.15|text|0: ledger 0, counter 1",
				"month 202604 entry|message|consumer/seven-day-return: ledger 0, counter 1",
				"window day/20260401: residents 1, messages 0",
				"window theme/3.15/202604: residents 1, messages 0",
				"window topic/consumer/202604: residents 1, messages 0",
			},
		},
		{
			"a line that cannot be read is named, not shown",
			func(b *book) { b.ledger["202604"] = append(b.ledger["202604"], "oXyZ-somebody") },
			[]Difference{"ledger 202604 line 2: read ledger line: 1 fields, want 9"},
		},
		{
			"a line in the wrong month", func(b *book) {
				e := on(4, 1)
				b.ledger["202603"] = append(b.ledger["202603"], e.Line())
				b.raise(e)
			},
			[]Difference{
				"ledger 202603 line 19: stands in the wrong month, is of 202604",
				"day 20260401 hour|09: ledger 1, counter 2",
				"day 20260401 message|answered|consumer|3.15|text|0: ledger 1, counter 2",
				"month 202604 entry|message|consumer/seven-day-return: ledger 1, counter 2",
			},
		},
		{
			"a live window with more residents than messages", func(b *book) { mark(b.sets, "day|20260401", 7) },
			[]Difference{"window day/20260401: residents 2, messages 1"},
		},
		{
			"a window of another kind is left alone", func(b *book) { mark(b.sets, "campaign|spring", 7) }, nil,
		},
		{
			"a resident of the month whom the year lacks", func(b *book) { mark(b.residents, "202603", 9) },
			[]Difference{"residents 2026: 1 of its months are not in the year"},
		},
		{
			"residents of the year whom no month has", func(b *book) { mark(b.residents, "2026", 8); mark(b.residents, "2026", 9) },
			[]Difference{"residents 2026: 2 of the year are in none of its months"},
		},
		{
			"messages that come while the ledger is read", func(b *book) {
				b.meanwhile = func() { b.put(on(4, 2), 5, 1) }
			}, nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := busyBook()
			c.change(b)
			r, err := Verify(t.Context(), b, verifiedAt)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, r.Differences); diff != "" {
				t.Errorf("differences (-want +got):\n%s", diff)
			}
			if r.Months != 4 {
				t.Errorf("read %d months, want January to April", r.Months)
			}
		})
	}
}

func TestVerifyOverTheYears(t *testing.T) {
	b := newBook()
	b.since = "20251224"
	e := on(1, 1)
	b.put(e, 1, 1)
	e.At = time.Date(2025, 12, 31, 23, 59, 59, 0, zone)
	b.put(e, 2, 1)
	mark(b.residents, "2025", 3)
	r, err := Verify(t.Context(), b, on(2, 1).At)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Difference{"residents 2025: 1 of the year are in none of its months"}, r.Differences); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
	if r.Months != 3 || r.Lines != 2 {
		t.Errorf("read %d months and %d lines, want 3 and 2", r.Months, r.Lines)
	}
}

func TestVerifyFailsWhenItCannotRead(t *testing.T) {
	for _, method := range []string{"Since", "Counters", "Residents", "ReadLedger", "LiveWindows"} {
		b := busyBook()
		b.broken = method
		if _, err := Verify(t.Context(), b, verifiedAt); !errors.Is(err, errBroken) {
			t.Errorf("%s: Verify = %v, want the error of the store", method, err)
		}
	}
	for since, want := range map[string]string{"yesterday": `"yesterday"`, "20260403": "still to come"} {
		b := busyBook()
		b.since = since
		if _, err := Verify(t.Context(), b, verifiedAt); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("since %s: Verify = %v, want an error with %s", since, err, want)
		}
	}
}

func TestPrintDifferences(t *testing.T) {
	for _, c := range []struct {
		name string
		list []Difference
		want string
	}{
		{"none", nil, "differences: 0\n"},
		{"two", []Difference{"day 20260308 hour|09: ledger 4, counter 5", "b"}, "day 20260308 hour|09: ledger 4, counter 5\nb\ndifferences: 2\n"},
	} {
		var out strings.Builder
		if err := (Result{Differences: c.list}).Print(&out); err != nil || out.String() != c.want {
			t.Errorf("%s: printed %q, %v, want %q", c.name, out.String(), err, c.want)
		}
	}
}
