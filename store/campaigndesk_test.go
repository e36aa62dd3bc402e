package store

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"pufa/campaign"
	"pufa/content"
)

// anyShelf is a library in which everything may be said.
type anyShelf struct{}

func (anyShelf) Entry(id string) (*content.Entry, bool) { return &content.Entry{ID: id}, true }

func (anyShelf) Topic(string) (content.Topic, bool) { return content.Topic{}, true }

func (anyShelf) Standing(*content.Entry, time.Time) content.Standing { return content.Current }

func (anyShelf) Approved(*content.Entry) bool { return true }

func (anyShelf) Forbids(string) []string { return nil }

// desk is a desk of a verified service account over the store.
func (r *rig) desk(s *Store) *campaign.Desk {
	rules := campaign.Rules{Account: campaign.Account{Service: true, Verified: true}}
	return campaign.NewDesk(s, anyShelf{}, nil, rules, r.clock.now)
}

func person(name string) campaign.Actor {
	return campaign.Actor{Name: name, May: func(campaign.Right) bool { return true }}
}

// scheduled brings a mass message through the hands of two people.
func (r *rig) scheduled(t *testing.T, id string, due time.Time) campaign.Campaign {
	t.Helper()
	d := r.desk(r.Store)
	c := r.push(id, "")
	c.Channel, c.Text, c.Due, c.Until = campaign.Mass, "", due, due.Add(time.Hour)
	c.Articles = []campaign.Article{{Title: "题", Digest: "摘要", Body: "正文", Cover: "c"}}
	c.Grace = campaign.MaxGrace
	list, err := d.Create(t.Context(), person("王编辑"), c)
	if err == nil {
		_, err = d.Submit(t.Context(), person("王编辑"), id)
	}
	if err == nil {
		_, err = d.Approve(t.Context(), person("李审核"), id, list[0].Hash())
	}
	if err == nil {
		c, err = d.Schedule(t.Context(), person("李审核"), id)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// testDeskOverStore takes a campaign from its draft to its end and looks at
// every step in the trail.
func testDeskOverStore(t *testing.T, r *rig) {
	r.scheduled(t, "w38", r.clock.now().Add(time.Hour))
	r.advance(t, time.Hour)
	c := r.due(t, "a")
	c, begun, err := r.desk(r.Store).Start(t.Context(), r.Store, c, "a")
	if err != nil || !begun || c.Status != campaign.Claimed {
		t.Fatalf("Start = %s, %t, %v", c.Status, begun, err)
	}
	step, err := c.Move(campaign.Done, r.clock.now(), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Advance(t.Context(), c, "a", step); err != nil {
		t.Fatal(err)
	}
	if _, err := r.desk(r.Store).Cancel(t.Context(), person("李审核"), "w38", "晚了"); err == nil {
		t.Error("what is done was cancelled")
	}
	var did []string
	for _, s := range steps(t, r.Store) {
		did = append(did, s.Who+" "+s.Did)
	}
	want := "[王编辑 create campaign 王编辑 submit campaign 李审核 approve campaign 李审核 schedule campaign （自动） campaign claimed （自动） campaign done]"
	if got := fmt.Sprint(did); got != want {
		t.Errorf("trail:\n%s\nwant\n%s", got, want)
	}
}

// testQuotaOfTwoInstances has two instances start two campaigns at once after
// a night in which nothing ran: one begins, the other keeps its distance.
func testQuotaOfTwoInstances(t *testing.T, r *rig) {
	r.scheduled(t, "first", r.clock.now().Add(time.Hour))
	r.scheduled(t, "second", r.clock.now().Add(25*time.Hour))
	r.advance(t, 26*time.Hour)
	other := r.second(t)
	var wg sync.WaitGroup
	begun := make([]bool, 2)
	for i, s := range []*Store{r.Store, other} {
		token := fmt.Sprint("token-", i)
		c := r.due(t, token)
		wg.Go(func() {
			var err error
			if _, begun[i], err = r.desk(s).Start(t.Context(), s, c, token); err != nil && !errors.Is(err, campaign.ErrChanged) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if begun[0] == begun[1] {
		t.Errorf("begun %v, want one of two", begun)
	}
	r.nothingDue(t, "the other waits for two hours")
	r.advance(t, campaign.Apart)
	waiting, err := r.Campaigns(t.Context(), campaign.Filter{Statuses: []campaign.Status{campaign.Scheduled}})
	if err != nil || len(waiting) != 1 {
		t.Fatalf("%s, %v, want the other still scheduled", ids(waiting), err)
	}
	for {
		c, ok, err := r.ClaimDue(t.Context(), r.clock.now(), "later", workLease)
		if err != nil || !ok {
			t.Fatalf("the other is not due: %v", err)
		}
		if c.ID == waiting[0].ID {
			break
		}
	}
}
