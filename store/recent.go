package store

import (
	"sync"
	"time"
)

// maxRemembered bounds what an outage may cost in memory: about 25 MB.
const maxRemembered = 10_000

// memory holds the replies that Redis could not take, so that a repeated
// delivery during an outage gets the same one.
type memory struct {
	mu      sync.Mutex
	replies map[string]remembered
	order   []string // oldest first
}

type remembered struct {
	stored Stored
	at     time.Time
}

// get returns the reply to a message within the 10 minutes before now.
func (m *memory) get(name []byte, now time.Time) (Stored, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.replies) == 0 {
		return Stored{}, false
	}
	m.clean(now)
	r, ok := m.replies[string(name)]
	return r.stored, ok
}

// put keeps a reply and reports whether it is the first to its message.
func (m *memory) put(name []byte, s Stored, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clean(now)
	if _, ok := m.replies[string(name)]; ok {
		return false
	}
	if m.replies == nil {
		m.replies = map[string]remembered{}
	}
	if len(m.order) >= maxRemembered {
		m.drop()
	}
	m.replies[string(name)] = remembered{s, now}
	m.order = append(m.order, string(name))
	return true
}

// clean drops what is older than 10 minutes.
func (m *memory) clean(now time.Time) {
	for len(m.order) > 0 && now.Sub(m.replies[m.order[0]].at) >= replyLife {
		m.drop()
	}
}

func (m *memory) drop() {
	delete(m.replies, m.order[0])
	m.order = m.order[1:]
}
