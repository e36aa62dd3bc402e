package store

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pufa/bot"
	"pufa/stats"
)

// contract is what every Redis must keep, whichever it is.
var contract = []struct {
	name string
	run  func(*testing.T, *rig)
}{
	{"the first delivery is mine, the second waits, the third gets the reply", testDeliveries},
	{"of five deliveries at once one is mine", testFiveAtOnce},
	{"a lease that ran out is taken over and the late holder is refused", testTakeover},
	{"a late holder whom nobody replaced still commits", testLateHolder},
	{"a commit that is tried twice counts once", testCommitTwice},
	{"a resident gets one number and is new until the first reply", testNumbers},
	{"a forgotten resident comes back under a new number", testForget},
	{"messages of a minute are counted, those before are not", testRecent},
	{"the dialogue is carried to the next message for 10 minutes", testDialogue},
	{"a crisis leaves nothing of the person", testCrisis},
	{"a test resident enters no figure", testTestResident},
	{"every counter, bit, set and line of a message is written", testCounts},
	{"two events of one message are both counted", testTwoEvents},
	{"events of two days are refused", testTwoDays},
	{"the last second of the year is not the next year", testYearEnd},
	{"what was lost is marked again within a minute", testMarkedAgain},
	{"commands set and clear the bitmaps", testActions},
	{"windows are closed once by two instances", testWindowsOnce},
	{"a window takes the message of its last second", testWindowGrace},
	{"a window that grows while it is closed is counted whole", testWindowGrows},
	{"a window that is closed is not opened again", testWindowStaysClosed},
	{"what could not be committed is counted once when redis is back", testOutage},
	{"a backup comes back whole and bears itself out", testBackup},
	{"a replay that crashed is repeated without harm", testReplayCrash},
	{"a wish to be forgotten survives an outage", testForgetInOutage},
	{"words of a gap are kept when three residents used them", testGapTexts},
	{"words of a gap are kept of nobody in danger, of no test, of no sensitive matter", testGapTextsLeftOut},
	{"words of a gap are gone after 30 days with their key", testGapTextsEnd},
	{"words of a gap past the most sets are dropped", testGapTextsLimit},
	{"words of a gap do not wait in the spool", testGapTextsInOutage},
	{"a page is counted once a visitor, campaign and day", testPages},
	{"approvals are kept, withdrawn and numbered", testApprovals},
	{"accounts are kept once, with their step of the trail", testAccounts},
	{"steps of two instances make one chain", testTrailOfTwo},
	{"versions of entries are kept with their step of the trail", testEdits},
	{"the later of two who save one entry is told and nothing is lost", testEditsOfTwo},
	{"a release is refused when the library moved meanwhile", testEditsMoved},
	{"changes of several entries are kept all or none", testEditsTogether},
	{"a campaign is kept with its step, the later of two writers is told", testCampaignKept},
	{"a campaign changes its state only with a step of the trail", testCampaignNeedsStep},
	{"campaigns are listed by due time, state, theme and series", testCampaignList},
	{"a campaign is due at its time, for one, until it is done", testCampaignDue},
	{"a campaign whose holder died is taken over as it stood", testCampaignTakeover},
	{"a campaign that staff paused is lost to its holder", testCampaignPaused},
	{"a receipt is not overwritten and takes no lease away", testCampaignReceipt},
	{"two instances share the campaigns that are due", testCampaignOfTwo},
	{"of two campaigns that begin at once the second sees the first", testCampaignsBeginOneByOne},
	{"a campaign lives at the desk and every deed leaves a step", testDeskOverStore},
	{"two instances that catch up begin one campaign and keep the other apart", testQuotaOfTwoInstances},
	{"a clock that goes back breaks no chain", testCampaignClockBack},
	{"test sends of a day are counted up to the limit", testPreviews},
	{"activities are kept, corrected and confirmed with their steps of the trail", testActivities},
	{"activities of two instances are all kept", testActivitiesOfTwo},
	{"scenes of posters are kept once, with their steps of the trail", testScenes},
	{"of two who make one scene the second is told", testScenesOfTwo},
	{"a scan is counted once a visitor, scene and day", testScans},
	{"an access token is shared, sealed, until its end", testTokenShared},
	{"a refused token is dropped, a new one is not", testTokenDropped},
	{"a token that cannot be opened is an error", testTokenOfOtherSecret},
	{"customer messages follow what a resident did", testAllowances},
	{"a commit allows messages, and remembers who had a card today", testCommitOfCampaigns},
	{"what was not sent is returned once", testAllowanceReturned},
	{"what the platform denies is shut", testAllowanceShut},
	{"five messages are taken by twenty at once", testAllowanceAtOnce},
	{"the ledger of customer messages holds no openid", testNoOpenIDInLedger},
	{"two clients of two stores fetch one token", testClientsShare},
	{"counters and residents are read back by day, month and year", testCountsBack},
	{"the ledger is read page by page", testLedgerPages},
	{"verify finds nothing, and what was changed by hand", testVerify},
	{"followers keep their numbers and their openids", testFollowerList},
	{"many followers are kept in several hashes", testManyFollowers},
	{"whoever left is swept from the list", testSweep},
	{"a follower who was deleted comes back without consent", testFollowerForgotten},
	{"an openid goes when the person leaves", testFollowerUnfollows},
	{"wishes are kept and withdrawn", testWishes},
	{"one instance at a time reads the followers", testOneReader},
	{"a campaign is sent batch by batch", testSendAll},
	{"a list is made of followers who agreed and did not opt out", testPlanAudience},
	{"a list is made in pages, by whoever is alive", testPlanPages},
	{"two instances take different batches", testTwoTake},
	{"whom a dead worker had begun is in doubt and never begun again", testDeadWorker},
	{"a step that is repeated or comes late begins nobody twice", testRepeatedSteps},
	{"wishes count at the moment of sending", testWishesAtSending},
	{"the rate and the quota of a day are kept", testRate},
	{"a channel rests and everything stops", testChannelRests},
	{"clocks that jump cost a delay and no second call", testClockJumps},
	{"the rest of a campaign is skipped", testSkip},
	{"receipts and staff settle what is in doubt", testSettle},
	{"tokens are set aside, settled and used up", testTokens},
	{"of twenty calls at once no more are paid than the day has", testTokensAtOnce},
	{"what a day cost tells of nobody", testTokensTellNobody},
	{"scripts that redis forgot are loaded again", testScriptsComeBack},
	{"another secret is refused", testOtherSecret},
	{"no key and no value joins a person with a matter", testNothingJoins},
}

func TestContract(t *testing.T) {
	for _, b := range []struct {
		name string
		open func(*testing.T) func(*testing.T) *rig
	}{
		{"miniredis", func(*testing.T) func(*testing.T) *rig { return overMiniredis }},
		{"trial store", func(*testing.T) func(*testing.T) *rig { return overTrial }},
		{"server", overServer},
		{"sentinel", overSentinel},
		{"cluster of three", overCluster},
	} {
		t.Run(b.name, func(t *testing.T) {
			open := b.open(t)
			for _, c := range slices.Concat(contract, doorContract, apiContract, ticketContract, testerContract, retireContract, followContract) {
				t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
			}
		})
	}
}

func testDeliveries(t *testing.T, r *rig) {
	a := Arrival{MessageKey: "id:1", OpenID: "o1"}
	first := r.claimed(t, a)
	second, err := r.Claim(t.Context(), a)
	if err != nil || second.State != Pending {
		t.Fatalf("second Claim = %d, %v, want Pending", second.State, err)
	}
	want := Stored{Text: "七天无理由退货……"}
	if err := r.Commit(t.Context(), first, Result{Stored: want, Events: []stats.Event{r.answer()}}); err != nil {
		t.Fatal(err)
	}
	third, err := r.Claim(t.Context(), a)
	if err != nil || third.State != Answered {
		t.Fatalf("third Claim = %d, %v, want Answered", third.State, err)
	}
	if diff := cmp.Diff(want, third.Stored); diff != "" {
		t.Errorf("stored reply (-want +got):\n%s", diff)
	}
	if n := r.field(t, r.keys.day("20260308"), answerField); n != 1 {
		t.Errorf("counted %d times, want 1", n)
	}
	r.advance(t, replyLife)
	if c, err := r.Claim(t.Context(), a); err != nil || c.State != Mine {
		t.Errorf("Claim after 10 minutes = %d, %v, want Mine", c.State, err)
	}
}

func testFiveAtOnce(t *testing.T, r *rig) {
	var wg sync.WaitGroup
	states := make([]State, 5)
	for i := range states {
		wg.Go(func() {
			c, err := r.Claim(t.Context(), Arrival{MessageKey: "id:1", OpenID: "o1"})
			if err != nil {
				t.Error(err)
			}
			states[i] = c.State
		})
	}
	wg.Wait()
	mine := 0
	for _, s := range states {
		if s == Mine {
			mine++
		}
	}
	if mine != 1 {
		t.Errorf("states %v, want one Mine", states)
	}
}

func testTakeover(t *testing.T, r *rig) {
	a := Arrival{MessageKey: "id:1", OpenID: "o1"}
	late := r.claimed(t, a)
	r.advance(t, lease)
	next := r.claimed(t, a)
	result := Result{Stored: Stored{Text: "答"}, Events: []stats.Event{r.answer()}}
	if err := r.Commit(t.Context(), late, result); !errors.Is(err, ErrLost) {
		t.Fatalf("Commit of the late holder = %v, want ErrLost", err)
	}
	if n := r.field(t, r.keys.day("20260308"), answerField); n != 0 {
		t.Fatalf("the refused commit counted %d", n)
	}
	if err := r.Commit(t.Context(), next, result); err != nil {
		t.Fatal(err)
	}
	if err := r.Commit(t.Context(), late, result); !errors.Is(err, ErrLost) {
		t.Errorf("Commit after the other's = %v, want ErrLost", err)
	}
	if n := r.field(t, r.keys.day("20260308"), answerField); n != 1 {
		t.Errorf("counted %d times, want 1", n)
	}
}

func testLateHolder(t *testing.T, r *rig) {
	late := r.claimed(t, Arrival{MessageKey: "id:1", OpenID: "o1"})
	r.advance(t, lease+time.Second)
	if err := r.Commit(t.Context(), late, Result{Events: []stats.Event{r.answer()}}); err != nil {
		t.Fatal(err)
	}
	if n := r.field(t, r.keys.day("20260308"), answerField); n != 1 {
		t.Errorf("counted %d times, want 1", n)
	}
}

func testCommitTwice(t *testing.T, r *rig) {
	c := r.claimed(t, Arrival{MessageKey: "id:1", OpenID: "o1"})
	for range 2 {
		if err := r.Commit(t.Context(), c, Result{Stored: Stored{Text: "答"}, Events: []stats.Event{r.answer()}}); err != nil {
			t.Fatal(err)
		}
	}
	if n := r.field(t, r.keys.day("20260308"), answerField); n != 1 {
		t.Errorf("counted %d times, want 1", n)
	}
	if lines := r.lines(t, r.keys.ledger("202603")); len(lines) != 1 {
		t.Errorf("ledger has %d lines, want 1", len(lines))
	}
}

func testNumbers(t *testing.T, r *rig) {
	first := r.claimed(t, Arrival{MessageKey: "id:1", OpenID: "o1"})
	if first.Resident != 1 || !first.New {
		t.Errorf("first message: number %d new %t, want 1 true", first.Resident, first.New)
	}
	// The process dies here: the next message is still from somebody new.
	again := r.asked(t, "id:2", "o1")
	if again.Resident != 1 || !again.New {
		t.Errorf("before any reply: number %d new %t, want 1 true", again.Resident, again.New)
	}
	if c := r.asked(t, "id:3", "o1"); c.Resident != 1 || c.New {
		t.Errorf("after a reply: number %d new %t, want 1 false", c.Resident, c.New)
	}
	if c := r.asked(t, "id:4", "o2"); c.Resident != 2 || !c.New {
		t.Errorf("another person: number %d new %t, want 2 true", c.Resident, c.New)
	}
}

func testForget(t *testing.T, r *rig) {
	r.asked(t, "id:1", "o1")
	optOut := r.claimed(t, Arrival{MessageKey: "id:2", OpenID: "o1"})
	if err := r.Commit(t.Context(), optOut, Result{Action: bot.OptOut, Dialogue: bot.Dialogue{Confirm: bot.Forget}}); err != nil {
		t.Fatal(err)
	}
	forget := r.claimed(t, Arrival{MessageKey: "id:3", OpenID: "o1"})
	if err := r.Commit(t.Context(), forget, Result{Action: bot.Forget, Events: []stats.Event{r.answer()}}); err != nil {
		t.Fatal(err)
	}
	if n := r.raw.HLen(t.Context(), r.keys.residents()).Val(); n != 0 {
		t.Errorf("%d residents in the map, want 0", n)
	}
	if left := r.withPrefix(t, "d:"); len(left) > 0 {
		t.Errorf("dialogue is still there: %v", left)
	}
	if bit := r.raw.GetBit(t.Context(), r.keys.optout(), 1).Val(); bit != 0 {
		t.Error("the bit of optout is still set")
	}
	if n := r.field(t, r.keys.day("20260308"), answerField); n != 2 {
		t.Errorf("total is %d, want 2: totals stay", n)
	}
	c := r.claimed(t, Arrival{MessageKey: "id:4", OpenID: "o1"})
	if c.Resident != 2 || !c.New || c.Recent != 1 || !c.Dialogue.Empty() {
		t.Errorf("comes back as %d new %t recent %d, want 2 true 1", c.Resident, c.New, c.Recent)
	}
}

func testRecent(t *testing.T, r *rig) {
	for i, want := range []int{1, 2, 3} {
		if c := r.asked(t, "id:"+string(rune('1'+i)), "o1"); c.Recent != want {
			t.Errorf("message %d: Recent = %d, want %d", i+1, c.Recent, want)
		}
	}
	if c, _ := r.Claim(t.Context(), Arrival{MessageKey: "id:1", OpenID: "o1"}); c.State != Answered {
		t.Error("a repeated delivery is not answered from what was kept")
	}
	if c := r.asked(t, "id:8", "o2"); c.Recent != 1 {
		t.Errorf("another resident: Recent = %d, want 1", c.Recent)
	}
	r.advance(t, time.Minute)
	if c := r.asked(t, "id:9", "o1"); c.Recent != 1 {
		t.Errorf("next minute: Recent = %d, want 1", c.Recent)
	}
}

func testDialogue(t *testing.T, r *rig) {
	said := bot.Dialogue{Entry: "consumer/seven-day-return", Page: 1, Confirm: bot.Forget}
	c := r.claimed(t, Arrival{MessageKey: "id:1", OpenID: "o1"})
	if err := r.Commit(t.Context(), c, Result{Dialogue: said}); err != nil {
		t.Fatal(err)
	}
	r.advance(t, dialogueLife-time.Second)
	next := r.claimed(t, Arrival{MessageKey: "id:2", OpenID: "o1"})
	if diff := cmp.Diff(said, next.Dialogue); diff != "" {
		t.Errorf("dialogue (-want +got):\n%s", diff)
	}
	if err := r.Commit(t.Context(), next, Result{}); err != nil {
		t.Fatal(err)
	}
	if c := r.claimed(t, Arrival{MessageKey: "id:3", OpenID: "o1"}); !c.Dialogue.Empty() || c.Recent != 2 {
		t.Errorf("after it ended: dialogue %+v, recent %d, want none and 2", c.Dialogue, c.Recent)
	} else if err := r.Commit(t.Context(), c, Result{Dialogue: said}); err != nil {
		t.Fatal(err)
	}
	r.advance(t, dialogueLife)
	if c := r.claimed(t, Arrival{MessageKey: "id:4", OpenID: "o1"}); !c.Dialogue.Empty() {
		t.Errorf("after 10 minutes: dialogue %+v, want none", c.Dialogue)
	}
}

func testCrisis(t *testing.T, r *rig) {
	before := r.allKeys(t)
	c := r.claimed(t, Arrival{MessageKey: "id:1"})
	if c.Resident != 0 || c.New || c.Recent != 0 {
		t.Errorf("claim of a crisis = %+v", c)
	}
	card := Stored{Card: "violence"}
	if err := r.Commit(t.Context(), c, Result{Stored: card, Events: []stats.Event{stats.Crisis(r.clock.now())}}); err != nil {
		t.Fatal(err)
	}
	want := append(before, r.keys.message(c.name), r.keys.counted("20260308"), r.keys.crisis("202603"), r.keys.day("20260308"))
	got := map[string]bool{}
	for _, key := range r.allKeys(t) {
		got[key] = true
	}
	for _, key := range want {
		if !got[key] {
			t.Errorf("no key %s", key)
		}
		delete(got, key)
	}
	if len(got) > 0 {
		t.Errorf("keys that a crisis must not leave: %v", got)
	}
	if again, _ := r.Claim(t.Context(), Arrival{MessageKey: "id:1"}); again.State != Answered || again.Stored != card {
		t.Errorf("repeated delivery = %+v, want the card", again)
	}
	if diff := cmp.Diff([]string{"20260308||message|crisis|||||0"}, r.lines(t, r.keys.crisis("202603"))); diff != "" {
		t.Errorf("ledger (-want +got):\n%s", diff)
	}
	if n := r.field(t, r.keys.day("20260308"), "message|crisis||||0"); n != 1 {
		t.Errorf("the day's crisis count is %d, want 1", n)
	}
	// Found out only after the claim: still nothing of the person.
	person := r.claimed(t, Arrival{MessageKey: "id:2", OpenID: "o1"})
	if err := r.Commit(t.Context(), person, Result{
		Stored: card, Action: bot.OptOut, Dialogue: bot.Dialogue{Entry: "family/violence"},
		Events: []stats.Event{stats.Crisis(r.clock.now())},
	}); err != nil {
		t.Fatal(err)
	}
	if left := append(r.withPrefix(t, "bits:"), r.withPrefix(t, "w:")...); len(left) > 0 {
		t.Errorf("keys of the person: %v", left)
	}
	if next := r.claimed(t, Arrival{MessageKey: "id:3", OpenID: "o1"}); !next.Dialogue.Empty() {
		t.Errorf("dialogue %+v after a crisis", next.Dialogue)
	}
}

func testTestResident(t *testing.T, r *rig) {
	before := r.allKeys(t)
	a := Arrival{MessageKey: "id:1", OpenID: "try-1", Test: true}
	c := r.claimed(t, a)
	said := bot.Dialogue{Entry: "consumer/fraud"}
	if err := r.Commit(t.Context(), c, Result{Stored: Stored{Text: "答"}, Dialogue: said, Action: bot.Follow, Events: []stats.Event{r.answer()}}); err != nil {
		t.Fatal(err)
	}
	if n := len(r.allKeys(t)) - len(before); n != 2 {
		t.Errorf("%d keys were made, want 2 (reply and dialogue): %v", n, r.allKeys(t))
	}
	a.MessageKey = "id:2"
	if next := r.claimed(t, a); next.Dialogue.Entry != said.Entry || next.Recent != 2 || next.Resident != 0 || next.New {
		t.Errorf("next claim = %+v", next)
	}
}

func testCounts(t *testing.T, r *rig) {
	r.asked(t, "id:1", "o1")
	for _, c := range []struct{ key, field string }{
		{r.keys.day("20260308"), answerField},
		{r.keys.day("20260308"), "hour|10"},
		{r.keys.month("202603"), "entry|message|consumer/seven-day-return"},
	} {
		if n := r.field(t, c.key, c.field); n != 1 {
			t.Errorf("%s %s = %d, want 1", c.key, c.field, n)
		}
	}
	for _, key := range []string{r.keys.bits("202603"), r.keys.bits("2026")} {
		if n := r.raw.BitCount(t.Context(), key, nil).Val(); n != 1 {
			t.Errorf("bits of %s = %d, want 1", key, n)
		}
	}
	for _, w := range []string{"day|20260308", "topic|consumer|202603", "theme|3.15|202603"} {
		if n := r.raw.SCard(t.Context(), r.keys.window(w)).Val(); n != 1 {
			t.Errorf("window %s has %d, want 1", w, n)
		}
	}
	want := []string{r.answer().Line()}
	if diff := cmp.Diff(want, r.lines(t, r.keys.ledger("202603"))); diff != "" {
		t.Errorf("ledger (-want +got):\n%s", diff)
	}
	if ttl := r.raw.PTTL(t.Context(), r.keys.counted("20260308")).Val(); ttl <= countedLife || ttl > countedLife+14*time.Hour {
		t.Errorf("counted lives %v, want two days after the day's end", ttl)
	}
	for i := range 3 {
		r.asked(t, "id:1"+string(rune('0'+i)), "o1")
	}
	if n := r.raw.SCard(t.Context(), r.keys.window("day|20260308")).Val(); n != 1 {
		t.Errorf("one resident is %d in the day's window", n)
	}
	if m := r.raw.XRange(t.Context(), r.keys.ledger("202603"), "-", "+").Val(); m[3].ID != "0-4" {
		t.Errorf("fourth line has id %s, want 0-4: ids tell no time", m[3].ID)
	}
}

func testTwoEvents(t *testing.T, r *rig) {
	c := r.claimed(t, Arrival{MessageKey: "id:1", OpenID: "o1"})
	rated := stats.Event{At: r.clock.now(), Kind: stats.Helpful, Entry: "consumer/fraud", Topic: "consumer", Source: "text"}
	command := stats.Event{At: r.clock.now(), Kind: stats.Message, Outcome: "command", Source: "text"}
	if err := r.Commit(t.Context(), c, Result{Events: []stats.Event{command, rated}}); err != nil {
		t.Fatal(err)
	}
	if n := r.field(t, r.keys.day("20260308"), "helpful||consumer||text|0"); n != 1 {
		t.Errorf("helpful = %d, want 1", n)
	}
	if lines := r.lines(t, r.keys.ledger("202603")); len(lines) != 2 {
		t.Errorf("ledger %q, want 2 lines", lines)
	}
}

func testTwoDays(t *testing.T, r *rig) {
	c := r.claimed(t, Arrival{MessageKey: "id:1", OpenID: "o1"})
	other := r.answer()
	other.At = other.At.Add(24 * time.Hour)
	if err := r.Commit(t.Context(), c, Result{Events: []stats.Event{r.answer(), other}}); err == nil {
		t.Error("Commit of two days = nil, want an error")
	}
}

func testYearEnd(t *testing.T, r *rig) {
	r.clock.set(time.Date(2026, 12, 31, 23, 59, 59, 0, zone))
	r.asked(t, "id:1", "o1")
	r.clock.set(time.Date(2027, 1, 1, 0, 0, 0, 0, zone))
	r.asked(t, "id:2", "o1")
	for _, c := range []struct{ day, hour, month, year string }{
		{"20261231", "hour|23", "202612", "2026"},
		{"20270101", "hour|00", "202701", "2027"},
	} {
		if n := r.field(t, r.keys.day(c.day), c.hour); n != 1 {
			t.Errorf("%s %s = %d, want 1", c.day, c.hour, n)
		}
		if n := len(r.lines(t, r.keys.ledger(c.month))); n != 1 {
			t.Errorf("ledger of %s has %d lines, want 1", c.month, n)
		}
		for _, period := range []string{c.month, c.year} {
			if n := r.raw.BitCount(t.Context(), r.keys.bits(period), nil).Val(); n != 1 {
				t.Errorf("bits of %s = %d, want 1", period, n)
			}
		}
	}
}

func testActions(t *testing.T, r *rig) {
	for i, step := range []struct {
		action bot.Action
		key    string
		want   int64
	}{
		{bot.OptOut, r.keys.optout(), 1},
		{bot.OptIn, r.keys.optout(), 0},
		{bot.Follow, r.keys.followers(), 1},
		{bot.Unfollow, r.keys.followers(), 0},
	} {
		c := r.claimed(t, Arrival{MessageKey: "id:" + string(rune('1'+i)), OpenID: "o1"})
		if err := r.Commit(t.Context(), c, Result{Action: step.action}); err != nil {
			t.Fatal(err)
		}
		if bit := r.raw.GetBit(t.Context(), step.key, 1).Val(); bit != step.want {
			t.Errorf("after %s: bit = %d, want %d", step.action, bit, step.want)
		}
	}
}
