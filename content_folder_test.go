package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestContentImportOfAFolder(t *testing.T) {
	lib, good := smallLibrary(t), markdown(t, freshEntry(t))
	windows := append([]byte("\ufeff"), bytes.ReplaceAll(good, []byte("\n"), []byte("\r\n"))...)
	cases := []struct {
		name, file string
		data       []byte
		status     int
		want       string
	}{
		{"an entry in its place", fresh + ".md", good, 0, "1 new, 0 changed"},
		{"an entry saved by Notepad", fresh + ".md", windows, 0, "1 new, 0 changed"},
		{"a README and a table", "README.md", good, 1, "it holds no entry"},
		{"an entry outside a topic", "made-up.md", good, 1, "made-up.md: an entry stands at TOPIC/SLUG.md"},
		{"an entry too deep", "a/" + fresh + ".md", good, 1, "an entry stands at TOPIC/SLUG.md"},
		{"an entry in capitals", "consumer/Made-Up.md", good, 1, "an entry stands at TOPIC/SLUG.md"},
		{"an entry of another id", "consumer/other.md", good, 1, `other.md:2: id "consumer/made-up" stands in a file that asks for "consumer/other"`},
		{"an entry of an unknown topic", "moon/made-up.md", bytes.Replace(good, []byte("consumer/made-up"), []byte("moon/made-up"), 1), 1, `made-up.md:2: topic "moon" is not in topics.yaml`},
		{"a file that is no entry", fresh + ".md", []byte("hello\n"), 1, "made-up.md:1: the first line is not ---"},
		{"an unknown key", fresh + ".md", bytes.Replace(good, []byte("title:"), []byte("titel:"), 1), 1, `made-up.md:3: unknown field "titel"`},
		{"a file that is no text", fresh + ".md", []byte("---\x00"), 1, "holds zero bytes"},
		{"a file that is too long", fresh + ".md", append(good, bytes.Repeat([]byte("x"), maxFileBytes)...), 1, "no plain file of at most 256 KiB"},
		{"a hidden folder", ".git/made-up.md", good, 1, "it holds no entry"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := strings.TrimSuffix(writeTemp(t, c.file, c.data), filepath.FromSlash(c.file))
			contentRun(t, "import", "--to", lib, dir).hold(t, c.status, c.want)
		})
	}
	t.Run("a link to a file elsewhere", func(t *testing.T) {
		dir := t.TempDir()
		if err := errors.Join(os.Mkdir(filepath.Join(dir, "consumer"), 0o755), os.Symlink(writeTemp(t, "x.md", good), filepath.Join(dir, fresh+".md"))); err != nil {
			t.Skip(err)
		}
		contentRun(t, "import", "--to", lib, dir).hold(t, 1, "it is no plain file")
	})
}

// Somebody may be at work in the folder: what is not finished is no part of
// the library yet, and stops nobody.
func TestContentLeavesOutWhatIsNotFinished(t *testing.T) {
	dir := smallLibrary(t)
	before := len(listOf(t, dir))
	contentRun(t, "new", "--to", dir, "dv/first").hold(t, 0)
	contentRun(t, "new", "--to", dir, "dv/second").hold(t, 0, "note: "+filepath.Join(dir, "dv", "first.md")+" has mistakes and counts as not there")
	contentRun(t, "import", "--write", "--to", dir, writeCSV(t, freshEntry(t))).hold(t, 0, "wrote 1 file to "+dir)
	if left := listOf(t, dir); len(left) != before+3 {
		t.Errorf("the folder holds %v", left)
	}
	contentRun(t, "new", "--to", dir, "dv/first").hold(t, 1, "dv/first: there is an entry of this id already")
	contentRun(t, "export", "--from", dir, "-o", filepath.Join(t.TempDir(), "a.csv")).hold(t, 0, "wrote 3 entries", "second.md has mistakes")
}

// A mistake that is not of an entry stops everything: nothing can be compared
// with a library that does not load.
func TestContentWantsTablesThatLoad(t *testing.T) {
	dir := smallLibrary(t)
	if err := os.WriteFile(filepath.Join(dir, "hotlines.yaml"), []byte("- {number: 1"), 0o644); err != nil {
		t.Fatal(err)
	}
	contentRun(t, "import", "--to", dir, writeCSV(t, freshEntry(t))).hold(t, 1, "hotlines.yaml:1: ")
}

func TestPutFilesUndoesWhatItDid(t *testing.T) {
	dir := t.TempDir()
	old := filepath.Join(dir, "a", "old.md")
	blocked := filepath.Join(dir, "z", "blocked.md", "x") // a folder where a file should go
	for _, name := range []string{filepath.Dir(old), blocked} {
		if err := os.MkdirAll(name, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(old, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"a/old.md": []byte("new"), "b/fresh.md": []byte("new"), "z/blocked.md": []byte("new")}
	if err := putFiles(dir, files); err == nil || !strings.Contains(err.Error(), "write to "+dir) {
		t.Errorf("err = %v", err)
	}
	if got := listOf(t, dir); !slices.Equal(got, []string{"a/old.md"}) {
		t.Errorf("left behind: %v", got)
	}
	if _, err := os.Stat(filepath.Join(dir, "b")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder b stayed: %v", err)
	}
	if text, err := os.ReadFile(old); err != nil || string(text) != "old" {
		t.Errorf("old.md holds %q, %v", text, err)
	}
	delete(files, "z/blocked.md")
	if err := putFiles(dir, files); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(old); err != nil || string(text) != "new" {
		t.Errorf("old.md holds %q, %v", text, err)
	}
}

// A folder with tables is a library by itself: what it leaves out is gone, and
// nothing of the shipped one comes back.
func TestContentKnowsAWholeLibrary(t *testing.T) {
	dir := smallLibrary(t)
	if err := os.Remove(filepath.Join(dir, filepath.FromSlash(shelter)+".md")); err != nil {
		t.Fatal(err)
	}
	_, lib, err := loadFolder(dir, t.Errorf)
	if err != nil {
		t.Fatal(err)
	}
	if list := lib.Entries(); len(list) != 1 || list[0].ID != known {
		t.Errorf("entries = %v", list)
	}
	contentRun(t, "import", "--to", dir, writeCSV(t, alone(t, shelter))).hold(t, 0, "new      "+shelter)
}
