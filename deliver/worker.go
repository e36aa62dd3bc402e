package deliver

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"pufa/campaign"
	"pufa/wechat"
)

const (
	holdLease  = 30 * time.Second // of a campaign: longer than the calls of one step take
	atOnce     = 4                // campaigns worked on by one process
	soon       = time.Minute      // until a step is tried again
	pollEvery  = time.Minute      // of a result
	keyLife    = 20 * time.Hour   // for how long a mass message is repeated under its key; the platform is said to know it for 24 h
	resultLate = 24 * time.Hour   // after which a result is not waited for any more
)

// Platform is what of the WeChat client is used for whole campaigns.
type Platform interface {
	AddDraft(ctx context.Context, articles []wechat.DraftArticle) (mediaID string, err error)
	Draft(ctx context.Context, mediaID string) ([]wechat.DraftArticle, error)
	SendMass(ctx context.Context, m wechat.MassMessage) (wechat.MassJob, error)
	MassStateOf(ctx context.Context, msgID int64) (wechat.MassState, error)
	Publish(ctx context.Context, mediaID string) (wechat.PublishJob, error)
	PublishStateOf(ctx context.Context, id string) (wechat.PublishState, *wechat.PublishResult, error)
}

// Direct is what of it is used follower by follower.
type Direct interface {
	SendNotice(ctx context.Context, openID string, n wechat.Notice) (jobID string, err error)
	SendMessage(ctx context.Context, openID string, m wechat.CustomerMessage) error
}

// Lists make the lists of recipients.
type Lists interface {
	PlanSend(ctx context.Context, id string, t campaign.Terms) error
	// ExpireSend lets a list go 30 days from now.
	ExpireSend(ctx context.Context, id string) error
	// Stopped says why nothing is sent; "" when it is not so.
	Stopped(ctx context.Context) (string, error)
}

// Book reads campaigns.
type Book interface {
	Campaign(ctx context.Context, id string) (campaign.Campaign, error)
}

// Options are the office's own.
type Options struct {
	PublicURL string // of the pages /a/ENTRY; empty: articles and notices lead nowhere
	Author    string // of articles, at most 16 characters
	Cover     string // media id of the cover of articles that have none
	Template  string // of notices
	Rate      int    // calls to followers a second; 50 when 0
	PerDay    int64  // calls to followers a day and channel; 0: as many as there are
}

// Worker works on campaigns that are due, step by step. Each step is kept
// before the next one, so that another worker goes on wherever one dies.
type Worker struct {
	Queue    campaign.Queue
	Book     Book
	Start    func(ctx context.Context, c campaign.Campaign, token string) (campaign.Campaign, bool, error) // Desk.Start
	Platform Platform
	Direct   Direct
	Lists    Lists
	Runner   *Runner
	Brakes   Brakes
	Options  Options
	Now      func() time.Time // time.Now when nil
	Log      *slog.Logger     // slog.Default() when nil
}

// Run works until ctx ends, and then finishes the calls in flight.
func (w *Worker) Run(ctx context.Context) {
	var working sync.WaitGroup
	defer working.Wait()
	free := make(chan struct{}, atOnce)
	for {
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
			return
		}
		working.Go(func() {
			defer func() { <-free }()
			for ctx.Err() == nil {
				worked, err := w.Tick(ctx)
				if err != nil && ctx.Err() == nil {
					w.log().Error("a campaign's step failed, it is tried again", "error", err)
				}
				if !worked || err != nil {
					return
				}
			}
		})
		if !sleep(ctx, watchEvery) {
			return
		}
	}
}

// Tick takes the campaign that is due longest one step further, or, follower
// by follower, to its end. It reports whether there was one.
func (w *Worker) Tick(ctx context.Context) (bool, error) {
	token := rand.Text()
	c, ok, err := w.Queue.ClaimDue(ctx, w.now(), token, holdLease)
	if err != nil || !ok {
		return false, err
	}
	c, begun, err := w.Start(ctx, c, token)
	if err != nil || !begun {
		return true, notLost(err)
	}
	h := &held{Worker: w, c: c, token: token}
	err = notLost(h.work(ctx))
	if err != nil {
		// Another try now would most likely fail as well.
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), watchEvery)
		defer cancel()
		err = errors.Join(err, notLost(h.later(last, soon)))
	}
	return true, err
}

// notLost leaves out that staff or another worker came between: whoever holds
// the campaign now goes on.
func notLost(err error) error {
	if errors.Is(err, campaign.ErrLost) || errors.Is(err, campaign.ErrChanged) {
		return nil
	}
	return err
}

func (w *Worker) now() time.Time {
	if w.Now == nil {
		return time.Now()
	}
	return w.Now()
}

func (w *Worker) log() *slog.Logger {
	if w.Log == nil {
		return slog.Default()
	}
	return w.Log
}

// held is a campaign that this worker holds.
type held struct {
	*Worker
	c     campaign.Campaign
	token string
}

func (h *held) work(ctx context.Context) error {
	if why, err := h.Lists.Stopped(ctx); err != nil {
		return err
	} else if why != "" && h.c.Channel != campaign.Card {
		return h.later(ctx, 5*soon)
	}
	switch h.c.Channel {
	case campaign.Mass:
		return h.mass(ctx)
	case campaign.Publish:
		return h.publish(ctx)
	case campaign.Card:
		return h.card(ctx)
	case campaign.Notice, campaign.Message:
		return h.direct(ctx)
	}
	return h.end(ctx, campaign.Failed, "渠道「"+string(h.c.Channel)+"」不认识")
}

// keep writes what is known now.
func (h *held) keep(ctx context.Context) error {
	got, err := h.Queue.Advance(ctx, h.c, h.token, campaign.Deed{})
	if err != nil {
		return fmt.Errorf("keep campaign %s: %w", h.c.ID, err)
	}
	h.c = got
	return nil
}

// end puts the campaign into another state, with a step of the trail.
func (h *held) end(ctx context.Context, to campaign.Status, reason string) error {
	deed, err := h.c.Move(to, h.now(), reason)
	if err != nil {
		return fmt.Errorf("move campaign: %w", err)
	}
	got, err := h.Queue.Advance(ctx, h.c, h.token, deed)
	if err != nil {
		return fmt.Errorf("move campaign %s to %s: %w", h.c.ID, to, err)
	}
	h.c = got
	h.log().Info("campaign", "campaign", h.c.ID, "status", string(to), "reason", reason)
	return nil
}

// later lets the campaign go until some time from now.
func (h *held) later(ctx context.Context, d time.Duration) error {
	return h.Queue.Release(ctx, h.c.ID, h.token, h.now().Add(d))
}

// overdue reports whether it is too late to begin, or to try again.
func (h *held) overdue() bool { return h.now().After(h.c.Due.Add(h.c.Grace)) }

// card is shown by whoever answers residents while the campaign is Sending.
func (h *held) card(ctx context.Context) error {
	if !h.now().Before(h.c.Until) {
		return h.end(ctx, campaign.Done, "")
	}
	if h.c.Status == campaign.Claimed {
		if err := h.end(ctx, campaign.Sending, ""); err != nil {
			return err
		}
	}
	return h.later(ctx, h.c.Until.Sub(h.now()))
}

// refused decides about an answer that certainly did nothing: later again, or
// the end.
func (h *held) refused(ctx context.Context, err error) error {
	again := soon
	switch wechat.KindOf(err) {
	case wechat.StopAll:
		h.log().Error("everything is stopped", "error", err)
		if stop := h.Brakes.StopSending(ctx, err.Error()); stop != nil {
			return stop
		}
		again = 5 * soon
	case wechat.Retry, wechat.RetrySameKey, wechat.RateLimited, wechat.TokenBad, wechat.Misconfigured, wechat.AdminWait:
	case wechat.BadMedia:
		h.c.Sent.MediaID = "" // uploaded once more
		if err := h.keep(ctx); err != nil {
			return err
		}
	case wechat.QuotaUsed:
		if again = max(later(err, h.now(), h.now()).Sub(h.now()), 0); again == 0 {
			return h.end(ctx, campaign.Failed, reasonOf(err)) // of the period: no retry
		}
	default:
		return h.end(ctx, campaign.Failed, reasonOf(err))
	}
	if h.now().Add(again).After(h.c.Due.Add(h.c.Grace)) {
		return h.end(ctx, campaign.Failed, reasonOf(err))
	}
	return h.later(ctx, again)
}

// reasonOf says in Chinese what staff must know of an error.
func reasonOf(err error) string {
	if advice := wechat.AdviceOf(err); advice != "" {
		return advice
	}
	return "发送失败，请技术人员查看日志。"
}
