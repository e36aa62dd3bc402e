package store

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pufa/stats"
)

func lecture(people int64) stats.Activity {
	return stats.Activity{Kind: "法治讲座", On: "2026-03-07", Place: "东门社区", Theme: "3.8", Quantity: 1, People: people}
}

// keep writes one line of the register.
func (r *rig) keep(t *testing.T, s *Store, line func(*stats.Register) (stats.ActivityLine, error)) stats.ActivityLine {
	t.Helper()
	l, err := s.KeepActivity(t.Context(), line)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func testActivities(t *testing.T, r *rig) {
	now, ctx := r.clock.now(), t.Context()
	other := r.second(t)
	first := r.keep(t, r.Store, func(g *stats.Register) (stats.ActivityLine, error) { return g.Enter("王编辑", now, lecture(30)) })
	r.keep(t, other, func(g *stats.Register) (stats.ActivityLine, error) { return g.Confirm("李审核", now, first.Of, 0) })
	_, err := r.KeepActivity(ctx, func(g *stats.Register) (stats.ActivityLine, error) { return g.Confirm("王编辑", now, first.Of, 0) })
	if !errors.Is(err, stats.ErrSelfConfirm) {
		t.Errorf("who entered it confirms: %v", err)
	}
	got, err := other.Activities(ctx)
	if err != nil {
		t.Fatal(err)
	}
	want := []stats.Entered{{Activity: lecture(30), Number: 1, Line: 1, By: "王编辑", At: now.UTC(), ConfirmedBy: "李审核"}}
	if diff := cmp.Diff(want, got.List()); diff != "" {
		t.Errorf("Activities (-want +got):\n%s", diff)
	}
	r.keep(t, r.Store, func(g *stats.Register) (stats.ActivityLine, error) {
		return g.Correct("王编辑", now, first.Of, lecture(33), "签到表是33人")
	})
	if got, err = other.Activities(ctx); err != nil || got.List()[0].People != 33 || got.List()[0].ConfirmedBy != "" {
		t.Errorf("after the correction: %+v, %v", got.List(), err)
	}
	if lines := r.lines(t, r.keys.activities()); len(lines) != 3 || !strings.Contains(lines[0], `"people":30`) {
		t.Errorf("lines %v: want all three, the first as it was", lines)
	}
	trail := steps(t, r.Store)
	if len(trail) != 3 || trail[2].Did != "correct activity" || trail[2].Who != "王编辑" || trail[2].What != "1" {
		t.Errorf("trail %+v", trail)
	}
}

func testActivitiesOfTwo(t *testing.T, r *rig) {
	const each = 4
	other, now := r.second(t), r.clock.now()
	var wg sync.WaitGroup
	for _, s := range []*Store{r.Store, other} {
		wg.Go(func() {
			for range each {
				_, err := s.KeepActivity(t.Context(), func(g *stats.Register) (stats.ActivityLine, error) { return g.Enter("王编辑", now, lecture(1)) })
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	g, err := r.Activities(t.Context())
	if err != nil || len(g.List()) != 2*each || g.Lines() != 2*each {
		t.Errorf("%d activities, %v, want %d", len(g.List()), err, 2*each)
	}
	if n := len(steps(t, r.Store)); n != 2*each {
		t.Errorf("%d steps, want %d", n, 2*each)
	}
}
