package search

import (
	"slices"
)

// Evidence is what speaks for a document, most of it in 0 to 1; Second and
// Elsewhere go up to the sum of the channel weights and coverWeight, Shared
// grows with the number of telling pairs in common.
type Evidence struct {
	Pair      float32 // likeness of pairs of characters, best wording
	Single    float32 // likeness of single characters, same wording
	Sound     float32 // likeness of pairs of sounds, same wording
	Covered   float32 // share of the question that stands in the same wording
	Holds     float32 // share of the wording that stands in the question
	Known     float32 // share of the question that stands in the document, by how much it is about it
	Second    float32 // likeness of the next best wording of the document
	Shared    float32 // how much the same wording shares, whatever the lengths
	Elsewhere float32 // likeness of the nearest look-alike that belongs elsewhere
}

// Hit is a document that was found.
type Hit struct {
	Doc      int
	ID       string
	Wording  string // the one that matched best
	Score    float32
	Evidence Evidence
}

// Result is what a question found, and how much of it is known at all.
type Result struct {
	Hits    []Hit
	Seen    float32 // share of the question that stands anywhere in the index
	Letters int     // characters of the question after folding
}

// weights of one wording's channels when wordings are ranked; fitted together
// with bot's evidence (docs/adr, retrieval).
var channelWeight = [channels]float32{single: 0.25, pair: 0.45, sound: 0.3}

const (
	coverWeight  = 0.35
	knownWeight  = 0.55
	secondWeight = 0.2
	awayWeight   = 0.3
	// synonymFactor is the weight of a word that stands for another.
	synonymFactor = 0.6
)

// ask is a question on its way: its grams with weight, and the lengths.
type ask struct {
	grams []askGram
	norm  [channels]float32
	mass  [channels]float32
	seen  float32
}

type askGram struct {
	term   int32
	c      channel
	idf    float32
	factor float32
}

// Search ranks documents for a question and returns at most k, best first;
// equal ones by id.
func (ix *Index) Search(question string, k int) Result {
	text := ranked(question)
	q := ix.ask(text)
	s := ix.scratch.Get().(*scratch)
	defer ix.scratch.Put(s)
	ix.gather(q, s)
	hits := ix.collect(q, s, k)
	s.clear()
	return Result{Hits: hits, Seen: q.seen, Letters: letters(text)}
}

func letters(text []rune) (n int) {
	for _, r := range text {
		if r != gap {
			n++
		}
	}
	return n
}

func (ix *Index) ask(text []rune) ask {
	var q ask
	own := ix.grams(text)
	q.grams = make([]askGram, 0, 2*len(own))
	var mass, known float32
	for _, g := range own {
		c := g.channel()
		id, ok := ix.terms[g]
		weight := ix.unseen[c]
		if ok {
			if weight = ix.list[id].idf; weight == 0 {
				continue
			}
			q.grams = append(q.grams, askGram{id, c, weight, 1})
		}
		q.norm[c] += weight * weight
		q.mass[c] += weight
		if c == pair {
			mass += weight
			if ok {
				known += weight
			}
		}
	}
	for c := range channels {
		q.norm[c] = sqrt(q.norm[c])
	}
	q.seen = ratio(known, mass)
	q.grams = ix.addSynonyms(q.grams, text)
	return q
}

// addSynonyms adds what the question also asks for; it makes the question no
// longer, so that a synonym can only help.
func (ix *Index) addSynonyms(grams []askGram, text []rune) []askGram {
	extra := ix.synonyms.expand(text)
	if extra == nil {
		return grams
	}
	for _, g := range ix.grams(extra) {
		id, ok := ix.terms[g]
		if !ok || ix.list[id].idf == 0 || slices.ContainsFunc(grams, func(a askGram) bool { return a.term == id }) {
			continue
		}
		grams = append(grams, askGram{id, g.channel(), ix.list[id].idf, synonymFactor})
	}
	return grams
}

func ratio(part, whole float32) float32 {
	if whole <= 0 {
		return 0
	}
	return min(1, part/whole)
}

// tally is what a wording has in common with a question.
type tally struct {
	dot  [channels]float32
	mass [channels]float32
}

// scratch is the working memory of one search.
type scratch struct {
	tallies []tally
	touched []int32 // wordings
	known   []knowing
	docs    []int32 // touched
	met     []bool
	far     []bool
	best    []bestOf
}

// meet notes that document d shares something with the question.
func (s *scratch) meet(d int32) {
	if !s.met[d] {
		s.met[d] = true
		s.docs = append(s.docs, d)
		s.best[d].wording = -1
	}
}

// knowing is how much of a question stands anywhere in a document.
type knowing struct{ letters, sounds float32 }

// bestOf is the state of one document while its wordings are compared.
type bestOf struct {
	wording int32
	first   float32
	second  float32
	away    float32
}

func newScratch(wordings, docs int) *scratch {
	return &scratch{
		tallies: make([]tally, wordings), known: make([]knowing, docs),
		met: make([]bool, docs), far: make([]bool, docs), best: make([]bestOf, docs),
	}
}

func (s *scratch) clear() {
	for _, w := range s.touched {
		s.tallies[w] = tally{}
	}
	for _, d := range s.docs {
		s.known[d], s.met[d], s.best[d] = knowing{}, false, bestOf{}
	}
	s.touched, s.docs = s.touched[:0], s.docs[:0]
}

// gather adds up what each document shares with the question, then what the
// wordings of those do that are not far behind.
func (ix *Index) gather(q ask, s *scratch) {
	for _, g := range q.grams {
		mass := g.factor * g.idf
		for _, p := range ix.list[g.term].docs {
			s.meet(p.doc)
			if g.c == sound {
				s.known[p.doc].sounds += mass * p.weight
			} else {
				s.known[p.doc].letters += mass * p.weight
			}
		}
	}
	s.leaveBehind(q)
	for _, g := range q.grams {
		t := &ix.list[g.term]
		square, mass := g.factor*g.idf*g.idf, g.factor*g.idf
		for _, p := range t.docs {
			if s.far[p.doc] {
				continue
			}
			for _, w := range t.wordings[p.from:p.to] {
				y := &s.tallies[w]
				if *y == (tally{}) {
					s.touched = append(s.touched, w)
				}
				y.dot[g.c] += square
				y.mass[g.c] += mass
			}
		}
	}
}

// farBehind is the share of the best document's Known below which a document's
// wordings are not looked at: comparing them would take most of the time and
// moves nothing to the front.
const farBehind = 0.45

func (s *scratch) leaveBehind(q ask) {
	var most float32
	for _, d := range s.docs {
		most = max(most, q.known(s.known[d]))
	}
	for _, d := range s.docs {
		s.far[d] = q.known(s.known[d]) < farBehind*most
	}
}

// collect returns the k best documents that share something, best first.
func (ix *Index) collect(q ask, s *scratch, k int) []Hit {
	for _, w := range s.touched {
		ix.compare(q, s, w)
	}
	hits := make([]Hit, 0, k+1)
	for _, d := range s.docs {
		if s.best[d].wording < 0 && s.known[d] == (knowing{}) {
			continue // only a look-alike shares something
		}
		score := q.score(s.best[d], s.known[d])
		if len(hits) == k && k > 0 && !better(score, ix.docs[d].ID, hits[k-1]) {
			continue
		}
		at := len(hits)
		for at > 0 && better(score, ix.docs[d].ID, hits[at-1]) {
			at--
		}
		hits = slices.Insert(hits, at, Hit{Doc: int(d), ID: ix.docs[d].ID, Score: score})
		hits = hits[:min(k, len(hits))]
	}
	for i := range hits {
		ix.explain(q, s, &hits[i])
	}
	return hits
}

// better reports whether a document stands before a hit: by score, then by id,
// so that equal ones always come in the same order.
func better(score float32, id string, h Hit) bool {
	return score > h.Score || score == h.Score && id < h.ID
}

// score is what documents are ranked by.
func (q ask) score(b bestOf, k knowing) float32 {
	return b.first + secondWeight*b.second + knownWeight*q.known(k) - awayWeight*b.elsewhere()
}

// elsewhere is how much nearer the nearest look-alike is than the best wording.
func (b bestOf) elsewhere() float32 { return max(0, b.away-b.first) }

// compare keeps wording w if it is the best of its document so far.
func (ix *Index) compare(q ask, s *scratch, w int32) {
	word := &ix.wordings[w]
	b := &s.best[word.doc]
	likeness := ix.likeness(q, s.tallies[w], word)
	switch {
	case word.not:
		b.away = max(b.away, likeness)
	case b.wording < 0 || likeness > b.first:
		b.wording, b.second, b.first = w, b.first, likeness
	default:
		b.second = max(b.second, likeness)
	}
}

func (ix *Index) likeness(q ask, y tally, w *wording) (sum float32) {
	for c := range channels {
		sum += channelWeight[c] * cosine(y.dot[c], q.norm[c], w.norm[c])
	}
	return sum + coverWeight*q.covered(y)
}

// soundShare is what a question covered by its sounds counts against one
// covered by its characters.
const soundShare = 0.8

// covered is the share of the question that a wording has, by characters or,
// where those are mistyped, by sounds.
func (q ask) covered(y tally) float32 {
	return max(ratio(y.mass[pair]+y.mass[single], q.letters()), soundShare*ratio(y.mass[sound], q.mass[sound]))
}

func (q ask) known(k knowing) float32 {
	return max(ratio(k.letters, q.letters()), soundShare*ratio(k.sounds, q.mass[sound]))
}

func (q ask) letters() float32 { return q.mass[pair] + q.mass[single] }

func cosine(dot, a, b float32) float32 {
	if a == 0 || b == 0 {
		return 0
	}
	return min(1, dot/(a*b))
}

// explain fills in the evidence of a hit.
func (ix *Index) explain(q ask, s *scratch, h *Hit) {
	b := s.best[h.Doc]
	h.Evidence = Evidence{Known: q.known(s.known[h.Doc]), Elsewhere: b.elsewhere()}
	if b.wording < 0 { // found by a keyword, the title or the text alone
		return
	}
	w, y := &ix.wordings[b.wording], s.tallies[b.wording]
	h.Wording = ix.texts[b.wording]
	h.Evidence = Evidence{
		Pair:      cosine(y.dot[pair], q.norm[pair], w.norm[pair]),
		Single:    cosine(y.dot[single], q.norm[single], w.norm[single]),
		Sound:     cosine(y.dot[sound], q.norm[sound], w.norm[sound]),
		Covered:   q.covered(y),
		Holds:     ratio(y.mass[pair]+y.mass[single], w.mass[pair]+w.mass[single]),
		Known:     q.known(s.known[h.Doc]),
		Second:    b.second,
		Shared:    max(y.mass[pair], soundShare*y.mass[sound]),
		Elsewhere: b.elsewhere(),
	}
}
