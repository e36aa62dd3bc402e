package store

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pufa/stats"
)

func testWindowsOnce(t *testing.T, r *rig) {
	other := r.second(t)
	r.asked(t, "id:1", "o1")
	r.asked(t, "id:2", "o2")
	night := time.Date(2026, 3, 9, 0, 0, 0, 0, zone).Add(windowGrace)
	r.clock.set(night)
	var wg sync.WaitGroup
	for _, s := range []*Store{r.Store, other, r.Store, other} {
		wg.Go(func() {
			if err := s.CloseWindows(t.Context(), night); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := r.field(t, r.keys.month("202603"), "unique|day/20260308"); n != 2 {
		t.Errorf("unique residents of the day = %d, want 2", n)
	}
	line := "20260308|10|message|answered|consumer/seven-day-return|consumer|3.15|text|0"
	want := []string{line, line, "20260308||unique|2|day/20260308||||0"}
	if diff := cmp.Diff(want, r.lines(t, r.keys.ledger("202603"))); diff != "" {
		t.Errorf("ledger (-want +got):\n%s", diff)
	}
	live, err := r.Windows(t.Context())
	if err != nil || len(live) != 2 || live[0].Name != "theme|3.15|202603" || live[1].Name != "topic|consumer|202603" {
		t.Errorf("live windows %+v, %v, want those of the month", live, err)
	}
	if left := r.raw.Exists(t.Context(), r.keys.window("day|20260308")).Val(); left != 0 {
		t.Error("the closed window's set is still there")
	}
}

func testWindowGrace(t *testing.T, r *rig) {
	r.clock.set(time.Date(2026, 3, 8, 23, 59, 59, 0, zone))
	c := r.claimed(t, Arrival{MessageKey: "id:1", OpenID: "o1"})
	late := r.answer()
	r.clock.set(time.Date(2026, 3, 9, 0, 0, 4, 0, zone))
	if err := r.CloseWindows(t.Context(), r.clock.now()); err != nil {
		t.Fatal(err)
	}
	if err := r.Commit(t.Context(), c, Result{Events: []stats.Event{late}}); err != nil {
		t.Fatal(err)
	}
	r.advance(t, windowGrace)
	if err := r.CloseWindows(t.Context(), r.clock.now()); err != nil {
		t.Fatal(err)
	}
	if n := r.field(t, r.keys.month("202603"), "unique|day/20260308"); n != 1 {
		t.Errorf("unique residents of the day = %d, want 1", n)
	}
}

func testWindowGrows(t *testing.T, r *rig) {
	r.asked(t, "id:1", "o1")
	live, err := r.Windows(t.Context())
	if err != nil || live[0].Name != "day|20260308" || live[0].Residents != 1 {
		t.Fatalf("live windows %+v, %v", live, err)
	}
	r.asked(t, "id:2", "o2")
	r.clock.set(live[0].closes())
	if err := r.closeWindow(t.Context(), live[0], r.clock.now()); err != nil {
		t.Fatal(err)
	}
	if n := r.field(t, r.keys.month("202603"), "unique|day/20260308"); n != 2 {
		t.Errorf("unique residents of the day = %d, want 2", n)
	}
}

func testWindowStaysClosed(t *testing.T, r *rig) {
	other := r.second(t)
	page := stats.Event{At: r.clock.now(), Kind: stats.PageOpen, Entry: "consumer/fraud", Source: "page"}
	if _, err := other.CountPage(t.Context(), "p", "v1", page); err != nil {
		t.Fatal(err)
	}
	r.asked(t, "id:1", "o1")
	held := r.claimed(t, Arrival{MessageKey: "id:2", OpenID: "o2"})
	late := r.answer()
	closed := time.Date(2026, 3, 9, 0, 0, 0, 0, zone).Add(windowGrace)
	if err := r.CloseWindows(t.Context(), closed); err != nil {
		t.Fatal(err)
	}
	// An instance whose clock is behind still has the page window's key.
	if counted, err := other.CountPage(t.Context(), "p", "v2", page); err != nil || counted {
		t.Errorf("CountPage after the window was closed = %t, %v, want false", counted, err)
	}
	r.clock.set(closed)
	if err := r.Commit(t.Context(), held, Result{Events: []stats.Event{late}}); err != nil {
		t.Fatal(err)
	}
	live, err := r.Windows(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range live {
		if strings.HasSuffix(w.Name, "|20260308") {
			t.Errorf("window %s is open again", w.Name)
		}
	}
	for _, key := range r.withPrefix(t, "w:") {
		if strings.HasSuffix(key, "|20260308") {
			t.Errorf("set %s is there again", key)
		}
	}
	if n := r.field(t, r.keys.day("20260308"), answerField); n != 2 {
		t.Errorf("counted %d messages, want 2: only the window is closed", n)
	}
}
