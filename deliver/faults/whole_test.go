package faults

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"pufa/campaign"
	"pufa/deliver"
	"pufa/store"
	"pufa/wechat/wechattest"
)

// wholePrefix marks the campaigns of a child that go out as a whole.
const wholePrefix = "whole-"

// workerOf works on whole campaigns, by a clock.
func workerOf(s *store.Store, api string, now func() time.Time) (*deliver.Worker, error) {
	client, err := clientOf(api)
	if err != nil {
		return nil, err
	}
	quiet := slog.New(slog.DiscardHandler)
	return &deliver.Worker{
		Queue: s, Book: s, Platform: client, Direct: client, Lists: s, Brakes: s, Now: now, Log: quiet,
		Runner: &deliver.Runner{Queue: s, Followers: s, Brakes: s, Log: quiet},
		Start: func(ctx context.Context, c campaign.Campaign, token string) (campaign.Campaign, bool, error) {
			if c.Status.Working() {
				return c, true, nil
			}
			begun, err := s.Begun(ctx)
			if err != nil {
				return c, false, err
			}
			deed, err := c.Move(campaign.Claimed, now(), "")
			if err != nil {
				return c, false, err
			}
			c.Began = now().UTC().Truncate(time.Second)
			got, err := s.Begin(ctx, c, token, deed, begun)
			return got, err == nil, err
		},
	}, nil
}

// workWhole is what a child does with a whole campaign: it takes one step
// after another until there is none to take now.
func workWhole(ctx context.Context, s *store.Store, api string) error {
	w, err := workerOf(s, api, time.Now)
	if err != nil {
		return err
	}
	for {
		if worked, err := w.Tick(ctx); err != nil || !worked {
			return err
		}
	}
}

// TestWholeCampaignKilledAtEachStep kills the sender of a mass message and of
// a page before and after each of its requests, and lets another one go on.
func TestWholeCampaignKilledAtEachStep(t *testing.T) {
	t.Parallel()
	redis := startRedis(t)
	for _, channel := range []campaign.Channel{campaign.Mass, campaign.Publish} {
		total, status := whole(t, redis, channel, moment{})
		if total < 10 || status != campaign.Done {
			t.Fatalf("%s without a death has %d requests and ends as %s", channel, total, status)
		}
		t.Run(string(channel), func(t *testing.T) {
			for i := range 2 * total {
				m := moment{at: i/2 + 1, late: i%2 == 1}
				t.Run(m.String(), func(t *testing.T) {
					t.Parallel()
					whole(t, redis, channel, m)
				})
			}
		})
		t.Logf("%s: %d moments", channel, 2*total)
	}
}

// whole has a process send a whole campaign, which dies at a moment, and
// another one go on. It returns how many requests the first one made, and how
// the campaign ended.
func whole(t *testing.T, redis *redisServer, channel campaign.Channel, m moment) (int, campaign.Status) {
	t.Helper()
	const followers = 5
	name := fmt.Sprint("w", channel, m)
	p, err := wechattest.Start(wechattest.Options{Followers: followers, CampaignOf: func([]byte) string { return name }})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	s := storeOf(t, redis, name)
	due := time.Now().Add(-time.Minute)
	_, err = s.Put(t.Context(), campaign.Campaign{
		ID: "w38", Title: "妇女权益", Channel: channel, Audience: campaign.Audience{Scope: campaign.Everyone},
		Articles: []campaign.Article{{Title: "妇女权益", Digest: "摘要", Body: "正文", Cover: p.AddMaterial()}},
		Due:      due, Until: due.Add(48 * time.Hour), Grace: 12 * time.Hour, Status: campaign.Scheduled, Author: "a",
	}, campaign.Deed{At: due, Who: "a", Did: "campaign schedule", What: "campaign w38"})
	if err != nil {
		t.Fatal(err)
	}
	var kid *child
	started := make(chan struct{})
	k := &steps{at: m.at, late: m.late, kill: func() { <-started; kid.kill() }}
	kid = startChild(t, childSettings{
		account: name, redis: k.door(t, redis.addr()), api: k.door(t, p.URL()[len("http://"):]), id: wholePrefix + "w38",
		workers: 1, group: 1,
	})
	close(started)
	<-kid.ended
	if m.at == 0 && kid.err != nil {
		t.Fatalf("the child ended with %v: %s", kid.err, kid.said)
	}
	c := finishWhole(t, s, p.URL())
	auditWhole(t, p, name, c, followers)
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.n, c.Status
}

// finishWhole takes the steps that are left, by a clock that runs on, until
// the campaign is over.
func finishWhole(t *testing.T, s *store.Store, api string) campaign.Campaign {
	t.Helper()
	now := time.Now()
	w, err := workerOf(s, api, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		now = now.Add(time.Minute)
		if _, err := w.Tick(t.Context()); err != nil {
			t.Errorf("Tick = %v", err)
		}
		if c, err := s.Campaign(t.Context(), "w38"); err != nil || c.Status.Over() {
			return c
		}
	}
	t.Error("it is not over after 100 minutes")
	return campaign.Campaign{}
}

// auditWhole compares how the campaign ended with what the platform saw.
func auditWhole(t *testing.T, p *wechattest.Platform, name string, c campaign.Campaign, followers int) {
	t.Helper()
	if c.Channel == campaign.Mass {
		if got := p.Reached(name); c.Status != campaign.Done || got.Followers != followers || got.Twice != 0 {
			t.Errorf("it is %s (%s), %+v, want done, all %d reached and nobody twice", c.Status, c.Reason, got, followers)
		}
		return
	}
	switch n := len(p.Pages()); {
	case n > 1:
		t.Errorf("%d pages were published, want one", n)
	case c.Status == campaign.Done && n != 1, c.Status == campaign.Failed && n != 0:
		t.Errorf("it is %s (%s), %d pages were published", c.Status, c.Reason, n)
	case c.Status != campaign.Done && c.Status != campaign.Failed && c.Status != campaign.InDoubt:
		t.Errorf("it is %s (%s)", c.Status, c.Reason)
	}
}
