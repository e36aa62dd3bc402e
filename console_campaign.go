package main

import (
	"context"

	"pufa/campaign"
	"pufa/deliver"
	"pufa/handlers/console"
	"pufa/report"
	"pufa/stats"
	"pufa/web"
	"pufa/wechat"
)

// campaignPages is what the console's pages of campaigns ask beside the desk.
type campaignPages struct {
	pushDesk
	client  *wechat.Client
	options deliver.Options
	street  func() web.Street
}

// campaignPages wires them to the running server.
func (s *server) campaignPages() *console.Campaigns {
	pages := campaignPages{
		pushDesk: pushDesk{Desk: s.pushes.desk, settings: s.settings, store: s.store, now: s.now},
		client:   s.pushes.client, options: deliverOptions(s.settings), street: s.street,
	}
	c := &console.Campaigns{Desk: s.pushes.desk, Library: s.live.Library, Results: pages, Sending: pages}
	if pages.client != nil {
		c.Tests = pages
	}
	return c
}

// SendTest sends a campaign to one telephone. The name is not in an error.
func (p campaignPages) SendTest(ctx context.Context, c campaign.Campaign, to string) error {
	return deliver.Preview(ctx, p.client, p.options, c, to)
}

// PushResults are the figures that the terminal shows too.
func (p campaignPages) PushResults(ctx context.Context, c campaign.Campaign) (campaign.Tally, stats.PushFigures, error) {
	r, err := p.resultsOf(ctx, c)
	return r.tally, r.figures, err
}

// PushReport is the report that `pufa report --campaign` writes.
func (p campaignPages) PushReport(ctx context.Context, c campaign.Campaign) (report.Report, error) {
	street := p.street()
	return p.reportOf(ctx, c, street.Name, street.Office)
}

// SendProgress counts the recipients of a campaign by fate.
func (p campaignPages) SendProgress(ctx context.Context, id string) (campaign.Progress, error) {
	return p.store.SendProgress(ctx, id)
}

// Stopped says why nothing is sent.
func (p campaignPages) Stopped(ctx context.Context) (string, error) { return p.store.Stopped(ctx) }

// Allow lets sending go on, as the terminal does.
func (p campaignPages) Allow(ctx context.Context, who campaign.Actor, why string) (string, error) {
	return p.allow(ctx, who, why)
}

// SettleFollowers settles those in doubt, as the terminal does.
func (p campaignPages) SettleFollowers(ctx context.Context, c campaign.Campaign, as campaign.Status) error {
	return p.settleFollowers(ctx, c, as)
}
