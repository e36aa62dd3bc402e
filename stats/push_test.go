package stats

import (
	"context"
	"testing"
	"time"
)

// tallies are counters that were raised by events.
type tallies struct {
	Counts
	since string
}

func (c tallies) Counters(_ context.Context, from, to time.Time) (days, months map[string]map[string]int64, err error) {
	days, months = map[string]map[string]int64{}, map[string]map[string]int64{}
	for counter, n := range c.Counts {
		into, first, last := days, DayOf(from), DayOf(to)
		if counter.Scope == PerMonth {
			into, first, last = months, MonthOf(from), MonthOf(to)
		}
		if counter.Period < first || counter.Period > last {
			continue
		}
		if into[counter.Period] == nil {
			into[counter.Period] = map[string]int64{}
		}
		into[counter.Period][counter.Field] += n
	}
	return days, months, nil
}

func (c tallies) Since(context.Context) (string, error)             { return c.since, nil }
func (tallies) Residents(context.Context, ...string) (int64, error) { return 0, nil }
func (tallies) Activities(context.Context) (*Register, error)       { return &Register{}, nil }
func (tallies) Scenes(context.Context) ([]Scene, error)             { return nil, nil }
func (tallies) TicketCounts(context.Context, time.Time, time.Time) (map[string]map[string]int64, error) {
	return nil, nil
}

func (c tallies) ask(on time.Time, n int, theme string) { c.add(on, n, Message, theme, "text") }

func (c tallies) open(on time.Time, n int, campaign string) {
	c.add(on, n, PageOpen, "3.8", Via(campaign))
}

func (c tallies) add(on time.Time, n int, k Kind, theme, from string) {
	for range n {
		c.Add(Event{At: on, Kind: k, Outcome: "answered", Entry: "women/x", Topic: "women", Themes: []string{theme}, Source: from})
	}
}

func march(day, hour int) time.Time { return time.Date(2027, 3, day, hour, 0, 0, 0, zone) }

func TestFiguresOfACampaign(t *testing.T) {
	c := tallies{Counts{}, "20260101"}
	push := Push{ID: "2027-womens-week-p1", Theme: "3.8", From: march(2, 10), Until: march(9, 0)}
	c.ask(march(1, 12), 14, "3.8")                   // the day before: not of the window
	c.ask(march(2, 8), 6, "3.8")                     // its first day, before it began
	c.ask(march(8, 23), 8, "3.8")                    // its last day
	c.ask(march(9, 1), 40, "3.8")                    // after it
	c.ask(march(5, 12), 50, "3.15")                  // another theme
	c.ask(march(1, 0).AddDate(0, 0, -28), 30, "3.8") // 29 days before
	c.ask(march(2, 0).AddDate(0, 0, -28), 14, "3.8") // the first of the four weeks
	c.open(march(3, 12), 7, push.ID)
	c.open(march(3, 12), 9, "2027-womens-week-p2")
	c.open(march(4, 12), 3, "2027-womens-week-p2")
	c.add(march(5, 12), 2, Card, "", Via(push.ID))
	c.Add(Closing(OfCampaign(push.ID, push.Until), 11))

	got, err := GatherPush(t.Context(), c, push, march(20, 0))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		got  Cell
		want string
	}{
		"opened":                {got.Opened, "7"},
		"shown is below five":   {got.Shown, "少于5"},
		"asked":                 {got.Asked, "14"},
		"in the four weeks":     {got.Before, "28"},
		"residents of the push": {got.Residents, "11"},
	} {
		if c.got.String() != c.want {
			t.Errorf("%s: %s, want %s", name, c.got, c.want)
		}
	}
	if !got.Lift.Known || got.Lift.Percent != 100 || got.Days != 7 || got.Open {
		t.Errorf("lift %+v over %d days, open %t: want 2 a day against 1 a day", got.Lift, got.Days, got.Open)
	}
	figures := got.Figures(PushDone{Planned: 300, Reached: 2, Failed: 1})
	if n := len(figures); n != 10 || figures[1].String() != "2" || figures[6].String() != "少于5" || figures[9].Value != 100 || figures[9].Rule != "K38" {
		t.Errorf("figures %+v", figures)
	}
	if len(got.Weeks) != 5 || !got.Weeks[3].Before || got.Weeks[4].Before || got.Weeks[4].Value != 14 {
		t.Errorf("weeks %+v", got.Weeks)
	}
}

func TestAFreshCampaignShowsNoSmallNumber(t *testing.T) {
	c := tallies{Counts{}, "20260101"}
	c.ask(march(2, 12), 4, "3.8")
	c.ask(march(1, 12), 6, "3.8")
	c.ask(march(1, 12).AddDate(0, 0, -7), 1, "3.8")
	got, err := GatherPush(t.Context(), c, Push{ID: "w", Theme: "3.8", From: march(2, 10), Until: march(20, 0)}, march(3, 12))
	if err != nil {
		t.Fatal(err)
	}
	if !got.Asked.Hidden || got.Asked.Value != 0 || got.Lift.Known || !got.Open || got.Days != 2 || !got.Residents.Missing {
		t.Errorf("%+v, want asked hidden and no lift", got)
	}
	for _, w := range got.Weeks {
		if w.Value > 0 && w.Value < hideBelow {
			t.Errorf("week %+v is shown", w)
		}
	}
}

func TestACampaignWithoutThemeHasNoQuestions(t *testing.T) {
	got, err := GatherPush(t.Context(), tallies{Counts{}, "20260101"}, Push{ID: "w", From: march(2, 10), Until: march(9, 0)}, march(20, 0))
	if err != nil || !got.Asked.Missing || !got.Before.Missing || got.Weeks != nil || got.Opened.String() != "0" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestACampaignIsNotComparedWithWeeksThatNobodyCounted(t *testing.T) {
	c := tallies{Counts{}, "20270215"}
	c.ask(march(1, 12), 10, "3.8")
	c.ask(march(2, 12), 20, "3.8")
	got, err := GatherPush(t.Context(), c, Push{ID: "w", Theme: "3.8", From: march(2, 10), Until: march(3, 0)}, march(20, 0))
	if err != nil || !got.Before.Missing || got.Lift.Known || len(got.Weeks) != 1 || got.Asked.String() != "20" {
		t.Errorf("%+v, %v, want no comparison", got, err)
	}
}

func TestResidentsOfASensitiveMatterAreInNoCampaign(t *testing.T) {
	w := OfCampaign("w", march(9, 0))
	e := Event{At: march(3, 12), Kind: Message, Outcome: "answered", Themes: []string{"3.8"}, Campaigns: []Window{w}}
	has := func(e Event) bool {
		for _, open := range e.Windows() {
			if open == w {
				return true
			}
		}
		return false
	}
	if !has(e) {
		t.Error("a resident who asked is not counted")
	}
	e.Sensitive = true
	if has(e) {
		t.Error("a resident who asked about a sensitive matter is counted")
	}
	e.Sensitive, e.Source = false, TestSource
	if has(e) {
		t.Error("a trial is counted")
	}
}

func TestWhatACardRaisesIsVerified(t *testing.T) {
	e := Event{At: march(3, 12), Kind: Card, Source: Via("2027-w")}
	read, err := ParseLine(e.Line())
	if err != nil || read.Source != e.Source || len(read.Counters()) != 1 {
		t.Errorf("%+v, %v", read, err)
	}
}
