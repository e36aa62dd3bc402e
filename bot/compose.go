package bot

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"pufa/content"
	"pufa/statute"
)

// MaxBytes is the longest reply: what one WeChat text holds.
const MaxBytes = 2048

// answer is an entry on its way to a reply.
type answer struct {
	entry    *content.Entry
	standing content.Standing
	approved bool
	lead     []string // sentences before the answer: age, manners, unlawful
	tail     []string // sentences after it: no prediction
	related  []Choice // what may be asked next by number
	model    bool     // a model chose the sentences: the label says so
	picked   uint32   // optional lines that were shown first, see Dialogue.Picked
}

// composer writes replies out of entries. It adds frame words, never law.
type composer struct {
	lib   *content.Library
	page  string           // address in front of /a/TOPIC/SLUG, empty when not public
	parts map[string]parts // by entry: what is the same in every reply
}

// parts of an entry's first page that never change.
type parts struct {
	asked string // the entry's question and the short answer
	lines string // all lines
	least int    // bytes of the lines when only those are shown that must be
	doors string // basis and card
}

func newComposer(lib *content.Library, page string) composer {
	c := composer{lib: lib, page: page, parts: make(map[string]parts, len(lib.Entries()))}
	for _, e := range lib.Entries() {
		c.parts[e.ID] = c.partsOf(e)
	}
	return c
}

// composerOf composes one entry, which may be another version than the
// library's.
func composerOf(lib *content.Library, e *content.Entry, opt Options) composer {
	c := composer{lib: lib, page: opt.PageURL}
	c.parts = map[string]parts{e.ID: c.partsOf(e)}
	return c
}

func (c composer) partsOf(e *content.Entry) parts {
	p := parts{
		asked: "您问的是：" + e.Question() + gap + e.Short,
		lines: body(e, len(e.Lines)),
		least: len(body(e, 0)),
		doors: basis(e) + gap + c.card(e.Remedy),
	}
	if len(e.Lines) > 0 {
		p.asked += gap
	}
	return p
}

// room is what a reply may take so that the privacy line still fits under it.
const room = MaxBytes - len("\n\n"+PrivacyLine)

const (
	gap      = "\n\n"
	bullet   = "· "
	moreLine = "（回「继续」看余下的）"
)

// firstPage is question, answer, what must be said, basis and card, with as
// many of the other lines as fit; shown counts those. What may be asked next
// is left out where there is no room for it.
func (c composer) firstPage(a answer) (text string, shown int, related []Choice) {
	head, foot := c.frame(a)
	p := c.parts[a.entry.ID]
	left := room - len(head) - p.least - len(foot)
	if left < 0 && len(a.related) > 0 {
		a.related = nil
		return c.firstPage(a)
	}
	lines := optional(a.entry)
	if shown = fitting(lines, left); shown == len(lines) {
		return head + p.lines + foot, shown, a.related
	}
	return head + body(a.entry, shown) + foot, shown, a.related
}

// nextPage is what 「继续」 shows after the first shown optional lines; empty
// when there are no more.
func (c composer) nextPage(a answer, shown int) (text string, all int) {
	lines := unpicked(optional(a.entry), a.picked)
	if shown < 0 || shown >= len(lines) {
		return "", shown
	}
	head, foot := a.entry.Title+"（续）\n\n", "\n\n"+standingLine(a)
	n := max(1, fitting(lines[shown:], room-len(head+foot+moreLine)))
	text = head + bullet + strings.Join(lines[shown:shown+n], "\n"+bullet)
	if shown+n < len(lines) {
		text += "\n" + moreLine
	}
	return text + foot, shown + n
}

// optional lists the lines that may wait for a second page.
func optional(e *content.Entry) []string {
	var lines []string
	for _, l := range e.Lines {
		if !l.Must {
			lines = append(lines, l.Text)
		}
	}
	return lines
}

// fitting is how many of the lines take at most n bytes. The line that offers
// more is counted already.
func fitting(lines []string, n int) (count int) {
	for _, l := range lines {
		n -= len("\n" + bullet + l)
		if n < 0 {
			break
		}
		count++
	}
	return count
}

// body writes every must line and the first shown of the others, in the
// entry's order. It keeps room for moreLine even where it is not needed.
func body(e *content.Entry, shown int) string {
	var lines []string
	waiting := 0
	for _, l := range e.Lines {
		switch {
		case l.Must:
		case shown > 0:
			shown--
		default:
			waiting++
			continue
		}
		lines = append(lines, bullet+l.Text)
	}
	if waiting > 0 {
		lines = append(lines, moreLine)
	}
	return strings.Join(lines, "\n")
}

// frame is everything that stands before and after the body of a first page.
func (c composer) frame(a answer) (head, foot string) {
	p := c.parts[a.entry.ID]
	head = p.asked
	if len(a.lead) > 0 {
		head = strings.Join(a.lead, gap) + gap + head
	}
	var b strings.Builder
	b.Grow(len(p.doors) + 512)
	for _, part := range a.tail {
		addPart(&b, part)
	}
	for _, part := range [...]string{p.doors, relatedText(a.related), c.next(a.entry), standingLine(a), labelOf(a)} {
		addPart(&b, part)
	}
	return head, b.String()
}

// addPart appends a part of a page unless it is empty.
func addPart(b *strings.Builder, part string) {
	if part != "" {
		b.WriteString(gap)
		b.WriteString(part)
	}
}

// basis lists the citations, a law a line, the governing one first; what each
// gives stays on the page and in a look-up.
func basis(e *content.Entry) string {
	type law struct{ name, edition string }
	var order []law
	articles := map[law][]string{}
	for _, cite := range e.Citations {
		l := law{cite.Law, cite.Edition}
		if articles[l] == nil {
			order = append(order, l)
		}
		articles[l] = append(articles[l], statute.FormatArticle(cite.Article))
	}
	lines := make([]string, len(order))
	for i, l := range order {
		lines[i] = "《" + l.name + "》" + strings.Join(articles[l], "、") + "（" + l.edition + "起施行）"
	}
	if len(lines) == 1 {
		return "依据：" + lines[0]
	}
	return "依据：\n" + strings.Join(lines, "\n")
}

func citationName(c content.Citation) string {
	return "《" + c.Law + "》" + statute.FormatArticle(c.Article)
}

// card says which door to knock on. The telephone line is left out where door
// and place name every number already.
func (c composer) card(r content.Remedy) string {
	phones := c.hotlineNames(r.Hotlines)
	named := r.Door + r.Where
	if !slices.ContainsFunc(r.Hotlines, func(n string) bool { return !strings.Contains(named, n) }) {
		phones = ""
	}
	rows := []struct{ label, value string }{
		{"找谁", r.Door}, {"去哪", r.Where}, {"电话", phones}, {"期限", r.Deadline}, {"带上", r.Bring}, {"费用", r.Cost},
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
	return "（" + first + "）"
}

// relatedText offers what residents ask next.
func relatedText(related []Choice) string {
	if len(related) == 0 {
		return ""
	}
	return "还想问，回数字：\n" + strings.Join(numbered(related), "\n")
}

// next says where to read on and how to say whether it helped.
func (c composer) next(e *content.Entry) string {
	helped := "帮上了回「有用」，没帮上回「没用」。"
	if c.page == "" {
		return helped
	}
	return "大字版：" + c.page + "/a/" + e.ID + "\n" + helped
}

// standingLine says how far the answer can be trusted. An entry past its review
// date says so (promise 2); one that the street has not approved says that
// (promise 1).
func standingLine(a answer) string {
	checked := "依据核对至" + a.entry.CheckedOn + "，"
	overdue := "本条核对于" + a.entry.CheckedOn + "，请以12348答复为准"
	switch {
	case a.standing == content.Overdue && a.approved:
		return overdue
	case a.standing == content.Overdue:
		return overdue + "\n" + checked + "待本街道司法所审核"
	case a.approved:
		return checked + "本街道司法所已审核"
	default:
		return checked + "待本街道司法所审核"
	}
}

// cardLine answers a short question about the entry or one row of its card.
func (c composer) cardLine(a answer, f followUp) string {
	lines := []string{"关于「" + a.entry.Title + "」"}
	for _, row := range f.rows(c, a.entry) {
		if row.value == "" {
			row.value = "这一条没有单独写，拿不准请打12348问。"
		}
		lines = append(lines, row.label+"："+row.value)
	}
	return strings.Join(lines, "\n") + "\n\n" + standingLine(a)
}

// menuText numbers the choices between a head and a foot.
func menuText(head string, choices []Choice, foot string) string {
	return head + "\n" + strings.Join(numbered(choices), "\n") + "\n\n" + foot
}

func numbered(choices []Choice) []string {
	lines := make([]string, len(choices))
	for i, choice := range choices {
		lines[i] = strconv.Itoa(i+1) + " " + choice.Title
	}
	return lines
}

// labelOf is the label of an answer in which a model chose, empty for others.
func labelOf(a answer) string {
	if a.model {
		return Label
	}
	return ""
}

func nonEmpty(parts []string) []string {
	return slices.DeleteFunc(parts, func(p string) bool { return p == "" })
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

// shanghai is the time zone whose days count.
var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// dayOf is the day on which t falls, as 2006-01-02.
func dayOf(t time.Time) string { return t.In(shanghai).Format(time.DateOnly) }

// longest is an answer with everything around it that a message can call for.
func longest(entry *content.Entry) answer {
	return answer{
		entry: entry, standing: content.Overdue,
		lead: manner{child: true, rude: true, unlawful: true}.lead(), tail: manner{predict: true}.tail(),
	}
}

// TooLong names the entries whose first page would not fit into one reply with
// everything that must be said.
func (e *Engine) TooLong() (problems []error) {
	for _, entry := range e.lib.Entries() {
		if err := e.composer.tooLong(entry); err != nil {
			problems = append(problems, err)
		}
	}
	return problems
}

// CheckLength is TooLong for one entry of a library, without an engine over it.
func CheckLength(lib *content.Library, e *content.Entry, opt Options) error {
	return composerOf(lib, e, opt).tooLong(e)
}

func (c composer) tooLong(e *content.Entry) error {
	head, foot := c.frame(longest(e))
	if n := len(head + body(e, 0) + foot); n > room {
		return fmt.Errorf("%s: what must be said takes %d bytes, at most %d", e.File, n, room)
	}
	return nil
}
