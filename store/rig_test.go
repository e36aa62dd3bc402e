package store

import (
	"context"
	"log/slog"
	"os"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"pufa/stats"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("PUFA_STORE_CHILD"); dir != "" {
		child(dir)
		return
	}
	goleak.VerifyTestMain(m)
}

// The eighth of March 2026, ten in the morning.
var morning = time.Date(2026, 3, 8, 10, 0, 0, 0, zone)

var testSecret = []byte("a secret of more than 16 bytes")

// clock is a clock that stands still until it is told.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

// rig is a store over some Redis, a second way into that Redis, and the time.
type rig struct {
	*Store
	raw   redis.UniversalClient
	clock *clock
	dir   string
	url   string
	own   bool // the Redis itself follows the clock
}

// advance lets d pass, for the store and for what expires in Redis.
func (r *rig) advance(t *testing.T, d time.Duration) {
	t.Helper()
	r.clock.set(r.clock.now().Add(d))
	if r.own {
		return
	}
	ctx := t.Context()
	for _, key := range r.allKeys(t) {
		left := r.raw.PTTL(ctx, key).Val()
		switch {
		case left <= 0:
		case left <= d:
			r.raw.Del(ctx, key)
		default:
			r.raw.PExpire(ctx, key, left-d)
		}
	}
}

func (r *rig) allKeys(t *testing.T) []string {
	t.Helper()
	list, err := r.raw.Keys(t.Context(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(list)
	return list
}

// second opens another store over the same Redis, as a second instance would.
func (r *rig) second(t *testing.T) *Store {
	t.Helper()
	if r.own {
		return r.open(t)
	}
	s, err := Open(t.Context(), r.options(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func (r *rig) options(dir string) Options {
	return Options{
		RedisURL: r.url, DataDir: dir, Account: "trial", Secret: testSecret,
		Now: r.clock.now, Log: slog.New(slog.DiscardHandler),
	}
}

// field reads a counter; 0 when it is not there.
func (r *rig) field(t *testing.T, key, field string) int64 {
	t.Helper()
	n, err := r.raw.HGet(t.Context(), key, field).Int64()
	if err != nil && err != redis.Nil {
		t.Fatal(err)
	}
	return n
}

// lines reads a stream of the ledger.
func (r *rig) lines(t *testing.T, key string) []string {
	t.Helper()
	all, err := r.raw.XRange(t.Context(), key, "-", "+").Result()
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, m := range all {
		list = append(list, m.Values["e"].(string))
	}
	return list
}

// claimed claims a message that must be ours.
func (r *rig) claimed(t *testing.T, a Arrival) Claim {
	t.Helper()
	c, err := r.Claim(t.Context(), a)
	if err != nil || c.State != Mine {
		t.Fatalf("Claim(%q) = state %d, %v, want Mine", a.MessageKey, c.State, err)
	}
	return c
}

// asked claims and commits an answered message.
func (r *rig) asked(t *testing.T, key, openID string) Claim {
	t.Helper()
	c := r.claimed(t, Arrival{MessageKey: key, OpenID: openID})
	if err := r.Commit(t.Context(), c, Result{Stored: Stored{Text: "答"}, Events: []stats.Event{r.answer()}}); err != nil {
		t.Fatal(err)
	}
	return c
}

// answer is an answered message of this moment.
func (r *rig) answer() stats.Event {
	return stats.Event{
		At: r.clock.now(), Kind: stats.Message, Outcome: "answered",
		Entry: "consumer/seven-day-return", Topic: "consumer", Themes: []string{"3.15"}, Source: "text",
	}
}

const answerField = "message|answered|consumer|3.15|text|0"

// overMiniredis is the quick rig: a miniredis whose time stands still.
func overMiniredis(t *testing.T) *rig {
	t.Helper()
	server := miniredis.RunT(t)
	return overURL(t, "redis://"+server.Addr(), redis.NewClient(&redis.Options{Addr: server.Addr(), Protocol: 2, DisableIdentity: true}))
}

// overTrial is a rig over the trial store, which follows the rig's clock.
func overTrial(t *testing.T) *rig {
	t.Helper()
	r := &rig{clock: &clock{at: morning}, dir: t.TempDir(), own: true}
	r.Store = r.open(t)
	r.raw = r.redis
	return r
}

// open opens the rig's store once more, in the same folder.
func (r *rig) open(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), r.options(r.dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func overURL(t *testing.T, url string, raw redis.UniversalClient) *rig {
	t.Helper()
	r := &rig{raw: raw, clock: &clock{at: morning}, url: url, dir: t.TempDir()}
	s, err := Open(context.Background(), r.options(r.dir))
	if err != nil {
		t.Fatal(err)
	}
	r.Store = s
	t.Cleanup(func() { s.Close(); raw.Close() })
	return r
}

// hasPrefix returns the keys that begin with the prefix after the account.
func (r *rig) withPrefix(t *testing.T, prefix string) []string {
	t.Helper()
	var list []string
	for _, key := range r.allKeys(t) {
		if strings.HasPrefix(key, r.keys.prefix+prefix) {
			list = append(list, key)
		}
	}
	return list
}
