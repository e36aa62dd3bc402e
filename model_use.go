package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"time"

	"pufa/bot"
	"pufa/store"
)

const (
	// reportEvery is how often what a model did is added up in the store: as much
	// a kill may lose of these figures. What the day costs is kept with each call.
	reportEvery = 5 * time.Second
	// lastReport bounds the last one.
	lastReport = 2 * time.Second
)

// usage adds what a model does in this process to the store.
type usage struct {
	model *model
	store *store.Store
	now   func() time.Time
	who   string

	mu    sync.Mutex
	added map[string]int64  // of what the client counted
	batch *store.ModelBatch // that nobody knows to be added; nil: none
	count int64
}

// newUsage begins at nothing; nil where no model helps.
func newUsage(m *model, st *store.Store, now func() time.Time) *usage {
	if m == nil {
		return nil
	}
	return &usage{model: m, store: st, now: now, who: rand.Text()[:12], added: map[string]int64{}}
}

// run adds up until ctx ends, and once more then.
func (u *usage) run(ctx context.Context, log *slog.Logger) {
	if u == nil {
		return
	}
	tick := time.NewTicker(reportEvery)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-tick.C:
			err := u.add(ctx)
			if err != nil && !failing {
				log.Warn("what the model did could not be added up yet", "error", err)
			}
			failing = err != nil
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastReport)
			defer cancel()
			if err := u.add(last); err != nil {
				log.Warn("what the model did last was not added up", "error", err)
			}
			return
		}
	}
}

// add adds what came about since the last time. A batch that may not have been
// added is tried again as it is, before the next.
func (u *usage) add(ctx context.Context) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	for range 2 {
		if u.batch == nil && !u.next() {
			return nil
		}
		if err := u.store.AddModelUse(ctx, *u.batch); err != nil {
			return err
		}
		u.batch = nil
	}
	return nil
}

// next makes the batch of what was not added; false where there is nothing.
func (u *usage) next() bool {
	fields := map[string]int64{}
	for field, n := range fieldsOf(u.model.client.Uses(), u.model.client.Effects()) {
		if more := n - u.added[field]; more != 0 {
			fields[field], u.added[field] = more, n
		}
	}
	if len(fields) == 0 {
		return false
	}
	u.count++
	u.batch = &store.ModelBatch{Who: u.who, Number: u.count, At: u.now(), Fields: fields}
	return true
}

// How the fields of what a model did are named; docs/redis-keys.md.
const (
	promptField     = "/prompt"
	completionField = "/completion"
	tookField       = "/ms"
	effectField     = "effect/"
)

// fieldsOf are what a client counted, by field.
func fieldsOf(uses []bot.Use, effects map[bot.Effect]int64) map[string]int64 {
	fields := map[string]int64{}
	for _, u := range uses {
		for end, n := range u.Ends {
			fields[u.Helper+"/"+string(end)] = n
		}
		fields[u.Helper+promptField] = u.PromptTokens
		fields[u.Helper+completionField] = u.CompletionTokens
		fields[u.Helper+tookField] = u.Took.Milliseconds()
	}
	for effect, n := range effects {
		fields[effectField+string(effect)] = n
	}
	return fields
}
