package bot

import (
	"slices"
	"strings"

	"pufa/content"
	"pufa/search"
)

const (
	// maxCrisisRunes is how much of a message is looked through for danger: more
	// than a WeChat message can hold.
	maxCrisisRunes = 4000
	// maxGap is how many characters a ~ inside a crisis word stands for.
	maxGap = 6
)

// guard tells danger from its crisis words and, where they fail, from the scale
// (promise 3). It looks at nothing but the text: no library, no limits, no
// dialogue.
type guard struct {
	words   *wordSet
	readAs  *strings.Replacer
	terms   []crisisTerm
	meaning [][]int32   // word → the terms it is written for
	begins  [][]int32   // term → the terms with a ~ that begin with it
	rules   []guardRule // in order of urgency
	groups  int
	cards   map[string]content.CrisisCard
	scale   *scale // nil when the table has no cards for it
}

// crisisTerm is one word of the table, or several with gaps between them.
type crisisTerm struct {
	parts    []int32 // terms; empty for a word without a gap
	groups   []int32 // where the term counts
	leads    []int32 // rules whose danger it is
	harmless bool
	calms    bool // the scale must be surer beside it
}

type guardRule struct {
	card               string
	all                [][]int32 // groups that count as one, the danger itself first
	unless             []int32   // groups
	near, reach, short int
}

// card returns the card for a message in danger: that of the first rule it
// meets, else what the scale gives.
func (g *guard) card(text string) (content.CrisisCard, bool) {
	runes := g.runes(text)
	found := g.find(runes)
	if rule := g.first(found, len(runes)); rule >= 0 {
		return g.cards[g.rules[rule].card], true
	}
	if g.scale == nil {
		return content.CrisisCard{}, false
	}
	calm := slices.ContainsFunc(found, func(s span) bool { return g.terms[s.word].calms })
	card, ok := g.cards[g.scale.card(runes, calm)]
	return card, ok
}

// rule returns the number of the first rule that a message meets, -1 for none.
func (g *guard) rule(text string) int {
	runes := g.runes(text)
	return g.first(g.find(runes), len(runes))
}

// runes is the part of a message that is looked through, folded.
func (g *guard) runes(text string) []rune {
	runes := []rune(g.fold(text))
	return runes[:min(len(runes), maxCrisisRunes)]
}

// find lists the terms of the table that count in a folded message.
func (g *guard) find(runes []rune) []span {
	words := g.words.find(runes)
	if words == nil {
		return nil
	}
	return g.counting(g.joined(g.meant(words)))
}

// first returns the number of the first rule that is met by what was found in
// a message of so many characters.
func (g *guard) first(found []span, length int) int {
	led := g.ledBy(found)
	if len(led) == 0 {
		return -1
	}
	grouped := g.grouped(found)
	for _, i := range led {
		if r := &g.rules[i]; (r.short == 0 || length <= r.short) && r.matches(grouped) {
			return int(i)
		}
	}
	return -1
}

// ledBy returns the rules whose danger was found, in order.
func (g *guard) ledBy(found []span) (rules []int32) {
	for _, s := range found {
		rules = append(rules, g.terms[s.word].leads...)
	}
	slices.Sort(rules)
	return slices.Compact(rules)
}

// fold is a message as crisis words are looked for: folded, toned letters made
// plain, without gaps, so that spaces and punctuation inside a word hide
// nothing, and with the table's ways of writing made one.
func (g *guard) fold(s string) string {
	s = strings.ReplaceAll(search.Fold(s), " ", "")
	return g.readAs.Replace(strings.Map(plainLetter, s))
}

// plainLetter takes the tone from a letter of pinyin: mìng → ming.
func plainLetter(r rune) rune {
	if r < 0xE0 || r > 0x1DC {
		return r
	}
	for i, toned := range [...]string{"āáǎà", "ēéěè", "īíǐì", "ōóǒò", "ūúǔù", "ǖǘǚǜü"} {
		if strings.ContainsRune(toned, r) {
			return rune("aeiouv"[i])
		}
	}
	return r
}

// meant turns words into the terms they are written for.
func (g *guard) meant(words []span) []span {
	out := make([]span, 0, len(words)+8)
	for _, w := range words {
		for _, term := range g.meaning[w.word] {
			out = append(out, span{term, w.start, w.end})
		}
	}
	return out
}

// joined adds the terms whose parts stand one after another. found is ordered
// by start.
func (g *guard) joined(found []span) []span {
	plain := found
	for i, first := range plain {
		for _, term := range g.begins[first.word] {
			if end, ok := follow(plain[i+1:], g.terms[term].parts[1:], first.end); ok {
				found = append(found, span{term, first.start, end})
			}
		}
	}
	return found
}

// follow finds the parts in order, each within maxGap of the end of the one
// before, and returns where the last one ends.
func follow(found []span, parts []int32, end int) (int, bool) {
	if len(parts) == 0 {
		return end, true
	}
	for i, s := range found {
		if s.start > end+maxGap {
			break
		}
		if s.word != parts[0] || s.start < end {
			continue
		}
		if last, ok := follow(found[i+1:], parts[1:], s.end); ok {
			return last, true
		}
	}
	return 0, false
}

// counting leaves out what is part of a harmless word or counts nowhere.
func (g *guard) counting(found []span) []span {
	harmless := slices.DeleteFunc(slices.Clone(found), func(s span) bool { return !g.terms[s.word].harmless })
	return slices.DeleteFunc(found, func(s span) bool {
		return len(g.terms[s.word].groups) == 0 || slices.ContainsFunc(harmless, s.belongsTo)
	})
}

// grouped sorts what was found by group.
func (g *guard) grouped(found []span) groupedSpans {
	from := make([]int32, g.groups+2)
	for _, s := range found {
		for _, group := range g.terms[s.word].groups {
			from[group+2]++
		}
	}
	for i := 2; i < len(from); i++ {
		from[i] += from[i-1]
	}
	spans := make([]span, from[len(from)-1])
	for _, s := range found {
		for _, group := range g.terms[s.word].groups {
			spans[from[group+1]] = s
			from[group+1]++
		}
	}
	return groupedSpans{from, spans}
}

// groupedSpans holds what was found of each group: those of group n stand from
// from[n] to from[n+1].
type groupedSpans struct {
	from  []int32
	spans []span
}

func (f groupedSpans) of(group int32) []span { return f.spans[f.from[group]:f.from[group+1]] }

// some reports whether a span of one of the groups fulfils ok.
func (f groupedSpans) some(groups []int32, ok func(span) bool) bool {
	return slices.ContainsFunc(groups, func(group int32) bool { return slices.ContainsFunc(f.of(group), ok) })
}

// has reports whether anything of one of the groups was found.
func (f groupedSpans) has(groups []int32) bool {
	return slices.ContainsFunc(groups, func(group int32) bool { return len(f.of(group)) > 0 })
}

// belongsTo reports whether a word is only seen because of a longer harmless
// one: it stands inside it (救命 in 救命钱) or ends with its beginning (还在打 in
// 还在打工).
func (s span) belongsTo(h span) bool {
	if h.start <= s.start {
		return s.end <= h.end && h.end-h.start > s.end-s.start
	}
	return h.start < s.end && s.end < h.end
}

func (r *guardRule) matches(found groupedSpans) bool {
	for _, groups := range r.all {
		if !found.has(groups) {
			return false
		}
	}
	return found.some(r.all[0], func(danger span) bool { return r.fits(danger, found) })
}

// fits reports whether nothing lifts this place of danger and the other words
// stand near it.
func (r *guardRule) fits(danger span, found groupedSpans) bool {
	if found.some(r.unless, func(s span) bool { return danger.start-s.end <= r.reach }) {
		return false
	}
	near := func(s span) bool {
		return r.near == 0 || s.start-danger.end <= r.near && danger.start-s.end <= r.near
	}
	for _, groups := range r.all[1:] {
		if !found.some(groups, near) {
			return false
		}
	}
	return true
}
