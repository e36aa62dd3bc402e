package handlers

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"pufa/bot"
	"pufa/stats"
)

func TestEventsOf(t *testing.T) {
	answered := bot.Reply{Outcome: bot.Answered, Entry: "women/leave", Topic: "women", Themes: []string{"3.8"}, Model: true, Sensitive: true}
	rated := func(r bot.Rating) bot.Reply {
		return bot.Reply{Outcome: bot.Command, Rating: r, Entry: "women/leave", Topic: "women", Themes: []string{"3.8"}}
	}
	cases := []struct {
		name  string
		in    bot.Message
		reply bot.Reply
		want  []stats.Event
	}{
		{
			"an answer counts with its entry",
			bot.Message{Kind: bot.Text},
			answered,
			[]stats.Event{{Kind: stats.Message, Outcome: "answered", Entry: "women/leave", Topic: "women", Themes: []string{"3.8"}, Source: "text", Model: true, Sensitive: true}},
		},
		{
			"a button counts as a message from the menu",
			bot.Message{Kind: bot.Click, Key: "cmd:菜单"},
			bot.Reply{Outcome: bot.Command},
			[]stats.Event{{Kind: stats.Message, Outcome: "command", Source: "menu"}},
		},
		{
			"a voice counts as such",
			bot.Message{Kind: bot.Voice},
			bot.Reply{Outcome: bot.Referred},
			[]stats.Event{{Kind: stats.Message, Outcome: "referred", Source: "voice"}},
		},
		{
			"a scan counts without its scene",
			bot.Message{Kind: bot.Scan, Key: "banner-38"},
			bot.Reply{Outcome: bot.Menu},
			[]stats.Event{{Kind: stats.Message, Outcome: "menu", Source: "scan"}},
		},
		{
			"a rating counts twice, the entry once",
			bot.Message{Kind: bot.Text},
			rated(bot.HelpfulYes),
			[]stats.Event{
				{Kind: stats.Message, Outcome: "command", Source: "text"},
				{Kind: stats.Helpful, Entry: "women/leave", Topic: "women", Themes: []string{"3.8"}, Source: "text"},
			},
		},
		{
			"a bad rating is one too",
			bot.Message{Kind: bot.Text},
			rated(bot.HelpfulNo),
			[]stats.Event{
				{Kind: stats.Message, Outcome: "command", Source: "text"},
				{Kind: stats.Unhelpful, Entry: "women/leave", Topic: "women", Themes: []string{"3.8"}, Source: "text"},
			},
		},
		{
			"following is no message",
			bot.Message{Kind: bot.Subscribe},
			bot.Reply{Outcome: bot.Command, Action: bot.Follow},
			[]stats.Event{{Kind: stats.Subscribe}},
		},
		{
			"following by a code says so, not by which",
			bot.Message{Kind: bot.Subscribe, Key: "banner-38"},
			bot.Reply{Outcome: bot.Command},
			[]stats.Event{{Kind: stats.Subscribe, Source: "scan"}},
		},
		{
			"leaving is no message",
			bot.Message{Kind: bot.Unsubscribe},
			bot.Reply{Outcome: bot.None, Action: bot.Unfollow},
			[]stats.Event{{Kind: stats.Unsubscribe}},
		},
		{
			"a question without an answer counts beside its message, with what is near",
			bot.Message{Kind: bot.Voice},
			bot.Reply{Outcome: bot.Referred, Gap: bot.Gap{Shape: bot.Unsure, Entry: "women/leave", Topic: "women", Length: bot.Long, Text: "某人"}},
			[]stats.Event{
				{Kind: stats.Message, Outcome: "referred", Source: "voice"},
				{Kind: stats.Gap, Outcome: "unsure", Entry: "women/leave", Topic: "women", Length: "long", Source: "voice"},
			},
		},
		{"what wants no words is not counted", bot.Message{Kind: bot.Silent}, bot.Reply{Outcome: bot.None}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for i := range c.want {
				c.want[i].At = noon()
			}
			got := eventsOf(incoming{at: noon(), message: c.in}, c.reply)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

func TestResultCarriesMaskedWords(t *testing.T) {
	r := bot.Reply{Outcome: bot.Referred, Gap: bot.Gap{Shape: bot.Unsure, Entry: "women/leave", Text: "某人 请假"}}
	want := Gap{Text: "某人 请假", Shape: "unsure", Near: "women/leave"}
	if got := resultOf(incoming{at: noon()}, r).Gap; got != want {
		t.Errorf("words = %+v, want %+v", got, want)
	}
	test := resultOf(incoming{at: noon(), Arrival: Arrival{Test: true}}, r)
	if test.Gap != (Gap{}) || test.Events != nil {
		t.Errorf("of a test %+v is kept", test)
	}
	r.Gap.Text = ""
	if got := resultOf(incoming{at: noon()}, r).Gap; got != (Gap{}) {
		t.Errorf("without words %+v is kept", got)
	}
	danger := resultOf(incoming{at: noon()}, bot.Reply{Outcome: bot.Crisis, Card: "fire", Gap: bot.Gap{Text: "着火"}})
	if danger.Gap != (Gap{}) {
		t.Errorf("of danger %+v is kept", danger.Gap)
	}
}

// Whatever shape the bot tells, the figures have a name for it.
func TestShapesHaveNames(t *testing.T) {
	named := map[string]bool{}
	for _, s := range stats.Shapes() {
		named[s.ID] = true
	}
	shapes := []bot.Shape{
		bot.NoCandidate, bot.Unsure, bot.Articles, bot.NoneFits, bot.AskedBack, bot.Withheld, bot.Unapproved, bot.UnknownLaw, bot.Outside,
	}
	for _, s := range shapes {
		if !named[string(s)] {
			t.Errorf("stats.Shapes has no %s", s)
		}
	}
	if len(shapes) != len(named) {
		t.Errorf("%d shapes are named, the bot has %d", len(named), len(shapes))
	}
}

func TestResultCarriesWhatTheStoreKeeps(t *testing.T) {
	r := bot.Reply{Outcome: bot.Command, Text: "已退订。", Action: bot.OptOut, Dialogue: bot.Dialogue{Entry: "a/b"}}
	got := resultOf(incoming{at: noon(), message: bot.Message{Kind: bot.Text}}, r)
	want := Result{
		Stored: Stored{Text: "已退订。"}, Action: bot.OptOut, Dialogue: bot.Dialogue{Entry: "a/b"},
		Events: []stats.Event{{At: noon(), Kind: stats.Message, Outcome: "command", Source: "text"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
}
