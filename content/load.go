package content

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"sort"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed library
var shipped embed.FS

// Shipped is the library that comes with the program.
func Shipped() fs.FS {
	sub, err := fs.Sub(shipped, "library")
	if err != nil {
		panic(fmt.Sprintf("the embedded library has no folder: %v", err)) // TestShipped rules it out
	}
	return sub
}

// Load reads a library: every table and every TOPIC/SLUG.md. It reports all
// mistakes of all files at once, each with file and line, and then returns no
// library.
func Load(fsys fs.FS) (*Library, error) {
	t, tableErr := loadTables(fsys)
	calendarErr := loadCalendar(fsys, &t)
	entries, entryErr := loadEntries(fsys)
	if err := errors.Join(tableErr, calendarErr, entryErr); err != nil {
		return nil, fmt.Errorf("load library: %w", err)
	}
	lib := assemble(t, entries)
	if err := lib.check(); err != nil {
		return nil, fmt.Errorf("load library: %w", err)
	}
	return lib, nil
}

func loadTables(fsys fs.FS) (tables, error) {
	var t tables
	return t, errors.Join(
		readTable(fsys, "topics.yaml", &t.topics),
		readTable(fsys, "hotlines.yaml", &t.hotlines),
		readTable(fsys, "phrases.yaml", &t.phrases),
		readTable(fsys, "laws.yaml", &t.laws),
		readTable(fsys, "forbidden.yaml", &t.forbidden),
		readTable(fsys, "crisis.yaml", &t.crisis),
	)
}

// loadCalendar reads the observances and the packs. A folder that lists none
// is a library without a calendar: a test's, or one of entries alone.
func loadCalendar(fsys fs.FS, t *tables) error {
	names, err := fs.Glob(fsys, "observances.yaml")
	if err != nil {
		return fmt.Errorf("list the calendar: %w", err)
	}
	files, err := fs.Glob(fsys, "packs/*.yaml")
	if err != nil {
		return fmt.Errorf("list packs: %w", err)
	}
	var problems []error
	for _, name := range names {
		problems = append(problems, readTable(fsys, name, &t.observances))
	}
	for _, name := range files {
		p := Pack{}
		problems = append(problems, readTable(fsys, name, &p))
		p.File = name
		t.packs = append(t.packs, p)
	}
	if err := errors.Join(problems...); err != nil {
		return err
	}
	return errors.Join(append(readObservances(t.observances), readPacks(t.packs)...)...)
}

func readTable(fsys fs.FS, name string, into any) error {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return fmt.Errorf("read table: %w", err)
	}
	if err := yaml.UnmarshalWithOptions(data, into, yaml.Strict()); err != nil {
		var at yaml.Error
		if errors.As(err, &at) && at.GetToken() != nil {
			return fmt.Errorf("%s:%d: %s", name, at.GetToken().Position.Line, at.GetMessage())
		}
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// entryFiles are the files of a library folder that hold entries.
const entryFiles = "*/*.md"

func loadEntries(fsys fs.FS) ([]*Entry, error) {
	files, err := fs.Glob(fsys, entryFiles)
	if err != nil {
		return nil, fmt.Errorf("list entries: %w", err)
	}
	entries := make([]*Entry, len(files))
	problems := make([]error, len(files))
	var wg sync.WaitGroup
	queue := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range queue {
				entries[i], problems[i] = loadEntry(fsys, files[i])
			}
		})
	}
	for i := range files {
		queue <- i
	}
	close(queue)
	wg.Wait()
	return entries, errors.Join(problems...)
}

func loadEntry(fsys fs.FS, file string) (*Entry, error) {
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		return nil, fmt.Errorf("read entry: %w", err)
	}
	return readEntry(file, data)
}

// readEntry reads a file and checks what can be told from it alone.
func readEntry(file string, data []byte) (*Entry, error) {
	e, err := ParseEntry(file, data)
	if err != nil {
		return nil, err
	}
	return e, errors.Join(checkEntry(e, string(data))...)
}

// assemble joins tables and entries into a library, entries by id.
func assemble(t tables, entries []*Entry) *Library {
	sort.Slice(entries, func(i, j int) bool { return entries[i].ID < entries[j].ID })
	lib := &Library{
		tables: t, entries: entries,
		byID: make(map[string]*Entry, len(entries)), laws: map[string]*Law{},
		topicOf: map[string]*Topic{}, hotlineOf: map[string]*Hotline{},
	}
	for _, e := range entries {
		lib.byID[e.ID] = e
	}
	for i := range t.topics {
		lib.topicOf[t.topics[i].Slug] = &t.topics[i]
	}
	for i := range t.hotlines {
		lib.hotlineOf[t.hotlines[i].Number] = &t.hotlines[i]
	}
	lib.indexLaws()
	for _, e := range entries {
		lib.cite(e)
	}
	return lib
}

// cite finds the laws that an entry cites.
func (l *Library) cite(e *Entry) {
	for _, c := range e.Citations {
		e.cited = append(e.cited, l.laws[plainLawName(c.Law)])
	}
}

// idOfFile is the id that the place of a file asks for.
func idOfFile(file string) string { return strings.TrimSuffix(path.Clean(file), ".md") }
