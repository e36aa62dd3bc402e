package handlers

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"pufa/bot"
	"pufa/wechat"
)

// Bot answers.
type Bot interface {
	// CrisisCard says whether a text speaks of danger, and which card to show.
	// It looks at nothing but the text.
	CrisisCard(text string) (card string, ok bool)
	// CardText returns what a card says; empty for an unknown card.
	CardText(card string) string
	// Reply makes the reply. It always has one before ctx ends.
	Reply(ctx context.Context, m bot.Message) bot.Reply
}

const (
	kindXML   = "application/xml; charset=utf-8"
	kindPlain = "text/plain; charset=utf-8"
)

var success = []byte(wechat.Success)

// bodies keeps the buffers that request bodies are read into, where wechat copies
// what it needs, and replies are written from. Larger ones are left to the collector.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

const (
	maxKeptBody = 16 << 10
	maxReply    = 4 << 10 // more than the longest text takes, sealed
)

func keep(buf *bytes.Buffer) {
	if buf.Cap() <= maxKeptBody {
		bodies.Put(buf)
	}
}

// xmlHeader is shared by all replies and never written to.
var xmlHeader = []string{kindXML}

// verifyURL answers the platform's check of the address.
func (s *Site) verifyURL(c *gin.Context) {
	echo, err := s.Callback.VerifyURL(c.Request.URL.Query(), s.Now())
	if err != nil {
		s.refuse(c, err)
		return
	}
	c.Data(http.StatusOK, kindPlain, []byte(echo))
}

// receive takes one delivery and answers it. Whatever happens behind the
// signature the platform gets 200.
func (s *Site) receive(c *gin.Context) {
	start := s.Now()
	d, err := s.open(c)
	if err != nil {
		s.refuse(c, err)
		return
	}
	if isReceipt(&d.Message) {
		s.receipt(c, &d.Message)
		return
	}
	m, wanted := messageOf(&d.Message)
	if !wanted {
		c.Data(http.StatusOK, kindPlain, success)
		return
	}
	// The count must not be given up when the platform hangs up.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), budget)
	defer cancel()
	in := incoming{Arrival: s.arrivalOf(d), at: s.madeAt(d), message: m, allows: wechat.DeedOf(&d.Message)}
	s.ofCampaigns(&in, &d.Message)
	s.offer(&in.message)
	text, outcome, later := s.answer(ctx, in)
	s.metrics.replied(outcome, in.Test, s.Now().Sub(start))
	s.send(c, d, text, later != nil)
	s.countAccountScan(c, in)
	if later != nil {
		c.Writer.Flush() // the reply is read first
		s.Followups.bring(later)
	}
}

// open reads the body, at most MaxBody bytes, and what is in it.
func (s *Site) open(c *gin.Context) (*wechat.Delivery, error) {
	if c.Request.ContentLength > wechat.MaxBody {
		return nil, wechat.ErrTooLarge
	}
	buf := bodies.Get().(*bytes.Buffer)
	buf.Reset()
	defer keep(buf)
	if _, err := buf.ReadFrom(http.MaxBytesReader(c.Writer, c.Request.Body, wechat.MaxBody)); err != nil {
		return nil, err
	}
	return s.Callback.Open(c.Request.URL.Query(), buf.Bytes(), s.Now())
}

// refuse maps what is wrong with a request to its status.
func (s *Site) refuse(c *gin.Context, err error) {
	var tooLong *http.MaxBytesError
	switch {
	case errors.Is(err, wechat.ErrTooLarge) || errors.As(err, &tooLong):
		s.metrics.refused.tooLarge.Inc()
		c.Header("Connection", "close")
		c.String(http.StatusRequestEntityTooLarge, "too large")
	case errors.Is(err, wechat.ErrDenied):
		s.metrics.refused.denied.Inc()
		c.String(http.StatusForbidden, "denied")
	case errors.Is(err, wechat.ErrUnreadable):
		s.metrics.refused.unreadable.Inc()
		c.Data(http.StatusOK, kindPlain, success)
	case errors.Is(err, io.ErrUnexpectedEOF):
		c.String(http.StatusBadRequest, "the body ended early")
	default:
		c.String(http.StatusBadRequest, "the body could not be read")
	}
}

// incoming is a message under way to its reply.
type incoming struct {
	Arrival
	at      time.Time
	message bot.Message
	allows  wechat.Deed // what customer messages it allows
	deed    wechat.Deed // the same, where somebody wants it kept
	card    Card        // the one that may stand under the reply, with Arrival.Card
}

// answer returns the text to send, empty for none, what kind of reply it is,
// for the figures of machines, and what may follow it, nil for nothing.
func (s *Site) answer(ctx context.Context, in incoming) (string, bot.Outcome, *promised) {
	if card, ok := s.Bot.CrisisCard(in.message.Text); ok {
		return s.danger(ctx, in, card), bot.Crisis, nil
	}
	claim, err := s.claim(ctx, in.Arrival)
	switch {
	case errors.Is(err, errPending):
		// The request that has it answers, or the platform asks once more.
		return "", repeated, nil
	case err != nil:
		s.claimFailed(err)
		claim.State = 0
	case claim.State == Done:
		return s.stored(claim.Stored), repeated, nil
	}
	m := &in.message
	m.Calm = true
	m.New, m.Recent, m.Dialogue = claim.New, claim.Recent, claim.Dialogue
	m.Purse = s.purse(in.Arrival)
	m.Desk = s.desk(in.Arrival)
	if s.mayFollow(in, claim) {
		m.Later = s.Followups
	}
	reply := s.replyTo(ctx, in.Arrival, *m)
	if reply.Model && !in.Test {
		s.metrics.helped.Inc()
	}
	carded := s.hang(in, claim, &reply)
	result := resultOf(in, reply)
	if reply.Outcome != bot.Crisis {
		s.noteCampaigns(in, carded, &result)
		noteDesk(in, reply, &result)
	}
	later := s.promised(in, claim, reply, &result)
	if !s.commit(ctx, in.Arrival, claim, result) && later != nil {
		later.Drop() // somebody else answers the message
		later = nil
	}
	return reply.Text, reply.Outcome, later
}

// promised is what may follow a reply, nil for nothing; then the message is
// kept as one that allows to be written to.
func (s *Site) promised(in incoming, claim Claim, reply bot.Reply, result *Result) *promised {
	if reply.Later == nil {
		return nil
	}
	result.Deed = in.allows
	return &promised{reply.Later, in.OpenID, string(in.message.Kind), claim, reply.Dialogue}
}

// danger answers with a card at once, whatever the store says. The person is
// not touched; the day's count and the card are all that is kept.
func (s *Site) danger(ctx context.Context, in incoming, card string) string {
	in.OpenID = ""
	claim, err := s.Inbox.Claim(ctx, in.Arrival)
	if err != nil {
		s.claimFailed(err)
		claim.State = 0
	}
	if claim.State != Done {
		s.commit(ctx, in.Arrival, claim, crisisResult(in, card))
	}
	return s.Bot.CardText(card)
}

func (s *Site) stored(kept Stored) string {
	if kept.Card != "" {
		return s.Bot.CardText(kept.Card)
	}
	return kept.Text
}

// send writes the reply, encrypted afresh, or success when there is none.
func (s *Site) send(c *gin.Context, d *wechat.Delivery, text string, followed bool) {
	if text == "" {
		c.Data(http.StatusOK, kindPlain, success)
		return
	}
	buf := bodies.Get().(*bytes.Buffer)
	buf.Reset()
	defer keep(buf)
	buf.Grow(maxReply)
	body, err := d.AppendReply(buf.AvailableBuffer(), wechat.Text(text), s.Now(), nil)
	if err != nil {
		s.metrics.unsendable.Inc()
		s.Log.Error("reply cannot be sent", "error", err)
		c.Data(http.StatusOK, kindPlain, success)
		return
	}
	if d.Scene() != "" || followed {
		c.Header("Content-Length", strconv.Itoa(len(body))) // the reply is whole before what comes after it
	}
	c.Writer.Header()["Content-Type"] = xmlHeader // not by c.Data, which makes a list of it every time
	if _, err := c.Writer.Write(body); err != nil {
		_ = c.Error(err) // the platform hung up and asks again
	}
}
