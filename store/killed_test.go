package store

import (
	"context"
	"fmt"
	"log/slog"
	"os/exec"
	"sync"
	"testing"
	"time"

	"pufa/stats"
)

// TestRedisKilledUnderLoad kills a redis-server between two writes, starts it
// again, and finds every message counted that was acknowledged, once.
func TestRedisKilledUnderLoad(t *testing.T) {
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("no redis-server on the PATH: its death is not tested")
	}
	dir, port := t.TempDir(), freePort(t)
	args := []string{"--port", fmt.Sprint(port), "--bind", "127.0.0.1", "--save", "", "--dir", dir, "--appendonly", "yes", "--appendfsync", "always"}
	first, addr := startProcess(t, port, args)
	clock := &clock{at: morning}
	s, err := Open(t.Context(), Options{
		RedisURL: "redis://" + addr, DataDir: t.TempDir(), Account: "trial", Secret: testSecret,
		Now: clock.now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	event := stats.Event{At: morning, Kind: stats.Message, Outcome: "answered", Topic: "consumer", Source: "text"}
	message := func(n int) error {
		a := Arrival{MessageKey: fmt.Sprint("id:", n), OpenID: fmt.Sprint("o", n%50)}
		r := Result{Stored: Stored{Text: "答"}, Events: []stats.Event{event}}
		c, err := s.Claim(context.Background(), a)
		if err != nil {
			return s.CommitLater(context.Background(), a, r)
		}
		return s.Commit(context.Background(), c, r)
	}
	const messages, workers = 1000, 8
	var wg sync.WaitGroup
	half := make(chan struct{})
	for w := range workers {
		wg.Go(func() {
			for n := w; n < messages; n += workers {
				if n == messages/2 {
					close(half)
				}
				if err := message(n); err != nil {
					t.Errorf("message %d: %v", n, err)
				}
			}
		})
	}
	<-half
	first.Process.Kill()
	wg.Wait()
	first.Wait()
	waiting, _ := s.spool.waiting()
	startProcess(t, port, args)
	clock.set(morning.Add(2 * time.Second))
	if err := s.Replay(t.Context()); err != nil {
		t.Fatal(err)
	}
	days, _, err := s.Counters(t.Context(), morning, morning)
	if n := days["20260308"]["hour|10"]; err != nil || n != messages {
		t.Errorf("counted %d, %v, want %d", n, err, messages)
	}
	if n, err := s.Residents(t.Context(), "202603"); err != nil || n != 50 {
		t.Errorf("residents %d, %v, want 50", n, err)
	}
	if got, err := stats.Verify(t.Context(), s, clock.now()); err != nil || len(got.Differences) > 0 {
		t.Errorf("Verify = %v, %v", got.Differences, err)
	}
	t.Logf("%d acknowledged, %d of them in the spool; %d counted", messages, waiting, days["20260308"]["hour|10"])
}
