package bot

import (
	"cmp"
	"slices"

	"pufa/content"
	"pufa/statute"
)

// NoTopic stands in Evaluation.ByTopic for the lines that no entry should
// answer, and for those whose law no entry cites first.
const NoTopic = "none"

// maxConfused is how many confusions an evaluation lists.
const maxConfused = 20

// Confusion is what was expected and what came in its place, over all lines of
// a question set for which both are the same.
type Confusion struct {
	Want      string   `json:"want"` // an entry; else the first article that would be right; else an outcome
	WantTitle string   `json:"want_title"`
	Got       string   `json:"got"` // an entry; else an outcome
	GotTitle  string   `json:"got_title"`
	Wrong     bool     `json:"wrong"` // an answer that should not have been given
	Count     int      `json:"count"`
	IDs       []string `json:"ids"`
}

// confusions counts what was mistaken for what: the most frequent first, then
// wrong answers before the rest.
func (e *Engine) confusions(cases []Case, items []Item) []Confusion {
	at := map[[2]string]*Confusion{}
	list := []*Confusion{}
	for i, item := range items {
		if cases[i].asHoped(item) {
			continue
		}
		found := e.confusion(cases[i], item)
		key := [2]string{found.Want, found.Got}
		if at[key] == nil {
			at[key] = &found
			list = append(list, &found)
		}
		at[key].Count++
		at[key].IDs = append(at[key].IDs, item.ID)
	}
	slices.SortStableFunc(list, func(a, b *Confusion) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(one(b.Wrong), one(a.Wrong)), cmp.Compare(a.Want, b.Want), cmp.Compare(a.Got, b.Got))
	})
	out := make([]Confusion, 0, maxConfused)
	for _, c := range list[:min(len(list), maxConfused)] {
		out = append(out, *c)
	}
	return out
}

func (e *Engine) confusion(c Case, item Item) Confusion {
	out := Confusion{Want: string(c.Expect.Outcome), Got: string(item.Outcome)}
	switch {
	case c.Expect.Entry != "":
		out.Want, out.WantTitle = c.Expect.Entry, e.title(c.Expect.Entry)
	case len(c.Expect.CiteAny) > 0:
		out.Want, out.WantTitle = c.Expect.CiteAny[0], e.topicName(e.topicOf(c.Expect))
	}
	if item.Entry != "" {
		out.Got, out.GotTitle = item.Entry, e.title(item.Entry)
	}
	out.Wrong = item.Outcome == Answered
	return out
}

func (e *Engine) title(id string) string {
	if entry, ok := e.lib.Entry(id); ok {
		return entry.Title
	}
	return ""
}

func (e *Engine) topicName(slug string) string {
	topic, _ := e.lib.Topic(slug)
	return topic.Name
}

// topicOf is the topic that a line is about: that of its entry, or the one in
// which most entries rest on an article that would be right.
func (e *Engine) topicOf(x Expect) string {
	if entry, ok := e.lib.Entry(x.Entry); ok {
		return entry.Topic()
	}
	wanted := e.articles(x.CiteAny)
	count := map[string]int{}
	for _, entry := range e.lib.Entries() {
		first := entry.Citations[0]
		count[entry.Topic()] += one(wanted[[2]string{first.Law, first.Article}])
	}
	best := content.Topic{Slug: NoTopic}
	for _, topic := range e.lib.Topics() {
		if count[topic.Slug] > count[best.Slug] {
			best = topic
		}
	}
	return best.Slug
}

// articles reads references as the register's short names and articles; what
// it cannot read it leaves out.
func (e *Engine) articles(references []string) map[[2]string]bool {
	list := map[[2]string]bool{}
	for _, s := range references {
		name, article, ok := statute.ParseReference(s)
		if law, known := e.lib.Law(name); ok && known {
			list[[2]string{law.Law, article}] = true
		}
	}
	return list
}
