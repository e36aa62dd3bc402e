package store

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pufa/bot"
	"pufa/staff"
	"pufa/ticket"
	"pufa/wechat"
)

// ticketContract is the part of the contract about the service desk.
var ticketContract = []struct {
	name string
	run  func(*testing.T, *rig)
}{
	{"a ticket is opened once however often its message comes", testTicketOnce},
	{"a ticket is kept with its step, the later of two writers is told", testTicketKept},
	{"of two who take one ticket at once the second is told", testTicketOfTwo},
	{"nobody opens more tickets than they may", testTicketLimits},
	{"all together open no more than a day has", testTicketsOfADay},
	{"the way back lives 48 hours from the last time somebody asked", testTicketWayBack},
	{"a contact is kept for its days, and for an open ticket only", testTicketContact},
	{"what is over has no way back and no contact", testTicketOver},
	{"a deletion is tied to nobody", testTicketOfDeletion},
	{"whoever is forgotten or leaves has no ticket any more", testTicketForgotten},
	{"a wish to be forgotten in an outage unties the tickets", testTicketForgottenInOutage},
	{"tickets are counted by month", testTicketCounts},
	{"a backup has the tickets, and no way back and no contact", testTicketBackup},
	{"no key and no value ties a ticket to a person", testTicketTiesNobody},
}

var ticketRules = ticket.Rules{RequestDays: 15, KeepDays: 30}

// opened opens a ticket for a person.
func (r *rig) opened(t *testing.T, message, openID string) ticket.Ticket {
	t.Helper()
	got, err := r.OpenTicket(t.Context(), Wish{message, openID, ticket.Talk, "消费维权"}, ticketRules)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// takenBy is the ticket in the hands of a person.
func (r *rig) takenBy(t *testing.T, is ticket.Ticket, who string) ticket.Ticket {
	t.Helper()
	next, err := is.Take(who, r.clock.now())
	if err == nil {
		err = r.KeepTicket(t.Context(), is, next, staff.Draft{At: r.clock.now(), Who: who, Did: "take ticket", What: is.Code})
	}
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func testTicketOnce(t *testing.T, r *rig) {
	first := r.opened(t, "id:1", "o1")
	if first.State != ticket.New || first.Topic != "消费维权" || len(first.Code) != ticket.CodeLength {
		t.Errorf("opened %+v", first)
	}
	other := r.second(t)
	again, err := other.OpenTicket(t.Context(), Wish{"id:1", "o1", ticket.Talk, "消费维权"}, ticketRules)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("the same message again (-first +again):\n%s", diff)
	}
	if list, err := r.Tickets(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("%d tickets, %v, want 1", len(list), err)
	}
	if second := r.opened(t, "id:2", "o1"); second.Code == first.Code {
		t.Errorf("two messages have one code %s", second.Code)
	}
	if _, err := r.Ticket(t.Context(), "ZZZZZZ"); !errors.Is(err, ticket.ErrNone) {
		t.Errorf("a code that nobody has: %v, want ErrNone", err)
	}
}

func testTicketKept(t *testing.T, r *rig) {
	was := r.opened(t, "id:1", "o1")
	is := r.takenBy(t, was, "王编辑")
	got, err := r.Ticket(t.Context(), was.Code)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(is, got); diff != "" {
		t.Errorf("ticket (-want +got):\n%s", diff)
	}
	late, _ := was.Take("李审核", r.clock.now())
	step := staff.Draft{At: r.clock.now(), Who: "李审核", Did: "take ticket", What: was.Code}
	if err := r.KeepTicket(t.Context(), was, late, step); !errors.Is(err, ticket.ErrChanged) {
		t.Errorf("over what was read before: %v, want ErrChanged", err)
	}
	if trail := steps(t, r.Store); len(trail) != 1 || trail[0].Who != "王编辑" || trail[0].What != was.Code {
		t.Errorf("trail %+v, want the one step", trail)
	}
	if err := r.DropTicket(t.Context(), was); !errors.Is(err, ticket.ErrChanged) {
		t.Errorf("drop of what was read before: %v, want ErrChanged", err)
	}
	if err := r.DropTicket(t.Context(), is); err != nil {
		t.Error(err)
	}
	if list, _ := r.Tickets(t.Context()); len(list) != 0 {
		t.Errorf("%d tickets after the drop", len(list))
	}
}

func testTicketOfTwo(t *testing.T, r *rig) {
	was, other := r.opened(t, "id:1", "o1"), r.second(t)
	errs := make([]error, 2)
	var wg sync.WaitGroup
	for i, s := range []*Store{r.Store, other} {
		wg.Go(func() {
			who := []string{"王编辑", "李审核"}[i]
			is, _ := was.Take(who, r.clock.now())
			errs[i] = s.KeepTicket(t.Context(), was, is, staff.Draft{At: r.clock.now(), Who: who, Did: "take ticket", What: was.Code})
		})
	}
	wg.Wait()
	if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs...), ticket.ErrChanged) {
		t.Errorf("both at once: %v", errs)
	}
	if n := len(steps(t, r.Store)); n != 1 {
		t.Errorf("%d steps, want 1", n)
	}
}

func testTicketLimits(t *testing.T, r *rig) {
	open := func(message string) error {
		_, err := r.OpenTicket(t.Context(), Wish{message, "o1", ticket.Talk, ""}, ticketRules)
		return err
	}
	first := r.opened(t, "id:1", "o1")
	r.opened(t, "id:2", "o1")
	if err := open("id:3"); !errors.Is(err, ticket.ErrLimit) {
		t.Errorf("a third open one: %v, want ErrLimit", err)
	}
	if was, err := r.WithdrawTicket(t.Context(), first.Code); !was || err != nil {
		t.Errorf("withdraw: %t, %v", was, err)
	}
	if err := open("id:4"); err != nil {
		t.Errorf("after one was withdrawn: %v", err)
	}
	if was, err := r.WithdrawTicket(t.Context(), first.Code); was || err != nil {
		t.Errorf("withdraw twice: %t, %v, want false", was, err)
	}
	for _, code := range openCodes(t, r, "o1") {
		if _, err := r.WithdrawTicket(t.Context(), code); err != nil {
			t.Fatal(err)
		}
	}
	if err := open("id:5"); !errors.Is(err, ticket.ErrLimit) {
		t.Errorf("a fourth of one day, none open: %v, want ErrLimit", err)
	}
	r.opened(t, "id:6", "o2")
	r.advance(t, 24*time.Hour)
	if err := open("id:7"); err != nil {
		t.Errorf("the next day: %v", err)
	}
}

func openCodes(t *testing.T, r *rig, openID string) []string {
	t.Helper()
	codes, err := r.OwnTickets(t.Context(), openID)
	if err != nil {
		t.Fatal(err)
	}
	return codes
}

func testTicketsOfADay(t *testing.T, r *rig) {
	day := r.keys.ticketDay("20260308")
	if err := r.raw.Set(t.Context(), day, ticket.MaxOfAll-1, 0).Err(); err != nil {
		t.Fatal(err)
	}
	r.opened(t, "id:1", "o1")
	if _, err := r.OpenTicket(t.Context(), Wish{"id:2", "o2", ticket.Talk, ""}, ticketRules); !errors.Is(err, ticket.ErrFull) {
		t.Errorf("past the last: %v, want ErrFull", err)
	}
	if life := r.raw.PTTL(t.Context(), day).Val(); life <= 0 || life > 48*time.Hour {
		t.Errorf("the day's number lives %v", life)
	}
}

func testTicketWayBack(t *testing.T, r *rig) {
	is := r.opened(t, "id:1", "o1")
	if got, err := r.TicketAddress(t.Context(), is.Code); got != "o1" || err != nil {
		t.Errorf("way back: %q, %v", got, err)
	}
	r.advance(t, 40*time.Hour)
	reach, err := r.TicketReach(t.Context(), is.Code)
	if left := reach.Until.Sub(r.clock.now()); err != nil || left <= 7*time.Hour || left > 8*time.Hour || reach.Contact {
		t.Errorf("after 40 hours: %v left, contact %t, %v", left, reach.Contact, err)
	}
	if codes := openCodes(t, r, "o1"); len(codes) != 1 || codes[0] != is.Code {
		t.Errorf("own tickets %v", codes)
	}
	r.advance(t, 40*time.Hour) // they asked once more meanwhile
	if _, err := r.TicketAddress(t.Context(), is.Code); err != nil {
		t.Errorf("40 hours after they asked again: %v", err)
	}
	r.advance(t, 8*time.Hour)
	if _, err := r.TicketAddress(t.Context(), is.Code); !errors.Is(err, ticket.ErrWindow) {
		t.Errorf("after 48 hours: %v, want ErrWindow", err)
	}
	if codes := openCodes(t, r, "o1"); len(codes) != 0 {
		t.Errorf("own tickets after 48 hours: %v, want none", codes)
	}
	if left := append(r.withPrefix(t, "ticket:of:"), r.withPrefix(t, "ticket:back:")...); len(left) != 0 {
		t.Errorf("still there: %v", left)
	}
	if reach, err := r.TicketReach(t.Context(), is.Code); err != nil || !reach.Until.IsZero() {
		t.Errorf("reach after 48 hours: %+v, %v", reach, err)
	}
}

func testTicketContact(t *testing.T, r *rig) {
	is, keep := r.opened(t, "id:1", "o1"), 30*24*time.Hour
	if _, err := r.TicketContact(t.Context(), is.Code); !errors.Is(err, ticket.ErrNoContact) {
		t.Errorf("nothing was left: %v, want ErrNoContact", err)
	}
	for _, c := range []ticket.Contact{{Phone: "13800000000"}, {Name: "王阿姨"}} {
		if err := r.LeaveContact(t.Context(), is.Code, c, keep); err != nil {
			t.Fatal(err)
		}
	}
	want := ticket.Contact{Name: "王阿姨", Phone: "13800000000"}
	if got, err := r.TicketContact(t.Context(), is.Code); got != want || err != nil {
		t.Errorf("contact %+v, %v, want %+v", got, err, want)
	}
	if reach, err := r.TicketReach(t.Context(), is.Code); err != nil || !reach.Contact {
		t.Errorf("reach %+v, %v, want a contact", reach, err)
	}
	r.advance(t, keep)
	if _, err := r.TicketContact(t.Context(), is.Code); !errors.Is(err, ticket.ErrNoContact) {
		t.Errorf("after 30 days: %v, want ErrNoContact", err)
	}
	if _, err := r.WithdrawTicket(t.Context(), is.Code); err != nil {
		t.Fatal(err)
	}
	if err := r.LeaveContact(t.Context(), is.Code, want, keep); !errors.Is(err, ticket.ErrOver) {
		t.Errorf("for a ticket that is over: %v, want ErrOver", err)
	}
	if err := r.LeaveContact(t.Context(), "ZZZZZZ", want, keep); !errors.Is(err, ticket.ErrNone) {
		t.Errorf("for no ticket: %v, want ErrNone", err)
	}
}

func testTicketOver(t *testing.T, r *rig) {
	is := r.takenBy(t, r.opened(t, "id:1", "o1"), "王编辑")
	if err := r.LeaveContact(t.Context(), is.Code, ticket.Contact{Phone: "13800000000"}, time.Hour); err != nil {
		t.Fatal(err)
	}
	closed, err := is.Close("王编辑", ticket.ByPhone, "已说明", r.clock.now())
	if err != nil {
		t.Fatal(err)
	}
	if err := r.KeepTicket(t.Context(), is, closed, staff.Draft{At: r.clock.now(), Who: "王编辑", Did: "close ticket", What: is.Code}); err != nil {
		t.Fatal(err)
	}
	if left := append(r.withPrefix(t, "ticket:back:"), r.withPrefix(t, "ticket:call:")...); len(left) != 0 {
		t.Errorf("after closing: %v", left)
	}
}

func testTicketOfDeletion(t *testing.T, r *rig) {
	for range 2 { // the second is the delivery that comes again
		got, err := r.OpenTicket(t.Context(), Wish{"id:1", "o1", ticket.Deletion, ""}, ticketRules)
		if err != nil || got.State != ticket.Closed || got.Way != ticket.Itself {
			t.Fatalf("opened %+v, %v", got, err)
		}
	}
	if list, err := r.Tickets(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("%d rows, %v, want 1", len(list), err)
	}
	for _, prefix := range []string{"ticket:of:", "ticket:back:", "ticket:call:"} {
		if left := r.withPrefix(t, prefix); len(left) != 0 {
			t.Errorf("a deletion left %v", left)
		}
	}
}

func testTicketForgotten(t *testing.T, r *rig) {
	for i, action := range []bot.Action{bot.Forget, bot.Unfollow} {
		who := "o" + string(rune('1'+i))
		is := r.opened(t, "id:1"+who, who)
		if err := r.LeaveContact(t.Context(), is.Code, ticket.Contact{Phone: "13800000000"}, time.Hour); err != nil {
			t.Fatal(err)
		}
		c := r.claimed(t, Arrival{MessageKey: "id:2" + who, OpenID: who})
		if err := r.Commit(t.Context(), c, Result{Action: action}); err != nil {
			t.Fatal(err)
		}
		got, err := r.Ticket(t.Context(), is.Code)
		if err != nil || got.State != ticket.Withdrawn || got.Topic != "" {
			t.Errorf("%s: the ticket is %+v, %v", action, got, err)
		}
		for _, prefix := range []string{"ticket:of:", "ticket:back:", "ticket:call:"} {
			if left := r.withPrefix(t, prefix); len(left) != 0 {
				t.Errorf("%s left %v", action, left)
			}
		}
	}
}

func testTicketForgottenInOutage(t *testing.T, r *rig) {
	r.asked(t, "id:0", "o1")
	is := r.opened(t, "id:1", "o1")
	c := r.claimed(t, Arrival{MessageKey: "id:2", OpenID: "o1"})
	r.away()
	if _, err := r.OpenTicket(t.Context(), Wish{"id:3", "o1", ticket.Talk, ""}, ticketRules); !errors.Is(err, ErrUnavailable) {
		t.Errorf("open in the outage: %v, want ErrUnavailable", err)
	}
	if err := r.Commit(t.Context(), c, Result{Action: bot.Forget}); err != nil {
		t.Fatal(err)
	}
	r.back()
	if err := r.Replay(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := r.Ticket(t.Context(), is.Code); err != nil || got.State != ticket.Withdrawn {
		t.Errorf("the ticket is %+v, %v", got, err)
	}
	if left := r.withPrefix(t, "ticket:of:"); len(left) != 0 {
		t.Errorf("still tied: %v", left)
	}
}

func testTicketCounts(t *testing.T, r *rig) {
	is := r.takenBy(t, r.opened(t, "id:1", "o1"), "王编辑")
	r.opened(t, "id:2", "o2")
	if _, err := r.OpenTicket(t.Context(), Wish{"id:3", "o3", ticket.Deletion, ""}, ticketRules); err != nil {
		t.Fatal(err)
	}
	closed, _ := is.Close("王编辑", ticket.ByPhone, "", r.clock.now())
	if err := r.KeepTicket(t.Context(), is, closed, staff.Draft{}); err != nil {
		t.Fatal(err)
	}
	got, err := r.TicketCounts(t.Context(), r.clock.now(), r.clock.now())
	want := map[string]map[string]int64{"202603": {
		"opened|人工": 2, "taken|人工": 1, "closed|人工": 1, "intime|人工": 1, "opened|删除": 1, "closed|删除": 1,
	}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("counts (-want +got) %v:\n%s", err, diff)
	}
}

func testTicketBackup(t *testing.T, r *rig) {
	is := r.takenBy(t, r.opened(t, "id:1", "o1"), "王编辑")
	if err := r.LeaveContact(t.Context(), is.Code, ticket.Contact{Phone: "13800000000"}, time.Hour); err != nil {
		t.Fatal(err)
	}
	var copied held
	if _, err := r.Backup(t.Context(), copied.put); err != nil {
		t.Fatal(err)
	}
	s := emptyStore(t, r)
	if _, err := s.Restore(t.Context(), copied.read); err != nil {
		t.Fatal(err)
	}
	got, err := s.Ticket(t.Context(), is.Code)
	if diff := cmp.Diff(is, got); err != nil || diff != "" {
		t.Errorf("restored (-want +got) %v:\n%s", err, diff)
	}
	if reach, err := s.TicketReach(t.Context(), is.Code); err != nil || reach != (ticket.Reach{}) {
		t.Errorf("the restored ticket can be reached: %+v, %v", reach, err)
	}
	counts, err := s.TicketCounts(t.Context(), r.clock.now(), r.clock.now())
	if err != nil || counts["202603"]["opened|人工"] != 1 {
		t.Errorf("restored counts %v, %v", counts, err)
	}
	closed, err := got.Close("王编辑", ticket.Nowhere, "", r.clock.now())
	if err == nil {
		err = s.KeepTicket(t.Context(), got, closed, staff.Draft{At: r.clock.now(), Who: "王编辑", Did: "close ticket", What: is.Code})
	}
	if err != nil {
		t.Errorf("the restored ticket cannot be closed: %v", err)
	}
}

// The bot reads the codes that are given, and package ticket reads them too.
func TestCodesAreReadAsTheyAreGiven(t *testing.T) {
	for range 200 {
		code := ticket.CodeOf([]byte(newToken()))
		if got, ok := bot.DeskCode(strings.ToLower(code)); !ok || got != code {
			t.Errorf("the bot reads %s as %q, %t", code, got, ok)
		}
		if got, ok := ticket.ParseCode(" " + strings.ToLower(code[:3]) + "-" + code[3:]); !ok || got != code {
			t.Errorf("staff's %s is read as %q, %t", code, got, ok)
		}
	}
}

func testTicketTiesNobody(t *testing.T, r *rig) {
	const who, phone = "oWhoOpenedATicket", "13812345678"
	r.asked(t, "id:0", who)
	is := r.opened(t, "id:1", who)
	c := r.claimed(t, Arrival{MessageKey: "id:1", OpenID: who})
	if err := r.Commit(t.Context(), c, Result{Deed: wechat.Wrote, Dialogue: bot.Dialogue{Ticket: is.Code}}); err != nil {
		t.Fatal(err)
	}
	if err := r.LeaveContact(t.Context(), is.Code, ticket.Contact{Name: "欧阳", Phone: phone}, time.Hour); err != nil {
		t.Fatal(err)
	}
	r.takenBy(t, is, "王编辑")
	pseudonym := r.names.pseudonym(who)
	for key, values := range r.dump(t) {
		short := strings.TrimPrefix(key, r.keys.prefix)
		for _, value := range values {
			line := key + " " + value
			for _, word := range []string{who, phone, "欧阳"} {
				if strings.Contains(line, word) {
					t.Errorf("%s holds %s", key, word)
				}
			}
			tied := strings.Contains(line, string(pseudonym)) || strings.Contains(line, encode(pseudonym))
			said := strings.HasPrefix(short, "d:") // for 10 minutes
			if tied && !said && short != "residents" {
				t.Errorf("%s ties a ticket to a person: %q", key, value)
			}
			if strings.Contains(value, is.Code) && !said && !strings.HasPrefix(short, "ticket") && short != "trail" {
				t.Errorf("%s holds the code of a ticket", key)
			}
		}
	}
	var row map[string]any
	text := r.raw.HGet(t.Context(), r.keys.tickets(), is.Code).Val()
	if err := json.Unmarshal([]byte(text), &row); err != nil || len(row) != 9 {
		t.Errorf("the row holds %v, %v: want 9 fields and nothing of a person", row, err)
	}
}
