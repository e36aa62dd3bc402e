package store

import (
	"context"
	"errors"
	"net"
	"runtime"
	"sync"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// gate lets pipelines through one by one and notes how long they are.
type gate struct {
	arrived chan int      // commands of a pipeline that waits
	open    chan struct{} // lets one pass
}

func (g gate) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (g gate) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }

func (g gate) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		g.arrived <- len(cmds)
		<-g.open
		return next(ctx, cmds)
	}
}

func joinedRig(t *testing.T) (*joined, gate) {
	t.Helper()
	m := miniredis.RunT(t)
	client, err := connect("redis://" + m.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	g := gate{make(chan int, 100), make(chan struct{}, 100)}
	client.AddHook(g)
	return &joined{redis: client}, g
}

var (
	echoScript = redis.NewScript("return ARGV[1]")
	failScript = redis.NewScript("return redis.error_reply('WRONG ' .. ARGV[1])")
)

// calling makes a call and does not wait for its reply.
func (j *joined) calling(ctx context.Context, s *redis.Script, arg string) *joinedResult {
	r := &joinedResult{done: make(chan struct{})}
	go func() {
		defer close(r.done)
		r.cmd, r.err = j.run(ctx, s, []string{"{k}"}, []any{arg})
	}()
	return r
}

// wait returns when n calls wait for a pipeline.
func (j *joined) wait(n int) {
	for {
		j.mu.Lock()
		now := len(j.waiting)
		j.mu.Unlock()
		if now == n {
			return
		}
		runtime.Gosched()
	}
}

type joinedResult struct {
	cmd  *redis.Cmd
	err  error
	done chan struct{}
}

func TestCallsAreJoinedWhilePipelinesAreUnderWay(t *testing.T) {
	j, g := joinedRig(t)
	var first []*joinedResult
	for range maxPipelines {
		first = append(first, j.calling(t.Context(), echoScript, "alone"))
		if n := <-g.arrived; n != 1 {
			t.Fatalf("a call that is alone goes with %d others", n-1)
		}
	}
	good := j.calling(t.Context(), echoScript, "甲")
	bad := j.calling(t.Context(), failScript, "乙")
	gone, hangUp := context.WithCancel(t.Context())
	dropped := j.calling(gone, echoScript, "丙")
	j.wait(3)
	hangUp()
	<-dropped.done
	if !errors.Is(dropped.err, context.Canceled) {
		t.Errorf("caller who hung up: %v, want context.Canceled at once", dropped.err)
	}
	for range maxPipelines {
		g.open <- struct{}{}
	}
	if n := <-g.arrived; n != 2 {
		t.Errorf("the next pipeline takes %d calls, want the 2 that somebody waits for", n)
	}
	g.open <- struct{}{}
	for _, r := range append(first, good, bad) {
		<-r.done
	}
	if text, err := good.cmd.Text(); err != nil || text != "甲" {
		t.Errorf("good call = %q, %v, want 甲", text, err)
	}
	if bad.err == nil || bad.err.Error() != "WRONG 乙" {
		t.Errorf("bad call = %v, want its own error", bad.err)
	}
	if err := j.close(); err != nil {
		t.Error(err)
	}
}

func TestACallerWhoHungUpBeforeIsNotSent(t *testing.T) {
	j, g := joinedRig(t)
	gone, hangUp := context.WithCancel(t.Context())
	hangUp()
	if _, err := j.run(gone, echoScript, []string{"{k}"}, []any{"甲"}); !errors.Is(err, context.Canceled) {
		t.Errorf("run = %v, want context.Canceled", err)
	}
	if len(g.arrived) > 0 {
		t.Error("the call was sent all the same")
	}
}

func TestManyCallersGetTheirOwnReplies(t *testing.T) {
	m := miniredis.RunT(t)
	client, err := connect("redis://" + m.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	j := &joined{redis: client}
	var wg sync.WaitGroup
	for n := range 500 {
		wg.Go(func() {
			want := string(rune('一' + n))
			cmd, err := j.run(t.Context(), echoScript, []string{"{k}"}, []any{want})
			if err != nil {
				t.Error(err)
				return
			}
			if got, _ := cmd.Text(); got != want {
				t.Errorf("reply %q, want %q", got, want)
			}
		})
	}
	wg.Wait()
	m.Close()
	if _, err := j.run(t.Context(), echoScript, []string{"{k}"}, []any{"x"}); !isDown(err) {
		t.Errorf("call of a Redis that is gone = %v, want one that counts as down", err)
	}
	if err := j.close(); err != nil {
		t.Error(err)
	}
}
