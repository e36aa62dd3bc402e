package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"pufa/campaign"
	"pufa/stats"
)

// campaignShow prints one campaign with its figures, or all of a theme.
func (p program) campaignShow(ctx context.Context, args []string) error {
	f := p.newCampaignFlags("show", "[--theme T [--year Y]] | ID", "")
	theme := f.String("theme", "", "all of a `theme` together: 3.8, 3.15, 12.4, 反诈")
	year := f.Int("year", 0, "with --theme: only those of a `year`")
	if err := f.parse(args, 1); err != nil {
		return shown(err)
	}
	if (*theme == "") == (f.NArg() == 0) {
		return usagef("campaign show: want one ID, or --theme T")
	}
	return p.atCampaigns(ctx, f, func(p program, d pushDesk) error {
		if *theme != "" {
			return p.showTheme(ctx, d, *theme, *year)
		}
		c, problems, err := d.Show(ctx, d.who, f.Arg(0))
		if err != nil {
			return err
		}
		printHead(p.stdout, c)
		printWords(p.stdout, c)
		if !c.Pushed() {
			return p.showPlan(ctx, d, c, problems)
		}
		r, err := d.resultsOf(ctx, c)
		if err != nil {
			return err
		}
		return printResults(p.stdout, c, r)
	})
}

func printHead(w io.Writer, c campaign.Campaign) {
	rows := [][2]string{
		{"名称", c.Title},
		{"编号", c.ID},
		{"状态", c.Status.Chinese() + reasonText(c)},
		{"专题", c.Theme},
		{"渠道", c.Channel.Chinese()},
		{"对象", audienceText(c.Audience)},
		{"推送时间", dueText(c)},
		{"作者", join(c.Writers)},
		{"审核", approvalText(c)},
	}
	if !c.Until.IsZero() {
		rows = append(rows, [2]string{"窗口结束", minuteText(c.Until)})
	}
	for _, row := range rows {
		if row[1] != "" {
			fmt.Fprintf(w, "%s：%s\n", row[0], row[1])
		}
	}
}

func reasonText(c campaign.Campaign) string {
	if c.Reason == "" {
		return ""
	}
	return "（" + c.Reason + "）"
}

func audienceText(a campaign.Audience) string {
	switch a.Scope {
	case campaign.Everyone:
		return "全部关注者"
	case campaign.ByTag:
		return fmt.Sprintf("标签%d", a.Tag)
	case campaign.ByTopic:
		return "订阅了「" + a.Topic + "」的关注者"
	}
	return "没有选"
}

func approvalText(c campaign.Campaign) string {
	if c.Approval == nil {
		return ""
	}
	return c.Approval.By + " " + minuteText(c.Approval.At) + aloneText(c)
}

// printWords shows what residents read.
func printWords(w io.Writer, c campaign.Campaign) {
	for i, a := range c.Articles {
		fmt.Fprintf(w, "\n—— 第%d篇：%s\n%s\n%s\n", i+1, a.Title, a.Digest, a.Body)
	}
	if c.Text != "" {
		fmt.Fprintf(w, "\n—— 正文（%d字节）\n%s\n", len(c.Text), c.Text)
	}
	if uses := c.Uses(); len(uses) > 0 {
		fmt.Fprintf(w, "\n依据条目：%s\n", join(uses))
	}
}

// showPlan says what a campaign that did not begin would reach and cost, and
// what stands in its way.
func (p program) showPlan(ctx context.Context, d pushDesk, c campaign.Campaign, problems []campaign.Problem) error {
	fmt.Fprintf(p.stdout, "校验码：%s（审核时填写，内容一改就变）\n", seenCode(c))
	for _, problem := range problems {
		word := "还不能提交"
		if problem.Weight == campaign.Warning {
			word = "提醒"
		}
		fmt.Fprintf(p.stdout, "%s：%s。\n", word, problem.Text)
	}
	if c.Status.Over() {
		return nil
	}
	list, err := d.Reach(ctx, c)
	if err != nil {
		return err
	}
	fmt.Fprintln(p.stdout, "\n各渠道能到谁、要占什么：")
	table := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	for _, r := range list {
		people, cost := "人数未知", r.Cost
		if r.People >= 0 {
			people = fmt.Sprintf("%d人", r.People)
		}
		if !r.Possible {
			people, cost = "不能用", r.Why
		} else if !r.Channel.Pushes() {
			people = "来的人"
		}
		fmt.Fprintf(table, "  %s\t%s\t%s\n", r.Channel.Chinese(), people, cost)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if _, why, ok := campaign.Fallback(list, c.Channel); ok {
		fmt.Fprintln(p.stdout, "  "+why)
	}
	return nil
}

// results are the figures of a campaign that began.
type results struct {
	tally   campaign.Tally
	figures stats.PushFigures
}

// resultsOf reads them.
func (d pushDesk) resultsOf(ctx context.Context, c campaign.Campaign) (r results, err error) {
	if r.tally, err = tallyOf(ctx, d.store, c); err != nil {
		return r, err
	}
	r.figures, err = stats.GatherPush(ctx, d.store, pushOf(c), d.now())
	return r, err
}

// printResults prints counts, comparison and chart.
func printResults(w io.Writer, c campaign.Campaign, r results) error {
	f := r.figures
	fmt.Fprintf(w, "\n—— 结果（%s）\n", openText(f.Open))
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	row := func(rule, name string, value any) { fmt.Fprintf(table, "%s\t%s\t%v\n", rule, name, value) }
	if c.Channel != campaign.Card && c.Channel != campaign.Publish {
		row("K29", "推送对象", r.tally.Planned)
		row("K30", "送达", r.tally.Reached)
		row("K31", "失败", r.tally.Failed)
		row("K32", "未发", r.tally.Filtered)
		row("K33", "待核实", r.tally.InDoubt)
	}
	row("K34", "打开网页", f.Opened)
	if c.Channel == campaign.Card {
		row("K35", "对话卡片出示", f.Shown)
	}
	row("K36", "窗口内专题提问", f.Asked)
	row("K37", "窗口内专题提问居民", f.Residents)
	row("", "开始前四周专题提问", f.Before)
	row("K38", "日均提问变化", liftText(f))
	if err := table.Flush(); err != nil {
		return err
	}
	printChart(w, f.Weeks)
	return nil
}

func openText(open bool) string {
	if open {
		return "窗口还没有结束，数字会变"
	}
	return "窗口已结束"
}

func liftText(f stats.PushFigures) string {
	switch {
	case !f.Lift.Known:
		return "不算"
	case !f.Lift.Share:
		return "此前四周没有人问"
	}
	return fmt.Sprintf("%+.1f%%", f.Lift.Percent)
}

// chartWidth is the longest bar of a chart, in characters.
const chartWidth = 30

// printChart draws the weeks before and in the window. What is hidden has no
// bar.
func printChart(w io.Writer, weeks []stats.PushWeek) {
	most := int64(1)
	for _, week := range weeks {
		most = max(most, week.Value)
	}
	if len(weeks) > 0 {
		fmt.Fprintln(w, "\n专题提问，按周：")
	}
	for _, week := range weeks {
		mark := "窗口内"
		if week.Before {
			mark = "推送前"
		}
		bar := strings.Repeat("█", int(week.Value*chartWidth/most))
		fmt.Fprintf(w, "  %s %s至%s │%s %s\n", mark, week.Period.From.Format("01-02"), week.Period.To.Format("01-02"), bar, week)
	}
}

// showTheme prints the campaigns of a theme side by side, with the sums of what
// may be added up.
func (p program) showTheme(ctx context.Context, d pushDesk, theme string, year int) error {
	list, err := d.List(ctx, d.who, filterOf(theme, year))
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "编号\t状态\t渠道\t推送时间\t对象\t送达\t失败\t未发\t待核实\t打开\t卡片\t窗口内提问\t提问居民")
	var sum campaign.Tally
	began := 0
	for _, c := range list {
		if !c.Pushed() {
			continue
		}
		r, err := d.resultsOf(ctx, c)
		if err != nil {
			return err
		}
		t, f := r.tally, r.figures
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\t%s\t%s\n", c.ID, c.Status.Chinese(), c.Channel.Chinese(),
			minuteText(c.Began), t.Planned, t.Reached, t.Failed, t.Filtered, t.InDoubt, f.Opened, f.Shown, f.Asked, f.Residents)
		began++
		sum.Planned, sum.Reached, sum.Failed = sum.Planned+t.Planned, sum.Reached+t.Reached, sum.Failed+t.Failed
		sum.Filtered, sum.InDoubt = sum.Filtered+t.Filtered, sum.InDoubt+t.InDoubt
	}
	fmt.Fprintf(table, "合计\t%d次\t\t\t%d\t%d\t%d\t%d\t%d\t\t\t\t\n", began, sum.Planned, sum.Reached, sum.Failed, sum.Filtered, sum.InDoubt)
	if err := table.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "专题「%s」%s。窗口重叠的提问会重复出现在几次推送里，居民可能重复，所以不加总。\n", theme, cmp.Or(yearText(year), "全部年份"))
	return err
}

func yearText(year int) string {
	if year == 0 {
		return ""
	}
	return fmt.Sprintf("%d年", year)
}
