package content

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// With returns the library with entries laid over it, TOPIC/SLUG.md → text, as
// Load would make it of the folder with these files, and with Load's error
// where it would not. Only what is laid is read: the tables stand, and what an
// entry was found free of in l it is free of still, because nothing that it
// names goes away. It takes milliseconds where Load takes a quarter of a second.
func (l *Library) With(files map[string][]byte) (*Library, error) {
	laid := map[string]*Entry{} // by file
	var problems []error
	for _, file := range slices.Sorted(maps.Keys(files)) {
		if ok, _ := path.Match(entryFiles, file); !ok {
			continue // Load does not see it either
		}
		e, err := readEntry(file, files[file])
		laid[file], problems = e, append(problems, err)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, fmt.Errorf("load library: %w", err)
	}
	lib := l.over(laid)
	if err := lib.checkAgain(laid); err != nil {
		return nil, fmt.Errorf("load library: %w", err)
	}
	return lib, nil
}

// over joins the tables of l and its entries, some of them replaced, by file.
// Nothing of l is changed: others read it.
func (l *Library) over(laid map[string]*Entry) *Library {
	lib := *l
	lib.entries, lib.byID = make([]*Entry, 0, len(l.entries)+len(laid)), maps.Clone(l.byID)
	for _, e := range l.entries {
		if laid[e.File] == nil {
			lib.entries = append(lib.entries, e)
		}
	}
	for _, e := range laid {
		lib.entries = append(lib.entries, e)
		lib.byID[e.ID] = e
		lib.cite(e)
	}
	slices.SortFunc(lib.entries, func(a, b *Entry) int { return strings.Compare(a.ID, b.ID) })
	return &lib
}

// checkAgain is check, of a library whose tables and other entries passed it.
func (l *Library) checkAgain(laid map[string]*Entry) error {
	problems, asked := l.checkEntries(func(e *Entry) bool { return laid[e.File] != nil })
	return errors.Join(append(problems, l.checkPacks(asked)...)...)
}
