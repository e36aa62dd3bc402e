package bot

import (
	"context"
	"slices"
	"strings"

	"pufa/content"
)

// MaxPicked is how many sentences a model may put first, beside those that must
// be said; the others wait for 「继续」.
const MaxPicked = 2

const (
	// longFrom is the number of sentences beside those that must be said from
	// which an entry is long. Of 294 entries 35 have as many.
	longFrom = 4
	// maxPickable is how many the bits of Dialogue.Picked can name.
	maxPickable = 32
)

// shortened is the answer with the sentences first that a model takes to matter
// to this question, in the entry's order and with all that must be said. The
// rest waits for 「继续」. asked is false where there was nobody to ask or
// nothing to leave out.
func (e *Engine) shortened(ctx context.Context, t turn, s sought, question string, own Reply) (better Reply, asked bool) {
	entry, ok := e.lib.Entry(own.Entry)
	lines := []string(nil)
	if ok {
		lines = optional(entry)
	}
	if e.opt.Model.Picker == nil || len(lines) < longFrom || len(lines) > maxPickable || e.sensitive(entry) {
		return own, false
	}
	numbers, ok := within(ctx, func() ([]int, error) {
		return e.opt.Model.Picker.Pick(ctx, t.purse(e), question, entry.Title, slices.Clone(lines))
	})
	if !ok || !isPick(numbers, len(lines)) {
		return own, true
	}
	a := e.answerOf(t, entry)
	a.lead, a.tail, a.related, a.model = s.manner.lead(), s.manner.tail(), own.Choices, true
	text, ok := e.composer.pickedPage(a, bitsOf(numbers))
	if !ok {
		return own, true
	}
	own.Text, own.Model = text, true
	own.Dialogue.Picked, own.Dialogue.Shown = bitsOf(numbers), 0
	return own, true
}

// isPick reports whether numbers are one to MaxPicked different ones of n
// sentences.
func isPick(numbers []int, n int) bool {
	if len(numbers) == 0 || len(numbers) > MaxPicked {
		return false
	}
	for i, at := range numbers {
		if at < 0 || at >= n || slices.Contains(numbers[:i], at) {
			return false
		}
	}
	return true
}

func bitsOf(numbers []int) (bits uint32) {
	for _, n := range numbers {
		bits |= 1 << n
	}
	return bits
}

// pickedPage is a first page with the picked ones of the optional lines; ok is
// false where it would be too long with its label.
func (c composer) pickedPage(a answer, picked uint32) (text string, ok bool) {
	head, foot := c.frame(a)
	text = head + c.bodyOf(a.entry, picked) + foot
	return text, len(text) <= room
}

// bodyOf writes every must line and the picked ones of the others, in the
// entry's order.
func (c composer) bodyOf(entry *content.Entry, picked uint32) string {
	var lines []string
	at, waiting := 0, false
	for _, l := range entry.Lines {
		if !l.Must {
			show := picked&(1<<at) != 0
			at++
			if !show {
				waiting = true
				continue
			}
		}
		lines = append(lines, bullet+l.Text)
	}
	if waiting {
		lines = append(lines, moreLine)
	}
	return strings.Join(lines, "\n")
}

// unpicked leaves the optional lines that a model did not put first.
func unpicked(lines []string, picked uint32) []string {
	if picked == 0 {
		return lines
	}
	var rest []string
	for i, l := range lines {
		if i >= maxPickable || picked&(1<<i) == 0 {
			rest = append(rest, l)
		}
	}
	return rest
}
