package campaign

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// next says which states may follow a state. Paused goes back to Resume and
// nowhere else but to Cancelled, or to Draft if it had not begun. Nothing
// follows a final state.
var next = map[Status][]Status{
	Draft:     {Submitted, Cancelled},
	Submitted: {Draft, Approved, Cancelled},
	Approved:  {Draft, Scheduled, Cancelled},
	Scheduled: {Draft, Claimed, Paused, Missed, Failed, Cancelled},
	Claimed:   {Sending, Waiting, Done, Partly, Failed, InDoubt, Paused, Missed, Cancelled},
	Sending:   {Waiting, Done, Partly, Failed, InDoubt, Paused, Cancelled},
	Waiting:   {Sending, Done, Partly, Failed, InDoubt, Paused, Cancelled},
	Paused:    {Draft, Scheduled, Claimed, Sending, Waiting, Cancelled},
	InDoubt:   {Done, Partly, Failed},
}

// Working reports whether an instance holds the campaign, or should.
func (s Status) Working() bool { return s == Claimed || s == Sending || s == Waiting }

// Final reports whether the state is the last. A campaign in doubt is over,
// but still to be settled.
func (s Status) Final() bool { return s.Over() && s != InDoubt }

// Chinese is the state as staff read it.
func (s Status) Chinese() string {
	if text, ok := statusNames[s]; ok {
		return text
	}
	return string(s)
}

var statusNames = map[Status]string{
	Draft: "草稿", Submitted: "待审核", Approved: "已审核", Scheduled: "已排期", Claimed: "已认领",
	Sending: "发送中", Waiting: "待管理员确认", Done: "已完成", Partly: "部分完成", Failed: "失败",
	InDoubt: "待核实", Cancelled: "已取消", Paused: "已暂停", Missed: "已错过",
}

// Chinese is the channel as staff read it.
func (c Channel) Chinese() string {
	if text, ok := channelNames[c]; ok {
		return text
	}
	return string(c)
}

var channelNames = map[Channel]string{
	Mass: "群发", Publish: "发布", Notice: "订阅通知", Message: "客服消息", Card: "对话卡片",
}

// StateError means that a campaign cannot go from one state to another.
type StateError struct {
	ID       string
	From, To Status
}

func (e *StateError) Error() string {
	return fmt.Sprintf("campaign %s is %s: it cannot become %s", e.ID, e.From, e.To)
}

// may reports whether the campaign may go to a state.
func (c Campaign) may(to Status) bool {
	if c.Status == Paused {
		return to == c.Resume || to == Cancelled || to == Draft && c.Resume == Scheduled
	}
	return slices.Contains(next[c.Status], to)
}

// move puts the campaign into another state, or returns a StateError.
func (c *Campaign) move(to Status, now time.Time) error {
	if !c.may(to) {
		return &StateError{c.ID, c.Status, to}
	}
	c.Resume = ""
	if to == Paused {
		c.Resume = c.Status
	}
	if to == Draft {
		c.Approval = nil
	}
	c.Status, c.Changed = to, now.UTC().Truncate(time.Second)
	return nil
}

// Move puts a campaign that is worked on into another state for a reason that
// staff read ("" where the state says all), and returns its step of the trail
// for Queue.Advance. It is for the program's own work: what staff do goes
// through a Desk.
func (c *Campaign) Move(to Status, now time.Time, reason string) (Deed, error) {
	if c.Status != Scheduled && !c.Status.Working() || to == Draft || to == Paused || to == Cancelled {
		return Deed{}, &StateError{c.ID, c.Status, to}
	}
	if err := c.move(to, now); err != nil {
		return Deed{}, err
	}
	c.Reason = reason
	return c.deed(now, System, "campaign "+string(to), reason), nil
}

// deed is a step of the trail about the campaign.
func (c Campaign) deed(now time.Time, who, did string, notes ...string) Deed {
	notes = slices.DeleteFunc(slices.Clone(notes), func(n string) bool { return n == "" })
	return Deed{At: now, Who: who, Did: did, What: "campaign " + c.ID, Note: strings.Join(notes, "; ")}
}
