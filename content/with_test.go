package content

import (
	"fmt"
	"maps"
	"strings"
	"testing"
)

// What With says of a draft is what Load says of the folder with it, word for
// word, and the library is the same.
func TestWithJudgesAsLoadDoes(t *testing.T) {
	const known, wording = "consumer/seven-day-return", "网购能七天无理由退货吗"
	base := Overlay{FS: Shipped(), Files: map[string][]byte{"phrases.yaml": []byte("[]\n"), "crisis.yaml": []byte("rules: []\n")}}
	lib, err := Load(base)
	if err != nil {
		t.Fatal(err)
	}
	changed := func(id string, change func(*Entry)) map[string]string {
		return map[string]string{id: shippedText(t, lib, id, change)}
	}
	fresh, freshText := another(t, "fresh", func(*Entry) {})
	bound, boundText := another(t, "bound", func(e *Entry) { e.Related = []string{fresh} })
	early, earlyText := another(t, "aaaa", func(e *Entry) { e.Questions[3] = lib.entries[len(lib.entries)-1].Questions[1] })
	late, lateText := another(t, "zzzz", func(e *Entry) { e.Questions[3] = lib.byID[known].Questions[1] })
	followed := lib.packs[0].Pieces[0].FollowUp
	var owner string // the entry that a pack's question is answered from
	for _, e := range lib.entries {
		for _, q := range e.Questions {
			if q == followed {
				owner = e.ID
			}
		}
	}
	packed, figure := figured(t, lib)
	for _, c := range []struct {
		name  string
		edits map[string]string
		good  bool
	}{
		{"nothing is laid", nil, true},
		{"the same text", changed(known, func(*Entry) {}), true},
		{"another title", changed(known, func(e *Entry) { e.Title = "改过的标题" }), true},
		{"a wording more", changed(known, func(e *Entry) { e.Questions = append(e.Questions, wording+"啊这句没人写过") }), true},
		{"a new entry", map[string]string{fresh: freshText}, true},
		{"two new ones, one resting on the other", map[string]string{fresh: freshText, bound: boundText}, true},
		{"one that rests on a missing one", map[string]string{bound: boundText}, false},
		{"a wording of an entry that comes later", map[string]string{early: earlyText}, false},
		{"a wording of an entry that comes earlier", map[string]string{late: lateText}, false},
		{"a title that is too long", changed(known, func(e *Entry) { e.Title = strings.Repeat("长", 21) }), false},
		{"a hotline that nobody verified", changed(known, func(e *Entry) { e.Remedy.Hotlines = []string{"99999"} }), false},
		{"a law that the register does not have", changed(known, func(e *Entry) { e.Citations[0].Law = "编的法" }), false},
		{"an edition that is over", changed(known, func(e *Entry) { e.Citations[0].Edition = "1999-01-01" }), false},
		{"an article too many", changed(known, func(e *Entry) { e.Citations[0].Article = "9999" }), false},
		{"a theme that there is not", changed(known, func(e *Entry) { e.Themes = []string{"5.1"} }), false},
		{"a promise that is forbidden", changed(known, func(e *Entry) { e.Short = "保证能赢。" }), false},
		{"an entry that rests on itself", changed(known, func(e *Entry) { e.Related = []string{known} }), false},
		{"the question of a pack is gone", changed(owner, func(e *Entry) { e.Questions = without(e.Questions, followed) }), false},
		{"the figures of a pack's entry are gone", changed(packed, func(e *Entry) {
			e.Short = strings.ReplaceAll(e.Short, figure, "几")
			for i := range e.Lines {
				e.Lines[i].Text = strings.ReplaceAll(e.Lines[i].Text, figure, "几")
			}
			for i := range e.Citations {
				e.Citations[i].Gist = strings.ReplaceAll(e.Citations[i].Gist, figure, "几")
			}
			for _, text := range []*string{&e.Title, &e.Questions[0], &e.Remedy.Door, &e.Remedy.Bring, &e.Remedy.Deadline, &e.Remedy.Cost, &e.Remedy.Where} {
				*text = strings.ReplaceAll(*text, figure, "几")
			}
		}), false},
		{"several mistakes in two entries", map[string]string{
			known: shippedText(t, lib, known, func(e *Entry) { e.Title, e.Themes = strings.Repeat("长", 21), []string{"5.1"} }), bound: boundText,
		}, false},
		{"what is no entry", map[string]string{known: "torn"}, false},
		{"an empty text", map[string]string{known: ""}, false},
		{"a text of another id", map[string]string{"consumer/other": freshText}, false},
		{"a topic that there is not", map[string]string{"nothing/fresh": strings.Replace(freshText, fresh, "nothing/fresh", 1)}, false},
		{"a file too deep is not seen", map[string]string{"consumer/deep/er": freshText}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := Edited(base, c.edits).Files
			got, gotErr := lib.With(files)
			both := maps.Clone(base.Files)
			maps.Copy(both, files)
			want, wantErr := Load(Overlay{FS: base.FS, Files: both})
			if fmt.Sprint(gotErr) != fmt.Sprint(wantErr) {
				t.Fatalf("With says\n%v\nLoad says\n%v", gotErr, wantErr)
			}
			if (gotErr == nil) != c.good {
				t.Fatalf("With says %v", gotErr)
			}
			if c.good {
				sameLibrary(t, got, want)
			}
		})
	}
	t.Run("the library below is as it was", func(t *testing.T) {
		again, err := Load(base)
		if err != nil {
			t.Fatal(err)
		}
		sameLibrary(t, lib, again)
	})
}

// figured finds an entry of a pack, the only one of its piece, and a figure
// that the piece has from it.
func figured(t *testing.T, lib *Library) (id, figure string) {
	t.Helper()
	for _, p := range lib.packs {
		c := packCheck{lib: lib, pack: p}
		for _, piece := range p.Pieces {
			for _, figure := range figureForm.FindAllString(c.withoutDates(piece.Title+piece.Digest+piece.Body+piece.Poster+piece.Card), -1) {
				if _, hotline := lib.hotlineOf[figure]; !hotline && len(piece.Entries) == 1 {
					return piece.Entries[0], figure
				}
			}
		}
	}
	t.Fatal("no piece has a figure of its only entry")
	return "", ""
}

// shippedText is a shipped entry, changed, as its file.
func shippedText(t *testing.T, lib *Library, id string, change func(*Entry)) string {
	t.Helper()
	e := *lib.byID[id]
	e.Questions, e.Lines = append([]string(nil), e.Questions...), append([]Line(nil), e.Lines...)
	e.Citations = append([]Citation(nil), e.Citations...)
	change(&e)
	text, err := FormatEntry(&e)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func without(list []string, gone string) (left []string) {
	for _, s := range list {
		if s != gone {
			left = append(left, s)
		}
	}
	return left
}

func sameLibrary(t *testing.T, got, want *Library) {
	t.Helper()
	if len(got.entries) != len(want.entries) || len(got.byID) != len(want.byID) {
		t.Fatalf("%d entries, %d ids, want %d, %d", len(got.entries), len(got.byID), len(want.entries), len(want.byID))
	}
	for i, w := range want.entries {
		g := got.entries[i]
		if fmt.Sprintf("%+v", content(g)) != fmt.Sprintf("%+v", content(w)) {
			t.Errorf("entry %d is\n%+v\nwant\n%+v", i, content(g), content(w))
		}
		if got.byID[w.ID] != g {
			t.Errorf("%s is another one by its id", w.ID)
		}
		for n, law := range w.cited {
			if g.cited[n].Law != law.Law || g.cited[n].Edition != law.Edition {
				t.Errorf("%s cites %s, want %s", w.ID, g.cited[n].Law, law.Law)
			}
		}
	}
}

// content is an entry without its pointers.
func content(e *Entry) Entry {
	c := *e
	c.cited = nil
	return c
}

func BenchmarkWith(b *testing.B) {
	lib, err := Load(Shipped())
	if err != nil {
		b.Fatal(err)
	}
	text, err := FormatEntry(lib.entries[0])
	if err != nil {
		b.Fatal(err)
	}
	files := map[string][]byte{lib.entries[0].File: text}
	for b.Loop() {
		if _, err := lib.With(files); err != nil {
			b.Fatal(err)
		}
	}
}
