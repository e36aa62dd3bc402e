//go:build unix

package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// TestRedisIsAway takes the redis-server away under load and brings it back.
// Every message is answered within 2 s all the while, and counted in the end.
func TestRedisIsAway(t *testing.T) {
	t.Parallel()
	away := 2500 * time.Millisecond
	if isLong() {
		away = 10 * time.Second
	}
	for _, c := range []struct {
		name        string
		gone, again func(*redisServer)
	}{
		{"stopped and started", func(s *redisServer) { s.end(syscall.SIGTERM) }, (*redisServer).start},
		{"killed and started", func(s *redisServer) { s.end(syscall.SIGKILL) }, (*redisServer).start},
		{"frozen and thawed", func(s *redisServer) { s.signal(syscall.SIGSTOP) }, func(s *redisServer) { s.signal(syscall.SIGCONT) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := startRedis(t)
			v := withAccount(t).and("PUFA_REDIS_URL", server.url())
			child := startChild(t, v)
			p := platformOf(t, v, child.url, time.Now)
			s := startStream(t, p)
			s.until(500)
			c.gone(server)
			s.slow.Store(true)
			over := time.After(away)
			until(t, "not ready any more", func() bool {
				state, err := conditionOf(child.url)
				return err == nil && state.status == 503 && !state.Redis
			})
			<-over
			c.again(server)
			s.until(s.sent.Load() + 200)
			s.stop()
			untilReady(t, child.url)
			if p.failed > 0 || p.slowest > 2*time.Second {
				t.Errorf("%d messages got no reply, the slowest took %s, want none and 2 s", p.failed, p.slowest)
			}
			want := map[string]int64{"messages": s.sent.Load(), "residents": s.residents()}
			v.report(t).hold(t, want)
			s.again(t, p)
			v.report(t).hold(t, want)
			v.verified(t)
			log := child.stderr.String()
			if !strings.Contains(log, "counts wait in the spool") || !strings.Contains(log, "spool was replayed") {
				t.Errorf("the log does not tell of the outage: %.2000s", log)
			}
			t.Logf("%d messages, the slowest reply took %s", s.sent.Load(), p.slowest)
		})
	}
}

// TestKilledInAnOutage kills the program while Redis is away and counts wait on
// the disk. What was acknowledged then is delivered again before and after the
// next program has found it.
func TestKilledInAnOutage(t *testing.T) {
	t.Parallel()
	const messages = 400
	server := startRedis(t)
	v := withAccount(t).and("PUFA_REDIS_URL", server.url())
	child := startChild(t, v)
	p := platformOf(t, v, child.url, time.Now)
	l := loadOf(p, messages, messages)
	deliver := func() {
		each(messages, 8, func(n int) { l.replies[n] = p.says(l.xml[n]) })
	}
	server.end(syscall.SIGKILL)
	deliver()
	child.end(syscall.SIGKILL)
	server.start()
	child = startChild(t, v)
	p.move(child.url)
	deliver()
	until(t, "the dead program's spool is empty", func() bool {
		left, err := filepath.Glob(filepath.Join(v["PUFA_DATA_DIR"], "spool", "*", "*s"))
		return err == nil && len(left) == 0
	})
	l.again(t, p)
	// Now a program that knows nothing of them, not even the replies.
	client := server.open()
	defer client.Close()
	forgetReplies(t, client)
	deliver()
	v.report(t).hold(t, map[string]int64{"messages": messages, "residents": messages})
	v.verified(t)
}

// forgetReplies lets 10 minutes pass for the replies kept for repeated
// deliveries.
func forgetReplies(t *testing.T, client *redis.Client) {
	t.Helper()
	keys, err := client.Keys(t.Context(), "*}:m:*").Result()
	if err != nil || len(keys) == 0 {
		t.Fatalf("replies %v, %v", keys, err)
	}
	if err := client.Del(t.Context(), keys...).Err(); err != nil {
		t.Fatal(err)
	}
}

// signal sends a signal to the server.
func (s *redisServer) signal(sig syscall.Signal) {
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Error(err)
	}
}

// stream is residents who write all the while: as fast as they are answered,
// so that many messages are under way when Redis goes, and then, slow, some 200
// a second.
type stream struct {
	load
	p    *platform
	slow atomic.Bool
	sent atomic.Int64
	end  chan struct{}
	done chan struct{}
	once sync.Once
}

const (
	streamEvery     = 5 * time.Millisecond
	streamWorkers   = 16
	streamResidents = 500 // in turn, so that nobody is asked to wait
	maxStream       = 50_000
)

func startStream(t *testing.T, p *platform) *stream {
	s := &stream{p: p, end: make(chan struct{}), done: make(chan struct{})}
	s.xml, s.replies = make([][]byte, maxStream), make([]string, maxStream)
	work := make(chan int)
	go func() {
		defer close(work)
		tick := time.NewTicker(streamEvery)
		defer tick.Stop()
		for n := range maxStream {
			if s.slow.Load() {
				<-tick.C
			}
			select {
			case <-s.end:
				return
			case work <- n:
			}
		}
	}()
	go func() {
		defer close(s.done)
		var wg sync.WaitGroup
		for range streamWorkers {
			wg.Go(func() {
				for n := range work {
					s.send(t, n)
				}
			})
		}
		wg.Wait()
	}()
	t.Cleanup(s.stop)
	return s
}

func (s *stream) send(t *testing.T, n int) {
	words := questionOf(n)
	if n%streamResidents == streamResidents-1 {
		words = "救命，有人拿刀砍人"
	}
	s.xml[n] = s.p.text(openidOf(n%streamResidents), fmt.Sprint(n+1), words)
	text, err := s.p.deliver(s.xml[n])
	if err != nil || text == "" {
		t.Errorf("message %d: %q, %v", n, text, err)
	}
	s.replies[n] = text
	s.sent.Add(1)
}

// until waits until n messages were answered.
func (s *stream) until(n int64) {
	until(s.p.t, fmt.Sprintf("%d messages answered", n), func() bool { return s.sent.Load() >= n })
}

// stop ends the stream and waits for its last replies.
func (s *stream) stop() {
	s.once.Do(func() { close(s.end) })
	<-s.done
	s.xml = s.xml[:s.sent.Load()]
}

// residents is how many different ones wrote; one in danger is none of them.
func (s *stream) residents() int64 { return min(s.sent.Load(), streamResidents-1) }
