package stats

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// bookOf is a book in which n questions of theme 3.8 came on each of some days
// of March 2027.
func bookOf(perDay map[int]int) tallies {
	c := tallies{Counts{}, "20260101"}
	for day, n := range perDay {
		c.ask(march(day, 12), n, "3.8")
	}
	c.ask(march(20, 12), 60, "3.15")
	return c
}

// pushOn is a campaign of theme 3.8 from one day to another, both included.
func pushOn(id string, from, to int) Pushed {
	return Pushed{Push: Push{ID: id, Theme: "3.8", From: march(from, 10), Until: march(to+1, 0)}, Sends: true, Done: PushDone{Planned: 300, Reached: 290, Failed: 10}}
}

// inMarch gathers campaigns beside the figures of March.
func inMarch(t *testing.T, c tallies, list ...Pushed) (Compared, []Pushed) {
	t.Helper()
	march2027, err := ParseMonth("2027-03")
	if err != nil {
		t.Fatal(err)
	}
	library := map[string][]string{"women/x": {"3.8"}, "women/y": nil, "consumer/x": {"3.15"}, "consumer/y": nil}
	period, err := GatherCompared(t.Context(), c, march2027, march(31, 20).AddDate(0, 1, 0), library)
	if err != nil {
		t.Fatal(err)
	}
	got, err := GatherPushes(t.Context(), c, period, list)
	if err != nil {
		t.Fatal(err)
	}
	return period, got
}

func TestWhatAPeriodAndItsCampaignsTellTogether(t *testing.T) {
	for _, c := range []struct {
		name string
		days map[int]int
		list []Pushed
		want []string
	}{
		{"the rest of the month is large enough", map[int]int{3: 8, 20: 5}, []Pushed{pushOn("a", 1, 9)}, []string{"8"}},
		{"nobody asked outside of the window", map[int]int{3: 8}, []Pushed{pushOn("a", 1, 9)}, []string{"8"}},
		{"two asked outside of the window", map[int]int{3: 8, 20: 2}, []Pushed{pushOn("a", 1, 9)}, []string{"少于5"}},
		{"two outside of two windows together: the smaller is hidden", map[int]int{3: 8, 12: 6, 20: 2}, []Pushed{pushOn("a", 1, 9), pushOn("b", 10, 14)}, []string{"8", "少于5"}},
		{"a window within another, three more days with three", map[int]int{3: 8, 10: 3, 20: 9}, []Pushed{pushOn("a", 1, 9), pushOn("b", 1, 12)}, []string{"少于5", "11"}},
		{"windows that overlap leave nothing to subtract", map[int]int{3: 8, 10: 7, 14: 6, 20: 9}, []Pushed{pushOn("a", 1, 11), pushOn("b", 9, 15)}, []string{"15", "13"}},
		{"a window that reaches into the next month", map[int]int{29: 8, 20: 2}, []Pushed{pushOn("a", 28, 34)}, []string{"8"}},
		{"the month hides its theme", map[int]int{3: 4}, []Pushed{pushOn("a", 1, 9)}, []string{"少于5"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, got := inMarch(t, bookOf(c.days), c.list...)
			for i, want := range c.want {
				f := got[i].Figures
				if f.Asked.String() != want {
					t.Errorf("%s asked %s, want %s", got[i].ID, f.Asked, want)
				}
				if f.Asked.Hidden && (f.Weeks != nil || f.Lift.Known || f.Asked.Value != 0) {
					t.Errorf("%s is hidden and told all the same: %+v", got[i].ID, f)
				}
			}
		})
	}
}

func TestTheWeeksBeforeACampaignAreTakenIntoAccount(t *testing.T) {
	// The change tells the questions of the four weeks before: 1 to 28 March.
	_, got := inMarch(t, bookOf(map[int]int{3: 20, 20: 11, 30: 9}), pushOn("a", 29, 31))
	if f := got[0].Figures; f.Asked.String() != "9" || !f.Lift.Known {
		t.Errorf("nothing is too small: %+v", f)
	}
	_, got = inMarch(t, bookOf(map[int]int{1: 3, 3: 20, 20: 11, 31: 9}), pushOn("a", 30, 31))
	if f := got[0].Figures; f.Asked.String() != "9" || f.Lift.Known || !f.Before.Hidden {
		t.Errorf("40 less 9 less 31 are three of the first of March: %+v", f)
	}
}

// TestCampaignsTellNoSmallNumber lets a month go by at random and takes all
// that is shown from each other in every way that leaves whole days.
func TestCampaignsTellNoSmallNumber(t *testing.T) {
	r := rand.New(rand.NewPCG(27, 3))
	shown, hidden := 0, 0
	for round := range 400 {
		days, list := map[int]int{}, []Pushed{}
		for day := 1; day <= 31; day++ {
			if r.IntN(3) == 0 {
				days[day] = r.IntN(9)
			}
		}
		for i := range 1 + r.IntN(5) {
			from := 1 + r.IntN(28)
			list = append(list, pushOn(fmt.Sprint("p", i), from, min(31, from+r.IntN(12))))
		}
		period, got := inMarch(t, bookOf(days), list...)
		type told struct {
			of Period
			n  int64
		}
		var all []told
		if theme := CellOf(period.Figures, "messages", "theme", "3.8"); !theme.Hidden {
			all = append(all, told{period.Period, theme.Value})
		}
		for _, p := range got {
			if p.Figures.Asked.Hidden {
				hidden++
				continue
			}
			shown++
			all = append(all, told{p.days(), p.Figures.Asked.Value})
		}
		for x := range all {
			for pick := range 1 << len(all) {
				rest, covered := all[x].n, map[string]bool{}
				for y := range all {
					if pick&(1<<y) == 0 {
						continue
					}
					for _, day := range all[y].of.Days() {
						if covered[day] || y == x || day < DayOf(all[x].of.From) || day > DayOf(all[x].of.To) {
							rest = -1 << 30
						}
						covered[day] = true
					}
					rest -= all[y].n
				}
				if rest > 0 && rest < hideBelow {
					t.Fatalf("round %d: %s less %b of %+v leaves %d", round, all[x].of.Label(), pick, all, rest)
				}
			}
		}
	}
	if shown < 400 || hidden < 100 {
		t.Errorf("%d were shown and %d hidden: the test tries too little", shown, hidden)
	}
}

func TestTotalsOfCampaigns(t *testing.T) {
	c := bookOf(map[int]int{3: 8, 12: 7, 20: 9})
	c.open(march(3, 12), 7, "a")
	c.open(march(12, 12), 6, "b")
	card := pushOn("card", 16, 18)
	card.Sends, card.Done = false, PushDone{}
	_, list := inMarch(t, c, pushOn("a", 1, 9), pushOn("b", 10, 14), card)
	figures := PushTotals(list)
	if len(figures) != len(PushRules()) {
		t.Fatalf("%d figures, want one a rule", len(figures))
	}
	for i, want := range []struct{ id, total, a, card string }{
		{"push_planned", "600", "300", "无"},
		{"push_reached", "580", "290", "无"},
		{"push_failed", "20", "10", "无"},
		{"push_filtered", "0", "0", "无"},
		{"push_doubt", "0", "0", "无"},
		{"push_opened", "13", "7", "0"},
		{"push_shown", "0", "0", "0"},
		{"push_asked", "无", "8", "0"},
		{"push_residents", "无", "无", "无"},
		{"push_lift", "无", "无", "-100"},
		{"pushes", "3", "无", "无"},
	} {
		f := figures[i]
		a, card := CellOf(figures, f.ID, "campaign", "a"), CellOf(figures, f.ID, "campaign", "card")
		if f.ID != want.id || f.Rule != PushRules()[i].Number || f.String() != want.total || a.String() != want.a || card.String() != want.card {
			t.Errorf("figure %d is %s %s, of a %s, of the card %s, want %+v", i, f.ID, f.Cell, a, card, want)
		}
	}
	c.open(march(3, 13), 3, "card")
	c.open(march(17, 13), 3, "card")
	_, list = inMarch(t, c, pushOn("a", 1, 9), pushOn("b", 10, 14), card)
	if f := PushTotals(list)[5]; !CellOf([]Figure{f}, f.ID, "campaign", "card").Hidden || !f.Missing {
		t.Errorf("three of the card are told by the total: %+v", f)
	}
	if got := PushTotals(nil); got[0].Value != 0 || got[0].Missing || got[10].Value != 0 {
		t.Errorf("of no campaign: %+v", got)
	}
}

func TestCampaignsAreReadAtOnce(t *testing.T) {
	c := &reads{tallies: bookOf(map[int]int{3: 8})}
	period := Compared{Now: time.Date(2027, 5, 1, 0, 0, 0, 0, zone)}
	if _, err := GatherPushes(t.Context(), c, period, []Pushed{pushOn("a", 1, 9), pushOn("b", 20, 25)}); err != nil || c.n != 1 {
		t.Errorf("%d reads, %v, want one", c.n, err)
	}
	if list, err := GatherPushes(t.Context(), c, period, nil); err != nil || len(list) != 0 || c.n != 1 {
		t.Errorf("of no campaign: %v, %v, %d reads", list, err, c.n)
	}
}

// reads counts how often counters are read.
type reads struct {
	tallies
	n int
}

func (r *reads) Counters(ctx context.Context, from, to time.Time) (days, months map[string]map[string]int64, err error) {
	r.n++
	return r.tallies.Counters(ctx, from, to)
}

// With a campaign every week there are more sets of campaigns than could ever
// be tried; that some of them leave too small a number is found all the same.
func TestAYearOfWeeklyCampaignsIsLookedThrough(t *testing.T) {
	year := stretch{days: Year(2026), of: -1}
	told := []stretch{year}
	for i := range 52 {
		from := year.days.From.AddDate(0, 0, 7*i)
		told = append(told, stretch{days: Period{from, from.AddDate(0, 0, 6)}, n: int64(1000 + 37*i%101), of: i})
		told[0].n += told[i+1].n
	}
	for _, c := range []struct {
		name string
		rest int64 // of the year outside all campaigns
		want int   // how many stretches expose it
	}{
		{"nobody asked outside", 0, 0}, {"three asked outside", 3, 53}, {"many asked outside", 5, 0},
	} {
		told := slices.Clone(told)
		told[0].n += c.rest
		if got := (&shield{}).exposing(told, 0); len(got) != c.want {
			t.Errorf("%s: %d stretches expose a small number, want %d", c.name, len(got), c.want)
		}
	}
}
