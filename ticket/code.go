package ticket

import "strings"

// letters are those of a code: no vowel, so that no word comes out; nothing
// that looks or sounds like another (0 O, 1 I L, 2 Z, 5 S, 8 B, U V, M N).
const letters = "34679CDFGHJKMPRTWXY"

// CodeLength is the number of letters of a code: 19⁶ are 47 million, of which a
// few hundred are in use, so that trying codes finds none.
const CodeLength = 6

// CodeOf makes a code of at least CodeLength random bytes.
func CodeOf(random []byte) string {
	var b [CodeLength]byte
	for i := range b {
		b[i] = letters[int(random[i])%len(letters)]
	}
	return string(b[:])
}

// ParseCode finds the code in what somebody typed: any case, any gaps.
func ParseCode(s string) (string, bool) {
	s = strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '　' {
			return -1
		}
		return r
	}, s))
	if len(s) != CodeLength || strings.Trim(s, letters) != "" {
		return "", false
	}
	return s, true
}
