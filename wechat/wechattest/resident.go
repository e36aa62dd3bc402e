package wechattest

import (
	"context"
	"fmt"
	"strconv"

	"pufa/wechat"
)

// firstMessage is the number before the first text message: 64 bits are in
// use, so that who reads it as a float or as 32 bits is found out.
const firstMessage = 7_300_000_000_000_000_000

// known runs change for a resident who has followed at some time.
func (p *Platform) known(openid string, change func(n int) []byte) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n, known := p.crowd.find(openid)
	if !known {
		return nil, fmt.Errorf("nobody of that openid ever followed")
	}
	return change(n), nil
}

func (p *Platform) act(ctx context.Context, what, openid string, change func(n int) []byte) (*wechat.ReplyMessage, error) {
	event, err := p.known(openid, change)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	if p.callback == nil || event == nil {
		return new(wechat.ReplyMessage), nil
	}
	return p.Deliver(ctx, event)
}

// Text lets a follower write, delivers it, and returns the reply. It opens the
// 48 hours.
func (p *Platform) Text(ctx context.Context, openid, words string) (*wechat.ReplyMessage, error) {
	return p.act(ctx, "write text", openid, func(n int) []byte {
		now := p.now()
		p.crowd.contacted(n, wrote, now)
		p.days.said(n, now)
		id := strconv.FormatInt(firstMessage+p.next(), 10)
		return wechat.TextMessage(openid, p.opt.Callback.OriginalID, id, words, now)
	})
}

// Click lets a follower press a button of the menu.
func (p *Platform) Click(ctx context.Context, openid, key string) (*wechat.ReplyMessage, error) {
	return p.act(ctx, "click", openid, func(n int) []byte {
		p.crowd.contacted(n, clicked, p.now())
		return p.eventFrom(openid, wechat.EventClick, wechat.Element{Name: "EventKey", Value: key})
	})
}

// Scan lets somebody scan the account's code of a scene: a follower's scan is
// SCAN, anybody else's begins with subscribing.
func (p *Platform) Scan(ctx context.Context, openid, scene string) (*wechat.ReplyMessage, error) {
	p.mu.Lock()
	n, known := p.crowd.find(openid)
	follows := known && p.crowd.follows(n)
	p.mu.Unlock()
	if !follows {
		return p.Subscribe(ctx, openid, scene)
	}
	return p.act(ctx, "scan", openid, func(n int) []byte {
		p.crowd.contacted(n, scanned, p.now())
		return p.eventFrom(openid, wechat.EventScan, wechat.Element{Name: "EventKey", Value: scene}, ticketOf(scene))
	})
}

// Subscribe makes anybody a follower, with the scene of a code or without.
func (p *Platform) Subscribe(ctx context.Context, openid, scene string) (*wechat.ReplyMessage, error) {
	p.mu.Lock()
	n, fresh := p.crowd.come(openid)
	if fresh {
		p.days.came(p.now())
	}
	p.crowd.contacted(n, subscribed, p.now())
	p.mu.Unlock()
	return p.act(ctx, "subscribe", openid, func(int) []byte {
		if scene == "" {
			return p.eventFrom(openid, wechat.EventSubscribe, wechat.Element{Name: "EventKey"})
		}
		return p.eventFrom(openid, wechat.EventSubscribe,
			wechat.Element{Name: "EventKey", Value: "qrscene_" + scene}, ticketOf(scene))
	})
}

// Unsubscribe ends a follower's following.
func (p *Platform) Unsubscribe(ctx context.Context, openid string) error {
	_, err := p.act(ctx, "unsubscribe", openid, func(n int) []byte {
		if p.crowd.follows(n) {
			p.days.went(p.now())
		}
		p.crowd.flags[n] |= left
		return p.eventFrom(openid, wechat.EventUnsubscribe)
	})
	return err
}

// RefuseNotices lets a follower refuse a template in the account's settings,
// which is told by subscribe_msg_change_event, or take it again, which is not.
func (p *Platform) RefuseNotices(ctx context.Context, openid, template string, refuse bool) error {
	_, err := p.act(ctx, "refuse notices", openid, func(n int) []byte {
		p.notices.set(template, n, refuse)
		if !refuse {
			return nil
		}
		return p.eventFrom(openid, wechat.EventSubscriptionChange, choice("SubscribeMsgChangeEvent", template, "reject"))
	})
	return err
}

// AnswerPopup lets a follower take or refuse a template where a page asks for
// it: subscribe_msg_popup_event.
func (p *Platform) AnswerPopup(ctx context.Context, openid, template string, accept bool) error {
	_, err := p.act(ctx, "answer popup", openid, func(n int) []byte {
		p.notices.set(template, n, !accept)
		word := map[bool]string{true: "accept", false: "reject"}[accept]
		e := choice("SubscribeMsgPopupEvent", template, word)
		e.Elements[0].Elements = append(e.Elements[0].Elements, wechat.Element{Name: "PopupScene", Value: "1"})
		return p.eventFrom(openid, wechat.EventSubscriptionAsked, e)
	})
	return err
}

func choice(name, template, word string) wechat.Element {
	return wechat.Element{Name: name, Elements: []wechat.Element{{Name: "List", Elements: []wechat.Element{
		{Name: "TemplateId", Value: template}, {Name: "SubscribeStatusString", Value: word},
	}}}}
}

// Mute lets a follower take no mass messages. Nobody is told.
func (p *Platform) Mute(openid string) error {
	_, err := p.known(openid, func(n int) []byte { p.crowd.flags[n] |= muted; return nil })
	if err != nil {
		return fmt.Errorf("mute: %w", err)
	}
	return nil
}

// Wrote notes that the first n followers wrote just now, without delivering
// anything: each may be sent 5 messages within 48 hours.
func (p *Platform) Wrote(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	for i := range min(n, p.crowd.size()) {
		p.crowd.contacted(i, wrote, now)
	}
}

// Leave lets a follower go without an event, as when the event was lost.
func (p *Platform) Leave(openid string) error {
	_, err := p.known(openid, func(n int) []byte { p.crowd.flags[n] |= left; return nil })
	if err != nil {
		return fmt.Errorf("leave: %w", err)
	}
	return nil
}

// Followers returns how many follow now.
func (p *Platform) Followers() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.crowd.following()
}
