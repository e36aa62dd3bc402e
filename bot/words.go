package bot

// wordSet finds many words in one pass over a text. It is read-only after
// newWordSet.
type wordSet struct {
	nodes []wordNode
	count int
}

type wordNode struct {
	next map[rune]int32
	word int32 // number of the word that ends here, -1 for none
}

// newWordSet numbers the words from 0 in the order given; a word given twice
// keeps its first number.
func newWordSet(words []string) *wordSet {
	s := &wordSet{nodes: []wordNode{{word: -1}}, count: len(words)}
	for i, w := range words {
		s.add(w, int32(i))
	}
	return s
}

func (s *wordSet) add(word string, number int32) {
	at := int32(0)
	for _, r := range word {
		next, ok := s.nodes[at].next[r]
		if !ok {
			next = int32(len(s.nodes))
			s.nodes = append(s.nodes, wordNode{word: -1})
			if s.nodes[at].next == nil {
				s.nodes[at].next = map[rune]int32{}
			}
			s.nodes[at].next[r] = next
		}
		at = next
	}
	if at != 0 && s.nodes[at].word < 0 {
		s.nodes[at].word = number
	}
}

// find returns which words stand in text; nil when none does.
func (s *wordSet) find(text []rune) []bool {
	var found []bool
	for i := range text {
		at := int32(0)
		for _, r := range text[i:] {
			next, ok := s.nodes[at].next[r]
			if !ok {
				break
			}
			at = next
			if w := s.nodes[at].word; w >= 0 {
				if found == nil {
					found = make([]bool, s.count)
				}
				found[w] = true
			}
		}
	}
	return found
}
