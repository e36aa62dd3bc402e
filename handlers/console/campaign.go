package console

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"pufa/campaign"
	"pufa/content"
	"pufa/report"
	"pufa/staff"
	"pufa/stats"
)

const (
	campaignsPath = Path + "/campaigns"
	// maxCampaign is the size of a form with texts: 8 articles of 20,000
	// characters, each of which takes 9 bytes in a form.
	maxCampaign = 2 << 20
)

// Campaigns is what the pages of campaigns are built from. Tests, Results and
// Sending may be nil: the pages then say what is not there.
type Campaigns struct {
	Desk    *campaign.Desk
	Library func() *content.Library // the one that answers now
	Tests   Tests                   // nil where there is no account to send by
	Results Results
	Sending Sending
}

// Tests sends a campaign to one telephone.
type Tests interface {
	// SendTest sends it to the follower of a WeChat name, which is kept nowhere.
	// Where staff can do something about an error it has, or wraps one that has,
	// a method Advice() string, in Chinese.
	SendTest(ctx context.Context, c campaign.Campaign, to string) error
}

// Results tells what became of a campaign that began: what the platform took,
// and what residents did.
type Results interface {
	PushResults(ctx context.Context, c campaign.Campaign) (campaign.Tally, stats.PushFigures, error)
	// PushReport is the same to be handed in.
	PushReport(ctx context.Context, c campaign.Campaign) (report.Report, error)
}

// Sending tells how far a campaign has come that calls one follower after
// another.
type Sending interface {
	SendProgress(ctx context.Context, id string) (campaign.Progress, error)
	// Stopped says why nothing at all is sent; "" when it is not so.
	Stopped(ctx context.Context) (why string, err error)
	// Allow lets sending go on and returns why it was stopped; "" when it was
	// not. It returns campaign.ErrRight and campaign.ErrReason.
	Allow(ctx context.Context, who campaign.Actor, why string) (stopped string, err error)
	// SettleFollowers gives those who are in doubt the fate that staff decided
	// for a campaign.
	SettleFollowers(ctx context.Context, c campaign.Campaign, as campaign.Status) error
}

// campaignRoutes are the addresses of campaigns. Whoever may look at campaigns
// may look at all of it; the Desk says who may do what.
func (c *Console) campaignRoutes() []route {
	if c.Campaigns == nil {
		return nil
	}
	const at = campaignsPath
	return []route{
		{pattern: "GET " + at, do: (*visit).calendarList},
		{pattern: "GET " + at + "/month", do: (*visit).calendarMonth},
		{pattern: "GET " + at + "/proposal", do: (*visit).proposal},
		{pattern: "POST " + at + "/proposal", role: staff.Editor, do: (*visit).keepProposal},
		{pattern: "GET " + at + "/packs", do: (*visit).packs},
		{pattern: "GET " + at + "/pack", role: staff.Editor, do: (*visit).pack},
		{pattern: "POST " + at + "/pack", role: staff.Editor, limit: maxCampaign, do: (*visit).packPosted},
		{pattern: "GET " + at + "/new", role: staff.Editor, do: (*visit).newCampaign},
		{pattern: "POST " + at + "/new", role: staff.Editor, limit: maxCampaign, do: (*visit).createCampaign},
		{pattern: "POST " + at + "/submit-series", role: staff.Editor, do: (*visit).submitSeries},
		{pattern: "POST " + at + "/allow", role: staff.Publisher, do: (*visit).allowSending},
		{pattern: "GET " + at + "/{id}", do: (*visit).showCampaign},
		{pattern: "GET " + at + "/{id}/edit", role: staff.Editor, do: (*visit).editCampaign},
		{pattern: "POST " + at + "/{id}/edit", role: staff.Editor, limit: maxCampaign, do: (*visit).saveCampaign},
		{pattern: "POST " + at + "/{id}/submit", role: staff.Editor, do: (*visit).submitCampaign},
		{pattern: "POST " + at + "/{id}/approve", role: staff.Reviewer, do: (*visit).approveCampaign},
		{pattern: "POST " + at + "/{id}/return", role: staff.Reviewer, do: (*visit).returnCampaign},
		{pattern: "POST " + at + "/{id}/schedule", role: staff.Publisher, do: (*visit).scheduleCampaign},
		{pattern: "POST " + at + "/{id}/pause", role: staff.Publisher, do: (*visit).pauseCampaign},
		{pattern: "POST " + at + "/{id}/resume", role: staff.Publisher, do: (*visit).resumeCampaign},
		{pattern: "POST " + at + "/{id}/settle", role: staff.Publisher, do: (*visit).settleCampaign},
		{pattern: "POST " + at + "/{id}/cancel", do: (*visit).cancelCampaign},
		{pattern: "POST " + at + "/{id}/test", do: (*visit).testCampaign},
		{pattern: "GET " + at + "/{id}/progress", do: (*visit).campaignProgress},
		{pattern: "GET " + at + "/{id}/result", do: (*visit).campaignResult},
		{pattern: "GET " + at + "/{id}/result/file", do: (*visit).campaignResultFile},
	}
}

// campaignSection is the section's place in the head.
func (c *Console) campaignSection() []section {
	if c.Campaigns == nil {
		return nil
	}
	return []section{{Name: "主题推送", URL: campaignsPath}}
}

// actor is the person as campaigns know people.
func (v *visit) actor() campaign.Actor {
	return campaign.Actor{Name: v.who.Name, May: func(r campaign.Right) bool { return v.who.May(staff.Role(r)) }}
}

// mayWrite reports whether the person may write campaigns.
func (v *visit) mayWrite() bool { return v.who.May(staff.Editor) }

// campaignStatus maps an error of campaigns that staff can do something about;
// 0 is any other error.
func campaignStatus(err error) int {
	var state *campaign.StateError
	var rejected *campaign.Rejected
	switch {
	case errors.Is(err, campaign.ErrUnknown):
		return http.StatusNotFound
	case errors.Is(err, campaign.ErrRight), errors.Is(err, campaign.ErrSelfApproval):
		return http.StatusForbidden
	case errors.Is(err, campaign.ErrChanged), errors.Is(err, campaign.ErrLost), errors.As(err, &state):
		return http.StatusConflict
	case errors.As(err, &rejected), errors.Is(err, campaign.ErrReason), errors.Is(err, campaign.ErrNotApproved),
		errors.Is(err, campaign.ErrPreviews):
		return http.StatusUnprocessableEntity
	}
	return 0
}

// asked is the campaign that the address names, as it stands, with what stands
// in its way.
func (v *visit) asked() (campaign.Campaign, []campaign.Problem, error) {
	return v.Campaigns.Desk.Show(v.r.Context(), v.actor(), v.r.PathValue("id"))
}

// version is the version of the campaign that the form was made of; 0 when the
// form names none.
func (v *visit) version() int64 {
	n, err := strconv.ParseInt(v.form("version"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// campaignURL is where a campaign is shown.
func campaignURL(id string) string { return campaignsPath + "/" + id }

// Waiting tells the first page what of campaigns waits for a person.
func (c *Campaigns) Waiting(ctx context.Context, who staff.Account) ([]Wait, error) {
	actor := campaign.Actor{Name: who.Name, May: func(r campaign.Right) bool { return who.May(staff.Role(r)) }}
	statuses := []campaign.Status{campaign.Submitted, campaign.Approved, campaign.InDoubt, campaign.Draft}
	list, err := c.Desk.List(ctx, actor, campaign.Filter{Statuses: statuses})
	if errors.Is(err, campaign.ErrRight) {
		return nil, nil // nothing of it is theirs
	}
	if err != nil {
		return nil, err
	}
	counts := map[campaign.Status]int{}
	for _, one := range list {
		if waitsFor(one, who, c.Desk.Rules().OnePerson) {
			counts[one.Status]++
		}
	}
	stopped, err := c.stoppedFor(ctx, who)
	if err != nil {
		return nil, err
	}
	return []Wait{
		{Name: "发送已全部停止", Count: stopped, Text: "微信限制了公众号。处理好以后要放行，推送才会接着发。", URL: campaignsPath, Grade: Bad},
		{Name: "待核实的推送", Count: counts[campaign.InDoubt], Text: "不知道发没发出去，要到公众平台核对。", URL: campaignsPath, Grade: Bad},
		{Name: "待审核的推送", Count: counts[campaign.Submitted], Text: "别人写好了，等您审核。", URL: campaignsPath},
		{Name: "待排期的推送", Count: counts[campaign.Approved], Text: "已审核，排期以后才会发。", URL: campaignsPath},
		{Name: "被退回的推送", Count: counts[campaign.Draft], Text: "看过原因，改好再提交。", URL: campaignsPath},
	}, nil
}

// waitsFor reports whether a campaign waits for a person with these roles.
func waitsFor(c campaign.Campaign, who staff.Account, onePerson bool) bool {
	own := c.Author == who.Name || slices.Contains(c.Writers, who.Name)
	switch c.Status {
	case campaign.Submitted:
		return who.May(staff.Reviewer) && (!own || onePerson)
	case campaign.Approved, campaign.InDoubt:
		return who.May(staff.Publisher)
	case campaign.Draft:
		return own && c.Reason != "" && who.May(staff.Editor)
	}
	return false
}
