package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"pufa/staff"
	"pufa/stats"
	"pufa/ticket"
)

// maxTicketTries is how often a deed of a resident is tried anew because the
// ticket changed meanwhile, or a code was taken.
const maxTicketTries = 5

// Wish is a ticket that somebody wants to open.
type Wish struct {
	MessageKey string // the same for every delivery of the message, which opens one ticket
	OpenID     string // hashed, and sealed where the ticket can be answered
	Kind       ticket.Kind
	Topic      string // empty: not to be kept
}

// owner is another keyed hash of a person than the pseudonym, so that tickets
// are not joined with what is kept under that one.
func (n names) owner(pseudonym []byte) []byte { return n.hash("ticket owner", string(pseudonym))[:16] }

// OpenTicket opens a ticket and returns it; for a delivery that comes again
// the same. Errors are ticket.ErrLimit and ticket.ErrFull. A deletion is tied
// to nobody.
func (s *Store) OpenTicket(ctx context.Context, w Wish, r ticket.Rules) (ticket.Ticket, error) {
	owner := s.names.owner(s.names.pseudonym(w.OpenID))
	for try := range maxTicketTries {
		code := ticket.CodeOf(s.names.hash("ticket code", w.MessageKey+" "+strconv.Itoa(try/2)))
		t, done, err := s.tryOpen(ctx, w, r.Open(code, w.Kind, w.Topic, s.now()), owner)
		if err != nil || done {
			return t, err
		}
	}
	return ticket.Ticket{}, fmt.Errorf("open ticket: %d others came between", maxTicketTries)
}

func (s *Store) tryOpen(ctx context.Context, w Wish, t ticket.Ticket, owner []byte) (_ ticket.Ticket, done bool, err error) {
	keys := []string{s.keys.tickets(), s.keys.ticketCount(stats.MonthOf(s.now())), s.keys.ticketDay(stats.DayOf(s.now()))}
	own, sealed := map[string]string{}, ""
	if w.Kind != ticket.Deletion {
		if own, err = s.ownTickets(ctx, owner); err != nil {
			return t, false, err
		}
		if own[t.Code] != "" { // this delivery opened it before
			is, err := s.Ticket(ctx, t.Code)
			return is, true, err
		}
		if err := s.mayOpen(ctx, own); err != nil {
			return t, false, err
		}
		if sealed, err = s.names.sealFor(addressSeal, w.OpenID); err != nil {
			return t, false, err
		}
		keys = append(keys, s.keys.ticketOf(owner), s.keys.ticketBack(t.Code))
	}
	row, err := json.Marshal(t)
	if err != nil {
		return t, false, fmt.Errorf("open ticket: %w", err)
	}
	args := []any{
		t.Code, row, ticket.MaxOfAll, (48 * time.Hour).Milliseconds(), len(own), stats.DayOf(s.now()), sealed, ticket.Window.Milliseconds(),
	}
	for _, c := range t.Counts(ticket.Ticket{}) {
		args = append(args, c)
	}
	reply := 0
	err = s.do(ctx, "open ticket", func(ctx context.Context) (err error) {
		reply, err = ticketOpenScript.Run(ctx, s.redis, keys, args...).Int()
		return err
	})
	switch {
	case err == nil && reply == -2:
		err = fmt.Errorf("open ticket: %w", ticket.ErrFull)
	case err == nil && reply == -1 && w.Kind == ticket.Deletion:
		// Tied to nobody: the row of the same hour is what this delivery left.
		is, bad := s.Ticket(ctx, t.Code)
		return is, bad == nil && is.Kind == t.Kind && is.Opened.Equal(t.Opened), bad
	}
	return t, reply == 1, err
}

// mayOpen reports ticket.ErrLimit when the owner of these codes has enough.
func (s *Store) mayOpen(ctx context.Context, own map[string]string) error {
	today, day := 0, stats.DayOf(s.now())
	for _, on := range own {
		if on == day {
			today++
		}
	}
	open, err := s.openOf(ctx, own)
	if err == nil && (len(open) >= ticket.MaxOpen || today >= ticket.MaxADay) {
		err = fmt.Errorf("open ticket: %w", ticket.ErrLimit)
	}
	return err
}

// ownTickets are the codes that an owner opened, with the day.
func (s *Store) ownTickets(ctx context.Context, owner []byte) (own map[string]string, err error) {
	err = s.do(ctx, "read own tickets", func(ctx context.Context) (err error) {
		own, err = s.redis.HGetAll(ctx, s.keys.ticketOf(owner)).Result()
		return err
	})
	return own, err
}

// openOf are those of the codes whose ticket is not over, in order.
func (s *Store) openOf(ctx context.Context, own map[string]string) (open []string, err error) {
	for code := range own {
		t, err := s.Ticket(ctx, code)
		if err != nil && !errors.Is(err, ticket.ErrNone) {
			return nil, err
		}
		if err == nil && !t.State.Over() {
			open = append(open, code)
		}
	}
	slices.Sort(open)
	return open, nil
}

// OwnTickets returns the codes of a person's tickets that are not over and can
// still be tied to them. Asking for them is asking for somebody: from now on
// they may be answered for another 48 hours.
func (s *Store) OwnTickets(ctx context.Context, openID string) ([]string, error) {
	owner := s.names.owner(s.names.pseudonym(openID))
	own, err := s.ownTickets(ctx, owner)
	if err != nil || len(own) == 0 {
		return nil, err
	}
	open, err := s.openOf(ctx, own)
	if err != nil || len(open) == 0 {
		return open, err
	}
	return open, s.do(ctx, "keep ways back longer", func(ctx context.Context) error {
		_, err := s.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
			p.PExpire(ctx, s.keys.ticketOf(owner), ticket.Window)
			for _, code := range open { // what is gone stays gone
				p.PExpire(ctx, s.keys.ticketBack(code), ticket.Window)
			}
			return nil
		})
		return err
	})
}

// LeaveContact keeps how the owner of an open ticket wants to be called, for
// keep at most. What was left before and is empty in c stays. The errors are
// ticket.ErrNone and ticket.ErrOver.
func (s *Store) LeaveContact(ctx context.Context, code string, c ticket.Contact, keep time.Duration) error {
	for range maxTicketTries {
		t, row, err := s.ticket(ctx, code)
		if err == nil && t.State.Over() {
			err = fmt.Errorf("leave contact: %w", ticket.ErrOver)
		}
		if err != nil {
			return err
		}
		text, err := s.contactWith(ctx, code, c)
		if err != nil {
			return err
		}
		reply := 0
		err = s.do(ctx, "keep contact", func(ctx context.Context) (err error) {
			keys := []string{s.keys.tickets(), s.keys.ticketCall(code)}
			reply, err = ticketCallScript.Run(ctx, s.redis, keys, code, row, text, keep.Milliseconds()).Int()
			return err
		})
		if err != nil || reply == 1 {
			return err
		}
	}
	return fmt.Errorf("leave contact: %w", ticket.ErrChanged)
}

// contactWith is what was left with what is left now, sealed.
func (s *Store) contactWith(ctx context.Context, code string, c ticket.Contact) (string, error) {
	was, err := s.TicketContact(ctx, code)
	if err != nil && !errors.Is(err, ticket.ErrNoContact) {
		return "", err
	}
	if c.Name == "" {
		c.Name = was.Name
	}
	if c.Phone == "" {
		c.Phone = was.Phone
	}
	text, err := json.Marshal(c)
	if err != nil {
		return "", errors.New("keep contact: it cannot be written")
	}
	return s.names.sealFor(contactSeal, string(text))
}

// WithdrawTicket ends a ticket for whoever knows its code, and reports whether
// it was open.
func (s *Store) WithdrawTicket(ctx context.Context, code string) (was bool, err error) {
	for range maxTicketTries {
		t, err := s.Ticket(ctx, code)
		if errors.Is(err, ticket.ErrNone) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		is, err := t.Withdraw(s.now())
		if err != nil { // over already
			return false, nil
		}
		if err = s.KeepTicket(ctx, t, is, staff.Draft{}); !errors.Is(err, ticket.ErrChanged) {
			return err == nil, err
		}
	}
	return false, fmt.Errorf("withdraw ticket: %w", ticket.ErrChanged)
}

// forgetTickets withdraws what can still be tied to a person, and unties it:
// ways back and contacts go, the rows stay without their topic.
func (s *Store) forgetTickets(ctx context.Context, pseudonym []byte) error {
	owner := s.names.owner(pseudonym)
	own, err := s.ownTickets(ctx, owner)
	if err != nil || len(own) == 0 {
		return err
	}
	for code := range own {
		if _, err := s.WithdrawTicket(ctx, code); err != nil {
			return err
		}
	}
	return s.do(ctx, "forget own tickets", func(ctx context.Context) error {
		return s.redis.Del(ctx, s.keys.ticketOf(owner)).Err()
	})
}
