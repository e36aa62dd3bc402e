package campaign

import "time"

// Shows reports whether a campaign's card may be shown at now: its window is
// open, its approval holds, and all its entries still answer.
func (r Rules) Shows(c Campaign, shelf Shelf, now time.Time) bool {
	return c.Channel == Card && c.Status.Working() && !now.Before(c.Due) && now.Before(c.Until) && r.dropped(c, shelf, now) == ""
}

// Uses are the entries that a campaign stands on, each once, those of its text
// or its first article first.
func (c Campaign) Uses() []string {
	var ids []string
	seen := map[string]bool{}
	for _, list := range append([][]string{c.Entries}, articleEntries(c)...) {
		for _, id := range list {
			if !seen[id] {
				ids = append(ids, id)
			}
			seen[id] = true
		}
	}
	return ids
}

func articleEntries(c Campaign) (lists [][]string) {
	for _, a := range c.Articles {
		lists = append(lists, a.Entries)
	}
	return lists
}

// Pushed reports whether residents may have got something of the campaign.
func (c Campaign) Pushed() bool { return !c.Began.IsZero() }
