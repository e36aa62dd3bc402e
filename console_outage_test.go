package main

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// sluice stands between the program and its Redis: it lets answers through at
// once, later, or not at all.
type sluice struct {
	net.Listener
	to    string
	delay atomic.Int64 // nanoseconds before each answer
	shut  atomic.Bool  // no connection is let in

	mu   sync.Mutex
	open []net.Conn
}

func newSluice(t *testing.T, to string) *sluice {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &sluice{Listener: l, to: to}
	var wait sync.WaitGroup
	wait.Go(func() { s.serve(t, &wait) })
	t.Cleanup(func() {
		_ = l.Close()
		s.cut()
		wait.Wait()
	})
	return s
}

func (s *sluice) serve(t *testing.T, wait *sync.WaitGroup) {
	for {
		in, err := s.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", s.to)
		if err != nil || s.shut.Load() {
			_ = in.Close()
			continue
		}
		s.mu.Lock()
		s.open = append(s.open, in, out)
		s.mu.Unlock()
		wait.Go(func() { _, _ = io.Copy(out, in); _ = out.Close() })
		wait.Go(func() { s.answer(t, in, out); _ = in.Close() })
	}
}

// answer passes on what Redis says, each piece after the delay.
func (s *sluice) answer(t *testing.T, in, out net.Conn) {
	piece := make([]byte, 64<<10)
	for {
		n, err := out.Read(piece)
		if d := time.Duration(s.delay.Load()); d > 0 {
			select {
			case <-time.After(d):
			case <-t.Context().Done():
				return
			}
		}
		if _, bad := in.Write(piece[:n]); bad != nil || err != nil {
			return
		}
	}
}

// cut ends every connection; with shut set no other is let in.
func (s *sluice) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.open {
		_ = c.Close()
	}
	s.open = nil
}

// TestAConsoleWhoseRedisIsSlowOrAway: pages that wait say nothing wrong, pages
// whose Redis is away say so in a sentence, what was typed stays, and nothing
// is kept by half or twice.
func TestAConsoleWhoseRedisIsSlowOrAway(t *testing.T) {
	server := startRedis(t)
	s := newSluice(t, "127.0.0.1:"+server.port)
	v := withAccount(t).and("PUFA_REDIS_URL", strings.Replace(server.url(), "127.0.0.1:"+server.port, s.Addr().String(), 1))
	if e := v.runAt(t, time.Now, staffPassword+"\n", "staff", "add", "--roles", "编辑", "王编辑"); e.status != 0 {
		t.Fatalf("staff add: %s", e.err)
	}
	begin := time.Now()
	h := serveHere(t, v, func() time.Time { return noon().Add(time.Since(begin)) }) // pauses must end
	b := openBrowser(t, h.url)
	b.signsIn(t, "王编辑")
	const entry = "/console/content/" + known
	const away, kept = "系统暂时连不上数据库", "您填的都还在这一页"
	write := func(n int) {
		b.opens(t, entry+"/edit")
		b.types(t, "#short", fmt.Sprintf("能退。这是第%d次改。", n))
		b.types(t, "#reason", "说得更白")
	}

	// Slow: every answer of Redis takes a fifth of a second.
	s.delay.Store(int64(200 * time.Millisecond))
	write(1)
	b.presses(t, "存为草稿", "已存为草稿，第1版")

	// Slower than anybody waits for: it is as good as away.
	s.delay.Store(0)
	write(2)
	s.delay.Store(int64(3 * time.Second))
	b.presses(t, "存为草稿", away)
	b.waits(t, kept)
	s.delay.Store(0)
	s.cut()
	until(t, "Redis answers again", func() bool { return b.gets(t, entry) == 200 })
	if n := versionsOf(t, v); n > 2 {
		t.Errorf("%d versions were kept", n)
	}
	b.presses(t, "再试一次", "第2版")

	// Away in the middle of writing.
	write(3)
	s.shut.Store(true)
	s.cut()
	b.presses(t, "存为草稿", away)
	b.waits(t, kept)
	b.presses(t, "再试一次", away) // still away: still kept
	b.waits(t, kept)
	if text := b.sees(t); strings.Contains(text, "6379") || strings.Contains(text, "dial") || strings.Contains(text, "EOF") {
		t.Errorf("the page tells the cause: %s", text)
	}
	s.shut.Store(false)
	until(t, "Redis answers again", func() bool { return b.gets(t, entry) == 200 })
	b.presses(t, "再试一次", "第3版")
	b.opens(t, entry)
	if text := b.sees(t); !strings.Contains(text, "第3版") || strings.Contains(text, "第4版") {
		t.Errorf("the entry's page: %s", text)
	}
	if n := versionsOf(t, v); n != 3 {
		t.Errorf("%d versions were kept, want 3", n)
	}

	// Only looking.
	s.shut.Store(true)
	s.cut()
	b.opens(t, "/console/content")
	if text := b.sees(t); !strings.Contains(text, away) || strings.Contains(text, kept) {
		t.Errorf("a page that is only looked at says %s", text)
	}
	s.shut.Store(false)
	until(t, "Redis answers again", func() bool { return b.gets(t, entry) == 200 })
	b.opens(t, entry) // still signed in
	b.waits(t, "第3版")
}

// gets asks for a page out of the page that is shown, and says what came.
func (b staffBrowser) gets(t *testing.T, path string) int {
	t.Helper()
	return b.number(t, `fetch("`+path+`", {redirect: "manual"}).then(r => r.status)`)
}

// versionsOf counts what the trail knows of drafts.
func versionsOf(t *testing.T, v variables) int {
	t.Helper()
	return strings.Count(v.run(t, "staff", "audit", "--list").out, "save draft\t"+known)
}
