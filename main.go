// Command pufa answers residents' questions about the law through a WeChat
// Official Account. This package is the only one with state: it reads the
// settings, builds every part and hands each what it needs, one file a
// subcommand.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"pufa/bot"
	"pufa/content"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, errSaid) {
		fmt.Fprintln(os.Stderr, "pufa:", err)
	}
	os.Exit(exitStatus(err))
}

// errSaid is a failure whose lines were printed already.
var errSaid = errors.New("failed")

// usageError is a command line that could not be read; it ends with status 2.
type usageError struct{ what string }

func (e usageError) Error() string { return e.what }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

func exitStatus(err error) int {
	var wrong usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &wrong):
		return 2
	default:
		return 1
	}
}

// program is what every subcommand is given.
type program struct {
	getenv func(string) string
	now    func() time.Time
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer

	// shipped is an engine over the shipped library, where somebody has one
	// already; nil: the library is loaded when it is wanted. Tests share one.
	shipped *bot.Engine
}

// engineOver returns an engine over a library, the one that is there already
// where it is of that library.
func engineOver(lib *content.Library, opt bot.Options, there ...*bot.Engine) *bot.Engine {
	for _, e := range there {
		if e != nil && e.Library() == lib {
			return e.Under(opt)
		}
	}
	return bot.New(lib, opt)
}

// subcommand is one row of the table of commands.
type subcommand struct {
	name string
	does string
	run  func(p program, ctx context.Context, args []string) error
}

func subcommands() []subcommand {
	return []subcommand{
		{"serve", "answer residents: callback and pages", program.serve},
		{"ask", "one reply, or a conversation", program.ask},
		{"eval", "measure replies over a question set", program.eval},
		{"check", "validate the library and its citations", program.check},
		{"content", "entries: export, import, new; edit, check, release, history; approve", program.content},
		{"statutes", "official texts: import, status, show, search, diff, eval", program.statutes},
		{"campaign", "theme pushes: plan, write, approve, schedule; their results", program.campaign},
		{"report", "the figures of a period: json, csv, xlsx, docx; report gaps", program.report},
		{"poster", "the code of a place and its poster; list, print, withdraw", program.poster},
		{"activity", "what the office did: add, correct, confirm, list", program.activity},
		{"stats", "stats verify: rebuild every counter from the ledger", program.stats},
		{"staff", "accounts: add, list, reset, disable; audit: verify the trail", program.staff},
		{"backup", "everything into one sealed file", program.backup},
		{"restore", "a backup into an empty store", program.restore},
		{"health", "ask a running server whether it is ready", program.health},
		{"version", "print the version", program.version},
	}
}

// run is the whole program: it reads args and ends when the command has, or
// when ctx does.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) error {
	return program{getenv: getenv, now: time.Now, stdin: stdin, stdout: stdout, stderr: stderr}.run(ctx, args)
}

func (p program) run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		p.usage(p.stderr)
		return usagef("no command: want one of the above")
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		p.usage(p.stdout)
		return nil
	}
	for _, c := range subcommands() {
		if c.name == args[0] {
			return c.run(p, ctx, args[1:])
		}
	}
	return usagef("there is no command %q: want one of %s", args[0], strings.Join(names(), ", "))
}

func names() (list []string) {
	for _, c := range subcommands() {
		list = append(list, c.name)
	}
	return list
}

func (p program) usage(w io.Writer) {
	fmt.Fprintln(w, "usage: pufa COMMAND [FLAGS] [ARGUMENTS]")
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, c := range subcommands() {
		fmt.Fprintf(table, "  %s\t%s\n", c.name, c.does)
	}
	_ = table.Flush()
	fmt.Fprintln(w, "pufa COMMAND -h shows its flags.")
}
