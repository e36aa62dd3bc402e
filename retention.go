package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"pufa/stats"
)

// retention drops old ledgers, a day's look at a time.
type retention struct {
	vault stats.Vault
	keep  int // whole months before the running one; 0: for ever
	now   func() time.Time
	log   *slog.Logger

	// Only Run touches these.
	looked time.Time
}

func (s *server) retention() *retention {
	return &retention{vault: s.store, keep: s.settings.LedgerMonths, now: s.now, log: s.log}
}

// How often it is looked whether a ledger may go, and how often the clock is
// asked.
const (
	lookForLedgers = 24 * time.Hour
	askRetention   = time.Minute
)

// Run looks once a day until ctx ends. The first look is a minute after the
// start, when what waited in a spool was counted.
func (r *retention) Run(ctx context.Context) {
	tick := time.NewTicker(askRetention)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			r.Tick(ctx)
		}
	}
}

// Tick drops every ledger that may go, if that was not looked at in the last
// day. What fails is logged and tried again the next day.
func (r *retention) Tick(ctx context.Context) {
	now := r.now()
	if r.keep == 0 || now.Sub(r.looked).Abs() < lookForLedgers {
		return
	}
	r.looked = now
	months, err := stats.Retirable(ctx, r.vault, r.keep, now)
	if err != nil {
		r.failed(ctx, "old ledgers could not be looked for", err)
		return
	}
	for _, month := range months {
		gone, err := stats.Retire(ctx, r.vault, month, now)
		switch {
		case err == nil:
			r.log.Info("ledger of a month was dropped, its counters agreed with it", "month", month, "lines", gone.Lines)
		case errors.Is(err, stats.ErrLedgerMoved): // by another instance, or tomorrow
		default:
			r.failed(ctx, "ledger of a month stays", err)
		}
	}
}

func (r *retention) failed(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		r.log.Error(what, "error", err)
	}
}
