package stats

import (
	"context"
	"errors"
	"maps"
	"time"
)

// book keeps what a store keeps, the plain way.
type book struct {
	since        string
	ledger       map[string][]string
	days, months map[string]map[string]int64
	residents    map[string]map[int]bool // 202603, 2026 -> numbers
	live         map[string]Window
	sets         map[string]map[int]bool
	meanwhile    func() // called when a ledger is read
	broken       string // the method that fails
	activities   Register
	scenes       []Scene
	tickets      map[string]map[string]int64
	retired      map[string]Retired
	dying        bool // the program ends before a ledger is dropped
}

func newBook() *book {
	return &book{
		since: "20260101", ledger: map[string][]string{}, days: map[string]map[string]int64{}, months: map[string]map[string]int64{},
		residents: map[string]map[int]bool{}, live: map[string]Window{}, sets: map[string]map[int]bool{},
	}
}

// put keeps n times e of a resident, the way a commit does.
func (b *book) put(e Event, resident, n int) {
	for range n {
		b.ledger[e.Month()] = append(b.ledger[e.Month()], e.Line())
		b.raise(e)
		if e.Kind != Message || e.InCrisis() || e.IsTest() {
			continue
		}
		mark(b.residents, e.Month(), resident)
		mark(b.residents, YearOf(e.At), resident)
		for _, w := range e.Windows() {
			b.live[w.Name] = w
			mark(b.sets, w.Name, resident)
		}
	}
}

func (b *book) raise(e Event) {
	for _, c := range e.Counters() {
		periods := b.days
		if c.Scope == PerMonth {
			periods = b.months
		}
		if periods[c.Period] == nil {
			periods[c.Period] = map[string]int64{}
		}
		periods[c.Period][c.Field] += e.Amount()
	}
}

func mark(sets map[string]map[int]bool, name string, resident int) {
	if sets[name] == nil {
		sets[name] = map[int]bool{}
	}
	sets[name][resident] = true
}

// close closes the windows that are over.
func (b *book) close(now time.Time) {
	for name, w := range b.live {
		if !now.Before(w.Ends) {
			e := Closing(w, int64(len(b.sets[name])))
			b.ledger[e.Month()] = append(b.ledger[e.Month()], e.Line())
			b.raise(e)
			delete(b.live, name)
			delete(b.sets, name)
		}
	}
}

var errBroken = errors.New("connection refused")

func (b *book) fails(method string) error {
	if b.broken == method {
		return errBroken
	}
	return nil
}

func (b *book) Since(context.Context) (string, error) { return b.since, b.fails("Since") }

func (b *book) Counters(_ context.Context, from, to time.Time) (days, months map[string]map[string]int64, err error) {
	days, months = map[string]map[string]int64{}, map[string]map[string]int64{}
	p := Period{from, to}
	copyOf(days, b.days, p.Days())
	copyOf(months, b.months, p.Months())
	return days, months, b.fails("Counters")
}

func copyOf(to, from map[string]map[string]int64, periods []string) {
	for _, period := range periods {
		for field, n := range from[period] {
			if to[period] == nil {
				to[period] = map[string]int64{}
			}
			to[period][field] = n
		}
	}
}

func (b *book) Residents(_ context.Context, periods ...string) (int64, error) {
	all := map[int]bool{}
	for _, p := range periods {
		for n := range b.residents[p] {
			all[n] = true
		}
	}
	return int64(len(all)), b.fails("Residents")
}

func (b *book) Activities(context.Context) (*Register, error) {
	return &b.activities, b.fails("Activities")
}

func (b *book) Scenes(context.Context) ([]Scene, error) { return b.scenes, b.fails("Scenes") }

func (b *book) TicketCounts(context.Context, time.Time, time.Time) (map[string]map[string]int64, error) {
	return b.tickets, b.fails("TicketCounts")
}

func (b *book) ReadLedger(_ context.Context, month string, line func(string) error) error {
	for _, text := range b.ledger[month] {
		if err := line(text); err != nil {
			return err
		}
	}
	if b.meanwhile != nil {
		b.meanwhile()
	}
	return b.fails("ReadLedger")
}

func (b *book) LiveWindows(context.Context) (map[string]int64, error) {
	live := map[string]int64{}
	for name, set := range b.sets {
		live[name] = int64(len(set))
	}
	return live, b.fails("LiveWindows")
}

func (b *book) Retired(context.Context) (map[string]Retired, error) {
	return maps.Clone(b.retired), b.fails("Retired")
}

func (b *book) LedgerLines(_ context.Context, months ...string) (map[string]int64, error) {
	lines := map[string]int64{}
	for _, m := range months {
		if n := len(b.ledger[m]); n > 0 {
			lines[m] = int64(n)
		}
	}
	return lines, b.fails("LedgerLines")
}

func (b *book) Retire(_ context.Context, r Retiree) (bool, error) {
	if b.dying {
		return false, errBroken
	}
	if int64(len(b.ledger[r.Month])) != r.Lines || b.retired[r.Month] != r.Was {
		return false, b.fails("Retire")
	}
	if b.retired == nil {
		b.retired = map[string]Retired{}
	}
	delete(b.ledger, r.Month)
	b.retired[r.Month] = r.Retired
	return true, b.fails("Retire")
}

// on returns asked on a day of 2026 in the morning.
func on(month time.Month, day int) Event {
	return with(func(e *Event) { e.At = time.Date(2026, month, day, 9, 0, 0, 0, zone) })
}

// about returns e about another entry.
func about(e Event, entry string, themes ...string) Event {
	e.Entry, e.Topic, e.Themes = entry, topicOf(entry), themes
	return e
}
