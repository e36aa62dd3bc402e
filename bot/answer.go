package bot

import (
	"context"
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
	standing := e.standing(t, entry)
	return standing == content.Current || standing == content.Overdue
}

func (e *Engine) answerOf(t turn, entry *content.Entry) answer {
	return answer{
		entry: entry, approved: e.opt.Approved(entry),
		standing: e.standing(t, entry),
	}
}

// standing is the library's word, unless staff took the entry down.
func (e *Engine) standing(t turn, entry *content.Entry) content.Standing {
	if e.opt.TakenDown(entry) {
		return content.TakenDown
	}
	return e.lib.Standing(entry, t.now)
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
	case content.TakenDown:
		why = "正在重新核对"
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
		Gap: gapOfSilent(a),
	}
}

// retrieve answers from the library, offers a menu, or refers (promise 4).
func (e *Engine) retrieve(ctx context.Context, t turn) Reply {
	manner := e.scope.read(t.folded)
	found := e.memo.find(manner.question, func(q string) search.Result { return e.index.Search(q, candidates) })
	verdict := e.reconsider(manner, found, decide(found, manner))
	reply := e.carryOut(t, verdict, found, manner)
	reply = e.helped(ctx, t, sought{manner, found, verdict}, reply)
	reply.Gap = e.gap(t, manner, found, reply)
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

// nearScore is the ranking score from which the first hit is worth a menu,
// however little it is ahead of the next: 彩礼能不能退 is near two entries, so
// neither is sure. Of the questions of testdata/questions.jsonl that belong to
// no entry, none that is referred has a hit above 0.54.
const nearScore = 0.60

// reconsider asks back where decide, which looks at numbers alone, would not:
// about a bare word, about nothing in particular, and among entries that are
// all near.
func (e *Engine) reconsider(m manner, found search.Result, v verdict) verdict {
	switch {
	case m.hint != "" || m.rude && found.Letters == 0:
	case isVague(m.question):
		v.do, v.why = doTopics, "nothing in particular"
	case v.do == doAnswer && (found.Letters <= maxBroadRunes && e.isBroad(m, found) || isAtLarge(m.question)):
		v.do, v.why, v.offer = doMenu, "a word of several entries", maxChoices
	case v.do == doRefer && len(found.Hits) > 0 && found.Hits[0].Score >= nearScore:
		v.do, v.why, v.offer = doMenu, "near, but not alone", maxChoices
	}
	return v
}

// maxAtLarge is the length of a message that names a field and nothing of it.
const maxAtLarge = 8

// isAtLarge reports whether a message names only a field: 房子的事, 老人的问题找谁.
func isAtLarge(question string) bool {
	word := withoutGaps(question)
	return len([]rune(word)) <= maxAtLarge && containsAny(word, []string{"的事", "的问题", "方面", "的情况"})
}

// isBroad reports whether the whole question is a word that several entries
// are about: however well it matches, it does not tell which is meant.
func (e *Engine) isBroad(m manner, found search.Result) bool {
	word := withoutGaps(m.question)
	about := 0
	for _, h := range found.Hits {
		if entry, ok := e.lib.Entry(h.ID); ok && strings.Contains(entry.Title+entry.Question(), word) {
			about++
		}
	}
	return about > 1
}

// empty is what people say around a matter without naming it; longer first.
var empty = strings.NewReplacer(
	"看不懂", "", "没看懂", "", "听不懂", "", "什么意思", "", "啥意思", "", "不明白", "", "换个说法", "", "怎么办", "", "咋办", "", "咋整", "", "怎么弄", "", "想问问", "", "问一下", "", "想问", "", "问问", "", "咨询", "", "请问", "", "帮帮我", "", "帮我", "", "帮忙", "",
	"有个事", "", "有件事", "", "有点事", "", "出事了", "", "遇到事", "", "这事", "", "这个事", "", "事情", "", "这种事", "", "没人管", "", "能告他", "", "能告吗", "",
	"可以吗", "", "行吗", "", "该找谁", "", "找谁", "", "法律", "", "律师", "", "问题", "", "有个", "", "一个", "", "他们", "", "人家", "", "太", "", "欺负人", "", "欺负我", "",
	"我", "", "他", "", "她", "", "你", "", "您", "", "们", "", "这", "", "那", "", "该", "", "要", "", "想", "", "能", "", "有", "", "的", "", "了", "", "啊", "", "呀", "", "吗", "", "呢",
	"", "不", "", "事", "", "个", "", "嗯", "", "哦", "", "啥", "", "什么", "", "怎么", "", "咋", "", "一下", "", "哈", "", "唉", "", "哎", "",
)

// isVague reports whether a question names nothing that could be looked for.
func isVague(question string) bool {
	return withoutGaps(empty.Replace(question)) == ""
}

func (e *Engine) carryOut(t turn, v verdict, found search.Result, m manner) Reply {
	switch v.do {
	case doAnswer:
		entry, _ := e.lib.Entry(found.Hits[0].ID)
		return e.answerTo(t, entry, m, v.score)
	case doMenu:
		// Only a clear match says what the law says to a wish to break it.
		if choices := e.closeChoices(t, found.Hits, v.offer); len(choices) > 0 && !m.unlawful {
			return closeMenu(choices, append(m.leadAsking(), m.tail()...), v.score)
		}
	case doTopics:
		if !m.rude && !m.ordered && !m.unlawful && !m.predict {
			r := e.menu(t, strings.Join(append(m.leadAsking(), sayWhat), "\n\n"))
			r.Dialogue.Asked = true
			return r
		}
	}
	return e.offerArticles(t, m, e.refer(m, v.score))
}

// farShare is the share of the first hit's score below which a hit is left out
// of a menu: it would only be in the way.
const farShare = 0.5

func (e *Engine) closeChoices(t turn, hits []search.Hit, n int) []Choice {
	var list []*content.Entry
	for _, h := range hits[:min(n, len(hits))] {
		if entry, ok := e.lib.Entry(h.ID); ok && h.Score >= farShare*hits[0].Score {
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
