package handlers

import (
	"log/slog"
	"sync"
	"time"
)

// maxTracked bounds the keys of one minute; beyond it new ones are refused.
const maxTracked = 20_000

// perMinute allows each key so many times a minute of the clock. It forgets
// all keys when the minute is over.
type perMinute struct {
	limit int

	mu     sync.Mutex
	minute int64
	seen   map[string]int
}

func newPerMinute(limit int) *perMinute { return &perMinute{limit: limit} }

// allow counts key and reports whether it is within its limit.
func (p *perMinute) allow(key string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if minute := now.Unix() / 60; p.seen == nil || p.minute != minute {
		p.minute, p.seen = minute, map[string]int{}
	}
	n, known := p.seen[key]
	if !known && len(p.seen) >= maxTracked || n >= p.limit {
		return false
	}
	p.seen[key] = n + 1
	return true
}

// quietFor is how long a kind of trouble is not logged again: a store that is
// down would write a line a message.
const quietFor = 10 * time.Second

// quieter lets one warning of each text through in quietFor; /metrics has the
// full count. Texts are constants.
type quieter struct {
	mu   sync.Mutex
	last map[string]time.Time
}

func (q *quieter) warn(log *slog.Logger, now time.Time, text string, err error) {
	q.mu.Lock()
	last, said := q.last[text]
	if said && now.Sub(last) < quietFor {
		q.mu.Unlock()
		return
	}
	if q.last == nil {
		q.last = map[string]time.Time{}
	}
	q.last[text] = now
	q.mu.Unlock()
	log.Warn(text, "error", err)
}
