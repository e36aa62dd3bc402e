// Package store keeps everything in Redis: who claimed a message, the reply
// for a repeated delivery, the dialogue, counters, bitmaps, ledger, approvals.
// Every key is built in keys.go and every write of more than one key is a
// script. It never keeps an openid, a question, or a resident beside what the
// resident asked, save the dialogue and the reply, both for 10 minutes.
package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"pufa/store/trial"
)

// How long things live, and how long a call may take.
const (
	lease        = 4500 * time.Millisecond // of a claim: the platform hangs up after 5 s
	replyLife    = 10 * time.Minute        // more than twice the age window of a callback
	dialogueLife = 10 * time.Minute
	countedLife  = 48 * time.Hour // after the end of the day
	callTime     = time.Second    // one call with its dial; the client's own limits are shorter
)

// Zone is the time zone whose days are counted.
var zone = time.FixedZone("Asia/Shanghai", 8*60*60)

// ErrUnavailable means that Redis did not answer, or was not asked because it
// had just failed to.
var ErrUnavailable = errors.New("redis is unavailable")

// ErrLost means that another delivery of the message was committed, or is
// being worked on, in place of this one.
var ErrLost = errors.New("another delivery of the message took over")

// Options say which Redis is meant and whose keys in it.
type Options struct {
	RedisURL string           // empty: the trial store under DataDir
	DataDir  string           // holds the spool and the trial store
	Account  string           // the Official Account's AppID, or "trial"
	Secret   []byte           // keys every hash of a message or a person
	Now      func() time.Time // time.Now when nil
	Log      *slog.Logger     // slog.Default() when nil
	Restore  bool             // a store that a restore left unfinished is opened all the same
}

// Store is one account's data. Its methods may be called at the same time.
type Store struct {
	redis   redis.UniversalClient
	door    *trial.Door // nil with a Redis
	keys    keys
	names   names
	breaker *breaker
	now     func() time.Time
	log     *slog.Logger
	chores  chores
	marks   *marks
	ring    ring
	memory  memory
	spool   spool
	joined  *joined
	calls   calls
	closers []func() error
}

// Open connects to Redis and checks that the secret is the one its data was
// written with. It fails when Redis does not answer.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	client, door, err := o.connect(ctx)
	if err != nil {
		return nil, err
	}
	s := &Store{
		door:    door,
		redis:   client,
		keys:    newKeys(o.Account),
		names:   newNames(o.Secret, o.Account),
		breaker: newBreaker(o.Now),
		marks:   newMarks(),
		joined:  &joined{redis: client},
		now:     o.Now,
		log:     o.Log,
	}
	s.closers = append(s.closers, s.joined.close, client.Close)
	if o.DataDir != "" {
		s.spool.dir = filepath.Join(o.DataDir, "spool")
	}
	s.closers = append(s.closers, s.spool.close)
	if door != nil {
		s.closers = append(s.closers, door.Close)
	}
	s.chores.dueEvery(rewriteEvery, rewriteChore, s.now())
	if err := s.greet(ctx, o.Restore); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// connect returns a client, and the trial store's door when no Redis is named.
func (o Options) connect(ctx context.Context) (redis.UniversalClient, *trial.Door, error) {
	if o.RedisURL != "" {
		client, err := connect(o.RedisURL)
		return client, nil, err
	}
	if o.DataDir == "" {
		return nil, nil, errors.New("open store: neither PUFA_REDIS_URL nor PUFA_DATA_DIR is set")
	}
	door, err := trial.Open(ctx, o.DataDir, o.Now, o.Log)
	if err != nil {
		return nil, nil, err
	}
	return connectTrial(door), door, nil
}

// check reports what no store could be opened with.
func (o Options) check() error {
	if o.Account == "" || strings.ContainsAny(o.Account, "{} \t\r\n") {
		return fmt.Errorf("open store: account %q: want a name without spaces and braces", o.Account)
	}
	if len(o.Secret) < 16 {
		return fmt.Errorf("open store: PUFA_SECRET has %d bytes: want 16 or more", len(o.Secret))
	}
	return nil
}

// greet leaves the secret's fingerprint and the first day, or checks them.
func (s *Store) greet(ctx context.Context, restore bool) error {
	return s.do(ctx, "open store", func(ctx context.Context) error {
		own := s.names.fingerprint()
		if err := s.redis.SetNX(ctx, s.keys.secret(), own, 0).Err(); err != nil {
			return err
		}
		kept, err := s.redis.Get(ctx, s.keys.secret()).Result()
		if err != nil {
			return err
		}
		if kept != own {
			return mistakef("this Redis was filled with another PUFA_SECRET (fingerprint %s, ours is %s): "+
				"set the secret it was filled with, or use an empty Redis", kept, own)
		}
		unfinished, err := s.redis.Exists(ctx, s.keys.restoring()).Result()
		if err != nil {
			return err
		}
		if unfinished > 0 && !restore {
			return mistakef("a restore did not come to its end, what is here is not whole: run pufa restore FILE again")
		}
		return s.redis.SetNX(ctx, s.keys.since(), s.now().In(zone).Format("20060102"), 0).Err()
	})
}

// Close lets go of the connections.
func (s *Store) Close() error {
	var errs []error
	for _, end := range s.closers {
		errs = append(errs, end())
	}
	return errors.Join(errs...)
}

// do makes one call to Redis unless the breaker is open, and names it in the
// error. What keeps Redis from answering is an ErrUnavailable.
func (s *Store) do(ctx context.Context, what string, call func(context.Context) error) error {
	if !s.breaker.allow() {
		return fmt.Errorf("%s: %w", what, ErrUnavailable)
	}
	limited, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	return s.judge(ctx, what, call(limited))
}

// judge lets the breaker know how a call went and names it in the error.
func (s *Store) judge(ctx context.Context, what string, err error) error {
	down := isDown(err)
	if ctx.Err() == nil { // whoever gave up has learnt nothing about Redis
		s.breaker.report(down)
	}
	switch {
	case err == nil:
		return nil
	case down:
		return fmt.Errorf("%s: %w: %w", what, ErrUnavailable, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// call makes one call of a script together with others that are made now, as
// do would.
func (s *Store) call(ctx context.Context, what string, script *redis.Script, keys []string, args []any, read func(*redis.Cmd) error) error {
	if !s.breaker.allow() {
		return fmt.Errorf("%s: %w", what, ErrUnavailable)
	}
	cmd, err := s.joined.run(ctx, script, keys, args)
	if err == nil {
		err = read(cmd)
	}
	return s.judge(ctx, what, err)
}

// isDown tells a Redis that cannot serve from one that answered: an error it
// replied with is an answer, unless it says that it cannot.
func isDown(err error) bool {
	if err == nil || errors.Is(err, redis.Nil) {
		return false
	}
	var reply redis.Error
	if !errors.As(err, &reply) {
		var own *mistake
		return !errors.As(err, &own)
	}
	for _, word := range []string{"LOADING", "CLUSTERDOWN", "MASTERDOWN", "READONLY", "TRYAGAIN", "MISCONF", "OOM", "NOREPLICAS"} {
		if strings.HasPrefix(reply.Error(), word) {
			return true
		}
	}
	return false
}

// mistake is an error that is ours or the operator's, not the connection's.
type mistake struct{ text string }

func (m *mistake) Error() string { return m.text }

func mistakef(format string, args ...any) error {
	return &mistake{fmt.Sprintf(format, args...)}
}

// chores remembers what was looked after in the last minute, so that an
// expiry is set once a minute and not with every message.
type chores struct {
	mu   sync.Mutex
	done map[string]time.Time
}

// due reports whether name was not yet done in the minute before now, and
// takes it as done.
func (c *chores) due(name string, now time.Time) bool {
	return c.dueEvery(time.Minute, name, now)
}

// dueEvery is due for another stretch of time.
func (c *chores) dueEvery(every time.Duration, name string, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if last, ok := c.done[name]; ok && now.Sub(last).Abs() < every {
		return false
	}
	if c.done == nil || len(c.done) > 1000 {
		c.done = map[string]time.Time{}
	}
	c.done[name] = now
	return true
}
