package bot

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pufa/content"
)

// guardBuilder turns the crisis table into a guard: it writes each word in all
// the ways it may be typed and numbers terms and groups.
type guardBuilder struct {
	guard
	table    content.CrisisTable
	termOf   map[string]int32
	wordOf   map[string]int32
	lists    map[string]int32 // named list → its group
	spelling []string
}

func newGuard(table content.CrisisTable) *guard {
	b := guardBuilder{
		table:  table,
		termOf: map[string]int32{},
		wordOf: map[string]int32{},
		lists:  map[string]int32{},
		guard:  guard{readAs: readAs(table.Same), cards: map[string]content.CrisisCard{}},
	}
	for _, card := range table.Cards {
		b.cards[card.ID] = card
	}
	for _, w := range table.Resolve(table.Harmless) {
		b.terms[b.term(w, false)].harmless = true
	}
	for _, rule := range table.Rules {
		b.addRule(rule)
	}
	for _, list := range calming {
		for _, w := range table.Words[list] {
			b.terms[b.term(w, false)].calms = true
		}
	}
	b.words = newWordSet(b.spelling)
	b.scale = b.shippedScale()
	return &b.guard
}

// shippedScale is the scale, if the table has the cards that it gives.
func (b *guardBuilder) shippedScale() *scale {
	for _, card := range []string{unknownCard, selfCard} {
		if _, ok := b.cards[card]; !ok {
			return nil
		}
	}
	s, err := parseScale(crisisWeights)
	if err != nil {
		panic(fmt.Sprintf("the embedded crisis weights: %v", err)) // TestShippedScale rules it out
	}
	return s
}

// readAs builds the replacer of the table's ways of writing, longer ones first.
func readAs(same map[string]string) *strings.Replacer {
	keys := slices.SortedFunc(maps.Keys(same), func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	var pairs []string
	for _, k := range keys {
		pairs = append(pairs, k, same[k])
	}
	return strings.NewReplacer(pairs...)
}

func (b *guardBuilder) addRule(rule content.CrisisRule) {
	r := guardRule{
		card: rule.Card, unless: b.groupsOf(rule.Unless, false),
		near: rule.Near, reach: cmp.Or(rule.Reach, b.table.Reach), short: rule.Short,
	}
	for _, words := range rule.All {
		r.all = append(r.all, b.groupsOf(words, true))
	}
	b.rules = append(b.rules, r)
	for t := range b.terms {
		if slices.ContainsFunc(b.terms[t].groups, func(group int32) bool { return slices.Contains(r.all[0], group) }) {
			b.terms[t].leads = append(b.terms[t].leads, int32(len(b.rules)-1))
		}
	}
}

// groupsOf returns the groups of a list of words: one for each named list,
// which many rules share, and one for the rule's own words.
func (b *guardBuilder) groupsOf(words []string, sounded bool) (groups []int32) {
	var own []string
	for _, w := range words {
		if !strings.HasPrefix(w, "$") {
			own = append(own, w)
			continue
		}
		key := fmt.Sprint(w, sounded)
		if _, ok := b.lists[key]; !ok {
			b.lists[key] = b.group(b.table.Resolve([]string{w}), sounded)
		}
		groups = append(groups, b.lists[key])
	}
	if len(own) > 0 {
		groups = append(groups, b.group(own, sounded))
	}
	return groups
}

func (b *guardBuilder) group(words []string, sounded bool) int32 {
	number := int32(b.groups)
	b.groups++
	for _, w := range words {
		t := b.term(w, sounded)
		if !slices.Contains(b.terms[t].groups, number) {
			b.terms[t].groups = append(b.terms[t].groups, number)
		}
	}
	return number
}

// term returns the number of a word of the table; sounded: its letters may
// stand for its characters.
func (b *guardBuilder) term(word string, sounded bool) int32 {
	parts := strings.Split(word, "~")
	if len(parts) == 1 {
		folded := b.fold(word)
		t := b.number(folded)
		b.write(folded, t)
		if sounded {
			for _, s := range spellings(folded, b.table.Sounds) {
				b.write(s, t)
			}
		}
		return t
	}
	var numbers []int32
	for _, p := range parts {
		numbers = append(numbers, b.term(p, sounded))
	}
	t := b.number(word)
	if b.terms[t].parts == nil {
		b.terms[t].parts = numbers
		b.begins[numbers[0]] = append(b.begins[numbers[0]], t)
	}
	return t
}

func (b *guardBuilder) number(key string) int32 {
	t, ok := b.termOf[key]
	if !ok {
		t = int32(len(b.terms))
		b.termOf[key] = t
		b.terms = append(b.terms, crisisTerm{})
		b.begins = append(b.begins, nil)
	}
	return t
}

// write notes that a spelling stands for a term.
func (b *guardBuilder) write(spelling string, term int32) {
	n, ok := b.wordOf[spelling]
	if !ok {
		n = int32(len(b.spelling))
		b.wordOf[spelling] = n
		b.spelling = append(b.spelling, spelling)
		b.meaning = append(b.meaning, nil)
	}
	if !slices.Contains(b.meaning[n], term) {
		b.meaning[n] = append(b.meaning[n], term)
	}
}

const (
	// maxSounded is how many characters of a word are also looked for as letters
	// one by one.
	maxSounded = 4
	// minLetters is how long a word of letters alone must be: shorter ones stand
	// in other words too.
	minLetters = 6
)

// spellings writes a word with letters for any of its characters: 救命 →
// jiu命, 救ming, jiuming.
func spellings(word string, sounds map[string]string) []string {
	runes := []rune(word)
	var at []int
	for i, r := range runes {
		if sounds[string(r)] != "" && len(at) < maxSounded {
			at = append(at, i)
		}
	}
	var out []string
	for mask := 1; mask < 1<<len(at); mask++ {
		var s strings.Builder
		letters := 0
		for i, r := range runes {
			if k := slices.Index(at, i); k >= 0 && mask&(1<<k) != 0 {
				s.WriteString(sounds[string(r)])
				letters++
			} else {
				s.WriteRune(r)
			}
		}
		if letters < len(runes) && len(runes) > 1 || s.Len() >= minLetters && letters == len(runes) {
			out = append(out, s.String())
		}
	}
	return out
}
