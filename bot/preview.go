package bot

import (
	"pufa/content"
)

// Preview is how an entry that is being written would be answered.
type Preview struct {
	Text  string // the first page, as a resident gets it
	Bytes int    // of Text
	Most  int    // what must be said takes, with everything that a message can call for around it; see Room
	More  int    // lines that wait behind 「继续」
}

// Room is how many bytes of a reply an entry may fill: the privacy line of a
// first reply still fits under it.
const Room = room

// PreviewOf shows an entry as it reads, whatever its mistakes, approved by
// nobody. lib is what it stands in; e need not be of it.
func PreviewOf(lib *content.Library, e *content.Entry, opt Options) Preview {
	whole := *e
	if len(whole.Questions) == 0 {
		whole.Questions = []string{""}
	}
	c := composerOf(lib, &whole, opt)
	a := answer{entry: &whole}
	for _, id := range e.Related {
		if other, ok := lib.Entry(id); ok {
			a.related = append(a.related, Choice{EntryChoice, id, other.Title})
		}
	}
	text, shown, _ := c.firstPage(a)
	head, foot := c.frame(longest(&whole))
	return Preview{
		Text: text, Bytes: len(text), More: len(optional(&whole)) - shown,
		Most: len(head + body(&whole, 0) + foot),
	}
}

// Explaining is the engine for the test bench: it fills Reply.Explain, asks no
// model, and remembers nothing of what it is asked.
func (e *Engine) Explaining() *Engine {
	bench := *e
	bench.opt.Explain, bench.opt.Model, bench.opt.GapTexts, bench.memo = true, Model{}, false, nil
	return &bench
}
