package llm

import (
	"sync"
	"time"
)

const (
	breakAfter = 3                // failures in a row
	breakFor   = 30 * time.Second // that a failing service is left alone
	brokenFor  = 10 * time.Minute // that one is left alone which wants a person: no key, no money
	longestFor = time.Hour        // that any is, whatever it asks for
)

// breaker leaves a service alone that fails, so that residents do not wait for
// it. When the pause is over one call tries; the others wait for what it finds.
type breaker struct {
	mu       sync.Mutex
	now      func() time.Time
	failures int
	until    time.Time
}

// allow reports whether the service may be asked.
func (b *breaker) allow() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.until.IsZero() {
		return true
	}
	now := b.now()
	if now.Before(b.until) {
		return false
	}
	b.until = now.Add(breakFor) // the one that is let through
	return true
}

// rests is until when the service is left alone; zero where it is asked.
func (b *breaker) rests() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.now().Before(b.until) {
		return b.until
	}
	return time.Time{}
}

// worked forgets what failed.
func (b *breaker) worked() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures, b.until = 0, time.Time{}
}

// failed takes in a failure. rest is how long the service must be left alone at
// once; 0 lets the number of failures decide.
func (b *breaker) failed(rest time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures++
	if rest == 0 && b.failures >= breakAfter {
		rest = breakFor
	}
	if rest > 0 {
		b.until = b.now().Add(min(rest, longestFor))
	}
}
