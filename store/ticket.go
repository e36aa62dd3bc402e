package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"pufa/staff"
	"pufa/stats"
	"pufa/ticket"
)

var _ ticket.Book = (*Store)(nil)

// The purposes for which what stands beside a ticket is sealed under
// PUFA_SECRET: Redis and a copy of it give away neither.
const (
	addressSeal = "ticket address"
	contactSeal = "ticket contact"
)

// Tickets returns every ticket that is kept.
func (s *Store) Tickets(ctx context.Context) ([]ticket.Ticket, error) {
	var list []ticket.Ticket
	err := s.do(ctx, "read tickets", func(ctx context.Context) error {
		all, err := s.redis.HGetAll(ctx, s.keys.tickets()).Result()
		list = nil
		for _, text := range all {
			t, err := readTicket(text)
			if err != nil {
				return err
			}
			list = append(list, t)
		}
		return err
	})
	return list, err
}

// Ticket returns the one of a code, or ticket.ErrNone.
func (s *Store) Ticket(ctx context.Context, code string) (ticket.Ticket, error) {
	t, _, err := s.ticket(ctx, code)
	return t, err
}

// ticket is a ticket and the row that is kept of it.
func (s *Store) ticket(ctx context.Context, code string) (t ticket.Ticket, row string, err error) {
	err = s.do(ctx, "read ticket", func(ctx context.Context) (err error) {
		if row, err = s.redis.HGet(ctx, s.keys.tickets(), code).Result(); errors.Is(err, redis.Nil) {
			row, err = "", nil
		}
		return err
	})
	switch {
	case err != nil:
		return t, "", err
	case row == "":
		return t, "", fmt.Errorf("read ticket: %w", ticket.ErrNone)
	}
	t, err = readTicket(row)
	return t, row, err
}

func readTicket(row string) (t ticket.Ticket, err error) {
	if err := json.Unmarshal([]byte(row), &t); err != nil {
		return t, mistakef("a ticket cannot be read: %v", err)
	}
	return t, nil
}

// KeepTicket keeps is in the place of was. A step without a name is none. What
// is over loses the way back and the contact with it.
func (s *Store) KeepTicket(ctx context.Context, was, is ticket.Ticket, step staff.Draft) error {
	row, err := json.Marshal(is)
	if err != nil {
		return fmt.Errorf("keep ticket: %w", err)
	}
	return s.putTicket(ctx, was, string(row), is.State.Over(), is.Counts(was), step)
}

// DropTicket deletes a row, and whatever stands beside it.
func (s *Store) DropTicket(ctx context.Context, was ticket.Ticket) error {
	return s.putTicket(ctx, was, "", true, nil, staff.Draft{})
}

func (s *Store) putTicket(ctx context.Context, was ticket.Ticket, row string, over bool, counts []string, step staff.Draft) error {
	before, err := json.Marshal(was)
	if err != nil {
		return fmt.Errorf("keep ticket: %w", err)
	}
	keys := []string{
		s.keys.tickets(), s.keys.ticketCount(stats.MonthOf(s.now())), s.keys.ticketBack(was.Code), s.keys.ticketCall(was.Code), s.keys.trail(),
	}
	try := func(ctx context.Context, last any, line []byte) (int, error) {
		args := []any{was.Code, before, row, flag(over), last, line}
		for _, c := range counts {
			args = append(args, c)
		}
		return ticketScript.Run(ctx, s.redis, keys, args...).Int()
	}
	reply := 0
	if step.Who == "" {
		err = s.do(ctx, "keep ticket", func(ctx context.Context) (err error) {
			reply, err = try(ctx, "", nil)
			return err
		})
	} else {
		reply, err = s.chain(ctx, step, func(ctx context.Context, last int64, line []byte) (int, error) { return try(ctx, last, line) })
	}
	if err == nil && reply < 0 {
		err = fmt.Errorf("keep ticket: %w", ticket.ErrChanged)
	}
	return err
}

// TicketReach says until when a customer message may answer a ticket, and
// whether a contact was left.
func (s *Store) TicketReach(ctx context.Context, code string) (r ticket.Reach, err error) {
	err = s.do(ctx, "read reach of ticket", func(ctx context.Context) error {
		var life *redis.DurationCmd
		var there *redis.IntCmd
		_, err := s.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
			life = p.PTTL(ctx, s.keys.ticketBack(code))
			there = p.Exists(ctx, s.keys.ticketCall(code))
			return nil
		})
		if left := life.Val(); err == nil && left > 0 {
			r.Until = s.now().Add(left)
		}
		r.Contact = there.Val() == 1
		return err
	})
	return r, err
}

// TicketContact returns what was left, or ticket.ErrNoContact.
func (s *Store) TicketContact(ctx context.Context, code string) (c ticket.Contact, err error) {
	text, err := s.unsealed(ctx, "read contact of ticket", s.keys.ticketCall(code), contactSeal)
	if err != nil {
		return c, err
	}
	if text == "" {
		return c, fmt.Errorf("read contact of ticket: %w", ticket.ErrNoContact)
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return c, mistakef("the contact of a ticket cannot be read") // the error would show it
	}
	return c, nil
}

// TicketAddress returns the openid of whoever opened a ticket, or
// ticket.ErrWindow when it is gone.
func (s *Store) TicketAddress(ctx context.Context, code string) (openID string, err error) {
	openID, err = s.unsealed(ctx, "read way back of ticket", s.keys.ticketBack(code), addressSeal)
	if err == nil && openID == "" {
		err = fmt.Errorf("read way back of ticket: %w", ticket.ErrWindow)
	}
	return openID, err
}

// unsealed reads a sealed value; empty when there is none.
func (s *Store) unsealed(ctx context.Context, what, key, purpose string) (text string, err error) {
	err = s.do(ctx, what, func(ctx context.Context) error {
		sealed, err := s.redis.Get(ctx, key).Result()
		if err != nil {
			return nilAsNone(err)
		}
		if text, err = s.names.unsealFor(purpose, sealed); err != nil {
			return mistakef("%s: it was sealed under another secret", what)
		}
		return nil
	})
	return text, err
}

// TicketCounts returns the counters of the months that a stretch of time lies
// in, by 202603. A month without any is left out.
func (s *Store) TicketCounts(ctx context.Context, from, to time.Time) (map[string]map[string]int64, error) {
	var months []string
	for d := noon(from); !d.After(noon(to)); d = d.AddDate(0, 0, 1) {
		if m := stats.MonthOf(d); len(months) == 0 || months[len(months)-1] != m {
			months = append(months, m)
		}
	}
	return s.readHashes(ctx, months, s.keys.ticketCount)
}
