package store

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pufa/bot"
)

func TestADialogueComesBackAsItWas(t *testing.T) {
	cases := []struct {
		name string
		d    bot.Dialogue
	}{
		{"nothing said", bot.Dialogue{}},
		{"an entry answered", bot.Dialogue{Entry: "consumer/seven-day-return", Shown: 3, Rated: true}},
		{"a menu shown", bot.Dialogue{Choices: []string{"entry:dv/order", "topic:women", "article:民法典#1079"}}},
		{"a topic leafed through", bot.Dialogue{Choices: []string{"entry:a/b"}, Menu: "consumer", Page: 2}},
		{"an article read", bot.Dialogue{Article: "刑法#287-2", Page: 1}},
		{"sentences put first by a model", bot.Dialogue{Entry: "a/b", Picked: 1<<31 | 5}},
		{"a command asked back", bot.Dialogue{Confirm: bot.Forget}},
		{"a ticket just opened", bot.Dialogue{Ticket: "K7M3Q4"}},
		{"the desk's menu shown", bot.Dialogue{Choices: []string{"desk:人工/消费维权", "desk:人工/"}}},
		{"a question asked back", bot.Dialogue{Choices: []string{"topic:women"}, Asked: true}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.d, readDialogue(writeDialogue(c.d))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestADialogueThatCannotBeReadIsNone(t *testing.T) {
	valid := writeDialogue(bot.Dialogue{Entry: "a/b", Page: 1})
	for _, said := range []string{
		"", "-", `{"e":"a/b"}`, strings.Replace(valid, "\x1f1\x1f", "\x1f-1\x1f", 1),
		strings.Replace(valid, "\x1f1\x1f", "\x1fx\x1f", 1), valid + fieldSign, valid[:len(valid)-1],
	} {
		if d := readDialogue(said); !d.Empty() || d.Page != 0 {
			t.Errorf("readDialogue(%q) = %+v, want none", said, d)
		}
	}
}

func FuzzReadDialogue(f *testing.F) {
	f.Add("")
	f.Add(writeDialogue(bot.Dialogue{Entry: "a/b", Choices: []string{"entry:c/d", "topic:e"}, Page: 1}))
	f.Fuzz(func(t *testing.T, said string) {
		d := readDialogue(said)
		if diff := cmp.Diff(d, readDialogue(writeDialogue(d))); diff != "" {
			t.Errorf("readDialogue(%q) does not come back: %s", said, diff)
		}
	})
}

// The sizes are what most messages have.
func BenchmarkDialogue(b *testing.B) {
	d := bot.Dialogue{Entry: "consumer/seven-day-return", Shown: 3}
	b.Run("own", func(b *testing.B) {
		for b.Loop() {
			readDialogue(writeDialogue(d))
		}
	})
	b.Run("json", func(b *testing.B) {
		for b.Loop() {
			text, err := json.Marshal(d)
			if err != nil {
				b.Fatal(err)
			}
			var back bot.Dialogue
			if err := json.Unmarshal(text, &back); err != nil {
				b.Fatal(err)
			}
		}
	})
}
