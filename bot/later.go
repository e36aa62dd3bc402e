package bot

import (
	"context"
	"slices"
	"time"

	"pufa/content"
)

// Later is where a choice may go on for which the reply could not wait.
type Later interface {
	// Begin keeps a place for one choice. ctx is how long the model may take,
	// with or without the reply; done gives the place back and ends ctx. ok is
	// false where no later answer could be brought.
	Begin() (ctx context.Context, done func(), ok bool)
}

// Promise is a choice that is still under way when the reply goes out, which
// says so. Whoever gets one waits for it, and drops it in any case.
type Promise interface {
	// Wait returns the entry that the model takes the question to be about; ok
	// is false where there is none. It is called once.
	Wait() (entry string, ok bool)
	// Drop gives the choice up, and its place. It may be called twice.
	Drop()
}

// choosing is a choice under way.
type choosing struct {
	ctx   context.Context
	among []*content.Entry
	first <-chan chosenIDs
	again func() <-chan chosenIDs // asks once more, with the entries in the reverse order
	done  func()
}

// chosenIDs is what a Chooser came to.
type chosenIDs struct {
	ids []string
	err error
}

// Wait implements Promise. There is time to ask twice: a model that goes by the
// order in which it is shown the entries says otherwise the second time, and then
// nothing follows. Nor does it where the model chose none of those offered,
// failed, or took too long.
func (p *choosing) Wait() (entry string, ok bool) {
	if entry, ok = p.take(p.first); !ok {
		return "", false
	}
	again, ok := p.take(p.again())
	return entry, ok && again == entry
}

func (p *choosing) take(answer <-chan chosenIDs) (entry string, ok bool) {
	select {
	case a := <-answer:
		if a.err != nil || p.ctx.Err() != nil || !isChoice(a.ids, p.among) {
			return "", false
		}
		return a.ids[0], true
	case <-p.ctx.Done():
		return "", false
	}
}

// Drop implements Promise.
func (p *choosing) Drop() { p.done() }

const (
	// saysLater ends a referral after which an answer may follow.
	saysLater = "我再找找：找到对得上的，一会儿单独发给您；没找到就不发了。"
	// saysFollows begins an answer that follows a referral.
	saysFollows = "您刚才问的，找到一条像是对得上的。要是不对，请换个说法再问，或打12348。"
)

// ask asks the Chooser and waits for it as long as ctx lasts. Where the
// library's own reply is a referral and there is a place for it, the choice may
// go on: then the promise is not nil.
func (e *Engine) ask(ctx context.Context, t turn, own Reply, question string, among []*content.Entry) (ids []string, ok bool, p *choosing) {
	long, done := ctx, func() {}
	if t.Later != nil && own.Outcome == Referred {
		if begun, end, free := t.Later.Begin(); free {
			long, done, p = begun, end, &choosing{ctx: begun, among: among, done: end}
		}
	}
	if p == nil && ctx.Err() != nil {
		return nil, false, nil
	}
	choose := func(among []*content.Entry) <-chan chosenIDs {
		return begin(func() ([]string, error) {
			return e.opt.Model.Chooser.Choose(long, t.purse(e), question, optionsOf(among))
		})
	}
	answer := choose(among)
	select {
	case a := <-answer:
		if p == nil || ctx.Err() == nil {
			done()
			return a.ids, a.err == nil && ctx.Err() == nil, nil
		}
		known := make(chan chosenIDs, 1) // it came with the end of the time
		known <- a
		answer = known
	case <-ctx.Done():
		if p == nil {
			return nil, false, nil
		}
	}
	p.first, p.again = answer, func() <-chan chosenIDs { return choose(reversed(among)) }
	return nil, false, p
}

// begin asks a Chooser. One that panics on what it was sent gives no answer.
func begin(choose func() ([]string, error)) <-chan chosenIDs {
	answer := make(chan chosenIDs, 1)
	go func() {
		a := chosenIDs{err: errNoAnswer}
		defer func() {
			_ = recover()
			answer <- a
		}()
		a.ids, a.err = choose()
	}()
	return answer
}

func reversed(list []*content.Entry) []*content.Entry {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}

// promised is the library's referral with a word about what may follow; the
// promise is dropped where there is no room for that.
func promised(own Reply, p *choosing) Reply {
	text := own.Text + "\n\n" + saysLater
	if len(text) > room {
		p.Drop()
		return own
	}
	own.Text, own.Later = text, p
	return own
}

// LaterAnswer is the answer that follows a referral: the whole first page of an
// entry that a model chose, labelled and proved. ok is false where the entry may
// not be sent so: it is unknown, silent today, sensitive, or the street did not
// approve it, whatever OnlyApproved says.
func (e *Engine) LaterAnswer(id string) (r Reply, ok bool) {
	t, m := turn{now: e.opt.Now()}, manner{follows: true}
	entry, known := e.lib.Entry(id)
	if !known || e.sensitive(entry) || !e.opt.Approved(entry) || !e.mayAnswer(t, entry) {
		return Reply{}, false
	}
	a := e.answerOf(t, entry)
	a.lead, a.model = m.lead(), true
	r = e.answer(t, a, 0)
	r.Model = true
	return r, e.proof(t, m, r) == nil
}

// mayFollow reports whether a later answer could be promised though no time is
// left to wait for a model.
func (e *Engine) mayFollow(t turn, own Reply) bool {
	return t.Later != nil && e.opt.Model.Chooser != nil && own.Outcome == Referred
}

// LaterVerdict is what a model would send after the referrals of a question
// set.
type LaterVerdict struct {
	Asked int `json:"asked"` // referrals of which the model was asked
	Right int `json:"right"` // followed by what was wanted
	Wrong int `json:"wrong"` // followed by anything else
}

// EvaluateLater asks the model about each line that is referred as if the
// reply could not wait for it. Approvals are left out of account.
func (e *Engine) EvaluateLater(ctx context.Context, cases []Case) (v LaterVerdict) {
	for _, c := range cases {
		p := e.promiseOf(ctx, c.Text)
		if p == nil {
			continue
		}
		v.Asked++
		id, ok := p.Wait()
		p.Drop()
		if !ok {
			continue
		}
		if entry, known := e.lib.Entry(id); known && e.satisfies(c.Expect, entry) {
			v.Right++
		} else {
			v.Wrong++
		}
	}
	return v
}

// promiseOf is the promise that a message would get, nil for none.
func (e *Engine) promiseOf(ctx context.Context, text string) Promise {
	none, cancel := context.WithCancel(ctx)
	cancel()
	return e.Reply(none, Message{Kind: Text, Text: text, Later: anyTime{ctx}}).Later
}

// laterTime bounds one choice of a measurement.
const laterTime = 20 * time.Second

// anyTime always has a place.
type anyTime struct{ ctx context.Context }

func (a anyTime) Begin() (context.Context, func(), bool) {
	ctx, cancel := context.WithTimeout(a.ctx, laterTime)
	return ctx, cancel, true
}

// Effect says what became of a reply for which a model's help was wanted.
type Effect string

// The effects; those from Followed on are of a promise.
const (
	Changed   Effect = "changed"   // it chose entries or sentences of the reply
	Kept      Effect = "kept"      // the library's own reply went out
	Unproved  Effect = "unproved"  // so it did, because what was chosen did not pass the proof
	Promised  Effect = "promised"  // so it did, and the choice went on
	Followed  Effect = "followed"  // a later answer went out
	Doubtful  Effect = "doubtful"  // it may have gone out: the platform did not say
	Unsent    Effect = "unsent"    // the platform did not take it
	Unfit     Effect = "unfit"     // what was chosen may not be sent later
	Overtaken Effect = "overtaken" // the resident had written again meanwhile
	NoChoice  Effect = "no_choice" // the model chose nothing, or not in time
)

// Effects lists them in the order of a page.
func Effects() []Effect {
	return []Effect{Changed, Kept, Unproved, Promised, Followed, Doubtful, Unsent, Unfit, Overtaken, NoChoice}
}

// Tally counts effects. It gets no word of anybody's.
type Tally interface{ Count(effect Effect) }

// counted counts what became of a reply, where somebody counts.
func (m Model) counted(better Reply, proof error) {
	if m.Tally == nil {
		return
	}
	switch {
	case proof != nil:
		m.Tally.Count(Unproved)
	case better.Model:
		m.Tally.Count(Changed)
	case better.Later != nil:
		m.Tally.Count(Promised)
	default:
		m.Tally.Count(Kept)
	}
}
