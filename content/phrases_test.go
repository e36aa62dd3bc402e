package content

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"
	"unicode/utf8"

	"pufa/search"
)

// shippedPhrases reads the table alone, so that a mistake elsewhere in the
// library does not hide one here.
func shippedPhrases(t *testing.T) []Phrase {
	t.Helper()
	var rows []Phrase
	if err := readTable(Shipped(), "phrases.yaml", &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

// shippedTexts is every entry's file in full, folded as questions are.
func shippedTexts(t *testing.T) []string {
	t.Helper()
	files, err := fs.Glob(Shipped(), "*/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d entries, %v", len(files), err)
	}
	texts := make([]string, len(files))
	for i, file := range files {
		data, err := fs.ReadFile(Shipped(), file)
		if err != nil {
			t.Fatal(err)
		}
		texts[i] = search.Fold(string(data))
	}
	return texts
}

func TestPhrasesAreMany(t *testing.T) {
	if n := len(shippedPhrases(t)); n < 250 {
		t.Errorf("%d rows, want at least 250", n)
	}
}

// dialectWords may be said in one character: each means hardly anything else.
const dialectWords = "俺佢冇畀俾唔啥乜咋嘢娃伢崽囝揍捶搧掴撵诓"

func TestEveryPhraseIsWellFormed(t *testing.T) {
	for _, row := range shippedPhrases(t) {
		if len(row.Say) == 0 {
			t.Errorf("%q: nobody says it", row.Means)
		}
		for _, say := range row.Say {
			switch n := utf8.RuneCountInString(say); {
			case strings.TrimSpace(search.Fold(say)) == "":
				t.Errorf("%q folds to nothing", say)
			case strings.Contains(search.Fold(say), " "):
				t.Errorf("%q folds to %q: a gap is never found in a sentence typed without one", say, search.Fold(say))
			case n == 1 && !strings.Contains(dialectWords, say):
				t.Errorf("%q is one character and no dialect word", say)
			case n > 9:
				t.Errorf("%q has %d characters, nobody will say just that", say, n)
			}
		}
		for _, word := range strings.Fields(row.Means) {
			if n := utf8.RuneCountInString(word); n > 8 || !strings.ContainsFunc(word, unicode.IsLetter) {
				t.Errorf("means %q: want 1 to 8 characters with a letter", word)
			}
		}
	}
}

func TestNoPhraseIsSaidTwice(t *testing.T) {
	rowOf := map[string]string{}
	for _, row := range shippedPhrases(t) {
		for _, say := range row.Say {
			folded := search.Fold(say)
			if other, taken := rowOf[folded]; taken {
				t.Errorf("%q stands under %q and under %q", say, other, row.Means)
			}
			rowOf[folded] = row.Means
		}
	}
}

func TestNoPhraseMeansItself(t *testing.T) {
	for _, row := range shippedPhrases(t) {
		means := map[string]bool{search.Fold(row.Means): true}
		for _, word := range strings.Fields(row.Means) {
			means[search.Fold(word)] = true
		}
		for _, say := range row.Say {
			if means[search.Fold(say)] {
				t.Errorf("%q means %q: adds nothing", say, row.Means)
			}
		}
	}
}

// TestMeaningsStandInEntries: a word that no entry uses finds nothing.
func TestMeaningsStandInEntries(t *testing.T) {
	texts := shippedTexts(t)
	stands := map[string]bool{}
	for _, row := range shippedPhrases(t) {
		for _, word := range strings.Fields(row.Means) {
			if _, known := stands[word]; known {
				continue
			}
			stands[word] = standsIn(texts, search.Fold(word))
			if !stands[word] {
				t.Errorf("%q (for %q) stands in no entry", word, row.Say)
			}
		}
	}
}

func standsIn(texts []string, word string) bool {
	for _, text := range texts {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// TestEveryPhraseFindsWhatItMeans asks each row's words of an index that holds
// one document a row: what is said must lead to what is meant.
func TestEveryPhraseFindsWhatItMeans(t *testing.T) {
	rows := shippedPhrases(t)
	docs, docOf := meaningDocuments(rows)
	index := search.New(docs, synonymsOf(rows))
	for _, row := range rows {
		for _, say := range row.Say {
			hits := index.Search(say, len(docs)).Hits
			if !holds(hits, docOf[row.Means]) {
				t.Errorf("%q does not find %q", say, row.Means)
			}
		}
	}
}

// meaningDocuments makes one document of each meaning; ids are the meanings.
func meaningDocuments(rows []Phrase) (docs []search.Document, docOf map[string]string) {
	docOf = map[string]string{}
	for _, row := range rows {
		if docOf[row.Means] == "" {
			docOf[row.Means] = row.Means
			docs = append(docs, search.Document{ID: row.Means, Wordings: []string{row.Means}})
		}
	}
	return docs, docOf
}

func synonymsOf(rows []Phrase) []search.Synonym {
	list := make([]search.Synonym, len(rows))
	for i, row := range rows {
		list[i] = search.Synonym{Say: row.Say, Means: row.Means}
	}
	return list
}

func holds(hits []search.Hit, id string) bool {
	for _, h := range hits {
		if h.ID == id {
			return true
		}
	}
	return false
}

// everydaySentences hold two words side by side whose touching ends look like
// a phrase; none may be taken for it.
var everydaySentences = []struct{ sentence, mustNotMean string }{
	{"广告公司占了楼顶", "劳动仲裁"},
	{"七天内退得掉吗", "提前退休"},
	{"什么人能请律师", "谁"},
	{"人事说合同拿去盖章了", "调解"},
	{"让他重新抱一下孩子", "儿媳"},
	{"出差人员的补助", "警察"},
	{"蛋白粉是药吗", "吸毒"},
	{"打开盒子听了一下", "信息泄露"},
	{"孩子看见爸爸打妈妈", "打老人"},
	{"电动车行驶在路上", "4S店"},
	{"跟他打交道很难", "打架"},
	{"开个居住证明要打证明材料吗", "领证"},
	{"人物事迹宣传", "东西"},
	{"房东家里没人", "老板"},
	{"怎么一点办法都没有", "怎么办"},
	{"把车停在旁边处理", "哪里"},
	{"水滴筹怎么提现", "漏水"},
	{"喝了酒就打人", "酒驾"},
	{"余额家里人能用吗", "我"},
	{"希望病好以后再上班", "看病"},
}

func TestPhrasesDoNotHideInOtherWords(t *testing.T) {
	rows := shippedPhrases(t)
	for _, c := range everydaySentences {
		for _, row := range rows {
			if !strings.Contains(" "+row.Means+" ", " "+c.mustNotMean+" ") {
				continue
			}
			for _, say := range row.Say {
				if strings.Contains(search.Fold(c.sentence), search.Fold(say)) {
					t.Errorf("%q is taken for %q because of %q", c.sentence, row.Means, say)
				}
			}
		}
	}
}

func TestPhraseTableRefusesUnknownKeys(t *testing.T) {
	var rows []Phrase
	bad := fstest.MapFS{"phrases.yaml": {Data: []byte("- {say: [扯证], mean: 领证}\n")}}
	err := readTable(bad, "phrases.yaml", &rows)
	if err == nil || !strings.Contains(err.Error(), "phrases.yaml:1") {
		t.Errorf("error %v, want one that names phrases.yaml:1", err)
	}
}
