package main

import (
	"context"
	"time"

	"pufa/bot"
	"pufa/config"
	"pufa/content"
	"pufa/content/edit"
	"pufa/staff"
	"pufa/store"
)

// deskOf makes the desk at which entries are changed, with the checks and the
// gate that every release passes, from whichever place it comes.
func deskOf(s config.Settings, st *store.Store, now func() time.Time) *edit.Desk {
	opt := botOptions(s, now)
	return edit.NewDesk(edit.Config{
		Shelf: st, Approvals: st, Base: content.Shipped(), OnePerson: s.OnePerson, Now: now,
		Inspect: func(lib *content.Library, e *content.Entry) error { return bot.CheckLength(lib, e, opt) },
		Gate: func(ctx context.Context, before, after *content.Library) ([]edit.Worse, error) {
			changes, err := bot.Gate(ctx, before, after, opt)
			return worseOf(changes), err
		},
	})
}

func worseOf(changes []bot.Change) []edit.Worse {
	list := make([]edit.Worse, len(changes))
	for i, c := range changes {
		list[i] = edit.Worse{Question: c.Case.Text, Was: c.Case.Got(c.Before), Is: c.Case.Got(c.After)}
	}
	return list
}

// atDesk asks the password of an account and lets it work at the desk.
func (p program) atDesk(ctx context.Context, as string, do func(*edit.Desk, staff.Account) error) error {
	settings, err := p.settings()
	if err != nil {
		return err
	}
	password, err := p.password("「" + as + "」的口令: ")
	if err != nil {
		return err
	}
	return p.withOffice(ctx, func(o *staff.Office, st *store.Store) error {
		who, err := o.SignIn(ctx, as, password)
		if err != nil {
			return err
		}
		return do(deskOf(settings, st, p.now), who)
	})
}
