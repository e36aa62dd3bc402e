package search

import (
	"math"
	"strings"
	"sync"
)

// Document is what can be found: several wordings of one question, the words
// that point at it, and the text around it.
type Document struct {
	ID       string
	Wordings []string // the standard one first
	Keywords []string
	Title    string
	Text     string   // the answer; helps a little
	Not      []string // questions that sound alike and belong elsewhere
}

// Synonym makes a question that has one of Say also ask for Means.
type Synonym struct {
	Say   []string
	Means string
}

// channel is one way of looking at a text.
type channel int

// The channels: single characters, pairs of characters, pairs of sounds.
const (
	single channel = iota
	pair
	sound
	channels
)

// gram is a packed character, pair or pair of sounds.
type gram uint64

func packSingle(r rune) gram     { return gram(single)<<62 | gram(r) }
func packPair(a, b rune) gram    { return gram(pair)<<62 | gram(a)<<24 | gram(b) }
func packSound(a, b uint16) gram { return gram(sound)<<62 | gram(a)<<24 | gram(b) }

// packWord packs a latin word (app, vip) as if it were a pair: words are
// compared whole, by a hash.
func packWord(word []rune) gram {
	h := uint64(14695981039346656037)
	for _, r := range word {
		h = (h ^ uint64(r)) * 1099511628211
	}
	return gram(pair)<<62 | gram(1)<<61 | gram(h>>4)
}

func (g gram) channel() channel { return channel(g >> 62) }

// term is a gram of the index: how much it tells, and where it stands.
type term struct {
	idf      float32
	wordings []int32   // ascending
	docs     []posting // ascending by doc
}

// posting is a gram's weight in the whole of a document, and the part of the
// term's wordings that are the document's. The weight is 0 where only a
// look-alike has the gram.
type posting struct {
	doc      int32
	weight   float32
	from, to int32
}

// wording is one way to ask; norm[c] is the length of its vector in channel c,
// mass[c] the sum of its idf.
type wording struct {
	doc  int32
	not  bool // a look-alike: evidence against doc
	norm [channels]float32
	mass [channels]float32
}

// Index ranks documents by their wordings. It does not change after New, so
// any number of goroutines may search it.
type Index struct {
	docs     []Document
	wordings []wording
	texts    []string // of wordings, for explanations
	terms    map[gram]int32
	list     []term
	sounds   *sounds
	synonyms *synonyms
	unseen   [channels]float32 // idf of a gram that stands nowhere
	scratch  sync.Pool
}

// What a gram gains in a document by each place where it stands. Standing in
// many wordings makes it what the document is about; standing in one may be
// chance.
const (
	perWording = 1
	perKeyword = 2
	perTitle   = 1.5
	perText    = 0.4
	// halfway is the gain at which a gram has half its weight.
	halfway = 2
)

// New builds the index of docs; synonyms may be nil.
func New(docs []Document, syn []Synonym) *Index {
	ix := &Index{
		docs: docs, terms: make(map[gram]int32, 1<<14),
		sounds: newSounds(), synonyms: newSynonyms(syn),
	}
	for d := range docs {
		ix.addDocument(int32(d))
	}
	ix.weigh()
	ix.measure()
	ix.scratch.New = func() any { return newScratch(len(ix.wordings), len(ix.docs)) }
	return ix
}

func (ix *Index) addDocument(d int32) {
	doc := &ix.docs[d]
	gains, from := map[int32]float32{}, map[int32]int32{}
	note := func(text string, gain float32) []int32 {
		ids := ix.intern(ix.grams(ranked(text)))
		for _, id := range ids {
			if _, again := from[id]; !again {
				from[id] = int32(len(ix.list[id].wordings))
			}
			gains[id] += gain
		}
		return ids
	}
	for _, q := range doc.Wordings {
		ix.addWording(d, q, false, note(q, perWording))
	}
	for _, q := range doc.Not {
		ix.addWording(d, q, true, note(q, 0))
	}
	note(strings.Join(doc.Keywords, " "), perKeyword)
	note(doc.Title, perTitle)
	note(doc.Text, perText)
	for id, gain := range gains {
		t := &ix.list[id]
		t.docs = append(t.docs, posting{d, gain / (gain + halfway), from[id], int32(len(t.wordings))})
	}
}

func (ix *Index) addWording(d int32, text string, not bool, ids []int32) {
	w := int32(len(ix.wordings))
	ix.wordings = append(ix.wordings, wording{doc: d, not: not})
	ix.texts = append(ix.texts, text)
	for _, id := range ids {
		ix.list[id].wordings = append(ix.list[id].wordings, w)
	}
}

// intern returns the numbers of grams, making new ones.
func (ix *Index) intern(grams []gram) []int32 {
	ids := make([]int32, len(grams))
	for i, g := range grams {
		id, ok := ix.terms[g]
		if !ok {
			id = int32(len(ix.list))
			ix.terms[g] = id
			ix.list = append(ix.list, term{})
		}
		ids[i] = id
	}
	return ids
}

// weigh sets each term's idf by the documents it stands in; one that has it
// only in the answer's text counts for less.
func (ix *Index) weigh() {
	n := float64(len(ix.docs))
	for id := range ix.list {
		df := 0.0
		for _, p := range ix.list[id].docs {
			switch {
			case p.weight > perText/(perText+halfway)+0.01:
				df++
			case p.weight > 0:
				df += perText
			}
		}
		if ix.list[id].idf = idf(n, df); n >= stopFrom && df > stopShare*n {
			ix.list[id].stop()
		}
	}
	for c := range channels {
		ix.unseen[c] = idf(n, 0)
	}
}

// stopShare is the share of the documents past which a gram tells nothing and
// is left out of question and wording alike: it would cost most of the time.
// An index of fewer than stopFrom documents keeps every gram.
const (
	stopShare = 0.4
	stopFrom  = 50
)

func (t *term) stop() { t.idf, t.wordings, t.docs = 0, nil, nil }

func idf(n, df float64) float32 { return float32(math.Log(1 + (n-df+0.5)/(df+0.5))) }

// measure sums up every wording's vector.
func (ix *Index) measure() {
	channelOf := make([]channel, len(ix.list))
	for g, id := range ix.terms {
		channelOf[id] = g.channel()
	}
	for id := range ix.list {
		t, c := &ix.list[id], channelOf[id]
		for _, w := range t.wordings {
			ix.wordings[w].norm[c] += t.idf * t.idf
			ix.wordings[w].mass[c] += t.idf
		}
	}
	for w := range ix.wordings {
		for c := range channels {
			ix.wordings[w].norm[c] = sqrt(ix.wordings[w].norm[c])
		}
	}
}

func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// grams returns the different grams of a text, in order of first standing.
func (ix *Index) grams(text []rune) []gram {
	out := make([]gram, 0, 3*len(text))
	for i := 0; i < len(text); i++ {
		r := text[i]
		if isLatin(r) {
			end := wordEnd(text, i)
			if word := text[i:end]; !ix.sounds.spells(string(word)) {
				out = append(out, packWord(word))
			}
			i = end - 1
			continue
		}
		if r == gap {
			continue
		}
		out = append(out, packSingle(r))
		if i > 0 && text[i-1] != gap && !isLatin(text[i-1]) {
			out = append(out, packPair(text[i-1], r))
		}
	}
	syllables := ix.sounds.of(text)
	for i := 1; i < len(syllables); i++ {
		if syllables[i-1] != 0 && syllables[i] != 0 {
			out = append(out, packSound(syllables[i-1], syllables[i]))
		}
	}
	return distinct(out)
}

// wordEnd is where the latin word that begins at i ends.
func wordEnd(text []rune, i int) int {
	for i < len(text) && isLatin(text[i]) {
		i++
	}
	return i
}

// distinct keeps the first of each gram; short lists make a map a waste.
func distinct(grams []gram) []gram {
	seen := make(map[gram]struct{}, len(grams))
	kept := grams[:0]
	for _, g := range grams {
		if _, again := seen[g]; !again {
			seen[g] = struct{}{}
			kept = append(kept, g)
		}
	}
	return kept
}
