package bot

import (
	"fmt"
	"slices"
	"strings"

	"pufa/content"
)

// proof reads a reply in which a model chose as a resident would, line by line,
// and returns an error unless each line is the entry's or the program's own:
// the entry's sentences unchanged, in its order, none that must be said left
// out; titles of entries in a menu; frame words around them. It knows nothing
// of how the reply was made.
func (e *Engine) proof(t turn, m manner, r Reply) error {
	if len(r.Text) > MaxBytes || !strings.Contains(r.Text, Label) {
		return fmt.Errorf("prove reply: %d bytes, or no label", len(r.Text))
	}
	switch r.Outcome {
	case Answered:
		entry, ok := e.lib.Entry(r.Entry)
		if !ok || !e.mayAnswer(t, entry) {
			return fmt.Errorf("prove reply: %q may not answer", r.Entry)
		}
		return e.proveAnswer(t, m, entry, r)
	case Menu:
		return e.proveMenu(t, m, r)
	}
	return fmt.Errorf("prove reply: %s is nothing that a model may change", r.Outcome)
}

// proveAnswer takes the lines of the entry's body out, which must be a
// subsequence of its sentences, and looks the others up.
func (e *Engine) proveAnswer(t turn, m manner, entry *content.Entry, r Reply) error {
	a := e.answerOf(t, entry)
	frame := frameLines(slices.Concat(m.lead(), m.tail(), []string{
		"您问的是：" + entry.Question(), entry.Short, e.composer.parts[entry.ID].doors,
		relatedText(r.Choices), e.composer.next(entry), standingLine(a), moreLine, Label,
	})...)
	if err := e.proveTitles(t, r.Choices); err != nil {
		return err
	}
	at := 0
	for line := range strings.SplitSeq(r.Text, "\n") {
		sentence, ok := strings.CutPrefix(line, bullet)
		if !ok {
			if !frame[line] {
				return fmt.Errorf("prove reply: a line is neither the entry's nor ours: %q", line)
			}
			continue
		}
		next, err := nextSentence(entry.Lines, at, sentence)
		if err != nil {
			return err
		}
		at = next
	}
	if i := slices.IndexFunc(entry.Lines[at:], func(l content.Line) bool { return l.Must }); i >= 0 {
		return fmt.Errorf("prove reply: line %d of %s must be said", at+i, entry.ID)
	}
	return nil
}

// nextSentence finds a sentence among lines from at on and returns what comes after
// it. What is passed over must not be a must line.
func nextSentence(lines []content.Line, at int, sentence string) (int, error) {
	for ; at < len(lines); at++ {
		if lines[at].Text == sentence {
			return at + 1, nil
		}
		if lines[at].Must {
			return 0, fmt.Errorf("prove reply: line %d must be said before %q", at, sentence)
		}
	}
	return 0, fmt.Errorf("prove reply: %q is no sentence of the entry in its order", sentence)
}

func (e *Engine) proveMenu(t turn, m manner, r Reply) error {
	if len(r.Choices) == 0 || len(r.Choices) > maxChoices || !slices.Equal(r.Dialogue.Choices, keys(r.Choices)) {
		return fmt.Errorf("prove menu: %d choices, of which the dialogue keeps %v", len(r.Choices), r.Dialogue.Choices)
	}
	if err := e.proveTitles(t, r.Choices); err != nil {
		return err
	}
	frame := frameLines(slices.Concat(m.leadAsking(), m.tail(), numbered(r.Choices), []string{closeHead, oneHead, closeFoot, Label})...)
	for line := range strings.SplitSeq(r.Text, "\n") {
		if !frame[line] {
			return fmt.Errorf("prove menu: a line is neither an entry's title nor ours: %q", line)
		}
	}
	return nil
}

// proveTitles holds that each choice is an entry that may answer, under its own
// title.
func (e *Engine) proveTitles(t turn, choices []Choice) error {
	for _, c := range choices {
		entry, ok := e.lib.Entry(c.ID)
		if !ok || c.Kind != EntryChoice || c.Title != entry.Title || !e.mayAnswer(t, entry) {
			return fmt.Errorf("prove reply: choice %q is no entry of the library under its title", c.ID)
		}
	}
	return nil
}

// frameLines are the lines of texts; the empty line between paragraphs is one.
func frameLines(texts ...string) map[string]bool {
	lines := map[string]bool{"": true}
	for _, text := range texts {
		for line := range strings.SplitSeq(text, "\n") {
			lines[line] = true
		}
	}
	return lines
}
