package bot

import (
	"hash/maphash"
	"sync"

	"pufa/search"
)

// maxMemo is how many questions' results are remembered, about 2 KiB each.
const maxMemo = 2048

// memo remembers what questions found, because residents send the same words:
// those of a poster, a menu, a neighbour. It keeps no words, only a keyed hash
// of them that lives as long as the process.
type memo struct {
	seeds [2]maphash.Seed

	mu         sync.Mutex
	young, old map[memoKey]search.Result
}

// memoKey is 128 bits of a question, so that two questions are never taken for
// one.
type memoKey [2]uint64

func newMemo() *memo {
	return &memo{
		seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()},
		young: map[memoKey]search.Result{},
	}
}

// find returns what search finds for a question, or found a while ago. A nil
// memo remembers nothing.
func (m *memo) find(question string, find func(string) search.Result) search.Result {
	if m == nil {
		return find(question)
	}
	key := memoKey{maphash.String(m.seeds[0], question), maphash.String(m.seeds[1], question)}
	if r, ok := m.get(key); ok {
		return r
	}
	r := find(question)
	m.put(key, r)
	return r
}

func (m *memo) get(key memoKey) (search.Result, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r, ok := m.young[key]; ok {
		return r, true
	}
	r, ok := m.old[key]
	if ok {
		m.keep(key, r)
	}
	return r, ok
}

func (m *memo) put(key memoKey, r search.Result) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keep(key, r)
}

// keep adds a result; a full half becomes the old one, and what was not asked
// again since the last time is forgotten.
func (m *memo) keep(key memoKey, r search.Result) {
	if len(m.young) >= maxMemo/2 {
		m.old, m.young = m.young, map[memoKey]search.Result{}
	}
	m.young[key] = r
}
