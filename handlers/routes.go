package handlers

import (
	"fmt"
	"net"
	"net/http"

	"github.com/gin-gonic/gin"
)

// route lists the whole surface. /metrics has a listener of its own.
func (s *Site) route() error {
	gin.SetMode(gin.ReleaseMode) // or gin prints every route to the terminal
	r := gin.New()
	r.RedirectTrailingSlash = false
	r.HandleMethodNotAllowed = true
	if err := r.SetTrustedProxies(s.TrustedProxies); err != nil {
		return fmt.Errorf("trusted proxies: %w", err)
	}
	s.router = r
	r.Use(s.access, s.recovered, secure)

	// What the platform sends.
	r.GET(callbackPath, s.verifyURL)
	r.POST(callbackPath, s.receive)

	// What machines ask.
	r.GET("/healthz", s.healthz)
	r.GET("/readyz", s.readyz)

	// What residents open.
	pages := r.Group("/", deadline)
	both(pages, "/", s.index)
	both(pages, "/a/:topic/:slug", s.entryPage)
	both(pages, "/q/:scene", s.scenePage)
	both(pages, "/privacy", s.privacyPage)
	static := gin.WrapH(s.Pages.Static())
	both(pages, "/static/*file", static)

	// A phone in the browser.
	try := r.Group("/try", s.tryAllowed, s.sameOrigin)
	both(try, "", s.tryPage)
	try.POST("", s.tryForm)
	try.POST("/messages", s.tryMessage)

	// The demonstration, on this machine alone.
	if s.Demo != nil {
		demo := r.Group("/demo", s.demoAllowed, s.sameOrigin)
		both(demo, "", s.demoPage)
		demo.POST("/clock", s.demoClock)
		demo.POST("/residents", s.demoResidents)
	}

	// What staff open; its own routes are in handlers/console/routes.go.
	if s.Console != nil {
		console := behindProxy(s.Console)
		r.Any("/console", console)
		r.Any("/console/*page", console)
	}

	// What other systems read; its own routes are in handlers/api.
	if s.API != nil {
		api := gin.WrapH(s.API)
		r.Any("/api/v1", api)
		r.Any("/api/v1/*page", api)
	}

	r.NoRoute(s.noPage)
	r.NoMethod(s.noMethod)
	return nil
}

// behindProxy hands a request on with the address of whoever sent it, as far as
// trusted proxies tell: tries to sign in are counted by it.
func behindProxy(h http.Handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		r := c.Request
		if ip := c.ClientIP(); ip != "" {
			r = r.Clone(r.Context())
			r.RemoteAddr = net.JoinHostPort(ip, "0")
		}
		h.ServeHTTP(c.Writer, r)
	}
}

// both serves GET and HEAD alike.
func both(g *gin.RouterGroup, path string, h gin.HandlerFunc) {
	g.Match([]string{http.MethodGet, http.MethodHead}, path, h)
}
