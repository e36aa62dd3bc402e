package deliver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pufa/campaign"
	"pufa/wechat"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errAway = errors.New("redis is away")

// list is a queue of one campaign in memory. Its rules are those of the store,
// whose own tests show that the scripts keep them.
type list struct {
	mu      sync.Mutex
	fates   []campaign.Fate
	holder  map[int64]string
	until   map[int64]time.Time
	taken   int
	doubt   time.Time
	skipped bool
	away    int             // calls that fail from now on
	steps   map[string]bool // token and number of each step that was kept
	again   int             // steps that came again
	wait    time.Duration   // nobody may be begun for so long
	stopped string
	rested  map[campaign.Channel]time.Time
	gone    map[int64]bool // who has no openid
	dropped []int64
	refused []string
}

func newList(n int) *list {
	return &list{
		fates:  slices.Repeat([]campaign.Fate{campaign.Unsent}, n),
		holder: map[int64]string{}, until: map[int64]time.Time{}, steps: map[string]bool{},
		rested: map[campaign.Channel]time.Time{}, gone: map[int64]bool{},
	}
}

// answers reports whether the store answers this call.
func (l *list) answers() bool {
	if l.away > 0 {
		l.away--
		return false
	}
	return true
}

// part is the fates of a batch.
func (l *list) part(number int64) []campaign.Fate {
	first := number * campaign.BatchSize
	return l.fates[first:min(first+campaign.BatchSize, int64(len(l.fates)))]
}

func open(part []campaign.Fate) bool {
	return slices.Contains(part, campaign.Unsent) || slices.Contains(part, campaign.Begun)
}

func (l *list) TakeSend(context.Context, string) (campaign.Takeable, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.answers() {
		return campaign.Takeable{}, errAway
	}
	wait := time.Duration(0)
	for number := int64(0); number*campaign.BatchSize < int64(len(l.fates)); number++ {
		part := l.part(number)
		if !open(part) {
			continue
		}
		if left := time.Until(l.until[number]); left > 0 {
			wait = max(wait, left)
			continue
		}
		for i, f := range part {
			if f == campaign.Begun {
				part[i], l.doubt = campaign.Doubtful, time.Now()
			}
		}
		if open(part) {
			return campaign.Takeable{Batch: l.hand(number)}, nil
		}
	}
	return campaign.Takeable{Wait: wait, Empty: wait == 0, Doubt: l.doubt}, nil
}

func (l *list) hand(number int64) *campaign.Batch {
	l.taken++
	b := &campaign.Batch{Campaign: "c1", Number: number, Token: fmt.Sprint("t", l.taken), Fates: slices.Clone(l.part(number))}
	for i := range b.Fates {
		position := number*campaign.BatchSize + int64(i)
		b.List = append(b.List, campaign.Recipient{Position: position, Resident: position + 1})
	}
	l.holder[number], l.until[number] = b.Token, time.Now().Add(campaign.Lease)
	return b
}

func (l *list) StepSend(_ context.Context, b *campaign.Batch, _ campaign.Terms, s campaign.Step) (got campaign.Stepped, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	answers := l.answers()
	if l.away < 0 { // it is kept, and the reply is lost
		l.away, answers = 0, false
	} else if !answers {
		return got, errAway
	}
	defer func() {
		if !answers {
			got, err = campaign.Stepped{}, errAway
		}
	}()
	held := l.holder[b.Number] == b.Token
	if id := fmt.Sprint(b.Token, s.Number); len(s.Done)+len(s.Begin) > 0 {
		if l.steps[id] {
			l.again++
		}
		l.steps[id] = true
	}
	for _, o := range s.Done {
		switch was := l.fates[o.Position]; {
		case o.Fate == campaign.Unsent && (!held || was != campaign.Begun):
		case was == campaign.Unsent, was == campaign.Begun, was == campaign.Doubtful:
			l.fates[o.Position] = o.Fate
		}
	}
	if !held {
		return got, campaign.ErrLost
	}
	l.until[b.Number] = time.Now().Add(campaign.Lease)
	if l.stopped != "" && len(s.Begin) > 0 {
		return got, campaign.ErrStopped
	}
	for _, r := range s.Begin {
		switch was := l.fates[r.Position]; {
		case was == campaign.Unsent && l.wait > 0:
			got.Wait = l.wait
		case was == campaign.Unsent, was == campaign.Begun:
			l.fates[r.Position] = campaign.Begun
			got.Begun = append(got.Begun, r.Position)
		default:
			got.Skipped = append(got.Skipped, r.Position)
		}
	}
	got.Over = !open(l.part(b.Number))
	return got, nil
}

func (l *list) ReturnSend(_ context.Context, b *campaign.Batch) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.holder[b.Number] == b.Token && !slices.Contains(l.part(b.Number), campaign.Begun) {
		delete(l.holder, b.Number)
		delete(l.until, b.Number)
	}
	return nil
}

func (l *list) SkipSend(context.Context, string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.skipped = true
	for i, f := range l.fates {
		if f == campaign.Unsent {
			l.fates[i] = campaign.Skipped
		}
	}
	return nil
}

func (l *list) SendProgress(context.Context, string) (campaign.Progress, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := campaign.Progress{}
	for _, f := range l.fates {
		p[f]++
	}
	return p, nil
}

func (l *list) OpenIDs(_ context.Context, residents []int64) (map[int64]string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	found := map[int64]string{}
	for _, n := range residents {
		if !l.gone[n] {
			found[n] = fmt.Sprint("o", n)
		}
	}
	return found, nil
}

func (l *list) DropFollowers(_ context.Context, residents []int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dropped = append(l.dropped, residents...)
	return nil
}

func (l *list) SetConsent(_ context.Context, resident int64, name string, on bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refused = append(l.refused, fmt.Sprint(resident, " ", name, " ", on))
	return nil
}

func (l *list) RestChannel(_ context.Context, ch campaign.Channel, until time.Time, _ string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rested[ch] = until
	return nil
}

func (l *list) StopSending(_ context.Context, why string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stopped = why
	return nil
}

// phone takes calls and remembers who got them.
type phone struct {
	mu     sync.Mutex
	calls  map[string]int
	took   time.Duration
	answer func(openID string, n int) error // n: of this openid, from 1
	under  int                              // way now
	most   int                              // under way at once
}

func (p *phone) call(_ context.Context, openID string) error {
	p.mu.Lock()
	if p.calls == nil {
		p.calls = map[string]int{}
	}
	p.calls[openID]++
	n := p.calls[openID]
	p.under++
	p.most = max(p.most, p.under)
	p.mu.Unlock()
	<-time.After(p.took)
	p.mu.Lock()
	p.under--
	p.mu.Unlock()
	if p.answer != nil {
		return p.answer(openID, n)
	}
	return nil
}

// twice returns who was called more often than once.
func (p *phone) twice() (list []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, who := range slices.Sorted(maps.Keys(p.calls)) {
		if p.calls[who] > 1 {
			list = append(list, who)
		}
	}
	return list
}

// refusal is an answer of the platform that is sure.
func refusal(code int, kind wechat.Kind) error {
	return &wechat.APIError{Call: "message/custom/send", Code: code, Kind: kind}
}

// runnerOf is a runner over a list.
func runnerOf(l *list) *Runner {
	return &Runner{Queue: l, Followers: l, Brakes: l, Workers: 2, Group: 4, Log: slog.New(slog.DiscardHandler)}
}

// jobOf is a job that calls a phone.
func jobOf(p *phone) Job {
	return Job{
		Campaign: "c1", Terms: campaign.Terms{Channel: campaign.Notice, Rate: 1000},
		Call: p.call, Consent: "notice|T1",
	}
}
