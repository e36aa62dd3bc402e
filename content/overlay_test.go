package content

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// tinyBase is a library of three entries that say nothing of each other, with
// short tables, so that a test may load it many times.
func tinyBase(t testing.TB) Overlay {
	t.Helper()
	base := Overlay{FS: Shipped(), Alone: true, Files: map[string][]byte{
		"phrases.yaml": []byte("[]\n"), "crisis.yaml": []byte("rules: []\n"),
	}}
	for _, id := range []string{"consumer/seven-day-return", "consumer/store-return", "women/equal-pay"} {
		base.Files[id+".md"] = []byte(textOf(t, id, func(*Entry) {}))
	}
	return base
}

// textOf is a shipped entry, alone and changed, as its file.
func textOf(t testing.TB, id string, change func(*Entry)) string {
	t.Helper()
	data, err := fs.ReadFile(Shipped(), id+".md")
	if err != nil {
		t.Fatal(err)
	}
	e, err := ParseEntry(id+".md", data)
	if err != nil {
		t.Fatal(err)
	}
	e.Related, e.Not = nil, nil
	change(e)
	text, err := FormatEntry(e)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// another is an entry that is not shipped.
func another(t testing.TB, slug string, change func(*Entry)) (id, text string) {
	id = "consumer/" + slug
	text = textOf(t, "consumer/seven-day-return", func(e *Entry) {
		for i := range e.Questions {
			e.Questions[i] = fmt.Sprintf("%s的第%d种编出来的问法？", slug, i)
		}
		e.ID = id
		change(e)
	})
	return id, text
}

// What Load asks of a folder, and no more.
func TestOverlay(t *testing.T) {
	const known = "consumer/seven-day-return"
	o := Overlay{FS: Shipped(), Files: map[string][]byte{known + ".md": []byte("top"), "consumer/zzz.md": nil, "deep/a/b.md": nil}}
	names, err := o.Glob("consumer/*.md")
	if err != nil || !slices.IsSorted(names) || !slices.Contains(names, "consumer/zzz.md") || !slices.Contains(names, "consumer/store-return.md") {
		t.Errorf("Glob = %v, %v", names, err)
	}
	if n := len(slices.DeleteFunc(names, func(s string) bool { return s != known+".md" })); n != 1 {
		t.Errorf("a file of both stands %d times", n)
	}
	if text, err := o.ReadFile(known + ".md"); err != nil || string(text) != "top" {
		t.Errorf("ReadFile = %q, %v", text, err)
	}
	o.Alone = true
	if names, err := o.Glob("consumer/*.md"); err != nil || !slices.Equal(names, []string{known + ".md", "consumer/zzz.md"}) {
		t.Errorf("alone: Glob = %v, %v", names, err)
	}
	if _, err := o.ReadFile("topics.yaml"); err != nil {
		t.Errorf("alone: the tables are gone: %v", err)
	}
}

func TestLay(t *testing.T) {
	const known = "consumer/seven-day-return"
	base := tinyBase(t)
	titled := func(title string) string { return textOf(t, known, func(e *Entry) { e.Title = title }) }
	fresh, freshText := another(t, "fresh", func(*Entry) {})
	bound, boundText := another(t, "bound", func(e *Entry) { e.Related = []string{fresh} })
	// zz asks what is asked in women/…, whose file comes later in the alphabet:
	// the mistake is told of that one.
	theirs := textOf(t, "women/equal-pay", func(*Entry) {})
	taken, takenText := another(t, "taken", func(e *Entry) {
		stolen, _ := ParseEntry("women/equal-pay.md", []byte(theirs))
		e.Questions[3] = stolen.Questions[1]
	})
	for _, c := range []struct {
		name    string
		edits   map[string]string
		entries int
		title   string // of the known entry; empty: the shipped one
		out     []string
	}{
		{"no edits are the shipped library", nil, 3, "", nil},
		{"an edit takes the place of the shipped text", map[string]string{known: titled("改过的标题")}, 3, "改过的标题", nil},
		{"a new entry is added", map[string]string{fresh: freshText}, 4, "", nil},
		{"two that belong together are added together", map[string]string{fresh: freshText, bound: boundText}, 5, "", nil},
		{"one that rests on a missing one is left out", map[string]string{bound: boundText}, 3, "", []string{bound}},
		{"what rests on one that is left out goes with it", map[string]string{fresh: "torn", bound: boundText, known: titled("改过的标题")}, 3, "改过的标题", []string{bound, fresh}},
		{"an empty text is left out and the shipped one stands", map[string]string{known: ""}, 3, "", []string{known}},
		{"a mistake that shows in another entry is found", map[string]string{taken: takenText, fresh: freshText, known: titled("改过的标题")}, 4, "改过的标题", []string{taken}},
		{"an id that leaves the folder is left out", map[string]string{"../x": freshText}, 3, "", []string{"../x"}},
		{"a text of another id is left out", map[string]string{"consumer/other": freshText}, 3, "", []string{"consumer/other"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			lib, left, err := Lay(base, c.edits)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, l := range left {
				out = append(out, l.Entry)
				if l.Why == nil || l.Why.Error() == "" {
					t.Errorf("%s is left out without a reason", l.Entry)
				}
			}
			if !slices.Equal(out, c.out) || len(lib.Entries()) != c.entries {
				t.Errorf("%d entries without %v, want %d without %v: %v", len(lib.Entries()), out, c.entries, c.out, left)
			}
			e, _ := lib.Entry(known)
			if want := c.title; want != "" && e.Title != want || want == "" && e.Title == "改过的标题" {
				t.Errorf("title %q, want %q", e.Title, want)
			}
		})
	}
}

func TestLayTellsOfABrokenBase(t *testing.T) {
	base := tinyBase(t)
	base.Files["topics.yaml"] = []byte("torn: [")
	if lib, _, err := Lay(base, map[string]string{"consumer/x": "torn"}); err == nil || lib != nil || !strings.Contains(err.Error(), "topics.yaml") {
		t.Errorf("Lay = %v, %v, want an error that names topics.yaml", lib, err)
	}
}

// Whatever is stored, a library comes of it: every edit is in it or named.
func TestLayAlwaysMakesALibrary(t *testing.T) {
	base := tinyBase(t)
	rapid.Check(t, func(r *rapid.T) {
		edits := map[string]string{}
		for i := range rapid.IntRange(0, 5).Draw(r, "edits") {
			slug := fmt.Sprintf("e%d", i)
			text := rapid.OneOf(rapid.StringN(0, 40, 200), rapid.Just("ok"), rapid.Just("bound"), rapid.Just("same")).Draw(r, "text")
			id, whole := "consumer/"+slug, text
			switch text {
			case "ok":
				id, whole = another(t, slug, func(*Entry) {})
			case "bound":
				id, whole = another(t, slug, func(e *Entry) { e.Related = []string{"consumer/e0"} })
			case "same":
				id, whole = another(t, slug, func(e *Entry) { e.Questions[2] = "一样的问法是哪一条" })
			}
			edits[id] = whole
		}
		lib, out, err := Lay(base, edits)
		if err != nil {
			r.Fatal(err)
		}
		for id := range edits {
			_, in := lib.Entry(id)
			left := slices.ContainsFunc(out, func(l LeftOut) bool { return l.Entry == id })
			if in == left {
				r.Fatalf("%s is in the library: %v, left out: %v", id, in, left)
			}
		}
	})
}
