package statute

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"pufa/search"
)

// Bounds of a search: what is looked at of a long message, and how many
// articles are returned at most.
const (
	maxQuestion = 300 // runes
	maxHits     = 200
)

// What the words that a synonym adds weigh beside the question's own, and what
// a core law gains, as a share of the best score that the question can reach.
const (
	synonymShare = 0.4
	coreShare    = 0.06
)

// SearchOptions say what a Searcher finds.
type SearchOptions struct {
	Day      Day
	Rules    Rules
	Synonyms []search.Synonym // what neighbours say, beside the package's own table
}

// Searcher ranks the articles that are in force on one day. Any number of
// goroutines may use it.
type Searcher struct {
	library  *Library
	textOf   []int32 // document → text, -1 where it is not in force
	prior    []float32
	synonyms lexicon
	scores   sync.Pool
}

// Hit is an article that may be about a question. Its words are not loaded.
type Hit struct {
	Text    *Text // without words
	Article string
	Chapter string
	Score   float64 // comparable within one search only
	Share   float64 // of what an article with all of the question would reach: comparable between searches

	index int
}

// Searcher prepares searches for a day: which of the indexed articles are in
// force then. A day before the file was written misses editions that had ended
// by then: SearchFrom is the first day that is complete.
func (l *Library) Searcher(o SearchOptions) *Searcher {
	s := &Searcher{library: l, synonyms: newLexicon(o.Synonyms)}
	inForce := l.corpus.inForceOn(o.Day, o.Rules)
	core := coreTitles()
	weights := make([]float32, len(l.corpus.texts))
	for i, t := range l.corpus.texts {
		weights[i] = core[foldTitle(t.Title)]
	}
	s.textOf, s.prior = make([]int32, len(l.index.docs)), make([]float32, len(l.index.docs))
	text := 0
	for d, article := range l.index.docs {
		for int(article) >= l.firsts[text+1] {
			text++
		}
		s.textOf[d] = -1
		if inForce[l.corpus.texts[text].ID] {
			s.textOf[d], s.prior[d] = int32(text), weights[text]
		}
	}
	s.scores.New = func() any { scores := make([]float32, len(s.textOf)); return &scores }
	return s
}

// SearchFrom is the day from which on searches are complete.
func (l *Library) SearchFrom() Day { return l.from }

// inForceOn returns the ids of the texts in force, amendments left out.
func (c *Corpus) inForceOn(day Day, rules Rules) map[string]bool {
	folded := rules.folded()
	ids := map[string]bool{}
	for key, texts := range c.byTitle {
		if texts[0].Amends() {
			continue
		}
		if t, err := c.inForce(key, day, folded); err == nil {
			ids[t.ID] = true
		}
	}
	return ids
}

// Articles is how many articles can be found.
func (s *Searcher) Articles() (n int) {
	for _, t := range s.textOf {
		n += one(t >= 0)
	}
	return n
}

// Search returns the k articles, at most maxHits, that are likest to text, the
// best first; of equals the one that stands first.
func (s *Searcher) Search(text string, k int) []Hit {
	if k < 1 {
		return nil
	}
	kept := s.scores.Get().(*[]float32)
	defer s.scores.Put(kept)
	scores := *kept
	clear(scores)
	most, unknown := s.score(scores, cutRunes(text, maxQuestion))
	if most == 0 {
		return nil
	}
	hits := s.best(scores, most*coreShare, min(k, maxHits))
	for i := range hits {
		hits[i].Share = hits[i].Score / float64(most+unknown)
	}
	return hits
}

// asked is a gram of a question and its weight.
type asked struct {
	gram   gram
	weight float32
}

// score adds up what every document has of the question, and returns what one
// that had all of it would reach, and what no document has.
func (s *Searcher) score(scores []float32, text string) (most, unknown float32) {
	n := float64(len(s.textOf))
	for _, q := range s.ask(text) {
		list, found := s.library.index.list(q.gram)
		weight := q.weight * float32(math.Log(1+(n-float64(found)+0.5)/(float64(found)+0.5)))
		if found == 0 {
			unknown += weight
			continue
		}
		most += weight
		addTo(scores, list, weight)
	}
	return most, unknown
}

// ask lists the grams of a question once each, then those of its synonyms.
func (s *Searcher) ask(text string) []asked {
	seen := map[gram]bool{}
	var out []asked
	add := func(words string, weight float32) {
		for _, g := range appendGrams(nil, words) {
			if !seen[g] {
				seen[g] = true
				out = append(out, asked{g, weight})
			}
		}
	}
	add(text, 1)
	for _, words := range s.synonyms.find(search.Fold(text)) {
		add(words, synonymShare)
	}
	return out
}

// best collects the documents in force with the highest scores.
func (s *Searcher) best(scores []float32, core float32, k int) []Hit {
	type scored struct {
		doc   int
		score float32
	}
	var top []scored
	byScore := func(a, b scored) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.doc, b.doc)) }
	for doc, score := range scores {
		if score == 0 || s.textOf[doc] < 0 {
			continue
		}
		c := scored{doc, score + core*s.prior[doc]}
		if len(top) == k && byScore(c, top[k-1]) > 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(top, c, byScore)
		if top = slices.Insert(top, at, c); len(top) > k {
			top = top[:k]
		}
	}
	hits := make([]Hit, len(top))
	for i, c := range top {
		hits[i] = s.hit(c.doc, c.score)
	}
	return hits
}

func (s *Searcher) hit(doc int, score float32) Hit {
	l, article := s.library, int(s.library.index.docs[doc])
	return Hit{
		Text: l.corpus.texts[s.textOf[doc]], Article: l.number(article), Chapter: l.names[l.chapters[article]],
		Score: float64(score), index: article,
	}
}

// Words loads the article of a hit.
func (s *Searcher) Words(h Hit) (Article, error) { return s.library.article(h.index) }

func cutRunes(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}

// lexicon finds words of the law for what people say.
type lexicon struct{ byFirst map[rune][]saying }

type saying struct{ say, means string }

// newLexicon joins the package's own table with the caller's.
func newLexicon(more []search.Synonym) lexicon {
	l := lexicon{map[rune][]saying{}}
	for _, row := range slices.Concat(lawWords(), more) {
		for _, say := range row.Say {
			if say = strings.TrimSpace(search.Fold(say)); say != "" {
				first, _ := utf8.DecodeRuneInString(say)
				l.byFirst[first] = append(l.byFirst[first], saying{say, row.Means})
			}
		}
	}
	return l
}

// find returns what the sayings of a folded text mean.
func (l lexicon) find(folded string) []string {
	var out []string
	for i, r := range folded {
		for _, s := range l.byFirst[r] {
			if strings.HasPrefix(folded[i:], s.say) {
				out = append(out, s.means)
			}
		}
	}
	return out
}
