package deliver

import (
	"context"
	"html"
	"strings"

	"pufa/campaign"
	"pufa/wechat"
)

// keyOf is the clientmsgid of a campaign: the same for every try.
func keyOf(c campaign.Campaign) string { return "pufa-" + c.ID }

// mass sends a mass message: draft, key kept, call, result. The call is
// repeated with the same key for as long as the platform remembers it.
func (h *held) mass(ctx context.Context) error {
	if h.c.Status == campaign.Waiting {
		return h.massResult(ctx)
	}
	unsure := h.c.Sent.Tries > 0 // an answer was waited for and never kept
	switch {
	case unsure && h.now().Sub(h.c.Began) > keyLife:
		return h.end(ctx, campaign.InDoubt, "没有收到微信的答复，群发编号已经过期，不能再用它核实。请到公众平台「已群发消息」里查看。")
	case !unsure && h.overdue():
		return h.end(ctx, campaign.Failed, "补发时限内没有发出。")
	}
	audience, ok := audienceOf(h.c)
	if !ok {
		return h.end(ctx, campaign.Failed, "群发只能发给全部关注者或一个标签。")
	}
	if done, err := h.draft(ctx); err != nil || !done {
		return err
	}
	if err := h.trying(ctx); err != nil {
		return err
	}
	job, err := h.Platform.SendMass(ctx, wechat.MassMessage{
		Audience: audience, Content: wechat.MassNews(h.c.Sent.MediaID), Key: h.c.Sent.Key,
	})
	switch {
	case err == nil:
		h.c.Sent.MsgID, h.c.Sent.At = job.MsgID, h.now().UTC()
		if err := h.end(ctx, campaign.Waiting, ""); err != nil {
			return err
		}
		return h.later(ctx, pollEvery)
	case wechat.MaybeAccepted(err):
		h.log().Warn("a mass message may have been accepted, it is repeated under its key", "campaign", h.c.ID, "error", err)
		return h.later(ctx, soon)
	case unsure && wechat.KindOf(err) != wechat.RetrySameKey && wechat.KindOf(err) != wechat.Retry && wechat.KindOf(err) != wechat.RateLimited:
		// What was refused now may have been accepted before.
		return h.end(ctx, campaign.InDoubt, reasonOf(err)+"此前一次没有收到答复，请到公众平台「已群发消息」里核实。")
	}
	if !unsure {
		h.c.Sent.Tries = 0
		if err := h.keep(ctx); err != nil {
			return err
		}
	}
	return h.refused(ctx, err)
}

// trying keeps, before the call, that it is made and under which key.
func (h *held) trying(ctx context.Context) error {
	h.c.Sent.Tries++
	if h.c.Channel == campaign.Mass {
		h.c.Sent.Key = keyOf(h.c)
	}
	if h.c.Status == campaign.Claimed {
		return h.end(ctx, campaign.Sending, "")
	}
	return h.keep(ctx)
}

func audienceOf(c campaign.Campaign) (wechat.Audience, bool) {
	switch c.Audience.Scope {
	case campaign.Everyone:
		return wechat.All(keyOf(c)), true
	case campaign.ByTag:
		return wechat.Tag(int64(c.Audience.Tag)), true
	}
	return wechat.Audience{}, false
}

// massResult asks how far the message is. Its counts come with the event
// MASSSENDJOBFINISH, see Receipts.
func (h *held) massResult(ctx context.Context) error {
	waited := h.now().Sub(h.c.Sent.At)
	if h.c.Sent.MsgID > 0 {
		state, err := h.Platform.MassStateOf(ctx, h.c.Sent.MsgID)
		switch {
		case err != nil:
			h.log().Warn("the state of a mass message is not known", "campaign", h.c.ID, "error", err)
		case state == wechat.MassFailed:
			return h.end(ctx, campaign.Failed, "微信没有发出：可能是管理员没有确认，或内容没有通过。请到公众平台查看。")
		case state == wechat.MassDeleted:
			return h.end(ctx, campaign.Failed, "群发在公众平台上被删除了。")
		case state == wechat.MassSent && waited > 10*soon:
			return h.end(ctx, campaign.Done, "微信说已发出，没有收到人数。")
		}
	}
	if waited > resultLate {
		return h.end(ctx, campaign.InDoubt, "一天内没有等到群发的结果，请到公众平台查看。")
	}
	return h.later(ctx, pollEvery)
}

// draft keeps the articles at the platform, once. A draft that was added by a
// worker that died before it wrote so stays there and is seen by nobody. done
// is false when the campaign is let go.
func (h *held) draft(ctx context.Context) (done bool, err error) {
	if h.c.Sent.MediaID != "" {
		return true, nil
	}
	id, err := h.Platform.AddDraft(ctx, h.Options.articles(h.c))
	if err != nil && wechat.MaybeAccepted(err) {
		return false, h.later(ctx, soon)
	}
	if err != nil {
		return false, h.refused(ctx, err)
	}
	h.c.Sent.MediaID = id
	return true, h.keep(ctx)
}

// articles are those of a campaign as the platform wants them.
func (o Options) articles(c campaign.Campaign) []wechat.DraftArticle {
	list := make([]wechat.DraftArticle, 0, len(c.Articles))
	for _, a := range c.Articles {
		cover := a.Cover
		if cover == "" {
			cover = o.Cover
		}
		list = append(list, wechat.DraftArticle{
			Title: a.Title, Author: o.Author, Digest: a.Digest, Content: paragraphs(a.Body), CoverID: cover,
			SourceURL: o.page(a.Entries, c.ID),
		})
	}
	return list
}

// page is the address of the first entry's page, counted for the campaign.
func (o Options) page(entries []string, id string) string {
	if o.PublicURL == "" || len(entries) == 0 {
		return ""
	}
	return strings.TrimRight(o.PublicURL, "/") + "/a/" + entries[0] + "?c=" + id
}

// paragraphs writes plain text as HTML.
func paragraphs(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString("<p>" + html.EscapeString(line) + "</p>")
		}
	}
	return b.String()
}
