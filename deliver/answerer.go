package deliver

import (
	"context"
	"errors"

	"pufa/ticket"
	"pufa/wechat"
)

// Addresses tell the way back to whoever opened a ticket.
type Addresses interface {
	// TicketAddress returns the openid, or ticket.ErrWindow when it is gone.
	TicketAddress(ctx context.Context, code string) (openID string, err error)
}

// Answerer hands a reply of the service desk to the platform.
type Answerer struct {
	Addresses Addresses
	Platform  interface {
		SendMessage(ctx context.Context, openID string, m wechat.CustomerMessage) error
	}
}

var _ ticket.Sender = Answerer{}

// sayUnreachable is said where no error of the platform's says better.
const sayUnreachable = "没有发出去，请过一会儿再试。"

// Answer sends text once. What may have been accepted is ticket.Doubt; what was
// certainly not sent is ticket.Failed, with ErrWindow where the platform lets
// nobody write any more.
func (a Answerer) Answer(ctx context.Context, code, text string) (ticket.SendState, string, error) {
	openID, err := a.Addresses.TicketAddress(ctx, code)
	if errors.Is(err, ticket.ErrWindow) {
		return ticket.Failed, "", ticket.ErrWindow
	}
	if err != nil {
		return ticket.Failed, sayUnreachable, nil
	}
	err = a.Platform.SendMessage(ctx, openID, wechat.CustomerText(text))
	switch kind := wechat.KindOf(err); {
	case err == nil:
		return ticket.Sent, "", nil
	case wechat.MaybeAccepted(err):
		return ticket.Doubt, "", nil
	case kind == wechat.Outside48h || kind == wechat.CountUsed:
		return ticket.Failed, "", ticket.ErrWindow
	}
	say := wechat.AdviceOf(err)
	if say == "" {
		say = sayUnreachable
	}
	return ticket.Failed, say, nil
}
