package bot

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"pufa/content"
)

// told is a message that the scale learns from.
type told struct {
	terms  map[uint64]int
	even   float64
	danger bool
	self   bool
	rule   bool // a rule gives it a card already
	calm   bool // it holds a word of the calming lists
	mass   float64
	part   int // wordings of one entry are of one part
}

const (
	// scaleParts is how many parts the messages are cut into for the trial.
	scaleParts = 5
	// dangerMass and doubtMass are how much a message in danger and one that
	// only sounds like it count against a wording of the library.
	dangerMass, doubtMass = 4, 2
	// rareTerm is how many messages a term must stand in.
	rareTerm = 3
	// sureOf is taken off the bias: how sure the scale must be.
	sureOf     = 0.9
	scaleTurns = 20
	scaleStep  = 0.3
	scaleDecay = 1e-3
)

// TestFitCrisisScale learns the weights of the scale anew, tries them on
// messages kept out and writes crisisweights.txt. testdata/questions.jsonl is
// not among what it learns from, so that TestCrisisOfTheQuestionSet measures.
func TestFitCrisisScale(t *testing.T) {
	if !*fit {
		t.Skip("fitting takes half a minute; run with -fit")
	}
	samples := toldSamples(t)
	kept := make([]float64, len(samples))
	for part := range scaleParts {
		var learnt []told
		for _, s := range samples {
			if s.part != part {
				learnt = append(learnt, s)
			}
		}
		m := learn(learnt, func(s told) bool { return s.danger })
		for i, s := range samples {
			if s.part == part {
				kept[i] = m.of(s)
			}
		}
	}
	reportScale(samples, kept)
	danger := learn(samples, func(s told) bool { return s.danger })
	self := learn(slices.DeleteFunc(slices.Clone(samples), func(s told) bool { return !s.danger }), func(s told) bool { return s.self })
	if err := os.WriteFile("crisisweights.txt", []byte(writeScale(danger, self)), 0o644); err != nil {
		t.Fatalf("write the weights: %v", err)
	}
}

// toldSamples are the lines of crisis.jsonl and the wordings of the library
// that no rule takes for danger.
func toldSamples(t *testing.T) (samples []told) {
	lib, err := content.Load(content.Shipped())
	if err != nil {
		t.Fatalf("load the library: %v", err)
	}
	g := newGuard(lib.Crisis())
	add := func(text string, s told) {
		s.terms = map[uint64]int{}
		n := 0
		eachTerm([]rune(g.fold(text)), func(key uint64) { s.terms[key]++; n++ })
		s.even, s.rule = evened(n), g.rule(text) >= 0
		l := look{runes: g.runes(text)}
		g.find(&l)
		s.calm = g.calm(l.found)
		samples = append(samples, s)
	}
	danger, ordinary := crisisLines(t)
	moreDanger, moreOrdinary := blindLines(t)
	danger, ordinary = append(danger, moreDanger...), append(ordinary, moreOrdinary...)
	for i, l := range danger {
		self := l.Card == "suicide-act" || l.Card == "suicide-thought"
		add(l.Text, told{danger: true, self: self, mass: dangerMass, part: i % scaleParts})
	}
	for i, l := range ordinary {
		add(l.Text, told{mass: doubtMass, part: i % scaleParts})
	}
	for i, e := range lib.Entries() {
		for _, q := range e.Questions {
			if g.rule(q) < 0 {
				add(q, told{mass: 1, part: i % scaleParts})
			}
		}
	}
	return dropRare(samples)
}

func dropRare(samples []told) []told {
	in := map[uint64]int{}
	for _, s := range samples {
		for key := range s.terms {
			in[key]++
		}
	}
	for _, s := range samples {
		for key := range s.terms {
			if in[key] < rareTerm {
				delete(s.terms, key)
			}
		}
	}
	return samples
}

// line is a sum of weights: positive for yes.
type line struct {
	bias    float64
	weights map[uint64]float64
}

func (l *line) of(s told) float64 {
	sum := 0.0
	for key, n := range s.terms {
		sum += l.weights[key] * float64(n)
	}
	return l.bias + sum*s.even
}

// learn fits a logistic regression by stochastic gradients with steps that
// shrink where they were large.
func learn(samples []told, yes func(told) bool) *line {
	l := &line{weights: map[uint64]float64{}}
	steps, biasSteps := map[uint64]float64{}, 1.0
	random := rand.New(rand.NewPCG(1, 2))
	order := slices.Clone(samples)
	for range scaleTurns {
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, s := range order {
			slope := 1 / (1 + math.Exp(-l.of(s)))
			if yes(s) {
				slope--
			}
			slope *= s.mass
			biasSteps += slope * slope
			l.bias -= scaleStep * slope / math.Sqrt(biasSteps)
			for key, n := range s.terms {
				g := slope*s.even*float64(n) + scaleDecay*l.weights[key]
				steps[key] += g * g
				l.weights[key] -= scaleStep * g / math.Sqrt(steps[key]+1e-8)
			}
		}
	}
	return l
}

// reportScale prints what rules and scale together find of messages that the
// scale did not learn from.
func reportScale(samples []told, kept []float64) {
	for _, bar := range []float64{-0.5, 0, sureOf, 0.5, 1, 1.5} {
		var caught, danger, doubtFalse, doubt, plainFalse, plain int
		for i, s := range samples {
			found := 0
			sum := kept[i] - bar
			if s.calm {
				sum -= calmWeight
			}
			if s.rule || sum > 0 {
				found = 1
			}
			switch {
			case s.danger:
				caught, danger = caught+found, danger+1
			case s.mass == doubtMass:
				doubtFalse, doubt = doubtFalse+found, doubt+1
			default:
				plainFalse, plain = plainFalse+found, plain+1
			}
		}
		fmt.Printf("bar %+.1f: caught %d of %d, false %d of %d that sound like danger, %d of %d wordings\n",
			bar, caught, danger, doubtFalse, doubt, plainFalse, plain)
	}
}

// writeScale is the file of weights.
func writeScale(danger, self *line) string {
	var b strings.Builder
	b.WriteString("# Weights of characters and pairs for danger and for the writer's own death, in hundredths.\n")
	b.WriteString("# Written by: go test ./bot -run TestFitCrisisScale -fit. Not edited by hand.\n")
	unit := func(w float64) int { return int(math.Round(w / weightUnit)) }
	fmt.Fprintf(&b, "* %d %d\n", unit(danger.bias-sureOf), unit(self.bias))
	keys := []uint64{}
	for key := range danger.weights {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b uint64) int { return cmp.Compare(a, b) })
	for _, key := range keys {
		term := string(rune(key & (1<<21 - 1)))
		if key>>21 != 0 {
			term = string(rune(key>>21)) + term
		}
		if d, s := unit(danger.weights[key]), unit(self.weights[key]); d != 0 || s != 0 {
			fmt.Fprintf(&b, "%s %d %d\n", term, d, s)
		}
	}
	return b.String()
}
