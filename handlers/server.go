package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

const (
	headerTime  = 5 * time.Second
	readTime    = 10 * time.Second
	writeTime   = 20 * time.Second
	idleTime    = 2 * time.Minute
	maxHeader   = 16 << 10 // bytes
	lastReplies = 10 * time.Second
)

// NewServer returns a server with limits on everything a stranger can stretch.
func NewServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       readTime,
		WriteTimeout:      writeTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeader,
		// What net/http says holds addresses; it is for developers.
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// Serve answers on ln until ctx ends. Then it takes no more requests, and
// returns when those under way have been answered and committed, at most
// lastReplies later: an error then says that some were cut off.
func Serve(ctx context.Context, ln net.Listener, srv *http.Server) error {
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(ln) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve %s: %w", ln.Addr(), err)
	case <-ctx.Done():
	}
	// A request is answered only after its commit, so that a connection
	// without a request under way has nothing to lose.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastReplies)
	defer cancel()
	err := srv.Shutdown(last)
	if err != nil {
		_ = srv.Close()
		err = fmt.Errorf("stop serving %s: %w", ln.Addr(), err)
	}
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, fmt.Errorf("serve %s: %w", ln.Addr(), served))
	}
	return err
}
