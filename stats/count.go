package stats

import (
	"strings"
	"time"
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

// Counters returns what e raises by one. A message raises one field that holds
// outcome, topic, themes, source and model together, so that one write serves
// every split (Split reads them back), one for its hour and, with an entry, one
// for the month.
func (e Event) Counters() []Counter {
	day := func(field string) Counter { return Counter{PerDay, e.Day(), field} }
	if e.InCrisis() {
		return []Counter{day(string(Message) + "|" + CrisisOutcome + "||||0")}
	}
	list := []Counter{day(strings.Join([]string{
		string(e.Kind), e.Outcome, e.Topic, strings.Join(e.Themes, ","), e.Source, flag(e.Model),
	}, "|"))}
	if e.Kind == Message {
		list = append(list, day("hour|"+e.hour()))
	}
	if e.Entry != "" {
		list = append(list, Counter{PerMonth, e.Month(), "entry|" + string(e.Kind) + "|" + e.Entry})
	}
	return list
}

// Split is what a day's counter field holds.
type Split struct {
	Kind    Kind
	Outcome string
	Topic   string
	Themes  []string
	Source  string
	Model   bool
}

// ParseSplit reads a field that Counters wrote; ok is false for an hour's field.
func ParseSplit(field string) (s Split, ok bool) {
	f := strings.Split(field, "|")
	if len(f) != 6 {
		return Split{}, false
	}
	s = Split{Kind: Kind(f[0]), Outcome: f[1], Topic: f[2], Source: f[4], Model: f[5] == "1"}
	if f[3] != "" {
		s.Themes = strings.Split(f[3], ",")
	}
	return s, true
}

// Window is a stretch of time in which different residents are counted by a
// set of hashes under a key that is thrown away when it ends.
type Window struct {
	Name string    // day|20260308, topic|consumer|202603, theme|3.8|202603
	Ends time.Time // the first moment after it
}

// Windows returns the windows in which the resident who caused e is counted:
// the day and, unless the matter is sensitive, the month of the topic and of
// each theme. A crisis and what is not a message count in none.
func (e Event) Windows() []Window {
	if e.Kind != Message || e.InCrisis() {
		return nil
	}
	t := e.At.In(zone)
	tomorrow := time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, zone)
	list := []Window{{"day|" + e.Day(), tomorrow}}
	if e.Sensitive {
		return list
	}
	nextMonth := time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, zone)
	if e.Topic != "" {
		list = append(list, Window{"topic|" + e.Topic + "|" + e.Month(), nextMonth})
	}
	for _, theme := range e.Themes {
		list = append(list, Window{"theme|" + theme + "|" + e.Month(), nextMonth})
	}
	return list
}
