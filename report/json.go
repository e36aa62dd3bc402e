// Package report writes figures down for people and programs. It counts
// nothing and hides nothing: what it is given is what stats decided to show.
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"pufa/stats"
)

type jsonReport struct {
	From    string       `json:"from"` // 2026-03-01, included
	To      string       `json:"to"`   // 2026-03-31, included
	MadeAt  string       `json:"made_at"`
	Figures []jsonFigure `json:"figures"`
	// Campaigns say what the ids of the campaigns' figures are.
	Campaigns []jsonCampaign `json:"campaigns,omitempty"`
}

type jsonCampaign struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Theme   string `json:"theme"`
	Channel string `json:"channel"`
	Began   string `json:"began"` // 2026-03-05T09:00:00+08:00
	Until   string `json:"until"` // the end of its window
	Open    bool   `json:"open"`  // the window is not over: its figures still grow
}

type jsonFigure struct {
	ID   string `json:"id"`
	Rule string `json:"rule"`
	jsonCell
	By map[string]map[string]jsonCell `json:"by"`
}

// jsonCell has a null for a value that is hidden and for one that is not kept
// for the period; only the former is marked hidden.
type jsonCell struct {
	Value  *int64 `json:"value"`
	Hidden bool   `json:"hidden"`
}

// JSON writes r as `report --format json` shows it. Days and the time it was
// made are those of Asia/Shanghai. The same report gives the same bytes.
func JSON(w io.Writer, r Report) error {
	out := jsonReport{
		From: r.Period.From.Format(time.DateOnly), To: r.Period.To.Format(time.DateOnly),
		MadeAt:  r.made().Format(time.RFC3339),
		Figures: make([]jsonFigure, 0, len(r.Figures)),
	}
	for _, f := range r.Figures {
		by := make(map[string]map[string]jsonCell, len(f.By))
		for name, cells := range f.By {
			by[name] = make(map[string]jsonCell, len(cells))
			for part, c := range cells {
				by[name][part] = cellOf(c)
			}
		}
		out.Figures = append(out.Figures, jsonFigure{f.ID, f.Rule, cellOf(f.Cell), by})
	}
	for _, p := range r.Pushes {
		c := r.Campaigns[p.ID]
		out.Campaigns = append(out.Campaigns, jsonCampaign{
			ID: p.ID, Title: c.Title, Theme: c.Theme, Channel: string(c.Channel),
			Began: r.local(p.From).Format(time.RFC3339), Until: r.local(p.Until).Format(time.RFC3339), Open: p.Figures.Open,
		})
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(out); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

func cellOf(c stats.Cell) jsonCell {
	if c.Hidden || c.Missing {
		return jsonCell{Hidden: c.Hidden}
	}
	return jsonCell{Value: &c.Value}
}
