package report

import (
	"cmp"
	"fmt"
	"strings"

	"pufa/campaign"
	"pufa/stats"
)

// campaignLabel is what a campaign is called, without quotation marks.
func (r Report) campaignLabel(id string) string { return cmp.Or(r.Campaigns[id].Title, id) }

// pushesSentence says what was pushed and what the platform took.
func (r Report) pushesSentence() string {
	if r.Pushes == nil {
		return ""
	}
	if len(r.Pushes) == 0 {
		return r.term() + "没有开展主题推送" + rule("pushes") + "。"
	}
	s := r.term() + "通过公众号开展主题推送" + r.num("pushes") + "，" + r.byChannel() + "。"
	if r.at("push_planned") == 0 {
		return s + "其中没有向居民逐一发送的，没有送达数。"
	}
	s += fmt.Sprintf("群发和逐人发送的对象共%s，送达%s", r.num("push_planned"), r.num("push_reached"))
	var rest []string
	for _, one := range []struct{ id, name string }{{"push_failed", "失败"}, {"push_filtered", "未发"}, {"push_doubt", "待核实"}} {
		if r.at(one.id) > 0 {
			rest = append(rest, one.name+r.num(one.id))
		}
	}
	if len(rest) > 0 {
		s += "，另有" + strings.Join(rest, "、")
	}
	return s + "。同一居民可能收到几次推送，以上是人次；送达不等于阅读。"
}

// byChannel counts the campaigns of each channel.
func (r Report) byChannel() string {
	var list []string
	for _, ch := range []campaign.Channel{campaign.Mass, campaign.Publish, campaign.Notice, campaign.Message, campaign.Card} {
		n := 0
		for _, p := range r.Pushes {
			if r.Campaigns[p.ID].Channel == ch {
				n++
			}
		}
		if n > 0 {
			list = append(list, fmt.Sprintf("%s%d次", ch.Chinese(), n))
		}
	}
	if len(list) == 1 {
		return "都是" + strings.TrimSuffix(list[0], fmt.Sprintf("%d次", len(r.Pushes)))
	}
	return "其中" + strings.Join(list, "、")
}

// responseSentence says what residents did about the campaigns.
func (r Report) responseSentence() string {
	if len(r.Pushes) == 0 {
		return ""
	}
	var list []string
	if c := r.cell("push_opened", "", ""); !c.Missing {
		list = append(list, "推送里的链接被打开"+r.numOf(c, "push_opened"))
	}
	if c := r.cell("push_shown", "", ""); !c.Missing && c.Value > 0 {
		list = append(list, "对话卡片附在答复下面"+r.numOf(c, "push_shown"))
	}
	s := ""
	if len(list) > 0 {
		s = strings.Join(list, "，") + "。"
	}
	return s + "各次推送窗口内的专题提问" + rule("push_asked") + "和提问居民" + rule("push_residents") +
		"列在下表；窗口会重叠，居民会重复，不能相加。提问多了少了" + rule("push_lift") + "，节日、新闻和别的宣传也有影响，不表示是推送的效果。"
}

// pushed is the first columns of a campaign's row.
func (r Report) pushed(p stats.Pushed) []Value {
	title := r.campaignLabel(p.ID)
	if p.Figures.Open {
		title += "（窗口未结）"
	}
	return []Value{say(title), say(r.local(p.From).Format("2006-01-02"))}
}

// pushesTable has what the office and the platform did, with the sums of all.
func (r Report) pushesTable() *Table {
	t := &Table{
		Name: "主题推送", Widths: []float64{2.6, 1.35, 1.6, 1.1, 0.9, 0.9, 0.8, 0.8, 0.9},
		Columns: []string{"推送", "开始日期", "专题", "渠道", "对象", "送达", "失败", "未发", "待核实"},
	}
	ids := []string{"push_planned", "push_reached", "push_failed", "push_filtered", "push_doubt"}
	var cited []string
	for _, id := range ids {
		cited = append(cited, number(id))
	}
	t.Title = "各次推送发送情况（人次）〔" + strings.Join(cited, "、") + "〕"
	for _, p := range r.Pushes {
		c := r.Campaigns[p.ID]
		theme := nothing
		if c.Theme != "" {
			theme = r.thing("theme", c.Theme)
		}
		t.add(append(append(r.pushed(p), say(theme), say(c.Channel.Chinese())), r.ofCampaign(p.ID, ids)...)...)
	}
	if len(t.Rows) > 1 {
		sum := []Value{say("合计"), say(""), say(""), say("")}
		for _, id := range ids {
			sum = append(sum, summed(r.cell(id, "", "")))
		}
		t.add(sum...)
	}
	return t
}

// responseTable has what residents did. Its sums are of what was counted one
// by one alone.
func (r Report) responseTable() *Table {
	t := &Table{
		Name: "推送反映", Title: "各次推送居民反映", Widths: []float64{2.6, 1.35, 1.1, 1.1, 1.3, 1.3, 1.3},
		Columns: []string{
			"推送", "开始日期", "打开（次）" + rule("push_opened"), "卡片（次）" + rule("push_shown"), "窗口内提问（条）" + rule("push_asked"),
			"提问居民（人）" + rule("push_residents"), "日均变化" + rule("push_lift"),
		},
	}
	for _, p := range r.Pushes {
		f := p.Figures
		row := r.pushed(p)
		row = append(row, shown(f.Opened), r.cardOf(p), absentPush(f.Asked), absentPush(f.Residents), liftOf(f))
		t.add(row...)
	}
	if len(t.Rows) > 1 {
		t.add(say("合计"), say(""), summed(r.cell("push_opened", "", "")), summed(r.cell("push_shown", "", "")), say(nothing), say(nothing), say(nothing))
	}
	return t
}

// ofCampaign are the cells of one campaign; of what is pushed to nobody there
// are none.
func (r Report) ofCampaign(id string, figures []string) (list []Value) {
	for _, figure := range figures {
		list = append(list, absentPush(r.cell(figure, "campaign", id)))
	}
	return list
}

// cardOf is how often a card was shown; other channels have none.
func (r Report) cardOf(p stats.Pushed) Value {
	if r.Campaigns[p.ID].Channel != campaign.Card {
		return say(nothing)
	}
	return shown(p.Figures.Shown)
}

// absentPush is a cell of a campaign; where it is missing there is nothing to
// say: no theme, a channel that pushes nothing, a window that is not over.
func absentPush(c stats.Cell) Value {
	if c.Missing {
		return say(nothing)
	}
	return shown(c)
}

// summed is a sum, which is not given where a part of it is hidden.
func summed(c stats.Cell) Value { return absentPush(c) }

// liftOf is the change of the questions a day, where it can be told.
func liftOf(f stats.PushFigures) Value {
	if !f.Lift.Known || !f.Lift.Share {
		return say(nothing)
	}
	return Value{Number: f.Lift.Percent, form: tenths}
}
