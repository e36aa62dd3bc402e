package wechat

import (
	"context"
	"errors"
	"time"
)

// How many customer messages a resident's deed allows, and for how long.
const (
	MessagesOfWriting = 5              // after a message of the resident
	WritingLasts      = 48 * time.Hour // those
	MessagesOfActing  = 3              // after a menu click, a subscription or a scan
	ActingLasts       = time.Minute    // those
)

// Deed is what a resident did that allows customer messages.
type Deed string

// The deeds. Each puts a fresh allowance in the place of what was left of the
// last one of its kind; the platform does not say whether they add up, and
// counting low costs a message, counting high a refusal.
const (
	NoDeed Deed = ""
	Wrote  Deed = "w" // a message: 5 within 48 hours
	Acted  Deed = "a" // menu or menu-message click, subscription, scan: 3 within a minute
)

// DeedOf returns what a delivered message allows.
func DeedOf(m *Message) Deed {
	switch {
	case m.Type != TypeEvent && m.MenuID != "":
		return Acted
	case m.Type != TypeEvent:
		return Wrote
	case m.IsEvent(EventSubscribe), m.IsEvent(EventScan), m.IsEvent(EventClick):
		return Acted
	}
	return NoDeed
}

// Lasts returns how long the deed allows messages.
func (d Deed) Lasts() time.Duration {
	switch d {
	case Wrote:
		return WritingLasts
	case Acted:
		return ActingLasts
	}
	return 0
}

// Messages returns how many messages the deed allows.
func (d Deed) Messages() int {
	switch d {
	case Wrote:
		return MessagesOfWriting
	case Acted:
		return MessagesOfActing
	}
	return 0
}

// Errors of a MessageLedger.
var (
	// ErrOutside48h means that the resident did nothing lately that allows a
	// customer message.
	ErrOutside48h = errors.New("the resident has not written lately")
	// ErrCountUsed means that all allowed messages were sent.
	ErrCountUsed = errors.New("the count of messages to the resident is used up")
)

// Grant is one customer message that was taken from an allowance.
type Grant struct {
	Deed  Deed
	Until time.Time // the end of the allowance it came from, to the millisecond
}

// MessageLedger keeps what customer messages each resident's deeds allow. It
// gets openids to hash, and keeps none.
type MessageLedger interface {
	// TakeMessage takes one message from the allowance that ends first. Errors
	// are ErrOutside48h, ErrCountUsed, or that of the store: nothing was taken.
	TakeMessage(ctx context.Context, openID string) (Grant, error)
	// ReturnMessage gives back what certainly was not sent.
	ReturnMessage(ctx context.Context, openID string, g Grant) error
	// ShutMessages takes away what is left, because the platform said that
	// nothing is: until the next deed TakeMessage returns ErrCountUsed, or
	// ErrOutside48h when outside.
	ShutMessages(ctx context.Context, openID string, outside bool) error
}
