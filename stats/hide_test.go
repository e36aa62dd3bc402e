package stats

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProtect(t *testing.T) {
	for _, c := range []struct {
		name  string
		cells count
		hide  string
		ok    bool
	}{
		{"nothing is small", count{"a": 5, "b": 9}, "", true},
		{"nobody asked anything", count{"a": 0, "b": 0}, "", true},
		{"zeros alone are shown", count{"a": 9, "b": 0, "c": 0}, "", true},
		{"a small cell hides with the next smallest", count{"a": 3, "b": 9, "c": 7}, "a c", true},
		{"a small cell hides among the zeros", count{"a": 3, "b": 9, "c": 0}, "a c", true},
		{"two that differ are enough", count{"a": 3, "b": 4, "c": 7}, "a b", true},
		{"two of one size are told by their sum", count{"a": 1, "b": 1, "c": 7}, "a b c", true},
		{"cells of one size are hidden together", count{"a": 3, "b": 7, "c": 7, "d": 9}, "a b c", true},
		{"a small cell alone cannot be shown", count{"a": 3}, "", false},
		{"all small and of one size cannot be shown", count{"a": 2, "b": 2}, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			hide, ok := protect(c.cells)
			if got := strings.Join(slices.Sorted(maps.Keys(hide)), " "); got != c.hide || ok != c.ok {
				t.Errorf("protect = %q, %t, want %q, %t", got, ok, c.hide, c.ok)
			}
		})
	}
}

// TestNothingHiddenCanBeComputed goes through every table of four cells up to
// 7: among the tables that are published alike there are, for every hidden
// cell, at least two sizes. A reader who knows the rules cannot do better.
func TestNothingHiddenCanBeComputed(t *testing.T) {
	oneDay := Period{midnight(on(3, 8).At), midnight(on(3, 8).At)}
	const most = 8
	names := []string{"a", "b", "c", "d"}
	alike := map[string][]count{}
	for i := range most * most * most * most {
		table := count{}
		for _, name := range names {
			table[name] = int64(i % most)
			i /= most
		}
		cells := sealed(nested(byMonth{"202603": table}, names, withForced), oneDay)
		if cells == nil {
			continue
		}
		for name, n := range table {
			if c := cells[name]; !c.Hidden && (n > 0 && n < hideBelow || c.Value != n) || c.Hidden && c.Value != 0 {
				t.Fatalf("table %v: cell %s is published as %+v", table, name, c)
			}
		}
		view := fmt.Sprint(total(table), cells)
		alike[view] = append(alike[view], table)
	}
	for view, tables := range alike {
		cells := sealed(nested(byMonth{"202603": tables[0]}, names, withForced), oneDay)
		for _, name := range names {
			sizes := set{}
			for _, table := range tables {
				sizes[fmt.Sprint(table[name])] = true
			}
			if cells[name].Hidden && len(sizes) < 2 {
				t.Errorf("%s: cell %s can be computed, as in %v", view, name, tables[0])
			}
		}
	}
	if len(alike) < 200 {
		t.Errorf("only %d different tables were published", len(alike))
	}
}

func TestEntriesAndThemesDoNotGiveEachOtherAway(t *testing.T) {
	library := shelf{map[string][]string{
		"consumer/a": {"3.15"}, "consumer/b": {"3.15"}, "consumer/c": nil,
		"women/a": {"3.8"}, "women/b": {"3.8"}, "fraud/a": {"反诈"},
	}}
	shown := func(string) bool { return false }
	for _, c := range []struct {
		name    string
		entries count
		topics  func(string) bool
		themes  set
		hide    string
		hidden  string
	}{
		{
			"those below 5 are hidden, zeros with them",
			count{"consumer/a": 9, "consumer/b": 3, "consumer/c": 0, "women/a": 2, "women/b": 4, "fraud/a": 6},
			shown,
			set{},
			"consumer/a consumer/b consumer/c women/a women/b", "",
		},
		{
			"the only small entry of a theme hides with the next of the theme",
			count{"consumer/a": 8, "consumer/b": 3, "consumer/c": 20, "women/a": 9, "women/b": 0, "fraud/a": 0},
			shown,
			set{},
			"consumer/a consumer/b fraud/a women/b", "",
		},
		{
			"entries of a hidden topic are hidden, and the theme that is nothing else",
			count{"consumer/a": 8, "consumer/b": 9, "consumer/c": 20, "women/a": 0, "women/b": 0, "fraud/a": 22},
			func(topic string) bool { return topic == "fraud" },
			set{},
			"fraud/a women/a women/b", "反诈",
		},
		{
			"a theme of two entries of one size is hidden",
			count{"consumer/a": 8, "consumer/b": 9, "consumer/c": 20, "women/a": 3, "women/b": 3, "fraud/a": 22},
			shown,
			set{},
			"consumer/a consumer/b women/a women/b", "3.8",
		},
		{
			"what hides an entry from its topic may bare its theme",
			count{"consumer/a": 8, "consumer/b": 9, "consumer/c": 3, "women/a": 9, "women/b": 0, "fraud/a": 0},
			shown,
			set{},
			"consumer/a consumer/b consumer/c fraud/a women/b", "",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			hide := library.hideEntries(c.entries, c.topics, c.themes)
			if c.hide != strings.Join(slices.Sorted(maps.Keys(hide)), " ") {
				t.Errorf("entries hidden %v, want %s", slices.Sorted(maps.Keys(hide)), c.hide)
			}
			if diff := cmp.Diff(c.hidden, strings.Join(slices.Sorted(maps.Keys(c.themes)), " ")); diff != "" {
				t.Errorf("themes hidden (-want +got):\n%s", diff)
			}
		})
	}
}

// TestFiguresAuditThemselves publishes figures of random weeks and does what a
// reader with a computer can: it sets up every sum that the report gives
// (topics, hours, entries, each theme as the sum of its entries) and solves for
// the hidden cells.
func TestFiguresAuditThemselves(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 8))
	hidden, listed := 0, 0
	for round := range 400 {
		b, library := randomBook(r)
		in, err := Gather(t.Context(), b, period(t, "2026-03-01", "2026-03-31"), on(4, 2).At, library)
		if err != nil {
			t.Fatal(err)
		}
		a := newAudit(in)
		hidden += len(a.unknown)
		listed += len(a.figures["entries"].By["entry"])
		for _, name := range a.solved() {
			if a.truth[name] > 0 {
				t.Fatalf("round %d: %s = %d can be computed", round, name, a.truth[name])
			}
		}
	}
	if hidden < 4000 || listed < 400 {
		t.Errorf("%d hidden cells and %d entries seen: too few to mean anything", hidden, listed)
	}
}

// randomBook is March in a small street: few entries are asked for often.
func randomBook(r *rand.Rand) (*book, map[string][]string) {
	b, library := newBook(), map[string][]string{}
	for i := range 3 + r.IntN(12) {
		entry := fmt.Sprintf("topic%d/%d", r.IntN(4), i)
		library[entry] = nil
		if theme := r.IntN(5); theme < 3 {
			library[entry] = []string{fmt.Sprint("theme", theme)}
		}
	}
	asked := slices.Sorted(maps.Keys(library))
	library["topic0/nobody"], library["topic1/nobody"] = nil, nil // see hideEntries
	for _, entry := range asked {
		e := about(on(3, 1+r.IntN(31)), entry, library[entry]...)
		if r.IntN(4) > 0 {
			b.put(e, 1+r.IntN(9), 1+r.IntN(4))
		}
		if r.IntN(3) == 0 {
			b.put(e, 1+r.IntN(9), 5+r.IntN(9))
		}
	}
	return b, library
}

// audit is what a reader makes of a report.
type audit struct {
	figures map[string]Figure
	truth   count
	unknown []string        // hidden cells
	column  map[string]int  // of unknown
	rows    []map[int]int64 // equations: coefficients
}

func newAudit(in Input) *audit {
	a := &audit{figures: byID(Figures(in)), truth: count{}, column: map[string]int{}}
	s, library := sum(in), shelf{in.Entries}
	messages := a.figures["messages"].By
	a.split("topic ", s.topic, messages["topic"], nil)
	a.split("hour ", s.hour, messages["hour"], nil)
	entries := a.figures["entries"].By["entry"]
	a.split("entry ", s.entry, entries, slices.Collect(maps.Keys(in.Entries)))
	for theme, list := range library.byTheme() {
		row := a.row("entry ", list, entries)
		if c, ok := messages["theme"][theme]; !ok || c.Hidden {
			a.truth["theme "+theme] = s.theme[theme]
			row[a.of("theme "+theme)] = -1
		}
		a.rows = append(a.rows, row)
	}
	return a
}

// split adds the sum of a split.
func (a *audit) split(kind string, truth count, cells map[string]Cell, names []string) {
	if cells == nil {
		return // nobody knows what it was split into
	}
	for name := range cells {
		names = append(names, name)
	}
	for name, n := range truth {
		a.truth[kind+name] = n
	}
	slices.Sort(names)
	a.rows = append(a.rows, a.row(kind, slices.Compact(names), cells))
}

func (a *audit) row(kind string, names []string, cells map[string]Cell) map[int]int64 {
	row := map[int]int64{}
	for _, name := range names {
		if c, ok := cells[name]; !ok || c.Hidden {
			row[a.of(kind+name)] = 1
		}
	}
	return row
}

func (a *audit) of(name string) int {
	if _, ok := a.column[name]; !ok {
		a.column[name] = len(a.unknown)
		a.unknown = append(a.unknown, name)
	}
	return a.column[name]
}

// solved returns the unknowns that the equations determine: Gauss and Jordan,
// modulo a prime.
func (a *audit) solved() []string {
	const prime = 1_000_003
	var done []map[int]int64
	reduce := func(row, by map[int]int64, pivot int) {
		f := row[pivot]
		for col, v := range by {
			if row[col] = ((row[col]-f*v)%prime + prime) % prime; row[col] == 0 {
				delete(row, col)
			}
		}
	}
	var pivots []int
	for _, row := range a.rows {
		for i, d := range done {
			reduce(row, d, pivots[i])
		}
		if len(row) == 0 {
			continue
		}
		pivot := slices.Min(slices.Collect(maps.Keys(row)))
		inverse := int64(1)
		for base, e := (row[pivot]%prime+prime)%prime, prime-2; e > 0; e /= 2 {
			if e%2 == 1 {
				inverse = inverse * base % prime
			}
			base = base * base % prime
		}
		for col := range row {
			row[col] = (row[col]*inverse%prime + prime) % prime
		}
		for _, d := range done {
			reduce(d, row, pivot)
		}
		done, pivots = append(done, row), append(pivots, pivot)
	}
	var list []string
	for i, d := range done {
		if len(d) == 1 {
			list = append(list, a.unknown[pivots[i]])
		}
	}
	return list
}
