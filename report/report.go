package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"pufa/campaign"
	"pufa/stats"
)

// Report is the figures of a period, what they are compared with, and what
// things are called. Empty names are left out or replaced by what a thing is;
// none is made up.
type Report struct {
	stats.Compared
	Street  string            // 街道名称, from the settings
	Office  string            // 司法所名称
	Topics  map[string]string // slug of a topic -> 名称
	Entries map[string]string // id of an entry -> 标题

	// Campaigns are those of Pushes by id: what they are called, when and by
	// which channel.
	Campaigns map[string]campaign.Campaign
	// One makes it the report of that campaign alone, by id; empty: of the period.
	One string
}

// Formats are the forms in which a report is handed out, by the name that
// --format has.
func Formats() map[string]func(io.Writer, Report) error {
	return map[string]func(io.Writer, Report) error{"json": JSON, "csv": CSV, "xlsx": XLSX, "docx": DOCX}
}

// who is the office that reports.
func (r Report) who() string { return cmp.Or(r.Office, r.Street, "本街道") }

// formal writes quotation marks as official documents have them.
func formal(s string) string { return strings.NewReplacer("「", "“", "」", "”").Replace(s) }

// title is the heading of the whole report, in two lines.
func (r Report) title() (who, what string) {
	label := r.Period.Label()
	if r.Period.Span() == stats.Whole {
		label += "度"
	}
	return r.who(), label + "普法宣传工作报告" + r.running()
}

// running marks a report of a period that is not over.
func (r Report) running() string {
	if !r.Open() {
		return ""
	}
	name := map[stats.Span]string{
		stats.Day: "今日", stats.Week: "本周", stats.Month: "本月", stats.Quarter: "本季", stats.Whole: "本年",
	}[r.Period.Span()]
	return "（" + cmp.Or(name, "本期") + "未结）"
}

// term is how the period is called in a sentence.
func (r Report) term() string {
	switch r.Period.Span() {
	case stats.Whole:
		if r.Open() {
			return "本期"
		}
		return "全年"
	case stats.Quarter:
		return "本季度"
	case stats.Month:
		return "本月"
	case stats.Week:
		return "本周"
	case stats.Day:
		return "当日"
	}
	return "本期"
}

// cell is a figure's number, or that of one part of it.
func (r Report) cell(id, by, part string) stats.Cell { return stats.CellOf(r.Figures, id, by, part) }

// cells are the parts of a figure, nil when it is not split.
func (r Report) cells(id, by string) map[string]stats.Cell {
	for _, f := range r.Figures {
		if f.ID == id {
			return f.By[by]
		}
	}
	return nil
}

// rule is the number of a figure's rule, in the brackets in which it is cited.
func rule(id string) string { return "〔" + number(id) + "〕" }

func number(id string) string {
	if r, ok := ruleOf(id); ok {
		return r.Number
	}
	return "?"
}

func nameOf(id string) string {
	if r, ok := ruleOf(id); ok {
		return formal(r.Name)
	}
	return id
}

// rules are those of periods and of campaigns, by number.
func rules() []stats.Rule {
	list := append(stats.Rules(), stats.PushRules()...)
	slices.SortFunc(list, func(a, b stats.Rule) int { return cmp.Compare(a.Number, b.Number) })
	return list
}

func ruleOf(id string) (stats.Rule, bool) {
	list := rules()
	i := slices.IndexFunc(list, func(r stats.Rule) bool { return r.ID == id })
	if i < 0 {
		return stats.Rule{}, false
	}
	return list[i], true
}

// unit is what a figure is counted in.
func unit(id string) string {
	switch id {
	case "residents", "residents_topic", "residents_theme", "push_residents":
		return "人"
	case "helpful", "unhelpful", "subscribe", "unsubscribe", "pages", "scans", "pushes", "push_opened", "push_shown":
		return "次"
	case "push_planned", "push_reached", "push_failed", "push_filtered", "push_doubt":
		return "人次"
	case "push_lift":
		return "%"
	case "activities", "activities_confirmed":
		return "场"
	case "activity_people":
		return "人次"
	case "materials":
		return "份"
	case "mediation", "mediation_done", "legal_aid", "legal_aid_done", "tickets", "tickets_done", "tickets_intime", "tickets_lapsed", "deletions":
		return "件"
	case "publicity":
		return "—"
	}
	return "条"
}

// label is the name of one part of a split, as staff read it.
func (r Report) label(by, part string) string {
	switch by {
	case "topic", "entry", "theme":
		if month, rest, ok := strings.Cut(part, "/"); ok && len(month) == len("202603") && month[0] == '2' {
			return monthLabel(month) + " " + r.thing(by, rest)
		}
		return r.thing(by, part)
	case "scene":
		return r.sceneLabel(part)
	case "campaign":
		return r.campaignLabel(part)
	case "shape":
		return formal(shapeName(part))
	case "outcome":
		return nameOf(part)
	case "source", "basis":
		return cmp.Or(words()[part], part)
	case "month", "open_month":
		return monthLabel(part)
	case "quarter", "open_quarter":
		return part[:4] + "年" + map[string]string{"1": "第一季度", "2": "第二季度", "3": "第三季度", "4": "第四季度"}[part[5:]]
	case "day":
		return dayLabel(part)
	case "hour":
		return part + "时"
	}
	return part
}

// thing is the name of a topic, a theme or an entry.
func (r Report) thing(by, part string) string {
	switch {
	case part == "other":
		return "其他"
	case by == "topic":
		return cmp.Or(r.Topics[part], part)
	case by == "entry":
		return cmp.Or(r.Entries[part], part)
	}
	return cmp.Or(themes()[part], part)
}

// themes are the names of the themes of pushes.
func themes() map[string]string {
	return map[string]string{"3.8": "“三八”妇女维权", "3.15": "“3·15”消费维权", "12.4": "“12·4”宪法宣传", "反诈": "反电信网络诈骗"}
}

func words() map[string]string {
	return map[string]string{
		"text": "文字", "voice": "语音", "menu": "菜单点击", "click": "菜单点击", "scan": "扫码", "image": "图片", "page": "网页",
		"location": "位置", "video": "视频", "link": "链接", "event": "事件", "other": "其他", "counted": "清点", "estimated": "估计",
	}
}

func shapeName(id string) string {
	for _, s := range stats.Shapes() {
		if s.ID == id {
			return s.Name
		}
	}
	return id
}

func monthLabel(month string) string { return relabel("200601", month, "2006年1月") }

func dayLabel(day string) string { return relabel("20060102", day, "2006年1月2日") }

func relabel(form, text, want string) string {
	t, err := time.Parse(form, text)
	if err != nil {
		return text
	}
	return t.Format(want)
}

// made is the day on which the report is made, in the zone of its period.
func (r Report) made() time.Time { return r.local(r.Now) }

// local is a time in the zone of the period.
func (r Report) local(t time.Time) time.Time { return t.In(r.Period.From.Location()) }

// percent is a share of a whole that both are shown of.
func percent(part, whole stats.Cell) (float64, bool) {
	if part.Hidden || part.Missing || whole.Hidden || whole.Missing || whole.Value == 0 {
		return 0, false
	}
	return 100 * float64(part.Value) / float64(whole.Value), true
}

func percentText(f float64) string { return fmt.Sprintf("%.1f%%", f) }

// shareText is a share in a sentence.
func shareText(f float64) string {
	if f > 0 && f < 0.05 {
		return "不足0.1%"
	}
	return percentText(f)
}
