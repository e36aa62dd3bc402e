package handlers

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"pufa/bot"
	"pufa/content"
	"pufa/stats"
	"pufa/web"
	"pufa/wechat"
)

const (
	openid   = "oResidentResidentResidentRes"
	original = "gh_0123456789ab"
	// noon is a moment whose day in China is the next in UTC's evening.
	noonText = "2026-03-08T12:00:00+08:00"
)

func noon() time.Time {
	t, err := time.Parse(time.RFC3339, noonText)
	if err != nil {
		panic(err)
	}
	return t
}

// fakeBot answers with what it heard. Danger is any text with 救命.
type fakeBot struct {
	mu    sync.Mutex
	asked []bot.Message
	reply func(ctx context.Context, m bot.Message) bot.Reply
}

func (b *fakeBot) CrisisCard(text string) (string, bool) {
	return "violence", strings.Contains(text, "救命")
}

func (b *fakeBot) CardText(card string) string {
	if card == "violence" {
		return "请马上打110。"
	}
	return ""
}

func (b *fakeBot) Reply(ctx context.Context, m bot.Message) bot.Reply {
	b.mu.Lock()
	b.asked = append(b.asked, m)
	b.mu.Unlock()
	if b.reply != nil {
		return b.reply(ctx, m)
	}
	return bot.Reply{Outcome: bot.Answered, Text: "您问的是：" + m.Text + m.Key + "\n能退。", Entry: "consumer/returns", Topic: "consumer"}
}

func (b *fakeBot) messages() []bot.Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]bot.Message(nil), b.asked...)
}

// fakeInbox keeps claims in memory, as the store would.
type fakeInbox struct {
	mu       sync.Mutex
	held     map[string]bool
	done     map[string]Result
	arrivals []Arrival
	results  []Result
	later    []Result

	carded, known                 bool // the person had a card today; wrote before
	recent                        int
	dialogue                      bot.Dialogue
	claimErr, commitErr, spoolErr error
	beforeCommit                  func()
}

func (f *fakeInbox) Claim(_ context.Context, a Arrival) (Claim, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.arrivals = append(f.arrivals, a)
	if f.claimErr != nil {
		return Claim{}, f.claimErr
	}
	if r, ok := f.done[a.Key]; ok {
		return Claim{State: Done, Stored: r.Stored}, nil
	}
	if f.held[a.Key] {
		return Claim{State: Pending}, nil
	}
	f.hold(a.Key)
	c := Claim{State: Ours, Held: a.Key}
	if a.OpenID != "" {
		c.New, c.Recent, c.Dialogue, c.Carded = !f.known, f.recent, f.dialogue, f.carded
	}
	return c, nil
}

func (f *fakeInbox) hold(key string) {
	if f.held == nil {
		f.held, f.done = map[string]bool{}, map[string]Result{}
	}
	f.held[key] = true
}

func (f *fakeInbox) release(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.held, key)
}

func (f *fakeInbox) Commit(_ context.Context, c Claim, r Result) error {
	if f.beforeCommit != nil {
		f.beforeCommit()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.commitErr != nil {
		return f.commitErr
	}
	f.done[c.Held.(string)] = r
	f.results = append(f.results, r)
	return nil
}

func (f *fakeInbox) CommitLater(_ context.Context, _ Arrival, r Result) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.spoolErr != nil {
		return f.spoolErr
	}
	f.later = append(f.later, r)
	return nil
}

type fakeLibrary struct {
	entries  map[string]*content.Entry
	standing map[string]content.Standing
}

func newLibrary() *fakeLibrary {
	e := &content.Entry{
		ID: "consumer/returns", Title: "网购退货", Questions: []string{"网上买的东西不喜欢，七天内能退吗？"},
		Citations: []content.Citation{
			{Law: "消费者权益保护法", Article: "25", Edition: "2014-03-15", Gist: "远程购物收货七日内可退"},
			{Law: "刑法", Article: "287-2", Edition: "2021-03-01"},
		},
		Remedy: content.Remedy{
			Door: "先找商家，谈不拢再投诉", Bring: "订单、付款记录", Deadline: "收到货第二天起七天内", Where: "全国12315平台", Hotlines: []string{"12315"},
		},
		Themes: []string{"3.15"}, CheckedOn: "2026-11-23", Related: []string{"consumer/store", "consumer/old", "consumer/none"},
		Short: "能退。七天内可以退，不用讲理由。",
		Lines: []content.Line{{Text: "定做的、新鲜易坏的不在内。", Must: true}, {Text: "运费一般您自己出。"}},
	}
	return &fakeLibrary{
		entries: map[string]*content.Entry{
			e.ID:             e,
			"consumer/store": {ID: "consumer/store", Questions: []string{"实体店买的衣服能退吗？"}},
			"consumer/old":   {ID: "consumer/old", Questions: []string{"旧的一条？"}, CheckedOn: "2024-01-01"},
			"consumer/angry": {ID: "consumer/angry", Questions: []string{`<script>alert("x")</script>`}, Short: "<b>&"},
		},
		standing: map[string]content.Standing{"consumer/old": content.Stale},
	}
}

func (l *fakeLibrary) Entry(id string) (*content.Entry, bool) { e, ok := l.entries[id]; return e, ok }

func (l *fakeLibrary) Topics() []content.Topic {
	return []content.Topic{{Slug: "consumer", Name: "消费维权", About: "退货、假货、预付卡"}}
}

func (l *fakeLibrary) Standing(e *content.Entry, _ time.Time) content.Standing {
	return l.standing[e.ID]
}

func (l *fakeLibrary) Law(name string) (content.Law, bool) {
	if name != "消费者权益保护法" {
		return content.Law{}, false
	}
	return content.Law{Law: name, Title: "中华人民共和国消费者权益保护法"}, true
}

func (l *fakeLibrary) Hotline(number string) (content.Hotline, bool) {
	names := map[string]string{"12315": "消费者投诉举报（市场监管）", "12348": "公共法律服务"}
	return content.Hotline{Number: number, Name: names[number]}, names[number] != ""
}

type approved map[string]bool

func (a approved) Approved(e *content.Entry) bool { return a[e.ID] }

type fakeOpens struct {
	mu    sync.Mutex
	opens []Open
	err   error
}

func (f *fakeOpens) CountOpen(_ context.Context, o Open) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.opens = append(f.opens, o)
	return f.err
}

// fakeCampaigns know march, whose card is shown while card is set.
type fakeCampaigns struct {
	card     string
	messages bool
}

func (f *fakeCampaigns) Known(id string) bool { return id == "march" }

func (f *fakeCampaigns) Card(time.Time) (Card, bool) {
	return Card{Campaign: "march", Text: f.card}, f.card != ""
}

func (f *fakeCampaigns) Entry(id string) (string, bool) { return "consumer/returns", id == "march" }

func (f *fakeCampaigns) Windows(themes []string, at time.Time) []stats.Window {
	if themes[0] != "3.15" {
		return nil
	}
	return []stats.Window{stats.OfCampaign("march", at.Add(time.Hour))}
}

func (f *fakeCampaigns) Messages() bool { return f.messages }

// fakeScenes knows one poster.
type fakeScenes struct{}

func (fakeScenes) Scene(id string) (Scene, bool) {
	return Scene{ID: id, Line: "先看价格再下单", Entries: []string{"consumer/returns", "consumer/old", "consumer/none", "consumer/store"}}, id == "east-gate"
}

type fakeHealth struct{ state State }

func (f *fakeHealth) State(context.Context) State { return f.state }

// rig is a site with everything around it faked.
type rig struct {
	*Site
	t       testing.TB
	bot     *fakeBot
	inbox   *fakeInbox
	library *fakeLibrary
	opens   *fakeOpens
	health  *fakeHealth
	pushes  *fakeCampaigns
	log     *bytes.Buffer
}

func newCallback(t testing.TB, mode wechat.Mode) *wechat.Callback {
	t.Helper()
	cb, err := wechat.New(wechat.Config{
		Token: "tokenofaccount", AppID: "wx0123456789abcdef", OriginalID: original,
		AESKey: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", Mode: mode,
	})
	if err != nil {
		t.Fatal(err)
	}
	return cb
}

func newRig(t testing.TB, change ...func(*Config)) *rig {
	t.Helper()
	pages, err := web.New()
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{
		t: t, bot: &fakeBot{}, inbox: &fakeInbox{recent: 1}, library: newLibrary(), opens: &fakeOpens{},
		health: &fakeHealth{State{Ready: true, Redis: true}}, pushes: &fakeCampaigns{}, log: &bytes.Buffer{},
	}
	cfg := Config{
		Callback: newCallback(t, wechat.Safe), Bot: r.bot, Inbox: r.inbox, Library: r.library,
		Approvals: approved{}, Opens: r.opens, Campaigns: r.pushes, Scenes: fakeScenes{}, Health: r.health, Pages: pages,
		Street:     web.Street{Name: "某某街道", Office: "某某街道司法所", Phone: "010-00000000"},
		OriginalID: original, Try: Try{On: true, Samples: []string{"房东不退押金怎么办", "彩礼能要回来吗"}},
		TestAccount: func(id string) bool { return id == "oStaffTest" },
		Log:         slog.New(slog.NewTextHandler(r.log, nil)), Now: noon,
	}
	for _, f := range change {
		f(&cfg)
	}
	if r.Site, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	return r
}

// serve runs a request through the router.
func (r *rig) serve(req *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r.Handler().ServeHTTP(w, req)
	return w
}

func (r *rig) get(path string, headers ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodGet, path, nil)
	req.Header.Set("User-Agent", "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0")
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return r.serve(req)
}

// deliver sends a message as the platform would.
func (r *rig) deliver(msg []byte) *httptest.ResponseRecorder {
	r.t.Helper()
	q, body, err := r.Callback.Seal(msg, r.Now(), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.post(q, bytes.NewReader(body))
}

func (r *rig) post(q url.Values, body io.Reader) *httptest.ResponseRecorder {
	return r.serve(httptest.NewRequest(http.MethodPost, "/wechat?"+q.Encode(), body))
}

// said returns the text of a reply, as the platform reads it.
func (r *rig) said(w *httptest.ResponseRecorder) string {
	r.t.Helper()
	reply, err := r.Callback.OpenReply(w.Body.Bytes())
	if err != nil {
		r.t.Fatalf("reply %q: %v", w.Body, err)
	}
	return reply.Content
}

func (r *rig) text(text string) []byte { return r.textFrom(openid, text) }

func (r *rig) textFrom(from, text string) []byte {
	return wechat.TextMessage(from, original, "23456789012345678", text, r.Now())
}

var errStoreDown = errors.New("store is down")

func kinds(events []stats.Event) string {
	var list []string
	for _, e := range events {
		list = append(list, string(e.Kind)+"/"+e.Outcome+"/"+e.Source+"/"+e.Entry)
	}
	return strings.Join(list, " ")
}
