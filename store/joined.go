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

	mu      sync.Mutex
	waiting []*joinedCall
	running int
	done    sync.WaitGroup
}

// joinedCall is one call of a script.
type joinedCall struct {
	script *redis.Script
	keys   []string
	args   []any
	cmd    *redis.Cmd // once done
	done   chan struct{}

	dropped atomic.Bool // nobody waits any more
}

// run calls a script and waits for its reply, at most readTime.
func (j *joined) run(ctx context.Context, script *redis.Script, keys []string, args []any) (*redis.Cmd, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c := &joinedCall{script: script, keys: keys, args: args, done: make(chan struct{})}
	limit := time.NewTimer(readTime)
	defer limit.Stop()
	j.add(c)
	select {
	case <-c.done:
		return c.cmd, c.cmd.Err()
	case <-limit.C:
		c.dropped.Store(true)
		return nil, context.DeadlineExceeded
	case <-ctx.Done():
		c.dropped.Store(true)
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
		c.cmd = c.script.EvalSha(ctx, pipe, c.keys, c.args...)
	}
	_, _ = pipe.Exec(ctx) // every command has its own error
	for _, c := range batch {
		if err := c.cmd.Err(); err != nil && strings.HasPrefix(err.Error(), "NOSCRIPT") {
			c.cmd = c.script.Eval(ctx, j.redis, c.keys, c.args...)
		}
		close(c.done)
	}
}

// close waits for the pipelines that are under way.
func (j *joined) close() error {
	j.done.Wait()
	return nil
}
