package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"pufa/stats"
)

// Difference is a figure that is not what its record says.
type Difference struct {
	Where   string // day:20260308, month:202603, bits:202603, w:day|20260308
	What    string // the field, or what was compared
	Stored  int64
	Rebuilt int64
}

func (d Difference) String() string {
	return fmt.Sprintf("%s %s: stored %d, rebuilt %d", d.Where, d.What, d.Stored, d.Rebuilt)
}

// Verify rebuilds every counter from the ledger and recounts the bitmaps and
// the live windows, from the first day to now. Messages may come meanwhile.
func (s *Store) Verify(ctx context.Context) ([]Difference, error) {
	since, err := s.Since(ctx)
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	first, err := time.ParseInLocation("20060102", since, zone)
	if err != nil {
		return nil, fmt.Errorf("verify: first day %q: %w", since, err)
	}
	var all []Difference
	last := s.now().In(zone)
	for m := time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, zone); !m.After(last); m = m.AddDate(0, 1, 0) {
		list, err := s.verifyMonth(ctx, m)
		if err != nil {
			return nil, fmt.Errorf("verify: %w", err)
		}
		all = append(all, list...)
	}
	sets, err := s.verifySets(ctx, first, last)
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	return append(all, sets...), nil
}

// verifyMonth compares the counters of a month with its ledger. They only
// grow, so that a right one lies between what was read before and after.
func (s *Store) verifyMonth(ctx context.Context, month time.Time) ([]Difference, error) {
	last := month.AddDate(0, 1, -1)
	before, err := s.Counts(ctx, month, last)
	if err != nil {
		return nil, err
	}
	rebuilt, err := s.Rebuild(ctx, stats.MonthOf(month))
	if err != nil {
		return nil, err
	}
	after, err := s.Counts(ctx, month, last)
	if err != nil {
		return nil, err
	}
	return append(compare("day:", before.Days, rebuilt.Days, after.Days),
		compare("month:", before.Months, rebuilt.Months, after.Months)...), nil
}

// Rebuild counts a month (202603) again from its ledger.
func (s *Store) Rebuild(ctx context.Context, month string) (Counts, error) {
	c := newCounts()
	err := s.ReadLedger(ctx, month, func(line string) error {
		if field, n, ok := parseClosing(line); ok {
			raise(c.Months, month, field, n)
			return nil
		}
		e, err := stats.ParseLine(line)
		if err != nil {
			return err
		}
		for _, counter := range e.Counters() {
			periods := c.Days
			if counter.Scope == stats.PerMonth {
				periods = c.Months
			}
			raise(periods, counter.Period, counter.Field, 1)
		}
		return nil
	})
	return c, err
}

func raise(periods map[string]map[string]int64, period, field string, n int64) {
	if periods[period] == nil {
		periods[period] = map[string]int64{}
	}
	periods[period][field] += n
}

// parseClosing reads the ledger line of a closed window; see closing.
func parseClosing(line string) (field string, n int64, ok bool) {
	f := strings.Split(line, "|")
	if len(f) != 9 || f[2] != string(stats.Unique) {
		return "", 0, false
	}
	n, err := strconv.ParseInt(f[3], 10, 64)
	return string(stats.Unique) + "|" + f[4], n, err == nil
}

// compare lists the fields whose rebuilt number is below what was stored
// before, or above what was stored after.
func compare(where string, before, rebuilt, after map[string]map[string]int64) []Difference {
	var list []Difference
	for period := range merged(before, rebuilt, after) {
		for field := range merged(before[period], rebuilt[period], after[period]) {
			n := rebuilt[period][field]
			if n < before[period][field] || n > after[period][field] {
				list = append(list, Difference{where + period, field, after[period][field], n})
			}
		}
	}
	slices.SortFunc(list, func(a, b Difference) int { return strings.Compare(a.Where+" "+a.What, b.Where+" "+b.What) })
	return list
}

// merged has the keys of all maps.
func merged[V any](all ...map[string]V) map[string]bool {
	keys := map[string]bool{}
	for _, m := range all {
		for k := range m {
			keys[k] = true
		}
	}
	return keys
}

// verifySets recounts what is its own record: no bitmap may hold a number
// that was never given, no month a resident whom its year lacks, no window
// more residents than there are numbers.
func (s *Store) verifySets(ctx context.Context, first, last time.Time) ([]Difference, error) {
	live, err := s.Windows(ctx)
	if err != nil {
		return nil, err
	}
	years, months := map[string][]byte{}, map[string][]byte{}
	for m := time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, zone); !m.After(last); m = m.AddDate(0, 1, 0) {
		name := stats.MonthOf(m)
		if months[name], err = s.bitmap(ctx, s.keys.bits(name)); err != nil {
			return nil, err
		}
		if years[stats.YearOf(m)], err = s.bitmap(ctx, s.keys.bits(stats.YearOf(m))); err != nil {
			return nil, err
		}
	}
	given, err := s.given(ctx) // last: numbers are only ever added
	if err != nil {
		return nil, err
	}
	var list []Difference
	for _, name := range slices.Sorted(maps.Keys(months)) {
		year := years[name[:4]]
		if lacking := ones(union(year, months[name])) - ones(year); lacking > 0 {
			list = append(list, Difference{"bits:" + name, "residents whom the year lacks", lacking, 0})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(years)) {
		if top := highest(years[name]); top > given {
			list = append(list, Difference{"bits:" + name, "highest resident number", top, given})
		}
	}
	for _, w := range live {
		if w.Residents > given && !strings.HasPrefix(w.Name, pagePrefix) {
			list = append(list, Difference{"w:" + w.Name, "residents", w.Residents, given})
		}
	}
	return list, nil
}

// given is the last resident number given.
func (s *Store) given(ctx context.Context) (int64, error) {
	text, err := s.bitmap(ctx, s.keys.next())
	if err != nil || len(text) == 0 {
		return 0, err
	}
	return strconv.ParseInt(string(text), 10, 64)
}

// highest is the highest bit that is set, 0 for none.
func highest(b []byte) int64 {
	for i := len(b) - 1; i >= 0; i-- {
		for bit := 7; bit >= 0; bit-- {
			if b[i]>>(7-bit)&1 == 1 {
				return int64(i*8 + bit)
			}
		}
	}
	return 0
}
