package store

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"pufa/stats"
)

// cardPrefix begins the names of the windows of people who had a campaign's
// card on a day. The set says nothing of the campaign, and is never counted.
const cardPrefix = "card|"

func cardWindow(now time.Time) stats.Window {
	t := now.In(zone)
	return stats.Window{
		Name: cardPrefix + stats.DayOf(now),
		Ends: time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, zone),
	}
}

// cardPlace is where it stands whether a person had a card today: the day's
// set, and the person in it under the day's throw-away key.
func (s *Store) cardPlace(ctx context.Context, pseudonym []byte) (key string, person []byte, err error) {
	w := cardWindow(s.now())
	keys, err := s.windowKeys(ctx, []stats.Window{w})
	if err != nil {
		return "", nil, err
	}
	return s.keys.window(w.Name), stranger(keys[0], pseudonym), nil
}

// cardedBy adds to the windows of a commit that the person had a card today.
func (s *Store) cardedBy(ctx context.Context, c Claim, list []seen) ([]seen, error) {
	if c.pseudonym == nil {
		return list, nil
	}
	w := cardWindow(s.now())
	_, person, err := s.cardPlace(ctx, c.pseudonym)
	if err != nil {
		return nil, err
	}
	had := seen{window: w.Name, member: person, expiry: s.windowExpiry(w, s.now()), mark: s.marks.mark(w.Name, person)}
	return append(slices.Clone(list), had), nil
}

// Synced returns when the list of followers was last read to its end; zero
// when it never was.
func (s *Store) Synced(ctx context.Context) (at time.Time, err error) {
	err = s.do(ctx, "ask when followers were read", func(ctx context.Context) error {
		text, err := s.redis.Get(ctx, s.keys.synced()).Result()
		if errors.Is(err, redis.Nil) {
			return nil
		}
		if err != nil {
			return err
		}
		seconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return mistakef("the list of followers was read at %q", text)
		}
		at = time.Unix(seconds, 0)
		return nil
	})
	return at, err
}

// MarkSynced keeps that the list of followers was read to its end now.
func (s *Store) MarkSynced(ctx context.Context) error {
	return s.do(ctx, "keep when followers were read", func(ctx context.Context) error {
		return s.redis.Set(ctx, s.keys.synced(), s.now().Unix(), 0).Err()
	})
}

// TrailLength returns the number of the trail's last step: it grows with every
// deed of staff and every change of a campaign.
func (s *Store) TrailLength(ctx context.Context) (int64, error) {
	last, err := s.lastStep(ctx)
	return last.N, err
}
