package store

import (
	"errors"
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pufa/content/edit"
	"pufa/staff"
)

// steps reads the whole trail and holds it to its chain.
func steps(t *testing.T, s *Store) (list []staff.Step) {
	t.Helper()
	var chain staff.Chain
	err := s.Trail(t.Context(), func(step staff.Step) error {
		list = append(list, step)
		return chain.Add(step)
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (r *rig) draft(did string) staff.Draft {
	return staff.Draft{At: r.clock.now(), Who: "王编辑", Did: did, What: "consumer/fraud"}
}

func testApprovals(t *testing.T, r *rig) {
	other := r.second(t)
	if got, version, err := r.Approvals(t.Context()); err != nil || len(got) != 0 || version != 0 {
		t.Fatalf("Approvals of an empty store = %v, %d, %v", got, version, err)
	}
	want := edit.Approval{As: "王某", Role: "所长", On: "2026-03-08", Hash: "abc"}
	both := map[string]*edit.Approval{"consumer/fraud": &want, "women/leave": &want}
	if err := r.Approve(t.Context(), both, r.draft("approve")); err != nil {
		t.Fatal(err)
	}
	got, version, err := other.Approvals(t.Context())
	if diff := cmp.Diff(map[string]edit.Approval{"consumer/fraud": want, "women/leave": want}, got); err != nil || diff != "" || version != 1 {
		t.Errorf("Approvals = version %d, want 1, %v (-want +got):\n%s", version, err, diff)
	}
	if err := r.Approve(t.Context(), map[string]*edit.Approval{"consumer/fraud": nil}, r.draft("withdraw")); err != nil {
		t.Fatal(err)
	}
	if got, version, _ := other.Approvals(t.Context()); len(got) != 1 || version != 2 {
		t.Errorf("after withdrawing one of two: %v, version %d", got, version)
	}
	if n := len(steps(t, other)); n != 2 {
		t.Errorf("%d steps, want 2", n)
	}
}

func testAccounts(t *testing.T, r *rig) {
	ctx := t.Context()
	if _, err := r.Account(ctx, "王编辑"); !errors.Is(err, staff.ErrUnknown) {
		t.Errorf("an account that is not there: %v", err)
	}
	a := staff.Account{Name: "王编辑", Roles: []staff.Role{staff.Editor}, Hash: "$argon2id$…"}
	if err := r.PutAccount(ctx, a, true, r.draft("add")); err != nil {
		t.Fatal(err)
	}
	if err := r.PutAccount(ctx, a, true, r.draft("add again")); !errors.Is(err, staff.ErrExists) {
		t.Errorf("a name that is taken: %v", err)
	}
	a.Disabled = true
	if err := r.PutAccount(ctx, a, false, r.draft("disable")); err != nil {
		t.Fatal(err)
	}
	got, err := r.Accounts(ctx)
	if diff := cmp.Diff([]staff.Account{a}, got); err != nil || diff != "" {
		t.Errorf("Accounts: %v (-want +got):\n%s", err, diff)
	}
	if n := len(steps(t, r.Store)); n != 2 {
		t.Errorf("%d steps, want 2: what was refused leaves none", n)
	}
}

func testTrailOfTwo(t *testing.T, r *rig) {
	const each = 5
	other := r.second(t)
	var wg sync.WaitGroup
	for _, s := range []*Store{r.Store, other} {
		wg.Go(func() {
			for i := range each {
				if err := s.Record(t.Context(), r.draft("deed "+strconv.Itoa(i))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := len(steps(t, r.Store)); n != 2*each {
		t.Errorf("%d steps, want %d", n, 2*each)
	}
}
