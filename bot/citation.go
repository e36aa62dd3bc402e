package bot

import (
	"slices"
	"strings"
	"unicode/utf8"

	"pufa/content"
	"pufa/statute"
)

const (
	fullText   = "条文全文请到国家法律法规数据库看。"
	tellMatter = "您也可以直接说遇到的事，或打12348问。"
)

// citation looks up an article that was named (「民法典1079条」): its words
// where they are imported, else what the entries that stand on it say it gives.
func (e *Engine) citation(t turn) (Reply, bool) {
	name, article, ok := statute.ParseReference(t.Text)
	if !ok {
		return e.lawItself(t)
	}
	if named, ok := e.lawNamed(name); ok {
		if r, ok := e.quoted(t, named, article); ok {
			return r, true
		}
	}
	law, ok := e.lib.Law(name)
	if !ok {
		if now, replaced := e.lib.Replaced(name); replaced {
			return lookedUp(replacedLaw(name, now)), true
		}
		return unknown(lookedUp("您说的这部法律，本号没有收，不敢乱说。\n" + fullText + "\n" + tellMatter)), true
	}
	cite := content.Citation{Law: law.Law, Article: article, Edition: law.Edition}
	switch {
	case !e.inForce(t, law):
		return unknown(lookedUp(inFlux(law))), true
	case !law.HasArticle(article):
		return lookedUp(noArticle(law, article)), true
	default:
		return e.citedBy(t, cite), true
	}
}

// lawEndings are the characters with which names of laws end: 法 法典 条例 规定
// 解释 规则 细则 办法 纲要.
const lawEndings = "法典例定释则要"

// lawItself answers a message about a law as a whole.
func (e *Engine) lawItself(t turn) (Reply, bool) {
	if r, ok := e.since(t); ok {
		return r, true
	}
	return e.lawAlone(t)
}

// lawAlone answers a message that is nothing but the name of a law.
func (e *Engine) lawAlone(t turn) (Reply, bool) {
	name := withoutGaps(t.folded)
	if last, _ := utf8.DecodeLastRuneInString(name); !strings.ContainsRune(lawEndings, last) {
		return Reply{}, false // spares nearly every message the register
	}
	if now, replaced := e.lib.Replaced(name); replaced {
		return lookedUp(replacedLaw(name, now)), true
	}
	law, ok := e.lib.Law(name)
	if !ok || !e.inForce(t, law) {
		return Reply{}, false
	}
	return lookedUp("想看《" + law.Law + "》（" + law.Edition + "起施行）的哪一条，就回「" + law.Law + "第几条」，比如「" +
		law.Law + statute.FormatArticle("1") + "」。\n" + tellMatter), true
}

// lookedUp is a look-up that found no entry.
func lookedUp(text string) Reply {
	return Reply{Outcome: Referred, Text: text, Hotlines: []string{"12348"}}
}

// unknown notes that what was looked up is not there.
func unknown(r Reply) Reply {
	r.Gap = Gap{Shape: UnknownLaw}
	return r
}

// inForce reports whether the edition that the register names is the one in
// force today: no newer one has come and no other law has ended it.
func (e *Engine) inForce(t turn, law content.Law) bool {
	today := dayOf(t.now)
	for _, other := range e.lib.Laws() {
		for _, r := range other.Repeals {
			if ended, ok := e.lib.Law(r.Law); ok && ended.Law == law.Law && today >= r.On {
				return false
			}
		}
	}
	return law.Edition <= today && (law.Next == "" || today < law.Next)
}

// noArticle says that a law has no such article; where only some of its text
// is known, that it was not found.
func noArticle(law content.Law, article string) string {
	name := "《" + law.Law + "》（" + law.Edition + "起施行）"
	if !law.HasText() {
		return "本号查不到" + name + "的" + statute.FormatArticle(article) + "，请核对条号。\n" + tellMatter
	}
	return "现行的" + name + "没有" + statute.FormatArticle(article) + "，请核对条号。\n" + tellMatter
}

// replacedLaw names the old law in the register's words, never in the
// resident's.
func replacedLaw(typed string, now content.Law) string {
	old := "您说的这部法律"
	i := slices.IndexFunc(now.Deprecated, func(name string) bool { return strings.Contains(typed, name) })
	if i >= 0 {
		old = "《" + now.Deprecated[i] + "》"
	}
	return old + "现在不用了，要看《" + now.Law + "》（" + now.Edition + "起施行），条号也变了。\n" + tellMatter
}

// citedBy offers the entries that stand on an article, those that it governs
// first.
func (e *Engine) citedBy(t turn, cite content.Citation) Reply {
	head := citationName(cite) + "（" + cite.Edition + "起施行）"
	entries, gists := e.standingOn(t, cite)
	if len(entries) == 0 {
		r := unknown(lookedUp(head + "\n这一条本号还没有讲解。\n" + fullText + "\n" + tellMatter))
		r.Citations = []content.Citation{cite}
		return r
	}
	cite.Gist = gists[0]
	choices := choicesOf(entries[:min(maxChoices, len(entries))])
	head += "\n这一条里说到：\n" + bullet + strings.Join(gists, "\n"+bullet) + "\n\n用到这一条的问答，回数字看："
	return Reply{
		Outcome: Menu, Score: 1, Citations: []content.Citation{cite}, Choices: choices,
		Text:     menuText(head, choices, fullText+"\n\n"+standingLine(e.answerOf(t, entries[0]))),
		Dialogue: Dialogue{Choices: keys(choices)},
	}
}

// maxGists is how many things that an article gives are told: one article may
// give many, and each entry names the one that it needs.
const maxGists = 3

// standingOn lists the entries that cite an article, those first that cite it
// first, and what they say it gives.
func (e *Engine) standingOn(t turn, cite content.Citation) (entries []*content.Entry, gists []string) {
	place := func(entry *content.Entry) int {
		return slices.IndexFunc(entry.Citations, func(c content.Citation) bool {
			return c.Law == cite.Law && c.Article == cite.Article
		})
	}
	for _, entry := range e.lib.Entries() {
		if place(entry) >= 0 && e.mayAnswer(t, entry) {
			entries = append(entries, entry)
		}
	}
	slices.SortStableFunc(entries, func(a, b *content.Entry) int { return place(a) - place(b) })
	for _, entry := range entries {
		gist := entry.Citations[place(entry)].Gist
		if len(gists) < maxGists && !slices.Contains(gists, gist) {
			gists = append(gists, gist)
		}
	}
	return entries, gists
}
