package bot

import (
	"slices"
	"strings"

	"pufa/content"
	"pufa/search"
)

// maxChoices is the number of lines of a menu of close matches.
const maxChoices = 5

// newIndex makes the library searchable.
func newIndex(lib *content.Library) *search.Index {
	docs := make([]search.Document, 0, len(lib.Entries()))
	for _, e := range lib.Entries() {
		docs = append(docs, documentOf(e))
	}
	synonyms := make([]search.Synonym, 0, len(lib.Phrases()))
	for _, p := range lib.Phrases() {
		synonyms = append(synonyms, search.Synonym{Say: p.Say, Means: p.Means})
	}
	return search.New(docs, synonyms)
}

func documentOf(e *content.Entry) search.Document {
	text := make([]string, 0, len(e.Lines)+1)
	text = append(text, e.Short)
	for _, l := range e.Lines {
		text = append(text, l.Text)
	}
	not := make([]string, 0, len(e.Not))
	for _, n := range e.Not {
		not = append(not, n.Ask)
	}
	return search.Document{
		ID: e.ID, Wordings: e.Questions, Keywords: e.Keywords, Title: e.Title,
		Text: strings.Join(text, " "), Not: not,
	}
}

// mayAnswer reports whether an entry is approved where that is asked for, in
// date, and cites editions in force.
func (e *Engine) mayAnswer(t turn, entry *content.Entry) bool {
	if e.opt.OnlyApproved && !e.opt.Approved(entry) {
		return false
	}
	standing := e.lib.Standing(entry, dayOf(t.now))
	return standing == content.Current || standing == content.Overdue
}

func (e *Engine) answerOf(t turn, entry *content.Entry) answer {
	return answer{
		entry: entry, approved: e.opt.Approved(entry),
		standing: e.lib.Standing(entry, dayOf(t.now)),
	}
}

// sensitive reports whether residents may be counted by the entry's topic.
func (e *Engine) sensitive(entry *content.Entry) bool {
	topic, _ := e.lib.Topic(entry.Topic())
	return entry.Sensitive || topic.Sensitive
}

// answer replies with an entry; one that may not answer today is referred.
func (e *Engine) answer(t turn, entry *content.Entry, score float64) Reply {
	return e.answerWith(t, e.answerOf(t, entry), score)
}

func (e *Engine) answerWith(t turn, a answer, score float64) Reply {
	entry := a.entry
	if !e.mayAnswer(t, entry) {
		return e.withheld(entry, a.standing)
	}
	text, _ := e.composer.answerText(a)
	related := e.composer.relatedChoices(entry)
	return Reply{
		Outcome: Answered, Text: text, Score: score,
		Entry: entry.ID, Topic: entry.Topic(), Themes: entry.Themes, Sensitive: e.sensitive(entry),
		Citations: entry.Citations, Hotlines: entry.Remedy.Hotlines, Choices: related,
		Dialogue: Dialogue{Entry: entry.ID, Choices: keys(related)},
	}
}

// withheld says why an entry is silent today, and where to turn.
func (e *Engine) withheld(entry *content.Entry, standing content.Standing) Reply {
	why := "还没有经" + e.opt.Street.office() + "审核"
	switch standing {
	case content.Stale:
		why = "所依据的法律有了新的版本，正在重新核对"
	case content.Lapsed:
		why = "核对的日子过了，正在重新核对"
	}
	return Reply{
		Outcome: Referred, Topic: entry.Topic(), Sensitive: e.sensitive(entry),
		Text:     "您问的像是「" + entry.Title + "」，这一条" + why + "，先不答，免得误您的事。请打12348问，或到" + e.opt.Street.door() + "问。",
		Hotlines: []string{"12348"},
	}
}

// retrieve answers from the library, offers a menu, or refers (promise 4).
func (e *Engine) retrieve(t turn) Reply {
	manner := e.scope.read(t.folded)
	found := e.index.Search(manner.question, candidates)
	verdict := decide(found, manner)
	reply := e.carryOut(t, verdict, found, manner)
	if e.opt.Explain {
		reply.Explain = explain(manner.question, found, verdict)
	}
	return reply
}

// candidates is how many entries are weighed.
const candidates = 8

func (e *Engine) carryOut(t turn, v verdict, found search.Result, m manner) Reply {
	switch v.do {
	case doAnswer:
		entry, _ := e.lib.Entry(found.Hits[0].ID)
		a := e.answerOf(t, entry)
		a.lead, a.tail = m.lead(), m.tail()
		return e.answerWith(t, a, v.score)
	case doMenu:
		if choices := e.closeChoices(t, found.Hits, v.offer); len(choices) > 0 {
			reply := e.closeMenu(choices, strings.Join(m.lead(), "\n"))
			reply.Score = v.score
			return reply
		}
	case doTopics:
		return e.menu(t, strings.Join(append(m.lead(), "您遇到了什么事？"), "\n"))
	}
	return e.refer(m, v.score)
}

func (e *Engine) closeChoices(t turn, hits []search.Hit, n int) []Choice {
	var list []Choice
	for _, h := range hits[:min(n, len(hits))] {
		entry, ok := e.lib.Entry(h.ID)
		if ok && e.mayAnswer(t, entry) {
			list = append(list, Choice{EntryChoice, entry.ID, entry.Title})
		}
	}
	return list
}

func (e *Engine) refer(m manner, score float64) Reply {
	text := e.opt.Street.sayReferred()
	switch {
	case m.unlawful:
		text = sayUnlawfulRefer
	case m.hint != "":
		text = e.opt.Street.sayOutOfScope(m.hint)
	}
	lead := slices.DeleteFunc(m.lead(), func(s string) bool { return s == sayUnlawful })
	return Reply{
		Outcome: Referred, Text: strings.Join(append(lead, text), "\n"),
		Score: score, Hotlines: []string{"12348", "12345"},
	}
}
