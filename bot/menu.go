package bot

import (
	"fmt"
	"strings"

	"pufa/content"
)

const (
	menuHead      = "您想问哪一类？回数字，或者直接打字问："
	closeHead     = "您问的是不是这几件？回数字看答案："
	closeFoot     = "都不对就回「都不是」，或换个说法再问。"
	dangerFirst   = "有危险先打110。"
	posterHead    = "海报上的事，回数字看答案："
	posterFoot    = "别的事直接打字问，回「菜单」看分类。"
	topicPageSize = 8
	// maxChoices is the number of lines of a menu of close matches.
	maxChoices = 5
)

// menu lists the topics, under a sentence of its own if there is one.
func (e *Engine) menu(_ turn, lead string) Reply {
	topics := e.lib.Topics()
	choices := make([]Choice, len(topics))
	for i, topic := range topics {
		choices[i] = Choice{TopicChoice, topic.Slug, topic.Name}
	}
	head := strings.Join(nonEmpty([]string{lead, menuHead}), "\n\n")
	return Reply{
		Outcome: Menu, Text: menuText(head, choices, dangerFirst),
		Choices: choices, Dialogue: Dialogue{Choices: keys(choices)},
	}
}

// posterMenu lists what a poster is about; without anything that may answer it
// is the menu of topics.
func (e *Engine) posterMenu(t turn, lead string) Reply {
	var entries []*content.Entry
	for _, id := range t.Offer {
		if entry, ok := e.lib.Entry(id); ok {
			entries = append(entries, entry)
		}
	}
	entries = e.answerable(t, entries)
	if len(entries) == 0 {
		return e.menu(t, lead)
	}
	choices := choicesOf(entries[:min(len(entries), maxChoices)])
	return Reply{
		Outcome: Menu, Text: menuText(lead+"\n\n"+posterHead, choices, posterFoot),
		Choices: choices, Dialogue: Dialogue{Choices: keys(choices)},
	}
}

// topicMenu lists the entries of a topic, eight a page; after the last page
// comes the first.
func (e *Engine) topicMenu(t turn, slug string, page int) Reply {
	topic, _ := e.lib.Topic(slug)
	entries := e.answerable(t, e.lib.EntriesOf(slug))
	if len(entries) == 0 {
		return Reply{
			Outcome: Referred, Topic: slug, Sensitive: topic.Sensitive, Hotlines: referHotlines(),
			Text: "「" + topic.Name + "」这一类，现在没有能答的内容。\n\n" + e.opt.Street.guide(""),
			Gap:  Gap{Shape: Withheld, Topic: slug},
		}
	}
	pages := (len(entries) + topicPageSize - 1) / topicPageSize
	page %= pages
	start := page * topicPageSize
	choices := choicesOf(entries[start:min(start+topicPageSize, len(entries))])
	head, foot := topic.Name+"：", "回数字看答案，或者直接打字问。"
	if pages > 1 {
		head = fmt.Sprintf("%s（第%d页，共%d页）：", topic.Name, page+1, pages)
		foot = "回数字看答案，回「继续」翻页，或者直接打字问。"
	}
	return Reply{
		Outcome: Menu, Topic: slug, Sensitive: topic.Sensitive,
		Text:     menuText(head, choices, foot),
		Choices:  choices,
		Dialogue: Dialogue{Choices: keys(choices), Menu: slug, Page: page},
	}
}

func choicesOf(entries []*content.Entry) []Choice {
	choices := make([]Choice, len(entries))
	for i, entry := range entries {
		choices[i] = Choice{EntryChoice, entry.ID, entry.Title}
	}
	return choices
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
func closeMenu(choices []Choice, lead []string, score float64) Reply {
	head := strings.Join(append(lead, closeHead), "\n\n")
	return Reply{
		Outcome: Menu, Score: score,
		Text:     menuText(head, choices, closeFoot),
		Choices:  choices,
		Dialogue: Dialogue{Choices: keys(choices)},
	}
}
