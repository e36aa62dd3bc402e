package handlers

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pufa/bot"
	"pufa/staff"
	"pufa/wechat"
)

// trialBook knows one code, which makes one test account.
type trialBook struct {
	code  string
	known map[string]bool
	tried int
	err   error
}

func (b *trialBook) bind(_ context.Context, code, openid string) error {
	b.tried++
	switch {
	case b.err != nil:
		return b.err
	case code != b.code:
		return fmt.Errorf("bind: %w", staff.ErrTestCode)
	}
	b.code = ""
	b.known[openid] = true
	return nil
}

func trialRig(t *testing.T) (*rig, *trialBook) {
	t.Helper()
	b := &trialBook{code: "7KQ4M2XR", known: map[string]bool{}}
	return newRig(t, func(c *Config) {
		c.TestAccount, c.BindTest = func(id string) bool { return b.known[id] }, b.bind
	}), b
}

func TestStaffBindTheirWeChat(t *testing.T) {
	r, b := trialRig(t)
	message := r.text("绑定测试 7kq4m2xr")
	if got := r.said(r.deliver(message)); got != sayTestBound || !b.known[openid] {
		t.Fatalf("said %q, known %v", got, b.known)
	}
	if got := r.said(r.deliver(message)); got != sayTestBound || b.tried != 1 {
		t.Errorf("the same delivery again: %q, tried %d times", got, b.tried)
	}
	if a := r.inbox.arrivals[0]; !a.Test {
		t.Errorf("the message is claimed as a resident's: %+v", a)
	}
	if result := r.inbox.results[0]; len(result.Events) > 0 || result.Action != bot.NoAction || result.Stored.Text != sayTestBound {
		t.Errorf("kept %+v", result)
	}
	if len(r.bot.messages()) > 0 {
		t.Error("the bot was asked")
	}
	r.deliver(wechat.TextMessage(openid, original, "2", "能退吗", noon()))
	if last := r.inbox.results[len(r.inbox.results)-1]; len(r.inbox.results) != 2 || len(last.Events) > 0 || !r.inbox.arrivals[len(r.inbox.arrivals)-1].Test {
		t.Errorf("what a test account asks is counted: %+v", last.Events)
	}
	if log := r.log.String(); strings.Contains(log, "7KQ4M2XR") || strings.Contains(log, openid) {
		t.Errorf("the log says %s", log)
	}
}

func TestWhatIsSaidToACode(t *testing.T) {
	for _, c := range []struct {
		name, text string
		prepare    func(*trialBook)
		want       string
		test       bool // it counts as little as a test account's
	}{
		{"a wrong one", "绑定测试 22222222", func(*trialBook) {}, sayTestCode, true},
		{"a used one of somebody who is bound", "绑定测试 22222222", func(b *trialBook) { b.known[openid] = true }, sayTestKnown, true},
		{"one too many", "绑定测试 7KQ4M2XR", func(b *trialBook) { b.err = fmt.Errorf("bind: %w", staff.ErrTesters) }, sayTestFull, true},
		{"while the store is away", "绑定测试 7KQ4M2XR", func(b *trialBook) { b.err = errors.New("away") }, sayTestAway, true},
		{"the words alone are a question like any other", "绑定测试", func(*trialBook) {}, "您问的是：绑定测试", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, b := trialRig(t)
			c.prepare(b)
			if got := r.said(r.deliver(r.text(c.text))); !strings.HasPrefix(got, c.want) {
				t.Errorf("said %q, want %q", got, c.want)
			}
			if a := r.inbox.arrivals[0]; a.Test != c.test {
				t.Errorf("claimed as %+v, want test %t", a, c.test)
			}
			if n := len(r.inbox.results[0].Events); (n == 0) != c.test {
				t.Errorf("%d events are counted", n)
			}
		})
	}
}

// Whoever tries codes is stopped after a few, and answered like any resident.
func TestCodesAreNotTriedWithoutEnd(t *testing.T) {
	r, b := trialRig(t)
	try := func(from string, n int) {
		r.deliver(wechat.TextMessage(from, original, fmt.Sprint(from, n), "绑定测试 2222222"+"23456789ABCDEFGHJK"[n:n+1], noon()))
	}
	for n := range maxBinds + 4 {
		try(openid, n)
	}
	if b.tried != maxBinds {
		t.Errorf("%d codes of one person were looked up, want %d", b.tried, maxBinds)
	}
	if last := r.inbox.results[len(r.inbox.results)-1]; len(last.Events) != 1 || r.inbox.arrivals[len(r.inbox.arrivals)-1].Test {
		t.Errorf("beyond that the message is not an ordinary one: %+v", last)
	}
	for n := range maxAllBinds + 10 {
		try(fmt.Sprint("o", n), 0)
	}
	if b.tried != maxAllBinds {
		t.Errorf("%d codes in a minute were looked up, want %d", b.tried, maxAllBinds)
	}
}

func TestOnlyATextMakesATestAccount(t *testing.T) {
	r, b := trialRig(t)
	r.deliver(r.textFrom(TryPrefix+"X", "绑定测试 7KQ4M2XR"))
	r.deliver(wechat.NewMessage(wechat.TypeVoice, openid, original, noon(),
		wechat.Element{Name: "Recognition", Value: "绑定测试 7KQ4M2XR"}, wechat.Element{Name: "MsgId", Value: "77"}))
	r.deliver(wechat.EventMessage(openid, original, wechat.EventClick, noon(), wechat.Element{Name: "EventKey", Value: "绑定测试 7KQ4M2XR"}))
	without := newRig(t)
	if got := without.said(without.deliver(without.text("绑定测试 7KQ4M2XR"))); !strings.HasPrefix(got, "您问的是") {
		t.Errorf("without test accounts it is said %q", got)
	}
	if b.tried > 0 {
		t.Errorf("%d codes were looked up", b.tried)
	}
}
