package edit

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pufa/content"
	"pufa/staff"
)

const known, neighbour = "consumer/seven-day-return", "consumer/store-return"

// tinyBase is a library of two entries that say nothing of each other, with
// short tables, so that a test may load it many times.
func tinyBase(t testing.TB) content.Overlay {
	t.Helper()
	base := content.Overlay{FS: content.Shipped(), Alone: true, Files: map[string][]byte{
		"phrases.yaml": []byte("[]\n"), "crisis.yaml": []byte("rules: []\n"),
	}}
	for _, id := range []string{known, neighbour} {
		base.Files[id+".md"] = []byte(textOf(t, id, func(*content.Entry) {}))
	}
	return base
}

// textOf is a shipped entry, alone and changed, as its file.
func textOf(t testing.TB, id string, change func(*content.Entry)) string {
	t.Helper()
	data, err := fs.ReadFile(content.Shipped(), id+".md")
	if err != nil {
		t.Fatal(err)
	}
	e, err := content.ParseEntry(id+".md", data)
	if err != nil {
		t.Fatal(err)
	}
	e.Related, e.Not = nil, nil
	change(e)
	text, err := content.FormatEntry(e)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func titled(t testing.TB, title string) string {
	return textOf(t, known, func(e *content.Entry) { e.Title = title })
}

// another is an entry that is not shipped.
func another(t testing.TB, slug string, change func(*content.Entry)) (id, text string) {
	id = "consumer/" + slug
	text = textOf(t, known, func(e *content.Entry) {
		for i := range e.Questions {
			e.Questions[i] = fmt.Sprintf("%s的第%d种编出来的问法？", slug, i)
		}
		e.ID = id
		change(e)
	})
	return id, text
}

// shelf is a Shelf in memory.
type shelf struct {
	heads    map[string]Head
	versions map[string][]Version
	laid     map[string]Version
	library  int64
	steps    []staff.Draft
	between  func() // runs before the next change is kept
}

func newShelf() *shelf {
	return &shelf{heads: map[string]Head{}, versions: map[string][]Version{}, laid: map[string]Version{}}
}

func (s *shelf) History(_ context.Context, entry string) (History, error) {
	h := History{Head: s.heads[entry], Versions: slices.Clone(s.versions[entry])}
	h.Entry = entry
	return h, nil
}

func (s *shelf) Heads(context.Context) (list []Head, err error) {
	for _, h := range s.heads {
		list = append(list, h)
	}
	return list, nil
}

func (s *shelf) Laid(context.Context) (map[string]Version, int64, error) {
	return maps.Clone(s.laid), s.library, nil
}

func (s *shelf) Version(context.Context) (int64, error) { return s.library, nil }

func (s *shelf) KeepEdits(_ context.Context, changes []Change, library int64, step staff.Draft) error {
	if s.between != nil {
		between := s.between
		s.between = nil
		between()
	}
	if library >= 0 && library != s.library {
		return ErrMoved
	}
	for _, c := range changes {
		was := s.heads[c.Now.Entry]
		was.Entry = c.Now.Entry
		if was != c.Was {
			return ErrChanged
		}
	}
	for _, c := range changes {
		s.keep(c)
	}
	s.steps = append(s.steps, step)
	return nil
}

func (s *shelf) keep(c Change) {
	id := c.Now.Entry
	s.heads[id] = c.Now
	for _, v := range c.Put {
		list := slices.DeleteFunc(s.versions[id], func(o Version) bool { return o.Number == v.Number })
		s.versions[id] = append(list, v)
		slices.SortFunc(s.versions[id], func(a, b Version) int { return a.Number - b.Number })
	}
	s.versions[id] = slices.DeleteFunc(s.versions[id], func(o Version) bool { return slices.Contains(c.Drop, o.Number) })
	if c.Shows() {
		s.library++
		delete(s.laid, id)
		if c.Lay != nil {
			s.laid[id] = *c.Lay
		}
	}
}

var (
	writer   = staff.Account{Name: "王编辑", Roles: []staff.Role{staff.Editor}}
	second   = staff.Account{Name: "赵编辑", Roles: []staff.Role{staff.Editor}}
	reviewer = staff.Account{Name: "李审核", Roles: []staff.Role{staff.Reviewer}}
	both     = staff.Account{Name: "孙所长", Roles: []staff.Role{staff.Editor, staff.Reviewer}}
)

// room is a desk with its shelf and clock.
type room struct {
	*Desk
	shelf *shelf
	at    time.Time
	worse []Worse // what the gate says
}

func newRoom(t testing.TB) *room {
	r := &room{shelf: newShelf(), at: time.Date(2026, 3, 8, 10, 0, 0, 0, time.UTC)}
	r.Desk = NewDesk(Config{
		Shelf: r.shelf, Base: tinyBase(t), Now: func() time.Time { return r.at },
		Gate: func(context.Context, *content.Library, *content.Library) ([]Worse, error) { return r.worse, nil },
		Inspect: func(_ *content.Library, e *content.Entry) error {
			if strings.Contains(e.Title, "太长") {
				return fmt.Errorf("%s: too long", e.File)
			}
			return nil
		},
	})
	return r
}

// save saves a text that must be kept.
func (r *room) save(t testing.TB, who staff.Account, entry, text string) Version {
	t.Helper()
	list, err := r.Save(t.Context(), who, Proposal{Entry: entry, Seen: r.shelf.heads[entry].Newest, Text: text, Reason: "改错"})
	if err != nil {
		t.Fatal(err)
	}
	return list[0]
}

// release brings a text before residents.
func (r *room) release(t testing.TB, entry, text string) Version {
	t.Helper()
	v := r.save(t, writer, entry, text)
	pick := Pick{Entry: entry}
	if _, err := r.Check(t.Context(), reviewer, pick); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Release(t.Context(), reviewer, "", pick); err != nil {
		t.Fatal(err)
	}
	return v
}
