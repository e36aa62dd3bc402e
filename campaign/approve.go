package campaign

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// The errors of approving and scheduling.
var (
	// ErrReason means that a deed needs a reason and has none.
	ErrReason = errors.New("a reason is needed")
	// ErrNotApproved means that the campaign differs from what was approved, or
	// that its approval does not hold yet.
	ErrNotApproved = errors.New("the approval does not hold")
)

// ApprovalError is an ErrNotApproved with its reason, a Chinese sentence.
type ApprovalError struct{ Reason string }

func (e *ApprovalError) Error() string { return ErrNotApproved.Error() + ": " + e.Reason }

// Unwrap makes an ApprovalError an ErrNotApproved.
func (e *ApprovalError) Unwrap() error { return ErrNotApproved }

// Submit hands a draft to whoever approves. It is Rejected with all its
// problems, those with other campaigns and the quota among them.
func (d *Desk) Submit(ctx context.Context, who Actor, id string) (Campaign, error) {
	return d.do(ctx, who, "submit", id, func(c *Campaign) (string, error) {
		if err := who.needs(Write); err != nil {
			return "", err
		}
		if err := c.move(Submitted, d.now()); err != nil {
			return "", err
		}
		c.Reason = ""
		return "", d.ready(ctx, *c)
	})
}

// ready returns a Rejected if something stands in the way of sending.
func (d *Desk) ready(ctx context.Context, c Campaign) error {
	problems, err := d.check(ctx, c)
	if err != nil {
		return err
	}
	if err := refuse(problems, Unready); err != nil || d.crowd == nil {
		return err
	}
	n, known, err := d.crowd.Count(ctx, c.Channel, c.Audience)
	if err != nil {
		return fmt.Errorf("count audience: %w", err)
	}
	if known && n == 0 && c.Channel.Pushes() {
		return &Rejected{[]Problem{{"audience", "对象是空的：「" + c.Channel.Chinese() + "」现在一个人也送不到", Unready}}}
	}
	return nil
}

// Return gives a campaign that was submitted or approved back to its author,
// with the reason.
func (d *Desk) Return(ctx context.Context, who Actor, id, reason string) (Campaign, error) {
	return d.do(ctx, who, "return", id, func(c *Campaign) (string, error) {
		if err := who.needs(Review); err != nil {
			return "", err
		}
		if reason == "" {
			return "", ErrReason
		}
		if c.Status != Submitted && c.Status != Approved {
			return "", &StateError{c.ID, c.Status, Draft}
		}
		c.Reason = reason
		return reason, c.move(Draft, d.now())
	})
}

// Approve agrees to exactly what hash sums up, which is what the person saw:
// ErrChanged when the campaign reads otherwise by now, ErrSelfApproval for
// one of its writers. Where one person works alone (PUFA_ONE_PERSON) a writer
// may approve; the approval is marked and waits AloneWait.
func (d *Desk) Approve(ctx context.Context, who Actor, id, hash string) (Campaign, error) {
	return d.do(ctx, who, "approve", id, func(c *Campaign) (string, error) {
		if err := who.needs(Review); err != nil {
			return "", err
		}
		alone := c.Author == who.Name || slices.Contains(c.Writers, who.Name)
		if alone && !d.rules.OnePerson {
			return "", ErrSelfApproval
		}
		if err := c.move(Approved, d.now()); err != nil {
			return "", err
		}
		if c.Hash() != hash {
			return "", ErrChanged
		}
		c.Approval = &Approval{By: who.Name, At: d.now().UTC().Truncate(time.Second), Hash: hash, Alone: alone}
		note := hash
		if alone {
			note = "一人审批 " + hash
		}
		return note, d.ready(ctx, *c)
	})
}

// Schedule has an approved campaign start at its due time. Everything is
// checked again, for weeks may have passed since it was approved.
func (d *Desk) Schedule(ctx context.Context, who Actor, id string) (Campaign, error) {
	return d.do(ctx, who, "schedule", id, func(c *Campaign) (string, error) {
		if err := who.needs(Release); err != nil {
			return "", err
		}
		if err := c.move(Scheduled, d.now()); err != nil {
			return "", err
		}
		if why := d.rules.unapproved(*c, d.now()); why != "" {
			return "", &ApprovalError{why}
		}
		return "due " + clockTime(c.Due), d.ready(ctx, *c)
	})
}
