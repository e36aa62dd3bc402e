package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"pufa/content"
	"pufa/statute"
)

const lawImportHelp = `[--replace] [--dry-run] [--effective D] PATH...
reads .docx (as the national database of laws hands them out) and .md with front matter, files and whole folders, and adds
them to the texts that are imported already. What cannot be read is named with the reason; the rest is imported.`

// statutesImport adds official texts to the compact file.
func (p program) statutesImport(ctx context.Context, args []string) error {
	f := p.newFlags("statutes import", lawImportHelp)
	replace := f.Bool("replace", false, "begin anew: leave out what was imported before")
	dry := f.Bool("dry-run", false, "only say what would be imported")
	effective := f.String("effective", "", "the `day` the text takes effect, for one file that does not tell; the database's page does")
	if err := f.parse(args, len(args)); err != nil {
		return shown(err)
	}
	if f.NArg() == 0 {
		return usagef("statutes import: name files or folders: pufa statutes import PATH")
	}
	settings, err := p.settings()
	if err != nil {
		return err
	}
	lib, err := p.asShipped()
	if err != nil {
		return err
	}
	in := &lawImport{program: p, lib: lib, began: p.now(), file: filepath.Join(settings.DataDir, lawsFile)}
	if err := in.read(ctx, f.Args()); err != nil {
		return err
	}
	if *effective != "" {
		if err := in.date(*effective); err != nil {
			return err
		}
	}
	if err := in.join(*replace); err != nil {
		return err
	}
	in.report()
	if len(in.reading.Texts) == 0 {
		return fmt.Errorf("import statutes: none of %s can be used; what was imported before is kept", plural(in.reading.Files, "file", "files"))
	}
	if *dry {
		fmt.Fprintln(p.stdout, "dry run: nothing was written")
		return nil
	}
	return in.save(ctx)
}

// lawImport is one import on its way.
type lawImport struct {
	program
	lib     *content.Library
	began   time.Time
	file    string // the compact file
	reading *statute.Reading
	texts   []*statute.Text // what the file will hold

	fresh, changed, same, before int
}

func (in *lawImport) read(ctx context.Context, paths []string) error {
	bar := newProgress(in.program, "reading")
	reading, err := statute.Read(ctx, paths, bar.step)
	bar.end()
	if err != nil {
		return err
	}
	in.reading = reading
	return nil
}

// date gives the only text that was read the day it takes effect.
func (in *lawImport) date(effective string) error {
	if _, err := day("effective", effective); err != nil {
		return err
	}
	if n := len(in.reading.Texts); n != 1 {
		return usagef("statutes import: --effective is for one file, %s were read", plural(n, "text", "texts"))
	}
	t := in.reading.Texts[0]
	if t.Published != "" && effective < string(t.Published) {
		return usagef("statutes import: --effective %s is before the text was published, %s", effective, t.Published)
	}
	t.Effective, t.Origin = statute.Day(effective), statute.OriginField
	return nil
}

// join puts what was read beside what was imported before; of one id, what was
// read now is kept.
func (in *lawImport) join(replace bool) error {
	in.texts = in.reading.Texts
	if replace {
		in.fresh = len(in.texts)
		return nil
	}
	laws, err := statute.Open(in.file)
	if errors.Is(err, fs.ErrNotExist) {
		in.fresh = len(in.texts)
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w; with --replace the import begins anew", err)
	}
	old, err := laws.All()
	if err != nil {
		return err
	}
	in.before = len(old)
	in.merge(old)
	return nil
}

func (in *lawImport) merge(old []*statute.Text) {
	was := map[string]*statute.Text{}
	for _, t := range old {
		was[t.ID] = t
	}
	for _, t := range in.reading.Texts {
		before := was[t.ID]
		if before == nil {
			in.fresh++
			continue
		}
		if t.SameWords(before) {
			in.same++
		} else {
			in.changed++
		}
		// A Word file does not tell what an earlier import of this edition knew.
		if t.Effective == "" {
			t.Effective, t.Origin = before.Effective, before.Origin
		}
		if t.Status == statute.Unknown {
			t.Status = before.Status
		}
		delete(was, t.ID)
	}
	for _, t := range old {
		if was[t.ID] != nil {
			in.texts = append(in.texts, t)
		}
	}
}

// mostLines is how many files of a kind a summary names.
const mostLines = 20

// report says what was read and what was not.
func (in *lawImport) report() {
	articles := 0
	for _, t := range in.reading.Texts {
		articles += len(t.Articles)
	}
	fmt.Fprintf(in.stdout, "read %s: %s, %s\n", plural(in.reading.Files, "file", "files"),
		plural(len(in.reading.Texts), "text", "texts"), plural(articles, "article", "articles"))
	corpus := statute.NewCorpus(in.texts)
	in.list("not imported", reasons(in.reading.Problems), 1000)
	if n := len(in.reading.Twins); n > 0 {
		fmt.Fprintf(in.stdout, "passed over: %s with the id and the words of another one\n", plural(n, "file", "files"))
	}
	in.list("passed over, though the words are not those of the file with the same id", reasons(in.reading.Clashes), mostLines)
	in.list("two different texts of one edition: neither is in force until one is taken away", reasons(corpus.Conflicts()), mostLines)
	var odd []string
	for _, t := range in.reading.Texts {
		for _, note := range t.Notes {
			odd = append(odd, t.Path+": "+note)
		}
	}
	in.list("imported, but to be looked at", odd, mostLines)
	var undated []string
	for _, t := range corpus.Undated() {
		if !t.Repealed() && !t.Amends() {
			undated = append(undated, t.Path+": "+t.Title+in.registered(t.Title))
		}
	}
	in.list("no effective date found, so never in force (import the file alone with --effective D)", undated, mostLines)
}

// registered is a hint for who has to look up a date. It is no date itself:
// the text at hand may be of another edition.
func (in *lawImport) registered(title string) string {
	if law, ok := in.lib.Law(title); ok {
		return ", in the register since " + law.Edition
	}
	return ""
}

func reasons(problems []statute.Problem) (lines []string) {
	for _, problem := range problems {
		lines = append(lines, problem.String())
	}
	return lines
}

func (in *lawImport) list(what string, lines []string, most int) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(in.stdout, "%s: %d\n", what, len(lines))
	for i, line := range lines {
		if i == most {
			fmt.Fprintf(in.stdout, "  and %d more\n", len(lines)-most)
			break
		}
		fmt.Fprintln(in.stdout, "  "+line)
	}
}

func (in *lawImport) save(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("import statutes: %w", err)
	}
	fmt.Fprintln(in.stderr, "packing and indexing")
	size, err := statute.Save(in.file, in.texts, in.today())
	if err != nil {
		return err
	}
	fmt.Fprintf(in.stdout, "wrote %s: %s (%d new, %d changed, %d the same, %d before), %.1f MB, %.1f s\n", in.file,
		plural(len(in.texts), "text", "texts"), in.fresh, in.changed, in.same, in.before, float64(size)/1e6, in.now().Sub(in.began).Seconds())
	return nil
}

// progress tells how far long work is: on one line of a terminal, elsewhere in
// a line every ten seconds.
type progress struct {
	program
	what     string
	terminal bool
	last     time.Time
	drawn    bool
}

func newProgress(p program, what string) *progress {
	bar := &progress{program: p, what: what, last: p.now()}
	if file, ok := p.stderr.(*os.File); ok {
		info, err := file.Stat()
		bar.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return bar
}

// step says that done of so many are done.
func (b *progress) step(done, of int) {
	pause := 10 * time.Second
	if b.terminal {
		pause = 100 * time.Millisecond
	}
	now := b.now()
	if done < of && now.Sub(b.last) < pause {
		return
	}
	b.last = now
	if b.terminal {
		width := 30 * done / max(1, of)
		fmt.Fprintf(b.stderr, "\r%s [%s%s] %d of %d", b.what, strings.Repeat("=", width), strings.Repeat(" ", 30-width), done, of)
		b.drawn = true
		return
	}
	fmt.Fprintf(b.stderr, "%s: %d of %d\n", b.what, done, of)
}

// end leaves the line of a terminal.
func (b *progress) end() {
	if b.drawn {
		fmt.Fprintln(b.stderr)
	}
}
