package report

import (
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"pufa/stats"
)

// aYear is how many events a busy street has.
const aYear = 2_000_000

// busy is two years of 2,000,000 events each, as counters: about 400 fields a
// day, the entries by month.
func busy(t testing.TB) *street {
	t.Helper()
	s := newStreet(t, "20250101")
	r := rand.New(rand.NewPCG(20, 26))
	outcomes := []string{"answered", "menu", "referred", "command"}
	sources := []string{"text", "voice", "click", "scan"}
	for _, year := range []int{2025, 2026} {
		p := stats.Year(year)
		for day := p.From; !day.After(p.To); day = day.AddDate(0, 0, 1) {
			fields := map[string]int64{}
			const parts, each = 10 * 4 * 4 * 2, aYear / 365 / (10 * 4 * 4 * 2)
			for topic := range s.topics {
				for i := range parts / len(s.topics) {
					split := stats.Split{Kind: stats.Message, Outcome: outcomes[i%4], Topic: topic, Source: sources[i/4%4], Model: i >= 16}
					fields[split.Field()] += each + int64(r.IntN(3))
				}
			}
			for h := range 24 {
				fields[fmt.Sprintf("hour|%02d", h)] = aYear / 365 / 24
			}
			s.days[stats.DayOf(day)] = fields
		}
		for m := range 12 {
			month := stats.MonthOf(time.Date(year, time.Month(m+1), 1, 0, 0, 0, 0, shanghai))
			s.months[month] = map[string]int64{}
			for entry := range s.entries {
				s.months[month]["entry|message|"+entry] = int64(r.IntN(5000))
			}
		}
		s.office(t, r, year)
	}
	return s
}

// BenchmarkYear makes the report of 2,000,000 events, beside the year before,
// from the counters. BenchmarkGatherYear in store measures how they are read.
func BenchmarkYear(b *testing.B) {
	s := busy(b)
	for name, write := range map[string]func(io.Writer, Report) error{"json": JSON, "csv": CSV, "xlsx": XLSX, "docx": DOCX} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := write(io.Discard, s.report(b, stats.Year(2026), newYear)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(s.report(b, stats.Year(2026), newYear).cell("messages", "", "").Value), "events")
		})
	}
}
