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
	checkHelper  = "check" // no helper: somebody tries the service
)

// figures count what the helpers did. No word of a resident is in them.
type figures struct {
	now     func() time.Time
	mu      sync.Mutex
	uses    map[string]*use
	effects map[bot.Effect]int64
	last    State
}

// State is how the service was of late, as this process met it.
type State struct {
	RestsUntil time.Time // it is left alone until then; zero: it is asked
	Worked     time.Time // when a reply last came that could be read; zero: never
	Failed     time.Time // when none last did
	End        bot.End   // how that ended
}

type use struct {
	ends               map[bot.End]int64
	prompt, completion int64
	took               time.Duration
}

func newFigures(now func() time.Time) *figures {
	f := &figures{now: now, uses: map[string]*use{}, effects: map[bot.Effect]int64{}}
	for _, helper := range []string{chooseHelper, pickHelper, embedHelper, checkHelper} {
		f.uses[helper] = &use{ends: map[bot.End]int64{}}
	}
	return f
}

func (f *figures) ended(helper string, end bot.End) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.uses[helper].ends[end]++
	switch end {
	case bot.Chosen, bot.NothingFits:
		f.last.Worked = f.now()
	default:
		f.last.Failed, f.last.End = f.now(), end
	}
}

// Count implements bot.Tally.
func (c *Client) Count(effect bot.Effect) {
	c.figures.mu.Lock()
	defer c.figures.mu.Unlock()
	c.figures.effects[effect]++
}

// Effects is what became of replies for which help was wanted, since the start.
func (c *Client) Effects() map[bot.Effect]int64 {
	c.figures.mu.Lock()
	defer c.figures.mu.Unlock()
	return maps.Clone(c.figures.effects)
}

// State is how the service was of late.
func (c *Client) State() State {
	c.figures.mu.Lock()
	s := c.figures.last
	c.figures.mu.Unlock()
	s.RestsUntil = c.breaker.rests()
	return s
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
