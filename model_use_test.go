package main

import (
	"context"
	"log/slog"
	"maps"
	"testing"

	"pufa/bot"
	"pufa/bot/llm"
	"pufa/config"
	"pufa/store"
)

// TestUsageIsAddedOnce holds that what a model did is in the store once, also
// when nobody knew whether it had been added.
func TestUsageIsAddedOnce(t *testing.T) {
	st, err := store.Open(t.Context(), store.Options{
		DataDir: t.TempDir(), Account: "trial", Secret: []byte(testSecret), Now: noon, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	client, err := llm.New(llm.Config{BaseURL: "http://127.0.0.1:1/v1", Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	u := newUsage(&model{settings: config.OpenAI{}, client: client}, st, noon)
	holds := func(changed, kept int64) {
		t.Helper()
		if err := u.add(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, month, err := st.ModelUse(t.Context())
		if err != nil || month[effectField+string(bot.Changed)] != changed || month[effectField+string(bot.Kept)] != kept {
			t.Errorf("the store has %v, %v, want %d changed and %d kept", month, err, changed, kept)
		}
	}
	holds(0, 0)
	client.Count(bot.Changed)
	holds(1, 0)
	holds(1, 0)
	client.Count(bot.Changed)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := u.add(gone); err == nil {
		t.Fatal("a caller who has gone adds")
	}
	client.Count(bot.Kept)
	batch := *u.batch
	if !maps.Equal(batch.Fields, map[string]int64{effectField + string(bot.Changed): 1}) {
		t.Errorf("the batch that waits is %v", batch.Fields)
	}
	if err := st.AddModelUse(t.Context(), batch); err != nil { // it was added after all
		t.Fatal(err)
	}
	holds(2, 1)
	holds(2, 1)
	var none *usage
	none.run(gone, slog.New(slog.DiscardHandler)) // no model: it ends at once
}
