package stats

import (
	"strings"
	"time"
)

// Window is a stretch of time in which different residents are counted by a
// set of hashes under a key that is thrown away when it ends.
type Window struct {
	Name string    // day|20260308, topic|consumer|202603, theme|3.8|202603
	Ends time.Time // the first moment after it
}

// OfCampaign is the window of a campaign, which ends with it.
func OfCampaign(id string, ends time.Time) Window {
	return Window{"campaign|" + safe(id, "/"), ends}
}

// Windows returns the windows in which the resident who caused e is counted:
// the day and, unless the matter is sensitive, the month of the topic and of
// each theme, and the campaigns. A crisis and what is not a message count in none.
func (e Event) Windows() []Window {
	if e.Kind != Message || e.InCrisis() || e.IsTest() {
		return nil
	}
	t := e.At.In(zone)
	tomorrow := time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, zone)
	digits := digitsOf(t)
	list := append(make([]Window, 0, 4), Window{"day|" + digits[:len(dayForm)], tomorrow})
	if e.Sensitive {
		return list
	}
	month := digits[:len(monthForm)]
	nextMonth := time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, zone)
	if topic := safe(e.Topic, "/"); topic != "" {
		list = append(list, Window{"topic|" + topic + "|" + month, nextMonth})
	}
	for _, theme := range e.themes() {
		list = append(list, Window{"theme|" + theme + "|" + month, nextMonth})
	}
	return append(list, e.Campaigns...)
}

// Closing returns the event of a window that is over: its ledger line holds
// the window's last day, its name and how many different residents it had.
func Closing(w Window, residents int64) Event {
	return Event{At: w.Ends.Add(-time.Second), Kind: Unique, Window: w.Name, Residents: residents}
}

// slashed is a window's name as a line and a counter hold it.
func slashed(window string) string { return safe(strings.ReplaceAll(window, "|", "/"), "") }

// windowName is a window's name in parts; what is empty for a day.
type windowName struct{ by, what, period string }

// parseWindow reads a name with strokes or slashes.
func parseWindow(name string) windowName {
	f := strings.Split(slashed(name), "/")
	switch len(f) {
	case 2:
		return windowName{f[0], "", f[1]}
	case 3:
		return windowName{f[0], f[1], f[2]}
	}
	return windowName{}
}
