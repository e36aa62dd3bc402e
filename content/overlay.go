package content

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Overlay is a library folder with entries laid over it. It has what Load asks
// of a folder: Glob and ReadFile; Open sees the folder below only.
type Overlay struct {
	fs.FS
	Files map[string][]byte // TOPIC/SLUG.md → its text
	Alone bool              // the folder below gives its tables and none of its entries
}

// ReadFile returns the file on top.
func (o Overlay) ReadFile(name string) ([]byte, error) {
	if data, ok := o.Files[name]; ok {
		return data, nil
	}
	return fs.ReadFile(o.FS, name)
}

// Glob returns the files of both, sorted.
func (o Overlay) Glob(pattern string) (names []string, err error) {
	if !o.Alone {
		if names, err = fs.Glob(o.FS, pattern); err != nil {
			return nil, err
		}
	}
	for name := range o.Files {
		if ok, _ := path.Match(pattern, name); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// Edited lays edited entries, Markdown by id, over a library folder.
func Edited(base fs.FS, edits map[string]string) Overlay {
	files := make(map[string][]byte, len(edits))
	for id, text := range edits {
		files[idFile(id)] = []byte(text)
	}
	return Overlay{FS: base, Files: files}
}

// LeftOut is an edited entry that the library does without, and why.
type LeftOut struct {
	Entry string
	Why   error
}

// Lay loads base with edited entries over it. What was whole when it was
// written may not be any more under a newer base: edits with which the library
// does not load are left out and named, by id, and what base says of them
// stands. An error means that base itself does not load.
func Lay(base fs.FS, edits map[string]string) (*Library, []LeftOut, error) {
	l := laying{base: base, edits: maps.Clone(edits)}
	for id := range edits {
		if !ValidID(id) {
			l.leaveOut(id, fmt.Errorf("%q is no id", id))
		}
	}
	lib, err := l.load()
	for err != nil && l.dropNamed(err) {
		lib, err = l.load()
	}
	if err != nil {
		// The mistake shows in an entry that nobody edited: find whose it is.
		all := slices.Sorted(maps.Keys(l.edits))
		l.edits = map[string]string{}
		if lib, err = l.load(); err != nil {
			return nil, nil, err
		}
		if found := l.add(all, edits); found != nil {
			lib = found
		}
	}
	slices.SortFunc(l.out, func(a, b LeftOut) int { return strings.Compare(a.Entry, b.Entry) })
	return lib, l.out, nil
}

// laying is one try at a library with edits.
type laying struct {
	base  fs.FS
	edits map[string]string
	out   []LeftOut
}

func (l *laying) load() (*Library, error) { return Load(Edited(l.base, l.edits)) }

func (l *laying) leaveOut(id string, why error) {
	delete(l.edits, id)
	l.out = append(l.out, LeftOut{id, why})
}

var fileForm = regexp.MustCompile(`^([a-z-]+/[a-z0-9-]+)\.md:`)

// dropNamed leaves out the edits whose files a mistake names, and reports
// whether there were any.
func (l *laying) dropNamed(err error) bool {
	found := false
	for _, mistake := range leaves(err) {
		m := fileForm.FindStringSubmatch(mistake.Error())
		if m == nil {
			continue
		}
		if _, ok := l.edits[m[1]]; ok {
			l.leaveOut(m[1], mistake)
			found = true
		}
	}
	return found
}

// add takes in as many of the edits as the library loads with, half by half,
// and returns the library with them; nil when it took none.
func (l *laying) add(ids []string, from map[string]string) *Library {
	if len(ids) == 0 {
		return nil
	}
	for _, id := range ids {
		l.edits[id] = from[id]
	}
	lib, err := l.load()
	if err == nil {
		return lib
	}
	for _, id := range ids {
		delete(l.edits, id)
	}
	if len(ids) == 1 {
		l.leaveOut(ids[0], err)
		return nil
	}
	first := l.add(ids[:len(ids)/2], from)
	if second := l.add(ids[len(ids)/2:], from); second != nil {
		return second
	}
	return first
}
