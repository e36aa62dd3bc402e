package trial

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2/proto"
	"go.uber.org/goleak"

	"pufa/store/lock"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("PUFA_TRIAL_CHILD"); dir != "" {
		child(dir)
		return
	}
	goleak.VerifyTestMain(m)
}

// clock is a clock that stands still until it is told.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 3, 8, 10, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

var quiet = slog.New(slog.DiscardHandler)

func openDoor(t *testing.T, dir string, c *clock) *Door {
	t.Helper()
	d, err := Open(t.Context(), dir, c.now, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// client speaks to the store as any Redis client would.
type client struct {
	t *testing.T
	*proto.Client
}

func dial(t *testing.T, d *Door) client {
	t.Helper()
	conn, err := d.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := proto.NewClient(conn)
	t.Cleanup(func() { c.Close() })
	return client{t, c}
}

// do sends a command and returns the reply without its line ends.
func (c client) do(words ...string) string {
	c.t.Helper()
	reply, err := c.Do(words...)
	if err != nil {
		c.t.Fatalf("%v: %v", words, err)
	}
	return strings.TrimSuffix(strings.ReplaceAll(reply, "\r\n", " "), " ")
}

func (c client) want(reply string, words ...string) {
	c.t.Helper()
	if got := c.do(words...); got != reply {
		c.t.Errorf("%v = %q, want %q", words, got, reply)
	}
}

// crash copies what is on the disk, as a process finds it after a kill -9.
func crash(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(filepath.Join(to, "trial"), os.DirFS(filepath.Join(dir, "trial"))); err != nil {
		t.Fatal(err)
	}
	return to
}

// fill writes something of every type.
func fill(c client) {
	c.do("SET", "string", "value\r\n\x00")
	c.do("SETBIT", "bits", "1000", "1")
	c.do("INCR", "number")
	c.do("HSET", "hash", "a", "1", "b", "2")
	c.do("HINCRBY", "hash", "a", "5")
	c.do("SADD", "set", "x", "y")
	c.do("ZADD", "sorted", "1.5", "m", "-2", "n")
	c.do("RPUSH", "list", "1", "2", "3")
	c.do("LPOP", "list")
	c.do("XADD", "stream", "0-*", "e", "first")
	c.do("XADD", "stream", "0-*", "e", "second")
	c.do("EVAL", "redis.call('SET', KEYS[1], ARGV[1], 'PX', '60000') return redis.call('INCR', KEYS[2])", "2", "script", "number", "v")
	for i := range 600 {
		c.do("HSET", "wide", fmt.Sprint("field", i), fmt.Sprint(i))
	}
}

// wantFilled checks what fill wrote.
func wantFilled(c client) {
	c.t.Helper()
	c.want("$8 value \x00", "GET", "string")
	c.want(":1", "GETBIT", "bits", "1000")
	c.want("$1 2", "GET", "number")
	c.want("*2 $1 6 $1 2", "HMGET", "hash", "a", "b")
	c.want("*2 $1 x $1 y", "SMEMBERS", "set")
	c.want("*2 $1 n $1 m", "ZRANGE", "sorted", "0", "-1")
	c.want("$3 1.5", "ZSCORE", "sorted", "m")
	c.want("*2 $1 2 $1 3", "LRANGE", "list", "0", "-1")
	c.want("*2 *2 $3 0-1 *2 $1 e $5 first *2 $3 0-2 *2 $1 e $6 second", "XRANGE", "stream", "-", "+")
	c.want("$1 v", "GET", "script")
	c.want(":600", "HLEN", "wide")
	c.want("$3 599", "HGET", "wide", "field599")
}

func TestEverythingComesBack(t *testing.T) {
	for _, how := range []string{"after a goodbye", "after a kill", "after a fold and a kill", "after two folds with writes between"} {
		t.Run(how, func(t *testing.T) {
			dir, clock := t.TempDir(), newClock()
			d := openDoor(t, dir, clock)
			c := dial(t, d)
			fill(c)
			switch how {
			case "after a goodbye":
				if err := d.Close(); err != nil {
					t.Fatal(err)
				}
			case "after a fold and a kill":
				mustFold(t, d)
			case "after two folds with writes between":
				mustFold(t, d)
				c.do("HINCRBY", "hash", "a", "10")
				mustFold(t, d)
				c.do("HINCRBY", "hash", "a", "-10")
			}
			wantFilled(dial(t, openDoor(t, crash(t, dir), clock)))
		})
	}
}

func mustFold(t *testing.T, d *Door) {
	t.Helper()
	if err := d.host.fold(); err != nil {
		t.Fatal(err)
	}
}

func TestExpiry(t *testing.T) {
	dir, clock := t.TempDir(), newClock()
	c := dial(t, openDoor(t, dir, clock))
	c.want("+OK", "SET", "k", "v", "NX", "PX", "4500")
	clock.add(4 * time.Second)
	c.want("$1 v", "SET", "k", "w", "NX", "GET", "PX", "4500")
	c.want(":500", "PTTL", "k")
	clock.add(499 * time.Millisecond)
	c.want("$1 v", "GET", "k")
	clock.add(time.Millisecond)
	c.want("$-1", "GET", "k")
	c.want("+OK", "SET", "k", "w", "NX", "PX", "1000")

	c.do("INCR", "rate")
	c.do("PEXPIRE", "rate", "1000")
	clock.add(time.Second)
	c.want(":1", "INCR", "rate")
	c.want(":-1", "PTTL", "rate")
	c.want("*1 $4 rate", "KEYS", "*")

	c.do("SET", "stays", "v", "EX", "10")
	c.do("PERSIST", "stays")
	c.do("SET", "script", "v", "PX", "10")
	clock.add(time.Minute)
	c.want("$1 v", "GET", "stays")
	c.want("$-1", "EVAL", "return redis.call('GET', KEYS[1])", "1", "script")
}

func TestExpiryGoesOnWhileTheProgramIsAway(t *testing.T) {
	dir, clock := t.TempDir(), newClock()
	c := dial(t, openDoor(t, dir, clock))
	c.do("SET", "reply", "v", "PX", "600000")
	c.do("SET", "kept", "v")
	c.do("SET", "lease", "a", "NX", "PX", "1000")
	clock.add(2 * time.Second)
	// The lease ran out and was taken again: the second SET must hold after a
	// replay too, in which no time passes.
	c.want("+OK", "SET", "lease", "b", "NX", "PX", "1000000")
	left := crash(t, dir)
	c = dial(t, openDoor(t, left, clock))
	c.want("$1 b", "GET", "lease")
	c.want(":598000", "PTTL", "reply")
	clock.add(10 * time.Minute)
	c = dial(t, openDoor(t, crash(t, dir), clock))
	c.want("*2 $4 kept $5 lease", "KEYS", "*")
}

func TestExpiredKeysLeaveTheDisk(t *testing.T) {
	for _, c := range []struct {
		name  string
		touch []string
	}{
		{"when nobody asks for them", []string{"PING"}},
		{"when somebody asked for them", []string{"MGET", "reply", "dialogue"}},
	} {
		t.Run(c.name, func(t *testing.T) { expiredKeysLeave(t, c.touch) })
	}
}

func expiredKeysLeave(t *testing.T, touch []string) {
	dir, clock := t.TempDir(), newClock()
	d := openDoor(t, dir, clock)
	c := dial(t, d)
	c.do("SET", "reply", "text-of-the-reply", "PX", "600000")
	c.do("SET", "total", "1")
	mustFold(t, d)
	c.do("SET", "dialogue", "entry-of-the-dialogue", "PX", "600000")
	clock.add(10 * time.Minute)
	c.do(touch...)
	if err := d.Tick(); err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"text-of-the-reply", "entry-of-the-dialogue"} {
		if onDisk(t, dir, word) {
			t.Errorf("%q is still on the disk", word)
		}
	}
	c.want("$1 1", "GET", "total")
}

func onDisk(t *testing.T, dir, word string) bool {
	t.Helper()
	found := false
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		found = found || bytes.Contains(text, []byte(word))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestLongJournalIsFolded(t *testing.T) {
	dir := t.TempDir()
	d := openDoor(t, dir, newClock())
	c := dial(t, d)
	value := strings.Repeat("x", 1<<20)
	for range 6 {
		c.do("SET", "k", value)
		if err := d.Tick(); err != nil {
			t.Fatal(err)
		}
	}
	var size int64
	list, err := os.ReadDir(filepath.Join(dir, "trial"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o, want 600", e.Name(), info.Mode().Perm())
		}
		size += info.Size()
	}
	if size > 4<<20 {
		t.Errorf("6 MiB written over one key are %d bytes on disk", size)
	}
}

func TestTornJournal(t *testing.T) {
	dir, clock := t.TempDir(), newClock()
	d := openDoor(t, dir, clock)
	c := dial(t, d)
	c.do("SET", "a", "1")
	whole := d.host.size
	c.do("EVAL", "redis.call('SET', 'b', '1') redis.call('SET', 'c', '1')", "0")
	end := d.host.size
	left := crash(t, dir)
	name := filepath.Join(left, "trial", "journal.00000000")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for cut := whole; cut < end; cut++ {
		if err := os.WriteFile(name, text[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		got, _, err := folder{filepath.Join(left, "trial"), quiet}.load(-1)
		if err != nil {
			t.Fatalf("cut after %d bytes: %v", cut, err)
		}
		if keys := strings.Join(got.redis.Keys(), " "); keys != "a" {
			t.Errorf("cut after %d bytes: keys %q, want a: a script is there whole or not at all", cut, keys)
		}
		got.close()
		if info, _ := os.Stat(name); info.Size() != whole {
			t.Errorf("cut after %d bytes: the journal has %d, want %d", cut, info.Size(), whole)
		}
	}
	t.Run("and goes on", func(t *testing.T) {
		d := openDoor(t, left, clock)
		dial(t, d).do("SET", "d", "1")
		dial(t, openDoor(t, crash(t, left), clock)).want("*2 $1 a $1 d", "KEYS", "*")
	})
}

func TestDamagedSnapshotIsNotOpened(t *testing.T) {
	dir, clock := t.TempDir(), newClock()
	d := openDoor(t, dir, clock)
	dial(t, d).do("SET", "a", "1")
	mustFold(t, d)
	left := crash(t, dir)
	name := filepath.Join(left, "trial", "snapshot.00000001")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)-1] ^= 1
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), left, clock.now, quiet)
	if err == nil || !strings.Contains(err.Error(), "snapshot.00000001 is damaged after byte 0") {
		t.Errorf("Open = %v, want an error that names the damaged file", err)
	}
}

func TestRefused(t *testing.T) {
	c := dial(t, openDoor(t, t.TempDir(), newClock()))
	for _, words := range [][]string{
		{"MULTI"},
		{"BLPOP", "k", "0"},
		{"SPOP", "k"},
		{"XREADGROUP", "GROUP", "g", "c"},
		{"FLUSHALL"},
		{"SELECT", "1"},
		{"EVAL", "return redis.call('SPOP', 'k')", "0"},
	} {
		if reply := c.do(words...); !strings.HasPrefix(reply, "-") || !strings.Contains(reply, "trial store") {
			t.Errorf("%v = %q, want a refusal by the trial store", words, reply)
		}
	}
	c.want("+PONG", "PING")
	c.want("*0", "KEYS", "*")
}

func TestUnwritableJournal(t *testing.T) {
	dir, clock := t.TempDir(), newClock()
	d := openDoor(t, dir, clock)
	c := dial(t, d)
	c.do("SET", "a", "1")
	h := d.host
	h.mu.Lock()
	good := h.journal
	readOnly, err := os.Open(good.Name())
	if err != nil {
		t.Fatal(err)
	}
	h.journal = readOnly
	h.mu.Unlock()
	for range 2 {
		if reply := c.do("SET", "b", "1"); !strings.HasPrefix(reply, "-MISCONF") {
			t.Fatalf("SET = %q, want MISCONF: it is not on the disk", reply)
		}
	}
	c.want("$1 1", "GET", "a")
	clock.add(mendEvery)
	if err := d.Tick(); err == nil {
		t.Log("closing a file that was never written gives no error here")
	}
	good.Close()
	c.want("+OK", "SET", "c", "1")
	c = dial(t, openDoor(t, crash(t, dir), clock))
	c.want("$1 1", "GET", "a")
	c.want("$1 1", "GET", "c")
}

func TestSecondProcess(t *testing.T) {
	for _, c := range []struct{ name, dir string }{
		{"a short path", "d"},
		{"a path too long for a socket", strings.Repeat("long/", 30)},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, clock := filepath.Join(t.TempDir(), c.dir), newClock()
			first := openDoor(t, dir, clock)
			second := openDoor(t, dir, clock)
			if !first.Holds() || second.Holds() {
				t.Fatalf("holders %t %t, want the first only", first.Holds(), second.Holds())
			}
			info, err := os.Stat(filepath.Join(dir, socketName))
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Fatalf("socket: %v %v, want mode 600", info, err)
			}
			dial(t, first).do("SET", "a", "1")
			over := dial(t, second)
			over.want("$1 1", "GET", "a")
			if err := first.Close(); err != nil {
				t.Fatal(err)
			}
			if _, err := over.Do("GET", "a"); err == nil {
				t.Error("the connection outlived the process that held the data")
			}
			dial(t, second).want("$1 1", "GET", "a")
			if !second.Holds() {
				t.Error("the second did not take the first one's place")
			}
		})
	}
}

func TestHolderThatDoesNotAnswer(t *testing.T) {
	dir := t.TempDir()
	held, err := lock.Take(filepath.Join(dir, "redis.lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := Open(ctx, dir, time.Now, quiet); err == nil || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("Open = %v, want an error that says who holds the data", err)
	}
}

func TestPipelines(t *testing.T) {
	conn, err := openDoor(t, t.TempDir(), newClock()).Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	const n = 5000
	var wg sync.WaitGroup
	wg.Go(func() {
		for range n {
			if err := proto.Write(conn, []string{"INCR", "k"}); err != nil {
				t.Error(err)
				return
			}
		}
	})
	want := 0
	for i := 1; i <= n; i++ {
		want += len(fmt.Sprintf(":%d\r\n", i))
	}
	if _, err := io.CopyN(io.Discard, conn, int64(want)); err != nil {
		t.Error(err)
	}
	wg.Wait()
}
