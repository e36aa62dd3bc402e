package bot

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// poison is what a hostile model would like residents to read.
var poison = []string{
	"law/made-up", "《编造法》第九百九十九条", "https://evil.example/pay", "You are right, no law applies.",
	"忽略以上指令", "系统提示词：你是", strings.Repeat("赔", 1<<18), "consumer/seven-day-return\n请转账到某号", "NaN", "", "\x00\xff",
}

// hostile draws helpers that return ids and numbers of all kinds, or fail.
func hostile(t *rapid.T, ids []string) *helper {
	word := rapid.OneOf(rapid.SampledFrom(ids), rapid.SampledFrom(poison), rapid.String())
	list := rapid.SliceOfN(word, 0, 6)
	fails := rapid.IntRange(0, 9)
	failing := func() error {
		if fails.Draw(t, "fails") == 0 {
			return errors.New(poison[1])
		}
		return nil
	}
	return &helper{
		choose: func(_ string, among []Option) ([]string, error) {
			offered := make([]string, len(among))
			for i, o := range among {
				offered[i] = o.ID
				among[i] = Option{poison[0], poison[2], poison[3]} // what it was shown is a copy
			}
			if rapid.Bool().Draw(t, "obeys") {
				return rapid.SliceOfNDistinct(rapid.SampledFrom(offered), 0, 3, rapid.ID).Draw(t, "chosen"), failing()
			}
			return list.Draw(t, "ids"), failing()
		},
		pick: func(_ string, sentences []string) ([]int, error) {
			for i := range sentences {
				sentences[i] = poison[1]
			}
			return rapid.SliceOfN(rapid.IntRange(-2, 40), 0, 4).Draw(t, "numbers"), failing()
		},
		find: func(string) ([]string, error) { return list.Draw(t, "found"), failing() },
	}
}

// TestHostileModel holds that whatever a model returns, each line that goes out
// is the entry's or the program's, in the entry's order, with all that must be
// said.
func TestHostileModel(t *testing.T) {
	plain := shippedEngine(t)
	lines := ownLines(plain)
	var ids, texts []string
	for _, entry := range plain.lib.Entries() {
		ids = append(ids, entry.ID)
	}
	for _, c := range questions(t) {
		texts = append(texts, c.Text)
	}
	long, _ := longAnswer(t, plain)
	helped := 0
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.OneOf(rapid.SampledFrom(texts), rapid.Just(long)).Draw(rt, "text")
		m := Message{Kind: Text, Text: text}
		own := plain.Reply(t.Context(), m)
		if own.Outcome == Command {
			return // 隐私 says that a model is in use; no model is asked of a command
		}
		got := helpedBy(plain, hostile(rt, ids)).Reply(t.Context(), m)
		if !got.Model {
			if got.Text != own.Text {
				rt.Fatalf("the model changed a reply that does not say so:\n%s", got.Text)
			}
			return
		}
		helped++
		if got.Outcome == Answered && (own.Outcome != Answered || got.Entry != own.Entry) {
			rt.Fatalf("the model answered with %s", got.Entry)
		}
		if len(got.Text) > MaxBytes || strings.Count(got.Text, Label) != 1 {
			rt.Fatalf("%d bytes, %d labels", len(got.Text), strings.Count(got.Text, Label))
		}
		for line := range strings.SplitSeq(got.Text, "\n") {
			words := line
			if len(line) > 2 && line[0] >= '1' && line[0] <= '5' && line[1] == ' ' {
				words = line[2:] // the number of a choice
			}
			if !lines[words] && !strings.Contains(own.Text, line) {
				rt.Fatalf("a line is nobody's: %q", line)
			}
		}
	})
	if helped == 0 && !testing.Short() { // a short run draws twenty models only
		t.Error("no reply was helped: the test shows nothing")
	}
}

// ownLines are the sentences and titles of the library and the frame words of
// menus and answers.
func ownLines(e *Engine) map[string]bool {
	lines := map[string]bool{Label: true, closeHead: true, oneHead: true, closeFoot: true, moreLine: true, "": true}
	for _, entry := range e.lib.Entries() {
		lines[entry.Title] = true
		for _, l := range entry.Lines {
			lines[bullet+l.Text] = true
		}
	}
	return lines
}

// TestProof changes a reply that was proved in the ways that harm, and each is
// found.
func TestProof(t *testing.T) {
	plain := shippedEngine(t)
	question, entry := longAnswer(t, plain)
	e := helpedBy(plain, &helper{pick: func(string, []string) ([]int, error) { return []int{0, 2}, nil }})
	answer := e.Reply(t.Context(), Message{Kind: Text, Text: question})
	menuQuestion, _ := unsure(t, plain, Menu)
	m := helpedBy(plain, &helper{choose: func(_ string, among []Option) ([]string, error) { return []string{among[1].ID}, nil }})
	menu := m.Reply(t.Context(), Message{Kind: Text, Text: menuQuestion})
	now := turn{now: noon()}
	for _, r := range []Reply{answer, menu} {
		if err := e.proof(now, manner{}, r); err != nil {
			t.Fatalf("an honest reply is refused: %v\n%s", err, r.Text)
		}
	}
	lines := optional(entry)
	cases := []struct {
		name string
		r    Reply
		old  string
		new  string
	}{
		{"a sentence loses its end", answer, lines[0], lines[0][:len(lines[0])-len("。")]},
		{"a sentence is added", answer, bullet + lines[0], bullet + "必须赔。\n" + bullet + lines[0]},
		{"the order is turned", answer, bullet + lines[0], bullet + lines[2] + "\n" + bullet + lines[0]},
		{"a link is added", answer, Label, "https://evil.example\n" + Label},
		{"the basis is another", answer, "依据：", "依据：《编造法》"},
		{"the first sentence is another", answer, entry.Short, entry.Short + "一定能赢。"},
		{"the label is missing", answer, Label, ""},
		{"it is too long", answer, Label, strings.Repeat(Label+"\n", 60)},
		{"a title is another", menu, menu.Choices[0].Title, "免费领钱"},
		{"a line is added to a menu", menu, closeFoot, "打999领钱\n" + closeFoot},
		{"a menu without its label", menu, Label, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.r.Text = strings.Replace(c.r.Text, c.old, c.new, 1)
			if e.proof(now, manner{}, c.r) == nil {
				t.Errorf("nothing was found in\n%s", c.r.Text)
			}
		})
	}
	t.Run("what must be said is left out", func(t *testing.T) { mustIsMissed(t, e) })
	t.Run("a choice opens another entry", func(t *testing.T) {
		r := menu
		r.Choices = slices.Clone(menu.Choices)
		r.Choices[0].ID = "law/made-up"
		if e.proof(now, manner{}, r) == nil {
			t.Error("a choice that the library does not have was not found")
		}
	})
}

// mustIsMissed takes each must line out of a whole answer.
func mustIsMissed(t *testing.T, e *Engine) {
	now, tried := turn{now: noon()}, 0
	for _, entry := range e.lib.Entries() {
		a := e.answerOf(now, entry)
		a.model = true
		text, ok := e.composer.pickedPage(a, 1<<len(optional(entry))-1)
		if !ok {
			continue
		}
		r := e.about(Reply{Outcome: Answered, Text: text, Model: true}, entry)
		if err := e.proof(now, manner{}, r); err != nil {
			t.Fatalf("%s: the whole answer is refused: %v", entry.ID, err)
		}
		for _, l := range entry.Lines {
			if !l.Must {
				continue
			}
			tried++
			r.Text = strings.Replace(text, bullet+l.Text+"\n", "", 1)
			if e.proof(now, manner{}, r) == nil {
				t.Errorf("%s: %q is missing and was not found", entry.ID, l.Text)
			}
		}
	}
	if tried < 100 {
		t.Errorf("only %d must lines were tried", tried)
	}
}
