package stats

import (
	"cmp"
	"slices"
	"strings"
)

// Shape is one way in which a question went without an answer.
type Shape struct {
	ID   string // as it is counted
	Name string // as staff read it
}

// Shapes returns the shapes in the order of a report.
func Shapes() []Shape {
	return []Shape{
		{"no_candidate", "引导：没有相近的条目"},
		{"unsure", "引导：有相近的条目，把握不够"},
		{"articles", "引导：列了可能相关的法条"},
		{"none_fits", "列了选项，居民回「都不是」"},
		{"ask_back", "请居民说具体以后，仍没有答上"},
		{"withheld", "相近的条目停答：下线、过了复核期或法律有新版本"},
		{"unapproved", "相近的条目还没有审核"},
		{"citation", "问到的法律或条文，本号没有讲解"},
		{"outside", "不是本号能答的事"},
	}
}

// gapCount is what a month's counter of gaps holds.
type gapCount struct {
	shape  string
	length string
	near   string // an entry, a topic, or nothing
}

func gapOf(e Event) gapCount {
	return gapCount{safe(e.Outcome, "/"), safe(e.Length, "/"), cmp.Or(safe(e.Entry, ""), safe(e.Topic, "/"))}
}

func (g gapCount) field() string {
	return gapField + strings.Join([]string{g.shape, g.length, g.near}, "|")
}

func parseGap(field string) (g gapCount, ok bool) {
	rest, ok := strings.CutPrefix(field, gapField)
	if !ok {
		return gapCount{}, false
	}
	shape, rest, one := strings.Cut(rest, "|")
	length, near, two := strings.Cut(rest, "|")
	if !one || !two || strings.Contains(near, "|") {
		return gapCount{}, false
	}
	return gapCount{shape, length, near}, true
}

// Gaps are the questions of a period that went without an answer.
type Gaps struct {
	Cell
	Shapes []GapShape      // all of Shapes, in their order
	Length map[string]Cell // short, medium, long
}

// GapShape is how often one shape was met, and what was near.
type GapShape struct {
	Shape
	Cell
	Near []Near // the most frequent first; those that are hidden are left out
	Rest bool   // some are left out
}

// Near is an entry or a topic to which unanswered questions were near; empty
// for those to which nothing was.
type Near struct {
	ID string
	Cell
}

// GapsOf counts the gaps of a period. They are missing unless it is made of
// whole months. Shapes and lengths are shown as they are; what is split by
// entry is hidden below 5, and listed within its shape only, so that no other
// sum gives a hidden one away.
func GapsOf(in Input) Gaps {
	if _, all := in.Period.whole(in.Now); !all {
		return Gaps{Cell: Cell{Missing: true}}
	}
	shapes, lengths, near := in.gaps()
	out := Gaps{Cell: Cell{Value: total(shapes)}, Length: plain(lengths)}
	for _, s := range Shapes() {
		g := GapShape{Shape: s, Cell: Cell{Value: shapes[s.ID]}}
		g.Near, g.Rest = in.nearest(near[s.ID])
		out.Shapes = append(out.Shapes, g)
	}
	return out
}

// gaps adds up the counters of the period by shape, by length, and within each
// shape by what was near.
func (in Input) gaps() (shapes, lengths count, near map[string]count) {
	shapes, lengths, near = count{}, count{}, map[string]count{}
	for _, month := range in.Period.Months() {
		for field, n := range in.Months[month] {
			g, ok := parseGap(field)
			if !ok {
				continue
			}
			shapes[g.shape] += n
			if g.length != "" {
				lengths[g.length] += n
			}
			if near[g.shape] == nil {
				near[g.shape] = count{}
			}
			near[g.shape][g.near] += n
		}
	}
	return shapes, lengths, near
}

// nearest lists what may be shown of one shape. All entries of the library are
// cells, also those to which nothing was near, so that what is hidden may be
// any of them.
func (in Input) nearest(c count) (list []Near, rest bool) {
	if total(c) == 0 {
		return nil, false
	}
	for entry := range in.Entries {
		c[entry] += 0
	}
	hide, ok := protect(c)
	for id, n := range c {
		switch {
		case n == 0:
		case !ok || hide[id]:
			rest = true
		default:
			list = append(list, Near{id, Cell{Value: n}})
		}
	}
	slices.SortFunc(list, func(a, b Near) int { return cmp.Or(cmp.Compare(b.Value, a.Value), cmp.Compare(a.ID, b.ID)) })
	return list, rest
}

// gapsByShape is the split of the figure: every shape, met or not.
func (in Input) gapsByShape(shapes count) map[string]Cell {
	if _, all := in.Period.whole(in.Now); !all {
		return nil
	}
	cells := map[string]Cell{}
	for _, s := range Shapes() {
		cells[s.ID] = Cell{Value: shapes[s.ID]}
	}
	return cells
}
