package store

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pufa/bot"
	"pufa/campaign"
)

// sendTerms are the terms of a campaign to everyone.
var sendTerms = campaign.Terms{Channel: campaign.Message, Rate: 1000}

// planned makes a campaign c1 for n followers, numbers 1 to n.
func (r *rig) planned(t *testing.T, n int, terms campaign.Terms) {
	t.Helper()
	var people []string
	for i := range n {
		people = append(people, fmt.Sprint("o", i+1))
	}
	r.following(t, people...)
	if err := r.PlanSend(t.Context(), "c1", terms); err != nil {
		t.Fatal(err)
	}
}

// taken takes a batch of c1, which must be there.
func (r *rig) taken(t *testing.T) *campaign.Batch {
	t.Helper()
	got, err := r.TakeSend(t.Context(), "c1")
	if err != nil || got.Batch == nil {
		t.Fatalf("TakeSend = %+v, %v, want a batch", got, err)
	}
	return got.Batch
}

// step is a step that must be taken.
func (r *rig) step(t *testing.T, b *campaign.Batch, terms campaign.Terms, s campaign.Step) campaign.Stepped {
	t.Helper()
	done, err := r.StepSend(t.Context(), b, terms, s)
	if err != nil {
		t.Fatalf("StepSend(%+v) = %v", s, err)
	}
	return done
}

// all are the outcomes of a whole batch.
func all(b *campaign.Batch, f campaign.Fate) (list []campaign.Outcome) {
	for _, r := range b.List {
		list = append(list, campaign.Outcome{Position: r.Position, Fate: f})
	}
	return list
}

// hasProgress compares the counters of c1, and the fates counted one by one.
func (r *rig) hasProgress(t *testing.T, want campaign.Progress) {
	t.Helper()
	got, err := r.SendProgress(t.Context(), "c1")
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("progress, %v (-want +got):\n%s", err, diff)
	}
	counted, err := r.CountSend(t.Context(), "c1")
	if diff := cmp.Diff(want, counted); err != nil || diff != "" {
		t.Errorf("counted one by one, %v (-want +got):\n%s", err, diff)
	}
}

func testSendAll(t *testing.T, r *rig) {
	r.planned(t, 250, sendTerms)
	r.hasProgress(t, campaign.Progress{campaign.Unsent: 250})
	for i, size := range []int{100, 100, 50} {
		b := r.taken(t)
		if len(b.List) != size || b.List[0] != (campaign.Recipient{Position: int64(i) * 100, Resident: int64(i)*100 + 1}) {
			t.Fatalf("batch %d begins with %+v and has %d recipients, want %d", b.Number, b.List[0], len(b.List), size)
		}
		begun := r.step(t, b, sendTerms, campaign.Step{Number: 1, Begin: b.List})
		if len(begun.Begun) != size || begun.Wait != 0 || begun.Over {
			t.Fatalf("begun %+v, want %d", begun, size)
		}
		if over := r.step(t, b, sendTerms, campaign.Step{Number: 2, Done: all(b, campaign.Accepted)}); !over.Over {
			t.Error("the batch is not over")
		}
	}
	got, err := r.TakeSend(t.Context(), "c1")
	if err != nil || !got.Empty || !got.Doubt.IsZero() {
		t.Errorf("at the end TakeSend = %+v, %v, want Empty", got, err)
	}
	r.hasProgress(t, campaign.Progress{campaign.Accepted: 250})
	if err := r.ExpireSend(t.Context(), "c1"); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{r.keys.sendHolds("c1"), r.keys.sendQueue("c1")} {
		if r.raw.Exists(t.Context(), key).Val() != 0 {
			t.Errorf("%s is left", key)
		}
	}
	r.advance(t, sendLife)
	if left := r.withPrefix(t, "send"); !slices.Equal(left, []string{r.keys.sendRate("message")}) {
		t.Errorf("left after 30 days: %v", left)
	}
}

func testPlanAudience(t *testing.T, r *rig) {
	ctx := t.Context()
	r.following(t, "o1", "o2", "o3", "o4", "o5")
	terms := campaign.Terms{Channel: campaign.Notice, Rate: 10, Consents: []string{campaign.ConsentToNotice("T1"), campaign.ConsentToTopic("consumer")}}
	for n := range int64(5) {
		if err := r.SetConsent(ctx, n+1, campaign.ConsentToNotice("T1"), true); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range []int64{1, 2, 3, 77} { // 77 is nobody
		if err := r.SetConsent(ctx, n, campaign.ConsentToTopic("consumer"), true); err != nil {
			t.Fatal(err)
		}
	}
	r.act(t, "id:1", "o2", bot.OptOut)
	if n, err := r.CountRecipients(ctx, terms); n != 2 || err != nil {
		t.Errorf("CountRecipients = %d, %v, want 2", n, err)
	}
	for range 2 { // planning again changes nothing
		if err := r.PlanSend(ctx, "c1", terms); err != nil {
			t.Fatal(err)
		}
	}
	want := []campaign.Recipient{{Position: 0, Resident: 1}, {Position: 1, Resident: 3}}
	if diff := cmp.Diff(want, r.taken(t).List); diff != "" {
		t.Errorf("recipients (-want +got):\n%s", diff)
	}
	if err := r.PlanSend(ctx, "c2", campaign.Terms{Channel: campaign.Notice, Rate: 1, Consents: []string{"topic|nothing"}}); err != nil {
		t.Fatal(err)
	}
	if got, err := r.TakeSend(ctx, "c2"); err != nil || !got.Empty {
		t.Errorf("of an empty list TakeSend = %+v, %v, want Empty", got, err)
	}
	if _, err := r.TakeSend(ctx, "c3"); err == nil {
		t.Error("a campaign without a list hands out a batch")
	}
}

// testPlanPages plans over more than a page of the bitmap, by two instances in
// turn.
func testPlanPages(t *testing.T, r *rig) {
	ctx := t.Context()
	var want []int64
	for n := int64(1); n < 3*8*bitmapPage; n += 997 {
		want = append(want, n)
		r.raw.SetBit(ctx, r.keys.followers(), n, 1)
	}
	terms := sendTerms
	page, err := r.bitmapsFrom(ctx, r.recipientBitmaps(terms), 0)
	if err != nil {
		t.Fatal(err)
	}
	list := numbersIn(chosen(page), 0)
	// One instance dies after the first page; what it wrote late comes twice.
	for range 2 {
		if _, err := r.planPage(ctx, "c1", 0, list, false); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.second(t).PlanSend(ctx, "c1", terms); err != nil {
		t.Fatal(err)
	}
	var got []int64
	for len(got) < len(want) {
		for _, who := range r.taken(t).List {
			got = append(got, who.Resident)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("recipients (-want +got):\n%s", diff)
	}
	r.hasProgress(t, campaign.Progress{campaign.Unsent: int64(len(want))})
}

func testTwoTake(t *testing.T, r *rig) {
	r.planned(t, 150, sendTerms)
	other := r.second(t)
	mine := r.taken(t)
	theirs, err := other.TakeSend(t.Context(), "c1")
	if err != nil || theirs.Batch == nil || theirs.Batch.Number == mine.Number {
		t.Fatalf("the other one takes %+v, %v, want another batch than %d", theirs.Batch, err, mine.Number)
	}
	if got, err := r.TakeSend(t.Context(), "c1"); err != nil || got.Batch != nil || got.Empty || got.Wait <= 0 || got.Wait > campaign.Lease {
		t.Errorf("TakeSend with none left = %+v, %v, want to wait at most a lease", got, err)
	}
	if err := r.ReturnSend(t.Context(), mine); err != nil {
		t.Fatal(err)
	}
	if again := r.taken(t); again.Number != mine.Number {
		t.Errorf("took batch %d, want %d, which was given back", again.Number, mine.Number)
	}
	if err := r.ReturnSend(t.Context(), mine); err != nil {
		t.Fatal(err)
	}
	if got, _ := r.TakeSend(t.Context(), "c1"); got.Batch != nil {
		t.Error("a batch was given back by somebody who does not hold it")
	}
}

func testDeadWorker(t *testing.T, r *rig) {
	r.planned(t, 100, sendTerms)
	dead := r.taken(t)
	r.step(t, dead, sendTerms, campaign.Step{Number: 1, Begin: dead.List[:3]})
	r.step(t, dead, sendTerms, campaign.Step{Number: 2, Done: []campaign.Outcome{{Position: 0, Fate: campaign.Accepted}}, Begin: dead.List[3:5]})
	r.advance(t, campaign.Lease-time.Millisecond)
	if got, err := r.TakeSend(t.Context(), "c1"); err != nil || got.Batch != nil {
		t.Fatalf("before the lease is over TakeSend = %+v, %v", got, err)
	}
	r.advance(t, time.Millisecond)
	next := r.taken(t)
	if got := string(fatesOf(next)[:6]); got != "277770" {
		t.Errorf("fates %s, want 277770", got)
	}
	// The first one was only slow. It begins nothing any more, and what the
	// platform told it is still true.
	_, err := r.StepSend(t.Context(), dead, sendTerms, campaign.Step{
		Number: 3, Done: []campaign.Outcome{{Position: 1, Fate: campaign.Accepted}, {Position: 2, Fate: campaign.Unsent}}, Begin: dead.List[5:8],
	})
	if !errors.Is(err, campaign.ErrLost) {
		t.Errorf("StepSend of the late holder = %v, want ErrLost", err)
	}
	r.hasProgress(t, campaign.Progress{campaign.Accepted: 2, campaign.Doubtful: 3, campaign.Unsent: 95})
	begun := r.step(t, next, sendTerms, campaign.Step{Number: 1, Begin: next.List})
	if len(begun.Begun) != 95 || len(begun.Skipped) != 5 || begun.Begun[0] != 5 {
		t.Errorf("begun %d from %d on, skipped %d, want 95 from 5 on and 5", len(begun.Begun), begun.Begun[0], len(begun.Skipped))
	}
	r.step(t, next, sendTerms, campaign.Step{Number: 2, Done: all(next, campaign.Accepted)[5:]})
	if got, err := r.TakeSend(t.Context(), "c1"); err != nil || !got.Empty || got.Doubt.UnixMilli() != r.clock.now().UnixMilli() {
		t.Errorf("at the end TakeSend = %+v, %v, want Empty and the time of the takeover", got, err)
	}
	doubts, err := r.Doubts(t.Context(), "c1", 0, 10)
	if diff := cmp.Diff([]campaign.Recipient{{Position: 2, Resident: 3}, {Position: 3, Resident: 4}, {Position: 4, Resident: 5}}, doubts); err != nil || diff != "" {
		t.Errorf("doubts, %v (-want +got):\n%s", err, diff)
	}
}

func fatesOf(b *campaign.Batch) (text []byte) {
	for _, f := range b.Fates {
		text = append(text, byte(f))
	}
	return text
}

// testRepeatedSteps repeats steps as a worker does whose replies were lost,
// and lets an old one arrive late.
func testRepeatedSteps(t *testing.T, r *rig) {
	r.planned(t, 20, sendTerms)
	b := r.taken(t)
	first := campaign.Step{Number: 1, Begin: b.List[:4]}
	for range 2 {
		if got := r.step(t, b, sendTerms, first); !slices.Equal(got.Begun, []int64{0, 1, 2, 3}) {
			t.Fatalf("begun %v, want 0 to 3 each time", got.Begun)
		}
	}
	back := campaign.Step{Number: 2, Done: []campaign.Outcome{{Position: 0, Fate: campaign.Accepted}, {Position: 1, Fate: campaign.Unsent}}, Begin: b.List[4:6]}
	for range 2 {
		if got := r.step(t, b, sendTerms, back); !slices.Equal(got.Begun, []int64{4, 5}) {
			t.Fatalf("begun %v, want 4 and 5 each time", got.Begun)
		}
	}
	r.step(t, b, sendTerms, campaign.Step{Number: 3, Begin: b.List[1:2]}) // once more, as the platform had not taken it
	if got := r.step(t, b, sendTerms, back); len(got.Begun) != 0 {
		t.Errorf("an old step begins %v", got.Begun)
	}
	r.hasProgress(t, campaign.Progress{campaign.Accepted: 1, campaign.Begun: 5, campaign.Unsent: 14})
	if n := r.raw.GetRange(t.Context(), r.keys.pushes("202603"), 1, 3).Val(); n != "\x01\x01\x01" {
		t.Errorf("pushes of residents 1 to 3 are %q, want one each, though one was begun twice", n)
	}
}

func testWishesAtSending(t *testing.T, r *rig) {
	ctx := t.Context()
	terms := sendTerms
	terms.Consents = []string{"topic|consumer"}
	for n := range int64(6) {
		if err := r.SetConsent(ctx, n+1, "topic|consumer", true); err != nil {
			t.Fatal(err)
		}
	}
	r.planned(t, 6, terms)
	r.act(t, "id:1", "o1", bot.OptOut)
	r.act(t, "id:2", "o2", bot.Unfollow)
	r.act(t, "id:3", "o3", bot.Forget)
	for _, err := range []error{r.SetConsent(ctx, 4, "topic|consumer", false), r.SetMostAMonth(ctx, 5, 1)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	b := r.taken(t)
	got := r.step(t, b, terms, campaign.Step{Number: 1, Begin: b.List})
	if !slices.Equal(got.Begun, []int64{4, 5}) || !slices.Equal(got.Skipped, []int64{0, 1, 2, 3}) {
		t.Errorf("begun %v skipped %v, want 4 5 and 0 1 2 3", got.Begun, got.Skipped)
	}
	r.hasProgress(t, campaign.Progress{campaign.Begun: 2, campaign.Skipped: 1, campaign.Unfollowed: 2, campaign.Refused: 1})
	// Resident 5 has had the one push of the month; the next month is another.
	for i, want := range []int{0, 1} {
		id := fmt.Sprint("c", 2+i)
		if err := r.PlanSend(ctx, id, terms); err != nil {
			t.Fatal(err)
		}
		next, err := r.TakeSend(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		only := slices.DeleteFunc(next.Batch.List, func(x campaign.Recipient) bool { return x.Resident != 5 })
		if got := r.step(t, next.Batch, terms, campaign.Step{Number: 1, Begin: only}); len(got.Begun) != want {
			t.Errorf("%s on %s: begun %v, want %d", id, r.clock.now().Format("2006-01-02"), got.Begun, want)
		}
		r.clock.set(time.Date(2026, 4, 1, 0, 0, 0, 0, zone))
	}
}

func testRate(t *testing.T, r *rig) {
	terms := campaign.Terms{Channel: campaign.Message, Rate: 10, PerDay: 25}
	r.planned(t, 60, terms)
	b := r.taken(t)
	place, number := 0, int64(0)
	begin := func() campaign.Stepped {
		number++
		got := r.step(t, b, terms, campaign.Step{Number: number, Begin: b.List[place:]})
		place += len(got.Begun)
		return got
	}
	for _, want := range []struct {
		after time.Duration
		begun int
		wait  time.Duration
	}{
		{0, 10, 100 * time.Millisecond},
		{0, 0, 100 * time.Millisecond},
		{50 * time.Millisecond, 0, 50 * time.Millisecond},
		{250 * time.Millisecond, 3, 100 * time.Millisecond},
		{-time.Hour, 0, 100 * time.Millisecond}, // a clock that is put back fills nothing
		{time.Hour + 10*time.Second, 10, 100 * time.Millisecond},
		{time.Second, 2, untilMidnight(morning) - 11300*time.Millisecond},
		{-24 * time.Hour, 0, 0},                                     // nor does it bring yesterday's quota back
		{38*time.Hour + 10*time.Minute, 10, 100 * time.Millisecond}, // the next day
	} {
		r.clock.set(r.clock.now().Add(want.after))
		if got := begin(); len(got.Begun) != want.begun || want.wait > 0 && got.Wait != want.wait {
			t.Errorf("after %v: begun %d, wait %v, want %d and %v", want.after, len(got.Begun), got.Wait, want.begun, want.wait)
		}
	}
}

func testChannelRests(t *testing.T, r *rig) {
	ctx := t.Context()
	r.planned(t, 5, sendTerms)
	b := r.taken(t)
	if err := r.RestChannel(ctx, campaign.Message, r.clock.now().Add(time.Minute), "45011"); err != nil {
		t.Fatal(err)
	}
	if got := r.step(t, b, sendTerms, campaign.Step{Number: 1, Begin: b.List}); len(got.Begun) != 0 || got.Wait != time.Minute {
		t.Errorf("while it rests: %+v, want to wait a minute", got)
	}
	if err := r.StopSending(ctx, "48004"); err != nil {
		t.Fatal(err)
	}
	r.clock.set(r.clock.now().Add(time.Minute))
	_, err := r.StepSend(ctx, b, sendTerms, campaign.Step{Number: 2, Done: all(b, campaign.Skipped)[:1], Begin: b.List[1:]})
	if !errors.Is(err, campaign.ErrStopped) {
		t.Errorf("while all is stopped: %v, want ErrStopped", err)
	}
	if why, err := r.Stopped(ctx); why != "48004" || err != nil {
		t.Errorf("Stopped = %q, %v", why, err)
	}
	if err := r.AllowSending(ctx); err != nil {
		t.Fatal(err)
	}
	if got := r.step(t, b, sendTerms, campaign.Step{Number: 3, Begin: b.List[1:]}); len(got.Begun) != 4 {
		t.Errorf("afterwards begun %v, want 4", got.Begun)
	}
	if why, err := r.Stopped(ctx); why != "" || err != nil {
		t.Errorf("Stopped = %q, %v, want nothing", why, err)
	}
	r.hasProgress(t, campaign.Progress{campaign.Begun: 4, campaign.Skipped: 1})
}

func testClockJumps(t *testing.T, r *rig) {
	r.planned(t, 100, sendTerms)
	b := r.taken(t)
	r.step(t, b, sendTerms, campaign.Step{Number: 1, Begin: b.List[:2]})
	// Another instance's clock is a day ahead: it takes the batch too early.
	r.clock.set(r.clock.now().Add(24 * time.Hour))
	ahead := r.taken(t)
	if got := string(fatesOf(ahead)[:3]); got != "770" {
		t.Errorf("fates %s, want 770", got)
	}
	r.clock.set(r.clock.now().Add(-24 * time.Hour))
	if _, err := r.StepSend(t.Context(), b, sendTerms, campaign.Step{
		Number: 2, Done: []campaign.Outcome{{Position: 0, Fate: campaign.Accepted}, {Position: 1, Fate: campaign.Accepted}},
	}); !errors.Is(err, campaign.ErrLost) {
		t.Errorf("StepSend = %v, want ErrLost", err)
	}
	r.hasProgress(t, campaign.Progress{campaign.Accepted: 2, campaign.Unsent: 98})
	// The one ahead dies. Nobody has to wait for its day.
	if got, err := r.TakeSend(t.Context(), "c1"); err != nil || got.Wait != campaign.Lease {
		t.Fatalf("TakeSend = %+v, %v, want to wait for a lease", got, err)
	}
	r.advance(t, campaign.Lease)
	if again := r.taken(t); again.Number != ahead.Number {
		t.Errorf("took batch %d, want %d", again.Number, ahead.Number)
	}
}

func testSkip(t *testing.T, r *rig) {
	r.planned(t, 350, sendTerms)
	b := r.taken(t)
	r.step(t, b, sendTerms, campaign.Step{Number: 1, Begin: b.List[:2]})
	idle := r.taken(t)
	if err := r.SkipSend(t.Context(), "c1"); err != nil {
		t.Fatal(err)
	}
	r.hasProgress(t, campaign.Progress{campaign.Begun: 2, campaign.Skipped: 348})
	if _, err := r.StepSend(t.Context(), idle, sendTerms, campaign.Step{Number: 1, Begin: idle.List}); !errors.Is(err, campaign.ErrLost) {
		t.Errorf("a batch that was skipped goes on: %v, want ErrLost", err)
	}
	if got := r.step(t, b, sendTerms, campaign.Step{Number: 2, Done: all(b, campaign.Accepted)[:2]}); !got.Over {
		t.Error("the batch with the last two is not over")
	}
	if got, err := r.TakeSend(t.Context(), "c1"); err != nil || !got.Empty {
		t.Errorf("TakeSend = %+v, %v, want Empty", got, err)
	}
	r.hasProgress(t, campaign.Progress{campaign.Accepted: 2, campaign.Skipped: 348})
}

func testSettle(t *testing.T, r *rig) {
	ctx := t.Context()
	r.planned(t, 130, sendTerms)
	dead := r.taken(t)
	r.step(t, dead, sendTerms, campaign.Step{Number: 1, Begin: dead.List[:6]})
	settled := func(resident int64, f campaign.Fate, want bool) {
		t.Helper()
		if news, err := r.SettleReceipt(ctx, "c1", resident, f); err != nil || news != want {
			t.Errorf("SettleReceipt(%d) = %t, %v, want %t", resident, news, err, want)
		}
	}
	settled(1, campaign.Accepted, true) // the receipt is quicker than the answer
	settled(1, campaign.FailedFate, false)
	settled(50, campaign.Accepted, false)  // not begun
	settled(999, campaign.Accepted, false) // not on the list
	r.advance(t, campaign.Lease)
	r.taken(t)
	settled(2, campaign.Accepted, true)
	settled(3, campaign.FailedFate, true)
	r.hasProgress(t, campaign.Progress{campaign.Accepted: 2, campaign.FailedFate: 1, campaign.Doubtful: 3, campaign.Unsent: 124})
	if n, err := r.SettleDoubts(ctx, "c1", campaign.Accepted); n != 3 || err != nil {
		t.Errorf("SettleDoubts = %d, %v, want 3", n, err)
	}
	r.hasProgress(t, campaign.Progress{campaign.Accepted: 5, campaign.FailedFate: 1, campaign.Unsent: 124})
	for _, f := range []campaign.Fate{campaign.Unsent, campaign.Begun, campaign.Doubtful, 'x'} {
		if _, err := r.SettleDoubts(ctx, "c1", f); err == nil && f != campaign.Doubtful {
			continue // nobody is in doubt any more
		}
		if _, err := r.SettleReceipt(ctx, "c1", 4, f); err == nil {
			t.Errorf("%q was taken for an answer", f)
		}
	}
}
