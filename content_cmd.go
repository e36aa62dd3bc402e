package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pufa/content"
	"pufa/content/sheet"
)

const contentUsage = "want export, import, new, edit, history, check, return, release, rollback or approve; pufa content import -h shows the flags of one"

// content takes entries out of the library and in again, and brings what staff
// write before residents.
func (p program) content(ctx context.Context, args []string) error {
	deeds := map[string]func(program, context.Context, []string) error{
		"export": program.contentExport, "import": program.contentImport, "new": program.contentNew,
		"edit": program.contentEdit, "history": program.contentHistory, "check": program.contentCheck,
		"return": program.contentReturn, "release": program.contentRelease, "rollback": program.contentRollback,
		"approve": program.contentApprove,
	}
	switch {
	case len(args) == 0:
		return usagef("content: %s", contentUsage)
	case deeds[args[0]] != nil:
		return deeds[args[0]](p, ctx, args[1:])
	case slices.Contains([]string{"-h", "-help", "--help", "help"}, args[0]):
		fmt.Fprintln(p.stdout, "usage: pufa content export|import|new|edit|history|check|return|release|rollback|approve [FLAGS] [ARGUMENTS]: "+contentUsage)
		return nil
	}
	return usagef("content: there is no %q: %s", args[0], contentUsage)
}

const exportHelp = `[--format md|csv|xlsx] [--topic T] [--shipped | --from DIR] -o PATH
writes the entries as residents read them to PATH, which must not be there yet: a folder of TOPIC/SLUG.md, or one
sheet with a row for each entry. pufa content import reads all three.`

// contentExport writes entries to a folder or a sheet.
func (p program) contentExport(ctx context.Context, args []string) error {
	f := p.newFlags("content export", exportHelp)
	format := f.String("format", "", "md, csv or xlsx; when empty, what the end of PATH says, or md")
	topic := f.String("topic", "", "only the entries of this `topic`")
	from := f.String("from", "", "a library `folder` that is laid over the shipped library, in place of what staff released")
	shipped := f.Bool("shipped", false, "as shipped, without what staff released")
	out := f.String("o", "", "the `path` to write to")
	if err := f.parse(args, 0); err != nil {
		return shown(err)
	}
	if *out == "" {
		return usagef("content export: -o is missing: where to?")
	}
	write, err := writerOf(*format, *out)
	if err != nil {
		return err
	}
	if *shipped && *from != "" {
		return usagef("content export: --shipped and --from do not go together")
	}
	_, lib, err := p.libraryAt(ctx, *from, *shipped)
	if err != nil {
		return err
	}
	entries := lib.Entries()
	if *topic != "" {
		if err := hasTopic(lib, *topic); err != nil {
			return err
		}
		entries = lib.EntriesOf(*topic)
	}
	if err := write(*out, entries); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	fmt.Fprintf(p.stdout, "wrote %s to %s\n", plural(len(entries), "entry", "entries"), *out)
	return nil
}

func hasTopic(lib *content.Library, topic string) error {
	if _, ok := lib.Topic(topic); ok {
		return nil
	}
	var slugs []string
	for _, t := range lib.Topics() {
		slugs = append(slugs, t.Slug)
	}
	return usagef("content: there is no topic %q: want one of %s", topic, strings.Join(slugs, ", "))
}

// writeEntries writes entries to a path that is not there yet, all or nothing.
type writeEntries func(path string, entries []*content.Entry) error

func writerOf(format, out string) (writeEntries, error) {
	if format == "" {
		format = strings.TrimPrefix(strings.ToLower(filepath.Ext(out)), ".")
		if format != "csv" && format != "xlsx" {
			format = "md"
		}
	}
	switch format {
	case "md":
		return writeFolder, nil
	case "csv":
		return sheetWriter(sheet.WriteCSV), nil
	case "xlsx":
		return sheetWriter(sheet.WriteXLSX), nil
	default:
		return nil, usagef("content export: --format %q: want md, csv or xlsx", format)
	}
}

// errThere protects a sheet in which somebody may have worked for days.
var errThere = errors.New("it is there already: choose another name, or delete it first")

// sheetWriter writes a file that is not there yet.
func sheetWriter(write func(io.Writer, []*content.Entry) error) writeEntries {
	return func(name string, entries []*content.Entry) error {
		if _, err := os.Lstat(name); err == nil {
			return fmt.Errorf("%s: %w", name, errThere)
		}
		var buf bytes.Buffer
		if err := write(&buf, entries); err != nil {
			return err
		}
		return writeWhole(name, buf.Bytes())
	}
}

// writeFolder writes a folder of entries beside its place and then moves it
// there.
func writeFolder(name string, entries []*content.Entry) error {
	// What is there goes only if it is an empty folder.
	if info, err := os.Lstat(name); err == nil && (!info.IsDir() || os.Remove(name) != nil) {
		return fmt.Errorf("%s: %w", name, errThere)
	}
	files := make(map[string][]byte, len(entries))
	for _, e := range entries {
		text, err := content.FormatEntry(e)
		if err != nil {
			return err
		}
		files[e.ID+".md"] = text
	}
	stage, err := os.MkdirTemp(filepath.Dir(filepath.Clean(name)), ".pufa-*")
	if err != nil {
		return err
	}
	err = putFiles(stage, files)
	if err == nil {
		err = errors.Join(os.Chmod(stage, 0o755), os.Rename(stage, name))
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(stage))
	}
	return nil
}

const newHelp = `--to DIR TOPIC/SLUG
writes DIR/TOPIC/SLUG.md, an entry with nothing filled in, and lists what is still to do. pufa content import
--to DIR FILE lists it again.`

// contentNew writes an entry to be filled in.
func (p program) contentNew(ctx context.Context, args []string) error {
	f := p.newFlags("content new", newHelp)
	to := f.String("to", "", "the library `folder` to write into")
	if err := f.parse(args, 1); err != nil {
		return shown(err)
	}
	id := f.Arg(0)
	switch {
	case *to == "":
		return usagef("content new: --to is missing: the folder to write into")
	case !content.ValidID(id):
		return usagef("content new: %q is no id: want TOPIC/SLUG, in small letters, digits and -", id)
	}
	i, err := newImport(ctx, p, *to)
	if err != nil {
		return err
	}
	topic, slug, _ := strings.Cut(id, "/")
	if err := hasTopic(i.library, topic); err != nil {
		return err
	}
	file := filepath.Join(*to, topic, slug+".md")
	if _, err := os.Lstat(file); err == nil || i.has(id) {
		return fmt.Errorf("content new: %s: there is an entry of this id already", id)
	}
	text, err := content.FormatEntry(skeleton(i.library, id, p.now()))
	if err != nil {
		return err
	}
	if err := putFiles(*to, map[string][]byte{id + ".md": text}); err != nil {
		return err
	}
	i.Add(id+".md", file, text)
	i.Check()
	fmt.Fprintf(p.stdout, "wrote %s; still to do:\n", file)
	for _, problem := range i.All() {
		fmt.Fprintln(p.stdout, problem)
	}
	return nil
}

func (i *importing) has(id string) bool {
	_, ok := i.library.Entry(id)
	return ok
}

// skeleton is an entry in which everything that must be filled in is a
// mistake: the hints are longer than what may stand there.
func skeleton(lib *content.Library, id string, now time.Time) *content.Entry {
	topic, _ := lib.Topic(strings.Split(id, "/")[0])
	return &content.Entry{
		ID:        id,
		Title:     "写标题：最多二十个字，菜单里一行显示的就是它，写好后换掉这句话",
		Questions: []string{"写标准问法，以问号结尾；下面再写至少七种别的说法，一行一种"},
		Citations: []content.Citation{{}},
		Sensitive: topic.Sensitive,
		CheckedOn: now.In(zone).Format(time.DateOnly),
		Short: "写简短回答：最多九十个字，第一句就是答案（能退。不合法。看情况：……）。现在已经不是这样的规定，先说“现在不是这样了”。" +
			"六十岁、只上过小学的人读一遍就要能懂；称呼用“您”，不写法律条文的号码，不许诺结果。写好后换掉这一段。",
		Lines: []content.Line{
			{Must: true, Text: "写不能省的话，一行一条，前面是感叹号和空格：例外、条件、期限、危险。一条只说一件事，最好不超过七十个字，" +
				"最多不能超过九十个字；这里和下面加起来最多九行。没有不能省的话，就删掉这一行；有，就换掉这一行。"},
			{Text: "写其余的话，一行一条，前面是减号和空格：多久有结果、怎么算、另外还可以怎么办。各地规定不一样的，要写明不一样，并写明向谁问；" +
				"不写网址，不编电话和地址，不编本地的规定。没有要补充的话，就删掉这一行；有，就换掉这一行。"},
		},
	}
}
