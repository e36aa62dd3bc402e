package llm

import (
	"maps"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pufa/bot"
)

func TestCheckAsksWordsOfOurs(t *testing.T) {
	s := newService(t, says(http.StatusOK, sse, openAIStream(`{"ids":["check/return"]}`)))
	c, p := s.client(t), &purse{}
	got := c.CheckChat(t.Context(), p)
	if got.End != bot.Chosen || got.Status != 0 || got.Took <= 0 || p.spent != 110 {
		t.Errorf("CheckChat = %+v, spent %d", got, p.spent)
	}
	heard := s.requests()
	if len(heard) != 1 || !strings.Contains(heard[0].raw, checkQuestion) {
		t.Errorf("the service heard %v", heard)
	}
	if ends(c, chooseHelper)[bot.Chosen] != 0 || ends(c, checkHelper)[bot.Chosen] != 1 {
		t.Errorf("counted as a resident's question: %v", c.Uses())
	}
}

func TestCheckSaysWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		say    func(http.ResponseWriter, *http.Request, map[string]any)
		empty  bool
		end    bot.End
		status int
	}{
		"a wrong key":         {says(401, isJSON, `{"error":{"message":"Incorrect API key provided."}}`), false, bot.Refused, 401},
		"no money":            {says(402, isJSON, `{"error":{"message":"Insufficient Balance"}}`), false, bot.Refused, 402},
		"no such model":       {says(404, isJSON, `{"error":{"message":"model not found"}}`), false, bot.Refused, 404},
		"words":               {says(200, sse, openAIStream("好的，您可以退。")), false, bot.Invalid, 0},
		"a page":              {says(200, isHTML, "<html>"), false, bot.Failed, 0},
		"no tokens for today": {says(200, sse, openAIStream(`{"ids":[]}`)), true, bot.Unpaid, 0},
	} {
		t.Run(name, func(t *testing.T) {
			client := newService(t, c.say).client(t)
			if got := client.CheckChat(t.Context(), &purse{empty: c.empty}); got.End != c.end || got.Status != c.status {
				t.Errorf("CheckChat = %+v, want %s and %d", got, c.end, c.status)
			}
			if s := client.State(); s.End != c.end || s.Failed.IsZero() || !s.Worked.IsZero() {
				t.Errorf("State = %+v, want %s", s, c.end)
			}
		})
	}
}

// A service that is left alone is asked by a check, and from then on by all when
// it works.
func TestCheckEndsARest(t *testing.T) {
	var works atomic.Bool
	s := newService(t, func(w http.ResponseWriter, r *http.Request, body map[string]any) {
		if works.Load() {
			says(200, sse, openAIStream(`{"ids":[]}`))(w, r, body)
			return
		}
		says(401, isJSON, `{"error":{"message":"no"}}`)(w, r, body)
	})
	now := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	c := s.client(t, func(cfg *Config) { cfg.Now = func() time.Time { return now } })
	_, _ = choose(t, c, &purse{})
	if until := c.State().RestsUntil; until != now.Add(brokenFor) {
		t.Errorf("it rests until %s, want 10 minutes", until)
	}
	works.Store(true)
	if got := c.CheckChat(t.Context(), &purse{}); got.End != bot.Chosen {
		t.Errorf("CheckChat while it rests = %+v", got)
	}
	if s := c.State(); !s.RestsUntil.IsZero() || s.Worked != now || s.End != bot.Refused {
		t.Errorf("State = %+v, want that it works again", s)
	}
	if _, err := choose(t, c, &purse{}); err != nil {
		t.Errorf("a question after the check: %v", err)
	}
}

func TestCheckEmbedding(t *testing.T) {
	c := newService(t, says(200, isJSON, `{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.6,0.8]}],"model":"e","usage":{"prompt_tokens":9,"total_tokens":9}}`)).client(t)
	p := &purse{}
	if got := c.CheckEmbedding(t.Context(), p); got.End != bot.Chosen || p.spent != 9 {
		t.Errorf("CheckEmbedding = %+v, spent %d", got, p.spent)
	}
	bad := newService(t, says(503, isJSON, `{}`)).client(t)
	if got := bad.CheckEmbedding(t.Context(), p); got.End != bot.Refused || got.Status != 503 {
		t.Errorf("CheckEmbedding = %+v", got)
	}
}

func TestEffectsAreCounted(t *testing.T) {
	c := newService(t, says(200, sse, "")).client(t)
	for _, e := range []bot.Effect{bot.Changed, bot.Kept, bot.Changed} {
		c.Count(e)
	}
	if got := c.Effects(); !maps.Equal(got, map[bot.Effect]int64{bot.Changed: 2, bot.Kept: 1}) {
		t.Errorf("Effects = %v", got)
	}
}
