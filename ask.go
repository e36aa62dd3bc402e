package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/chzyer/readline"

	"pufa/bot"
)

// asked is the shape of `ask --json`.
type asked struct {
	Outcome   bot.Outcome      `json:"outcome"`
	Entry     string           `json:"entry"`
	Score     float64          `json:"score"`
	Text      string           `json:"text"`
	Citations []cited          `json:"citations"`
	Choices   []bot.Choice     `json:"choices"`
	Hotlines  []string         `json:"hotlines"`
	Explain   *bot.Explanation `json:"explain,omitempty"`
}

// cited is a citation without its gist, which is for reviewers.
type cited struct {
	Law     string `json:"law"`
	Article string `json:"article"`
	Edition string `json:"edition"`
}

func askedOf(r bot.Reply) asked {
	a := asked{
		Outcome: r.Outcome, Entry: r.Entry, Score: r.Score, Text: r.Text,
		Citations: []cited{}, Choices: r.Choices, Hotlines: r.Hotlines, Explain: r.Explain,
	}
	for _, c := range r.Citations {
		a.Citations = append(a.Citations, cited{c.Law, c.Article, c.Edition})
	}
	if a.Choices == nil {
		a.Choices = []bot.Choice{}
	}
	if a.Hotlines == nil {
		a.Hotlines = []string{}
	}
	return a
}

// ask replies to one question, or keeps a conversation. Nothing of it is
// counted.
func (p program) ask(ctx context.Context, args []string) error {
	f := p.newFlags("ask", "[--json] [--explain] [--edits] [TEXT]")
	asJSON := f.Bool("json", false, "print one JSON object a reply")
	explain := f.Bool("explain", false, "show candidates, evidence and decision")
	edits := f.Bool("edits", false, editsHelp)
	if err := f.parse(args, 1); err != nil {
		return shown(err)
	}
	engine, err := p.engine(ctx, *explain, *edits)
	if err != nil {
		return err
	}
	c := conversation{engine: engine, out: p.stdout, asJSON: *asJSON, explain: *explain}
	if f.NArg() == 1 {
		return c.turn(ctx, f.Arg(0))
	}
	return c.hold(ctx, p.stdin)
}

// conversation is a resident at a terminal.
type conversation struct {
	engine   *bot.Engine
	out      io.Writer
	asJSON   bool
	explain  bool
	dialogue bot.Dialogue
}

// turn replies to one message and remembers the dialogue.
func (c *conversation) turn(ctx context.Context, text string) error {
	r := c.engine.Reply(ctx, bot.Message{Kind: bot.Text, Text: text, Dialogue: c.dialogue})
	c.dialogue = r.Dialogue
	if c.asJSON {
		return c.printJSON(r)
	}
	if _, err := fmt.Fprintln(c.out, r.Text); err != nil {
		return fmt.Errorf("print reply: %w", err)
	}
	if c.explain {
		return c.printExplanation(r)
	}
	return nil
}

func (c *conversation) printJSON(r bot.Reply) error {
	enc := json.NewEncoder(c.out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(askedOf(r)); err != nil {
		return fmt.Errorf("print reply: %w", err)
	}
	return nil
}

func (c *conversation) printExplanation(r bot.Reply) error {
	var b strings.Builder
	why := bot.Explanation{Decision: "nothing was searched for"}
	if r.Explain != nil {
		why = *r.Explain
	}
	fmt.Fprintf(&b, "\n-- %s (%.2f): %s\n", r.Outcome, r.Score, why.Decision)
	for _, cand := range why.Candidates {
		fmt.Fprintf(&b, "   %.2f  %-36s %s\n", cand.Score, cand.Entry, cand.Phrasing)
	}
	_, err := io.WriteString(c.out, b.String())
	return err
}

// hold reads lines until there are no more: with editing on a terminal,
// plainly from a pipe.
func (c *conversation) hold(ctx context.Context, in io.Reader) error {
	if file, ok := in.(*os.File); ok && readline.IsTerminal(int(file.Fd())) {
		return c.edit(ctx)
	}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		if text := strings.TrimSpace(lines.Text()); text != "" {
			if err := c.turn(ctx, text); err != nil {
				return err
			}
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read questions: %w", err)
	}
	return nil
}

func (c *conversation) edit(ctx context.Context) error {
	editor, err := readline.New("问> ")
	if err != nil {
		return fmt.Errorf("open terminal: %w", err)
	}
	defer editor.Close()
	fmt.Fprintln(c.out, "直接打字问，按 Ctrl-D 结束。这里问的不计数。")
	for {
		line, err := editor.Readline()
		if errors.Is(err, io.EOF) || errors.Is(err, readline.ErrInterrupt) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read question: %w", err)
		}
		if text := strings.TrimSpace(line); text != "" {
			if err := c.turn(ctx, text); err != nil {
				return err
			}
		}
	}
}
