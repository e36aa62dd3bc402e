package store

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// How calls are joined: a pipeline takes what waits, so many calls at most,
// and so many pipelines are under way at once.
const (
	maxJoined    = 64
	maxPipelines = 2
)

// joined takes scripts that are called at the same time to Redis in one
// pipeline. A call that is alone goes at once; none waits for another to come.
// A caller who gives up is let go, and a call that nobody waits for any more
// is not sent.
type joined struct {
	redis redis.UniversalClient
	calls joinedCalls

	mu      sync.Mutex
	waiting []*joinedCall
	running int
	done    sync.WaitGroup
}

// joinedCall is one call of a script.
type joinedCall struct {
	script *redis.Script
	args   []any // the whole command: EVALSHA, sum, number of keys, keys, arguments
	cmd    *redis.Cmd
	done   chan struct{} // gets one value when cmd has its reply
	limit  *time.Timer

	dropped atomic.Bool // nobody waits any more
}

// keysAt is where the keys stand in a command.
const keysAt = 3

// joinedCalls keeps calls that are over, with their room, timer and channel. A
// call that was dropped is never kept: its reply may still come.
type joinedCalls struct{ pool sync.Pool }

func (p *joinedCalls) get(script *redis.Script, keys []string, args []any) *joinedCall {
	c, _ := p.pool.Get().(*joinedCall)
	if c == nil {
		c = &joinedCall{done: make(chan struct{}, 1), limit: time.NewTimer(readTime)}
	} else {
		c.limit.Reset(readTime)
	}
	c.script = script
	c.args = append(c.args[:0], "evalsha", script.Hash(), len(keys))
	for _, k := range keys {
		c.args = append(c.args, k)
	}
	c.args = append(c.args, args...)
	return c
}

func (p *joinedCalls) put(c *joinedCall) {
	c.limit.Stop()
	clear(c.args)
	c.cmd = nil
	p.pool.Put(c)
}

// command is the call as it goes into a pipeline.
func (c *joinedCall) command(ctx context.Context) *redis.Cmd {
	cmd := redis.NewCmd(ctx, c.args...)
	if c.args[2] != 0 {
		cmd.SetFirstKeyPos(keysAt)
	}
	return cmd
}

// whole sends the script's text, for a Redis that does not know it yet.
func (c *joinedCall) whole(ctx context.Context, client redis.UniversalClient) *redis.Cmd {
	n, _ := c.args[2].(int)
	keys := make([]string, n)
	for i := range keys {
		keys[i], _ = c.args[keysAt+i].(string)
	}
	return c.script.Eval(ctx, client, keys, c.args[keysAt+n:]...)
}

// run calls a script and waits for its reply, at most readTime.
func (j *joined) run(ctx context.Context, script *redis.Script, keys []string, args []any) (*redis.Cmd, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c := j.calls.get(script, keys, args)
	j.add(c)
	select {
	case <-c.done:
		cmd := c.cmd
		j.calls.put(c)
		return cmd, cmd.Err()
	case <-c.limit.C:
		c.dropped.Store(true)
		return nil, context.DeadlineExceeded
	case <-ctx.Done():
		c.dropped.Store(true)
		c.limit.Stop()
		return nil, ctx.Err()
	}
}

// add lets a call wait, and starts a pipeline unless enough are under way.
func (j *joined) add(c *joinedCall) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.waiting = append(j.waiting, c)
	if j.running < maxPipelines {
		j.running++
		j.done.Go(j.work)
	}
}

// work makes pipelines until nothing waits.
func (j *joined) work() {
	for {
		batch := j.take()
		if batch == nil {
			return
		}
		j.send(batch)
	}
}

// take returns what waits and is still wanted, or nil when nothing is and the
// worker may go.
func (j *joined) take() []*joinedCall {
	j.mu.Lock()
	defer j.mu.Unlock()
	for len(j.waiting) > 0 {
		n := min(len(j.waiting), maxJoined)
		batch := make([]*joinedCall, 0, n)
		for _, c := range j.waiting[:n] {
			if !c.dropped.Load() {
				batch = append(batch, c)
			}
		}
		j.waiting = append(j.waiting[:0], j.waiting[n:]...)
		if len(batch) > 0 {
			return batch
		}
	}
	j.running--
	return nil
}

// send makes one pipeline. Whatever becomes of it every call hears of.
func (j *joined) send(batch []*joinedCall) {
	ctx, cancel := context.WithTimeout(context.Background(), callTime)
	defer cancel()
	pipe := j.redis.Pipeline()
	for _, c := range batch {
		c.cmd = c.command(ctx)
		_ = pipe.Process(ctx, c.cmd)
	}
	_, _ = pipe.Exec(ctx) // every command has its own error
	for _, c := range batch {
		if err := c.cmd.Err(); err != nil && strings.HasPrefix(err.Error(), "NOSCRIPT") {
			c.cmd = c.whole(ctx, j.redis)
		}
		c.done <- struct{}{}
	}
}

// close waits for the pipelines that are under way.
func (j *joined) close() error {
	j.done.Wait()
	return nil
}
