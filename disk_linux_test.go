package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// smallDisk mounts a disk of 1 MiB, or skips the test when it may not.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("cannot mount a small disk (%v): a full one is not tested", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill takes all space of a disk and returns how to give it back.
func fill(t *testing.T, dir string) (free func()) {
	t.Helper()
	name := filepath.Join(dir, "ballast")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for err == nil {
		_, err = file.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(name); err != nil {
			t.Error(err)
		}
	}
}

// TestTheDiskIsFull fills the disk under the data folder. Residents are
// answered all the while, and whoever asks is told.
func TestTheDiskIsFull(t *testing.T) {
	t.Parallel()
	overEach(t, func(t *testing.T, v variables) {
		_, overRedis := v["PUFA_REDIS_URL"]
		v = v.and("PUFA_DATA_DIR", smallDisk(t))
		child := startChild(t, v)
		p := platformOf(t, v, child.url, time.Now)
		send := func(from, to int) {
			for n := from; n < to; n++ {
				p.says(p.text(openidOf(n), fmt.Sprint(n+1), questionOf(n)))
			}
		}
		send(0, 10)
		free := fill(t, v["PUFA_DATA_DIR"])
		send(10, 20)
		state, err := conditionOf(child.url)
		if err != nil || state.status != 503 || !strings.Contains(strings.Join(state.Warnings, "; "), "see that the disk is not full") {
			t.Errorf("/readyz says %+v, %v, want 503 and that the disk is full", state, err)
		}
		free()
		until(t, "the trial store writes again", func() bool {
			return overRedis || strings.Contains(child.stderr.String(), "trial store writes again")
		})
		untilReady(t, child.url)
		send(20, 30)
		// Without a Redis there is nowhere to count while the disk is full.
		counted := v.report(t).value("messages")
		if overRedis && counted != 30 || !overRedis && (counted < 20 || counted > 30) {
			t.Errorf("counted %d of 30", counted)
		}
		v.verified(t)
		child.end(syscall.SIGTERM)
		if again := v.report(t).value("messages"); again != counted {
			t.Errorf("counted %d, and %d when it has stopped", counted, again)
		}
		v.verified(t)
		t.Logf("counted %d of 30, 10 of them with a full disk; the slowest reply took %s", counted, p.slowest)
	})
}
