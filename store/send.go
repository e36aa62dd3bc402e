package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"pufa/campaign"
)

// How long what belongs to sending is kept.
const (
	pushesLife = 62 * 24 * time.Hour
	planLife   = 150 * 24 * time.Hour // of a list whose campaign nobody ends; the longest window has 92 days
	sendLife   = 30 * 24 * time.Hour  // after a campaign is over: receipts come late, and staff decide
)

// The states that the script of a step replies.
const (
	stepLost = iota
	stepHeld
	stepOver
	stepStale
	stepStopped
)

// TakeSend hands out a batch of a campaign to the caller alone, for as long as
// a lease lasts. Whoever a worker that is gone had begun in it is in doubt
// from now on. A clock that is wrong makes a batch be taken early or late, and
// nobody be called twice: that is for StepSend to decide.
func (s *Store) TakeSend(ctx context.Context, id string) (campaign.Takeable, error) {
	token := newToken()
	keys := []string{s.keys.send(id), s.keys.sendList(id), s.keys.sendFates(id), s.keys.sendQueue(id), s.keys.sendHolds(id)}
	var t campaign.Takeable
	err := s.do(ctx, "take batch of campaign "+id, func(ctx context.Context) error {
		reply, err := sendTakeScript.Run(ctx, s.redis, keys,
			token, s.now().UnixMilli(), campaign.Lease.Milliseconds(), campaign.BatchSize).Slice()
		if err != nil {
			return err
		}
		return readTaken(reply, &t)
	})
	if t.Batch != nil {
		t.Batch.Campaign, t.Batch.Token = id, token
	}
	return t, err
}

func readTaken(reply []any, t *campaign.Takeable) error {
	state, _ := reply[0].(int64)
	switch {
	case state < 0:
		return mistakef("its list of recipients is not made")
	case state == 0:
		t.Empty = true
		if ms, _ := reply[1].(int64); ms > 0 {
			t.Doubt = time.UnixMilli(ms)
		}
		return nil
	case state == 1:
		ms, _ := reply[1].(int64)
		t.Wait = time.Duration(max(ms, 1)) * time.Millisecond
		return nil
	}
	number, _ := reply[1].(int64)
	list, _ := reply[2].(string)
	fates, _ := reply[3].(string)
	if len(list) != 4*len(fates) {
		return mistakef("batch %d has %d bytes of recipients and %d fates", number, len(list), len(fates))
	}
	b := &campaign.Batch{Number: number, Fates: make([]campaign.Fate, len(fates))}
	for i := range len(fates) {
		b.Fates[i] = campaign.Fate(fates[i])
		b.List = append(b.List, campaign.Recipient{
			Position: number*campaign.BatchSize + int64(i),
			Resident: int64(binary.BigEndian.Uint32([]byte(list[4*i:]))),
		})
	}
	t.Batch = b
	return nil
}

// StepSend keeps outcomes of a batch and begins others of its recipients, as
// far as their wishes, the rate and the day's quota allow, and renews the
// lease. It returns campaign.ErrLost when another one holds the batch, and
// campaign.ErrStopped when nothing is to be sent any more; what the platform
// said is kept all the same. On ErrUnavailable it may have been kept or not,
// and is to be repeated with the same number.
func (s *Store) StepSend(ctx context.Context, b *campaign.Batch, terms campaign.Terms, step campaign.Step) (campaign.Stepped, error) {
	if terms.Rate < 1 {
		return campaign.Stepped{}, fmt.Errorf("send campaign %s: %d calls a second", b.Campaign, terms.Rate)
	}
	id, now := b.Campaign, s.now()
	keys := []string{
		s.keys.send(id), s.keys.sendFates(id), s.keys.sendQueue(id), s.keys.sendHolds(id),
		s.keys.sendRate(string(terms.Channel)), s.keys.sendStop(),
		s.keys.optout(), s.keys.followers(), s.keys.limits(), s.keys.pushes(now.In(zone).Format("200601")),
	}
	for _, name := range terms.Consents {
		keys = append(keys, s.keys.consent(name))
	}
	first := b.Number * campaign.BatchSize
	args := []any{
		b.Number, b.Token, step.Number, first, now.UnixMilli(), campaign.Lease.Milliseconds(),
		now.In(zone).Format("20060102"), untilMidnight(now).Milliseconds(), terms.Rate, terms.PerDay,
		pushesLife.Milliseconds(), campaign.BatchSize, len(step.Done),
	}
	for _, o := range step.Done {
		at := o.Position - first
		if at < 0 || at >= int64(len(b.List)) {
			return campaign.Stepped{}, fmt.Errorf("send campaign %s: position %d is not in batch %d", id, o.Position, b.Number)
		}
		args = append(args, at, b.List[at].Resident, string(rune(o.Fate)))
	}
	args = append(args, len(step.Begin))
	for _, r := range step.Begin {
		args = append(args, r.Position-first, r.Resident)
	}
	var done campaign.Stepped
	state := int64(stepLost)
	err := s.do(ctx, "send campaign "+id, func(ctx context.Context) error {
		reply, err := sendStepScript.Run(ctx, s.redis, keys, args...).Slice()
		if err != nil {
			return err
		}
		state, done = readStepped(reply, first)
		return nil
	})
	switch {
	case err != nil:
		return done, err
	case state == stepLost:
		return done, fmt.Errorf("send campaign %s: batch %d: %w", id, b.Number, campaign.ErrLost)
	case state == stepStopped:
		return done, fmt.Errorf("send campaign %s: %w", id, campaign.ErrStopped)
	}
	return done, nil
}

func readStepped(reply []any, first int64) (state int64, done campaign.Stepped) {
	state, _ = reply[0].(int64)
	ms, _ := reply[1].(int64)
	done.Wait = time.Duration(ms) * time.Millisecond
	done.Over = state == stepOver
	done.Begun, done.Skipped = positions(reply[2], first), positions(reply[3], first)
	return state, done
}

func positions(reply any, first int64) (list []int64) {
	places, _ := reply.([]any)
	for _, place := range places {
		n, _ := place.(int64)
		list = append(list, first+n)
	}
	return list
}

func untilMidnight(now time.Time) time.Duration {
	t := now.In(zone)
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, zone).Sub(now)
}

// ReturnSend gives a batch back that the caller does not go on with.
func (s *Store) ReturnSend(ctx context.Context, b *campaign.Batch) error {
	first := b.Number * campaign.BatchSize
	keys := []string{s.keys.sendFates(b.Campaign), s.keys.sendQueue(b.Campaign), s.keys.sendHolds(b.Campaign)}
	return s.do(ctx, "give back batch of campaign "+b.Campaign, func(ctx context.Context) error {
		return sendBackScript.Run(ctx, s.redis, keys, b.Number, b.Token, first, first+campaign.BatchSize-1).Err()
	})
}

// SkipSend skips everybody in a campaign whose call was not begun. Those
// begun are still waited for, by TakeSend.
func (s *Store) SkipSend(ctx context.Context, id string) error {
	keys := []string{s.keys.send(id), s.keys.sendFates(id), s.keys.sendQueue(id), s.keys.sendHolds(id)}
	var batches []string
	err := s.do(ctx, "skip the rest of campaign "+id, func(ctx context.Context) (err error) {
		batches, err = s.redis.ZRange(ctx, s.keys.sendQueue(id), 0, -1).Result()
		return err
	})
	for len(batches) > 0 && err == nil {
		some := batches[:min(len(batches), 200)]
		batches = batches[len(some):]
		args := []any{campaign.BatchSize}
		for _, b := range some {
			args = append(args, b)
		}
		err = s.do(ctx, "skip the rest of campaign "+id, func(ctx context.Context) error {
			return sendSkipScript.Run(ctx, s.redis, keys, args...).Err()
		})
	}
	return err
}

// SendProgress returns how many recipients of a campaign have which fate.
func (s *Store) SendProgress(ctx context.Context, id string) (campaign.Progress, error) {
	p := campaign.Progress{}
	err := s.do(ctx, "read progress of campaign "+id, func(ctx context.Context) error {
		all, err := s.redis.HGetAll(ctx, s.keys.send(id)).Result()
		if err != nil {
			return err
		}
		for field, text := range all {
			if len(field) != 1 {
				continue
			}
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return mistakef("count of fate %s is %q", field, text)
			}
			if n != 0 {
				p[campaign.Fate(field[0])] = n
			}
		}
		return nil
	})
	return p, err
}

// CountSend counts the fates of a campaign one by one: what SendProgress
// says must be the same.
func (s *Store) CountSend(ctx context.Context, id string) (campaign.Progress, error) {
	p := campaign.Progress{}
	err := s.fates(ctx, id, func(_ int64, f campaign.Fate) { p[f]++ })
	return p, err
}

// fates calls each with every recipient's fate.
func (s *Store) fates(ctx context.Context, id string, each func(position int64, f campaign.Fate)) error {
	const page = 64 << 10
	for from := int64(0); ; from += page {
		text := ""
		err := s.do(ctx, "read fates of campaign "+id, func(ctx context.Context) (err error) {
			text, err = s.redis.GetRange(ctx, s.keys.sendFates(id), from, from+page-1).Result()
			return err
		})
		if err != nil {
			return err
		}
		for i := range len(text) {
			each(from+int64(i), campaign.Fate(text[i]))
		}
		if len(text) < page {
			return nil
		}
	}
}

// ExpireSend lets a campaign's list go 30 days from now. It is called when
// the campaign is over.
func (s *Store) ExpireSend(ctx context.Context, id string) error {
	return s.expireSend(ctx, id, sendLife)
}

func (s *Store) expireSend(ctx context.Context, id string, life time.Duration) error {
	return s.do(ctx, "let the list of campaign "+id+" expire", func(ctx context.Context) error {
		_, err := s.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
			for _, key := range []string{
				s.keys.sendList(id), s.keys.sendFates(id), s.keys.send(id), s.keys.sendQueue(id), s.keys.sendHolds(id),
			} {
				p.PExpire(ctx, key, life)
			}
			return nil
		})
		return err
	})
}

// RestChannel lets a channel rest until a time, at most a day from now.
func (s *Store) RestChannel(ctx context.Context, ch campaign.Channel, until time.Time, why string) error {
	return s.do(ctx, "let channel rest", func(ctx context.Context) error {
		return s.redis.HSet(ctx, s.keys.sendRate(string(ch)), "until", until.UnixMilli(), "why", why).Err()
	})
}

// StopSending stops everything that is sent, for all instances, until a
// person calls AllowSending.
func (s *Store) StopSending(ctx context.Context, why string) error {
	return s.do(ctx, "stop sending", func(ctx context.Context) error {
		return s.redis.Set(ctx, s.keys.sendStop(), strings.TrimSpace(why), 0).Err()
	})
}

// AllowSending lets sending begin again.
func (s *Store) AllowSending(ctx context.Context) error {
	return s.do(ctx, "allow sending", func(ctx context.Context) error {
		return s.redis.Del(ctx, s.keys.sendStop()).Err()
	})
}

// Stopped returns why nothing is sent, or "" when it is not so.
func (s *Store) Stopped(ctx context.Context) (why string, err error) {
	err = s.do(ctx, "ask whether sending is stopped", func(ctx context.Context) (err error) {
		if why, err = s.redis.Get(ctx, s.keys.sendStop()).Result(); errors.Is(err, redis.Nil) {
			return nil
		}
		return err
	})
	return why, err
}
