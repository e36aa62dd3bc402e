package search

import (
	"strings"

	"github.com/mozillazg/go-pinyin"
)

const (
	firstHan = 0x4E00
	lastHan  = 0x9FFF
	maxLatin = 63 // letters of a latin word past which it is no pinyin; one bit each in cut
)

// sounds turns characters into syllables without tone, each a small number,
// with the sounds that many speakers do not keep apart made one (zh/z, ch/c,
// sh/s, ng/n, l/n). 0 is no sound. It is safe for concurrent use.
type sounds struct {
	ofHan   [lastHan - firstHan + 1]uint16
	ofLatin map[string]uint16 // every syllable as it is typed
	longest int
}

func newSounds() *sounds {
	s := &sounds{ofLatin: make(map[string]uint16, 512)}
	numbers := map[string]uint16{}
	for r := rune(firstHan); r <= lastHan; r++ {
		reading := firstReading(r)
		if reading == "" {
			continue
		}
		blurred := blur(reading)
		number, ok := numbers[blurred]
		if !ok {
			number = uint16(len(numbers) + 1)
			numbers[blurred] = number
		}
		s.ofHan[r-firstHan] = number
		s.ofLatin[reading] = number
		s.longest = max(s.longest, len(reading))
	}
	return s
}

// tones takes the marks of tone off; ü is typed v.
var tones = strings.NewReplacer(
	"ā", "a", "á", "a", "ǎ", "a", "à", "a", "ē", "e", "é", "e", "ě", "e", "è", "e", "ê", "e",
	"ī", "i", "í", "i", "ǐ", "i", "ì", "i", "ō", "o", "ó", "o", "ǒ", "o", "ò", "o",
	"ū", "u", "ú", "u", "ǔ", "u", "ù", "u", "ü", "v", "ǖ", "v", "ǘ", "v", "ǚ", "v", "ǜ", "v",
	"ń", "n", "ň", "n", "ǹ", "n", "ḿ", "m",
)

// firstReading is the most usual reading of a character, without tone. The
// library's own function takes a hundred times as long.
func firstReading(r rune) string {
	first, _, _ := strings.Cut(pinyin.PinyinDict[int(r)], ",")
	plain := tones.Replace(first)
	if strings.ContainsFunc(plain, func(r rune) bool { return !isLatin(r) }) {
		return ""
	}
	return plain
}

var blurs = strings.NewReplacer("zh", "z", "ch", "c", "sh", "s", "ng", "n")

func blur(syllable string) string {
	syllable = blurs.Replace(syllable)
	if rest, ok := strings.CutPrefix(syllable, "l"); ok {
		return "n" + rest
	}
	return syllable
}

// of returns the sounds of a text; 0 stands where the chain is broken (a gap,
// a digit, a foreign word).
func (s *sounds) of(text []rune) []uint16 {
	out := make([]uint16, 0, len(text))
	for i := 0; i < len(text); i++ {
		switch r := text[i]; {
		case isLatin(r):
			end := i
			for end < len(text) && isLatin(text[end]) {
				end++
			}
			out = s.spell(out, string(text[i:end]))
			i = end - 1
		case r >= firstHan && r <= lastHan:
			out = append(out, s.ofHan[r-firstHan])
		case r == gap && besideLatin(text, i):
			// Typed pinyin has gaps where writing has none: "cai li".
		default:
			out = append(out, 0)
		}
	}
	return out
}

func besideLatin(text []rune, i int) bool {
	return i > 0 && isLatin(text[i-1]) || i+1 < len(text) && isLatin(text[i+1])
}

func isLatin(r rune) bool { return r >= 'a' && r <= 'z' }

// spell cuts a latin word into syllables, the longest first, going back where
// that leads nowhere; a word that is no pinyin breaks the chain.
func (s *sounds) spell(out []uint16, word string) []uint16 {
	if len(word) > maxLatin {
		return append(out, 0)
	}
	var dead uint64
	if cut, ok := s.cut(out, word, 0, &dead); ok {
		return cut
	}
	return append(out, 0)
}

// spells reports whether a latin word may be pinyin.
func (s *sounds) spells(word string) bool {
	var dead uint64
	_, ok := s.cut(nil, word[:min(len(word), maxLatin)], 0, &dead)
	return ok && len(word) <= maxLatin
}

// cut continues at byte from; dead has a bit for each place from which the
// word cannot be finished, so that no place is tried twice.
func (s *sounds) cut(out []uint16, word string, from int, dead *uint64) ([]uint16, bool) {
	if from == len(word) {
		return out, true
	}
	if *dead&(1<<from) != 0 {
		return out, false
	}
	for n := min(s.longest, len(word)-from); n > 0; n-- {
		number, ok := s.ofLatin[word[from:from+n]]
		if !ok {
			continue
		}
		if rest, ok := s.cut(append(out, number), word, from+n, dead); ok {
			return rest, true
		}
	}
	*dead |= 1 << from
	return out, false
}
