package bot

import (
	"fmt"
	"strings"
	"time"

	"pufa/content"
	"pufa/statute"
)

// MaxBytes is the longest reply: what one WeChat text holds.
const MaxBytes = 2048

// footRoom is kept free on the first page for the lines that may still be
// added after composing (privacy line, notices).
const footRoom = 260

// answer is an entry on its way to a reply.
type answer struct {
	entry    *content.Entry
	standing content.Standing
	approved bool
	lead     []string // sentences before the answer: age, manners, unlawful
	tail     []string // sentences after it: no prediction
}

// composer writes replies out of entries. It adds frame words, never law.
type composer struct {
	lib    *content.Library
	street Street
	page   string // address in front of /a/TOPIC/SLUG, empty when not public
}

// answerText is the first page: question, answer, what must be said, basis,
// card; then as many of the other lines as fit. more tells whether some are
// left for 「继续」.
func (c composer) answerText(a answer) (text string, more bool) {
	e := a.entry
	room := MaxBytes - footRoom - len(c.frame(a, ""))
	body, more := bodyWithin(e, room)
	if more {
		body += "\n（回「继续」看余下的）"
	}
	return c.frame(a, body), more
}

// frame puts everything that every first page has around the body.
func (c composer) frame(a answer, body string) string {
	e := a.entry
	parts := append([]string{}, a.lead...)
	parts = append(parts, "您问的是："+e.Question()+"\n\n"+e.Short+body)
	parts = append(parts, a.tail...)
	parts = append(parts, c.basis(e), c.card(e.Remedy), c.foot(a))
	return strings.Join(nonEmpty(parts), "\n\n")
}

// bodyWithin writes every must line and, in the entry's order, the others as
// far as room bytes reach.
func bodyWithin(e *content.Entry, room int) (body string, more bool) {
	for _, l := range e.Lines {
		if l.Must {
			room -= len(l.Text) + len("\n· ")
		}
	}
	for _, l := range e.Lines {
		if !l.Must {
			if more || room < len(l.Text)+len("\n· ") {
				more = true
				continue
			}
			room -= len(l.Text) + len("\n· ")
		}
		body += "\n· " + l.Text
	}
	return body, more
}

// restText is what 「继续」 shows: the lines that the first page had no room for.
func (c composer) restText(a answer) string {
	first, _ := c.answerText(a)
	var lines []string
	for _, l := range a.entry.Lines {
		if !strings.Contains(first, "· "+l.Text) {
			lines = append(lines, "· "+l.Text)
		}
	}
	return strings.Join(lines, "\n")
}

// basis lists the citations; the gist stays on the page and in a look-up.
func (c composer) basis(e *content.Entry) string {
	names := make([]string, len(e.Citations))
	for i, cite := range e.Citations {
		names[i] = citationName(cite) + "（" + cite.Edition + "起施行）"
	}
	return "依据：" + strings.Join(names, "；")
}

func citationName(c content.Citation) string {
	return "《" + c.Law + "》" + statute.FormatArticle(c.Article)
}

func (c composer) card(r content.Remedy) string {
	rows := []struct{ label, value string }{
		{"找谁", r.Door}, {"带上", r.Bring}, {"期限", r.Deadline}, {"费用", r.Cost}, {"去哪", r.Where},
		{"电话", c.hotlineNames(r.Hotlines)},
	}
	lines := []string{"怎么办："}
	for _, row := range rows {
		if row.value != "" {
			lines = append(lines, row.label+"："+row.value)
		}
	}
	return strings.Join(lines, "\n")
}

// hotlineNames writes numbers with what they are for.
func (c composer) hotlineNames(numbers []string) string {
	names := make([]string, 0, len(numbers))
	for _, n := range numbers {
		h, _ := c.lib.Hotline(n)
		names = append(names, n+shortName(h.Name))
	}
	return strings.Join(names, "，")
}

func shortName(name string) string {
	if name == "" {
		return ""
	}
	first, _, _ := strings.Cut(name, "（")
	first, _, _ = strings.Cut(first, "，")
	return "（" + first + "）"
}

// foot says how far the answer can be trusted and where to read on.
func (c composer) foot(a answer) string {
	lines := []string{c.standingLine(a)}
	if c.page != "" {
		lines = append(lines, "大字版："+c.page+"/a/"+a.entry.ID)
	}
	if related := c.related(a.entry); related != "" {
		lines = append(lines, related)
	}
	return strings.Join(append(lines, "帮上了回「有用」，没帮上回「没用」。"), "\n")
}

func (c composer) standingLine(a answer) string {
	switch {
	case a.standing == content.Overdue:
		return "本条核对于" + a.entry.CheckedOn + "，请以12348答复为准"
	case a.approved:
		return "依据核对至" + a.entry.CheckedOn + "，" + c.street.office() + "已审核"
	default:
		return "依据核对至" + a.entry.CheckedOn + "，待" + c.street.office() + "审核"
	}
}

// related names up to three neighbours, numbered as the dialogue keeps them.
func (c composer) related(e *content.Entry) string {
	var b strings.Builder
	for i, choice := range c.relatedChoices(e) {
		if i == 0 {
			b.WriteString("相关（回数字）：")
		} else {
			b.WriteString("  ")
		}
		b.WriteString(digit(i+1) + " " + choice.Title)
	}
	return b.String()
}

func (c composer) relatedChoices(e *content.Entry) []Choice {
	var list []Choice
	for _, id := range e.Related {
		if other, ok := c.lib.Entry(id); ok {
			list = append(list, Choice{EntryChoice, other.ID, other.Title})
		}
	}
	return list
}

// menuText numbers the choices; 都不是 is always the last way out.
func menuText(head string, choices []Choice, foot string) string {
	var b strings.Builder
	b.WriteString(head)
	for i, choice := range choices {
		b.WriteString("\n" + digit(i+1) + " " + choice.Title)
	}
	b.WriteString("\n" + foot)
	return b.String()
}

func digit(n int) string {
	if n >= 10 {
		return digit(n/10) + string(rune('0'+n%10))
	}
	return string(rune('0' + n))
}

func nonEmpty(parts []string) []string {
	kept := parts[:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return kept
}

// clip cuts a text that came out too long at a line's end, so that no reply is
// refused by the platform; composing keeps room so that this stays unused.
func clip(text string) string {
	for len(text) > MaxBytes {
		cut := strings.LastIndexByte(text, '\n')
		if cut <= 0 {
			return strings.ToValidUTF8(text[:MaxBytes], "")
		}
		text = text[:cut]
	}
	return text
}

// dayOf is the day in Asia/Shanghai on which t falls.
func dayOf(t time.Time) time.Time {
	t = t.In(time.FixedZone("Asia/Shanghai", 8*60*60))
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// TooLong names the entries whose first page would not fit into one reply with
// everything that must be said.
func (e *Engine) TooLong() (problems []error) {
	for _, entry := range e.lib.Entries() {
		a := answer{entry: entry, lead: []string{sayUnder14}, tail: []string{sayPredict}}
		body, _ := bodyWithin(entry, 0)
		if n := len(e.composer.frame(a, body)) + len(PrivacyLine); n > MaxBytes {
			problems = append(problems, fmt.Errorf("%s: what must be said takes %d bytes, at most %d", entry.File, n, MaxBytes))
		}
	}
	return problems
}
