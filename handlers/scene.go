package handlers

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"pufa/bot"
	"pufa/stats"
	"pufa/web"
)

// Scenes tell which posters hang. They answer from memory.
type Scenes interface {
	// Scene is the scene of a poster's code; ok is false for one that is
	// unknown or was withdrawn.
	Scene(id string) (s Scene, ok bool)
}

// Scene is what a poster leads to: what it says, and the entries that it is
// about.
type Scene struct {
	ID      string
	Line    string
	Entries []string
}

// maxAsked is how many questions the page of a poster lists: the telephone
// numbers below them must not be far.
const maxAsked = 12

// scenePage is where a poster's code leads. Of a code that counts no more it is
// the page that says what this is, without a count.
func (s *Site) scenePage(c *gin.Context) {
	scene, ok := s.scene(c.Param("scene"))
	if !ok {
		s.about(c)
		return
	}
	page := web.ScenePage{Frame: s.frame(scene.Line), Line: scene.Line}
	var numbers [][]string
	for _, id := range scene.Entries {
		e, ok := s.Library.Entry(id)
		if !ok || s.withheld(s.Library.Standing(e, s.Now().In(shanghai)), s.Approvals.Approved(e)) != "" {
			continue
		}
		if len(page.Questions) < maxAsked {
			page.Questions = append(page.Questions, web.Link{URL: "/a/" + id, Text: e.Question()})
			numbers = append(numbers, e.Remedy.Hotlines)
		}
	}
	page.Hotlines = s.hotlines(append([][]string{{"110", noAnswerNumber}}, numbers...)...)
	data, err := s.Pages.Scene(page)
	s.html(c, http.StatusOK, data, err)
	if err == nil {
		s.countPageScan(c, scene.ID)
	}
}

func (s *Site) scene(id string) (Scene, bool) {
	if s.Scenes == nil || id == "" {
		return Scene{}, false
	}
	return s.Scenes.Scene(id)
}

// countPageScan counts a scan that opened our page, if a person made it. The
// page has been sent.
func (s *Site) countPageScan(c *gin.Context, scene string) {
	if !byPerson(c.Request) || s.isTry(c) {
		return
	}
	address := c.ClientIP()
	if !s.opens.allow(address, s.Now()) {
		return
	}
	s.countScan(c, Open{
		Visitor: address + "|" + c.Request.UserAgent(),
		Event:   stats.Event{At: s.Now(), Kind: stats.Scan, Scene: scene, Source: "page"},
	})
}

// offer gives a message that a poster brought the questions it is about.
func (s *Site) offer(m *bot.Message) {
	if m.Kind != bot.Scan && m.Kind != bot.Subscribe {
		return
	}
	if scene, ok := s.scene(m.Key); ok {
		m.Offer = scene.Entries
	}
}

// countAccountScan counts a scan that brought somebody to the account. It is no
// part of the reply, which has been sent.
func (s *Site) countAccountScan(c *gin.Context, in incoming) {
	if in.Test || in.message.Kind != bot.Scan && in.message.Kind != bot.Subscribe {
		return
	}
	if scene, ok := s.scene(in.message.Key); ok {
		s.countScan(c, Open{
			Visitor: in.OpenID,
			Event:   stats.Event{At: in.at, Kind: stats.Scan, Scene: scene.ID, Source: "account"},
		})
	}
}

// countScan gives a scan to the store. Nobody waits for it.
func (s *Site) countScan(c *gin.Context, o Open) {
	c.Writer.Flush()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), scanTime)
	defer cancel()
	if err := s.Opens.CountOpen(ctx, o); err != nil {
		s.metrics.storeErrors.Inc()
		s.quiet.warn(s.Log, s.Now(), "scan not counted", err)
		return
	}
	s.metrics.scans.Inc()
}

// scanTime is how long counting a scan may take.
const scanTime = 500 * time.Millisecond
