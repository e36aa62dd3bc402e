package faults

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pufa/deliver"
	"pufa/wechat/wechattest"
)

// steps counts what a process says to the store and to the platform, and kills
// it at one of these moments.
type steps struct {
	mu   sync.Mutex
	n    int
	at   int // the request before or after which it is killed; 0: none
	late bool
	kill func()
	dead bool
}

// begins takes in a request. It is false when the process was killed before
// the request got through.
func (s *steps) begins() (number int, goesOn bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	if s.n == s.at && !s.late {
		s.strike()
		return s.n, false
	}
	return s.n, true
}

// ends takes in an answer to a request. It is false when the process was
// killed before it heard the answer.
func (s *steps) ends(number int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if number == s.at && s.late {
		s.strike()
		return false
	}
	return true
}

func (s *steps) strike() {
	s.kill()
	s.dead = true
}

// door passes on what a process says to a server, one request at a time on
// each connection.
func (s *steps) door(t *testing.T, server string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var open sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	open.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			open.Go(func() { s.pass(ctx, in, server) })
		}
	})
	t.Cleanup(func() {
		cancel()
		l.Close()
		open.Wait()
	})
	return l.Addr().String()
}

func (s *steps) pass(ctx context.Context, in net.Conn, server string) {
	defer in.Close()
	out, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer out.Close()
	defer context.AfterFunc(ctx, func() { in.Close(); out.Close() })()
	request, answer := make([]byte, 256<<10), make([]byte, 256<<10)
	for {
		n, err := in.Read(request)
		if err != nil {
			return
		}
		number, goesOn := s.begins()
		if !goesOn {
			return
		}
		if _, err := out.Write(request[:n]); err != nil {
			return
		}
		n, err = out.Read(answer)
		if err != nil || !s.ends(number) {
			return
		}
		if _, err := in.Write(answer[:n]); err != nil {
			return
		}
	}
}

// TestKilledAtEachStep kills a process before and after each thing it says to
// the store and to the platform, and lets another one go on.
func TestKilledAtEachStep(t *testing.T) {
	t.Parallel()
	const followers = 9
	redis := startRedis(t)
	p := platformOf(t, followers)
	total, doubts := walk(t, redis, p, "w0", followers, moment{})
	if total < 20 || doubts != 0 {
		t.Fatalf("a walk without a death has %d steps and %d in doubt", total, doubts)
	}
	var most atomic.Int64
	t.Run("killed", func(t *testing.T) {
		for i := range 2 * total {
			m := moment{at: i/2 + 1, late: i%2 == 1}
			t.Run(m.String(), func(t *testing.T) {
				t.Parallel()
				_, doubts := walk(t, redis, p, "w"+m.String(), followers, m)
				for old := most.Load(); doubts > old && !most.CompareAndSwap(old, doubts); old = most.Load() {
				}
			})
		}
	})
	if n := most.Load(); n < 1 || n > groupOfOne {
		t.Errorf("at most %d in doubt after a death, want 1 or 2: so many are begun at once", n)
	}
	t.Logf("%d moments, at most %d in doubt", 2*total, most.Load())
}

// groupOfOne is how many recipients the one worker of a walk begins at once.
const groupOfOne = 2

// moment is when a process dies; the zero moment is never.
type moment struct {
	at   int // the request
	late bool
}

func (m moment) String() string {
	if m.late {
		return fmt.Sprintf("after-%02d", m.at)
	}
	return fmt.Sprintf("before-%02d", m.at)
}

// walk has a process send a campaign, which dies at a moment, and another one
// go on. It returns how many requests the first one made, and how many are in
// doubt in the end.
func walk(t *testing.T, redis *redisServer, p *wechattest.Platform, name string, followers int, m moment) (int, int64) {
	t.Helper()
	s := storeOf(t, redis, name)
	enrol(t, s, followers)
	api := p.URL()[len("http://"):]
	var kid *child
	started := make(chan struct{})
	k := &steps{at: m.at, late: m.late, kill: func() { <-started; kid.kill() }}
	kid = startChild(t, childSettings{
		account: name, redis: k.door(t, redis.addr()), api: k.door(t, api), id: name, workers: 1, group: groupOfOne,
	})
	close(started)
	<-kid.ended
	if m.at == 0 && kid.err != nil {
		t.Fatalf("the child ended with %v: %s", kid.err, kid.said)
	}
	finish(t, redis, api, name)
	doubts := audit(t, s, p, name, followers)
	k.mu.Lock()
	defer k.mu.Unlock()
	if m.at > 0 && !k.dead {
		t.Logf("it made %d requests and was not killed", k.n)
	}
	return k.n, doubts
}

// finish sends what is left, by a clock that runs ahead so that no lease need
// be waited for, until nobody is left.
func finish(t *testing.T, redis *redisServer, api, name string) {
	t.Helper()
	ahead := func() time.Time { return time.Now().Add(6 * time.Second) }
	s, err := openStore(t.Context(), "redis://"+redis.addr(), name, t.TempDir(), ahead)
	if err != nil {
		t.Error(err)
		return
	}
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var done sync.WaitGroup
	done.Go(func() {
		r := &deliver.Runner{Queue: s, Followers: s, Brakes: s, Workers: 1, Group: groupOfOne, Log: slog.New(slog.DiscardHandler)}
		if err := send(ctx, s, r, "http://"+api, name, nil); err != nil {
			t.Error(err)
		}
	})
	until(t, name+" is over", func() bool { return left(t.Context(), s, name) == 0 })
	cancel()
	done.Wait()
}
