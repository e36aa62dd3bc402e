package main

import (
	"context"
	"time"

	"pufa/bot"
	"pufa/content"
	"pufa/handlers/console"
	"pufa/report"
	"pufa/stats"
)

// Engine is the bot that answers now.
func (l *live) Engine() *bot.Engine { return l.now.Load().engine }

// contentPages is what the console's pages about the library work with.
func (s *server) contentPages() *console.Content {
	return &console.Content{
		Desk:    deskOf(s.settings, s.store, s.now),
		Live:    s.live,
		Options: s.live.opt,
		Texts:   s.live.opt.Texts,
		Page:    func(e *content.Entry) ([]byte, error) { return s.site.Preview(e) }, // the site is built after the console
	}
}

// gaps reads what went without an answer, for the console.
func (s *server) gaps(ctx context.Context, period stats.Period, now time.Time) (report.Gaps, error) {
	return gapsOf(ctx, s.figures.archive.Sitting(), s.store, s.live.Library(), s.settings.GapTexts, period, now)
}
