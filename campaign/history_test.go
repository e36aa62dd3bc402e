package campaign

import (
	"context"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// history is an office in which people and the program do things by lot, and
// what must be true of it, kept apart from the code that is tested.
type history struct {
	*office
	ctx     context.Context
	people  []Actor
	writers map[string]map[string]bool // id -> whoever wrote in it
	final   map[string]Status          // id -> the state in which it ended
	token   int
}

func newHistory(rules Rules) *history {
	h := &history{office: newOffice(rules), ctx: context.Background(), writers: map[string]map[string]bool{}, final: map[string]Status{}}
	h.people = []Actor{
		editor, reviewer, publisher, viewer, both,
		actor("编审己", Write, Review), actor("审发庚", Review, Release),
		{},
	}
	return h
}

// pick chooses a campaign by its id.
func (h *history) pick(t *rapid.T) (Campaign, bool) {
	list, _ := h.book.Campaigns(h.ctx, Filter{})
	if len(list) == 0 {
		return Campaign{}, false
	}
	return list[rapid.IntRange(0, len(list)-1).Draw(t, "campaign")], true
}

func (h *history) create(t *rapid.T, who Actor) error {
	c := rapid.SampledFrom([]Campaign{massPush(), textPush(Card), textPush(Message)}).Draw(t, "push")
	c.ID = ""
	c.Due = h.at.Add(time.Duration(rapid.IntRange(-5, 100).Draw(t, "hours")) * time.Hour)
	c.Until, c.NightOK = c.Due.Add(200*time.Hour), true
	list, err := h.Create(h.ctx, who, c)
	if err == nil {
		h.writers[list[0].ID] = map[string]bool{who.Name: true}
	}
	return err
}

func (h *history) edit(t *rapid.T, who Actor, c Campaign) error {
	edit := rapid.IntRange(0, 4).Draw(t, "edit")
	switch edit {
	case 0:
		c.Due = c.Due.Add(time.Hour)
	case 1:
		c.Title += "改"
	case 2:
		c.Entries = append(c.Entries, "women/due")
	case 3:
		c.Version-- // read before somebody else wrote
	case 4:
		c.Status, c.Approval = Approved, &Approval{By: "审核乙", Hash: c.Hash()}
	}
	_, _, err := h.Edit(h.ctx, who, c)
	if err == nil && (edit == 0 || edit == 2) {
		h.writers[c.ID][who.Name] = true
	}
	return err
}

// staff lets a person do something to a campaign.
func (h *history) staff(t *rapid.T, who Actor, c Campaign) (err error) {
	deed := rapid.SampledFrom([]string{
		"edit", "submit", "approve", "approve blindly", "return", "schedule", "pause", "resume", "cancel", "settle", "preview",
	}).Draw(t, "deed")
	onward := map[Status]string{Draft: "submit", Submitted: "approve", Approved: "schedule", Paused: "resume", InDoubt: "settle"}
	if next, ok := onward[c.Status]; ok && rapid.Bool().Draw(t, "onward") {
		deed = next
	}
	switch deed {
	case "edit":
		err = h.edit(t, who, c)
	case "submit":
		_, err = h.Submit(h.ctx, who, c.ID)
	case "approve":
		_, err = h.Approve(h.ctx, who, c.ID, c.Hash())
	case "approve blindly":
		_, err = h.Approve(h.ctx, who, c.ID, "")
		if err == nil {
			t.Fatal("approved without having seen it")
		}
	case "return":
		_, err = h.Return(h.ctx, who, c.ID, "再改")
	case "schedule":
		_, err = h.Schedule(h.ctx, who, c.ID)
	case "pause":
		_, err = h.Pause(h.ctx, who, c.ID, "")
	case "resume":
		_, err = h.Resume(h.ctx, who, c.ID)
	case "cancel":
		if rapid.IntRange(0, 4).Draw(t, "really") == 0 {
			_, err = h.Cancel(h.ctx, who, c.ID, "不办了")
		}
	case "settle":
		_, err = h.Settle(h.ctx, who, c.ID, rapid.SampledFrom([]Status{Done, Partly, Failed, Draft}).Draw(t, "as"), "看过后台")
	case "preview":
		_, err = h.Preview(h.ctx, who, c.ID)
	}
	return err
}

// work lets an instance claim what is due and bring it one state further.
func (h *history) work(t *rapid.T) {
	h.token++
	token := string(rune('a' + h.token%26))
	c, ok, _ := h.book.ClaimDue(h.ctx, h.at, token, time.Minute)
	if !ok {
		return
	}
	c, begun, err := h.Start(h.ctx, h.book, c, token)
	if err != nil || !begun {
		return
	}
	to := rapid.SampledFrom([]Status{Sending, Waiting, Done, Partly, Failed, InDoubt, Scheduled, Draft}).Draw(t, "state")
	if deed, err := c.Move(to, h.at, "原因"); err == nil {
		_, _ = h.book.Advance(h.ctx, c, token, deed)
	}
}

// holds checks what must be true after every deed.
func (h *history) holds(t *rapid.T, changes int64) {
	for id, c := range h.book.rows {
		if s, over := h.final[id]; over && c.Status != s {
			t.Fatalf("%s left %s for %s", id, s, c.Status)
		}
		if c.Status.Final() {
			h.final[id] = c.Status
		}
		if c.Status == Scheduled || c.Status.Working() || c.Status == Approved {
			h.approvedRightly(t, c)
		}
	}
	if got := int64(len(h.book.trail)); got != changes {
		t.Fatalf("%d steps for %d changes", got, changes)
	}
}

func (h *history) approvedRightly(t *rapid.T, c Campaign) {
	a := c.Approval
	if a == nil || a.Hash != c.Hash() {
		t.Fatalf("%s is %s with approval %+v of another hash", c.ID, c.Status, a)
	}
	if !h.writers[c.ID][a.By] {
		return
	}
	if !h.rules.OnePerson || !a.Alone {
		t.Fatalf("%s is %s, approved by %s, one of its writers", c.ID, c.Status, a.By)
	}
	if c.Status != Approved && h.at.Before(a.At.Add(12*time.Hour)) {
		t.Fatalf("%s is %s %s after an approval by one person", c.ID, c.Status, h.at.Sub(a.At))
	}
}

// changes is how often anything was written.
func (h *history) changes() (n int64) {
	for _, c := range h.book.rows {
		n += c.Version
	}
	return n
}

// TestHistories plays random histories of all people's deeds: nothing gets to
// Scheduled without an approval of exactly what it holds by a person who did
// not write in it, nothing leaves a final state, and every change has a step.
func TestHistories(t *testing.T) {
	for name, one := range map[string]bool{"two people": false, "one person": true} {
		t.Run(name, func(t *testing.T) {
			reached := map[Status]bool{}
			rapid.Check(t, func(t *rapid.T) {
				rules := verified
				rules.OnePerson = one
				h := newHistory(rules)
				h.begin(t)
				for range rapid.IntRange(20, 100).Draw(t, "deeds") {
					h.turn(t)
					h.holds(t, h.changes())
					for _, c := range h.book.rows {
						reached[c.Status] = true
					}
				}
			})
			for _, s := range []Status{Draft, Submitted, Approved, Scheduled, Sending, Done, InDoubt, Missed, Paused, Cancelled} {
				if !reached[s] && !testing.Short() { // a short run plays twenty histories only
					t.Errorf("no history reached %s: the test sees too little", s)
				}
			}
		})
	}
}

// begin has some histories start with a campaign that is scheduled, so that
// the second half of a life is seen as often as the first.
func (h *history) begin(t *rapid.T) {
	if rapid.Bool().Draw(t, "fresh") {
		return
	}
	c := textPush(rapid.SampledFrom([]Channel{Card, Message}).Draw(t, "channel"))
	c.ID, c.Due = "first", h.at.Add(2*time.Hour)
	c.Until = c.Due.Add(200 * time.Hour)
	h.writers["first"] = map[string]bool{editor.Name: true}
	if _, err := h.Create(h.ctx, editor, c); err != nil {
		t.Fatal(err)
	}
	_, err := h.Submit(h.ctx, editor, "first")
	if err == nil {
		_, err = h.Approve(h.ctx, reviewer, "first", h.book.rows["first"].Hash())
	}
	if err == nil {
		_, err = h.Schedule(h.ctx, publisher, "first")
	}
	if err != nil {
		t.Fatal(err)
	}
}

// turn is one deed of somebody, or time that passes.
func (h *history) turn(t *rapid.T) {
	switch rapid.IntRange(0, 9).Draw(t, "turn") {
	case 0:
		hours := rapid.SampledFrom([]int{1, 1, 1, 3, 6, 13, -2}).Draw(t, "hours that pass")
		h.at = h.at.Add(time.Duration(hours) * time.Hour)
		if hours < 0 { // approvals by one person are timed by this clock
			h.forgetWaits()
		}
	case 1:
		if len(h.book.rows) < 3 {
			_ = h.create(t, h.who(t))
		}
	case 2, 3:
		h.work(t)
	default:
		c, ok := h.pick(t)
		if !ok {
			_ = h.create(t, editor)
			return
		}
		before := h.book.rows[c.ID]
		if h.staff(t, h.who(t), c) != nil && h.book.rows[c.ID].Version != before.Version {
			t.Fatalf("a deed that failed changed %s", c.ID)
		}
	}
}

func (h *history) who(t *rapid.T) Actor {
	return h.people[rapid.IntRange(0, len(h.people)-1).Draw(t, "who")]
}

// forgetWaits moves the approvals with a clock that was set back, so that the
// test's own 12 hours are those of the clock.
func (h *history) forgetWaits() {
	for id, c := range h.book.rows {
		if c.Approval != nil && c.Approval.Alone && slices.Contains([]Status{Scheduled, Claimed, Sending, Waiting}, c.Status) {
			c.Approval.At = c.Approval.At.Add(-2 * time.Hour)
			h.book.rows[id] = c
		}
	}
}
