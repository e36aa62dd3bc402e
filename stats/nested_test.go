package stats

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// monthsOf are counters of 2026: of each topic how many came in each month.
func monthsOf(counts map[string][12]int64) nest {
	d, names := byMonth{}, []string{}
	for name, list := range counts {
		names = append(names, name)
		for m, n := range list {
			d.add(fmt.Sprintf("2026%02d", m+1), name, n)
		}
	}
	return nested(d, names, withForced)
}

func TestALongerPeriodHidesWhatShorterOnesWouldTell(t *testing.T) {
	big := [12]int64{20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31}
	quarter, err := ParseQuarter("2026-Q1")
	if err != nil {
		t.Fatal(err)
	}
	half := Period{Year(2026).From, time.Date(2026, 6, 30, 0, 0, 0, 0, zone)}
	for _, c := range []struct {
		name   string
		topic  [12]int64
		of     Period
		hidden bool
	}{
		{"a month in which it is hidden, two in which it is shown", [12]int64{9, 3, 8, 9, 9, 9, 9, 9, 9, 9, 9, 9}, quarter, true},
		{"the year less eleven months", [12]int64{9, 3, 8, 9, 9, 9, 9, 9, 9, 9, 9, 9}, Year(2026), true},
		{"half a year less five months", [12]int64{9, 3, 8, 9, 9, 9, 9, 9, 9, 9, 9, 9}, half, true},
		{"two months of the quarter hide it", [12]int64{2, 3, 8, 9, 9, 9, 9, 9, 9, 9, 9, 9}, quarter, false},
		{"the quarter that hides it is one of four", [12]int64{9, 3, 8, 9, 9, 9, 9, 2, 3, 9, 9, 9}, Year(2026), true},
		{"two quarters hide it", [12]int64{9, 3, 8, 9, 2, 9, 9, 9, 9, 9, 9, 9}, Year(2026), false},
		{"no month hides it", [12]int64{9, 9, 8, 9, 9, 9, 9, 9, 9, 9, 9, 9}, Year(2026), false},
		{"a month alone has no shorter ones", [12]int64{9, 9, 8, 9, 9, 9, 9, 9, 9, 9, 9, 9}, months(quarter.From, 1), false},
	} {
		n := monthsOf(map[string][12]int64{"topic": c.topic, "consumer": big, "labor": {}, "elder": {}})
		if hide, ok := n.verdict(c.of); !ok || hide["topic"] != c.hidden {
			t.Errorf("%s: hidden %v, %t, want %t", c.name, hide, ok, c.hidden)
		}
	}
}

func TestTilings(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"2026-01-01", "2026-12-31", "4 12"},
		{"2026-01-01", "2026-06-30", "2 6"},
		{"2026-02-01", "2026-07-31", "6"}, // no quarters of the calendar
		{"2026-04-01", "2026-06-30", "3"},
		{"2026-04-01", "2026-04-30", ""},
		{"2026-03-02", "2026-03-08", ""},
		{"2026-03-01", "2026-04-08", ""},
		{"2025-01-01", "2026-12-31", "8 24"},
	} {
		var got []string
		for _, parts := range tilings(period(t, c.from, c.to)) {
			got = append(got, fmt.Sprint(len(parts)))
			if !parts[0].From.Equal(period(t, c.from, c.to).From) || !parts[len(parts)-1].To.Equal(period(t, c.from, c.to).To) {
				t.Errorf("%s to %s is not filled by %v", c.from, c.to, parts)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s to %s is made of %v, want %s", c.from, c.to, got, c.want)
		}
	}
}

// TestReportsOfAYearTellNothingTogether publishes the tables of topics of all
// months, quarters and the year, each with its sum, and solves what a reader
// can solve.
func TestReportsOfAYearTellNothingTogether(t *testing.T) {
	r := rand.New(rand.NewPCG(20, 26))
	hidden, shown, told := 0, 0, 0
	for range 300 {
		counts := map[string][12]int64{}
		for i := range 3 + r.IntN(4) {
			var list [12]int64
			for m := range list {
				list[m] = int64(r.IntN(4) * r.IntN(8))
			}
			counts[fmt.Sprint("topic", i)] = list
		}
		n, a := monthsOf(counts), &audit{truth: count{}, column: map[string]int{}}
		secret := map[string]bool{}
		cell := func(month Period, topic string) string { return MonthOf(month.From) + " " + topic }
		publish := func(p Period) {
			hide, ok := n.verdict(p)
			all := map[int]int64{}
			for topic, list := range counts {
				row := map[int]int64{}
				for _, month := range inParts(p, 1) {
					name := cell(month, topic)
					a.truth[name] = list[month.From.Month()-1]
					if p.Span() == Month && (!ok || hide[topic]) {
						secret[name] = true
						hidden++
					}
					if secret[name] {
						row[a.of(name)], all[a.of(name)] = 1, 1
					}
				}
				if ok && !hide[topic] {
					shown++
					a.rows = append(a.rows, row)
				}
			}
			if ok { // else nobody knows what it is split into
				a.rows = append(a.rows, all)
			}
		}
		for _, parts := range [][]Period{inParts(Year(2026), 1), inParts(Year(2026), 3), {Year(2026)}} {
			for _, p := range parts {
				publish(p)
			}
		}
		for _, name := range a.solved() {
			if n := a.truth[name]; n > 0 && n < hideBelow && slices.Contains(a.unknown, name) {
				told++
			}
		}
	}
	// Each on its own they told 1,328 of 7,110.
	if told > 0 {
		t.Errorf("%d of %d hidden cells can be computed", told, hidden)
	}
	if hidden < 5000 || shown < 5000 {
		t.Errorf("%d hidden and %d shown: too few to mean anything", hidden, shown)
	}
}

// BenchmarkTopicsOfAQuietYear is the dearest table: a topic is hidden in nearly
// every month.
func BenchmarkTopicsOfAQuietYear(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	counts := map[string][12]int64{}
	for i := range 22 {
		var list [12]int64
		for m := range list {
			list[m] = int64(r.IntN(4) * r.IntN(6))
		}
		counts[fmt.Sprint("topic", i)] = list
	}
	for b.Loop() {
		if _, ok := monthsOf(counts).verdict(Year(2026)); !ok {
			b.Fatal("nothing is shown")
		}
	}
}
