package content

import (
	"slices"
	"strings"
	"time"
)

// Library is the whole of what can be answered. It does not change after
// Load, so any number of goroutines may read it.
type Library struct {
	tables

	entries   []*Entry
	byID      map[string]*Entry
	laws      map[string]*Law // by every name it goes by
	topicOf   map[string]*Topic
	hotlineOf map[string]*Hotline
	banned    []forbidden // the table of forbidden words, compiled
}

// Entries returns all entries, by id.
func (l *Library) Entries() []*Entry { return l.entries }

// Entry returns the entry with that id.
func (l *Library) Entry(id string) (*Entry, bool) {
	e, ok := l.byID[id]
	return e, ok
}

// EntriesOf returns the entries of a topic, by id.
func (l *Library) EntriesOf(topic string) []*Entry {
	var list []*Entry
	for _, e := range l.entries {
		if e.Topic() == topic {
			list = append(list, e)
		}
	}
	return list
}

// Topics returns the topics in the order of the tree.
func (l *Library) Topics() []Topic { return l.topics }

// Topic returns the topic with that slug.
func (l *Library) Topic(slug string) (Topic, bool) {
	if t, ok := l.topicOf[slug]; ok {
		return *t, true
	}
	return Topic{}, false
}

// Hotlines returns the verified numbers, urgent ones first as in the table.
func (l *Library) Hotlines() []Hotline { return l.hotlines }

// Hotline returns the row of a number.
func (l *Library) Hotline(number string) (Hotline, bool) {
	if h, ok := l.hotlineOf[number]; ok {
		return *h, true
	}
	return Hotline{}, false
}

// Phrases returns the table of neighbours' words.
func (l *Library) Phrases() []Phrase { return l.phrases }

// Crisis returns the crisis words, cards and rules.
func (l *Library) Crisis() CrisisTable { return l.crisis }

// Laws returns the register, in the order of the table.
func (l *Library) Laws() []Law { return l.tables.laws }

// Law finds a law by its short name, its full title or another name it goes
// by, with or without 《》 and 中华人民共和国. Deprecated names find nothing:
// see Replaced.
func (l *Library) Law(name string) (Law, bool) {
	if law, ok := l.laws[plainLawName(name)]; ok {
		return *law, true
	}
	return Law{}, false
}

// Replaced finds the law that took the place of one that is no longer in
// force, by the old one's name.
func (l *Library) Replaced(name string) (Law, bool) {
	name = plainLawName(name)
	for _, law := range l.tables.laws {
		if slices.ContainsFunc(law.Deprecated, func(old string) bool { return plainLawName(old) == name }) {
			return law, true
		}
	}
	return Law{}, false
}

func (l *Library) indexLaws() {
	for i := range l.tables.laws {
		law := &l.tables.laws[i]
		for _, name := range append([]string{law.Law, law.Title}, law.Aliases...) {
			l.laws[plainLawName(name)] = law
		}
	}
	for _, law := range l.tables.laws {
		for _, r := range law.Repeals {
			if ended, ok := l.laws[plainLawName(r.Law)]; ok {
				ended.endsOn = r.On
			}
		}
	}
}

var lawNameFolder = strings.NewReplacer("《", "", "》", "", "（", "(", "）", ")", " ", "", "中华人民共和国", "")

func plainLawName(name string) string { return lawNameFolder.Replace(name) }

// zone is the time zone whose days count.
var zone = time.FixedZone("Asia/Shanghai", 8*60*60)

// Standing says whether e, an entry of this library, may answer on the day of
// t in Asia/Shanghai, by its review date and by the editions it cites
// (promise 2).
func (l *Library) Standing(e *Entry, t time.Time) Standing {
	day := t.In(zone).Format(time.DateOnly)
	for i, law := range e.cited {
		if law == nil || !law.inForce(e.Citations[i].Edition, day) {
			return Stale
		}
	}
	return e.reviewStanding(day)
}

// inForce reports whether the edition of that date is the one in force on day
// (both 2006-01-02, which sort as text).
func (l *Law) inForce(edition, day string) bool {
	current := l.Edition
	if l.Next != "" && day >= l.Next {
		current = l.Next
	}
	ended := l.endsOn != "" && day >= l.endsOn
	return !ended && edition == current && edition <= day
}
