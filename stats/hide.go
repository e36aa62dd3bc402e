package stats

import (
	"maps"
	"slices"
	"strings"
)

// hideBelow is the least count that a split shows: smaller ones read 「少于5」
// (promise 8).
const hideBelow = 5

// count is a number split by something.
type count map[string]int64

// set is a set of the names of cells.
type set map[string]bool

func (s set) add(names []string) {
	for _, name := range names {
		s[name] = true
	}
}

// small returns the cells that are too small to be shown. Zeros are hidden
// with the others, so that 「少于5」 may mean nobody; when nothing below 5 but
// zeros is there, they are shown.
func small(c count) set {
	hide := set{}
	var most int64
	for name, n := range c {
		if n < hideBelow {
			hide[name] = true
			most = max(most, n)
		}
	}
	if most == 0 {
		return set{}
	}
	return hide
}

// protect returns the cells to hide in a split whose sum is known, so that
// none can be had by subtraction; ok is false when the split cannot be shown.
//
// Cells are hidden until there are two that differ, always all of one size.
// What is hidden then depends on the sizes alone: a reader who swaps two
// hidden sizes finds the very same table, and so cannot tell them apart.
func protect(c count) (hide set, ok bool) { return protectFrom(c, small(c)) }

// protectFrom is protect where some cells are hidden already.
func protectFrom(c count, hide set) (set, bool) {
	names := slices.Sorted(maps.Keys(c))
	for lonely(c, names, hide) {
		more := smallest(c, names, hide)
		if len(more) == 0 {
			return nil, false
		}
		hide.add(more)
	}
	return hide, true
}

// lonely reports whether names has hidden cells, all of one size above 0.
func lonely(c count, names []string, hide set) bool {
	size := int64(-1)
	for _, name := range names {
		switch n := c[name]; {
		case !hide[name]:
		case size < 0:
			size = n
		case n != size:
			return false
		}
	}
	return size > 0
}

// smallest returns those cells of names that are shown and as small as any.
func smallest(c count, names []string, hide set) []string {
	var least []string
	for _, name := range names {
		switch {
		case hide[name] || len(least) > 0 && c[name] > c[least[0]]:
		case len(least) > 0 && c[name] == c[least[0]]:
			least = append(least, name)
		default:
			least = []string{name}
		}
	}
	return least
}

// shelf is the part of the library that splits overlap in: entries lie in a
// topic and in themes, so that one split may betray a cell of another.
type shelf struct {
	entries map[string][]string // entry -> themes
}

// topics returns the topics of the library.
func (s shelf) topics() []string {
	var list []string
	for entry := range s.entries {
		list = append(list, topicOf(entry))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func topicOf(entry string) string {
	topic, _, _ := strings.Cut(entry, "/")
	return topic
}

// byTheme returns the entries of each theme, in order.
func (s shelf) byTheme() map[string][]string {
	list := map[string][]string{}
	for _, entry := range slices.Sorted(maps.Keys(s.entries)) {
		for _, theme := range s.entries[entry] {
			list[theme] = append(list[theme], entry)
		}
	}
	return list
}

// hideThemes returns the themes to hide: those below 5, and those that lie in
// hidden topics altogether, whose sizes they would tell. Themes have no sum.
func (s shelf) hideThemes(themes count, topics func(string) bool) set {
	hide := small(themes)
	for theme, entries := range s.byTheme() {
		if !slices.ContainsFunc(entries, func(e string) bool { return !topics(topicOf(e)) }) {
			hide[theme] = true
		}
	}
	return hide
}

// hideEntries returns the entries to hide: those below 5, those of a hidden
// topic, and what would give one of them away by subtraction from their topic,
// a theme or all entries. A theme that cannot be kept from it is added to
// themes; of a topic not all messages have an entry. A library has entries
// without a theme that nobody asked for, and an entry has at most one theme;
// without the one or the other, themes of few entries could be solved for.
func (s shelf) hideEntries(entries count, topics func(string) bool, themes set) set {
	hide := set{}
	for entry, n := range entries {
		if n < hideBelow || topics(topicOf(entry)) {
			hide[entry] = true
		}
	}
	groups := s.groups(entries)
	for {
		var more []string
		for theme, list := range groups {
			if !lonely(entries, list, hide) {
				continue
			}
			next := smallest(entries, list, hide)
			if len(next) == 0 && !strings.HasSuffix(theme, "/") {
				themes[theme] = true
			}
			more = append(more, next...)
		}
		if len(more) == 0 {
			return hide
		}
		hide.add(more)
	}
}

// groups are the sets of entries whose sum a reader may know: of a theme under
// its name, of a topic and of all under a name that no theme has.
func (s shelf) groups(entries count) map[string][]string {
	groups := s.byTheme()
	all := slices.Sorted(maps.Keys(entries))
	groups["/"] = all
	for _, entry := range all {
		key := topicOf(entry) + "/"
		groups[key] = append(groups[key], entry)
	}
	return groups
}

// TotalsOnly are figures without the splits in which small cells are hidden,
// for whoever could take the tables of many periods from each other. What the
// office itself did stays split.
func TotalsOnly(figures []Figure) []Figure {
	list := slices.Clone(figures)
	for i, f := range list {
		if f.ID == "activities" {
			continue
		}
		list[i].By = maps.Clone(f.By)
		for _, by := range []string{"topic", "theme", "hour", "entry", "scene", "campaign"} {
			delete(list[i].By, by)
		}
	}
	return list
}
