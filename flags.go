package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"
)

// flags is a flag set that writes its help where it should and turns every
// mistake into a usageError.
type flags struct {
	*flag.FlagSet
	help io.Writer
	args string
}

// newFlags makes the flags of a command; args describes what follows them.
func (p program) newFlags(name, args string) flags {
	set := flag.NewFlagSet(name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.Usage = func() {} // parse shows the help, and only when it was asked for
	return flags{set, p.stdout, args}
}

// errHelp ends a command that was only asked for its flags.
var errHelp = errors.New("help was shown")

// parse reads args; at most most arguments may follow the flags, and none of
// them may look like a flag.
func (f flags) parse(args []string, most int) error {
	err := f.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		f.show()
		return errHelp
	}
	if err != nil {
		return usagef("%s: %v", f.Name(), err)
	}
	for _, a := range f.Args() {
		if len(a) > 1 && strings.HasPrefix(a, "-") {
			return usagef("%s: the flag %s stands after an argument: flags come first", f.Name(), a)
		}
	}
	if f.NArg() > most {
		return usagef("%s: %q is one argument too many", f.Name(), f.Arg(most))
	}
	return nil
}

func (f flags) show() {
	fmt.Fprintln(f.help, strings.TrimSpace("usage: pufa "+f.Name()+" "+f.args))
	f.SetOutput(f.help)
	f.PrintDefaults()
}

// shown turns errHelp into success.
func shown(err error) error {
	if errors.Is(err, errHelp) {
		return nil
	}
	return err
}

// zone is the time zone whose days are meant everywhere.
var zone = time.FixedZone("Asia/Shanghai", 8*60*60)

// day reads a day like 2026-03-08 in Asia/Shanghai.
func day(flag, text string) (time.Time, error) {
	t, err := time.ParseInLocation(time.DateOnly, text, zone)
	if err != nil {
		return t, usagef("--%s %q: want a day like 2026-03-08", flag, text)
	}
	return t, nil
}
