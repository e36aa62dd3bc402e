package main

import (
	"context"
	"time"

	"pufa/campaign"
	"pufa/content"
	"pufa/handlers/api"
	"pufa/handlers/console"
	"pufa/report"
	"pufa/staff"
	"pufa/stats"
)

// dashboards are what the console and the interface show: pages from memory and
// what still changes, reports read anew as `pufa report` reads them.
type dashboards struct {
	server  *server
	archive *stats.Archive
}

// newFigures makes them; run keeps the memory.
func (s *server) newFigures() *dashboards {
	return &dashboards{s, stats.NewArchive(s.store, s.now)}
}

func (f *dashboards) run(ctx context.Context) {
	f.archive.Run(ctx, func(err error) {
		f.server.log.Warn("past figures could not be read, pages of figures read them themselves", "error", err)
	})
}

// Look is a period as pages show it.
func (f *dashboards) Look(ctx context.Context, p stats.Period) (report.Report, error) {
	return f.of(ctx, f.archive.Sitting(), p)
}

// Sight is what Look is, for the console.
func (f *dashboards) Sight(ctx context.Context, p stats.Period) (report.Report, error) {
	return f.Look(ctx, p)
}

// Scans is what Look has of the scans of posters.
func (f *dashboards) Scans(ctx context.Context, p stats.Period) (stats.Figure, error) {
	in, err := stats.Gather(ctx, f.archive.Sitting(), p, f.server.now(), nil)
	if err != nil {
		return stats.Figure{}, err
	}
	return stats.ScansOf(in), nil
}

// Report is a period with everything read anew.
func (f *dashboards) Report(ctx context.Context, p stats.Period) (report.Report, error) {
	// A memory of its own: what is read for one figure is the same for all.
	return f.of(ctx, stats.NewArchive(f.server.store, f.server.now).Sitting(), p)
}

func (f *dashboards) of(ctx context.Context, from stats.Annals, p stats.Period) (report.Report, error) {
	street := f.server.street()
	return reportOf(ctx, from, f.server.store, f.server.live.Library(), street.Name, street.Office, p, f.server.now())
}

// Campaign is one campaign.
func (f *dashboards) Campaign(ctx context.Context, id string) (campaign.Campaign, error) {
	return f.server.store.Campaign(ctx, id)
}

// Campaigns are those that a filter lets through.
func (f *dashboards) Campaigns(ctx context.Context, filter campaign.Filter) ([]campaign.Campaign, error) {
	return f.server.store.Campaigns(ctx, filter)
}

// Push is what became of a campaign.
func (f *dashboards) Push(ctx context.Context, c campaign.Campaign) (stats.PushFigures, error) {
	return stats.GatherPush(ctx, f.archive.Sitting(), pushOf(c), f.server.now())
}

// PushReport is what `pufa report --campaign` writes.
func (f *dashboards) PushReport(ctx context.Context, c campaign.Campaign) (report.Report, error) {
	tally, err := tallyOf(ctx, f.server.store, c)
	if err != nil {
		return report.Report{}, err
	}
	done := pushedOf(c, tally)
	if done.Figures, err = f.Push(ctx, c); err != nil {
		return report.Report{}, err
	}
	street := f.server.street()
	return report.OfCampaign(c, done, report.Report{Street: street.Name, Office: street.Office, Compared: stats.Compared{Now: f.server.now()}}), nil
}

// apiLibrary is the library as the interface tells of it.
type apiLibrary struct{ server *server }

func (l apiLibrary) Library() *content.Library { return l.server.live.Library() }

func (l apiLibrary) Standing(e *content.Entry, t time.Time) content.Standing {
	return l.server.live.Standing(e, t)
}

func (l apiLibrary) Approved(e *content.Entry) bool { return l.server.approved.Approved(e) }

// api builds the interface for other systems.
func (s *server) api() (*api.API, error) {
	return api.New(api.Config{
		Tokens: staff.NewIssuer(s.store, s.now), Calls: s.store, Figures: s.figures, Library: apiLibrary{s}, Campaigns: s.figures,
		Log: s.log, Now: s.now,
	})
}

// figuresPages puts the sections of figures into the console.
func (s *server) figuresPages(cfg *console.Config) {
	cfg.Activities, cfg.Figures, cfg.Tokens = s.store, s.figures, staff.NewIssuer(s.store, s.now)
	cfg.Waiting = append(cfg.Waiting, console.WaitingActivities{Register: s.store})
}
