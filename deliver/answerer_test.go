package deliver

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"pufa/ticket"
	"pufa/wechat"
)

// oneWay knows one way back and takes messages as the test wants.
type oneWay struct {
	openID  string
	unknown error // of the way back
	refused error // of the message
	sent    []string
}

func (o *oneWay) TicketAddress(context.Context, string) (string, error) { return o.openID, o.unknown }

func (o *oneWay) SendMessage(_ context.Context, openID string, m wechat.CustomerMessage) error {
	o.sent = append(o.sent, openID+" "+m.String())
	return o.refused
}

func TestAnswers(t *testing.T) {
	away := errors.New("redis is unavailable")
	for _, c := range []struct {
		name string
		way  oneWay
		want ticket.SendState
		says bool  // what staff can do
		err  error // that comes back
		sent int
	}{
		{"the platform takes it", oneWay{openID: "o1"}, ticket.Sent, false, nil, 1},
		{"the way back is gone", oneWay{unknown: fmt.Errorf("read: %w", ticket.ErrWindow)}, ticket.Failed, false, ticket.ErrWindow, 0},
		{"the store is away before the call", oneWay{unknown: away}, ticket.Failed, true, nil, 0},
		{"nothing is known of the call", oneWay{openID: "o1", refused: away}, ticket.Doubt, false, nil, 1},
		{"the window is over", oneWay{openID: "o1", refused: &wechat.APIError{Kind: wechat.Outside48h}}, ticket.Failed, false, ticket.ErrWindow, 1},
		{"the count is used up", oneWay{openID: "o1", refused: &wechat.APIError{Kind: wechat.CountUsed}}, ticket.Failed, false, ticket.ErrWindow, 1},
		{"the platform says no", oneWay{openID: "o1", refused: &wechat.APIError{Kind: wechat.Content}}, ticket.Failed, true, nil, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			state, say, err := Answerer{&c.way, &c.way}.Answer(t.Context(), "K7M3C4", "请带合同来。")
			if state != c.want || (say != "") != c.says || !errors.Is(err, c.err) || len(c.way.sent) != c.sent {
				t.Errorf("%s, %q, %v after %d calls; want %s, words %t, %v after %d", state, say, err, len(c.way.sent), c.want, c.says, c.err, c.sent)
			}
			if c.sent == 1 && c.way.sent[0] != "o1 customer message text" {
				t.Errorf("sent %q", c.way.sent)
			}
		})
	}
}
