package campaign

import (
	"strings"
	"time"
)

// Quota is what the platform allows of mass messages in the natural month (of
// a service account) or the day (of a subscription account) of a time.
type Quota struct {
	Limit int    // 0: the account has none
	Used  int    // sent, or planned for it
	Per   string // 月 or 日
	Names []string
}

// Left is how many mass messages remain.
func (q Quota) Left() int { return max(0, q.Limit-q.Used) }

// planned reports whether the campaign takes its place in the plan: it is
// scheduled, worked on, paused, or was sent. One that is in doubt may have
// been sent.
func (c Campaign) planned() bool {
	return c.Status == Scheduled || c.Status == Paused || c.begun()
}

// begun reports whether residents may have got something of it already.
func (c Campaign) begun() bool {
	switch c.Status {
	case Claimed, Sending, Waiting, Done, Partly, InDoubt:
		return true
	case Paused, Cancelled, Failed:
		return !c.Sent.At.IsZero()
	}
	return false
}

// at is when residents got it or will.
func (c Campaign) at() time.Time {
	switch {
	case !c.Sent.At.IsZero():
		return c.Sent.At
	case !c.Began.IsZero():
		return c.Began
	}
	return c.Due
}

// Quota counts the mass messages in the month or day of at. Mass messages to
// different tags all count: a follower may have several tags, and what is too
// many for one follower fails without a word.
func (r Rules) Quota(at time.Time, all []Campaign) Quota {
	return r.quota(at, all, Campaign.planned)
}

func (r Rules) quota(at time.Time, all []Campaign, counts func(Campaign) bool) Quota {
	q := Quota{Limit: MassPerDay, Per: "日"}
	within := sameDay
	if r.Account.Service {
		q.Limit, q.Per, within = MassPerMonth, "月", sameMonth
	}
	if !r.Account.Verified {
		q.Limit = 0
	}
	for _, c := range all {
		if c.Channel == Mass && counts(c) && within(c.at(), at) {
			q.Used++
			q.Names = append(q.Names, c.Title)
		}
	}
	return q
}

// checkOthers looks for a place in the quota and at campaigns too near.
func (r Rules) checkOthers(f *findings, c Campaign, all []Campaign) {
	others := without(all, c.ID)
	if c.Due.IsZero() {
		return
	}
	if q := r.Quota(c.Due, others); c.Channel == Mass && q.Limit > 0 && q.Left() == 0 {
		f.add(Unready, "due", "%s那%s的%d次群发已经排满（%s）；可以改期，或改用「发布」「对话卡片」",
			clockTime(c.Due), q.Per, q.Limit, strings.Join(q.Names, "、"))
	}
	for _, o := range others {
		if o.planned() {
			checkNear(f, c, o)
		}
	}
}

func checkNear(f *findings, c, o Campaign) {
	if c.Channel == Card && o.Channel == Card && c.Due.Before(o.Until) && o.Due.Before(c.Until) {
		f.add(Warning, "due", "和对话卡片「%s」的时间重叠，居民一次只看到一张", o.Title)
	}
	if !c.Channel.Pushes() || !o.Channel.Pushes() {
		return
	}
	switch {
	case c.Due.Sub(o.at()).Abs() < Apart:
		f.add(Unready, "due", "和「%s」（%s）相隔不到%d小时，请错开", o.Title, clockTime(o.at()), Apart/time.Hour)
	case sameDay(c.Due, o.at()) && c.Channel == o.Channel:
		f.add(Unready, "due", "和「%s」（%s）同一天走同一渠道，请改期", o.Title, clockTime(o.at()))
	case sameDay(c.Due, o.at()):
		f.add(Warning, "due", "同一天还有「%s」（%s），居民可能嫌多", o.Title, clockTime(o.at()))
	}
}

func without(all []Campaign, id string) (others []Campaign) {
	for _, c := range all {
		if c.ID != id {
			others = append(others, c)
		}
	}
	return others
}
