package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"pufa/bot"
)

// eval measures replies over a question set. Nothing of it is counted.
func (p program) eval(ctx context.Context, args []string) error {
	f := p.newFlags("eval", "[--json] [--out F] [--baseline F] [--edits] [--llm] FILE.jsonl")
	asJSON := f.Bool("json", false, "print the measurement as JSON")
	out := f.String("out", "", "also write the JSON to this `file`")
	baseline := f.String("baseline", "", "tell what got better and worse since the run whose JSON is in this `file`; with --json on the standard error")
	edits := f.Bool("edits", false, editsHelp)
	withModel := f.Bool("llm", false, "tell what each helper of a model changes against none: sends the masked questions of the set to PUFA_OPENAI_BASE_URL")
	if err := f.parse(args, 1); err != nil {
		return shown(err)
	}
	if f.NArg() != 1 {
		return usagef("eval: name the question set: pufa eval FILE.jsonl")
	}
	cases, err := readCases(f.Arg(0))
	if err != nil {
		return err
	}
	engine, err := p.engine(ctx, false, *edits)
	if err != nil {
		return err
	}
	if *withModel {
		if *out != "" || *baseline != "" {
			return usagef("eval: --llm goes with --json and --edits only")
		}
		return p.evalModel(ctx, engine, cases, *asJSON)
	}
	measured, err := engine.Evaluate(ctx, cases)
	if err != nil {
		return err
	}
	if *out != "" {
		if err := writeJSONFile(*out, measured); err != nil {
			return err
		}
	}
	if *asJSON {
		if err := writeJSON(p.stdout, measured); err != nil || *baseline == "" {
			return err
		}
		return compareWith(p.stderr, *baseline, cases, measured)
	}
	if err := printEvaluation(p.stdout, measured); err != nil || *baseline == "" {
		return err
	}
	return compareWith(p.stdout, *baseline, cases, measured)
}

func readCases(file string) ([]bot.Case, error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("open question set: %w", err)
	}
	defer in.Close()
	cases, err := bot.ReadCases(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return cases, nil
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
