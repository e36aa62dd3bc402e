package console

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"pufa/campaign"
	"pufa/staff"
)

const (
	sayKept    = "已存为草稿。请改好文字、选好发给谁，再提交审核。"
	sayHasIt   = "这一条已经存为草稿了。"
	sayNoYear  = "这一年不在日历里，显示的是今年。"
	monthForm  = "2006-01"
	sayConfirm = "请先勾选“我确认发给全部”，再存为草稿。"
)

// calendarPage is a year of campaigns and proposals, as a list.
type calendarPage struct {
	Tabs          []tabLink
	Year          int
	Before, After string // addresses of the years beside it, empty where there is none
	Todo          []calendarRow
	Months        []calendarMonth
	Undated       []calendarRow
	Series        string // only the campaigns of one series are shown
	Trouble       string // what is said above all
	Stopped       string // why nothing at all is sent
	Allow         bool   // the person may let sending go on
	Why           string // typed for that
	Group         *seriesGroup
	Write         bool
}

// tabLink is one of the ways to look at campaigns.
type tabLink struct {
	Name, URL string
	Here      bool
}

// calendarMonth is a month of the list.
type calendarMonth struct {
	Name, URL string
	Rows      []calendarRow
}

// calendarRow is a campaign, a proposal, or the proposals of one pack together.
type calendarRow struct {
	Due      time.Time
	Day      string
	Title    string
	URL      string
	Channel  string
	Status   string
	Tone     string
	Proposal bool
	Note     string
	count    int // of the drafts of a pack
}

// calendarList shows a year as a list, or one series.
func (v *visit) calendarList() error {
	return v.listAgain(http.StatusOK, "", v.r.URL.Query().Get("series"), nil)
}

// listAgain shows the list with why something was not done; set adds what was
// typed for it.
func (v *visit) listAgain(status int, problem, series string, set func(*calendarPage)) error {
	all, err := v.campaigns()
	if err != nil {
		return err
	}
	year, ok := v.yearAsked()
	p := calendarPage{Year: year, Write: v.mayWrite(), Tabs: v.calendarTabs("list", year), Todo: v.todo(all)}
	if !ok {
		p.Trouble = sayNoYear
	}
	if v.Campaigns.Sending != nil {
		if p.Stopped, err = v.Campaigns.Sending.Stopped(v.r.Context()); err != nil {
			return err
		}
		p.Allow = v.who.May(staff.Publisher)
	}
	if p.Series = series; p.Series != "" {
		p.Todo = nil
		all = slices.DeleteFunc(all, func(c campaign.Campaign) bool { return c.Series != p.Series })
		if p.Group, err = v.seriesGroup(series, all); err != nil {
			return err
		}
	}
	rows := rowsOf(all)
	if p.Series == "" {
		proposals, err := v.proposals(year, all)
		if err != nil {
			return err
		}
		rows = append(rows, proposals...)
	}
	p.fill(rows)
	p.Before, p.After = yearURL(year-1), yearURL(year+1)
	if set != nil {
		set(&p)
	}
	return v.render(status, "campaign-list", frame{Title: "主题推送", Problem: problem, Page: p})
}

// campaigns are all that there are, by due time.
func (v *visit) campaigns() ([]campaign.Campaign, error) {
	return v.Campaigns.Desk.List(v.r.Context(), v.actor(), campaign.Filter{})
}

// yearAsked is the year of the address, or this one.
func (v *visit) yearAsked() (year int, ok bool) {
	now := v.Now().In(campaign.Zone).Year()
	text := v.r.URL.Query().Get("year")
	if text == "" {
		return now, true
	}
	year, err := strconv.Atoi(text)
	if err != nil || year < campaign.FirstYear || year > campaign.LastYear {
		return now, false
	}
	return year, true
}

// yearURL is the list of a year, or nothing where the calendar ends.
func yearURL(year int) string {
	if year < campaign.FirstYear || year > campaign.LastYear {
		return ""
	}
	return campaignsPath + "?year=" + strconv.Itoa(year)
}

func (v *visit) calendarTabs(here string, year int) []tabLink {
	month := v.Now().In(campaign.Zone)
	if year != month.Year() {
		month = time.Date(year, time.January, 1, 0, 0, 0, 0, campaign.Zone)
	}
	list := []tabLink{
		{"全年列表", yearURL(year), here == "list"},
		{"月历", monthURL(month), here == "month"},
		{"资料包", campaignsPath + "/packs?year=" + strconv.Itoa(year), here == "packs"},
	}
	return list
}

func monthURL(t time.Time) string { return campaignsPath + "/month?month=" + t.Format(monthForm) }

// fill sorts the rows into the months of the year.
func (p *calendarPage) fill(rows []calendarRow) {
	slices.SortStableFunc(rows, func(a, b calendarRow) int { return a.Due.Compare(b.Due) })
	for _, r := range rows {
		switch due := r.Due.In(campaign.Zone); {
		case r.Due.IsZero():
			p.Undated = append(p.Undated, r)
		case p.Series == "" && due.Year() != p.Year:
		default:
			name := due.Format("2006年1月")
			if n := len(p.Months); n == 0 || p.Months[n-1].Name != name {
				p.Months = append(p.Months, calendarMonth{Name: name, URL: monthURL(due)})
			}
			last := &p.Months[len(p.Months)-1]
			last.Rows = append(last.Rows, r)
		}
	}
}

func rowsOf(list []campaign.Campaign) (rows []calendarRow) {
	for _, c := range list {
		rows = append(rows, calendarRow{
			Due: c.Due, Day: dayOf(c.Due), Title: titleOf(c), URL: campaignURL(c.ID), Channel: channelOf(c.Channel),
			Status: c.Status.Chinese(), Tone: toneOf(c.Status),
		})
	}
	return rows
}

// dayOf is a day and hour within a year.
func dayOf(t time.Time) string {
	if t.IsZero() {
		return "没有定"
	}
	t = t.In(campaign.Zone)
	return t.Format("1月2日") + " " + weekdays[t.Weekday()] + " " + t.Format("15:04")
}

// todo are the campaigns that wait for somebody with this person's roles.
func (v *visit) todo(all []campaign.Campaign) (rows []calendarRow) {
	var mine []campaign.Campaign
	for _, c := range all {
		if waitsFor(c, v.who, v.Campaigns.Desk.Rules().OnePerson) {
			mine = append(mine, c)
		}
	}
	rows = rowsOf(mine)
	for i, c := range mine {
		rows[i].Note = todoNotes[c.Status]
	}
	return rows
}

var todoNotes = map[campaign.Status]string{
	campaign.Submitted: "等您审核", campaign.Approved: "等您排期", campaign.InDoubt: "等您核实", campaign.Draft: "被退回，等您修改",
}

// plan is what the calendar proposes for a year, from now on.
func (v *visit) plan(year int) ([]campaign.Proposal, error) {
	list, err := campaign.Propose(year, v.Campaigns.Library(), campaign.Options{
		Author: v.who.Name, Account: v.Campaigns.Desk.Rules().Account, From: v.Now(),
	})
	if err != nil {
		return nil, fmt.Errorf("propose campaigns: %w", err)
	}
	return list, nil
}

// proposals are the rows of what the calendar proposes and nobody kept yet. The
// drafts of a pack are one row.
func (v *visit) proposals(year int, all []campaign.Campaign) (rows []calendarRow, err error) {
	list, err := v.plan(year)
	if err != nil {
		return nil, err
	}
	kept := map[string]bool{}
	for _, c := range all {
		kept[c.ID] = true
	}
	packs := map[string]int{} // pack → its row
	for _, p := range list {
		c := p.Campaign
		if kept[c.ID] || c.Due.IsZero() && year < v.Now().In(campaign.Zone).Year() {
			continue
		}
		row := calendarRow{
			Due: c.Due, Day: dayOf(c.Due), Title: c.Title, Channel: c.Channel.Chinese(), Status: "建议", Proposal: true,
			URL: campaignsPath + "/proposal?" + url.Values{"year": {strconv.Itoa(year)}, "id": {c.ID}}.Encode(),
		}
		if c.Pack != "" {
			if at, ok := packs[c.Pack]; ok {
				rows[at].count++
				continue
			}
			packs[c.Pack] = len(rows)
			row.URL = packURL(c.Pack, year)
			row.Title = v.packName(c, year)
			row.Channel, row.Note, row.count = "整组", "资料包", 1
		}
		if p.Occurrence.Awaits {
			row.Note = "日期待当年通知"
		}
		rows = append(rows, row)
	}
	for i, r := range rows {
		if r.count > 0 {
			rows[i].Note = fmt.Sprintf("资料包，%d条还没有存", r.count)
		}
	}
	return rows, nil
}

// packName is the title of a pack's row.
func (v *visit) packName(c campaign.Campaign, year int) string {
	if pack, ok := v.Campaigns.Library().Pack(c.Pack); ok {
		return fmt.Sprintf("%d年%s", year, pack.Name)
	}
	return c.Title
}

func packURL(id string, year int) string {
	return campaignsPath + "/pack?" + url.Values{"id": {id}, "year": {strconv.Itoa(year)}}.Encode()
}

// monthPage is a month as a grid.
type monthPage struct {
	Tabs          []tabLink
	Name          string
	Before, After string
	BeforeName    string
	AfterName     string
	Days          []string
	Weeks         [][]monthDay
	Empty         bool
	Write         bool
}

// monthDay is one day of the grid.
type monthDay struct {
	Number int
	Name   string // 3月8日 周一, for whoever sees no grid
	Other  bool   // of another month
	Today  bool
	Rows   []calendarRow
}

// calendarMonth shows a month as a grid of weeks from Monday on.
func (v *visit) calendarMonth() error {
	first := v.monthAsked()
	all, err := v.campaigns()
	if err != nil {
		return err
	}
	rows := rowsOf(all)
	proposals, err := v.proposals(first.Year(), all)
	if err != nil {
		return err
	}
	p := monthPage{Tabs: v.calendarTabs("month", first.Year()), Name: first.Format("2006年1月"), Write: v.mayWrite()}
	before, after := first.AddDate(0, -1, 0), first.AddDate(0, 1, 0)
	if before.Year() >= campaign.FirstYear {
		p.Before, p.BeforeName = monthURL(before), before.Format("1月")
	}
	if after.Year() <= campaign.LastYear {
		p.After, p.AfterName = monthURL(after), after.Format("1月")
	}
	p.Weeks = weeksOf(first, v.Now(), append(rows, proposals...))
	p.Days = slices.Concat(weekdays[1:], weekdays[:1])
	p.Empty = !slices.ContainsFunc(p.Weeks, func(week []monthDay) bool {
		return slices.ContainsFunc(week, func(d monthDay) bool { return len(d.Rows) > 0 })
	})
	return v.page("campaign-month", "主题推送：月历", p)
}

// monthAsked is the first day of the month of the address, or of this one.
func (v *visit) monthAsked() time.Time {
	t, err := time.ParseInLocation(monthForm, v.r.URL.Query().Get("month"), campaign.Zone)
	if err != nil || t.Year() < campaign.FirstYear || t.Year() > campaign.LastYear {
		now := v.Now().In(campaign.Zone)
		return time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, campaign.Zone)
	}
	return t
}

// weeksOf are the weeks of the month that begins with first.
func weeksOf(first, now time.Time, rows []calendarRow) (weeks [][]monthDay) {
	byDay := map[string][]calendarRow{}
	slices.SortStableFunc(rows, func(a, b calendarRow) int { return cmp.Or(a.Due.Compare(b.Due), strings.Compare(a.Title, b.Title)) })
	for _, r := range rows {
		day := r.Due.In(campaign.Zone).Format(dayForm)
		byDay[day] = append(byDay[day], r)
	}
	today := now.In(campaign.Zone).Format(dayForm)
	day := first.AddDate(0, 0, -(int(first.Weekday())+6)%7)
	for last := first.AddDate(0, 1, 0); day.Before(last); {
		var week []monthDay
		for range 7 {
			name := day.Format(dayForm)
			d := monthDay{Number: day.Day(), Name: day.Format("1月2日") + " " + weekdays[day.Weekday()], Other: day.Month() != first.Month(), Today: name == today}
			if !d.Other {
				d.Rows = byDay[name]
			}
			week = append(week, d)
			day = day.AddDate(0, 0, 1)
		}
		weeks = append(weeks, week)
	}
	return weeks
}

// proposalPage is one proposal and why it is made.
type proposalPage struct {
	campaign.Proposal
	Year  int
	Facts []fact
	Basis []entryLink
	Phone phone
	Write bool
	Kept  string // where it is, when it was kept already
}

// proposed finds the proposal that a request names.
func (v *visit) proposed(yearText, id string) (campaign.Proposal, int, error) {
	year, err := yearOf(yearText)
	if err != nil {
		return campaign.Proposal{}, 0, err
	}
	list, err := v.plan(year)
	if err != nil {
		return campaign.Proposal{}, 0, err
	}
	for _, p := range list {
		if p.Campaign.ID == id {
			return p, year, nil
		}
	}
	return campaign.Proposal{}, 0, errNoPage
}

// yearOf reads a year of the calendar.
func yearOf(text string) (int, error) {
	year, err := strconv.Atoi(text)
	if err != nil || year < campaign.FirstYear || year > campaign.LastYear {
		return 0, errNoPage
	}
	return year, nil
}

func (v *visit) proposal() error {
	q := v.r.URL.Query()
	p, year, err := v.proposed(q.Get("year"), q.Get("id"))
	if err != nil {
		return err
	}
	return v.showProposal(http.StatusOK, "", p, year)
}

func (v *visit) showProposal(status int, problem string, p campaign.Proposal, year int) error {
	c := p.Campaign
	page := proposalPage{Proposal: p, Year: year, Basis: v.entryLinks(c.Uses()), Phone: v.phoneOf(c, false), Write: v.mayWrite()}
	page.Facts = []fact{{"渠道", channelOf(c.Channel)}, {"发给", v.audienceOf(c)}, {"推送时间", momentOf(c.Due)}, {"结束时间", momentOf(c.Until)}}
	switch _, _, err := v.Campaigns.Desk.Show(v.r.Context(), v.actor(), c.ID); {
	case err == nil:
		page.Kept = campaignURL(c.ID)
	case !errors.Is(err, campaign.ErrUnknown):
		return err
	}
	return v.render(status, "campaign-proposal", frame{Title: "建议：" + c.Title, Problem: problem, Page: page})
}

// keepProposal keeps a proposal as a draft. Its id depends on year and day
// alone, so that a second click keeps no second one.
func (v *visit) keepProposal() error {
	p, year, err := v.proposed(v.form("year"), v.form("id"))
	if err != nil {
		return err
	}
	if p.Campaign.Audience.Scope == campaign.Everyone && v.form("sure") == "" {
		return v.showProposal(http.StatusUnprocessableEntity, sayConfirm, p, year)
	}
	made, err := v.Campaigns.Desk.Create(v.r.Context(), v.actor(), p.Campaign)
	switch status := campaignStatus(err); {
	case errors.Is(err, campaign.ErrChanged):
		return v.done(campaignURL(p.Campaign.ID), sayHasIt)
	case status != 0:
		return v.showProposal(status, sayOf(err), p, year)
	case err != nil:
		return err
	}
	return v.done(campaignURL(made[0].ID), sayKept)
}
