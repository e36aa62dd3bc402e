package stats

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

// MinLedgerMonths is how many whole months of the ledger are always kept,
// beside the running one: what may be asked about a year can be counted again.
const MinLedgerMonths = 12

// Retired says that the ledger of a month is gone. Its counters stay for ever.
// They were checked against the ledger before, and Sum says what they were, so
// that a change is found although nothing can be rebuilt.
type Retired struct {
	Month string    `json:"month"` // 202403
	Lines int64     `json:"lines"` // that were dropped, all together
	At    time.Time `json:"at"`
	Sum   string    `json:"sum"` // SHA-256 over every counter, in hex
}

// Retiree is a month whose ledger is to go: its mark, and what stood in the
// store when it was checked.
type Retiree struct {
	Retired
	Was   Retired // the mark that was read; zero: none
	Lines int64   // that were read
}

// Vault is a Source from which ledgers may be dropped.
type Vault interface {
	Source
	// LedgerLines returns how many lines months have; those without any are
	// left out.
	LedgerLines(ctx context.Context, months ...string) (map[string]int64, error)
	// Retire drops the ledger of a month and keeps its mark, both or neither. It
	// reports false, and does nothing, where the ledger has not as many lines as
	// were read, or the mark is not the one that was read.
	Retire(ctx context.Context, r Retiree) (bool, error)
}

// The errors a caller decides by.
var (
	// ErrLedgerYoung means that the ledger of a month must not go yet.
	ErrLedgerYoung = errors.New("the ledger of this month must be kept")
	// ErrLedgerDiffers means that the counters of a month are not what its
	// ledger says: it stays, so that they can be mended.
	ErrLedgerDiffers = errors.New("the counters are not what the ledger says")
	// ErrLedgerMoved means that lines came while the ledger was checked, or that
	// another instance dropped it.
	ErrLedgerMoved = errors.New("the ledger changed while it was checked")
)

// believed is how long ago a message was counted at most where the clock is
// believed: what is dropped does not come back, and the platform's messages are
// refused while a clock is wrong.
const believed = 60 * 24 * time.Hour

// Retirable returns the months of which a ledger is there that may go, oldest
// first, when so many months before the running one are kept. There are none
// where no message came in the last 60 days.
func Retirable(ctx context.Context, v Vault, keep int, now time.Time) ([]string, error) {
	since, err := v.Since(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for old ledgers: %w", err)
	}
	first, err := time.ParseInLocation(dayForm, since, zone)
	if err != nil {
		return nil, fmt.Errorf("look for old ledgers: the first day is %q", since)
	}
	end := keptFrom(keep, now).AddDate(0, 0, -1)
	if end.Before(first) {
		return nil, nil
	}
	months := Period{midnight(first), end}.Months()
	lines, err := v.LedgerLines(ctx, months...)
	if err != nil {
		return nil, fmt.Errorf("look for old ledgers: %w", err)
	}
	var list []string
	for _, month := range months {
		if lines[month] > 0 {
			list = append(list, month)
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	alive, err := believable(ctx, v, now)
	if err != nil || !alive {
		return nil, err
	}
	return list, nil
}

// believable reports whether a message was counted lately by this clock.
func believable(ctx context.Context, v Vault, now time.Time) (bool, error) {
	days, _, err := v.Counters(ctx, now.Add(-believed), now)
	if err != nil {
		return false, fmt.Errorf("look for old ledgers: %w", err)
	}
	for _, fields := range days {
		for field := range fields {
			if strings.HasPrefix(field, hourField) {
				return true, nil
			}
		}
	}
	return false, nil
}

// keptFrom is the first day of the oldest month that is kept.
func keptFrom(keep int, now time.Time) time.Time {
	t := now.In(zone)
	return time.Date(t.Year(), t.Month()-time.Month(max(keep, MinLedgerMonths)), 1, 0, 0, 0, 0, zone)
}

// Retire checks the counters of a month against its ledger and drops the
// ledger only when both agree. It refuses a month of the last year whatever is
// asked. A crash before the drop leaves everything as it was.
func Retire(ctx context.Context, v Vault, month string, now time.Time) (Retired, error) {
	first, err := time.ParseInLocation(monthForm, month, zone)
	if err != nil {
		return Retired{}, fmt.Errorf("retire ledger: %q is no month", month)
	}
	if !first.Before(keptFrom(MinLedgerMonths, now)) {
		return Retired{}, fmt.Errorf("retire ledger of %s: %w", month, ErrLedgerYoung)
	}
	r, err := checked(ctx, v, month, now)
	if err != nil {
		return Retired{}, fmt.Errorf("retire ledger of %s: %w", month, err)
	}
	done, err := v.Retire(ctx, r)
	if err == nil && !done {
		err = ErrLedgerMoved
	}
	if err != nil {
		return Retired{}, fmt.Errorf("retire ledger of %s: %w", month, err)
	}
	return r.Retired, nil
}

// checked rebuilds the counters of a month and makes its mark.
func checked(ctx context.Context, v Vault, month string, now time.Time) (Retiree, error) {
	marks, err := v.Retired(ctx)
	if err != nil {
		return Retiree{}, err
	}
	check := verifier{src: v, most: map[string]int64{}, windows: map[string]int64{}, retired: marks}
	if err := check.month(ctx, month); err != nil {
		return Retiree{}, err
	}
	if n := len(check.Differences); n > 0 {
		return Retiree{}, fmt.Errorf("%w: %d differences, the first: %s", ErrLedgerDiffers, n, check.Differences[0])
	}
	if check.Lines == 0 {
		return Retiree{}, ErrLedgerMoved
	}
	counts, err := check.stored(ctx, month)
	if err != nil {
		return Retiree{}, err
	}
	r := Retiree{Was: marks[month], Lines: int64(check.Lines)}
	r.Retired = Retired{Month: month, Lines: r.Was.Lines + r.Lines, At: now.UTC().Truncate(time.Second), Sum: counts.sum()}
	return r, nil
}

// sum tells counters from any others. Those at 0 are as good as none.
func (c Counts) sum() string {
	h := sha256.New()
	for _, counter := range counters(c) {
		if n := c[counter]; n != 0 {
			fmt.Fprintf(h, "%s %s %s %d\n", counter.Scope, counter.Period, counter.Field, n)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// less are the counters without those of another.
func (c Counts) less(other Counts) Counts {
	out := Counts{}
	for counter, n := range c {
		out[counter] = n - other[counter]
	}
	for counter, n := range other {
		if _, ok := c[counter]; !ok {
			out[counter] = -n
		}
	}
	return out
}
