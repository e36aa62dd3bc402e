package statute

import "pufa/search"

// gram is a folded character (its upper half is 0) or a pair of neighbours.
// Characters beyond the basic plane are left out.
type gram uint32

func pairGram(a, b rune) gram { return gram(a)<<16 | gram(b) }

// appendGrams adds every character and pair of a text to list, with repetition.
// Pairs never span a sign.
func appendGrams(list []gram, text string) []gram {
	last := rune(0)
	for _, r := range search.Fold(text) {
		if r == ' ' || r > 0xffff {
			last = 0
			continue
		}
		list = append(list, gram(r))
		if last != 0 {
			list = append(list, pairGram(last, r))
		}
		last = r
	}
	return list
}
