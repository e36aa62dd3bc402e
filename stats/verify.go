package stats

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// Source is what Verify recounts.
type Source interface {
	Records
	// Since returns the first day counted, as 20260308.
	Since(ctx context.Context) (string, error)
	// ReadLedger calls line with every line of a month (202603), those of
	// messages in danger too.
	ReadLedger(ctx context.Context, month string, line func(string) error) error
	// LiveWindows counts the residents of the windows that are not closed yet.
	LiveWindows(ctx context.Context) (map[string]int64, error)
	// Retired returns the marks of the months whose ledger is gone, by month.
	Retired(ctx context.Context) (map[string]Retired, error)
}

// Result is what Verify found.
type Result struct {
	Months, Lines int       // how many were read
	Retired       []Retired // months that cannot be rebuilt any more, oldest first
	Differences   []Difference
}

// Print writes one line a month that cannot be rebuilt, one line a difference,
// then how many of these there are.
func (r Result) Print(w io.Writer) error {
	for _, m := range r.Retired {
		if _, err := fmt.Fprintf(w, "month %s: not rebuilt, its %d ledger lines were dropped on %s; counters compared with the sum made then\n",
			m.Month, m.Lines, m.At.In(zone).Format(time.DateOnly)); err != nil {
			return fmt.Errorf("print retired months: %w", err)
		}
	}
	for _, d := range r.Differences {
		if _, err := fmt.Fprintln(w, d); err != nil {
			return fmt.Errorf("print differences: %w", err)
		}
	}
	if _, err := fmt.Fprintf(w, "differences: %d\n", len(r.Differences)); err != nil {
		return fmt.Errorf("print differences: %w", err)
	}
	return nil
}

func (r *Result) addf(format string, args ...any) {
	r.Differences = append(r.Differences, Difference(fmt.Sprintf(format, args...)))
}

// Verify rebuilds every counter from the ledger, from the first day counted to
// now, and recounts bitmaps and live sets. Where the ledger of a month is gone,
// its counters are compared with the sum that was made of them before. It may
// run while messages are counted. It returns an error only when something
// cannot be read.
func Verify(ctx context.Context, src Source, now time.Time) (Result, error) {
	v := verifier{src: src, most: map[string]int64{}}
	if err := v.run(ctx, now); err != nil {
		return v.Result, fmt.Errorf("verify figures: %w", err)
	}
	return v.Result, nil
}

type verifier struct {
	src Source
	Result
	windows map[string]int64 // window -> its residents, live or closed
	most    map[string]int64 // window -> its messages, which its residents cannot exceed
	retired map[string]Retired
}

func (v *verifier) run(ctx context.Context, now time.Time) error {
	since, err := v.src.Since(ctx)
	if err != nil {
		return fmt.Errorf("read the first day: %w", err)
	}
	first, err := time.ParseInLocation(dayForm, since, zone)
	if err != nil {
		return fmt.Errorf("the first day is %q", since)
	}
	if first.After(now) {
		return fmt.Errorf("the first day is %s, which is still to come: is the clock right?", since)
	}
	// Before the ledger: a message that comes in between has its line already.
	if v.windows, err = v.live(ctx); err != nil {
		return fmt.Errorf("read live windows: %w", err)
	}
	if v.retired, err = v.src.Retired(ctx); err != nil {
		return fmt.Errorf("read retired months: %w", err)
	}
	period := Period{first, now}
	for _, month := range period.Months() {
		if err := v.month(ctx, month); err != nil {
			return fmt.Errorf("month %s: %w", month, err)
		}
	}
	if err := v.bitmaps(ctx, period.Months()); err != nil {
		return fmt.Errorf("count residents: %w", err)
	}
	v.overfull()
	return nil
}

func (v *verifier) live(ctx context.Context) (map[string]int64, error) {
	live, err := v.src.LiveWindows(ctx)
	windows := map[string]int64{}
	for name, n := range live {
		windows[slashed(name)] = n
	}
	return windows, err
}

// month compares the counters of a month and its days with its ledger.
func (v *verifier) month(ctx context.Context, month string) error {
	v.Months++
	before, err := v.stored(ctx, month)
	if err != nil {
		return err
	}
	ledger, err := v.rebuilt(ctx, month)
	if err != nil {
		return err
	}
	after, err := v.stored(ctx, month)
	if err != nil {
		return err
	}
	if mark, ok := v.retired[month]; ok {
		v.Retired = append(v.Retired, mark)
		// What came after the ledger was dropped has lines of its own.
		if after.less(ledger).sum() != mark.Sum {
			v.addf("month %s: the counters are not those that were checked before its ledger was dropped on %s", month, mark.At.In(zone).Format(time.DateOnly))
		}
		return nil
	}
	v.Differences = append(v.Differences, Compare(ledger, before, after)...)
	for c, n := range ledger {
		if name, ok := strings.CutPrefix(c.Field, uniqueField); ok {
			v.windows[name] = n
		}
	}
	return nil
}

func (v *verifier) stored(ctx context.Context, month string) (Counts, error) {
	first, err := time.ParseInLocation(monthForm, month, zone)
	if err != nil {
		return nil, fmt.Errorf("%q is no month", month)
	}
	days, months, err := v.src.Counters(ctx, first, first.AddDate(0, 1, -1))
	if err != nil {
		return nil, fmt.Errorf("read counters: %w", err)
	}
	counts := Counts{}
	counts.put(PerDay, days)
	counts.put(PerMonth, months)
	return counts, nil
}

// rebuilt reads the ledger of a month. A line that cannot be read, or that
// stands in the wrong month, is a difference; what it says is not shown.
func (v *verifier) rebuilt(ctx context.Context, month string) (Counts, error) {
	counts, n := Counts{}, 0
	err := v.src.ReadLedger(ctx, month, func(line string) error {
		n++
		switch e, err := ParseLine(line); {
		case err != nil:
			v.addf("ledger %s line %d: %v", month, n, err)
		case e.Month() != month:
			v.addf("ledger %s line %d: stands in the wrong month, is of %s", month, n, e.Month())
		default:
			counts.Add(e)
			v.fill(e)
		}
		return nil
	})
	v.Lines += n
	if err != nil {
		return nil, fmt.Errorf("read ledger: %w", err)
	}
	return counts, nil
}

// fill adds a message, an opened page or a scan to the windows it may have a place in.
func (v *verifier) fill(e Event) {
	if e.Kind == PageOpen || e.Kind == Scan {
		v.most["page/"+e.Day()]++
	}
	for _, w := range e.Windows() {
		v.most[slashed(w.Name)]++
	}
}

// overfull finds windows with more residents than messages.
func (v *verifier) overfull() {
	for _, name := range slices.Sorted(maps.Keys(v.windows)) {
		switch parseWindow(name).by {
		case "day", "topic", "theme", "page":
			if n := v.windows[name]; n > v.most[name] {
				v.addf("window %s: residents %d, messages %d", name, n, v.most[name])
			}
		}
	}
}

// bitmaps recounts the residents of each year: those of the year and those of
// its months are the same. Both only grow, so what is read first is no more
// than what is read later.
func (v *verifier) bitmaps(ctx context.Context, months []string) error {
	for len(months) > 0 {
		year := months[0][:4]
		n := 0
		for n < len(months) && months[n][:4] == year {
			n++
		}
		either, err := v.src.Residents(ctx, append([]string{year}, months[:n]...)...)
		if err != nil {
			return err
		}
		ofMonths, err := v.src.Residents(ctx, months[:n]...)
		if err != nil {
			return err
		}
		ofYear, err := v.src.Residents(ctx, year)
		if err != nil {
			return err
		}
		if either > ofMonths {
			v.addf("residents %s: %d of the year are in none of its months", year, either-ofMonths)
		}
		if either > ofYear {
			v.addf("residents %s: %d of its months are not in the year", year, either-ofYear)
		}
		months = months[n:]
	}
	return nil
}
