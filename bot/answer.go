package bot

import (
	"strings"

	"pufa/content"
	"pufa/search"
)

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
	standing := e.lib.Standing(entry, t.now)
	return standing == content.Current || standing == content.Overdue
}

func (e *Engine) answerOf(t turn, entry *content.Entry) answer {
	return answer{
		entry: entry, approved: e.opt.Approved(entry),
		standing: e.lib.Standing(entry, t.now),
	}
}

// sensitive reports whether residents may be counted by the entry's topic.
func (e *Engine) sensitive(entry *content.Entry) bool {
	topic, _ := e.lib.Topic(entry.Topic())
	return entry.Sensitive || topic.Sensitive
}

// answer replies with an entry; one that may not answer today is referred.
func (e *Engine) answer(t turn, a answer, score float64) Reply {
	if !e.mayAnswer(t, a.entry) {
		return e.withheld(a)
	}
	a.related = choicesOf(e.answerable(t, e.relatedTo(a.entry)))
	text, shown, related := e.composer.firstPage(a)
	r := e.about(Reply{
		Outcome: Answered, Text: text, Score: score,
		Citations: a.entry.Citations, Hotlines: a.entry.Remedy.Hotlines, Choices: related,
	}, a.entry)
	r.Dialogue = Dialogue{Entry: a.entry.ID, Choices: keys(related), Shown: shown}
	return r
}

// answerTo answers a message with an entry, in the manner that the message
// calls for.
func (e *Engine) answerTo(t turn, entry *content.Entry, m manner, score float64) Reply {
	a := e.answerOf(t, entry)
	a.lead, a.tail = m.lead(), m.tail()
	return e.answer(t, a, score)
}

func (e *Engine) relatedTo(entry *content.Entry) []*content.Entry {
	list := make([]*content.Entry, 0, len(entry.Related))
	for _, id := range entry.Related {
		if other, ok := e.lib.Entry(id); ok {
			list = append(list, other)
		}
	}
	return list
}

// withheld says why an entry is silent today, and where to turn.
func (e *Engine) withheld(a answer) Reply {
	why := "还没有经" + e.opt.Street.office() + "审核"
	switch a.standing {
	case content.Stale:
		why = "所依据的法律有了新的版本，正在重新核对"
	case content.Lapsed:
		why = "核对的日子过了，正在重新核对"
	}
	text := "您问的像是「" + a.entry.Title + "」。这一条" + why + "，先不答，免得误您的事。\n\n" +
		"请打12348问，或到" + e.opt.Street.door() + "当面问。"
	return Reply{
		Outcome: Referred, Topic: a.entry.Topic(), Sensitive: e.sensitive(a.entry),
		Text: strings.Join(append(a.lead, text), "\n\n"), Hotlines: []string{"12348"},
	}
}

// retrieve answers from the library, offers a menu, or refers (promise 4).
func (e *Engine) retrieve(t turn) Reply {
	manner := e.scope.read(t.folded)
	found := e.index.Search(manner.question, candidates)
	verdict := e.narrow(manner, found, decide(found, manner))
	reply := e.carryOut(t, verdict, found, manner)
	if e.opt.Explain {
		reply.Explain = explain(manner.question, found, verdict)
	}
	return reply
}

// candidates is how many entries are weighed.
const candidates = 8

// maxBroadRunes is the length of a message that may be a bare word (离婚, 工资)
// of many entries.
const maxBroadRunes = 3

// narrow asks back where the whole question is a word that several entries are
// about: however well it matches, it does not tell which is meant.
func (e *Engine) narrow(m manner, found search.Result, v verdict) verdict {
	word := withoutGaps(m.question)
	if v.do != doAnswer || found.Letters > maxBroadRunes || len([]rune(word)) > maxBroadRunes {
		return v
	}
	about := 0
	for _, h := range found.Hits {
		if entry, ok := e.lib.Entry(h.ID); ok && strings.Contains(entry.Title+entry.Question(), word) {
			about++
		}
	}
	if about > 1 {
		v.do, v.why, v.offer = doMenu, "a word of several entries", maxChoices
	}
	return v
}

func (e *Engine) carryOut(t turn, v verdict, found search.Result, m manner) Reply {
	switch v.do {
	case doAnswer:
		entry, _ := e.lib.Entry(found.Hits[0].ID)
		return e.answerTo(t, entry, m, v.score)
	case doMenu:
		if choices := e.closeChoices(t, found.Hits, v.offer); len(choices) > 0 {
			return closeMenu(choices, append(m.leadAsking(), m.tail()...), v.score)
		}
	case doTopics:
		if !m.rude && !m.ordered {
			return e.menu(t, strings.Join(append(m.leadAsking(), sayWhat), "\n\n"))
		}
	}
	return e.refer(m, v.score)
}

func (e *Engine) closeChoices(t turn, hits []search.Hit, n int) []Choice {
	var list []*content.Entry
	for _, h := range hits[:min(n, len(hits))] {
		if entry, ok := e.lib.Entry(h.ID); ok {
			list = append(list, entry)
		}
	}
	return choicesOf(e.answerable(t, list))
}

// referHotlines are the numbers that a referral always names.
func referHotlines() []string { return []string{"12348", "12345"} }

// refer says what the bot can do instead and where to turn.
func (e *Engine) refer(m manner, score float64) Reply {
	parts := m.leadAsking()
	door, hotlines := "", referHotlines()
	switch {
	case m.unlawful:
		parts = append(parts, sayUnlawfulRefer)
		return Reply{Outcome: Referred, Text: strings.Join(parts, "\n\n"), Score: score, Hotlines: hotlines[:1]}
	case m.predict:
		parts = append(parts, sayPredict)
	case m.hint != "":
		parts = append(parts, m.hint)
	case m.ordered:
		parts = append(parts, sayNotOurs)
	case !m.rude:
		parts = append(parts, sayUnknown)
	}
	if h, ok := e.lib.Hotline(m.hotline); ok && m.hint == "" {
		door, hotlines = sayDoor(h), append(hotlines, h.Number)
	}
	parts = append(parts, e.opt.Street.guide(door))
	return Reply{Outcome: Referred, Text: strings.Join(parts, "\n\n"), Score: score, Hotlines: hotlines}
}
