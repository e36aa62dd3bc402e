package statute

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// kept opens what Save makes of texts.
func kept(t testing.TB, day Day, texts ...*Text) *Library {
	t.Helper()
	path := filepath.Join(t.TempDir(), "laws.pufa")
	n, err := Save(path, texts, day)
	if err != nil {
		t.Fatal(err)
	}
	l, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if l.Size() != n {
		t.Errorf("Size = %d, Save wrote %d", l.Size(), n)
	}
	return l
}

func testCorpus(t testing.TB) *Corpus {
	t.Helper()
	c, _, err := LoadDir(t.Context(), "testdata/texts")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var whole = cmp.Options{cmp.AllowUnexported(Text{}, decisionRef{}), cmpopts.EquateEmpty()}

func byID(texts []*Text) []*Text {
	list := slices.Clone(texts)
	slices.SortFunc(list, func(a, b *Text) int { return strings.Compare(a.ID, b.ID) })
	return list
}

func TestLibraryGivesWhatTheCorpusGave(t *testing.T) {
	c := testCorpus(t)
	l := kept(t, "2026-11-23", c.Texts()...)
	all, err := l.All()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(byID(c.Texts()), byID(all), whole); diff != "" {
		t.Errorf("texts changed (-corpus +library):\n%s", diff)
	}
	const title = "中华人民共和国路灯法"
	for _, day := range []Day{"2019-12-31", "2020-01-01", "2024-05-31", "2024-06-01", "2026-11-23"} {
		want, wantErr := c.EditionOn(title, day, Rules{})
		got, err := l.EditionOn(title, day, Rules{})
		if fmt.Sprint(err) != fmt.Sprint(wantErr) || err == nil && got.Text.ID != want.Text.ID {
			t.Errorf("EditionOn(%s) = %v, %v; the corpus has %v, %v", day, got.Text, err, want.Text, wantErr)
		}
		for _, number := range []string{"1", "2", "2-1", "9"} {
			ref := Citation{title, number, "2020-01-01"}
			if got, want := l.Check(ref, day, Rules{}), c.Check(ref, day, Rules{}); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("Check(%v, %s) = %v, the corpus says %v", ref, day, got, want)
			}
		}
	}
	if len(l.Undated()) != len(c.Undated()) || len(l.Conflicts()) != len(c.Conflicts()) {
		t.Errorf("%d undated and %d conflicts, the corpus has %d and %d", len(l.Undated()), len(l.Conflicts()), len(c.Undated()), len(c.Conflicts()))
	}
}

// Whatever texts go in come out: dates, notes, empty parts, long articles.
func TestLibraryRoundTrip(t *testing.T) {
	words := rapid.StringOfN(rapid.SampledFrom([]rune("路灯归街道照管，坏了。\n（一）A1 \u3000")), 0, 40, -1)
	day := rapid.SampledFrom([]Day{"", "2019-11-02", "2020-01-01", "2027-01-01"})
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		var texts []*Text
		for i := range rapid.IntRange(1, 6).Draw(t, "texts") {
			text := &Text{
				ID: fmt.Sprint("id", i), Title: rapid.SampledFrom([]string{"路灯法", "报亭条例", "长椅办法（修正案）"}).Draw(t, "title"),
				Published: day.Draw(t, "published"), Effective: day.Draw(t, "effective"), Status: Unknown,
				Path: fmt.Sprint("p", i), Header: words.Draw(t, "header"), Preamble: words.Draw(t, "preamble"), Annex: words.Draw(t, "annex"),
				amendedBy: decisionRef{title: words.Draw(t, "decision")},
			}
			for n := range rapid.IntRange(0, 5).Draw(t, "articles") {
				text.Articles = append(text.Articles, Article{
					Number: fmt.Sprint(n + 1), Chapter: words.Draw(t, "chapter"),
					Text: strings.Repeat(words.Draw(t, "words"), rapid.SampledFrom([]int{1, 1, 1, 900}).Draw(t, "times")),
				})
			}
			texts = append(texts, text)
		}
		path := filepath.Join(dir, "laws.pufa")
		if _, err := Save(path, texts, "2026-11-23"); err != nil {
			t.Fatal(err)
		}
		l, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		all, err := l.All()
		if diff := cmp.Diff(byID(texts), byID(all), whole); err != nil || diff != "" {
			t.Fatalf("%v, texts changed:\n%s", err, diff)
		}
		for _, text := range l.Texts() {
			for _, a := range all[slices.IndexFunc(all, func(o *Text) bool { return o.ID == text.ID })].Articles {
				if got, err := l.articleOf(text, a.Number); err != nil || got != a {
					t.Fatalf("articleOf(%s, %s) = %+v, %v; want %+v", text.ID, a.Number, got, err, a)
				}
			}
		}
	})
}

func TestSaveIsTheSameInAnyOrder(t *testing.T) {
	texts := testCorpus(t).Texts()
	first, err := encodeFile(texts, "2026-11-23")
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(texts)
	second, err := encodeFile(texts, "2026-11-23")
	if err != nil || string(first) != string(second) {
		t.Errorf("the order of reading changes the file: %v", err)
	}
}

func TestSaveKeepsTheOldFileWhenItFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sub", "laws.pufa")
	lamp := textOf("1", "甲。")
	if _, err := Save(path, []*Text{lamp}, "2026-11-23"); err != nil {
		t.Fatal(err)
	}
	for name, texts := range map[string][]*Text{"none at all": nil, "one id twice": {lamp, lamp}} {
		if _, err := Save(path, texts, "2026-11-23"); err == nil {
			t.Errorf("Save of %s: no error", name)
		}
	}
	if l, err := Open(path); err != nil || len(l.Texts()) != 1 {
		t.Errorf("the old file is gone: %v", err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("files left behind: %v, %v", left, err)
	}
}

func TestLibraryArticle(t *testing.T) {
	l := kept(t, "2026-11-23", testCorpus(t).Texts()...)
	const title = "中华人民共和国路灯法"
	rules := Rules{Amendments: []Amendment{{Law: title, Title: "修正案", On: "2025-01-01", Articles: []string{"1", "9"}}}}
	for _, c := range []struct {
		name, title, number string
		day                 Day
		rules               Rules
		want                error
		old                 bool
	}{
		{"in force", title, "2", "2026-11-23", Rules{}, nil, false},
		{"by an older day", title, "2-1", "2020-01-01", Rules{}, nil, false},
		{"changed after the text at hand", title, "1", "2026-11-23", rules, nil, true},
		{"added after the text at hand", title, "9", "2026-11-23", rules, ErrOldText, false},
		{"not in the law", title, "99", "2026-11-23", Rules{}, ErrNoArticle, false},
		{"not a number", title, "甲", "2026-11-23", Rules{}, ErrNoArticle, false},
		{"no such law", "信号灯法", "1", "2026-11-23", Rules{}, ErrUnknownLaw, false},
		{"before it took effect", title, "1", "2019-12-31", Rules{}, ErrNotInForce, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := l.Article(c.title, c.number, c.day, c.rules)
			if !errors.Is(err, c.want) || f.Old != c.old {
				t.Fatalf("Article = %+v, %v; want error %v, old %v", f, err, c.want, c.old)
			}
			if err == nil && (f.Article.Number != c.number || f.Article.Text == "" || f.Edition.On == "") {
				t.Errorf("Article = %+v of edition %s", f.Article, f.Edition.On)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	good, err := encodeFile(testCorpus(t).Texts(), "2026-11-23")
	if err != nil {
		t.Fatal(err)
	}
	changed := func(at int) []byte {
		b := slices.Clone(good)
		b[at] ^= 1
		return b
	}
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"an empty file":        {nil, "does not begin like one"},
		"another kind of file": {[]byte(strings.Repeat("x", 100)), "does not begin like one"},
		"another version":      {changed(len(fileMagic) + 3), "version 0, this program reads version 1"},
		"a file cut short":     {good[:len(good)-1], "bytes"},
		"a file with a tail":   {append(slices.Clone(good), 0), "bytes"},
		"a changed byte":       {changed(len(good) / 2), "checksum"},
	} {
		path := filepath.Join(t.TempDir(), "laws.pufa")
		if err := os.WriteFile(path, c.file, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(path)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want an error with %q and the path", name, err, c.want)
		}
		if !errors.Is(err, ErrDamaged) && name != "another version" {
			t.Errorf("%s: %v is not ErrDamaged", name, err)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v, want fs.ErrNotExist", err)
	}
}

// A damaged rest must be refused or be usable, whatever it says.
func FuzzDecodeLibrary(f *testing.F) {
	file, err := encodeFile(testCorpus(f).Texts(), "2026-11-23")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file[prefixBytes:])
	f.Fuzz(func(t *testing.T, rest []byte) {
		l, err := decodeLibrary(rest)
		if err != nil {
			return
		}
		for _, text := range l.Texts() {
			if whole, err := l.WithWords(text); err == nil && len(whole.Articles) != l.ArticleCount(text) {
				t.Errorf("%d articles, %d counted", len(whole.Articles), l.ArticleCount(text))
			}
		}
		s := l.Searcher(SearchOptions{Day: "2026-11-23"})
		for _, h := range s.Search("路灯归谁照管", 5) {
			_, _ = s.Words(h)
		}
	})
}
