package store

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"pufa/stats"
)

// touched writes down the keys of every command.
type touched struct {
	mu   sync.Mutex
	keys map[string]bool
}

func (h *touched) DialHook(next redis.DialHook) redis.DialHook { return next }

func (h *touched) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		h.note(cmd)
		return next(ctx, cmd)
	}
}

func (h *touched) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		h.note(cmds...)
		return next(ctx, cmds)
	}
}

func (h *touched) note(cmds ...redis.Cmder) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range cmds {
		for _, arg := range c.Args() {
			if s := fmt.Sprint(arg); strings.HasPrefix(s, "pufa:{") {
				h.keys[s] = true
			}
		}
	}
}

// dashboardYear is what a dashboard of the running year shows: the figures
// beside those of the year before, and every campaign.
func dashboardYear(ctx context.Context, a *stats.Archive, now time.Time) error {
	sitting := a.Sitting()
	if _, err := stats.GatherCompared(ctx, sitting, stats.Year(2026), now, map[string][]string{"consumer/fraud": {"3.15"}}); err != nil {
		return err
	}
	for i := range 60 {
		began := now.AddDate(0, 0, -6*i)
		push := stats.Push{ID: fmt.Sprint("c", i), Theme: "3.15", From: began, Until: began.AddDate(0, 0, 7)}
		if _, err := stats.GatherPush(ctx, sitting, push, now); err != nil {
			return err
		}
	}
	return nil
}

// At the end of a year a dashboard has most to read: all days of December.
func TestADashboardTouchesFewKeys(t *testing.T) {
	r := overTrial(t)
	now := time.Date(2026, 12, 31, 16, 0, 0, 0, zone)
	r.raw.Set(t.Context(), r.keys.since(), "20250101", 0)
	for day := time.Date(2025, 1, 1, 0, 0, 0, 0, zone); !day.After(now); day = day.AddDate(0, 0, 1) {
		pipe := r.raw.Pipeline()
		pipe.HSet(t.Context(), r.keys.day(stats.DayOf(day)), answerField, 3)
		pipe.HIncrBy(t.Context(), r.keys.month(stats.MonthOf(day)), "entry|message|consumer/fraud", 3)
		pipe.SetBit(t.Context(), r.keys.bits(stats.MonthOf(day)), int64(day.YearDay()), 1)
		if _, err := pipe.Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	a := stats.NewArchive(r.Store, func() time.Time { return now })
	if err := a.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	hook := &touched{keys: map[string]bool{}}
	r.redis.AddHook(hook)
	if err := dashboardYear(t.Context(), a, now); err != nil {
		t.Fatal(err)
	}
	if n := len(hook.keys); n > 90 || n < 20 {
		t.Errorf("%d keys are touched, want at most 90, which leaves 10 to session, account and campaigns", n)
	}
	t.Logf("%d keys", len(hook.keys))
}

// BenchmarkDashboardYear is the slowest dashboard, with 2,000,000 events in
// each of two years, over a redis-server: the median and the slowest of twenty.
func BenchmarkDashboardYear(b *testing.B) {
	addr := startServer(b)
	raw := rawClient(addr)
	defer raw.Close()
	now := time.Date(2026, 12, 31, 16, 0, 0, 0, zone)
	clock := &clock{at: time.Date(2025, 1, 1, 9, 0, 0, 0, zone)}
	s, err := Open(b.Context(), Options{
		RedisURL: "redis://" + addr, DataDir: b.TempDir(), Account: "trial", Secret: testSecret, Now: clock.now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	fillYears(b, s, raw)
	a := stats.NewArchive(s, func() time.Time { return now })
	start := time.Now()
	if err := a.Fill(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Logf("filled in %v", time.Since(start).Round(time.Millisecond))
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		if err := dashboardYear(b.Context(), a, now); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	at := func(share float64) float64 {
		return float64(took[int(math.Ceil(share*float64(len(took))))-1].Microseconds()) / 1000
	}
	b.ReportMetric(at(0.5), "ms/p50")
	b.ReportMetric(at(0.95), "ms/p95")
}
