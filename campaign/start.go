package campaign

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Verdict is what is to be done with a scheduled campaign.
type Verdict int

// The verdicts.
const (
	Wait  Verdict = iota // until Decision.At
	Begin                // now
	Miss                 // never: its grace is over
	Drop                 // never: it may not be sent as it is
)

// Decision is a verdict with its reason, a Chinese sentence for staff.
type Decision struct {
	Do     Verdict
	At     time.Time // of Wait
	Reason string
}

// Decide says what is to be done at now with a scheduled campaign. It compares
// times and counts no ticks, so that it does not matter for how long the
// program was away or which way the clock jumped. all are the other campaigns
// as they stand.
func (r Rules) Decide(c Campaign, shelf Shelf, now time.Time, all []Campaign) Decision {
	if now.Before(c.Due) {
		return Decision{Wait, c.Due, ""}
	}
	last := c.lastStart()
	if now.After(last) {
		return Decision{Do: Miss, Reason: fmt.Sprintf("到%s没有发出，已过补发时限%s", clockTime(c.Due), clockTime(last))}
	}
	if why := r.dropped(c, shelf, now); why != "" {
		return Decision{Do: Drop, Reason: why}
	}
	at, why := r.notBefore(c, now, without(all, c.ID))
	switch {
	case !at.After(now) && why != "":
		return Decision{Do: Drop, Reason: why}
	case !at.After(now):
		return Decision{Do: Begin}
	case at.After(last):
		return Decision{Do: Miss, Reason: fmt.Sprintf("%s，而补发时限到%s为止", why, clockTime(last))}
	}
	return Decision{Wait, at, why}
}

// lastStart is the last moment at which the campaign may start: its grace,
// or for a card the end of its window if that comes first.
func (c Campaign) lastStart() time.Time {
	last := c.Due.Add(c.Grace)
	if c.Channel == Card && c.Until.Before(last) {
		return c.Until.Add(-time.Nanosecond)
	}
	return last
}

// dropped says why the campaign may not be sent at all, whatever the hour.
func (r Rules) dropped(c Campaign, shelf Shelf, now time.Time) string {
	if why := r.unapproved(c, now); why != "" {
		return why
	}
	if why := r.Account.impossible(c.Channel); why != "" {
		return why
	}
	for _, id := range entriesOf(c) {
		e, known := shelf.Entry(id)
		if !known {
			return "条目「" + id + "」已经没有了"
		}
		if why := r.silent(shelf, e, now); why != "" {
			return "条目「" + id + "」" + why
		}
	}
	if said := shelf.Forbids(c.words()); len(said) > 0 {
		return said[0]
	}
	return ""
}

// unapproved says why the approval does not hold; "" when it does.
func (r Rules) unapproved(c Campaign, now time.Time) string {
	switch {
	case c.Approval == nil || c.Approval.Hash != c.Hash():
		return "内容和审核时不一样，要重新审核"
	case !c.Approval.Alone:
		return ""
	case !r.OnePerson:
		return "由作者自己审核，而一人审批已经关闭，要请别人审核"
	case now.Before(c.Approval.At.Add(AloneWait)):
		return "一人审批要等满12小时，到" + clockTime(c.Approval.At.Add(AloneWait))
	}
	return ""
}

// notBefore is the first moment from now on at which the campaign may start:
// outside the quiet hours, apart from other pushes, with quota left. A reason
// with no later moment means that it may not start at all.
func (r Rules) notBefore(c Campaign, now time.Time, others []Campaign) (at time.Time, why string) {
	if !c.Channel.Pushes() {
		return now, ""
	}
	at = now
	for _, o := range others {
		if free := o.at().Add(Apart); o.Channel.Pushes() && o.begun() && free.After(at) && !o.at().After(now) {
			at, why = free, fmt.Sprintf("要和「%s」隔开%d小时", o.Title, Apart/time.Hour)
		}
	}
	if isNight(at) && !c.NightOK {
		at, why = morningAfter(at), "晚上9点到早上8点不打扰居民"
	}
	if c.Channel != Mass {
		return at, why
	}
	if q := r.quota(at, others, Campaign.begun); q.Left() == 0 {
		return now, fmt.Sprintf("本%s的%d次群发已经用完；可以改用「发布」或「对话卡片」", q.Per, q.Limit)
	}
	return at, why
}

// Start is for an instance that has just claimed a scheduled campaign: it
// begins it, lets it wait, or ends it, as the rules say at this moment. begun
// is true when the campaign is now Claimed by the token and the caller has to
// send it; otherwise the caller holds it no more. That another campaign began
// meanwhile is seen by the queue, so that quota and distance hold with any
// number of instances. A campaign that is Claimed, Sending or Waiting already
// comes back as it is, with begun.
func (d *Desk) Start(ctx context.Context, q Queue, c Campaign, token string) (Campaign, bool, error) {
	if c.Status.Working() {
		return c, true, nil
	}
	for range maxStarts {
		got, begun, err := d.tryStart(ctx, q, c, token)
		if !errors.Is(err, ErrOtherBegan) {
			return got, begun, err
		}
	}
	return c, false, fmt.Errorf("start campaign %s: others begin all the time", c.ID)
}

// maxStarts is how often a start is decided anew because another campaign
// began meanwhile.
const maxStarts = 10

func (d *Desk) tryStart(ctx context.Context, q Queue, c Campaign, token string) (Campaign, bool, error) {
	begun, err := q.Begun(ctx) // before the list: whatever begins after it is noticed
	if err != nil {
		return c, false, fmt.Errorf("start campaign %s: %w", c.ID, err)
	}
	all, err := d.book.Campaigns(ctx, Filter{})
	if err != nil {
		return c, false, fmt.Errorf("start campaign %s: %w", c.ID, err)
	}
	now := d.now()
	decision := d.rules.Decide(c, d.shelf, now, all)
	switch decision.Do {
	case Wait:
		if err := q.Release(ctx, c.ID, token, decision.At); err != nil {
			return c, false, fmt.Errorf("start campaign %s: %w", c.ID, err)
		}
		return c, false, nil
	case Begin:
		deed, err := c.Move(Claimed, now, "")
		if err != nil {
			return c, false, fmt.Errorf("start campaign: %w", err)
		}
		c.Began = now.UTC().Truncate(time.Second)
		got, err := q.Begin(ctx, c, token, deed, begun)
		return got, err == nil, err
	}
	to := Missed
	if decision.Do == Drop {
		to = Failed
	}
	deed, err := c.Move(to, now, decision.Reason)
	if err != nil {
		return c, false, fmt.Errorf("start campaign: %w", err)
	}
	got, err := q.Advance(ctx, c, token, deed)
	return got, false, err
}
