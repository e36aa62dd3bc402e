package stats

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// weeksBefore is how far back the questions of a theme are looked at that a
// campaign is compared with.
const weeksBefore = 4

// viaCampaign begins the source of what came by a campaign.
const viaCampaign = "c:"

// Via is the source of a page that a campaign led to, and of its card.
func Via(campaign string) string { return viaCampaign + campaign }

// Push is a campaign as its figures need it.
type Push struct {
	ID    string
	Theme string    // empty: nothing is known of questions
	From  time.Time // when it began
	Until time.Time // the end of its window
}

// days are those of the campaign's window: that on which it began to that in
// which its last moment lies.
func (p Push) days() Period {
	return Period{midnight(p.From), midnight(p.Until.Add(-time.Nanosecond))}
}

// before are the four weeks before it.
func (p Push) before() Period {
	first := midnight(p.From)
	return Period{first.AddDate(0, 0, -7*weeksBefore), first.AddDate(0, 0, -1)}
}

func midnight(t time.Time) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// PushFigures is what residents did about a campaign. What the office did
// itself stands in the campaign.
type PushFigures struct {
	Opened    Cell       // K34
	Shown     Cell       // K35
	Asked     Cell       // K36
	Residents Cell       // K37; missing until the window is closed, and where nobody may be counted
	Before    Cell       // the same questions in the four weeks before
	Days      int        // of the window that are over or have begun
	Lift      Change     // K38: Asked a day against Before a day
	Open      bool       // the window is not over: the figures still grow
	Weeks     []PushWeek // Before and Asked week by week; nil where it cannot be shown
}

// PushWeek is a week of a chart, or what there is of it.
type PushWeek struct {
	Period Period
	Before bool // it lies before the campaign
	Cell
}

// GatherPush reads the figures of a campaign that began.
func GatherPush(ctx context.Context, r Annals, p Push, now time.Time) (PushFigures, error) {
	k, err := readPushes(ctx, r, []Push{p}, now)
	if err != nil {
		return PushFigures{}, fmt.Errorf("figures of campaign %s: %w", p.ID, err)
	}
	return k.figures(p), nil
}

// pushCounts are the counters that the figures of campaigns are made of.
type pushCounts struct {
	since        string
	now          time.Time
	days, months map[string]map[string]int64
	fields       map[string]*Split   // the names of counters that campaigns are made of; nil: another
	read         map[string]*pushDay // by day
}

// pushDay is what campaigns are made of on a day.
type pushDay struct {
	asked count // theme → messages that were answered with an entry of it
	came  count // kind|source → what came by a campaign
}

// day is read once for all campaigns: their windows and the weeks before them
// overlap, and a day has some hundred counters.
func (k pushCounts) day(name string) *pushDay {
	d := k.read[name]
	if d != nil {
		return d
	}
	d = &pushDay{asked: count{}, came: count{}}
	for field, n := range k.days[name] {
		s, known := k.fields[field]
		if !known {
			s = pushField(field)
			k.fields[field] = s
		}
		switch {
		case s == nil:
		case s.Kind == Message:
			for _, theme := range s.Themes {
				d.asked[theme] += n
			}
		default:
			d.came[string(s.Kind)+"|"+s.Source] += n
		}
	}
	k.read[name] = d
	return d
}

// pushField reads the name of a counter; nil when it says nothing of campaigns.
func pushField(name string) *Split {
	s, ok := ParseSplit(name)
	about := s.Kind == Message && s.Source != TestSource && len(s.Themes) > 0
	came := (s.Kind == PageOpen || s.Kind == Card) && strings.HasPrefix(s.Source, viaCampaign)
	if !ok || !about && !came {
		return nil
	}
	return &s
}

// via is what came by a campaign on a day.
func (d *pushDay) via(kind Kind, campaign string) int64 {
	return d.came[string(kind)+"|"+safe(Via(campaign), "/")]
}

// readPushes reads all of them at once, so that they are of one moment.
func readPushes(ctx context.Context, r Annals, list []Push, now time.Time) (k pushCounts, err error) {
	k.now, k.fields, k.read = now, map[string]*Split{}, map[string]*pushDay{}
	if len(list) == 0 {
		return k, nil
	}
	if k.since, err = r.Since(ctx); err != nil {
		return k, fmt.Errorf("first day: %w", err)
	}
	all := Period{list[0].before().From, list[0].days().To}
	for _, p := range list {
		all.From = earlier(all.From, p.before().From)
		if last := p.days().To; last.After(all.To) {
			all.To = last
		}
	}
	k.days, k.months, err = r.Counters(ctx, all.From, all.To)
	return k, err
}

// figures are those of one campaign.
func (k pushCounts) figures(p Push) PushFigures {
	f := PushFigures{Open: k.now.Before(p.Until), Residents: Cell{Missing: true}}
	opened, shown := int64(0), int64(0)
	for _, day := range p.days().Days() {
		opened += k.day(day).via(PageOpen, p.ID)
		shown += k.day(day).via(Card, p.ID)
		if day <= DayOf(k.now) {
			f.Days++
		}
	}
	f.Opened, f.Shown = few(opened), few(shown)
	f.Asked, f.Before = Cell{Missing: true}, Cell{Missing: true}
	if p.Theme == "" {
		return f
	}
	f.weigh(k.asked(p), p, k.since <= DayOf(p.before().From))
	if n := k.months[MonthOf(p.Until.Add(-time.Second))][uniqueField+slashed(OfCampaign(p.ID, p.Until).Name)]; n > 0 {
		f.Residents = unsplit(n, f.Asked.Hidden)
	}
	return f
}

// asked counts the questions of a day about the campaign's theme.
func (k pushCounts) asked(p Push) func(day string) int64 {
	theme := safe(p.Theme, "/")
	return func(day string) int64 { return k.day(day).asked[theme] }
}

// few is a count that stands alone: nobody at all is no secret.
func few(n int64) Cell {
	if n == 0 {
		return Cell{}
	}
	return unsplit(n, false)
}

// weigh compares the questions of the window with those of the weeks before,
// if all of those were counted.
func (f *PushFigures) weigh(asked func(string) int64, p Push, counted bool) {
	window, past := p.days(), p.before()
	during, before := total(byWeek(window, asked)), total(byWeek(past, asked))
	f.Asked = few(during)
	parts := []Period{window}
	if counted {
		f.Before, parts = few(before), []Period{past, window}
	}
	if !f.Asked.Hidden && counted && !f.Before.Hidden {
		// The means of a day, both times the days of both.
		f.Lift = Cell{Value: during * 7 * weeksBefore}.Since(Cell{Value: before * int64(f.Days)})
		f.Lift.By = 0
	}
	for _, part := range parts {
		weeks, ok := f.chart(byWeek(part, asked), part)
		if !ok {
			f.Weeks = nil
			return
		}
		for i := range weeks {
			weeks[i].Before = part == past
		}
		f.Weeks = append(f.Weeks, weeks...)
	}
}

// chart hides what is too small, and what would give it away: the sum of the
// weeks is known.
func (f *PushFigures) chart(weeks count, part Period) (list []PushWeek, ok bool) {
	hide, ok := protect(weeks)
	if !ok {
		// All that there is of the part is one number, which is hidden already.
		if hide = small(weeks); len(weeks) > 1 {
			return nil, false
		}
	}
	for _, week := range weeksOf(part) {
		name := DayOf(week.From)
		c := Cell{Value: weeks[name], Hidden: hide[name]}
		if c.Hidden {
			c.Value = 0
		}
		list = append(list, PushWeek{Period: week, Cell: c})
	}
	return list, true
}

// weeksOf divides a period into weeks from its first day on; the last one may
// be shorter.
func weeksOf(p Period) (list []Period) {
	for from := p.From; !from.After(p.To); from = from.AddDate(0, 0, 7) {
		to := from.AddDate(0, 0, 6)
		if to.After(p.To) {
			to = p.To
		}
		list = append(list, Period{from, to})
	}
	return list
}

// byWeek adds days up to weeks, by the first day of each.
func byWeek(p Period, of func(day string) int64) count {
	weeks := count{}
	for _, week := range weeksOf(p) {
		for _, day := range week.Days() {
			weeks[DayOf(week.From)] += of(day)
		}
	}
	return weeks
}
