package handlers

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"pufa/content"
	"pufa/stats"
)

const (
	maxOpens = 60 // counted opens a minute and address
	openTime = 500 * time.Millisecond
)

// Opens counts page opens, once a page, campaign and visitor a day, and scans,
// once a scene and visitor a day.
type Opens interface {
	CountOpen(ctx context.Context, o Open) error
}

// Open is one open of an entry's page, or one scan: then Event has its scene. Visitor is only input of a hash under a
// key of the day; it is not stored as it is.
type Open struct {
	Visitor  string
	Campaign string // empty when none brought the visitor
	Event    stats.Event
}

// countOpen counts an open of e if a person made it. The page has been sent.
func (s *Site) countOpen(c *gin.Context, e *content.Entry) {
	campaign := c.Query("c")
	if !byPerson(c.Request) || s.isTry(c) || campaign != "" && !s.knownCampaign(campaign) {
		return
	}
	address := c.ClientIP()
	if !s.opens.allow(address, s.Now()) {
		return
	}
	c.Writer.Flush() // nobody waits for the count
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), openTime)
	defer cancel()
	source := "page"
	if campaign != "" {
		source = stats.Via(campaign)
	}
	err := s.Opens.CountOpen(ctx, Open{
		Visitor: address + "|" + c.Request.UserAgent(), Campaign: campaign,
		Event: stats.Event{
			At: s.Now(), Kind: stats.PageOpen, Entry: e.ID, Topic: e.Topic(), Themes: e.Themes,
			Source: source, Sensitive: e.Sensitive,
		},
	})
	if err != nil {
		s.metrics.storeErrors.Inc()
		s.quiet.warn(s.Log, s.Now(), "page open not counted", err)
		return
	}
	s.metrics.opens.Inc()
}

func (s *Site) knownCampaign(id string) bool { return s.Campaigns != nil && s.Campaigns.Known(id) }

// crawlers are pieces of the names by which programs call themselves.
var crawlers = []string{
	"bot", "spider", "crawl", "slurp", "preview", "monitor", "curl", "wget", "python", "go-http", "java/",
	"okhttp", "headless", "scan", "fetch", "httpclient", "facebookexternal",
}

// byPerson reports whether a request looks as if a person had opened the page:
// no HEAD, no fetching ahead, no program.
func byPerson(r *http.Request) bool {
	if r.Method != http.MethodGet {
		return false
	}
	for _, h := range []string{"Purpose", "Sec-Purpose", "X-Purpose", "X-Moz"} {
		if v := strings.ToLower(r.Header.Get(h)); strings.Contains(v, "prefetch") || strings.Contains(v, "preview") {
			return false
		}
	}
	agent := strings.ToLower(r.UserAgent())
	for _, name := range crawlers {
		if strings.Contains(agent, name) {
			return false
		}
	}
	return agent != ""
}
