package bot

import (
	"slices"
	"strings"

	"pufa/content"
	"pufa/search"
)

// maxCrisisRunes is how much of a message is looked through for danger: more
// than a WeChat message can hold.
const maxCrisisRunes = 4000

// guard tells danger from its crisis words (promise 3). It looks at nothing but
// the text: no library, no limits, no dialogue.
type guard struct {
	words *wordSet
	rules []guardRule
	cards map[string]content.CrisisCard
}

type guardRule struct {
	card   string
	all    [][]int32 // each group needs one of its words
	unless []int32
}

func newGuard(table content.CrisisTable) *guard {
	g := &guard{cards: map[string]content.CrisisCard{}}
	for _, card := range table.Cards {
		g.cards[card.ID] = card
	}
	var list []string
	number := map[string]int32{}
	intern := func(words []string) []int32 {
		var out []int32
		for _, w := range table.Resolve(words) {
			folded := crisisText(w)
			n, ok := number[folded]
			if !ok {
				n = int32(len(list))
				number[folded] = n
				list = append(list, folded)
			}
			out = append(out, n)
		}
		return out
	}
	for _, rule := range table.Rules {
		r := guardRule{card: rule.Card, unless: intern(rule.Unless)}
		for _, group := range rule.All {
			r.all = append(r.all, intern(group))
		}
		g.rules = append(g.rules, r)
	}
	g.words = newWordSet(list)
	return g
}

// crisisText is a message as crisis words are looked for: folded, without gaps,
// so that spaces and punctuation inside a word hide nothing.
func crisisText(s string) string { return strings.ReplaceAll(search.Fold(s), " ", "") }

// card returns the card for a message in danger.
func (g *guard) card(text string) (content.CrisisCard, bool) {
	runes := []rune(crisisText(text))
	found := g.words.find(runes[:min(len(runes), maxCrisisRunes)])
	if found == nil {
		return content.CrisisCard{}, false
	}
	has := func(w int32) bool { return found[w] }
	for _, rule := range g.rules {
		if rule.matches(has) {
			return g.cards[rule.card], true
		}
	}
	return content.CrisisCard{}, false
}

func (r guardRule) matches(has func(int32) bool) bool {
	for _, group := range r.all {
		if !slices.ContainsFunc(group, has) {
			return false
		}
	}
	return !slices.ContainsFunc(r.unless, has)
}
