package stats

import (
	"slices"
	"strings"
)

// Scope says for how long a counter stands.
type Scope string

// The scopes: what is split by hour and outcome is kept by day; what is split
// by entry is kept by month, so that the aggregates of a year stay small.
const (
	PerDay   Scope = "day"
	PerMonth Scope = "month"
)

// Counter names one number to raise by one: Field in the hash of Period.
type Counter struct {
	Scope  Scope
	Period string // 20260308 or 202603
	Field  string
}

// Counters returns what e raises by Amount. A message raises one field that
// holds outcome, topic, themes, source and model together, so that one write
// serves every split (ParseSplit reads them back), one for its hour and, with
// an entry, one for the month. A gap and a closed window raise one of the month
// each, a scan one of its day, a test nothing.
func (e Event) Counters() []Counter {
	digits := digitsOf(e.At)
	day := func(field string) Counter { return Counter{PerDay, digits[:len(dayForm)], field} }
	month := func(field string) Counter { return Counter{PerMonth, digits[:len(monthForm)], field} }
	switch {
	case e.IsTest():
		return nil
	case e.InCrisis():
		return []Counter{day(Split{Kind: Message, Outcome: CrisisOutcome}.Field())}
	case e.Kind == Unique:
		return []Counter{month(uniqueField + slashed(e.Window))}
	case e.Kind == Scan:
		return []Counter{day(scanField + safe(e.Scene, "/"))}
	case e.Kind == Gap:
		return []Counter{month(gapOf(e).field())}
	}
	list := []Counter{day(Split{e.Kind, e.Outcome, e.Topic, e.themes(), e.Source, e.Model}.Field())}
	if e.Kind == Message {
		list = append(list, day(hourField+digits[len(dayForm):]))
	}
	if e.Entry != "" {
		list = append(list, month(entryField(e.Kind)+safe(e.Entry, "")))
	}
	return list
}

// Amount is by how much e raises its counters.
func (e Event) Amount() int64 {
	if e.Kind == Unique {
		return e.Residents
	}
	return 1
}

// How the fields begin that are no Split.
const (
	hourField   = "hour|"
	uniqueField = "unique|"
	gapField    = "gap|"
)

func entryField(kind Kind) string { return "entry|" + string(kind) + "|" }

// Split is what a day's counter field holds.
type Split struct {
	Kind    Kind
	Outcome string
	Topic   string
	Themes  []string
	Source  string
	Model   bool
}

// Field is the split as a counter's name.
func (s Split) Field() string {
	return strings.Join([]string{
		string(s.Kind), safe(s.Outcome, "/"), safe(s.Topic, "/"), strings.Join(s.Themes, ","), safe(s.Source, "/"), flag(s.Model),
	}, "|")
}

// ParseSplit reads a field that Counters wrote; ok is false for an hour's
// field and for what Counters never writes.
func ParseSplit(field string) (s Split, ok bool) {
	f := strings.Split(field, "|")
	if len(f) != 6 || !Kind(f[0]).known() || slices.Contains([]Kind{Unique, Gap, Scan}, Kind(f[0])) {
		return Split{}, false
	}
	s = Split{Kind: Kind(f[0]), Outcome: f[1], Topic: f[2], Source: f[4], Model: f[5] == "1"}
	if f[3] != "" {
		s.Themes = strings.Split(f[3], ",")
	}
	return s, s.Field() == field
}
