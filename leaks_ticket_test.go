package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"pufa/store"
	"pufa/ticket"
)

// What somebody types to be called by: it is found nowhere as it is.
const (
	leakPhone  = "13719850624"
	leakCaller = "诸葛青"
)

// atCounter leaves tickets of a few residents: one with how to be called, one
// of a sensitive matter.
func atCounter(p *platform, id func() string) {
	for r := range 3 {
		for _, words := range []string{"人工", "3", "电话 " + leakPhone + " 称呼 " + leakCaller, leakPhone, "人工", "反家庭暴力"} {
			p.says(p.text(fmt.Sprint(leakOpenID, 3+r), id(), words))
		}
	}
}

// holdTicket wants rows of nobody, and ways back and contacts that end.
func holdTicket(t *testing.T, name string, r row) {
	t.Helper()
	most := time.Duration(0)
	switch {
	case name == "tickets":
		code, text, _ := strings.Cut(r.text, " ")
		var is ticket.Ticket
		in := json.NewDecoder(strings.NewReader(text))
		in.DisallowUnknownFields()
		if err := in.Decode(&is); err != nil || is.Code != code || is.Topic != "" && is.Topic != "消费维权" {
			t.Errorf("a ticket is kept as %q, %v", r.text, err)
		}
	case strings.HasPrefix(name, "ticket:of:"), strings.HasPrefix(name, "ticket:back:"):
		most = ticket.Window
	case strings.HasPrefix(name, "ticket:call:"):
		most = 30 * 24 * time.Hour
	case strings.HasPrefix(name, "ticket:day:"):
		most = 48 * time.Hour
	case !strings.HasPrefix(name, "ticket:count:"):
		t.Errorf("nobody knows what %s is", name)
	}
	if most > 0 && (r.life <= 0 || r.life > most) {
		t.Errorf("%s lives for %s, want at most %s", name, r.life, most)
	}
}

// holdTickets wants every kind of key of the service desk among what was
// looked at.
func holdTickets(t *testing.T, rows []row) {
	t.Helper()
	kinds := map[string]bool{}
	for _, r := range rows {
		if _, name, _ := strings.Cut(r.key, "}:"); strings.HasPrefix(name, "ticket") {
			kinds[strings.Join(strings.Split(name+"::", ":")[:2], ":")] = true
		}
	}
	if len(kinds) != 6 {
		t.Errorf("of tickets %v are kept: one of the six kinds is not looked at", kinds)
	}
}

// withTickets leaves tickets at the service desk, one with a name as an
// outsider would type it.
func withTickets(t *testing.T, v variables, now func() time.Time) variables {
	t.Helper()
	withStoreOf(t, v, now, func(ctx context.Context, st *store.Store) error {
		rules := ticket.Rules{RequestDays: 15, KeepDays: 30}
		for n, kind := range []ticket.Kind{ticket.Talk, ticket.Complaint} {
			who := openidOf(n)
			is, err := st.OpenTicket(ctx, store.Wish{MessageKey: who, OpenID: who, Kind: kind, Topic: payloads[0]}, rules)
			if err == nil {
				err = st.LeaveContact(ctx, is.Code, ticket.Contact{Name: payloads[1], Phone: payloads[2]}, rules.ContactLife())
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return v
}
