package console

import (
	"context"
	"errors"
	"net/http"

	"pufa/campaign"
)

const (
	saySeenOld    = "这一页打开以后，推送又变过了。下面是最新的样子，请看过再做。"
	sayTestTo     = "请填您自己的微信号，只用这一次。"
	sayTestFailed = "没有发到您的手机上。"
	sayNoSettle   = "请先选核实的结果。"
	maxTestTo     = 128
	maxReason     = 500 // characters
	sayReasonLong = "原因太长了，请写在500个字以内。"
)

// deed does one thing to the campaign of the address: the form names the
// version it was made of. A second click finds it done, and says so.
func (v *visit) deed(target campaign.Status, told string, do func(context.Context, campaign.Campaign) (campaign.Campaign, error)) error {
	c, _, err := v.asked()
	if err != nil {
		return err
	}
	typed := campaignPage{Why: v.form("reason")}
	// What is being sent is written all the time; to stop it must not wait for
	// the newest page.
	stops := c.Status.Working() && (target == campaign.Paused || target == campaign.Cancelled)
	switch {
	case c.Version != v.version() && c.Status == target:
		return v.done(campaignURL(c.ID), "刚才已经办好了：现在是“"+target.Chinese()+"”。")
	case c.Version != v.version() && !stops:
		return v.campaignAgain(http.StatusConflict, saySeenOld, typed)
	case len([]rune(typed.Why)) > maxReason:
		return v.campaignAgain(http.StatusUnprocessableEntity, sayReasonLong, typed)
	}
	got, err := do(v.r.Context(), c)
	if status := campaignStatus(err); status != 0 && status != http.StatusNotFound {
		return v.campaignAgain(status, sayOf(err), typed)
	}
	if err != nil {
		return err
	}
	return v.done(campaignURL(got.ID), told)
}

func (v *visit) submitCampaign() error {
	return v.deed(campaign.Submitted, "已提交审核。", func(ctx context.Context, c campaign.Campaign) (campaign.Campaign, error) {
		return v.Campaigns.Desk.Submit(ctx, v.actor(), c.ID)
	})
}

// approveCampaign approves what the page showed: its hash comes with the form.
func (v *visit) approveCampaign() error {
	return v.deed(campaign.Approved, "审核通过，等排期。", func(ctx context.Context, c campaign.Campaign) (campaign.Campaign, error) {
		return v.Campaigns.Desk.Approve(ctx, v.actor(), c.ID, v.form("hash"))
	})
}

func (v *visit) returnCampaign() error {
	return v.deed(campaign.Draft, "已退回，作者会看到原因。", func(ctx context.Context, c campaign.Campaign) (campaign.Campaign, error) {
		return v.Campaigns.Desk.Return(ctx, v.actor(), c.ID, v.form("reason"))
	})
}

func (v *visit) scheduleCampaign() error {
	return v.deed(campaign.Scheduled, "已排期，到时间自动开始。", func(ctx context.Context, c campaign.Campaign) (campaign.Campaign, error) {
		return v.Campaigns.Desk.Schedule(ctx, v.actor(), c.ID)
	})
}

func (v *visit) pauseCampaign() error {
	return v.deed(campaign.Paused, "已暂停，不会再发。", func(ctx context.Context, c campaign.Campaign) (campaign.Campaign, error) {
		return v.Campaigns.Desk.Pause(ctx, v.actor(), c.ID, v.form("reason"))
	})
}

func (v *visit) resumeCampaign() error {
	return v.deed(campaign.Scheduled, "已继续。", func(ctx context.Context, c campaign.Campaign) (campaign.Campaign, error) {
		return v.Campaigns.Desk.Resume(ctx, v.actor(), c.ID)
	})
}

func (v *visit) cancelCampaign() error {
	return v.deed(campaign.Cancelled, "已取消。", func(ctx context.Context, c campaign.Campaign) (campaign.Campaign, error) {
		return v.Campaigns.Desk.Cancel(ctx, v.actor(), c.ID, v.form("reason"))
	})
}

func (v *visit) settleCampaign() error {
	as := campaign.Status(v.form("as"))
	if as == "" {
		return v.campaignAgain(http.StatusUnprocessableEntity, sayNoSettle, campaignPage{Why: v.form("reason")})
	}
	return v.deed(as, "已核实，记为“"+as.Chinese()+"”。", func(ctx context.Context, c campaign.Campaign) (campaign.Campaign, error) {
		got, err := v.Campaigns.Desk.Settle(ctx, v.actor(), c.ID, as, v.form("reason"))
		if err == nil && got.Channel.PerFollower() && v.Campaigns.Sending != nil {
			err = v.Campaigns.Sending.SettleFollowers(ctx, got, as)
		}
		return got, err
	})
}

// testCampaign sends the campaign once to the person's own telephone. Whom it
// goes to is typed at that moment and kept nowhere.
func (v *visit) testCampaign() error {
	if v.Campaigns.Tests == nil {
		return errNoPage
	}
	c, _, err := v.asked()
	if err != nil {
		return err
	}
	typed := campaignPage{To: v.form("to")}
	switch {
	case c.Version != v.version():
		return v.campaignAgain(http.StatusConflict, saySeenOld, typed)
	case typed.To == "" || len(typed.To) > maxTestTo:
		return v.campaignAgain(http.StatusUnprocessableEntity, sayTestTo, typed)
	}
	c, err = v.Campaigns.Desk.Preview(v.r.Context(), v.actor(), c.ID)
	if status := campaignStatus(err); status != 0 {
		return v.campaignAgain(status, sayOf(err), typed)
	}
	if err != nil {
		return err
	}
	if err := v.Campaigns.Tests.SendTest(v.r.Context(), c, typed.To); err != nil {
		v.Log.Warn("a test was not sent", "campaign", c.ID, "error", err)
		return v.campaignAgain(http.StatusUnprocessableEntity, testFailed(err), typed)
	}
	return v.done(campaignURL(c.ID), "试发已交给微信，请看您的手机。收不到时，先确认这个微信关注了公众号。")
}

// testFailed says what staff can do about a test that was not sent.
func testFailed(err error) string {
	var advice interface{ Advice() string }
	if errors.As(err, &advice) && advice.Advice() != "" {
		return sayTestFailed + advice.Advice()
	}
	return sayTestFailed + "请过一会儿再试；一直这样请告诉管理员。"
}
