package handlers

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"pufa/web"
)

// Demo is the demonstration behind its page.
type Demo interface {
	// Page is the page without its frame.
	Page(ctx context.Context) (web.DemoPage, error)
	// Forward sets the clock forward as one of the page's jumps says, and
	// returns what to tell.
	Forward(ctx context.Context, to string) (string, error)
	// Residents lets made-up residents write and read.
	Residents(ctx context.Context) (string, error)
}

// demoTime is how long a deed of the demonstration may take.
const demoTime = time.Minute

// demoAllowed lets only browsers on this machine in, and only this page's own
// forms.
func (s *Site) demoAllowed(c *gin.Context) {
	if !(Try{On: true, Loopback: true}).allows(c) {
		s.noPage(c)
		c.Abort()
	}
}

func (s *Site) demoPage(c *gin.Context) {
	page, err := s.Demo.Page(c.Request.Context())
	if err != nil {
		s.Log.Error("page of the demonstration failed", "error", err)
		s.sorry(c)
		return
	}
	page.Frame, page.Told = s.frame("演示"), demoTold(c.Query("told"))
	data, err := s.Pages.Demo(page)
	s.html(c, http.StatusOK, data, err)
}

// maxTold bounds what a link may make the page say, in characters.
const maxTold = 120

func demoTold(text string) string {
	told := []rune(text)
	return string(told[:min(len(told), maxTold)])
}

func (s *Site) demoClock(c *gin.Context) {
	s.demoDeed(c, func(ctx context.Context) (string, error) { return s.Demo.Forward(ctx, c.PostForm("to")) })
}

func (s *Site) demoResidents(c *gin.Context) { s.demoDeed(c, s.Demo.Residents) }

func (s *Site) demoDeed(c *gin.Context, do func(context.Context) (string, error)) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), demoTime)
	defer cancel()
	told, err := do(ctx)
	if err != nil {
		s.Log.Error("deed of the demonstration failed", "error", err)
		told = "没有做成：" + err.Error()
	}
	c.Redirect(http.StatusSeeOther, "/demo?told="+url.QueryEscape(told))
}
