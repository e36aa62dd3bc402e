package deliver

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pufa/campaign"
	"pufa/wechat"
)

func TestDirect(t *testing.T) {
	topic := campaign.Audience{Scope: campaign.ByTopic, Topic: "women"}
	for _, c := range []struct {
		name    string
		channel campaign.Channel
		n       int
		change  func(*desk, *list, *Worker)
		want    campaign.Status
		tally   campaign.Tally
		said    string
		needs   []string
	}{
		{
			name: "notices to who consented", channel: campaign.Notice, n: 3, want: campaign.Done, tally: campaign.Tally{Planned: 3, Reached: 3},
			said: "o1 妇女权益宣传周 https://law.example.org/a/women/leave?c=w38", needs: []string{"notice|T1"},
		},
		{
			name: "notices to who asked for a topic", channel: campaign.Notice, n: 1, want: campaign.Done, tally: campaign.Tally{Planned: 1, Reached: 1},
			change: func(d *desk, _ *list, _ *Worker) { d.c.Audience = topic },
			said:   "o1 妇女权益宣传周 https://law.example.org/a/women/leave?c=w38", needs: []string{"topic|women", "notice|T1"},
		},
		{
			name: "customer messages", channel: campaign.Message, n: 2, want: campaign.Done, tally: campaign.Tally{Planned: 2, Reached: 2}, said: "o1",
		},
		{name: "nobody to send to", channel: campaign.Message, want: campaign.Failed},
		{
			name: "who left is a failure", channel: campaign.Message, n: 2, want: campaign.Partly, tally: campaign.Tally{Planned: 2, Reached: 1, Failed: 1}, said: "o1",
			change: func(_ *desk, l *list, _ *Worker) { l.gone[2] = true },
		},
		{
			name: "no template", channel: campaign.Notice, n: 1, want: campaign.Failed,
			change: func(_ *desk, _ *list, w *Worker) { w.Options.Template = "" },
		},
		{
			name: "a text that is no notice", channel: campaign.Notice, n: 1, want: campaign.Failed,
			change: func(d *desk, _ *list, _ *Worker) { d.c.Text = "妇女权益" },
		},
		{
			name: "a tag", channel: campaign.Message, n: 1, want: campaign.Failed,
			change: func(d *desk, _ *list, _ *Worker) { d.c.Audience = campaign.Audience{Scope: campaign.ByTag, Tag: 2} },
		},
		{
			name: "its window is over", channel: campaign.Message, n: 2, want: campaign.Failed, tally: campaign.Tally{Planned: 2, Filtered: 2},
			change: func(d *desk, _ *list, _ *Worker) { d.c.Until = nine },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, now, l, p := &desk{c: campaignOf(c.channel), next: nine}, nine, newList(c.n), &platform{}
			w := workerOf(d, p, l, &now)
			w.Runner.Group = 1
			if c.change != nil {
				c.change(d, l, w)
			}
			if worked, err := w.Tick(t.Context()); err != nil || !worked {
				t.Fatalf("Tick = %t, %v", worked, err)
			}
			if d.c.Status != c.want || d.c.Status == campaign.Failed && c.n == 0 && d.c.Reason == "" {
				t.Errorf("it is %s for %q, want %s", d.c.Status, d.c.Reason, c.want)
			}
			if diff := cmp.Diff(c.tally, d.c.Sent.Tally); diff != "" {
				t.Errorf("tally (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.needs, d.planned); diff != "" && c.said != "" {
				t.Errorf("consents needed (-want +got):\n%s", diff)
			}
			if said := append(p.messages, "")[0]; said != c.said {
				t.Errorf("the first message is %q, want %q", said, c.said)
			}
			if c.tally.Planned > 0 && !d.expired {
				t.Error("its list does not expire")
			}
		})
	}
}

func TestDirectStopsForStaff(t *testing.T) {
	for status, want := range map[campaign.Status]Order{campaign.Paused: Hold, campaign.Cancelled: Cancel, campaign.Sending: Hold} {
		d, now := &desk{c: campaignOf(campaign.Message), token: "mine"}, nine
		h := &held{Worker: workerOf(d, &platform{}, newList(0), &now), c: d.c, token: "mine"}
		if order, err := h.order(t.Context()); order != Go || err != nil {
			t.Errorf("order = %d, %v while it is ours, want Go", order, err)
		}
		d.c.Status, d.token = status, ""
		if order, err := h.order(t.Context()); order != want || err != nil {
			t.Errorf("order of a campaign that is %s = %d, %v, want %d", status, order, err, want)
		}
	}
}

func TestStoppedWaits(t *testing.T) {
	d, now := &desk{c: campaignOf(campaign.Mass), next: nine, stopped: "48004"}, nine
	p := &platform{}
	if worked, err := workerOf(d, p, newList(0), &now).Tick(t.Context()); !worked || err != nil {
		t.Fatalf("Tick = %t, %v", worked, err)
	}
	if len(p.keys)+len(p.articles) > 0 || d.c.Status != campaign.Claimed || !d.next.After(nine) {
		t.Errorf("while everything is stopped: calls %v, %s, next %v", p.keys, d.c.Status, d.next)
	}
}

func TestHaltedCampaigns(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		want campaign.Status
	}{
		{"refused content ends it", errContent, campaign.Failed},
		{"a secret that is wrong waits for a person", refusal(40125, "misconfigured"), campaign.Sending},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, now, l := &desk{c: campaignOf(campaign.Message), next: nine}, nine, newList(3)
			w := workerOf(d, &platform{}, l, &now)
			w.Direct = always{&platform{}, c.err}
			if _, err := w.Tick(t.Context()); err != nil {
				t.Fatal(err)
			}
			if d.c.Status != c.want || l.skipped != (c.want == campaign.Failed) {
				t.Errorf("it is %s, the rest is skipped: %t", d.c.Status, l.skipped)
			}
		})
	}
}

// always answers every call with an error.
type always struct {
	Direct
	err error
}

func (a always) SendMessage(context.Context, string, wechat.CustomerMessage) error { return a.err }
