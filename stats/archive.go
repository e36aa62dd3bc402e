package stats

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
)

// What an Archive trusts to stay as it is. A day is settled when nothing of it
// can wait in a spool any more; a month's counters take the residents of
// windows that are closed late.
const (
	daySettles   = 3 * 24 * time.Hour   // after its end
	monthSettles = 100 * 24 * time.Hour // after its end
	archiveYears = 2                    // that Fill reads, beside the running one
	archiveAge   = 6 * time.Hour        // after which everything is read anew
)

// Archive is Annals that remember what is over, so that a page of figures
// reads what still changes and little more. What it remembers is read anew
// every six hours (Run); a report that is handed in is made without it.
type Archive struct {
	src Annals
	now func() time.Time

	mu   sync.Mutex
	kept *kept
}

// NewArchive is an empty archive over src.
func NewArchive(src Annals, now func() time.Time) *Archive {
	return &Archive{src: src, now: now, kept: newKept()}
}

// kept is what is remembered. A period without counters is remembered as nil.
type kept struct {
	days, months map[string]map[string]int64
	residents    map[string]int64  // periods joined by a space
	names        map[string]string // every name of a counter once, however many days have it
}

func newKept() *kept {
	return &kept{
		days: map[string]map[string]int64{}, months: map[string]map[string]int64{},
		residents: map[string]int64{}, names: map[string]string{},
	}
}

// lean is the counters with names that are shared.
func (k *kept) lean(fields map[string]int64) map[string]int64 {
	if fields == nil {
		return nil
	}
	out := make(map[string]int64, len(fields))
	for name, n := range fields {
		one, ok := k.names[name]
		if !ok {
			one = strings.Clone(name)
			k.names[one] = one
		}
		out[one] = n
	}
	return out
}

// Run fills the archive, and again every six hours, until ctx ends. What fails
// goes to report and is tried again.
func (a *Archive) Run(ctx context.Context, report func(error)) {
	tick := time.NewTicker(archiveAge)
	defer tick.Stop()
	for {
		if err := a.Fill(ctx); err != nil && ctx.Err() == nil {
			report(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Fill reads what is over of this year and the two before, and remembers that
// in place of what was remembered. It reads a month at a time.
func (a *Archive) Fill(ctx context.Context) error {
	now := a.now()
	first, err := a.src.Since(ctx)
	if err != nil {
		return err
	}
	fresh := &Archive{src: a.src, now: a.now, kept: newKept()}
	from := Year(now.In(zone).Year() - archiveYears).From
	for _, month := range (Period{from, now}).Months() {
		p, err := ParseMonth(month[:4] + "-" + month[4:])
		if err != nil {
			return err
		}
		if DayOf(p.To) < first {
			continue
		}
		if _, _, err := fresh.Counters(ctx, p.From, p.To); err != nil {
			return err
		}
		if _, err := fresh.Residents(ctx, month); err != nil {
			return err
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.kept = fresh.kept
	return nil
}

// Since returns the first day on which anything could be counted.
func (a *Archive) Since(ctx context.Context) (string, error) { return a.src.Since(ctx) }

// Activities returns the register as it is now.
func (a *Archive) Activities(ctx context.Context) (*Register, error) { return a.src.Activities(ctx) }

// Scenes returns the scenes as they are now.
func (a *Archive) Scenes(ctx context.Context) ([]Scene, error) { return a.src.Scenes(ctx) }

// TicketCounts returns the counters of the service desk as they are now.
func (a *Archive) TicketCounts(ctx context.Context, from, to time.Time) (map[string]map[string]int64, error) {
	return a.src.TicketCounts(ctx, from, to)
}

// Counters returns what the source would: what is over from memory.
func (a *Archive) Counters(ctx context.Context, from, to time.Time) (days, months map[string]map[string]int64, err error) {
	// Nothing was counted yet tomorrow; a day more for a clock that is late.
	p := Period{midnight(from), earlier(midnight(to), midnight(a.now()).AddDate(0, 0, 1))}
	days, months = map[string]map[string]int64{}, map[string]map[string]int64{}
	for _, stretch := range a.missing(p, days, months) {
		d, m, err := a.src.Counters(ctx, stretch.From, stretch.To)
		if err != nil {
			return nil, nil, err
		}
		a.remember(stretch, d, m)
		for day, fields := range d {
			days[day] = fields
		}
		for month, fields := range m {
			months[month] = fields
		}
	}
	return days, months, nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// missing puts what is remembered of a period into days and months, and
// returns the stretches that have to be read for the rest.
func (a *Archive) missing(p Period, days, months map[string]map[string]int64) (list []Period) {
	a.mu.Lock()
	defer a.mu.Unlock()
	unread := map[string]bool{} // months that no stretch brings
	for _, month := range p.Months() {
		fields, ok := a.kept.months[month]
		unread[month] = !ok
		if fields != nil {
			months[month] = fields
		}
	}
	for day := p.From; !day.After(p.To); day = day.AddDate(0, 0, 1) {
		fields, ok := a.kept.days[DayOf(day)]
		last := day.Equal(p.To) || day.AddDate(0, 0, 1).Day() == 1
		if ok && !(last && unread[MonthOf(day)]) {
			if fields != nil {
				days[DayOf(day)] = fields
			}
			continue
		}
		unread[MonthOf(day)] = false
		if n := len(list); n > 0 && list[n-1].To.AddDate(0, 0, 1).Equal(day) {
			list[n-1].To = day
		} else {
			list = append(list, Period{day, day})
		}
	}
	return list
}

// remember keeps what was read of a stretch and is settled.
func (a *Archive) remember(p Period, days, months map[string]map[string]int64) {
	now := a.now()
	a.mu.Lock()
	defer a.mu.Unlock()
	for day := p.From; !day.After(p.To); day = day.AddDate(0, 0, 1) {
		if now.Sub(day.AddDate(0, 0, 1)) > daySettles {
			a.kept.days[DayOf(day)] = a.kept.lean(days[DayOf(day)])
		}
	}
	for _, month := range p.Months() {
		if over(month, now) > monthSettles {
			a.kept.months[month] = a.kept.lean(months[month])
		}
	}
}

// over is how long ago a month, 202603, ended; below 0 while it runs.
func over(month string, now time.Time) time.Duration {
	first, err := time.ParseInLocation("200601", month, zone)
	if err != nil {
		return -1
	}
	return now.Sub(first.AddDate(0, 1, 0))
}

// Residents returns what the source would; of months that are over from
// memory.
func (a *Archive) Residents(ctx context.Context, periods ...string) (int64, error) {
	name, now := strings.Join(periods, " "), a.now()
	a.mu.Lock()
	n, ok := a.kept.residents[name]
	a.mu.Unlock()
	if ok {
		return n, nil
	}
	n, err := a.src.Residents(ctx, periods...)
	if err == nil && !slices.ContainsFunc(periods, func(p string) bool { return over(p, now) <= daySettles }) {
		a.mu.Lock()
		a.kept.residents[name] = n
		a.mu.Unlock()
	}
	return n, err
}

// Sitting is Annals for one page: what was read for one of its figures is not
// read again for another, so that all show the same moment.
func (a *Archive) Sitting() Annals {
	return &sitting{Archive: a, days: map[string]map[string]int64{}, months: map[string]map[string]int64{}, read: map[string]bool{}}
}

// sitting is one look into the archive. It is used by one goroutine.
type sitting struct {
	*Archive
	days, months map[string]map[string]int64
	read         map[string]bool // days and months, with and without counters
	register     *Register
}

func (s *sitting) Activities(ctx context.Context) (*Register, error) {
	if s.register != nil {
		return s.register, nil
	}
	var err error
	s.register, err = s.Archive.Activities(ctx)
	return s.register, err
}

func (s *sitting) Counters(ctx context.Context, from, to time.Time) (days, months map[string]map[string]int64, err error) {
	p := Period{midnight(from), midnight(to)}
	for _, stretch := range s.unread(p) {
		d, m, err := s.Archive.Counters(ctx, stretch.From, stretch.To)
		if err != nil {
			return nil, nil, err
		}
		for day, fields := range d {
			s.days[day] = fields
		}
		for month, fields := range m {
			s.months[month] = fields
		}
		for _, name := range append(stretch.Days(), stretch.Months()...) {
			s.read[name] = true
		}
	}
	return some(s.days, p.Days()), some(s.months, p.Months()), nil
}

// unread are the stretches of a period that were not read yet.
func (s *sitting) unread(p Period) (list []Period) {
	for day := p.From; !day.After(p.To); day = day.AddDate(0, 0, 1) {
		if s.read[DayOf(day)] {
			continue // its month was read with it
		}
		if n := len(list); n > 0 && list[n-1].To.AddDate(0, 0, 1).Equal(day) {
			list[n-1].To = day
		} else {
			list = append(list, Period{day, day})
		}
	}
	return list
}

func some(all map[string]map[string]int64, names []string) map[string]map[string]int64 {
	out := make(map[string]map[string]int64, len(names))
	for _, name := range names {
		if fields, ok := all[name]; ok {
			out[name] = fields
		}
	}
	return out
}
