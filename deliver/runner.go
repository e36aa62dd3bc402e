package deliver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"pufa/campaign"
)

const (
	defaultWorkers = 16
	defaultGroup   = 8 // recipients begun at once by one worker, and in doubt if it is killed

	watchEvery  = time.Second
	renewEvery  = 1500 * time.Millisecond // well within campaign.Lease
	idleLimit   = 500 * time.Millisecond
	retryFirst  = 50 * time.Millisecond
	retryLimit  = time.Second
	finishLimit = 10 * time.Second // to keep outcomes after the order to end
	maxUnknown  = 20               // answers in a row that nobody knows
)

// Runner sends campaigns follower by follower.
type Runner struct {
	Queue     Queue
	Followers Followers
	Brakes    Brakes
	Workers   int              // batches worked on at once; 16 when 0
	Group     int              // calls at once in a batch; 8 when 0
	Now       func() time.Time // time.Now when nil
	Log       *slog.Logger     // slog.Default() when nil
}

// Run works on a campaign until nobody in its list is left, it is held, or it
// cannot go on. The list must have been made. When ctx ends it finishes the
// calls in flight, keeps what became of them, gives its batches back and
// returns nil. A *HaltError says that a person must act;
// campaign.ErrStopped that nothing is sent at all. Several processes may run
// the same campaign at once.
func (r *Runner) Run(ctx context.Context, job Job) (Standing, error) {
	run := &run{Runner: r.complete(), job: job}
	run.log = run.Log.With("campaign", job.Campaign)
	if err := run.obey(ctx); err != nil {
		return Standing{}, err
	}
	watched, stop := context.WithCancel(ctx)
	var workers, watch sync.WaitGroup
	watch.Go(func() { run.watch(watched) })
	for range run.Workers {
		workers.Go(func() { run.work(ctx) })
	}
	workers.Wait()
	stop()
	watch.Wait()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishLimit)
	defer cancel()
	standing, err := run.standing(last)
	return standing, errors.Join(run.why(), err)
}

// complete returns the runner with every field set.
func (r *Runner) complete() *Runner {
	c := *r
	if c.Workers == 0 {
		c.Workers = defaultWorkers
	}
	if c.Group == 0 {
		c.Group = defaultGroup
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return &c
}

// run is one campaign being worked on by this process.
type run struct {
	*Runner
	job     Job
	log     *slog.Logger
	order   atomic.Int32
	unknown atomic.Int32 // answers in a row that nobody knows
	speed   speed

	mu     sync.Mutex
	failed error
}

// fail ends the run for a reason; the first one counts.
func (r *run) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed == nil {
		r.failed = err
	}
}

func (r *run) why() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failed
}

// goes reports whether further recipients may be begun.
func (r *run) goes(ctx context.Context) bool {
	return ctx.Err() == nil && Order(r.order.Load()) == Go && r.why() == nil
}

// watch asks for orders and tells how far the campaign has come.
func (r *run) watch(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := r.obey(ctx); err != nil && ctx.Err() == nil {
			r.log.Warn("orders for a campaign are not known", "error", err)
		}
		if standing, err := r.standing(ctx); err == nil && r.job.Report != nil {
			r.job.Report(standing)
		}
	}
}

// obey asks for the order and skips the rest of a campaign that is cancelled.
func (r *run) obey(ctx context.Context) error {
	if r.job.Order == nil {
		return nil
	}
	order, err := r.job.Order(ctx)
	if err != nil {
		return fmt.Errorf("ask for orders: %w", err)
	}
	r.order.Store(int32(order))
	if order != Cancel {
		return nil
	}
	return r.Queue.SkipSend(ctx, r.job.Campaign)
}

func (r *run) standing(ctx context.Context) (Standing, error) {
	p, err := r.Queue.SendProgress(ctx, r.job.Campaign)
	if err != nil {
		return Standing{}, err
	}
	rate := r.speed.of(p, r.Now())
	s := Standing{Progress: p, Rate: rate, Left: -1}
	switch left := p[campaign.Unsent] + p[campaign.Begun]; {
	case left == 0:
		s.Left = 0
	case rate > 0:
		s.Left = time.Duration(float64(left) / rate * float64(time.Second)).Round(time.Second)
	}
	return s, nil
}

// work takes one batch after another until none is left or it must end.
func (r *run) work(ctx context.Context) {
	retry := backoff{}
	for ctx.Err() == nil && r.why() == nil && Order(r.order.Load()) != Hold {
		t, err := r.Queue.TakeSend(ctx, r.job.Campaign)
		switch {
		case err != nil:
			if !retry.wait(ctx) {
				return
			}
			if retry.first() {
				r.log.Warn("no batch of a campaign could be taken", "error", err)
			}
			continue
		case t.Batch != nil:
			r.send(ctx, t.Batch)
		case !t.Empty:
			sleep(ctx, min(t.Wait, idleLimit))
		case r.Now().Sub(t.Doubt).Abs() >= campaign.Settling:
			return
		default: // a worker that is slow and not dead may still say what came of its calls
			sleep(ctx, idleLimit)
		}
		retry = backoff{}
	}
}

// backoff waits longer after each failure.
type backoff struct {
	tries int
}

// first reports whether only one failure was waited for.
func (b *backoff) first() bool { return b.tries == 1 }

// wait reports false when ctx ended.
func (b *backoff) wait(ctx context.Context) bool {
	d := min(retryFirst<<min(b.tries, 10), retryLimit)
	b.tries++
	return sleep(ctx, d)
}

// sleep reports false when ctx ended before d was over.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
