package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"pufa/store"
	"pufa/wechat"
)

// overEach runs a test over the trial store and over a redis-server.
func overEach(t *testing.T, do func(*testing.T, variables)) {
	t.Run("over the trial store", func(t *testing.T) {
		t.Parallel()
		do(t, withAccount(t))
	})
	t.Run("over a redis-server", func(t *testing.T) {
		t.Parallel()
		do(t, withAccount(t).and("PUFA_REDIS_URL", startRedis(t).url()))
	})
}

// questionOf is what message n asks: the benchmark's questions in turn.
func questionOf(n int) string { return benchQuestions[n%len(benchQuestions)] }

// load is many messages of some residents, and what was replied to each.
type load struct {
	xml     [][]byte
	replies []string
}

func loadOf(p *platform, messages, residents int) *load {
	l := &load{replies: make([]string, messages)}
	for n := range messages {
		l.xml = append(l.xml, p.text(openidOf(n%residents), fmt.Sprint(1_000_000+n), questionOf(n)))
	}
	return l
}

// again delivers every message that was answered once more, and wants the same
// reply.
func (l *load) again(t *testing.T, p *platform) {
	t.Helper()
	var differ atomic.Int64
	each(len(l.xml), 16, func(n int) {
		if l.replies[n] == "" {
			return
		}
		if text, err := p.deliver(l.xml[n]); (err != nil || text != l.replies[n]) && differ.Add(1) == 1 {
			t.Errorf("message %d delivered again: %q, %v, want %q", n, text, err, l.replies[n])
		}
	})
	if n := differ.Load(); n > 1 {
		t.Errorf("%d messages got another reply when they were delivered again", n)
	}
}

// TestKilledUnderLoad kills the program three times while it answers, with
// messages between claim and commit. What was not acknowledged is delivered
// again.
func TestKilledUnderLoad(t *testing.T) {
	t.Parallel()
	overEach(t, func(t *testing.T, v variables) {
		const messages, residents, kills = 2000, 200, 3
		c := startChild(t, v)
		p := platformOf(t, v, c.url, time.Now)
		l := loadOf(p, messages, residents)
		var done atomic.Int64
		hit := make(chan struct{}, kills)
		at := map[int64]bool{}
		for k := range kills {
			at[int64(messages/(kills+1)*(k+1)+rand.IntN(200))] = true
		}
		finished := make(chan struct{})
		go func() {
			defer close(finished)
			each(messages, 32, func(n int) {
				text, err := p.insist(l.xml[n])
				if err != nil || text == "" {
					t.Errorf("message %d: %q, %v", n, text, err)
				}
				l.replies[n] = text
				if at[done.Add(1)] {
					hit <- struct{}{}
				}
			})
		}()
		for range kills {
			within(t, "the moment to kill", hit)
			c.end(syscall.SIGKILL)
			c = startChild(t, v)
			p.move(c.url)
		}
		within(t, "the end of the load", finished)
		l.again(t, p)
		want := map[string]int64{"messages": messages, "residents": residents}
		v.report(t).hold(t, want)
		v.verified(t)
		c.end(syscall.SIGKILL)
		v.report(t).hold(t, want)
		v.verified(t)
		t.Logf("%d messages, %d deliveries failed in %d kills, the slowest reply took %s", messages, p.failed, kills, p.slowest)
	})
}

// TestStoppedUnderLoad asks the program to stop while it answers.
func TestStoppedUnderLoad(t *testing.T) {
	t.Parallel()
	overEach(t, func(t *testing.T, v variables) {
		const messages, residents = 3000, 300
		c := startChild(t, v)
		p := platformOf(t, v, c.url, time.Now)
		l := loadOf(p, messages, residents)
		var done atomic.Int64
		each(messages, 32, func(n int) {
			if done.Load() >= messages/3 {
				_ = c.cmd.Process.Signal(syscall.SIGTERM)
			}
			text, err := p.deliver(l.xml[n])
			switch {
			case err == nil && text != "":
				l.replies[n] = text
				done.Add(1)
			case err == nil || !isRefused(err):
				t.Errorf("message %d: %q, %v, want words or no connection", n, text, err)
			}
		})
		within(t, "the end of the child", c.ended)
		if state := c.cmd.ProcessState; state.ExitCode() != 0 {
			t.Errorf("it ended with %s: %s", state, c.stderr)
		}
		answered := int64(p.answered)
		if answered < messages/3 || answered == messages {
			t.Errorf("%d messages were answered: it was not stopped under way", answered)
		}
		// Whatever the program answered has reached the platform.
		if n := strings.Count(c.stderr.String(), "route=/wechat status=200"); int64(n) != answered {
			t.Errorf("the program answered %d requests, %d answers came", n, answered)
		}
		v.report(t).hold(t, map[string]int64{"messages": answered})
		v.verified(t)
		t.Logf("%d answered, %d not accepted any more", answered, p.failed)
	})
}

// TestAMessageWhoseHolderDied delivers a message at the very moment after the
// program that had claimed it died.
func TestAMessageWhoseHolderDied(t *testing.T) {
	t.Parallel()
	overEach(t, func(t *testing.T, v variables) {
		h := serveHere(t, v, time.Now)
		p := platformOf(t, v, h.url, time.Now)
		msg := p.text(openidOf(1), "1", askReturn)
		claimAndDie(t, v, msg)
		text, err := p.deliver(msg)
		if err != nil || text == "" || p.slowest > 5*time.Second {
			t.Errorf("reply %q, %v, after %s, want words within 5 s", text, err, p.slowest)
		}
		if again := p.says(msg); again != text {
			t.Errorf("delivered again: %q, want %q", again, text)
		}
		untilReady(t, h.url)
		v.report(t).hold(t, map[string]int64{"messages": 1})
		v.verified(t)
		t.Logf("answered after %s", p.slowest)
	})
}

// claimAndDie claims a message as a program would that dies before its commit.
func claimAndDie(t *testing.T, v variables, xml []byte) {
	t.Helper()
	m, err := wechat.Parse(xml)
	if err != nil {
		t.Fatal(err)
	}
	err = program{v.get, time.Now, nil, t.Output(), t.Output(), nil}.withStore(t.Context(), func(st *store.Store) error {
		c, err := st.Claim(t.Context(), store.Arrival{MessageKey: m.Key(), OpenID: m.FromUser})
		if err == nil && c.State != store.Mine {
			err = fmt.Errorf("the claim has state %d", c.State)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestFiveDeliveriesAtOnce delivers each message five times at the same time.
func TestFiveDeliveriesAtOnce(t *testing.T) {
	t.Parallel()
	overEach(t, func(t *testing.T, v variables) {
		const messages = 60
		h := serveHere(t, v, time.Now)
		p := platformOf(t, v, h.url, time.Now)
		l := loadOf(p, messages, messages)
		each(messages, 4, func(n int) {
			var texts [5]string
			var wg sync.WaitGroup
			for i := range texts {
				wg.Go(func() { texts[i] = p.says(l.xml[n]) })
			}
			wg.Wait()
			for _, text := range texts {
				if text != texts[0] {
					t.Errorf("message %d got %q and %q", n, texts[0], text)
				}
			}
		})
		v.report(t).hold(t, map[string]int64{"messages": messages, "residents": messages})
		v.verified(t)
	})
}
