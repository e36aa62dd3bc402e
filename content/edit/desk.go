package edit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"pufa/content"
	"pufa/staff"
)

// The limits of what is kept.
const (
	// MaxReason is the longest reason, in characters.
	MaxReason = 200
	// MaxVersions is how many versions of an entry are kept; the oldest that
	// never reached residents goes first.
	MaxVersions = 200
	// MaxAtOnce is how many entries one deed may be about.
	MaxAtOnce = 500
)

// aloneAfter is how long an author waits before checking or releasing what
// they wrote, where one person does everything.
const aloneAfter = 12 * time.Hour

// tries is how often a release is judged anew because the library changed while
// it was.
const tries = 3

// Config is what a Desk works with.
type Config struct {
	Shelf     Shelf
	Approvals Approvals // nil: nothing is approved or taken down here
	Base      fs.FS     // the shipped library

	// Inspect finds what else is wrong with an entry of a library that loads;
	// nil: nothing.
	Inspect func(lib *content.Library, e *content.Entry) error
	// Gate returns the questions that would be answered worse with after; nil:
	// none are asked.
	Gate func(ctx context.Context, before, after *content.Library) ([]Worse, error)

	OnePerson bool             // the author may check and release, after 12 hours
	Now       func() time.Time // the clock; time.Now when nil
}

// Desk is where entries are changed. Its methods may be called at the same
// time.
type Desk struct {
	Config

	mu   sync.Mutex
	last current // what residents read when it was last looked at
}

// NewDesk makes a desk.
func NewDesk(c Config) *Desk {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Desk{Config: c}
}

// AnySeen, as what an author has seen, stands for whatever residents read or
// the author's own last draft: it overwrites no open version of anybody else.
const AnySeen = -1

// Proposal is a text that somebody wants to save.
type Proposal struct {
	Entry  string
	Seen   int // the newest version when the author began, 0 for none; or AnySeen
	Text   string
	Reason string
}

// Pick names a version of an entry; number 0 is the newest.
type Pick struct {
	Entry  string
	Number int
}

// Save keeps texts as drafts, all of them or none, and returns them. It takes
// the role 编辑. A text with which the library would not load is ErrBad; a newer
// version than the author saw is ErrChanged.
func (d *Desk) Save(ctx context.Context, who staff.Account, list ...Proposal) ([]Version, error) {
	if err := may(who, staff.Editor); err != nil {
		return nil, fmt.Errorf("save draft: %w", err)
	}
	if err := d.acceptable(ctx, list); err != nil {
		return nil, fmt.Errorf("save draft: %w", err)
	}
	var changes []Change
	var saved []Version
	for _, p := range list {
		c, err := d.draft(ctx, who, p)
		if err != nil {
			return nil, fmt.Errorf("save draft of %s: %w", p.Entry, err)
		}
		changes, saved = append(changes, c), append(saved, c.Put[0])
	}
	step := d.step(who, "save draft", saved, list[0].Reason)
	if err := d.Shelf.KeepEdits(ctx, changes, -1, step); err != nil {
		return nil, fmt.Errorf("save draft: %w", err)
	}
	return saved, nil
}

func may(who staff.Account, role staff.Role) error {
	if !who.May(role) {
		return fmt.Errorf("%w: %s", staff.ErrRole, role)
	}
	return nil
}

// acceptable judges proposals before anything is read or kept of them.
func (d *Desk) acceptable(ctx context.Context, list []Proposal) error {
	if len(list) == 0 || len(list) > MaxAtOnce {
		return fmt.Errorf("%d entries at once, want 1 to %d", len(list), MaxAtOnce)
	}
	edits := make(map[string]string, len(list))
	for i := range list {
		p := &list[i]
		p.Text = strings.ReplaceAll(p.Text, "\r\n", "\n")
		if err := checkReason(p.Reason); err != nil {
			return err
		}
		if _, twice := edits[p.Entry]; twice {
			return fmt.Errorf("%s stands twice", p.Entry)
		}
		edits[p.Entry] = p.Text
	}
	_, err := d.Judge(ctx, edits)
	return err
}

func checkReason(reason string) error {
	if n := utf8.RuneCountInString(strings.TrimSpace(reason)); n == 0 || n > MaxReason {
		return ErrReason
	}
	return nil
}

// draft is the change that saves a proposal.
func (d *Desk) draft(ctx context.Context, who staff.Account, p Proposal) (Change, error) {
	h, err := d.Shelf.History(ctx, p.Entry)
	if err != nil {
		return Change{}, err
	}
	if p.Seen != h.Newest && (p.Seen != AnySeen || h.Open() && h.Author != who.Name) {
		return Change{}, fmt.Errorf("%w: version %d of %s, %s", ErrChanged, h.Newest, h.Author, h.State)
	}
	if before, err := d.textOf(h, p.Entry, h.Newest); err == nil && before == p.Text {
		return Change{}, ErrSame
	}
	now := d.now()
	v := Version{
		Entry: p.Entry, Number: h.Newest + 1, State: Draft,
		Author: who.Name, At: now, Reason: strings.TrimSpace(p.Reason), Text: p.Text,
	}
	c := h.change(p.Entry, v)
	c.Now.Newest, c.Now.State, c.Now.Author, c.Now.At = v.Number, Draft, v.Author, v.At
	c.Drop = h.surplus()
	return c, nil
}

// change is one that puts a version; what else it does the caller fills in.
func (h History) change(entry string, v Version) Change {
	c := Change{Was: h.Head, Now: h.Head, Put: []Version{v}}
	c.Now.Entry, c.Now.Changes = entry, h.Changes+1
	if v.Number == h.Newest {
		c.Now.State = v.State
	}
	return c
}

// surplus are the numbers that go to make room for one more version.
func (h History) surplus() (drop []int) {
	list := slices.Clone(h.Versions)
	slices.SortStableFunc(list, func(a, b Version) int {
		return cmp.Or(cmp.Compare(weight(a), weight(b)), cmp.Compare(a.Number, b.Number))
	})
	for _, v := range list {
		if len(h.Versions)-len(drop) < MaxVersions {
			break
		}
		if v.Number != h.Released && v.Number != h.Newest {
			drop = append(drop, v.Number)
		}
	}
	return drop
}

func weight(v Version) int {
	if v.State == Released {
		return 1
	}
	return 0
}

// Check says that the law of a draft was checked and found right. It takes the
// role 审核, of somebody who did not write it.
func (d *Desk) Check(ctx context.Context, who staff.Account, picks ...Pick) ([]Version, error) {
	list, err := d.mark(ctx, who, "check draft", "", picks, func(v *Version) error {
		v.State = Checked
		return d.notOwn(who, v)
	})
	if err != nil {
		return nil, fmt.Errorf("check draft: %w", err)
	}
	return list, nil
}

// Return gives a draft back, with the reason. It takes the role 审核.
func (d *Desk) Return(ctx context.Context, who staff.Account, reason string, picks ...Pick) ([]Version, error) {
	if err := checkReason(reason); err != nil {
		return nil, fmt.Errorf("return draft: %w", err)
	}
	list, err := d.mark(ctx, who, "return draft", reason, picks, func(v *Version) error {
		v.State, v.Note = Returned, strings.TrimSpace(reason)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("return draft: %w", err)
	}
	return list, nil
}

// mark sets the state of drafts.
func (d *Desk) mark(ctx context.Context, who staff.Account, did, reason string, picks []Pick, set func(*Version) error) ([]Version, error) {
	if err := may(who, staff.Reviewer); err != nil {
		return nil, err
	}
	var changes []Change
	var marked []Version
	for _, p := range picks {
		h, v, err := d.pick(ctx, p, Draft)
		if err != nil {
			return nil, err
		}
		if err := set(&v); err != nil {
			return nil, fmt.Errorf("%s: %w", v.Name(), err)
		}
		v.Checker, v.CheckedAt = who.Name, d.now()
		changes, marked = append(changes, h.change(p.Entry, v)), append(marked, v)
	}
	if len(changes) == 0 {
		return nil, ErrNone
	}
	return marked, d.Shelf.KeepEdits(ctx, changes, -1, d.step(who, did, marked, reason))
}

// pick finds a version that must be in a state.
func (d *Desk) pick(ctx context.Context, p Pick, want State) (History, Version, error) {
	h, err := d.Shelf.History(ctx, p.Entry)
	if err != nil {
		return h, Version{}, err
	}
	v, ok := h.Version(cmp.Or(p.Number, h.Newest))
	if !ok {
		return h, v, fmt.Errorf("%w: %s#%d", ErrNone, p.Entry, p.Number)
	}
	if v.State != want {
		return h, v, fmt.Errorf("%w: %s is %s, want %s", ErrState, v.Name(), v.State, want)
	}
	return h, v, nil
}

// notOwn refuses the author, or marks what one person did alone.
func (d *Desk) notOwn(who staff.Account, v *Version) error {
	switch {
	case v.Author != who.Name:
		return nil
	case !d.OnePerson:
		return ErrOwnWork
	case d.Now().Sub(v.At) < aloneAfter:
		return ErrTooSoon
	}
	v.Alone = true
	return nil
}

func (d *Desk) now() time.Time { return d.Now().UTC().Truncate(time.Second) }

func (d *Desk) step(who staff.Account, did string, list []Version, note string) staff.Draft {
	names := make([]string, len(list))
	for i, v := range list {
		names[i] = v.Name()
		if v.Alone {
			names[i] += "（一人审批）"
		}
	}
	return staff.Draft{At: d.Now(), Who: who.Name, Did: did, What: strings.Join(names, " "), Note: strings.TrimSpace(note)}
}

// Text returns the text of a version; 0 is the shipped one.
func (d *Desk) Text(ctx context.Context, entry string, number int) (string, error) {
	h, err := d.Shelf.History(ctx, entry)
	if err != nil {
		return "", fmt.Errorf("read version: %w", err)
	}
	return d.textOf(h, entry, number)
}

func (d *Desk) textOf(h History, entry string, number int) (string, error) {
	if v, ok := h.Version(number); ok {
		return v.Text, nil
	}
	if number == 0 {
		data, err := fs.ReadFile(d.Base, entry+".md")
		if err == nil {
			return string(data), nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("read version: %w", err)
		}
	}
	return "", fmt.Errorf("%w: %s#%d", ErrNone, entry, number)
}
