package report

import (
	"strings"
	"unicode"
)

// lineHigh is the distance of lines, in sizes of the letter.
const lineHigh = 1.3

// fitted returns the largest size, at most most, in which s fits a box in at
// most lines rows, and the rows. Rows end at the marks of the text where that
// costs little. A row does not begin with a mark that belongs
// to the one before, and no number or word is broken. Long texts become small;
// none is cut.
func fitted(s string, wide, high, most float64, lines int) (size float64, rows []string) {
	pieces := piecesOf(s)
	for size = most; size > 1; size *= 0.98 {
		rows = wrapped(pieces, wide/size)
		if rows != nil && len(rows) <= lines && float64(len(rows))*size*lineHigh <= high {
			break
		}
	}
	if size <= 1 {
		return 1, []string{s}
	}
	marked := byMarks(pieces)
	if at := sizeOfRows(marked, wide, high, most); len(marked) <= lines && at >= worthMarks*size {
		return at, marked
	}
	if at := min(most, wide/emWidth(s)); at >= worthOneRow*size {
		return at, []string{s}
	}
	return size, balanced(pieces, rows, wide/size)
}

// worthOneRow is how much smaller a text without marks may become, so that it
// stands in one row: where words end is not known, and a word torn in two
// reads badly.
const worthOneRow = 0.65

// worthMarks is how much smaller a text may become, so that its rows end at its
// marks.
const worthMarks = 0.75

// sizeOfRows is the largest size in which rows fit a box.
func sizeOfRows(rows []string, wide, high, most float64) float64 {
	size := min(most, high/(float64(len(rows))*lineHigh))
	for _, row := range rows {
		size = min(size, wide/emWidth(row))
	}
	return size
}

// balanced makes the rows of one text about as long as each other.
func balanced(pieces, rows []string, wide float64) []string {
	for w := wide * 0.97; len(rows) > 1 && w > 1; w *= 0.97 {
		narrower := wrapped(pieces, w)
		if narrower == nil || len(narrower) > len(rows) {
			break
		}
		rows = narrower
	}
	return rows
}

// byMarks ends a row at every mark.
func byMarks(pieces []string) (rows []string) {
	row := ""
	for i, p := range pieces {
		row += p
		if i == len(pieces)-1 || strings.ContainsAny(p, "，。！？；") {
			rows = append(rows, row)
			row = ""
		}
	}
	return rows
}

// wrapped fills rows of at most wide letters; nil when a piece alone is longer.
func wrapped(pieces []string, wide float64) []string {
	var rows []string
	row := ""
	for _, p := range pieces {
		if emWidth(p) > wide {
			return nil
		}
		if row != "" && emWidth(row+p) > wide {
			rows = append(rows, strings.TrimSpace(row))
			row = ""
		}
		row += p
	}
	return append(rows, strings.TrimSpace(row))
}

// piecesOf takes a text apart where a row may end: between Chinese characters,
// but not before a closing mark, after an opening one, or inside a word.
func piecesOf(s string) []string {
	const closing, opening = "，。、；：！？”’）》」】·…—", "“‘（《「【"
	var list []string
	glued := false
	for _, r := range s {
		word := r < 0x80 && !unicode.IsSpace(r)
		n := len(list)
		switch {
		case n == 0, !glued && !strings.ContainsRune(closing, r) && !(word && isWord(list[n-1])):
			list = append(list, string(r))
		default:
			list[n-1] += string(r)
		}
		glued = strings.ContainsRune(opening, r)
	}
	return list
}

// isWord reports whether a piece ends in a letter or digit that the next one
// may go on with.
func isWord(piece string) bool {
	last := piece[len(piece)-1]
	return last < 0x80 && last != ' '
}

// emWidth is about how wide a text is, in sizes of its letter, rather too much
// than too little.
func emWidth(s string) float64 {
	w := 0.0
	for _, r := range s {
		switch {
		case r >= 0x80:
			w++
		case strings.ContainsRune("MW@m%w", r):
			w += 0.95
		case unicode.IsUpper(r):
			w += 0.78
		case strings.ContainsRune("il.,:;'|!/ ", r):
			w += 0.4
		default:
			w += 0.64
		}
	}
	return w
}
