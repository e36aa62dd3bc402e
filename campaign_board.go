package main

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"pufa/campaign"
	"pufa/content"
	"pufa/handlers"
	"pufa/staff"
	"pufa/stats"
	"pufa/store"
)

// board is what residents' messages meet of the campaigns, as the store said a
// second ago. It answers from memory, so that no message waits for it.
type board struct {
	store *store.Store
	rules campaign.Rules
	shelf campaign.Shelf
	// library is what posters lead to; needed where scenes are asked for.
	library func() *content.Library
	now     func() time.Time
	log     *slog.Logger
	seen    atomic.Pointer[sight]

	mu      sync.Mutex // of all below
	steps   int64      // of the trail, when the campaigns were read
	read    time.Time
	list    []campaign.Campaign
	hung    []stats.Scene
	tests   map[string]staff.Tester // by mark
	failing bool
}

// sight is one look at the campaigns.
type sight struct {
	entries  map[string]string // of those that began: id -> first entry, may be empty
	open     []campaign.Campaign
	card     campaign.Campaign // the one that is shown; its ID is empty when none is
	messages bool
	scenes   map[string]stats.Scene // those that count
	tests    map[string]staff.Tester
}

const (
	lookForCampaigns = time.Second
	readCampaigns    = time.Minute // they are read again, changed or not
)

func newBoard(st *store.Store, rules campaign.Rules, lib campaign.Shelf, now func() time.Time, log *slog.Logger) *board {
	b := &board{store: st, rules: rules, shelf: lib, now: now, log: log, steps: -1}
	b.seen.Store(&sight{})
	return b
}

// Run follows the store until ctx ends.
func (b *board) Run(ctx context.Context) {
	tick := time.NewTicker(lookForCampaigns)
	defer tick.Stop()
	for {
		b.Tick(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Tick reads the campaigns if a step of the trail was made, and looks which
// windows are open. While the store is away what was known stays.
func (b *board) Tick(ctx context.Context) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.follow(ctx); err != nil {
		if !b.failing && ctx.Err() == nil {
			b.log.Warn("campaigns could not be read", "error", err)
		}
		b.failing = true
	} else {
		b.failing = false
	}
	b.seen.Store(b.look(b.now()))
}

func (b *board) follow(ctx context.Context) error {
	steps, err := b.store.TrailLength(ctx)
	now := b.now()
	if err != nil || steps == b.steps && now.Sub(b.read).Abs() < readCampaigns {
		return err
	}
	list, err := b.store.Campaigns(ctx, campaign.Filter{})
	if err != nil {
		return err
	}
	hung, err := b.store.Scenes(ctx)
	if err != nil {
		return err
	}
	tests, err := b.store.TesterMarks(ctx)
	if err != nil {
		return err
	}
	b.list, b.hung, b.tests, b.steps, b.read = list, hung, tests, steps, now
	return nil
}

// look picks what matters at a moment. Of several cards the one that began
// last is shown.
func (b *board) look(now time.Time) *sight {
	s := &sight{entries: map[string]string{}, scenes: map[string]stats.Scene{}, tests: b.tests}
	for _, scene := range b.hung {
		if scene.Withdrawn.IsZero() {
			s.scenes[scene.ID] = scene
		}
	}
	for _, c := range b.list {
		s.messages = s.messages || c.Channel == campaign.Message && !c.Status.Over()
		if !c.Pushed() {
			continue
		}
		s.entries[c.ID] = ""
		if uses := c.Uses(); len(uses) > 0 {
			s.entries[c.ID] = uses[0]
		}
		if c.Theme != "" && now.Before(c.Until.Add(lateMessages)) {
			s.open = append(s.open, c)
		}
		if b.rules.Shows(c, b.shelf, now) && !c.Due.Before(s.card.Due) {
			s.card = c
		}
	}
	return s
}

// lateMessages is how long after a window a message of it may still come.
const lateMessages = 15 * time.Minute

// Known reports whether residents may have got something of a campaign.
func (b *board) Known(id string) bool {
	_, ok := b.seen.Load().entries[id]
	return ok
}

// Entry is the first that a campaign stands on.
func (b *board) Entry(id string) (string, bool) {
	entry := b.seen.Load().entries[id]
	return entry, entry != ""
}

// Card is the one that is shown at a time.
func (b *board) Card(at time.Time) (handlers.Card, bool) {
	c := b.seen.Load().card
	if c.ID == "" || at.Before(c.Due) || !at.Before(c.Until) {
		return handlers.Card{}, false
	}
	return handlers.Card{Campaign: c.ID, Text: c.Text}, true
}

// Windows are those of the campaigns to which a question of the themes belongs.
func (b *board) Windows(themes []string, at time.Time) (list []stats.Window) {
	for _, c := range b.seen.Load().open {
		if slices.Contains(themes, c.Theme) && !at.Before(c.Began) && at.Before(c.Until) {
			list = append(list, stats.OfCampaign(c.ID, c.Until))
		}
	}
	return list
}

// Messages reports whether a campaign by customer message is planned.
func (b *board) Messages() bool { return b.seen.Load().messages }
