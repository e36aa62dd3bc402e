package deliver

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pufa/campaign"
	"pufa/wechat"
)

// settler knows o1 to o9 and settles what it is told.
type settler struct {
	p       campaign.Progress
	settled []string
	wishes  []string
}

func (s *settler) ResidentOf(_ context.Context, openID string) (int64, error) {
	n, _ := strconv.ParseInt(openID[1:], 10, 64)
	if n > 9 {
		n = 0
	}
	return n, nil
}

func (s *settler) SettleReceipt(_ context.Context, id string, resident int64, f campaign.Fate) (bool, error) {
	s.settled = append(s.settled, fmt.Sprintf("%s %d %c", id, resident, f))
	if s.p[campaign.Doubtful] > 0 {
		s.p[campaign.Doubtful]--
		s.p[f]++
		return true, nil
	}
	return false, nil
}

func (s *settler) SendProgress(context.Context, string) (campaign.Progress, error) { return s.p, nil }

func (s *settler) SetConsent(_ context.Context, resident int64, name string, on bool) error {
	s.wishes = append(s.wishes, fmt.Sprint(resident, " ", name, " ", on))
	return nil
}

// event is an event as the callback reads it.
func event(name, from string) *wechat.Message {
	return &wechat.Message{Type: "event", Event: name, FromUser: from}
}

func massEvent(id, status, total, filtered, sent, failed string) *wechat.Message {
	m := event(wechat.EventMassSent, "o1")
	m.JobID, m.Status = id, status
	m.Mass = &wechat.MassResult{TotalCount: total, FilterCount: filtered, SentCount: sent, ErrorCount: failed}
	return m
}

func TestMassReceipts(t *testing.T) {
	for _, c := range []struct {
		name   string
		status campaign.Status
		event  *wechat.Message
		want   campaign.Status
		tally  campaign.Tally
		reason bool
	}{
		{"all got it", campaign.Waiting, massEvent("77", "send success", "100", "90", "90", "0"), campaign.Done, campaign.Tally{Planned: 100, Reached: 90, Filtered: 10}, false},
		{"some did not", campaign.Waiting, massEvent("77", "send success", "100", "90", "80", "10"), campaign.Partly, campaign.Tally{Planned: 100, Reached: 80, Failed: 10, Filtered: 10}, false},
		{"the admin refused", campaign.Waiting, massEvent("77", "err(40001)", "100", "0", "0", "0"), campaign.Failed, campaign.Tally{Planned: 100, Filtered: 100}, true},
		{"a doubt is settled", campaign.InDoubt, massEvent("77", "send success", "5", "5", "5", "0"), campaign.Done, campaign.Tally{Planned: 5, Reached: 5}, false},
		{"counts that cannot be read", campaign.Waiting, massEvent("77", "send success", "x", "", "", ""), campaign.Done, campaign.Tally{}, true},
		{"another message", campaign.Waiting, massEvent("78", "send success", "5", "5", "5", "0"), campaign.Waiting, campaign.Tally{}, false},
		{"no message at all", campaign.Waiting, massEvent("0", "send success", "5", "5", "5", "0"), campaign.Waiting, campaign.Tally{}, false},
		{"it was settled before", campaign.Done, massEvent("77", "send fail", "5", "5", "0", "5"), campaign.Done, campaign.Tally{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &desk{c: campaignOf(campaign.Mass)}
			d.c.Status, d.c.Sent.MsgID = c.status, 77
			r := &Receipts{Book: d, Settler: &settler{}, Now: func() time.Time { return nine }}
			if err := r.Take(t.Context(), c.event); err != nil {
				t.Fatal(err)
			}
			if d.c.Status != c.want || (d.c.Reason != "") != c.reason {
				t.Errorf("it is %s for %q, want %s", d.c.Status, d.c.Reason, c.want)
			}
			if diff := cmp.Diff(c.tally, d.c.Sent.Tally); diff != "" {
				t.Errorf("tally (-want +got):\n%s", diff)
			}
		})
	}
}

// A receipt may overtake the answer to the call: the platform is asked to come
// again, and then it counts.
func TestAReceiptThatComesTooEarlyIsRepeated(t *testing.T) {
	d := &desk{c: campaignOf(campaign.Mass)}
	d.c.Status, d.c.Sent.Key = campaign.Sending, "key"
	r := &Receipts{Book: d, Settler: &settler{}, Now: func() time.Time { return nine }}
	receipt := massEvent("77", "send success", "100", "90", "90", "0")
	if err := r.Take(t.Context(), receipt); !errors.Is(err, ErrEarly) || d.c.Status != campaign.Sending {
		t.Fatalf("Take = %v, the campaign is %s, want ErrEarly and no change", err, d.c.Status)
	}
	d.c.Sent.MsgID = 77
	if err := r.Take(t.Context(), receipt); err != nil || d.c.Status != campaign.Done || d.c.Sent.Tally.Reached != 90 {
		t.Errorf("Take = %v, the campaign is %s with %+v", err, d.c.Status, d.c.Sent.Tally)
	}
}

func TestPageReceipts(t *testing.T) {
	for status, want := range map[string]campaign.Status{"0": campaign.Done, "2": campaign.Failed, "3": campaign.Failed, "4": campaign.Failed, "6": campaign.Failed} {
		d := &desk{c: campaignOf(campaign.Publish)}
		d.c.Status, d.c.Sent.PublishID = campaign.Waiting, "88"
		m := event(wechat.EventPublished, "o1")
		m.Publish = &wechat.PublishResult{ID: "88", Status: status}
		r := &Receipts{Book: d, Settler: &settler{}}
		if err := r.Take(t.Context(), m); err != nil || d.c.Status != want || (d.c.Reason == "") != (want == campaign.Done) {
			t.Errorf("status %s: %v, it is %s for %q, want %s", status, err, d.c.Status, d.c.Reason, want)
		}
	}
}

func TestNoticeReceipts(t *testing.T) {
	receipt := func(who, template, code string) *wechat.Message {
		m := event(wechat.EventSubscriptionSent, who)
		m.Subscriptions = []wechat.Subscription{{TemplateID: template, ErrorCode: code}}
		return m
	}
	s := &settler{p: campaign.Progress{campaign.Accepted: 5, campaign.Doubtful: 2}}
	d := &desk{c: campaignOf(campaign.Notice)}
	d.c.Status = campaign.InDoubt
	r := &Receipts{Book: d, Settler: s, Template: "T1"}
	for _, m := range []*wechat.Message{receipt("o1", "T1", "0"), receipt("o2", "other", "0"), receipt("o99", "T1", "0")} {
		if err := r.Take(t.Context(), m); err != nil || d.c.Status != campaign.InDoubt {
			t.Errorf("%v, it is %s, want still in doubt", err, d.c.Status)
		}
	}
	if err := r.Take(t.Context(), receipt("o3", "T1", "43101")); err != nil || d.c.Status != campaign.Partly {
		t.Errorf("%v, it is %s, want partly", err, d.c.Status)
	}
	if diff := cmp.Diff([]string{"w38 1 2", "w38 3 6"}, s.settled); diff != "" {
		t.Errorf("settled (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(campaign.Tally{Planned: 7, Reached: 6, Failed: 1}, d.c.Sent.Tally); diff != "" {
		t.Errorf("tally (-want +got):\n%s", diff)
	}
}

func TestConsents(t *testing.T) {
	s := &settler{}
	r := &Receipts{Book: &desk{}, Settler: s, Template: "T1"}
	for _, name := range []string{wechat.EventSubscriptionAsked, wechat.EventSubscriptionChange, "VIEW"} {
		m := event(name, "o4")
		m.Subscriptions = []wechat.Subscription{{TemplateID: "T1", Choice: "accept"}, {TemplateID: "T2", Choice: "reject"}, {TemplateID: "T3"}}
		if err := r.Take(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	one := []string{"4 notice|T1 true", "4 notice|T2 false"}
	if diff := cmp.Diff(append(one, one...), s.wishes); diff != "" {
		t.Errorf("consents (-want +got):\n%s", diff)
	}
}

// counter counts the recipients of any terms as 10 less one a consent.
type counter struct{}

func (counter) CountRecipients(_ context.Context, t campaign.Terms) (int64, error) {
	return 10 - int64(len(t.Consents)), nil
}

func TestCrowd(t *testing.T) {
	everyone, topic := campaign.Audience{Scope: campaign.Everyone}, campaign.Audience{Scope: campaign.ByTopic, Topic: "women"}
	for _, c := range []struct {
		ch   campaign.Channel
		a    campaign.Audience
		want int64 // -1: not known
	}{
		{campaign.Mass, everyone, 10},
		{campaign.Mass, campaign.Audience{Scope: campaign.ByTag, Tag: 2}, -1},
		{campaign.Notice, everyone, 9},
		{campaign.Notice, topic, 8},
		{campaign.Message, everyone, -1},
		{campaign.Notice, campaign.Audience{}, -1},
	} {
		n, known, err := Crowd{Lists: counter{}, Template: "T1"}.Count(t.Context(), c.ch, c.a)
		if !known {
			n = -1
		}
		if err != nil || n != c.want {
			t.Errorf("Count(%s, %v) = %d, %v, want %d", c.ch, c.a, n, err, c.want)
		}
	}
}
