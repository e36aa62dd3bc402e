// Package statute turns official law texts into articles that can be looked up
// and searched, and tells which edition of a law is in force on a day. It reads
// the Word files of the national database of laws and Markdown files with front
// matter converted from them, and keeps both in one compact file.
//
// It never writes a word of law, never guesses a date or an article that the
// text does not give, and knows nothing of the library: what a register of
// laws adds (repeals, amendments) is handed over by the caller as Rules.
package statute

import (
	"fmt"
	"strings"
	"time"
)

// Day is a calendar day in China, written "2006-01-02". Days of this form
// compare like strings; the empty Day means that the day is not known.
type Day string

// ParseDay reads "2006-01-02". Any other form, the empty string included, is
// an error.
func ParseDay(s string) (Day, error) {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return "", fmt.Errorf("read day %q: want YYYY-MM-DD", s)
	}
	return Day(s), nil
}

// Status is what the source says of a text on the day of its snapshot.
type Status string

// The statuses of the national database of laws. Only Repealed and Amended
// are believed: the others may have changed since the snapshot was taken.
const (
	Valid    Status = "有效"
	Amended  Status = "已修改"
	Repealed Status = "已废止"
	Pending  Status = "尚未生效"
	Unknown  Status = "未知"
)

// Origin says where the effective date of a text was found.
type Origin string

// The origins, from the surest down. OriginDecision: a later decision amended
// the text and gives the date itself. OriginRegister: the caller's rules date
// that decision. The empty Origin goes with no date.
const (
	OriginField       Origin = "field"
	OriginHeader      Origin = "header"
	OriginLastArticle Origin = "last article"
	OriginDecision    Origin = "amending decision"
	OriginRegister    Origin = "register"
	OriginPublication Origin = "publication"
)

// Article is one article of a text. Number is canonical ("25", "287-2");
// Chapter is the headings it stands under, outermost first, with a slash
// between them (第五编 婚姻家庭/第四章 离婚); Text holds its paragraphs and
// items, one a line, without the article's number.
type Article struct {
	Number  string
	Chapter string
	Text    string
}

// Deleted reports whether the article is an empty place in the count, kept
// when a revision struck it out.
func (a Article) Deleted() bool {
	switch strings.Trim(a.Text, "（）() 　。") {
	case "", "删去", "删除", "已删去", "已删除":
		return true
	}
	return false
}

// Text is one published edition of a law, regulation, interpretation or
// decision.
type Text struct {
	ID        string
	Title     string
	Published Day
	Effective Day    // empty when unknown; such a text is never in force
	Origin    Origin // where Effective was found
	Status    Status
	Group     string // the source's own grouping, such as 行政法规
	Path      string // relative to the folder it was loaded from

	Header   string // the note under the title: adopted, promulgated, amended
	Preamble string // everything before the first article; all of a text without articles
	Articles []Article
	Annex    string   // tables, lists and annexed texts after the articles
	Notes    []string // what looked odd and was imported all the same

	amendedBy decisionRef
	print     wordsPrint // of a text whose words are in a compact file
}

// Article returns the article with the canonical number.
func (t *Text) Article(number string) (Article, bool) {
	for _, a := range t.Articles {
		if a.Number == number {
			return a, true
		}
	}
	return Article{}, false
}

// Repealed reports whether the text itself says that it no longer holds: its
// status is 已废止 or 已修改, or its title ends in （失效）.
func (t *Text) Repealed() bool {
	return t.Status == Repealed || t.Status == Amended || strings.HasSuffix(t.Title, "（失效）")
}

// Amends reports whether the text changes or repeals others (修正案, a decision
// to amend or repeal). Such a text is no edition of the law it changes.
func (t *Text) Amends() bool { return amends(t.Title) }

func amends(title string) bool {
	if strings.Contains(title, "修正案") {
		return true
	}
	decision := strings.Contains(title, "决定") || strings.Contains(title, "通知")
	return decision && (strings.Contains(title, "修改") || strings.Contains(title, "废止"))
}
