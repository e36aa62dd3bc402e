package statute

import (
	"regexp"
	"strings"
)

// maxGap is how many articles may be missing in a row before a marker is taken
// for a quotation of another law instead of the next article.
const maxGap = 5

const markerNumber = `第([〇零一二三四五六七八九十百千]+)条(?:之([一二三四五六七八九十]+))?`

var (
	// Markers as the conversion writes them: "- **第二十五条**　　text".
	markerLine = regexp.MustCompile(`^- (?:\*\*)?` + markerNumber + `(?:\*\*)?(?:[\s　]+(.*))?$`)
	// Markers the conversion missed: at the start of a paragraph, or glued to a
	// chapter heading or to the end of the preamble.
	looseLine = regexp.MustCompile(`^\s*` + markerNumber + `[\s　]*(.+)$`)
	gluedLine = regexp.MustCompile(`^(.+?)` + markerNumber + `[\s　]+(.+)$`)
)

// countsFromOne reports whether paragraphs begin with the numbers 1, 2 and 3 in
// this order. Fewer may be references to articles of another law.
func countsFromOne(lines []string) bool {
	want := 1
	for _, line := range lines {
		if m := looseLine.FindStringSubmatch(line); m != nil && m[2] == "" {
			if n, err := parseNumeral(m[1], maxArticle); err == nil && n == want {
				want++
			}
		}
	}
	return want > 3
}

// marker reads a line that begins an article in the usual way.
func marker(line string) (number, rest string, ok bool) {
	if !strings.HasPrefix(line, "- ") {
		return "", "", false
	}
	m := markerLine.FindStringSubmatch(line)
	if m == nil {
		return "", "", false
	}
	number, err := joinNumber(m[1], m[2])
	return number, m[3], err == nil
}

// followedBy reports whether number is that of the next proper marker. A first
// article that comes again begins an annexed text only if a second one follows;
// otherwise the conversion tore a sentence before a reference to article 1.
func (p *bodyParser) followedBy(number string) bool {
	for _, line := range p.lines[p.at+1:] {
		if next, _, ok := marker(line); ok {
			return next == number
		}
	}
	return false
}

type step int

const (
	nextArticle step = iota
	gap              // a few numbers further on
	leap             // too far to be the next one
	restart          // 第一条 again
	backward
)

func (p *bodyParser) step(number string) step {
	base, inserted := splitNumber(number)
	lastBase, lastInserted := splitNumber(p.last)
	switch {
	case base == lastBase && inserted == lastInserted+1, base == lastBase+1 && inserted == 0:
		return nextArticle
	case p.last == "" && strings.Contains(p.text.Title, "修正案"):
		return nextArticle
	case number == "1":
		return restart
	case base < lastBase, base == lastBase && inserted <= lastInserted:
		return backward
	case base-lastBase > maxGap+1:
		return leap
	}
	return gap
}
