package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"pufa/bot"
	"pufa/bot/llm"
	"pufa/handlers/console"
)

const (
	// tryTime bounds one call of a try: what a resident would wait at most, and
	// some more to see how slow a service is.
	tryTime = 10 * time.Second
	// tryEvery is how soon another try is made: a double click shows the same.
	tryEvery = 5 * time.Second
)

// modelDesk is the language model in words for staff.
type modelDesk struct {
	server *server

	mu    sync.Mutex
	tried time.Time
	steps []console.Fact
}

// Set implements console.Model.
func (d *modelDesk) Set() bool { return d.server.model != nil }

// State implements console.Model.
func (d *modelDesk) State(ctx context.Context) []console.Fact {
	facts := []console.Fact{modelSwitch(d.server)}
	m := d.server.model
	if m == nil {
		return facts
	}
	facts = append(facts, modelHealth(m.client.State(), d.server.now()), modelBudget(ctx, d.server))
	if m.finder != nil {
		facts = append(facts, modelIndex(m.finder.Entries()))
	}
	return append(facts, modelLater(d.server))
}

// modelSwitch says what is switched on.
func modelSwitch(s *server) console.Fact {
	o := s.settings.OpenAI
	f := console.Fact{Name: "开关", Grade: console.Good}
	switch {
	case !o.Configured():
		f.Text = "没有设置。不需要它，答复都来自条目库。"
	case !o.SendQuestions:
		f.Text = "已经设置，但没有允许把问题发给它（PUFA_OPENAI_SEND_QUESTIONS），所以不起作用。"
	case o.DailyTokens == 0:
		f.Text = "已经设置，但每天的额度是0（PUFA_OPENAI_DAILY_TOKENS），所以不起作用。"
	case s.model == nil:
		f.Text = "已经设置，但没有打开任何一种帮忙，所以不起作用。"
	default:
		f.Text = "开着：" + helperNames(s.model.helps()) + "。居民的问题打码以后才发出去；涉及危险、家暴、毒品、邪教、性侵害和小朋友的不发。"
	}
	return f
}

// helperNames are the helpers that are on, as staff call them.
func helperNames(help bot.Model) string {
	var list []string
	for _, h := range []struct {
		name string
		on   bool
	}{{"选条目", help.Chooser != nil}, {"挑句子", help.Picker != nil}, {"按意思找", help.Finder != nil}} {
		if h.on {
			list = append(list, h.name)
		}
	}
	return strings.Join(list, "、")
}

// modelHealth says how the service is, as this process met it.
func modelHealth(s llm.State, now time.Time) console.Fact {
	f := console.Fact{Name: "服务", Grade: console.Good, Text: "正常在用。"}
	switch {
	case !s.RestsUntil.IsZero():
		f.Grade, f.Text = console.Warn, "连着出错，暂停到 "+clockOf(s.RestsUntil, now)+"，这期间答复不受影响。"
		f.Mend = "最近一次：" + endText(s.End, 0) + endMend(s.End, 0) + "修好以后点“试一次”，成功了马上恢复。"
	case s.Worked.IsZero() && s.Failed.IsZero():
		f.Grade, f.Text = console.Plain, "启动以后还没有问过它。"
	case s.Failed.After(s.Worked):
		f.Grade, f.Mend = console.Warn, endMend(s.End, 0)
		f.Text = "最近一次没有成功：" + endText(s.End, 0)
	}
	if !s.Worked.IsZero() {
		f.Text += "最近一次成功：" + clockOf(s.Worked, now) + "。"
	}
	if !s.Failed.IsZero() {
		f.Text += "最近一次不成功：" + clockOf(s.Failed, now) + "（" + endNames[s.End] + "）。"
	}
	f.Text += "（只是这台服务器见到的。）"
	return f
}

// clockOf is a time, with its day where that is another.
func clockOf(t, now time.Time) string {
	if t.In(zone).Format(time.DateOnly) == now.In(zone).Format(time.DateOnly) {
		return t.In(zone).Format("15:04:05")
	}
	return t.In(zone).Format("2006-01-02 15:04")
}

// scarceFrom is the share of the day's tokens from which their end is near.
const scarceFrom = 0.8

// modelBudget says how much of the day's tokens is used.
func modelBudget(ctx context.Context, s *server) console.Fact {
	limit := int64(s.settings.OpenAI.DailyTokens)
	spent, err := s.store.TokensSpent(ctx)
	f := console.Fact{Name: "今天的额度", Grade: console.Good}
	if err != nil {
		f.Grade, f.Text = console.Plain, "连不上数据库，不知道用了多少。这时不问大模型。"
		return f
	}
	f.Text = fmt.Sprintf("%d 个 token 里用了 %d 个（含正在问的预留），所有服务器合在一起。每位居民一天最多问 %d 次。", limit, spent, s.settings.OpenAI.DailyQuestions)
	switch {
	case spent >= limit:
		f.Grade, f.Mend = console.Bad, "今天的用完了，明天零点恢复；答复照常。经常用完就请技术人员调高 PUFA_OPENAI_DAILY_TOKENS。"
	case float64(spent) >= scarceFrom*float64(limit):
		f.Grade, f.Mend = console.Warn, "今天的快用完了，用完就不再问它，答复照常。"
	}
	return f
}

// modelIndex says whether entries can be found by meaning yet.
func modelIndex(entries int) console.Fact {
	if entries == 0 {
		return console.Fact{Name: "按意思找", Grade: console.Warn, Text: "条目还没有全部编好，先不用。", Mend: "一般几分钟就好；一直这样请看“服务”和“今天的额度”。"}
	}
	return console.Fact{Name: "按意思找", Grade: console.Good, Text: fmt.Sprintf("%d 个条目都编好了。", entries)}
}

// modelLater says whether answers follow.
func modelLater(s *server) console.Fact {
	f := console.Fact{Name: "补发答复", Grade: console.Good, Text: "没有打开。"}
	switch {
	case s.follow != nil:
		f.Text = "开着：答不上来又来不及等的，20秒内挑到审核过的条目，用客服消息补发一条。"
	case s.settings.OpenAI.Later:
		f.Grade, f.Text = console.Warn, "打开了，但没有接公众号，所以不起作用。"
	}
	return f
}

// Try implements console.Model. It pays out of the day's tokens.
func (d *modelDesk) Try(ctx context.Context) []console.Fact {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.server.now()
	if d.steps != nil && now.Sub(d.tried).Abs() < tryEvery {
		return d.steps
	}
	m := d.server.model
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	purse := d.server.store.Purse("", m.limits())
	d.steps = nil
	if m.settings.Choose || m.settings.Pick {
		d.steps = append(d.steps, triedFact("对话模型 "+m.settings.Model, m.client.CheckChat(ctx, purse), m.settings.Timeout))
	}
	if m.finder != nil {
		d.steps = append(d.steps, triedFact("向量模型 "+m.settings.EmbeddingModel, m.client.CheckEmbedding(ctx, purse), m.settings.Timeout))
	}
	d.tried = now
	return d.steps
}

// triedFact says how a call went.
func triedFact(name string, c llm.Checked, limit time.Duration) console.Fact {
	f := console.Fact{Name: name, Grade: console.Good, Text: fmt.Sprintf("成功，用了 %.1f 秒。", c.Took.Seconds())}
	switch {
	case c.End != bot.Chosen:
		f.Grade, f.Text, f.Mend = console.Bad, endText(c.End, c.Status), endMend(c.End, c.Status)
	case c.Took > limit:
		f.Grade, f.Mend = console.Warn, fmt.Sprintf("比居民能等的 %s 慢，来不及用。请换快一点的模型，或关掉它的“思考”。", limit)
	}
	return f
}

// ofModel is the line of the page of the state.
func (c healthPage) ofModel(ctx context.Context) console.Fact {
	f := modelSwitch(c.server)
	f.Name = "大模型"
	m := c.server.model
	if m == nil {
		return f
	}
	f.Text = "开着：" + helperNames(m.helps()) + "。"
	for _, part := range []console.Fact{modelHealth(m.client.State(), c.server.now()), modelBudget(ctx, c.server)} {
		f.Text += part.Text
		if worse(part.Grade, f.Grade) {
			f.Grade, f.Mend = part.Grade, part.Mend
		}
	}
	f.URL = console.Path + "/settings/model"
	return f
}

// worse reports whether a grade is worse than another.
func worse(a, b console.Grade) bool {
	rank := map[console.Grade]int{console.Good: 0, console.Plain: 0, console.Warn: 1, console.Bad: 2}
	return rank[a] > rank[b]
}

// Tables implements console.Model.
func (d *modelDesk) Tables(ctx context.Context) ([]console.ModelTable, error) {
	if d.server.usage != nil {
		if err := d.server.usage.add(ctx); err != nil { // so that the page shows this process up to now
			return nil, err
		}
	}
	today, month, err := d.server.store.ModelUse(ctx)
	if err != nil {
		return nil, err
	}
	if d.server.model == nil && len(month) == 0 {
		return nil, nil // it never helped
	}
	return modelTables(today, month, d.server.settings.OpenAI), nil
}

var _ console.Model = (*modelDesk)(nil)
