package bot

import (
	"errors"
	"strings"
	"unicode/utf8"

	"pufa/content"
	"pufa/statute"
)

// namedLaw is a law that was asked for: the name it is shown by, its full
// title, and its row of the register, if it has one.
type namedLaw struct {
	name, title string
	row         content.Law
}

// lawNamed finds a law by a name of the register or, where texts are imported,
// by the title of one of them.
func (e *Engine) lawNamed(name string) (namedLaw, bool) {
	if law, ok := e.lib.Law(name); ok {
		return namedLaw{law.Law, law.Title, law}, true
	}
	if _, replaced := e.lib.Replaced(name); replaced || e.opt.Texts == nil {
		return namedLaw{}, false
	}
	title, ok := e.opt.Texts.Title(name)
	return e.lawTitled(title), ok
}

// lawTitled is the law with that full title, under the shortest name that leads
// back to it.
func (e *Engine) lawTitled(title string) namedLaw {
	if law, ok := e.lib.Law(title); ok {
		return namedLaw{law.Law, law.Title, law}
	}
	short := strings.TrimPrefix(title, stateName)
	if again, ok := e.opt.Texts.Title(short); !ok || again != title {
		short = title
	}
	return namedLaw{name: short, title: title}
}

// editionAtHand is the edition of a law in force today, if its text was
// imported and the register knows of no newer one.
func (e *Engine) editionAtHand(t turn, law namedLaw) (statute.Edition, bool) {
	if e.opt.Texts == nil {
		return statute.Edition{}, false
	}
	today := dayOf(t.now)
	edition, err := e.opt.Texts.Edition(law.title, statute.Day(today))
	if err != nil || string(edition.On) < law.row.Edition {
		return statute.Edition{}, false
	}
	next := law.row.Next
	return edition, next == "" || today < next || string(edition.On) >= next
}

// passage is an article on its way to a reply.
type passage struct {
	law     namedLaw
	edition statute.Edition
	article statute.Article
}

// articleKey is what a dialogue keeps of an article: 民法典#1079.
func articleKey(law namedLaw, number string) string { return law.name + "#" + number }

// passageOf finds an article by its key.
func (e *Engine) passageOf(t turn, key string) (passage, bool) {
	name, number, _ := strings.Cut(key, "#")
	law, ok := e.lawNamed(name)
	if !ok {
		return passage{}, false
	}
	p, err := e.passage(t, law, number)
	return p, err == nil
}

// errNotAtHand: there is no text of the edition in force.
var errNotAtHand = errors.New("no text of the edition in force")

// passage finds an article in the edition in force. Its error is
// statute.ErrNoArticle where that edition has none of this number.
func (e *Engine) passage(t turn, law namedLaw, number string) (passage, error) {
	edition, ok := e.editionAtHand(t, law)
	if !ok {
		return passage{}, errNotAtHand
	}
	found, err := e.opt.Texts.Article(law.title, number, statute.Day(dayOf(t.now)))
	if err == nil && found.Old {
		err = statute.ErrOldText // its words are no longer the law's
	}
	return passage{law, edition, found.Article}, err
}

// quoted answers a look-up from the imported texts; ok is false where they do
// not have the edition in force.
func (e *Engine) quoted(t turn, law namedLaw, number string) (r Reply, ok bool) {
	p, err := e.passage(t, law, number)
	switch {
	case errors.Is(err, statute.ErrNoArticle):
		return lookedUp("现行的" + edited(law.name, string(p.edition.On)) + "没有" + statute.FormatArticle(number) + "，请核对条号。\n" + tellMatter), true
	case err != nil:
		return Reply{}, false
	}
	r = e.firstOf(t, p)
	r.Outcome = Answered
	return r, true
}

// openArticle shows an article that was picked by number. It is no answer: the
// search offered it, and it may not fit.
func (e *Engine) openArticle(t turn, key string) (Reply, bool) {
	p, ok := e.passageOf(t, key)
	if !ok {
		return Reply{}, false
	}
	r := e.firstOf(t, p)
	if len(r.Choices) == 0 {
		r.Dialogue.Choices = t.Dialogue.Choices // the next number opens another
	}
	return r, true
}

// maxBeside is how many entries are offered under an article.
const maxBeside = 3

// firstOf is the first page of an article, with the entries that stand on it.
func (e *Engine) firstOf(t turn, p passage) Reply {
	cite := content.Citation{Law: p.law.name, Article: p.article.Number, Edition: string(p.edition.On)}
	entries, gists := e.standingOn(t, cite)
	if len(gists) > 0 {
		cite.Gist = gists[0]
	}
	choices := choicesOf(entries[:min(maxBeside, len(entries))])
	text, more := p.page(0, choices)
	r := Reply{
		Outcome: Command, Score: 1, Text: text, Choices: choices, Hotlines: []string{"12348"},
		Citations: []content.Citation{cite}, Dialogue: Dialogue{Choices: keys(choices)},
	}
	if more {
		r.Dialogue.Article = articleKey(p.law, p.article.Number)
	}
	return r
}

// moreOfArticle is the next page of the article that is being read.
func (e *Engine) moreOfArticle(t turn) Reply {
	p, ok := e.passageOf(t, t.Dialogue.Article)
	if !ok {
		return said(t, sayNothingMore)
	}
	text, more := p.page(t.Dialogue.Page+1, nil)
	if text == "" {
		return said(t, sayNothingMore)
	}
	t.Dialogue.Page++
	if !more {
		t.Dialogue.Article, t.Dialogue.Page = "", 0
	}
	return said(t, text)
}

const (
	notYourCase = "这是条文原文，合不合您的事，可以打12348问。"
	struckOut   = "（这一条已经删去，只留着条号。）"
)

// page writes one page of an article, from 0, the first with choices under it;
// more tells that another follows. A page past the last is empty.
func (p passage) page(n int, choices []Choice) (text string, more bool) {
	words := strings.TrimSpace(p.article.Text)
	if p.article.Deleted() {
		words = struckOut
	}
	first := room - len(p.head(0)+p.foot(choices)+"\n"+moreLine)
	next := room - len(p.head(1)+p.foot(nil)+"\n"+moreLine)
	part, rest := cutAt(words, first)
	for range n {
		if rest == "" {
			return "", false
		}
		part, rest = cutAt(rest, next)
	}
	if rest != "" {
		part += "\n" + moreLine
	}
	if n > 0 {
		choices = nil
	}
	return p.head(n) + part + p.foot(choices), rest != ""
}

func (p passage) head(page int) string {
	head := "《" + clipRunes(p.law.name, maxTitleRunes) + "》" + statute.FormatArticle(p.article.Number)
	if page > 0 {
		return head + "（续）\n\n"
	}
	head += "（" + string(p.edition.On) + "起施行）\n"
	if p.article.Chapter != "" {
		head += clipRunes(strings.ReplaceAll(p.article.Chapter, "/", " · "), maxTitleRunes) + "\n"
	}
	return head + "\n"
}

func (p passage) foot(choices []Choice) string {
	foot := "\n\n" + sourceLine(p.edition)
	if p.edition.On > p.edition.Text.Effective {
		foot += string(p.edition.On) + "起的修改没有动这一条。"
	}
	foot += "\n" + notYourCase
	if len(choices) > 0 {
		foot += "\n\n用到这一条的问答，回数字看：\n" + strings.Join(numbered(choices), "\n")
	}
	return foot
}

// sourceLine says which text a reply was taken from.
func sourceLine(edition statute.Edition) string {
	line := "出处：《" + clipRunes(edition.Text.Title, maxTitleRunes) + "》"
	if edition.Text.Published != "" {
		line += "，" + string(edition.Text.Published) + "公布"
	}
	return line + "，" + string(edition.Text.Effective) + "起施行，本号导入的官方文本。"
}

// edited names a law with its edition.
func edited(name, edition string) string {
	return "《" + clipRunes(name, maxTitleRunes) + "》（" + edition + "起施行）"
}

// maxTitleRunes is how much of a title is shown; longer ones are few.
const maxTitleRunes = 60

func clipRunes(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return firstRunesOf(s, n-1) + "…"
}

// cutAt splits words into at most n bytes and the rest: at the end of a
// paragraph, or else of a sentence, where that does not leave the page half
// empty.
func cutAt(words string, n int) (part, rest string) {
	if len(words) <= n {
		return words, ""
	}
	cut := n
	for !utf8.RuneStart(words[cut]) {
		cut--
	}
	for _, ends := range []string{"\n", "。", "；，、"} {
		if i := strings.LastIndexAny(words[:cut], ends); i > cut/2 {
			_, size := utf8.DecodeRuneInString(words[i:])
			cut = i + size
			break
		}
	}
	return strings.TrimSpace(words[:cut]), strings.TrimSpace(words[cut:])
}
