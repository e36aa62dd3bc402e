package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pufa/config"
	"pufa/handlers/console"
	"pufa/stats"
	"pufa/store"
)

// shop is a store on a clock that is moved by hand, with the chore that drops
// its ledgers.
type shop struct {
	variables
	at    time.Time
	store *store.Store
	chore *retention
}

func newShop(t *testing.T, v variables, at time.Time) *shop {
	t.Helper()
	s := &shop{variables: v, at: at}
	s.open(t)
	return s
}

func (s *shop) now() time.Time { return s.at }

// open starts it again, as after a crash: nothing but the store is left.
func (s *shop) open(t *testing.T) {
	t.Helper()
	settings, err := program{getenv: s.get, now: s.now}.settings()
	if err != nil {
		t.Fatal(err)
	}
	if s.store, err = openStore(t.Context(), settings, s.now, quietLog(t.Output())); err != nil {
		t.Fatal(err)
	}
	s.chore = &retention{vault: s.store, keep: settings.LedgerMonths, now: s.now, log: slog.New(slog.NewTextHandler(t.Output(), nil))}
}

func (s *shop) close(t *testing.T) {
	t.Helper()
	if err := s.store.Close(); err != nil {
		t.Fatal(err)
	}
}

// asked counts messages of this moment, a page that was opened, a poster that
// was scanned and somebody in danger.
func (s *shop) asked(t *testing.T, n int) {
	t.Helper()
	for i := range n {
		c, err := s.store.Claim(t.Context(), store.Arrival{MessageKey: fmt.Sprint("id:", s.at.Unix(), i), OpenID: openidOf(i)})
		if err != nil {
			t.Fatal(err)
		}
		e := stats.Event{At: s.at, Kind: stats.Message, Outcome: "answered", Entry: "consumer/fraud", Topic: "consumer", Themes: []string{"3.15"}, Source: "text"}
		if i == 0 {
			e = stats.Crisis(s.at)
		}
		if err := s.store.Commit(t.Context(), c, store.Result{Stored: store.Stored{Text: "答"}, Events: []stats.Event{e}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range []stats.Event{
		{At: s.at, Kind: stats.PageOpen, Entry: "consumer/fraud", Topic: "consumer", Source: stats.Via("315-1")},
		{At: s.at, Kind: stats.Scan, Scene: "east-gate", Source: "page"},
	} {
		if _, err := s.store.CountPage(t.Context(), string(e.Kind), fmt.Sprint("visitor of ", s.at), e); err != nil {
			t.Fatal(err)
		}
	}
}

// lives lets the time go by to a day, with some messages and the chores once a
// week: every day would take a minute.
func (s *shop) lives(t *testing.T, until time.Time) {
	t.Helper()
	for ; s.at.Before(until); s.at = s.at.AddDate(0, 0, 7) {
		s.asked(t, 6)
		if err := s.store.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.chore.Tick(t.Context())
	}
}

// says runs a command by the shop's clock.
func (s *shop) says(t *testing.T, args ...string) string {
	t.Helper()
	e := s.runAt(t, s.now, backupWord+"\n", args...)
	if e.status != 0 {
		t.Fatalf("pufa %v ended with %d: %s%s", args, e.status, e.out, e.err)
	}
	return e.out
}

// dying is a vault of a program that ends between the check and the drop.
type dying struct{ stats.Vault }

func (dying) Retire(context.Context, stats.Retiree) (bool, error) { return false, context.Canceled }

func TestLedgersGoAndTheYearStays(t *testing.T) {
	s := newShop(t, withAccount(t).and("PUFA_LEDGER_MONTHS", "12"), time.Date(2024, 11, 1, 3, 0, 0, 0, zone))
	s.lives(t, time.Date(2025, 12, 1, 3, 0, 0, 0, zone))
	year := func(s *shop, of string) string {
		// Made at one moment: a report says when it was.
		at := &shop{variables: s.variables, at: time.Date(2027, 1, 5, 9, 0, 0, 0, zone)}
		return at.says(t, "report", "--year", of, "--format", "csv")
	}
	s.close(t)
	before := year(s, "2024")
	s.open(t)
	if lines, err := s.store.LedgerLines(t.Context(), "202411"); err != nil || lines["202411"] == 0 {
		t.Fatalf("the ledger of November 2024 has %v, %v", lines, err)
	}

	// It is killed where that hurts most, and started again.
	s.chore.vault = dying{s.store}
	s.chore.Tick(t.Context())
	s.close(t)
	s.open(t)
	if marks, err := s.store.Retired(t.Context()); err != nil || len(marks) != 0 {
		t.Errorf("killed before the drop it left %v, %v", marks, err)
	}
	s.lives(t, time.Date(2027, 1, 3, 3, 0, 0, 0, zone))
	marks, err := s.store.Retired(t.Context())
	if err != nil || len(marks) != 14 { // November 2024 to December 2025
		t.Errorf("after two years %d ledgers are gone, %v", len(marks), err)
	}
	s.close(t)
	verified := s.says(t, "stats", "verify")
	if !strings.HasPrefix(verified, "month 202411: not rebuilt") || strings.Count(verified, "not rebuilt") != 14 || !strings.HasSuffix(verified, "\ndifferences: 0\n") {
		t.Errorf("verify says %s", verified)
	}
	if after := year(s, "2024"); after != before || !strings.Contains(after, "K01,收到的消息,,,条,54") {
		t.Errorf("the report of 2024 was\n%s\nis\n%s", before, after)
	}
	if trail := s.says(t, "staff", "audit", "--list"); strings.Count(trail, "retire ledger") != 14 {
		t.Errorf("the trail says %s", trail)
	}

	file := filepath.Join(t.TempDir(), "pufa.backup")
	s.says(t, "backup", file)
	other := &shop{variables: withAccount(t), at: s.at}
	other.says(t, "restore", file)
	if got := other.says(t, "stats", "verify"); got != verified {
		t.Errorf("after the restore verify says %s", got)
	}
	for _, of := range []string{"2024", "2025", "2026"} {
		if got, want := year(other, of), year(s, of); got != want {
			t.Errorf("after the restore the report of %s is another", of)
		}
	}
}

func TestALedgerIsKeptForEver(t *testing.T) {
	t.Parallel()
	s := newShop(t, withAccount(t).and("PUFA_LEDGER_MONTHS", "0"), time.Date(2024, 1, 8, 3, 0, 0, 0, zone))
	s.asked(t, 3)
	s.at = time.Date(2027, 1, 8, 3, 0, 0, 0, zone)
	s.asked(t, 3)
	s.chore.Tick(t.Context())
	if lines, err := s.store.LedgerLines(t.Context(), "202401"); err != nil || lines["202401"] == 0 {
		t.Errorf("it has %v, %v", lines, err)
	}
	s.close(t)
}

func TestStaffSeeWhichLedgersWent(t *testing.T) {
	t.Parallel()
	s := newShop(t, withAccount(t).and("PUFA_LEDGER_MONTHS", "12"), time.Date(2024, 1, 8, 3, 0, 0, 0, zone))
	defer s.close(t)
	fact := func(keep int) console.Fact {
		return healthPage{&server{settings: config.Settings{LedgerMonths: keep}, store: s.store, now: s.now}}.ofLedger(t.Context())
	}
	holds := func(what string, f console.Fact, grade console.Grade, text string) {
		t.Helper()
		if f.Grade != grade || !strings.Contains(f.Text, text) {
			t.Errorf("%s: %+v, want %s", what, f, text)
		}
	}
	s.asked(t, 3)
	holds("at first", fact(12), console.Good, "保留本月以前12个整月")
	holds("for ever", fact(0), console.Good, "一直保留")
	for _, day := range []int{4, 8} {
		s.at = time.Date(2027, 1, day, 3, 0, 0, 0, zone)
		s.asked(t, 3)
	}
	holds("before the look", fact(12), console.Warn, "2024年01月的到期没有清理")
	s.chore.Tick(t.Context())
	holds("after it", fact(12), console.Good, "已清理1个月，最近的是2024年01月")
}

// The loop itself looks a minute after the start, and then once a day.
func TestTheChoreLooksOnceADay(t *testing.T) {
	v := &looks{}
	at := time.Date(2027, 1, 8, 3, 0, 0, 0, zone)
	r := &retention{vault: v, keep: 24, now: func() time.Time { return at }, log: slog.New(slog.DiscardHandler)}
	for range 3 {
		r.Tick(t.Context())
	}
	at = at.AddDate(0, 0, 1)
	r.Tick(t.Context())
	if v.n != 2 {
		t.Errorf("it looked %d times in two days", v.n)
	}
}

// looks counts how often somebody looks; it has nothing.
type looks struct {
	stats.Vault
	n int
}

func (l *looks) Since(context.Context) (string, error) { l.n++; return "20270101", nil }
