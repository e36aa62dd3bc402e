package main

import (
	"fmt"
	"testing"
	"time"
)

// TestMidnight lets 23:59:59 become 00:00:00 in Asia/Shanghai while residents
// write. A message belongs to the second in which it was sent, however late
// and often it is delivered.
func TestMidnight(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		last          time.Time
		before, after []string // the flags of the reports
	}{
		{
			"at the end of a month", time.Date(2026, 11, 30, 23, 59, 59, 0, zone),
			[]string{"--from", "2026-11-01", "--to", "2026-11-30"},
			[]string{"--from", "2026-12-01", "--to", "2026-12-31"},
		},
		{
			"at the end of a year", time.Date(2026, 12, 31, 23, 59, 59, 0, zone),
			[]string{"--year", "2026"},
			[]string{"--year", "2027"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v, clock := withAccount(t), &clock{at: c.last}
			h := serveHere(t, v, clock.now)
			p := platformOf(t, v, h.url, clock.now)
			before, after := writeOverMidnight(p, clock)
			for range 2 {
				v.reportAt(t, clock.now, c.before...).hold(t, before)
				v.reportAt(t, clock.now, c.after...).hold(t, after)
				v.verifiedAt(t, clock.now)
				h.stop() // and the same when it has stopped
			}
		})
	}
}

// writeOverMidnight sends messages in the last second of a day and in the
// first of the next, and returns the figures of both. Five residents write
// before, two after, one of them both times.
func writeOverMidnight(p *platform, clock *clock) (before, after map[string]int64) {
	last := clock.now()
	for n := range 4 {
		p.says(p.text(openidOf(n), fmt.Sprint("before", n), askReturn))
	}
	twice := p.text(openidOf(0), "twice", askReturn)
	first := p.says(twice)
	late := p.text(openidOf(4), "late", askReturn)
	danger := p.text(openidOf(5), "danger", "救命，有人拿刀砍人")

	clock.set(last.Add(time.Second))
	p.says(p.text(openidOf(0), "after", askReturn))
	p.says(p.text(openidOf(6), "new", askReturn))
	clock.set(last.Add(5 * time.Second))
	p.says(late)
	p.says(danger)
	if again := p.says(twice); again != first {
		p.t.Errorf("delivered again after midnight: %q, want %q", again, first)
	}
	return map[string]int64{"messages": 7, "answered": 6, "crisis": 1, "residents": 5},
		map[string]int64{"messages": 2, "answered": 2, "crisis": 0, "residents": 2}
}

// TestTheDayCloses waits until the residents of a day and of a month are
// counted for good.
func TestTheDayCloses(t *testing.T) {
	t.Parallel()
	v, clock := withAccount(t), &clock{at: time.Date(2026, 11, 30, 23, 59, 59, 0, zone)}
	h := serveHere(t, v, clock.now)
	p := platformOf(t, v, h.url, clock.now)
	writeOverMidnight(p, clock)
	november := []string{"--from", "2026-11-01", "--to", "2026-11-30"}
	if n := v.reportAt(t, clock.now, november...).part("residents", "day", "20261130"); n != -1 {
		t.Errorf("the day is not over, and has %d residents", n)
	}
	clock.set(clock.now().AddDate(0, 1, 1)) // the second of January: December is over too
	raw := socketOf(t, v)
	until(t, "the windows are closed", func() bool {
		n, err := raw.HLen(t.Context(), "pufa:{"+testAppID+"}:windows").Result()
		return err == nil && n == 0
	})
	f := v.reportAt(t, clock.now, november...)
	if n := f.part("residents", "day", "20261130"); n != 5 {
		t.Errorf("residents of the day = %d, want 5", n)
	}
	for _, c := range []struct{ id, by, part string }{
		{"residents", "month", "202611"}, {"residents_topic", "topic", "202611/consumer"}, {"residents_theme", "theme", "202611/3.15"},
	} {
		if n := f.part(c.id, c.by, c.part); n != 5 {
			t.Errorf("%s by %s: %s = %d, want 5", c.id, c.by, c.part, n)
		}
	}
	if n := f.part("messages", "day", "20261130"); n != 7 {
		t.Errorf("messages of the day = %d, want 7", n)
	}
	both := v.reportAt(t, clock.now, "--from", "2026-11-01", "--to", "2026-12-31")
	both.hold(t, map[string]int64{"messages": 9, "residents": 6})
	v.verifiedAt(t, clock.now)
}
