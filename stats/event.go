// Package stats turns what happened into what is counted: counters, throw-away
// sets of residents and ledger lines, and back into figures. It says how each
// figure is counted (docs/统计口径.md). It never sees a resident, a message or
// Redis: an Event has no place for any of them.
package stats

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Kind says what happened.
type Kind string

// The kinds of event. A Message is anything a resident sent that wants a
// reply; the others are counted beside the messages, never among them.
const (
	Message     Kind = "message"
	Helpful     Kind = "helpful"   // 有用
	Unhelpful   Kind = "unhelpful" // 没用
	Subscribe   Kind = "subscribe"
	Unsubscribe Kind = "unsubscribe"
	PageOpen    Kind = "page"
	Gap         Kind = "gap"    // a message that was not answered: how, and what is near
	Unique      Kind = "unique" // residents of a closed window, see Closing
	Card        Kind = "card"   // a campaign's card stood under a reply
	Scan        Kind = "scan"   // a poster's code was scanned, once a visitor and day
	Later       Kind = "later"  // an answer that a model chose followed a referral
)

func (k Kind) known() bool {
	switch k {
	case Message, Helpful, Unhelpful, Subscribe, Unsubscribe, PageOpen, Gap, Unique, Card, Scan, Later:
		return true
	}
	return false
}

// The outcomes of a Later: the platform took it, or did not say.
const (
	Sent  = "sent"
	Doubt = "doubt"
)

// CrisisOutcome is the outcome of a message that was answered with a hotline.
// Its line carries the day and nothing else (promise 3).
const CrisisOutcome = "crisis"

// TestSource is the source of what staff or the test bench tried out.
const TestSource = "test"

// zone is the time zone whose days are counted.
var zone = time.FixedZone("Asia/Shanghai", 8*60*60)

// Event is one thing to count. It has a topic and no resident; what is
// counted by resident (Windows) never meets what is kept by topic.
type Event struct {
	At        time.Time
	Kind      Kind
	Outcome   string   // answered, menu, referred, crisis, command, limited, none; of a Gap its shape
	Entry     string   // empty when no entry was involved; of a Gap the nearest
	Topic     string   // empty when no topic was involved
	Themes    []string // of the entry, in the library's order
	Source    string   // text, voice, menu, scan, page; how it came
	Model     bool     // a model chose the entry or its sentences
	Sensitive bool     // residents are not counted by topic or theme
	Length    string   // of a Gap: short, medium, long, or empty
	Campaigns []Window // of a Message: windows of campaigns that it belongs to
	Window    string   // of a Unique: the window that closed
	Scene     string   // of a Scan: the code's scene
	Residents int64    // of a Unique: how many different residents it had, at least 1
}

// Crisis returns the only event that is kept of a message in danger.
func Crisis(at time.Time) Event {
	return Event{At: at, Kind: Message, Outcome: CrisisOutcome}
}

// Day returns the day of the event in Asia/Shanghai as 20260308.
func (e Event) Day() string { return DayOf(e.At) }

// Month returns the month of the event in Asia/Shanghai as 202603.
func (e Event) Month() string { return MonthOf(e.At) }

const (
	dayForm   = "20060102"
	monthForm = "200601"
)

// DayOf returns t's day in Asia/Shanghai as 20260308.
func DayOf(t time.Time) string { return digitsOf(t)[:len(dayForm)] }

// MonthOf returns t's month in Asia/Shanghai as 202603.
func MonthOf(t time.Time) string { return digitsOf(t)[:len(monthForm)] }

// YearOf returns t's year in Asia/Shanghai as 2026.
func YearOf(t time.Time) string { return digitsOf(t)[:4] }

// digitsOf is year, month, day and hour in Asia/Shanghai as 2026030815. Several
// of them are wanted of every message, and time.Format takes its time.
func digitsOf(t time.Time) string {
	t = t.In(zone)
	year, month, day := t.Date()
	if year < 0 || year > 9999 {
		return t.Format(dayForm + "15")
	}
	n := ((year*100+int(month))*100+day)*100 + t.Hour()
	var b [10]byte
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return string(b[:])
}

// InCrisis reports whether only the day may be kept of the event.
func (e Event) InCrisis() bool { return e.Outcome == CrisisOutcome }

// IsTest reports whether the event is of a trial. It enters no figure, even
// where one got as far as this package.
func (e Event) IsTest() bool { return e.Source == TestSource }

// themes are the event's themes as they are kept: each once, none empty.
func (e Event) themes() []string {
	var list []string
	for _, theme := range e.Themes {
		if theme = safe(theme, "/"); theme != "" && !slices.Contains(list, theme) {
			list = append(list, theme)
		}
	}
	return list
}

// safe takes the signs out of a field that would let it run into the next one:
// a count under an odd name is better than a wrong or a lost one.
func safe(field, also string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError || r == '|' || r == ',' || strings.ContainsRune(also, r) {
			return '_'
		}
		return r
	}, field)
}

func flag(b bool) string {
	if b {
		return "1"
	}
	return "0"
}
