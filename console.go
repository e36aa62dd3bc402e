package main

import (
	"strings"

	"pufa/handlers/console"
	"pufa/staff"
	"pufa/web"
)

// console builds the staff console.
func (s *server) console(pages *web.Pages) (*console.Console, error) {
	return console.New(console.Config{
		Office:   staff.NewOffice(s.store, staff.NewHasher(), s.now),
		Accounts: s.store,
		Sessions: s.store.Sessions(),
		Pages:    pages,
		Street:   web.Street(s.settings.Street),
		Secure:   strings.HasPrefix(s.settings.PublicURL, "https://"),
		Log:      s.log,
		Now:      s.now,
	})
}
