package store

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pufa/bot"
	"pufa/stats"
)

// followContract holds of later answers, and of what models did, what every
// Redis must keep.
var followContract = []struct {
	name string
	run  func(*testing.T, *rig)
}{
	{"an answer follows a message once", testFollowOnce},
	{"an answer follows nobody who wrote meanwhile", testFollowOvertaken},
	{"an answer follows nobody who is gone, and no test", testFollowNobody},
	{"of two instances one lets an answer follow", testFollowOfTwo},
	{"an answer that followed is counted once", testCountFollowed},
	{"an answer that followed in an outage is counted later", testCountFollowedInOutage},
	{"what models did is added up once a batch", testModelUse},
	{"what models did is added up over processes", testModelUseAtOnce},
}

// leftBy is what a referral and the answer to follow leave of the dialogue.
var (
	leftBy = map[string]bot.Dialogue{
		"nothing":    {},
		"articles":   {Choices: []string{"article:民法典#1079"}},
		"asked back": {Asked: true, Choices: []string{"topic:women"}},
	}
	followedBy = bot.Dialogue{Entry: "consumer/fraud", Shown: 2}
)

// referred is a message that was referred, and committed.
func (r *rig) referred(t *testing.T, key, openID string, left bot.Dialogue) Claim {
	t.Helper()
	c := r.claimed(t, Arrival{MessageKey: key, OpenID: openID})
	if err := r.Commit(t.Context(), c, Result{Stored: Stored{Text: "不知道"}, Dialogue: left}); err != nil {
		t.Fatal(err)
	}
	return c
}

func testFollowOnce(t *testing.T, r *rig) {
	for name, left := range leftBy {
		c := r.referred(t, "id:"+name, "o-"+name, left)
		for i, want := range []bool{true, false} {
			if ok, err := r.Follow(t.Context(), c, left, followedBy); err != nil || ok != want {
				t.Errorf("%s, time %d: Follow = %v, %v, want %v", name, i, ok, err, want)
			}
		}
		next := r.claimed(t, Arrival{MessageKey: "id:next" + name, OpenID: "o-" + name})
		if next.Dialogue.Entry != followedBy.Entry || next.Dialogue.Shown != 2 {
			t.Errorf("%s: the next message has the dialogue %+v", name, next.Dialogue)
		}
	}
}

func testFollowOvertaken(t *testing.T, r *rig) {
	for name, wait := range map[string]time.Duration{"in the same minute": 0, "minutes later": 3 * time.Minute} {
		c := r.referred(t, "id:"+name, "o-"+name, bot.Dialogue{})
		r.advance(t, wait)
		second := r.claimed(t, Arrival{MessageKey: "id:2" + name, OpenID: "o-" + name}) // not answered yet
		if ok, err := r.Follow(t.Context(), c, bot.Dialogue{}, followedBy); ok || err != nil {
			t.Errorf("%s: an answer follows a resident who wrote meanwhile: %v, %v", name, ok, err)
		}
		if err := r.Commit(t.Context(), second, Result{Stored: Stored{Text: "好"}, Dialogue: bot.Dialogue{Entry: "wages/unpaid"}}); err != nil {
			t.Fatal(err)
		}
		if ok, err := r.Follow(t.Context(), c, bot.Dialogue{}, followedBy); ok || err != nil {
			t.Errorf("%s, when that was answered: %v, %v", name, ok, err)
		}
		if third := r.claimed(t, Arrival{MessageKey: "id:3" + name, OpenID: "o-" + name}); third.Dialogue.Entry != "wages/unpaid" {
			t.Errorf("%s: the dialogue became %+v", name, third.Dialogue)
		}
	}
	early := r.claimed(t, Arrival{MessageKey: "id:a", OpenID: "o-two"})
	late := r.claimed(t, Arrival{MessageKey: "id:b", OpenID: "o-two"})
	for _, c := range []Claim{late, early} {
		if err := r.Commit(t.Context(), c, Result{Stored: Stored{Text: "不知道"}}); err != nil {
			t.Fatal(err)
		}
	}
	if ok, _ := r.Follow(t.Context(), early, bot.Dialogue{}, followedBy); ok {
		t.Error("an answer follows the first of two messages that came together")
	}
}

func testFollowNobody(t *testing.T, r *rig) {
	ctx := t.Context()
	gone := r.referred(t, "id:1", "o-gone", bot.Dialogue{})
	forget := r.claimed(t, Arrival{MessageKey: "id:2", OpenID: "o-gone"})
	if err := r.Commit(ctx, forget, Result{Stored: Stored{Text: "删好了"}, Action: bot.Forget}); err != nil {
		t.Fatal(err)
	}
	test := r.claimed(t, Arrival{MessageKey: "id:3", OpenID: "o-test", Test: true})
	danger := r.claimed(t, Arrival{MessageKey: "id:4"})
	old := r.referred(t, "id:5", "o-old", bot.Dialogue{})
	r.advance(t, dialogueLife+time.Second)
	for name, c := range map[string]Claim{"who was forgotten": gone, "a test": test, "in danger": danger, "after ten minutes": old} {
		if ok, err := r.Follow(ctx, c, bot.Dialogue{}, followedBy); ok || err != nil {
			t.Errorf("%s: Follow = %v, %v", name, ok, err)
		}
	}
	for _, key := range r.allKeys(t) {
		if strings.Contains(key, "}:d:") {
			t.Errorf("%s was made", key)
		}
	}
}

func testFollowOfTwo(t *testing.T, r *rig) {
	c, other := r.referred(t, "id:1", "o1", bot.Dialogue{}), r.second(t)
	var let atomic.Int64
	var wg sync.WaitGroup
	for i := range 10 {
		s := r.Store
		if i%2 == 1 {
			s = other
		}
		wg.Go(func() {
			if ok, _ := s.Follow(t.Context(), c, bot.Dialogue{}, followedBy); ok {
				let.Add(1)
			}
		})
	}
	wg.Wait()
	if let.Load() != 1 {
		t.Errorf("an answer was let through %d times, want once", let.Load())
	}
}

func followed() stats.Event {
	return stats.Event{At: morning, Kind: stats.Later, Outcome: "sent", Entry: "consumer/fraud", Topic: "consumer", Source: "text", Model: true}
}

func (r *rig) followedUp(t *testing.T) int64 {
	t.Helper()
	return r.field(t, r.keys.day("20260308"), "later|sent|consumer||text|1")
}

func testCountFollowed(t *testing.T, r *rig) {
	c := r.referred(t, "id:1", "o1", bot.Dialogue{})
	for range 2 {
		if err := r.CountFollowed(t.Context(), c, followed()); err != nil {
			t.Fatal(err)
		}
	}
	if n := r.followedUp(t); n != 1 {
		t.Errorf("counted %d times, want once", n)
	}
	r.verified(t)
}

func testCountFollowedInOutage(t *testing.T, r *rig) {
	c := r.referred(t, "id:1", "o1", bot.Dialogue{})
	r.away()
	if err := r.CountFollowed(t.Context(), c, followed()); err != nil {
		t.Errorf("while redis is away: %v", err)
	}
	if ok, err := r.Follow(t.Context(), c, bot.Dialogue{}, followedBy); ok || err == nil {
		t.Errorf("Follow while redis is away: %v, %v", ok, err)
	}
	r.back()
	if err := r.Replay(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := r.followedUp(t); n != 1 {
		t.Errorf("counted %d times, want once", n)
	}
}
