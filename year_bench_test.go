package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/redis/go-redis/v9"

	"pufa/config"
	"pufa/report"
	"pufa/stats"
	"pufa/store"
)

// How often every page is opened, and every file that somebody asks for.
const (
	lookRounds = 40
	fileRounds = 5
)

// BenchmarkYear fills a redis-server with the made-up year (2,000,000 messages
// and what comes with them, 400 entries, 60 campaigns) by the way that a
// restore takes, and measures over it, each in turn and once (-benchtime 1x):
//
//	console  every page of the console, opened 40 times in turn
//	report   the report of the year as pufa report writes it
//	verify   every counter rebuilt from the ledger and compared (pufa stats verify)
//	memory   what Redis holds, with the ledger and without
//
// The counters that the restore made are measured on the way. -bench Year/console
// leaves the others out.
func BenchmarkYear(b *testing.B) {
	addr := benchRedis(b, "no")
	y := newYear(b, yearMessages)
	settings := y.settings(b, addr)
	client := redis.NewClient(&redis.Options{Addr: addr, Protocol: 2, DisableIdentity: true})
	defer client.Close()
	empty := usedMemory(b, client)
	start, load := time.Now(), busy()
	events, rebuilt := y.fillStore(b, settings)
	fmt.Fprintf(os.Stdout, "\nfilled with %d events in %v, of which the counters took %v; load of the machine %s before, %s after\n",
		events, time.Since(start).Round(100*time.Millisecond), rebuilt.Round(10*time.Millisecond), load, busy())
	b.Run("console", func(b *testing.B) { benchPages(b, y, settings, addr) })
	b.Run("report", func(b *testing.B) { benchReport(b, y, settings) })
	b.Run("verify", func(b *testing.B) {
		benchVerify(b, y, settings)
		b.ReportMetric(rebuilt.Seconds(), "restore-s")
	})
	var sizes map[string]float64
	b.Run("memory", func(b *testing.B) {
		if sizes == nil {
			sizes = memoryOf(b, client, empty)
		}
		for name, size := range sizes {
			b.ReportMetric(size, name)
		}
		b.ReportMetric(0, "ns/op")
	})
}

// busy is the load of the machine in the last minute, where it tells.
func busy() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Fields(string(text))[0]
}

// looked is what was measured of one page.
type looked struct {
	page
	took           []time.Duration
	cpu            float64 // of this process, page and browser together, in µs; what a busy machine does to the rest it does not do to this
	bytes          int64   // as they came, with the head
	commands, keys int
	failed         int
}

func (l looked) at(share float64) float64 {
	return float64(l.took[int(math.Ceil(share*float64(len(l.took))))-1].Microseconds()) / 1000
}

func benchPages(b *testing.B, y *madeYear, settings config.Settings, addr string) {
	d := y.openDesk(b, settings)
	pages, err := d.pages(y)
	if err != nil {
		b.Fatal(err)
	}
	list := make([]looked, len(pages))
	for i, p := range pages {
		list[i].page = p
	}
	for b.Loop() {
		for round := range lookRounds {
			for i := range list {
				if round < fileRounds || !list[i].isFile() {
					d.time(b, &list[i])
				}
			}
		}
	}
	w := newWatch(b, addr)
	for i := range list {
		commands, keys, err := w.during(func() error { _, _, err := d.open(list[i].page); return err })
		if err != nil {
			b.Fatal(err)
		}
		list[i].commands, list[i].keys = commands, len(keys)
		slices.Sort(list[i].took)
	}
	fmt.Fprintf(os.Stdout, "load of the machine %s\n", busy())
	printPages(list)
	tell(b, list)
}

// time opens a page once.
func (d *yearDesk) time(b *testing.B, l *looked) {
	before, used, start := d.got.Load(), ownCPU(), time.Now()
	status, body, err := d.open(l.page)
	l.took = append(l.took, time.Since(start))
	l.cpu += ownCPU() - used
	l.bytes = max(l.bytes, d.got.Load()-before)
	if err == nil && status == l.status() {
		return
	}
	if l.failed++; l.failed > maxFailed {
		b.Fatalf("%s: %d, %v: %.200s", l.page, status, err, body)
	}
	fmt.Fprintf(os.Stdout, "%s: %d, %v: is the machine too busy? Its load is %s\n", l.page, status, err, busy())
}

// maxFailed is how often a page may fail: Redis is waited for a second, and on
// a machine with too much to do that is not long.
const maxFailed = 2

func printPages(list []looked) {
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "p50 ms\tp95 ms\tCPU ms\tKB\tcommands\tkeys\t  page")
	for _, l := range slices.SortedFunc(slices.Values(list), func(a, b looked) int { return cmp.Compare(b.at(0.95), a.at(0.95)) }) {
		fmt.Fprintf(out, "%.1f\t%.1f\t%.1f\t%.1f\t%d\t%d\t  %s\n", l.at(0.5), l.at(0.95), l.cpu/1000/float64(len(l.took)), float64(l.bytes)/1000, l.commands, l.keys, l.page)
	}
	_ = out.Flush()
}

// isFile reports whether what comes is a file that somebody asked for to keep,
// not a page.
func (p page) isFile() bool {
	for _, end := range []string{"/file", "/export", ".csv", "/table"} {
		if path, _, _ := strings.Cut(p.path, "?"); strings.HasSuffix(path, end) {
			return true
		}
	}
	return false
}

// tell reports the worst of the pages; files have no limit of a page.
func tell(b *testing.B, list []looked) {
	worst := map[string]float64{}
	for _, l := range list {
		if l.isFile() {
			continue
		}
		for name, value := range map[string]float64{
			"worst-p50-ms": l.at(0.5), "worst-p95-ms": l.at(0.95), "worst-CPU-ms": l.cpu / 1000 / float64(len(l.took)), "worst-KB": float64(l.bytes) / 1000, "worst-keys": float64(l.keys),
		} {
			worst[name] = max(worst[name], value)
		}
	}
	for name, value := range worst {
		b.ReportMetric(value, name)
	}
	b.ReportMetric(0, "ns/op") // of all pages together it says nothing
}

func openedStore(b *testing.B, y *madeYear, settings config.Settings) *store.Store {
	b.Helper()
	st, err := openStore(b.Context(), settings, y.clock, mute())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = st.Close() })
	return st
}

// benchReport writes the year's report for Word, everything read anew.
func benchReport(b *testing.B, y *madeYear, settings config.Settings) {
	d := y.openDesk(b, settings)
	for b.Loop() {
		r, err := d.server.figures.Report(b.Context(), stats.Year(2026))
		if err != nil {
			b.Fatal(err)
		}
		if err := report.DOCX(&bytes.Buffer{}, r); err != nil {
			b.Fatal(err)
		}
	}
}

func benchVerify(b *testing.B, y *madeYear, settings config.Settings) {
	st := openedStore(b, y, settings)
	for b.Loop() {
		r, err := stats.Verify(b.Context(), st, y.now)
		if err != nil || len(r.Differences) > 0 {
			b.Fatalf("verify: %d differences, %v", len(r.Differences), err)
		}
		b.ReportMetric(float64(r.Lines), "events")
	}
}

// memoryOf says in MB what Redis holds. It takes the ledger away: it is the
// last that is measured.
func memoryOf(b *testing.B, client *redis.Client, empty float64) map[string]float64 {
	b.Helper()
	whole := usedMemory(b, client)
	counters := sizeOf(b, client, "day:", "month:", "bits:")
	people := sizeOf(b, client, "residents", "follower:", "w:", "windows", "counted:", "followers", "optout")
	for _, kind := range []string{"ledger:", "crisis:"} {
		for _, key := range keysLike(b, client, kind) {
			if err := client.Del(context.Background(), key).Err(); err != nil {
				b.Fatal(err)
			}
		}
	}
	without := usedMemory(b, client)
	return map[string]float64{
		"MB": whole / 1e6, "ledger-MB": (whole - without) / 1e6, "counters-MB": counters / 1e6, "residents-MB": people / 1e6,
		"office-MB": (without - empty - counters - people) / 1e6, "empty-MB": empty / 1e6,
	}
}

func usedMemory(b *testing.B, client *redis.Client) float64 {
	b.Helper()
	info, err := client.Info(context.Background(), "memory").Result()
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(info) {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), "used_memory:"); ok {
			n, err := strconv.ParseFloat(text, 64)
			if err != nil {
				b.Fatal(err)
			}
			return n
		}
	}
	b.Fatal("INFO memory tells no used_memory")
	return 0
}

func keysLike(b *testing.B, client *redis.Client, begin string) []string {
	b.Helper()
	list, err := client.Keys(context.Background(), "pufa:*:"+begin+"*").Result()
	if err != nil {
		b.Fatal(err)
	}
	return list
}

// sizeOf is what the keys of some kinds take.
func sizeOf(b *testing.B, client *redis.Client, kinds ...string) (bytes float64) {
	b.Helper()
	for _, kind := range kinds {
		for _, key := range keysLike(b, client, kind) {
			n, err := client.MemoryUsage(context.Background(), key, 0).Result()
			if err != nil {
				b.Fatal(err)
			}
			bytes += float64(n)
		}
	}
	return bytes
}
