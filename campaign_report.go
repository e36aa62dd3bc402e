package main

import (
	"bytes"
	"context"
	"io"

	"pufa/campaign"
	"pufa/report"
	"pufa/stats"
)

// reportCampaign writes the figures of one campaign, K29 to K38.
func (p program) reportCampaign(ctx context.Context, id, out string, write func(io.Writer, report.Report) error) error {
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
		street, err := toldStreet(ctx, d.store, d.settings.Street)
		if err != nil {
			return err
		}
		r, err := d.reportOf(ctx, c, street.Name, street.Office)
		if err != nil {
			return err
		}
		return write(&buf, r)
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

// reportOf is the report of one campaign that began.
func (d pushDesk) reportOf(ctx context.Context, c campaign.Campaign, street, office string) (report.Report, error) {
	r, err := d.resultsOf(ctx, c)
	if err != nil {
		return report.Report{}, err
	}
	done := pushedOf(c, r.tally)
	done.Figures = r.figures
	return report.OfCampaign(c, done, report.Report{Street: street, Office: office, Compared: stats.Compared{Now: d.now()}}), nil
}
