package statute

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
	"pufa/search"
)

func inForceFrom(id, title string, from Day, articles ...string) *Text {
	t := textOf(articles...)
	t.ID, t.Title, t.Path, t.Published, t.Effective, t.Status = id, title, id+".md", from, from, Valid
	return t
}

// townTexts are made-up laws: one with three editions, one repealed by rules,
// one that amends, one without a date.
func townTexts() []*Text {
	future := inForceFrom("lamp3", "路灯法", "2027-03-01", "1", "路灯由居民轮流擦拭，擦灯人领取蜡烛。")
	repealed := inForceFrom("kiosk", "报亭条例", "2010-01-01", "1", "报亭出售报纸，报纸当日卖完。")
	undated := inForceFrom("bench", "长椅办法", "", "1", "长椅供居民歇脚，占用长椅摆摊的，批评教育。")
	decision := inForceFrom("change", "关于修改《路灯法》的决定", "2024-01-01", "1", "路灯的擦拭由街道安排擦灯人。")
	return []*Text{
		inForceFrom("lamp1", "路灯法", "2010-01-01", "1", "路灯由更夫照管，更夫领取灯油。"),
		inForceFrom("lamp2", "路灯法", "2020-01-01", "1", "为了照亮街道，制定本法。", "2", "路灯由街道照管，坏了的三天内修好。", "3", "（删去）", "4", "损坏路灯的，照价赔偿。"),
		inForceFrom("rent", "中华人民共和国劳动合同法", "2008-01-01", "1", "出租人应当修好房屋的门窗。", "2", "承租人应当按时支付租金，不得在墙上钉钉子。"),
		future, repealed, undated, decision,
	}
}

func searcher(t testing.TB, o SearchOptions) *Searcher {
	return kept(t, "2026-11-23", townTexts()...).Searcher(o)
}

func names(hits []Hit) string {
	var out []string
	for _, h := range hits {
		out = append(out, h.Text.ID+" "+h.Article)
	}
	return strings.Join(out, ", ")
}

func TestSearch(t *testing.T) {
	today := SearchOptions{Day: "2026-11-23", Rules: Rules{Repeals: []Repeal{{Title: "报亭条例", On: "2025-01-01", By: "x"}}}}
	spring := SearchOptions{Day: "2027-03-01"}
	own := SearchOptions{Day: "2026-11-23", Synonyms: []search.Synonym{{Say: []string{"黑灯瞎火"}, Means: "路灯 坏了 修好"}}}
	for _, c := range []struct {
		name    string
		options SearchOptions
		text    string
		k       int
		want    string
	}{
		{"the article about it comes first", today, "路灯坏了几天修好？", 1, "lamp2 2"},
		{"on the day it takes effect it is", spring, "擦灯人领取蜡烛", 1, "lamp3 1"},
		{"without that rule it is", spring, "报纸当日卖完", 1, "kiosk 1"},
		{"what people say finds the word of the law", today, "房东不修窗", 1, "rent 1"},
		{"the caller's table is used too", own, "晚上黑灯瞎火", 1, "lamp2 2"},
		{"traditional characters are folded", today, "損壞路燈照價賠償", 1, "lamp2 4"},
		{"nothing in common finds nothing", today, "zzz", 5, ""},
		{"signs alone find nothing", today, "？！ 。", 5, ""},
		{"no text finds nothing", today, "", 5, ""},
		{"none wanted, none returned", today, "路灯", 0, ""},
		{"a very long text is cut, not refused", today, "路灯坏了几天修好" + strings.Repeat("呀", 100_000), 1, "lamp2 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := names(searcher(t, c.options).Search(c.text, c.k)); got != c.want {
				t.Errorf("Search(%.20s) = %q, want %q", c.text, got, c.want)
			}
		})
	}
}

func TestSearchFindsOnlyWhatIsInForce(t *testing.T) {
	s := searcher(t, SearchOptions{Day: "2026-11-23", Rules: Rules{Repeals: []Repeal{{Title: "报亭条例", On: "2025-01-01", By: "x"}}}})
	for _, c := range []struct{ name, text, id string }{
		{"an edition that was superseded", "更夫领取灯油", "lamp1"},
		{"one that takes effect later", "擦灯人领取蜡烛", "lamp3"},
		{"a law that the register repeals", "报纸当日卖完", "kiosk"},
		{"a law without a date", "占用长椅摆摊", "bench"},
		{"an amendment", "街道安排擦灯人", "change"},
	} {
		if got := names(s.Search(c.text, maxHits)); strings.Contains(got, c.id) {
			t.Errorf("%s is found: Search(%s) = %s", c.name, c.text, got)
		}
	}
}

func TestSearchPrefersCoreLaws(t *testing.T) {
	const words = "出租人应当修好房屋的门窗。"
	l := kept(t, "2026-11-23",
		inForceFrom("a", "长廊法", "2020-01-01", "1", words), inForceFrom("b", "中华人民共和国民法典", "2020-01-01", "1", words))
	hits := l.Searcher(SearchOptions{Day: "2026-11-23"}).Search("门窗", 5)
	if names(hits) != "b 1, a 1" {
		t.Errorf("Search = %s, want the core law first", names(hits))
	}
}

func TestSearchHitsCanBeRead(t *testing.T) {
	s := searcher(t, SearchOptions{Day: "2026-11-23"})
	if n := s.Articles(); n != 6 {
		t.Errorf("%d articles can be found, want 6: those struck out, ended or pending are not", n)
	}
	hit := s.Search("损坏路灯", 1)[0]
	a, err := s.Words(hit)
	if err != nil || a.Text != "损坏路灯的，照价赔偿。" || a.Number != "4" || hit.Text.Effective != "2020-01-01" {
		t.Errorf("Words = %+v, %v", a, err)
	}
	if s.library.SearchFrom() != "2026-11-23" {
		t.Errorf("SearchFrom = %s", s.library.SearchFrom())
	}
}

// What the packed lists give is what the rows of documents said.
func TestPostingsKeepEveryLevel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := make([][]weighed, rapid.IntRange(1, 400).Draw(t, "documents"))
		docs := make([]int32, len(rows))
		for d := range rows {
			docs[d] = int32(d)
			for _, g := range rapid.SliceOfNDistinct(rapid.Uint32Range(1, 9), 0, 4, rapid.ID[uint32]).Draw(t, "grams") {
				rows[d] = append(rows[d], weighed{gram(g) * 100_000, uint8(rapid.IntRange(1, levels).Draw(t, "level"))})
			}
			slices.SortFunc(rows[d], func(a, b weighed) int { return int(a.gram) - int(b.gram) })
		}
		e := &encoder{}
		invert(docs, rows).encode(e)
		p := decodePostings(&decoder{in: e.out}, len(docs))
		for g := gram(100_000); g < 1_000_000; g += 100_000 {
			scores := make([]float32, len(rows))
			list, found := p.list(g)
			addTo(scores, list, levels)
			for d, row := range rows {
				want := float32(0)
				for _, w := range row {
					if w.gram == g {
						want = float32(w.level)
						found--
					}
				}
				if scores[d] != want {
					t.Fatalf("document %d has %v of gram %d, want %v", d, scores[d], g, want)
				}
			}
			if found != 0 {
				t.Fatalf("gram %d: the count is off by %d", g, found)
			}
		}
	})
}

func TestLevelsGrowWithWeight(t *testing.T) {
	last := uint8(0)
	for _, sum := range []float64{0.001, 0.3, 1, 3, 10, 1e6} {
		level := levelOf(sum)
		if level <= last && last != levels || level > levels {
			t.Errorf("levelOf(%v) = %d after %d, want more, at most %d", sum, level, last, levels)
		}
		last = level
	}
}

func TestEvaluate(t *testing.T) {
	questions, err := ReadQuestions(strings.NewReader(`
{"id":"a","text":"损坏路灯照价赔偿","gold":[{"law":"路灯法","article":"4","file":"x"}],"more":1}
{"id":"b","text":"街道照管路灯","gold":[{"law":"路灯法","article":"1"},{"law":"报亭条例","article":"7"}]}
`))
	if err != nil {
		t.Fatal(err)
	}
	m := searcher(t, SearchOptions{Day: "2026-11-23"}).Evaluate(questions)
	if m.Questions != 2 || m.Recall1 != 0.5 || m.Recall10 != 0.75 || m.Recall100 != 0.75 || m.MRR10 != 0.75 || m.Absent != 1 {
		t.Errorf("Evaluate = %+v", m)
	}
	if want := []Item{{"a", 1}, {"b", 2}}; !slices.Equal(m.Items, want) {
		t.Errorf("items = %v, want %v", m.Items, want)
	}
}

func TestReadQuestionsRefuses(t *testing.T) {
	for name, lines := range map[string]string{
		"none": "", "no JSON": "x", "no text": `{"gold":[{"law":"a","article":"1"}]}`, "no gold": `{"text":"a"}`,
		"an endless line": `{"text":"` + strings.Repeat("a", 2<<20) + `"}`,
	} {
		if q, err := ReadQuestions(strings.NewReader(lines)); err == nil {
			t.Errorf("%s: %v without error", name, q)
		}
	}
}

// benchLibrary is an invented corpus of 20,000 articles, or the real one where
// PUFA_TEST_LAWS names it.
func benchLibrary(b *testing.B) *Library {
	b.Helper()
	var texts []*Text
	if dir := os.Getenv("PUFA_TEST_LAWS"); dir != "" {
		c, _, err := LoadDir(b.Context(), dir)
		if err != nil {
			b.Fatal(err)
		}
		return kept(b, "2026-11-23", c.Texts()...)
	}
	signs := []rune("路灯归街道照管坏了三天内修好损失应当赔偿出租人承按时支付报酬合同解除申请登记机关")
	for i := range 200 {
		var articles []string
		for n := range 100 {
			words := make([]rune, 120)
			for k := range words {
				words[k] = signs[(i*31+n*17+k*k*7+k*n)%len(signs)]
			}
			articles = append(articles, fmt.Sprint(n+1), string(words))
		}
		texts = append(texts, inForceFrom(fmt.Sprint("t", i), fmt.Sprintf("法%d", i), "2020-01-01", articles...))
	}
	return kept(b, "2026-11-23", texts...)
}

func BenchmarkSearch(b *testing.B) {
	s := benchLibrary(b).Searcher(SearchOptions{Day: "2026-11-23"})
	b.ReportAllocs()
	for b.Loop() {
		s.Search("房东不修门窗，租房合同能不能解除，押金怎么要回来", 10)
	}
}

func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "laws.pufa")
	texts, err := benchLibrary(b).All()
	if err != nil {
		b.Fatal(err)
	}
	if _, err := Save(path, texts, "2026-11-23"); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Open(path); err != nil {
			b.Fatal(err)
		}
	}
}

// Words that no article has count against every one: otherwise a question of
// which only a chance word is known would look well matched.
func TestShareFallsWithWhatNoArticleHas(t *testing.T) {
	l := kept(t, "2026-11-23", testCorpus(t).Texts()...)
	s := l.Searcher(SearchOptions{Day: "2026-11-23"})
	share := func(question string) float64 {
		hits := s.Search(question, 1)
		if len(hits) == 0 {
			t.Fatalf("%s finds nothing", question)
		}
		return hits[0].Share
	}
	whole, mixed := share("路灯"), share("路灯和鲤鱼纸鹞飞过屋顶")
	if whole <= 0 || whole > 1.1 || mixed <= 0 || mixed > whole/2 {
		t.Errorf("shares = %.3f and, with unknown words, %.3f", whole, mixed)
	}
}
