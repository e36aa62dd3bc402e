package deliver

import (
	"context"
	"errors"

	"pufa/campaign"
	"pufa/wechat"
)

const defaultRate = 50

// direct calls one follower after another.
func (h *held) direct(ctx context.Context) error {
	job, problem := h.job()
	if problem != "" {
		return h.end(ctx, campaign.Failed, problem)
	}
	if err := h.planning(ctx, job); err != nil {
		return err
	}
	if h.c.Status != campaign.Sending {
		if err := h.end(ctx, campaign.Sending, ""); err != nil {
			return err
		}
	}
	if !h.now().Before(h.c.Until) { // who was not called by then is not called any more
		job.Order = func(context.Context) (Order, error) { return Cancel, nil }
	}
	got, err := h.Runner.Run(ctx, job)
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishLimit)
	defer cancel()
	return h.account(last, got, err)
}

// planning makes the list, and keeps the campaign meanwhile.
func (h *held) planning(ctx context.Context, job Job) error {
	if err := h.Queue.Renew(ctx, h.c.ID, h.now(), h.token, holdLease); err != nil {
		return err
	}
	return h.Lists.PlanSend(ctx, h.c.ID, job.Terms)
}

// account writes down what a run came to.
func (h *held) account(ctx context.Context, got Standing, err error) error {
	h.c.Sent.Tally = Tally(got.Progress)
	left := got.Progress[campaign.Unsent] + got.Progress[campaign.Begun]
	var halted *HaltError
	switch {
	case errors.As(err, &halted) && lasting(wechat.KindOf(halted.Err)):
		if err := h.Runner.Queue.SkipSend(ctx, h.c.ID); err != nil {
			return err
		}
		status := campaign.Failed
		if h.c.Sent.Tally.InDoubt > 0 {
			status = campaign.InDoubt
		} else if h.c.Sent.Tally.Reached > 0 {
			status = campaign.Partly
		}
		return h.over(ctx, status, reasonOf(halted.Err))
	case errors.As(err, &halted), errors.Is(err, campaign.ErrStopped):
		h.log().Error("a campaign waits for a person", "campaign", h.c.ID, "error", err)
		if err := h.keep(ctx); err != nil {
			return err
		}
		return h.later(ctx, 5*soon)
	case err != nil:
		return err
	case left == 0:
		reason := ""
		if h.c.Sent.Tally.Planned == 0 {
			reason = "没有可以发送的关注者。"
		}
		return h.over(ctx, Ended(h.c.Sent.Tally), reason)
	}
	// Held, or this process ends: whoever takes the campaign next goes on.
	if err := h.keep(ctx); err != nil {
		return err
	}
	return h.later(ctx, 0)
}

// over ends the campaign and lets its list go, also when staff cancelled it.
func (h *held) over(ctx context.Context, to campaign.Status, reason string) error {
	err := h.end(ctx, to, reason)
	if notLost(err) != nil {
		return err
	}
	return errors.Join(err, h.Lists.ExpireSend(ctx, h.c.ID))
}

// lasting reports whether a refusal stays what it is until the campaign is
// written anew.
func lasting(k wechat.Kind) bool {
	switch k {
	case wechat.Misconfigured, wechat.TokenBad, wechat.AdminWait, wechat.Unknown:
		return false
	}
	return true
}

// job is the campaign as the Runner wants it, or a reason why there is none.
func (h *held) job() (Job, string) {
	o := h.Options
	job := Job{
		Campaign: h.c.ID, Order: h.order,
		Terms: campaign.Terms{Channel: h.c.Channel, Rate: o.Rate, PerDay: o.PerDay},
		Report: func(s Standing) {
			h.log().Debug("campaign", "campaign", h.c.ID, "rate", s.Rate, "left", s.Left)
		},
	}
	if job.Terms.Rate < 1 {
		job.Terms.Rate = defaultRate
	}
	switch h.c.Audience.Scope {
	case campaign.Everyone:
	case campaign.ByTopic:
		job.Terms.Consents = append(job.Terms.Consents, campaign.ConsentToTopic(h.c.Audience.Topic))
	default:
		return job, "「" + h.c.Channel.Chinese() + "」只能发给全部关注者，或订阅了一个主题的人。"
	}
	if h.c.Channel == campaign.Message {
		message := wechat.CustomerText(h.c.Text)
		job.Call = func(ctx context.Context, openID string) error { return h.Direct.SendMessage(ctx, openID, message) }
		return job, ""
	}
	notice, problem := o.notice(h.c)
	job.Consent = campaign.ConsentToNotice(o.Template)
	job.Terms.Consents = append(job.Terms.Consents, job.Consent)
	job.Call = func(ctx context.Context, openID string) error {
		_, err := h.Direct.SendNotice(ctx, openID, notice)
		return err
	}
	return job, problem
}

func (o Options) notice(c campaign.Campaign) (wechat.Notice, string) {
	if o.Template == "" {
		return wechat.Notice{}, "没有设置订阅通知的模板编号。"
	}
	fields, err := campaign.NoticeFields(c.Text)
	if err != nil {
		return wechat.Notice{}, err.Error()
	}
	n := wechat.Notice{TemplateID: o.Template, Page: o.page(c.Entries, c.ID), Fields: map[string]string{}}
	for _, f := range fields {
		n.Fields[f.Name] = f.Value
	}
	return n, ""
}

// order keeps the campaign ours, and sees when staff took it away.
func (h *held) order(ctx context.Context) (Order, error) {
	err := h.Queue.Renew(ctx, h.c.ID, h.now(), h.token, holdLease)
	if !errors.Is(err, campaign.ErrLost) {
		return Go, err
	}
	c, err := h.Book.Campaign(ctx, h.c.ID)
	if err != nil {
		return Hold, err
	}
	if c.Status == campaign.Cancelled {
		return Cancel, nil
	}
	return Hold, nil // paused, or another worker goes on
}
