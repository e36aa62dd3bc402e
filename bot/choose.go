package bot

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"pufa/content"
)

const (
	// maxOptions is how many entries a model chooses among.
	maxOptions = 8
	oneHead    = "您问的是不是这件？回1看答案："

	// fusionDepth damps the places of the two rankings when they are joined:
	// an entry at place r of a ranking is worth 1/(fusionDepth+r).
	fusionDepth = 10.0
	// findWeight is what the places by meaning count beside those by words. It
	// was fitted on a made-up embedding only (docs/adr/0015-language-model.md).
	findWeight = 0.5
)

// chosen offers the entries that a model takes the question to be about, before
// what the library would have offered. It never answers: a model that is wrong
// costs the resident a tap, as a menu does.
// asked is false where there was nobody to ask or nothing to choose from.
func (e *Engine) chosen(ctx context.Context, t turn, s sought, question string, own Reply) (better Reply, asked bool) {
	near := e.near(ctx, t, s, question)
	entries := e.mentionable(t, near.ids)
	entries = entries[:min(len(entries), maxOptions)]
	if len(entries) == 0 {
		return own, near.asked
	}
	if e.opt.Model.Chooser == nil {
		return e.raised(t, s, own, near), near.asked
	}
	ids, ok, promise := e.ask(ctx, t, own, question, entries)
	switch {
	case ok && isChoice(ids, entries):
		return e.offerFirst(t, s, own, ids), true
	case ok && len(ids) == 0:
		return own, true // none of them fits: so the library's reply stands, nothing was chosen
	}
	better = e.raised(t, s, own, near)
	switch {
	case promise == nil:
		return better, true
	case better.Model: // there is something to tap at once
		promise.Drop()
		return better, true
	}
	return promised(own, promise), true
}

// isChoice reports whether ids are one to MaxChosen of the entries offered, none
// twice. Anything else is no choice, also where a part of it would be.
func isChoice(ids []string, among []*content.Entry) bool {
	if len(ids) == 0 || len(ids) > MaxChosen {
		return false
	}
	for i, id := range ids {
		offered := slices.ContainsFunc(among, func(e *content.Entry) bool { return e.ID == id })
		if !offered || slices.Contains(ids[:i], id) {
			return false
		}
	}
	return true
}

// offerFirst is the menu with ids first and behind them what the library
// offers anyway.
func (e *Engine) offerFirst(t turn, s sought, own Reply, ids []string) Reply {
	list := slices.Clone(ids)
	for _, c := range own.Choices {
		if c.Kind == EntryChoice && !slices.Contains(list, c.ID) {
			list = append(list, c.ID)
		}
	}
	var entries []*content.Entry
	for _, id := range list[:min(len(list), maxChoices)] {
		if entry, ok := e.lib.Entry(id); ok && e.mayAnswer(t, entry) {
			entries = append(entries, entry)
		}
	}
	return modelMenu(choicesOf(entries), append(s.manner.leadAsking(), s.manner.tail()...), s.verdict.score)
}

// modelMenu is a menu in which a model chose, with the label that says so.
func modelMenu(choices []Choice, lead []string, score float64) Reply {
	r := closeMenu(choices, lead, score)
	if len(choices) == 1 {
		r.Text = menuText(strings.Join(append(lead, oneHead), "\n\n"), choices, closeFoot)
	}
	r.Text += "\n\n" + Label
	r.Model = true
	return r
}

// nearness is what may be about a question, by words and by meaning together.
type nearness struct {
	ids       []string // the nearest first
	byMeaning []string // what the Finder said; empty where there is none
	asked     bool     // the Finder was asked
}

// near joins the ranking by words with that by meaning, if there is one. What
// only meaning knows stands behind what words know.
func (e *Engine) near(ctx context.Context, t turn, s sought, question string) nearness {
	var n nearness
	for _, hit := range s.found.Hits {
		n.ids = append(n.ids, hit.ID)
	}
	if e.opt.Model.Finder == nil || ctx.Err() != nil {
		return n
	}
	n.asked = true
	found, ok := within(ctx, func() ([]string, error) {
		return e.opt.Model.Finder.Find(ctx, t.purse(e), question, maxOptions)
	})
	if !ok {
		return n
	}
	for _, entry := range e.mentionable(t, found[:min(len(found), maxOptions)]) {
		n.byMeaning = append(n.byMeaning, entry.ID)
	}
	n.ids = fused(n.ids, n.byMeaning)
	return n
}

// fused joins two rankings by their places alone, because scores of different
// models do not compare. Ties go by id.
func fused(byWords, byMeaning []string) []string {
	worth := map[string]float64{}
	for i, id := range byWords {
		worth[id] += 1 / (fusionDepth + float64(i))
	}
	for i, id := range byMeaning {
		worth[id] += findWeight / (fusionDepth + float64(i))
	}
	list := make([]string, 0, len(worth))
	for id := range worth {
		list = append(list, id)
	}
	slices.SortFunc(list, func(a, b string) int {
		return cmp.Or(cmp.Compare(worth[b], worth[a]), cmp.Compare(a, b))
	})
	return list
}

// raised is the library's menu with what is near in meaning raised into it. A
// referral stays one unless words and meaning agree on the entry; nothing is
// ever answered.
func (e *Engine) raised(t turn, s sought, own Reply, n nearness) Reply {
	if len(n.byMeaning) == 0 {
		return own
	}
	best := n.byMeaning[0]
	switch {
	case own.Outcome == Menu && !hasChoice(own.Choices[:min(raisedTo, len(own.Choices))], best):
		return e.withRaised(s, own, best)
	case own.Outcome == Referred && s.agrees(best):
		return e.offerFirst(t, s, Reply{}, []string{best})
	}
	return own
}

// raisedTo is the line of a menu to which the nearest in meaning is raised.
const raisedTo = 4

func hasChoice(choices []Choice, id string) bool {
	return slices.ContainsFunc(choices, func(c Choice) bool { return c.Kind == EntryChoice && c.ID == id })
}

// withRaised puts an entry on line raisedTo of the library's menu.
func (e *Engine) withRaised(s sought, own Reply, id string) Reply {
	entry, ok := e.lib.Entry(id)
	if !ok {
		return own
	}
	list := slices.DeleteFunc(slices.Clone(own.Choices), func(c Choice) bool { return c.ID == id })
	list = slices.Insert(list, min(raisedTo-1, len(list)), Choice{EntryChoice, entry.ID, entry.Title})
	return modelMenu(list[:min(len(list), maxChoices)], append(s.manner.leadAsking(), s.manner.tail()...), own.Score)
}

// agrees reports whether an entry that is near in meaning is among the first
// three by words, and near enough to be named in a gap.
func (s sought) agrees(id string) bool {
	for _, hit := range s.found.Hits[:min(MaxChosen, len(s.found.Hits))] {
		if hit.ID == id {
			return hit.Score >= nearFloor
		}
	}
	return false
}
