package store

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"

	"pufa/bot"
	"pufa/stats"
)

// BenchmarkMessage takes messages through both trips to a redis-server of its
// own, and reports what they cost that server. PUFA_BENCH_FSYNC=always syncs
// every write to the disk before it is acknowledged.
func BenchmarkMessage(b *testing.B) {
	addr := startServer(b, "--appendonly", "yes", "--appendfsync", cmp.Or(os.Getenv("PUFA_BENCH_FSYNC"), "everysec"))
	raw := rawClient(addr)
	defer raw.Close()
	clock := &clock{at: morning}
	s, err := Open(b.Context(), Options{
		RedisURL: "redis://" + addr, DataDir: b.TempDir(), Account: "wx1234567890abcdef", Secret: testSecret,
		Now: clock.now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	topics := []string{"consumer", "family", "labour", "housing", "fraud"}
	message := func(n int64) error {
		c, err := s.Claim(context.Background(), Arrival{MessageKey: fmt.Sprint("id:", n), OpenID: fmt.Sprint("o", n%5000)})
		if err != nil {
			return err
		}
		topic := topics[(n+5000)%5]
		e := stats.Event{
			At: morning, Kind: stats.Message, Outcome: "answered", Source: "text",
			Topic: topic, Entry: topic + "/entry-" + strconv.Itoa(int(n+5000)%40), Themes: []string{"3.15"},
		}
		return s.Commit(context.Background(), c, Result{
			Stored:   Stored{Text: strings.Repeat("依", 285)},
			Dialogue: bot.Dialogue{Entry: e.Entry}, Events: []stats.Event{e},
		})
	}
	for n := range int64(5000) { // everyone has a number, as on any day but the first
		if err := message(-1 - n); err != nil {
			b.Fatal(err)
		}
	}
	before := cpu(b, raw)
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	for range 64 {
		wg.Go(func() {
			for {
				n := next.Add(1)
				if n > int64(b.N) {
					return
				}
				if err := message(n); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric((cpu(b, raw)-before)/float64(b.N)*1e6, "redis-µs/op")
}

// cpu is how many seconds the server has worked.
func cpu(b *testing.B, raw *redis.Client) float64 {
	b.Helper()
	text, err := raw.Info(b.Context(), "cpu").Result()
	if err != nil {
		b.Fatal(err)
	}
	total := 0.0
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if name == "used_cpu_sys" || name == "used_cpu_user" {
			seconds, err := strconv.ParseFloat(value, 64)
			if err != nil {
				b.Fatal(err)
			}
			total += seconds
		}
	}
	return total
}
