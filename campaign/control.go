package campaign

import (
	"context"
	"fmt"
	"slices"
)

// Cancel ends a campaign for good. What has begun is stopped; whoever got it
// has got it. A draft may be cancelled by whoever may write one; everything
// else needs the right to release. The reason is shown to staff.
func (d *Desk) Cancel(ctx context.Context, who Actor, id, reason string) (Campaign, error) {
	return d.do(ctx, who, "cancel", id, func(c *Campaign) (string, error) {
		rights := []Right{Release}
		if c.Status == Draft {
			rights = append(rights, Write)
		}
		if err := who.needs(rights...); err != nil {
			return "", err
		}
		if reason == "" {
			return "", ErrReason
		}
		c.Reason = reason
		return reason, c.move(Cancelled, d.now())
	})
}

// Pause stops a campaign that is scheduled or worked on. Calls that are under
// way end; no new one is made.
func (d *Desk) Pause(ctx context.Context, who Actor, id, reason string) (Campaign, error) {
	return d.do(ctx, who, "pause", id, func(c *Campaign) (string, error) {
		if err := who.needs(Release); err != nil {
			return "", err
		}
		c.Reason = reason
		return reason, c.move(Paused, d.now())
	})
}

// Resume lets a paused campaign go on where it stood. One that had not begun
// and whose grace is over is Rejected: it is to be cancelled or given a new
// time.
func (d *Desk) Resume(ctx context.Context, who Actor, id string) (Campaign, error) {
	return d.do(ctx, who, "resume", id, func(c *Campaign) (string, error) {
		if err := who.needs(Release); err != nil {
			return "", err
		}
		if c.Status != Paused {
			return "", &StateError{c.ID, c.Status, Scheduled}
		}
		if c.Resume == Scheduled && d.now().After(c.lastStart()) {
			return "", &Rejected{[]Problem{{"due", fmt.Sprintf("已过补发时限%s，请取消或改期", clockTime(c.lastStart())), Unready}}}
		}
		c.Reason = ""
		return "", c.move(c.Resume, d.now())
	})
}

// Settle ends a campaign in doubt as Done, Partly or Failed: a person looked
// at the platform's own page, and says so in the reason.
func (d *Desk) Settle(ctx context.Context, who Actor, id string, as Status, reason string) (Campaign, error) {
	return d.do(ctx, who, "settle", id, func(c *Campaign) (string, error) {
		if err := who.needs(Release); err != nil {
			return "", err
		}
		if reason == "" {
			return "", ErrReason
		}
		if c.Status != InDoubt || !slices.Contains(next[InDoubt], as) {
			return "", &StateError{c.ID, c.Status, as}
		}
		c.Reason = reason
		return string(as) + ": " + reason, c.move(as, d.now())
	})
}
