package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"pufa/campaign"
	"pufa/staff"
)

const (
	sayGroupDone  = "这一组刚才已经提交过了。"
	sayGroupEmpty = "没有可以提交的草稿。"
	sayAllowed    = "已放行，到时间的推送会接着发。"
	sayNotStopped = "发送没有停止，不用放行。"
	sayStopOther  = "停止的原因刚刚变了，没有放行。请看过下面的原因再办。"
)

// seriesGroup are the drafts of a series, which can be submitted together.
type seriesGroup struct {
	Series string
	Write  bool
	Ready  int // drafts in whose way nothing stands
	Drafts []seriesDraft
}

// seriesDraft is one of them; Seen is what the form sends of it.
type seriesDraft struct {
	Title, URL, Seen string
	Stops            []string
}

// seriesGroup looks what stands in the way of each draft among a series'
// campaigns; nil when there is no draft.
func (v *visit) seriesGroup(series string, all []campaign.Campaign) (*seriesGroup, error) {
	g := &seriesGroup{Series: series, Write: v.mayWrite()}
	for _, c := range all {
		if c.Status != campaign.Draft {
			continue
		}
		c, problems, err := v.Campaigns.Desk.Show(v.r.Context(), v.actor(), c.ID)
		if err != nil {
			return nil, err
		}
		d := seriesDraft{Title: titleOf(c), URL: campaignURL(c.ID), Seen: c.ID + " " + strconv.FormatInt(c.Version, 10)}
		for _, found := range problems {
			if found.Weight != campaign.Warning {
				d.Stops = append(d.Stops, found.Text)
			}
		}
		if len(d.Stops) == 0 {
			g.Ready++
		}
		g.Drafts = append(g.Drafts, d)
	}
	if len(g.Drafts) == 0 {
		return nil, nil
	}
	return g, nil
}

// submitSeries submits the drafts that the form names as they were seen. What
// cannot be submitted stays a draft, and the page says why.
func (v *visit) submitSeries() error {
	series, done, left, gone := v.form("series"), 0, []string(nil), 0
	for _, seen := range v.r.PostForm["seen"] {
		id, version, _ := strings.Cut(seen, " ")
		c, _, err := v.Campaigns.Desk.Show(v.r.Context(), v.actor(), id)
		switch {
		case errors.Is(err, campaign.ErrUnknown) || err == nil && c.Series != series:
			return errNoPage
		case err != nil:
			return err
		case c.Status != campaign.Draft:
			gone++
			continue
		case strconv.FormatInt(c.Version, 10) != version:
			left = append(left, "“"+titleOf(c)+"”："+saySeenOld)
			continue
		}
		switch _, err := v.Campaigns.Desk.Submit(v.r.Context(), v.actor(), c.ID); {
		case campaignStatus(err) != 0:
			left = append(left, "“"+titleOf(c)+"”："+sayOf(err))
		case err != nil:
			return err
		default:
			done++
		}
	}
	told := fmt.Sprintf("%d条已提交审核。", done)
	switch {
	case len(left) > 0:
		return v.listAgain(http.StatusUnprocessableEntity, told+fmt.Sprintf("%d条没有提交：\n", len(left))+strings.Join(left, "\n"), series, nil)
	case done == 0 && gone == 0:
		return v.listAgain(http.StatusUnprocessableEntity, sayGroupEmpty, series, nil)
	case done == 0:
		told = sayGroupDone
	}
	return v.done(seriesURL(series), told)
}

// allowSending lets everything go on that was stopped when the platform
// restricted the account. The form names the reason that was read: sending may
// have been stopped again for another one.
func (v *visit) allowSending() error {
	if v.Campaigns.Sending == nil {
		return errNoPage
	}
	why := v.form("reason")
	again := func(status int, problem string) error {
		return v.listAgain(status, problem, "", func(p *calendarPage) { p.Why = why })
	}
	stopped, err := v.Campaigns.Sending.Stopped(v.r.Context())
	switch {
	case err != nil:
		return err
	case stopped == "":
		return v.done(campaignsPath, sayNotStopped)
	case stopped != v.form("stopped"):
		return again(http.StatusConflict, sayStopOther)
	case len([]rune(why)) > maxReason:
		return again(http.StatusUnprocessableEntity, sayReasonLong)
	}
	_, err = v.Campaigns.Sending.Allow(v.r.Context(), v.actor(), why)
	if status := campaignStatus(err); status != 0 {
		return again(status, sayOf(err))
	}
	if err != nil {
		return err
	}
	return v.done(campaignsPath, sayAllowed)
}

// stoppedFor is 1 when sending is stopped and the person may let it go on.
func (c *Campaigns) stoppedFor(ctx context.Context, who staff.Account) (int, error) {
	if c.Sending == nil || !who.May(staff.Publisher) {
		return 0, nil
	}
	why, err := c.Sending.Stopped(ctx)
	if err != nil || why == "" {
		return 0, err
	}
	return 1, nil
}
