package store

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"

	"pufa/stats"
)

// trips counts how often Redis is waited for.
type trips struct{ n atomic.Int64 }

func (h *trips) DialHook(next redis.DialHook) redis.DialHook { return next }

func (h *trips) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		h.n.Add(1)
		return next(ctx, cmd)
	}
}

func (h *trips) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		h.n.Add(1)
		return next(ctx, cmds)
	}
}

// A message takes two trips, one before the reply and one that keeps it. What
// is counted of it goes with them.
func TestCountingAddsNoTripToAReply(t *testing.T) {
	r := overMiniredis(t)
	r.asked(t, "id:0", "oFirst") // opens the windows of the day and the month
	event := r.answer()
	for _, c := range []struct {
		name   string
		events []stats.Event
	}{
		{"a reply of which nothing is counted", nil},
		{"an answer", []stats.Event{event}},
		{"an answer and a rating", []stats.Event{event, {At: event.At, Kind: stats.Helpful, Entry: event.Entry}}},
		{"a question without an answer", []stats.Event{
			{At: event.At, Kind: stats.Message, Outcome: "referred", Source: "text"},
			{At: event.At, Kind: stats.Gap, Outcome: "unsure", Entry: event.Entry, Length: "short"},
		}},
		{"a message in danger", []stats.Event{stats.Crisis(event.At)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			hook := &trips{}
			r.redis.AddHook(hook)
			claim := r.claimed(t, Arrival{MessageKey: "id:" + c.name, OpenID: "oSecond"})
			if err := r.Commit(t.Context(), claim, Result{Stored: Stored{Text: "答"}, Events: c.events}); err != nil {
				t.Fatal(err)
			}
			if n := hook.n.Load(); n != 2 {
				t.Errorf("%d trips to Redis, want 2", n)
			}
		})
	}
}
