package bot

import (
	"cmp"
	"context"
	"hash/fnv"
	"math"
	"slices"
	"testing"

	"pufa/content"
)

// madeUp is an embedding that tests make up: hashed characters and pairs of
// them. It knows spellings and no meaning; what is measured with it says
// whether the rule is harmless, not how good an embedding is.
type madeUp struct {
	ids     []string
	vectors [][]float64
}

const madeUpDims = 512

func newMadeUp(lib *content.Library) *madeUp {
	m := &madeUp{}
	for _, e := range lib.Entries() {
		m.ids = append(m.ids, e.ID)
		text := e.Title + e.Short
		for _, q := range e.Questions[:min(8, len(e.Questions))] {
			text += "\n" + q
		}
		m.vectors = append(m.vectors, madeUpVector(text))
	}
	return m
}

func madeUpVector(text string) []float64 {
	v, sum := make([]float64, madeUpDims), 0.0
	runes := []rune(text)
	for i := range runes {
		for n := 1; n <= 2 && i+n <= len(runes); n++ {
			h := fnv.New32a()
			h.Write([]byte(string(runes[i : i+n])))
			v[h.Sum32()%madeUpDims] += float64(n)
		}
	}
	for i := range v {
		v[i] = math.Sqrt(v[i])
		sum += v[i] * v[i]
	}
	for i := range v {
		v[i] /= math.Sqrt(max(sum, 1))
	}
	return v
}

func (m *madeUp) Find(_ context.Context, _ Purse, question string, n int) ([]string, error) {
	asked := madeUpVector(question)
	near := make([]float64, len(m.ids))
	order := make([]int, len(m.ids))
	for i, v := range m.vectors {
		order[i] = i
		for j := range v {
			near[i] += v[j] * asked[j]
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(near[b], near[a]), cmp.Compare(a, b)) })
	ids := make([]string, 0, n)
	for _, i := range order[:min(n, len(order))] {
		ids = append(ids, m.ids[i])
	}
	return ids, nil
}

// TestMeaningOfAMadeUpEmbedding holds that finding by meaning makes no answer
// wrong, whatever it finds, and says what it changes.
func TestMeaningOfAMadeUpEmbedding(t *testing.T) {
	cases, plain := questions(t), shippedEngine(t)
	found := newMadeUp(plain.lib)
	sets := map[string]Model{"embed": {Finder: found}}
	o := oracle(plain, cases, 0.9, "any", 0)
	sets["choose, 9 of 10"] = Model{Chooser: o}
	sets["embed and choose, 9 of 10"] = Model{Finder: found, Chooser: o}
	none, err := plain.Evaluate(t.Context(), cases)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("none: right %d, menu %v, wrong %d, referred %d, outside %+v", none.Right, none.Menu, none.Wrong, none.Referred, none.Outside)
	for name, m := range sets {
		m.Time, m.Purse = 1<<40, &free{}
		got, err := plain.With(m).Evaluate(t.Context(), cases)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: right %d, menu %v, wrong %d, referred %d, outside %+v", name, got.Right, got.Menu, got.Wrong, got.Referred, got.Outside)
		if got.Wrong > none.Wrong || got.Right < none.Right || got.Crisis != none.Crisis {
			t.Errorf("%s: wrong %d, right %d, crisis %+v; none: %d, %d, %+v", name, got.Wrong, got.Right, got.Crisis, none.Wrong, none.Right, none.Crisis)
		}
	}
}
