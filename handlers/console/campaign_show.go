package console

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"pufa/campaign"
	"pufa/staff"
)

// campaignPage shows one campaign and what can be done with it now.
type campaignPage struct {
	campaign.Campaign
	Hash     string // of exactly what the page shows
	URL      string
	Status   string
	Tone     string
	Next     string
	Life     []lifeStep
	Facts    []fact
	Basis    []entryLink
	Stops    []string // what stands in the way
	Warnings []string
	Phone    phone
	Ways     []way  // what each channel would reach and cost
	Instead  string // the fallback, where the channel is not possible
	Progress *progress
	Results  bool // there is a page of results
	Can      deeds
	Own      string // why the person may not approve; empty otherwise
	Alone    string // what approving one's own work means
	Wait     string // until when an approval of one's own waits
	NoTest   string // why no test can be sent
	To       string // typed into the form of a test that was not sent
	Why      string // typed as the reason of a deed that was not done
	Settle   []settling
}

// fact is one line about a thing.
type fact struct{ Name, Text string }

// deeds are those that the state of the campaign and the roles of the person
// suggest. The Desk decides about each.
type deeds struct {
	Edit, Submit, Approve, Return, Schedule, Pause, Resume, Cancel, Settle, Test bool
}

// Any reports whether anything can be done.
func (d deeds) Any() bool { return d != deeds{} }

// way is one channel as the planner sees it.
type way struct {
	Name, People, Cost string
	Here               bool // it is the campaign's own
	No                 string
}

// settling is one way to settle a doubt.
type settling struct {
	As            campaign.Status
	Name, Meaning string
}

func (v *visit) showCampaign() error {
	return v.campaignAgain(http.StatusOK, "", campaignPage{})
}

// campaignAgain shows the campaign of the address as it stands now, with why
// something was not done and what was typed for it.
func (v *visit) campaignAgain(status int, problem string, typed campaignPage) error {
	c, problems, err := v.asked()
	if err != nil {
		return err
	}
	p, err := v.campaignPage(c, problems)
	if err != nil {
		return err
	}
	p.To, p.Why = typed.To, typed.Why
	return v.render(status, "campaign-show", frame{Title: titleOf(c), Problem: problem, Page: p})
}

// titleOf is never empty: it is the heading of a page.
func titleOf(c campaign.Campaign) string {
	if c.Title == "" {
		return "没有名称的推送"
	}
	return c.Title
}

func (v *visit) campaignPage(c campaign.Campaign, problems []campaign.Problem) (*campaignPage, error) {
	p := &campaignPage{
		Campaign: c, Hash: c.Hash(), URL: campaignURL(c.ID), Status: c.Status.Chinese(), Tone: toneOf(c.Status),
		Next: nextOf(c), Life: lifeOf(c), Facts: v.campaignFacts(c), Basis: v.entryLinks(c.Entries),
		Phone: v.phoneOf(c, c.Status == campaign.Submitted || c.Status == campaign.Approved),
		Can:   v.deedsOf(c), Results: !c.Began.IsZero() || c.Status.Over(), Settle: settlings,
	}
	for _, found := range problems {
		if found.Weight == campaign.Warning {
			p.Warnings = append(p.Warnings, found.Text)
		} else {
			p.Stops = append(p.Stops, found.Text)
		}
	}
	v.approvalOf(p, c)
	if v.Campaigns.Tests == nil {
		p.Can.Test, p.NoTest = false, "没有接公众号，不能试发。接好以后（见“设置”），可以先发到自己的手机上看。"
	}
	if editable(c) {
		if err := v.waysOf(p, c); err != nil {
			return nil, err
		}
	}
	if c.Status.Working() || c.Status == campaign.Paused && !c.Began.IsZero() {
		found, err := v.progressOf(v.r.Context(), c)
		if err != nil {
			return nil, err
		}
		p.Progress = &found
	}
	return p, nil
}

// editable reports whether the campaign may still be written in.
func editable(c campaign.Campaign) bool {
	switch c.Status {
	case campaign.Draft, campaign.Submitted, campaign.Approved, campaign.Scheduled:
		return true
	case campaign.Paused:
		return c.Resume == campaign.Scheduled
	}
	return false
}

func (v *visit) deedsOf(c campaign.Campaign) deeds {
	write, review, release := v.who.May(staff.Editor), v.who.May(staff.Reviewer), v.who.May(staff.Publisher)
	in := func(list ...campaign.Status) bool { return slices.Contains(list, c.Status) }
	return deeds{
		Edit: write && editable(c), Submit: write && in(campaign.Draft),
		Approve: review && in(campaign.Submitted), Return: review && in(campaign.Submitted, campaign.Approved),
		Schedule: release && in(campaign.Approved),
		Pause:    release && (in(campaign.Scheduled) || c.Status.Working()),
		Resume:   release && in(campaign.Paused),
		Cancel:   !c.Status.Over() && (release || write && in(campaign.Draft)),
		Settle:   release && in(campaign.InDoubt),
		Test:     (write || review || release) && editable(c),
	}
}

// approvalOf says what approving means for this person.
func (v *visit) approvalOf(p *campaignPage, c campaign.Campaign) {
	rules := v.Campaigns.Desk.Rules()
	own := c.Author == v.who.Name || slices.Contains(c.Writers, v.who.Name)
	switch {
	case p.Can.Approve && own && rules.OnePerson:
		p.Alone = fmt.Sprintf("您写过这一条。通过以后会标明“一人审批”，并且要等满%d小时才能排期。", int(campaign.AloneWait.Hours()))
	case p.Can.Approve && own:
		p.Can.Approve, p.Own = false, sayOf(campaign.ErrSelfApproval)
	}
	if a := c.Approval; a != nil && a.Alone && c.Status == campaign.Approved {
		if until := a.At.Add(campaign.AloneWait); v.Now().Before(until) {
			p.Wait = "一人审批要等满" + graceOf(campaign.AloneWait) + "：" + momentOf(until) + "以后才能排期。"
			p.Can.Schedule = false
		}
	}
}

// campaignFacts are all that an approval is for but the texts, and who did
// what so far.
func (v *visit) campaignFacts(c campaign.Campaign) []fact {
	list := []fact{
		{"渠道", channelOf(c.Channel)},
		{"发给", v.audienceOf(c)},
		{"推送时间", momentOf(c.Due)},
		{"结束时间", momentOf(c.Until)},
		{"补发时限", "最晚推迟" + graceOf(c.Grace) + "；过了就不发，标为“已错过”"},
	}
	if c.NightOK {
		list = append(list, fact{"夜间发送", "已确认：晚上9点到早上8点也发"})
	}
	if c.Repeat == campaign.Yearly {
		list = append(list, fact{"重复", "每年：结束后自动拟好下一年的草稿，仍要审核"})
	}
	if c.Theme != "" {
		list = append(list, fact{"专题", c.Theme})
	}
	if o, ok := v.Campaigns.Library().Observance(c.Observance); ok {
		list = append(list, fact{"宣传日", o.Name})
	}
	list = append(list, fact{"起草", namesOf(c)})
	if a := c.Approval; a != nil {
		text := a.By + "，" + momentOf(a.At)
		if a.Alone {
			text += "，一人审批"
		}
		list = append(list, fact{"审核", text})
	}
	if !c.Began.IsZero() {
		list = append(list, fact{"开始", momentOf(c.Began)})
	}
	return append(list, fact{"编号", c.ID})
}

func channelOf(c campaign.Channel) string {
	if c == "" {
		return "还没有选"
	}
	return c.Chinese()
}

// namesOf are the people who wrote the campaign, the author first.
func namesOf(c campaign.Campaign) string {
	text := c.Author
	for _, name := range c.Writers {
		if name != c.Author {
			text += "、" + name
		}
	}
	return text
}

// waysOf asks what each channel would reach and cost. Without a time the
// quota is that of now.
func (v *visit) waysOf(p *campaignPage, c campaign.Campaign) error {
	if c.Due.IsZero() {
		c.Due = v.Now()
	}
	list, err := v.Campaigns.Desk.Reach(v.r.Context(), c)
	if err != nil {
		return err
	}
	for _, r := range list {
		w := way{Name: r.Channel.Chinese(), Cost: r.Cost, Here: r.Channel == c.Channel, No: r.Why, People: "不一定"}
		switch {
		case r.People >= 0:
			w.People = fmt.Sprintf("%d人", r.People)
		case r.Channel.Pushes():
			w.People = "人数不知道"
		}
		p.Ways = append(p.Ways, w)
	}
	if _, why, ok := campaign.Fallback(list, c.Channel); ok {
		p.Instead = why
	}
	return nil
}

// settlings say what each choice means.
var settlings = []settling{
	{campaign.Done, campaign.Done.Chinese(), "公众平台后台查得到这一条，人数对得上。本条算完成，不会再发。"},
	{campaign.Partly, campaign.Partly.Chinese(), "发出去了，但有一部分人没有收到。没收到的不补发。"},
	{campaign.Failed, campaign.Failed.Chinese(), "公众平台后台没有这一条，一个人也没有收到。本条到此为止；还要发，请新建一条。"},
}

// progressOf reads how far a campaign is.
func (v *visit) progressOf(ctx context.Context, c campaign.Campaign) (progress, error) {
	found := progress{Status: c.Status.Chinese(), Tone: toneOf(c.Status), Next: nextOf(c)}
	if !c.Channel.PerFollower() || v.Campaigns.Sending == nil {
		return found, nil
	}
	fates, err := v.Campaigns.Sending.SendProgress(ctx, c.ID)
	if err != nil {
		return found, err
	}
	found.count(c, fates, v.Now())
	return found, nil
}
