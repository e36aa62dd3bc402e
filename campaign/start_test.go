package campaign

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pufa/content"
)

// ready is a campaign that is approved and scheduled.
func ready(c Campaign) Campaign {
	c.Status, c.Author = Scheduled, "编辑甲"
	c.Approval = &Approval{By: "审核乙", At: today, Hash: c.Hash()}
	return c
}

func TestDecide(t *testing.T) {
	at := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2027, month, day, hour, minute, 0, 0, Zone)
	}
	edit := func(do func(*Campaign)) Campaign {
		c := massPush()
		do(&c)
		return ready(c)
	}
	monthEnd := edit(func(c *Campaign) { c.Due, c.Until, c.NightOK = at(3, 31, 23, 59), at(4, 7, 0, 0), true })
	evening := edit(func(c *Campaign) { c.Due = at(3, 8, 20, 30) })
	alone := edit(func(*Campaign) {})
	alone.Approval.Alone, alone.Approval.At = true, at(3, 8, 1, 0)
	changed := edit(func(*Campaign) {})
	changed.Articles[0].Body = "改过。"
	card := ready(textPush(Card))
	card.Until = at(3, 8, 12, 0)
	card = ready(card)
	sent := func(n int, day time.Time) (list []Campaign) {
		for i := range n {
			c := other(Mass, Done, day.AddDate(0, 0, -i))
			list = append(list, c)
		}
		return list
	}
	onePerson := verified
	onePerson.OnePerson = true
	for _, c := range []struct {
		name   string
		rules  Rules
		push   Campaign
		now    time.Time
		others []Campaign
		do     Verdict
		at     time.Time // of Wait
		reason string
	}{
		{"a second before its time it waits", verified, ready(massPush()), eighth.Add(-time.Second), nil, Wait, eighth, ""},
		{"at its time it begins", verified, ready(massPush()), eighth, nil, Begin, time.Time{}, ""},
		{"caught up within its grace", verified, ready(massPush()), eighth.Add(10 * time.Hour), nil, Begin, time.Time{}, ""},
		{"at the last moment of its grace", verified, edit(func(c *Campaign) { c.Grace = time.Hour }), eighth.Add(time.Hour), nil, Begin, time.Time{}, ""},
		{"a second after its grace it is missed", verified, edit(func(c *Campaign) { c.Grace = time.Hour }), eighth.Add(time.Hour + time.Second), nil, Miss, time.Time{}, "已过补发时限2027-03-08 11:00"},
		{"a push of 3.8 is not sent on 3.12", verified, ready(massPush()), at(3, 12, 10, 0), nil, Miss, time.Time{}, "到2027-03-08 10:00没有发出"},
		{"a clock that went back lets it wait again", verified, ready(massPush()), at(1, 1, 0, 0), nil, Wait, eighth, ""},
		{"a clock that jumped to next year misses it", verified, ready(massPush()), eighth.AddDate(1, 0, 0), nil, Miss, time.Time{}, "补发时限"},
		{"caught up in the evening it waits for the morning", verified, evening, at(3, 8, 21, 0), nil, Wait, at(3, 9, 8, 0), "不打扰居民"},
		{"caught up after midnight it waits for the same morning", verified, evening, at(3, 9, 2, 0), nil, Wait, at(3, 9, 8, 0), "不打扰居民"},
		{"a morning beyond its grace misses it", verified, ready(massPush()), at(3, 8, 21, 30), nil, Miss, time.Time{}, "不打扰居民，而补发时限到2027-03-08 22:00为止"},
		{"the last minute of the month is of this month", verified, monthEnd, at(3, 31, 23, 59), sent(4, at(3, 20, 9, 0)), Drop, time.Time{}, "本月的4次群发已经用完"},
		{"a minute later it is the next month's quota", verified, monthEnd, at(4, 1, 0, 0), sent(4, at(3, 20, 9, 0)), Begin, time.Time{}, ""},
		{"those only planned do not count at sending", verified, ready(massPush()), eighth, []Campaign{
			other(Mass, Scheduled, at(3, 20, 9, 0)), other(Mass, Scheduled, at(3, 21, 9, 0)), other(Mass, Scheduled, at(3, 22, 9, 0)), other(Mass, Scheduled, at(3, 23, 9, 0)),
		}, Begin, time.Time{}, ""},
		{"another that began an hour ago keeps it apart", verified, ready(massPush()), eighth, []Campaign{other(Message, Done, at(3, 8, 9, 0))}, Wait, at(3, 8, 11, 0), "隔开2小时"},
		{"another that began 2 hours ago does not", verified, ready(massPush()), eighth, []Campaign{other(Message, Done, at(3, 8, 8, 0))}, Begin, time.Time{}, ""},
		{"a page that was published does not", verified, ready(massPush()), eighth, []Campaign{other(Publish, Done, at(3, 8, 9, 0))}, Begin, time.Time{}, ""},
		{"kept apart until beyond its grace it is missed", verified, edit(func(c *Campaign) { c.Grace = time.Hour }), eighth.Add(time.Hour), []Campaign{other(Message, Done, at(3, 8, 10, 0))}, Miss, time.Time{}, "隔开2小时，而补发时限"},
		{"kept apart into the night it waits for the morning", verified, evening, at(3, 8, 20, 30), []Campaign{other(Message, Done, at(3, 8, 20, 0))}, Wait, at(3, 9, 8, 0), "不打扰居民"},
		{"what reads otherwise than approved is not sent", verified, changed, eighth, nil, Drop, time.Time{}, "要重新审核"},
		{"an approval by the author waits 12 hours", onePerson, alone, eighth, nil, Drop, time.Time{}, "等满12小时"},
		{"and does not hold where two are needed", verified, alone, eighth.Add(10 * time.Hour), nil, Drop, time.Time{}, "要请别人审核"},
		{"an account that lost its verification", Rules{Account: Account{Service: true}}, ready(massPush()), eighth, nil, Drop, time.Time{}, "没有认证"},
		{"a card begins within its window", verified, card, at(3, 8, 11, 59), nil, Begin, time.Time{}, ""},
		{"a card whose window is over is missed", verified, card, at(3, 8, 12, 0), nil, Miss, time.Time{}, "补发时限"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.rules.Decide(c.push, newShelf(), c.now, c.others)
			if got.Do != c.do || !got.At.Equal(c.at) || !strings.Contains(got.Reason, c.reason) {
				t.Errorf("Decide = %+v, want %d at %s with %q", got, c.do, c.at, c.reason)
			}
		})
	}
	t.Run("an entry that was taken down meanwhile", func(t *testing.T) {
		s := newShelf()
		s.standing["women/leave"] = content.TakenDown
		if got := verified.Decide(ready(massPush()), s, eighth, nil); got.Do != Drop || !strings.Contains(got.Reason, "已下线") {
			t.Errorf("Decide = %+v", got)
		}
		delete(s.standing, "women/leave")
		if got := verified.Decide(ready(massPush()), s, eighth, nil); got.Do != Drop || !strings.Contains(got.Reason, "没有了") {
			t.Errorf("Decide = %+v", got)
		}
	})
}

// claimed schedules a campaign and claims it at its due time.
func (o *office) claimed(t *testing.T, c Campaign, token string) Campaign {
	t.Helper()
	c = o.scheduled(t, c)
	o.at = c.Due
	o.book.holder[c.ID] = token
	return c
}

func TestStart(t *testing.T) {
	t.Run("what must wait is let go", func(t *testing.T) {
		o := newOffice(verified)
		c := o.claimed(t, massPush(), "a")
		o.book.rows["o"] = other(Message, Done, eighth.Add(-time.Hour))
		c, begun, err := o.Start(t.Context(), o.book, c, "a")
		if err != nil || begun || c.Status != Scheduled || !o.book.look["w38"].Equal(eighth.Add(time.Hour)) {
			t.Errorf("Start = %s, %t, %v, looked at %s", c.Status, begun, err, o.book.look["w38"])
		}
	})
	t.Run("what is missed says so and leaves a step", func(t *testing.T) {
		o := newOffice(verified)
		c := o.claimed(t, massPush(), "a")
		o.at = eighth.Add(96 * time.Hour)
		c, begun, err := o.Start(t.Context(), o.book, c, "a")
		if err != nil || begun || c.Status != Missed || c.Reason == "" {
			t.Errorf("Start = %s (%s), %t, %v", c.Status, c.Reason, begun, err)
		}
		if last := o.book.trail[len(o.book.trail)-1]; last.Who != System || last.Did != "campaign missed" || last.Note != c.Reason {
			t.Errorf("step %+v", last)
		}
	})
	t.Run("what may not be sent fails", func(t *testing.T) {
		o := newOffice(verified)
		c := o.claimed(t, massPush(), "a")
		o.shelf.standing["women/leave"] = content.Stale
		if c, begun, err := o.Start(t.Context(), o.book, c, "a"); err != nil || begun || c.Status != Failed {
			t.Errorf("Start = %s, %t, %v", c.Status, begun, err)
		}
	})
	t.Run("another that begins meanwhile is seen", func(t *testing.T) {
		o := newOffice(verified)
		c := o.claimed(t, massPush(), "a")
		o.book.between = func() {
			o.book.rows["o"] = other(Message, Done, eighth)
			o.book.begun++
		}
		c, begun, err := o.Start(t.Context(), o.book, c, "a")
		if err != nil || begun || c.Status != Scheduled {
			t.Errorf("Start = %s, %t, %v, want it to wait", c.Status, begun, err)
		}
	})
	t.Run("whoever does not hold it begins nothing", func(t *testing.T) {
		o := newOffice(verified)
		c := o.claimed(t, massPush(), "a")
		if _, begun, err := o.Start(t.Context(), o.book, c, "b"); begun || !errors.Is(err, ErrLost) {
			t.Errorf("Start = %t, %v, want ErrLost", begun, err)
		}
	})
	t.Run("what another left goes on as it stood", func(t *testing.T) {
		o := newOffice(verified)
		c := o.scheduled(t, massPush())
		c.Status = Sending
		if got, begun, err := o.Start(t.Context(), o.book, c, "a"); err != nil || !begun || got.Status != Sending {
			t.Errorf("Start = %s, %t, %v", got.Status, begun, err)
		}
	})
}

func TestMove(t *testing.T) {
	states := []Status{Draft, Submitted, Approved, Scheduled, Claimed, Sending, Waiting, Done, Partly, Failed, InDoubt, Cancelled, Paused, Missed}
	want := map[Status]string{
		Scheduled: "claimed failed missed",
		Claimed:   "sending waiting done partly failed doubt missed",
		Sending:   "waiting done partly failed doubt",
		Waiting:   "sending done partly failed doubt",
	}
	for _, from := range states {
		var may []string
		for _, to := range states {
			c := Campaign{ID: "w38", Status: from, Resume: Sending}
			deed, err := c.Move(to, today, "因为")
			if err != nil {
				var state *StateError
				if !errors.As(err, &state) || c.Status != from {
					t.Errorf("%s to %s: %v, is %s", from, to, err, c.Status)
				}
				continue
			}
			may = append(may, string(to))
			if c.Status != to || deed.Did != "campaign "+string(to) || deed.Note != "因为" {
				t.Errorf("%s to %s: is %s, step %+v", from, to, c.Status, deed)
			}
		}
		if !sameWords(strings.Join(may, " "), want[from]) {
			t.Errorf("the program moves %s to %v, want %q", from, may, want[from])
		}
		if from.Chinese() == string(from) {
			t.Errorf("%s has no Chinese name", from)
		}
		if from.Final() && len(next[from]) > 0 {
			t.Errorf("%s is final and %v follow", from, next[from])
		}
	}
}

func sameWords(a, b string) bool {
	count := map[string]int{}
	for _, w := range strings.Fields(a) {
		count[w]++
	}
	for _, w := range strings.Fields(b) {
		count[w]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

func TestRenew(t *testing.T) {
	yearly := func(id string, due time.Time, s Status) Campaign {
		c := massPush()
		c.ID, c.Due, c.Until, c.Repeat, c.Status, c.Author = id, due, due.Add(DefaultSpan), Yearly, s, "编辑甲"
		c.Title = "2027年三八维权周"
		c.Writers, c.Series, c.Sent.MsgID = []string{"编辑甲"}, "s", 7
		c.Approval = &Approval{By: "审核乙", Hash: c.Hash()}
		return c
	}
	o := newOffice(verified)
	for _, c := range []Campaign{
		yearly("w38-2027", eighth, Done),
		yearly("leap", time.Date(2028, 2, 29, 9, 0, 0, 0, Zone), Missed),
		yearly("chongyang", time.Date(2027, 10, 7, 9, 0, 0, 0, Zone), Partly),
		yearly("stopped", eighth, Cancelled),
		yearly("coming", eighth, Scheduled),
		yearly("2027-consumer", time.Date(2027, 3, 15, 9, 0, 0, 0, Zone), Failed),
	} {
		if c.ID == "chongyang" {
			c.Observance = "chongyang" // this piece stands a day before it
		}
		o.book.rows[c.ID] = c
	}
	days := map[int]time.Time{2027: time.Date(2027, 10, 8, 0, 0, 0, 0, Zone), 2028: time.Date(2028, 10, 26, 0, 0, 0, 0, Zone)}
	dates := func(observance string, year int) (time.Time, bool) {
		day, ok := days[year]
		return day, ok && observance == "chongyang"
	}
	made, err := o.Renew(t.Context(), dates)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, c := range made {
		got[c.ID] = clockTime(c.Due)
		if c.ID == "w38-2028" && c.Title != "2028年三八维权周" {
			t.Errorf("title %q", c.Title)
		}
		if c.Status != Draft || c.Approval != nil || c.Sent.MsgID != 0 || c.Series != "" || c.Repeat != Yearly || c.Writers[0] != "编辑甲" {
			t.Errorf("next year's %+v", c)
		}
	}
	want := map[string]string{"w38-2028": "2028-03-08 10:00", "leap-2029": "2029-02-28 09:00", "chongyang-2028": "2028-10-25 09:00", "2028-consumer": "2028-03-15 09:00"}
	if len(got) != len(want) {
		t.Errorf("made %v, want %v", got, want)
	}
	for id, due := range want {
		if got[id] != due {
			t.Errorf("%s is due %q, want %q", id, got[id], due)
		}
	}
	if again, err := o.Renew(t.Context(), dates); err != nil || len(again) != 0 {
		t.Errorf("a second time: %d, %v, want none", len(again), err)
	}
	if n := len(o.book.trail); n != len(want) || o.book.trail[0].Who != System {
		t.Errorf("%d steps, want %d by the program", n, len(want))
	}
}
