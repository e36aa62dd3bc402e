package statute

import (
	"crypto/sha256"
	"io"

	"golang.org/x/text/width"
)

// wordsPrint tells the words of texts apart; texts with the same one have the
// same articles, preamble and annex.
type wordsPrint [16]byte

// fingerprint is that of the words at hand, or the one that a compact file
// keeps of words that are not in memory.
func (t *Text) fingerprint() wordsPrint {
	if t.print != (wordsPrint{}) {
		return t.print
	}
	h := sha256.New()
	part := func(s string) {
		// The byte between parts is one that no UTF-8 text has.
		_, _ = io.WriteString(h, foldWords(s))
		_, _ = h.Write([]byte{0xff})
	}
	for _, a := range t.Articles {
		part(a.Number)
		part(a.Text)
	}
	part(t.Preamble)
	part(t.Annex)
	return wordsPrint(h.Sum(nil)[:16])
}

// foldWords makes the words of two conversions of one text comparable: width
// and white space do not count.
func foldWords(s string) string { return closeUp(width.Fold.String(s)) }
