package store

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"pufa/stats"
)

// BenchmarkGatherYear reads what the report of a year is made of, beside the
// year before: 2,000,000 events a year in 365 hashes of 400 counters, the
// months' entries and the residents, from a redis-server.
func BenchmarkGatherYear(b *testing.B) {
	addr := startServer(b)
	raw := rawClient(addr)
	defer raw.Close()
	clock := &clock{at: time.Date(2025, 1, 1, 9, 0, 0, 0, zone)}
	s, err := Open(b.Context(), Options{
		RedisURL: "redis://" + addr, DataDir: b.TempDir(), Account: "trial", Secret: testSecret, Now: clock.now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	events := fillYears(b, s, raw)
	now := time.Date(2027, 1, 5, 9, 0, 0, 0, zone)
	for b.Loop() {
		if _, err := stats.GatherCompared(b.Context(), s, stats.Year(2026), now, map[string][]string{"consumer/fraud": {"3.15"}}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(events)/2, "events/year")
}

// fillYears writes the counters of 2025 and 2026 and returns how many events
// they count.
func fillYears(b *testing.B, s *Store, raw redis.UniversalClient) (events int64) {
	b.Helper()
	const fields, each = 400, 2_000_000 / 365 / 400
	for day := time.Date(2025, 1, 1, 0, 0, 0, 0, zone); day.Year() < 2027; day = day.AddDate(0, 0, 1) {
		_, err := raw.Pipelined(b.Context(), func(p redis.Pipeliner) error {
			values := make([]any, 0, 2*fields)
			for i := range fields {
				split := stats.Split{Kind: stats.Message, Outcome: "answered", Topic: fmt.Sprint("topic", i%25), Source: fmt.Sprint("s", i/25)}
				n := int64(each + i%2)
				values, events = append(values, split.Field(), n), events+n
			}
			p.HSet(b.Context(), s.keys.day(stats.DayOf(day)), values...)
			p.SetBit(b.Context(), s.keys.bits(stats.MonthOf(day)), 50_000+int64(day.YearDay()), 1)
			p.HIncrBy(b.Context(), s.keys.month(stats.MonthOf(day)), "entry|message|consumer/fraud", 5000)
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return events
}
