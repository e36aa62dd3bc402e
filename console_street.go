package main

import (
	"context"
	"errors"
	"time"

	"pufa/config"
	"pufa/handlers/console"
	"pufa/staff"
	"pufa/store"
	"pufa/web"
)

// toldStreet is what staff last wrote about the office in the console, or else
// what the settings say.
func toldStreet(ctx context.Context, st *store.Store, set config.Street) (config.Street, error) {
	told, ok, err := st.Street(ctx)
	if err != nil || !ok {
		return set, err
	}
	return config.Street{Name: told.Name, Office: told.Office, Address: told.Address, Phone: told.Phone, Hours: told.Hours}, nil
}

// street is what the office tells about itself now.
func (s *server) street() web.Street { return web.Street(s.live.Street()) }

// streets is the store as the page of the street's data knows it.
type streets struct {
	store *store.Store
	now   func() time.Time
}

// Streets returns the versions, the oldest first.
func (s streets) Streets(ctx context.Context) ([]console.StreetVersion, error) {
	kept, err := s.store.Streets(ctx)
	list := make([]console.StreetVersion, len(kept))
	for i, k := range kept {
		list[i] = console.StreetVersion{
			Street: web.Street{Name: k.Name, Office: k.Office, Address: k.Address, Phone: k.Phone, Hours: k.Hours},
			By:     k.By, At: k.At,
		}
	}
	return list, err
}

// PutStreet keeps a version with its step of the trail.
func (s streets) PutStreet(ctx context.Context, by string, street web.Street, versions int) error {
	at := s.now().UTC().Truncate(time.Second)
	err := s.store.PutStreet(ctx, store.Street{
		Name: street.Name, Office: street.Office, Address: street.Address, Phone: street.Phone, Hours: street.Hours, By: by, At: at,
	}, versions, staff.Draft{At: at, Who: by, Did: "change street", What: street.Name})
	if errors.Is(err, store.ErrStreetMoved) {
		return console.ErrMoved
	}
	return err
}
