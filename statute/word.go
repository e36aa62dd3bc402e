package statute

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"
)

// The national database names its files 标题_公布日期_编号.docx.
var databaseName = regexp.MustCompile(`^(.+)_([0-9]{4})([0-9]{2})([0-9]{2})_([0-9A-Za-z]{8,64})$`)

var (
	wordMarker   = regexp.MustCompile(`^(` + markerNumber + `)[\s　]+(.*)$`)
	wordHeading  = regexp.MustCompile(`^第[〇零一二三四五六七八九十百]+(?:分编|编|章|节)(?:之[一二三四五六七八九十]+)?[\s　]`)
	bareWords    = regexp.MustCompile(`^[^，。；：、（(|0-9]{2,30}$`)
	wordContents = regexp.MustCompile(`^目[\s　]*录$`)
	writtenDate  = regexp.MustCompile(dateNumber)
	// A clerk's browser adds (1) to the second copy of a file.
	copyNumber = regexp.MustCompile(`\s?\([0-9]+\)$`)
)

// maxTitleLines is how many paragraphs a title may be spread over.
const maxTitleLines = 4

// ParseWord reads one text from a Word file (docx) as the national database of
// laws hands it out. Title, day of publication and id come from the file's name
// (标题_20200528_编号.docx); a file with another name gets the title at its
// head, the last day its header names and an id made of its words. The status
// is Unknown: a Word file does not tell. It refuses what wordLines refuses and
// a file without title or text.
func ParseWord(name string, file []byte) (*Text, error) {
	lines, err := wordLines(file)
	if err != nil {
		return nil, err
	}
	if !utf8.ValidString(strings.Join(lines, "")) {
		return nil, errors.New("text is not UTF-8")
	}
	t := &Text{Status: Unknown}
	rest := takeTitle(t, name, lines)
	if t.Title == "" {
		return nil, errors.New("no title found: neither in the file's name nor at its head")
	}
	newBodyParser(t, strings.Join(asMarkdown(rest), "\n")).run()
	if t.Preamble == "" && len(t.Articles) == 0 {
		return nil, errors.New("no text below the title")
	}
	if t.ID == "" {
		sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
		t.ID = "docx-" + hex.EncodeToString(sum[:8])
		t.Published = lastMatch(writtenDate, t.Header)
	}
	setEffective(t)
	if t.Origin == OriginPublication && lastRevision(t.Header) != "" {
		// 自公布之日起施行 was written of the first edition; laws often give
		// their amendments another day, and nothing in a Word file tells it.
		t.Effective, t.Origin = "", ""
	}
	return t, nil
}

// takeTitle fills in what the name of the file says, and the title; it returns
// the lines below the title.
func takeTitle(t *Text, name string, lines []string) []string {
	stem := strings.TrimSuffix(path.Base(name), path.Ext(name))
	if m := databaseName.FindStringSubmatch(copyNumber.ReplaceAllString(stem, "")); m != nil {
		day, err := ParseDay(m[2] + "-" + m[3] + "-" + m[4])
		if err == nil {
			t.Title, t.Published, t.ID = m[1], day, m[5]
		}
	}
	head := ""
	for i, line := range lines[:min(len(lines), maxTitleLines)] {
		if (i > 0 || t.Title == "") && endsTitle(line) {
			break
		}
		head += closeUp(line)
		switch {
		case t.Title != "" && foldTitle(head) == foldTitle(t.Title):
			return lines[i+1:]
		case t.Title == "" && (i+1 == len(lines) || endsTitle(lines[i+1])) && utf8.RuneCountInString(head) <= maxHeading*2:
			t.Title = head
			return lines[i+1:]
		}
	}
	if t.Title != "" {
		t.Notes = append(t.Notes, "does not begin with the title in its name: "+clip(t.Title))
	}
	return lines
}

// endsTitle reports whether a line belongs to what stands below a title.
func endsTitle(line string) bool {
	return strings.HasPrefix(line, "（") || strings.HasPrefix(line, "(") || wordContents.MatchString(line) ||
		wordHeading.MatchString(line) || looseLine.MatchString(line) || strings.ContainsAny(line, "。，；：")
}

// asMarkdown writes paragraphs the way the Markdown texts are written, so that
// one parser reads both: the note under the title as quotation, headings and
// the markers of articles with their signs, the table of contents apart.
func asMarkdown(lines []string) []string {
	out := make([]string, 0, len(lines)+2)
	body := bodyStart(lines)
	for i, line := range lines {
		switch {
		case wordContents.MatchString(line):
			out = append(out, "## 目录")
		case i < body && isNote(line) && len(out) == noteLines(out):
			out = append(out, "> "+line)
		case i >= body && isHeading(line, lines[i+1:]):
			out = append(out, "## "+line)
		default:
			out = append(out, markArticle(line))
		}
	}
	return out
}

// isHeading knows a heading by its number or, where Word writes the number, by
// its place: words without a sign between sentence and article.
func isHeading(line string, below []string) bool {
	if utf8.RuneCountInString(line) > maxHeading {
		return false
	}
	if wordHeading.MatchString(line) {
		return !strings.HasSuffix(line, "。")
	}
	return len(below) > 0 && wordMarker.MatchString(below[0]) && bareWords.MatchString(line)
}

func isNote(line string) bool { return strings.HasPrefix(line, "（") || strings.HasPrefix(line, "(") }

// noteLines counts the notes at the beginning.
func noteLines(lines []string) (n int) {
	for n < len(lines) && strings.HasPrefix(lines[n], "> ") {
		n++
	}
	return n
}

// bodyStart is where the text begins: at the second standing of the first
// heading when there is a table of contents, else at the first heading or
// article.
func bodyStart(lines []string) int {
	first, contents := "", false
	for i, line := range lines {
		switch {
		case looseLine.MatchString(line):
			return i
		case wordContents.MatchString(line):
			contents = true
		case !wordHeading.MatchString(line):
		case !contents, closeUp(line) == first:
			return i
		case first == "":
			first = closeUp(line)
		}
	}
	return len(lines)
}

func markArticle(line string) string {
	m := wordMarker.FindStringSubmatch(line)
	if m == nil {
		return line
	}
	return "- **" + m[1] + "**　　" + m[4]
}
