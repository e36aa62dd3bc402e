package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"pufa/content"
)

// place is where one choice may go on.
type place struct {
	mu      sync.Mutex
	taken   bool
	begun   int
	closing bool
}

func (p *place) Begin() (context.Context, func(), bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken || p.closing {
		return nil, nil, false
	}
	p.taken = true
	p.begun++
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	return ctx, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.taken = false
		cancel()
	}, true
}

func (p *place) free() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.taken
}

// tallied counts effects.
type tallied map[Effect]int

func (t tallied) Count(e Effect) { t[e]++ }

// approving is an engine that answers from the shipped library with all of it
// approved.
func approving(t testing.TB) *Engine {
	t.Helper()
	return sharedEngine(t).Under(Options{Now: noon, Approved: func(*content.Entry) bool { return true }})
}

// slow is an engine whose model chooses, in whatever order it is shown the
// entries, the last by its id when it is let go, long after the reply; tally counts.
func slow(plain *Engine) (e *Engine, release func(), tally tallied) {
	let := make(chan struct{})
	h := &helper{choose: func(_ string, among []Option) ([]string, error) {
		<-let
		return []string{slices.MaxFunc(among, func(a, b Option) int { return strings.Compare(a.ID, b.ID) }).ID}, nil
	}}
	e, tally = helpedBy(plain, h), tallied{}
	e.opt.Model.Time, e.opt.Model.Tally = leastHelp, tally
	return e, sync.OnceFunc(func() { close(let) }), tally
}

func TestAReferralPromisesWhatMayFollow(t *testing.T) {
	plain := approving(t)
	question, own := unsure(t, plain, Referred)
	e, release, tally := slow(plain)
	defer release()
	p := &place{}
	got := e.Reply(t.Context(), Message{Kind: Text, Text: question, Later: p})
	if got.Later == nil || got.Outcome != Referred || got.Model || got.Text != own.Text+"\n\n"+saysLater || got.Gap != own.Gap {
		t.Fatalf("reply = %s, promise %v, model %v, want the library's referral and that more may follow:\n%s", got.Outcome, got.Later != nil, got.Model, got.Text)
	}
	if strings.Contains(got.Text, Label) || p.free() || tally[Promised] != 1 {
		t.Errorf("label, a free place (%v), or %v counted", p.free(), tally)
	}
	second := e.Reply(t.Context(), Message{Kind: Text, Text: question, Later: p})
	if second.Later != nil || second.Text != own.Text || tally[Kept] != 1 {
		t.Errorf("without a place the reply is %q, counted %v", second.Text, tally)
	}
	release()
	id, ok := got.Later.Wait()
	got.Later.Drop()
	got.Later.Drop()
	if _, known := e.lib.Entry(id); !ok || !known || !p.free() {
		t.Fatalf("the choice is %q, %v, place free %v", id, ok, p.free())
	}
}

func TestWhereNothingIsPromised(t *testing.T) {
	plain := approving(t)
	menu, _ := unsure(t, plain, Menu)
	referred, _ := unsure(t, plain, Referred)
	last := func(_ string, among []Option) ([]string, error) { return []string{among[len(among)-1].ID}, nil }
	for name, c := range map[string]struct {
		question string
		choose   func(string, []Option) ([]string, error)
		effect   Effect
	}{
		"the model is in time":   {referred, last, Changed},
		"nothing fits":           {referred, func(string, []Option) ([]string, error) { return nil, nil }, Kept},
		"the model fails":        {referred, func(string, []Option) ([]string, error) { return nil, errors.New("away") }, Kept},
		"the model panics":       {referred, func(string, []Option) ([]string, error) { panic("hostile") }, Kept},
		"there is a menu anyway": {menu, last, Changed},
	} {
		t.Run(name, func(t *testing.T) {
			e, tally, p := helpedBy(plain, &helper{choose: c.choose}), tallied{}, &place{}
			e.opt.Model.Tally = tally
			got := e.Reply(t.Context(), Message{Kind: Text, Text: c.question, Later: p})
			if got.Later != nil || strings.Contains(got.Text, saysLater) || !p.free() || tally[c.effect] != 1 {
				t.Errorf("promise %v, place free %v, counted %v, want %s:\n%s", got.Later != nil, p.free(), tally, c.effect, got.Text)
			}
		})
	}
	t.Run("a slow model and a menu", func(t *testing.T) {
		e, release, _ := slow(plain)
		defer release()
		p := &place{}
		if got := e.Reply(t.Context(), Message{Kind: Text, Text: menu, Later: p}); got.Later != nil || p.begun > 0 {
			t.Errorf("a menu promises more: %v, places taken %d", got.Later != nil, p.begun)
		}
	})
}

// Where no time is left for a model at all the choice begins with the reply.
func TestAPromiseWithoutTime(t *testing.T) {
	plain := approving(t)
	question, own := unsure(t, plain, Referred)
	e, release, _ := slow(plain)
	defer release()
	ctx, cancel := context.WithTimeout(t.Context(), helpSpare)
	defer cancel()
	start := time.Now()
	got := e.Reply(ctx, Message{Kind: Text, Text: question, Later: &place{}})
	if got.Later == nil || got.Text != own.Text+"\n\n"+saysLater || time.Since(start) > leastHelp {
		t.Errorf("after %s the reply is %q", time.Since(start), got.Text)
	}
	if without := e.Reply(ctx, Message{Kind: Text, Text: question}); without.Later != nil || without.Text != own.Text {
		t.Errorf("without a place: %q", without.Text)
	}
	got.Later.Drop()
	if id, ok := got.Later.Wait(); ok {
		t.Errorf("a promise that was dropped brings %q", id)
	}
}

// TestHostileModelLater holds of what follows a referral what TestHostileModel
// holds of replies, whatever a model returns and however often it changes its mind.
func TestHostileModelLater(t *testing.T) {
	plain := approving(t)
	lines := ownLines(plain)
	var ids, texts []string
	for _, entry := range plain.lib.Entries() {
		ids = append(ids, entry.ID)
	}
	for _, c := range questions(t) {
		spy := &helper{choose: func(string, []Option) ([]string, error) { return nil, nil }}
		if p := helpedBy(plain, spy).promiseOf(t.Context(), c.Text); p != nil {
			p.Drop()
			texts = append(texts, c.Text)
		}
	}
	followed := 0
	rapid.Check(t, func(rt *rapid.T) {
		h := hostile(rt, ids)
		if rapid.Bool().Draw(rt, "stubborn") { // it says the same to both orders
			var first []string
			asked, choose := false, h.choose
			h.choose = func(question string, among []Option) ([]string, error) {
				if !asked {
					asked = true
					first, _ = choose(question, among)
				}
				return first, nil
			}
		}
		e := helpedBy(plain, h)
		p := e.promiseOf(t.Context(), rapid.SampledFrom(texts).Draw(rt, "text"))
		if p == nil {
			return
		}
		id, ok := p.Wait()
		p.Drop()
		r, sent := e.LaterAnswer(id)
		if !ok || !sent {
			return
		}
		followed++
		entry, _ := e.lib.Entry(id)
		frame := strings.Join([]string{saysFollows, "您问的是：" + entry.Question(), entry.Short, basis(entry), e.composer.card(entry.Remedy), e.composer.next(entry), standingLine(e.answerOf(turn{now: noon()}, entry)), relatedText(r.Choices)}, "\n")
		for line := range strings.SplitSeq(r.Text, "\n") {
			if !lines[line] && !strings.Contains("\n"+frame+"\n", "\n"+line+"\n") {
				rt.Fatalf("a line is nobody's: %q", line)
			}
		}
		if strings.Count(r.Text, Label) != 1 || len(r.Text) > MaxBytes {
			rt.Fatalf("%d labels, %d bytes", strings.Count(r.Text, Label), len(r.Text))
		}
	})
	t.Logf("%d answers followed", followed)
	if followed == 0 && !testing.Short() {
		t.Error("no answer followed: the test shows nothing")
	}
}

// What is chosen late counts only if it was offered, like what is chosen in time.
func TestAPromiseBringsOnlyWhatWasOffered(t *testing.T) {
	plain := approving(t)
	question, _ := unsure(t, plain, Referred)
	for _, ids := range [][]string{nil, {}, {"law/made-up"}, {"dv/what-counts"}, {""}, {poison[6]}} {
		let := make(chan struct{})
		e := helpedBy(plain, &helper{choose: func(string, []Option) ([]string, error) { <-let; return ids, nil }})
		e.opt.Model.Time = leastHelp
		got := e.Reply(t.Context(), Message{Kind: Text, Text: question, Later: &place{}})
		close(let)
		if id, ok := got.Later.Wait(); ok {
			t.Errorf("chosen %.40q brings %q", ids, id)
		}
		got.Later.Drop()
	}
}

// Every entry of the library is either not sent later, or as a whole, headed by
// its question, labelled, and in one message.
func TestLaterAnswers(t *testing.T) {
	e := approving(t)
	own := ownLines(e)
	sent := 0
	for _, entry := range e.lib.Entries() {
		r, ok := e.LaterAnswer(entry.ID)
		if ok == (e.sensitive(entry) || !e.mayAnswer(turn{now: noon()}, entry)) {
			t.Errorf("%s is sent later: %v", entry.ID, ok)
		}
		if !ok {
			continue
		}
		sent++
		wantText(t, r, saysFollows, "您问的是："+entry.Question(), entry.Short, Label)
		for _, l := range entry.Lines {
			if l.Must {
				wantText(t, r, l.Text)
			}
		}
		for line := range strings.SplitSeq(r.Text, "\n") {
			if sentence, is := strings.CutPrefix(line, bullet); is && !slices.ContainsFunc(entry.Lines, func(l content.Line) bool { return l.Text == sentence }) && !own[line] {
				t.Errorf("%s: %q is no sentence of it", entry.ID, line)
			}
		}
		if len(r.Text) > MaxBytes || !r.Model || r.Outcome != Answered || r.Entry != entry.ID || r.Dialogue.Entry != entry.ID {
			t.Errorf("%s: %d bytes, model %v, %s of %s", entry.ID, len(r.Text), r.Model, r.Outcome, r.Entry)
		}
	}
	if all := len(e.lib.Entries()); sent < all/2 {
		t.Errorf("%d of %d entries may be sent later", sent, all)
	}
	for _, id := range poison {
		if _, ok := e.LaterAnswer(id); ok {
			t.Errorf("%.40q is sent later", id)
		}
	}
}

// Whatever PUFA_ONLY_APPROVED says, what is pushed was approved by the street
// and is not taken down.
func TestALaterAnswerIsApproved(t *testing.T) {
	const id = "consumer/seven-day-return"
	for name, c := range map[string]struct {
		approved, down, want bool
	}{
		"approved":   {true, false, true},
		"unapproved": {false, false, false},
		"taken down": {true, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			e := sharedEngine(t).Under(Options{
				Now: noon, Approved: func(*content.Entry) bool { return c.approved }, TakenDown: func(*content.Entry) bool { return c.down },
			})
			if r, ok := e.LaterAnswer(id); ok != c.want {
				t.Errorf("sent later: %v, want %v:\n%s", ok, c.want, r.Text)
			}
		})
	}
}

// TestOracleLater holds what a model that is right nine times in ten sends
// after referrals: one that goes by the order of what it is shown nothing that
// is wrong, one that errs at random hardly anything. One that errs in the same way
// both times is what asking twice does not help against.
func TestOracleLater(t *testing.T) {
	cases, plain := questions(t), approving(t)
	for _, wrong := range []string{"the nearest", "any", "the same"} {
		sum := LaterVerdict{}
		for seed := range uint64(3) {
			v := helpedBy(plain, twice(oracle(plain, cases, 0.9, wrong, seed), wrong)).EvaluateLater(t.Context(), cases)
			t.Logf("wrong %s, seed %d: %+v", wrong, seed, v)
			sum.Asked, sum.Right, sum.Wrong = sum.Asked+v.Asked, sum.Right+v.Right, sum.Wrong+v.Wrong
		}
		if sum.Right == 0 {
			t.Errorf("wrong %s: nothing right follows: %+v", wrong, sum)
		}
		if wrong != "the same" && sum.Wrong > 0 {
			t.Errorf("wrong %s: %+v, want nothing wrong to follow", wrong, sum)
		}
	}
}

// twice makes an oracle that errs towards the same entry in whatever order it
// is shown them, if wrong says so.
func twice(o *helper, wrong string) *helper {
	if wrong != "the same" {
		return o
	}
	return &helper{choose: func(question string, among []Option) ([]string, error) {
		among = slices.Clone(among)
		slices.SortFunc(among, func(a, b Option) int { return strings.Compare(a.ID, b.ID) })
		return o.choose(question, among)
	}}
}
