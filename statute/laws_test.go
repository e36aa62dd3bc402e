package statute

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestRealLaws reads the official texts, which the project does not hold. Set
// PUFA_TEST_LAWS to the folder md of the national database's texts.
func TestRealLaws(t *testing.T) {
	dir := os.Getenv("PUFA_TEST_LAWS")
	if dir == "" {
		t.Skip("PUFA_TEST_LAWS is not set: official texts are not tried")
	}
	corpus, problems, err := LoadDir(t.Context(), dir)
	if err != nil || len(problems) > 0 {
		t.Fatalf("LoadDir: %v, problems %v", err, problems)
	}
	const today = Day("2026-11-23")
	rules := Rules{
		Repeals: []Repeal{{Title: "中华人民共和国环境保护法", On: "2026-08-15", By: "生态环境法典第1242条"}},
		Amendments: []Amendment{
			{Law: "中华人民共和国刑法", Title: "中华人民共和国刑法修正案（十二）", On: "2024-03-01", Articles: []string{"387"}},
			{Law: "城镇燃气管理条例", Title: "国务院关于修改部分行政法规的决定", On: "2016-02-06"},
		},
	}
	for _, c := range []struct {
		title string
		day   Day
		want  error
	}{
		{"中华人民共和国婚姻法", today, ErrNotInForce},
		{"中华人民共和国合同法", today, ErrNotInForce},
		{"中华人民共和国环境噪声污染防治法", today, ErrNotInForce},
		{"中华人民共和国环境保护法", "2026-08-14", nil},
		{"中华人民共和国环境保护法", "2026-08-15", ErrNotInForce},
		{"中华人民共和国生态环境法典", "2026-08-14", ErrNotInForce},
		{"中华人民共和国生态环境法典", "2026-08-15", nil},
	} {
		if _, err := corpus.InForce(c.title, c.day, rules); !errors.Is(err, c.want) {
			t.Errorf("InForce(%s, %s): %v, want %v", c.title, c.day, err, c.want)
		}
	}
	for _, c := range []struct {
		ref  Citation
		want error
	}{
		{Citation{"中华人民共和国民法典", "1079", "2021-01-01"}, nil},
		{Citation{"中华人民共和国民法典", "1260", "2021-01-01"}, nil},
		{Citation{"中华人民共和国民法典", "1261", "2021-01-01"}, ErrNoArticle},
		{Citation{"中华人民共和国宪法", "36", "2018-03-11"}, nil},
		{Citation{"中华人民共和国刑法", "287-2", "2024-03-01"}, nil},
		{Citation{"中华人民共和国刑法", "287-2", "2021-03-01"}, ErrSuperseded},
		{Citation{"中华人民共和国刑法", "387", "2024-03-01"}, ErrOldText},
		{Citation{"中华人民共和国刑法", "199", "2024-03-01"}, ErrNoArticle},
		{Citation{"城镇燃气管理条例", "27", "2016-02-06"}, nil},
		{Citation{"中华人民共和国治安管理处罚法", "144", "2026-01-01"}, nil},
		{Citation{"中华人民共和国治安管理处罚法", "43", "2013-01-01"}, ErrSuperseded},
	} {
		if err := corpus.Check(c.ref, today, rules); !errors.Is(err, c.want) {
			t.Errorf("Check: %v, want %v", err, c.want)
		}
	}
	// Counts found on the texts of 2026-05-16; other texts may differ, but a
	// sudden fall means that the parser lost articles.
	articles := 0
	for _, text := range corpus.Texts() {
		articles += len(text.Articles)
	}
	if articles < 80000 || len(corpus.Undated()) > 250 || len(corpus.Conflicts()) > 0 {
		t.Errorf("%d articles, %d undated texts, conflicts %v", articles, len(corpus.Undated()), corpus.Conflicts())
	}
}

// TestRealWordFiles reads the national database's Word files beside the
// Markdown texts: every article must be the same as in its twin.
func TestRealWordFiles(t *testing.T) {
	dir := os.Getenv("PUFA_TEST_LAWS")
	if dir == "" {
		t.Skip("PUFA_TEST_LAWS is not set: official Word files are not tried")
	}
	words, err := Read(t.Context(), []string{filepath.Join(dir, "..", "docx")}, nil)
	if err != nil || len(words.Problems) > 0 || len(words.Texts) != words.Files {
		t.Fatalf("Read: %v, problems %v", err, words.Problems)
	}
	corpus, _, err := LoadDir(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	twins := map[string]*Text{}
	for _, text := range corpus.Texts() {
		twins[text.ID] = text
	}
	for _, w := range words.Texts {
		m := twins[w.ID]
		if m == nil {
			t.Errorf("%s has no twin", w.Path)
			continue
		}
		if changes := Compare(m, w); len(changes) > 0 || foldTitle(m.Title) != foldTitle(w.Title) || m.Published != w.Published {
			t.Errorf("%s: %d articles differ from %s, published %s and %s", w.Path, len(changes), m.Path, w.Published, m.Published)
		}
		// A Word file may not tell its date; it must not tell another one.
		if w.Effective != "" && w.Effective != m.Effective {
			t.Errorf("%s: effective %s, the twin %s", w.Path, w.Effective, m.Effective)
		}
		for i, a := range w.Articles {
			if a.Chapter != m.Articles[i].Chapter {
				t.Errorf("%s: article %s stands under %q, the twin under %q", w.Path, a.Number, a.Chapter, m.Articles[i].Chapter)
			}
		}
	}
}
