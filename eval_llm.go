package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"pufa/bot"
)

// helped is what one set of helpers changed against none.
type helped struct {
	Helpers string         `json:"helpers"`
	Right   int            `json:"right"`
	Menu    map[string]int `json:"menu"`
	Wrong   int            `json:"wrong"`
	Refer   int            `json:"referred"`
	Outside int            `json:"outside_menu"`
	P50     float64        `json:"p50_ms"`
	P99     float64        `json:"p99_ms"`
	Calls   int64          `json:"calls"`
	Tokens  int64          `json:"tokens"`
	Ends    string         `json:"ends"`

	Later *bot.LaterVerdict `json:"later,omitempty"` // of the line "later", which has no replies of its own
}

// evalModel measures the question set without a model, with each helper that is
// switched on by itself, and with all of them. What it sends are the questions
// of the set, masked as a resident's would be.
func (p program) evalModel(ctx context.Context, engine *bot.Engine, cases []bot.Case, asJSON bool) error {
	s, err := p.settings()
	if err != nil {
		return err
	}
	m, err := newModel(s.OpenAI, s.DataDir)
	if err != nil {
		return err
	}
	if m == nil {
		return errors.New("eval --llm: no helper is switched on: set PUFA_OPENAI_BASE_URL, _MODEL, _SEND_QUESTIONS=on and one of _CHOOSE=on, _PICK=on, _EMBEDDING_MODEL")
	}
	purse := &ownPurse{left: s.OpenAI.DailyTokens}
	if m.finder != nil {
		if err := m.finder.Fill(ctx, purse, embedded(engine.Library())); err != nil {
			return err
		}
	}
	var rows []helped
	for _, set := range setsOf(m.helps()) {
		set.help.Purse = purse
		row, err := measureHelp(ctx, engine.With(set.help), m, cases, set.name)
		if err != nil {
			return err
		}
		rows = append(rows, row)
		fmt.Fprintf(p.stderr, "measured: %s\n", set.name)
	}
	if m.settings.Choose {
		row, err := measureLater(ctx, engine, m, purse, cases)
		if err != nil {
			return err
		}
		rows = append(rows, row)
		fmt.Fprintln(p.stderr, "measured: later")
	}
	if asJSON {
		return writeJSON(p.stdout, rows)
	}
	return printHelped(p.stdout, rows)
}

// measureLater measures what would follow referrals, with as much time as a
// later answer has.
func measureLater(ctx context.Context, engine *bot.Engine, m *model, purse bot.Purse, cases []bot.Case) (helped, error) {
	before := m.client.Uses()
	v := engine.With(bot.Model{Chooser: m.client, Time: m.settings.Timeout, Purse: purse}).EvaluateLater(ctx, cases)
	if err := ctx.Err(); err != nil {
		return helped{}, fmt.Errorf("measure later answers: %w", err)
	}
	row := helped{Helpers: "later", Later: &v}
	row.count(before, m.client.Uses())
	return row, nil
}

// helperSet is some of the helpers, by name.
type helperSet struct {
	name string
	help bot.Model
}

// setsOf are none of the helpers, each alone, and all where there are more.
func setsOf(all bot.Model) []helperSet {
	sets := []helperSet{{"none", bot.Model{}}}
	for _, one := range []helperSet{
		{"choose", bot.Model{Chooser: all.Chooser}}, {"pick", bot.Model{Picker: all.Picker}}, {"embed", bot.Model{Finder: all.Finder}},
	} {
		if one.help.Chooser != nil || one.help.Picker != nil || one.help.Finder != nil {
			one.help.Time = all.Time
			sets = append(sets, one)
		}
	}
	if len(sets) > 2 {
		sets = append(sets, helperSet{"all", all})
	}
	return sets
}

func measureHelp(ctx context.Context, engine *bot.Engine, m *model, cases []bot.Case, name string) (helped, error) {
	before := m.client.Uses()
	v, err := engine.Evaluate(ctx, cases)
	if err != nil {
		return helped{}, err
	}
	row := helped{
		Helpers: name, Right: v.Right, Menu: v.Menu, Wrong: v.Wrong, Refer: v.Referred, Outside: v.Outside.Menu, P50: v.P50, P99: v.P99,
	}
	row.count(before, m.client.Uses())
	return row, nil
}

// count takes in what the helpers did meanwhile.
func (r *helped) count(before, after []bot.Use) {
	had := map[string]bot.Use{}
	for _, u := range before {
		had[u.Helper] = u
	}
	var ends []string
	for _, u := range after {
		old := had[u.Helper]
		r.Tokens += u.PromptTokens + u.CompletionTokens - old.PromptTokens - old.CompletionTokens
		for _, end := range bot.Ends() {
			if n := u.Ends[end] - old.Ends[end]; n > 0 {
				r.Calls += n
				ends = append(ends, fmt.Sprintf("%s %s %d", u.Helper, end, n))
			}
		}
	}
	r.Ends = strings.Join(ends, ", ")
}

func printHelped(w io.Writer, rows []helped) error {
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintf(table, "helpers\tright\tmenu at 1 3 5\twrong\treferred\toutside menu\tp50, p99 ms\tcalls\ttokens\n")
	for _, r := range rows {
		if r.Later != nil {
			continue
		}
		fmt.Fprintf(table, "%s\t%d\t%d %d %d\t%d\t%d\t%d\t%.1f, %.1f\t%d\t%d\n",
			r.Helpers, r.Right, r.Menu["1"], r.Menu["3"], r.Menu["5"], r.Wrong, r.Refer, r.Outside, r.P50, r.P99, r.Calls, r.Tokens)
	}
	none := rows[0]
	for _, r := range rows[1:] {
		if r.Later != nil {
			continue
		}
		fmt.Fprintf(table, "%s against none\t%+d\t%+d %+d %+d\t%+d\t%+d\t%+d\t%+.1f, %+.1f\t\t\n", r.Helpers, r.Right-none.Right,
			r.Menu["1"]-none.Menu["1"], r.Menu["3"]-none.Menu["3"], r.Menu["5"]-none.Menu["5"], r.Wrong-none.Wrong, r.Refer-none.Refer,
			r.Outside-none.Outside, r.P50-none.P50, r.P99-none.P99)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print measurement: %w", err)
	}
	for _, r := range rows[1:] {
		fmt.Fprintf(w, "%s: %s\n", r.Helpers, r.Ends)
		if v := r.Later; v != nil {
			fmt.Fprintf(w, "later: of %d referrals %d would be followed by what is right, %d by something wrong, in %d calls and %d tokens\n",
				v.Asked, v.Right, v.Wrong, r.Calls, r.Tokens)
		}
	}
	return nil
}
