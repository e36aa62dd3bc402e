package store

import (
	"context"
	"fmt"
	"time"

	"pufa/stats"
)

// CountPage counts an event of a visitor once for each page and day, and
// reports whether it did. The page is whatever is counted apart (entry and
// campaign); visitor is hashed with a key that is thrown away at midnight. An
// event of a day that is over is not counted. Nothing waits in the spool:
// what Redis does not take is lost and the caller logs it.
func (s *Store) CountPage(ctx context.Context, page, visitor string, e stats.Event) (bool, error) {
	day := e.At.In(zone)
	w := stats.Window{
		Name: pagePrefix + e.Day(),
		Ends: time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, zone),
	}
	now := s.now()
	if !now.Before(w.Ends) {
		return false, nil
	}
	keys, err := s.windowKeys(ctx, []stats.Window{w})
	if err != nil {
		return false, fmt.Errorf("count page: %w", err)
	}
	var c call
	c.key(s.keys.windows(), s.keys.window(w.Name))
	s.countKeys(&c, e)
	c.arg(w.Name, stranger(keys[0], []byte(page+"\x00"+visitor)), s.windowExpiry(w, now))
	c.count([]stats.Event{e})
	counted := 0
	err = s.do(ctx, "count page", func(ctx context.Context) (err error) {
		counted, err = pageScript.Run(ctx, s.redis, c.keys, c.args...).Int()
		return err
	})
	return counted == 1, err
}
