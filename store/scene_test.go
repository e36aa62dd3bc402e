package store

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pufa/stats"
)

func eastGate(at time.Time) stats.Scene {
	return stats.Scene{ID: "east-gate", Place: "东门社区公告栏", Theme: "3.8", Pack: "womens-week", Line: "怀孕不是辞退的理由", By: "王编辑", At: at.UTC().Truncate(time.Second)}
}

func testScenes(t *testing.T, r *rig) {
	now, ctx := r.clock.now(), t.Context()
	other, made := r.second(t), eastGate(r.clock.now())
	if err := r.AddScene(ctx, made); err != nil {
		t.Fatal(err)
	}
	if err := other.AddScene(ctx, made); !errors.Is(err, stats.ErrSceneTaken) {
		t.Errorf("the same id again: %v", err)
	}
	if _, err := other.Scene(ctx, "west-gate"); !errors.Is(err, stats.ErrNoScene) {
		t.Errorf("an unknown one: %v", err)
	}
	if err := other.WithdrawScene(ctx, "赵编辑", "west-gate", now); !errors.Is(err, stats.ErrNoScene) {
		t.Errorf("an unknown one is withdrawn: %v", err)
	}
	gone := now.Add(time.Hour).UTC().Truncate(time.Second)
	if err := other.WithdrawScene(ctx, "赵编辑", made.ID, gone); err != nil {
		t.Fatal(err)
	}
	if err := r.WithdrawScene(ctx, "赵编辑", made.ID, gone.Add(time.Hour)); err != nil {
		t.Errorf("withdrawing it twice: %v", err)
	}
	if err := r.AddScene(ctx, made); !errors.Is(err, stats.ErrSceneTaken) {
		t.Errorf("an id that was withdrawn: %v", err)
	}
	got, err := r.Scenes(ctx)
	made.Withdrawn = gone
	if diff := cmp.Diff([]stats.Scene{made}, got); err != nil || diff != "" {
		t.Errorf("Scenes, %v (-want +got):\n%s", err, diff)
	}
	trail := steps(t, r.Store)
	if len(trail) != 2 || trail[0].Did != "make scene" || trail[1].Did != "withdraw scene" || trail[1].Who != "赵编辑" || trail[1].What != "east-gate" {
		t.Errorf("trail %+v", trail)
	}
}

func testScenesOfTwo(t *testing.T, r *rig) {
	const each = 4
	other, taken := r.second(t), make(chan error, 2*each)
	var wg sync.WaitGroup
	for _, s := range []*Store{r.Store, other} {
		wg.Go(func() {
			for i := range each {
				scene := eastGate(r.clock.now())
				scene.ID = string(rune('a' + i))
				taken <- s.AddScene(t.Context(), scene)
			}
		})
	}
	wg.Wait()
	close(taken)
	refused := 0
	for err := range taken {
		if errors.Is(err, stats.ErrSceneTaken) {
			refused++
		} else if err != nil {
			t.Error(err)
		}
	}
	if list, err := r.Scenes(t.Context()); err != nil || len(list) != each || refused != each {
		t.Errorf("%d scenes, %d refused, %v, want %d of each", len(list), refused, err, each)
	}
	if n := len(steps(t, r.Store)); n != each {
		t.Errorf("%d steps, want %d", n, each)
	}
}

func testScans(t *testing.T, r *rig) {
	scan := func(scene, visitor string) bool {
		t.Helper()
		e := stats.Event{At: r.clock.now(), Kind: stats.Scan, Scene: scene, Source: "page"}
		counted, err := r.CountPage(t.Context(), "q/"+scene, visitor, e)
		if err != nil {
			t.Fatal(err)
		}
		return counted
	}
	for _, c := range []struct {
		name, scene, visitor string
		want                 bool
	}{
		{"a first scan", "east-gate", "v1", true},
		{"the same visitor again", "east-gate", "v1", false},
		{"the same visitor elsewhere", "west-gate", "v1", true},
		{"another visitor", "east-gate", "v2", true},
	} {
		if got := scan(c.scene, c.visitor); got != c.want {
			t.Errorf("%s is counted: %t, want %t", c.name, got, c.want)
		}
	}
	if n := r.field(t, r.keys.day("20260308"), "scan|east-gate"); n != 2 {
		t.Errorf("counted %d scans at the east gate, want 2", n)
	}
	if lines := r.lines(t, r.keys.ledger("202603")); len(lines) != 3 || lines[0] != "20260308|"+r.clock.now().In(zone).Format("15")+"|scan||east-gate|||page|0" {
		t.Errorf("ledger %q", lines)
	}
	r.verified(t)
	r.clock.set(time.Date(2026, 3, 9, 0, 0, 0, 0, zone))
	if err := r.CloseWindows(t.Context(), r.clock.now()); err != nil {
		t.Fatal(err)
	}
	if left := r.withPrefix(t, "w:"); len(left) > 0 {
		t.Errorf("at midnight %v are still there", left)
	}
	if !scan("east-gate", "v1") {
		t.Error("the next day does not count the visitor again")
	}
	r.verified(t)
}
