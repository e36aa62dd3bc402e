package campaign

import (
	"context"
	"fmt"
)

// Reach is what a channel would reach of a campaign's audience, and cost.
type Reach struct {
	Channel  Channel
	Possible bool
	People   int64  // -1: not known
	Cost     string // a Chinese sentence
	Why      string // why it is not possible, a Chinese sentence
	Quota    Quota  // of Mass
}

// Channels returns all channels, from the one that reaches most.
func Channels() []Channel { return []Channel{Mass, Notice, Message, Card, Publish} }

// Reach says of every channel what it would reach of the campaign's audience
// at its due time, and what it would cost.
func (d *Desk) Reach(ctx context.Context, c Campaign) ([]Reach, error) {
	all, err := d.book.Campaigns(ctx, Filter{})
	if err != nil {
		return nil, fmt.Errorf("reach of campaign %s: %w", c.ID, err)
	}
	quota := d.rules.Quota(c.Due, without(all, c.ID))
	var list []Reach
	for _, ch := range Channels() {
		r := Reach{Channel: ch, People: -1, Cost: costs[ch], Why: d.rules.Account.impossible(ch)}
		if ch == Mass {
			r.Quota = quota
			r.Cost = fmt.Sprintf("占用本%s的1次群发，本%s共%d次，已排%d次", quota.Per, quota.Per, quota.Limit, quota.Used)
			if r.Why == "" && quota.Left() == 0 {
				r.Why = fmt.Sprintf("本%s的%d次群发已经排满", quota.Per, quota.Limit)
			}
		}
		r.Possible = r.Why == ""
		if err := d.count(ctx, &r, c.Audience); err != nil {
			return nil, fmt.Errorf("reach of campaign %s: %w", c.ID, err)
		}
		list = append(list, r)
	}
	return list, nil
}

func (d *Desk) count(ctx context.Context, r *Reach, a Audience) error {
	if d.crowd == nil || !r.Possible || !r.Channel.Pushes() {
		return nil
	}
	n, known, err := d.crowd.Count(ctx, r.Channel, a)
	if known {
		r.People = n
	}
	return err
}

var costs = map[Channel]string{
	Notice:  "每位同意接收的关注者一次调用，不占群发次数；字段最多20字",
	Message: "只到48小时内来过消息的人，占用每人5条的额度，不占群发次数",
	Card:    "不占次数；只有在这段时间里来问的人看得到",
	Publish: "不占群发次数；不推送给任何人，可以放进菜单和链接",
}

// Fallback proposes a channel in place of one that is not possible, with the
// reason; ok is false when wanted is possible. Notices to followers who
// consented come first, if there are any; the card is always possible.
func Fallback(list []Reach, wanted Channel) (instead Channel, why string, ok bool) {
	by := map[Channel]Reach{}
	for _, r := range list {
		by[r.Channel] = r
	}
	w, listed := by[wanted]
	if !listed || w.Possible {
		return "", "", false
	}
	instead = Card
	if n := by[Notice]; n.Possible && n.People > 0 {
		instead = Notice
	}
	why = fmt.Sprintf("%s；建议改用「%s」：%s", w.Why, instead.Chinese(), by[instead].Cost)
	if by[Publish].Possible && wanted != Publish {
		why += "；图文可以另外「发布」，" + by[Publish].Cost
	}
	return instead, why, true
}
