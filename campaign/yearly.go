package campaign

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Dates says on which day of a year an observance falls, at any hour; ok is
// false for one it does not know.
type Dates func(observance string, year int) (day time.Time, ok bool)

// Renew makes next year's draft of every yearly campaign that is over, once,
// and returns those it made. One that staff cancelled does not come back. It
// may be called as often as one likes, by any number of instances. dates may
// be nil: then the same day of the next year is taken.
func (d *Desk) Renew(ctx context.Context, dates Dates) ([]Campaign, error) {
	all, err := d.book.Campaigns(ctx, Filter{})
	if err != nil {
		return nil, fmt.Errorf("renew campaigns: %w", err)
	}
	taken := map[string]bool{}
	for _, c := range all {
		taken[c.ID] = true
	}
	var made []Campaign
	for _, c := range all {
		if c.Repeat != Yearly || !c.Status.Over() || c.Status == Cancelled || taken[c.nextID()] {
			continue
		}
		n := c.nextYear(dates, d.now())
		kept, err := d.book.Put(ctx, n, n.deed(d.now(), System, "create campaign", "yearly, after "+c.ID))
		if errors.Is(err, ErrChanged) { // another instance made it
			continue
		}
		if err != nil {
			return made, fmt.Errorf("renew campaign %s: %w", c.ID, err)
		}
		made = append(made, kept)
	}
	return made, nil
}

// nextYear is the draft of next year. Whoever wrote this year's wrote it too
// and may not approve it.
func (c Campaign) nextYear(dates Dates, now time.Time) Campaign {
	n := c.written()
	n.ID, n.Status, n.Author, n.Writers = c.nextID(), Draft, c.Author, c.Writers
	n.Due = c.nextDue(dates)
	n.Until = n.Due.Add(c.Until.Sub(c.Due))
	n.Series = ""
	this := n.Due.Year()
	n.Title = strings.Replace(c.Title, strconv.Itoa(this-1)+"年", strconv.Itoa(this)+"年", 1)
	n.Created = now.UTC().Truncate(time.Second)
	n.Changed = n.Created
	return n
}

// nextDue is the same hour of next year's day. There is no 29 February in it:
// the 28th is taken.
func (c Campaign) nextDue(dates Dates) time.Time {
	due := c.Due.In(Zone)
	year, month, day := due.Year()+1, due.Month(), due.Day()
	if month == time.February && day == 29 {
		day = 28
	}
	if dates != nil && c.Observance != "" {
		if this, ok := dates(c.Observance, due.Year()); ok {
			// A piece of a series stands some days from the observance itself.
			off := int(midnight(due).Sub(midnight(this)).Hours() / 24)
			if that, ok := dates(c.Observance, year); ok {
				year, month, day = that.In(Zone).Date()
				day += off
			}
		}
	}
	return time.Date(year, month, day, due.Hour(), due.Minute(), due.Second(), 0, Zone)
}

func midnight(t time.Time) time.Time {
	y, m, d := t.In(Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, Zone)
}

var yearEnd = regexp.MustCompile(`-\d{4}$`)

// nextID is the id of next year's, the same that a plan of that year gives it:
// 2027-womens-week is followed by 2028-womens-week, w38-2027 by w38-2028.
func (c Campaign) nextID() string {
	this := c.Due.In(Zone).Year()
	next := strconv.Itoa(this + 1)
	if rest, ok := strings.CutPrefix(c.ID, strconv.Itoa(this)+"-"); ok {
		return next + "-" + rest
	}
	base := yearEnd.ReplaceAllString(c.ID, "")
	return base[:min(len(base), 27)] + "-" + next
}
