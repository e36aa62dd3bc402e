package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"pufa/stats"
)

// TestFullDisk fills a disk of 256 KiB. It needs the right to mount one.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("cannot mount a small disk (%v): a full one is not tested", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	r := overMiniredis(t)
	r.spool.dir = dir
	r.away()
	var err error
	taken := 0
	for err == nil && taken < maxSpooled {
		a := Arrival{MessageKey: fmt.Sprint("id:", taken), OpenID: "o1"}
		if err = r.CommitLater(t.Context(), a, Result{Events: []stats.Event{r.answer()}}); err == nil {
			taken++
		}
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("after %d messages: %v, want ENOSPC", taken, err)
	}
	if ready := r.Ready(t.Context()); !errors.Is(ready.Disk, syscall.ENOSPC) {
		t.Errorf("Ready().Disk = %v, want ENOSPC", ready.Disk)
	}
	r.back()
	if err := r.Replay(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := r.field(t, r.keys.day("20260308"), answerField); n != int64(taken) {
		t.Errorf("counted %d, want %d: all that were taken", n, taken)
	}
	if ready := r.Ready(t.Context()); ready.Disk != nil {
		t.Errorf("Ready().Disk = %v after there is room again", ready.Disk)
	}
	r.spool.close()
}

// TestFullDiskUnderTheTrialStore fills the disk that the journal is on.
func TestFullDiskUnderTheTrialStore(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("cannot mount a small disk (%v): a full one is not tested", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	r := &rig{clock: &clock{at: morning}, dir: dir, own: true}
	r.Store = r.open(t)
	r.raw = r.redis
	ballast := dir + "/ballast"
	r.asked(t, "id:0", "o1")
	if err := os.WriteFile(ballast, make([]byte, 1<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk takes a megabyte: %v", err)
	}
	acked := int64(1)
	var err error
	for i := 1; i < 100 && err == nil; i++ {
		var c Claim
		if c, err = r.Claim(t.Context(), Arrival{MessageKey: fmt.Sprint("id:", i), OpenID: "o1"}); err == nil {
			if err = r.Commit(t.Context(), c, Result{Events: []stats.Event{r.answer()}}); err == nil {
				acked++
			}
		}
	}
	if err == nil || !strings.Contains(err.Error(), "journal") {
		t.Fatalf("on a full disk: %v, want an error of the journal", err)
	}
	r.advance(t, lease*2)
	if err := r.door.Tick(); err == nil {
		t.Error("a snapshot was written on a full disk")
	}
	// A kill now: half a record must not be left in front of the next journal.
	left := t.TempDir()
	if err := os.CopyFS(filepath.Join(left, "trial"), os.DirFS(filepath.Join(dir, "trial"))); err != nil {
		t.Fatal(err)
	}
	if s, err := Open(t.Context(), r.options(left)); err != nil {
		t.Errorf("Open after a kill on a full disk = %v", err)
	} else {
		s.Close()
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	r.advance(t, lease*2)
	if err := r.door.Tick(); err != nil {
		t.Fatal(err)
	}
	r.back()
	r.asked(t, "id:again", "o1")
	if n := r.field(t, r.keys.day("20260308"), answerField); n < acked+1 {
		t.Errorf("counted %d, acknowledged %d", n, acked+1)
	}
	if err := r.Store.Close(); err != nil {
		t.Fatal(err)
	}
	r.Store = r.open(t)
	r.verified(t)
	r.Store.Close()
}
