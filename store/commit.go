package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"pufa/bot"
	"pufa/stats"
	"pufa/wechat"
)

// Result is what became of a message.
type Result struct {
	Stored   Stored
	Dialogue bot.Dialogue
	Events   []stats.Event // of one day; dropped for a test resident
	Action   bot.Action
	Deed     wechat.Deed // what customer messages it allows; NoDeed where nobody wants to send any
	Carded   bool        // a campaign's card stands under the reply: none does for the rest of the day
	Gap      GapText     // dropped where Redis does not take the commit at once
}

// crisis reports whether nothing about the person may be kept.
func (r Result) crisis() bool {
	for _, e := range r.Events {
		if e.InCrisis() {
			return true
		}
	}
	return false
}

// day checks that the events are of one day; they share its keys.
func (r Result) day() error {
	for _, e := range r.Events[1:] {
		if e.Day() != r.Events[0].Day() {
			return mistakef("events of %s and %s in one commit", r.Events[0].Day(), e.Day())
		}
	}
	return nil
}

// Commit keeps the reply and counts the message, once however often it is
// tried. It returns ErrLost when another delivery took the message over. When
// Redis does not take it, it waits in the spool and Commit returns nil; any
// other error means that it is not counted. A caller who hangs up does not
// stop it.
func (s *Store) Commit(ctx context.Context, c Claim, r Result) error {
	r = r.keptOf(&c)
	if len(r.Events) > 0 {
		if err := r.day(); err != nil {
			return fmt.Errorf("commit message: %w", err)
		}
	}
	err := s.commit(context.WithoutCancel(ctx), c, r)
	if err == nil || errors.Is(err, ErrLost) {
		return err
	}
	if late := s.later(c, r); late != nil {
		return errors.Join(err, late)
	}
	if !errors.Is(err, ErrUnavailable) {
		s.log.Error("redis refused a commit, it waits in the spool", "error", err)
	}
	return nil
}

func (s *Store) commit(ctx context.Context, c Claim, r Result) error {
	if forgets(r.Action) != "" && c.pseudonym != nil {
		if err := s.forgetTickets(ctx, c.pseudonym); err != nil {
			return fmt.Errorf("commit message: %w", err)
		}
	}
	seen, err := s.seenIn(ctx, c, r)
	if err != nil {
		return fmt.Errorf("commit message: %w", err)
	}
	if r.Carded {
		if seen, err = s.cardedBy(ctx, c, seen); err != nil {
			return fmt.Errorf("commit message: %w", err)
		}
	}
	call := s.calls.get()
	defer s.calls.put(call)
	s.commitCall(call, c, r, seen)
	if err := s.gapCall(ctx, call, c, r); err != nil {
		return fmt.Errorf("commit message: %w", err)
	}
	lost := false
	err = s.call(ctx, "commit message", commitScript, call.keys, call.args, func(cmd *redis.Cmd) error {
		done, err := cmd.Int()
		lost = done == 0
		return err
	})
	if err == nil && lost {
		return fmt.Errorf("commit message: %w", ErrLost)
	}
	if err == nil && len(call.marks) > 0 {
		s.marks.put(call.marks, s.now())
	}
	return err
}

// call is a script's keys and arguments in the making, and what is written
// when it is done.
type call struct {
	keys  []string
	args  []any
	marks []mark
}

// calls keeps calls that are over for the room that they have.
type calls struct{ pool sync.Pool }

func (p *calls) get() *call {
	if c, ok := p.pool.Get().(*call); ok {
		return c
	}
	return &call{keys: make([]string, 0, 16), args: make([]any, 0, 48), marks: make([]mark, 0, 8)}
}

func (p *calls) put(c *call) {
	clear(c.keys)
	clear(c.args)
	c.keys, c.args, c.marks = c.keys[:0], c.args[:0], c.marks[:0]
	p.pool.Put(c)
}

func (c *call) key(keys ...string) { c.keys = append(c.keys, keys...) }
func (c *call) arg(args ...any)    { c.args = append(c.args, args...) }

// commitCall fills in the call of the script that commits.
func (s *Store) commitCall(out *call, c Claim, r Result, seen []seen) {
	out.key(s.keys.message(c.name))
	out.arg(c.Token, r.Stored.String(), replyLife.Milliseconds())
	if len(r.Events) == 0 {
		out.arg("", "")
	} else {
		out.key(s.keys.ofDay(r.Events[0].At).counted)
		s.countKeys(out, r.Events[0])
		out.arg(c.counted, s.countedExpiry(r.Events[0].At))
	}
	s.personCall(out, c, r)
	out.arg(len(seen))
	for _, w := range seen {
		out.key(s.keys.window(w.window))
		out.arg(w.member, w.expiry)
		out.marks = append(out.marks, w.mark)
	}
	if len(r.Events) > 0 {
		out.count(r.Events)
	}
}

// personCall adds what is kept of the person: dialogue, number, bitmaps.
func (s *Store) personCall(out *call, c Claim, r Result) {
	if c.pseudonym == nil {
		out.arg("", "", "", "", "", "", "", "", "", "", 0)
		return
	}
	out.key(s.keys.dialogue(c.pseudonym), s.keys.residents())
	forgets := forgets(r.Action)
	if forgets != "" {
		out.key(s.keys.follower(c.Resident))
	}
	out.arg(c.pseudonym, c.Resident, dialogueArg(c.Dialogue, r.Dialogue), dialogueLife.Milliseconds(), flag(c.New && c.Resident > 0), forgets)
	s.allowanceCall(out, c, r, forgets)
	bits := s.newBits(out, c, s.bitsOf(c, r))
	out.arg(len(bits))
	for _, b := range bits {
		out.key(b.key)
		out.arg(b.value)
	}
}

// allowanceCall adds what customer messages the resident's deed allows; whoever
// is forgotten is sent none.
func (s *Store) allowanceCall(out *call, c Claim, r Result, forgets string) {
	if forgets == "1" || r.Deed.Messages() > 0 && !c.test {
		out.key(s.allowanceKey(c.pseudonym))
	}
	if forgets == "1" || c.test || r.Deed.Messages() == 0 {
		out.arg("", "", "", "")
		return
	}
	lasts := r.Deed.Lasts()
	out.arg(string(r.Deed), s.now().Add(lasts).UnixMilli(), r.Deed.Messages(), lasts.Milliseconds())
}

// newBits leaves out the bits of the month and year that were set a moment ago.
func (s *Store) newBits(out *call, c Claim, bits []bit) []bit {
	number := binary.BigEndian.AppendUint64(nil, uint64(c.Resident))
	return slices.DeleteFunc(bits, func(b bit) bool {
		if !b.lasting {
			return false
		}
		m := s.marks.mark(b.key, number)
		if s.marks.has(m, s.now()) {
			return true
		}
		out.marks = append(out.marks, m)
		return false
	})
}

// dialogueArg is what the script is to keep: nothing when nothing changed.
func dialogueArg(before, after bot.Dialogue) string {
	switch {
	case !after.Empty():
		return writeDialogue(after)
	case before.Empty():
		return ""
	}
	return "-"
}

// bit is one bit of a bitmap, at the resident's number.
type bit struct {
	key     string
	value   int
	lasting bool // once set it is never cleared
}

// bitsOf are the bits to set: a message marks month and year, a command or a
// follow its own bitmap.
func (s *Store) bitsOf(c Claim, r Result) []bit {
	if c.Resident == 0 {
		return nil
	}
	var list []bit
	for _, e := range r.Events {
		if e.Kind == stats.Message {
			d := s.keys.ofDay(e.At)
			list = append(make([]bit, 0, 3), bit{d.monthBits, 1, true}, bit{d.yearBits, 1, true})
			break
		}
	}
	switch r.Action {
	case bot.OptOut:
		list = append(list, bit{key: s.keys.optout(), value: 1})
	case bot.OptIn:
		list = append(list, bit{key: s.keys.optout()})
	case bot.Follow:
		list = append(list, bit{key: s.keys.followers(), value: 1})
	case bot.Unfollow:
		list = append(list, bit{key: s.keys.followers()})
	case bot.Forget:
		list = append(list, bit{key: s.keys.optout()}, bit{key: s.keys.followers()})
	}
	return list
}

// countKeys adds the keys that the counting part of a script writes.
func (s *Store) countKeys(out *call, e stats.Event) {
	d := s.keys.ofDay(e.At)
	ledger := d.ledger
	if e.InCrisis() {
		ledger = d.crisis
	}
	out.key(ledger, d.day, d.month)
}

// count adds the ledger lines and the counters of events.
func (c *call) count(events []stats.Event) {
	c.arg(len(events))
	for _, e := range events {
		c.arg(e.Line())
	}
	var buf [8]stats.Counter
	counters := buf[:0]
	for _, e := range events {
		counters = append(counters, e.Counters()...)
	}
	c.fields(counters, stats.PerDay)
	c.fields(counters, stats.PerMonth)
}

// fields adds how many counters there are of a scope, and their fields.
func (c *call) fields(counters []stats.Counter, scope stats.Scope) {
	at := len(c.args)
	c.arg(0)
	for _, counter := range counters {
		if counter.Scope == scope {
			c.arg(counter.Field)
		}
	}
	c.args[at] = len(c.args) - at - 1
}

// countedExpiry is the lifetime of the day's counted set in ms, or "" when it
// was set within the last minute.
func (s *Store) countedExpiry(at time.Time) any {
	now := s.now()
	if !s.chores.due(s.keys.ofDay(at).counted, now) {
		return ""
	}
	return countedFor(at, now).Milliseconds()
}

// countedFor is how long the counted set of at's day lives from now on: two
// days after its end, and two days from now for a day long past.
func countedFor(at, now time.Time) time.Duration {
	t := at.In(zone)
	end := time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, zone)
	return max(end.Sub(now), 0) + countedLife
}

// forgets says what of the person is deleted: 1 all, 0 the openid in the list
// of followers.
func forgets(a bot.Action) string {
	switch a {
	case bot.Forget:
		return "1"
	case bot.Unfollow:
		return "0"
	}
	return ""
}

func flag(b bool) string {
	if b {
		return "1"
	}
	return ""
}
