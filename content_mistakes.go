package main

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"pufa/content"
	"pufa/search"
)

// check finds what is wrong with what came.
func (i *importing) check() {
	i.tryLibrary()
	i.findDuplicates()
}

// tryLibrary loads the library as it would be.
func (i *importing) tryLibrary() {
	left := map[string]bool{} // ids of what is left out because it is wrong
	for {
		files := map[string][]byte{}
		for _, in := range i.in {
			if len(in.problems) > 0 {
				left[in.id()] = true
				continue
			}
			files[in.file] = in.text
		}
		_, err := content.Load(content.Overlay{FS: i.folder, Files: files})
		mistakes := leaves(err)
		slices.SortStableFunc(mistakes, byLine)
		if found := i.assign(mistakes, left); !found {
			return
		}
	}
}

// assign gives each mistake to the entry that made it, and reports whether any
// entry that had none got one: the rest is looked at again without it, because
// the library looks across entries only when each is whole by itself.
func (i *importing) assign(mistakes []error, left map[string]bool) (found bool) {
	byFile := map[string]*incoming{}
	for _, in := range i.in {
		if len(in.problems) == 0 {
			byFile[in.file] = in
		}
	}
	for _, mistake := range mistakes {
		file, line, what := splitProblem(mistake.Error())
		in := byFile[file]
		switch {
		case strings.Contains(what, " is also asked in ") || namesLeftOut(what, left):
			// findDuplicates says it, or what is missing came with a mistake of its own.
		case in == nil:
			if !slices.Contains(i.problems, mistake.Error()) {
				i.problems = append(i.problems, mistake.Error())
			}
		default:
			in.problems = append(in.problems, in.tell(line, keyOf(what), what))
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

var problemForm = regexp.MustCompile(`(?s)^(.+?\.md):(?:(\d+):)? ?(.*)$`)

// splitProblem takes "consumer/fraud.md:7: what" or "consumer/fraud.md: what"
// apart; line is 0 where none is named.
func splitProblem(text string) (file string, line int, what string) {
	m := problemForm.FindStringSubmatch(text)
	if m == nil {
		return "", 0, text
	}
	line, _ = strconv.Atoi(m[2])
	return m[1], line, m[3]
}

func byLine(a, b error) int {
	_, lineA, _ := splitProblem(a.Error())
	_, lineB, _ := splitProblem(b.Error())
	return cmp.Compare(lineA, lineB)
}

// leaves returns the single errors of a joined one.
func leaves(err error) []error {
	var many interface{ Unwrap() []error }
	if err == nil {
		return nil
	}
	if !errors.As(err, &many) {
		return []error{err}
	}
	var list []error
	for _, e := range many.Unwrap() {
		list = append(list, leaves(e)...)
	}
	return list
}

// findDuplicates finds wordings of new and changed entries that are the same
// as another once folded: the bot could not tell the two entries apart.
func (i *importing) findDuplicates() {
	type wording struct{ id, text string }
	asked := map[string]wording{}
	came := map[string]bool{}
	for _, in := range i.in {
		came[in.id()] = true
	}
	for _, e := range i.library.Entries() {
		for _, q := range e.Questions {
			if !came[e.ID] {
				asked[search.Fold(q)] = wording{e.ID, q}
			}
		}
	}
	for _, in := range i.in {
		for _, q := range in.entry.Questions {
			folded := search.Fold(q)
			other, taken := asked[folded]
			switch {
			case folded == "" || other == wording{in.id(), q}: // the library's own checks tell it
			case taken && !in.isSame():
				in.problems = append(in.problems, in.tell(0, "questions", fmt.Sprintf("question %q asks the same as %q of %s", q, other.text, other.id)))
			case !taken:
				asked[folded] = wording{in.id(), q}
			}
		}
	}
}
