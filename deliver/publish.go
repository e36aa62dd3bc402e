package deliver

import (
	"context"
	"fmt"
	"time"

	"pufa/campaign"
	"pufa/wechat"
)

// draftLate is how long after a submission whose answer was lost the draft
// would be gone if it had been accepted.
const draftLate = 15 * time.Minute

// publish makes pages of the articles: draft, call kept, call, result. The
// call takes no key and is not repeated once it may have been accepted.
func (h *held) publish(ctx context.Context) error {
	switch {
	case h.c.Status == campaign.Waiting:
		return h.publishResult(ctx)
	case h.c.Sent.Tries > 0:
		return h.publishDoubt(ctx)
	case h.overdue():
		return h.end(ctx, campaign.Failed, "补发时限内没有发布。")
	}
	if done, err := h.draft(ctx); err != nil || !done {
		return err
	}
	if err := h.trying(ctx); err != nil {
		return err
	}
	job, err := h.Platform.Publish(ctx, h.c.Sent.MediaID)
	switch {
	case err == nil:
		h.c.Sent.PublishID, h.c.Sent.At = job.ID, h.now().UTC()
		if err := h.end(ctx, campaign.Waiting, ""); err != nil {
			return err
		}
		return h.later(ctx, pollEvery)
	case wechat.MaybeAccepted(err):
		return h.later(ctx, soon) // then the draft tells
	}
	h.c.Sent.Tries = 0
	if err := h.keep(ctx); err != nil {
		return err
	}
	return h.refused(ctx, err)
}

// publishDoubt looks whether a submission whose answer is not known was
// accepted: the platform takes a draft away when it publishes it.
func (h *held) publishDoubt(ctx context.Context) error {
	_, err := h.Platform.Draft(ctx, h.c.Sent.MediaID)
	waited := h.now().Sub(h.c.Changed)
	switch kind := wechat.KindOf(err); {
	case err == nil && waited < draftLate, kind == wechat.Retry, kind == wechat.TokenBad, kind == wechat.RateLimited:
		if waited > resultLate {
			break
		}
		return h.later(ctx, pollEvery)
	case err == nil:
		return h.end(ctx, campaign.Failed, "没有发布：草稿还在草稿箱里。可以重新安排。")
	case kind == wechat.BadMedia:
		return h.end(ctx, campaign.InDoubt, "没有收到微信的答复，草稿已不在草稿箱里，很可能已经发布。请到公众平台「发表记录」里核实。")
	}
	return h.end(ctx, campaign.InDoubt, "没有收到微信的答复，不知道是否已经发布。请到公众平台「发表记录」里核实。")
}

// publishResult asks how far the publication is.
func (h *held) publishResult(ctx context.Context) error {
	state, _, err := h.Platform.PublishStateOf(ctx, h.c.Sent.PublishID)
	waited := h.now().Sub(h.c.Sent.At)
	switch {
	case (err != nil || state == wechat.Publishing) && waited > resultLate:
		return h.end(ctx, campaign.InDoubt, "一天内没有等到发布的结果，请到公众平台查看。")
	case err != nil:
		h.log().Warn("the state of a publication is not known", "campaign", h.c.ID, "error", err)
		return h.later(ctx, pollEvery)
	case state == wechat.Publishing:
		return h.later(ctx, pollEvery)
	}
	to, reason := published(fmt.Sprint(int(state)))
	return h.end(ctx, to, reason)
}

// published says what a publish_status means.
func published(status string) (campaign.Status, string) {
	switch status {
	case "0":
		return campaign.Done, ""
	case "2":
		return campaign.Failed, "没有发布：原创校验没有通过。"
	case "4":
		return campaign.Failed, "没有发布：平台审核没有通过。"
	case "5":
		return campaign.Failed, "发布的文章被删除了。"
	case "6":
		return campaign.Failed, "发布的文章被平台封禁了，请登录公众平台查看。"
	}
	return campaign.Failed, "没有发布，请到公众平台查看原因。"
}
