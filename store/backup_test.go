package store

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/google/go-cmp/cmp"

	"pufa/backup"
	"pufa/bot"
	"pufa/campaign"
	"pufa/staff"
	"pufa/stats"
)

func TestEveryKeyHasItsPlaceInABackup(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "keys.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	known := 0
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil {
			known++
			if _, err := keepingOf(literal(f)); err != nil {
				t.Errorf("%s: %v", f.Name.Name, err)
			}
		}
	}
	if known < 30 {
		t.Errorf("only %d keys were looked at", known)
	}
}

// held is a backup in memory.
type held []backup.Record

func (h *held) put(r backup.Record) error { *h = append(*h, r); return nil }

func (h held) read(do func(backup.Record) error) error {
	for _, r := range h {
		if err := do(r); err != nil {
			return err
		}
	}
	return nil
}

// emptyStore opens a store over a miniredis of its own, with the rig's secret
// and clock.
func emptyStore(t *testing.T, r *rig) *Store {
	t.Helper()
	o := r.options(t.TempDir())
	o.RedisURL, o.Log = "redis://"+miniredis.RunT(t).Addr(), slog.New(slog.DiscardHandler)
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// lived fills a store with some days' work: 42 ledger lines.
func lived(t *testing.T, r *rig) {
	t.Helper()
	for n := range 40 {
		r.asked(t, fmt.Sprint("id:", n), fmt.Sprint("o", n%7))
	}
	c := r.claimed(t, Arrival{MessageKey: "id:out", OpenID: "o1"})
	if err := r.Commit(t.Context(), c, Result{Events: []stats.Event{r.answer()}, Action: bot.OptOut}); err != nil {
		t.Fatal(err)
	}
	danger := r.claimed(t, Arrival{MessageKey: "id:danger"})
	if err := r.Commit(t.Context(), danger, Result{Stored: Stored{Card: "fire"}, Events: []stats.Event{stats.Crisis(r.clock.now())}}); err != nil {
		t.Fatal(err)
	}
	a := staff.Account{Name: "王编", Roles: []staff.Role{staff.Editor}, Hash: "x"}
	if err := r.PutAccount(t.Context(), a, true, staff.Draft{At: r.clock.now(), Who: staff.Terminal, Did: "add account", What: a.Name}); err != nil {
		t.Fatal(err)
	}
}

func testBackup(t *testing.T, r *rig) {
	lived(t, r)
	scanned(t, r, eastGate(r.clock.now()))
	var copied held
	lines, err := r.Backup(t.Context(), copied.put)
	if err != nil || lines != 43 {
		t.Fatalf("Backup = %d lines, %v, want 43", lines, err)
	}
	s := emptyStore(t, r)
	got, err := s.Restore(t.Context(), copied.read)
	if err != nil || got.Lines != lines {
		t.Fatalf("Restore = %+v, %v", got, err)
	}
	bearsOut(t, r, s, 43)
	if n := s.redis.HGet(t.Context(), s.keys.day("20260308"), "scan|east-gate").Val(); n != "1" {
		t.Errorf("%q scans are rebuilt from the ledger, want 1", n)
	}
	if scene, err := s.Scene(t.Context(), "east-gate"); err != nil || scene.Place != "东门社区公告栏" {
		t.Errorf("the poster comes back as %+v, %v", scene, err)
	}
	for _, same := range []string{"day:20260308", "month:202603"} {
		want := r.raw.HGetAll(t.Context(), r.keys.prefix+same).Val()
		have := s.redis.HGetAll(t.Context(), s.keys.prefix+same).Val()
		if diff := cmp.Diff(want, have); diff != "" || len(want) == 0 {
			t.Errorf("%s differs: %s", same, diff)
		}
	}
	if c, err := s.Claim(t.Context(), Arrival{MessageKey: "id:new", OpenID: "o3"}); err != nil || c.New || c.Resident != 4 {
		t.Errorf("a known resident comes back as %+v, %v, want number 4", c, err)
	}
	if _, err := staff.NewOffice(s, staff.NewHasher(), nil).Verify(t.Context()); err != nil {
		t.Errorf("the trail is broken: %v", err)
	}
	if _, err := s.Restore(t.Context(), copied.read); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("second Restore = %v, want ErrNotEmpty", err)
	}
}

// scanned hangs a poster and counts one scan of it.
func scanned(t *testing.T, r *rig, scene stats.Scene) {
	t.Helper()
	if err := r.AddScene(t.Context(), scene); err != nil {
		t.Fatal(err)
	}
	e := stats.Event{At: r.clock.now(), Kind: stats.Scan, Scene: scene.ID, Source: "page"}
	if counted, err := r.CountPage(t.Context(), "q/"+scene.ID, "v", e); err != nil || !counted {
		t.Fatalf("the scan is counted: %t, %v", counted, err)
	}
}

// bearsOut checks that a restored store has no difference.
func bearsOut(t *testing.T, r *rig, s *Store, lines int) {
	t.Helper()
	result, err := stats.Verify(t.Context(), s, r.clock.now())
	if err != nil || len(result.Differences) > 0 || result.Lines < lines {
		t.Errorf("Verify = %+v, %v, want %d lines or more and no difference", result, err, lines)
	}
}

func TestBackupWhileMessagesComeIn(t *testing.T) {
	r := overMiniredis(t)
	lived(t, r)
	var copied held
	next := 1000
	if _, err := r.Backup(t.Context(), func(rec backup.Record) error {
		for range 3 {
			r.asked(t, fmt.Sprint("id:", next), fmt.Sprint("o", next)) // a new resident each
			next++
		}
		return copied.put(rec)
	}); err != nil {
		t.Fatal(err)
	}
	s := emptyStore(t, r)
	if _, err := s.Restore(t.Context(), copied.read); err != nil {
		t.Fatal(err)
	}
	bearsOut(t, r, s, 43)
}

func TestAWindowThatClosedMeanwhileIsCountedOnce(t *testing.T) {
	r := overMiniredis(t)
	lived(t, r)
	var copied held
	closed := false
	if _, err := r.Backup(t.Context(), func(rec backup.Record) error {
		if rec.Key == "windows" { // the last of what is taken early
			closed = true
			r.clock.set(morning.Add(48 * time.Hour))
			if err := r.CloseWindows(t.Context(), r.clock.now()); err != nil {
				t.Error(err)
			}
		}
		return copied.put(rec)
	}); err != nil {
		t.Fatal(err)
	}
	s := emptyStore(t, r)
	if _, err := s.Restore(t.Context(), copied.read); err != nil {
		t.Fatal(err)
	}
	if err := s.CloseWindows(t.Context(), r.clock.now()); err != nil {
		t.Fatal(err)
	}
	if !closed {
		t.Error("no window was copied")
	}
	bearsOut(t, r, s, 43)
}

func TestAnInterruptedRestoreIsBegunAgain(t *testing.T) {
	r := overMiniredis(t)
	lived(t, r)
	var copied held
	if _, err := r.Backup(t.Context(), copied.put); err != nil {
		t.Fatal(err)
	}
	s := emptyStore(t, r)
	cut := errors.New("cut")
	_, err := s.Restore(t.Context(), func(do func(backup.Record) error) error {
		return errors.Join(copied[:len(copied)/2].read(do), cut)
	})
	if !errors.Is(err, cut) {
		t.Fatalf("Restore = %v, want the reader's error", err)
	}
	if err := s.greet(t.Context(), false); err == nil || !strings.Contains(err.Error(), "pufa restore") {
		t.Errorf("the half store opens: %v", err)
	}
	if err := s.greet(t.Context(), true); err != nil {
		t.Error(err)
	}
	if _, err := s.Restore(t.Context(), copied.read); err != nil {
		t.Fatal(err)
	}
	bearsOut(t, r, s, 42)
}

func TestARestoredCampaignSendsNothingByItself(t *testing.T) {
	r := overMiniredis(t)
	for _, c := range []campaign.Campaign{
		{ID: "draft", Status: campaign.Draft},
		{ID: "due", Status: campaign.Scheduled, Due: morning.Add(time.Hour)},
		{ID: "going", Status: campaign.Sending},
		{ID: "paused", Status: campaign.Paused, Resume: campaign.Sending},
		{ID: "over", Status: campaign.Done},
	} {
		if err := (&restorer{s: r.Store}).keepCampaign(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	var copied held
	if _, err := r.Backup(t.Context(), copied.put); err != nil {
		t.Fatal(err)
	}
	s := emptyStore(t, r)
	got, err := s.Restore(t.Context(), copied.read)
	if err != nil || got.Held != 3 {
		t.Fatalf("Restore = %+v, %v, want 3 held", got, err)
	}
	want := map[string]campaign.Status{
		"draft": campaign.Draft, "due": campaign.Paused, "going": campaign.InDoubt, "paused": campaign.InDoubt, "over": campaign.Done,
	}
	list, err := s.Campaigns(t.Context(), campaign.Filter{})
	if err != nil || len(list) != len(want) {
		t.Fatalf("Campaigns = %d, %v", len(list), err)
	}
	for _, c := range list {
		if c.Status != want[c.ID] {
			t.Errorf("%s is %s, want %s", c.ID, c.Status, want[c.ID])
		}
	}
	if n := s.redis.ZCard(context.Background(), s.keys.campaignDue()).Val(); n != 0 {
		t.Errorf("%d campaigns are due", n)
	}
}

func TestWhatIsNoBackupIsRefused(t *testing.T) {
	one := [][]byte{[]byte("1")}
	for _, c := range []struct {
		name string
		rec  backup.Record
	}{
		{"a key that nobody knows", backup.Record{Key: "other", Type: "string", Values: one}},
		{"a session of staff", backup.Record{Key: "session:abc", Type: "string", Values: one}},
		{"a counter", backup.Record{Key: "day:20260308", Type: "hash", Values: [][]byte{[]byte("a"), []byte("1")}}},
		{"another type", backup.Record{Key: "next", Type: "module", Values: one}},
		{"a hash with half a pair", backup.Record{Key: "residents", Type: "hash", Values: one}},
		{"a line that is cut", backup.Record{Key: "ledger:202603", Type: "stream", Values: [][]byte{[]byte("0-1"), []byte("3"), []byte("e")}}},
		{"a score that is none", backup.Record{Key: "sendqueue:x", Type: "zset", Values: [][]byte{[]byte("1"), []byte("x")}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := emptyStore(t, overMiniredis(t))
			if _, err := s.Restore(t.Context(), held{c.rec}.read); err == nil {
				t.Error("Restore succeeds")
			}
		})
	}
}
