package search

// simplify returns the simplified form of a traditional character, and every
// other rune unchanged.
func simplify(r rune) rune {
	if s, ok := simplified[r]; ok {
		return s
	}
	return r
}

// simplified is read-only after the package is loaded.
var simplified = pairs(
	"這这個个們们來来時时說说話话為为學学國国對对會会過过還还後后開开關关間间問问錢钱買买賣卖",
)

// pairs reads a string of traditional and simplified characters in turn.
func pairs(s string) map[rune]rune {
	runes := []rune(s)
	m := make(map[rune]rune, len(runes)/2)
	for i := 0; i+1 < len(runes); i += 2 {
		m[runes[i]] = runes[i+1]
	}
	return m
}
