package edit

import (
	"cmp"
	"fmt"
	"slices"

	"pufa/content"
	"pufa/search"
)

// asked holds the wordings of a library, folded: two entries that are asked in
// the same words cannot be told apart.
type asked map[string][]wording

// wording is one in which an entry is asked.
type wording struct{ id, text string }

func newAsked(lib *content.Library) asked {
	a := asked{}
	for _, e := range lib.Entries() {
		a.add(e)
	}
	return a
}

func (a asked) add(e *content.Entry) {
	for _, q := range e.Questions {
		key := search.Fold(q)
		a[key] = append(a[key], wording{e.ID, q})
	}
}

// over is what is asked in the words of edited entries once they stand in the
// place of those of edits.
func (a asked) over(edits map[string]string, edited []*content.Entry) asked {
	out := asked{}
	for _, e := range edited {
		out.add(e)
	}
	for key, list := range out {
		for _, w := range a[key] {
			if _, gone := edits[w.id]; !gone {
				list = append(list, w)
			}
		}
		slices.SortStableFunc(list, func(a, b wording) int { return cmp.Compare(a.id, b.id) })
		out[key] = list
	}
	return out
}

// twice finds the wordings of an entry that are another's too.
func (a asked) twice(e *content.Entry) (problems []error) {
	for _, q := range e.Questions {
		for _, w := range a[search.Fold(q)] {
			if w.id != e.ID {
				problems = append(problems, fmt.Errorf("%s: question %q asks the same as one of %s", e.File, q, w.id))
			}
		}
	}
	return problems
}

// last is the last wording of a key that is of none of some entries.
func (a asked) last(key string, but map[string]bool) (w wording, ok bool) {
	for _, one := range a[key] {
		if !but[one.id] {
			w, ok = one, true
		}
	}
	return w, ok
}
