package api

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"pufa/campaign"
	"pufa/content"
	"pufa/report"
	"pufa/stats"
)

// The sizes of a page of a list.
const (
	usualLimit = 50
	mostLimit  = 100
)

// figures are those of a period, as `pufa report --format json` writes them.
// Of days, weeks and other stretches the splits are left out in which small
// numbers are hidden: a program could take so many tables from each other that
// what each hides would be told (docs/统计口径.md).
func (c *call) figures() (answer, error) {
	p, err := c.period()
	if err != nil {
		return answer{}, err
	}
	r, err := c.Figures.Look(c.r.Context(), p)
	if err != nil {
		return answer{}, err
	}
	if !p.WholeMonths() {
		r.Figures, r.Pushes = stats.TotalsOnly(r.Figures), nil
	}
	return figuresOf(r)
}

// ofCampaign are the figures of one campaign, as `pufa report --campaign ID`
// writes them.
func (c *call) ofCampaign() (answer, error) {
	one, err := c.began(c.r.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	r, err := c.Campaigns.PushReport(c.r.Context(), one)
	if err != nil {
		return answer{}, err
	}
	return figuresOf(r)
}

// began is a campaign that began.
func (c *call) began(id string) (campaign.Campaign, error) {
	one, err := c.Campaigns.Campaign(c.r.Context(), id)
	if errors.Is(err, campaign.ErrUnknown) || err == nil && (!shows(one) || one.Began.IsZero()) {
		return one, errNone
	}
	return one, err
}

func figuresOf(r report.Report) (answer, error) {
	p := r.Period
	var body, tag bytes.Buffer
	if err := report.JSON(&body, r); err != nil {
		return answer{}, err
	}
	r.Now = p.From // the time of making makes no other answer
	if err := report.JSON(&tag, r); err != nil {
		return answer{}, err
	}
	return answer{body.Bytes(), tag.Bytes()}, nil
}

// mostDays bounds a stretch that is asked for by its days.
const mostDays = 2 * 366

func (c *call) period() (p stats.Period, err error) {
	at, from, to := c.q.Get("at"), c.q.Get("from"), c.q.Get("to")
	span := c.q.Get("span")
	if span == "" && from+to != "" && at == "" {
		return stretch(from, to)
	}
	if from+to != "" {
		return p, badf("参数 from、to 不和 span、at 一起用")
	}
	switch span {
	case "day":
		p, err = stats.ParsePeriod(at, at)
	case "week":
		p, err = stats.ParseWeek(at)
	case "month":
		p, err = stats.ParseMonth(at)
	case "quarter":
		p, err = stats.ParseQuarter(at)
	case "year":
		var t time.Time
		t, err = time.Parse("2006", at)
		p = stats.Year(t.Year())
	default:
		return p, badf("参数 span 应是 day、week、month、quarter、year 之一，或者改用 from 和 to")
	}
	if err != nil || !known2020(p) {
		return p, badf("参数 at 读不出来：日写 2026-03-08，周写 2026-W10，月写 2026-03，季写 2026-Q1，年写 2026，限2020至2100年")
	}
	return p, nil
}

func stretch(from, to string) (stats.Period, error) {
	p, err := stats.ParsePeriod(from, to)
	if err != nil || !known2020(p) || p.To.Sub(p.From) > mostDays*24*time.Hour {
		return p, badf("参数 from、to 读不出来：写 2026-03-01，起在止前，最多两年，限2020至2100年")
	}
	return p, nil
}

func known2020(p stats.Period) bool { return p.From.Year() >= 2020 && p.To.Year() <= 2100 }

// rule is a counting rule.
type rule struct {
	Number string `json:"number"`
	ID     string `json:"id"`
	Name   string `json:"name"`
	What   string `json:"what"`
	Source string `json:"source"`
	Dedup  string `json:"dedup"`
	Trial  string `json:"trial"`
	Not    string `json:"not"`
}

func (c *call) rules() (answer, error) {
	var out struct {
		Rules []rule `json:"rules"`
	}
	for _, r := range append(stats.Rules(), stats.PushRules()...) {
		out.Rules = append(out.Rules, rule(r))
	}
	return jsonOf(out)
}

// limit reads how long a page of a list is to be.
func (c *call) limit() (int, error) {
	text := c.q.Get("limit")
	if text == "" {
		return usualLimit, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > mostLimit {
		return 0, badf("参数 limit 应是1到%d的整数", mostLimit)
	}
	return n, nil
}

// entry is an entry in a list; full ones have the rest.
type entry struct {
	ID        string             `json:"id"`
	Topic     string             `json:"topic"`
	Title     string             `json:"title"`
	Question  string             `json:"question"` // the library's own
	Themes    []string           `json:"themes"`
	Standing  string             `json:"standing"`
	Approved  bool               `json:"approved"`
	CheckedOn string             `json:"checked_on"`
	ReviewDue string             `json:"review_due"`
	URL       string             `json:"url"`
	Short     string             `json:"short,omitempty"`
	Citations []content.Citation `json:"citations,omitempty"`
}

func (c *call) entryOf(e *content.Entry) entry {
	standing := map[content.Standing]string{
		content.Current: "current", content.Overdue: "overdue", content.Lapsed: "lapsed", content.Stale: "stale", content.TakenDown: "taken_down",
	}[c.Library.Standing(e, c.Now())]
	return entry{
		ID: e.ID, Topic: e.Topic(), Title: e.Title, Question: e.Question(), Themes: append([]string{}, e.Themes...), Standing: standing,
		Approved: c.Library.Approved(e), CheckedOn: e.CheckedOn, ReviewDue: e.ReviewDue, URL: "/a/" + e.ID,
	}
}

func (c *call) entries() (answer, error) {
	limit, err := c.limit()
	if err != nil {
		return answer{}, err
	}
	out := struct {
		Entries []entry `json:"entries"`
		Next    string  `json:"next"` // after of the next page, empty on the last
	}{Entries: []entry{}}
	for _, e := range c.Library.Library().Entries() { // by id
		topic, theme := c.q.Get("topic"), c.q.Get("theme")
		if topic != "" && e.Topic() != topic || theme != "" && !slices.Contains(e.Themes, theme) || e.ID <= c.q.Get("after") {
			continue
		}
		if len(out.Entries) == limit {
			out.Next = out.Entries[limit-1].ID
			break
		}
		out.Entries = append(out.Entries, c.entryOf(e))
	}
	return jsonOf(out)
}

// entry is one entry with its short answer and what it stands on. One that
// may not answer is shown without what it says.
func (c *call) entry() (answer, error) {
	e, ok := c.Library.Library().Entry(c.r.PathValue("topic") + "/" + c.r.PathValue("slug"))
	if !ok {
		return answer{}, errNone
	}
	out := c.entryOf(e)
	if out.Standing == "current" || out.Standing == "overdue" {
		out.Short, out.Citations = e.Short, e.Citations
	}
	return jsonOf(out)
}

// push is a campaign in a list; one alone has its figures as well.
type push struct {
	ID       string  `json:"id"`
	Title    string  `json:"title"`
	Theme    string  `json:"theme"`
	Channel  string  `json:"channel"`
	Status   string  `json:"status"`
	Due      string  `json:"due"`
	Until    string  `json:"until"`
	Began    *string `json:"began"`
	Planned  int64   `json:"planned"`
	Reached  int64   `json:"reached"`
	Failed   int64   `json:"failed"`
	Filtered int64   `json:"filtered"`
	InDoubt  int64   `json:"in_doubt"`
	Figures  *pushed `json:"figures,omitempty"`
}

// pushed is what residents did about a campaign.
type pushed struct {
	Open      bool     `json:"open"` // the window is not over: the figures still grow
	Opened    cell     `json:"opened"`
	Shown     cell     `json:"shown"`
	Asked     cell     `json:"asked"`
	Residents cell     `json:"residents"`
	Lift      *float64 `json:"lift_percent"`
}

// cell is a number: null where it is hidden, or not kept.
type cell struct {
	Value  *int64 `json:"value"`
	Hidden bool   `json:"hidden"`
}

func cellOf(c stats.Cell) cell {
	if c.Hidden || c.Missing {
		return cell{Hidden: c.Hidden}
	}
	return cell{Value: &c.Value}
}

// open are the states in which a campaign is no draft any more: nothing that
// was not released leaves the office.
var open = []campaign.Status{
	campaign.Scheduled, campaign.Claimed, campaign.Sending, campaign.Waiting, campaign.Done, campaign.Partly, campaign.Failed,
	campaign.InDoubt, campaign.Cancelled, campaign.Paused, campaign.Missed,
}

func pushOf(c campaign.Campaign) push {
	t := func(at time.Time) string { return at.In(campaign.Zone).Format(time.RFC3339) }
	p := push{
		ID: c.ID, Title: c.Title, Theme: c.Theme, Channel: string(c.Channel), Status: string(c.Status), Due: t(c.Due), Until: t(c.Until),
		Planned: c.Sent.Tally.Planned, Reached: c.Sent.Tally.Reached, Failed: c.Sent.Tally.Failed, Filtered: c.Sent.Tally.Filtered,
		InDoubt: c.Sent.Tally.InDoubt,
	}
	if !c.Began.IsZero() {
		began := t(c.Began)
		p.Began = &began
	}
	return p
}

// shows reports whether a campaign left the desk: a cancelled draft never did.
func shows(c campaign.Campaign) bool {
	return slices.Contains(open, c.Status) && (c.Status != campaign.Cancelled || !c.Began.IsZero())
}

func (c *call) campaigns() (answer, error) {
	limit, err := c.limit()
	if err != nil {
		return answer{}, err
	}
	f, err := c.filter()
	if err != nil {
		return answer{}, err
	}
	list, err := c.Campaigns.Campaigns(c.r.Context(), f)
	if err != nil {
		return answer{}, err
	}
	out := struct {
		Campaigns []push `json:"campaigns"`
		Next      string `json:"next"`
	}{Campaigns: []push{}}
	slices.SortFunc(list, func(a, b campaign.Campaign) int { return strings.Compare(a.ID, b.ID) })
	for _, one := range list {
		if !shows(one) || one.ID <= c.q.Get("after") {
			continue
		}
		if len(out.Campaigns) == limit {
			out.Next = out.Campaigns[limit-1].ID
			break
		}
		out.Campaigns = append(out.Campaigns, pushOf(one))
	}
	return jsonOf(out)
}

func (c *call) filter() (f campaign.Filter, err error) {
	f = campaign.Filter{Statuses: open, Theme: c.q.Get("theme")}
	if s := campaign.Status(c.q.Get("status")); s != "" {
		if !slices.Contains(open, s) {
			return f, badf("参数 status 不对")
		}
		f.Statuses = []campaign.Status{s}
	}
	for name, at := range map[string]*time.Time{"from": &f.From, "to": &f.To} {
		if text := c.q.Get(name); text != "" {
			if *at, err = time.ParseInLocation(time.DateOnly, text, campaign.Zone); err != nil {
				return f, badf("参数 %s 应写成 2026-03-01", name)
			}
		}
	}
	if !f.To.IsZero() {
		f.To = f.To.AddDate(0, 0, 1) // the last day is included
	}
	return f, nil
}

func (c *call) campaign() (answer, error) {
	one, err := c.Campaigns.Campaign(c.r.Context(), c.r.PathValue("id"))
	if errors.Is(err, campaign.ErrUnknown) || err == nil && !shows(one) {
		return answer{}, errNone
	}
	if err != nil {
		return answer{}, err
	}
	out := pushOf(one)
	if !one.Began.IsZero() {
		f, err := c.Campaigns.Push(c.r.Context(), one)
		if err != nil {
			return answer{}, err
		}
		out.Figures = &pushed{Open: f.Open, Opened: cellOf(f.Opened), Shown: cellOf(f.Shown), Asked: cellOf(f.Asked), Residents: cellOf(f.Residents)}
		if f.Lift.Known && f.Lift.Share {
			out.Figures.Lift = &f.Lift.Percent
		}
	}
	return jsonOf(out)
}
