package search

import "strings"

// synonyms knows what else a question asks for when it holds certain words.
type synonyms struct {
	byFirst map[rune][]synonym
}

type synonym struct {
	say   string // folded
	means []rune // as ranked sees it
}

func newSynonyms(rows []Synonym) *synonyms {
	s := &synonyms{byFirst: map[rune][]synonym{}}
	for _, row := range rows {
		means := ranked(row.Means)
		for _, say := range row.Say {
			// Gaps are what a filler leaves; a row of nothing else would
			// stand at every gap of a question.
			folded := strings.Trim(string(ranked(say)), string(gap))
			for _, first := range folded {
				s.byFirst[first] = append(s.byFirst[first], synonym{folded, means})
				break
			}
		}
	}
	return s
}

// expand returns what text also asks for, each followed by a gap.
func (s *synonyms) expand(text []rune) []rune {
	var extra []rune
	whole := string(text)
	for i, at := 0, 0; i < len(text); i++ {
		for _, syn := range s.byFirst[text[i]] {
			if strings.HasPrefix(whole[at:], syn.say) {
				extra = append(append(extra, gap), syn.means...)
			}
		}
		at += len(string(text[i]))
	}
	return extra
}
