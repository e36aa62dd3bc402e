package stats

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Line is the event as the ledger keeps it: the day, the hour (none for a
// crisis), kind, outcome, entry, topic, themes, source, whether a model chose.
// A closed window has its residents for the outcome and its name for the entry;
// a gap has its shape for the outcome and its length for the themes, a scan its
// scene for the entry.
func (e Event) Line() string {
	digits := digitsOf(e.At)
	f := [9]string{digits[:len(dayForm)], digits[len(dayForm):], string(e.Kind)}
	switch {
	case e.InCrisis():
		f[1], f[2], f[3], f[8] = "", string(Message), CrisisOutcome, "0"
		if e.IsTest() {
			f[7] = TestSource // or it would be counted when the ledger is read
		}
	case e.Kind == Unique:
		f[1], f[3], f[4], f[8] = "", strconv.FormatInt(e.Residents, 10), slashed(e.Window), "0"
	case e.Kind == Scan:
		f[4], f[7], f[8] = safe(e.Scene, "/"), safe(e.Source, "/"), "0"
	default:
		f[3], f[4], f[5] = safe(e.Outcome, "/"), safe(e.Entry, ""), safe(e.Topic, "/")
		f[6], f[7], f[8] = strings.Join(e.themes(), ","), safe(e.Source, "/"), flag(e.Model)
		if e.Kind == Gap {
			f[6], f[8] = safe(e.Length, "/"), "0"
		}
	}
	return strings.Join(f[:], "|")
}

// ParseLine reads what Line wrote and refuses everything else. The time it
// returns is the start of the hour (of the day for a crisis and a closed
// window); what Sensitive was is not kept.
func ParseLine(line string) (Event, error) {
	f := strings.Split(line, "|")
	if len(f) != 9 {
		return Event{}, fmt.Errorf("read ledger line: %d fields, want 9", len(f))
	}
	at, err := parseHour(f[0], f[1])
	if err != nil {
		return Event{}, fmt.Errorf("read ledger line: %w", err)
	}
	e := Event{At: at, Kind: Kind(f[2]), Outcome: f[3], Entry: f[4], Topic: f[5], Source: f[7], Model: f[8] == "1"}
	if e.Kind == Gap {
		e.Length = f[6]
	} else if f[6] != "" {
		e.Themes = strings.Split(f[6], ",")
	}
	switch {
	case e.Kind == Scan:
		e.Scene, e.Entry = e.Entry, ""
	case !e.Kind.known():
		return Event{}, fmt.Errorf("read ledger line: unknown kind %q", f[2])
	case e.Kind == Unique:
		if e, err = closed(at, f[3], f[4]); err != nil {
			return Event{}, fmt.Errorf("read ledger line: %w", err)
		}
	}
	if e.Line() != line {
		return Event{}, fmt.Errorf("read ledger line: a field of %s holds what is never written", f[2])
	}
	return e, nil
}

// parseHour reads the day and the hour, which may be missing.
func parseHour(day, hour string) (time.Time, error) {
	at, err := time.ParseInLocation(dayForm, day, zone)
	if err != nil {
		return at, fmt.Errorf("%q is no day", day)
	}
	if hour == "" {
		return at, nil
	}
	n, err := strconv.Atoi(hour)
	if err != nil || n < 0 || n > 23 {
		return at, fmt.Errorf("hour %q is not 00 to 23", hour)
	}
	return at.Add(time.Duration(n) * time.Hour), nil
}

// closed reads the line of a closed window.
func closed(at time.Time, residents, name string) (Event, error) {
	n, err := strconv.ParseInt(residents, 10, 64)
	if err != nil || n < 1 {
		return Event{}, fmt.Errorf("window of %q residents", residents)
	}
	return Event{At: at, Kind: Unique, Window: strings.ReplaceAll(name, "/", "|"), Residents: n}, nil
}
