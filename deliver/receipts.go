package deliver

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"pufa/campaign"
	"pufa/wechat"
)

// maxWrites is how often a receipt is written again because somebody else
// wrote the campaign meanwhile.
const maxWrites = 10

// Settler settles recipients.
type Settler interface {
	// ResidentOf is 0 for somebody who has no number.
	ResidentOf(ctx context.Context, openID string) (int64, error)
	// SettleReceipt reports whether it was news.
	SettleReceipt(ctx context.Context, id string, resident int64, f campaign.Fate) (bool, error)
	SendProgress(ctx context.Context, id string) (campaign.Progress, error)
	SetConsent(ctx context.Context, resident int64, name string, on bool) error
}

// Receipts take in what the platform says later of what it accepted.
type Receipts struct {
	Book     campaign.Book
	Settler  Settler
	Template string           // of notices
	Now      func() time.Time // time.Now when nil
}

// Take takes in an event. What is no receipt, or of nothing that is known, is
// ignored: the platform repeats an event that is answered with an error.
func (r *Receipts) Take(ctx context.Context, m *wechat.Message) error {
	switch {
	case m.IsEvent(wechat.EventMassSent) && m.Mass != nil:
		return r.massSent(ctx, m)
	case m.IsEvent(wechat.EventPublished) && m.Publish != nil:
		return r.pagePublished(ctx, m)
	case m.IsEvent(wechat.EventSubscriptionSent):
		return r.noticeSent(ctx, m)
	case m.IsEvent(wechat.EventSubscriptionAsked), m.IsEvent(wechat.EventSubscriptionChange):
		return r.consents(ctx, m)
	}
	return nil
}

// massSent takes in MASSSENDJOBFINISH: how many got a mass message.
func (r *Receipts) massSent(ctx context.Context, m *wechat.Message) error {
	id, err := strconv.ParseInt(m.JobID, 10, 64)
	if err != nil || id <= 0 {
		return nil
	}
	to, reason, tally := massResult(m.Status, m.Mass)
	return r.settle(ctx, campaign.Mass, func(c campaign.Campaign) bool { return c.Channel == campaign.Mass && c.Sent.MsgID == id },
		func(c *campaign.Campaign) (campaign.Status, string) {
			c.Sent.Tally = tally
			return to, reason
		})
}

// massResult reads the result of a mass message.
func massResult(status string, result *wechat.MassResult) (campaign.Status, string, campaign.Tally) {
	counts, err := result.Counts()
	tally := campaign.Tally{Planned: counts.Total, Reached: counts.Sent, Failed: counts.Failed, Filtered: max(counts.Total-counts.Filtered, 0)}
	switch {
	case status == wechat.StatusMassSent && err != nil:
		return campaign.Done, "微信说已发出，没有收到人数。", campaign.Tally{}
	case status == wechat.StatusMassSent && counts.Failed == 0:
		return campaign.Done, "", tally
	case status == wechat.StatusMassSent:
		return campaign.Partly, "", tally
	}
	return campaign.Failed, massFailure(status), tally
}

// massFailure says why a mass message was not sent. The codes are the
// platform's.
func massFailure(status string) string {
	why := map[string]string{
		"err(10001)": "被判为广告", "err(20001)": "被判为涉及政治", "err(20004)": "被判为涉及社会", "err(20002)": "被判为涉及色情",
		"err(20006)": "被判为涉及违法犯罪", "err(20008)": "被判为涉及欺诈", "err(20013)": "被判为涉及版权", "err(22000)": "被判为互推",
		"err(21000)": "其他原因", "err(30001)": "原创校验没有通过", "err(30002)": "原创校验没有通过", "err(30003)": "原创校验没有通过",
		"err(40001)": "管理员拒绝了", "err(40002)": "管理员30分钟内没有确认",
	}[status]
	if why == "" {
		why = "请到公众平台查看原因"
	}
	return "微信没有发出：" + why + "。"
}

// pagePublished takes in PUBLISHJOBFINISH.
func (r *Receipts) pagePublished(ctx context.Context, m *wechat.Message) error {
	to, reason := published(m.Publish.Status)
	return r.settle(ctx, campaign.Publish, func(c campaign.Campaign) bool {
		return c.Channel == campaign.Publish && c.Sent.PublishID != "" && c.Sent.PublishID == m.Publish.ID
	}, func(*campaign.Campaign) (campaign.Status, string) { return to, reason })
}

// unsettled are the states in which a campaign may still learn how it ended.
func unsettled() campaign.Filter {
	return campaign.Filter{Statuses: []campaign.Status{campaign.Sending, campaign.Waiting, campaign.InDoubt}}
}

// ErrEarly means that a receipt came while the call it may be of was under way:
// its id is not kept yet. The platform repeats the receipt.
var ErrEarly = errors.New("the receipt may be of a call that is still under way")

// underWay reports whether the call was made and its id is still to be kept.
func underWay(c campaign.Campaign, of campaign.Channel) bool {
	id := c.Sent.MsgID != 0 || c.Sent.PublishID != ""
	return c.Channel == of && c.Status == campaign.Sending && !id
}

// settle ends the one campaign that is meant, in the state that result says.
func (r *Receipts) settle(ctx context.Context, of campaign.Channel, meant func(campaign.Campaign) bool,
	result func(*campaign.Campaign) (campaign.Status, string),
) error {
	for range maxWrites {
		list, err := r.Book.Campaigns(ctx, unsettled())
		if err != nil {
			return fmt.Errorf("settle %s: %w", of, err)
		}
		known, early := false, false
		for _, c := range list {
			early = early || underWay(c, of)
			if meant(c) {
				known = true
				to, reason := result(&c)
				err = r.write(ctx, c, to, reason)
			}
		}
		if early && !known {
			return ErrEarly
		}
		if !errors.Is(err, campaign.ErrChanged) {
			return err
		}
	}
	return fmt.Errorf("settle %s: others write it all the time", of)
}

func (r *Receipts) write(ctx context.Context, c campaign.Campaign, to campaign.Status, reason string) error {
	now := time.Now()
	if r.Now != nil {
		now = r.Now()
	}
	deed, err := c.SettleBy(to, now, reason)
	if err != nil {
		return fmt.Errorf("settle campaign: %w", err)
	}
	if _, err := r.Book.Put(ctx, c, deed); err != nil {
		return fmt.Errorf("settle campaign %s: %w", c.ID, err)
	}
	return nil
}

// noticeSent takes in subscribe_msg_sent_event. It names no campaign: only
// when a single one is under way can it be meant.
func (r *Receipts) noticeSent(ctx context.Context, m *wechat.Message) error {
	list, err := r.Book.Campaigns(ctx, unsettled())
	if err != nil {
		return fmt.Errorf("settle notice: %w", err)
	}
	var meant []campaign.Campaign
	for _, c := range list {
		if c.Channel == campaign.Notice {
			meant = append(meant, c)
		}
	}
	resident, err := r.Settler.ResidentOf(ctx, m.FromUser)
	if err != nil {
		return fmt.Errorf("settle notice: %w", err)
	}
	if len(meant) != 1 || resident == 0 {
		return nil
	}
	for _, s := range m.Subscriptions {
		if s.TemplateID != r.Template {
			continue
		}
		fate := campaign.Accepted
		if s.ErrorCode != "" && s.ErrorCode != "0" {
			fate = campaign.FailedFate
		}
		news, err := r.Settler.SettleReceipt(ctx, meant[0].ID, resident, fate)
		if err != nil {
			return fmt.Errorf("settle notice: %w", err)
		}
		if news && meant[0].Status == campaign.InDoubt {
			return r.recount(ctx, meant[0].ID)
		}
	}
	return nil
}

// recount ends a campaign in doubt when nobody in it is in doubt any more.
func (r *Receipts) recount(ctx context.Context, id string) error {
	p, err := r.Settler.SendProgress(ctx, id)
	if err != nil {
		return fmt.Errorf("settle notice: %w", err)
	}
	tally := Tally(p)
	if tally.InDoubt > 0 {
		return nil
	}
	return r.settle(ctx, "notice", func(c campaign.Campaign) bool { return c.ID == id && c.Status == campaign.InDoubt },
		func(c *campaign.Campaign) (campaign.Status, string) {
			c.Sent.Tally = tally
			return Ended(tally), ""
		})
}

// consents takes in what a resident chose at the platform: a deed of their own.
func (r *Receipts) consents(ctx context.Context, m *wechat.Message) error {
	resident, err := r.Settler.ResidentOf(ctx, m.FromUser)
	if err != nil || resident == 0 {
		return err
	}
	for _, s := range m.Subscriptions {
		if s.TemplateID == "" || s.Choice != "accept" && s.Choice != "reject" {
			continue
		}
		if err := r.Settler.SetConsent(ctx, resident, campaign.ConsentToNotice(s.TemplateID), s.Choice == "accept"); err != nil {
			return err
		}
	}
	return nil
}
