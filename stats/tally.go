package stats

import (
	"cmp"
	"fmt"
	"slices"
)

// Counts are counters and how high they stand.
type Counts map[Counter]int64

// Add raises what e raised when it was counted.
func (c Counts) Add(e Event) {
	for _, counter := range e.Counters() {
		c[counter] += e.Amount()
	}
}

// put adds stored counters, by period.
func (c Counts) put(scope Scope, periods map[string]map[string]int64) {
	for period, fields := range periods {
		for field, n := range fields {
			c[Counter{scope, period, field}] = n
		}
	}
}

// Difference is one line of `pufa stats verify`.
type Difference string

// Compare returns a line for every counter in which the ledger and the store
// differ, in order. Messages may be counted meanwhile: the store is read before
// and after the ledger, and the ledger has to lie between the two.
func Compare(ledger, before, after Counts) []Difference {
	var list []Difference
	for _, c := range counters(ledger, before, after) {
		if n := ledger[c]; n < before[c] || n > after[c] {
			stored := after[c]
			if n < before[c] {
				stored = before[c]
			}
			list = append(list, Difference(fmt.Sprintf("%s %s %s: ledger %d, counter %d", c.Scope, c.Period, c.Field, n, stored)))
		}
	}
	return list
}

// counters returns the counters of all, each once, in order.
func counters(all ...Counts) []Counter {
	var list []Counter
	for _, counts := range all {
		for c := range counts {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b Counter) int {
		return cmp.Or(cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Period, b.Period), cmp.Compare(a.Field, b.Field))
	})
	return slices.Compact(list)
}
