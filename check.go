package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"pufa/bot"
	"pufa/content"
	"pufa/statute"
)

// check validates everything that can be wrong before a resident meets it:
// settings, library, replies that are too long, citations on a day and, with
// official texts, article by article.
func (p program) check(ctx context.Context, args []string) error {
	f := p.newFlags("check", "[--laws DIR] [--date D] [--facts F] [--edits]")
	laws := f.String("laws", "", "official texts to check citations against: a `folder` of Markdown and Word files, or a file that statutes import wrote")
	date := f.String("date", "", "the `day` to check for; today when empty")
	facts := f.String("facts", "", "facts.jsonl: list the facts that no entry covers")
	edits := f.Bool("edits", false, editsHelp)
	if err := f.parse(args, 0); err != nil {
		return shown(err)
	}
	on := p.now().In(zone)
	if *date != "" {
		var err error
		if on, err = day("date", *date); err != nil {
			return err
		}
	}
	settings, err := p.settings()
	if err != nil {
		return err
	}
	lib, err := p.library(ctx, *edits)
	if err != nil {
		return err
	}
	c := checker{program: p, lib: lib, on: on}
	c.lengths(engineOver(lib, botOptions(settings, p.now), p.shipped))
	c.standings()
	c.calendar()
	c.oldNames()
	if *laws != "" {
		if err := c.texts(ctx, *laws); err != nil {
			return err
		}
	}
	if *facts != "" {
		if err := c.facts(*facts); err != nil {
			return err
		}
	}
	return c.summary()
}

// checker collects what is wrong (problems) and what a person should know
// (notes).
type checker struct {
	program
	lib      *content.Library
	on       time.Time
	problems int
	notes    int
}

func (c *checker) problem(format string, args ...any) {
	c.problems++
	fmt.Fprintf(c.stdout, "error: "+format+"\n", args...)
}

func (c *checker) note(format string, args ...any) {
	c.notes++
	fmt.Fprintf(c.stdout, "note: "+format+"\n", args...)
}

func (c *checker) lengths(e *bot.Engine) {
	for _, err := range e.TooLong() {
		c.problem("%v", err)
	}
}

// standings reports the entries that would not answer, or only with a notice.
func (c *checker) standings() {
	for _, e := range c.lib.Entries() {
		switch c.lib.Standing(e, c.on) {
		case content.Stale:
			c.problem("%s: a cited edition is not in force on %s; the entry does not answer", e.File, c.on.Format(time.DateOnly))
		case content.Lapsed:
			c.problem("%s: review was due on %s; the entry does not answer", e.File, e.ReviewDue)
		case content.Overdue:
			c.note("%s: review was due on %s", e.File, e.ReviewDue)
		}
	}
}

// texts checks every citation against official texts.
func (c *checker) texts(ctx context.Context, dir string) error {
	corpus, bad, err := loadLaws(ctx, dir)
	if err != nil {
		return fmt.Errorf("check citations: %w", err)
	}
	for _, b := range bad {
		c.note("text not read: %s", b)
	}
	rules := rulesOf(c.lib)
	today := statute.Day(c.on.Format(time.DateOnly))
	without := map[string]int{}
	for _, e := range c.lib.Entries() {
		for _, cite := range e.Citations {
			law, _ := c.lib.Law(cite.Law)
			if !law.HasText() {
				without[cite.Law]++
				continue
			}
			c.citation(e, corpus.Check(statute.Citation{
				Title: law.Title, Article: cite.Article, Edition: statute.Day(cite.Edition),
			}, today, rules))
		}
	}
	c.basisTexts(corpus, rules, today)
	c.withoutText(without)
	c.soon(corpus, rules, today)
	return nil
}

// citation reports one check. A text that is older than an amendment of the
// article cannot tell more than that the article exists.
func (c *checker) citation(e *content.Entry, err error) {
	switch {
	case errors.Is(err, statute.ErrOldText):
		c.note("%s: %v", e.File, err)
	case err != nil:
		c.problem("%s: %v", e.File, err)
	}
}

func (c *checker) withoutText(laws map[string]int) {
	names := make([]string, 0, len(laws))
	total := 0
	for name, n := range laws {
		names = append(names, fmt.Sprintf("%s %d", name, n))
		total += n
	}
	if total == 0 {
		return
	}
	slices.Sort(names)
	c.note("%s of laws without a text here: %s", plural(total, "citation", "citations"), strings.Join(names, ", "))
}

// rulesOf is what the register knows of repeals and amendments.
func rulesOf(lib *content.Library) statute.Rules {
	var rules statute.Rules
	for _, law := range lib.Laws() {
		for _, r := range law.Repeals {
			rules.Repeals = append(rules.Repeals, statute.Repeal{Title: r.Law, On: statute.Day(r.On), By: law.Title + statute.FormatArticle(r.By)})
		}
		for _, a := range law.AmendedBy {
			rules.Amendments = append(rules.Amendments, statute.Amendment{
				Law: law.Title, Title: a.Title, On: statute.Day(a.On), Articles: a.Articles,
			})
		}
	}
	return rules
}

// facts lists the facts that no entry covers.
func (c *checker) facts(file string) error {
	in, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("open facts: %w", err)
	}
	defer in.Close()
	covered := map[string]bool{}
	for _, e := range c.lib.Entries() {
		for _, f := range e.Facts {
			covered[f] = true
		}
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		var fact struct{ ID, Question string }
		if err := json.Unmarshal(lines.Bytes(), &fact); err != nil {
			return fmt.Errorf("read facts: %s:%d: %w", file, n, err)
		}
		if !covered[fact.ID] {
			c.note("%s: no entry covers it: %s", fact.ID, fact.Question)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read facts: %w", err)
	}
	return nil
}

func (c *checker) summary() error {
	fmt.Fprintf(c.stdout, "%s, %s, checked for %s: %s, %s\n",
		plural(len(c.lib.Entries()), "entry", "entries"), plural(len(c.lib.Laws()), "law", "laws"),
		c.on.Format(time.DateOnly), plural(c.problems, "error", "errors"), plural(c.notes, "note", "notes"))
	if c.problems > 0 {
		return errSaid
	}
	return nil
}
