package handlers

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/gin-gonic/gin"

	"pufa/wechat"
)

const (
	callbackPath = "/wechat"
	// pageTime is how long a page may take.
	pageTime = 5 * time.Second
)

// access writes one line a request: no query, no address, no path but its
// pattern. Gin's own logger would print the query, which holds an openid.
func (s *Site) access(c *gin.Context) {
	start := s.Now()
	c.Next()
	route := c.FullPath()
	if route == "" {
		route = "none"
	}
	s.Log.LogAttrs(context.Background(), slog.LevelInfo, "request",
		slog.String("method", knownMethod(c.Request.Method)),
		slog.String("route", route),
		slog.Int("status", c.Writer.Status()),
		slog.Float64("ms", float64(s.Now().Sub(start).Microseconds())/1000))
}

// knownMethod keeps what a stranger wrote out of the log.
func knownMethod(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

// recovered turns a panic into an answer: success for the platform, since
// anything else makes it repeat the delivery and show the resident an error.
func (s *Site) recovered(c *gin.Context) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if v == http.ErrAbortHandler {
			panic(v)
		}
		s.metrics.panics.Inc()
		s.Log.Error("panic", "route", c.FullPath(), "what", panicText(v), "stack", string(debug.Stack()))
		c.Abort()
		if c.Writer.Written() {
			return
		}
		if c.FullPath() == callbackPath {
			c.String(http.StatusOK, wechat.Success)
			return
		}
		s.sorry(c)
	}()
	c.Next()
}

// panicText says what went wrong without a value that may hold a resident's
// words: of other values than the runtime's errors only the type.
func panicText(v any) string {
	if err, ok := v.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("%T", v)
}

// deadline bounds what a page may take.
func deadline(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), pageTime)
	defer cancel()
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}

const noSniffName = "X-Content-Type-Options"

var noSniff = []string{"nosniff"}

// securityHeaders are sent with every answer to a browser. The lists are shared by all
// requests and never written to.
var securityHeaders = []struct {
	name  string
	value []string
}{
	{"Content-Security-Policy", []string{"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"}},
	{noSniffName, noSniff},
	{"X-Frame-Options", []string{"DENY"}},
	{"Referrer-Policy", []string{"no-referrer"}},
	{"Cross-Origin-Opener-Policy", []string{"same-origin"}},
	{"Cross-Origin-Resource-Policy", []string{"same-origin"}},
	{"Permissions-Policy", []string{"camera=(), geolocation=(), microphone=()"}},
}

func secure(c *gin.Context) {
	h := c.Writer.Header()
	if c.Request.Method == http.MethodPost && c.FullPath() == callbackPath {
		// The platform's server reads this, no browser, and nine headers a message cost as much as finding the answer.
		h[noSniffName] = noSniff
		return
	}
	for i := range securityHeaders {
		h[securityHeaders[i].name] = securityHeaders[i].value
	}
}
