package statute

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

const dateNumber = `([0-9]{4}|[〇零一二三四五六七八九]{4})年([0-9]{1,2}|[一二三四五六七八九十]{1,3})月([0-9]{1,2}|[一二三四五六七八九十]{1,3})日`

var (
	inForceOn     = regexp.MustCompile(`(?:自|于|从)\s*` + dateNumber + `起?(?:正式)?(?:施行|实施|生效|执行|试行)`)
	inForceAtOnce = regexp.MustCompile(`自(?:公布|发布|颁布|公告)之日起(?:施行|实施|生效|执行)`)
	revision      = regexp.MustCompile(dateNumber + `[^，。；　\s]{0,80}?(?:修正|修订|修改)`)
	byDecision    = regexp.MustCompile(dateNumber + `(?:国务院公布的)?《([^《》]{4,80})》`)
)

// decisionRef names the last decision that amended a text, as its header does.
type decisionRef struct {
	title string
	on    Day
}

// setEffective fills in the effective date from the text itself when the
// front matter has none: the date in the header, then the one in the last
// article, then the day of publication where the text says so. In an amended
// text the last article still has the date of the first edition; such a date
// is not taken, and what the amending decision says is looked up later.
func setEffective(t *Text) {
	if t.Effective != "" {
		t.Origin = OriginField
		return
	}
	revised := lastRevision(t.Header)
	t.amendedBy = lastDecision(t.Header)
	closing := t.closing()
	switch {
	case take(t, OriginHeader, lastMatch(inForceOn, t.Header), revised):
	case take(t, OriginLastArticle, lastMatch(inForceOn, closing), revised):
	case inForceAtOnce.MatchString(t.Header + closing):
		take(t, OriginPublication, t.Published, revised)
	}
}

// take sets the date unless it is unknown or older than the last revision.
func take(t *Text, from Origin, on, revised Day) bool {
	if on == "" || on < revised {
		return false
	}
	t.Effective, t.Origin = on, from
	return true
}

// closing is where a text says when it takes effect: its last article, or the
// last paragraphs of a text without articles.
func (t *Text) closing() string {
	if n := len(t.Articles); n > 0 {
		return t.Articles[n-1].Text
	}
	lines := strings.Split(t.Preamble, "\n")
	return strings.Join(lines[max(0, len(lines)-3):], "\n")
}

func lastMatch(re *regexp.Regexp, s string) Day {
	m := re.FindAllStringSubmatch(s, -1)
	if len(m) == 0 {
		return ""
	}
	return writtenDay(m[len(m)-1][1:4])
}

// lastRevision is the latest day on which the header says the text was revised.
func lastRevision(header string) Day {
	var last Day
	for _, m := range revision.FindAllStringSubmatch(header, -1) {
		last = max(last, writtenDay(m[1:4]))
	}
	return last
}

func lastDecision(header string) decisionRef {
	var last decisionRef
	for _, m := range byDecision.FindAllStringSubmatch(header, -1) {
		if on := writtenDay(m[1:4]); on >= last.on {
			last = decisionRef{title: m[4], on: on}
		}
	}
	return last
}

// writtenDay turns year, month and day as written into a Day, empty when the
// calendar has no such day.
func writtenDay(parts []string) Day {
	var n [3]int
	for i, p := range parts {
		v, err := parseNumeral(p, maxArticle)
		if err != nil {
			return ""
		}
		n[i] = v
	}
	s := fmt.Sprintf("%04d-%02d-%02d", n[0], n[1], n[2])
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return ""
	}
	return Day(s)
}
