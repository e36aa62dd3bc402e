package wechattest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pufa/wechat"
)

func TestMassReachesEachFollowerOnce(t *testing.T) {
	r := start(t, Options{Followers: 5})
	if err := r.Leave(OpenID(4)); err != nil {
		t.Fatal(err)
	}
	if err := r.Mute(OpenID(3)); err != nil {
		t.Fatal(err)
	}
	media := r.draft("women-2026")
	first := r.must(massAllPath, massOf(media, "women-2026"))
	if r.Drafts() != 0 {
		t.Error("the draft is still there after it was sent")
	}
	again := r.post(massAllPath, massOf(media, "women-2026"))
	if again.code() != 45065 || again.number("msg_id") != first.number("msg_id") || first.number("msg_id") == 0 {
		t.Errorf("the same key again = %v, want 45065 with the msg_id of %v", again, first)
	}
	r.Tick(t.Context())
	if got, want := r.Reached("women-2026"), (Reached{3, 0, 3}); got != want {
		t.Errorf("Reached = %+v, want %+v", got, want)
	}
	list := r.MassMessages()
	if len(list) != 1 || list[0].State != MassDone || list[0].Counts != (wechat.MassCounts{Total: 4, Filtered: 3, Sent: 3}) {
		t.Errorf("MassMessages = %+v", list)
	}
	if got := r.post("/cgi-bin/message/mass/get", fmt.Sprintf(`{"msg_id":%d}`, first.number("msg_id"))).word("msg_status"); got != "SEND_SUCCESS" {
		t.Errorf("mass/get = %q", got)
	}
}

// A key is known for its time, even when its message is over.
func TestClientIDs(t *testing.T) {
	r := start(t, Options{Followers: 3})
	text := func(key, words string) string {
		return inline(map[string]any{
			"filter": map[string]any{"is_to_all": true}, "msgtype": "text", "text": map[string]string{"content": words}, "clientmsgid": key,
		})
	}
	r.codes(massAllPath, text("k1", "甲"), 0, 45065)
	r.codes(massAllPath, text("", "甲"), 0, 45065)
	r.codes(massAllPath, text("", "乙"), 0)
	r.codes(massAllPath, text(strings.Repeat("k", 64), "甲"), 0)
	r.codes(massAllPath, text(strings.Repeat("k", 65), "甲"), 45067)
	r.clock.forward(24 * time.Hour)
	r.renew()
	r.codes(massAllPath, text("k1", "甲"), 0)
}

func TestServiceQuotaIsFourAMonthForEachFollower(t *testing.T) {
	r := start(t, Options{Followers: 2})
	r.clock.forward(30*24*time.Hour + 13*time.Hour) // 1 April 23:00
	r.clock.forward(-24 * time.Hour)                // 31 March 23:00
	r.renew()
	send := func(key string) wechat.MassCounts {
		r.must(massAllPath, massOf(r.draft("c"), key))
		r.Tick(t.Context())
		list := r.MassMessages()
		return list[len(list)-1].Counts
	}
	for i := range 4 {
		if got := send(fmt.Sprint("k", i)); got.Sent != 2 {
			t.Fatalf("message %d: %+v, want 2 sent", i+1, got)
		}
	}
	if got, want := send("k4"), (wechat.MassCounts{Total: 2, Filtered: 2, Failed: 2}); got != want {
		t.Errorf("fifth message of the month: %+v, want %+v", got, want)
	}
	if got := r.MassThisMonth(OpenID(1)); got != 4 {
		t.Errorf("MassThisMonth = %d, want 4", got)
	}
	r.clock.forward(time.Hour)
	if got := send("k5"); got.Sent != 2 {
		t.Errorf("first message of the next month: %+v, want 2 sent", got)
	}
}

func TestSubscriptionQuotaIsOneADay(t *testing.T) {
	r := start(t, Options{Followers: 2, Account: Subscription})
	r.must(massAllPath, massOf(r.draft("c"), "k1"))
	r.codes(massAllPath, massOf(r.draft("c"), "k2"), 45028)
	r.codes(massAllPath, massOf("gone", "k1"), 45065)
	r.clock.forward(14 * time.Hour) // midnight
	r.renew()
	r.EndMass(StatusUnlawful)
	r.must(massAllPath, massOf(r.draft("c"), "k3"))
	r.Tick(t.Context())
	r.must(massAllPath, massOf(r.draft("c"), "k4"))
	r.codes(massListPath, `{}`, 48001)
}

// With 群发保护 what goes to all waits for the account's admin.
func TestAdmin(t *testing.T) {
	for _, c := range []struct {
		name   string
		decide func(*rig, int64) error
		after  time.Duration
		state  MassState
		status string
		sent   int64
	}{
		{"it waits", nil, 29 * time.Minute, MassWaiting, "", 0},
		{"nobody decides for 30 minutes", nil, 30 * time.Minute, MassFailed, StatusAdminSilent, 0},
		{"the admin agrees", func(r *rig, id int64) error { return r.Confirm(id) }, time.Minute, MassDone, wechat.StatusMassSent, 2},
		{"the admin refuses", func(r *rig, id int64) error { return r.Refuse(id) }, time.Minute, MassFailed, StatusAdminRefused, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := start(t, Options{Followers: 2, AskAdmin: true})
			id := r.must(massAllPath, massOf(r.draft("c"), "k")).number("msg_id")
			if c.decide != nil {
				if err := c.decide(r, id); err != nil {
					t.Fatal(err)
				}
			}
			r.clock.forward(c.after)
			r.Tick(t.Context())
			m := r.MassMessages()[0]
			if m.State != c.state || m.Status != c.status || m.Counts.Sent != c.sent {
				t.Errorf("message is %s, %q, sent %d, want %s, %q, %d", m.State, m.Status, m.Counts.Sent, c.state, c.status, c.sent)
			}
			if err := r.Confirm(id); (err == nil) != (c.state == MassWaiting) {
				t.Errorf("Confirm in state %s: %v", c.state, err)
			}
		})
	}
	r := start(t, Options{AskAdmin: true})
	if r.Confirm(1) == nil {
		t.Error("a message that is not there was confirmed")
	}
}

func TestJobTimeFollowsTheClock(t *testing.T) {
	r := start(t, Options{Followers: 2, JobTime: 10 * time.Minute})
	id := r.must(massAllPath, massOf(r.draft("c"), "k")).number("msg_id")
	get := func() string {
		return r.post("/cgi-bin/message/mass/get", fmt.Sprintf(`{"msg_id":"%d"}`, id)).word("msg_status")
	}
	r.Tick(t.Context())
	if got := get(); got != "SENDING" {
		t.Errorf("at once: %s", got)
	}
	r.clock.forward(10 * time.Minute)
	r.Tick(t.Context())
	if got := get(); got != "SEND_SUCCESS" {
		t.Errorf("after 10 minutes: %s", got)
	}
	r.must("/cgi-bin/message/mass/delete", fmt.Sprintf(`{"msg_id":%d,"article_idx":0}`, id))
	if got := get(); got != "DELETE" {
		t.Errorf("after deleting: %s", got)
	}
}

func TestSixtyMassCallsAMinute(t *testing.T) {
	r := start(t, Options{Followers: 2})
	for i := range massAMinute {
		r.must(massAllPath, massOf(r.draft("c"), fmt.Sprint(i)))
	}
	r.codes(massAllPath, massOf(r.draft("c"), "more"), 45011)
	r.clock.forward(time.Minute)
	r.codes(massAllPath, massOf(r.draft("c"), "more"), 0)
}

func TestMassToAList(t *testing.T) {
	r := start(t, Options{Followers: 4})
	list := func(ids ...string) string {
		return inline(map[string]any{
			"touser": ids, "msgtype": "text", "text": map[string]string{"content": "见 https://x.test/a?c=k9"}, "clientmsgid": fmt.Sprint(len(ids)),
		})
	}
	r.codes(massListPath, list(OpenID(0)), 40130)
	r.codes(massListPath, list(OpenID(0), OpenID(0)), 40130)
	r.codes(massListPath, list(OpenID(0), "oNobody"), 40003)
	r.codes(massListPath, list(OpenID(0), OpenID(2)), 0)
	r.Tick(t.Context())
	if got := r.Counts("k9"); got[0] != 1 || got[1] != 0 || got[2] != 1 {
		t.Errorf("Counts = %v", got)
	}
}
