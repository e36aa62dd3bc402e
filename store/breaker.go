package store

import (
	"sync"
	"time"
)

// After so many failures in a row Redis is left alone for a while.
const (
	breakAfter = 3
	breakFor   = time.Second
)

// breaker keeps a dead Redis from costing every message its timeouts. When
// the pause is over one call tries; the others wait for what it finds.
type breaker struct {
	mu       sync.Mutex
	now      func() time.Time
	failures int
	until    time.Time
}

func newBreaker(now func() time.Time) *breaker { return &breaker{now: now} }

// allow reports whether Redis may be asked.
func (b *breaker) allow() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < breakAfter {
		return true
	}
	now := b.now()
	if now.Before(b.until) {
		return false
	}
	b.until = now.Add(breakFor)
	return true
}

// report takes in how a call went.
func (b *breaker) report(failed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !failed {
		b.failures = 0
		return
	}
	b.failures++
	if b.failures >= breakAfter {
		b.until = b.now().Add(breakFor)
	}
}
