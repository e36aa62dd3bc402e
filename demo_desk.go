package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"pufa/store"
	"pufa/ticket"
	"pufa/wechat"
	"pufa/wechat/wechattest"
)

// demoWishes are what made-up residents asked a person for before the
// demonstration began, in the order of their numbers.
func demoWishes() []struct {
	kind  ticket.Kind
	topic string
	call  ticket.Contact
} {
	return []struct {
		kind  ticket.Kind
		topic string
		call  ticket.Contact
	}{
		{ticket.Talk, "消费维权", ticket.Contact{Name: "演示阿姨", Phone: "13800000000"}},
		{ticket.Talk, "", ticket.Contact{}},
		{ticket.Complaint, "回答有误", ticket.Contact{}},
		{ticket.Deletion, "", ticket.Contact{}},
	}
}

// openTickets lets them ask, so that a clerk can try answering: the platform
// takes what is sent to those who wrote lately.
func (d *demonstration) openTickets(ctx context.Context) error {
	s := d.server
	rules := ticketRules(s.settings.Desk)
	for n, w := range demoWishes() {
		who := wechattest.OpenID(n)
		t, err := s.store.OpenTicket(ctx, store.Wish{MessageKey: fmt.Sprint("demonstration ", n), OpenID: who, Kind: w.kind, Topic: w.topic}, rules)
		if err != nil {
			return fmt.Errorf("open ticket: %w", err)
		}
		if w.kind == ticket.Deletion {
			continue
		}
		if err := s.store.GrantMessages(ctx, who, wechat.Wrote, s.now()); err != nil {
			return err
		}
		if w.call.Empty() {
			continue
		}
		if err := s.store.LeaveContact(ctx, t.Code, w.call, rules.ContactLife()); err != nil {
			return err
		}
	}
	d.platform.Wrote(len(demoWishes()))
	return nil
}

// answered says which replies of the service desk the platform got.
func (d *demonstration) answered() (lines []string) {
	for _, got := range d.platform.Recent() {
		var body struct {
			Text struct{ Content string }
		}
		if json.Unmarshal([]byte(got.Body), &body) != nil || !strings.Contains(body.Text.Content, "【服务台答复") {
			continue
		}
		lines = append(lines, fmt.Sprintf("%s 给一位居民的客服消息：%s", minuteText(got.At), strings.ReplaceAll(body.Text.Content, "\n", " ")))
	}
	return lines
}
