package console

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pufa/campaign"
	"pufa/content"
	"pufa/report"
	"pufa/staff"
	"pufa/stats"
)

// firstOfMarch is ten in the morning, a week before the campaigns of the tests.
var firstOfMarch = time.Date(2027, 3, 1, 10, 0, 0, 0, campaign.Zone)

// pushBook keeps campaigns in memory as a store must.
type pushBook struct {
	mu       sync.Mutex
	rows     map[string][]byte
	trail    []campaign.Deed
	previews int
	down     error
}

func (b *pushBook) read(id string) (c campaign.Campaign, ok bool) {
	text, ok := b.rows[id]
	if ok && json.Unmarshal(text, &c) != nil {
		panic("a row is no campaign")
	}
	return c, ok
}

func (b *pushBook) Campaign(_ context.Context, id string) (campaign.Campaign, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, ok := b.read(id)
	if !ok && b.down == nil {
		return c, campaign.ErrUnknown
	}
	return c, b.down
}

func (b *pushBook) Campaigns(_ context.Context, f campaign.Filter) (list []campaign.Campaign, _ error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for id := range b.rows {
		if c, _ := b.read(id); f.Has(c) {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b campaign.Campaign) int { return cmp.Or(a.Due.Compare(b.Due), strings.Compare(a.ID, b.ID)) })
	return list, b.down
}

func (b *pushBook) Put(_ context.Context, c campaign.Campaign, step campaign.Deed) (campaign.Campaign, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if old, _ := b.read(c.ID); old.Version != c.Version {
		return c, campaign.ErrChanged
	}
	c.Version++
	text, err := json.Marshal(c)
	if err != nil {
		return c, err
	}
	b.rows[c.ID] = text
	b.trail = append(b.trail, step)
	return c, b.down
}

func (b *pushBook) CountPreview(_ context.Context, _ time.Time, limit int) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.previews = min(b.previews+1, limit+1)
	return b.previews, nil
}

// put keeps a campaign as it is, past the Desk.
func (b *pushBook) put(t *testing.T, c campaign.Campaign) campaign.Campaign {
	t.Helper()
	if old, ok := b.read(c.ID); ok {
		c.Version = old.Version
	}
	c, err := b.Put(t.Context(), c, campaign.Deed{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// pushShelf is the shipped library, all of it approved.
type pushShelf struct{ *content.Library }

func (pushShelf) Approved(*content.Entry) bool { return true }

// pushCrowd is how many follow.
type pushCrowd int64

func (n pushCrowd) Count(_ context.Context, ch campaign.Channel, _ campaign.Audience) (int64, bool, error) {
	return int64(n), ch == campaign.Mass, nil
}

// pushTests remembers what was sent to whom.
type pushTests struct {
	to   []string
	fail error
}

func (p *pushTests) SendTest(_ context.Context, c campaign.Campaign, to string) error {
	if p.fail == nil {
		p.to = append(p.to, c.ID+" "+to)
	}
	return p.fail
}

type adviceError string

func (adviceError) Error() string    { return "no" }
func (e adviceError) Advice() string { return string(e) }

// pushSending is how far a campaign is, and what it was settled as.
type pushSending struct {
	mu      sync.Mutex
	fates   campaign.Progress
	stopped string
	settled []string
	allowed []string
}

func (p *pushSending) SendProgress(context.Context, string) (campaign.Progress, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fates, nil
}

func (p *pushSending) Stopped(context.Context) (string, error) { return p.stopped, nil }

func (p *pushSending) Allow(_ context.Context, who campaign.Actor, why string) (string, error) {
	if why == "" {
		return "", campaign.ErrReason
	}
	p.allowed = append(p.allowed, who.Name+": "+why)
	was := p.stopped
	p.stopped = ""
	return was, nil
}

func (p *pushSending) SettleFollowers(_ context.Context, c campaign.Campaign, as campaign.Status) error {
	p.settled = append(p.settled, c.ID+" "+string(as))
	return nil
}

type pushResults stats.PushFigures

func (p pushResults) PushResults(_ context.Context, c campaign.Campaign) (campaign.Tally, stats.PushFigures, error) {
	return c.Sent.Tally, stats.PushFigures(p), nil
}

func (p pushResults) PushReport(_ context.Context, c campaign.Campaign) (report.Report, error) {
	done := stats.Pushed{Push: stats.Push{ID: c.ID, Theme: c.Theme, From: c.Began, Until: c.Until}, Sends: true, Figures: stats.PushFigures(p)}
	done.Done.Planned, done.Done.Reached = c.Sent.Tally.Planned, c.Sent.Tally.Reached
	return report.OfCampaign(c, done, report.Report{Office: "东门司法所", Compared: stats.Compared{Now: c.Until}}), nil
}

// pushDesk is a console with campaigns.
type pushDesk struct {
	*desk
	book  *pushBook
	tests *pushTests
	work  *campaign.Desk
	part  *Campaigns
}

var verifiedService = campaign.Rules{Account: campaign.Account{Service: true, Verified: true}}

// pushLibrary is the shipped library, read once.
var pushLibrary = sync.OnceValues(func() (*content.Library, error) { return content.Load(content.Shipped()) })

func newPushDesk(t *testing.T, rules campaign.Rules) *pushDesk {
	t.Helper()
	lib, err := pushLibrary()
	if err != nil {
		t.Fatal(err)
	}
	p := &pushDesk{book: &pushBook{rows: map[string][]byte{}}, tests: &pushTests{}}
	now := func() time.Time { return p.now }
	p.desk = newDesk(t, func(cfg *Config) {
		cfg.Now = now
		p.work = campaign.NewDesk(p.book, pushShelf{lib}, pushCrowd(1234), rules, now)
		p.part = &Campaigns{Desk: p.work, Library: func() *content.Library { return lib }, Tests: p.tests}
		cfg.Campaigns = p.part
	})
	p.now = firstOfMarch
	for name, roles := range map[string][]staff.Role{
		"王编": {staff.Editor}, "陈编": {staff.Editor}, "李审": {staff.Reviewer}, "赵发": {staff.Publisher}, "孙看": {staff.Viewer},
		"周管": {staff.Admin}, "吴所长": {staff.Editor, staff.Reviewer, staff.Publisher},
	} {
		p.people[name] = staff.Account{Name: name, Roles: roles}
	}
	return p
}

func (p *pushDesk) as(t *testing.T, name string) *pushDesk {
	t.Helper()
	p.post(t, Path+"/sign-out")
	p.signedIn(t, name)
	return p
}

// kept is a campaign as it stands.
func (p *pushDesk) kept(t *testing.T, id string) campaign.Campaign {
	t.Helper()
	c, err := p.book.Campaign(t.Context(), id)
	if err != nil {
		t.Fatalf("campaign %s: %v", id, err)
	}
	return c
}

func (p *pushDesk) actor(name string) campaign.Actor {
	who := p.people[name]
	return campaign.Actor{Name: name, May: func(r campaign.Right) bool { return who.May(staff.Role(r)) }}
}

// aCard is a campaign that nothing is wrong with.
func aCard() campaign.Campaign {
	return campaign.Campaign{
		ID: "20270301-card01", Title: "三八卡片", Theme: "3.8", Channel: campaign.Card, Audience: campaign.Audience{Scope: campaign.Everyone},
		Text: "产假国家规定98天。可以直接打字问我。", Entries: []string{"women/maternity-leave-days"},
		Due: time.Date(2027, 3, 8, 10, 0, 0, 0, campaign.Zone), Until: time.Date(2027, 3, 9, 10, 0, 0, 0, campaign.Zone), Grace: 6 * time.Hour,
	}
}

// aMass is one that goes to everybody.
func aMass() campaign.Campaign {
	c := aCard()
	c.ID, c.Title, c.Channel, c.Text, c.Entries = "20270301-mass01", "三八群发", campaign.Mass, "", nil
	c.Articles = []campaign.Article{{Title: "产假有多少天", Digest: "一分钟看懂", Body: "产假九十八天起。\n各省还有延长。", Entries: []string{"women/maternity-leave-days"}, Cover: "cover-1"}}
	return c
}

// brought brings a campaign as far as a state, by people of the tests.
func (p *pushDesk) brought(t *testing.T, c campaign.Campaign, to campaign.Status) campaign.Campaign {
	t.Helper()
	ctx := t.Context()
	list, err := p.work.Create(ctx, p.actor("王编"), c)
	got := append(list, campaign.Campaign{})[0]
	for _, step := range []struct {
		to campaign.Status
		do func() (campaign.Campaign, error)
	}{
		{campaign.Draft, func() (campaign.Campaign, error) { return got, err }},
		{campaign.Submitted, func() (campaign.Campaign, error) { return p.work.Submit(ctx, p.actor("王编"), got.ID) }},
		{campaign.Approved, func() (campaign.Campaign, error) { return p.work.Approve(ctx, p.actor("李审"), got.ID, got.Hash()) }},
		{campaign.Scheduled, func() (campaign.Campaign, error) { return p.work.Schedule(ctx, p.actor("赵发"), got.ID) }},
	} {
		if got, err = step.do(); err != nil {
			t.Fatal(err)
		}
		if step.to == to {
			return got
		}
	}
	// What the program does by itself.
	got.Status, got.Began = to, got.Due
	if to == campaign.Paused {
		got.Resume = campaign.Scheduled
		got.Began = time.Time{}
	}
	return p.book.put(t, got)
}

// deed posts a deed with the version that is kept.
func (p *pushDesk) deed(t *testing.T, id, what string, fields ...string) (status int, body string) {
	t.Helper()
	fields = append([]string{"version", strconv.FormatInt(p.kept(t, id).Version, 10)}, fields...)
	resp, body := p.post(t, campaignURL(id)+"/"+what, fields...)
	return resp.StatusCode, body
}

var errAway = errors.New("store away")
