package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
)

// shiftedClock runs beside another clock and can be set forward. How far it is
// ahead stands in a file, so that commands have the same time.
type shiftedClock struct {
	real  func() time.Time
	ahead atomic.Int64 // nanoseconds; may be below 0
	file  string
}

func startClock(file string, real func() time.Time, at time.Time) (*shiftedClock, error) {
	c := &shiftedClock{real: real, file: file}
	return c, c.set(at)
}

func readClock(file string, real func() time.Time) (*shiftedClock, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the demonstration's clock: %w", err)
	}
	ahead, err := time.ParseDuration(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, fmt.Errorf("read the demonstration's clock: %w", err)
	}
	c := &shiftedClock{real: real, file: file}
	c.ahead.Store(int64(ahead))
	return c, nil
}

func (c *shiftedClock) now() time.Time { return c.real().Add(time.Duration(c.ahead.Load())) }

// set sets the clock and writes how far it is ahead.
func (c *shiftedClock) set(at time.Time) error {
	ahead := at.Sub(c.real())
	next := filepath.Join(filepath.Dir(c.file), "."+filepath.Base(c.file))
	if err := os.WriteFile(next, []byte(ahead.String()+"\n"), 0o600); err != nil {
		return fmt.Errorf("keep the demonstration's clock: %w", err)
	}
	if err := os.Rename(next, c.file); err != nil {
		return fmt.Errorf("keep the demonstration's clock: %w", err)
	}
	c.ahead.Store(int64(ahead))
	return nil
}
