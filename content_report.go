package main

import (
	"fmt"
	"io"
	"slices"

	"pufa/content/sheet"
)

// count is how many of the entries that came are what.
type count struct{ fresh, changed, same, wrong int }

func (i *importing) count() (n count) {
	for _, in := range i.in {
		switch {
		case len(in.problems) > 0:
			n.wrong++
		case in.old == nil:
			n.fresh++
		case in.isSame():
			n.same++
		default:
			n.changed++
		}
	}
	return n
}

// print says what an import would do, entry by entry as they came, and then
// what is wrong.
func (i *importing) print() {
	for _, in := range i.in {
		if len(in.problems) > 0 || in.isSame() {
			continue
		}
		word := "changed"
		if in.old == nil {
			word = "new"
		}
		fmt.Fprintf(i.stdout, "%-7s  %s %s (%s)\n", word, in.id(), in.entry.Title, in.place)
		printChanges(i.stdout, in.changes)
	}
	for _, problem := range i.allProblems() {
		fmt.Fprintf(i.stdout, "error: %s\n", problem)
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

func (i *importing) allProblems() []string {
	list := slices.Clone(i.problems)
	for _, in := range i.in {
		list = append(list, in.problems...)
	}
	return list
}

// finish sums up, and returns what is new or changed if that is to be written
// and nothing is wrong.
func (i *importing) finish(dir string, write bool) (map[string][]byte, error) {
	n, wrong := i.count(), len(i.allProblems())
	fmt.Fprintf(i.stdout, "%d new, %d changed, %d the same, %s in %s\n", n.fresh, n.changed, n.same,
		plural(wrong, "error", "errors"), plural(len(i.in), "entry", "entries"))
	switch {
	case wrong > 0:
		fmt.Fprintln(i.stdout, "nothing was written: first mend the errors")
		return nil, errSaid
	case n.fresh+n.changed == 0:
		fmt.Fprintln(i.stdout, "nothing to write")
		return nil, nil
	case !write && dir == "":
		fmt.Fprintf(i.stdout, "nothing was written: --write --as NAME --reason WHY would save %s\n", plural(n.fresh+n.changed, "draft", "drafts"))
		return nil, nil
	case !write:
		fmt.Fprintf(i.stdout, "nothing was written: --write --to DIR would write %s\n", plural(n.fresh+n.changed, "file", "files"))
		return nil, nil
	}
	files := map[string][]byte{}
	for _, in := range i.in {
		if !in.isSame() {
			files[in.file] = in.text
		}
	}
	return files, nil
}
