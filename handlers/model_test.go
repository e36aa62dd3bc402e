package handlers

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pufa/bot"
)

// someonesPurse knows whose it is.
type someonesPurse struct{ openid string }

func (someonesPurse) Take(context.Context, int) error  { return nil }
func (someonesPurse) Settle(context.Context, int, int) {}

func TestAMessageBringsItsPurse(t *testing.T) {
	r := newRig(t, func(c *Config) {
		c.Purse = func(a Arrival) bot.Purse { return someonesPurse{a.OpenID} }
	})
	r.deliver(r.text("押金不退"))
	got, _ := r.bot.messages()[0].Purse.(someonesPurse)
	if got.openid != openid {
		t.Errorf("the purse is of %q, want the sender's", got.openid)
	}
}

func TestModelFigures(t *testing.T) {
	r := newRig(t, func(c *Config) {
		c.ModelUses = func() []bot.Use {
			return []bot.Use{{
				Helper: "choose", Ends: map[bot.End]int64{bot.Chosen: 3, bot.Late: 1},
				PromptTokens: 900, CompletionTokens: 40, Took: 1500 * time.Millisecond,
			}}
		}
		c.ModelEffects = func() map[bot.Effect]int64 { return map[bot.Effect]int64{bot.Changed: 2} }
	})
	r.bot.reply = func(context.Context, bot.Message) bot.Reply {
		return bot.Reply{Outcome: bot.Menu, Text: "1 押金\n\n" + bot.Label, Model: true}
	}
	r.deliver(r.text("押金不退"))
	w := httptest.NewRecorder()
	r.Metrics().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for _, line := range []string{
		`pufa_model_calls_total{end="chosen",helper="choose"} 3`, `pufa_model_calls_total{end="late",helper="choose"} 1`, `pufa_model_calls_total{end="refused",helper="choose"} 0`,
		`pufa_model_tokens_total{helper="choose",kind="prompt"} 900`, `pufa_model_tokens_total{helper="choose",kind="completion"} 40`,
		`pufa_model_seconds_total{helper="choose"} 1.5`,
		`pufa_model_effects_total{effect="changed"} 2`, `pufa_model_effects_total{effect="followed"} 0`, `pufa_replies_model_total 1`,
	} {
		if !strings.Contains(w.Body.String(), line+"\n") {
			t.Errorf("/metrics lacks %s", line)
		}
	}
}
