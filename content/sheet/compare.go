package sheet

import (
	"slices"
	"strings"

	"pufa/content"
)

// Difference is what changed in one column: the lines that went and those that
// came, as they stand in a cell. Where neither went nor came, the order did.
type Difference struct {
	Column  string
	Removed []string
	Added   []string
}

// Compare returns what differs between two entries, column by column in the
// order of a sheet; nothing when they say the same.
func Compare(old, now *content.Entry) (list []Difference) {
	for _, c := range columns() {
		before, after := c.write(old), c.write(now)
		if before == after {
			continue
		}
		was, is := lines(before), lines(after)
		list = append(list, Difference{c.name, without(was, is), without(is, was)})
	}
	return list
}

func lines(cell string) []string {
	if cell == "" {
		return nil
	}
	return strings.Split(cell, "\n")
}

// without returns the lines of list that other does not have, each as often as
// it has one too few.
func without(list, other []string) (rest []string) {
	other = slices.Clone(other)
	for _, line := range list {
		if i := slices.Index(other, line); i >= 0 {
			other = slices.Delete(other, i, i+1)
			continue
		}
		rest = append(rest, line)
	}
	return rest
}
