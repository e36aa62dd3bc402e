package handlers

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pufa/bot"
)

func listen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

func TestStoppingLosesNoReplyAndNoCount(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Now = time.Now })
	begun, release := make(chan struct{}), make(chan struct{})
	r.bot.reply = func(context.Context, bot.Message) bot.Reply {
		close(begun)
		<-release
		return bot.Reply{Outcome: bot.Answered, Text: "答"}
	}
	var committed, served atomic.Bool
	r.inbox.beforeCommit = func() { committed.Store(!served.Load()) }

	ctx, stop := context.WithCancel(context.Background())
	ln := listen(t)
	ended := make(chan error, 1)
	go func() {
		err := Serve(ctx, ln, NewServer(r.Handler(), r.Log))
		served.Store(true)
		ended <- err
	}()
	q, body, err := r.Callback.Seal(r.text("能退吗"), time.Now(), nil)
	if err != nil {
		t.Fatal(err)
	}
	replied := make(chan string, 1)
	go func() {
		res, err := http.Post("http://"+ln.Addr().String()+"/wechat?"+q.Encode(), "text/xml", bytes.NewReader(body))
		if err != nil {
			replied <- err.Error()
			return
		}
		defer func() { _ = res.Body.Close() }()
		data, _ := io.ReadAll(res.Body)
		reply, err := r.Callback.OpenReply(data)
		if err != nil {
			replied <- err.Error()
			return
		}
		replied <- reply.Content
	}()
	<-begun
	stop()
	close(release)
	if got := <-replied; got != "答" {
		t.Errorf("reply %q", got)
	}
	if err := <-ended; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if !committed.Load() {
		t.Error("the server ended before the commit")
	}
	if _, err := net.DialTimeout("tcp", ln.Addr().String(), time.Second); err == nil {
		t.Error("the address still answers")
	}
}

func TestServeSaysWhyItCannot(t *testing.T) {
	ln := listen(t)
	_ = ln.Close()
	err := Serve(context.Background(), ln, NewServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler)))
	if !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve on a closed listener: %v", err)
	}
}

func TestTheServerHasLimits(t *testing.T) {
	r := newRig(t)
	srv := NewServer(r.Handler(), r.Log)
	for name, d := range map[string]time.Duration{
		"header": srv.ReadHeaderTimeout, "read": srv.ReadTimeout, "write": srv.WriteTimeout, "idle": srv.IdleTimeout,
	} {
		if d <= 0 || d > 5*time.Minute {
			t.Errorf("%s time is %s", name, d)
		}
	}
	if srv.WriteTimeout <= budget {
		t.Errorf("write time %s leaves no room for a reply of %s", srv.WriteTimeout, budget)
	}
	ctx, stop := context.WithCancel(context.Background())
	ln := listen(t)
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, ln, srv) }()
	req, err := http.NewRequest(http.MethodGet, "http://"+ln.Addr().String()+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Long", strings.Repeat("x", 64<<10))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a header of 64 KiB: status %d, want 431", res.StatusCode)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
