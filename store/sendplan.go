package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/bits"

	"github.com/redis/go-redis/v9"

	"pufa/campaign"
)

const (
	bitmapPage = 8 << 10 // bytes of a bitmap a trip: 65,536 residents
	wholeList  = -1      // the list of recipients is made
)

// bitmapPages calls page with the same stretch of several bitmaps, from the
// first byte of the first bitmap to its last; a bitmap that ends before is
// filled up with zeros.
func (s *Store) bitmapPages(ctx context.Context, keys []string, page func(from int64, bitmaps [][]byte) error) error {
	for from := int64(0); ; from += bitmapPage {
		bitmaps, err := s.bitmapsFrom(ctx, keys, from)
		if err != nil {
			return err
		}
		if err := page(from, bitmaps); err != nil {
			return err
		}
		if len(bitmaps[0]) < bitmapPage {
			return nil
		}
	}
}

func (s *Store) bitmapsFrom(ctx context.Context, keys []string, from int64) ([][]byte, error) {
	bitmaps := make([][]byte, len(keys))
	err := s.do(ctx, "read bitmaps", func(ctx context.Context) error {
		replies := make([]*redis.StringCmd, len(keys))
		_, err := s.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
			for i, key := range keys {
				replies[i] = p.GetRange(ctx, key, from, from+bitmapPage-1)
			}
			return nil
		})
		for i, reply := range replies {
			bitmaps[i] = []byte(reply.Val())
			if missing := len(bitmaps[0]) - len(bitmaps[i]); i > 0 && missing > 0 {
				bitmaps[i] = append(bitmaps[i], make([]byte, missing)...)
			}
		}
		return err
	})
	return bitmaps, err
}

// recipientBitmaps are those that decide who is on a list: followers, who
// opted out, and the consents that are needed.
func (s *Store) recipientBitmaps(t campaign.Terms) []string {
	keys := []string{s.keys.followers(), s.keys.optout()}
	for _, name := range t.Consents {
		keys = append(keys, s.keys.consent(name))
	}
	return keys
}

// chosen leaves in the first bitmap those that are on a list.
func chosen(bitmaps [][]byte) []byte {
	list := bitmaps[0]
	for i := range list {
		list[i] &^= bitmaps[1][i]
		for _, consent := range bitmaps[2:] {
			list[i] &= consent[i]
		}
	}
	return list
}

// CountRecipients returns how many a campaign with these terms would be for
// now: who follows, did not opt out and gave every consent.
func (s *Store) CountRecipients(ctx context.Context, t campaign.Terms) (n int64, err error) {
	err = s.bitmapPages(ctx, s.recipientBitmaps(t), func(_ int64, page [][]byte) error {
		for _, b := range chosen(page) {
			n += int64(bits.OnesCount8(b))
		}
		return nil
	})
	return n, err
}

// PlanSend makes a campaign's list of recipients, or goes on where a process
// that is gone, or another one, has come to. It changes nothing once the list
// is whole.
func (s *Store) PlanSend(ctx context.Context, id string, t campaign.Terms) error {
	keys := s.recipientBitmaps(t)
	from := int64(0) // a resident number, of which each page has 8 × bitmapPage
	for from != wholeList {
		page, err := s.bitmapsFrom(ctx, keys, from/8)
		if err != nil {
			return fmt.Errorf("plan campaign %s: %w", id, err)
		}
		last := len(page[0]) < bitmapPage
		if from, err = s.planPage(ctx, id, from, numbersIn(chosen(page), from), last); err != nil {
			return fmt.Errorf("plan campaign %s: %w", id, err)
		}
	}
	return s.expireSend(ctx, id, planLife)
}

// numbersIn writes the numbers of a bitmap that begins with number from.
func numbersIn(bitmap []byte, from int64) []byte {
	var list []byte
	for i, b := range bitmap {
		for ; b != 0; b &^= 0x80 >> bits.LeadingZeros8(b) {
			n := from + int64(i)*8 + int64(bits.LeadingZeros8(b))
			list = binary.BigEndian.AppendUint32(list, uint32(n)) // a bitmap has at most 2^32 bits
		}
	}
	return list
}

func (s *Store) planPage(ctx context.Context, id string, from int64, list []byte, last bool) (next int64, err error) {
	keys := []string{s.keys.send(id), s.keys.sendList(id), s.keys.sendFates(id), s.keys.sendQueue(id)}
	err = s.do(ctx, "add recipients", func(ctx context.Context) (err error) {
		next, err = sendPlanScript.Run(ctx, s.redis, keys, from, from+8*bitmapPage, list, campaign.BatchSize, flag(last)).Int64()
		return err
	})
	return next, err
}
