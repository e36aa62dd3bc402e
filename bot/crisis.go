package bot

import (
	"slices"
	"strings"
	"sync"

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
	looks   looks
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

// look is the room that looking through a message takes, kept for the next one.
type look struct {
	runes           []rune
	words, found    []span
	harmless, spans []span
	led, from       []int32
}

// looks keeps the room of messages that were looked through. Nothing of a
// message is read again: each is written over from the start.
type looks struct{ pool sync.Pool }

func (p *looks) get() *look {
	if l, ok := p.pool.Get().(*look); ok {
		return l
	}
	return new(look)
}

// put keeps the room unless a long message has grown it.
func (p *looks) put(l *look) {
	if cap(l.runes)+cap(l.words)+cap(l.found) < maxCrisisRunes {
		clear(l.runes)
		p.pool.Put(l)
	}
}

// card returns the card for a message in danger: that of the first rule it
// meets, else what the scale gives.
func (g *guard) card(text string) (content.CrisisCard, bool) {
	l := g.looks.get()
	defer g.looks.put(l)
	l.runes = g.appendRunes(l.runes[:0], text)
	g.find(l)
	if rule := g.first(l); rule >= 0 {
		return g.cards[g.rules[rule].card], true
	}
	if g.scale == nil {
		return content.CrisisCard{}, false
	}
	card, ok := g.cards[g.scale.card(l.runes, g.calm(l.found))]
	return card, ok
}

// calm reports whether a word of the calming lists was found.
func (g *guard) calm(found []span) bool {
	return slices.ContainsFunc(found, func(s span) bool { return g.terms[s.word].calms })
}

// rule returns the number of the first rule that a message meets, -1 for none.
func (g *guard) rule(text string) int {
	l := look{runes: g.runes(text)}
	g.find(&l)
	return g.first(&l)
}

// runes is the part of a message that is looked through, folded.
func (g *guard) runes(text string) []rune { return g.appendRunes(nil, text) }

func (g *guard) appendRunes(runes []rune, text string) []rune {
	for _, r := range g.fold(text) {
		if len(runes) == maxCrisisRunes {
			break
		}
		runes = append(runes, r)
	}
	return runes
}

// find lists the terms of the table that count in a folded message.
func (g *guard) find(l *look) {
	l.words = g.words.appendFound(l.words[:0], l.runes)
	l.found = g.joined(g.meant(l.found[:0], l.words))
	g.dropIdle(l)
}

// first returns the number of the first rule that is met by what was found in
// a message.
func (g *guard) first(l *look) int {
	g.ledBy(l)
	if len(l.led) == 0 {
		return -1
	}
	grouped := g.grouped(l)
	for _, i := range l.led {
		if r := &g.rules[i]; (r.short == 0 || len(l.runes) <= r.short) && r.matches(grouped) {
			return int(i)
		}
	}
	return -1
}

// ledBy notes the rules whose danger was found, in order.
func (g *guard) ledBy(l *look) {
	l.led = l.led[:0]
	for _, s := range l.found {
		l.led = append(l.led, g.terms[s.word].leads...)
	}
	slices.Sort(l.led)
	l.led = slices.Compact(l.led)
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

// meant appends the terms that words are written for.
func (g *guard) meant(out, words []span) []span {
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

// dropIdle leaves out what is part of a harmless word or counts nowhere.
func (g *guard) dropIdle(l *look) {
	l.harmless = l.harmless[:0]
	for _, s := range l.found {
		if g.terms[s.word].harmless {
			l.harmless = append(l.harmless, s)
		}
	}
	l.found = slices.DeleteFunc(l.found, func(s span) bool {
		return len(g.terms[s.word].groups) == 0 || slices.ContainsFunc(l.harmless, s.belongsTo)
	})
}

// grouped sorts what was found by group.
func (g *guard) grouped(l *look) groupedSpans {
	l.from = slices.Grow(l.from[:0], g.groups+2)[:g.groups+2]
	clear(l.from)
	from := l.from
	for _, s := range l.found {
		for _, group := range g.terms[s.word].groups {
			from[group+2]++
		}
	}
	for i := 2; i < len(from); i++ {
		from[i] += from[i-1]
	}
	n := int(from[len(from)-1])
	l.spans = slices.Grow(l.spans[:0], n)[:n]
	for _, s := range l.found {
		for _, group := range g.terms[s.word].groups {
			l.spans[from[group+1]] = s
			from[group+1]++
		}
	}
	return groupedSpans{from, l.spans}
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
