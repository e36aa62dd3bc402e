package stats

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// noted is Annals that write down what was read of them.
type noted struct {
	*book
	keys map[string]int // how often
}

func (a *noted) Counters(ctx context.Context, from, to time.Time) (days, months map[string]map[string]int64, err error) {
	p := Period{midnight(from), midnight(to)}
	for _, name := range append(p.Days(), p.Months()...) {
		a.keys[name]++
	}
	return a.book.Counters(ctx, from, to)
}

func (a *noted) Residents(ctx context.Context, periods ...string) (int64, error) {
	for _, p := range periods {
		a.keys["bits "+p]++
	}
	return a.book.Residents(ctx, periods...)
}

func (a *noted) Activities(ctx context.Context) (*Register, error) {
	a.keys["activities"]++
	return a.book.Activities(ctx)
}

func (a *noted) forget() { clear(a.keys) }

// twoYears is a book with some messages on every day of 2025 and 2026 up to
// the twentieth of December, which is the time of the clock.
func twoYears() (*noted, time.Time) {
	b := newBook()
	b.since = "20250101"
	now := time.Date(2026, 12, 20, 15, 0, 0, 0, zone)
	r := rand.New(rand.NewPCG(1, 2))
	for day := Year(2025).From; day.Before(now); day = day.AddDate(0, 0, 1) {
		b.close(day)
		for range 1 + r.IntN(3) {
			b.put(about(Event{At: day.Add(9 * time.Hour), Kind: Message, Outcome: "answered", Source: "text"}, "consumer/fraud", "3.15"), r.IntN(50), 1)
		}
	}
	return &noted{b, map[string]int{}}, now
}

func periodsOfArchive(t *testing.T) map[string]Period {
	t.Helper()
	list := map[string]Period{"year": Year(2026), "last year": Year(2025), "next year": Year(2027)}
	for name, read := range map[string]func() (Period, error){
		"today":   func() (Period, error) { return ParsePeriod("2026-12-20", "2026-12-20") },
		"week":    func() (Period, error) { return ParseWeek("2026-W51") },
		"month":   func() (Period, error) { return ParseMonth("2026-12") },
		"march":   func() (Period, error) { return ParseMonth("2026-03") },
		"quarter": func() (Period, error) { return ParseQuarter("2026-Q4") },
		"range":   func() (Period, error) { return ParsePeriod("2026-02-11", "2026-12-03") },
	} {
		p, err := read()
		if err != nil {
			t.Fatal(err)
		}
		list[name] = p
	}
	return list
}

func TestAnArchiveSaysWhatItsSourceSays(t *testing.T) {
	src, now := twoYears()
	clock := now
	a := NewArchive(src, func() time.Time { return clock })
	library := map[string][]string{"consumer/fraud": {"3.15"}}
	if err := a.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	// What comes after it was filled is seen: today, and a window closed late.
	src.put(about(Event{At: now, Kind: Message, Outcome: "answered", Source: "text"}, "consumer/fraud", "3.15"), 99, 7)
	src.raise(Closing(Window{Name: "topic|consumer|202610", Ends: time.Date(2026, 11, 1, 0, 0, 0, 0, zone)}, 23))
	for name, p := range periodsOfArchive(t) {
		t.Run(name, func(t *testing.T) {
			want, err := GatherCompared(t.Context(), src.book, p, clock, library)
			if err != nil {
				t.Fatal(err)
			}
			sitting := a.Sitting()
			for range 2 {
				got, err := GatherCompared(t.Context(), sitting, p, clock, library)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-source +archive):\n%s", diff)
				}
			}
		})
	}
}

func TestADashboardReadsFewKeysAndNoneTwice(t *testing.T) {
	src, now := twoYears()
	a := NewArchive(src, func() time.Time { return now })
	if err := a.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, p := range periodsOfArchive(t) {
		t.Run(name, func(t *testing.T) {
			src.forget()
			s := a.Sitting()
			if _, err := GatherCompared(t.Context(), s, p, now, nil); err != nil {
				t.Fatal(err)
			}
			push := Push{ID: "x", Theme: "3.15", From: now.AddDate(0, -2, 0), Until: now.AddDate(0, 0, 3)}
			if _, err := GatherPush(t.Context(), s, push, now); err != nil {
				t.Fatal(err)
			}
			if len(src.keys) > 80 {
				t.Errorf("%d keys: %v", len(src.keys), src.keys)
			}
			for key, n := range src.keys {
				if n > 1 && key[:4] != "bits" && len(key) == len("20260308") {
					t.Errorf("%s was read %d times", key, n)
				}
			}
		})
	}
}

func TestAnArchiveRemembersNothingOfAFailure(t *testing.T) {
	for _, method := range []string{"Counters", "Residents", "Since"} {
		t.Run(method, func(t *testing.T) {
			src, now := twoYears()
			src.broken = method
			a := NewArchive(src, func() time.Time { return now })
			if err := a.Fill(t.Context()); !errors.Is(err, errBroken) {
				t.Fatalf("Fill = %v", err)
			}
			if _, err := GatherCompared(t.Context(), a.Sitting(), Year(2026), now, nil); !errors.Is(err, errBroken) {
				t.Fatalf("GatherCompared = %v", err)
			}
			src.broken = ""
			got, err := GatherCompared(t.Context(), a.Sitting(), Year(2026), now, nil)
			if err != nil {
				t.Fatal(err)
			}
			want, err := GatherCompared(t.Context(), src.book, Year(2026), now, nil)
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

func TestAnArchiveIsFilledAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src, now := twoYears()
		a := NewArchive(src, func() time.Time { return now })
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			a.Run(ctx, func(err error) { t.Error(err) })
			close(done)
		}()
		synctest.Wait()
		// A message that waited in the spool of a machine that stood still.
		src.put(about(Event{At: now.AddDate(0, -2, 0), Kind: Message, Outcome: "answered", Source: "text"}, "consumer/fraud"), 1, 1)
		messages := func() int64 {
			c, err := GatherCompared(ctx, a.Sitting(), Year(2026), now, nil)
			if err != nil {
				t.Fatal(err)
			}
			return c.Figures[0].Value
		}
		before := messages()
		time.Sleep(archiveAge + time.Minute)
		synctest.Wait()
		if after := messages(); after != before+1 {
			t.Errorf("%d messages, want %d", after, before+1)
		}
		cancel()
		<-done
	})
}
