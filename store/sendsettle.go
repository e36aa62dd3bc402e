package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sort"

	"pufa/campaign"
)

// errNotOnList means that a resident is not among a campaign's recipients.
var errNotOnList = errors.New("not on the list")

// Doubts returns at most max recipients of a campaign who may or may not have
// been reached, from a position on.
func (s *Store) Doubts(ctx context.Context, id string, from int64, max int) ([]campaign.Recipient, error) {
	var places []int64
	err := s.fates(ctx, id, func(place int64, f campaign.Fate) {
		if f == campaign.Doubtful && place >= from && len(places) < max {
			places = append(places, place)
		}
	})
	list := make([]campaign.Recipient, len(places))
	for i, place := range places {
		if err == nil {
			list[i].Position = place
			list[i].Resident, err = s.recipientAt(ctx, id, place)
		}
	}
	return list, err
}

// SettleReceipt takes in what the platform reported of one recipient later. It
// reports whether it was news: whose fate is known keeps it.
func (s *Store) SettleReceipt(ctx context.Context, id string, resident int64, f campaign.Fate) (bool, error) {
	place, err := s.placeOf(ctx, id, resident)
	if errors.Is(err, errNotOnList) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("settle receipt of campaign %s: %w", id, err)
	}
	n, err := s.settle(ctx, id, []campaign.Recipient{{Position: place, Resident: resident}}, f, true)
	return n == 1, err
}

// SettleDoubts gives everybody who is in doubt the fate that staff decided,
// and returns how many there were. Nobody is called again.
func (s *Store) SettleDoubts(ctx context.Context, id string, f campaign.Fate) (settled int64, err error) {
	for {
		list, err := s.Doubts(ctx, id, 0, followerChunk)
		if err != nil || len(list) == 0 {
			return settled, err
		}
		n, err := s.settle(ctx, id, list, f, false)
		settled += n
		if err != nil || n == 0 { // others settled them at the same time
			return settled, err
		}
	}
}

func (s *Store) settle(ctx context.Context, id string, list []campaign.Recipient, f campaign.Fate, begun bool) (n int64, err error) {
	if !slices.Contains([]campaign.Fate{campaign.Accepted, campaign.Unfollowed, campaign.Refused, campaign.Outside, campaign.FailedFate}, f) {
		return 0, fmt.Errorf("settle recipients of campaign %s: %q is no answer", id, f)
	}
	args := []any{string(rune(f)), flag(begun)}
	for _, r := range list {
		args = append(args, r.Position, binary.BigEndian.AppendUint32(nil, uint32(r.Resident)))
	}
	keys := []string{s.keys.send(id), s.keys.sendList(id), s.keys.sendFates(id)}
	err = s.do(ctx, "settle recipients of campaign "+id, func(ctx context.Context) (err error) {
		n, err = sendSettleScript.Run(ctx, s.redis, keys, args...).Int64()
		return err
	})
	return n, err
}

// placeOf finds a resident in the list, whose numbers rise.
func (s *Store) placeOf(ctx context.Context, id string, resident int64) (int64, error) {
	var size int64
	err := s.do(ctx, "read list", func(ctx context.Context) (err error) {
		size, err = s.redis.StrLen(ctx, s.keys.sendList(id)).Result()
		return err
	})
	if err != nil {
		return 0, err
	}
	n := int(size / 4)
	place := sort.Search(n, func(i int) bool {
		if err != nil {
			return true
		}
		var at int64
		at, err = s.recipientAt(ctx, id, int64(i))
		return at >= resident
	})
	if err != nil {
		return 0, err
	}
	if place == n {
		return 0, errNotOnList
	}
	at, err := s.recipientAt(ctx, id, int64(place))
	if err == nil && at != resident {
		err = errNotOnList
	}
	return int64(place), err
}

// recipientAt returns the resident number at a place of the list.
func (s *Store) recipientAt(ctx context.Context, id string, place int64) (resident int64, err error) {
	err = s.do(ctx, "read list", func(ctx context.Context) error {
		text, err := s.redis.GetRange(ctx, s.keys.sendList(id), 4*place, 4*place+3).Result()
		if err != nil {
			return err
		}
		if len(text) != 4 {
			return mistakef("the list of campaign %s has no place %d", id, place)
		}
		resident = int64(binary.BigEndian.Uint32([]byte(text)))
		return nil
	})
	return resident, err
}
