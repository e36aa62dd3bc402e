package stats

import (
	"slices"
	"testing"
)

func TestEquationsAreSolved(t *testing.T) {
	for _, c := range []struct {
		name     string
		unknowns int
		sums     [][]int
		want     []int
	}{
		{"nothing is known", 3, nil, nil},
		{"a sum of two tells neither", 2, [][]int{{0, 1}}, nil},
		{"one that stands alone", 3, [][]int{{1}, {0, 2}}, []int{1}},
		{"a sum less another", 3, [][]int{{0, 1, 2}, {0, 1}}, []int{2}},
		{"three sums of three", 3, [][]int{{0, 1}, {1, 2}, {0, 2}}, []int{0, 1, 2}},
		{"sums around in a ring of four", 4, [][]int{{0, 1}, {1, 2}, {2, 3}, {3, 0}}, nil},
		{"the same twice, and an empty one", 2, [][]int{{0, 1}, {0, 1}, {}}, nil},
	} {
		e := equations{unknowns: c.unknowns}
		for _, sum := range c.sums {
			e.add(sum)
		}
		got := e.solved()
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: solved %v, want %v", c.name, got, c.want)
		}
	}
}
