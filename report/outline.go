package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pufa/stats"
)

// Lay lays a report out in its five parts and the counting rules behind them.
func Lay(r Report) Document {
	if r.One != "" {
		return r.layCampaign()
	}
	who, what := r.title()
	return Document{
		Title: who, Under: what,
		Parts: []Part{r.overview(), r.campaigns(), r.questions(), r.field(), r.mending(), r.notes()},
		Closing: []string{
			r.who(), r.made().Format("2006年1月2日"),
		},
	}
}

// against are the earlier periods that a table has columns for.
type against struct {
	name, change string
	stats.Earlier
}

func (r Report) earlier() (list []against) {
	same := r.YearBefore != nil && r.YearBefore.Period == r.Before.Period
	if r.Before.Figures != nil {
		name, change := "上期", "环比"
		if same {
			name, change = "上年", "同比"
		}
		list = append(list, against{name, change, r.Before})
	}
	if r.YearBefore != nil && !same && r.YearBefore.Figures != nil {
		list = append(list, against{"上年同期", "同比", *r.YearBefore})
	}
	return list
}

// compare are the values of the columns of earlier periods. While the period
// runs there is no change to be given.
func (r Report) compare(id, by, part string, now stats.Cell) (row []Value) {
	for _, e := range r.earlier() {
		then := e.fill(id, by, e.CellOf(id, by, part))
		change := now.Since(then)
		if r.Open() {
			change = stats.Change{}
		}
		d, share := moved(change)
		if dated(id, by) {
			row = append(row, say(""), say(""), say(""))
			continue
		}
		row = append(row, absent(by, then), d, share)
	}
	return row
}

// dated reports whether the parts of a split are days, months or campaigns
// themselves: an earlier period has none of the same name.
func dated(id, by string) bool {
	switch by {
	case "day", "month", "open_month", "quarter", "open_quarter", "campaign":
		return true
	}
	return id == "residents_topic" || id == "residents_theme"
}

// absent is an earlier cell; where it is missing it says why. An entry may
// have been asked for and not be among the listed; a theme of a later year was
// not one then.
func absent(by string, then stats.Cell) Value {
	switch {
	case !then.Missing:
		return shown(then)
	case by == "entry":
		return say("未列出")
	case by == "theme":
		return say(nothing)
	}
	return shown(then)
}

// fill makes 0 of a part that an earlier period does not have although it is
// split so: nobody came that way.
func (e against) fill(id, by string, then stats.Cell) stats.Cell {
	if !then.Missing || by != "outcome" && by != "source" && by != "kind" && by != "basis" {
		return then
	}
	for _, f := range e.Figures {
		if f.ID == id && f.By[by] != nil {
			return stats.Cell{}
		}
	}
	return then
}

func (r Report) compareColumns() (list []string, widths []float64) {
	for _, e := range r.earlier() {
		list = append(list, e.name, e.change+"增减", e.change+"幅度")
		widths = append(widths, 1.1, 1.1, 1.1)
	}
	return list, widths
}

// table begins a table of a figure's parts with the columns of earlier periods.
func (r Report) table(name, title string, columns ...string) *Table {
	more, widths := r.compareColumns()
	t := &Table{Name: name, Title: title, Columns: append(columns, more...)}
	for i := range columns {
		w := 1.2
		if i == 0 {
			w = 2.4
		}
		t.Widths = append(t.Widths, w)
	}
	t.Widths = append(t.Widths, widths...)
	return t
}

func (r Report) overview() Part {
	p := Part{Heading: "一、总体情况"}
	p.say(r.firstParagraph())
	p.say(r.otherWays())
	p.say(r.doors())
	p.say(r.desk())
	p.say(r.development())
	p.say(r.limits())
	p.table(r.figuresTable())
	p.table(r.monthsTable())
	return p
}

func (r Report) figuresTable() *Table {
	t := r.table("总体情况", "主要数字", "指标", "口径", "单位", "本期")
	t.Widths[1], t.Widths[2] = 0.8, 0.8
	for _, f := range r.Figures {
		if f.Missing && len(f.By) > 0 && f.ID != "residents" {
			continue // it has parts only
		}
		row := []Value{say(nameOf(f.ID)), say(f.Rule), say(unit(f.ID)), shown(f.Cell)}
		t.add(append(row, r.compare(f.ID, "", "", f.Cell)...)...)
	}
	return t
}

func (r Report) monthsTable() *Table {
	months := r.Period.Months()
	if len(months) < 2 {
		return nil
	}
	t := &Table{
		Name: "各月情况", Title: "各月情况（不同居民数不能相加）", Widths: []float64{2, 1.3, 1.3, 1.3, 1.3, 1.3},
		Columns: []string{
			"月份", "收到的消息" + rule("messages"), "不同居民" + rule("residents"), "线下活动" + rule("activities"),
			"人民调解受理" + rule("mediation"), "法律援助受理" + rule("legal_aid"),
		},
	}
	for _, m := range months {
		label, residents := monthLabel(m), r.cell("residents", "month", m)
		if m < stats.MonthOf(r.Since) {
			residents = stats.Cell{Missing: true}
		}
		if open, ok := r.cells("residents", "open_month")[m]; ok {
			label, residents = label+"（本月未结）", open
		}
		if m > stats.MonthOf(r.Now) {
			break
		}
		t.add(say(label), r.byMonth("messages", m), shown(residents), r.byMonth("activities", m),
			shown(r.cell("mediation", "month", m)), shown(r.cell("legal_aid", "month", m)))
	}
	t.chartOf("各月收到的消息", "条", Line, 1)
	return t
}

// byMonth is a month's number of what is split by month; a month that is not
// there had none.
func (r Report) byMonth(id, month string) Value {
	if c, ok := r.cells(id, "month")[month]; ok {
		return shown(c)
	}
	if month < stats.MonthOf(r.Since) && id == "messages" {
		return say("无")
	}
	return whole(0)
}

// ranked are the parts of a split: those shown by size, then the others by
// name, so that their order tells nothing.
func ranked(cells map[string]stats.Cell) []string {
	names := slices.Sorted(maps.Keys(cells))
	slices.SortStableFunc(names, func(a, b string) int {
		x, y := cells[a], cells[b]
		switch {
		case x.Hidden != y.Hidden:
			if x.Hidden {
				return 1
			}
			return -1
		case x.Hidden:
			return 0
		}
		return cmp.Compare(y.Value, x.Value)
	})
	return names
}

// split is a table of a figure's parts with their share and what they are
// compared with.
func (r Report) split(name, title, id, by string, names []string) *Table {
	cells := r.cells(id, by)
	if len(cells) == 0 {
		return nil
	}
	all := r.cell(id, "", "")
	t := r.table(name, title, strings.TrimSuffix(name, "分布"), "数量（"+unit(id)+"）", "占比")
	for _, part := range names {
		c := cells[part]
		row := []Value{say(r.label(by, part)), shown(c), shareOf(c, all)}
		t.add(append(row, r.compare(id, by, part, c)...)...)
	}
	return t
}

func (r Report) campaigns() Part {
	p := Part{Heading: "二、主题宣传"}
	if r.Pushes != nil {
		p.head("（一）主题推送")
		p.say(r.pushesSentence())
		p.table(r.pushesTable())
		p.say(r.responseSentence())
		p.table(r.responseTable())
		p.head("（二）各专题咨询")
	}
	p.say(r.themesSentence())
	p.table(r.themesTable())
	if r.Pushes != nil {
		p.head("（三）网页、关注和海报")
	}
	p.say(r.channelSentence())
	p.say(r.scansSentence())
	p.table(r.scansTable())
	p.table(r.windowsTable("residents_theme", "theme", "专题人数", "各专题各月不同居民"))
	return p
}

func (r Report) themesTable() *Table {
	messages, deeds := r.cells("messages", "theme"), r.cells("activities", "theme")
	names := slices.Sorted(maps.Keys(messages))
	for _, theme := range slices.Sorted(maps.Keys(deeds)) {
		if !slices.Contains(names, theme) && theme != "other" {
			names = append(names, theme)
		}
	}
	t := r.table("专题咨询", "各专题情况", "专题", "线下活动（场）"+rule("activities"), "消息（条）"+rule("messages"))
	for i := range t.Columns[3:] {
		t.Columns[3+i] = "消息" + t.Columns[3+i]
	}
	for _, theme := range names {
		asked, ok := messages[theme]
		if !ok {
			asked = stats.Cell{Missing: true}
		}
		row := []Value{say(r.thing("theme", theme)), whole(deeds[theme].Value), absent("theme", asked)}
		t.add(append(row, r.compare("messages", "theme", theme, asked)...)...)
	}
	return t
}

// windowsTable lists residents of closed months; it is long.
func (r Report) windowsTable(id, by, name, title string) *Table {
	cells := r.cells(id, by)
	t := &Table{
		Name: name, Title: title + rule(id) + "（不能相加）", Columns: []string{"月份", "名称", "不同居民（人）"}, Widths: []float64{1, 2, 1},
		Annex: true,
	}
	for _, key := range slices.Sorted(maps.Keys(cells)) {
		month, what, _ := strings.Cut(key, "/")
		t.add(say(monthLabel(month)), say(r.thing(by, what)), shown(cells[key]))
	}
	return t
}

func (r Report) questions() Part {
	p := Part{Heading: "三、居民咨询"}
	p.say(r.outcomesSentence())
	p.say(r.topicsSentence())
	p.say(r.residentsSentence())
	if r.cell("messages", "", "").Value == 0 {
		return p
	}
	p.head("（一）答复情况")
	p.table(r.split("答复方式", "答复方式"+rule("messages"), "messages", "outcome", ranked(r.cells("messages", "outcome"))))
	p.table(r.split("消息来源", "消息来源"+rule("messages")+"（不含紧急求助）", "messages", "source", ranked(r.cells("messages", "source"))))
	p.head("（二）咨询主题")
	topics := r.split("咨询主题", "咨询主题"+rule("messages"), "messages", "topic", ranked(r.cells("messages", "topic")))
	if topics == nil {
		p.say("按主题的数字过小，分列会使人推知个别居民的咨询，本期不列。")
	} else {
		topics.chartOf("各主题消息数", "条", Bars, 1)
	}
	p.table(topics)
	p.table(r.split("常用条目", "答复用到最多的条目"+rule("entries"), "entries", "entry", ranked(r.cells("entries", "entry"))))
	p.head("（三）时段和居民")
	hours := r.split("时段分布", "一日之中的时段"+rule("messages")+"（不含紧急求助）", "messages", "hour", slices.Sorted(maps.Keys(r.cells("messages", "hour"))))
	if hours != nil {
		hours.chartOf("各时段消息数", "条", Columns, 1)
		hours.Annex = true // the page shows the chart alone
	}
	p.table(hours)
	p.table(r.residentsTable())
	if r.residentsTable() == nil && (hours == nil || hours.Chart == nil) {
		p.say("各时段的数字过小，不予显示；不同居民按月留存，本期不分列。")
	}
	p.table(r.windowsTable("residents_topic", "topic", "主题人数", "各主题各月不同居民"))
	return p
}

// residentsTable has the residents of quarters and of the whole; those of
// months stand beside the months' other numbers.
func (r Report) residentsTable() *Table {
	t := &Table{
		Name: "不同居民", Title: "不同居民" + rule("residents") + "（取并集得出，不能相加）",
		Columns: []string{"时段", "不同居民（人）"}, Widths: []float64{2, 1},
	}
	for _, by := range []string{"quarter", "open_quarter"} {
		cells := r.cells("residents", by)
		for _, quarter := range slices.Sorted(maps.Keys(cells)) {
			label := r.label(by, quarter)
			if by == "open_quarter" {
				label += "（本季未结）"
			}
			t.add(say(label), shown(cells[quarter]))
		}
	}
	if len(t.Rows) == 0 || r.Period.Span() == stats.Quarter {
		return nil // the sentence says it
	}
	t.add(say(r.Period.Label()+r.unfinished()), shown(r.cell("residents", "", "")))
	return t
}

func (r Report) unfinished() string {
	if r.Open() {
		return "（本期未结）"
	}
	return ""
}

func (r Report) field() Part {
	p := Part{Heading: "四、线下活动"}
	p.say(r.fieldSentence())
	p.table(r.kindsTable())
	p.table(r.registerTable())
	p.say(r.peopleSentence())
	p.table(r.monthlyTable())
	return p
}

func (r Report) kindsTable() *Table {
	if len(r.Activities) == 0 {
		return nil
	}
	t := r.table("线下活动", "各种类活动〔"+number("activities")+"、"+number("publicity")+"〕", "种类", "单位", "数量", "覆盖人次"+rule("activity_people"))
	t.Widths[0], t.Widths[1] = 1.6, 0.8
	for _, k := range stats.ActivityKinds() {
		if k.Monthly {
			continue
		}
		id := "publicity"
		if k.Event {
			id = "activities"
		}
		c := r.cell(id, "kind", k.Name)
		people := say(nothing)
		if c.Value > 0 {
			people = entered(r.cell("activity_people", "kind", k.Name).Value)
		}
		row := []Value{say(k.Name), say(k.Unit), shown(c), people}
		t.add(append(row, r.compare(id, "kind", k.Name, c)...)...)
	}
	events := &Table{}
	for _, row := range t.Rows[:6] {
		events.add(row[0], row[2])
	}
	events.chartOf("各种类活动场次", "场", Bars, 1)
	if t.Chart = events.Chart; t.Chart != nil {
		t.Chart.column = 2
	}
	return t
}

// printed is how many activities a printed report lists.
const printed = 60

func (r Report) registerTable() *Table {
	t := &Table{
		Name: "活动台账", Title: "活动台账", Most: printed, Printed: []int{0, 2, 3, 4, 5, 6, 9, 11},
		Columns: []string{"日期", "编号", "种类", "地点", "主题", "数量", "人次", "人次依据", "资料", "份数", "凭证", "核实"},
		Widths:  []float64{1.3, 0.7, 1, 1.7, 1.7, 0.7, 0.8, 0.8, 1.2, 0.8, 1.6, 0.8},
	}
	for _, a := range r.Activities {
		basis, checked := "", "未核实"
		if a.People > 0 {
			basis = "清点"
		}
		if a.Estimated {
			basis = "估计"
		}
		if a.ConfirmedBy != "" {
			checked = "已核实"
		}
		t.add(say(a.On), whole(a.Number), say(a.Kind), say(a.Place), say(themeName(a.Theme)), whole(a.Quantity), entered(a.People),
			say(basis), say(a.Material), entered(a.Items), say(a.Ref), say(checked))
	}
	return t
}

// entered is a number that staff may have left out.
func entered(n int64) Value {
	if n == 0 {
		return say("未登记")
	}
	return whole(n)
}

func themeName(theme string) string { return cmp.Or(themes()[theme], theme) }

func (r Report) monthlyTable() *Table {
	ids := []string{"mediation", "mediation_done", "legal_aid", "legal_aid_done"}
	t := &Table{Name: "调解和法律援助", Title: "人民调解和法律援助各月件数", Columns: []string{"月份"}, Widths: []float64{1.5}}
	for _, id := range ids {
		t.Columns, t.Widths = append(t.Columns, nameOf(id)+rule(id)), append(t.Widths, 1.5)
	}
	for _, m := range r.Period.Months() {
		row, any := []Value{say(monthLabel(m))}, false
		for _, id := range ids {
			c, ok := r.cells(id, "month")[m]
			if any = any || ok; !ok {
				row = append(row, say("未登记"))
				continue
			}
			row = append(row, shown(c))
		}
		if any {
			t.add(row...)
		}
	}
	return t
}

func (r Report) notes() Part {
	p := Part{Heading: "附：统计口径"}
	p.say("本报告的数字由程序按下表所列口径从台账、推送记录和计数得出，方括号中的编号与《统计口径》一致；各项来自哪里、试用和测试号怎样计，见《统计口径》。")
	p.say("按主题、专题、时段、条目划分的数字不足5的不显示，写作“少于5”；为防止用总数推算，另有一些相邻的数字一并隐去，" +
		"也写作“少于5”，实际可能不止。“无”表示该时段没有留存此数，“" + nothing + "”表示不作比较。试用、演示和测试号发来的消息不计入。")
	if !r.Period.WholeMonths() {
		p.say("本期不是整月。把这样的报告和月报相减，仍可能得出很小的数，所以只供内部使用，请不要和月报一起对外公布。")
	}
	p.say(fmt.Sprintf("制表时间：%s。", r.made().Format("2006年1月2日15时04分")))
	p.table(rulesTable(rules()))
	return p
}

func rulesTable(list []stats.Rule) *Table {
	t := &Table{
		Name: "统计口径", Title: "统计口径", Columns: []string{"编号", "名称", "数什么", "来自", "去重", "试用和测试号", "不表示什么"},
		Widths: []float64{0.7, 1.2, 2.6, 1.1, 1.8, 0.9, 2.6}, Printed: []int{0, 1, 2, 4, 6}, Tall: true,
	}
	for _, k := range list {
		row := make([]Value, 0, len(t.Columns))
		for _, s := range []string{k.Number, k.Name, k.What, k.Source, k.Dedup, k.Trial, k.Not} {
			row = append(row, say(formal(s)))
		}
		t.add(row...)
	}
	return t
}
