// Package ticket is the service desk (服务台): what residents ask a person for,
// from the code they are given to the day it is closed. It knows states, time
// limits, who of the staff may do what, and when what was kept goes away. It
// never knows who a resident is, never holds a word of theirs, and keeps and
// sends nothing itself: rows and messages live behind the interfaces beside
// their use.
package ticket

import (
	"errors"
	"time"
)

// Kind is what a ticket is about.
type Kind string

// The kinds, as residents and staff call them.
const (
	Talk      Kind = "人工" // somebody wants to speak to a person
	Complaint Kind = "投诉" // of this account
	Deletion  Kind = "删除" // of what is kept of a person; the program does it at once
)

// Kinds lists every kind, in the order in which they are shown.
func Kinds() []Kind { return []Kind{Talk, Complaint, Deletion} }

// Request reports whether the kind is a request with a time limit of its own,
// and not a wish to be called or written to.
func (k Kind) Request() bool { return k == Complaint || k == Deletion }

// State is how far a ticket is.
type State string

// The states.
const (
	New       State = "new"       // 待接
	Taken     State = "taken"     // 在办: By has it
	Answered  State = "answered"  // 已答复: By answered, nobody closed it yet
	Closed    State = "closed"    // 已办结
	Withdrawn State = "withdrawn" // 居民撤回
	Lapsed    State = "lapsed"    // 过期: nobody did it, and it cannot be done any more
)

// States lists every state, in the order in which a ticket may have them.
func States() []State { return []State{New, Taken, Answered, Closed, Withdrawn, Lapsed} }

// Chinese is the state as staff read it.
func (s State) Chinese() string {
	switch s {
	case New:
		return "待接"
	case Taken:
		return "在办"
	case Answered:
		return "已答复"
	case Closed:
		return "已办结"
	case Withdrawn:
		return "居民已撤回"
	case Lapsed:
		return "过期未办"
	}
	return string(s)
}

// Over reports whether nothing is to be done any more.
func (s State) Over() bool { return s == Closed || s == Withdrawn || s == Lapsed }

// Ticket is one thing that somebody asked a person for (工单). It holds nothing
// of that person: neither who it is, nor what they said, nor a telephone.
type Ticket struct {
	Code    string    `json:"code"` // what resident and staff call it; it means nothing
	Kind    Kind      `json:"kind"`
	Topic   string    `json:"topic,omitempty"` // what the resident chose; empty: said nothing, or not to be kept
	Opened  time.Time `json:"opened"`          // the hour in which it was
	Due     time.Time `json:"due"`             // done before this
	State   State     `json:"state"`
	Since   time.Time `json:"since"` // when the state began
	By      string    `json:"by,omitempty"`
	Version int64     `json:"v"` // grows with every change
	Send    *Send     `json:"send,omitempty"`
	Way     Way       `json:"way,omitempty"`  // how it was answered
	Note    string    `json:"note,omitempty"` // of the staff, without anything of a person
}

// SendState is what is known of a reply by customer message.
type SendState string

// The states of a reply. The zero value is none.
const (
	Sending SendState = "sending" // it is being handed to the platform
	Sent    SendState = "sent"    // the platform took it
	Doubt   SendState = "doubt"   // 不清楚: the platform may have taken it
	Failed  SendState = "failed"  // it certainly was not sent
)

// Send is the last reply by customer message. Its text is not kept.
type Send struct {
	By    string    `json:"by"`
	At    time.Time `json:"at"`
	State SendState `json:"state"`
	Why   string    `json:"why,omitempty"` // what staff can do about a reply that was not sent
}

// Way is how a ticket was answered or closed.
type Way string

// The ways.
const (
	ByMessage Way = "message" // 公众号答复
	ByPhone   Way = "phone"   // 电话
	InPerson  Way = "visit"   // 当面
	Elsewhere Way = "refer"   // 转有关部门
	Nowhere   Way = "none"    // 联系不上
	Itself    Way = "program" // 程序办完
)

// Ways are those that staff may close a ticket with.
func Ways() []Way { return []Way{ByMessage, ByPhone, InPerson, Elsewhere, Nowhere} }

// Chinese is the way as staff read it.
func (w Way) Chinese() string {
	switch w {
	case ByMessage:
		return "在公众号里答复了"
	case ByPhone:
		return "打电话答复了"
	case InPerson:
		return "当面答复了"
	case Elsewhere:
		return "告诉了该找的部门"
	case Nowhere:
		return "联系不上居民"
	case Itself:
		return "程序当时就办完了"
	}
	return string(w)
}

// Contact is how a resident wants to be called, in what they typed for it.
type Contact struct {
	Name  string `json:"name,omitempty"`
	Phone string `json:"phone,omitempty"`
}

// Empty reports whether there is nothing in it.
func (c Contact) Empty() bool { return c == Contact{} }

// The limits.
const (
	// Window is how long after a resident wrote a customer message may answer
	// (wechat.WritingLasts): until then a reply reaches them in the account.
	Window = 48 * time.Hour
	// MaxOpen is how many tickets of one resident may be open at once, MaxADay
	// how many they may open in a day, MaxOfAll how many all may in a day.
	MaxOpen  = 2
	MaxADay  = 3
	MaxOfAll = 300
	// doubtAfter is how long a reply may be on its way; a program that ended
	// meanwhile leaves it in doubt.
	doubtAfter = time.Minute
	// lapsesAfter is how long past its time limit a wish to be answered is
	// still listed; nobody waits by then.
	lapsesAfter = 14 * 24 * time.Hour
	// closesAfter is how long an answered ticket waits for more.
	closesAfter = 7 * 24 * time.Hour
	// requestKept is how long the row of a request stays when it is over: the
	// office's own rule, so that it can show what became of it. The row is of
	// nobody.
	requestKept = 3 * 365 * 24 * time.Hour
)

// The errors a caller decides by.
var (
	// ErrNone means that there is no ticket of that code.
	ErrNone = errors.New("there is no such ticket")
	// ErrChanged means that the ticket is not any more as it was read.
	ErrChanged = errors.New("the ticket was changed meanwhile")
	// ErrOver means that nothing is to be done with the ticket any more.
	ErrOver = errors.New("the ticket is over")
	// ErrOthers means that somebody else has the ticket.
	ErrOthers = errors.New("somebody else has the ticket")
	// ErrOnItsWay means that a reply is being sent, or nobody knows whether it was.
	ErrOnItsWay = errors.New("a reply is on its way or in doubt")
	// ErrLimit means that the resident has as many tickets as anybody may.
	ErrLimit = errors.New("the resident has opened enough tickets")
	// ErrFull means that all residents together opened as many as there may be
	// in a day.
	ErrFull = errors.New("no more tickets can be opened today")
	// ErrWindow means that the platform lets nobody answer any more.
	ErrWindow = errors.New("the window of customer messages is over")
	// ErrNoContact means that there is no telephone to call.
	ErrNoContact = errors.New("no contact was left, or it was deleted")
	// ErrInput wraps what is wrong with what staff typed.
	ErrInput = errors.New("the input is not taken")
)

// Rules are what the office decides.
type Rules struct {
	RequestDays int // calendar days within which a request is done; the day it came does not count
	KeepDays    int // a telephone number is deleted so many days after it was typed, at the latest
}

// days is a length of n days.
func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// zone is where days are counted.
func zone() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

// due is the end of the time for a kind that came at a time: of a wish to be
// answered the window of customer messages, of a request the end of the last
// of RequestDays calendar days. The calendar knows no working days.
func (r Rules) due(k Kind, at time.Time) time.Time {
	if !k.Request() {
		return at.Truncate(time.Hour).Add(Window)
	}
	t := at.In(zone())
	return time.Date(t.Year(), t.Month(), t.Day()+r.RequestDays+1, 0, 0, 0, 0, zone())
}

// Open makes a ticket. A deletion is done when it is asked for, so that its
// row is over from the beginning.
func (r Rules) Open(code string, k Kind, topic string, at time.Time) Ticket {
	t := Ticket{
		Code: code, Kind: k, Topic: topic, Opened: at.UTC().Truncate(time.Hour), Due: r.due(k, at).UTC(),
		State: New, Since: at.UTC().Truncate(time.Hour), Version: 1,
	}
	if k == Deletion {
		t.State, t.Way = Closed, Itself
	}
	return t
}

// Overdue reports whether a ticket should be done by now.
func (t Ticket) Overdue(now time.Time) bool {
	return !t.State.Over() && t.State != Answered && !now.Before(t.Due)
}

// DaysLeft is how many calendar days are left after today until the last day
// of the time limit: 0 on that day, negative when it is past.
func (t Ticket) DaysLeft(now time.Time) int {
	last := dayOf(t.Due.Add(-time.Nanosecond))
	return int(last.Sub(dayOf(now)) / (24 * time.Hour))
}

// dayOf is midnight of a moment's day.
func dayOf(at time.Time) time.Time {
	t := at.In(zone())
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone())
}

// InDoubt reports whether nobody knows if the last reply was sent.
func (t Ticket) InDoubt(now time.Time) bool {
	return t.Send != nil && (t.Send.State == Doubt || t.Send.State == Sending && now.Sub(t.Send.At) >= doubtAfter)
}

// onItsWay reports whether a reply may be neither repeated nor followed by
// another.
func (t Ticket) onItsWay() bool {
	return t.Send != nil && (t.Send.State == Sending || t.Send.State == Doubt)
}
