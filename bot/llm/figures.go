package llm

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"pufa/bot"
)

// The helpers, as they are counted.
const (
	chooseHelper = "choose"
	pickHelper   = "pick"
	embedHelper  = "embed"
)

// figures count what the helpers did. No word of a resident is in them.
type figures struct {
	mu   sync.Mutex
	uses map[string]*use
}

type use struct {
	ends               map[bot.End]int64
	prompt, completion int64
	took               time.Duration
}

func newFigures() *figures {
	f := &figures{uses: map[string]*use{}}
	for _, helper := range []string{chooseHelper, pickHelper, embedHelper} {
		f.uses[helper] = &use{ends: map[bot.End]int64{}}
	}
	return f
}

func (f *figures) ended(helper string, end bot.End) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.uses[helper].ends[end]++
}

// called counts a call that went out: what it took and what it cost.
func (f *figures) called(helper string, took time.Duration, prompt, completion int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	u := f.uses[helper]
	u.took += took
	u.prompt += int64(max(prompt, 0))
	u.completion += int64(max(completion, 0))
}

// Uses is what every helper did since the start, by name.
func (c *Client) Uses() []bot.Use {
	c.figures.mu.Lock()
	defer c.figures.mu.Unlock()
	var list []bot.Use
	for name, u := range c.figures.uses {
		list = append(list, bot.Use{
			Helper: name, Ends: maps.Clone(u.ends), PromptTokens: u.prompt, CompletionTokens: u.completion, Took: u.took,
		})
	}
	slices.SortFunc(list, func(a, b bot.Use) int { return cmp.Compare(a.Helper, b.Helper) })
	return list
}
