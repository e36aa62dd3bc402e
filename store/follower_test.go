package store

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pufa/bot"
)

// following puts people into the list of followers and returns their numbers.
func (r *rig) following(t *testing.T, openIDs ...string) []int64 {
	t.Helper()
	numbers, err := r.PutFollowers(t.Context(), openIDs)
	if err != nil {
		t.Fatal(err)
	}
	return numbers
}

// act lets a person give a command that changes what is kept of them.
func (r *rig) act(t *testing.T, key, openID string, a bot.Action) Claim {
	t.Helper()
	c := r.claimed(t, Arrival{MessageKey: key, OpenID: openID})
	if err := r.Commit(t.Context(), c, Result{Action: a}); err != nil {
		t.Fatal(err)
	}
	return c
}

// openIDs reads rows of the list.
func (r *rig) openIDs(t *testing.T, numbers ...int64) map[int64]string {
	t.Helper()
	found, err := r.OpenIDs(t.Context(), numbers)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func (r *rig) follows(t *testing.T, number int64) bool {
	t.Helper()
	return r.raw.GetBit(t.Context(), r.keys.followers(), number).Val() == 1
}

func testFollowerList(t *testing.T, r *rig) {
	asked := r.asked(t, "id:1", "o1")
	got := r.following(t, "o0", "o1", "o2")
	if diff := cmp.Diff([]int64{2, asked.Resident, 3}, got); diff != "" {
		t.Fatalf("numbers (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[int64]string{1: "o1", 2: "o0", 3: "o2"}, r.openIDs(t, 1, 2, 3, 4, 999)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if again := r.following(t, "o0", "o1", "o2"); !cmp.Equal(again, got) {
		t.Errorf("read again: numbers %v, want %v", again, got)
	}
	// The first message of somebody whom only the list knew is a new resident's.
	if c := r.asked(t, "id:2", "o2"); c.Resident != 3 || !c.New {
		t.Errorf("first message: number %d new %t, want 3 true", c.Resident, c.New)
	}
	if err := r.DropFollowers(t.Context(), []int64{2}); err != nil {
		t.Fatal(err)
	}
	if r.follows(t, 2) || !r.follows(t, 1) || len(r.openIDs(t, 2)) != 0 {
		t.Error("who was dropped is still there, or another one is gone")
	}
}

func testManyFollowers(t *testing.T, r *rig) {
	var people []string
	for i := range 1200 {
		people = append(people, fmt.Sprint("o", i))
	}
	numbers := r.following(t, people...)
	found := r.openIDs(t, numbers...)
	for i, n := range numbers {
		if n != int64(i+1) || found[n] != people[i] {
			t.Fatalf("person %d has number %d and row %q", i, n, found[n])
		}
	}
	bits, err := r.FollowerBits(t.Context())
	if err != nil || !bitAt(bits, 1) || !bitAt(bits, 1200) || bitAt(bits, 0) || bitAt(bits, 1201) {
		t.Errorf("bitmap of %d bytes, %v: want the bits 1 to 1200", len(bits), err)
	}
}

func testSweep(t *testing.T, r *rig) {
	r.following(t, "o1", "o2", "o3")
	before, err := r.FollowerBits(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.act(t, "id:1", "o4", bot.Follow)                                  // after the reading began
	r.raw.SetBit(t.Context(), r.keys.followers(), 3, 0)                 // its event came, its row was left
	dropped, err := r.SweepFollowers(t.Context(), before, []byte{0x40}) // only number 1 was seen
	if err != nil || dropped != 2 {
		t.Errorf("SweepFollowers = %d, %v, want 2", dropped, err)
	}
	for n, want := range map[int64]bool{1: true, 2: false, 3: false, 4: true} {
		if r.follows(t, n) != want {
			t.Errorf("resident %d follows: %t, want %t", n, !want, want)
		}
	}
	if diff := cmp.Diff(map[int64]string{1: "o1"}, r.openIDs(t, 1, 2, 3, 4)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func testFollowerForgotten(t *testing.T, r *rig) {
	r.following(t, "o1")
	for _, consent := range []string{"notice|T1", "topic|consumer"} {
		if err := r.SetConsent(t.Context(), 1, consent, true); err != nil {
			t.Fatal(err)
		}
	}
	r.act(t, "id:1", "o1", bot.Forget)
	if n := len(r.openIDs(t, 1)); n != 0 {
		t.Errorf("the openid is still in the list after 删除")
	}
	numbers := r.following(t, "o1") // the next reading of the list
	if numbers[0] != 2 {
		t.Fatalf("comes back as %d, want 2", numbers[0])
	}
	w, err := r.WishesOf(t.Context(), 2, []string{"notice|T1", "topic|consumer"})
	if err != nil || len(w.Consents) != 0 {
		t.Errorf("wishes of the new number = %+v, %v, want none", w, err)
	}
	if r.follows(t, 1) {
		t.Error("the deleted number follows")
	}
}

func testFollowerUnfollows(t *testing.T, r *rig) {
	r.following(t, "o1")
	r.act(t, "id:1", "o1", bot.Unfollow)
	if n := len(r.openIDs(t, 1)); n != 0 || r.follows(t, 1) {
		t.Error("the openid is still in the list after the person left")
	}
	if n, err := r.ResidentOf(t.Context(), "o1"); n != 1 || err != nil {
		t.Errorf("ResidentOf = %d, %v, want 1: leaving is not 删除", n, err)
	}
}

func testWishes(t *testing.T, r *rig) {
	r.following(t, "o1", "o2")
	ctx := t.Context()
	for _, err := range []error{
		r.SetConsent(ctx, 1, "notice|T1", true), r.SetConsent(ctx, 1, "topic|consumer", true),
		r.SetConsent(ctx, 1, "topic|consumer", false), r.SetMostAMonth(ctx, 1, 3),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	r.act(t, "id:1", "o1", bot.OptOut)
	w, err := r.WishesOf(ctx, 1, []string{"notice|T1", "topic|consumer", "topic|family"})
	if diff := cmp.Diff(Wishes{OptedOut: true, Consents: []string{"notice|T1"}, MostAMonth: 3}, w); err != nil || diff != "" {
		t.Errorf("wishes, %v (-want +got):\n%s", err, diff)
	}
	if w, err := r.WishesOf(ctx, 2, []string{"notice|T1"}); err != nil || !cmp.Equal(w, Wishes{}) {
		t.Errorf("wishes of another = %+v, %v, want none", w, err)
	}
	for _, err := range []error{
		r.SetConsent(ctx, 0, "notice|T1", true), r.SetConsent(ctx, 1, "", true), r.SetConsent(ctx, 1, "topic|}x", true),
		r.SetMostAMonth(ctx, 1, 32), r.SetMostAMonth(ctx, 1, -1),
	} {
		if err == nil {
			t.Error("a wish that cannot be was kept")
		}
	}
	if n, err := r.ResidentOf(ctx, "o9"); n != 0 || err != nil {
		t.Errorf("ResidentOf a stranger = %d, %v, want 0", n, err)
	}
}

func testOneReader(t *testing.T, r *rig) {
	ctx := t.Context()
	if err := r.StartSync(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	if err := r.StartSync(ctx, "a"); err != nil {
		t.Errorf("going on = %v", err)
	}
	if err := r.StartSync(ctx, "b"); !errors.Is(err, ErrSyncing) {
		t.Errorf("a second reader = %v, want ErrSyncing", err)
	}
	if err := r.EndSync(ctx, "b"); err != nil {
		t.Error(err)
	}
	if err := r.StartSync(ctx, "b"); !errors.Is(err, ErrSyncing) {
		t.Errorf("after another's EndSync: %v, want ErrSyncing", err)
	}
	r.advance(t, syncLife)
	if err := r.StartSync(ctx, "b"); err != nil {
		t.Errorf("after 5 silent minutes: %v", err)
	}
	if err := r.EndSync(ctx, "b"); err != nil {
		t.Error(err)
	}
	if err := r.StartSync(ctx, "a"); err != nil {
		t.Errorf("after EndSync: %v", err)
	}
}
