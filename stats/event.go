// Package stats turns what happened into what is counted: counters, throw-away
// sets of residents and ledger lines, and back into figures. It says how each
// figure is counted (docs/统计口径.md). It never sees a resident, a message or
// Redis: an Event has no place for any of them.
package stats

import (
	"fmt"
	"strconv"
	"strings"
	"time"
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
	Unique      Kind = "unique" // residents of a closed window, see Closing
)

// CrisisOutcome is the outcome of a message that was answered with a hotline.
// Its line carries the day and nothing else (promise 3).
const CrisisOutcome = "crisis"

// Zone is the time zone whose days are counted.
var zone = time.FixedZone("Asia/Shanghai", 8*60*60)

// Event is one thing to count. It has a topic and no resident; what is
// counted by resident (Windows) never meets what is kept by topic.
type Event struct {
	At        time.Time
	Kind      Kind
	Outcome   string   // answered, menu, referred, crisis, command, limited, none
	Entry     string   // empty when no entry was involved
	Topic     string   // empty when no topic was involved
	Themes    []string // of the entry, in the library's order
	Source    string   // text, voice, menu, scan, page; how it came
	Model     bool     // a model chose the entry or its sentences
	Sensitive bool     // residents are not counted by topic or theme
}

// Crisis returns the only event that is kept of a message in danger.
func Crisis(at time.Time) Event {
	return Event{At: at, Kind: Message, Outcome: CrisisOutcome}
}

// Day returns the day of the event in Asia/Shanghai as 20260308.
func (e Event) Day() string { return DayOf(e.At) }

// Month returns the month of the event in Asia/Shanghai as 202603.
func (e Event) Month() string { return MonthOf(e.At) }

// DayOf returns t's day in Asia/Shanghai as 20260308.
func DayOf(t time.Time) string { return t.In(zone).Format("20060102") }

// MonthOf returns t's month in Asia/Shanghai as 202603.
func MonthOf(t time.Time) string { return t.In(zone).Format("200601") }

// YearOf returns t's year in Asia/Shanghai as 2026.
func YearOf(t time.Time) string { return t.In(zone).Format("2006") }

// InCrisis reports whether only the day may be kept of the event.
func (e Event) InCrisis() bool { return e.Outcome == CrisisOutcome }

// Line is the event as the ledger keeps it: the day, the hour (none for a
// crisis), kind, outcome, entry, topic, themes, source, whether a model chose.
func (e Event) Line() string {
	if e.InCrisis() {
		return strings.Join([]string{e.Day(), "", string(Message), CrisisOutcome, "", "", "", "", "0"}, "|")
	}
	return strings.Join([]string{
		e.Day(), e.hour(), string(e.Kind), e.Outcome, e.Entry, e.Topic,
		strings.Join(e.Themes, ","), e.Source, flag(e.Model),
	}, "|")
}

func (e Event) hour() string { return e.At.In(zone).Format("15") }

func flag(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// ParseLine reads what Line wrote. The time it returns is the start of the
// hour (of the day for a crisis); what Sensitive was is not kept.
func ParseLine(line string) (Event, error) {
	f := strings.Split(line, "|")
	if len(f) != 9 {
		return Event{}, fmt.Errorf("read ledger line: %d fields, want 9", len(f))
	}
	at, err := time.ParseInLocation("20060102", f[0], zone)
	if err != nil {
		return Event{}, fmt.Errorf("read ledger line: day %q: %w", f[0], err)
	}
	if f[1] != "" {
		hour, err := strconv.Atoi(f[1])
		if err != nil || hour < 0 || hour > 23 {
			return Event{}, fmt.Errorf("read ledger line: hour %q is not 00 to 23", f[1])
		}
		at = at.Add(time.Duration(hour) * time.Hour)
	}
	e := Event{
		At: at, Kind: Kind(f[2]), Outcome: f[3], Entry: f[4], Topic: f[5],
		Source: f[7], Model: f[8] == "1",
	}
	if f[6] != "" {
		e.Themes = strings.Split(f[6], ",")
	}
	return e, nil
}
