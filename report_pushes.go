package main

import (
	"cmp"
	"context"
	"slices"

	"pufa/campaign"
	"pufa/deliver"
	"pufa/report"
	"pufa/stats"
)

// pushBook is where campaigns and what became of their recipients are kept.
type pushBook interface {
	Campaigns(ctx context.Context, f campaign.Filter) ([]campaign.Campaign, error)
	SendProgress(ctx context.Context, id string) (campaign.Progress, error)
}

// addPushes adds the campaigns that began in a report's period, and in those
// that it is compared with.
func addPushes(ctx context.Context, from stats.Annals, book pushBook, r *report.Report) error {
	list, err := book.Campaigns(ctx, campaign.Filter{})
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(c campaign.Campaign) bool { return !c.Pushed() || !shownIn(*r, c) })
	slices.SortFunc(list, func(a, b campaign.Campaign) int { return cmp.Or(a.Began.Compare(b.Began), cmp.Compare(a.ID, b.ID)) })
	r.Campaigns = map[string]campaign.Campaign{}
	all := make([]stats.Pushed, 0, len(list))
	for _, c := range list {
		tally, err := tallyOf(ctx, book, c)
		if err != nil {
			return err
		}
		r.Campaigns[c.ID] = c
		all = append(all, pushedOf(c, tally))
	}
	return r.AddPushes(ctx, from, func(p stats.Period) (in []stats.Pushed) {
		for _, one := range all {
			if beganIn(p, r.Campaigns[one.ID]) {
				in = append(in, one)
			}
		}
		return in
	})
}

// shownIn reports whether a campaign began in a period that the report is of
// or compares with.
func shownIn(r report.Report, c campaign.Campaign) bool {
	return beganIn(r.Period, c) || beganIn(r.Before.Period, c) || r.YearBefore != nil && beganIn(r.YearBefore.Period, c)
}

func beganIn(p stats.Period, c campaign.Campaign) bool {
	day := stats.DayOf(c.Began)
	return day >= stats.DayOf(p.From) && day <= stats.DayOf(p.To)
}

// tallyOf is what the platform took of a campaign. While it is sent follower
// by follower, and for a month after, every recipient's fate is counted.
func tallyOf(ctx context.Context, book pushBook, c campaign.Campaign) (campaign.Tally, error) {
	if !c.Channel.PerFollower() {
		return c.Sent.Tally, nil
	}
	progress, err := book.SendProgress(ctx, c.ID)
	if err != nil || len(progress) == 0 {
		return c.Sent.Tally, err
	}
	return deliver.Tally(progress), nil
}

// pushOf is a campaign that began, as its figures need it.
func pushOf(c campaign.Campaign) stats.Push {
	return stats.Push{ID: c.ID, Theme: c.Theme, From: c.Began, Until: c.Until}
}

// pushedOf is a campaign among those of a period.
func pushedOf(c campaign.Campaign, t campaign.Tally) stats.Pushed {
	return stats.Pushed{
		Push: pushOf(c), Sends: c.Channel.Pushes(),
		Done: stats.PushDone{Planned: t.Planned, Reached: t.Reached, Failed: t.Failed, Filtered: t.Filtered, InDoubt: t.InDoubt},
	}
}
