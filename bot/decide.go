package bot

import (
	"math"

	"pufa/search"
)

// deed is what is done with a question.
type deed int

const (
	doRefer  deed = iota // nothing near enough
	doAnswer             // one clear match
	doMenu               // close matches
	doTopics             // too vague to match anything: ask what it is about
)

// verdict is a deed with the evidence it rests on.
type verdict struct {
	do    deed
	score float64 // probability that the first hit is the right one
	offer int     // entries in the menu
	why   string
}

// The probability from which an answer, and a menu, is given. How they and the
// models below were fitted, and on what: docs/adr/0004-retrieval.md.
const (
	answerFrom = 0.51
	menuFrom   = 0.22
)

// vagueLetters is the number of letters that carry matter below which a
// message that matches nothing is asked back instead of referred.
const vagueLetters = 4

// decide weighs the hits (promise 4): how likely the first is right, and how
// likely the right one is among the first three.
func decide(found search.Result, m manner) verdict {
	if len(found.Hits) == 0 {
		return undecided(found, m, 0)
	}
	x := features(found)
	first, near := firstModel.probability(x), nearModel.probability(x)
	v := verdict{score: first, offer: maxChoices}
	switch {
	case m.hint != "" && first < answerFrom:
		v.do, v.why = doRefer, "not ours"
	case first >= answerFrom:
		v.do, v.why = doAnswer, "one clear match"
	case near >= menuFrom:
		v.do, v.why = doMenu, "close matches"
	default:
		return undecided(found, m, first)
	}
	return v
}

func undecided(found search.Result, m manner, score float64) verdict {
	if m.hint == "" && !m.unlawful && (found.Letters < vagueLetters || m.rude) {
		return verdict{do: doTopics, score: score, why: "too vague"}
	}
	return verdict{do: doRefer, score: score, why: "no match"}
}

// model is a logistic over the features.
type model struct {
	bias    float64
	weights [len(featureNames)]float64
}

func (m model) probability(x [len(featureNames)]float64) float64 {
	sum := m.bias
	for i, w := range m.weights {
		sum += w * x[i]
	}
	return 1 / (1 + math.Exp(-sum))
}

// featureNames are the columns of features, for explanations and fitting.
var featureNames = [...]string{
	"score", "margin", "lead", "shared", "pair", "single", "sound", "covered", "holds", "known", "second", "elsewhere", "seen", "letters",
}

// firstModel and nearModel were fitted by TestFitEvidence and are not changed
// by hand.
var (
	firstModel = model{-7.75, [len(featureNames)]float64{1.57, 0.69, 2.61, -0.00, -7.15, -0.94, 0.05, -7.17, 2.06, 19.93, -2.33, -5.58, -0.62, 1.71}}
	nearModel  = model{-6.51, [len(featureNames)]float64{1.42, -0.72, 1.77, 0.24, -4.43, -0.24, 0.40, -4.58, 1.95, 14.72, -2.57, -3.83, -0.19, 1.31}}
)

// features are what the confidence in the first hit rests on.
func features(found search.Result) (x [len(featureNames)]float64) {
	first := found.Hits[0]
	score, second := float64(first.Score), 0.0
	if len(found.Hits) > 1 {
		second = float64(found.Hits[1].Score)
	}
	e := first.Evidence
	return [len(featureNames)]float64{
		score, score - second, (score - second) / max(score, 0.01), math.Log1p(float64(e.Shared)),
		float64(e.Pair), float64(e.Single), float64(e.Sound), float64(e.Covered), float64(e.Holds),
		float64(e.Known), float64(e.Second), float64(e.Elsewhere), float64(found.Seen),
		math.Log(float64(max(found.Letters, 1))),
	}
}

func explain(question string, found search.Result, v verdict) *Explanation {
	out := &Explanation{Folded: question, Decision: v.why}
	for i, h := range found.Hits {
		c := Candidate{Entry: h.ID, Phrasing: h.Wording, Score: float64(h.Score)}
		if i == 0 {
			c.Features = map[string]float64{}
			for j, x := range features(found) {
				c.Features[featureNames[j]] = x
			}
		}
		out.Candidates = append(out.Candidates, c)
	}
	return out
}
