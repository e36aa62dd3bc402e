package store

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"pufa/bot"
	"pufa/stats"
)

// away keeps the store from Redis, as an open breaker does.
func (r *rig) away() {
	r.breaker.mu.Lock()
	defer r.breaker.mu.Unlock()
	r.breaker.failures, r.breaker.until = breakAfter, r.clock.now().Add(100*24*time.Hour)
}

func (r *rig) back() { r.breaker.report(false) }

// later replies to a message while Redis is away.
func (r *rig) later(t *testing.T, a Arrival, result Result) {
	t.Helper()
	if c, err := r.Claim(t.Context(), a); !errors.Is(err, ErrUnavailable) {
		t.Fatalf("Claim(%q) = %+v, %v, want ErrUnavailable", a.MessageKey, c, err)
	}
	if err := r.CommitLater(t.Context(), a, result); err != nil {
		t.Fatal(err)
	}
}

func testOutage(t *testing.T, r *rig) {
	r.asked(t, "id:0", "o1")
	held := r.claimed(t, Arrival{MessageKey: "id:held", OpenID: "o1"})
	r.away()
	if err := r.Commit(t.Context(), held, Result{Stored: Stored{Text: "甲"}, Events: []stats.Event{r.answer()}}); err != nil {
		t.Fatalf("Commit while redis is away = %v, want nil: it waits", err)
	}
	a := Arrival{MessageKey: "id:1", OpenID: "o2"}
	result := Result{Stored: Stored{Text: "乙"}, Events: []stats.Event{r.answer()}, Action: bot.OptOut}
	r.later(t, a, result)
	again, err := r.Claim(t.Context(), a)
	if err != nil || again.State != Answered || again.Stored.Text != "乙" {
		t.Errorf("repeated delivery = %+v, %v, want the same reply", again, err)
	}
	if err := r.CommitLater(t.Context(), a, result); err != nil {
		t.Errorf("second CommitLater = %v", err)
	}
	if lines, residents := r.spool.waiting(); lines != 2 || residents != 2 {
		t.Errorf("%d lines and %d residents wait, want 2 and 2: the repeated delivery adds none", lines, residents)
	}
	r.later(t, Arrival{MessageKey: "id:2"}, Result{Stored: Stored{Card: "fire"}, Events: []stats.Event{stats.Crisis(r.clock.now())}})
	r.later(t, Arrival{MessageKey: "id:3", OpenID: "try", Test: true}, Result{Events: []stats.Event{r.answer()}})

	r.back()
	// Another instance gets the second delivery before the spool is replayed.
	other := r.second(t)
	if c, err := other.Claim(t.Context(), Arrival{MessageKey: "id:1", OpenID: "o2"}); err != nil || c.State != Mine {
		t.Errorf("delivery to another instance = %+v, %v, want Mine", c, err)
	} else if err := other.Commit(t.Context(), c, result); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := r.Replay(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	day := r.keys.day("20260308")
	if n := r.field(t, day, answerField); n != 3 {
		t.Errorf("counted %d messages, want 3", n)
	}
	if n := r.field(t, day, "message|crisis||||0"); n != 1 {
		t.Errorf("counted %d crises, want 1", n)
	}
	if n, err := r.Residents(t.Context(), "202603"); err != nil || n != 2 {
		t.Errorf("residents of the month = %d, %v, want 2", n, err)
	}
	if _, out, err := r.Followers(t.Context()); err != nil || out != 0 {
		t.Errorf("followers who opted out = %d, %v: nobody follows", out, err)
	}
	if bit := r.raw.GetBit(t.Context(), r.keys.optout(), 2).Val(); bit != 1 {
		t.Error("the wish for no pushes was lost")
	}
	r.verified(t)
	if left := filesOf(t, r.dir); len(left) > 0 {
		t.Errorf("the spool still holds %v", left)
	}
}

// filesOf lists the spooled files.
func filesOf(t *testing.T, dir string) []string {
	t.Helper()
	var list []string
	for _, name := range []string{eventsFile, crisisFile, "residents"} {
		found, err := filepath.Glob(filepath.Join(dir, "spool", "*", name))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, found...)
	}
	return list
}

func testReplayCrash(t *testing.T, r *rig) {
	r.away()
	for i := range 5 {
		r.later(t, Arrival{MessageKey: fmt.Sprint("id:", i), OpenID: fmt.Sprint("o", i)}, Result{Events: []stats.Event{r.answer()}})
	}
	r.back()
	saved := t.TempDir()
	if err := os.CopyFS(saved, os.DirFS(filepath.Join(r.dir, "spool"))); err != nil {
		t.Fatal(err)
	}
	if err := r.Replay(t.Context()); err != nil {
		t.Fatal(err)
	}
	// The process died before it could delete what it had replayed.
	r.Store.Close()
	if err := os.RemoveAll(filepath.Join(r.dir, "spool")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(r.dir, "spool"), os.DirFS(saved)); err != nil {
		t.Fatal(err)
	}
	next, err := Open(t.Context(), r.options(r.dir))
	if err != nil {
		t.Fatal(err)
	}
	defer next.Close()
	if err := next.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	days, _, err := next.Counters(t.Context(), r.clock.now(), r.clock.now())
	if n := days["20260308"][answerField]; err != nil || n != 5 {
		t.Errorf("counted %d, %v, want 5", n, err)
	}
	if n, err := next.Residents(t.Context(), "2026"); err != nil || n != 5 {
		t.Errorf("residents = %d, %v, want 5", n, err)
	}
}

func testForgetInOutage(t *testing.T, r *rig) {
	r.asked(t, "id:0", "o1")
	c := r.claimed(t, Arrival{MessageKey: "id:1", OpenID: "o1"})
	r.away()
	if err := r.Commit(t.Context(), c, Result{Action: bot.Forget}); err != nil {
		t.Fatal(err)
	}
	r.back()
	if err := r.Replay(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := r.raw.HLen(t.Context(), r.keys.residents()).Val(); n != 0 {
		t.Error("删除 was forgotten in the outage")
	}
	if left := r.withPrefix(t, "d:"); len(left) > 0 {
		t.Errorf("dialogue is still there: %v", left)
	}
}

// TestRedisGoesAway shuts a server down under the store.
func TestRedisGoesAway(t *testing.T) {
	server := miniredis.RunT(t)
	raw := redis.NewClient(&redis.Options{Addr: server.Addr(), Protocol: 2, DisableIdentity: true})
	r := overURL(t, "redis://"+server.Addr(), raw)
	c := r.claimed(t, Arrival{MessageKey: "id:1", OpenID: "o1"})
	server.Close()
	if err := r.Commit(t.Context(), c, Result{Stored: Stored{Text: "答"}, Events: []stats.Event{r.answer()}}); err != nil {
		t.Fatal(err)
	}
	r.later(t, Arrival{MessageKey: "id:2", OpenID: "o2"}, Result{Events: []stats.Event{r.answer()}})
	if ready := r.Ready(t.Context()); ready.OK() || !errors.Is(ready.Redis, ErrUnavailable) || ready.Spooled != 2 {
		t.Errorf("Ready = %+v, want unavailable with 2 spooled", ready)
	}
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	r.clock.set(r.clock.now().Add(breakFor))
	if err := r.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := r.field(t, r.keys.day("20260308"), answerField); n != 2 {
		t.Errorf("counted %d, want 2", n)
	}
	if ready := r.Ready(t.Context()); !ready.OK() || ready.Spooled != 0 {
		t.Errorf("Ready = %+v, want all well", ready)
	}
}

func TestBreaker(t *testing.T) {
	c := &clock{at: morning}
	b := newBreaker(c.now)
	for i := range breakAfter {
		if !b.allow() {
			t.Fatalf("closed after %d failures", i)
		}
		b.report(true)
	}
	if b.allow() {
		t.Fatal("asks redis after 3 failures in a row")
	}
	c.set(morning.Add(breakFor - time.Millisecond))
	if b.allow() {
		t.Fatal("asks redis before the second is over")
	}
	c.set(morning.Add(breakFor))
	if !b.allow() {
		t.Fatal("does not try after a second")
	}
	if b.allow() {
		t.Fatal("tries twice at once")
	}
	b.report(true)
	if b.allow() {
		t.Fatal("asks redis right after the try failed")
	}
	c.set(morning.Add(3 * breakFor))
	if !b.allow() {
		t.Fatal("does not try again")
	}
	b.report(false)
	for range 2 {
		if !b.allow() {
			t.Fatal("does not ask a redis that is back")
		}
	}
	b.report(true)
	b.report(false)
	b.report(true)
	b.report(true)
	if !b.allow() {
		t.Error("two failures in a row close it")
	}
}

func TestWhoGaveUpHasLearntNothing(t *testing.T) {
	r := overMiniredis(t)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range 5 {
		if _, err := r.Claim(gone, Arrival{MessageKey: "id:1", OpenID: "o1"}); err == nil {
			t.Fatal("Claim of a caller who hung up succeeds")
		}
	}
	c := r.claimed(t, Arrival{MessageKey: "id:1", OpenID: "o1"})
	if err := r.Commit(gone, c, Result{Events: []stats.Event{r.answer()}}); err != nil {
		t.Fatal(err)
	}
	if n := r.field(t, r.keys.day("20260308"), answerField); n != 1 {
		t.Errorf("counted %d, want 1: hanging up does not stop a commit", n)
	}
}

func TestSpoolIsBounded(t *testing.T) {
	s := &spool{dir: t.TempDir()}
	defer s.close()
	if err := s.add(make([]byte, 8), []stats.Event{{At: morning, Kind: stats.Message}}, nil); err != nil {
		t.Fatal(err)
	}
	s.lines = maxSpooled
	if err := s.add(make([]byte, 8), []stats.Event{{At: morning, Kind: stats.Message}}, nil); !errors.Is(err, ErrSpoolFull) {
		t.Errorf("add = %v, want ErrSpoolFull", err)
	}
	s.slots.used = maxSpooled
	if err := s.slots.add(resident{marks: markUsed}); !errors.Is(err, ErrSpoolFull) {
		t.Errorf("add = %v, want ErrSpoolFull", err)
	}
	r := overMiniredis(t)
	r.away()
	if err := r.spool.open(); err != nil {
		t.Fatal(err)
	}
	r.spool.lines = maxSpooled
	if err := r.CommitLater(t.Context(), Arrival{MessageKey: "id:1"}, Result{Events: []stats.Event{stats.Crisis(morning)}}); !errors.Is(err, ErrSpoolFull) {
		t.Errorf("CommitLater = %v, want ErrSpoolFull", err)
	}
	if ready := r.Ready(t.Context()); !errors.Is(ready.Disk, ErrSpoolFull) {
		t.Errorf("Ready().Disk = %v, want ErrSpoolFull", ready.Disk)
	}
}

func TestTornSpool(t *testing.T) {
	r := overMiniredis(t)
	r.away()
	for i := range 3 {
		r.later(t, Arrival{MessageKey: fmt.Sprint("id:", i), OpenID: "o"}, Result{Events: []stats.Event{r.answer()}})
	}
	name := r.spool.path(1, eventsFile)
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, text[:len(text)-10], 0o600); err != nil { // the third is torn
		t.Fatal(err)
	}
	r.later(t, Arrival{MessageKey: "id:3", OpenID: "o"}, Result{Events: []stats.Event{r.answer()}})
	r.back()
	if err := r.Replay(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := r.field(t, r.keys.day("20260308"), answerField); n != 3 {
		t.Errorf("counted %d, want 3: all but the torn one", n)
	}
}

func TestSpoolTellsNobody(t *testing.T) {
	r := overMiniredis(t)
	r.away()
	for i := range 20 {
		r.later(t, Arrival{MessageKey: fmt.Sprint("id:", i), OpenID: fmt.Sprint("openid-", i)},
			Result{Stored: Stored{Text: "回复的文字"}, Dialogue: bot.Dialogue{Entry: "family/violence"}, Events: []stats.Event{r.answer()}})
	}
	events, err := os.ReadFile(r.spool.path(1, eventsFile))
	if err != nil {
		t.Fatal(err)
	}
	residents, err := os.ReadFile(r.spool.path(1, "residents"))
	if err != nil {
		t.Fatal(err)
	}
	var order []int
	for i := range 20 {
		p := r.names.pseudonym(fmt.Sprint("openid-", i))
		if strings.Contains(string(events), string(p)) || strings.Contains(string(events), hex.EncodeToString(p)) {
			t.Errorf("resident %d is named beside the events", i)
		}
		order = append(order, strings.Index(string(residents), string(p)))
	}
	sorted := true
	for i := range order[1:] {
		sorted = sorted && order[i] < order[i+1]
	}
	if sorted {
		t.Errorf("the places %v follow the order of arrival", order)
	}
	for _, word := range []string{"openid-", "回复的文字", "family/violence"} {
		if strings.Contains(string(events)+string(residents), word) {
			t.Errorf("the spool holds %q", word)
		}
	}
	for _, name := range filesOf(t, r.dir) {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v, want mode 600", name, info.Mode(), err)
		}
	}
}

func TestSpoolOfTheDead(t *testing.T) {
	r := overMiniredis(t)
	first := r.Store
	second, err := Open(t.Context(), r.options(r.dir))
	if err != nil {
		t.Fatal(err)
	}
	r.away()
	r.later(t, Arrival{MessageKey: "id:1", OpenID: "o1"}, Result{Events: []stats.Event{r.answer()}})
	r.Store = second
	r.away()
	r.later(t, Arrival{MessageKey: "id:2", OpenID: "o2"}, Result{Events: []stats.Event{r.answer()}})
	if first.spool.own == second.spool.own {
		t.Fatalf("two processes share spool %d", first.spool.own)
	}
	r.Store = first
	r.back()
	if err := first.Replay(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := r.field(t, r.keys.day("20260308"), answerField); n != 1 {
		t.Errorf("counted %d, want 1: the other process is alive", n)
	}
	second.Close()
	if err := first.Replay(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := r.field(t, r.keys.day("20260308"), answerField); n != 2 {
		t.Errorf("counted %d, want 2: what the dead left is counted too", n)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	var m memory
	for i := range maxRemembered + 5 {
		m.put([]byte(fmt.Sprint(i)), Stored{}, morning)
	}
	if len(m.replies) != maxRemembered || len(m.order) != maxRemembered {
		t.Errorf("remembers %d and %d replies, want %d", len(m.replies), len(m.order), maxRemembered)
	}
	if _, ok := m.get([]byte("0"), morning); ok {
		t.Error("the oldest was not dropped")
	}
	if _, ok := m.get([]byte("20"), morning.Add(replyLife)); ok {
		t.Error("a reply is remembered for more than 10 minutes")
	}
}

func TestSlots(t *testing.T) {
	s := &slots{name: filepath.Join(t.TempDir(), "residents")}
	who := resident{pseudonym: [16]byte{1, 2, 3}, month: 202603, marks: markUsed | markWrote | markOptOut}
	for _, w := range []resident{
		who,
		{pseudonym: who.pseudonym, month: 202603, marks: markUsed | markOptIn},
		{pseudonym: who.pseudonym, month: 202604, marks: markUsed | markWrote},
		{pseudonym: [16]byte{0, 0, 0, 0, 0, 0, 0, 1}, month: 0, marks: markUsed | markFollow}, // the same place as the next
		{pseudonym: [16]byte{0, 0, 0, 0, 0, 0, 0, 1, 9}, month: 0, marks: markUsed | markUnfollow},
	} {
		if err := s.add(w); err != nil {
			t.Fatal(err)
		}
	}
	got := map[resident]bool{}
	again, err := openSlots(s.name)
	if err != nil || again.used != 4 {
		t.Fatalf("openSlots counts %d, %v, want 4", again.used, err)
	}
	if err := again.each(func(_ int64, r resident) error { got[r] = true; return nil }); err != nil {
		t.Fatal(err)
	}
	for _, want := range []resident{
		{who.pseudonym, 202603, markUsed | markWrote | markOptIn},
		{who.pseudonym, 202604, markUsed | markWrote},
		{[16]byte{0, 0, 0, 0, 0, 0, 0, 1}, 0, markUsed | markFollow},
		{[16]byte{0, 0, 0, 0, 0, 0, 0, 1, 9}, 0, markUsed | markUnfollow},
	} {
		if !got[want] {
			t.Errorf("no slot %+v in %+v", want, got)
		}
	}
}

func TestForgetWinsOverWhatWasAskedBefore(t *testing.T) {
	r := resident{marks: markUsed | markWrote | markOptOut | markFollow}
	r.merge(markForget)
	if r.marks != markUsed|markWrote|markForget {
		t.Errorf("marks %b", r.marks)
	}
	r.merge(markUnfollow)
	if r.marks != markUsed|markWrote|markForget|markUnfollow {
		t.Errorf("marks %b", r.marks)
	}
}

func FuzzSpoolLine(f *testing.F) {
	f.Add(strings.TrimSuffix(spoolLine(make([]byte, 8), []stats.Event{{At: morning, Kind: stats.Message}}), "\n"))
	f.Add("\t")
	f.Add("00\t20260308||message|crisis|||||0\t00000000")
	f.Fuzz(func(t *testing.T, line string) {
		counted, events, err := parseSpoolLine(line)
		if err == nil && (len(counted) != 8 || len(events) == 0) {
			t.Errorf("parseSpoolLine(%q) = %x, %v without an error", line, counted, events)
		}
	})
}

func TestEvery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var mu sync.Mutex
		n := 0
		var wg sync.WaitGroup
		wg.Go(func() {
			every(ctx, time.Second, func(context.Context) {
				mu.Lock()
				defer mu.Unlock()
				n++
			})
		})
		time.Sleep(3500 * time.Millisecond) // the bubble's time
		synctest.Wait()
		mu.Lock()
		if n != 3 {
			t.Errorf("called %d times in 3.5 s, want 3", n)
		}
		mu.Unlock()
		cancel()
		wg.Wait()
	})
}

func TestRunEnds(t *testing.T) {
	r := overMiniredis(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r.Run(ctx) // returns
	if err := r.Tick(t.Context()); err != nil {
		t.Error(err)
	}
}
