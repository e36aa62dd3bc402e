package bot

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestWordSetFindsWhatStringsContainsFinds(t *testing.T) {
	letters := rapid.SampledFrom([]rune("甲乙丙a𠮷"))
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfNDistinct(rapid.StringOfN(letters, 1, 4, -1), 0, 12, rapid.ID[string]).Draw(t, "words")
		text := rapid.StringOfN(letters, 0, 30, -1).Draw(t, "text")
		found := map[int32]bool{}
		runes := []rune(text)
		last := 0
		for _, s := range newWordSet(words).find(runes) {
			if got := string(runes[s.start:s.end]); got != words[s.word] {
				t.Fatalf("word %q stands at %d as %q", words[s.word], s.start, got)
			}
			if s.start < last {
				t.Fatalf("start %d after start %d", s.start, last)
			}
			last = s.start
			found[s.word] = true
		}
		for i, w := range words {
			if found[int32(i)] != strings.Contains(text, w) {
				t.Fatalf("%q in %q: found %v", w, text, found[int32(i)])
			}
		}
	})
}

func TestWordSetCountsEveryPlace(t *testing.T) {
	got := newWordSet([]string{"乙乙", "乙"}).find([]rune("甲乙乙"))
	want := []span{{1, 1, 2}, {0, 1, 3}, {1, 2, 3}}
	if len(got) != len(want) {
		t.Fatalf("find = %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("find[%d] = %v, want %v", i, got[i], want[i])
		}
	}
}

func TestWordSetLeavesOutWhatIsNoWord(t *testing.T) {
	for name, c := range map[string]struct {
		words []string
		text  string
		want  int
	}{
		"no words at all":                         {nil, "甲", 0},
		"an empty word":                           {[]string{""}, "甲", 0},
		"the beginning of a word":                 {[]string{"甲乙"}, "甲", 0},
		"a word given twice, by its first number": {[]string{"甲", "甲"}, "甲", 1},
	} {
		t.Run(name, func(t *testing.T) {
			got := newWordSet(c.words).find([]rune(c.text))
			if len(got) != c.want {
				t.Fatalf("find(%q) = %v, want %d", c.text, got, c.want)
			}
			if c.want == 1 && got[0].word != 0 {
				t.Errorf("word %d, want 0", got[0].word)
			}
		})
	}
}
