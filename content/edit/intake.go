package edit

import (
	"fmt"
	"strings"

	"pufa/content"
	"pufa/content/sheet"
)

// Intake looks at entries that come from outside before anything of them is
// kept: what is new, what would change, and every mistake at its place. Add
// them all, then Check.
type Intake struct {
	Entries  []*Incoming
	Mistakes []Mistake // of no entry that came

	// Inspect finds what else is wrong with an entry of a library that loads;
	// nil: nothing.
	Inspect func(lib *content.Library, e *content.Entry) error

	library *content.Library
	asked   asked // of library
}

// NewIntake compares with a library.
func NewIntake(library *content.Library) *Intake {
	return &Intake{library: library, asked: newAsked(library)}
}

// Incoming is an entry that came.
type Incoming struct {
	File     string         // where it stands in a library: TOPIC/SLUG.md
	Entry    *content.Entry // what could be read of it
	Text     []byte         // its Markdown; empty where a row cannot be written as such
	Place    string         // where it was read
	Mistakes []Mistake
	Changes  []sheet.Difference
	Old      *content.Entry // nil for a new one

	tell func(line int, key, what string) Mistake
}

// Mistake is one mistake in what came, where a person finds it.
type Mistake struct {
	File   string // empty where none is named
	Line   int    // of a text file, from 1; 0 in a sheet
	Row    int    // of a sheet, as it counts; 0 when it is about the whole sheet
	Column string // of a sheet: letter and name
	Key    string // in the entry's file, like remedy.door; empty where it is not known
	What   string
}

// Error says all of it.
func (m Mistake) Error() string {
	switch {
	case m.Line > 0:
		return fmt.Sprintf("%s:%d: %s", m.File, m.Line, m.What)
	case m.File == "":
		return m.What
	}
	return sheet.Problem{File: m.File, Row: m.Row, Column: m.Column, What: m.What}.Error()
}

// ID is the entry's id, by its place.
func (in *Incoming) ID() string { return strings.TrimSuffix(in.File, ".md") }

// IsSame reports whether the library says the same already.
func (in *Incoming) IsSame() bool { return in.Old != nil && len(in.Changes) == 0 }

// Add takes the text of an entry's file that would stand at file; place is
// where it was read.
func (i *Intake) Add(file, place string, text []byte) *Incoming {
	in := &Incoming{File: file, Text: text, Place: place, Entry: &content.Entry{}}
	in.tell = func(line int, key, what string) Mistake {
		if line == 0 {
			line = lineOf(text, key)
		} else {
			key = sheet.KeyAt(text, line)
		}
		return Mistake{File: place, Line: line, Key: key, What: what}
	}
	if e, err := content.ParseEntry(file, text); err != nil {
		for _, m := range content.Mistakes(err)[:1] {
			in.Mistakes = append(in.Mistakes, in.tell(max(m.Line, 1), "", m.What))
		}
	} else {
		in.Entry = e
	}
	i.compare(in)
	return in
}

// lineOf is the first line of an entry's file that belongs to a key; 1 where
// none does.
func lineOf(text []byte, key string) int {
	for line := range strings.Count(string(text), "\n") {
		if key != "" && sheet.KeyAt(text, line+1) == key {
			return line + 1
		}
	}
	return 1
}

// AddRow takes a row of a sheet; name is that of its file.
func (i *Intake) AddRow(name string, row sheet.Row) *Incoming {
	in := &Incoming{File: row.Entry.ID + ".md", Entry: row.Entry, Place: fmt.Sprintf("%s: row %d", name, row.Number)}
	in.tell = func(line int, key, what string) Mistake {
		if line > 0 {
			key = sheet.KeyAt(in.Text, line)
		}
		return ofSheet(row.Problem(key, what), key)
	}
	for _, problem := range row.Problems {
		in.Mistakes = append(in.Mistakes, ofSheet(problem, ""))
	}
	switch text, err := content.FormatEntry(row.Entry); {
	case len(in.Mistakes) > 0:
	case row.Entry.Short == "":
		in.Mistakes = append(in.Mistakes, in.tell(0, "short", "no short answer"))
	case err != nil:
		in.Mistakes = append(in.Mistakes, in.tell(0, "", err.Error()))
	default:
		in.Text = text
	}
	i.compare(in)
	return in
}

func ofSheet(p sheet.Problem, key string) Mistake {
	return Mistake{File: p.File, Row: p.Row, Column: p.Column, Key: key, What: p.What}
}

func (i *Intake) compare(in *Incoming) {
	i.Entries = append(i.Entries, in)
	if old, ok := i.library.Entry(in.ID()); ok && len(in.Mistakes) == 0 {
		in.Old, in.Changes = old, sheet.Compare(old, in.Entry)
	}
}

// Refuse keeps a mistake of no entry that came.
func (i *Intake) Refuse(what string) { i.Mistakes = append(i.Mistakes, Mistake{What: what}) }

// All returns every mistake.
func (i *Intake) All() []Mistake {
	list := append([]Mistake(nil), i.Mistakes...)
	for _, in := range i.Entries {
		list = append(list, in.Mistakes...)
	}
	return list
}

// Tally is how many of the entries that came are what.
type Tally struct{ Fresh, Changed, Same, Wrong int }

// Count counts them.
func (i *Intake) Count() (n Tally) {
	for _, in := range i.Entries {
		switch {
		case len(in.Mistakes) > 0:
			n.Wrong++
		case in.Old == nil:
			n.Fresh++
		case in.IsSame():
			n.Same++
		default:
			n.Changed++
		}
	}
	return n
}

// Texts are the new and changed entries, Markdown by TOPIC/SLUG.md.
func (i *Intake) Texts() map[string][]byte {
	files := map[string][]byte{}
	for _, in := range i.Entries {
		if !in.IsSame() {
			files[in.File] = in.Text
		}
	}
	return files
}
