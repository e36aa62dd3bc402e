package main

import (
	"bytes"
	"context"
	"time"

	"pufa/content"
	"pufa/report"
	"pufa/stats"
	"pufa/store"
)

// reportGaps writes the questions of a period that went without an answer: how,
// near to which entries and, where staff let words be kept, in which words.
func (p program) reportGaps(ctx context.Context, args []string) error {
	f := p.newFlags("report gaps", "[--month M | --from D --to D] [--format text] [-o F]")
	month := f.String("month", "", "a `month`, like 2026-03; this month when empty")
	from := f.String("from", "", "first `day` of a month, like 2026-03-01")
	to := f.String("to", "", "last `day` of a month, included, or today")
	format := f.String("format", "text", "text, json or csv")
	out := f.String("o", "", "write to this `file` instead of the terminal")
	if err := f.parse(args, 0); err != nil {
		return shown(err)
	}
	write, ok := gapFormats()[*format]
	if !ok {
		return usagef("report gaps: --format %q: want text, json or csv", *format)
	}
	now := p.now()
	period, err := gapPeriod(*month, *from, *to, now)
	if err != nil {
		return err
	}
	gaps, err := p.gaps(ctx, period, now)
	if err != nil {
		return err
	}
	if gaps.Gaps.Missing {
		return usagef("report gaps: they are kept by month: want whole months, like --month 2026-03")
	}
	var buf bytes.Buffer
	if err := write(&buf, gaps); err != nil {
		return err
	}
	if *out == "" {
		_, err = p.stdout.Write(buf.Bytes())
		return err
	}
	return writeWhole(*out, buf.Bytes())
}

func gapFormats() map[string]func(*bytes.Buffer, report.Gaps) error {
	return map[string]func(*bytes.Buffer, report.Gaps) error{
		"text": func(b *bytes.Buffer, g report.Gaps) error { return report.GapsText(b, g) },
		"json": func(b *bytes.Buffer, g report.Gaps) error { return report.GapsJSON(b, g) },
		"csv":  func(b *bytes.Buffer, g report.Gaps) error { return report.GapsCSV(b, g) },
	}
}

func gapPeriod(month, from, to string, now time.Time) (period stats.Period, err error) {
	switch {
	case month != "" && from+to != "":
		return period, usagef("report gaps: --month stands without --from and --to")
	case month != "":
		period, err = stats.ParseMonth(month)
	case from+to == "":
		return stats.MonthToDate(now), nil
	default:
		period, err = stats.ParsePeriod(from, to)
	}
	if err != nil {
		return period, usagef("report gaps: %v", err)
	}
	return period, nil
}

// gaps reads what is counted of the period, and the words that are kept now.
func (p program) gaps(ctx context.Context, period stats.Period, now time.Time) (report.Gaps, error) {
	lib, err := p.asShipped()
	if err != nil {
		return report.Gaps{}, err
	}
	settings, err := p.settings()
	if err != nil {
		return report.Gaps{}, err
	}
	var out report.Gaps
	err = p.withStore(ctx, func(st *store.Store) error {
		out, err = gapsOf(ctx, st, st, lib, settings.GapTexts, period, now)
		return err
	})
	return out, err
}

// gapsOf reads the gaps of a period as they may be shown: counters from one,
// words that are kept from the other.
func gapsOf(ctx context.Context, from stats.Records, st *store.Store, lib *content.Library, texts bool, period stats.Period, now time.Time) (report.Gaps, error) {
	in, err := stats.Gather(ctx, from, period, now, themesOf(lib))
	if err != nil {
		return report.Gaps{}, err
	}
	list, until, err := st.GapTexts(ctx)
	return report.Gaps{
		Period: period, MadeAt: now, Title: titlesOf(lib), Gaps: stats.GapsOf(in),
		Texts: report.GapTexts{On: texts, Until: until.AddDate(0, 0, -1), List: gapTexts(list)},
	}, err
}

// gapTexts are the kept words with their number as it may be shown.
func gapTexts(list []store.KeptGap) []report.GapText {
	out := make([]report.GapText, len(list))
	for i, g := range list {
		out[i] = report.GapText{Text: g.Text, Shape: g.Shape, Near: g.Near, Residents: stats.FewOf(g.Residents)}
	}
	return out
}

// titlesOf names entries and topics as staff know them.
func titlesOf(lib *content.Library) func(id string) string {
	return func(id string) string {
		if e, ok := lib.Entry(id); ok {
			return e.Title
		}
		topic, _ := lib.Topic(id)
		return topic.Name
	}
}
