package handlers

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"pufa/bot"
	"pufa/wechat"
)

const cardText = "妇女权益宣传周：想问什么直接打字。"

func TestWhereACardStands(t *testing.T) {
	answered := bot.Reply{Outcome: bot.Answered, Text: "能退。", Entry: "consumer/returns", Topic: "consumer", Themes: []string{"3.15"}}
	with := func(change func(*bot.Reply)) bot.Reply {
		r := answered
		change(&r)
		return r
	}
	cases := []struct {
		name  string
		words string
		reply bot.Reply
		set   func(*rig)
		shown bool
	}{
		{"under an answer", "能退吗", answered, nil, true},
		{"under the first reply to anybody it does not", "能退吗", answered, func(r *rig) { r.inbox.known = false }, false},
		{"twice a day it does not", "能退吗", answered, func(r *rig) { r.inbox.carded = true }, false},
		{"while no window is open it does not", "能退吗", answered, func(r *rig) { r.pushes.card = "" }, false},
		{"beside danger it does not", "救命", answered, nil, false},
		{"beside danger that the bot found it does not", "能退吗", with(func(r *bot.Reply) { r.Outcome, r.Card = bot.Crisis, "violence" }), nil, false},
		{"beside a menu it does not", "能退吗", with(func(r *bot.Reply) { r.Outcome = bot.Menu }), nil, false},
		{"beside a referral it does not", "能退吗", with(func(r *bot.Reply) { r.Outcome = bot.Referred }), nil, false},
		{"beside a sensitive matter it does not", "能退吗", with(func(r *bot.Reply) { r.Sensitive = true }), nil, false},
		{"beside an article alone it does not", "能退吗", with(func(r *bot.Reply) { r.Entry = "" }), nil, false},
		{"where it would not fit it does not", "能退吗", with(func(r *bot.Reply) { r.Text = strings.Repeat("退", 660) }), nil, false},
		{"while redis is away it does not", "能退吗", answered, func(r *rig) { r.inbox.claimErr = errStoreDown }, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			r.inbox.known, r.pushes.card = true, cardText
			r.bot.reply = func(context.Context, bot.Message) bot.Reply { return c.reply }
			if c.set != nil {
				c.set(r)
			}
			said := r.said(r.deliver(r.text(c.words)))
			if got := strings.Contains(said, cardText); got != c.shown || len(said) > bot.MaxBytes {
				t.Errorf("card shown %t in %d bytes, want %t: %s", got, len(said), c.shown, said)
			}
			for _, result := range append(slices.Clone(r.inbox.results), r.inbox.later...) {
				if result.Carded != c.shown || strings.Contains(kinds(result.Events), "card/") != c.shown {
					t.Errorf("kept: card %t, events %s", result.Carded, kinds(result.Events))
				}
			}
		})
	}
}

func TestACardIsRepeatedWithItsReply(t *testing.T) {
	r := newRig(t)
	r.inbox.known, r.pushes.card = true, cardText
	first := r.said(r.deliver(r.text("能退吗")))
	r.pushes.card = ""
	if again := r.said(r.deliver(r.text("能退吗"))); again != first || !strings.Contains(first, cardText) {
		t.Errorf("delivered again: %q, want %q", again, first)
	}
}

func TestWhatIsKeptForCampaigns(t *testing.T) {
	r := newRig(t)
	r.inbox.known = true
	r.bot.reply = func(context.Context, bot.Message) bot.Reply {
		return bot.Reply{Outcome: bot.Answered, Text: "能退。", Entry: "consumer/returns", Topic: "consumer", Themes: []string{"3.15"}}
	}
	r.deliver(r.text("能退吗"))
	r.pushes.messages = true
	r.deliver(wechat.TextMessage(openid, original, "2", "能退吗", r.Now()))
	r.deliver(wechat.EventMessage(openid, original, wechat.EventClick, r.Now(), wechat.Element{Name: "EventKey", Value: "cmd:菜单"}))
	r.deliver(wechat.TextMessage(openid, original, "3", "救命", r.Now()))
	var deeds []wechat.Deed
	for _, result := range r.inbox.results {
		deeds = append(deeds, result.Deed)
	}
	if want := []wechat.Deed{wechat.NoDeed, wechat.Wrote, wechat.Acted, wechat.NoDeed}; !slices.Equal(deeds, want) {
		t.Errorf("deeds %q, want %q: none before anybody plans messages, none of a crisis", deeds, want)
	}
	if open := r.inbox.results[0].Events[0].Campaigns; len(open) != 1 || open[0].Name != "campaign|march" {
		t.Errorf("the question stands in the windows %+v, want that of the campaign", open)
	}
}

func TestACampaignsButtonOpensItsEntry(t *testing.T) {
	r := newRig(t)
	for key, want := range map[string]string{"campaign:march": "entry:consumer/returns", "campaign:april": "campaign:april"} {
		r.deliver(wechat.EventMessage(openid, original, wechat.EventClick, r.Now(), wechat.Element{Name: "EventKey", Value: key}))
		asked := r.bot.messages()
		if got := asked[len(asked)-1].Key; got != want {
			t.Errorf("%s reaches the bot as %s, want %s", key, got, want)
		}
	}
}

// fakeReceipts notes the events that reach it.
type fakeReceipts struct {
	took []string
	err  error
}

func (f *fakeReceipts) Take(_ context.Context, m *wechat.Message) error {
	f.took = append(f.took, m.Event)
	return f.err
}

func TestReceipts(t *testing.T) {
	taken := &fakeReceipts{}
	r := newRig(t, func(c *Config) { c.Receipts = taken })
	for _, event := range []string{
		wechat.EventMassSent, wechat.EventPublished, wechat.EventSubscriptionSent, wechat.EventSubscriptionChange, wechat.EventSubscriptionAsked,
	} {
		if w := r.deliver(wechat.EventMessage(openid, original, event, r.Now())); w.Code != http.StatusOK || w.Body.String() != "success" {
			t.Errorf("%s: %d %q", event, w.Code, w.Body)
		}
	}
	r.deliver(r.text("MASSSENDJOBFINISH"))
	if len(taken.took) != 5 || len(r.inbox.arrivals) != 1 {
		t.Errorf("receipts %v, messages %d: want five and one", taken.took, len(r.inbox.arrivals))
	}
	taken.err = errStoreDown
	if w := r.deliver(wechat.EventMessage(openid, original, wechat.EventMassSent, r.Now())); w.Code != http.StatusConflict {
		t.Errorf("what was not kept is answered with %d: the platform would not repeat it", w.Code)
	}
	if strings.Contains(r.log.String(), openid) {
		t.Errorf("the log names a resident: %s", r.log)
	}
}
