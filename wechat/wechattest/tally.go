package wechattest

import (
	"maps"
	"slices"
	"time"
)

// keepRecent is how many per-follower messages are kept with their text.
const keepRecent = 200

// tally is what the platform has accepted: the truth that a sender's own
// counts are held against.
type tally struct {
	calls  map[string]int     // by path
	counts map[string][]uint8 // by campaign, then follower
	recent []Received
}

// Received is one message that a follower got by a call of its own.
type Received struct {
	At       time.Time
	OpenID   string
	Campaign string
	Body     string // of the call, JSON
}

func (t *tally) call(path string) {
	if t.calls == nil {
		t.calls = map[string]int{}
	}
	t.calls[path]++
}

// mark counts one message for a follower; 255 stands for more.
func (t *tally) mark(campaign string, n, size int) {
	if t.counts == nil {
		t.counts = map[string][]uint8{}
	}
	marks := t.counts[campaign]
	if len(marks) < size {
		marks = append(marks, make([]uint8, size-len(marks))...)
		t.counts[campaign] = marks
	}
	if marks[n] < 255 {
		marks[n]++
	}
}

// deliver records a per-follower message.
func (p *Platform) deliver(c *call, n int) {
	campaign := p.opt.CampaignOf(c.body)
	p.accepted.mark(campaign, n, p.crowd.size())
	if len(p.accepted.recent) == keepRecent {
		p.accepted.recent = slices.Delete(p.accepted.recent, 0, keepRecent/2)
	}
	p.accepted.recent = append(p.accepted.recent, Received{c.now, p.crowd.name(n), campaign, string(c.body)})
}

// campaignIn finds the first c=… of an address.
func campaignIn(sent []byte) string {
	const longest = 64
	for i := 0; i+3 < len(sent); i++ {
		if sent[i+1] != 'c' || sent[i+2] != '=' || sent[i] != '?' && sent[i] != '&' && sent[i] != ';' {
			continue
		}
		end := i + 3
		for end < len(sent) && end-i-3 < longest && isKeyByte(sent[end]) {
			end++
		}
		return string(sent[i+3 : end])
	}
	return ""
}

func isKeyByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '-' || b == '_' || b == '.'
}

// Reached is how many followers got a campaign's messages.
type Reached struct {
	Followers int // at least once
	Twice     int // more than once
	Messages  int // in all
}

// Reached counts what followers got of a campaign, by mass message and by
// calls of their own, answered or not.
func (p *Platform) Reached(campaign string) (r Reached) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range p.accepted.counts[campaign] {
		if n > 0 {
			r.Followers++
		}
		if n > 1 {
			r.Twice++
		}
		r.Messages += int(n)
	}
	return r
}

// Counts returns how often each follower got a campaign's messages, by
// follower number. It may be shorter than the list of followers.
func (p *Platform) Counts(campaign string) []uint8 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.accepted.counts[campaign])
}

// Count returns how often one follower got a campaign's messages.
func (p *Platform) Count(campaign, openid string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n, known := p.crowd.find(openid)
	if marks := p.accepted.counts[campaign]; known && n < len(marks) {
		return int(marks[n])
	}
	return 0
}

// Campaigns returns the campaigns of which anybody got anything, sorted.
func (p *Platform) Campaigns() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Sorted(maps.Keys(p.accepted.counts))
}

// Accepted returns how many calls of a path were carried out, answered or not.
func (p *Platform) Accepted(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.accepted.calls[path]
}

// Recent returns the last messages that followers got by calls of their own,
// oldest first, at least 100 when there were so many.
func (p *Platform) Recent() []Received {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.accepted.recent)
}
