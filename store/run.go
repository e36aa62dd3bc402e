package store

import (
	"context"
	"errors"
	"time"
)

// Run does what is due each second until ctx ends. What fails is logged and
// tried again.
func (s *Store) Run(ctx context.Context) {
	every(ctx, time.Second, func(ctx context.Context) {
		if err := s.Tick(ctx); err != nil && s.chores.due("warn of tick", s.now()) {
			s.log.Error("store chores failed", "error", err)
		}
	})
}

// every calls do each d until ctx ends.
func every(ctx context.Context, d time.Duration, do func(context.Context)) {
	tick := time.NewTicker(d)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			do(ctx)
		}
	}
}

// Tick does what is due: it lets the trial store age, counts what waits in
// the spool, and once a minute closes the windows that are over.
func (s *Store) Tick(ctx context.Context) error {
	var errs []error
	if s.door != nil {
		errs = append(errs, s.door.Tick())
	}
	now := s.now()
	if s.spool.some() || s.chores.due("look for spools", now) {
		errs = append(errs, s.Replay(ctx))
	}
	if s.chores.due("close windows", now) {
		errs = append(errs, s.CloseWindows(ctx, now))
	}
	s.rewriteLog(ctx)
	return errors.Join(errs...)
}
