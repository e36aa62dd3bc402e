package console

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
	"time"

	"pufa/campaign"
	"pufa/report"
	"pufa/stats"
)

// progress is how far a campaign is, for a page and for the script that looks
// again.
type progress struct {
	Status string  `json:"status"`
	Tone   string  `json:"tone"`
	Next   string  `json:"next"`
	Known  bool    `json:"known"` // the program calls one follower after another, and counts
	Done   int64   `json:"done"`
	All    int64   `json:"all"`
	Left   string  `json:"left"` // about how long it still takes
	Fates  []tally `json:"fates"`
}

// tally is one number with its name.
type tally struct {
	Name string `json:"name"`
	N    int64  `json:"n"`
}

// fateNames are the fates in the order in which they are shown.
var fateNames = []struct {
	fate campaign.Fate
	name string
}{
	{campaign.Accepted, "微信已接受"},
	{campaign.Unsent, "还没轮到"},
	{campaign.Begun, "正在发"},
	{campaign.Unfollowed, "已取消关注"},
	{campaign.Refused, "拒收或收回了同意"},
	{campaign.Outside, "超出48小时或条数"},
	{campaign.FailedFate, "其他原因没发成"},
	{campaign.Skipped, "退订或取消，没有发"},
	{campaign.Doubtful, "发没发到不清楚"},
}

// count fills in the numbers, and how long it still takes at the mean speed
// since the campaign began.
func (p *progress) count(c campaign.Campaign, fates campaign.Progress, now time.Time) {
	p.Known = true
	for _, f := range fateNames {
		n := fates[f.fate]
		p.All += n
		if f.fate != campaign.Unsent && f.fate != campaign.Begun {
			p.Done += n
		}
		if n > 0 || f.fate == campaign.Accepted || f.fate == campaign.Unsent {
			p.Fates = append(p.Fates, tally{f.name, n})
		}
	}
	left := time.Duration(-1)
	if took := now.Sub(c.Began); c.Status == campaign.Sending && !c.Began.IsZero() && took > 0 && p.Done > 0 {
		left = time.Duration(float64(took) * float64(p.All-p.Done) / float64(p.Done))
	}
	p.Left = leftOf(left)
}

// campaignProgress is for the script of the campaign's page.
func (v *visit) campaignProgress() error {
	c, _, err := v.asked()
	if err != nil {
		return err
	}
	p, err := v.progressOf(v.r.Context(), c)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	return json.NewEncoder(v.w).Encode(p)
}

// resultPage shows what became of a campaign.
type resultPage struct {
	campaign.Campaign
	URL, Status, Tone string
	Window            string
	Rows              []resultRow
	Open              bool // the window is not over
	Missing           string
	Before            string // questions of the theme in the four weeks before
	Chart             template.HTML
	Weeks             []resultWeek
	NoChart           string
	Formats           []reportFormat // in which it can be fetched; none where there are no figures
}

// resultRow is one figure and how it is counted.
type resultRow struct{ Rule, Name, Value, Counted, Not string }

// resultWeek is a row of the table behind the chart.
type resultWeek struct{ Name, Part, Value string }

func (v *visit) campaignResult() error {
	c, _, err := v.asked()
	if err != nil {
		return err
	}
	p := resultPage{Campaign: c, URL: campaignURL(c.ID), Status: c.Status.Chinese(), Tone: toneOf(c.Status), Open: true}
	p.Window = momentOf(c.Began) + "至" + momentOf(c.Until)
	values := map[string]string{}
	switch {
	case c.Began.IsZero():
		p.Missing = "还没有开始，没有可以统计的。"
	case v.Campaigns.Results == nil:
		p.Missing = "这里没有接统计，只有微信和程序自己记下的发送人数。"
		tallyValues(values, c, c.Sent.Tally)
	default:
		p.Formats = pushFormats()
		if err := v.addFigures(&p, values); err != nil {
			return err
		}
	}
	for _, r := range stats.PushRules() {
		if value, ok := values[r.ID]; ok {
			p.Rows = append(p.Rows, resultRow{r.Number, r.Name, value, r.What, r.Not})
		}
	}
	return v.page("campaign-result", "推送结果："+titleOf(c), p)
}

// pushFormats are the forms in which the results of a campaign are handed out.
func pushFormats() []reportFormat {
	list := reportFormats()
	list[0].Use = "情况报告：文字、表格和图，可以接着改"
	return list
}

// campaignResultFile is what became of a campaign in one form, as the command
// writes it.
func (v *visit) campaignResultFile() error {
	c, _, err := v.asked()
	if err != nil {
		return err
	}
	format := v.r.URL.Query().Get("format")
	write, ok := report.Formats()[format]
	if !ok || c.Began.IsZero() || v.Campaigns.Results == nil {
		return errNoPage
	}
	r, err := v.Campaigns.Results.PushReport(v.r.Context(), c)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := write(&out, r); err != nil {
		return err
	}
	return v.attached("campaign-"+c.ID+"."+format, "主题推送情况报告-"+c.ID+"."+format, out.Bytes())
}

// tallyValues are the figures of what the office did itself, by their names in
// the counting rules. What pushes nothing has none.
func tallyValues(values map[string]string, c campaign.Campaign, t campaign.Tally) {
	if !c.Channel.Pushes() {
		return
	}
	for name, n := range map[string]int64{
		"push_planned": t.Planned, "push_reached": t.Reached, "push_failed": t.Failed,
		"push_filtered": t.Filtered, "push_doubt": t.InDoubt,
	} {
		values[name] = fmt.Sprint(n)
	}
}

// addFigures adds what the platform took and what residents did.
func (v *visit) addFigures(p *resultPage, values map[string]string) error {
	t, f, err := v.Campaigns.Results.PushResults(v.r.Context(), p.Campaign)
	if err != nil {
		return err
	}
	tallyValues(values, p.Campaign, t)
	p.Open = f.Open
	values["push_opened"] = f.Opened.String()
	if p.Channel == campaign.Card {
		values["push_shown"] = f.Shown.String()
	}
	if p.Theme == "" {
		p.NoChart = "这一条没有定专题，所以不比较提问有没有变多。"
		return nil
	}
	values["push_asked"] = f.Asked.String()
	values["push_residents"] = f.Residents.String()
	if f.Open && f.Residents.Missing {
		values["push_residents"] = "窗口结束后才有"
	}
	values["push_lift"] = liftOf(f.Lift)
	if p.Before = f.Before.String(); f.Before.Missing {
		values["push_lift"], p.Before = "不能比（推送以前没有统计）", "没有统计"
	}
	return p.draw(f.Weeks)
}

// liftOf is the change of questions a day in words.
func liftOf(c stats.Change) string {
	switch {
	case !c.Known:
		return "不能比（有一方不足5）"
	case !c.Share:
		return "前四周没有人问过"
	case c.Percent > 0:
		return fmt.Sprintf("日均比前四周多%.1f%%", c.Percent)
	case c.Percent < 0:
		return fmt.Sprintf("日均比前四周少%.1f%%", -c.Percent)
	}
	return "日均和前四周一样"
}

// draw makes the chart of the weeks and the table behind it.
func (p *resultPage) draw(weeks []stats.PushWeek) error {
	if len(weeks) == 0 {
		p.NoChart = "各周的数太小，画出来会让人猜到是谁，所以不画。"
		return nil
	}
	chart := report.Chart{Title: "专题提问，按周", Unit: "条", Shape: report.Columns}
	for _, w := range weeks {
		name := w.Period.From.Format("1月2日") + "起"
		part := "推送期间"
		if w.Before {
			part = "推送以前"
		}
		p.Weeks = append(p.Weeks, resultWeek{name, part, w.Cell.String()})
		chart.Labels = append(chart.Labels, name)
		chart.Values = append(chart.Values, report.ValueOf(w.Cell))
	}
	var b strings.Builder
	if err := report.SVG(&b, chart); err != nil {
		return err
	}
	p.Chart = template.HTML(b.String()) //nolint:gosec // report escapes every text in it
	return nil
}
