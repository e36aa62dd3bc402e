package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"pufa/bot"
	"pufa/config"
	"pufa/content"
	"pufa/statute"
)

// settings reads the settings. Values come through getenv; the names of the
// process's own variables are looked at too, so that a misspelt one is
// reported.
func (p program) settings() (config.Settings, error) {
	var environ []string
	known := map[string]bool{}
	for _, name := range config.Names() {
		known[name] = true
		if value := p.getenv(name); value != "" {
			environ = append(environ, name+"="+value)
		}
	}
	for _, line := range os.Environ() {
		if name, _, _ := strings.Cut(line, "="); !known[name] && p.getenv(name) != "" {
			environ = append(environ, name+"=")
		}
	}
	return config.Load(environ, os.ReadFile)
}

// engine builds the bot that `ask` and `eval` speak to, with nothing approved:
// over the shipped library or, with edits, over what residents read now.
func (p program) engine(ctx context.Context, explain, edits bool) (*bot.Engine, error) {
	s, err := p.settings()
	if err != nil {
		return nil, err
	}
	lib, err := p.library(ctx, edits)
	if err != nil {
		return nil, err
	}
	opt := botOptions(s, p.now)
	opt.Explain = explain
	opt.Texts = textsOf(s.DataDir, lib, slog.New(slog.NewTextHandler(p.stderr, nil)))
	return engineOver(lib, opt, p.shipped), nil
}

func botOptions(s config.Settings, now func() time.Time) bot.Options {
	return bot.Options{
		Now: now,
		Street: bot.Street{
			Name: s.Street.Name, Office: s.Street.Office, Address: s.Street.Address,
			Phone: s.Street.Phone, Hours: s.Street.Hours,
		},
		PageURL:      s.PublicURL,
		OnlyApproved: s.OnlyApproved,
		GapTexts:     s.GapTexts,
	}
}

// textsOf opens the official texts that were imported, nil when there are none.
// Ones that cannot be read are a warning: the library answers without them.
func textsOf(dataDir string, lib *content.Library, log *slog.Logger) bot.Texts {
	laws, err := statute.Open(filepath.Join(dataDir, lawsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		log.Warn("official texts cannot be read: answering without them", "error", err)
		return nil
	}
	return bot.NewStatutes(laws, rulesOf(lib), synonymsOf(lib))
}

// plural writes a count with its noun.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
