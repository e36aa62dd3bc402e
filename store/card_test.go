package store

import (
	"strings"
	"testing"
	"time"

	"pufa/bot"
	"pufa/stats"
	"pufa/wechat"
)

// testCommitOfCampaigns looks at what a message's two trips do for campaigns.
func testCommitOfCampaigns(t *testing.T, r *rig) {
	r.allowsByCommit(t)
	r.showsOneCardADay(t)
	r.countsCampaigns(t)
}

// says answers a message of a person.
func (r *rig) says(t *testing.T, a Arrival, result Result) Claim {
	t.Helper()
	c := r.claimed(t, a)
	if err := r.Commit(t.Context(), c, result); err != nil {
		t.Fatal(err)
	}
	return c
}

func (r *rig) allowsByCommit(t *testing.T) {
	r.says(t, Arrival{MessageKey: "a1", OpenID: "allowed"}, Result{Deed: wechat.Wrote, Events: []stats.Event{r.answer()}})
	r.take(t, "allowed", 5, wechat.Wrote)
	r.refuses(t, "allowed", wechat.ErrCountUsed)
	r.says(t, Arrival{MessageKey: "a2", OpenID: "allowed"}, Result{Deed: wechat.Acted})
	r.take(t, "allowed", 1, wechat.Acted)
	if life := r.raw.PTTL(t.Context(), r.allowanceKey(r.names.pseudonym("allowed"))).Val(); life <= wechat.ActingLasts || life > wechat.WritingLasts {
		t.Errorf("the allowance lives for %s, want what the message gave it", life)
	}
	r.says(t, Arrival{MessageKey: "a3", OpenID: "allowed"}, Result{Action: bot.Forget})
	r.refuses(t, "allowed", wechat.ErrOutside48h)

	r.says(t, Arrival{MessageKey: "a4", OpenID: "tester", Test: true}, Result{Deed: wechat.Wrote})
	r.refuses(t, "tester", wechat.ErrOutside48h)
	r.says(t, Arrival{MessageKey: "a5", OpenID: "endangered"}, Result{Deed: wechat.Wrote, Events: []stats.Event{stats.Crisis(r.clock.now())}})
	r.refuses(t, "endangered", wechat.ErrOutside48h)
}

func (r *rig) showsOneCardADay(t *testing.T) {
	had := func(key, openID string, want bool) Claim {
		t.Helper()
		c := r.claimed(t, Arrival{MessageKey: key, OpenID: openID, Card: true})
		if c.Carded != want {
			t.Errorf("%s: had a card today %t, want %t", key, c.Carded, want)
		}
		return c
	}
	card := stats.Event{At: r.clock.now(), Kind: stats.Card, Source: stats.Via("w38")}
	c := had("c1", "carded", false)
	if err := r.Commit(t.Context(), c, Result{Carded: true, Events: []stats.Event{r.answer(), card}}); err != nil {
		t.Fatal(err)
	}
	had("c2", "carded", true)
	had("c3", "another", false)
	if c := r.claimed(t, Arrival{MessageKey: "c4", OpenID: "another"}); !c.Carded {
		t.Error("without asking, nobody may have one")
	}
	r.advance(t, 24*time.Hour)
	had("c5", "carded", false)
	if err := r.CloseWindows(t.Context(), r.clock.now()); err != nil {
		t.Fatal(err)
	}
	for _, w := range r.withPrefix(t, "w:card|") {
		if strings.HasSuffix(w, stats.DayOf(card.At)) {
			t.Errorf("%s is still there on the next day", w)
		}
	}
	r.verified(t)
}

// countsCampaigns counts two residents in a campaign's own window.
func (r *rig) countsCampaigns(t *testing.T) {
	w := stats.OfCampaign("w38", r.clock.now().Add(time.Hour))
	for i, openID := range []string{"one", "two", "one"} {
		e := r.answer()
		e.At, e.Campaigns = r.clock.now(), []stats.Window{w}
		r.says(t, Arrival{MessageKey: "w" + string(rune('0'+i)), OpenID: openID}, Result{Events: []stats.Event{e}})
	}
	r.advance(t, 2*time.Hour)
	if err := r.CloseWindows(t.Context(), r.clock.now()); err != nil {
		t.Fatal(err)
	}
	if n := r.field(t, r.keys.month(stats.MonthOf(w.Ends.Add(-time.Second))), "unique|campaign/w38"); n != 2 {
		t.Errorf("%d residents in the campaign, want 2", n)
	}
	if len(r.withPrefix(t, "w:campaign|")) > 0 {
		t.Error("the campaign's set is still there")
	}
	r.verified(t)
}

func TestASpooledWishToBeForgottenEndsMessages(t *testing.T) {
	r := overMiniredis(t)
	r.grant(t, "o1", wechat.Wrote)
	if err := r.CommitLater(t.Context(), Arrival{MessageKey: "f", OpenID: "o1"}, Result{Action: bot.Forget}); err != nil {
		t.Fatal(err)
	}
	if err := r.Replay(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.refuses(t, "o1", wechat.ErrOutside48h)
}

func TestTheListOfFollowersIsReadAtATime(t *testing.T) {
	r := overMiniredis(t)
	if at, err := r.Synced(t.Context()); err != nil || !at.IsZero() {
		t.Errorf("Synced = %s, %v, want never", at, err)
	}
	if err := r.MarkSynced(t.Context()); err != nil {
		t.Fatal(err)
	}
	if at, err := r.Synced(t.Context()); err != nil || !at.Equal(r.clock.now()) {
		t.Errorf("Synced = %s, %v, want %s", at, err, r.clock.now())
	}
}
