package store

import (
	"fmt"
	"testing"
	"time"

	"pufa/stats"
)

func TestMarksAreForgotten(t *testing.T) {
	start := time.Date(2026, 3, 8, 10, 0, 0, 0, zone)
	cases := []struct {
		name  string
		after time.Duration
		want  bool
	}{
		{"at once", 0, true},
		{"half a minute later", 31 * time.Second, true},
		{"a clock set back", -time.Hour, false},
		{"two minutes later", 2 * time.Minute, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := newMarks()
			m := r.mark("bits:202603", []byte{7})
			r.put([]mark{m}, start)
			if got := r.has(m, start.Add(c.after)); got != c.want {
				t.Errorf("has = %v, want %v", got, c.want)
			}
			if r.has(r.mark("bits:202603", []byte{8}), start) || r.has(r.mark("bits:202604", []byte{7}), start) {
				t.Error("what was not put is remembered")
			}
		})
	}
}

func TestMarksAreForgottenInTwoSteps(t *testing.T) {
	r, now := newMarks(), time.Date(2026, 3, 8, 10, 0, 0, 0, zone)
	m := r.mark("k", nil)
	r.put([]mark{m}, now)
	for range 3 {
		now = now.Add(markLife / 2)
		r.put([]mark{r.mark("other", nil)}, now)
	}
	if r.has(m, now) {
		t.Error("a mark outlived its minute because others were put")
	}
}

func TestMarksAreBounded(t *testing.T) {
	r, now := newMarks(), time.Date(2026, 3, 8, 10, 0, 0, 0, zone)
	for i := range 3 * maxMarks {
		r.put([]mark{r.mark("k", fmt.Append(nil, i))}, now)
	}
	if n := len(r.young) + len(r.old); n > maxMarks+2 {
		t.Errorf("%d marks are kept, want at most %d", n, maxMarks)
	}
}

func testMarkedAgain(t *testing.T, r *rig) {
	bits := r.keys.bits(stats.MonthOf(r.clock.now()))
	set := func() int64 { return r.raw.BitCount(t.Context(), bits, nil).Val() }
	r.asked(t, "id:1", "o1")
	if n := set(); n != 1 {
		t.Fatalf("%d bits after the first message, want 1", n)
	}
	r.raw.Del(t.Context(), bits)
	r.advance(t, 61*time.Second)
	r.asked(t, "id:2", "o1")
	if n := set(); n != 1 {
		t.Errorf("%d bits a minute after they were lost, want 1", n)
	}
}
