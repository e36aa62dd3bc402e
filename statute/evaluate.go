package statute

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// Question is a lay question with the articles that answer it.
type Question struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	Gold []struct {
		Law     string `json:"law"` // full title
		Article string `json:"article"`
	} `json:"gold"`
}

// ReadQuestions reads questions, one JSON object a line; keys it does not know
// are passed over.
func ReadQuestions(r io.Reader) ([]Question, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	var out []Question
	for n := 1; lines.Scan(); n++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		var q Question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if q.Text == "" || len(q.Gold) == 0 {
			return nil, fmt.Errorf("line %d: no text or no gold", n)
		}
		out = append(out, q)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read questions: %w", err)
	}
	if len(out) == 0 {
		return nil, errors.New("read questions: there is none")
	}
	return out, nil
}

// Measure is how well questions found their articles. Recall is the share of a
// question's articles among the first 1, 10, 100, as a mean over questions;
// MRR10 the mean of one by the rank of the first right article, 0 beyond 10.
type Measure struct {
	Questions int     `json:"questions"`
	Recall1   float64 `json:"r1"`
	Recall10  float64 `json:"r10"`
	Recall100 float64 `json:"r100"`
	MRR10     float64 `json:"mrr10"`
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
	Absent    int     `json:"absent"` // articles of the gold that are not in force or unknown
	Items     []Item  `json:"items"`
}

// Item is what one question found; Rank is that of its first right article, 0
// when none is among the first 100.
type Item struct {
	ID   string `json:"id"`
	Rank int    `json:"rank"`
}

// Evaluate searches for every question, one after the other.
func (s *Searcher) Evaluate(questions []Question) Measure {
	m := Measure{Questions: len(questions)}
	known := s.known()
	n := float64(len(questions))
	var took []time.Duration
	for _, q := range questions {
		began := time.Now()
		hits := s.Search(q.Text, 100)
		took = append(took, time.Since(began))
		wanted := map[string]bool{}
		for _, g := range q.Gold {
			key := foldTitle(g.Law) + " " + g.Article
			wanted[key] = true
			m.Absent += one(!known[key])
		}
		ranks := ranksOf(hits, wanted)
		share := func(k int) float64 {
			within, _ := slices.BinarySearch(ranks, k+1)
			return float64(within) / float64(len(wanted)) / n
		}
		m.Recall1 += share(1)
		m.Recall10 += share(10)
		m.Recall100 += share(100)
		item := Item{ID: q.ID}
		if len(ranks) > 0 {
			item.Rank = ranks[0]
			m.MRR10 += float64(one(ranks[0] <= 10)) / float64(ranks[0]) / n
		}
		m.Items = append(m.Items, item)
	}
	slices.Sort(took)
	m.P50, m.P99 = quantile(took, 0.50), quantile(took, 0.99)
	return m
}

// known lists the articles that can be found.
func (s *Searcher) known() map[string]bool {
	known := map[string]bool{}
	for doc, text := range s.textOf {
		if text >= 0 {
			known[foldTitle(s.library.corpus.texts[text].Title)+" "+s.library.number(int(s.library.index.docs[doc]))] = true
		}
	}
	return known
}

func ranksOf(hits []Hit, wanted map[string]bool) []int {
	var ranks []int
	for i, h := range hits {
		if wanted[foldTitle(h.Text.Title)+" "+h.Article] {
			ranks = append(ranks, i+1)
		}
	}
	return ranks
}

// quantile is in milliseconds.
func quantile(sorted []time.Duration, q float64) float64 {
	return float64(sorted[int(q*float64(len(sorted)-1))]) / float64(time.Millisecond)
}
