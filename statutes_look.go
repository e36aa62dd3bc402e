package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"pufa/content"
	"pufa/statute"
)

// soonDays is how far ahead a change of the law is told.
const soonDays = 180

// statutesStatus says what is imported and what is about to change.
func (p program) statutesStatus(args []string) error {
	f := p.newFlags("statutes status", "[--date D] [--all]")
	date := f.String("date", "", "the `day` to look from; today when empty")
	all := f.Bool("all", false, "name every text without a date")
	if err := f.parse(args, 0); err != nil {
		return shown(err)
	}
	s, err := p.openShelf(*date)
	if errors.Is(err, errNoTexts) {
		fmt.Fprintln(p.stdout, err)
		return nil
	}
	if err != nil {
		return err
	}
	p.printCounts(s)
	p.printSoon(s)
	p.printUndated(s, *all)
	for _, conflict := range s.laws.Conflicts() {
		fmt.Fprintf(p.stdout, "conflict: %s\n", conflict)
	}
	return nil
}

func (p program) printCounts(s *shelf) {
	titles, articles := map[string]bool{}, 0
	for _, t := range s.laws.Texts() {
		titles[t.Title] = true
		articles += s.laws.ArticleCount(t)
	}
	table := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintf(table, "laws\t%d\neditions\t%d\narticles\t%d\n", len(titles), len(s.laws.Texts()), articles)
	fmt.Fprintf(table, "articles in force on %s\t%d\n", s.day, s.searcher().Articles())
	fmt.Fprintf(table, "file\t%.1f MB, indexed on %s\n", float64(s.laws.Size())/1e6, s.laws.SearchFrom())
	_ = table.Flush()
}

func (p program) printSoon(s *shelf) {
	until := later(s.day, soonDays)
	for _, t := range s.laws.Texts() {
		if t.Effective > s.day && t.Effective <= until && !t.Repealed() {
			fmt.Fprintf(p.stdout, "takes effect on %s: %s (%s)\n", t.Effective, t.Title, t.Path)
		}
	}
	for _, r := range s.rules.Repeals {
		if r.On > s.day && r.On <= until {
			fmt.Fprintf(p.stdout, "ends on %s: %s (%s)\n", r.On, r.Title, r.By)
		}
	}
}

// later is the day so many days after d.
func later(d statute.Day, days int) statute.Day {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d
	}
	return statute.Day(t.AddDate(0, 0, days).Format(time.DateOnly))
}

func (p program) printUndated(s *shelf, all bool) {
	var undated []string
	for _, t := range s.laws.Undated() {
		if _, err := s.laws.EditionOn(t.Title, s.day, s.rules); err != nil && !t.Repealed() && !t.Amends() {
			undated = append(undated, fmt.Sprintf("  %s (%s)", t.Title, t.Path))
		}
	}
	if len(undated) == 0 {
		return
	}
	fmt.Fprintf(p.stdout, "not in force because no date is known: %s\n", plural(len(undated), "text", "texts"))
	if all {
		fmt.Fprintln(p.stdout, strings.Join(undated, "\n"))
	} else {
		fmt.Fprintln(p.stdout, "  --all names them; import one alone with --effective D")
	}
}

// statutesDiff says what changed between two editions of a law, and which
// entries cite what changed.
func (p program) statutesDiff(ctx context.Context, args []string) error {
	f := p.newFlags("statutes diff", "[--from D] [--to D] [--words] LAW")
	from := f.String("from", "", "the `day` the older edition took effect; the one before the newer when empty")
	to := f.String("to", "", "the `day` the newer edition takes effect; the newest when empty")
	words := f.Bool("words", false, "print the articles")
	if err := f.parse(args, 1); err != nil {
		return shown(err)
	}
	if f.NArg() == 0 {
		return usagef("statutes diff: name a law: pufa statutes diff 治安管理处罚法")
	}
	s, err := p.openShelf("")
	if err != nil {
		return err
	}
	title, err := s.title(f.Arg(0))
	if err != nil {
		return err
	}
	older, newer, err := s.pair(title, statute.Day(*from), statute.Day(*to))
	if err != nil {
		return err
	}
	if s.lib, err = p.library(ctx, true); err != nil { // what staff wrote cites too
		return err
	}
	changes := statute.Compare(older, newer)
	p.printChanges(older, newer, changes, *words)
	p.printCiting(s, older, changes)
	return nil
}

// pair finds two editions of a title with their words.
func (s *shelf) pair(title string, from, to statute.Day) (older, newer *statute.Text, err error) {
	editions := slices.DeleteFunc(s.laws.Editions(title), func(t *statute.Text) bool { return t.Effective == "" })
	n := len(editions) - 1
	if to != "" {
		n = slices.IndexFunc(editions, func(t *statute.Text) bool { return t.Effective == to })
	}
	o := n - 1
	if from != "" {
		o = slices.IndexFunc(editions, func(t *statute.Text) bool { return t.Effective == from })
	}
	if n < 0 || o < 0 || o == n {
		var days []string
		for _, t := range editions {
			days = append(days, string(t.Effective))
		}
		return nil, nil, fmt.Errorf("diff %s: want two editions, there are these: %s", title, strings.Join(days, ", "))
	}
	if older, err = s.laws.WithWords(editions[o]); err != nil {
		return nil, nil, err
	}
	newer, err = s.laws.WithWords(editions[n])
	return older, newer, err
}

func (p program) printChanges(older, newer *statute.Text, changes []statute.Change, words bool) {
	counts := map[statute.Kind]int{}
	fmt.Fprintf(p.stdout, "%s: %s (%s) → %s (%s)\n", newer.Title,
		older.Effective, plural(len(older.Articles), "article", "articles"), newer.Effective, plural(len(newer.Articles), "article", "articles"))
	for _, c := range changes {
		counts[c.Kind]++
		switch {
		case c.Kind == statute.New || c.Kind == statute.Gone:
			fmt.Fprintf(p.stdout, "%-7s  %s\n", c.Kind, c.Number())
		default:
			fmt.Fprintf(p.stdout, "%-7s  %s → %s\n", c.Kind, c.Old.Number, c.New.Number)
		}
		if words && c.Kind != statute.Moved {
			p.printWords("-", c.Old)
			p.printWords("+", c.New)
		}
	}
	fmt.Fprintf(p.stdout, "%d changed, %d moved, %d new, %d gone\n",
		counts[statute.Changed], counts[statute.Moved], counts[statute.New], counts[statute.Gone])
}

func (p program) printWords(sign string, a statute.Article) {
	if a.Number == "" {
		return
	}
	for line := range strings.SplitSeq(statute.FormatArticle(a.Number)+" "+a.Text, "\n") {
		fmt.Fprintf(p.stdout, "    %s %s\n", sign, line)
	}
}

// printCiting lists the entries that cite an article which changed, by its
// number in the older edition or, when they were moved to the newer one, there.
func (p program) printCiting(s *shelf, older *statute.Text, changes []statute.Change) {
	law, ok := s.lib.Law(older.Title)
	if !ok {
		fmt.Fprintln(p.stdout, "no entry cites this law: it is not in the register")
		return
	}
	lines := citing(s.lib.Entries(), law.Law, older.Effective, changes)
	if len(lines) == 0 {
		fmt.Fprintln(p.stdout, "no entry cites an article that changed")
		return
	}
	fmt.Fprintln(p.stdout, "entries that cite an article that changed:")
	for _, line := range lines {
		fmt.Fprintln(p.stdout, "  "+line)
	}
}

// citing matches citations with changes: those of the edition of day oldDay
// and before by the old number, later ones by the new number.
func citing(entries []*content.Entry, law string, oldDay statute.Day, changes []statute.Change) (lines []string) {
	for _, e := range entries {
		for _, cite := range e.Citations {
			if cite.Law != law {
				continue
			}
			for _, c := range changes {
				number := c.New.Number
				if statute.Day(cite.Edition) <= oldDay {
					number = c.Old.Number
				}
				if number != "" && number == cite.Article {
					lines = append(lines, fmt.Sprintf("%s: %s%s (%s) %s", e.ID, law, statute.FormatArticle(cite.Article), cite.Edition, c.Kind))
				}
			}
		}
	}
	return lines
}

// statutesEval measures the search over a question set.
func (p program) statutesEval(args []string) error {
	f := p.newFlags("statutes eval", "[--date D] [--json] FILE.jsonl")
	date := f.String("date", "", "the `day` on which the articles are in force; today when empty")
	asJSON := f.Bool("json", false, "print the measurement as JSON")
	if err := f.parse(args, 1); err != nil {
		return shown(err)
	}
	if f.NArg() != 1 {
		return usagef("statutes eval: name the question set: pufa statutes eval FILE.jsonl")
	}
	in, err := os.Open(f.Arg(0))
	if err != nil {
		return fmt.Errorf("open question set: %w", err)
	}
	defer in.Close()
	questions, err := statute.ReadQuestions(in)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Arg(0), err)
	}
	s, err := p.openShelf(*date)
	if err != nil {
		return err
	}
	m := s.searcher().Evaluate(questions)
	if *asJSON {
		return writeJSON(p.stdout, m)
	}
	table := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintf(table, "questions\t%d\nR@1\t%.3f\nR@10\t%.3f\nR@100\t%.3f\nMRR@10\t%.3f\n", m.Questions, m.Recall1, m.Recall10, m.Recall100, m.MRR10)
	fmt.Fprintf(table, "p50, p99 ms\t%.3f, %.3f\narticles not in force on %s\t%d\n", m.P50, m.P99, s.day, m.Absent)
	return table.Flush()
}
