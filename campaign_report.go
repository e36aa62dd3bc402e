package main

import (
	"bytes"
	"context"

	"pufa/report"
	"pufa/stats"
)

// reportCampaign writes the figures of one campaign as JSON, K29 to K38.
func (p program) reportCampaign(ctx context.Context, id, out string) error {
	f := p.newCampaignFlags("show", "", "")
	f.bare = true
	var buf bytes.Buffer
	err := p.atCampaigns(ctx, f, func(p program, d pushDesk) error {
		c, err := d.store.Campaign(ctx, id)
		if err != nil {
			return err
		}
		if !c.Pushed() {
			return usagef("report: campaign %s has not begun: there is nothing to count yet", id)
		}
		r, err := d.resultsOf(ctx, c)
		if err != nil {
			return err
		}
		t := r.tally
		done := stats.PushDone{Planned: t.Planned, Reached: t.Reached, Failed: t.Failed, Filtered: t.Filtered, InDoubt: t.InDoubt}
		return report.JSON(&buf, report.Report{Compared: stats.Compared{
			Period: pushOf(c).Days(), Now: p.now(), Figures: r.figures.Figures(done),
		}})
	})
	if err != nil {
		return err
	}
	if out == "" {
		_, err = p.stdout.Write(buf.Bytes())
		return err
	}
	return writeWhole(out, buf.Bytes())
}
