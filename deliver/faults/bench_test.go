package faults

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"pufa/campaign"
	"pufa/deliver"
	"pufa/wechat/wechattest"
)

// BenchmarkSend sends a campaign to 100,000 followers from one process, to a
// platform in the same process that answers after 50 ms, over a redis-server
// that syncs every write to the disk. It reports recipients a second, the most
// memory that the process held, and what the campaign and the list of
// followers take in Redis.
func BenchmarkSend(b *testing.B) {
	const followers = 100_000
	redis := startRedis(b)
	s := storeOf(b, redis, "bench")
	enrol(b, s, followers)
	sent := 0
	for n := 0; b.Loop(); n++ {
		id := fmt.Sprint("bench", n)
		if err := s.PlanSend(b.Context(), id, terms()); err != nil {
			b.Fatal(err)
		}
		if n == 0 {
			state := redis.memory(b, "pufa:{bench}:send*:"+id)
			b.ReportMetric(float64(state)/1e6, "MB-campaign")
			b.ReportMetric(float64(redis.memory(b, "pufa:{bench}:follower:*"))/1e6, "MB-openids")
			b.ReportMetric(float64(redis.memory(b, "pufa:{bench}:residents"))/1e6, "MB-numbers")
		}
		r := &deliver.Runner{Queue: s, Followers: s, Brakes: s, Log: slog.New(slog.DiscardHandler)}
		got, err := r.Run(b.Context(), deliver.Job{
			Campaign: id, Terms: terms(),
			Call: func(ctx context.Context, openID string) error {
				select {
				case <-time.After(50 * time.Millisecond):
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			},
		})
		if err != nil || got.Progress[campaign.Accepted] != followers {
			b.Fatalf("Run = %v, %v", got.Progress, err)
		}
		sent += followers
	}
	b.ReportMetric(float64(sent)/b.Elapsed().Seconds(), "sends/s")
	b.ReportMetric(peakMB(b), "MB-peak")
}

// BenchmarkPlan makes the list of a campaign for 1,000,000 followers.
func BenchmarkPlan(b *testing.B) {
	redis := startRedis(b)
	s := storeOf(b, redis, "bench")
	everybody := strings.Repeat("\xff", 125_000)
	for _, key := range []string{"followers", "consent:" + campaign.ConsentToNotice(template)} {
		redis.tell("SETRANGE", "pufa:{bench}:"+key, "0", everybody)
	}
	for n := 0; b.Loop(); n++ {
		id := fmt.Sprint("plan", n)
		if err := s.PlanSend(b.Context(), id, terms()); err != nil {
			b.Fatal(err)
		}
		if p, err := s.SendProgress(b.Context(), id); err != nil || p[campaign.Unsent] != 1_000_000 {
			b.Fatalf("planned %v, %v", p, err)
		}
	}
}

// BenchmarkSync reads a list of 100,000 followers.
func BenchmarkSync(b *testing.B) {
	p := platformOf(b, 100_000)
	redis := startRedis(b)
	client, err := clientOf(p.URL())
	if err != nil {
		b.Fatal(err)
	}
	for n := 0; b.Loop(); n++ {
		s := storeOf(b, redis, fmt.Sprint("sync", n))
		got, err := deliver.Sync(b.Context(), client, s)
		if err != nil || got.Followers != 100_000 || !got.Whole {
			b.Fatalf("Sync = %+v, %v", got, err)
		}
		if found, err := s.OpenIDs(b.Context(), []int64{1, 100_000}); err != nil || found[100_000] != wechattest.OpenID(99_999) {
			b.Fatalf("OpenIDs = %v, %v", found, err)
		}
	}
}

// memory sums up what the keys of a pattern take, in bytes.
func (s *redisServer) memory(t testing.TB, pattern string) (sum int64) {
	t.Helper()
	script := "local n = 0; for _, k in ipairs(redis.call('KEYS', ARGV[1])) do " +
		"n = n + redis.call('MEMORY', 'USAGE', k, 'SAMPLES', 0) end return n"
	if _, err := fmt.Sscanf(s.tell("EVAL", script, "0", pattern), ":%d", &sum); err != nil {
		t.Fatal(err)
	}
	return sum
}

// peakMB is the most memory that the process ever held, in MB.
func peakMB(t testing.TB) float64 {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0 // not on this system
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kB := 0.0
	if _, err := fmt.Sscan(rest, &kB); err != nil {
		t.Fatal(err)
	}
	return kB * 1024 / 1e6
}
