package bot

import (
	"strings"

	"pufa/statute"
)

const (
	maxOffered = 3
	maxSubject = 20 // characters of what an article is about
	offerHead  = "可能相关的法条（不是答案）："
	offerFoot  = "回数字看条文。"
)

// minOfferShared is the share of a question that an article must have to be
// offered. Of testdata/questions.jsonl, over 2,400 texts: the 47 questions of
// daily life reach 0.172 at most (median 0.085), also those that scope would
// turn away already; 6 of the 35 about laws that the library does not have
// reach the floor. Most questions of residents share less with the law that
// they are about: those get no offer.
const minOfferShared = 0.18

// offerArticles puts articles that may be about a question under a referral. It
// stays one: what is offered is no answer.
func (e *Engine) offerArticles(t turn, m manner, r Reply) Reply {
	turnedAway := m.rude || m.ordered || m.unlawful || m.predict || m.hint != ""
	if e.opt.Texts == nil || turnedAway || isVague(m.question) {
		return r
	}
	choices := e.nearArticles(t, m.question)
	for ; len(choices) > 0; choices = choices[:len(choices)-1] {
		text := r.Text + "\n\n" + menuText(offerHead, choices, offerFoot)
		if len(text) <= room {
			r.Text, r.Choices, r.Dialogue.Choices = text, choices, keys(choices)
			return r
		}
	}
	return r
}

// nearArticles lists the articles that share enough with a question, and whose
// text is that of the edition in force.
func (e *Engine) nearArticles(t turn, question string) (choices []Choice) {
	for _, hit := range e.opt.Texts.Near(question, statute.Day(dayOf(t.now)), maxOffered) {
		if hit.Share < minOfferShared {
			break
		}
		p, err := e.passage(t, e.lawTitled(hit.Text.Title), hit.Article)
		if err != nil || p.article.Deleted() {
			continue
		}
		choices = append(choices, Choice{ArticleChoice, articleKey(p.law, p.article.Number), p.subject()})
	}
	return choices
}

// subject is an article in a line: its law, its number, and its innermost
// heading or first words.
func (p passage) subject() string {
	about := p.article.Chapter[strings.LastIndex(p.article.Chapter, "/")+1:]
	if _, name, numbered := strings.Cut(about, " "); numbered {
		about = name // without 第四章
	}
	if about == "" {
		about, _, _ = strings.Cut(p.article.Text, "\n")
	}
	return "《" + clipRunes(p.law.name, maxTitleRunes) + "》" + statute.FormatArticle(p.article.Number) + " " + clipRunes(about, maxSubject)
}
