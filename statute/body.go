package statute

import (
	"regexp"
	"slices"
	"strings"
)

// The longest real header has 2.2 KiB, the oddest text 5 notes.
const (
	maxHeaderBytes = 16 << 10
	maxNotes       = 20
)

var (
	annexLine = regexp.MustCompile(`^(?:#+ *附|\s*附(?:件|表|录|图)?[\s　]*[0-9一二三四五六七八九十]*[\s　]*[:：]?\s*$)`)
	contents  = regexp.MustCompile(`^#+[\s　]*目[\s　]*录[\s　]*$`)
	image     = regexp.MustCompile(`!\[[^\]]*\]\([^)]*\)`)
	footnote  = regexp.MustCompile(`\[\^[^\]]*\]`)
)

// bodyParser walks through the lines of a text: first the preamble, then
// articles, then annexes.
type bodyParser struct {
	text     *Text
	lines    []string
	explicit map[string]bool // numbers that have a proper marker somewhere
	quotes   bool            // markers quote other laws: the text has no articles
	bare     bool            // no marker is written properly, but paragraphs begin 第一条, 第二条, 第三条

	at      int    // index of the line being read
	last    string // canonical number of the article being read
	article strings.Builder
	before  strings.Builder
	after   strings.Builder

	under   headings
	chapter string // path of under, shared by the articles below it

	articleUnder string // chapter of the article being read

	inContents, inAnnex, locked bool
}

func newBodyParser(t *Text, body string) *bodyParser {
	p := &bodyParser{text: t, lines: strings.Split(body, "\n"), explicit: map[string]bool{}}
	first := ""
	for _, line := range p.lines {
		if number, _, ok := marker(line); ok {
			p.explicit[number] = true
			if first == "" {
				first = number
			}
		}
	}
	p.bare = first == "" && countsFromOne(p.lines)
	base, _ := splitNumber(first)
	p.quotes = base > 2 && !strings.Contains(t.Title, "修正案")
	return p
}

func (p *bodyParser) run() {
	for i, line := range p.lines {
		p.at = i
		p.line(strings.TrimRight(line, " \t\r"))
	}
	p.endArticle()
	p.cutTable()
	p.text.Preamble = strings.TrimSpace(p.before.String())
	p.text.Annex = strings.TrimSpace(p.after.String())
}

// cutTable moves a table at the end of the last article, such as the list of
// those a rule was sent to, into the annex.
func (p *bodyParser) cutTable() {
	n := len(p.text.Articles)
	if n == 0 {
		return
	}
	last := &p.text.Articles[n-1]
	if i := strings.Index(last.Text, "\n|"); i >= 0 {
		rest := last.Text[i+1:] + "\n" + p.after.String()
		last.Text = last.Text[:i]
		p.after.Reset()
		p.after.WriteString(rest)
	}
}

func (p *bodyParser) line(line string) {
	switch {
	case p.skipContents(line):
	case p.quotes || p.locked:
		p.plain(line)
	case p.startsArticle(line):
	case p.last != "" && p.startsAnnex(line):
		p.inAnnex = true
		p.plain(line)
	case strings.HasPrefix(line, "#") && !p.inAnnex:
		p.heading(strings.TrimLeft(line, "#"))
	case p.last != "" && !p.inAnnex && p.lostHeading(line):
	default:
		p.plain(line)
	}
}

// skipContents passes over the table of contents, which repeats headings.
func (p *bodyParser) skipContents(line string) bool {
	if p.last == "" && contents.MatchString(line) {
		p.inContents = true
		return true
	}
	if !p.inContents {
		return false
	}
	_, _, article := marker(line)
	if line == "---" || strings.HasPrefix(line, "#") || article {
		p.inContents = false
		return false
	}
	return true
}

func (p *bodyParser) startsAnnex(line string) bool {
	return line == "---" || annexLine.MatchString(line) && !strings.Contains(line, "则")
}

// startsArticle begins an article when the line holds the marker of the one
// that comes next, and reports whether the line is dealt with.
func (p *bodyParser) startsArticle(line string) bool {
	if number, rest, ok := marker(line); ok {
		return p.explicitMarker(number, rest)
	}
	if !strings.Contains(line, "条") {
		return false
	}
	if m := looseLine.FindStringSubmatch(line); m != nil {
		return p.missedMarker(m[1], m[2], m[3])
	}
	heading := strings.HasPrefix(line, "#")
	if m := gluedLine.FindStringSubmatch(line); m != nil && (heading || p.last == "") {
		if !p.missedMarker(m[2], m[3], m[4]) {
			return false
		}
		if heading {
			p.heading(strings.TrimLeft(m[1], "#"))
			p.articleUnder = p.chapter
		} else {
			addLine(&p.before, m[1])
		}
		return true
	}
	return false
}

// lostHeading takes a line for a heading that lost its number in conversion if
// it looks like one and an article follows.
func (p *bodyParser) lostHeading(line string) bool {
	m := numberedHeading.FindStringSubmatch(line)
	if m == nil {
		return false
	}
	for _, next := range p.lines[p.at+1:] {
		if next = strings.TrimSpace(next); next != "" {
			_, _, article := marker(next)
			if article {
				p.heading(m[1])
			}
			return article
		}
	}
	return false
}

// heading notes a part, chapter or section; its words belong to no article.
func (p *bodyParser) heading(words string) {
	if words = clean(words); p.isTitle(words) {
		return
	}
	p.under.take(words)
	p.chapter = p.under.path()
}

func (p *bodyParser) explicitMarker(number, rest string) bool {
	switch step := p.step(number); {
	case p.inAnnex && step != nextArticle:
		p.locked = number == "1"
		return false
	case step == restart && p.followedBy("2"):
		p.inAnnex, p.locked = true, true
		return false
	case step == restart, step == backward, step == leap:
		p.note("marker of " + number + " out of order, kept as text of article " + p.last)
		return false
	case step == gap:
		p.note("articles missing between " + p.last + " and " + number)
	}
	p.begin(number, rest)
	return true
}

// missedMarker takes a marker in an unusual place only if it is exactly the
// next one and no proper marker of that number exists: everything else that
// looks like a marker there is a reference to an article.
func (p *bodyParser) missedMarker(base, inserted, rest string) bool {
	number, err := joinNumber(base, inserted)
	if err != nil || p.explicit[number] || p.inAnnex || p.text.Amends() || p.step(number) != nextArticle {
		return false
	}
	if len(p.explicit) == 0 && !p.bare {
		return false
	}
	p.begin(number, rest)
	return true
}

func (p *bodyParser) begin(number, rest string) {
	p.endArticle()
	p.inAnnex = false
	p.last, p.articleUnder = number, p.chapter
	addLine(&p.article, clean(rest))
}

func (p *bodyParser) endArticle() {
	if p.last == "" {
		return
	}
	p.text.Articles = append(p.text.Articles, Article{
		Number: p.last, Chapter: p.articleUnder, Text: strings.TrimSpace(p.article.String()),
	})
	p.article.Reset()
}

// plain adds a line to whatever part of the text is being read.
func (p *bodyParser) plain(line string) {
	line = clean(line)
	switch {
	case line == "" || line == "---":
	case p.inAnnex:
		addLine(&p.after, line)
	case p.last != "":
		addLine(&p.article, line)
	case !p.isTitle(line):
		p.preambleLine(line)
	}
}

// isTitle knows the title, which texts repeat at their head.
func (p *bodyParser) isTitle(line string) bool {
	return len(line) < 2*len(p.text.Title) && foldTitle(line) == foldTitle(p.text.Title)
}

func (p *bodyParser) preambleLine(line string) {
	quoted, ok := strings.CutPrefix(line, ">")
	if !ok || len(p.text.Header)+len(quoted) > maxHeaderBytes {
		addLine(&p.before, line)
		return
	}
	p.text.Header = strings.TrimSpace(p.text.Header + " " + strings.TrimSpace(quoted))
}

func (p *bodyParser) note(s string) {
	if len(p.text.Notes) < maxNotes && !slices.Contains(p.text.Notes, s) {
		p.text.Notes = append(p.text.Notes, s)
	}
}

// clean takes the Markdown off a paragraph: indent, bullet, bold, footnotes.
func clean(line string) string {
	line = strings.TrimSpace(line)
	line = strings.TrimPrefix(line, "- ")
	if strings.HasPrefix(line, "#") {
		line = strings.TrimLeft(line, "# ")
	}
	line = strings.ReplaceAll(line, "**", "")
	if strings.Contains(line, "![") {
		line = image.ReplaceAllString(line, "")
	}
	if strings.Contains(line, "[^") {
		line = footnote.ReplaceAllString(line, "")
	}
	return strings.TrimSpace(line)
}

func addLine(b *strings.Builder, line string) {
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	b.WriteString(line)
}
