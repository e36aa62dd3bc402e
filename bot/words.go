package bot

// wordSet finds many words in one pass over a text. It is read-only after
// newWordSet.
type wordSet struct {
	first [0x10000]int32 // node after the first character; 0 for none
	nodes []wordNode
}

type wordNode struct {
	next map[rune]int32
	word int32 // number of the word that ends here, -1 for none
}

// span is a word found in a text: its number and where it stands, counted in
// characters, the end not included.
type span struct {
	word       int32
	start, end int
}

// newWordSet numbers the words from 0 in the order given; a word given twice
// keeps its first number.
func newWordSet(words []string) *wordSet {
	s := &wordSet{nodes: []wordNode{{word: -1}}}
	for i, w := range words {
		s.add([]rune(w), int32(i))
	}
	return s
}

func (s *wordSet) add(word []rune, number int32) {
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
			if at == 0 && int(r) < len(s.first) {
				s.first[r] = next
			}
		}
		at = next
	}
	if at != 0 && s.nodes[at].word < 0 {
		s.nodes[at].word = number
	}
}

// find lists every word in text, by where it starts; nil when there is none.
func (s *wordSet) find(text []rune) []span { return s.appendFound(nil, text) }

// appendFound appends what find lists.
func (s *wordSet) appendFound(found []span, text []rune) []span {
	for i, r := range text {
		at := s.enter(r)
		for end := i + 1; at != 0; end++ {
			if w := s.nodes[at].word; w >= 0 {
				found = append(found, span{word: w, start: i, end: end})
			}
			if end == len(text) {
				break
			}
			at = s.nodes[at].next[text[end]]
		}
	}
	return found
}

// enter follows the first character: through a table, because most characters
// of a message begin no word.
func (s *wordSet) enter(r rune) int32 {
	if int(r) < len(s.first) {
		return s.first[r]
	}
	return s.nodes[0].next[r]
}
