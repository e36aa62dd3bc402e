package stats

import (
	"context"
	"fmt"
	"time"
)

// Records is what figures are read from.
type Records interface {
	// Counters returns the counters of the days from and to, both included, by
	// 20260308, and of the months they lie in, by 202603.
	Counters(ctx context.Context, from, to time.Time) (days, months map[string]map[string]int64, err error)
	// Residents returns how many different residents wrote in periods, months
	// (202603) or years (2026), taken together.
	Residents(ctx context.Context, periods ...string) (int64, error)
	// Activities returns the register of activities.
	Activities(ctx context.Context) (*Register, error)
	// Scenes returns every scene that was ever made, by id.
	Scenes(ctx context.Context) ([]Scene, error)
	// TicketCounts returns the counters of the service desk of the months that
	// the days from to to lie in, by 202603.
	TicketCounts(ctx context.Context, from, to time.Time) (map[string]map[string]int64, error)
}

// Gather reads what the figures of a period are made of. Entries is the
// library, each entry with its themes; it says what cells there are and which
// overlap.
func Gather(ctx context.Context, r Records, p Period, now time.Time, entries map[string][]string) (Input, error) {
	in := Input{Period: p, Now: now, Entries: entries, Residents: map[string]int64{}, Quarters: map[string]int64{}}
	var err error
	if in.Days, in.Months, err = r.Counters(ctx, p.From, p.To); err != nil {
		return in, fmt.Errorf("gather figures: counters: %w", err)
	}
	months, all := p.whole(now)
	for _, month := range months {
		if in.Residents[month], err = r.Residents(ctx, month); err != nil {
			return in, fmt.Errorf("gather figures: residents of %s: %w", month, err)
		}
	}
	for quarter, months := range quarters(months, now) {
		if in.Quarters[quarter], err = r.Residents(ctx, months...); err != nil {
			return in, fmt.Errorf("gather figures: residents of %s: %w", quarter, err)
		}
	}
	activities, err := r.Activities(ctx)
	if err != nil {
		return in, fmt.Errorf("gather figures: activities: %w", err)
	}
	in.Activities = activities.List()
	if in.Scenes, err = r.Scenes(ctx); err != nil {
		return in, fmt.Errorf("gather figures: scenes: %w", err)
	}
	if in.Tickets, err = r.TicketCounts(ctx, p.From, p.To); err != nil {
		return in, fmt.Errorf("gather figures: tickets: %w", err)
	}
	if all {
		if in.Together, err = r.Residents(ctx, months...); err != nil {
			return in, fmt.Errorf("gather figures: residents: %w", err)
		}
	}
	return in, nil
}
