package llm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"pufa/bot"
)

var _ bot.Finder = (*Finder)(nil)

const (
	// batch is how many texts are embedded by one call: the least that any of
	// the known services takes.
	batch = 10
	// lookEvery is how often the entries are looked at for changes, and how long
	// an index waits that could not be finished.
	lookEvery = time.Minute
	// fillTime bounds one call for entries, for which nobody waits.
	fillTime = 30 * time.Second
	// maxRemembered is how many questions' vectors are kept in memory, about
	// 4 KiB each.
	maxRemembered = 512
)

var errNotReady = errors.New("the entries are not embedded yet")

// Text is an entry as it is embedded.
type Text struct{ ID, Text string }

// Finder knows the entries nearest in meaning. It compares a question with all
// of them: with hundreds of entries that is exact and takes no time.
type Finder struct {
	client *Client
	cache  cache
	index  atomic.Pointer[index] // nil until all entries are embedded
	memory memory
}

// index is the entries of one moment with their vectors.
type index struct {
	texts   []Text
	vectors []vector
}

// NewFinder prepares a finder that keeps the vectors of entries under dir. Until
// Run has embedded them all it finds nothing.
func NewFinder(c *Client, dir string) *Finder {
	return &Finder{
		client: c, cache: newCache(dir, c.cfg.EmbeddingModel),
		memory: memory{seed: maphash.MakeSeed(), young: map[uint64]vector{}},
	}
}

// Run embeds the entries, and again those that changed, until ctx ends. A purse
// pays for each look out of the same tokens as questions. What cannot be
// embedded now is tried again; until then the entries of before are found.
func (f *Finder) Run(ctx context.Context, entries func() []Text, purse func() bot.Purse) {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		_ = f.Fill(ctx, purse(), entries()) // counted among the uses, and tried again
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
	}
}

// Fill embeds what is missing, if anything changed. What was embedded before an
// error is kept.
func (f *Finder) Fill(ctx context.Context, purse bot.Purse, texts []Text) error {
	if now := f.index.Load(); now != nil && slices.Equal(now.texts, texts) {
		return nil
	}
	next := index{slices.Clone(texts), make([]vector, len(texts))}
	var missing []int
	for i, t := range texts {
		v, ok := f.cache.get(t.Text)
		if next.vectors[i] = v; !ok {
			missing = append(missing, i)
		}
	}
	for some := range slices.Chunk(missing, batch) {
		if err := f.fill(ctx, purse, next, some); err != nil {
			return err
		}
	}
	if len(texts) == 0 || slices.ContainsFunc(next.vectors, func(v vector) bool { return len(v) != len(next.vectors[0]) }) {
		return errors.New("embed entries: none, or their vectors are of different sizes")
	}
	f.index.Store(&next)
	return nil
}

// fill embeds some of the texts by one call.
func (f *Finder) fill(ctx context.Context, purse bot.Purse, next index, some []int) error {
	texts := make([]string, len(some))
	for i, at := range some {
		texts[i] = next.texts[at].Text
	}
	ctx, cancel := context.WithTimeout(ctx, fillTime)
	defer cancel()
	vectors, err := f.client.embed(ctx, purse, false, texts)
	if err != nil {
		return fmt.Errorf("embed entries: %w", err)
	}
	for i, at := range some {
		next.vectors[at] = vectors[i]
		if err := f.cache.put(texts[i], vectors[i]); err != nil {
			return err
		}
	}
	return nil
}

// Entries is how many entries can be found; 0 until all are embedded.
func (f *Finder) Entries() int {
	if now := f.index.Load(); now != nil {
		return len(now.texts)
	}
	return 0
}

// Find implements bot.Finder.
func (f *Finder) Find(ctx context.Context, p bot.Purse, question string, n int) ([]string, error) {
	now := f.index.Load()
	if now == nil {
		return nil, errNotReady
	}
	asked, ok := f.memory.get(question)
	if !ok {
		vectors, err := f.client.embed(ctx, p, false, []string{question})
		if err != nil {
			return nil, err
		}
		asked = vectors[0]
		f.memory.put(question, asked)
	}
	if len(asked) != len(now.vectors[0]) {
		return nil, errNoChoice
	}
	return now.nearest(asked, n), nil
}

func (x *index) nearest(asked vector, n int) []string {
	type near struct {
		id  string
		cos float64
	}
	list := make([]near, len(x.vectors))
	for i, v := range x.vectors {
		list[i] = near{x.texts[i].ID, v.dot(asked)}
	}
	slices.SortFunc(list, func(a, b near) int { return cmp.Or(cmp.Compare(b.cos, a.cos), cmp.Compare(a.id, b.id)) })
	ids := make([]string, 0, n)
	for _, one := range list[:min(n, len(list))] {
		ids = append(ids, one.id)
	}
	return ids
}

// embed returns a unit vector for each text, in their order.
func (c *Client) embed(ctx context.Context, p bot.Purse, forced bool, texts []string) ([]vector, error) {
	estimate := 0
	for _, t := range texts {
		estimate += tokensOf(t)
	}
	var vectors []vector
	err := c.call(ctx, p, what{embedHelper, estimate, forced}, func(ctx context.Context) (cost, error) {
		reply, err := c.api.CreateEmbeddings(ctx, openai.EmbeddingRequest{
			Input: texts, Model: openai.EmbeddingModel(c.cfg.EmbeddingModel), EncodingFormat: openai.EmbeddingEncodingFormatFloat,
		})
		if err != nil {
			return cost{}, plain(ctx, err)
		}
		paid := cost{reply.Usage.PromptTokens, 0, reply.Usage.PromptTokens > 0}
		vectors, err = inOrder(reply.Data, len(texts))
		return paid, err
	})
	if err != nil {
		return nil, err
	}
	c.figures.ended(embedHelper, bot.Chosen)
	return vectors, nil
}

// inOrder checks that there is one usable vector for each of n texts, all of
// one size.
func inOrder(data []openai.Embedding, n int) ([]vector, error) {
	vectors := make([]vector, n)
	for _, d := range data {
		v := vector(d.Embedding)
		if d.Index < 0 || d.Index >= n || vectors[d.Index] != nil || !v.usable() || len(v) != len(data[0].Embedding) {
			return nil, errNoChoice
		}
		vectors[d.Index] = v.unit()
	}
	if len(data) != n {
		return nil, errNoChoice
	}
	return vectors, nil
}

// memory keeps the vectors of questions that come again, in memory only and by
// a keyed hash: from a vector much of a question can be told, so none is
// written to disk.
type memory struct {
	seed       maphash.Seed
	mu         sync.Mutex
	young, old map[uint64]vector
}

func (m *memory) get(question string) (vector, bool) {
	key := maphash.String(m.seed, question)
	m.mu.Lock()
	defer m.mu.Unlock()
	if v, ok := m.young[key]; ok {
		return v, true
	}
	v, ok := m.old[key]
	return v, ok
}

func (m *memory) put(question string, v vector) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.young) >= maxRemembered/2 {
		m.young, m.old = map[uint64]vector{}, m.young
	}
	m.young[maphash.String(m.seed, question)] = v
}
