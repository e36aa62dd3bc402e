package wechattest

import (
	"context"
	"slices"
	"sync"
	"time"
)

const (
	// lookEvery is how often, in real time, the clock is asked what is due.
	lookEvery = 20 * time.Millisecond
	// atOnce is how many callbacks are on their way at the same time.
	atOnce = 8
)

// job is something that happens at a time of the platform's clock: a change,
// made under the lock, or a callback.
type job struct {
	due    time.Time
	change func(now time.Time)
	event  []byte
}

// plan makes a change later.
func (p *Platform) plan(due time.Time, change func(now time.Time)) {
	p.jobs = append(p.jobs, job{due: due, change: change})
	p.nudge()
}

// later delivers an event.
func (p *Platform) later(due time.Time, event []byte) {
	if p.callback != nil {
		p.jobs = append(p.jobs, job{due: due, event: event})
		p.nudge()
	}
}

func (p *Platform) nudge() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// work does what is due until the platform closes.
func (p *Platform) work() {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	ctx, cancel := p.untilClosed(context.Background())
	defer cancel()
	for {
		select {
		case <-p.done:
			return
		case <-p.wake:
		case <-look.C:
		}
		p.tick(ctx)
	}
}

// Tick does what is due by the clock: results of mass messages and pages, and
// callbacks, and returns when those were delivered or given up. The platform
// does the same by itself every 20 ms; Tick is for who wants to wait for it.
func (p *Platform) Tick(ctx context.Context) {
	if !p.enter() {
		return
	}
	defer p.running.Done()
	ctx, cancel := p.untilClosed(ctx)
	defer cancel()
	p.tick(ctx)
}

func (p *Platform) tick(ctx context.Context) {
	p.ticking.Lock()
	defer p.ticking.Unlock()
	for ctx.Err() == nil {
		events := p.due()
		if len(events) == 0 {
			return
		}
		p.send(ctx, events)
	}
}

// due makes the changes that are due and returns the events that are.
func (p *Platform) due() (events [][]byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	for {
		i := slices.IndexFunc(p.jobs, func(j job) bool { return !j.due.After(now) && j.change != nil })
		if i < 0 {
			break
		}
		change := p.jobs[i].change
		p.jobs = slices.Delete(p.jobs, i, i+1)
		change(now)
	}
	p.jobs = slices.DeleteFunc(p.jobs, func(j job) bool {
		if j.due.After(now) || j.event == nil {
			return false
		}
		events = append(events, j.event)
		return true
	})
	return events
}

func (p *Platform) send(ctx context.Context, events [][]byte) {
	var wait sync.WaitGroup
	places := make(chan struct{}, atOnce)
	for _, event := range events {
		places <- struct{}{}
		wait.Go(func() {
			defer func() { <-places }()
			if _, err := p.Deliver(ctx, event); err != nil {
				p.mu.Lock()
				p.undelivered++
				p.mu.Unlock()
			}
		})
	}
	wait.Wait()
}

// Undelivered returns how many events were given up after three tries.
func (p *Platform) Undelivered() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.undelivered
}
