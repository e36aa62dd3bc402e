package campaign

import (
	"errors"
	"time"
)

// BatchSize is how many recipients a batch has; the last one of a campaign may
// have fewer.
const BatchSize = 100

// Lease is for how long a batch is held without a sign of life.
const Lease = 5 * time.Second

// CallLimit is the longest a call to the platform may take.
const CallLimit = 10 * time.Second

// Settling is how long after a batch was taken over nobody's call can still
// be running: what is in doubt by then stays so, until a receipt or a person
// settles it.
const Settling = CallLimit + Lease

// Terms are the conditions under which a recipient's call is begun. They are
// checked at that moment, not when the campaign is planned.
type Terms struct {
	Channel  Channel
	Consents []string // all of them are needed; see ConsentToNotice and ConsentToTopic
	Rate     int      // calls a second of the channel, all instances together; above 0
	PerDay   int64    // calls a day of the channel; 0: as many as there are
}

// ConsentToNotice names the consent to the notices of one template.
func ConsentToNotice(template string) string { return "notice|" + template }

// ConsentToTopic names the wish to hear of a topic.
func ConsentToTopic(topic string) string { return "topic|" + topic }

// Outcome is what became of one recipient. Unsent means that the platform
// surely did not take the call and that it may be made again.
type Outcome struct {
	Position int64
	Fate     Fate
}

// Step is what a worker tells of a batch it holds, and what it wants to do
// next. A step that is repeated because its reply was lost keeps its number;
// one that comes after a step of a higher number begins nothing.
type Step struct {
	Number int64 // from 1, raised by each new step of a batch
	Done   []Outcome
	Begin  []Recipient
}

// Stepped is the answer to a Step.
type Stepped struct {
	Begun   []int64       // positions whose call is now the caller's to make
	Skipped []int64       // positions that are not to be called any more
	Wait    time.Duration // until more may be begun; 0 when all of Begin was decided
	Over    bool          // nobody in the batch is left; it is not held any more
}

// Takeable says what Take found.
type Takeable struct {
	Batch *Batch        // nil when there is none to take now
	Wait  time.Duration // until the next one may be taken, when there is none now
	Empty bool          // no batch is left
	Doubt time.Time     // when a batch of a dead worker was last taken over; zero: never
}

// ErrStopped means that nothing is sent any more until a person allows it: the
// platform restricted the account.
var ErrStopped = errors.New("sending is stopped")

// SettleBy is Move for what the platform says later of what it accepted: that
// settles a campaign in doubt as well.
func (c *Campaign) SettleBy(to Status, now time.Time, reason string) (Deed, error) {
	if c.Status != InDoubt {
		return c.Move(to, now, reason)
	}
	if err := c.move(to, now); err != nil {
		return Deed{}, err
	}
	c.Reason = reason
	return c.deed(now, System, "campaign settle", string(to), reason), nil
}
