package main

import (
	"context"
	"errors"
	"time"

	"pufa/bot"
	"pufa/config"
	"pufa/content"
	"pufa/deliver"
	"pufa/handlers"
	"pufa/handlers/console"
	"pufa/store"
	"pufa/ticket"
	"pufa/wechat"
)

func ticketRules(d config.Desk) ticket.Rules {
	return ticket.Rules{RequestDays: d.RequestDays, KeepDays: d.KeepDays}
}

// residentDesk is the service desk for whoever sent one delivery: the only
// place that knows both their openid and what they want.
type residentDesk struct {
	store   *store.Store
	rules   ticket.Rules
	arrival handlers.Arrival
}

// deskOfResidents opens the desk to the writer of a delivery; nil where it is
// switched off.
func (s *server) deskOfResidents() func(handlers.Arrival) bot.Desk {
	if !s.settings.Desk.On {
		return nil
	}
	rules := ticketRules(s.settings.Desk)
	return func(a handlers.Arrival) bot.Desk { return residentDesk{s.store, rules, a} }
}

func (d residentDesk) Terms() bot.DeskTerms {
	return bot.DeskTerms{Hours: int(ticket.Window / time.Hour), Days: d.rules.RequestDays, KeepDays: d.rules.KeepDays}
}

// A test account is shown the desk and opens nothing at it.

func (d residentDesk) Mine(ctx context.Context) ([]string, error) {
	if d.arrival.Test {
		return nil, nil
	}
	return d.store.OwnTickets(ctx, d.arrival.OpenID)
}

func (d residentDesk) Open(ctx context.Context, w bot.DeskWish) (string, error) {
	if d.arrival.Test {
		return "", bot.ErrDeskTrial
	}
	t, err := d.store.OpenTicket(ctx, store.Wish{
		MessageKey: d.arrival.Key, OpenID: d.arrival.OpenID, Kind: ticket.Kind(w.Kind), Topic: w.Topic,
	}, d.rules)
	switch {
	case errors.Is(err, ticket.ErrLimit):
		return "", errors.Join(bot.ErrDeskLimit, err)
	case errors.Is(err, ticket.ErrFull):
		return "", errors.Join(bot.ErrDeskFull, err)
	}
	return t.Code, err
}

func (d residentDesk) Leave(ctx context.Context, code string, c bot.Contact) error {
	err := d.store.LeaveContact(ctx, code, ticket.Contact(c), d.rules.ContactLife())
	if errors.Is(err, ticket.ErrOver) || errors.Is(err, ticket.ErrNone) {
		return errors.Join(bot.ErrDeskOver, err)
	}
	return err
}

func (d residentDesk) Withdraw(ctx context.Context, code string) (bool, error) {
	if d.arrival.Test {
		return false, nil
	}
	return d.store.WithdrawTicket(ctx, code)
}

// newTickets makes the desk that staff work at; nil where it is switched off.
func (s *server) newTickets(client *wechat.Client, lib func() *content.Library) *ticket.Service {
	if !s.settings.Desk.On {
		return nil
	}
	desk := &ticket.Service{
		Book: s.store, Rules: ticketRules(s.settings.Desk), Now: s.now,
		Sign:    func() string { return s.street().Office },
		Forbids: func(text string) []string { return lib().Forbids(text) },
		Trouble: func(what string, err error) { s.log.Error("service desk", "what", what, "error", err) },
	}
	if client != nil {
		desk.Sender = deliver.Answerer{Addresses: s.store, Platform: client}
	}
	return desk
}

// ticketPages adds the service desk to the console.
func (s *server) ticketPages(cfg *console.Config) {
	if s.tickets == nil {
		return
	}
	cfg.Tickets = s.tickets
	cfg.Waiting = append(cfg.Waiting, console.WaitingTickets{Desk: s.tickets, Now: s.now})
}

// sweepTickets is how often time is let do its work on tickets, by the
// service's clock.
const sweepTickets = time.Minute

// runTickets sweeps until ctx ends.
func (s *server) runTickets(ctx context.Context) {
	if s.tickets == nil {
		return
	}
	tick := time.NewTicker(lookForChores)
	defer tick.Stop()
	var swept time.Time
	for {
		if now := s.now(); now.Sub(swept).Abs() >= sweepTickets {
			swept = now
			if err := s.tickets.Sweep(ctx); err != nil && ctx.Err() == nil {
				s.log.Warn("tickets could not be swept", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
