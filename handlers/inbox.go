package handlers

import (
	"context"
	"errors"
	"strings"
	"time"

	"pufa/bot"
	"pufa/stats"
	"pufa/wechat"
)

// Arrival is one delivery of a message as the store needs it. Key and OpenID
// are only input of a keyed hash; neither is stored as it is.
type Arrival struct {
	Key    string // the same for a repeated delivery
	OpenID string // empty: the person is not touched
	Test   bool   // nothing of it is counted
	Bind   string // the code of a test account to be; empty for every other message
	Card   bool   // a campaign's card may stand under the reply
}

// ClaimState says whose a delivery is.
type ClaimState int

// The states of a claim. The zero value is none of them.
const (
	Ours    ClaimState = iota + 1 // this request answers it
	Done                          // it was answered: Stored is the reply
	Pending                       // another request is at it
)

// Claim is what the first trip to the store brings back. New, Recent and
// Dialogue come with Ours.
type Claim struct {
	State    ClaimState
	Stored   Stored
	New      bool // the first message of a new resident number
	Recent   int  // messages of this resident in this minute, this one included; 0 = not known
	Dialogue bot.Dialogue
	Carded   bool // the person had a campaign's card today, or it was not asked
	Held     any  // the store's own, handed back to it by Commit
}

// Stored is the reply kept for a repeated delivery: its text, or only the id
// of a crisis card, or neither when nothing was said.
type Stored struct {
	Text string
	Card string
}

// Result is what the second trip takes to the store.
type Result struct {
	Stored   Stored
	Dialogue bot.Dialogue
	Action   bot.Action
	Events   []stats.Event // all of one day; none of a test
	Deed     wechat.Deed   // what customer messages it allows; NoDeed where nobody wants to send any
	Carded   bool          // a campaign's card stands under the reply
	Gap      Gap
}

// Gap is the masked words of a question that went without an answer, with its
// shape and the nearest entry; empty unless staff let words be kept.
type Gap struct{ Text, Shape, Near string }

// Inbox is where deliveries are claimed, and committed once each.
type Inbox interface {
	// Claim takes the delivery, or says that it was answered or is being
	// answered.
	Claim(ctx context.Context, a Arrival) (Claim, error)
	// Commit keeps the reply and counts, or lets both wait where the store is
	// away. The error wraps ErrTakenOver if the claim no longer holds; any
	// other means that the message is not counted.
	Commit(ctx context.Context, c Claim, r Result) error
	// CommitLater lets reply and counts wait for a message whose claim is not
	// ours. Of all commits of a message one is counted.
	CommitLater(ctx context.Context, a Arrival, r Result) error
}

// ErrTakenOver says that another request took a message over, which then
// commits it.
var ErrTakenOver = errors.New("the message was taken over by another delivery")

const (
	// budget is how long a reply may take in all; the platform gives up
	// after 5 s. The lease of a claim is as long.
	budget = 4500 * time.Millisecond
	// lastClaim bounds the claim after that, leaseSpare is waited before it.
	lastClaim  = 300 * time.Millisecond
	leaseSpare = 50 * time.Millisecond
	// pollEvery is how often a delivery that another request is answering is
	// looked at again.
	pollEvery = 150 * time.Millisecond
	// trustedAge is how far a message's own time may lie from ours, as the
	// platform repeats a delivery within a minute. Beyond it ours counts.
	trustedAge = 10 * time.Minute

	// TryPrefix begins the made-up openids of the phone in the browser. No
	// openid of the platform has a tilde.
	TryPrefix = "~try~"
)

// errPending says that another request still had the delivery at the end.
var errPending = errors.New("the delivery is being answered elsewhere")

func (s *Site) arrivalOf(d *wechat.Delivery) Arrival {
	return s.binding(Arrival{Key: d.Key(), OpenID: d.FromUser, Test: s.isTest(d.FromUser)}, d)
}

// madeAt is the time by which a message is counted, so that a repeated
// delivery counts for the same day.
func (s *Site) madeAt(d *wechat.Delivery) time.Time {
	now := s.Now()
	if at, err := d.Time(); err == nil && at.Sub(now).Abs() <= trustedAge {
		return at
	}
	return now
}

func (s *Site) isTest(openid string) bool {
	return strings.HasPrefix(openid, TryPrefix) || s.TestAccount != nil && s.TestAccount(openid)
}

// claim asks until the delivery is ours or answered, or ctx ends, and then
// once more.
func (s *Site) claim(ctx context.Context, a Arrival) (Claim, error) {
	for {
		c, err := s.Inbox.Claim(ctx, a)
		if err != nil || c.State != Pending {
			return c, err
		}
		if !passes(ctx, pollEvery) {
			return s.claimLast(context.WithoutCancel(ctx), a)
		}
	}
}

// claimLast asks when the time is up. A request that had the delivery before
// us and died has lost its lease by now: were it not taken over here, the
// platform would get success for a message that nobody answers or counts.
func (s *Site) claimLast(ctx context.Context, a Arrival) (Claim, error) {
	ctx, cancel := context.WithTimeout(ctx, lastClaim)
	defer cancel()
	passes(ctx, leaseSpare)
	c, err := s.Inbox.Claim(ctx, a)
	if err == nil && c.State == Pending {
		err = errPending
	}
	return c, err
}

// passes lets d pass and reports whether ctx lasted so long.
func passes(ctx context.Context, d time.Duration) bool {
	wait := time.NewTimer(d)
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-wait.C:
		return true
	}
}

func (s *Site) claimFailed(err error) {
	s.metrics.storeErrors.Inc()
	s.quiet.warn(s.Log, s.Now(), "claim failed, the message is answered all the same", err)
}

// commit takes r to the store, or lets it wait when the claim is not ours. The
// reply goes out in any case. kept is false where the message is somebody else's
// or not counted.
func (s *Site) commit(ctx context.Context, a Arrival, c Claim, r Result) (kept bool) {
	var err error
	if c.State == Ours {
		err = s.Inbox.Commit(ctx, c, r)
	} else {
		s.metrics.late.Inc()
		err = s.Inbox.CommitLater(ctx, a, r)
	}
	if err != nil && !errors.Is(err, ErrTakenOver) {
		s.metrics.lost.Inc()
		s.quiet.warn(s.Log, s.Now(), "count lost", err)
	}
	return err == nil
}
