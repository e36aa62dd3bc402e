package store

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pufa/campaign"
)

const workLease = 10 * time.Second

// push is a campaign that is due in an hour.
func (r *rig) push(id string, status campaign.Status) campaign.Campaign {
	return campaign.Campaign{
		ID: id, Title: "三八维权周", Theme: "3.8", Channel: campaign.Message,
		Audience: campaign.Audience{Scope: campaign.Everyone}, Text: "妇女权益 <早知道>",
		Entries: []string{"women/leave"}, Due: r.clock.now().Add(time.Hour).UTC(), Until: r.clock.now().Add(50 * time.Hour).UTC(),
		Grace: time.Hour, Status: status, Author: "王编辑",
	}
}

func (r *rig) deed(did, id string) campaign.Deed {
	return campaign.Deed{At: r.clock.now(), Who: "王编辑", Did: did, What: "campaign " + id}
}

// kept puts a campaign and returns it as it is kept.
func (r *rig) kept(t *testing.T, c campaign.Campaign, did string) campaign.Campaign {
	t.Helper()
	got, err := r.Put(t.Context(), c, r.deed(did, c.ID))
	if err != nil {
		t.Fatalf("Put of %s (%s): %v", c.ID, did, err)
	}
	return got
}

// due claims the campaign that must be due.
func (r *rig) due(t *testing.T, token string) campaign.Campaign {
	t.Helper()
	c, ok, err := r.ClaimDue(t.Context(), r.clock.now(), token, workLease)
	if err != nil || !ok {
		t.Fatalf("ClaimDue for %s = %t, %v, want a campaign", token, ok, err)
	}
	return c
}

func (r *rig) nothingDue(t *testing.T, why string) {
	t.Helper()
	if c, ok, err := r.ClaimDue(t.Context(), r.clock.now(), "nobody", workLease); ok || err != nil {
		t.Fatalf("%s: ClaimDue = %s, %t, %v, want none", why, c.ID, ok, err)
	}
}

func ids(list []campaign.Campaign) string {
	var all []string
	for _, c := range list {
		all = append(all, c.ID)
	}
	return strings.Join(all, " ")
}

func testCampaignKept(t *testing.T, r *rig) {
	ctx := t.Context()
	if _, err := r.Campaign(ctx, "w38"); !errors.Is(err, campaign.ErrUnknown) {
		t.Errorf("a campaign that is not there: %v", err)
	}
	first := r.kept(t, r.push("w38", campaign.Draft), "create campaign")
	if first.Version != 1 {
		t.Errorf("version of a new one is %d, want 1", first.Version)
	}
	got, err := r.second(t).Campaign(ctx, "w38")
	if diff := cmp.Diff(first, got); err != nil || diff != "" {
		t.Errorf("Campaign: %v (-kept +got):\n%s", err, diff)
	}
	if _, err := r.Put(ctx, r.push("w38", campaign.Draft), r.deed("create campaign", "w38")); !errors.Is(err, campaign.ErrChanged) {
		t.Errorf("a second new one of the same id: %v, want ErrChanged", err)
	}
	next := first
	next.Text = "改过的正文"
	r.kept(t, next, "edit campaign")
	if _, err := r.Put(ctx, first, r.deed("edit campaign", "w38")); !errors.Is(err, campaign.ErrChanged) {
		t.Errorf("the later of two editors: %v, want ErrChanged", err)
	}
	trail := steps(t, r.Store)
	if len(trail) != 2 || trail[1].Did != "edit campaign" || trail[1].What != "campaign w38" {
		t.Errorf("trail %+v, want two steps: what was refused leaves none", trail)
	}
}

func testCampaignNeedsStep(t *testing.T, r *rig) {
	c := r.kept(t, r.push("w38", campaign.Draft), "create campaign")
	c.Status = campaign.Scheduled
	if _, err := r.Put(t.Context(), c, campaign.Deed{}); err == nil {
		t.Error("another state was kept without a step of the trail")
	}
	if _, err := r.Put(t.Context(), r.push("new", campaign.Draft), campaign.Deed{}); err == nil {
		t.Error("a new campaign was kept without a step of the trail")
	}
	if n := len(steps(t, r.Store)); n != 1 {
		t.Errorf("%d steps, want 1", n)
	}
}

func testCampaignList(t *testing.T, r *rig) {
	ctx := t.Context()
	for i := range rowsPerTrip + 1 {
		r.kept(t, r.push(fmt.Sprintf("old-%02d", i), campaign.Draft), "create campaign")
	}
	late := r.push("late", campaign.Scheduled)
	late.Due, late.Series = late.Due.Add(24*time.Hour), "w38"
	r.kept(t, late, "schedule campaign")
	r.kept(t, r.push("soon", campaign.Scheduled), "schedule campaign")
	tomorrow := r.clock.now().Add(24 * time.Hour)
	for _, c := range []struct {
		name   string
		filter campaign.Filter
		want   string
	}{
		{"those that are scheduled, by due time", campaign.Filter{Statuses: []campaign.Status{campaign.Scheduled, campaign.Sending}}, "soon late"},
		{"those of a series", campaign.Filter{Series: "w38"}, "late"},
		{"those due from a time on", campaign.Filter{From: tomorrow}, "late"},
		{"those due before a time", campaign.Filter{To: tomorrow, Statuses: []campaign.Status{campaign.Scheduled}}, "soon"},
		{"those of another theme", campaign.Filter{Theme: "3.15"}, ""},
	} {
		if got, err := r.Campaigns(ctx, c.filter); err != nil || ids(got) != c.want {
			t.Errorf("%s: %q, %v, want %q", c.name, ids(got), err, c.want)
		}
	}
	if all, err := r.Campaigns(ctx, campaign.Filter{}); err != nil || len(all) != rowsPerTrip+3 {
		t.Errorf("all: %d, %v, want %d", len(all), err, rowsPerTrip+3)
	}
}

func testCampaignDue(t *testing.T, r *rig) {
	ctx := t.Context()
	r.kept(t, r.push("w38", campaign.Scheduled), "schedule campaign")
	r.nothingDue(t, "an hour before")
	r.advance(t, time.Hour)
	c := r.due(t, "a")
	r.nothingDue(t, "while the first holds it")
	c.Status = campaign.Claimed
	c, err := r.Advance(ctx, c, "a", r.deed("claim", "w38"))
	if err != nil {
		t.Fatal(err)
	}
	c.Sent.Tally.Reached = 100
	if c, err = r.Advance(ctx, c, "a", campaign.Deed{}); err != nil {
		t.Fatalf("progress without a step: %v", err)
	}
	if _, err := r.Advance(ctx, c, "b", r.deed("claim", "w38")); !errors.Is(err, campaign.ErrLost) {
		t.Errorf("somebody who holds nothing: %v, want ErrLost", err)
	}
	if _, err := r.Advance(ctx, c, "", r.deed("claim", "w38")); !errors.Is(err, campaign.ErrLost) {
		t.Errorf("nobody: %v, want ErrLost", err)
	}
	c.Status = campaign.Done
	if _, err := r.Advance(ctx, c, "a", r.deed("done", "w38")); err != nil {
		t.Fatal(err)
	}
	r.advance(t, time.Hour)
	r.nothingDue(t, "after it was done")
	if err := r.Renew(ctx, "w38", r.clock.now(), "a", workLease); !errors.Is(err, campaign.ErrLost) {
		t.Errorf("Renew of what is done: %v, want ErrLost", err)
	}
	if n := r.raw.ZCard(ctx, r.keys.campaignDue()).Val() + r.raw.HLen(ctx, r.keys.campaignHeld()).Val(); n != 0 {
		t.Errorf("%d rows left of a campaign that is done", n)
	}
}

func testCampaignTakeover(t *testing.T, r *rig) {
	ctx := t.Context()
	r.kept(t, r.push("w38", campaign.Scheduled), "schedule campaign")
	r.advance(t, time.Hour)
	c := r.due(t, "a")
	c.Status = campaign.Sending
	c, err := r.Advance(ctx, c, "a", r.deed("send", "w38"))
	if err != nil {
		t.Fatal(err)
	}
	r.advance(t, workLease-time.Second)
	if err := r.Renew(ctx, "w38", r.clock.now(), "a", workLease); err != nil {
		t.Fatal(err)
	}
	r.advance(t, workLease-time.Second)
	r.nothingDue(t, "while the lease is renewed")
	r.advance(t, time.Second)
	if err := r.Renew(ctx, "w38", r.clock.now(), "a", workLease); err != nil {
		t.Errorf("a late holder whom nobody replaced: %v", err)
	}
	r.advance(t, workLease)
	taken := r.due(t, "b")
	if diff := cmp.Diff(c, taken); diff != "" {
		t.Errorf("taken over (-left +taken):\n%s", diff)
	}
	if err := r.Renew(ctx, "w38", r.clock.now(), "a", workLease); !errors.Is(err, campaign.ErrLost) {
		t.Errorf("Renew of the late holder: %v, want ErrLost", err)
	}
	c.Status = campaign.Done
	if _, err := r.Advance(ctx, c, "a", r.deed("done", "w38")); !errors.Is(err, campaign.ErrLost) {
		t.Errorf("Advance of the late holder: %v, want ErrLost", err)
	}
	if err := r.Release(ctx, "w38", "b", r.clock.now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	r.nothingDue(t, "until the time it was let go for")
	r.advance(t, time.Minute)
	if c := r.due(t, "c"); c.Status != campaign.Sending {
		t.Errorf("comes back as %s, want sending", c.Status)
	}
}

func testCampaignPaused(t *testing.T, r *rig) {
	ctx := t.Context()
	r.kept(t, r.push("w38", campaign.Scheduled), "schedule campaign")
	r.advance(t, time.Hour)
	c := r.due(t, "a")
	c.Status = campaign.Sending
	c, err := r.Advance(ctx, c, "a", r.deed("send", "w38"))
	if err != nil {
		t.Fatal(err)
	}
	paused := c
	paused.Status, paused.Resume = campaign.Paused, campaign.Sending
	paused = r.kept(t, paused, "pause campaign")
	c.Sent.Tally.Reached++
	if _, err := r.Advance(ctx, c, "a", campaign.Deed{}); !errors.Is(err, campaign.ErrLost) {
		t.Errorf("progress of what staff paused: %v, want ErrLost", err)
	}
	r.advance(t, time.Hour)
	r.nothingDue(t, "while it is paused")
	paused.Status, paused.Resume = campaign.Sending, ""
	r.kept(t, paused, "resume campaign")
	if c := r.due(t, "b"); c.Status != campaign.Sending {
		t.Errorf("resumes as %s, want sending", c.Status)
	}
}

func testCampaignReceipt(t *testing.T, r *rig) {
	ctx := t.Context()
	r.kept(t, r.push("w38", campaign.Scheduled), "schedule campaign")
	r.advance(t, time.Hour)
	c := r.due(t, "a")
	c.Status = campaign.Waiting
	c, err := r.Advance(ctx, c, "a", r.deed("wait", "w38"))
	if err != nil {
		t.Fatal(err)
	}
	receipt := c
	receipt.Sent.Tally.Reached = 7
	receipt = r.kept(t, receipt, "receipt")
	if _, err := r.Advance(ctx, c, "a", campaign.Deed{}); !errors.Is(err, campaign.ErrChanged) {
		t.Errorf("a holder who has not read the receipt: %v, want ErrChanged", err)
	}
	if _, err := r.Advance(ctx, receipt, "a", campaign.Deed{}); err != nil {
		t.Errorf("the holder after reading it again: %v", err)
	}
	r.nothingDue(t, "a receipt takes nobody's lease away")
}

func testCampaignOfTwo(t *testing.T, r *rig) {
	const n = 6
	for i := range n {
		r.kept(t, r.push(fmt.Sprintf("c%d", i), campaign.Scheduled), "schedule campaign")
	}
	r.advance(t, 2*time.Hour)
	var mu sync.Mutex
	var wg sync.WaitGroup
	holders := map[string]int{}
	for i, s := range []*Store{r.Store, r.second(t)} {
		wg.Go(func() {
			for j := range n {
				c, ok, err := s.ClaimDue(t.Context(), r.clock.now(), fmt.Sprintf("%d-%d", i, j), workLease)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				if ok {
					holders[c.ID]++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(holders) != n {
		t.Errorf("%d campaigns were claimed, want %d", len(holders), n)
	}
	for id, times := range holders {
		if times != 1 {
			t.Errorf("%s was claimed %d times", id, times)
		}
	}
}

func testCampaignClockBack(t *testing.T, r *rig) {
	c := r.kept(t, r.push("w38", campaign.Draft), "create campaign")
	r.clock.set(r.clock.now().Add(-time.Hour))
	c.Text = "时钟拨回以后改的"
	r.kept(t, c, "edit campaign")
	if n := len(steps(t, r.Store)); n != 2 {
		t.Errorf("%d steps in a whole chain, want 2", n)
	}
}

func testPreviews(t *testing.T, r *rig) {
	for want := 1; want <= 3; want++ {
		if n, err := r.CountPreview(t.Context(), r.clock.now(), 3); err != nil || n != want {
			t.Errorf("CountPreview = %d, %v, want %d", n, err, want)
		}
	}
	for range 2 {
		if n, err := r.CountPreview(t.Context(), r.clock.now(), 3); err != nil || n != 4 {
			t.Errorf("above the limit: %d, %v, want 4", n, err)
		}
	}
	if n, err := r.CountPreview(t.Context(), r.clock.now().Add(24*time.Hour), 3); err != nil || n != 1 {
		t.Errorf("the next day: %d, %v, want 1", n, err)
	}
}

func testCampaignsBeginOneByOne(t *testing.T, r *rig) {
	ctx := t.Context()
	for _, id := range []string{"a", "b"} {
		r.kept(t, r.push(id, campaign.Scheduled), "schedule campaign")
	}
	r.advance(t, time.Hour)
	a, b := r.due(t, "1"), r.due(t, "2")
	seen, err := r.Begun(ctx)
	if err != nil || seen != 0 {
		t.Fatalf("Begun = %d, %v, want 0", seen, err)
	}
	a.Status, b.Status = campaign.Claimed, campaign.Claimed
	if a, err = r.Begin(ctx, a, "1", r.deed("claim", a.ID), seen); err != nil || a.Version != 2 {
		t.Fatalf("Begin = version %d, %v", a.Version, err)
	}
	if _, err := r.second(t).Begin(ctx, b, "2", r.deed("claim", b.ID), seen); !errors.Is(err, campaign.ErrOtherBegan) {
		t.Errorf("Begin of one who has not seen the other = %v, want ErrOtherBegan", err)
	}
	if got, err := r.Campaign(ctx, b.ID); err != nil || got.Status != campaign.Scheduled {
		t.Errorf("is %s, %v, want scheduled", got.Status, err)
	}
	if _, err := r.Begin(ctx, b, "2", r.deed("claim", b.ID), seen+1); err != nil {
		t.Errorf("Begin after looking again: %v", err)
	}
	if _, err := r.Begin(ctx, b, "", r.deed("claim", b.ID), seen+2); !errors.Is(err, campaign.ErrLost) {
		t.Errorf("Begin without a token = %v, want ErrLost", err)
	}
}
