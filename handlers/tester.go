package handlers

import (
	"context"
	"errors"
	"strings"

	"pufa/bot"
	"pufa/staff"
	"pufa/wechat"
)

// What a message that is to make a test account is answered with.
const (
	sayTestBound = "这个微信已经设为本街道的测试微信：以后发来的话照样回答，但是不计入任何数字，也不给居民编号；以前计过的数不会减掉。不想用了，请在后台“我的账号”里解除。"
	sayTestKnown = "这个微信已经是测试微信，不用再绑。"
	sayTestCode  = "绑定码不对、过期了，或者已经用过。请在后台“我的账号”里重新取一个，10分钟以内发过来。"
	sayTestFull  = "测试微信已经满了（每人最多5个，全街道最多50个）。请先在后台解除不用的，再重新取绑定码。"
	sayTestAway  = "现在绑不上。请过几分钟，把刚才那句话再发一次。"
)

// How many codes are looked up a minute: of one person, and in all.
const (
	maxBinds    = 5
	maxAllBinds = 60
)

// binding marks an arrival that is to make a test account: such a message is of
// staff, and counts as little as the account will. Whoever sends too many is
// answered like any resident.
func (s *Site) binding(a Arrival, d *wechat.Delivery) Arrival {
	if s.BindTest == nil || d.Type != wechat.TypeText || d.MenuID != "" || strings.HasPrefix(d.FromUser, TryPrefix) {
		return a
	}
	code, ok := staff.ParseTestCode(d.Content)
	if !ok || !s.binds.allow(d.FromUser, s.Now()) || !s.allBinds.allow("", s.Now()) {
		return a
	}
	a.Bind, a.Test = code, true
	return a
}

// replyTo makes the reply: the bot's, unless the message is to make a test
// account.
func (s *Site) replyTo(ctx context.Context, a Arrival, m bot.Message) bot.Reply {
	if a.Bind == "" {
		return s.Bot.Reply(ctx, m)
	}
	return bot.Reply{Outcome: bot.Command, Text: s.bindTest(ctx, a), Dialogue: m.Dialogue}
}

// bindTest uses the code up and says what became of it.
func (s *Site) bindTest(ctx context.Context, a Arrival) string {
	err := s.BindTest(ctx, a.Bind, a.OpenID)
	switch {
	case err == nil:
		return sayTestBound
	case errors.Is(err, staff.ErrTestCode) && s.isTest(a.OpenID):
		return sayTestKnown // perhaps by a delivery that died before it answered
	case errors.Is(err, staff.ErrTestCode):
		return sayTestCode
	case errors.Is(err, staff.ErrTesters):
		return sayTestFull
	}
	s.metrics.storeErrors.Inc()
	s.quiet.warn(s.Log, s.Now(), "test account not bound", err)
	return sayTestAway
}
