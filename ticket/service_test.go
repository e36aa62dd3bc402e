package ticket

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pufa/staff"
)

// drawer keeps tickets in memory.
type drawer struct {
	mu       sync.Mutex
	rows     map[string]Ticket
	until    time.Time
	contact  Contact
	steps    []string
	keepFail error // of the next KeepTicket
}

func (d *drawer) Tickets(context.Context) (list []Ticket, _ error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, t := range d.rows {
		list = append(list, t)
	}
	return list, nil
}

func (d *drawer) Ticket(_ context.Context, code string) (Ticket, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t, ok := d.rows[code]
	if !ok {
		return t, ErrNone
	}
	return t, nil
}

func (d *drawer) KeepTicket(_ context.Context, was, is Ticket, step staff.Draft) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rows[was.Code].Version != was.Version {
		return ErrChanged
	}
	if err := d.keepFail; err != nil && step.Who == "" {
		return err
	}
	d.rows[is.Code] = is
	if step.Who != "" {
		d.steps = append(d.steps, step.Who+" "+step.Did)
	}
	return nil
}

func (d *drawer) DropTicket(_ context.Context, was Ticket) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.rows, was.Code)
	return nil
}

func (d *drawer) TicketReach(context.Context, string) (Reach, error) {
	return Reach{Until: d.until, Contact: !d.contact.Empty()}, nil
}

func (d *drawer) TicketContact(context.Context, string) (Contact, error) {
	if d.contact.Empty() {
		return Contact{}, ErrNoContact
	}
	return d.contact, nil
}

func (d *drawer) Record(_ context.Context, step staff.Draft) error {
	d.steps = append(d.steps, step.Who+" "+step.Did)
	return nil
}

// post sends as the test wants.
type post struct {
	sent  []string
	state SendState
	say   string
	err   error
	meet  func() // before it is sent
}

func (p *post) Answer(ctx context.Context, _, text string) (SendState, string, error) {
	if _, limited := ctx.Deadline(); !limited {
		return Failed, "", errors.New("the page would wait for ever")
	}
	if p.meet != nil {
		p.meet()
	}
	p.sent = append(p.sent, text)
	return p.state, p.say, p.err
}

var (
	clerk  = staff.Account{Name: "王编", Roles: []staff.Role{staff.Editor}}
	second = staff.Account{Name: "李审", Roles: []staff.Role{staff.Reviewer}}
	viewer = staff.Account{Name: "查看员", Roles: []staff.Role{staff.Viewer}}
)

// atWork is a desk with one ticket in the clerk's hands.
func atWork(t *testing.T) (*Service, *drawer, *post) {
	t.Helper()
	d := &drawer{rows: map[string]Ticket{"K7M3C4": rules.Open("K7M3C4", Talk, "消费维权", noon)}, until: noon.Add(Window)}
	p := &post{state: Sent}
	s := &Service{Book: d, Sender: p, Rules: rules, Sign: func() string { return "平东司法所" }, Now: func() time.Time { return noon }}
	if err := s.Take(t.Context(), clerk, "K7M3C4", 1); err != nil {
		t.Fatal(err)
	}
	return s, d, p
}

func TestAReplyGoesOutOnce(t *testing.T) {
	s, d, p := atWork(t)
	state, err := s.Reply(t.Context(), clerk, "K7M3C4", 2, "  请带合同来。\n")
	if state != Sent || err != nil {
		t.Fatalf("%s, %v", state, err)
	}
	if _, err := s.Reply(t.Context(), clerk, "K7M3C4", 2, "请带合同来。"); !errors.Is(err, ErrChanged) {
		t.Errorf("a double click: %v, want ErrChanged", err)
	}
	if diff := cmp.Diff([]string{"【服务台答复 K7M3C4】\n请带合同来。\n——平东司法所（工作人员答复）"}, p.sent); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	if got := d.rows["K7M3C4"]; got.State != Answered || got.Way != ByMessage || strings.Contains(strings.Join(d.steps, " "), "合同") {
		t.Errorf("ticket %+v, trail %v", got, d.steps)
	}
	if diff := cmp.Diff([]string{"王编 take ticket", "王编 reply to ticket"}, d.steps); diff != "" {
		t.Errorf("trail (-want +got):\n%s", diff)
	}
}

func TestRepliesThatDoNotArrive(t *testing.T) {
	for _, c := range []struct {
		name  string
		set   func(*drawer, *post)
		text  string
		state SendState // of the reply
		err   error
		calls int
		kept  SendState // in the row, "" where there is none
	}{
		{"the platform gave no answer", func(_ *drawer, p *post) { p.state = Doubt }, "好", Doubt, nil, 1, Doubt},
		{"the platform says no", func(_ *drawer, p *post) { p.state, p.say = Failed, "居民拒收了消息。" }, "好", Failed, ErrInput, 1, Failed},
		{"the platform says that it is too late", func(_ *drawer, p *post) { p.state, p.err = Failed, ErrWindow }, "好", Failed, ErrWindow, 1, Failed},
		{"the window is over", func(d *drawer, _ *post) { d.until = noon }, "好", "", ErrWindow, 0, ""},
		{"the way back is gone", func(d *drawer, _ *post) { d.until = time.Time{} }, "好", "", ErrWindow, 0, ""},
		{"nothing was written", nil, " \n ", "", ErrInput, 0, ""},
		{"too much was written", nil, strings.Repeat("长", 700), "", ErrInput, 0, ""},
		{"what was written is no text", nil, "\xff", "", ErrInput, 0, ""},
		{"the store goes away behind the call", func(d *drawer, _ *post) { d.keepFail = errors.New("redis is unavailable") }, "好", Doubt, nil, 1, Sending},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, d, p := atWork(t)
			if c.set != nil {
				c.set(d, p)
			}
			state, err := s.Reply(t.Context(), clerk, "K7M3C4", 2, c.text)
			if state != c.state || !errors.Is(err, c.err) || len(p.sent) != c.calls {
				t.Errorf("%q, %v after %d calls, want %q, %v after %d", state, err, len(p.sent), c.state, c.err, c.calls)
			}
			got := SendState("")
			if send := d.rows["K7M3C4"].Send; send != nil {
				got = send.State
			}
			if got != c.kept {
				t.Errorf("the row says %q, want %q", got, c.kept)
			}
		})
	}
}

func TestTheLongestReplyFitsAMessage(t *testing.T) {
	s, _, p := atWork(t)
	if _, err := s.Reply(t.Context(), clerk, "K7M3C4", 2, strings.Repeat("a", s.MaxReply())); err != nil || len(p.sent[0]) != maxBytes {
		t.Errorf("%v: %d bytes, want %d", err, len(p.sent[0]), maxBytes)
	}
}

func TestTheResidentTakesItBackMeanwhile(t *testing.T) {
	s, d, p := atWork(t)
	p.meet = func() {
		is, err := d.rows["K7M3C4"].Withdraw(noon)
		if err != nil {
			t.Error(err)
		}
		d.rows["K7M3C4"] = is
	}
	if state, err := s.Reply(t.Context(), clerk, "K7M3C4", 2, "好"); state != Sent || err != nil {
		t.Errorf("%s, %v", state, err)
	}
	if got := d.rows["K7M3C4"]; got.State != Withdrawn || got.Send.State != Sent {
		t.Errorf("ticket %+v", got)
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	s, d, p := atWork(t)
	ctx := t.Context()
	d.contact = Contact{Phone: "13800000000"}
	for name, err := range map[string]error{
		"take":    s.Take(ctx, viewer, "K7M3C4", 2),
		"close":   s.Close(ctx, viewer, "K7M3C4", 2, ByPhone, ""),
		"settle":  s.Settle(ctx, viewer, "K7M3C4", 2, true),
		"contact": second2(s.Contact(ctx, viewer, "K7M3C4")),
		"reply":   second2(s.Reply(ctx, viewer, "K7M3C4", 2, "好")),
	} {
		if !errors.Is(err, staff.ErrRole) {
			t.Errorf("who only looks may %s: %v", name, err)
		}
	}
	if _, err := s.Contact(ctx, second, "K7M3C4"); !errors.Is(err, ErrOthers) {
		t.Errorf("a colleague sees the telephone: %v", err)
	}
	if c, err := s.Contact(ctx, clerk, "K7M3C4"); err != nil || c.Phone != "13800000000" || d.steps[len(d.steps)-1] != "王编 see contact" {
		t.Errorf("%+v, %v, trail %v", c, err, d.steps)
	}
	if err := s.Take(ctx, second, "K7M3C4", 1); !errors.Is(err, ErrChanged) {
		t.Errorf("taken at the same time: %v, want ErrChanged", err)
	}
	if err := s.Take(ctx, clerk, "K7M3C4", 1); err != nil {
		t.Errorf("a double click on take: %v", err)
	}
	if err := s.Take(ctx, clerk, "ZZZZZZ", 1); !errors.Is(err, ErrNone) {
		t.Errorf("no ticket: %v", err)
	}
	if len(p.sent) != 0 {
		t.Errorf("sent %v", p.sent)
	}
}

func second2[T any](_ T, err error) error { return err }

func TestADeskWithoutAnAccountSendsNothing(t *testing.T) {
	s, d, _ := atWork(t)
	s.Sender = nil
	if _, err := s.Reply(t.Context(), clerk, "K7M3C4", 2, "好"); !errors.Is(err, ErrInput) || d.rows["K7M3C4"].Send != nil {
		t.Errorf("%v, %+v", err, d.rows["K7M3C4"])
	}
}

func TestTheListBeginsWithWhatIsDue(t *testing.T) {
	s, d, _ := atWork(t)
	d.rows["DDDDDD"] = rules.Open("DDDDDD", Talk, "", noon.Add(-3*24*time.Hour))
	d.rows["FFFFFF"] = rules.Open("FFFFFF", Complaint, "", noon)
	d.rows["CCCCCC"] = rules.Open("CCCCCC", Deletion, "", noon)
	list, err := s.List(t.Context())
	var codes []string
	for _, one := range list {
		codes = append(codes, one.Code)
	}
	if diff := cmp.Diff([]string{"DDDDDD", "K7M3C4", "FFFFFF", "CCCCCC"}, codes); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestASweepDoesWhatTimeDoes(t *testing.T) {
	s, d, _ := atWork(t)
	d.rows["DDDDDD"] = rules.Open("DDDDDD", Talk, "", noon.Add(-16*24*time.Hour))
	gone := rules.Open("CCCCCC", Talk, "", noon)
	gone.State, gone.Since = Closed, noon.Add(-30*24*time.Hour)
	d.rows["CCCCCC"] = gone
	if err := s.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, there := d.rows["CCCCCC"]; there || d.rows["DDDDDD"].State != Lapsed || d.rows["K7M3C4"].State != Taken {
		t.Errorf("after the sweep: %+v", d.rows)
	}
}
