package report

import (
	"fmt"
	"strings"

	"pufa/stats"
)

// num is a figure in a sentence: its number, unit and rule.
func (r Report) num(id string) string { return r.numOf(r.cell(id, "", ""), id) }

func (r Report) numOf(c stats.Cell, id string) string { return c.String() + unit(id) + rule(id) }

// at is a figure's number, 0 when there is none to show.
func (r Report) at(id string) int64 { return r.cell(id, "", "").Value }

// The law and the plan that a report of their years names.
const (
	lawSince  = "20251101" // 法治宣传教育法第六十五条, checked 2026-11-23
	planSince = 2026
	planUntil = 2030 // “九五”普法规划
)

// basis names what publicity stands on in the period.
func (r Report) basis() string {
	var list []string
	if stats.DayOf(r.Period.To) >= lawSince {
		list = append(list, "《中华人民共和国法治宣传教育法》")
	}
	if y := r.Period.To.Year(); y >= planSince && y <= planUntil {
		list = append(list, "“九五”普法规划")
	}
	if len(list) == 0 {
		return ""
	}
	return "按照" + strings.Join(list, "和") + "的要求，"
}

// firstParagraph is the summary in the tone of an official report.
func (r Report) firstParagraph() string {
	var b strings.Builder
	b.WriteString(r.Period.Label() + "，" + r.who() + "深入学习贯彻习近平法治思想，" + r.basis() +
		"依托微信公众号和线下阵地，面向辖区居民开展法治宣传教育和法律咨询引导。")
	if r.Open() {
		b.WriteString("截至" + r.made().Format("2006年1月2日") + "，")
	} else {
		b.WriteString(r.term())
	}
	if n := r.at("activities"); n > 0 {
		fmt.Fprintf(&b, "组织开展各类线下普法活动%s，覆盖%s", r.num("activities"), r.num("activity_people"))
		if r.at("materials") > 0 {
			b.WriteString("，发放宣传资料" + r.num("materials"))
		}
		b.WriteString("；")
	} else {
		b.WriteString("台账没有登记线下普法活动；")
	}
	if r.at("pushes") > 0 {
		b.WriteString("通过公众号开展主题推送" + r.num("pushes"))
		if r.at("push_reached") > 0 {
			b.WriteString("，送达" + r.num("push_reached"))
		}
		b.WriteString("；")
	}
	if r.at("messages") == 0 {
		b.WriteString("公众号没有收到居民消息" + rule("messages") + "。")
		return b.String()
	}
	fmt.Fprintf(&b, "公众号收到居民消息%s，其中直接解答%s、引导到有关部门%s", r.num("messages"), r.num("answered"), r.num("referred"))
	if c := r.cell("residents", "", ""); !c.Missing {
		b.WriteString("，发来消息的不同居民" + r.numOf(c, "residents"))
	}
	b.WriteString("。")
	return b.String()
}

// otherWays lists what is no event: banners, posters and so on.
func (r Report) otherWays() string {
	var list []string
	for _, k := range stats.ActivityKinds() {
		if c := r.cell("publicity", "kind", k.Name); c.Value > 0 {
			list = append(list, k.Name+c.String()+k.Unit)
		}
	}
	if len(list) == 0 {
		return ""
	}
	return "同时，开展" + strings.Join(list, "、") + rule("publicity") + "。"
}

// doors are mediation and legal aid.
func (r Report) doors() string {
	if r.cell("mediation", "", "").Missing {
		return "人民调解和法律援助按月登记，本期不是整月，不列件数。"
	}
	var list []string
	add := func(id, done, what, success string) {
		months := len(r.cells(id, "month"))
		if months == 0 {
			return
		}
		s := what + r.num(id) + "，" + success + r.num(done)
		if all := r.begun(); months < all {
			s += fmt.Sprintf("（%d个月中已登记%d个月）", all, months)
		}
		list = append(list, s)
	}
	add("mediation", "mediation_done", "人民调解受理纠纷", "达成调解协议")
	add("legal_aid", "legal_aid_done", "受理法律援助申请", "决定给予援助")
	if len(list) == 0 {
		return "台账没有登记本期人民调解和法律援助的件数。"
	}
	return "发挥人民调解和法律援助作用，" + strings.Join(list, "；") + "。"
}

// begun is how many months of the period have begun.
func (r Report) begun() (n int) {
	for _, m := range r.Period.Months() {
		if m <= stats.MonthOf(r.Now) {
			n++
		}
	}
	return n
}

// development compares the totals with the earlier periods.
func (r Report) development() string {
	earlier := r.earlier()
	if len(earlier) == 0 {
		return ""
	}
	if r.Open() {
		return "本期尚未结束，表中所列前期数字供参考，不计算增减。"
	}
	var all []string
	for _, e := range earlier {
		var list []string
		for _, id := range []string{"messages", "answered", "residents", "activities", "activity_people", "pushes", "push_reached"} {
			if s := changed(r.cell(id, "", "").Since(e.CellOf(id, "", "")), id); s != "" {
				list = append(list, s)
			}
		}
		if len(list) > 0 {
			all = append(all, "与"+e.Period.Label()+"相比，"+strings.Join(list, "，"))
		}
	}
	if len(all) == 0 {
		return ""
	}
	return strings.Join(all, "。") + "。"
}

// changed says how a total changed.
func changed(c stats.Change, id string) string {
	if !c.Known {
		return ""
	}
	name := map[string]string{
		"messages": "居民消息", "answered": "直接解答", "residents": "不同居民", "activities": "线下活动", "activity_people": "覆盖人次",
		"pushes": "主题推送", "push_reached": "推送送达",
	}[id]
	if c.By == 0 {
		return name + "持平"
	}
	word, by, percent := "增加", c.By, c.Percent
	if by < 0 {
		word, by, percent = "减少", -by, -percent
	}
	s := fmt.Sprintf("%s%s%d%s", name, word, by, unit(id))
	if c.Share {
		s += "（" + percentText(percent) + "）"
	}
	return s
}

// limits says what the figures leave out.
func (r Report) limits() string {
	since := r.Since.Format("2006年1月2日")
	switch {
	case r.Since.IsZero():
		return ""
	case r.Period.From.Before(r.Since) && !r.Since.After(r.Period.To):
		return "公众号计数自" + since + "起，此前的线上数字不在内；没有可比的前期数字。"
	case r.Period.To.Before(r.Since):
		return "公众号计数自" + since + "起，本期没有线上数字。"
	case len(r.earlier()) == 0:
		return "公众号计数自" + since + "起，没有可比的前期数字。"
	}
	return ""
}

func (r Report) themesSentence() string {
	var list []string
	cells, deeds := r.cells("messages", "theme"), r.cells("activities", "theme")
	for _, theme := range ranked(cells) {
		if c := cells[theme]; c.Value > 0 {
			s := r.thing("theme", theme) + "专题收到相关消息" + r.numOf(c, "messages")
			if n := deeds[theme]; n.Value > 0 {
				s += "、开展活动" + r.numOf(n, "activities")
			}
			list = append(list, s)
		}
	}
	if len(list) == 0 {
		return "本期各专题没有可以列出的消息数。"
	}
	return "居民咨询涉及的宣传专题：" + strings.Join(list, "；") + "。一条消息可以同时属于几个专题，各专题不能相加。"
}

func (r Report) channelSentence() string {
	return fmt.Sprintf("条目网页被打开%s，新关注%s，取消关注%s。网页打开、关注都不等于阅读或者知晓。",
		r.num("pages"), r.num("subscribe"), r.num("unsubscribe"))
}

func (r Report) outcomesSentence() string {
	all := r.cell("messages", "", "")
	if all.Value == 0 {
		return "本期没有收到居民消息" + rule("messages") + "。"
	}
	part := func(id, what string) string {
		c := r.cell(id, "", "")
		s := what + r.numOf(c, id)
		if f, ok := percent(c, all); ok && c.Value > 0 {
			s += "，占" + shareText(f)
		}
		return s
	}
	s := fmt.Sprintf("%s收到居民消息%s。其中，%s；%s；%s；%s；其余%d条是指令、发送过快和无须答复的消息〔%s、%s、%s〕。", r.term(), r.num("messages"),
		part("answered", "用条目或者法律条文直接解答"), part("menu", "几个条目相近、列出菜单请居民选择"),
		part("referred", "没有把握、引导到12348或者有关部门"), part("crisis", "判断为紧急求助、立即给出热线"),
		r.at("command")+r.at("limited")+r.at("none"), number("command"), number("limited"), number("none"))
	if n := r.at("model"); n > 0 {
		s += "由语言模型协助选出条目或者句子的" + r.num("model") + "，答复内容仍全部出自条目。"
	}
	return s + fmt.Sprintf("居民评价“有用”%s、“没用”%s，不评价的居民占多数，不作为满意率。", r.num("helpful"), r.num("unhelpful"))
}

// foremost is how many topics a sentence names.
const foremost = 5

func (r Report) topicsSentence() string {
	cells := r.cells("messages", "topic")
	var list []string
	for _, topic := range ranked(cells) {
		if c := cells[topic]; c.Value > 0 && len(list) < foremost {
			list = append(list, r.thing("topic", topic)+c.String()+"条")
		}
	}
	if len(list) == 0 {
		return ""
	}
	return "咨询较多的主题是：" + strings.Join(list, "、") + rule("messages") + "。"
}

func (r Report) residentsSentence() string {
	if c := r.cell("residents", "", ""); !c.Missing && r.at("messages") > 0 {
		return "发来消息的不同居民" + r.numOf(c, "residents") + "。这一人数按居民编号去重得出，不是各月人数之和。"
	}
	if r.at("messages") > 0 {
		return "不同居民数按月留存，本期不是整月，不列人数" + rule("residents") + "。"
	}
	return ""
}

func (r Report) fieldSentence() string {
	if len(r.Activities) == 0 {
		return "本期台账没有登记线下活动。没有登记不等于没有开展，请核对后补登。"
	}
	var list []string
	for _, k := range stats.ActivityKinds() {
		if c := r.cell("activities", "kind", k.Name); c.Value > 0 {
			list = append(list, k.Name+c.String()+"场")
		}
	}
	s := ""
	if len(list) > 0 {
		s = r.term() + "开展线下普法活动" + r.num("activities") + "，其中" + strings.Join(list, "、") +
			"；经登记人以外的工作人员核实" + r.num("activities_confirmed") + "。"
	}
	return s + r.coverage()
}

func (r Report) coverage() string {
	counted, estimated := r.cell("activity_people", "basis", "counted"), r.cell("activity_people", "basis", "estimated")
	if counted.Value+estimated.Value == 0 {
		return "台账没有登记覆盖人次。"
	}
	return fmt.Sprintf("各项活动覆盖%s，其中清点%s人次、估计%s人次；同一居民参加几场计几次。", r.num("activity_people"), counted, estimated)
}

func (r Report) peopleSentence() string {
	if len(r.cells("mediation", "month"))+len(r.cells("legal_aid", "month")) == 0 {
		return ""
	}
	return "人民调解和法律援助由工作人员按月登记件数，只登记件数，不登记当事人；成功件数按结案月份登记，与当月受理件数不是同一批。"
}
