package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"pufa/campaign"
	"pufa/config"
	"pufa/content"
	"pufa/deliver"
	"pufa/staff"
	"pufa/store"
	"pufa/wechat"
)

// campaignShelf is the library as campaigns know it.
type campaignShelf struct {
	library   func() *content.Library
	approved  func(*content.Entry) bool
	takenDown func(*content.Entry) bool
}

func (s campaignShelf) Entry(id string) (*content.Entry, bool)  { return s.library().Entry(id) }
func (s campaignShelf) Topic(slug string) (content.Topic, bool) { return s.library().Topic(slug) }
func (s campaignShelf) Approved(e *content.Entry) bool          { return s.approved(e) }
func (s campaignShelf) Forbids(text string) []string            { return s.library().Forbids(text) }
func (s campaignShelf) Standing(e *content.Entry, t time.Time) content.Standing {
	if s.takenDown(e) {
		return content.TakenDown
	}
	return s.library().Standing(e, t)
}

func campaignRules(s config.Settings) campaign.Rules {
	return campaign.Rules{
		Account:   campaign.Account{Service: s.WeChat.Account == config.Service, Verified: s.WeChat.Verified},
		OnePerson: s.OnePerson, OnlyApproved: s.OnlyApproved,
	}
}

// crowd counts followers once their list was read; before that nobody knows.
type crowd struct {
	deliver.Crowd
	store *store.Store
}

func (c crowd) Count(ctx context.Context, ch campaign.Channel, a campaign.Audience) (int64, bool, error) {
	read, err := c.store.Synced(ctx)
	if err != nil || read.IsZero() {
		return 0, false, err
	}
	return c.Crowd.Count(ctx, ch, a)
}

// campaignDesk makes the desk at which campaigns are worked on.
func campaignDesk(s config.Settings, st *store.Store, lib campaignShelf, now func() time.Time) *campaign.Desk {
	people := crowd{deliver.Crowd{Lists: st, Template: s.WeChat.Notice}, st}
	return campaign.NewDesk(st, lib, people, campaignRules(s), now)
}

// actorOf is an account as campaigns know it.
func actorOf(a staff.Account) campaign.Actor {
	return campaign.Actor{Name: a.Name, May: func(r campaign.Right) bool { return a.May(staff.Role(r)) }}
}

// platformClient calls the account's platform; nil where no account is
// configured.
func platformClient(s config.Settings, st *store.Store, now func() time.Time, log *slog.Logger) (*wechat.Client, error) {
	if s.WeChat.Made || s.WeChat.AppSecret.Empty() {
		return nil, nil
	}
	return wechat.NewClient(wechat.ClientConfig{
		AppID: s.WeChat.AppID, Secret: s.WeChat.AppSecret.Reveal(), BaseURL: s.WeChat.APIBase,
		HTTP: &http.Client{Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, MaxIdleConns: maxCalls, MaxIdleConnsPerHost: maxCalls, IdleConnTimeout: time.Minute,
		}},
		Tokens: st, Ledger: st, Now: now, Log: log,
	})
}

// maxCalls is how many calls to the platform keep their connection: what a
// campaign makes at once.
const maxCalls = 128

// maxAuthor is the longest author of an article, in characters.
const maxAuthor = 16

func deliverOptions(s config.Settings) deliver.Options {
	author := []rune(s.Street.Office)
	return deliver.Options{
		PublicURL: s.PublicURL, Author: string(author[:min(len(author), maxAuthor)]),
		Cover: s.WeChat.Cover, Template: s.WeChat.Notice,
	}
}

// pushes is everything that campaigns need of a running server.
type pushes struct {
	store    *store.Store
	client   *wechat.Client // nil: no account
	verified bool
	desk     *campaign.Desk
	board    *board
	worker   *deliver.Worker
	receipts *deliver.Receipts
	library  func() *content.Library
	now      func() time.Time
	log      *slog.Logger

	// Only Run touches these.
	lookedAtFollowers, renewed time.Time
}

// newPushes wires them.
func (s *server) newPushes() (*pushes, error) {
	client, err := platformClient(s.settings, s.store, s.now, s.log)
	if err != nil {
		return nil, err
	}
	lib := campaignShelf{s.live.Library, s.approved.Approved, s.approved.TakenDown}
	desk := campaignDesk(s.settings, s.store, lib, s.now)
	p := &pushes{
		store: s.store, client: client, verified: s.settings.WeChat.Verified, desk: desk,
		board:    newBoard(s.store, desk.Rules(), lib, s.now, s.log),
		receipts: &deliver.Receipts{Book: s.store, Settler: s.store, Template: s.settings.WeChat.Notice, Now: s.now},
		library:  s.live.Library, now: s.now, log: s.log,
	}
	p.worker = &deliver.Worker{
		Queue: s.store, Book: s.store, Lists: s.store, Brakes: s.store,
		Start: func(ctx context.Context, c campaign.Campaign, token string) (campaign.Campaign, bool, error) {
			return desk.Start(ctx, s.store, c, token)
		},
		Platform: client, Direct: client, Options: deliverOptions(s.settings), Now: s.now, Log: s.log,
		Runner: &deliver.Runner{Queue: s.store, Followers: s.store, Brakes: s.store, Now: s.now, Log: s.log},
	}
	p.board.library = s.live.Library
	if client == nil {
		p.worker.Platform, p.worker.Direct = absent{}, absent{}
	}
	return p, nil
}

// How often what is not urgent is looked at.
const (
	lookForChores  = time.Second
	readFollowers  = 24 * time.Hour
	lookFollowers  = 10 * time.Minute // whether the list is to be read, and after a failure
	renewCampaigns = time.Hour
)

// Run reads the list of followers once a day and makes next year's drafts.
func (p *pushes) Run(ctx context.Context) {
	tick := time.NewTicker(lookForChores)
	defer tick.Stop()
	for {
		p.Tick(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Tick does what is due.
func (p *pushes) Tick(ctx context.Context) {
	now := p.now()
	if now.Sub(p.lookedAtFollowers).Abs() >= lookFollowers {
		p.lookedAtFollowers = now
		if err := p.sync(ctx, now); err != nil && ctx.Err() == nil {
			p.log.Warn("list of followers could not be read", "error", err)
		}
	}
	if now.Sub(p.renewed).Abs() >= renewCampaigns {
		p.renewed = now
		made, err := p.desk.Renew(ctx, datesOf(p.library()))
		if err != nil && ctx.Err() == nil {
			p.log.Warn("next year's campaigns could not be drafted", "error", err)
		}
		for _, c := range made {
			p.log.Info("next year's campaign was drafted", "campaign", c.ID)
		}
	}
}

// sync reads the list of followers if it was not read in the last day. The
// platform tells it to verified accounts only.
func (p *pushes) sync(ctx context.Context, now time.Time) error {
	if p.client == nil || !p.verified {
		return nil
	}
	last, err := p.store.Synced(ctx)
	if err != nil || now.Sub(last).Abs() < readFollowers {
		return err
	}
	got, err := deliver.Sync(ctx, p.client, p.store)
	if err != nil {
		return err
	}
	p.log.Info("list of followers was read", "followers", got.Followers, "dropped", got.Dropped, "whole", got.Whole)
	if !got.Whole {
		return nil
	}
	return p.store.MarkSynced(ctx)
}

// datesOf says on which day of a year an observance of a library falls.
func datesOf(lib *content.Library) campaign.Dates {
	return func(observance string, year int) (time.Time, bool) {
		days, err := campaign.NewCalendar(lib).Year(year)
		if err != nil {
			return time.Time{}, false
		}
		for _, day := range days {
			if day.ID == observance && day.Dated() {
				return day.From, true
			}
		}
		return time.Time{}, false
	}
}

// absent is the platform where no account is configured.
type absent struct{}

var errAbsent = errors.New("no Official Account is configured (PUFA_WECHAT_*)")

func (absent) AddDraft(context.Context, []wechat.DraftArticle) (string, error) { return "", errAbsent }

func (absent) Draft(context.Context, string) ([]wechat.DraftArticle, error) { return nil, errAbsent }

func (absent) SendMass(context.Context, wechat.MassMessage) (wechat.MassJob, error) {
	return wechat.MassJob{}, errAbsent
}

func (absent) MassStateOf(context.Context, int64) (wechat.MassState, error) { return "", errAbsent }

func (absent) Publish(context.Context, string) (wechat.PublishJob, error) {
	return wechat.PublishJob{}, errAbsent
}

func (absent) PublishStateOf(context.Context, string) (wechat.PublishState, *wechat.PublishResult, error) {
	return 0, nil, errAbsent
}

func (absent) SendNotice(context.Context, string, wechat.Notice) (string, error) {
	return "", errAbsent
}

func (absent) SendMessage(context.Context, string, wechat.CustomerMessage) error { return errAbsent }
