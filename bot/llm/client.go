// Package llm asks an OpenAI-compatible service to choose entries, to pick
// sentences and to embed texts, as bot wants it. What comes back is ids and
// numbers out of what was shown, or an error: no text that a model wrote leaves
// this package, neither to a caller nor into an error or a log. It keeps no
// question on disk, tries nothing twice for a resident who waits, and never
// decides what a resident reads.
package llm

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// Config says which service is meant and how it may be used.
type Config struct {
	BaseURL        string         // with the version: https://api.example.cn/v1
	APIKey         string         // may be empty for a service of one's own
	Model          string         // for choose and pick
	EmbeddingModel string         // for embed; empty: none
	Extra          map[string]any // fields added to every chat request, such as enable_thinking
	Now            func() time.Time
	Transport      http.RoundTripper // nil: the standard one
}

const (
	// maxAtOnce is how many calls may be under way; more are not worth their
	// wait within the time of a reply.
	maxAtOnce = 4
	// maxReply bounds what is read of one reply.
	maxReply = 256 << 10
	// maxVectors bounds what is read of a batch of embeddings.
	maxVectors = 8 << 20
)

// Client asks one service. It may be used by any number of goroutines.
type Client struct {
	cfg     Config
	api     *openai.Client
	breaker *breaker
	slots   chan struct{}
	form    form
	figures *figures
}

// New checks the address; it connects to nothing.
func New(cfg Config) (*Client, error) {
	u, err := url.Parse(cfg.BaseURL)
	if err != nil || u.Host == "" {
		return nil, errors.New("set up model: the address of the service cannot be read")
	}
	if cfg.Model == "" && cfg.EmbeddingModel == "" {
		return nil, fmt.Errorf("set up model at %s: no model is named", u.Host)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	conf := openai.DefaultConfig(cfg.APIKey)
	conf.BaseURL = cfg.BaseURL
	conf.HTTPClient = &http.Client{
		Transport: newTransport(cfg.Transport, cfg.Extra),
		// Elsewhere nobody agreed that residents' words may go.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &Client{
		cfg: cfg, api: openai.NewClientWithConfig(conf),
		breaker: &breaker{now: cfg.Now}, slots: make(chan struct{}, maxAtOnce),
		figures: newFigures(cfg.Now),
	}, nil
}
