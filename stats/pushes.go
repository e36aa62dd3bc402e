package stats

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// Pushed is a campaign among those of a period.
type Pushed struct {
	Push
	Done    PushDone
	Sends   bool // it is pushed to somebody: else Done says nothing
	Figures PushFigures
}

// GatherPushes reads the figures of the campaigns that began in a period and
// stand beside its own. What the period's figures and those of the campaigns
// would give away together is hidden: the questions of a theme in a campaign's
// window lie among those of the period.
func GatherPushes(ctx context.Context, r Annals, c Compared, list []Pushed) ([]Pushed, error) {
	pushes := make([]Push, len(list))
	for i, p := range list {
		pushes[i] = p.Push
	}
	k, err := readPushes(ctx, r, pushes, c.Now)
	if err != nil {
		return nil, fmt.Errorf("figures of campaigns: %w", err)
	}
	out := append([]Pushed{}, list...)
	for i := range out {
		out[i].Figures = k.figures(out[i].Push)
	}
	for _, theme := range themesOf(out) {
		s := shield{k: k, theme: theme, list: out}
		s.fixed(c)
		s.hide()
	}
	return out, nil
}

// AddPushes adds the campaigns of the period and of those that it is compared
// with: began returns those that began in a period, by time. Their totals go
// among the figures, in the order of the rules' numbers.
func (c *Compared) AddPushes(ctx context.Context, r Annals, began func(Period) []Pushed) (err error) {
	if c.Pushes, err = GatherPushes(ctx, r, *c, began(c.Period)); err != nil {
		return err
	}
	for _, e := range []*Earlier{&c.Before, c.YearBefore} {
		if e == nil || e.Figures == nil {
			continue
		}
		list, err := GatherPushes(ctx, r, Compared{Period: e.Period, Now: c.Now, Figures: e.Figures}, began(e.Period))
		if err != nil {
			return err
		}
		e.Figures = withTotals(e.Figures, list)
	}
	c.Figures = withTotals(c.Figures, c.Pushes)
	return nil
}

func withTotals(figures []Figure, list []Pushed) []Figure {
	all := append(slices.Clone(figures), PushTotals(list)...)
	slices.SortStableFunc(all, func(a, b Figure) int { return cmp.Compare(a.Rule, b.Rule) })
	return all
}

func themesOf(list []Pushed) (themes []string) {
	for _, p := range list {
		if p.Theme != "" {
			themes = append(themes, p.Theme)
		}
	}
	slices.Sort(themes)
	return slices.Compact(themes)
}

// shield keeps the questions of one theme from being told by subtraction.
type shield struct {
	k      pushCounts
	theme  string
	list   []Pushed
	around []stretch // of the period and those that it is compared with
}

// stretch is a number of questions that a reader knows, of some days in a row.
type stretch struct {
	days Period
	n    int64
	of   int  // the campaign in the list; -1: a period's own figure, which stays
	past bool // of the four weeks before the campaign, told by K38
}

// less reports whether less is lost by hiding a than b.
func (a stretch) less(b stretch) bool {
	if a.past != b.past {
		return a.past
	}
	return a.n < b.n
}

// fixed notes what the report says of the theme. Where it hides the theme, it
// hides what campaigns say of it as well.
func (s *shield) fixed(c Compared) {
	show := func(p Period, cell Cell) bool {
		if !cell.Hidden && !cell.Missing {
			s.around = append(s.around, stretch{days: p, n: cell.Value, of: -1})
		}
		return !cell.Hidden
	}
	if !show(c.Period, CellOf(c.Figures, "messages", "theme", s.theme)) {
		for i := range s.list {
			if s.list[i].Theme == s.theme && !s.list[i].Figures.Asked.Missing {
				s.list[i].Figures.withhold()
			}
		}
	}
	show(c.Before.Period, c.Before.CellOf("messages", "theme", s.theme))
	if c.YearBefore != nil {
		show(c.YearBefore.Period, c.YearBefore.CellOf("messages", "theme", s.theme))
	}
}

// withhold hides the questions of the window and what follows from them.
func (f *PushFigures) withhold() {
	f.Asked, f.Weeks, f.Lift = Cell{Hidden: true}, nil, Change{}
	if !f.Residents.Missing {
		f.Residents = Cell{Hidden: true}
	}
}

// hide hides the smallest of those that give a small number away together,
// until none does.
func (s *shield) hide() {
	for {
		told := s.told()
		guilty := -1
		for x := range told {
			for _, i := range s.exposing(told, x) {
				if told[i].of >= 0 && (guilty < 0 || told[i].less(told[guilty])) {
					guilty = i
				}
			}
			if guilty >= 0 {
				break
			}
		}
		if guilty < 0 {
			return
		}
		f := &s.list[told[guilty].of].Figures
		if told[guilty].past {
			f.Lift, f.Before = Change{}, Cell{Hidden: true}
		} else {
			f.withhold()
		}
	}
}

// told are all numbers of the theme that stand in the report.
func (s *shield) told() []stretch {
	list := slices.Clone(s.around)
	for i, p := range s.list {
		if p.Theme != s.theme || p.Figures.Asked.Hidden || p.Figures.Asked.Missing {
			continue
		}
		list = append(list, stretch{days: p.days(), n: p.Figures.Asked.Value, of: i})
		if p.Figures.Lift.Known && p.Figures.Lift.Share {
			list = append(list, stretch{days: p.before(), n: p.Figures.Before.Value, of: i, past: true})
		}
	}
	slices.SortStableFunc(list, func(a, b stretch) int {
		return cmp.Or(a.days.From.Compare(b.days.From), a.days.To.Compare(b.days.To))
	})
	return list
}

// chain are stretches that do not overlap, one after another.
type chain struct {
	ends    time.Time
	sum     int64
	members []int
}

// exposing returns stretches that, taken from stretch x in which they lie,
// leave a number that is too small to be shown, and x; nil when there are none.
func (s *shield) exposing(told []stretch, x int) []int {
	type end struct {
		at  int64
		sum int64
	}
	seen := map[end]bool{}
	chains := []chain{{ends: told[x].days.From.AddDate(0, 0, -1)}}
	most := mostWithin(told, x)
	for i, y := range told {
		if !inside(told, x, i) {
			continue
		}
		for _, c := range chains { // those found so far
			// A chain that all that may still come leaves too much of is none: there
			// are as many chains as sets of campaigns, and few come near a whole year.
			if !c.ends.Before(y.days.From) || told[x].n-c.sum-most[i] >= hideBelow {
				continue
			}
			next := chain{y.days.To, c.sum + y.n, append(slices.Clone(c.members), i)}
			if rest := told[x].n - next.sum; rest > 0 && rest < hideBelow {
				return append(next.members, x)
			}
			if key := (end{next.ends.Unix(), next.sum}); !seen[key] {
				seen[key] = true
				chains = append(chains, next)
			}
		}
	}
	return nil
}

// inside reports whether stretch i lies in x.
func inside(told []stretch, x, i int) bool {
	return i != x && !told[i].days.From.Before(told[x].days.From) && !told[i].days.To.After(told[x].days.To)
}

// mostWithin is by how much a chain of stretches in x can grow at most from
// each stretch on; told is sorted by the first day.
func mostWithin(told []stretch, x int) []int64 {
	most := make([]int64, len(told)+1)
	for i := len(told) - 1; i >= 0; i-- {
		most[i] = most[i+1]
		if inside(told, x, i) {
			next, _ := slices.BinarySearchFunc(told, told[i].days.To, func(s stretch, last time.Time) int {
				if s.days.From.After(last) {
					return 1
				}
				return -1
			})
			most[i] = max(most[i], told[i].n+most[next])
		}
	}
	return most
}

// PushTotals are K29 to K38 and K40 of the campaigns of a period, each split by
// campaign. Only what may be added up has a total: what the office did, and
// what was counted one by one where no part is hidden. Questions of windows
// that overlap and residents have none.
func PushTotals(list []Pushed) []Figure {
	parts := make([]map[string]Cell, len(PushRules()))
	for i := range parts {
		parts[i] = map[string]Cell{}
	}
	for _, p := range list {
		for i, f := range p.Figures.Figures(p.Done) {
			if i < ofOffice && !p.Sends {
				f.Cell = Cell{Missing: true}
			}
			parts[i][p.ID] = f.Cell
		}
	}
	figures := make([]Figure, 0, len(parts))
	for i, r := range PushRules() {
		f := Figure{ID: r.ID, Rule: r.Number, By: map[string]map[string]Cell{"campaign": parts[i]}}
		switch {
		case r.ID == "pushes":
			f.Cell, f.By = Cell{Value: int64(len(list))}, map[string]map[string]Cell{}
		case i < addable:
			f.Cell = sumOf(parts[i])
		default:
			f.Cell = Cell{Missing: true}
		}
		figures = append(figures, f)
	}
	return figures
}

// How many of PushRules are what the office did, and how many may be added up.
const (
	ofOffice = 5
	addable  = 7
)

// sumOf adds cells up; a part that is hidden would be told by the sum.
func sumOf(parts map[string]Cell) Cell {
	var sum Cell
	for _, c := range parts {
		if c.Hidden {
			return Cell{Missing: true}
		}
		sum.Value += c.Value
	}
	return sum
}
