package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sort"
	"text/tabwriter"

	"pufa/bot"
)

// eval measures replies over a question set. Nothing of it is counted.
func (p program) eval(ctx context.Context, args []string) error {
	f := p.newFlags("eval", "[--json] [--out F] [--baseline F] FILE.jsonl")
	asJSON := f.Bool("json", false, "print the measurement as JSON")
	out := f.String("out", "", "also write the JSON to this `file`")
	baseline := f.String("baseline", "", "compare with the JSON of an earlier run in this `file`")
	if err := f.parse(args, 1); err != nil {
		return shown(err)
	}
	if f.NArg() != 1 {
		return usagef("eval: name the question set: pufa eval FILE.jsonl")
	}
	measured, err := p.measure(ctx, f.Arg(0))
	if err != nil {
		return err
	}
	if *out != "" {
		if err := writeJSONFile(*out, measured); err != nil {
			return err
		}
	}
	if *asJSON {
		return writeJSON(p.stdout, measured)
	}
	if err := printEvaluation(p.stdout, measured); err != nil || *baseline == "" {
		return err
	}
	return p.compare(*baseline, measured)
}

func (p program) measure(ctx context.Context, file string) (bot.Evaluation, error) {
	in, err := os.Open(file)
	if err != nil {
		return bot.Evaluation{}, fmt.Errorf("open question set: %w", err)
	}
	defer in.Close()
	cases, err := bot.ReadCases(in)
	if err != nil {
		return bot.Evaluation{}, fmt.Errorf("%s: %w", file, err)
	}
	engine, err := p.engine(ctx, false)
	if err != nil {
		return bot.Evaluation{}, err
	}
	return engine.Evaluate(ctx, cases)
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

func writeJSONFile(name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := os.WriteFile(name, append(data, '\n'), 0o644); err != nil {
		return fmt.Errorf("write measurement: %w", err)
	}
	return nil
}

func printEvaluation(w io.Writer, v bot.Evaluation) error {
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintf(table, "lines\t%d\nright\t%d\nmenu, right among 1 3 5\t%d %d %d\nwrong\t%d\nreferred\t%d\n",
		v.Lines, v.Right, v.Menu["1"], v.Menu["3"], v.Menu["5"], v.Wrong, v.Referred)
	fmt.Fprintf(table, "crisis caught, false\t%d of %d, %d\n", v.Crisis.Caught, v.Crisis.Expected, v.Crisis.False)
	fmt.Fprintf(table, "outside answered, menu\t%d, %d of %d\n", v.Outside.Answered, v.Outside.Menu, v.Outside.Lines)
	fmt.Fprintf(table, "p50, p99 ms\t%.3f, %.3f\n\n", v.P50, v.P99)
	kinds := make([]string, 0, len(v.ByKind))
	for kind := range v.ByKind {
		kinds = append(kinds, kind)
	}
	sort.Strings(kinds)
	fmt.Fprintln(table, "kind\tlines\tright\tmenu3\twrong")
	for _, kind := range kinds {
		k := v.ByKind[kind]
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\n", kind, k.Lines, k.Right, k.Menu3, k.Wrong)
	}
	return table.Flush()
}

// compare prints the lines that changed against an earlier measurement.
func (p program) compare(file string, now bot.Evaluation) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("open baseline: %w", err)
	}
	var before bot.Evaluation
	if err := json.Unmarshal(data, &before); err != nil {
		return fmt.Errorf("read baseline %s: %w", file, err)
	}
	was := make(map[string]bot.Item, len(before.Items))
	for _, item := range before.Items {
		was[item.ID] = item
	}
	fmt.Fprintf(p.stdout, "\nagainst %s: right %+d, wrong %+d\n", file, now.Right-before.Right, now.Wrong-before.Wrong)
	for _, item := range now.Items {
		if old, ok := was[item.ID]; ok && old != item {
			fmt.Fprintf(p.stdout, "%s: %s → %s\n", item.ID, describe(old), describe(item))
		}
	}
	return nil
}

func describe(i bot.Item) string {
	return fmt.Sprintf("%s %s rank %d", i.Outcome, i.Entry, i.Rank)
}
