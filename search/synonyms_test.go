package search

import (
	"slices"
	"strings"
	"testing"
)

// streetWords is a table of its own: what the mechanism does must not hang on
// the rows the library ships (content/phrases_test.go holds those).
var streetWords = []Synonym{
	{Say: []string{"扯证", "打结婚证"}, Means: "领证 结婚登记"},
	{Say: []string{"炒鱿鱼", "被开了"}, Means: "辞退"},
	{Say: []string{"佢"}, Means: "他"},
	{Say: []string{"撵"}, Means: "赶"},
	{Say: []string{"撵出来"}, Means: "赶出来 庇护所"},
	{Say: []string{"996", "9 9 6制"}, Means: "加班"},
	{Say: []string{"PUA"}, Means: "精神暴力"},
	{Say: []string{"两分利"}, Means: "高利贷"},
	{Say: []string{"係咪"}, Means: "是不是"},
	{Say: []string{"7天冷静"}, Means: "七日"},
}

func TestExpand(t *testing.T) {
	s := newSynonyms(streetWords)
	for _, c := range []struct{ name, question, want string }{
		{"a word in front", "扯证要带什么", "领证 结婚登记"},
		{"a word inside", "明天去扯证行吗", "领证 结婚登记"},
		{"a word at the end", "啥时候能扯证", "领证 结婚登记"},
		{"the other word of the row", "打结婚证要钱吗", "领证 结婚登记"},
		{"two words of two rows", "佢被开了", "他 辞退"},
		{"in the order of the question", "被开了就找佢", "辞退 他"},
		{"a word within a longer one gives both", "被撵出来了", "赶 赶出来 庇护所"},
		{"the same word twice gives it twice", "佢同佢", "他 他"},
		{"digits", "公司996", "加班"},
		{"digits typed with gaps", "公司9 9 6", "加班"},
		{"capitals do not matter", "老公pua我", "精神暴力"},
		{"full width does not matter", "老公ＰＵＡ我", "精神暴力"},
		{"numerals do not matter", "2分利合法吗", "高利贷"},
		{"numbers in the row do not matter", "七天冷静", "七日"},
		{"traditional in the row", "系咪真的", "是不是"},
		{"traditional in the question", "扯證要帶什麼", "领证 结婚登记"},
		{"marks around it", "「扯证」！", "领证 结婚登记"},
		{"a filler between does not join", "扯嗯证", "领证 结婚登记"},
		{"a gap between keeps it apart", "扯 证", ""},
		{"half a word is none", "扯皮", ""},
		{"no word", "押金不退", ""},
		{"nothing", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := strings.Join(strings.Fields(string(s.expand(ranked(c.question)))), " ")
			if got != c.want {
				t.Errorf("%q also asks for %q, want %q", c.question, got, c.want)
			}
		})
	}
}

func TestExpandKeepsMeaningsApart(t *testing.T) {
	s := newSynonyms(streetWords)
	got := string(s.expand(ranked("佢被开了")))
	if got != " 他 辞退" {
		t.Errorf("expanded to %q; without gaps 他辞 would be a pair", got)
	}
}

func TestExpandWithoutTable(t *testing.T) {
	if got := newSynonyms(nil).expand(ranked("佢被开了")); got != nil {
		t.Errorf("expanded to %q without a table", string(got))
	}
}

func TestRowsOfFillersMeanNothing(t *testing.T) {
	s := newSynonyms([]Synonym{
		{Say: []string{"谢谢", "！"}, Means: "感谢"},
		{Say: []string{"麻烦物业"}, Means: "物业管理"},
		{Say: []string{"押金"}, Means: "？"},
	})
	for question, want := range map[string]string{
		"押金 不退，谢谢": "", "不退 怎么办": "", "麻烦物业修": "物业管理", "叫物业修": "物业管理",
	} {
		if got := strings.TrimSpace(string(s.expand(ranked(question)))); got != want {
			t.Errorf("%q also asks for %q, want %q", question, got, want)
		}
	}
}

func TestSynonymsOnlyHelp(t *testing.T) {
	docs := []Document{
		{ID: "dismissal", Wordings: []string{"公司辞退我能拿多少钱"}},
		{ID: "register", Wordings: []string{"结婚登记要带什么", "领证"}},
		{ID: "deposit", Wordings: []string{"房东不退押金怎么办"}},
	}
	plain, helped := New(docs, nil), New(docs, streetWords)
	for _, question := range []string{
		"被开了能拿多少钱", "扯证要带什么", "我被炒鱿鱼了", "房东不退押金", "佢唔退押金", "公司辞退我，我被开了",
	} {
		before, after := scores(plain.Search(question, 9)), scores(helped.Search(question, 9))
		for id, score := range before {
			if after[id] < score {
				t.Errorf("%q: %s falls from %v to %v by synonyms", question, id, score, after[id])
			}
		}
	}
	for question, id := range map[string]string{"我被炒鱿鱼了": "dismissal", "扯证": "register"} {
		if hits := helped.Search(question, 1).Hits; len(hits) == 0 || hits[0].ID != id {
			t.Errorf("%q finds %v, want %s", question, ids(hits), id)
		}
		if hits := plain.Search(question, 1).Hits; len(hits) > 0 && hits[0].Score > helped.Search(question, 1).Hits[0].Score {
			t.Errorf("%q scores higher without synonyms", question)
		}
	}
}

func TestSynonymsDoNotMakeAQuestionKnown(t *testing.T) {
	docs := []Document{{ID: "dismissal", Wordings: []string{"公司辞退我"}}}
	question := "被开了"
	if seen := New(docs, streetWords).Search(question, 1).Seen; seen != New(docs, nil).Search(question, 1).Seen {
		t.Errorf("%q is %v known with synonyms: the resident did not say the word", question, seen)
	}
}

func scores(r Result) map[string]float32 {
	m := map[string]float32{}
	for _, h := range r.Hits {
		m[h.ID] = h.Score
	}
	return m
}

func ids(hits []Hit) []string {
	list := make([]string, len(hits))
	for i, h := range hits {
		list[i] = h.ID
	}
	return slices.Clip(list)
}
