package edit

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pufa/content"
	"pufa/search"
)

// Check finds what is wrong with what came.
func (i *Intake) Check() {
	lib := i.tryLibrary()
	i.findDuplicates()
	if lib == nil || i.Inspect == nil {
		return
	}
	for _, in := range i.Entries {
		e, ok := lib.Entry(in.ID())
		if !ok || len(in.Mistakes) > 0 || in.IsSame() {
			continue
		}
		for _, m := range content.Mistakes(i.Inspect(lib, e)) {
			in.Mistakes = append(in.Mistakes, in.tell(0, "lines", m.What))
		}
	}
}

// tryLibrary makes the library as it would be, without the entries that have
// mistakes; nil where it does not load for a reason of no entry that came.
func (i *Intake) tryLibrary() *content.Library {
	left := map[string]bool{} // ids of what is left out because it is wrong
	for {
		files := map[string][]byte{}
		for _, in := range i.Entries {
			if len(in.Mistakes) > 0 {
				left[in.ID()] = true
				continue
			}
			files[in.File] = in.Text
		}
		lib, err := i.library.With(files)
		mistakes := content.Mistakes(err)
		slices.SortStableFunc(mistakes, func(a, b content.Mistake) int { return cmp.Compare(a.Line, b.Line) })
		if found := i.assign(mistakes, left); !found {
			return lib
		}
	}
}

// assign gives each mistake to the entry that made it, and reports whether any
// entry that had none got one: the rest is looked at again without it, because
// the library looks across entries only when each is whole by itself.
func (i *Intake) assign(mistakes []content.Mistake, left map[string]bool) (found bool) {
	byFile := map[string]*Incoming{}
	for _, in := range i.Entries {
		if len(in.Mistakes) == 0 {
			byFile[in.File] = in
		}
	}
	for _, m := range mistakes {
		in := byFile[m.File]
		switch {
		case strings.Contains(m.What, " is also asked in ") || namesLeftOut(m.What, left):
			// findDuplicates says it, or what is missing came with a mistake of its own.
		case in == nil:
			if other := (Mistake{What: m.Error()}); !slices.Contains(i.Mistakes, other) {
				i.Mistakes = append(i.Mistakes, other)
			}
		default:
			in.Mistakes = append(in.Mistakes, in.tell(m.Line, keyOf(m.What), m.What))
			found = true
		}
	}
	return found
}

// namesLeftOut reports whether a mistake is only that an entry is missing which
// came, but was left out.
func namesLeftOut(what string, left map[string]bool) bool {
	for id := range left {
		if strings.Contains(what, strconv.Quote(id)) && strings.Contains(what, "does not exist") {
			return true
		}
	}
	return false
}

// keyOf is the key of the file that a mistake is about which names no line.
func keyOf(what string) string {
	for _, pair := range [...][2]string{
		{"hotline ", "remedy.hotlines"},
		{"theme ", "themes"},
		{"related entry ", "related"},
		{"look-alike ", "not"},
		{"《", "citations"},
		{"topic ", "id"},
	} {
		if strings.HasPrefix(what, pair[0]) {
			return pair[1]
		}
	}
	return ""
}

// findDuplicates finds wordings of new and changed entries that are the same
// as another once folded: the bot could not tell the two entries apart.
func (i *Intake) findDuplicates() {
	came, fresh := map[string]bool{}, map[string]wording{}
	for _, in := range i.Entries {
		came[in.ID()] = true
	}
	for _, in := range i.Entries {
		for _, q := range in.Entry.Questions {
			folded := search.Fold(q)
			other, taken := fresh[folded]
			if !taken {
				other, taken = i.asked.last(folded, came)
			}
			switch {
			case folded == "" || other == wording{in.ID(), q}: // the library's own checks tell it
			case taken && !in.IsSame():
				in.Mistakes = append(in.Mistakes, in.tell(0, "questions", fmt.Sprintf("question %q asks the same as %q of %s", q, other.text, other.id)))
			case !taken:
				fresh[folded] = wording{in.ID(), q}
			}
		}
	}
}
