package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"pufa/content"
	"pufa/content/edit"
	"pufa/content/sheet"
	"pufa/store"
)

const historyHelp = `[--show N | --diff A,B] [ENTRY]
lists the edited entries, or the versions of one. --show prints the text of a version, --diff what changed between
two, field by field; 0 is the shipped text.`

// contentHistory shows versions.
func (p program) contentHistory(ctx context.Context, args []string) error {
	f := p.newFlags("content history", historyHelp)
	show := f.Int("show", -1, "print the text of this `version`")
	diff := f.String("diff", "", "compare two `versions`, like 0,2")
	if err := f.parse(args, 1); err != nil {
		return shown(err)
	}
	a, b, err := twoNumbers(*diff)
	if err != nil {
		return err
	}
	if f.NArg() == 0 && (*show >= 0 || *diff != "") || *show >= 0 && *diff != "" {
		return usagef("content history: --show N or --diff A,B, and one entry")
	}
	settings, err := p.settings()
	if err != nil {
		return err
	}
	return p.withStore(ctx, func(st *store.Store) error {
		desk := deskOf(settings, st, p.now)
		switch {
		case *show >= 0:
			text, err := desk.Text(ctx, f.Arg(0), *show)
			return p.told(err, "%s", text)
		case *diff != "":
			return p.printDiff(ctx, desk, f.Arg(0), a, b)
		case f.NArg() == 1:
			return p.printHistory(ctx, st, f.Arg(0))
		}
		return p.printHeads(ctx, st)
	})
}

func twoNumbers(text string) (a, b int, err error) {
	if text == "" {
		return 0, 0, nil
	}
	first, second, _ := strings.Cut(text, ",")
	a, errA := strconv.Atoi(first)
	b, errB := strconv.Atoi(second)
	if errA != nil || errB != nil || a < 0 || b < 0 {
		return 0, 0, usagef("content history: --diff %q: want two versions like 0,2", text)
	}
	return a, b, nil
}

// printDiff compares two versions as a sheet would show them.
func (p program) printDiff(ctx context.Context, desk *edit.Desk, id string, a, b int) error {
	var both [2]*content.Entry
	for i, number := range [2]int{a, b} {
		text, err := desk.Text(ctx, id, number)
		if err != nil {
			return err
		}
		if both[i], err = content.ParseEntry(id+".md", []byte(text)); err != nil {
			return err
		}
	}
	changes := sheet.Compare(both[0], both[1])
	printChanges(p.stdout, changes)
	if len(changes) == 0 {
		fmt.Fprintln(p.stdout, "两个版本一样。")
	}
	return nil
}

func (p program) printHistory(ctx context.Context, st *store.Store, id string) error {
	h, err := st.History(ctx, id)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "版本\t状态\t作者\t时间\t核对\t发布\t原因")
	for _, v := range h.Versions {
		state := stateName(v.State)
		if v.Number == h.Released {
			state += "，居民看到的"
		}
		if v.Alone {
			state += "（一人审批）"
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", v.Number, state, v.Author, localTime(v.At), v.Checker, v.Releaser, storyOf(v))
	}
	if h.Released == 0 {
		fmt.Fprintln(table, "0\t随程序发布的，居民看到的")
	}
	return table.Flush()
}

// storyOf joins why a version was written, given back, released all the same.
func storyOf(v edit.Version) string {
	list := []string{v.Reason}
	if v.Note != "" {
		list = append(list, "退回："+v.Note)
	}
	if v.Override != "" {
		list = append(list, "仍发布："+v.Override)
	}
	return strings.Join(list, "；")
}

func (p program) printHeads(ctx context.Context, st *store.Store) error {
	heads, err := st.Heads(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "条目\t最新版本\t状态\t作者\t时间\t居民看到的版本")
	for _, h := range heads {
		fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%s\t%d\n", h.Entry, h.Newest, stateName(h.State), h.Author, localTime(h.At), h.Released)
	}
	return table.Flush()
}

func localTime(t time.Time) string { return t.In(zone).Format("2006-01-02 15:04") }

func stateName(s edit.State) string {
	switch s {
	case edit.Draft:
		return "草稿"
	case edit.Returned:
		return "已退回"
	case edit.Checked:
		return "已核对"
	default:
		return "已发布"
	}
}
