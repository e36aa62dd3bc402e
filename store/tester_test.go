package store

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pufa/bot"
	"pufa/staff"
)

// testerContract is the part of the contract about test accounts.
var testerContract = []struct {
	name string
	run  func(*testing.T, *rig)
}{
	{"a code makes one test account, once, of whoever made it", testBindTester},
	{"a code ends after 10 minutes, and with the next one", testTestCodeEnds},
	{"of two who send one code one becomes a test account", testOneCodeTwice},
	{"there are only so many test accounts", testSoManyTesters},
	{"a resident who becomes a test account loses the number, not what was counted", testTesterForgotten},
	{"the list of followers gives a test account no number", testTesterFollows},
}

// coded makes a code of an account.
func (r *rig) coded(t *testing.T, s *Store, of string) string {
	t.Helper()
	code, _, err := staff.NewTrials(s, r.clock.now).Code(t.Context(), staff.Account{Name: of})
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// bound makes a person a test account.
func (r *rig) bound(t *testing.T, of, openID string) staff.Tester {
	t.Helper()
	_, tester, err := r.BindTester(t.Context(), r.coded(t, r.Store, of), openID)
	if err != nil {
		t.Fatal(err)
	}
	return tester
}

func testBindTester(t *testing.T, r *rig) {
	ctx, other := t.Context(), r.second(t)
	code := r.coded(t, other, "王编")
	for key, values := range r.dump(t) {
		if strings.Contains(key+strings.Join(values, " "), code) {
			t.Errorf("%s holds the code itself", key)
		}
	}
	mark, made, err := r.BindTester(ctx, code, "oStaff")
	if err != nil || made.Of != "王编" || mark != other.TesterMark("oStaff") {
		t.Fatalf("BindTester = %+v, %v", made, err)
	}
	marks, err := other.TesterMarks(ctx)
	if diff := cmp.Diff(map[string]staff.Tester{mark: made}, marks); err != nil || diff != "" {
		t.Errorf("test accounts, %v (-want +got):\n%s", err, diff)
	}
	if _, _, err := other.BindTester(ctx, code, "oOther"); !errors.Is(err, staff.ErrTestCode) {
		t.Errorf("the code again: %v", err)
	}
	if _, _, err := r.BindTester(ctx, "22222222", "oOther"); !errors.Is(err, staff.ErrTestCode) {
		t.Errorf("a code that is none: %v", err)
	}
	for key, values := range r.dump(t) {
		if text := key + strings.Join(values, " "); strings.Contains(text, "oStaff") || strings.Contains(text, string(r.names.pseudonym("oStaff"))) {
			t.Errorf("%s names the person as residents are known: %q", key, text)
		}
	}
	trials := staff.NewTrials(other, r.clock.now)
	for range 2 {
		if err := trials.Drop(ctx, staff.Account{Name: "王编"}, made.ID); err != nil && !errors.Is(err, staff.ErrNoTester) {
			t.Fatal(err)
		}
	}
	if marks, err := r.TesterMarks(ctx); err != nil || len(marks) != 0 {
		t.Errorf("left %v, %v", marks, err)
	}
	if err := r.DropTester(ctx, made.ID, r.draft("drop test account")); !errors.Is(err, staff.ErrNoTester) {
		t.Errorf("what is gone is dropped: %v", err)
	}
	trail := steps(t, r.Store)
	if len(trail) != 2 || trail[0].Did != "bind test account" || trail[0].Who != "王编" || trail[1].Did != "drop test account" || trail[1].What != made.ID {
		t.Errorf("trail %+v", trail)
	}
}

func testTestCodeEnds(t *testing.T, r *rig) {
	ctx := t.Context()
	first, second, others := r.coded(t, r.Store, "王编"), r.coded(t, r.Store, "王编"), r.coded(t, r.Store, "李审")
	if _, _, err := r.BindTester(ctx, first, "o1"); !errors.Is(err, staff.ErrTestCode) {
		t.Errorf("the code before the last: %v", err)
	}
	if _, _, err := r.BindTester(ctx, second, "o1"); err != nil {
		t.Errorf("the last code: %v", err)
	}
	r.advance(t, staff.TestCodeLife-time.Second)
	late := r.coded(t, r.Store, "赵管")
	r.advance(t, time.Second)
	if _, _, err := r.BindTester(ctx, others, "o2"); !errors.Is(err, staff.ErrTestCode) {
		t.Errorf("after 10 minutes: %v", err)
	}
	if _, _, err := r.BindTester(ctx, late, "o2"); err != nil {
		t.Errorf("a second after it was made: %v", err)
	}
	r.advance(t, staff.TestCodeLife)
	if left := r.withPrefix(t, "testcodes"); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

func testOneCodeTwice(t *testing.T, r *rig) {
	code, other := r.coded(t, r.Store, "王编"), r.second(t)
	ends := make(chan error, 8)
	var wg sync.WaitGroup
	for n := range cap(ends) {
		wg.Go(func() {
			s := []*Store{r.Store, other}[n%2]
			_, _, err := s.BindTester(t.Context(), code, fmt.Sprint("o", n))
			ends <- err
		})
	}
	wg.Wait()
	close(ends)
	done := 0
	for err := range ends {
		if err == nil {
			done++
		} else if !errors.Is(err, staff.ErrTestCode) {
			t.Error(err)
		}
	}
	if marks, err := r.TesterMarks(t.Context()); err != nil || done != 1 || len(marks) != 1 {
		t.Errorf("%d were told yes, %d are kept, %v, want 1", done, len(marks), err)
	}
}

func testSoManyTesters(t *testing.T, r *rig) {
	ctx := t.Context()
	spare := r.coded(t, r.Store, "甲0")
	for n := range staff.MaxOwnTesters {
		r.bound(t, "王编", fmt.Sprint("own", n))
	}
	if _, _, err := staff.NewTrials(r.Store, r.clock.now).Code(ctx, staff.Account{Name: "王编"}); !errors.Is(err, staff.ErrTesters) {
		t.Errorf("a code for one more: %v", err)
	}
	if err := r.PutTestCode(ctx, "23456789", "王编"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.BindTester(ctx, "23456789", "own9"); !errors.Is(err, staff.ErrTesters) {
		t.Errorf("one more of one person: %v", err)
	}
	if _, _, err := r.BindTester(ctx, "23456789", "own0"); err != nil {
		t.Errorf("one that is known, once more: %v", err)
	}
	for n := range staff.MaxTesters - staff.MaxOwnTesters {
		r.bound(t, fmt.Sprint("乙", n), fmt.Sprint("o", n))
	}
	if _, _, err := r.BindTester(ctx, spare, "oLast"); !errors.Is(err, staff.ErrTesters) {
		t.Errorf("one more of all: %v", err)
	}
}

func testTesterForgotten(t *testing.T, r *rig) {
	r.asked(t, "id:1", "oStaff")
	r.following(t, "oStaff", "oResident")
	r.act(t, "id:2", "oStaff", bot.OptOut)
	r.bound(t, "王编", "oStaff")
	if n, err := r.ResidentOf(t.Context(), "oStaff"); err != nil || n != 0 {
		t.Errorf("the number is still %d, %v", n, err)
	}
	if r.follows(t, 1) || len(r.openIDs(t, 1)) > 0 || r.raw.GetBit(t.Context(), r.keys.optout(), 1).Val() != 0 {
		t.Error("what was kept under the number is still there")
	}
	if !r.follows(t, 2) {
		t.Error("another resident was touched")
	}
	if n, err := r.Residents(t.Context(), "202603"); err != nil || n != 1 {
		t.Errorf("%d residents are counted, %v: what was counted before stays", n, err)
	}
	r.verified(t)
}

func testTesterFollows(t *testing.T, r *rig) {
	r.bound(t, "王编", "oStaff")
	if diff := cmp.Diff([]int64{1, 0, 2}, r.following(t, "o1", "oStaff", "o2")); diff != "" {
		t.Errorf("numbers (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int64{0}, r.following(t, "oStaff")); diff != "" {
		t.Errorf("the test account alone (-want +got):\n%s", diff)
	}
	if n, err := r.ResidentOf(t.Context(), "oStaff"); err != nil || n != 0 {
		t.Errorf("the test account has the number %d, %v", n, err)
	}
	marks, err := r.Testers(t.Context())
	if err != nil || len(marks) != 1 {
		t.Fatal(marks, err)
	}
	if err := r.DropTester(t.Context(), marks[0].ID, r.draft("drop test account")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int64{3}, r.following(t, "oStaff")); diff != "" {
		t.Errorf("a resident again (-want +got):\n%s", diff)
	}
}
