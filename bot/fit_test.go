package bot

import (
	"cmp"
	"flag"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"pufa/content"
	"pufa/search"
)

var fit = flag.Bool("fit", false, "fit the evidence weights anew and print them (see docs/adr/0004-retrieval.md)")

// sample is one held-out question: what was found, and whether the first hit
// was right.
type sample struct {
	x     [len(featureNames)]float64
	right bool
	near  bool // among the first three
	mass  float64
	kind  string
}

const folds = 8

// askedMass is how much one line of the question set counts against one
// wording of the library: it was typed as a resident would, by another writer.
const askedMass = 4

// TestFitEvidence fits the weights of decide on the library itself (each
// wording is asked of an index that does not have it, and each entry's
// wordings of an index that does not have the entry) and on
// testdata/questions.jsonl. It changes nothing: it prints what decide.go should
// hold.
func TestFitEvidence(t *testing.T) {
	if !*fit {
		t.Skip("fitting takes a minute; run with -fit")
	}
	lib := shippedLibrary(t)
	train, held := askedSamples(t, lib)
	samples := slices.Concat(withoutWording(lib), withoutEntry(lib), train)
	first := logistic(samples, func(s sample) bool { return s.right })
	near := logistic(samples, func(s sample) bool { return s.near })
	fmt.Printf("firstModel = %s\nnearModel = %s\n", first, near)
	measured := append(samples, held...)
	report("first", measured, first, func(s sample) bool { return s.right })
	report("near", measured, near, func(s sample) bool { return s.near })
	frontier(measured, first)
}

func (m model) String() string {
	text := fmt.Sprintf("model{%.2f, [len(featureNames)]float64{", m.bias)
	for i, w := range m.weights {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%.2f", w)
	}
	return text + "}}"
}

// withoutWording asks every wording of an index that lacks it.
func withoutWording(lib *content.Library) (samples []sample) {
	for fold := range folds {
		docs, asked := holdOut(lib, func(entry, wording int) bool { return (entry+wording)%folds == fold })
		ix := search.New(docs, synonymsOf(lib))
		for id, list := range asked {
			for _, q := range list {
				samples = append(samples, sampleOf(ix, id, q, "wording"))
			}
		}
	}
	return samples
}

// withoutEntry asks some wordings of entries that the index lacks.
func withoutEntry(lib *content.Library) (samples []sample) {
	for fold := range folds {
		docs, asked := holdOut(lib, func(entry, _ int) bool { return entry%folds == fold })
		docs = slices.DeleteFunc(docs, func(d search.Document) bool { return len(d.Wordings) == 0 })
		ix := search.New(docs, synonymsOf(lib))
		for id, list := range asked {
			for _, q := range list {
				samples = append(samples, sampleOf(ix, id, q, "entry"))
			}
		}
	}
	return samples
}

// askedSamples are the questions of the set that are not crises or commands:
// every other one to fit on, the rest to measure on.
func askedSamples(t *testing.T, lib *content.Library) (train, held []sample) {
	in, err := os.Open("testdata/questions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	cases, err := ReadCases(in)
	if err != nil {
		t.Fatal(err)
	}
	e := New(lib, Options{})
	for line, c := range cases {
		if c.Expect.Outcome == Crisis || c.Expect.Outcome == Command {
			continue
		}
		found := e.index.Search(e.scope.read(search.Fold(c.Text)).question, candidates)
		s := sample{kind: "asked", mass: askedMass}
		if c.Expect.Outcome != Answered {
			s.kind = "outside"
		}
		for i, h := range found.Hits {
			entry, _ := lib.Entry(h.ID)
			if e.satisfies(c.Expect, entry) && c.Expect.Outcome == Answered {
				s.right, s.near = s.right || i == 0, s.near || i < 3
			}
		}
		if len(found.Hits) > 0 {
			s.x = features(found)
		}
		if line%2 == 0 {
			s.kind = "fit"
			train = append(train, s)
		} else {
			held = append(held, s)
		}
	}
	return train, held
}

func holdOut(lib *content.Library, out func(entry, wording int) bool) ([]search.Document, map[string][]string) {
	var docs []search.Document
	asked := map[string][]string{}
	for i, e := range lib.Entries() {
		doc := documentOf(e)
		doc.Wordings = nil
		for w, q := range e.Questions {
			if out(i, w) {
				asked[e.ID] = append(asked[e.ID], q)
			} else {
				doc.Wordings = append(doc.Wordings, q)
			}
		}
		docs = append(docs, doc)
	}
	return docs, asked
}

func synonymsOf(lib *content.Library) []search.Synonym {
	var list []search.Synonym
	for _, p := range lib.Phrases() {
		list = append(list, search.Synonym{Say: p.Say, Means: p.Means})
	}
	return list
}

func sampleOf(ix *search.Index, id, q, kind string) sample {
	found := ix.Search(q, candidates)
	s := sample{kind: kind, mass: 1}
	if len(found.Hits) > 0 {
		s.x, s.right = features(found), found.Hits[0].ID == id
		s.near = slices.ContainsFunc(found.Hits[:min(3, len(found.Hits))], func(h search.Hit) bool { return h.ID == id })
	}
	return s
}

// logistic fits weights by gradient descent on standardised features with a
// little ridge.
func logistic(samples []sample, label func(sample) bool) model {
	mean, dev := moments(samples)
	var sw [len(featureNames)]float64
	var sb float64
	for range 3000 {
		var g [len(featureNames)]float64
		var gb float64
		for _, s := range samples {
			z := sb
			for i := range sw {
				z += sw[i] * (s.x[i] - mean[i]) / dev[i]
			}
			err := 1 / (1 + math.Exp(-z))
			if label(s) {
				err--
			}
			err *= s.mass
			for i := range sw {
				g[i] += err * (s.x[i] - mean[i]) / dev[i]
			}
			gb += err
		}
		n := float64(len(samples))
		for i := range sw {
			sw[i] -= 1.0 * (g[i]/n + 0.001*sw[i])
		}
		sb -= 1.0 * gb / n
	}
	m := model{bias: sb}
	for i := range sw {
		m.weights[i] = sw[i] / dev[i]
		m.bias -= m.weights[i] * mean[i]
	}
	return m
}

func moments(samples []sample) (mean, dev [len(featureNames)]float64) {
	n := float64(len(samples))
	for _, s := range samples {
		for i := range mean {
			mean[i] += s.x[i] / n
		}
	}
	for _, s := range samples {
		for i := range dev {
			dev[i] += (s.x[i] - mean[i]) * (s.x[i] - mean[i]) / n
		}
	}
	for i := range dev {
		dev[i] = math.Max(math.Sqrt(dev[i]), 1e-6)
	}
	return mean, dev
}

// report prints, for a row of thresholds, what would be right and wrong.
func report(name string, samples []sample, m model, label func(sample) bool) {
	for _, kind := range []string{"wording", "entry", "asked", "outside"} {
		for _, from := range []float64{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9} {
			var n, right, wrong int
			for _, s := range samples {
				if s.kind != kind {
					continue
				}
				n++
				switch {
				case m.probability(s.x) < from:
				case label(s):
					right++
				default:
					wrong++
				}
			}
			fmt.Printf("%s %-8s from %.2f: right %.3f wrong %.3f of %d\n", name, kind, from,
				float64(right)/float64(n), float64(wrong)/float64(n), n)
		}
	}
}

// frontier prints how much of the held-back questions is answered right when
// at most so many lines are answered wrong.
func frontier(samples []sample, m model) {
	var list []sample
	for _, s := range samples {
		if s.kind == "asked" || s.kind == "outside" {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b sample) int { return cmp.Compare(m.probability(b.x), m.probability(a.x)) })
	right, wrong := 0, 0
	for _, s := range list {
		if s.right {
			right++
			continue
		}
		wrong++
		fmt.Printf("frontier: wrong %d: right %d of %d, from %.3f\n", wrong, right, len(list), m.probability(s.x))
		if wrong == 12 {
			return
		}
	}
}
