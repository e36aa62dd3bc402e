package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"pufa/bot"
	"pufa/stats"
)

func testPages(t *testing.T, r *rig) {
	open := func(page, visitor string) bool {
		t.Helper()
		e := stats.Event{At: r.clock.now(), Kind: stats.PageOpen, Entry: "consumer/fraud", Topic: "consumer", Source: "page"}
		counted, err := r.CountPage(t.Context(), page, visitor, e)
		if err != nil {
			t.Fatal(err)
		}
		return counted
	}
	for _, c := range []struct {
		name, page, visitor string
		want                bool
	}{
		{"a first opening", "consumer/fraud", "v1", true},
		{"the same visitor again", "consumer/fraud", "v1", false},
		{"another visitor", "consumer/fraud", "v2", true},
		{"the same page out of a campaign", "consumer/fraud c=315", "v1", true},
	} {
		if got := open(c.page, c.visitor); got != c.want {
			t.Errorf("%s is counted: %t, want %t", c.name, got, c.want)
		}
	}
	if n := r.field(t, r.keys.day("20260308"), "page||consumer||page|0"); n != 3 {
		t.Errorf("counted %d openings, want 3", n)
	}
	yesterday := stats.Event{At: r.clock.now(), Kind: stats.PageOpen, Entry: "consumer/fraud"}
	r.clock.set(time.Date(2026, 3, 9, 0, 0, 0, 0, zone))
	if err := r.CloseWindows(t.Context(), r.clock.now()); err != nil {
		t.Fatal(err)
	}
	if left := r.withPrefix(t, "w:"); len(left) > 0 {
		t.Errorf("at midnight %v are still there", left)
	}
	if counted, err := r.CountPage(t.Context(), "p", "v", yesterday); err != nil || counted {
		t.Errorf("yesterday's opening: %t, %v, want it not counted", counted, err)
	}
	if !open("consumer/fraud", "v1") {
		t.Error("the next day does not count the visitor again")
	}
	r.verified(t)
}

func testCountsBack(t *testing.T, r *rig) {
	r.clock.set(time.Date(2026, 3, 31, 23, 30, 0, 0, zone)) // 15:30 UTC
	r.asked(t, "id:1", "o1")
	r.asked(t, "id:2", "o2")
	r.clock.set(time.Date(2026, 3, 31, 23, 30, 0, 0, time.UTC)) // the first of April here
	r.asked(t, "id:3", "o2")
	days, months, err := r.Counters(t.Context(), morning, r.clock.now())
	if err != nil {
		t.Fatal(err)
	}
	wantDays := map[string]map[string]int64{
		"20260331": {answerField: 2, "hour|23": 2},
		"20260401": {answerField: 1, "hour|07": 1},
	}
	wantMonths := map[string]map[string]int64{
		"202603": {"entry|message|consumer/seven-day-return": 2},
		"202604": {"entry|message|consumer/seven-day-return": 1},
	}
	if diff := cmp.Diff(wantDays, days); diff != "" {
		t.Errorf("days (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantMonths, months); diff != "" {
		t.Errorf("months (-want +got):\n%s", diff)
	}
	for _, q := range []struct {
		periods string
		want    int64
	}{{"202603", 2}, {"202604", 1}, {"202603 202604", 2}, {"2026", 2}, {"2025", 0}} {
		if n, err := r.Residents(t.Context(), strings.Fields(q.periods)...); err != nil || n != q.want {
			t.Errorf("Residents(%s) = %d, %v, want %d", q.periods, n, err, q.want)
		}
	}
}

func testLedgerPages(t *testing.T, r *rig) {
	const n = linesPerTrip + 3
	line := r.answer().Line()
	_, err := r.raw.Pipelined(t.Context(), func(p redis.Pipeliner) error {
		for i := range n {
			p.XAdd(t.Context(), &redis.XAddArgs{Stream: r.keys.ledger("202603"), ID: "0-*", Values: []any{"e", fmt.Sprint(i, line)}})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	next := 0
	err = r.ReadLedger(t.Context(), "202603", func(text string) error {
		if text != fmt.Sprint(next, line) {
			t.Fatalf("line %d is %q", next, text)
		}
		next++
		return nil
	})
	if err != nil || next != n {
		t.Errorf("read %d lines, %v, want %d", next, err, n)
	}
	enough := errors.New("enough")
	if err := r.ReadLedger(t.Context(), "202603", func(string) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("ReadLedger = %v, want the reader's error", err)
	}
}

// mixed is a day with a little of everything; it returns the openids used.
func mixed(t *testing.T, r *rig) []string {
	t.Helper()
	people := []string{"oABCDEFGHIJKLMNOPQRSTUVWXY-1", "oABCDEFGHIJKLMNOPQRSTUVWXY-2", "oABCDEFGHIJKLMNOPQRSTUVWXY-3"}
	for i := range 12 {
		who := people[i%3]
		c := r.claimed(t, Arrival{MessageKey: fmt.Sprint("id:", i), OpenID: who})
		e := r.answer()
		e.Sensitive = i == 4
		result := Result{Stored: Stored{Text: "回复的文字"}, Dialogue: bot.Dialogue{Entry: e.Entry}, Events: []stats.Event{e}}
		switch i {
		case 5:
			result.Action = bot.Follow
		case 7:
			result.Events = append(result.Events, stats.Event{At: e.At, Kind: stats.Helpful, Entry: e.Entry, Topic: e.Topic, Source: "text"})
		case 11:
			result.Action, result.Dialogue = bot.Forget, bot.Dialogue{}
		}
		if err := r.Commit(t.Context(), c, result); err != nil {
			t.Fatal(err)
		}
	}
	c := r.claimed(t, Arrival{MessageKey: "id:crisis"})
	if err := r.Commit(t.Context(), c, Result{Stored: Stored{Card: "violence"}, Events: []stats.Event{stats.Crisis(r.clock.now())}}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.CountPage(t.Context(), "consumer/fraud", "192.0.2.7 a browser", stats.Event{At: r.clock.now(), Kind: stats.PageOpen, Entry: "consumer/fraud", Source: "page"}); err != nil {
		t.Fatal(err)
	}
	r.away()
	r.later(t, Arrival{MessageKey: "id:later", OpenID: people[0]}, Result{Stored: Stored{Text: "回复的文字"}, Events: []stats.Event{r.answer()}})
	r.back()
	return people
}

func testVerify(t *testing.T, r *rig) {
	mixed(t, r)
	if err := r.Replay(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.clock.set(time.Date(2026, 4, 2, 9, 0, 0, 0, zone))
	if err := r.CloseWindows(t.Context(), r.clock.now()); err != nil {
		t.Fatal(err)
	}
	r.verified(t)
	ctx := t.Context()
	r.raw.HIncrBy(ctx, r.keys.day("20260308"), answerField, 1)
	r.raw.HDel(ctx, r.keys.month("202603"), "unique|day/20260308")
	r.raw.SetBit(ctx, r.keys.bits("202603"), 77, 1)
	r.raw.SetBit(ctx, r.keys.bits("2026"), 99, 1)
	got, err := stats.Verify(ctx, r.Store, r.clock.now())
	if err != nil {
		t.Fatal(err)
	}
	want := []stats.Difference{
		"day 20260308 " + answerField + ": ledger 13, counter 14",
		"month 202603 unique|day/20260308: ledger 3, counter 0",
		"residents 2026: 1 of the year are in none of its months",
		"residents 2026: 1 of its months are not in the year",
	}
	if diff := cmp.Diff(want, got.Differences); diff != "" {
		t.Errorf("Verify (-want +got):\n%s", diff)
	}
}

// verified checks that every figure is what its record says.
func (r *rig) verified(t *testing.T) {
	t.Helper()
	got, err := stats.Verify(t.Context(), r.Store, r.clock.now())
	if err != nil || len(got.Differences) > 0 {
		t.Errorf("Verify = %v, %v, want no difference", got.Differences, err)
	}
}

func testScriptsComeBack(t *testing.T, r *rig) {
	r.asked(t, "id:1", "o1")
	if c, ok := r.raw.(oneSlot); ok {
		for _, node := range []string{r.keys.next()} {
			master, err := c.MasterForKey(t.Context(), node)
			if err != nil || master.ScriptFlush(t.Context()).Err() != nil {
				t.Fatal("cannot flush the scripts", err)
			}
		}
	} else if err := r.raw.ScriptFlush(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	r.asked(t, "id:2", "o1")
	if n := r.field(t, r.keys.day("20260308"), answerField); n != 2 {
		t.Errorf("counted %d, want 2", n)
	}
}

func testOtherSecret(t *testing.T, r *rig) {
	o := r.options(r.dir)
	o.Secret = []byte("another secret of 16 bytes")
	s, err := Open(t.Context(), o)
	if err == nil {
		s.Close()
		t.Fatal("another secret is accepted")
	}
	if !strings.Contains(err.Error(), "another PUFA_SECRET") || strings.Contains(err.Error(), "another secret of") {
		t.Errorf("Open = %v, want an error that names the setting and not the secret", err)
	}
}

func testNothingJoins(t *testing.T, r *rig) {
	people := mixed(t, r)
	dump := r.dump(t)
	pseudonyms := map[string]string{}
	for _, who := range people {
		p := r.names.pseudonym(who)
		pseudonyms[who] = string(p)
	}
	for key, values := range dump {
		short := strings.TrimPrefix(key, r.keys.prefix)
		kind, _, _ := strings.Cut(short, ":")
		for _, value := range values {
			line := key + " " + value
			for _, who := range people {
				if strings.Contains(line, who) {
					t.Errorf("%s holds an openid", key)
				}
				if (strings.Contains(line, pseudonyms[who]) || strings.Contains(line, encode([]byte(pseudonyms[who])))) &&
					kind != "residents" && kind != "d" {
					t.Errorf("%s holds a pseudonym", key)
				}
			}
			if strings.Contains(line, "回复的文字") && kind != "m" {
				t.Errorf("%s holds a reply", key)
			}
			if strings.Contains(line, "192.0.2.7") || strings.Contains(line, "id:") {
				t.Errorf("%s holds an address or a message id: %q", key, value)
			}
			if kind == "ledger" || kind == "crisis" {
				if _, err := stats.ParseLine(value); err != nil {
					t.Errorf("ledger line %q is more than an event: %v", value, err)
				}
			}
		}
		if kind == "m" || kind == "d" {
			if ttl := r.raw.PTTL(t.Context(), key).Val(); ttl <= 0 || ttl > replyLife {
				t.Errorf("%s lives %v, want at most 10 minutes", key, ttl)
			}
		}
	}
	if n := len(dump[r.keys.residents()]); n != 2*2 { // fields and values; the third was forgotten
		t.Errorf("the map holds %d, want 2 residents", n/2)
	}
	r.advance(t, replyLife)
	if left := append(r.withPrefix(t, "m:"), r.withPrefix(t, "d:")...); len(left) > 0 {
		t.Errorf("after 10 minutes %v are still there", left)
	}
}

// dump reads every key; of streams the lines, of hashes fields and values.
func (r *rig) dump(t *testing.T) map[string][]string {
	t.Helper()
	ctx := t.Context()
	all := map[string][]string{}
	for _, key := range r.allKeys(t) {
		switch kind := r.raw.Type(ctx, key).Val(); kind {
		case "string":
			all[key] = []string{r.raw.Get(ctx, key).Val()}
		case "hash":
			for field, value := range r.raw.HGetAll(ctx, key).Val() {
				all[key] = append(all[key], field, value)
			}
		case "set":
			all[key] = r.raw.SMembers(ctx, key).Val()
		case "stream":
			all[key] = r.lines(t, key)
		default:
			t.Fatalf("%s is a %s", key, kind)
		}
	}
	return all
}
