package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/chzyer/readline"

	"pufa/content"
	"pufa/report"
	"pufa/stats"
	"pufa/store"
)

// report writes the figures of a period: a day, a week, a month, a quarter, a
// year, a range of days, or this month up to today.
func (p program) report(ctx context.Context, args []string) error {
	if len(args) > 0 && args[0] == "gaps" {
		return p.reportGaps(ctx, args[1:])
	}
	f := p.newFlags("report", "[--from D --to D | --year Y | --quarter Q | --month M | --week W | --day D | --campaign ID] [--format json|csv|xlsx|docx] [-o F]")
	var ask periodFlags
	f.StringVar(&ask.from, "from", "", "first `day`, like 2026-03-01")
	f.StringVar(&ask.to, "to", "", "last `day`, included")
	f.StringVar(&ask.day, "day", "", "one `day`")
	f.StringVar(&ask.week, "week", "", "an ISO `week`, like 2026-W10")
	f.StringVar(&ask.month, "month", "", "a `month`, like 2026-03")
	f.StringVar(&ask.quarter, "quarter", "", "a `quarter`, like 2026-Q1")
	f.IntVar(&ask.year, "year", 0, "a whole `year`")
	campaign := f.String("campaign", "", "the figures of one campaign, by its `id`")
	format := f.String("format", "json", "json, csv, xlsx or docx")
	out := f.String("o", "", "write to this `file` instead of the terminal")
	if err := f.parse(args, 0); err != nil {
		return shown(err)
	}
	write, ok := report.Formats()[*format]
	if !ok {
		return usagef("report: --format %q: want json, csv, xlsx or docx", *format)
	}
	if *out == "" && p.onTerminal() && (*format == "xlsx" || *format == "docx") {
		return usagef("report: %s is no text: name a file with -o", *format)
	}
	if *campaign != "" {
		if ask != (periodFlags{}) {
			return usagef("report: --campaign stands without a period: its window is its period")
		}
		return p.reportCampaign(ctx, *campaign, *out, write)
	}
	now := p.now()
	period, err := ask.period(now)
	if err != nil {
		return err
	}
	data, err := p.reportBytes(ctx, period, now, write)
	if err != nil {
		return err
	}
	if *out == "" {
		_, err = p.stdout.Write(data)
		return err
	}
	return writeWhole(*out, data)
}

// onTerminal reports whether what is written is read by a person at once.
func (p program) onTerminal() bool {
	file, ok := p.stdout.(*os.File)
	return ok && readline.IsTerminal(int(file.Fd()))
}

// periodFlags are the ways to name a period; only one of them may be used.
type periodFlags struct {
	from, to, day, week, month, quarter string
	year                                int
}

func (a periodFlags) period(now time.Time) (stats.Period, error) {
	if a.year != 0 && (a.from != "" || a.to != "") {
		return stats.Period{}, usagef("report: --year stands without --from and --to")
	}
	if a.year != 0 && (a.year < 2020 || a.year > 2100) {
		return stats.Period{}, usagef("report: --year %d: want 2020 to 2100", a.year)
	}
	ways := 0
	for _, used := range []bool{a.from+a.to != "", a.day != "", a.week != "", a.month != "", a.quarter != "", a.year != 0} {
		if used {
			ways++
		}
	}
	if ways > 1 {
		return stats.Period{}, usagef("report: want one of --from and --to, --day, --week, --month, --quarter, --year")
	}
	period, err := a.named(now)
	if err != nil {
		return period, usagef("report: %v", err)
	}
	return period, nil
}

func (a periodFlags) named(now time.Time) (stats.Period, error) {
	switch {
	case a.year != 0:
		return stats.Year(a.year), nil
	case a.day != "":
		return stats.ParsePeriod(a.day, a.day)
	case a.week != "":
		return stats.ParseWeek(a.week)
	case a.month != "":
		return stats.ParseMonth(a.month)
	case a.quarter != "":
		return stats.ParseQuarter(a.quarter)
	case a.from+a.to == "":
		return stats.MonthToDate(now), nil
	}
	period, err := stats.ParsePeriod(a.from, a.to)
	if err != nil {
		return period, fmt.Errorf("--from and --to: %w", err)
	}
	return period, nil
}

// reportBytes makes the report of a period in one format.
func (p program) reportBytes(ctx context.Context, period stats.Period, now time.Time, write func(io.Writer, report.Report) error) ([]byte, error) {
	settings, err := p.settings()
	if err != nil {
		return nil, err
	}
	lib, err := p.library(ctx, true)
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	err = p.withStore(ctx, func(st *store.Store) error {
		street, err := toldStreet(ctx, st, settings.Street)
		if err != nil {
			return err
		}
		r, err := reportOf(ctx, stats.NewArchive(st, p.now).Sitting(), st, lib, street.Name, street.Office, period, now)
		if err != nil {
			return err
		}
		return write(&buf, r)
	})
	return buf.Bytes(), err
}

// reportOf gathers the report of a period with the campaigns that began in it.
func reportOf(ctx context.Context, from stats.Annals, pushes pushBook, lib *content.Library, street, office string, period stats.Period, now time.Time) (r report.Report, err error) {
	r = report.Report{Street: street, Office: office, Topics: topicNames(lib), Entries: entryTitles(lib)}
	if r.Compared, err = stats.GatherCompared(ctx, from, period, now, themesOf(lib)); err != nil {
		return r, err
	}
	return r, addPushes(ctx, from, pushes, &r)
}

// themesOf is the library as figures see it: each entry with its themes.
func themesOf(lib *content.Library) map[string][]string {
	entries := make(map[string][]string, len(lib.Entries()))
	for _, e := range lib.Entries() {
		entries[e.ID] = e.Themes
	}
	return entries
}

func topicNames(lib *content.Library) map[string]string {
	names := map[string]string{}
	for _, t := range lib.Topics() {
		names[t.Slug] = t.Name
	}
	return names
}

func entryTitles(lib *content.Library) map[string]string {
	titles := map[string]string{}
	for _, e := range lib.Entries() {
		titles[e.ID] = e.Title
	}
	return titles
}

// withStore opens the store for one command and closes it again.
func (p program) withStore(ctx context.Context, do func(*store.Store) error) error {
	settings, err := p.settings()
	if err != nil {
		return err
	}
	st, err := openStore(ctx, settings, p.now, quietLog(p.stderr))
	if err != nil {
		return err
	}
	return errors.Join(do(st), st.Close())
}

// quietLog is for commands that end by themselves: only what went wrong.
func quietLog(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// writeWhole replaces a file at once, so that nobody reads half of it.
func writeWhole(name string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), ".pufa-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	_, err = tmp.Write(data)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, errors.Join(err, os.Remove(tmp.Name())))
	}
	return nil
}

// stats verifies the figures.
func (p program) stats(ctx context.Context, args []string) error {
	if len(args) == 0 || args[0] != "verify" {
		return usagef("stats: want pufa stats verify")
	}
	f := p.newFlags("stats verify", "")
	if err := f.parse(args[1:], 0); err != nil {
		return shown(err)
	}
	var result stats.Result
	err := p.withStore(ctx, func(st *store.Store) (err error) {
		result, err = stats.Verify(ctx, st, p.now())
		return err
	})
	if err != nil {
		return err
	}
	if err := result.Print(p.stdout); err != nil {
		return err
	}
	if len(result.Differences) > 0 {
		return errSaid
	}
	return nil
}
