package bot

import (
	"pufa/content"
	"pufa/statute"
)

const (
	menuHead      = "您想问哪一类？回数字，或者直接打字问："
	topicPageSize = 8
)

// menu lists the topics, under a sentence of its own if there is one.
func (e *Engine) menu(_ turn, lead string) Reply {
	topics := e.lib.Topics()
	choices := make([]Choice, len(topics))
	for i, topic := range topics {
		choices[i] = Choice{TopicChoice, topic.Slug, topic.Name}
	}
	head := menuHead
	if lead != "" {
		head = lead + "\n\n" + menuHead
	}
	return Reply{
		Outcome: Menu, Text: menuText(head, choices, "有危险先打110。"),
		Choices: choices, Dialogue: Dialogue{Choices: keys(choices)},
	}
}

// topicMenu lists the entries of a topic, eight a page.
func (e *Engine) topicMenu(t turn, slug string, page int) Reply {
	topic, _ := e.lib.Topic(slug)
	entries := e.answerable(t, e.lib.EntriesOf(slug))
	start := page * topicPageSize
	if len(entries) == 0 {
		return Reply{Outcome: Referred, Text: e.opt.Street.sayReferred(), Topic: slug}
	}
	if start >= len(entries) {
		start, page = 0, 0
	}
	end := min(start+topicPageSize, len(entries))
	choices := make([]Choice, 0, topicPageSize)
	for _, entry := range entries[start:end] {
		choices = append(choices, Choice{EntryChoice, entry.ID, entry.Title})
	}
	foot := "回数字看答案，或者直接打字问。"
	if len(entries) > topicPageSize {
		foot = "回数字看答案，回「继续」看下一页，或者直接打字问。"
	}
	return Reply{
		Outcome: Menu, Topic: slug, Sensitive: topic.Sensitive,
		Text:     menuText(topic.Name+"：", choices, foot),
		Choices:  choices,
		Dialogue: Dialogue{Choices: keys(choices), Menu: slug, Page: page},
	}
}

// answerable leaves out the entries that may not answer today.
func (e *Engine) answerable(t turn, entries []*content.Entry) []*content.Entry {
	var list []*content.Entry
	for _, entry := range entries {
		if e.mayAnswer(t, entry) {
			list = append(list, entry)
		}
	}
	return list
}

// closeMenu offers the entries that are near a question.
func (e *Engine) closeMenu(choices []Choice, lead string) Reply {
	head := "您问的是不是这几件？回数字看答案："
	if lead != "" {
		head = lead + "\n" + head
	}
	return Reply{
		Outcome:  Menu,
		Text:     menuText(head, choices, "都不对就回「都不是」，或换个说法再问。"),
		Choices:  choices,
		Dialogue: Dialogue{Choices: keys(choices)},
	}
}

func keys(choices []Choice) []string {
	list := make([]string, len(choices))
	for i, c := range choices {
		list[i] = c.key()
	}
	return list
}

// choice answers to a number of the menu just shown.
func (e *Engine) choice(t turn) (Reply, bool) {
	n := number(t.folded)
	if n == 0 {
		return Reply{}, false
	}
	if n > len(t.Dialogue.Choices) {
		if len(t.Dialogue.Choices) == 0 {
			return Reply{}, false
		}
		return said(t, sayNumberLost), true
	}
	t.Kind, t.Key = Click, t.Dialogue.Choices[n-1]
	return e.click(t), true
}

// followUp answers a short question about the card of the last entry.
func (e *Engine) followUp(t turn) (Reply, bool) {
	entry, ok := e.lib.Entry(t.Dialogue.Entry)
	if !ok {
		return Reply{}, false
	}
	f, ok := matchFollowUp(t.folded)
	if !ok {
		return Reply{}, false
	}
	r := entry.Remedy
	line := e.composer.hotlineNames(r.Hotlines)
	if f.line != nil {
		line = f.line(r)
	}
	if line == "" {
		line = "这一条没有单独的规定，可以打12348问。"
	}
	reply := said(t, "关于「"+entry.Title+"」\n"+f.label+"："+line+"\n去哪："+r.Where)
	reply.Outcome = Answered
	reply.Entry, reply.Topic, reply.Themes, reply.Sensitive = entry.ID, entry.Topic(), entry.Themes, e.sensitive(entry)
	reply.Citations, reply.Hotlines = entry.Citations, r.Hotlines
	return reply, true
}

// citation looks up an article that was named (「民法典1079条」): what the
// entries that stand on it say it gives.
func (e *Engine) citation(t turn) (Reply, bool) {
	name, article, ok := statute.ParseReference(t.Text)
	if !ok {
		return Reply{}, false
	}
	law, ok := e.lib.Law(name)
	if !ok {
		if now, replaced := e.lib.Replaced(name); replaced {
			return e.replacedLaw(t, name, now), true
		}
		return Reply{}, false
	}
	cite := content.Citation{Law: law.Law, Article: article, Edition: law.Edition}
	if !law.HasArticle(article) {
		return Reply{
			Outcome: Referred,
			Text:    "现行的《" + law.Law + "》（" + law.Edition + "起施行）没有" + statute.FormatArticle(article) + "。请核对条号，或直接说您遇到的事。",
		}, true
	}
	return e.citedBy(t, cite), true
}

func (e *Engine) replacedLaw(t turn, old string, now content.Law) Reply {
	r := e.menu(t, "《"+old+"》已经不用了，现在看《"+now.Law+"》（"+now.Edition+"起施行），条号也变了。请直接说您遇到的事。")
	r.Outcome = Referred
	return r
}

func (e *Engine) citedBy(t turn, cite content.Citation) Reply {
	head := citationName(cite) + "（" + cite.Edition + "起施行）"
	var choices []Choice
	var gists []string
	for _, entry := range e.answerable(t, e.lib.Entries()) {
		for _, c := range entry.Citations {
			if c.Law == cite.Law && c.Article == cite.Article && len(choices) < maxChoices {
				choices = append(choices, Choice{EntryChoice, entry.ID, entry.Title})
				gists = append(gists, c.Gist)
			}
		}
	}
	if len(choices) == 0 {
		text := head + "\n这一条本号还没有讲解。条文全文请到国家法律法规数据库看，或打12348问。"
		return Reply{Outcome: Referred, Text: text, Citations: []content.Citation{cite}}
	}
	cite.Gist = gists[0]
	r := e.closeMenu(choices, "")
	r.Text = menuText(head+"\n大意："+gists[0]+"\n\n用到这一条的问答（回数字看）：", choices, "条文全文请看国家法律法规数据库。")
	r.Citations, r.Score = []content.Citation{cite}, 1
	return r
}
