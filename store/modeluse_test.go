package store

import (
	"maps"
	"sync"
	"testing"
	"time"
)

func batchOf(who string, number int64, at time.Time, fields map[string]int64) ModelBatch {
	return ModelBatch{who, number, at, fields}
}

// used compares what was added up of today and of this month.
func (r *rig) used(t *testing.T, today, month map[string]int64) {
	t.Helper()
	gotDay, gotMonth, err := r.ModelUse(t.Context())
	if err != nil || !maps.Equal(gotDay, today) || !maps.Equal(gotMonth, month) {
		t.Errorf("ModelUse = %v, %v, %v, want %v and %v", gotDay, gotMonth, err, today, month)
	}
}

func testModelUse(t *testing.T, r *rig) {
	ctx, other := t.Context(), r.second(t)
	r.used(t, map[string]int64{}, map[string]int64{})
	first := batchOf("a", 1, r.clock.now(), map[string]int64{"choose/chosen": 2, "choose/prompt": 600})
	for range 2 { // the second time nobody knew whether the first had been done
		if err := r.AddModelUse(ctx, first); err != nil {
			t.Fatal(err)
		}
	}
	if err := other.AddModelUse(ctx, batchOf("b", 1, r.clock.now(), map[string]int64{"choose/chosen": 1, "effect/kept": 1})); err != nil {
		t.Fatal(err)
	}
	if err := r.AddModelUse(ctx, batchOf("a", 2, r.clock.now(), map[string]int64{"choose/prompt": -10})); err != nil {
		t.Fatal(err)
	}
	sum := map[string]int64{"choose/chosen": 3, "choose/prompt": 590, "effect/kept": 1}
	r.used(t, sum, sum)

	late := batchOf("a", 3, r.clock.now(), map[string]int64{"choose/chosen": 5}) // of this day, added the next
	r.advance(t, 24*time.Hour)
	if err := r.AddModelUse(ctx, late); err != nil {
		t.Fatal(err)
	}
	month := map[string]int64{"choose/chosen": 8, "choose/prompt": 590, "effect/kept": 1}
	r.used(t, map[string]int64{}, month)
	r.advance(t, 40*24*time.Hour)
	r.used(t, map[string]int64{}, map[string]int64{})
	if n := len(r.withPrefix(t, "modeluse:")); n != 1 {
		t.Errorf("%d keys of what models did are left after 41 days, want the month", n)
	}
}

func testModelUseAtOnce(t *testing.T, r *rig) {
	other := r.second(t)
	var wg sync.WaitGroup
	for i := range 20 {
		s, who := r.Store, "a"
		if i%2 == 1 {
			s, who = other, "b"
		}
		wg.Go(func() {
			_ = s.AddModelUse(t.Context(), batchOf(who, 1, r.clock.now(), map[string]int64{"pick/late": 7}))
		})
	}
	wg.Wait()
	r.used(t, map[string]int64{"pick/late": 14}, map[string]int64{"pick/late": 14})
}
