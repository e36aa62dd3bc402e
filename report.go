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

	"pufa/content"
	"pufa/report"
	"pufa/stats"
	"pufa/store"
)

// report writes the figures of a period: a range of days, a year, or this
// month up to today.
func (p program) report(ctx context.Context, args []string) error {
	f := p.newFlags("report", "[--from D --to D | --year Y] [--format json] [-o F]")
	from := f.String("from", "", "first `day`, like 2026-03-01")
	to := f.String("to", "", "last `day`, included")
	year := f.Int("year", 0, "a whole `year`")
	format := f.String("format", "json", "json; csv, xlsx and docx are not built yet")
	out := f.String("o", "", "write to this `file` instead of the terminal")
	if err := f.parse(args, 0); err != nil {
		return shown(err)
	}
	if *format != "json" {
		return usagef("report: --format %q: only json is built so far", *format)
	}
	now := p.now()
	period, err := periodOf(*from, *to, *year, now)
	if err != nil {
		return err
	}
	data, err := p.reportJSON(ctx, period, now)
	if err != nil {
		return err
	}
	if *out == "" {
		_, err = p.stdout.Write(data)
		return err
	}
	return writeWhole(*out, data)
}

func periodOf(from, to string, year int, now time.Time) (stats.Period, error) {
	switch {
	case year != 0 && (from != "" || to != ""):
		return stats.Period{}, usagef("report: --year stands without --from and --to")
	case year != 0:
		if year < 2020 || year > 2100 {
			return stats.Period{}, usagef("report: --year %d: want 2020 to 2100", year)
		}
		return stats.Year(year), nil
	case from == "" && to == "":
		return stats.MonthToDate(now), nil
	}
	period, err := stats.ParsePeriod(from, to)
	if err != nil {
		return period, usagef("report: --from and --to: %v", err)
	}
	return period, nil
}

func (p program) reportJSON(ctx context.Context, period stats.Period, now time.Time) ([]byte, error) {
	lib, err := content.Load(content.Shipped())
	if err != nil {
		return nil, err
	}
	entries := make(map[string][]string, len(lib.Entries()))
	for _, e := range lib.Entries() {
		entries[e.ID] = e.Themes
	}
	var buf bytes.Buffer
	err = p.withStore(ctx, func(st *store.Store) error {
		in, err := stats.Gather(ctx, st, period, now, entries)
		if err != nil {
			return err
		}
		return report.JSON(&buf, report.Report{Period: period, MadeAt: now, Figures: stats.Figures(in)})
	})
	return buf.Bytes(), err
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
