package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pufa/backup"
	"pufa/staff"
	"pufa/stats"
)

// retireContract is the part of the contract about ledgers that are dropped.
var retireContract = []struct {
	name string
	run  func(*testing.T, *rig)
}{
	{"a ledger is dropped when its counters were checked, with its step of the trail", testRetire},
	{"a ledger that grew is not dropped", testRetireGrown},
	{"of two instances that drop a ledger one does", testRetireOfTwo},
	{"a backup of months without a ledger comes back whole", testRetiredBackup},
}

// grownOld is a rig on which a month's work lies two years back.
func grownOld(t *testing.T, r *rig) time.Time {
	t.Helper()
	lived(t, r)
	if _, err := r.CountPage(t.Context(), "consumer/fraud", "a visitor", stats.Event{At: r.clock.now(), Kind: stats.PageOpen, Entry: "consumer/fraud", Source: stats.Via("w38")}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.CountPage(t.Context(), "east-gate", "a visitor", stats.Event{At: r.clock.now(), Kind: stats.Scan, Scene: "east-gate", Source: "page"}); err != nil {
		t.Fatal(err)
	}
	r.clock.set(time.Date(2026, 4, 2, 9, 0, 0, 0, zone))
	if err := r.CloseWindows(t.Context(), r.clock.now()); err != nil {
		t.Fatal(err)
	}
	r.clock.set(time.Date(2028, 4, 1, 9, 0, 0, 0, zone))
	r.asked(t, "id:now", "o2")
	return r.clock.now()
}

func testRetire(t *testing.T, r *rig) {
	now := grownOld(t, r)
	months, err := stats.Retirable(t.Context(), r, 24, now)
	if diff := cmp.Diff([]string{"202603"}, months); diff != "" || err != nil {
		t.Fatalf("may go: %s, %v", diff, err)
	}
	days := r.raw.HGetAll(t.Context(), r.keys.day("20260308")).Val()
	got, err := stats.Retire(t.Context(), r, "202603", now)
	if err != nil || got.Lines != 47 || len(got.Sum) != 64 {
		t.Fatalf("Retire = %+v, %v", got, err)
	}
	for _, key := range []string{r.keys.ledger("202603"), r.keys.crisis("202603")} {
		if n := r.raw.Exists(t.Context(), key).Val(); n != 0 {
			t.Errorf("%s is still there", key)
		}
	}
	if diff := cmp.Diff(days, r.raw.HGetAll(t.Context(), r.keys.day("20260308")).Val()); diff != "" || len(days) == 0 {
		t.Errorf("counters changed: %s", diff)
	}
	trail := strings.Join(r.lines(t, r.keys.trail()), "\n")
	if !strings.Contains(trail, `"retire ledger"`) || !strings.Contains(trail, "47 lines") {
		t.Errorf("the trail says nothing of it: %s", trail)
	}
	if _, err := staff.NewOffice(r.Store, staff.NewHasher(), nil).Verify(t.Context()); err != nil {
		t.Errorf("the trail is broken: %v", err)
	}
	if months, err := stats.Retirable(t.Context(), r, 24, now); err != nil || len(months) != 0 {
		t.Errorf("then may go %v, %v", months, err)
	}
	result, err := stats.Verify(t.Context(), r.Store, now)
	if err != nil || len(result.Differences) != 0 || len(result.Retired) != 1 || result.Retired[0] != got {
		t.Errorf("Verify = %+v, %v", result, err)
	}
	r.raw.HIncrBy(t.Context(), r.keys.day("20260308"), answerField, 1)
	if result, err := stats.Verify(t.Context(), r.Store, now); err != nil || len(result.Differences) != 1 {
		t.Errorf("a counter that was changed: %+v, %v", result.Differences, err)
	}
}

// growing is a store into whose ledger a line comes between check and drop.
type growing struct {
	*rig
	t *testing.T
}

func (g growing) Retire(ctx context.Context, r stats.Retiree) (bool, error) {
	late := g.answer()
	late.At = time.Date(2026, 3, 20, 9, 0, 0, 0, zone)
	if err := g.CommitLater(ctx, Arrival{MessageKey: "id:late", OpenID: "o1"}, Result{Events: []stats.Event{late}}); err != nil {
		g.t.Error(err)
	}
	if err := g.Replay(ctx); err != nil {
		g.t.Error(err)
	}
	return g.Store.Retire(ctx, r)
}

func testRetireGrown(t *testing.T, r *rig) {
	now := grownOld(t, r)
	if _, err := stats.Retire(t.Context(), growing{r, t}, "202603", now); !errors.Is(err, stats.ErrLedgerMoved) {
		t.Fatalf("Retire = %v, want ErrLedgerMoved", err)
	}
	if n := len(r.lines(t, r.keys.ledger("202603"))); n != 47 {
		t.Errorf("%d lines are left, want all 47", n)
	}
	if got, err := stats.Retire(t.Context(), r, "202603", now); err != nil || got.Lines != 48 {
		t.Errorf("the next day: %+v, %v", got, err)
	}
	r.verified(t)
}

func testRetireOfTwo(t *testing.T, r *rig) {
	now := grownOld(t, r)
	stores := []*Store{r.Store, r.second(t)}
	var wg sync.WaitGroup
	done := make([]error, len(stores))
	for i, s := range stores {
		wg.Go(func() { _, done[i] = stats.Retire(t.Context(), s, "202603", now) })
	}
	wg.Wait()
	dropped := 0
	for _, err := range done {
		switch {
		case err == nil:
			dropped++
		case !errors.Is(err, stats.ErrLedgerMoved) && !errors.Is(err, stats.ErrLedgerDiffers):
			t.Errorf("Retire = %v", err)
		}
	}
	steps := strings.Count(strings.Join(r.lines(t, r.keys.trail()), "\n"), `"retire ledger"`)
	marks, err := r.Retired(t.Context())
	if dropped != 1 || steps != 1 || err != nil || marks["202603"].Lines != 47 {
		t.Errorf("%d dropped it with %d steps, marks %v, %v", dropped, steps, marks, err)
	}
	r.verified(t)
}

func testRetiredBackup(t *testing.T, r *rig) {
	now := grownOld(t, r)
	if _, err := stats.Retire(t.Context(), r, "202603", now); err != nil {
		t.Fatal(err)
	}
	var copied held
	if _, err := r.Backup(t.Context(), copied.put); err != nil {
		t.Fatal(err)
	}
	s := emptyStore(t, r)
	if _, err := s.Restore(t.Context(), copied.read); err != nil {
		t.Fatal(err)
	}
	result, err := stats.Verify(t.Context(), s, now)
	if err != nil || len(result.Differences) != 0 || len(result.Retired) != 1 {
		t.Errorf("Verify = %+v, %v", result, err)
	}
	sameYear(t, r, s, 2026)
	sameYear(t, r, s, 2028)
}

// sameYear compares the figures of a year in two stores.
func sameYear(t *testing.T, r *rig, s *Store, year int) {
	t.Helper()
	var both [2][]stats.Figure
	for i, from := range []*Store{r.Store, s} {
		in, err := stats.Gather(t.Context(), from, stats.Year(year), r.clock.now(), map[string][]string{"consumer/seven-day-return": {"3.15"}, "consumer/fraud": nil})
		if err != nil {
			t.Fatal(err)
		}
		both[i] = stats.Figures(in)
	}
	if diff := cmp.Diff(both[0], both[1]); diff != "" || both[0][0].Value == 0 {
		t.Errorf("the figures of %d, %d messages, came back as others:\n%s", year, both[0][0].Value, diff)
	}
}

// TestALedgerThatGoesWhileABackupIsMade retires the month between each two
// records of the backup.
func TestALedgerThatGoesWhileABackupIsMade(t *testing.T) {
	for at := 0; ; at++ {
		r := overMiniredis(t)
		now := grownOld(t, r)
		var copied held
		n, retired := 0, false
		if _, err := r.Backup(t.Context(), func(rec backup.Record) error {
			if n == at {
				if _, err := stats.Retire(t.Context(), r, "202603", now); err != nil {
					t.Error(err)
				}
				retired = true
			}
			n++
			return copied.put(rec)
		}); err != nil {
			t.Fatal(err)
		}
		if !retired {
			if at < 8 {
				t.Errorf("only %d moments were tried", at)
			}
			return
		}
		s := emptyStore(t, r)
		if _, err := s.Restore(t.Context(), copied.read); err != nil {
			t.Fatalf("moment %d: %v", at, err)
		}
		if result, err := stats.Verify(t.Context(), s, now); err != nil || len(result.Differences) != 0 {
			t.Errorf("moment %d: %+v, %v", at, result, err)
		}
		sameYear(t, r, s, 2026)
	}
}

func TestCountersAreTakenOnlyOfMonthsThatWereRetired(t *testing.T) {
	counter := func(key string) backup.Record {
		return backup.Record{Key: key, Type: "hash", Values: [][]byte{[]byte("hour|09"), []byte("3")}}
	}
	mark := backup.Record{Key: "retired", Type: "hash", Values: [][]byte{[]byte("202603"), []byte(`{"month":"202603"}`)}}
	for _, key := range []string{"day:20260308", "month:202603"} {
		if _, err := emptyStore(t, overMiniredis(t)).Restore(t.Context(), held{mark, counter(key)}.read); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
	for _, key := range []string{"day:20260408", "month:202604", "day:2026", "bits:2026", "day:"} {
		if _, err := emptyStore(t, overMiniredis(t)).Restore(t.Context(), held{mark, counter(key)}.read); err == nil {
			t.Errorf("%s is taken", key)
		}
	}
	if fmt.Sprint(keepingOf("retired")) != fmt.Sprint(aged, nil) {
		t.Error("marks are not copied beside their counters")
	}
}
