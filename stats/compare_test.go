package stats

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestChange(t *testing.T) {
	for _, c := range []struct {
		name      string
		now, then Cell
		want      Change
	}{
		{"more", Cell{Value: 12}, Cell{Value: 8}, Change{Known: true, By: 4, Percent: 50, Share: true}},
		{"less", Cell{Value: 2}, Cell{Value: 3}, Change{Known: true, By: -1, Percent: -33.3, Share: true}},
		{"from nothing there is no share", Cell{Value: 5}, Cell{}, Change{Known: true, By: 5}},
		{"of what is hidden nothing is known", Cell{Hidden: true}, Cell{Value: 9}, Change{}},
		{"against what is hidden nothing is known", Cell{Value: 9}, Cell{Hidden: true}, Change{}},
		{"against what is missing nothing is known", Cell{Value: 9}, Cell{Missing: true}, Change{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.now.Since(c.then); got != c.want {
				t.Errorf("Since = %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestGatherCompared(t *testing.T) {
	b := yearBook()
	b.since = "20260101"
	c, err := GatherCompared(t.Context(), b, period(t, "2026-03-01", "2026-03-31"), on(4, 2).At, library)
	if err != nil {
		t.Fatal(err)
	}
	if n := c.Before.CellOf("messages", "", ""); n != (Cell{Value: 12}) {
		t.Errorf("February %+v, want 12", n)
	}
	if c.YearBefore == nil || c.YearBefore.Figures != nil {
		t.Errorf("a year before anything was counted: %+v", c.YearBefore)
	}
	if c.Open() || !(Compared{Period: Year(2026), Now: c.Now}).Open() {
		t.Error("March is over in April, the year is not")
	}
	if got := c.Before.CellOf("messages", "topic", "nonsense"); !got.Missing {
		t.Errorf("a topic that there is not: %+v", got)
	}
}

// TestComparisonsTellNoMore does what a reader with a computer can: with the
// tables of a month and the month before side by side and every change between
// them, it solves for what is hidden in either.
func TestComparisonsTellNoMore(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 4))
	changes := 0
	for round := range 150 {
		b, library := randomBook(r)
		for _, entry := range slices.Sorted(maps.Keys(library)) {
			if r.IntN(3) > 0 && !strings.HasSuffix(entry, "/nobody") { // see hideEntries
				b.put(about(on(2, 1+r.IntN(28)), entry, library[entry]...), 1+r.IntN(9), 1+r.IntN(9))
			}
		}
		march, err := Gather(t.Context(), b, period(t, "2026-03-01", "2026-03-31"), on(4, 2).At, library)
		if err != nil {
			t.Fatal(err)
		}
		february, err := Gather(t.Context(), b, march.Period.Before(), on(4, 2).At, library)
		if err != nil {
			t.Fatal(err)
		}
		a := both(newAudit(march), newAudit(february))
		changes += a.changes()
		for _, name := range a.solved() {
			if a.truth[name] > 0 {
				t.Fatalf("round %d: %s = %d can be computed", round, name, a.truth[name])
			}
		}
	}
	if changes < 500 {
		t.Errorf("%d changes seen: too few to mean anything", changes)
	}
}

// pair is the audit of two months beside each other.
type pair struct {
	audit
	now, then map[string]Figure
}

// both puts the equations of two audits into one system.
func both(now, then *audit) *pair {
	p := &pair{audit{truth: count{}, column: map[string]int{}}, now.figures, then.figures}
	for prefix, a := range map[string]*audit{"now ": now, "then ": then} {
		for name, n := range a.truth {
			p.truth[prefix+name] = n
		}
		for _, row := range a.rows {
			moved := map[int]int64{}
			for col, v := range row {
				moved[p.of(prefix+a.unknown[col])] = v
			}
			p.rows = append(p.rows, moved)
		}
	}
	return p
}

// changes adds an equation for each change that a report would show.
func (p *pair) changes() (shown int) {
	for _, by := range []string{"topic", "hour", "theme"} {
		for part, cell := range p.now["messages"].By[by] {
			then := p.then["messages"].By[by][part]
			if !cell.Since(then).Known {
				continue
			}
			shown++
			row := map[int]int64{}
			for prefix, c := range map[string]Cell{"now ": cell, "then ": then} {
				if c.Hidden {
					row[p.of(prefix+by+" "+part)] = 1
				}
			}
			p.rows = append(p.rows, row)
		}
	}
	return shown
}

func TestCellsOfEverySpanAreHidden(t *testing.T) {
	b := yearBook()
	for _, text := range [][2]string{
		{"2026-03-08", "2026-03-08"},
		{"2026-03-02", "2026-03-08"},
		{"2026-03-01", "2026-03-31"},
		{"2026-01-01", "2026-03-31"},
		{"2026-01-01", "2026-12-31"},
		{"2026-02-01", "2026-03-20"},
	} {
		for _, f := range figuresOf(t, b, text[0], text[1]) {
			for _, by := range []string{"topic", "theme", "hour", "entry"} {
				for part, c := range f.By[by] {
					if !c.Hidden && c.Value > 0 && c.Value < hideBelow {
						t.Errorf("%v: %s by %s: %s shows %s", text, f.ID, by, part, fmt.Sprint(c.Value))
					}
				}
			}
		}
	}
}
