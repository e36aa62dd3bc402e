package main

import (
	"fmt"
	"io"

	"pufa/content/sheet"
)

// print says what an import would do, entry by entry as they came, and then
// what is wrong.
func (i *importing) print() {
	for _, in := range i.Entries {
		if len(in.Mistakes) > 0 || in.IsSame() {
			continue
		}
		word := "changed"
		if in.Old == nil {
			word = "new"
		}
		fmt.Fprintf(i.stdout, "%-7s  %s %s (%s)\n", word, in.ID(), in.Entry.Title, in.Place)
		printChanges(i.stdout, in.Changes)
	}
	for _, problem := range i.All() {
		fmt.Fprintf(i.stdout, "error: %v\n", problem)
	}
}

func printChanges(w io.Writer, changes []sheet.Difference) {
	for _, d := range changes {
		for _, line := range d.Removed {
			fmt.Fprintf(w, "  %s - %s\n", d.Column, line)
		}
		for _, line := range d.Added {
			fmt.Fprintf(w, "  %s + %s\n", d.Column, line)
		}
		if len(d.Removed)+len(d.Added) == 0 {
			fmt.Fprintf(w, "  %s   in another order\n", d.Column)
		}
	}
}

// finish sums up, and returns what is new or changed if that is to be written
// and nothing is wrong.
func (i *importing) finish(dir string, write bool) (map[string][]byte, error) {
	n, wrong := i.Count(), len(i.All())
	fmt.Fprintf(i.stdout, "%d new, %d changed, %d the same, %s in %s\n", n.Fresh, n.Changed, n.Same,
		plural(wrong, "error", "errors"), plural(len(i.Entries), "entry", "entries"))
	switch {
	case wrong > 0:
		fmt.Fprintln(i.stdout, "nothing was written: first mend the errors")
		return nil, errSaid
	case n.Fresh+n.Changed == 0:
		fmt.Fprintln(i.stdout, "nothing to write")
		return nil, nil
	case !write && dir == "":
		fmt.Fprintf(i.stdout, "nothing was written: --write --as NAME --reason WHY would save %s\n", plural(n.Fresh+n.Changed, "draft", "drafts"))
		return nil, nil
	case !write:
		fmt.Fprintf(i.stdout, "nothing was written: --write --to DIR would write %s\n", plural(n.Fresh+n.Changed, "file", "files"))
		return nil, nil
	}
	return i.Texts(), nil
}
