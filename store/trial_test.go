package store

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"testing"
	"time"
)

// TestTrialLong makes a long history through the whole path and measures how
// soon the store is ready again.
func TestTrialLong(t *testing.T) {
	n := 500
	if v := os.Getenv("PUFA_TRIAL_MESSAGES"); v != "" {
		fmt.Sscan(v, &n)
	}
	r := overTrial(t)
	start := time.Now()
	for i := range n {
		r.clock.set(r.clock.now().Add(200 * time.Millisecond))
		r.asked(t, fmt.Sprint("id:", i), fmt.Sprint("o", i%5000))
		if i%20 == 0 {
			if err := r.door.Tick(); err != nil {
				t.Fatal(err)
			}
		}
	}
	took := time.Since(start)
	// Gone without a goodbye: what a second process would find.
	dir := t.TempDir()
	if err := os.CopyFS(dir+"/trial", os.DirFS(r.dir+"/trial")); err != nil {
		t.Fatal(err)
	}
	var size int64
	files, _ := os.ReadDir(dir + "/trial")
	for _, f := range files {
		info, _ := f.Info()
		size += info.Size()
	}
	start = time.Now()
	o := r.options(dir)
	o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	s, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	ready := time.Since(start)
	defer s.Close()
	lines := s.redis.XLen(t.Context(), s.keys.ledger("202603")).Val()
	t.Logf("%d messages in %v (%.0f commands/s), %d files, %d KiB, ready in %v, %d lines in March", n, took, float64(2*n)/took.Seconds(), len(files), size>>10, ready, lines)
	if ready > time.Second {
		t.Errorf("ready in %v, want at most 1 s", ready)
	}
}
