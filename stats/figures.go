package stats

import (
	"cmp"
	"maps"
	"strconv"
	"strings"
	"time"
)

// mostEntries is how many entries a report lists.
const mostEntries = 20

// Cell is one number of a figure.
type Cell struct {
	Value   int64 // 0 when it is hidden or missing
	Hidden  bool  // below 5, or it would give away one that is
	Missing bool  // it is not kept for this period
}

// String is the cell as staff read it.
func (c Cell) String() string {
	switch {
	case c.Hidden:
		return "少于5"
	case c.Missing:
		return "无"
	}
	return strconv.FormatInt(c.Value, 10)
}

// Figure is one number of a report and its splits: what it is split by, then
// the cell of each part. ID and Rule are those of Rules.
type Figure struct {
	ID   string
	Rule string
	Cell
	By map[string]map[string]Cell
}

// Input is what figures are made of, as Gather reads it.
type Input struct {
	Period    Period
	Now       time.Time
	Days      map[string]map[string]int64 // the counters of each day of Period
	Months    map[string]map[string]int64 // of each month that Period touches
	Residents map[string]int64            // different residents of each whole month of Period
	Quarters  map[string]int64            // of each whole quarter of Period, by 2026Q1
	Together  int64                       // of all of them, if Period is made of whole months
	Entries   map[string][]string         // the library: entry -> its themes
	// Activities are those of the register that were not withdrawn, of whatever
	// day.
	Activities []Entered
	// Scenes are all that were ever made.
	Scenes []Scene
	// Tickets are the counters of the service desk of each month that Period
	// touches.
	Tickets map[string]map[string]int64
}

// Figures returns the figures of a period in the order of Rules. What has to
// be hidden is hidden in them.
func Figures(in Input) []Figure {
	s := sum(in)
	split := s.split(in)
	by := map[string]map[string]map[string]Cell{
		"messages": {
			"outcome": plain(s.outcome), "source": plain(s.source), "month": plain(s.month), "day": plain(s.day),
			"topic": split.topic, "theme": split.theme, "hour": split.hour,
		},
		"entries":         {"entry": split.entry},
		"subscribe":       {"source": plain(s.followed)},
		"pages":           {"topic": split.pages},
		"residents":       in.residentsBy(),
		"residents_topic": {"topic": in.windows("topic", split.topic)},
		"residents_theme": {"theme": in.windows("theme", split.theme)},
		"gaps":            {"shape": in.gapsByShape(s.shape)},
	}
	deeds := in.deeds()
	maps.Copy(deeds, in.tickets())
	deeds["scans"] = in.scansFigure()
	list := make([]Figure, 0, len(Rules()))
	for _, r := range Rules() {
		f := Figure{ID: r.ID, Rule: r.Number, By: map[string]map[string]Cell{}}
		if d, ok := deeds[r.ID]; ok {
			f.Cell, by[r.ID] = d.Cell, d.by
		} else {
			f.Cell = s.total(r.ID, in)
		}
		for name, cells := range by[r.ID] {
			if cells != nil {
				f.By[name] = cells
			}
		}
		list = append(list, f)
	}
	return list
}

// sums are the counters of a period added up.
type sums struct {
	kind, outcome, source, followed count
	topic, theme, hour, month, day  count
	entry, pages, shape             count
	messages, model                 int64
	monthly                         monthly
}

// monthly are splits in which small cells are hidden, of each month.
type monthly struct{ topic, hour, pages byMonth }

func sum(in Input) *sums {
	s := &sums{monthly: monthly{byMonth{}, byMonth{}, byMonth{}}}
	for _, c := range []*count{
		&s.kind, &s.outcome, &s.source, &s.followed, &s.topic, &s.theme, &s.hour, &s.month, &s.day, &s.entry, &s.pages, &s.shape,
	} {
		*c = count{}
	}
	s.addDays(in)
	asked := entryField(Message)
	for _, month := range in.Period.Months() {
		for field, n := range in.Months[month] {
			if entry, ok := strings.CutPrefix(field, asked); ok {
				s.entry[entry] += n
			} else if gap, ok := parseGap(field); ok {
				s.shape[gap.shape] += n
			}
		}
	}
	return s
}

// field is a counter of days, read once and added up over all of them: a year
// has the same few hundred names on every day.
type field struct {
	split   Split
	hour    string // of an hour's counter
	counted bool   // it enters the figures by its split
	sum     int64  // of the whole period
	month   int64  // of the month that is being read
}

func readField(name string) *field {
	if hour, ok := strings.CutPrefix(name, hourField); ok {
		return &field{hour: hour}
	}
	split, ok := ParseSplit(name)
	return &field{split: split, counted: ok && split.Source != TestSource}
}

func (s *sums) addDays(in Input) {
	fields, month := map[string]*field{}, ""
	for _, day := range in.Period.Days() {
		if day[:6] != month {
			s.monthly.add(month, fields)
			month = day[:6]
		}
		var messages int64
		for name, n := range in.Days[day] {
			f := fields[name]
			if f == nil {
				f = readField(name)
				fields[name] = f
			}
			f.month += n
			if f.counted && f.split.Kind == Message {
				messages += n
			}
		}
		if messages != 0 {
			s.day[day] += messages
			s.month[day[:6]] += messages
		}
	}
	s.monthly.add(month, fields)
	for _, f := range fields {
		switch {
		case f.hour != "":
			s.hour[f.hour] += f.sum
		case f.counted:
			s.add(f.split, f.sum)
		}
	}
}

// add puts what was read of a month where splits look for it.
func (m monthly) add(month string, fields map[string]*field) {
	for _, f := range fields {
		n := f.month
		f.sum, f.month = f.sum+n, 0
		switch {
		case n == 0:
		case f.hour != "":
			m.hour.add(month, f.hour, n)
		case !f.counted || f.split.Outcome == CrisisOutcome:
		case f.split.Kind == PageOpen:
			m.pages.add(month, cmp.Or(f.split.Topic, "other"), n)
		case f.split.Kind == Message && f.split.Topic != "":
			m.topic.add(month, f.split.Topic, n)
		}
	}
}

func (s *sums) add(split Split, n int64) {
	s.kind[string(split.Kind)] += n
	source := cmp.Or(split.Source, "other")
	switch split.Kind {
	case PageOpen:
		s.pages[cmp.Or(split.Topic, "other")] += n
		return
	case Subscribe:
		s.followed[source] += n
		return
	case Message:
	default:
		return
	}
	s.messages += n
	s.outcome[cmp.Or(split.Outcome, "none")] += n
	if split.Outcome == CrisisOutcome {
		return // its day is all that is known of it
	}
	s.source[source] += n
	if split.Model {
		s.model += n
	}
	if split.Topic != "" {
		s.topic[split.Topic] += n
	}
	for _, theme := range split.Themes {
		s.theme[theme] += n
	}
}

// total is the figure's own number.
func (s *sums) total(id string, in Input) Cell {
	switch id {
	case "messages":
		return Cell{Value: s.messages}
	case "model":
		return Cell{Value: s.model}
	case "pages":
		return Cell{Value: s.kind[string(PageOpen)]}
	case "entries":
		if _, all := in.Period.whole(in.Now); !all {
			return Cell{Missing: true}
		}
		return Cell{Value: total(s.entry)}
	case "gaps":
		if _, all := in.Period.whole(in.Now); !all {
			return Cell{Missing: true}
		}
		return Cell{Value: total(s.shape)}
	case "residents":
		return in.residents()
	case "residents_topic", "residents_theme":
		return Cell{Missing: true} // never added up
	case string(Helpful), string(Unhelpful), string(Subscribe), string(Unsubscribe):
		return Cell{Value: s.kind[id]}
	}
	return Cell{Value: s.outcome[id]}
}

func total(c count) int64 {
	var sum int64
	for _, n := range c {
		sum += n
	}
	return sum
}
