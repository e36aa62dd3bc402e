package content

import (
	"errors"
	"regexp"
	"strconv"
)

// Mistake is one of the mistakes for which a library does not load.
type Mistake struct {
	File string // as it stands in the library folder; empty where none is named
	Line int    // from 1; 0 where none is named
	What string
}

// Error says all of it: file:line: what.
func (m Mistake) Error() string {
	switch {
	case m.File == "":
		return m.What
	case m.Line == 0:
		return m.File + ": " + m.What
	}
	return m.File + ":" + strconv.Itoa(m.Line) + ": " + m.What
}

// Mistakes takes an error of Load or ParseEntry apart.
func Mistakes(err error) (list []Mistake) {
	for _, one := range leaves(err) {
		list = append(list, mistakeOf(one.Error()))
	}
	return list
}

var mistakeForm = regexp.MustCompile(`(?s)^(.+?\.(?:md|yaml)):(?:(\d+):)? ?(.*)$`)

func mistakeOf(text string) Mistake {
	m := mistakeForm.FindStringSubmatch(text)
	if m == nil {
		return Mistake{What: text}
	}
	line, _ := strconv.Atoi(m[2])
	return Mistake{m[1], line, m[3]}
}

// leaves returns the single errors of a joined one.
func leaves(err error) []error {
	if err == nil {
		return nil
	}
	var many interface{ Unwrap() []error }
	if !errors.As(err, &many) {
		return []error{err}
	}
	var list []error
	for _, e := range many.Unwrap() {
		list = append(list, leaves(e)...)
	}
	return list
}
