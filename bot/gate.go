package bot

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"

	"pufa/content"
)

//go:embed testdata/questions.jsonl
var questionSet []byte

// QuestionSet is the project's own question set: 500 questions by a writer who
// did not write the entries.
func QuestionSet() []Case {
	cases, err := ReadCases(bytes.NewReader(questionSet))
	if err != nil {
		panic(fmt.Sprintf("the embedded question set cannot be read: %v", err)) // TestQuality rules it out
	}
	return cases
}

// Gate asks two libraries the same questions, the question set and every
// wording of the entries of after, and returns those that get a worse reply
// with after. Both are asked as they read: approvals and what staff took down
// do not matter, the clock of opt does.
func Gate(ctx context.Context, before, after *content.Library, opt Options) ([]Change, error) {
	opt = Options{Now: opt.Now}
	cases := append(QuestionSet(), wordings(after)...)
	was, err := New(before, opt).Evaluate(ctx, cases)
	if err != nil {
		return nil, fmt.Errorf("ask the library as it is: %w", err)
	}
	is, err := New(after, opt).Evaluate(ctx, cases)
	if err != nil {
		return nil, fmt.Errorf("ask the library as it would be: %w", err)
	}
	return Worse(Compare(cases, was.Items, is.Items)), nil
}

// wordings makes a question of every wording: its own entry is right.
func wordings(lib *content.Library) (cases []Case) {
	for _, e := range lib.Entries() {
		for i, q := range e.Questions {
			cases = append(cases, Case{
				ID: fmt.Sprintf("%s?%d", e.ID, i), Text: q, Expect: Expect{Outcome: Answered, Entry: e.ID},
			})
		}
	}
	return cases
}

// Got says in a few words what a line got: right, wrong, the place in a menu.
func (c Case) Got(i Item) string {
	switch {
	case i.Right:
		return "right " + i.Entry
	case i.Outcome == Answered:
		return "wrong " + i.Entry
	case i.Outcome == Menu && i.Rank > 0:
		return fmt.Sprintf("menu at %d", i.Rank)
	case i.Outcome == Menu && c.Expect.Outcome == Answered:
		return "menu without it"
	}
	return string(i.Outcome)
}
