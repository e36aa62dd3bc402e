// Package deliver brings campaigns onto WeChat: mass messages, published pages,
// and calls to one follower after another, each made once or listed as in
// doubt; and it reads the list of followers. It never repeats a call that may
// have been accepted unless the call carries a key, never decides what is sent
// or to whom, and keeps nothing itself: whatever must survive is in the store
// before the platform is called.
package deliver

import (
	"context"
	"time"

	"pufa/campaign"
)

// Queue hands out the recipients of a campaign, and keeps what became of them.
// Any number of processes may use it at once. An error of it that is neither
// campaign.ErrLost nor campaign.ErrStopped is asked again.
type Queue interface {
	// TakeSend hands out a batch for campaign.Lease.
	TakeSend(ctx context.Context, id string) (campaign.Takeable, error)
	// StepSend keeps outcomes, begins others and renews the lease. Outcomes
	// that the platform gave are kept even with ErrLost and ErrStopped.
	StepSend(ctx context.Context, b *campaign.Batch, t campaign.Terms, s campaign.Step) (campaign.Stepped, error)
	// ReturnSend gives a batch back.
	ReturnSend(ctx context.Context, b *campaign.Batch) error
	// SkipSend skips everybody who was not begun.
	SkipSend(ctx context.Context, id string) error
	// SendProgress counts recipients by fate.
	SendProgress(ctx context.Context, id string) (campaign.Progress, error)
}

// Followers know who is behind a resident number.
type Followers interface {
	// OpenIDs leaves out whoever does not follow any more.
	OpenIDs(ctx context.Context, residents []int64) (map[int64]string, error)
	// DropFollowers marks people who do not follow.
	DropFollowers(ctx context.Context, residents []int64) error
	// SetConsent keeps that a resident refuses, or asked for, something.
	SetConsent(ctx context.Context, resident int64, name string, on bool) error
}

// Brakes stop calls, for all processes.
type Brakes interface {
	// RestChannel makes no call of the channel until a time.
	RestChannel(ctx context.Context, ch campaign.Channel, until time.Time, why string) error
	// StopSending stops everything until a person allows it again.
	StopSending(ctx context.Context, why string) error
}

// Order is what staff want of a campaign at this moment.
type Order int

// The orders.
const (
	Go     Order = iota // send
	Hold                // finish what is begun, and leave the rest
	Cancel              // finish what is begun, and skip the rest
)

// Job is a campaign that calls one follower after another.
type Job struct {
	Campaign string
	Terms    campaign.Terms
	// Call makes one call to the platform. What it returns is judged by
	// wechat.KindOf and wechat.MaybeAccepted; it must end within
	// campaign.CallLimit, whatever happens.
	Call func(ctx context.Context, openID string) error
	// Consent is what a resident who refuses takes back; "" when nothing.
	Consent string
	// Order is asked each second; nil is Go. With an error the last order holds.
	Order func(ctx context.Context) (Order, error)
	// Report is told how far it has come each second; may be nil.
	Report func(Standing)
}

// Standing is how far a campaign has come.
type Standing struct {
	Progress campaign.Progress
	Rate     float64       // recipients a second lately, all processes together
	Left     time.Duration // until everybody was called, at that rate; -1: not known
}

// Tally sums the fates up as staff read them.
func Tally(p campaign.Progress) campaign.Tally {
	t := campaign.Tally{
		Reached:  p[campaign.Accepted],
		Failed:   p[campaign.Unfollowed] + p[campaign.Outside] + p[campaign.FailedFate],
		Filtered: p[campaign.Refused] + p[campaign.Skipped],
		InDoubt:  p[campaign.Doubtful] + p[campaign.Begun],
	}
	for _, n := range p {
		t.Planned += n
	}
	return t
}

// Ended is the state of a campaign that nobody works on any more.
func Ended(t campaign.Tally) campaign.Status {
	switch {
	case t.InDoubt > 0:
		return campaign.InDoubt
	case t.Reached == 0:
		return campaign.Failed
	case t.Failed > 0 || t.Reached+t.Filtered < t.Planned:
		return campaign.Partly
	}
	return campaign.Done
}
