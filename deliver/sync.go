package deliver

import (
	"context"
	"crypto/rand"
	"fmt"
	"iter"
	"time"

	"pufa/wechat"
)

// Directory is the platform's list of followers, in pages. A page tells how
// many follow in all.
type Directory interface {
	Followers(ctx context.Context, from string) iter.Seq2[wechat.FollowerPage, error]
}

// Register keeps the list of followers.
type Register interface {
	// StartSync lets one process at a time read the list, or go on.
	StartSync(ctx context.Context, token string) error
	EndSync(ctx context.Context, token string) error
	// FollowerBits is a bitmap by resident number, the highest bit of a byte
	// first.
	FollowerBits(ctx context.Context) ([]byte, error)
	// PutFollowers keeps people as followers and returns their numbers.
	PutFollowers(ctx context.Context, openIDs []string) ([]int64, error)
	// SweepFollowers drops whoever is in before and not in seen.
	SweepFollowers(ctx context.Context, before, seen []byte) (int64, error)
}

// Synced is what a reading of the list found.
type Synced struct {
	Followers int64
	Dropped   int64 // were in our list, and follow no more
	Whole     bool  // the list was read to its end; nobody is dropped otherwise
}

// closing is how long a reading may take to let others begin.
const closing = 3 * time.Second

// Sync reads the platform's list of followers into ours, page by page. Whoever
// follows gets a number; consents and wishes are not touched. Who is not in
// the list is dropped, if all of it came. It is safe to be ended at any moment
// and begun anew.
func Sync(ctx context.Context, from Directory, into Register) (s Synced, err error) {
	token := rand.Text()
	if err := into.StartSync(ctx, token); err != nil {
		return s, fmt.Errorf("sync followers: %w", err)
	}
	defer func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
		defer cancel()
		if end := into.EndSync(last, token); end != nil && err == nil {
			err = fmt.Errorf("sync followers: %w", end)
		}
	}()
	before, err := into.FollowerBits(ctx)
	if err != nil {
		return s, fmt.Errorf("sync followers: %w", err)
	}
	var seen []byte
	total := int64(0)
	for page, err := range from.Followers(ctx, "") {
		if err != nil {
			return s, fmt.Errorf("sync followers: read the platform's list: %w", err)
		}
		if err := into.StartSync(ctx, token); err != nil {
			return s, fmt.Errorf("sync followers: %w", err)
		}
		numbers, err := into.PutFollowers(ctx, page.OpenIDs)
		if err != nil {
			return s, fmt.Errorf("sync followers: %w", err)
		}
		seen = mark(seen, numbers)
		s.Followers += int64(len(page.OpenIDs))
		total = page.Total
	}
	// A list cut short must not make everybody else leave, nor an empty one all.
	if s.Whole = s.Followers > 0 && s.Followers >= total; !s.Whole {
		return s, nil
	}
	if s.Dropped, err = into.SweepFollowers(ctx, before, seen); err != nil {
		return s, fmt.Errorf("sync followers: %w", err)
	}
	return s, nil
}

// mark sets the bits of numbers.
func mark(bits []byte, numbers []int64) []byte {
	for _, n := range numbers {
		if missing := n/8 + 1 - int64(len(bits)); missing > 0 {
			bits = append(bits, make([]byte, missing)...)
		}
		bits[n/8] |= 0x80 >> (n % 8)
	}
	return bits
}
