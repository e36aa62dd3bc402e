package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// How the list of followers is kept and read.
const (
	rowsPerBucket = 256 // a hash of so many small rows takes no more than the rows themselves
	followerChunk = 500 // people a script call
	bucketsATrip  = 64
	syncLife      = 5 * time.Minute
)

// ErrSyncing means that another instance reads the list of followers.
var ErrSyncing = errors.New("another instance reads the list of followers")

// Follower is a person as the list knows them.
type Follower struct {
	Resident int64
	OpenID   string
}

// StartSync lets the caller, under a token of its own, read the list of
// followers, or go on. It returns ErrSyncing while another one does; who gave
// no sign for 5 minutes is taken for dead.
func (s *Store) StartSync(ctx context.Context, token string) error {
	const what = "start to read followers"
	held := ""
	err := s.do(ctx, what, func(ctx context.Context) (err error) {
		held, err = s.redis.SetArgs(ctx, s.keys.syncing(), token, redis.SetArgs{Mode: "NX", Get: true, TTL: syncLife}).Result()
		if errors.Is(err, redis.Nil) {
			return nil
		}
		if err == nil && held == token {
			return s.redis.PExpire(ctx, s.keys.syncing(), syncLife).Err()
		}
		return err
	})
	if err == nil && held != "" && held != token {
		err = fmt.Errorf("%s: %w", what, ErrSyncing)
	}
	return err
}

// EndSync lets others read the list again.
func (s *Store) EndSync(ctx context.Context, token string) error {
	return s.do(ctx, "end reading followers", func(ctx context.Context) error {
		held, err := s.redis.Get(ctx, s.keys.syncing()).Result()
		if errors.Is(err, redis.Nil) || err == nil && held != token {
			return nil
		}
		if err != nil {
			return err
		}
		return s.redis.Del(ctx, s.keys.syncing()).Err()
	})
}

// PutFollowers keeps people as followers, gives a number to those who have
// none, and returns the numbers in the order of openIDs. It touches no
// consent. A number of 0 is somebody who was deleted meanwhile, or a test
// account, which is nobody's number.
func (s *Store) PutFollowers(ctx context.Context, openIDs []string) ([]int64, error) {
	rest, whole, err := s.withoutTesters(ctx, openIDs)
	if err != nil {
		return nil, err
	}
	numbers := make([]int64, 0, len(rest))
	for chunk := range slices.Chunk(rest, followerChunk) {
		list, err := s.putFollowers(ctx, chunk)
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, list...)
	}
	return whole(numbers), nil
}

// withoutTesters leaves out whose number is to stay 0, and puts the numbers of
// the others back in their places.
func (s *Store) withoutTesters(ctx context.Context, openIDs []string) (rest []string, whole func([]int64) []int64, err error) {
	kept, err := s.testers(ctx)
	if err != nil || len(kept) == 0 {
		return openIDs, func(numbers []int64) []int64 { return numbers }, err
	}
	var places []int
	for i, openID := range openIDs {
		if _, tests := kept[s.TesterMark(openID)]; !tests {
			rest, places = append(rest, openID), append(places, i)
		}
	}
	return rest, func(numbers []int64) []int64 {
		all := make([]int64, len(openIDs))
		for i, n := range numbers {
			all[places[i]] = n
		}
		return all
	}, nil
}

func (s *Store) putFollowers(ctx context.Context, openIDs []string) ([]int64, error) {
	args := make([]any, len(openIDs))
	for i, openID := range openIDs {
		args[i] = s.names.pseudonym(openID)
	}
	var given []string
	err := s.do(ctx, "give followers numbers", func(ctx context.Context) (err error) {
		given, err = followerNumberScript.Run(ctx, s.redis, []string{s.keys.residents(), s.keys.next()}, args...).StringSlice()
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(given) != len(openIDs) {
		return nil, mistakef("%d followers got %d numbers", len(openIDs), len(given))
	}
	numbers := make([]int64, len(given))
	rows := rowCall{keys: []string{s.keys.residents(), s.keys.followers()}, fixed: 2}
	for i, text := range given {
		if numbers[i], err = strconv.ParseInt(text, 10, 64); err != nil {
			return nil, mistakef("resident number is %q", text)
		}
		rows.args = append(rows.args, args[i], text, openIDs[i], rows.bucket(s.keys.follower(numbers[i])))
	}
	err = s.do(ctx, "keep followers", func(ctx context.Context) error {
		return followerPutScript.Run(ctx, s.redis, rows.keys, rows.args...).Err()
	})
	return numbers, err
}

// rowCall is a script call that touches rows of the list in the making.
type rowCall struct {
	keys  []string
	args  []any
	fixed int // keys before the first hash
	at    map[string]int
}

// bucket returns which of the hashes key is, from 1.
func (c *rowCall) bucket(key string) int {
	if c.at == nil {
		c.at = map[string]int{}
	}
	if c.at[key] == 0 {
		c.keys = append(c.keys, key)
		c.at[key] = len(c.keys) - c.fixed
	}
	return c.at[key]
}

// DropFollowers marks people as followers no more and deletes their openids.
func (s *Store) DropFollowers(ctx context.Context, residents []int64) error {
	for chunk := range slices.Chunk(residents, followerChunk) {
		rows := rowCall{keys: []string{s.keys.followers()}, fixed: 1}
		for _, n := range chunk {
			rows.args = append(rows.args, n, rows.bucket(s.keys.follower(n)))
		}
		err := s.do(ctx, "drop followers", func(ctx context.Context) error {
			return followerDropScript.Run(ctx, s.redis, rows.keys, rows.args...).Err()
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// OpenIDs returns the openids of residents, without those who are not in the
// list.
func (s *Store) OpenIDs(ctx context.Context, residents []int64) (map[int64]string, error) {
	buckets := map[string][]string{}
	for _, n := range residents {
		key := s.keys.follower(n)
		buckets[key] = append(buckets[key], strconv.FormatInt(n, 10))
	}
	found := make(map[int64]string, len(residents))
	err := s.do(ctx, "read followers", func(ctx context.Context) error {
		replies := map[string]*redis.SliceCmd{}
		_, err := s.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
			for key, fields := range buckets {
				replies[key] = p.HMGet(ctx, key, fields...)
			}
			return nil
		})
		for key, reply := range replies {
			for i, value := range reply.Val() {
				if openID, ok := value.(string); ok {
					n, _ := strconv.ParseInt(buckets[key][i], 10, 64)
					found[n] = openID
				}
			}
		}
		return err
	})
	return found, err
}

// FollowerBits returns the bitmap of followers: the bit of resident number n
// is bit 7-n%8 of byte n/8.
func (s *Store) FollowerBits(ctx context.Context) ([]byte, error) {
	var all []byte
	err := s.bitmapPages(ctx, []string{s.keys.followers()}, func(_ int64, page [][]byte) error {
		all = append(all, page[0]...)
		return nil
	})
	return all, err
}

// SweepFollowers drops whoever is a follower by before, or has a row in the
// list, and is not in seen; both are bitmaps as FollowerBits returns them. It
// returns how many it dropped.
func (s *Store) SweepFollowers(ctx context.Context, before, seen []byte) (int64, error) {
	var gone []int64
	for i := range int64(len(before)) * 8 {
		if bitAt(before, i) && !bitAt(seen, i) {
			gone = append(gone, i)
		}
	}
	dropped := int64(len(gone))
	if err := s.DropFollowers(ctx, gone); err != nil {
		return 0, err
	}
	last, err := s.lastNumber(ctx)
	if err != nil {
		return dropped, err
	}
	for from := int64(0); from <= last; from += rowsPerBucket * bucketsATrip {
		rows, err := s.rowsFrom(ctx, from, last)
		if err != nil {
			return dropped, err
		}
		rows = slices.DeleteFunc(rows, func(n int64) bool { return bitAt(seen, n) })
		if err := s.DropFollowers(ctx, rows); err != nil {
			return dropped, err
		}
		dropped += int64(len(rows))
	}
	return dropped, nil
}

// rowsFrom returns the numbers in the list's next hashes.
func (s *Store) rowsFrom(ctx context.Context, from, last int64) (numbers []int64, err error) {
	err = s.do(ctx, "read followers", func(ctx context.Context) error {
		var replies []*redis.StringSliceCmd
		_, err := s.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
			for i := range int64(bucketsATrip) {
				if n := from + i*rowsPerBucket; n <= last {
					replies = append(replies, p.HKeys(ctx, s.keys.follower(n)))
				}
			}
			return nil
		})
		for _, reply := range replies {
			for _, field := range reply.Val() {
				n, err := strconv.ParseInt(field, 10, 64)
				if err != nil {
					return mistakef("a row of the list of followers is of %q", field)
				}
				numbers = append(numbers, n)
			}
		}
		return err
	})
	return numbers, err
}

// lastNumber is the last resident number given.
func (s *Store) lastNumber(ctx context.Context) (n int64, err error) {
	err = s.do(ctx, "read last number", func(ctx context.Context) (err error) {
		if n, err = s.redis.Get(ctx, s.keys.next()).Int64(); errors.Is(err, redis.Nil) {
			return nil
		}
		return err
	})
	return n, err
}

func bitAt(bits []byte, n int64) bool {
	return n/8 < int64(len(bits)) && bits[n/8]&(0x80>>(n%8)) != 0
}
