package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pufa/content"
	"pufa/content/sheet"
)

// contentRun runs pufa content in this process.
func contentRun(t *testing.T, args ...string) ended {
	t.Helper()
	return noAccount(t).run(t, append([]string{"content"}, args...)...)
}

// hold wants a status and all of some texts in what was printed.
func (e ended) hold(t *testing.T, status int, texts ...string) {
	t.Helper()
	if e.status != status {
		t.Errorf("status %d, want %d", e.status, status)
	}
	for _, text := range texts {
		if !strings.Contains(e.out+e.err, text) {
			t.Errorf("nothing says %q", text)
		}
	}
	if t.Failed() {
		t.Logf("out:\n%s\nerr:\n%s", e.out, e.err)
	}
}

// shippedEntry reads an entry of the library, so that a test can change it.
func shippedEntry(t *testing.T, id string) *content.Entry {
	t.Helper()
	text, err := fs.ReadFile(content.Shipped(), id+".md")
	if err != nil {
		t.Fatal(err)
	}
	e, err := content.ParseEntry(id+".md", text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// smallLibrary is a whole library of two entries that have no others beside
// them, and of short tables, so that a test of many cases loads it in no time.
func smallLibrary(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	tables, err := fs.Glob(content.Shipped(), "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, name := range tables {
		if files[name], err = fs.ReadFile(content.Shipped(), name); err != nil {
			t.Fatal(err)
		}
	}
	files["phrases.yaml"], files["crisis.yaml"] = []byte("[]\n"), []byte("rules: []\n")
	for _, id := range []string{known, shelter} {
		files[id+".md"] = markdown(t, alone(t, id))
	}
	if err := putFiles(dir, files); err != nil {
		t.Fatal(err)
	}
	return dir
}

// alone copies an entry of the library without what it says of others.
func alone(t *testing.T, id string) *content.Entry {
	e := shippedEntry(t, id)
	e.Not, e.Related = nil, nil
	return e
}

func markdown(t *testing.T, e *content.Entry) []byte {
	t.Helper()
	text, err := content.FormatEntry(e)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

const known, shelter, fresh = "consumer/seven-day-return", "dv/shelter", "consumer/made-up"

// freshEntry is an entry that the library does not have.
func freshEntry(t *testing.T) *content.Entry {
	e := alone(t, known)
	e.ID, e.Title = fresh, "编出来的一条"
	e.Questions = []string{"编出来的标准问法是什么样？"}
	for i := range 8 {
		e.Questions = append(e.Questions, fmt.Sprintf("编出来的第%d种说法", i))
	}
	return e
}

// writeCSV writes a sheet of entries to a new file.
func writeCSV(t *testing.T, entries ...*content.Entry) string {
	t.Helper()
	var out bytes.Buffer
	if err := sheet.WriteCSV(&out, entries); err != nil {
		t.Fatal(err)
	}
	return writeTemp(t, "entries.csv", out.Bytes())
}

func writeTemp(t *testing.T, name string, data []byte) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// listOf returns the files below a folder.
func listOf(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return names
}

func TestContentGoesOutAndInUnchanged(t *testing.T) {
	n := len(libraryOf(t).Entries())
	for _, name := range []string{"entries.csv", "entries.xlsx", "entries"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, name)
			contentRun(t, "export", "-o", path).hold(t, 0, fmt.Sprintf("wrote %d entries to %s\n", n, path))
			contentRun(t, "import", path).hold(t, 0, fmt.Sprintf("0 new, 0 changed, %d the same, 0 errors in %d entries\nnothing to write\n", n, n))
			if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
				t.Errorf("the folder holds %v, %v", left, err)
			}
		})
	}
}

func TestContentExportOfATopic(t *testing.T) {
	dir, lib := t.TempDir(), smallLibrary(t)
	for _, format := range []string{"md", "csv", "xlsx"} {
		contentRun(t, "export", "--from", lib, "--topic", "dv", "--format", format, "-o", filepath.Join(dir, format)).hold(t, 0, "wrote 1 entry to ")
	}
	if files := listOf(t, filepath.Join(dir, "md")); !slices.Equal(files, []string{shelter + ".md"}) {
		t.Errorf("files = %v", files)
	}
	text, err := os.ReadFile(filepath.Join(dir, "csv"))
	if err != nil || strings.Count(string(text), "\r\n") != 2 || !strings.Contains(string(text), `"`+shelter+`"`) {
		t.Errorf("the sheet holds %q, %v", text, err)
	}
}

func TestContentExportOverwritesNothing(t *testing.T) {
	lib := smallLibrary(t)
	for _, name := range []string{"mine.csv", "mine.xlsx", "mine/notes.md"} {
		t.Run(name, func(t *testing.T) {
			file := writeTemp(t, name, []byte("days of work"))
			path := file
			if strings.Contains(name, "/") {
				path = filepath.Dir(file)
			}
			contentRun(t, "export", "--from", lib, "-o", path).hold(t, 1, "it is there already: choose another name, or delete it first")
			if text, err := os.ReadFile(file); err != nil || string(text) != "days of work" {
				t.Errorf("the file holds %q, %v", text, err)
			}
			if left := listOf(t, filepath.Dir(file)); len(left) != 1 {
				t.Errorf("the folder holds %v", left)
			}
		})
	}
	empty := t.TempDir()
	contentRun(t, "export", "--from", lib, "-o", empty).hold(t, 0, "wrote 2 entries to "+empty)
}

func TestContentNew(t *testing.T) {
	dir := smallLibrary(t)
	file := filepath.Join(dir, "dv", "made-up.md")
	got := contentRun(t, "new", "--to", dir, "dv/made-up")
	got.hold(t, 0, "wrote "+file+"; still to do:\n")
	todo := strings.Split(strings.TrimSpace(got.out), "\n")[1:]
	for _, part := range []string{"title", "questions", "standard question", "keywords", "article", "edition", "gist", "door", "days", "short answer", "a line"} {
		if !slices.ContainsFunc(todo, func(line string) bool {
			return strings.HasPrefix(line, file+":") && strings.Contains(line, part)
		}) {
			t.Errorf("nothing is to do about the %s:\n%s", part, got.out)
		}
	}
	if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), "sensitive: true\n") {
		t.Errorf("an entry about domestic violence is not sensitive: %v\n%s", err, text)
	}
	again := contentRun(t, "import", "--to", dir, file)
	again.hold(t, 1, "error: "+todo[0], fmt.Sprintf("%d errors in 1 entry", len(todo)))
}

// Each hint of a new entry is a mistake by itself: a hint that stays keeps the
// entry out, whatever else was filled in.
func TestContentNewHintsCannotStay(t *testing.T) {
	dir := smallLibrary(t)
	_, lib, err := loadFolder(dir, t.Logf)
	if err != nil {
		t.Fatal(err)
	}
	hints := skeleton(lib, fresh, readmeDay)
	cases := map[string]func(*content.Entry){
		"title":    func(e *content.Entry) { e.Title = hints.Title },
		"question": func(e *content.Entry) { e.Questions[0] = hints.Questions[0] },
		"citation": func(e *content.Entry) { e.Citations = hints.Citations },
		"short":    func(e *content.Entry) { e.Short = hints.Short },
		"must":     func(e *content.Entry) { e.Lines = hints.Lines[:1] },
		"line":     func(e *content.Entry) { e.Lines = hints.Lines[1:] },
		"remedy":   func(e *content.Entry) { e.Remedy = hints.Remedy },
		"keywords": func(e *content.Entry) { e.Keywords = hints.Keywords },
		"days":     func(e *content.Entry) { e.ReviewDue = hints.ReviewDue },
	}
	for name, stay := range cases {
		t.Run(name, func(t *testing.T) {
			e := freshEntry(t)
			stay(e)
			contentRun(t, "import", "--to", dir, writeCSV(t, e)).hold(t, 1, "error: ")
		})
	}
}

func TestContentUsage(t *testing.T) {
	csv, lib := writeCSV(t, freshEntry(t)), smallLibrary(t)
	cases := []struct {
		name   string
		args   []string
		status int
		want   string
	}{
		{"nothing", nil, 2, "content: want export, import, new, edit, history, check, return, release, rollback or approve"},
		{"something else", []string{"sell"}, 2, `content: there is no "sell"`},
		{"help", []string{"-h"}, 0, "usage: pufa content export|import|new|edit"},
		{"help of export", []string{"export", "-h"}, 0, "usage: pufa content export"},
		{"help of import says what it does not do", []string{"import", "-h"}, 0, "residents read them when somebody else checked and released them"},
		{"help of new", []string{"new", "-h"}, 0, "usage: pufa content new --to DIR TOPIC/SLUG"},
		{"export to nowhere", []string{"export"}, 2, "-o is missing"},
		{"export of an unknown format", []string{"export", "--format", "pdf", "-o", "x"}, 2, `--format "pdf": want md, csv or xlsx`},
		{"export of an unknown topic", []string{"export", "--from", lib, "--topic", "moon", "-o", filepath.Join(t.TempDir(), "x")}, 2, `no topic "moon": want one of women,`},
		{"export into a folder that is not there", []string{"export", "--from", lib, "-o", filepath.Join(t.TempDir(), "a", "b.csv")}, 1, "export: write "},
		{"import of nothing", []string{"import"}, 2, "content import: what?"},
		{"import of what is not there", []string{"import", "--to", lib, filepath.Join(t.TempDir(), "a.csv")}, 1, "import: "},
		{"import of another kind", []string{"import", "--to", lib, writeTemp(t, "a.xls", nil)}, 2, "want a .csv, an .xlsx, a .md or a folder"},
		{"import of an empty sheet", []string{"import", "--to", lib, writeTemp(t, "a.csv", nil)}, 1, "the sheet is empty"},
		{"import of a head alone", []string{"import", "--to", lib, writeCSV(t)}, 1, "it holds no entry"},
		{"import of a broken workbook", []string{"import", "--to", lib, writeTemp(t, "a.xlsx", []byte("PK"))}, 1, "it is no xlsx file"},
		{"write without a folder", []string{"import", "--write", csv}, 2, "--write needs --as NAME and --reason WHY, or --to DIR"},
		{"a flag after the argument", []string{"import", csv, "--write"}, 2, "flags come first"},
		{"a folder that is a file", []string{"import", "--to", csv, csv}, 1, "read " + csv},
		{"new without a folder", []string{"new", "dv/x"}, 2, "--to is missing"},
		{"new without an id", []string{"new", "--to", t.TempDir()}, 2, `"" is no id`},
		{"new outside the folder", []string{"new", "--to", t.TempDir(), "../x"}, 2, `"../x" is no id`},
		{"new in an unknown topic", []string{"new", "--to", lib, "moon/x"}, 2, `no topic "moon"`},
		{"new of one that there is", []string{"new", "--to", lib, known}, 1, "there is an entry of this id already"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { contentRun(t, c.args...).hold(t, c.status, c.want) })
	}
}
