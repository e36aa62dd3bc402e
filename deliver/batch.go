package deliver

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"pufa/campaign"
	"pufa/wechat"
)

// batch is a batch that this process holds.
type batch struct {
	*campaign.Batch
	openIDs map[int64]string
	waiting []campaign.Recipient // not begun
	done    []campaign.Outcome   // not kept yet
	number  int64                // of the last step
}

// recipient finds who is at a position.
func (b *batch) recipient(position int64) campaign.Recipient {
	return b.List[position-b.List[0].Position]
}

// send works on a batch until nobody in it is left, it is lost, or the
// campaign may not go on.
func (r *run) send(ctx context.Context, taken *campaign.Batch) {
	b, err := r.open(ctx, taken)
	if err != nil {
		r.giveBack(ctx, taken)
		return
	}
	for {
		var begin []campaign.Recipient
		if r.goes(ctx) {
			begin = b.waiting[:min(r.Group, len(b.waiting))]
		}
		got, err := r.step(ctx, b, begin)
		switch {
		case errors.Is(err, campaign.ErrStopped):
			r.fail(err)
			r.giveBack(ctx, taken)
			return
		case err != nil || got.Over:
			return
		case len(got.Begun) > 0:
			r.callAll(ctx, b, got.Begun)
		case !r.goes(ctx):
			r.giveBack(ctx, taken)
			return
		case got.Wait > idleLimit:
			r.giveBack(ctx, taken)
			sleep(ctx, min(got.Wait, watchEvery))
			return
		case got.Wait > 0:
			sleep(ctx, got.Wait)
		case len(b.waiting) == 0:
			// Nobody is left to be begun and yet it is not over: somebody is
			// begun by an answer that never came. The lease decides.
			return
		}
	}
}

// open looks up who the recipients are.
func (r *run) open(ctx context.Context, taken *campaign.Batch) (*batch, error) {
	b := &batch{Batch: taken}
	var residents []int64
	for i, who := range taken.List {
		if taken.Fates[i] == campaign.Unsent {
			residents = append(residents, who.Resident)
		}
	}
	found, err := r.Followers.OpenIDs(ctx, residents)
	if err != nil {
		return nil, fmt.Errorf("look up recipients: %w", err)
	}
	b.openIDs = found
	for i, who := range taken.List {
		switch {
		case taken.Fates[i] != campaign.Unsent:
		case found[who.Resident] == "":
			b.done = append(b.done, campaign.Outcome{Position: who.Position, Fate: campaign.Unfollowed})
		default:
			b.waiting = append(b.waiting, who)
		}
	}
	return b, nil
}

// step keeps what is done and begins others. It does not give up before the
// store has answered, or until finishLimit after ctx ended.
func (r *run) step(ctx context.Context, b *batch, begin []campaign.Recipient) (campaign.Stepped, error) {
	b.number++
	s := campaign.Step{Number: b.number, Done: b.done, Begin: begin}
	lasting, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { sleep(lasting, finishLimit); cancel() })()
	retry := backoff{}
	for {
		got, err := r.Queue.StepSend(lasting, b.Batch, r.job.Terms, s)
		if err == nil || errors.Is(err, campaign.ErrLost) || errors.Is(err, campaign.ErrStopped) {
			b.kept(got)
			return got, err
		}
		if !retry.wait(lasting) {
			r.log.Error("what became of calls could not be kept, they will be in doubt", "calls", len(b.done), "error", err)
			return got, err
		}
		if retry.first() {
			r.log.Warn("what became of calls cannot be kept now", "error", err)
		}
	}
}

// kept takes in the answer to a step.
func (b *batch) kept(got campaign.Stepped) {
	b.done = nil
	decided := map[int64]bool{}
	for _, list := range [][]int64{got.Begun, got.Skipped} {
		for _, position := range list {
			decided[position] = true
		}
	}
	var left []campaign.Recipient
	for _, who := range b.waiting {
		if !decided[who.Position] {
			left = append(left, who)
		}
	}
	b.waiting = left
}

// callAll calls those who were begun, all at once, and judges the answers. It
// keeps the lease alive meanwhile. It does not end with ctx: a call that is
// under way is waited for.
func (r *run) callAll(ctx context.Context, b *batch, begun []int64) {
	lasting := context.WithoutCancel(ctx)
	calling, finished := context.WithCancel(lasting)
	var renewing sync.WaitGroup
	renewing.Go(func() { r.renew(calling, b.Batch, b.number) })
	rulings := make([]ruling, len(begun))
	var calls sync.WaitGroup
	for i, position := range begun {
		calls.Go(func() {
			limited, cancel := context.WithTimeout(lasting, campaign.CallLimit)
			defer cancel()
			rulings[i] = judge(r.job.Call(limited, b.openIDs[b.recipient(position).Resident]), r.Now())
		})
	}
	calls.Wait()
	finished()
	renewing.Wait()
	longest := time.Duration(0)
	for i, position := range begun {
		who := b.recipient(position)
		b.done = append(b.done, campaign.Outcome{Position: position, Fate: rulings[i].fate})
		if rulings[i].fate == campaign.Unsent {
			b.waiting = append(b.waiting, who)
		}
		longest = max(longest, r.follow(lasting, who, rulings[i]))
	}
	if longest > 0 {
		sleep(ctx, longest)
	}
}

// renew keeps the lease of a batch alive until ctx ends.
func (r *run) renew(ctx context.Context, b *campaign.Batch, number int64) {
	for sleep(ctx, renewEvery) {
		// Whether it worked shows at the next step.
		_, _ = r.Queue.StepSend(ctx, b, r.job.Terms, campaign.Step{Number: number})
	}
}

// follow does what an answer asks for beside keeping it, and returns for how
// long the worker should pause. A mark that could not be kept is made again by
// the next refusal, or by the next reading of the list of followers.
func (r *run) follow(ctx context.Context, who campaign.Recipient, u ruling) time.Duration {
	if wechat.KindOf(u.err) != wechat.Unknown || u.fate != campaign.FailedFate {
		r.unknown.Store(0)
	}
	var err error
	switch u.then {
	case drop:
		err = r.Followers.DropFollowers(ctx, []int64{who.Resident})
	case unconsent:
		if r.job.Consent != "" {
			err = r.Followers.SetConsent(ctx, who.Resident, r.job.Consent, false)
		}
	case rest:
		r.log.Warn("a channel rests", "channel", r.job.Terms.Channel, "until", u.until, "error", u.err)
		err = r.Brakes.RestChannel(ctx, r.job.Terms.Channel, u.until, u.err.Error())
	case stopAll:
		r.log.Error("everything is stopped", "error", u.err)
		err = r.Brakes.StopSending(ctx, u.err.Error())
		r.fail(fmt.Errorf("send campaign %s: %w: %w", r.job.Campaign, campaign.ErrStopped, u.err))
	case halt:
		r.fail(&HaltError{r.job.Campaign, u.err})
	case pause:
		return retryLimit
	case nothing:
		r.odd(u)
	}
	if err != nil {
		r.log.Warn("what an answer asks for could not be kept", "error", err)
	}
	return 0
}

// odd notices answers that nobody knows: many in a row are no matter of the
// recipients.
func (r *run) odd(u ruling) {
	if u.fate != campaign.FailedFate {
		return
	}
	if r.unknown.Add(1) >= maxUnknown {
		r.fail(&HaltError{r.job.Campaign, fmt.Errorf("%d answers in a row that are not known: %w", maxUnknown, u.err)})
	}
}

// giveBack gives a batch back, if the store can be reached; its lease ends
// otherwise.
func (r *run) giveBack(ctx context.Context, b *campaign.Batch) {
	if err := r.Queue.ReturnSend(context.WithoutCancel(ctx), b); err != nil {
		r.log.Warn("a batch was not given back, its lease will end", "error", err)
	}
}
