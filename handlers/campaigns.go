package handlers

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"pufa/bot"
	"pufa/stats"
	"pufa/wechat"
)

// Campaigns tell what of the campaigns matters while residents write. They
// answer from memory.
type Campaigns interface {
	// Known reports whether there is a campaign of which residents may have
	// got something.
	Known(id string) bool
	// Card is the one that may be shown at a time; ok is false when none is.
	Card(at time.Time) (c Card, ok bool)
	// Entry is the first that a campaign stands on.
	Entry(id string) (entry string, ok bool)
	// Windows are those of the campaigns that a question of these themes belongs
	// to at a time.
	Windows(themes []string, at time.Time) []stats.Window
	// Messages reports whether a campaign by customer message is planned: then
	// it is kept what residents' deeds allow.
	Messages() bool
}

// Card is what a campaign shows under a reply.
type Card struct{ Campaign, Text string }

// Receipts take in what the platform says later of what it accepted. The same
// may be said several times.
type Receipts interface {
	Take(ctx context.Context, m *wechat.Message) error
}

// cardHead stands over a card, so that it is not taken for a part of the answer.
const cardHead = "—— 普法宣传 ——\n"

// isReceipt reports whether a delivery is about what was sent, or about the
// notices that a resident wants.
func isReceipt(m *wechat.Message) bool {
	switch m.Event {
	case wechat.EventMassSent, wechat.EventPublished, wechat.EventSubscriptionAsked, wechat.EventSubscriptionChange, wechat.EventSubscriptionSent:
		return m.Type == wechat.TypeEvent
	}
	return false
}

// receipt takes one in. Nobody waits for words: what could not be kept is
// answered with 409, and the platform brings it again.
func (s *Site) receipt(c *gin.Context, m *wechat.Message) {
	if s.Receipts != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), budget)
		defer cancel()
		if err := s.Receipts.Take(ctx, m); err != nil {
			s.metrics.storeErrors.Inc()
			s.Log.Warn("receipt was not taken in, the platform will repeat it", "event", m.String(), "error", err)
			c.String(http.StatusConflict, "again") // anything but success brings it again, and the callback never says 5xx
			return
		}
	}
	c.Data(http.StatusOK, kindPlain, success)
}

// ofCampaigns prepares a message for what campaigns have to do with it.
func (s *Site) ofCampaigns(in *incoming, m *wechat.Message) {
	if s.Campaigns == nil {
		return
	}
	if id, ok := strings.CutPrefix(in.message.Key, "campaign:"); ok && in.message.Kind == bot.Click {
		if entry, ok := s.Campaigns.Entry(id); ok {
			in.message.Key = "entry:" + entry
		}
	}
	if s.Campaigns.Messages() {
		in.deed = wechat.DeedOf(m)
	}
	in.card, in.Card = s.Campaigns.Card(s.Now())
}

// hang puts the day's card under a reply and reports whether it did. Only an
// answer from an entry has one, never a crisis card, a menu, a referral, a
// sensitive matter or the first reply to anybody; it must fit, and nobody has
// more than one a day, whatever the campaign.
func (s *Site) hang(in incoming, claim Claim, r *bot.Reply) bool {
	if !in.Card || claim.State != Ours || claim.Carded || claim.New ||
		r.Outcome != bot.Answered || r.Entry == "" || r.Sensitive {
		return false
	}
	text := r.Text + "\n\n" + cardHead + in.card.Text
	if len(text) > bot.MaxBytes {
		return false
	}
	r.Text = text
	return true
}

// noteCampaigns adds to what is kept of a reply that was counted: the windows
// of campaigns, what the deed allows, and the card.
func (s *Site) noteCampaigns(in incoming, carded bool, result *Result) {
	result.Deed, result.Carded = in.deed, carded
	if s.Campaigns == nil {
		return
	}
	for i, e := range result.Events {
		if e.Kind == stats.Message && len(e.Themes) > 0 && !e.Sensitive {
			result.Events[i].Campaigns = s.Campaigns.Windows(e.Themes, e.At)
		}
	}
	if carded && !in.Test {
		result.Events = append(result.Events, stats.Event{At: in.at, Kind: stats.Card, Source: stats.Via(in.card.Campaign)})
	}
}
