package store

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pufa/staff"
)

// apiContract is the part of the contract about interface tokens.
var apiContract = []struct {
	name string
	run  func(*testing.T, *rig)
}{
	{"an interface token is kept with its step, without its text, and withdrawn once", testAPITokens},
	{"there are only so many interface tokens, whoever makes them", testAPITokensOfTwo},
	{"calls of an interface token are counted, of each for itself", testAPICalls},
	{"of calls at once no more get through than may", testAPICallsAtOnce},
}

var admin = staff.Account{Name: "赵管", Roles: []staff.Role{staff.Admin}}

func testAPITokens(t *testing.T, r *rig) {
	ctx := t.Context()
	here, there := staff.NewIssuer(r.Store, r.clock.now), staff.NewIssuer(r.second(t), r.clock.now)
	made, text, err := here.Make(ctx, admin, "区局数据平台", []staff.Scope{staff.ReadFigures}, 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	got, err := there.Of(ctx, text)
	if err != nil || got.Name != made.Name || !got.May(staff.ReadFigures) || got.May(staff.ReadEntries) {
		t.Errorf("Of = %+v, %v", got, err)
	}
	for key, values := range r.dump(t) {
		if strings.Contains(key+strings.Join(values, " "), text[len("pufa_")+13:]) {
			t.Errorf("%s holds the token", key)
		}
	}
	if list, err := there.List(ctx); err != nil || len(list) != 1 || !list[0].Expires.Equal(made.Expires) {
		t.Errorf("List = %+v, %v", list, err)
	}
	if err := there.Withdraw(ctx, admin, made.ID); err != nil {
		t.Fatal(err)
	}
	if err := here.Withdraw(ctx, admin, made.ID); !errors.Is(err, staff.ErrNoToken) {
		t.Errorf("withdrawn twice: %v", err)
	}
	if _, err := here.Of(ctx, text); !errors.Is(err, staff.ErrNoToken) {
		t.Errorf("after it was withdrawn: %v", err)
	}
	trail := steps(t, r.Store)
	if len(trail) != 2 || trail[0].Did != "make token" || trail[1].Did != "withdraw token" || trail[1].What != made.ID {
		t.Errorf("trail %+v", trail)
	}
}

func testAPITokensOfTwo(t *testing.T, r *rig) {
	var wg sync.WaitGroup
	var refused atomic.Int64
	for which, s := range []*Store{r.Store, r.second(t)} {
		i := staff.NewIssuer(s, r.clock.now)
		wg.Go(func() {
			for n := range staff.MaxAPITokens/2 + 1 {
				_, _, err := i.Make(t.Context(), admin, fmt.Sprint("平台", which, "-", n), staff.Scopes(), time.Hour)
				if errors.Is(err, staff.ErrTokens) {
					refused.Add(1)
				} else if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	list, err := r.APITokens(t.Context())
	if err != nil || len(list) != staff.MaxAPITokens || refused.Load() != 2 {
		t.Errorf("%d tokens, %d refused, %v", len(list), refused.Load(), err)
	}
	if n := len(steps(t, r.Store)); n != staff.MaxAPITokens {
		t.Errorf("%d steps", n)
	}
}

func (r *rig) apiCall(t *testing.T, id string) time.Duration {
	t.Helper()
	wait, err := r.TakeAPICall(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return wait
}

func testAPICalls(t *testing.T, r *rig) {
	for i := range apiAtOnce {
		if wait := r.apiCall(t, "one"); wait != 0 {
			t.Fatalf("call %d waits %s", i+1, wait)
		}
	}
	if wait := r.apiCall(t, "one"); wait != time.Second {
		t.Errorf("one too many waits %s, want 1s", wait)
	}
	if wait := r.apiCall(t, "other"); wait != 0 {
		t.Errorf("another token waits %s", wait)
	}
	r.advance(t, time.Second)
	if wait := r.apiCall(t, "one"); wait != 0 {
		t.Errorf("a second later it waits %s", wait)
	}
	if wait := r.apiCall(t, "one"); wait != time.Second {
		t.Errorf("the next waits %s, want 1s", wait)
	}
	r.clock.set(r.clock.now().Add(-time.Hour))
	if wait := r.apiCall(t, "one"); wait > time.Second {
		t.Errorf("after the clock went back it waits %s", wait)
	}
	r.advance(t, 2*time.Hour)
	if left := r.withPrefix(t, "api:"); len(left) != 0 {
		t.Errorf("two hours later there are %v", left)
	}
}

func testAPICallsAtOnce(t *testing.T, r *rig) {
	var wg sync.WaitGroup
	var through atomic.Int64
	for range 2 * apiAtOnce {
		wg.Go(func() {
			if wait, err := r.TakeAPICall(t.Context(), "one"); err == nil && wait == 0 {
				through.Add(1)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := through.Load(); n != apiAtOnce {
		t.Errorf("%d calls got through, want %d", n, apiAtOnce)
	}
}
