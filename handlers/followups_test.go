package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"pufa/bot"
	"pufa/stats"
	"pufa/wechat"
)

// fakePromise brings an entry when it is let go.
type fakePromise struct {
	ctx   context.Context
	done  func()
	speak chan struct{}
	entry string
}

func (p *fakePromise) Wait() (string, bool) {
	select {
	case <-p.speak:
		return p.entry, p.entry != ""
	case <-p.ctx.Done():
		return "", false
	}
}

func (p *fakePromise) Drop() { p.done() }

// fakeFollowing is everything that a later answer meets.
type fakeFollowing struct {
	mu     sync.Mutex
	doings []string // in their order
	counts []stats.Event
	effect chan bot.Effect

	overtaken bool
	gateErr   error
	sendErr   error
}

func (f *fakeFollowing) did(what string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.doings = append(f.doings, what)
}

func (f *fakeFollowing) LaterAnswer(entry string) (bot.Reply, bool) {
	return bot.Reply{
		Outcome: bot.Answered, Text: "要退。\n\n" + bot.Label, Entry: entry, Topic: "consumer", Model: true, Dialogue: bot.Dialogue{Entry: entry},
	}, entry == "consumer/returns"
}

func (f *fakeFollowing) Follow(_ context.Context, c Claim, left, next bot.Dialogue) (bool, error) {
	f.did("follow " + left.Entry + ">" + next.Entry)
	return !f.overtaken && c.State == Ours, f.gateErr
}

func (f *fakeFollowing) CountFollowed(_ context.Context, _ Claim, e stats.Event) error {
	f.did("count")
	f.counts = append(f.counts, e)
	return nil
}

func (f *fakeFollowing) SendMessage(_ context.Context, to string, m wechat.CustomerMessage) error {
	f.did("send " + to + " " + m.String())
	return f.sendErr
}

func (f *fakeFollowing) Count(e bot.Effect) { f.effect <- e }

// followRig is a site whose model takes long; speak lets it speak.
func followRig(t *testing.T, f *fakeFollowing, entry string) (r *rig, speak chan struct{}) {
	t.Helper()
	f.effect = make(chan bot.Effect, 4)
	followups := NewFollowups(FollowupsConfig{
		Answers: f, Gate: f, Messenger: f, Tally: f, Log: slog.New(slog.DiscardHandler), Now: noon,
	})
	t.Cleanup(followups.Close)
	r, speak = newRig(t, func(c *Config) { c.Followups = followups }), make(chan struct{})
	r.bot.reply = func(_ context.Context, m bot.Message) bot.Reply {
		reply := bot.Reply{Outcome: bot.Referred, Text: "我再找找", Dialogue: bot.Dialogue{Choices: []string{"article:民法典#1"}}}
		if m.Later == nil {
			return reply
		}
		if ctx, done, ok := m.Later.Begin(); ok {
			reply.Later = &fakePromise{ctx, done, speak, entry}
		}
		return reply
	}
	return r, speak
}

// became waits for what became of a promise.
func (f *fakeFollowing) became(t *testing.T) bot.Effect {
	t.Helper()
	select {
	case e := <-f.effect:
		return e
	case <-time.After(10 * time.Second):
		t.Fatal("nothing became of the promise")
		return ""
	}
}

func TestAnAnswerFollowsOnce(t *testing.T) {
	f := &fakeFollowing{}
	r, speak := followRig(t, f, "consumer/returns")
	msg := r.text("这事咋整")
	if said := r.said(r.deliver(msg)); said != "我再找找" {
		t.Fatalf("reply = %q", said)
	}
	if len(f.doings) > 0 {
		t.Errorf("before the model spoke: %v", f.doings)
	}
	close(speak)
	if e := f.became(t); e != bot.Followed {
		t.Errorf("it became %s", e)
	}
	r.deliver(msg)
	r.Followups.Close()
	if got := strings.Join(f.doings, ", "); got != "follow >consumer/returns, send "+openid+" customer message text, count" {
		t.Errorf("done: %s", got)
	}
	want := stats.Event{At: noon(), Kind: stats.Later, Outcome: stats.Sent, Entry: "consumer/returns", Topic: "consumer", Source: "text", Model: true}
	if len(f.counts) != 1 || f.counts[0].Line() != want.Line() {
		t.Errorf("counted %+v, want %+v", f.counts, want)
	}
	if kept := r.inbox.results[0]; kept.Deed != wechat.Wrote || kept.Events[0].Outcome != "referred" || kept.Events[0].Model {
		t.Errorf("kept %+v, want a referral whose message allows to be written to", kept)
	}
}

func TestWhatBecomesOfAPromise(t *testing.T) {
	for name, c := range map[string]struct {
		entry  string
		f      *fakeFollowing
		want   bot.Effect
		doings string
	}{
		"the model chooses nothing":         {"", &fakeFollowing{}, bot.NoChoice, ""},
		"it chooses what may not be sent":   {"dv/what-counts", &fakeFollowing{}, bot.Unfit, ""},
		"the resident wrote meanwhile":      {"consumer/returns", &fakeFollowing{overtaken: true}, bot.Overtaken, "follow >consumer/returns"},
		"the store is away":                 {"consumer/returns", &fakeFollowing{gateErr: errors.New("away")}, bot.Overtaken, "follow >consumer/returns"},
		"nobody knows whether it was taken": {"consumer/returns", &fakeFollowing{sendErr: errors.New("the connection broke")}, bot.Doubtful, "follow >consumer/returns, send " + openid + " customer message text, count"},
		"it was certainly not taken":        {"consumer/returns", &fakeFollowing{sendErr: notTaken(t)}, bot.Unsent, "follow >consumer/returns, send " + openid + " customer message text, follow consumer/returns>"},
	} {
		t.Run(name, func(t *testing.T) {
			f := c.f
			r, speak := followRig(t, f, c.entry)
			r.deliver(r.text("这事咋整"))
			close(speak)
			if e := f.became(t); e != c.want {
				t.Errorf("it became %s, want %s", e, c.want)
			}
			r.Followups.Close()
			if got := strings.Join(f.doings, ", "); got != c.doings {
				t.Errorf("done: %s\nwant: %s", got, c.doings)
			}
		})
	}
}

// notTaken is the error of a call that was certainly not made.
func notTaken(t *testing.T) error {
	t.Helper()
	var client *wechat.Client
	err := client.SendMessage(t.Context(), openid, wechat.CustomerMessage{}) // refused before anything is called
	if err == nil || wechat.MaybeAccepted(err) {
		t.Fatalf("SendMessage of nothing = %v", err)
	}
	return err
}

func TestWhereNoAnswerFollows(t *testing.T) {
	for name, c := range map[string]struct {
		change func(r *rig)
		msg    func(r *rig) []byte
	}{
		"a test account":             {func(*rig) {}, func(r *rig) []byte { return r.textFrom("oStaffTest", "这事咋整") }},
		"the store is away":          {func(r *rig) { r.inbox.claimErr = errors.New("away") }, func(r *rig) []byte { return r.text("这事咋整") }},
		"danger":                     {func(*rig) {}, func(r *rig) []byte { return r.text("救命") }},
		"the message was taken over": {func(r *rig) { r.inbox.commitErr = ErrTakenOver }, func(r *rig) []byte { return r.text("这事咋整") }},
	} {
		t.Run(name, func(t *testing.T) {
			f := &fakeFollowing{}
			r, speak := followRig(t, f, "consumer/returns")
			c.change(r)
			close(speak)
			r.deliver(c.msg(r))
			r.Followups.Close()
			if len(f.doings) > 0 || len(f.effect) > 0 {
				t.Errorf("done: %v", f.doings)
			}
			if _, _, ok := r.Followups.Begin(); !ok {
				t.Error("the place was not given back")
			}
		})
	}
}

func TestFollowupsAreBoundedAndEnd(t *testing.T) {
	f := &fakeFollowing{}
	r, _ := followRig(t, f, "consumer/returns")
	for i := range maxFollowing + 1 {
		r.deliver(wechat.TextMessage(openid, original, fmt.Sprint(23456789012340000+i), "这事咋整", noon()))
	}
	if _, _, ok := r.Followups.Begin(); ok {
		t.Error("a place is free while the model chooses")
	}
	if begun := len(r.inbox.results); begun != maxFollowing+1 {
		t.Errorf("%d messages were answered", begun)
	}
	r.Followups.Close() // the model never speaks
	for range maxFollowing {
		if e := f.became(t); e != bot.NoChoice {
			t.Errorf("at the end it became %s", e)
		}
	}
	if len(f.doings) > 0 || len(f.effect) > 0 {
		t.Errorf("done %v, and more promises than places", f.doings)
	}
	r.deliver(wechat.TextMessage(openid, original, "23456789012349999", "还有一件", noon())) // after the end nothing begins
	if len(f.effect) > 0 {
		t.Error("an answer follows after the end")
	}
}
