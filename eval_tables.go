package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"pufa/bot"
)

func printEvaluation(w io.Writer, v bot.Evaluation) error {
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintf(table, "lines\t%d\nright\t%d\nmenu, right among 1 3 5\t%d %d %d\nwrong\t%d\nreferred\t%d\n",
		v.Lines, v.Right, v.Menu["1"], v.Menu["3"], v.Menu["5"], v.Wrong, v.Referred)
	fmt.Fprintf(table, "crisis caught, false\t%d of %d, %d\n", v.Crisis.Caught, v.Crisis.Expected, v.Crisis.False)
	fmt.Fprintf(table, "outside answered, menu\t%d, %d of %d\n", v.Outside.Answered, v.Outside.Menu, v.Outside.Lines)
	fmt.Fprintf(table, "p50, p99 ms\t%.3f, %.3f\n", v.P50, v.P99)
	printKinds(table, "kind", v.ByKind)
	printKinds(table, "topic", v.ByTopic)
	printConfused(table, v.Confused)
	return table.Flush()
}

func printKinds(w io.Writer, what string, of map[string]*bot.Kinds) {
	fmt.Fprintf(w, "\n%s\tlines\tright\tmenu3\twrong\n", what)
	for _, name := range slices.Sorted(maps.Keys(of)) {
		k := of[name]
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\n", name, k.Lines, k.Right, k.Menu3, k.Wrong)
	}
}

// printConfused puts the Chinese titles last: their width is no one's business
// but the terminal's.
func printConfused(w io.Writer, list []bot.Confusion) {
	fmt.Fprintf(w, "\nmost confused\twant\tgot\tlines\n")
	for _, c := range list {
		mark := ""
		if c.Wrong {
			mark = " wrong"
		}
		fmt.Fprintf(w, "%d%s\t%s\t%s\t%s\t%s\n", c.Count, mark, c.Want, c.Got, strings.Join(c.IDs, " "), titles(c))
	}
}

func titles(c bot.Confusion) string {
	if c.WantTitle+c.GotTitle == "" {
		return ""
	}
	return c.WantTitle + " → " + c.GotTitle
}

// compareWith prints what got better and what got worse against an earlier
// measurement of the same question set, line by line.
func compareWith(w io.Writer, file string, cases []bot.Case, now bot.Evaluation) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("open baseline: %w", err)
	}
	var before bot.Evaluation
	if err := json.Unmarshal(data, &before); err != nil {
		return fmt.Errorf("read baseline %s: %w", file, err)
	}
	fmt.Fprintf(w, "\nagainst %s: right %+d, in menu at 3 %+d, wrong %+d, crisis caught %+d, false alarms %+d, outside answered %+d\n", file,
		now.Right-before.Right, now.Menu["3"]-before.Menu["3"], now.Wrong-before.Wrong, now.Crisis.Caught-before.Crisis.Caught,
		now.Crisis.False-before.Crisis.False, now.Outside.Answered-before.Outside.Answered)
	changes := bot.Compare(cases, before.Items, now.Items)
	better, worse := bot.Better(changes), bot.Worse(changes)
	printReplies(w, "better", better)
	printReplies(w, "worse", worse)
	fmt.Fprintf(w, "as good, another reply: %d\n", len(changes)-len(better)-len(worse))
	printUnmatched(w, "only in this run", now.Items, before.Items)
	printUnmatched(w, "only in the baseline", before.Items, now.Items)
	return nil
}

func printReplies(w io.Writer, what string, list []bot.Change) {
	fmt.Fprintf(w, "%s: %d\n", what, len(list))
	for _, c := range list {
		fmt.Fprintf(w, "  %s: %s → %s\n", c.Case.ID, c.Case.Got(c.Before), c.Case.Got(c.After))
	}
}

func printUnmatched(w io.Writer, what string, list, other []bot.Item) {
	var ids []string
	for _, item := range list {
		if !slices.ContainsFunc(other, func(o bot.Item) bool { return o.ID == item.ID }) {
			ids = append(ids, item.ID)
		}
	}
	if len(ids) > 0 {
		fmt.Fprintf(w, "%s: %s\n", what, strings.Join(ids, " "))
	}
}
