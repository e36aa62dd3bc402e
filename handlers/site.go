// Package handlers is everything that is reached over HTTP: the callback of
// the Official Account, the pages residents see, the phone in the browser, and
// what a machine asks. It translates and decides status codes. It never speaks
// to Redis, and never writes a question, an openid or a query into a log.
package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"pufa/bot"
	"pufa/web"
	"pufa/wechat"
)

// Config is what a Site is built from. All fields but those that say so are
// required.
type Config struct {
	Callback  *wechat.Callback
	Bot       Bot
	Inbox     Inbox
	Library   Library
	Approvals Approvals
	Opens     Opens
	Scenes    Scenes       // may be nil: no poster hangs
	Campaigns Campaigns    // may be nil: no campaign is known
	Demo      Demo         // may be nil: this is no demonstration
	Receipts  Receipts     // may be nil: what the platform says of pushes is passed over
	Console   http.Handler // the staff console; may be nil
	API       http.Handler // the interface for other systems; may be nil
	Health    Health
	Pages     *web.Pages
	Street    web.Street
	StreetNow func() web.Street // may be nil: Street never changes

	OriginalID     string // the account's, may be empty
	TrustedProxies []string
	OnlyApproved   bool // residents see approved entries only
	Model          bool // a language model is in use
	SendsQuestions bool // and gets residents' words

	// Purse pays for a model's help with one delivery. nil: no model is asked.
	Purse func(a Arrival) bot.Purse
	// Followups bring answers that a model chose after the reply. nil: none come.
	Followups *Followups
	// Desk is the service desk for whoever wrote a delivery. nil: there is none,
	// and 「人工」 tells where the office is.
	Desk func(a Arrival) bot.Desk
	// ModelUses tells the figures what a model's helpers did. May be nil.
	ModelUses func() []bot.Use
	// ModelEffects tells them what became of replies. With ModelUses.
	ModelEffects func() map[bot.Effect]int64

	GapTexts bool // masked words of unanswered questions are kept
	// LedgerMonths is how many whole months the ledger is kept; 0: for ever.
	LedgerMonths int
	Try          Try

	// TestAccount reports whether an openid is a staff member's test account,
	// whose messages enter no figure. May be nil.
	TestAccount func(openid string) bool
	// BindTest makes a person a test account by a code: staff.ErrTestCode or
	// staff.ErrTesters when it may not be. May be nil.
	BindTest func(ctx context.Context, code, openid string) error
	Log      *slog.Logger
	Now      func() time.Time // the clock; time.Now when nil
}

// Site serves everything.
type Site struct {
	Config
	router  *gin.Engine
	metrics *metrics
	cross   *http.CrossOriginProtection
	opens   *perMinute
	tries   *perMinute

	binds, allBinds *perMinute // codes of test accounts

	quiet quieter
}

// New wires the routes. The error names what is missing or cannot be right.
func New(cfg Config) (*Site, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if err := cfg.complete(); err != nil {
		return nil, fmt.Errorf("build site: %w", err)
	}
	s := &Site{
		Config:  cfg,
		metrics: newMetrics(cfg),
		cross:   http.NewCrossOriginProtection(),
		opens:   newPerMinute(maxOpens),
		tries:   newPerMinute(maxTries),
		binds:   newPerMinute(maxBinds), allBinds: newPerMinute(maxAllBinds),
	}
	if err := s.route(); err != nil {
		return nil, fmt.Errorf("build site: %w", err)
	}
	return s, nil
}

func (c Config) complete() error {
	var missing []error
	for _, part := range []struct {
		name string
		nil  bool
	}{
		{"callback", c.Callback == nil},
		{"bot", c.Bot == nil},
		{"inbox", c.Inbox == nil},
		{"library", c.Library == nil},
		{"approvals", c.Approvals == nil},
		{"opens", c.Opens == nil},
		{"health", c.Health == nil},
		{"pages", c.Pages == nil},
		{"log", c.Log == nil},
	} {
		if part.nil {
			missing = append(missing, fmt.Errorf("no %s", part.name))
		}
	}
	return errors.Join(missing...)
}

// Handler returns the service without its figures for machines.
func (s *Site) Handler() http.Handler { return s.router }

// Metrics returns the figures for machines, for a listener of their own.
func (s *Site) Metrics() http.Handler { return s.metrics.handler() }
