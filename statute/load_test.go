package statute

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestLoadDirReadsAWholeFolder(t *testing.T) {
	corpus, problems, err := LoadDir(t.Context(), "testdata/texts")
	if err != nil || len(problems) > 0 {
		t.Fatalf("LoadDir: %v, problems %v", err, problems)
	}
	if n := len(corpus.Texts()); n != 7 {
		t.Errorf("%d texts, want 7", n)
	}
	if p := corpus.Texts()[0].Path; p != "laws/lamp-2020.md" {
		t.Errorf("first path %q, want laws/lamp-2020.md: sorted, relative", p)
	}
	if undated := corpus.Undated(); len(undated) != 1 || undated[0].ID != "kiosk" {
		t.Errorf("Undated() = %v, want the kiosk rules only", undated)
	}
	var ids []string
	for _, e := range corpus.Editions("《中华人民共和国路灯法》") {
		ids = append(ids, e.ID)
	}
	if want := []string{"lamp2020", "lamp2024"}; !slices.Equal(ids, want) {
		t.Errorf("Editions = %v, want %v", ids, want)
	}
	err = corpus.Check(Citation{"中华人民共和国路灯法", "2", "2024-06-01"}, "2026-11-23", Rules{})
	if err != nil {
		t.Errorf("Check: %v", err)
	}
}

func TestLoadDirNamesEveryFileItRefuses(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, file []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	good := lawText("路灯法", "status: 有效", article("1", "甲。"))
	write("a.md", good)
	write("b.md", []byte("nothing"))
	write("c.md", good)
	write("notes.txt", []byte("not looked at"))
	corpus, problems, err := LoadDir(t.Context(), dir)
	if err != nil || len(corpus.Texts()) != 1 {
		t.Fatalf("LoadDir: %v", err)
	}
	want := []string{"b.md: no front matter: the first line is not ---", "c.md: id 路灯法 is also that of a.md"}
	var got []string
	for _, p := range problems {
		got = append(got, p.String())
	}
	if !slices.Equal(got, want) {
		t.Errorf("problems = %q, want %q", got, want)
	}
}

func TestLoadDirRefuses(t *testing.T) {
	if _, problems, err := LoadDir(t.Context(), "testdata/bad"); err == nil || len(problems) != 8 {
		t.Errorf("a folder of bad files only: error %v, %d problems, want an error and 8", err, len(problems))
	}
	if _, _, err := LoadDir(t.Context(), t.TempDir()); err == nil || !strings.Contains(err.Error(), "no text") {
		t.Errorf("an empty folder: error %v, want one that says no text", err)
	}
	if _, _, err := LoadDir(t.Context(), "testdata/nowhere"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: error %v, want os.ErrNotExist", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := LoadDir(ctx, "testdata/texts"); !errors.Is(err, context.Canceled) {
		t.Errorf("ended context: error %v, want context.Canceled", err)
	}
}
