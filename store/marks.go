package store

import (
	"encoding/binary"
	"hash/maphash"
	"sync"
	"time"
)

// markLife is how long a mark is trusted: a resident who writes several
// messages is marked once, and a Redis that lost its last second is marked
// again soon.
const markLife = time.Minute

// maxMarks bounds the marks that are remembered, 8 bytes each.
const maxMarks = 100_000

// marks remembers which bits and members were written a moment ago, so that
// they are not written with every message. It forgets by generations.
type marks struct {
	seed maphash.Seed

	mu         sync.Mutex
	since      time.Time // of young
	young, old map[mark]struct{}
}

// mark is a hash of a key and what was written into it.
type mark uint64

func newMarks() *marks {
	return &marks{seed: maphash.MakeSeed(), young: map[mark]struct{}{}}
}

func (r *marks) mark(key string, what []byte) mark {
	var h maphash.Hash
	h.SetSeed(r.seed)
	h.WriteString(key)
	h.WriteByte(0)
	h.Write(what)
	return mark(h.Sum64())
}

// member is the mark of a resident in a window. It holds for the window's key:
// should that be lost and made anew, everyone is marked anew.
func (r *marks) member(window string, key []byte, number int64) mark {
	what := make([]byte, 0, 32)
	return r.mark(window, binary.BigEndian.AppendUint64(append(what, key...), uint64(number)))
}

// has reports whether m was put within about the last minute.
func (r *marks) has(m mark, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.turn(now)
	_, young := r.young[m]
	_, old := r.old[m]
	return young || old
}

// put remembers what was written.
func (r *marks) put(marks []mark, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.turn(now)
	for _, m := range marks {
		r.young[m] = struct{}{}
	}
}

// turn lets the young grow old after half of the life, and the old be
// forgotten; a clock that was set back forgets all.
func (r *marks) turn(now time.Time) {
	age := now.Sub(r.since)
	switch {
	case age < 0 || age >= markLife:
		r.young, r.old, r.since = map[mark]struct{}{}, nil, now
	case age >= markLife/2 || len(r.young) >= maxMarks/2:
		r.old, r.young, r.since = r.young, map[mark]struct{}{}, now
	}
}
