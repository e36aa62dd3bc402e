package stats

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// splits are the splits in which small cells are hidden; nil is one that
// cannot be shown.
type splits struct{ topic, theme, hour, entry, pages map[string]Cell }

func (s *sums) split(in Input) splits {
	library := shelf{in.Entries}
	topics, themes := library.topics(), slices.Collect(maps.Keys(library.byTheme()))
	pad(s.topic, topics)
	pad(s.theme, themes)
	pad(s.pages, topics)
	pad(s.hour, hours())
	pad(s.entry, slices.Collect(maps.Keys(in.Entries)))

	m, p := s.monthly, in.Period
	var out splits
	out.hour = sealed(nested(m.hour, slices.Collect(maps.Keys(s.hour)), withForced), p)
	out.pages = sealed(nested(m.pages, slices.Collect(maps.Keys(s.pages)), withForced), p)
	out.topic = sealed(nested(m.topic, slices.Collect(maps.Keys(s.topic)), withForced), p)
	hiddenTopic := func(topic string) bool { return out.topic == nil || out.topic[topic].Hidden }
	hide := library.hideThemes(s.theme, hiddenTopic)
	if _, all := p.whole(in.Now); all {
		out.entry = top(s.entry, library.hideEntries(s.entry, hiddenTopic, hide))
	}
	out.theme = cells(s.theme, hide)
	return out
}

// pad adds the names that nobody asked for.
func pad(c count, names []string) {
	for _, name := range names {
		c[name] += 0
	}
}

func hours() []string {
	list := make([]string, 24)
	for i := range list {
		list[i] = time.Date(2026, 1, 1, i, 0, 0, 0, zone).Format("15")
	}
	return list
}

// plain shows every cell: what is not split by topic, theme, place, hour or
// entry is never hidden.
func plain(c count) map[string]Cell { return cells(c, nil) }

// sealed hides what is small and what would give it away, in the period or in
// a shorter one.
func sealed(n nest, p Period) map[string]Cell {
	hide, ok := n.verdict(p)
	if !ok {
		return nil
	}
	return cells(n.of(p), hide)
}

func cells(c count, hide set) map[string]Cell {
	list := make(map[string]Cell, len(c))
	for name, n := range c {
		if hide[name] {
			n = 0
		}
		list[name] = Cell{Value: n, Hidden: hide[name]}
	}
	return list
}

// top lists the entries asked for most; hidden ones and those with none are
// left out, so that being left out tells nothing.
func top(c count, hide set) map[string]Cell {
	var names []string
	for name, n := range c {
		if n > 0 && !hide[name] {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(c[b], c[a]), cmp.Compare(a, b)) })
	list := map[string]Cell{}
	for _, name := range names[:min(len(names), mostEntries)] {
		list[name] = Cell{Value: c[name]}
	}
	return list
}
