package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pufa/content"
	"pufa/content/edit"
	"pufa/content/sheet"
)

const importHelp = `[--write] [--as NAME --reason WHY | --to DIR] PATH
PATH is a .csv, an .xlsx, a .md or a folder of TOPIC/SLUG.md. Without --write nothing is changed: the command
says what is new and what would change, field by field, and names every mistake by file, row and reason.
With --write --as NAME the new and changed entries are saved as drafts of that person, all of them or, when there is
a mistake, none; residents read them when somebody else checked and released them. With --write --to DIR they are
written as Markdown into DIR, for building a program of one's own. What PATH leaves out stays as it is.`

// contentImport reads entries from outside and says, or does, what that means
// for the library.
func (p program) contentImport(ctx context.Context, args []string) error {
	f := p.newFlags("content import", importHelp)
	to := f.String("to", "", "the library `folder` that is compared with, laid over the shipped library, and written to")
	as, reason := asFlag(f, "编辑"), f.String("reason", "", "why the entries change; kept with the drafts")
	write := f.Bool("write", false, "save the new and changed entries as drafts, or write them into the folder of --to")
	if err := f.parse(args, 1); err != nil {
		return shown(err)
	}
	switch {
	case f.NArg() == 0:
		return usagef("content import: what? Give a .csv, an .xlsx, a .md or a folder")
	case *as != "" && *to != "":
		return usagef("content import: --as NAME and --to DIR do not go together")
	case *write && *to == "" && (*as == "" || *reason == ""):
		return usagef("content import: --write needs --as NAME and --reason WHY, or --to DIR, the folder to write into")
	}
	i, err := newImport(ctx, p, *to)
	if err != nil {
		return err
	}
	if err := i.gather(f.Arg(0)); err != nil {
		return err
	}
	i.Check()
	i.print()
	if err := ctx.Err(); err != nil {
		return err
	}
	files, err := i.finish(*to, *write)
	if err != nil || files == nil {
		return err
	}
	if *to != "" {
		return i.writeTo(*to, files)
	}
	return i.saveAs(ctx, *as, *reason, files)
}

// writeTo writes entries into a folder.
func (i *importing) writeTo(dir string, files map[string][]byte) error {
	if err := putFiles(dir, files); err != nil {
		return err
	}
	fmt.Fprintf(i.stdout, "wrote %s to %s\n", plural(len(files), "file", "files"), dir)
	return nil
}

// saveAs saves entries as drafts.
func (i *importing) saveAs(ctx context.Context, as, reason string, files map[string][]byte) error {
	var list []edit.Proposal
	for _, name := range slices.Sorted(maps.Keys(files)) {
		list = append(list, edit.Proposal{
			Entry: strings.TrimSuffix(name, ".md"), Seen: edit.AnySeen, Text: string(files[name]), Reason: reason,
		})
	}
	return i.saveDrafts(ctx, as, list)
}

// importing is one import: the library as it is, what came, and what is wrong.
type importing struct {
	program
	*edit.Intake
	library *content.Library
}

func newImport(ctx context.Context, p program, dir string) (*importing, error) {
	_, lib, err := p.libraryAt(ctx, dir, false)
	if err != nil {
		return nil, err
	}
	return &importing{p, edit.NewIntake(lib), lib}, nil
}

// libraryAt is the library of a folder or, without one, what residents read;
// with shipped, what is shipped.
func (p program) libraryAt(ctx context.Context, dir string, shipped bool) (content.Overlay, *content.Library, error) {
	if dir != "" || shipped {
		return loadFolder(dir, p.note)
	}
	return p.edited(ctx)
}

// note tells what a person should know beside the result.
func (p program) note(format string, args ...any) {
	fmt.Fprintf(p.stderr, "note: "+format+"\n", args...)
}

// gather reads what came. An error means that nothing of it can be used.
func (i *importing) gather(name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	switch ext := strings.ToLower(filepath.Ext(name)); {
	case info.IsDir():
		err = i.gatherFolder(name)
	case !info.Mode().IsRegular():
		return usagef("content import: %s is no file", name)
	case ext == ".csv":
		err = i.gatherSheet(name, sheet.ReadCSV)
	case ext == ".xlsx":
		err = i.gatherSheet(name, sheet.ReadXLSX)
	case ext == ".md":
		err = i.gatherFile(name)
	default:
		return usagef("content import: %s: want a .csv, an .xlsx, a .md or a folder", name)
	}
	if err != nil {
		return err
	}
	if len(i.Entries)+len(i.Mistakes) == 0 {
		return fmt.Errorf("import %s: it holds no entry", name)
	}
	return nil
}

func (i *importing) gatherFolder(dir string) error {
	files, problems, err := readEntryFiles(dir)
	if err != nil {
		return err
	}
	for _, problem := range problems {
		i.Refuse(problem.Error())
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		i.Add(name, filepath.Join(dir, filepath.FromSlash(name)), files[name])
	}
	return nil
}

// gatherFile reads one file, whose id is the end of its path.
func (i *importing) gatherFile(name string) error {
	full, err := filepath.Abs(name)
	if err != nil {
		return err
	}
	text, err := readEntryFile(name)
	if err != nil {
		return err
	}
	i.Add(filepath.Base(filepath.Dir(full))+"/"+filepath.Base(full), name, text)
	return nil
}

// readSheet is sheet.ReadCSV or sheet.ReadXLSX.
type readSheet func(file string, in io.Reader) ([]sheet.Row, error)

func (i *importing) gatherSheet(name string, read readSheet) error {
	in, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	defer in.Close()
	rows, err := read(name, in)
	if err != nil {
		return err
	}
	for _, row := range rows {
		i.AddRow(name, row)
	}
	return nil
}
