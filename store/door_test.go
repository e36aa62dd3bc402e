package store

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pufa/staff"
)

// doorContract is the part of the contract about signing in and about the
// street's data.
var doorContract = []struct {
	name string
	run  func(*testing.T, *rig)
}{
	{"from one place a name waits longer with every try", testDoorOnePlace},
	{"a name tried from everywhere makes a strange place wait, never over 30 seconds", testDoorEverywhere},
	{"a browser that was in before does not wait for what others try", testDoorKnown},
	{"one place has 30 tries a minute", testDoorCrowd},
	{"tries at once are counted one by one", testDoorAtOnce},
	{"the door keeps no name and no address", testDoorNames},
	{"a one-time code is used once", testUseCode},
	{"an invitation is accepted once, within a day", testInvite},
	{"the secret of one-time codes is sealed", testCodeSealed},
	{"of two who change accounts each sees what the other did", testChangeOfTwo},
	{"the street is kept in versions, the later writer is told", testStreet},
	{"the trail is read from its end", testTrailBefore},
}

func (r *rig) try(t *testing.T, name, place string, known bool) time.Duration {
	t.Helper()
	wait, err := r.Try(t.Context(), name, place, known)
	if err != nil {
		t.Fatal(err)
	}
	return wait
}

func testDoorOnePlace(t *testing.T, r *rig) {
	for range 5 {
		if wait := r.try(t, "王编辑", "192.0.2.1", false); wait != 0 {
			t.Fatalf("one of the first five tries waits %s", wait)
		}
	}
	// The fifth wrong try begins the delays; a name that is tried ten times
	// waits for its turn as well.
	for i, want := range []time.Duration{2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900} {
		want *= time.Second
		if wait := r.try(t, "王编辑", "192.0.2.1", true); wait != want {
			t.Fatalf("after %d tries one waits %s, want %s", 5+i, wait, want)
		}
		r.advance(t, want)
		if wait := r.try(t, "王编辑", "192.0.2.1", true); wait != 0 {
			t.Fatalf("after waiting one waits %s", wait)
		}
	}
	if wait := r.try(t, "李审核", "192.0.2.1", false); wait != 0 {
		t.Errorf("another name from there waits %s", wait)
	}
	if err := r.Opened(t.Context(), "王编辑", "192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	if wait := r.try(t, "王编辑", "192.0.2.1", true); wait != 0 {
		t.Errorf("after signing in one waits %s", wait)
	}
}

func testDoorEverywhere(t *testing.T, r *rig) {
	place := func(n int) string { return strings.Repeat("x", n+1) }
	for n := range 10 {
		if wait := r.try(t, "王编辑", place(n), false); wait != 0 {
			t.Fatalf("try %d waits %s", n, wait)
		}
	}
	for n, want := range []time.Duration{1, 1, 1} { // waiting is no try
		if wait := r.try(t, "王编辑", place(100+n), false); wait != want*time.Second {
			t.Errorf("a strange place waits %s, want %s", wait, want*time.Second)
		}
	}
	r.advance(t, time.Second)
	// Everybody who waited is let in, whatever the others do: that drives the
	// delay of those who come later up to 30 seconds, and no further.
	for n := range 3 {
		if wait := r.try(t, "王编辑", place(100+n), false); wait != 0 {
			t.Errorf("after its turn came place %d waits %s", n, wait)
		}
	}
	for n := range 20 {
		r.try(t, "王编辑", place(200+n), false)
	}
	r.advance(t, 30*time.Second)
	for n := range 20 {
		if wait := r.try(t, "王编辑", place(200+n), false); wait != 0 {
			t.Errorf("place %d waits %s after 30 seconds", n, wait)
		}
	}
	if wait := r.try(t, "王编辑", "office", false); wait != 30*time.Second {
		t.Errorf("under attack an honest place waits %s, want 30s", wait)
	}
	r.advance(t, 15*time.Minute)
	if wait := r.try(t, "王编辑", "another", false); wait != 0 {
		t.Errorf("a quarter of an hour later a place waits %s", wait)
	}
}

func testDoorKnown(t *testing.T, r *rig) {
	for n := range 30 {
		r.try(t, "王编辑", strings.Repeat("x", n+1), false)
	}
	if wait := r.try(t, "王编辑", "browser:1", true); wait != 0 {
		t.Errorf("a browser that was in before waits %s", wait)
	}
}

func testDoorCrowd(t *testing.T, r *rig) {
	for n := range 30 {
		if wait := r.try(t, strings.Repeat("名", n+2), "192.0.2.1", false); wait != 0 {
			t.Fatalf("try %d waits %s", n, wait)
		}
	}
	if wait := r.try(t, "王编辑", "192.0.2.1", false); wait <= 0 || wait > time.Minute {
		t.Errorf("the 31st try of a minute waits %s", wait)
	}
	if wait := r.try(t, "王编辑", "192.0.2.2", false); wait != 0 {
		t.Errorf("another place waits %s", wait)
	}
	r.advance(t, time.Minute)
	if wait := r.try(t, "王编辑", "192.0.2.1", false); wait != 0 {
		t.Errorf("a minute later one waits %s", wait)
	}
}

func testDoorAtOnce(t *testing.T, r *rig) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	let := 0
	for range 20 {
		wg.Go(func() {
			wait, err := r.Try(context.Background(), "王编辑", "192.0.2.1", false)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			} else if wait == 0 {
				let++
			}
		})
	}
	wg.Wait()
	if let != 5 {
		t.Errorf("%d of 20 at once were let in, want 5", let)
	}
}

func testDoorNames(t *testing.T, r *rig) {
	r.try(t, "wangbianji", "192.0.2.1", false)
	for _, key := range r.allKeys(t) {
		if strings.Contains(key, "wangbianji") || strings.Contains(key, "192.0") {
			t.Errorf("key %s", key)
		}
		if strings.Contains(key, "door:") && r.raw.PTTL(t.Context(), key).Val() <= 0 {
			t.Errorf("key %s does not expire", key)
		}
	}
}

func testUseCode(t *testing.T, r *rig) {
	for _, c := range []struct {
		name, who string
		step      int64
		want      bool
	}{
		{"the first time", "王编辑", 59000000, true},
		{"again", "王编辑", 59000000, false},
		{"the next code", "王编辑", 59000001, true},
		{"the same number of another account", "李审核", 59000000, true},
	} {
		if got, err := r.UseCode(t.Context(), c.who, c.step); err != nil || got != c.want {
			t.Errorf("%s: %v, %v, want %v", c.name, got, err, c.want)
		}
	}
}

func testInvite(t *testing.T, r *rig) {
	ctx := t.Context()
	for _, token := range []string{"one", "two"} {
		if err := r.Invite(ctx, token); err != nil {
			t.Fatal(err)
		}
	}
	if ok, err := r.Invited(ctx, "none"); ok || err != nil {
		t.Errorf("a token that was never given: %v, %v", ok, err)
	}
	if ok, err := r.Invited(ctx, "one"); !ok || err != nil {
		t.Errorf("a token that was given: %v, %v", ok, err)
	}
	for i, want := range []bool{true, false} {
		if ok, err := r.Accept(ctx, "one"); ok != want || err != nil {
			t.Errorf("accepting the %d. time: %v, %v", i+1, ok, err)
		}
	}
	for _, key := range r.allKeys(t) {
		if strings.HasSuffix(key, "two") {
			t.Errorf("the token stands in the key %s", key)
		}
	}
	r.advance(t, inviteLife)
	if ok, err := r.Accept(ctx, "two"); ok || err != nil {
		t.Errorf("a day later: %v, %v", ok, err)
	}
}

func testCodeSealed(t *testing.T, r *rig) {
	ctx := t.Context()
	a := staff.Account{Name: "王编辑", Roles: []staff.Role{staff.Editor}, Code: staff.NewCodeSecret()}
	if err := r.PutAccount(ctx, a, true, r.draft("add")); err != nil {
		t.Fatal(err)
	}
	kept, err := r.raw.HGet(ctx, r.keys.accounts(), a.Name).Result()
	if err != nil || strings.Contains(kept, a.Code) {
		t.Errorf("kept as %s (%v)", kept, err)
	}
	if got, err := r.second(t).Account(ctx, a.Name); err != nil || got.Code != a.Code {
		t.Errorf("read back: %v, the same %v", err, got.Code == a.Code)
	}
}

func testChangeOfTwo(t *testing.T, r *rig) {
	ctx := t.Context()
	for _, name := range []string{"王管理", "李管理"} {
		a := staff.Account{Name: name, Roles: []staff.Role{staff.Admin}, Hash: "x"}
		if err := r.PutAccount(ctx, a, true, r.draft("add")); err != nil {
			t.Fatal(err)
		}
	}
	// Each takes the role from the other at the same time: one is left.
	now := r.clock.now
	var wg sync.WaitGroup
	results := make([]error, 2)
	for i, s := range []*Store{r.Store, r.second(t)} {
		by, name := "王管理", "李管理"
		if i == 1 {
			by, name = name, by
		}
		wg.Go(func() { results[i] = staff.NewOffice(s, nil, now).SetRoles(ctx, by, name, []staff.Role{staff.Viewer}) })
	}
	wg.Wait()
	if errors.Is(results[0], staff.ErrLastAdmin) == errors.Is(results[1], staff.ErrLastAdmin) {
		t.Errorf("results %v and %v, want one refused", results[0], results[1])
	}
	if n := len(steps(t, r.Store)); n != 3 {
		t.Errorf("%d steps, want 3", n)
	}
	if err := r.Change(ctx, "无此人", nil); !errors.Is(err, staff.ErrUnknown) {
		t.Errorf("a name without account: %v", err)
	}
}

func testStreet(t *testing.T, r *rig) {
	ctx := t.Context()
	if _, told, err := r.Street(ctx); told || err != nil {
		t.Errorf("of an empty store: %v, %v", told, err)
	}
	first := Street{Name: "和平街道", Phone: "010-12345678", By: "王管理", At: r.clock.now().UTC()}
	second := first
	second.Hours = "周一至周五 9:00–17:00"
	for i, s := range []Street{first, second} {
		if err := r.PutStreet(ctx, s, i, r.draft("change street")); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.PutStreet(ctx, first, 1, r.draft("change street")); !errors.Is(err, ErrStreetMoved) {
		t.Errorf("the later of two writers: %v", err)
	}
	other := r.second(t)
	list, err := other.Streets(ctx)
	if diff := cmp.Diff([]Street{first, second}, list); err != nil || diff != "" {
		t.Errorf("Streets: %v (-want +got):\n%s", err, diff)
	}
	if got, told, err := other.Street(ctx); err != nil || !told || got != second {
		t.Errorf("Street = %+v, %v, %v", got, told, err)
	}
	if v, err := other.Version(ctx); err != nil || v != 2 {
		t.Errorf("Version = %d, %v, want 2: running servers follow it", v, err)
	}
	if n := len(steps(t, r.Store)); n != 2 {
		t.Errorf("%d steps, want 2", n)
	}
}

func testTrailBefore(t *testing.T, r *rig) {
	ctx := t.Context()
	for range 5 {
		if err := r.Record(ctx, r.draft("deed")); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		before int64
		n      int
		want   []int64
	}{{0, 2, []int64{5, 4}}, {4, 2, []int64{3, 2}}, {2, 9, []int64{1}}, {1, 9, nil}} {
		list, err := r.TrailBefore(ctx, c.before, c.n)
		var got []int64
		for _, s := range list {
			got = append(got, s.N)
		}
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("TrailBefore(%d, %d): %v (-want +got):\n%s", c.before, c.n, err, diff)
		}
	}
}
