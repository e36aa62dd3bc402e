package config

import (
	"fmt"
	"strings"
)

// suggest says which setting was probably meant; show writes its name as the
// place of the mistake wants it.
func (l *loader) suggest(key string, show func(string) string) string {
	best, distance := "", len(key)/2
	for _, f := range l.fields {
		keys := []string{f.key}
		if f.secret {
			keys = append(keys, f.key+fromFile)
		}
		for _, k := range keys {
			if d := edits(strings.ToUpper(key), k); d < distance {
				best, distance = k, d
			}
		}
	}
	if best == "" {
		return "docs/configuration.md lists them; take it out"
	}
	return fmt.Sprintf("%s is the nearest", show(best))
}

// edits counts the insertions, deletions and replacements that turn a into b.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
