// Package search finds the text that a question in everyday words is about: it
// folds writing habits away and ranks short documents by characters, pairs of
// characters and their sounds. It knows nothing of entries, laws or replies,
// and decides nothing: it hands out hits with the evidence for each.
package search

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// gap stands between two runs of letters: pairs of characters never span it.
const gap = ' '

// Fold writes s the way the index does: half width, lower case, simplified
// characters, no emoji, punctuation turned into single gaps, gaps between
// digits closed ("12 3 4 8" → "12348"). It keeps every word.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	last, pending := rune(gap), false
	for _, r := range s {
		r = foldRune(r)
		if r == skipped {
			continue
		}
		if r == gap {
			pending = true
			continue
		}
		if pending && last != gap && !(isDigit(last) && isDigit(r)) {
			b.WriteRune(gap)
		}
		pending = false
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// skipped marks a rune that leaves nothing behind, not even a gap: joiners and
// variation selectors inside an emoji.
const skipped = rune(-1)

func foldRune(r rune) rune {
	if r < 0x80 {
		return foldASCII(r)
	}
	if r >= 0x4E00 && r <= 0x9FFF {
		return simplify(r)
	}
	if folded := []rune(width.Fold.String(string(r))); len(folded) == 1 && folded[0] < 0x80 {
		return foldASCII(folded[0])
	}
	switch {
	case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r):
		return skipped
	case unicode.IsLetter(r):
		return unicode.ToLower(r)
	case unicode.IsDigit(r):
		return r
	default:
		return gap
	}
}

func foldASCII(r rune) rune {
	switch {
	case r >= 'A' && r <= 'Z':
		return r + 'a' - 'A'
	case r >= 'a' && r <= 'z', isDigit(r):
		return r
	default:
		return gap
	}
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isHan(r rune) bool { return r >= 0x4E00 && r <= 0x9FFF || r >= 0x3400 && r <= 0x4DBF }

// fillers are said without meaning anything; longer ones first. They are taken
// out before ranking, never before commands or danger are looked for.
var fillers = strings.NewReplacer(
	"我想问一下", " ", "想问一下", " ", "请问一下", " ", "麻烦问一下", " ", "咨询一下", " ", "问一下", " ",
	"我想咨询", " ", "想咨询", " ", "请教一下", " ", "打听一下", " ",
	"请问在吗", " ", "您好在吗", " ", "你好在吗", " ", "请问", " ", "你好", " ", "您好", " ", "喂喂", " ", "那个那个", " ", "就是说", " ", "然后呢", " ",
	"谢谢", " ", "麻烦", " ", "嗯", "", "呃", "", "哦", "", "唉", "", "哎", "",
)

// numerals writes small numbers one way, so that 7天 meets 七天.
var numerals = [...]string{"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"}

// ranked is text as the ranking sees it: folded, without fillers, with whole
// numbers below 100 in Chinese and 两 as 二.
func ranked(s string) []rune {
	folded := []rune(strings.ReplaceAll(fillers.Replace(Fold(s)), "两", "二"))
	out := make([]rune, 0, len(folded)+4)
	for i := 0; i < len(folded); {
		if !isDigit(folded[i]) {
			out = append(out, folded[i])
			i++
			continue
		}
		end := i
		for end < len(folded) && isDigit(folded[end]) {
			end++
		}
		out = appendNumber(out, folded[i:end])
		i = end
	}
	return out
}

func appendNumber(out, digits []rune) []rune {
	if len(digits) > 2 || digits[0] == '0' {
		return append(out, digits...)
	}
	ones := digits[len(digits)-1] - '0'
	if len(digits) == 1 {
		return append(out, []rune(numerals[ones])...)
	}
	if tens := digits[0] - '0'; tens > 1 {
		out = append(out, []rune(numerals[tens])...)
	}
	out = append(out, '十')
	if ones > 0 {
		out = append(out, []rune(numerals[ones])...)
	}
	return out
}
