package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"pufa/campaign"
	"pufa/content"
	"pufa/report"
	"pufa/staff"
	"pufa/stats"
)

var noon = time.Date(2026, 12, 20, 12, 0, 0, 0, campaign.Zone)

// office is everything that the interface asks.
type office struct {
	lib       *content.Library
	campaigns []campaign.Campaign
	wait      time.Duration
	calls     int
	down      error
	panics    bool
	now       time.Time
}

// scopes are the tokens of the tests: their text is what they open.
func (o *office) Of(_ context.Context, text string) (staff.APIToken, error) {
	switch scope := staff.Scope(text); scope {
	case staff.ReadFigures, staff.ReadEntries, staff.ReadCampaigns:
		return staff.APIToken{ID: "0123456789ab", Name: "平台", Scopes: []staff.Scope{scope}, By: "赵管"}, nil
	}
	if errors.Is(o.down, errTokensDown) {
		return staff.APIToken{}, o.down
	}
	return staff.APIToken{}, staff.ErrNoToken
}

var errTokensDown = errors.New("dial tcp 192.0.2.1:6379: connection refused")

func (o *office) TakeAPICall(context.Context, string) (time.Duration, error) {
	o.calls++
	return o.wait, nil
}

func (o *office) Look(_ context.Context, p stats.Period) (report.Report, error) {
	if o.panics {
		panic("a secret")
	}
	return report.Report{Compared: stats.Compared{Period: p, Now: o.now, Figures: []stats.Figure{
		{ID: "messages", Rule: "K01", Cell: stats.Cell{Value: 12}, By: map[string]map[string]stats.Cell{
			"topic": {"women": {Hidden: true}, "consumer": {Value: 7}},
		}},
		{ID: "residents", Rule: "K16", Cell: stats.Cell{Missing: true}},
	}}}, o.down
}

func (o *office) Library() *content.Library { return o.lib }

func (o *office) Standing(e *content.Entry, t time.Time) content.Standing {
	if e.ID == "consumer/seven-day-return" {
		return content.TakenDown
	}
	return o.lib.Standing(e, t)
}

func (o *office) Approved(e *content.Entry) bool { return e.Topic() == "women" }

func (o *office) Campaign(_ context.Context, id string) (campaign.Campaign, error) {
	for _, c := range o.campaigns {
		if c.ID == id {
			return c, o.down
		}
	}
	return campaign.Campaign{}, campaign.ErrUnknown
}

func (o *office) Campaigns(_ context.Context, f campaign.Filter) (list []campaign.Campaign, err error) {
	for _, c := range o.campaigns {
		if f.Has(c) {
			list = append(list, c)
		}
	}
	return list, o.down
}

func (o *office) Push(context.Context, campaign.Campaign) (stats.PushFigures, error) {
	return stats.PushFigures{
		Opened: stats.Cell{Value: 31}, Asked: stats.Cell{Hidden: true}, Residents: stats.Cell{Missing: true},
		Lift: stats.Change{Known: true, Share: true, Percent: 42.5},
	}, o.down
}

func (o *office) PushReport(_ context.Context, c campaign.Campaign) (report.Report, error) {
	done := stats.Pushed{
		Push: stats.Push{ID: c.ID, Theme: c.Theme, From: c.Began, Until: c.Until}, Sends: true,
		Figures: stats.PushFigures{Opened: stats.Cell{Value: 31}, Asked: stats.Cell{Hidden: true}},
	}
	return report.OfCampaign(c, done, report.Report{Compared: stats.Compared{Now: o.now}}), o.down
}

func newAPI(t *testing.T) (*office, http.Handler) {
	t.Helper()
	lib, err := content.Load(content.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	push := func(id string, s campaign.Status, began bool) campaign.Campaign {
		c := campaign.Campaign{
			ID: id, Title: "三八维权周", Theme: "3.8", Channel: campaign.Mass, Status: s, Author: "王编写的名字", Reason: "内部原因",
			Due: noon.AddDate(0, 0, -10), Until: noon.AddDate(0, 0, -3), Sent: campaign.Sent{Key: "clientmsgid-secret", Tally: campaign.Tally{Planned: 9, Reached: 8, Failed: 1}},
		}
		if began {
			c.Began = c.Due
		}
		return c
	}
	o := &office{lib: lib, now: noon, campaigns: []campaign.Campaign{
		push("w38-2", campaign.Done, true), push("w38-1", campaign.Scheduled, false), push("draft", campaign.Draft, false),
		push("w38-3", campaign.Cancelled, false), push("w38-4", campaign.Cancelled, true),
	}}
	a, err := New(Config{
		Tokens: o, Calls: o, Figures: o, Library: o, Campaigns: o, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return noon },
	})
	if err != nil {
		t.Fatal(err)
	}
	return o, a.Handler()
}

// ask calls an address as somebody with a token; empty: with none.
func ask(t *testing.T, h http.Handler, method, path, token string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, Path+path, nil)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
