package console

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"pufa/staff"
	"pufa/ticket"
)

// cabinet keeps tickets in memory.
type cabinet struct {
	mu      sync.Mutex
	rows    map[string]ticket.Ticket
	until   time.Time
	contact ticket.Contact
	steps   []string
	down    error
}

func (c *cabinet) Tickets(context.Context) (list []ticket.Ticket, _ error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.rows {
		list = append(list, t)
	}
	return list, c.down
}

func (c *cabinet) Ticket(_ context.Context, code string) (ticket.Ticket, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.rows[code]
	if !ok {
		return t, ticket.ErrNone
	}
	return t, c.down
}

func (c *cabinet) KeepTicket(_ context.Context, was, is ticket.Ticket, step staff.Draft) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rows[was.Code].Version != was.Version {
		return ticket.ErrChanged
	}
	c.rows[is.Code] = is
	if step.Who != "" {
		c.steps = append(c.steps, step.Did)
	}
	return nil
}

func (c *cabinet) DropTicket(_ context.Context, was ticket.Ticket) error { return nil }

func (c *cabinet) TicketReach(context.Context, string) (ticket.Reach, error) {
	return ticket.Reach{Until: c.until, Contact: !c.contact.Empty()}, nil
}

func (c *cabinet) TicketContact(context.Context, string) (ticket.Contact, error) {
	if c.contact.Empty() {
		return c.contact, ticket.ErrNoContact
	}
	return c.contact, nil
}

func (c *cabinet) Record(_ context.Context, step staff.Draft) error {
	c.steps = append(c.steps, step.Did)
	return nil
}

// letterbox takes replies.
type letterbox struct {
	mu    sync.Mutex
	sent  []string
	state ticket.SendState
	say   string
	err   error
}

func (l *letterbox) Answer(_ context.Context, _, text string) (ticket.SendState, string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent = append(l.sent, text)
	return l.state, l.say, l.err
}

var ticketRules = ticket.Rules{RequestDays: 15, KeepDays: 30}

// serviceDesk is a console with some tickets.
func serviceDesk(t *testing.T) (*desk, *cabinet, *letterbox) {
	t.Helper()
	c := &cabinet{rows: map[string]ticket.Ticket{}, until: december.Add(30 * time.Hour), contact: ticket.Contact{Name: "王阿姨", Phone: "13800001234"}}
	for _, one := range []ticket.Ticket{
		ticketRules.Open("K7M3C4", ticket.Talk, "消费维权", december.Add(-2*time.Hour)),
		ticketRules.Open("DDDDDD", ticket.Talk, "", december.Add(-50*time.Hour)),
		ticketRules.Open("FFFFFF", ticket.Complaint, "回答有误", december.AddDate(0, 0, -14)),
		ticketRules.Open("CCCCCC", ticket.Deletion, "", december),
	} {
		c.rows[one.Code] = one
	}
	l := &letterbox{state: ticket.Sent}
	service := &ticket.Service{
		Book: c, Sender: l, Rules: ticketRules, Sign: func() string { return "平东司法所" },
		Now: func() time.Time { return december },
		Forbids: func(text string) []string {
			if strings.Contains(text, "一定能赢") {
				return []string{"一定能赢"}
			}
			return nil
		},
	}
	d := newDesk(t, func(cfg *Config) {
		cfg.Tickets, cfg.Now = service, func() time.Time { return december }
		cfg.Waiting = append(cfg.Waiting, WaitingTickets{service, cfg.Now})
	})
	d.people["查看员"] = staff.Account{Name: "查看员", Roles: []staff.Role{staff.Viewer}}
	return d, c, l
}

func (d *desk) taken(t *testing.T, code string) {
	t.Helper()
	if resp, body := d.post(t, ticketPath+"/"+code+"/take", "version", "1"); resp.StatusCode != 200 || !strings.Contains(body, "这一件归您办了") {
		t.Fatalf("take: %s %s", resp.Status, body)
	}
}

func TestATicketFromTheListToItsEnd(t *testing.T) {
	d, c, l := serviceDesk(t)
	d.signedIn(t, "王编")
	if _, body := d.get(t, ticketPath); !strings.Contains(body, "K7M3C4") || !strings.Contains(body, "还有45小时") && !strings.Contains(body, "还有46小时") || !strings.Contains(body, "今天到期") && !strings.Contains(body, "还有1天") || strings.Contains(body, "CCCCCC") {
		t.Fatalf("the list: %s", body)
	}
	d.taken(t, "K7M3C4")
	resp, body := d.post(t, ticketPath+"/K7M3C4/reply", "version", "2", "text", "请带合同\r\n到所里来。")
	if resp.Request.URL.Path != ticketPath+"/K7M3C4" || !strings.Contains(body, sayReplySent) || !strings.Contains(body, "微信已接受") {
		t.Fatalf("reply: %s %s", resp.Request.URL, body)
	}
	if len(l.sent) != 1 || l.sent[0] != "【服务台答复 K7M3C4】\n请带合同\n到所里来。\n——平东司法所（工作人员答复）" {
		t.Errorf("sent %q", l.sent)
	}
	if strings.Contains(body, "到所里来") {
		t.Error("the page still shows the text of the reply")
	}
	resp, body = d.post(t, ticketPath+"/K7M3C4/close", "version", "4", "way", "message", "note", "已说明")
	if resp.Request.URL.Path != ticketPath || !strings.Contains(body, "K7M3C4 已办结") {
		t.Fatalf("close: %s %s", resp.Request.URL, body)
	}
	if _, body := d.get(t, ticketPath+"?show=over&kind=人工"); !strings.Contains(body, "K7M3C4") || strings.Contains(body, "DDDDDD") {
		t.Errorf("what is over: %s", body)
	}
	if got := strings.Join(c.steps, ","); got != "take ticket,reply to ticket,close ticket" {
		t.Errorf("trail %s", got)
	}
}

func TestAReplyIsSentOnceHoweverOftenItIsClicked(t *testing.T) {
	d, _, l := serviceDesk(t)
	d.signedIn(t, "王编").taken(t, "K7M3C4")
	browsers := []*desk{{}, {}}
	for i := range browsers {
		one := *d
		one.client = newClient(t)
		browsers[i] = one.signedIn(t, "王编")
	}
	var wg sync.WaitGroup
	statuses := make([]int, 2)
	for i, b := range browsers {
		wg.Go(func() {
			resp, _ := b.post(t, ticketPath+"/K7M3C4/reply", "version", "2", "text", "请来所里。")
			statuses[i] = resp.StatusCode
		})
	}
	wg.Wait()
	if len(l.sent) != 1 {
		t.Errorf("sent %d times, want once; the pages said %v", len(l.sent), statuses)
	}
	resp, body := d.post(t, ticketPath+"/K7M3C4/reply", "version", "2", "text", "请来所里。")
	if resp.StatusCode != http.StatusConflict || !strings.Contains(body, sayLateClick) || !strings.Contains(body, "请来所里。") || len(l.sent) != 1 {
		t.Errorf("once more: %s, sent %d, %s", resp.Status, len(l.sent), body)
	}
}

func TestTwoClerksTakeOneTicket(t *testing.T) {
	d, _, l := serviceDesk(t)
	d.signedIn(t, "王编").taken(t, "K7M3C4")
	other := *d
	other.client = newClient(t)
	other.signedIn(t, "李审")
	resp, body := other.post(t, ticketPath+"/K7M3C4/take", "version", "1")
	if resp.StatusCode != http.StatusConflict || !strings.Contains(body, "刚刚有了变化") || !strings.Contains(body, "现在是 王编 在办") {
		t.Errorf("the second: %s %s", resp.Status, body)
	}
	if resp, body := other.post(t, ticketPath+"/K7M3C4/reply", "version", "2", "text", "好"); resp.StatusCode != http.StatusConflict || !strings.Contains(body, "不在您手上") || len(l.sent) != 0 {
		t.Errorf("a reply of the second: %s, sent %v, %s", resp.Status, l.sent, body)
	}
	if resp, _ := other.post(t, ticketPath+"/K7M3C4/contact"); resp.StatusCode != http.StatusConflict {
		t.Errorf("the second sees the telephone: %s", resp.Status)
	}
	if _, body := d.post(t, ticketPath+"/K7M3C4/take", "version", "1"); !strings.Contains(body, "这一件归您办了") {
		t.Errorf("a double click on take: %s", body)
	}
}

func TestRepliesThatAreNotSent(t *testing.T) {
	for _, c := range []struct {
		name   string
		set    func(*cabinet, *letterbox)
		fields []string
		status int
		says   []string
		sent   int
	}{
		{"nothing was written", nil, []string{"text", " "}, 422, []string{"请先写答复"}, 0},
		{"too much was written", nil, []string{"text", strings.Repeat("长", 700)}, 422, []string{"答复太长", strings.Repeat("长", 700)}, 0},
		{"what no answer may say", nil, []string{"text", "您一定能赢"}, 422, []string{"不该这样说", "我看过了，就这样发", "您一定能赢"}, 0},
		{"what no answer may say, and the clerk is sure", nil, []string{"text", "不要信“一定能赢”的话", "sure", "1"}, 200, []string{sayReplySent}, 1},
		{"the 48 hours are over", func(c *cabinet, _ *letterbox) { c.until = december }, []string{"text", "您好"}, 422, []string{"48小时", "居民留了联系方式", "您好", "没有发出去"}, 0},
		{"the count is used up", func(_ *cabinet, l *letterbox) { l.state, l.err = ticket.Failed, ticket.ErrWindow }, []string{"text", "您好"}, 422, []string{"48小时", "您好"}, 1},
		{"the platform says no", func(_ *cabinet, l *letterbox) { l.state, l.say = ticket.Failed, "居民已取消关注。" }, []string{"text", "您好"}, 422, []string{"居民已取消关注。", "您好"}, 1},
		{"the platform gives no answer", func(_ *cabinet, l *letterbox) { l.state = ticket.Doubt }, []string{"text", "您好"}, 200, []string{sayReplyDoubt, "居民收到了", "居民没收到", "发没发到不清楚"}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, cab, l := serviceDesk(t)
			d.signedIn(t, "王编").taken(t, "K7M3C4")
			if c.set != nil {
				c.set(cab, l)
			}
			resp, body := d.post(t, ticketPath+"/K7M3C4/reply", append([]string{"version", "2"}, c.fields...)...)
			if resp.StatusCode != c.status || len(l.sent) != c.sent {
				t.Errorf("%s, sent %d, want %d and %d", resp.Status, len(l.sent), c.status, c.sent)
			}
			for _, want := range c.says {
				if !strings.Contains(body, want) {
					t.Errorf("no %q in %s", want, body)
				}
			}
		})
	}
}

func TestADoubtIsSettledByAPerson(t *testing.T) {
	d, c, l := serviceDesk(t)
	l.state = ticket.Doubt
	d.signedIn(t, "王编").taken(t, "K7M3C4")
	d.post(t, ticketPath+"/K7M3C4/reply", "version", "2", "text", "您好")
	if resp, body := d.post(t, ticketPath+"/K7M3C4/reply", "version", "4", "text", "您好"); resp.StatusCode != http.StatusConflict || !strings.Contains(body, "不要重发") || len(l.sent) != 1 {
		t.Errorf("a reply after one in doubt: %s, sent %d", resp.Status, len(l.sent))
	}
	if resp, _ := d.post(t, ticketPath+"/K7M3C4/settle", "version", "4", "arrived", "maybe"); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a settling that says neither: %s", resp.Status)
	}
	if _, body := d.post(t, ticketPath+"/K7M3C4/settle", "version", "4", "arrived", "no"); !strings.Contains(body, "可以重新写一条") || !strings.Contains(body, "在公众号里答复") {
		t.Errorf("not arrived: %s", body)
	}
	l.state = ticket.Sent
	if _, body := d.post(t, ticketPath+"/K7M3C4/reply", "version", "5", "text", "您好"); !strings.Contains(body, sayReplySent) || len(l.sent) != 2 {
		t.Errorf("written again: sent %d, %s", len(l.sent), body)
	}
	if c.rows["K7M3C4"].State != ticket.Answered {
		t.Errorf("state %s", c.rows["K7M3C4"].State)
	}
}

func TestAContactIsShownToWhoeverHasTheTicket(t *testing.T) {
	d, c, _ := serviceDesk(t)
	d.signedIn(t, "王编").taken(t, "K7M3C4")
	if _, body := d.get(t, ticketPath+"/K7M3C4"); strings.Contains(body, "13800001234") || !strings.Contains(body, "看联系方式") {
		t.Errorf("before it is asked for: %s", body)
	}
	resp, body := d.post(t, ticketPath+"/K7M3C4/contact")
	if resp.StatusCode != 200 || !strings.Contains(body, "13800001234") || !strings.Contains(body, "王阿姨") || resp.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s %s", resp.Status, body)
	}
	if c.steps[len(c.steps)-1] != "see contact" {
		t.Errorf("trail %v", c.steps)
	}
	c.contact = ticket.Contact{}
	if resp, body := d.post(t, ticketPath+"/K7M3C4/contact"); resp.StatusCode != http.StatusConflict || !strings.Contains(body, "没有留联系方式") {
		t.Errorf("when it is gone: %s %s", resp.Status, body)
	}
}

func TestAClosingThatIsNotTaken(t *testing.T) {
	d, c, _ := serviceDesk(t)
	d.signedIn(t, "王编").taken(t, "K7M3C4")
	resp, body := d.post(t, ticketPath+"/K7M3C4/close", "version", "2", "way", "phone", "note", "打了 138 0000 1234")
	if resp.StatusCode != 422 || !strings.Contains(body, "不要写电话号码") || !strings.Contains(body, `value="打了 138 0000 1234"`) || !strings.Contains(body, `value="phone" required checked`) {
		t.Errorf("%s %s", resp.Status, body)
	}
	if c.rows["K7M3C4"].State != ticket.Taken {
		t.Errorf("state %s", c.rows["K7M3C4"].State)
	}
}

func TestTheListOfTheServiceDesk(t *testing.T) {
	d, c, _ := serviceDesk(t)
	d.signedIn(t, "王编").taken(t, "FFFFFF")
	for _, one := range []struct {
		name, query string
		want, not   []string
	}{
		{"what is open", "", []string{"K7M3C4", "DDDDDD", "FFFFFF"}, []string{"CCCCCC"}},
		{"mine", "?show=mine", []string{"FFFFFF"}, []string{"K7M3C4", "DDDDDD"}},
		{"overdue", "?show=overdue", []string{"DDDDDD", "超过48小时"}, []string{"K7M3C4", "FFFFFF"}},
		{"what is over", "?show=over", []string{"CCCCCC"}, []string{"K7M3C4"}},
		{"complaints", "?kind=投诉", []string{"FFFFFF", "还有1天"}, []string{"K7M3C4"}},
		{"nothing in doubt", "?show=doubt", []string{"没有发没发到不清楚的答复"}, []string{"K7M3C4"}},
		{"a page past the end", "?page=99", []string{"K7M3C4"}, nil},
		{"a code that is none", "?code=" + "HHHHHH", []string{"没有编号是“HHHHHH”"}, nil},
		{"a code that no code can be", `?code="><script>`, []string{"没有编号是“&#34;&gt;&lt;script&gt;”"}, nil},
	} {
		t.Run(one.name, func(t *testing.T) {
			_, body := d.get(t, ticketPath+one.query)
			for _, want := range one.want {
				if !strings.Contains(body, want) {
					t.Errorf("no %q in %s", want, body)
				}
			}
			for _, not := range one.not {
				if strings.Contains(body, not) {
					t.Errorf("%q stands there", not)
				}
			}
		})
	}
	if resp, _ := d.get(t, ticketPath+"?code=k7m-3c4"); resp.Request.URL.Path != ticketPath+"/K7M3C4" {
		t.Errorf("a code leads to %s", resp.Request.URL)
	}
	c.rows = map[string]ticket.Ticket{}
	if _, body := d.get(t, ticketPath); !strings.Contains(body, "还没有人登记过") {
		t.Errorf("without any: %s", body)
	}
}

func TestWhoMayDoWhatAtTheServiceDesk(t *testing.T) {
	d, c, _ := serviceDesk(t)
	routes := []struct {
		method, path string
		may          []string
	}{
		{"GET", ticketPath, []string{"查看员", "王编", "李审"}},
		{"GET", ticketPath + "/K7M3C4", []string{"查看员", "王编", "李审"}},
		{"POST", ticketPath + "/K7M3C4/take", []string{"王编", "李审"}},
		{"POST", ticketPath + "/K7M3C4/reply", []string{"王编", "李审"}},
		{"POST", ticketPath + "/K7M3C4/settle", []string{"王编", "李审"}},
		{"POST", ticketPath + "/K7M3C4/close", []string{"王编", "李审"}},
		{"POST", ticketPath + "/K7M3C4/contact", []string{"王编", "李审"}},
	}
	if con := (&Console{Config: Config{Tickets: &ticket.Service{}}}); len(con.ticketRoutes()) != len(routes) {
		t.Fatalf("%d routes, %d are tried", len(con.ticketRoutes()), len(routes))
	}
	settle := routes[4] // wants more than the form of every route
	everyRoute(t, d, []string{"查看员", "王编", "李审"}, append(routes[:4:4], routes[5:]...))
	one := *d
	one.client = newClient(t)
	if resp, _ := one.signedIn(t, "查看员").post(t, settle.path, "version", "1", "arrived", "yes"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("who only looks settles: %s", resp.Status)
	}
	if _, body := one.get(t, ticketPath+"/K7M3C4"); !strings.Contains(body, "您的账号只能看") || strings.Contains(body, "<button class=\"main\">我来办") {
		t.Errorf("who only looks sees %s", body)
	}
	if c.rows["K7M3C4"].Version != 1 {
		t.Errorf("somebody changed it: %+v", c.rows["K7M3C4"])
	}
	for _, path := range []string{"/HHHHHH", "/OOOOOO", "/K7M3C4/none"} {
		if resp, _ := one.get(t, ticketPath+path); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
	c.down = context.DeadlineExceeded
	if resp, body := one.get(t, ticketPath); resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, sayAway) {
		t.Errorf("with the store away: %s", resp.Status)
	}
}

func TestTheFirstPageTellsOfTheServiceDesk(t *testing.T) {
	d, c, _ := serviceDesk(t)
	d.signedIn(t, "王编")
	_, body := d.get(t, Path+"/")
	for _, want := range []string{"服务台：超时的", "服务台：待接的", `href="/console/desk"`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in %s", want, body)
		}
	}
	w := WaitingTickets{&ticket.Service{Book: c}, func() time.Time { return december }}
	if list, err := w.Waiting(t.Context(), d.people["查看员"]); err != nil || len(list) != 0 {
		t.Errorf("for who only looks %v, %v wait", list, err)
	}
}

func TestTheServiceDeskInABrowser(t *testing.T) {
	ctx := browser(t)
	d, _, l := serviceDesk(t)
	d.inBrowser(t, ctx, "王编")
	d.look(t, ctx, "ticket-list", ticketPath)
	d.look(t, ctx, "ticket-new", ticketPath+"/K7M3C4")
	run(t, ctx, chromedp.EmulateViewport(1366, 768), chromedp.Navigate(d.URL+ticketPath), chromedp.WaitVisible(chromedp.CSS("h1")))
	press(t, ctx, "K7M3C4")
	press(t, ctx, "我来办")
	d.look(t, ctx, "ticket-taken", ticketPath+"/K7M3C4")
	press(t, ctx, "看联系方式")
	lookHere(t, ctx, "ticket-contact")
	l.state = ticket.Doubt
	run(t, ctx, chromedp.SetValue(chromedp.CSS("#reply"), "请带合同来所里。"))
	press(t, ctx, "发送答复")
	waitFor(t, ctx, `document.body.innerText.includes('居民没收到')`)
	d.look(t, ctx, "ticket-doubt", ticketPath+"/K7M3C4")
	press(t, ctx, "居民收到了")
	eval[bool](t, ctx, `document.querySelector('input[value=message]').click() || true`)
	press(t, ctx, "办结")
	waitFor(t, ctx, `document.body.innerText.includes('K7M3C4 已办结')`)
	if len(l.sent) != 1 {
		t.Errorf("sent %d, want once", len(l.sent))
	}
	d.look(t, ctx, "ticket-over", ticketPath+"/K7M3C4")
	d.look(t, ctx, "ticket-empty", ticketPath+"?show=doubt")
}
