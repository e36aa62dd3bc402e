package main

import (
	"fmt"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestTenThousandResidents has ten thousand residents ask once each, over a
// redis-server where there is one.
func TestTenThousandResidents(t *testing.T) {
	t.Parallel()
	const residents = 10_000
	v := withAccount(t)
	if _, err := exec.LookPath("redis-server"); err == nil {
		v = v.and("PUFA_REDIS_URL", startRedis(t).url())
	}
	c := startChild(t, v)
	p := platformOf(t, v, c.url, time.Now)
	start := time.Now()
	var silent atomic.Int64
	each(residents, 32, func(n int) {
		if text, err := p.deliver(p.text(openidOf(n), fmt.Sprint(n+1), questionOf(n))); err != nil || text == "" {
			silent.Add(1)
		}
	})
	took := time.Since(start)
	if n := silent.Load(); n > 0 {
		t.Errorf("%d of %d residents got no reply", n, residents)
	}
	f := v.report(t)
	f.hold(t, map[string]int64{"messages": residents, "residents": residents})
	if n := f.part("residents", "open_month", time.Now().In(zone).Format("200601")); n != residents {
		t.Errorf("residents of the month = %d, want %d", n, residents)
	}
	v.verified(t)
	t.Logf("%d residents in %s, the slowest reply took %s", residents, took, p.slowest)
}

// TestOneResidentWhoSendsTooMuch sends 200 messages of one resident within a
// minute, one of them in danger.
func TestOneResidentWhoSendsTooMuch(t *testing.T) {
	t.Parallel()
	const messages, most, danger = 200, 20, 150
	v := withAccount(t)
	h := serveHere(t, v, noon)
	p := platformOf(t, v, h.url, noon)
	var limited, answered atomic.Int64
	send := func(n int) string { return p.says(p.text(openidOf(1), fmt.Sprint(n+1), askReturn)) }
	for n := range most {
		if text := send(n); !strings.Contains(text, "您问的是：") {
			t.Errorf("message %d is not answered: %q", n+1, text)
		}
	}
	each(messages-most, 8, func(n int) {
		n += most
		if n == danger {
			if text := p.says(p.text(openidOf(1), "danger", "救命，有人拿刀砍人")); !strings.Contains(text, "110") || strings.Contains(text, "发得有点快") {
				t.Errorf("the message in danger got %q", text)
			}
			return
		}
		if text := send(n); strings.Contains(text, "您发得有点快，请过一分钟再发") {
			limited.Add(1)
		} else {
			answered.Add(1)
		}
	})
	if limited.Load() != messages-most-1 || answered.Load() != 0 {
		t.Errorf("after the first %d: %d asked to wait, %d answered", most, limited.Load(), answered.Load())
	}
	v.reportAt(t, noon).hold(t, map[string]int64{
		"messages": messages, "answered": most, "limited": messages - most - 1, "crisis": 1, "residents": 1,
	})
	v.verifiedAt(t, noon)
}

// TestAMinuteLaterTheResidentIsAnsweredAgain lets the minute pass.
func TestAMinuteLaterTheResidentIsAnsweredAgain(t *testing.T) {
	t.Parallel()
	v, c := withAccount(t), &clock{at: noon()}
	h := serveHere(t, v, c.now)
	p := platformOf(t, v, h.url, c.now)
	for n := range 21 {
		p.says(p.text(openidOf(1), fmt.Sprint(n), askReturn))
	}
	c.set(noon().Add(time.Minute))
	if text := p.says(p.text(openidOf(1), "later", askReturn)); !strings.Contains(text, "您问的是：") {
		t.Errorf("a minute later: %q", text)
	}
}
