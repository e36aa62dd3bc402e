package campaign

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Crowd counts followers.
type Crowd interface {
	// Count returns how many followers a channel would reach of an audience;
	// known is false when that is not kept.
	Count(ctx context.Context, c Channel, a Audience) (n int64, known bool, err error)
}

// Desk is where staff work on campaigns. Terminal and console use the same,
// so that no rule stands in either. Each deed checks the person's right,
// changes one campaign and leaves one step of the trail, all or nothing.
type Desk struct {
	book  Book
	shelf Shelf
	crowd Crowd
	rules Rules
	now   func() time.Time
}

// NewDesk makes a desk. crowd may be nil: then nobody is counted. now is the
// clock, time.Now when nil.
func NewDesk(book Book, shelf Shelf, crowd Crowd, rules Rules, now func() time.Time) *Desk {
	if now == nil {
		now = time.Now
	}
	return &Desk{book, shelf, crowd, rules, now}
}

// Rules returns the rules the desk works by.
func (d *Desk) Rules() Rules { return d.rules }

// List returns the campaigns that the filter lets through, by due time.
func (d *Desk) List(ctx context.Context, who Actor, f Filter) ([]Campaign, error) {
	if err := who.needs(Write, Review, Release, Look); err != nil {
		return nil, fmt.Errorf("list campaigns: %w", err)
	}
	return d.book.Campaigns(ctx, f)
}

// Show returns a campaign and what stands in its way at this moment.
func (d *Desk) Show(ctx context.Context, who Actor, id string) (Campaign, []Problem, error) {
	if err := who.needs(Write, Review, Release, Look); err != nil {
		return Campaign{}, nil, fmt.Errorf("show campaign %s: %w", id, err)
	}
	c, err := d.book.Campaign(ctx, id)
	if err != nil {
		return c, nil, err
	}
	if !c.editable() {
		return c, nil, nil
	}
	problems, err := d.check(ctx, c)
	return c, problems, err
}

// check looks at a campaign with all others around it.
func (d *Desk) check(ctx context.Context, c Campaign) ([]Problem, error) {
	all, err := d.book.Campaigns(ctx, Filter{})
	if err != nil {
		return nil, fmt.Errorf("check campaign %s: %w", c.ID, err)
	}
	return d.rules.Check(c, d.shelf, d.now(), all), nil
}

// Create keeps new campaigns as drafts, all of them or, if one is Rejected,
// none: a draft may lack what is still to come (text, audience, time), but
// holds nothing that can never be sent. An id is made where there is none;
// several get a series in common. A Grace or Until of 0 becomes the usual one.
// When writing fails half way, those that were kept are returned with the
// error.
func (d *Desk) Create(ctx context.Context, who Actor, list ...Campaign) ([]Campaign, error) {
	if err := who.needs(Write); err != nil {
		return nil, fmt.Errorf("create campaign: %w", err)
	}
	drafts := make([]Campaign, len(list))
	series := newID(d.now())
	var problems []Problem
	for i, c := range list {
		drafts[i] = d.draft(who, c)
		if len(list) > 1 && c.Series == "" {
			drafts[i].Series = series
		}
		problems = append(problems, d.rules.Check(drafts[i], d.shelf, d.now(), nil)...)
	}
	if err := refuse(problems, Unusable); err != nil {
		return nil, fmt.Errorf("create campaign: %w", err)
	}
	for i, c := range drafts {
		kept, err := d.book.Put(ctx, c, c.deed(d.now(), who.Name, "create campaign", c.Title))
		if err != nil {
			return drafts[:i], fmt.Errorf("create campaign %s: %w", c.ID, err)
		}
		drafts[i] = kept
	}
	return drafts, nil
}

// draft makes a fresh draft of what was handed in.
func (d *Desk) draft(who Actor, c Campaign) Campaign {
	now := d.now().UTC().Truncate(time.Second)
	f := c.written()
	f.ID, f.Status, f.Author, f.Writers = c.ID, Draft, who.Name, []string{who.Name}
	f.Created, f.Changed = now, now
	if f.ID == "" {
		f.ID = newID(now)
	}
	if f.Grace == 0 {
		f.Grace = DefaultGrace
	}
	if f.Until.IsZero() && !f.Due.IsZero() {
		f.Until = f.Due.Add(DefaultSpan)
	}
	return f
}

// newID is the day and 6 letters or digits by lot: 20270308-k3q7xa.
func newID(now time.Time) string {
	return now.In(Zone).Format("20060102") + "-" + strings.ToLower(rand.Text()[:6])
}

// written is what people write of a campaign, without what became of it.
func (c Campaign) written() Campaign {
	return Campaign{
		Title: c.Title, Theme: c.Theme, Observance: c.Observance, Pack: c.Pack, Series: c.Series,
		Channel: c.Channel, Audience: c.Audience, Articles: slices.Clone(c.Articles), Text: c.Text,
		Entries: slices.Clone(c.Entries), Due: c.Due, Until: c.Until, Grace: c.Grace, NightOK: c.NightOK, Repeat: c.Repeat,
	}
}

// editable reports whether the campaign may still be written in.
func (c Campaign) editable() bool {
	switch c.Status {
	case Draft, Submitted, Approved, Scheduled:
		return true
	case Paused:
		return c.Resume == Scheduled
	}
	return false
}

// Edit writes what c holds into the campaign of its id; c.Version is the one
// that was read, ErrChanged when somebody wrote meanwhile. An edit of
// anything that an approval is for puts the campaign back to a draft; dropped
// is true when it had been submitted or approved before. Whoever makes such an
// edit is one of its writers from then on, and may not approve it; its name,
// theme and repeat are for the office only, and leave both as they are.
func (d *Desk) Edit(ctx context.Context, who Actor, c Campaign) (got Campaign, dropped bool, err error) {
	got, err = d.do(ctx, who, "edit", c.ID, func(kept *Campaign) (_ string, err error) {
		if err := who.needs(Write); err != nil {
			return "", err
		}
		if kept.Version != c.Version {
			return "", ErrChanged
		}
		if !kept.editable() {
			return "", &StateError{c.ID, kept.Status, Draft}
		}
		dropped, err = d.rewrite(who, kept, c)
		if dropped {
			return "back to draft", err
		}
		return "", err
	})
	return got, dropped && err == nil, err
}

// rewrite puts what was written into the campaign that is kept.
func (d *Desk) rewrite(who Actor, kept *Campaign, c Campaign) (dropped bool, err error) {
	before, f := *kept, c.written()
	f.ID, f.Status, f.Resume, f.Author, f.Approval = kept.ID, kept.Status, kept.Resume, kept.Author, kept.Approval
	f.Reason, f.Sent, f.Began, f.Created, f.Version = kept.Reason, kept.Sent, kept.Began, kept.Created, kept.Version
	f.Writers = kept.Writers
	f.Changed = d.now().UTC().Truncate(time.Second)
	same := before.Hash() == f.Hash()
	if !same {
		f.Writers = addName(kept.Writers, who.Name)
	}
	*kept = f
	if err := refuse(d.rules.Check(f, d.shelf, d.now(), nil), Unusable); err != nil {
		return false, err
	}
	if same || f.Status == Draft {
		return false, nil
	}
	return true, kept.move(Draft, d.now())
}

func addName(names []string, name string) []string {
	if slices.Contains(names, name) {
		return names
	}
	return append(slices.Clone(names), name)
}

// do reads a campaign, lets change work on it, and keeps it with its step.
// change returns a note for the trail.
func (d *Desk) do(ctx context.Context, who Actor, what, id string, change func(*Campaign) (note string, err error)) (Campaign, error) {
	c, err := d.book.Campaign(ctx, id)
	if err != nil {
		return c, fmt.Errorf("%s campaign: %w", what, err)
	}
	note, err := change(&c)
	if err != nil {
		return c, fmt.Errorf("%s campaign %s: %w", what, id, err)
	}
	kept, err := d.book.Put(ctx, c, c.deed(d.now(), who.Name, what+" campaign", note))
	if err != nil {
		return c, fmt.Errorf("%s campaign %s: %w", what, id, err)
	}
	return kept, nil
}

// ErrPreviews means that the account's test sends of the day are used up.
var ErrPreviews = errors.New("the test sends of the day are used up")

// Preview allows one test send of a campaign that has not begun to the
// person's own telephone, counts it against the day's PreviewsPerDay and leaves a step of the trail.
// The caller sends it.
func (d *Desk) Preview(ctx context.Context, who Actor, id string) (Campaign, error) {
	return d.do(ctx, who, "preview", id, func(c *Campaign) (string, error) {
		if err := who.needs(Write, Review, Release); err != nil {
			return "", err
		}
		if !c.editable() {
			return "", &Rejected{[]Problem{{"status", "推送" + c.Status.Chinese() + "，不能再试发", Unready}}}
		}
		if err := refuse(d.rules.Check(*c, d.shelf, d.now(), nil), Unusable); err != nil {
			return "", err
		}
		n, err := d.book.CountPreview(ctx, d.now(), PreviewsPerDay)
		if err == nil && n > PreviewsPerDay {
			err = ErrPreviews
		}
		return fmt.Sprintf("%d of the day", n), err
	})
}
