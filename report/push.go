package report

import (
	"fmt"
	"strings"

	"pufa/campaign"
	"pufa/stats"
)

// OfCampaign is the report of one campaign that began, at the moment it is
// made. It is for the office: what is said here stands beside no other report.
func OfCampaign(c campaign.Campaign, p stats.Pushed, made Report) Report {
	made.One, made.Pushes = c.ID, []stats.Pushed{p}
	made.Campaigns = map[string]campaign.Campaign{c.ID: c}
	made.Period, made.Figures = p.Days(), p.Figures.Figures(p.Done)
	if !p.Sends {
		for i := range made.Figures[:5] {
			made.Figures[i].Cell = stats.Cell{Missing: true}
		}
	}
	return made
}

// layCampaign lays the report of one campaign out.
func (r Report) layCampaign() Document {
	return Document{
		Title: r.who() + "主题推送情况报告", Under: "——" + r.campaignLabel(r.One),
		Parts:   []Part{r.pushCourse(), r.pushResponse(), r.pushNotes()},
		Closing: []string{r.who(), r.made().Format("2006年1月2日")},
	}
}

// quoted puts quotation marks around a title, and turns those within it into
// the inner ones.
func quoted(s string) string {
	return "“" + strings.NewReplacer("“", "‘", "”", "’").Replace(s) + "”"
}

// pushCourse is what was sent, when and how.
func (r Report) pushCourse() Part {
	p, c := r.Pushes[0], r.Campaigns[r.One]
	part := Part{Heading: "一、推送情况"}
	const minute = "2006年1月2日15时04分"
	s := r.local(p.From).Format(minute) + "，" + r.who() + "通过" + c.Channel.Chinese() + "开展主题推送" + quoted(r.campaignLabel(r.One))
	if c.Theme != "" {
		s += "，专题是" + r.thing("theme", c.Theme)
	}
	s += "。统计窗口到" + r.local(p.Until).Format(minute) + "为止"
	if p.Figures.Open {
		s += "，还没有结束，下列数字还会变"
	}
	part.say(s + "。推送状态：" + c.Status.Chinese() + "。")
	if !p.Sends {
		part.say(c.Channel.Chinese() + "不向居民逐一发送，没有对象和送达的人数。")
	}
	t := &Table{Name: "推送数字", Title: "推送数字", Columns: []string{"指标", "口径", "单位", "数"}, Widths: []float64{2.4, 0.8, 0.8, 1.2}}
	for _, f := range r.Figures {
		if f.ID == "push_lift" || f.ID == "push_shown" && c.Channel != campaign.Card || f.Missing && f.ID != "push_residents" {
			continue
		}
		t.add(say(nameOf(f.ID)), say(f.Rule), say(unitOfOne(f.ID)), r.pushValue(f))
	}
	part.table(t)
	return part
}

// unitOfOne is what a figure of one campaign is counted in: nobody gets it twice.
func unitOfOne(id string) string {
	if u := unit(id); u != "人次" {
		return u
	}
	return "人"
}

// pushValue is a number of the table; residents come when the window is over.
func (r Report) pushValue(f stats.Figure) Value {
	if f.ID == "push_residents" && f.Missing {
		if r.Pushes[0].Figures.Open {
			return say("窗口结束后得出")
		}
		return say(nothing)
	}
	return shown(f.Cell)
}

// pushResponse is what residents asked before and in the window.
func (r Report) pushResponse() Part {
	p, c := r.Pushes[0], r.Campaigns[r.One]
	part := Part{Heading: "二、居民反映"}
	f := p.Figures
	s := "推送里的链接被打开" + r.numOf(f.Opened, "push_opened")
	if c.Channel == campaign.Card {
		s += "，卡片附在答复下面" + r.numOf(f.Shown, "push_shown")
	}
	part.say(s + "。打开不等于读完、读懂。")
	if f.Asked.Missing {
		part.say("这一次推送没有定专题，不比较提问有没有变多。")
		return part
	}
	s = "窗口内用本专题条目作出答复的消息" + r.numOf(f.Asked, "push_asked")
	if !f.Residents.Missing {
		s += "，来自不同居民" + r.numOf(f.Residents, "push_residents")
	}
	part.say(s + "。" + r.liftSentence(f))
	part.table(weeksTable(f.Weeks))
	if len(f.Weeks) == 0 {
		part.say("各周的数字过小，不予显示。")
	}
	return part
}

func (r Report) liftSentence(f stats.PushFigures) string {
	switch {
	case f.Before.Missing:
		return "推送以前四周没有完整的计数，不作比较。"
	case !f.Lift.Known:
		return fmt.Sprintf("推送以前四周的同类消息%s条，有一方不足5，不算变化%s。", f.Before, rule("push_lift"))
	case !f.Lift.Share:
		return "推送以前四周没有同类消息，不算变化" + rule("push_lift") + "。"
	}
	word, percent := "增加", f.Lift.Percent
	if percent < 0 {
		word, percent = "减少", -percent
	}
	return fmt.Sprintf("推送以前四周的同类消息%s条；按日均数比较，%s%s%s。节日、新闻和别的宣传也会使提问变化，不表示是推送的效果。",
		f.Before, word, percentText(percent), rule("push_lift"))
}

// weeksTable are the weeks before and in the window, with their chart.
func weeksTable(weeks []stats.PushWeek) *Table {
	t := &Table{Name: "各周提问", Title: "专题提问，按周" + rule("push_asked"), Columns: []string{"周", "时段", "提问（条）"}, Widths: []float64{2, 1, 1}}
	for _, w := range weeks {
		when := "窗口内"
		if w.Before {
			when = "推送以前"
		}
		t.add(say(w.Period.From.Format("1月2日")+"至"+w.Period.To.Format("1月2日")), say(when), shown(w.Cell))
	}
	t.chartOf("专题提问，按周", "条", Columns, 2)
	return t
}

func (r Report) pushNotes() Part {
	p := Part{Heading: "附：统计口径"}
	p.say("本报告的数字由程序按下表所列口径从推送记录、台账和计数得出，方括号中的编号与《统计口径》一致。居民打开、提问和人数不足5的不显示，写作“少于5”。")
	p.say("推送窗口和月报的日子会重叠：对外公布时，同一段日子请只公布一种。")
	p.say("制表时间：" + r.made().Format("2006年1月2日15时04分") + "。")
	var list []stats.Rule
	for _, k := range stats.PushRules() {
		if k.ID != "pushes" {
			list = append(list, k)
		}
	}
	p.table(rulesTable(list))
	return p
}
