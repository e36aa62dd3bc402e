package console

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"pufa/report"
	"pufa/staff"
	"pufa/stats"
)

const activityPath = Path + "/activities"

// Activities is the register of what the office did.
type Activities interface {
	Activities(ctx context.Context) (*stats.Register, error)
	// KeepActivity appends the line that make makes, with its step of the trail;
	// it may ask make more than once.
	KeepActivity(ctx context.Context, make func(*stats.Register) (stats.ActivityLine, error)) (stats.ActivityLine, error)
}

// What is said about activities.
const (
	sayOwnActivity   = "这一项是您登记或更正的，请另一位有“审核”角色的工作人员核实。"
	sayLateActivity  = "这一项刚刚被更正过，没有核实。请看过现在的内容再核实。"
	sayMonthEntered  = "这个月的件数已经登记过了，请打开那一项更正。"
	sayLateWithdraw  = "这一项刚刚被更正过，没有撤销。请看过现在的内容再决定。"
	sayNotTaken      = "没有登记：请改正标出的地方。"
	sayActivityMoved = "您填写的时候，别人已经更正过这一项，您的更正没有保存。下面是您填的内容，旁边是现在的内容；核对后再按一次“更正”。"
)

func (c *Console) activityRoutes() []route {
	if c.Activities == nil {
		return nil
	}
	return []route{
		{pattern: "GET " + activityPath, do: (*visit).activityList},
		{pattern: "GET " + activityPath + "/file", do: (*visit).activityFile},
		{pattern: "GET " + activityPath + "/new", role: staff.Editor, do: (*visit).activityNew},
		{pattern: "POST " + activityPath + "/new", role: staff.Editor, do: (*visit).activityEnter},
		{pattern: "GET " + activityPath + "/{number}", do: (*visit).activityOne},
		{pattern: "GET " + activityPath + "/{number}/correct", role: staff.Editor, do: (*visit).activityForm},
		{pattern: "POST " + activityPath + "/{number}/correct", role: staff.Editor, do: (*visit).activityCorrect},
		{pattern: "POST " + activityPath + "/{number}/withdraw", role: staff.Editor, do: (*visit).activityWithdraw},
		{pattern: "POST " + activityPath + "/{number}/confirm", role: staff.Reviewer, do: (*visit).activityConfirm},
	}
}

func (c *Console) activityNav() []section {
	if c.Activities == nil {
		return nil
	}
	return []section{{Name: "活动", URL: activityPath}}
}

// activityRow is an activity as the pages show it.
type activityRow struct {
	Number                                                 int64
	URL, On, Kind, Place, Theme, Quantity, People, Handout string
	Ref, By, At, Confirmed                                 string
	Corrections                                            int
	Monthly, IsConfirmed                                   bool
}

func (v *visit) activityRowOf(e stats.Entered) activityRow {
	kind, _ := stats.KindOf(e.Kind)
	row := activityRow{
		Number: e.Number, URL: fmt.Sprintf("%s/%d", activityPath, e.Number), On: e.On, Kind: e.Kind, Place: e.Place,
		Theme: themeLabel(e.Theme), Quantity: fmt.Sprint(e.Quantity, kind.Unit), People: "未登记", Handout: e.Material, Ref: e.Ref,
		By: e.By, At: v.local(e.At).Format("2006-01-02 15:04"), Confirmed: e.ConfirmedBy, Corrections: e.Corrections,
		Monthly: kind.Monthly, IsConfirmed: e.ConfirmedBy != "",
	}
	if e.People > 0 {
		row.People = fmt.Sprint(e.People, "人次")
	}
	if e.Estimated {
		row.People += "（估计）"
	}
	if e.Items > 0 {
		row.Handout += fmt.Sprint(e.Items, "份")
	}
	if kind.Monthly {
		row.Quantity, row.People = fmt.Sprintf("受理%d件，成功%d件", e.Accepted, e.Succeeded), ""
	}
	return row
}

// local is a time as staff read it.
func (v *visit) local(t time.Time) time.Time { return t.In(inShanghai(v.Now()).Location()) }

// inShanghai is a moment in the zone whose days are counted.
func inShanghai(t time.Time) time.Time { return t.In(stats.MonthToDate(t).From.Location()) }

// activityMonth is a month's page of the register.
type activityMonth struct {
	Month, Label, Before, After string
	Rows                        []activityRow
	Counts                      []monthlyCount
	Unconfirmed                 int
	MayEnter                    bool
}

// monthlyCount is the month's line of mediation or legal aid, or its absence.
type monthlyCount struct {
	Kind, New string
	Row       *activityRow
}

func (v *visit) activityList() error {
	p, err := v.activityPeriod()
	if err != nil {
		return err
	}
	register, err := v.Activities.Activities(v.r.Context())
	if err != nil {
		return err
	}
	page := activityMonth{
		Month: p.From.Format("2006-01"), Label: p.Label(), MayEnter: v.who.May(staff.Editor),
		Before: p.Before().From.Format("2006-01"),
	}
	if next := p.To.AddDate(0, 0, 1); !next.After(v.Now()) {
		page.After = next.Format("2006-01")
	}
	monthly := map[string]*activityRow{}
	for _, e := range register.List() {
		if !strings.HasPrefix(e.On, page.Month) {
			continue
		}
		row := v.activityRowOf(e)
		if !row.IsConfirmed {
			page.Unconfirmed++
		}
		if row.Monthly {
			monthly[row.Kind] = &row
		} else {
			page.Rows = append(page.Rows, row)
		}
	}
	for _, kind := range []string{stats.Mediation, stats.LegalAid} {
		page.Counts = append(page.Counts, monthlyCount{
			Kind: kind, Row: monthly[kind], New: activityPath + "/new?" + queryOf("kind", kind, "on", page.Month),
		})
	}
	return v.page("activity-list", page.Label+"线下活动", page)
}

// activityPeriod is the month that is asked for, this one where none is.
func (v *visit) activityPeriod() (stats.Period, error) {
	month := v.r.URL.Query().Get("month")
	if month == "" {
		month = inShanghai(v.Now()).Format("2006-01")
	}
	p, err := stats.ParseMonth(month)
	if err != nil || p.From.Year() < firstYear || p.From.Year() > lastYear {
		return p, errNoPage
	}
	return p, nil
}

// The years that pages of figures and activities have.
const (
	firstYear = 2020
	lastYear  = 2100
)

// activityFile is the register of a month or a year as CSV.
func (v *visit) activityFile() error {
	from := v.r.URL.Query().Get("year")
	if from == "" {
		p, err := v.activityPeriod()
		if err != nil {
			return err
		}
		from = p.From.Format("2006-01")
	} else if _, err := time.Parse("2006", from); err != nil {
		return errNoPage
	}
	register, err := v.Activities.Activities(v.r.Context())
	if err != nil {
		return err
	}
	rows := [][]string{{
		"编号", "日期", "种类", "地点", "主题", "数量", "单位", "人次", "人次依据", "资料", "份数", "受理", "成功", "凭证", "登记", "登记时间", "核实", "更正次数",
	}}
	for _, e := range register.List() {
		if strings.HasPrefix(e.On, from) {
			rows = append(rows, v.fileRow(e))
		}
	}
	var out bytes.Buffer
	if err := report.Rows(&out, rows); err != nil {
		return err
	}
	return v.attached("activities-"+from+".csv", "线下活动台账-"+from+".csv", out.Bytes())
}

func (v *visit) fileRow(e stats.Entered) []string {
	kind, _ := stats.KindOf(e.Kind)
	number := func(n int64, there bool) string {
		if !there {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	basis := ""
	if e.People > 0 {
		basis = "清点"
	}
	if e.Estimated {
		basis = "估计"
	}
	row := []string{
		strconv.FormatInt(e.Number, 10), e.On, e.Kind, e.Place, e.Theme, number(e.Quantity, !kind.Monthly), kind.Unit,
		number(e.People, e.People > 0), basis, e.Material, number(e.Items, e.Items > 0), number(e.Accepted, kind.Monthly),
		number(e.Succeeded, kind.Monthly), e.Ref, e.By, v.local(e.At).Format("2006-01-02 15:04"), e.ConfirmedBy, strconv.Itoa(e.Corrections),
	}
	for i := range row {
		row[i] = report.Guard(row[i])
	}
	return row
}

// activityCard is the page of one activity.
type activityCard struct {
	activityRow
	Seen                              int64
	MayCorrect, MayConfirm, OwnedByMe bool
	Back                              string
}

func (v *visit) activityOne() error {
	e, err := v.activity()
	if err != nil {
		return err
	}
	return v.page("activity-one", activityTitle(e), v.activityCardOf(e))
}

func activityTitle(e stats.Entered) string { return fmt.Sprintf("第%d号：%s", e.Number, e.Kind) }

func (v *visit) activityCardOf(e stats.Entered) activityCard {
	return activityCard{
		activityRow: v.activityRowOf(e), Seen: e.Line, MayCorrect: v.who.May(staff.Editor), Back: activityPath + "?month=" + e.On[:len("2006-01")],
		MayConfirm: v.who.May(staff.Reviewer) && e.By != v.who.Name && e.ConfirmedBy == "", OwnedByMe: e.By == v.who.Name,
	}
}

// activity is the one that the address names.
func (v *visit) activity() (stats.Entered, error) {
	number, err := v.activityNumber()
	if err != nil {
		return stats.Entered{}, err
	}
	register, err := v.Activities.Activities(v.r.Context())
	if err != nil {
		return stats.Entered{}, err
	}
	return register.Get(number)
}

func (v *visit) activityNumber() (int64, error) {
	n, err := strconv.ParseInt(v.r.PathValue("number"), 10, 64)
	if err != nil || n < 1 {
		return 0, errNoPage
	}
	return n, nil
}

func (v *visit) seenLine() int64 {
	n, err := strconv.ParseInt(v.form("seen"), 10, 64)
	if err != nil || n < 1 {
		return -1 // no line has this number
	}
	return n
}

func (v *visit) activityConfirm() error {
	number, err := v.activityNumber()
	if err != nil {
		return err
	}
	again := false
	_, err = v.Activities.KeepActivity(v.r.Context(), func(r *stats.Register) (stats.ActivityLine, error) {
		e, err := r.Get(number)
		if again = err == nil && e.ConfirmedBy == v.who.Name; again {
			return stats.ActivityLine{}, errTwice
		}
		return r.Confirm(v.who.Name, v.Now(), number, v.seenLine())
	})
	switch {
	case errors.Is(err, stats.ErrSelfConfirm):
		return v.activityRefused(http.StatusForbidden, sayOwnActivity)
	case errors.Is(err, stats.ErrCorrected):
		return v.activityRefused(http.StatusConflict, sayLateActivity)
	case err != nil && !again:
		return err
	}
	return v.done(fmt.Sprintf("%s/%d", activityPath, number), fmt.Sprintf("第%d号已核实。", number))
}

// errTwice ends a deed that was done a moment ago.
var errTwice = errors.New("this was done already")

// activityRefused shows the activity as it is, and why nothing was done.
func (v *visit) activityRefused(status int, problem string) error {
	e, err := v.activity()
	if err != nil {
		return err
	}
	return v.render(status, "activity-one", frame{Title: activityTitle(e), Problem: problem, Page: v.activityCardOf(e)})
}

func (v *visit) activityWithdraw() error {
	number, err := v.activityNumber()
	if err != nil {
		return err
	}
	var was stats.Entered
	_, err = v.Activities.KeepActivity(v.r.Context(), func(r *stats.Register) (stats.ActivityLine, error) {
		if was, err = r.Get(number); err != nil {
			return stats.ActivityLine{}, err
		}
		if was.Line != v.seenLine() {
			return stats.ActivityLine{}, stats.ErrCorrected
		}
		return r.Withdraw(v.who.Name, v.Now(), number, v.form("why"))
	})
	switch why := stats.FieldErrors(err)["why"]; {
	case errors.Is(err, stats.ErrCorrected):
		return v.activityRefused(http.StatusConflict, sayLateWithdraw)
	case why != "":
		return v.activityRefused(http.StatusUnprocessableEntity, "没有撤销。原因："+why)
	case err != nil:
		return err
	}
	return v.done(activityPath+"?month="+was.On[:len("2006-01")], fmt.Sprintf("第%d号已撤销，不再计入任何数字；原来的登记仍留在台账里。", number))
}

// themeLabel is a theme as staff read it.
func themeLabel(theme string) string {
	i := slices.IndexFunc(knownThemes(), func(t activityChoice) bool { return t.Value == theme })
	if i < 0 {
		return theme
	}
	return knownThemes()[i].Label
}

// WaitingActivities tell of activities that nobody has confirmed.
type WaitingActivities struct{ Register Activities }

// Waiting counts those that somebody with the role 审核 may confirm.
func (w WaitingActivities) Waiting(ctx context.Context, who staff.Account) ([]Wait, error) {
	if !who.May(staff.Reviewer) {
		return nil, nil
	}
	register, err := w.Register.Activities(ctx)
	if err != nil {
		return nil, err
	}
	wait := Wait{Name: "待核实的活动", Text: "登记人以外的人核实后，报告里才算“已核实”。"}
	for _, e := range register.List() {
		if e.ConfirmedBy == "" && e.By != who.Name {
			wait.Count++
			wait.URL = activityPath + "?month=" + e.On[:len("2006-01")]
		}
	}
	return []Wait{wait}, nil
}
