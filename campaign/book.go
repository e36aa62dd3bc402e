package campaign

import (
	"context"
	"slices"
	"time"
)

// Deed is a line of the audit trail (审计记录) before its number and sum are
// known. The zero Deed is none.
type Deed struct {
	At                   time.Time
	Who, Did, What, Note string
}

// System stands in the trail for what the program did by itself.
const System = "（自动）"

// Book is where campaigns are kept.
type Book interface {
	// Campaign returns ErrUnknown for an id that has none.
	Campaign(ctx context.Context, id string) (Campaign, error)
	// Campaigns returns those that the filter lets through, by due time, then
	// id.
	Campaigns(ctx context.Context, f Filter) ([]Campaign, error)
	// Put keeps a campaign and its step of the trail, both or neither, and
	// returns it with its version raised. c.Version is the one that was read, 0
	// for a new one; when another was written meanwhile it is ErrChanged. A
	// campaign that is put in a state in which nobody works on it loses its
	// holder.
	Put(ctx context.Context, c Campaign, step Deed) (Campaign, error)
	// CountPreview counts one test send of the day of now and returns how many
	// the day has had with it. Above limit nothing is counted and the answer is
	// limit+1.
	CountPreview(ctx context.Context, now time.Time, limit int) (int, error)
}

// Queue hands campaigns to the instances that work on them, one at a time to
// one instance. The token is what an instance proves with that it holds one;
// it is made anew for every claim.
type Queue interface {
	// ClaimDue takes the campaign that has been due for longest at now and that
	// nobody holds, or whose holder's lease has run out. Its state is as it
	// was: Scheduled at first, Claimed, Sending or Waiting after another's
	// death. ok is false when there is none.
	ClaimDue(ctx context.Context, now time.Time, token string, lease time.Duration) (c Campaign, ok bool, err error)
	// Renew holds the campaign until lease after now; ErrLost when another
	// took it over, or staff paused or cancelled it.
	Renew(ctx context.Context, id string, now time.Time, token string, lease time.Duration) error
	// Release lets the campaign go and has it due again at next.
	Release(ctx context.Context, id, token string, next time.Time) error
	// Advance is a Put that only the holder may do: ErrLost for anybody else,
	// ErrChanged when staff wrote it meanwhile. Progress that leaves the state
	// as it is may go without a step of the trail.
	Advance(ctx context.Context, c Campaign, token string, step Deed) (Campaign, error)
	// Begun counts the campaigns that ever began.
	Begun(ctx context.Context) (int64, error)
	// Begin is an Advance with which the campaign begins: ErrOtherBegan when
	// Begun is not begun any more, and nothing is written.
	Begin(ctx context.Context, c Campaign, token string, step Deed, begun int64) (Campaign, error)
}

// Filter chooses campaigns. What is left empty lets everything through.
type Filter struct {
	Statuses []Status
	From, To time.Time // of Due: from the first to before the second
	Theme    string
	Series   string
}

// Has reports whether the filter lets c through.
func (f Filter) Has(c Campaign) bool {
	switch {
	case len(f.Statuses) > 0 && !slices.Contains(f.Statuses, c.Status),
		f.Theme != "" && f.Theme != c.Theme,
		f.Series != "" && f.Series != c.Series,
		!f.From.IsZero() && c.Due.Before(f.From),
		!f.To.IsZero() && !c.Due.Before(f.To):
		return false
	}
	return true
}

// Live reports whether the filter asks only for campaigns that are scheduled
// or worked on, of which there are few.
func (f Filter) Live() bool {
	return len(f.Statuses) > 0 && !slices.ContainsFunc(f.Statuses, func(s Status) bool {
		return s != Scheduled && !s.Working()
	})
}
