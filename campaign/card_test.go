package campaign

import (
	"slices"
	"testing"
	"time"
)

func TestWhenACardIsShown(t *testing.T) {
	card := func(change func(*Campaign)) Campaign {
		c := Campaign{
			ID: "w", Title: "妇女节", Channel: Card, Audience: Audience{Scope: Everyone}, Text: "想问什么直接打字。", Entries: []string{"women/leave"},
			Due: eighth, Until: eighth.Add(24 * time.Hour), Grace: time.Hour, Status: Sending, Began: eighth,
		}
		if change != nil {
			change(&c)
		}
		c.Approval = &Approval{By: "李审核", At: today, Hash: c.Hash()}
		return c
	}
	edited := card(nil)
	edited.Text += "！"
	for _, c := range []struct {
		name string
		c    Campaign
		at   time.Time
		want bool
	}{
		{"while its window is open", card(nil), eighth.Add(time.Hour), true},
		{"from its first moment on", card(nil), eighth, true},
		{"before it, never", card(nil), eighth.Add(-time.Second), false},
		{"at its end no more", card(nil), eighth.Add(24 * time.Hour), false},
		{"while paused, never", card(func(c *Campaign) { c.Status = Paused }), eighth.Add(time.Hour), false},
		{"when done, never", card(func(c *Campaign) { c.Status = Done }), eighth.Add(time.Hour), false},
		{"of a mass message there is none", card(func(c *Campaign) { c.Channel = Mass }), eighth.Add(time.Hour), false},
		{"whose entry was taken down, never", card(func(c *Campaign) { c.Entries = []string{"women/down"} }), eighth.Add(time.Hour), false},
		{"whose law has a new edition, never", card(func(c *Campaign) { c.Entries = []string{"women/old"} }), eighth.Add(time.Hour), false},
		{"that nobody approved as it reads, never", edited, eighth.Add(time.Hour), false},
	} {
		if got := (Rules{}).Shows(c.c, newShelf(), c.at); got != c.want {
			t.Errorf("%s: %t, want %t", c.name, got, c.want)
		}
	}
}

func TestUsesOfACampaign(t *testing.T) {
	c := Campaign{Entries: []string{"b", "a"}, Articles: []Article{{Entries: []string{"a", "c"}}, {Entries: []string{"d"}}}}
	if got := c.Uses(); !slices.Equal(got, []string{"b", "a", "c", "d"}) {
		t.Errorf("Uses = %v", got)
	}
}
