package bot

import "slices"

// The grades of a reply to a line that an entry should answer, from a wrong
// answer up; a menu loses one for each line above the right one.
const (
	gradeWrong = 0
	gradeNone  = 1
	gradeMenu  = 7 // less the place in the menu, 1 to 5
	gradeRight = 7
)

// grade says how good a reply is for the line: more is better. Grades of two
// lines do not compare.
func (c Case) grade(i Item) int {
	switch {
	case c.Expect.Outcome == Crisis || c.Expect.Outcome == Command:
		return one(i.Outcome == c.Expect.Outcome)
	case i.Right:
		return gradeRight
	case i.Outcome == Answered || i.Outcome == Crisis:
		return gradeWrong
	case c.Expect.Outcome == Answered && i.Outcome == Menu && i.Rank > 0:
		return gradeMenu - i.Rank
	case c.Expect.Outcome == Answered:
		return gradeNone
	}
	return gradeNone + one(i.Outcome == c.Expect.Outcome) // a menu where a referral is right
}

// asHoped reports whether a reply is one to be content with: right, or a menu
// with the right entry among the first three, or else the outcome expected.
func (c Case) asHoped(i Item) bool {
	if c.Expect.Outcome == Answered {
		return c.grade(i) >= gradeMenu-3
	}
	return i.Outcome == c.Expect.Outcome
}

// Change is a line of a question set whose reply changed.
type Change struct {
	Case   Case
	Before Item
	After  Item
	By     int // above 0: better, below: worse, 0: another that is as good
}

// Compare lists the lines whose reply is not what it was, in the order of the
// set: each with how much better or worse it is. Lines that were not measured
// both times are left out.
func Compare(cases []Case, before, after []Item) []Change {
	was, is := byID(before), byID(after)
	var list []Change
	for _, c := range cases {
		old, had := was[c.ID]
		now, has := is[c.ID]
		if had && has && old != now {
			list = append(list, Change{c, old, now, c.grade(now) - c.grade(old)})
		}
	}
	return list
}

func byID(items []Item) map[string]Item {
	m := make(map[string]Item, len(items))
	for _, item := range items {
		m[item.ID] = item
	}
	return m
}

// Better and Worse are the changes to one side of a comparison.
func Better(list []Change) []Change { return changes(list, func(by int) bool { return by > 0 }) }

// Worse is Better's other side.
func Worse(list []Change) []Change { return changes(list, func(by int) bool { return by < 0 }) }

func changes(list []Change, keep func(by int) bool) []Change {
	return slices.DeleteFunc(slices.Clone(list), func(c Change) bool { return !keep(c.By) })
}
