package statute

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// headingRanks orders the divisions of a law; the longer name first where one
// ends with the other.
var headingRanks = []struct {
	unit string
	rank int
}{{"分编", 1}, {"编", 0}, {"章", 2}, {"节", 3}, {"目", 4}}

// A heading without a numbered division (附则, 一、管辖) ranks like a chapter,
// one in brackets like a section. Headings are not longer than maxHeading runes.
const (
	chapterRank = 2
	sectionRank = 3
	maxHeading  = 60
)

// A heading whose number the Word processor wrote reads "1. 法律责任" after
// conversion.
var numberedHeading = regexp.MustCompile(`^\s*1\. ([^，。；：、（]{2,30})$`)

var headingLine = regexp.MustCompile(`^(第[〇零一二三四五六七八九十百]+(分编|编|章|节|目)(?:之[一二三四五六七八九十]+)?)[\s　]*(.*)$`)

// headings are the parts, chapters and sections that the article being read
// stands under, outermost first; empty where a rank is not in use.
type headings [5]string

// take reads a heading's words, without signs of Markdown.
func (h *headings) take(words string) {
	words = strings.TrimSpace(words)
	if words == "" || utf8.RuneCountInString(words) > maxHeading {
		return
	}
	rank, name := chapterRank, strings.TrimPrefix(closeUp(words), "1.")
	if name == "附则" { // stands beside parts where there are parts
		*h = headings{name}
		return
	}
	if m := headingLine.FindStringSubmatch(words); m != nil {
		name = strings.TrimSpace(m[1] + " " + closeUp(m[3]))
		for _, r := range headingRanks {
			if m[2] == r.unit {
				rank = r.rank
			}
		}
	} else if strings.HasPrefix(name, "（") || strings.HasPrefix(name, "(") {
		rank = sectionRank
	}
	h[rank] = name
	for deeper := rank + 1; deeper < len(h); deeper++ {
		h[deeper] = ""
	}
}

// path joins the headings, outermost first, with a slash.
func (h *headings) path() string {
	var used []string
	for _, name := range h {
		if name != "" {
			used = append(used, name)
		}
	}
	return strings.Join(used, "/")
}

// closeUp takes out white space: headings are spread (总　　则).
func closeUp(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}
