package main

import (
	"context"

	"pufa/bot"
	"pufa/handlers"
	"pufa/stats"
	"pufa/store"
)

// followups brings answers that a model chose after the reply; nil where none
// may follow.
func (s *server) followups() *handlers.Followups {
	if s.model == nil || !s.settings.OpenAI.Later || s.pushes.client == nil {
		return nil
	}
	return handlers.NewFollowups(handlers.FollowupsConfig{
		Answers: s.live, Gate: inbox{s.store}, Messenger: s.pushes.client, Tally: s.model.client, Log: s.log, Now: s.now,
	})
}

// Follow is the store's.
func (i inbox) Follow(ctx context.Context, c handlers.Claim, left, next bot.Dialogue) (bool, error) {
	held, _ := c.Held.(store.Claim)
	return i.store.Follow(ctx, held, left, next)
}

// CountFollowed is the store's.
func (i inbox) CountFollowed(ctx context.Context, c handlers.Claim, e stats.Event) error {
	held, _ := c.Held.(store.Claim)
	return i.store.CountFollowed(ctx, held, e)
}
