package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"pufa/bot"
	"pufa/bot/llm"
	"pufa/config"
	"pufa/content"
	"pufa/handlers"
	"pufa/store"
)

// model is what a language model helps with. A nil one helps with nothing.
type model struct {
	settings config.OpenAI
	client   *llm.Client
	finder   *llm.Finder // nil: nothing is found by meaning
}

// newModel sets the model up that the settings name; nil where none may help.
func newModel(o config.OpenAI, dataDir string) (*model, error) {
	if !o.Helps() {
		return nil, nil
	}
	cfg := llm.Config{BaseURL: o.BaseURL, APIKey: o.APIKey.Reveal(), Model: o.Model, EmbeddingModel: o.EmbeddingModel}
	if o.Extra != "" {
		if err := json.Unmarshal([]byte(o.Extra), &cfg.Extra); err != nil {
			return nil, errors.New("PUFA_OPENAI_EXTRA: no JSON object")
		}
	}
	client, err := llm.New(cfg)
	if err != nil {
		return nil, err
	}
	m := &model{settings: o, client: client}
	if o.EmbeddingModel != "" {
		m.finder = llm.NewFinder(client, dataDir)
	}
	return m, nil
}

// helps is the part of it that the bot knows.
func (m *model) helps() bot.Model {
	if m == nil {
		return bot.Model{}
	}
	help := bot.Model{Time: m.settings.Timeout, Tally: m.client}
	if m.settings.Choose {
		help.Chooser, help.Follows = m.client, m.settings.Later
	}
	if m.settings.Pick {
		help.Picker = m.client
	}
	if m.finder != nil {
		help.Finder = m.finder
	}
	return help
}

// names are the helpers that are switched on.
func (m *model) names() string {
	var list []string
	help := m.helps()
	for _, h := range []struct {
		name string
		on   bool
	}{{"choose", help.Chooser != nil}, {"pick", help.Picker != nil}, {"embed", help.Finder != nil}, {"later", help.Follows}} {
		if h.on {
			list = append(list, h.name)
		}
	}
	return strings.Join(list, ", ")
}

func (m *model) limits() store.TokenLimits {
	return store.TokenLimits{Tokens: m.settings.DailyTokens, Questions: m.settings.DailyQuestions}
}

// run keeps the entries embedded until ctx ends.
func (m *model) run(ctx context.Context, st *store.Store, library func() *content.Library) {
	if m == nil || m.finder == nil {
		return
	}
	m.finder.Run(ctx,
		func() []llm.Text { return embedded(library()) },
		func() bot.Purse { return st.Purse("", m.limits()) })
}

// wire tells the site who pays, what residents are told, and where the figures
// are.
func (m *model) wire(cfg *handlers.Config, st *store.Store) {
	if m == nil {
		return
	}
	cfg.Model, cfg.SendsQuestions = true, true
	cfg.Purse = func(a handlers.Arrival) bot.Purse { return st.Purse(a.OpenID, m.limits()) }
	cfg.ModelUses, cfg.ModelEffects = m.client.Uses, m.client.Effects
}

// maxEmbedded is how many wordings of an entry are embedded with it: more make
// the vector of no one of them.
const maxEmbedded = 8

// embedded are the entries as they are embedded: title, wordings and the first
// paragraph. None that is sensitive is among them.
func embedded(lib *content.Library) []llm.Text {
	var list []llm.Text
	for _, e := range lib.Entries() {
		topic, _ := lib.Topic(e.Topic())
		if e.Sensitive || topic.Sensitive {
			continue
		}
		questions := strings.Join(e.Questions[:min(maxEmbedded, len(e.Questions))], "\n")
		list = append(list, llm.Text{ID: e.ID, Text: e.Title + "\n" + questions + "\n" + e.Short})
	}
	return list
}

// ownPurse pays for a measurement, without Redis, up to a number of tokens.
type ownPurse struct {
	mu   sync.Mutex
	left int
}

// Take implements bot.Purse.
func (p *ownPurse) Take(_ context.Context, tokens int) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if tokens > p.left {
		return fmt.Errorf("PUFA_OPENAI_DAILY_TOKENS is used up by this measurement: %w", bot.ErrNoTokens)
	}
	p.left -= tokens
	return nil
}

// Settle implements bot.Purse.
func (p *ownPurse) Settle(_ context.Context, taken, spent int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left += taken - spent
}
