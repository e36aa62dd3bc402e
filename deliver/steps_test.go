package deliver

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pufa/campaign"
	"pufa/wechat"
)

// nine is nine in the morning of 8 March 2026.
var nine = time.Date(2026, 3, 8, 9, 0, 0, 0, campaign.Zone)

// desk holds one campaign, as the store does.
type desk struct {
	mu      sync.Mutex
	c       campaign.Campaign
	next    time.Time
	token   string
	trail   []campaign.Status
	expired bool
	stopped string
	planned []string // consents of the list that was made
}

func (d *desk) ClaimDue(_ context.Context, now time.Time, token string, _ time.Duration) (campaign.Campaign, bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if now.Before(d.next) || d.c.Status != campaign.Scheduled && !d.c.Status.Working() {
		return campaign.Campaign{}, false, nil
	}
	d.token = token
	return d.c, true, nil
}

func (d *desk) Renew(_ context.Context, _ string, _ time.Time, token string, _ time.Duration) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.token != token {
		return campaign.ErrLost
	}
	return nil
}

func (d *desk) Release(_ context.Context, _, token string, next time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.token != token {
		return campaign.ErrLost
	}
	d.token, d.next = "", next
	return nil
}

func (d *desk) Advance(_ context.Context, c campaign.Campaign, token string, _ campaign.Deed) (campaign.Campaign, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.token != token:
		return c, campaign.ErrLost
	case d.c.Version != c.Version:
		return c, campaign.ErrChanged
	}
	return d.put(c), nil
}

func (d *desk) put(c campaign.Campaign) campaign.Campaign {
	if c.Status != d.c.Status {
		d.trail = append(d.trail, c.Status)
	}
	c.Version++
	if d.c = c; !c.Status.Working() {
		d.token = ""
	}
	return c
}

func (d *desk) Begun(context.Context) (int64, error) { return 0, nil }

func (d *desk) Begin(ctx context.Context, c campaign.Campaign, token string, deed campaign.Deed, _ int64) (campaign.Campaign, error) {
	return d.Advance(ctx, c, token, deed)
}

func (d *desk) Campaign(context.Context, string) (campaign.Campaign, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.c, nil
}

func (d *desk) Campaigns(_ context.Context, f campaign.Filter) ([]campaign.Campaign, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !f.Has(d.c) {
		return nil, nil
	}
	return []campaign.Campaign{d.c}, nil
}

func (d *desk) Put(_ context.Context, c campaign.Campaign, _ campaign.Deed) (campaign.Campaign, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.c.Version != c.Version {
		return c, campaign.ErrChanged
	}
	return d.put(c), nil
}

func (d *desk) CountPreview(context.Context, time.Time, int) (int, error) { return 1, nil }

func (d *desk) PlanSend(_ context.Context, _ string, t campaign.Terms) error {
	d.planned = t.Consents
	return nil
}

func (d *desk) ExpireSend(context.Context, string) error {
	d.expired = true
	return nil
}

func (d *desk) Stopped(context.Context) (string, error) { return d.stopped, nil }

// platform answers each kind of call with the next of its answers, the last
// one for ever.
type platform struct {
	drafts, masses, publishes, looks []error
	state                            []wechat.MassState
	page                             []wechat.PublishState
	keys                             []string
	submitted                        int
	articles                         []wechat.DraftArticle
	messages                         []string
}

func next[T any](list *[]T) (v T) {
	if len(*list) == 0 {
		return v
	}
	v = (*list)[0]
	if len(*list) > 1 {
		*list = (*list)[1:]
	}
	return v
}

func (p *platform) AddDraft(_ context.Context, articles []wechat.DraftArticle) (string, error) {
	p.articles = articles
	return "media-1", next(&p.drafts)
}

func (p *platform) Draft(context.Context, string) ([]wechat.DraftArticle, error) {
	return nil, next(&p.looks)
}

func (p *platform) SendMass(_ context.Context, m wechat.MassMessage) (wechat.MassJob, error) {
	p.keys = append(p.keys, m.Key+" "+m.Audience.String())
	return wechat.MassJob{MsgID: 77}, next(&p.masses)
}

func (p *platform) MassStateOf(context.Context, int64) (wechat.MassState, error) {
	return next(&p.state), nil
}

func (p *platform) Publish(context.Context, string) (wechat.PublishJob, error) {
	p.submitted++
	return wechat.PublishJob{ID: "88"}, next(&p.publishes)
}

func (p *platform) PublishStateOf(context.Context, string) (wechat.PublishState, *wechat.PublishResult, error) {
	return next(&p.page), nil, nil
}

func (p *platform) SendNotice(_ context.Context, openID string, n wechat.Notice) (string, error) {
	p.messages = append(p.messages, openID+" "+n.Fields["thing1"]+" "+n.Page)
	return "", nil
}

func (p *platform) SendMessage(_ context.Context, openID string, _ wechat.CustomerMessage) error {
	p.messages = append(p.messages, openID)
	return nil
}

// workerOf is a worker over a desk and a platform, by a clock that is set.
func workerOf(d *desk, p *platform, l *list, now *time.Time) *Worker {
	clock := func() time.Time { return *now }
	quiet := slog.New(slog.DiscardHandler)
	return &Worker{
		Queue: d, Book: d, Platform: p, Direct: p, Lists: d, Brakes: l, Now: clock, Log: quiet,
		Runner: &Runner{Queue: l, Followers: l, Brakes: l, Workers: 1, Log: quiet},
		Start: func(ctx context.Context, c campaign.Campaign, token string) (campaign.Campaign, bool, error) {
			if c.Status.Working() {
				return c, true, nil
			}
			c.Began = clock()
			deed, err := c.Move(campaign.Claimed, clock(), "")
			if err != nil {
				return c, false, err
			}
			got, err := d.Advance(ctx, c, token, deed)
			return got, err == nil, err
		},
		Options: Options{PublicURL: "https://law.example.org/", Cover: "cover-1", Template: "T1"},
	}
}

// campaignOf is a campaign that is due at nine.
func campaignOf(ch campaign.Channel) campaign.Campaign {
	return campaign.Campaign{
		ID: "w38", Channel: ch, Status: campaign.Scheduled, Audience: campaign.Audience{Scope: campaign.Everyone},
		Articles: []campaign.Article{{Title: "妇女权益", Body: "第一段 <b>\n\n第二段", Entries: []string{"women/leave"}}},
		Text:     "thing1：妇女权益宣传周", Entries: []string{"women/leave"},
		Due: nine, Until: nine.Add(48 * time.Hour), Grace: 12 * time.Hour,
	}
}

var (
	errLostAnswer = errors.New("no answer") // nothing is known
	errBusy       = refusal(0, wechat.Retry)
	errNoQuota    = refusal(45028, wechat.QuotaUsed)
	errDayQuota   = refusal(45009, wechat.QuotaUsed)
	errContent    = refusal(45002, wechat.Content)
	errNoDraft    = refusal(40007, wechat.BadMedia)
	errBanned     = refusal(48004, wechat.StopAll)
)

func TestSteps(t *testing.T) {
	for _, c := range []struct {
		name     string
		channel  campaign.Channel
		p        platform
		change   func(*desk, *list)
		want     []campaign.Status
		keys     int // mass calls
		submits  int // publish calls
		lateness time.Duration
	}{
		{
			name: "a mass message goes out and is done", channel: campaign.Mass, p: platform{state: []wechat.MassState{wechat.MassSent}},
			want: []campaign.Status{campaign.Claimed, campaign.Sending, campaign.Waiting, campaign.Done}, keys: 1,
		},
		{
			name: "a mass message whose answer was lost is repeated under its key", channel: campaign.Mass,
			p:    platform{masses: []error{errLostAnswer, errLostAnswer, nil}, state: []wechat.MassState{wechat.MassSent}},
			want: []campaign.Status{campaign.Claimed, campaign.Sending, campaign.Waiting, campaign.Done}, keys: 3,
		},
		{
			name: "it is in doubt when its key is too old", channel: campaign.Mass, p: platform{masses: []error{errLostAnswer}},
			want: []campaign.Status{campaign.Claimed, campaign.Sending, campaign.InDoubt}, keys: -1,
		},
		{
			name: "no quota ends it", channel: campaign.Mass, p: platform{masses: []error{errNoQuota}},
			want: []campaign.Status{campaign.Claimed, campaign.Sending, campaign.Failed}, keys: 1,
		},
		{
			name: "no quota after a lost answer is a doubt", channel: campaign.Mass, p: platform{masses: []error{errLostAnswer, errNoQuota}},
			want: []campaign.Status{campaign.Claimed, campaign.Sending, campaign.InDoubt}, keys: 2,
		},
		{
			name: "the day's quota is back after its grace", channel: campaign.Mass, p: platform{masses: []error{errDayQuota}},
			want: []campaign.Status{campaign.Claimed, campaign.Sending, campaign.Failed}, keys: 1,
		},
		{
			name: "a platform that is away is asked again within the grace", channel: campaign.Mass,
			p:    platform{drafts: []error{errBusy, nil}, masses: []error{errBusy, nil}, state: []wechat.MassState{wechat.MassSending, wechat.MassFailed}},
			want: []campaign.Status{campaign.Claimed, campaign.Sending, campaign.Waiting, campaign.Failed}, keys: 2,
		},
		{
			name: "a platform that stays away until the grace is over fails it", channel: campaign.Mass, p: platform{masses: []error{errBusy}},
			want: []campaign.Status{campaign.Claimed, campaign.Sending, campaign.Failed}, keys: -1,
		},
		{
			name: "refused content ends it before anything is sent", channel: campaign.Mass, p: platform{drafts: []error{errContent}},
			want: []campaign.Status{campaign.Claimed, campaign.Failed},
		},
		{
			name: "a draft that is gone is written once more", channel: campaign.Mass,
			p:    platform{masses: []error{errNoDraft, nil}, state: []wechat.MassState{wechat.MassDeleted}},
			want: []campaign.Status{campaign.Claimed, campaign.Sending, campaign.Waiting, campaign.Failed}, keys: 2,
		},
		{
			name: "a result that never comes is a doubt", channel: campaign.Mass, p: platform{state: []wechat.MassState{wechat.MassSending}},
			want: []campaign.Status{campaign.Claimed, campaign.Sending, campaign.Waiting, campaign.InDoubt}, keys: 1,
		},
		{
			name: "a topic is no audience of a mass message", channel: campaign.Mass,
			change: func(d *desk, _ *list) { d.c.Audience = campaign.Audience{Scope: campaign.ByTopic, Topic: "women"} },
			want:   []campaign.Status{campaign.Claimed, campaign.Failed},
		},
		{
			name: "a page is published", channel: campaign.Publish, p: platform{page: []wechat.PublishState{wechat.Publishing, wechat.Published}},
			want: []campaign.Status{campaign.Claimed, campaign.Sending, campaign.Waiting, campaign.Done}, submits: 1,
		},
		{
			name: "a page is refused by the platform", channel: campaign.Publish, p: platform{page: []wechat.PublishState{wechat.PublishRejected}},
			want: []campaign.Status{campaign.Claimed, campaign.Sending, campaign.Waiting, campaign.Failed}, submits: 1,
		},
		{
			name: "a submission is not repeated: its draft is gone, so it is a doubt", channel: campaign.Publish,
			p:    platform{publishes: []error{errLostAnswer}, looks: []error{errNoDraft}},
			want: []campaign.Status{campaign.Claimed, campaign.Sending, campaign.InDoubt}, submits: 1,
		},
		{
			name: "a submission is not repeated: its draft is still there, so it failed", channel: campaign.Publish,
			p:    platform{publishes: []error{errLostAnswer}},
			want: []campaign.Status{campaign.Claimed, campaign.Sending, campaign.Failed}, submits: 1,
		},
		{
			name: "a submission that was surely refused is tried again", channel: campaign.Publish,
			p:    platform{publishes: []error{errBusy, nil}},
			want: []campaign.Status{campaign.Claimed, campaign.Sending, campaign.Waiting, campaign.Done}, submits: 2,
		},
		{
			name: "a card is shown until its window ends", channel: campaign.Card,
			want: []campaign.Status{campaign.Claimed, campaign.Sending, campaign.Done}, lateness: 48 * time.Hour,
		},
		{
			name: "a ban stops everything, and this campaign when its grace is over", channel: campaign.Mass, p: platform{masses: []error{errBanned}},
			want: []campaign.Status{campaign.Claimed, campaign.Sending, campaign.Failed}, keys: -1,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, now := &desk{c: campaignOf(c.channel), next: nine}, nine
			l := newList(0)
			if c.change != nil {
				c.change(d, l)
			}
			w := workerOf(d, &c.p, l, &now)
			for range 3000 {
				if worked, err := w.Tick(t.Context()); err != nil {
					t.Fatal(err)
				} else if !worked && d.c.Status.Over() {
					break
				}
				now = now.Add(time.Minute)
			}
			if diff := cmp.Diff(c.want, d.trail); diff != "" {
				t.Errorf("states (-want +got):\n%s", diff)
			}
			if c.keys >= 0 && len(c.p.keys) != c.keys || c.p.submitted != c.submits {
				t.Errorf("%d mass calls and %d submissions, want %d and %d", len(c.p.keys), c.p.submitted, c.keys, c.submits)
			}
			slices.Sort(c.p.keys)
			if keys := slices.Compact(c.p.keys); len(keys) > 1 || len(keys) == 1 && keys[0] != "pufa-w38 "+wechat.All("pufa-w38").String() {
				t.Errorf("keys %v, want one", keys)
			}
			if now.Sub(nine) < c.lateness {
				t.Errorf("over after %v, want %v", now.Sub(nine), c.lateness)
			}
			if d.c.Status != campaign.Done && d.c.Reason == "" {
				t.Error("it has no reason for staff")
			}
		})
	}
}

func TestArticles(t *testing.T) {
	got := Options{PublicURL: "https://law.example.org/", Author: "司法所", Cover: "cover-1"}.articles(campaignOf(campaign.Mass))
	want := []wechat.DraftArticle{{
		Title: "妇女权益", Author: "司法所", Content: "<p>第一段 &lt;b&gt;</p><p>第二段</p>", CoverID: "cover-1",
		SourceURL: "https://law.example.org/a/women/leave?c=w38",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("articles (-want +got):\n%s", diff)
	}
}
