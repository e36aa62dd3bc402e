package edit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"pufa/content"
	"pufa/staff"
)

// Approval is the last word of the street's justice office on an entry: that it
// stands behind it as it read on that day or, with Down, that it must not
// answer until somebody approves it again.
type Approval struct {
	As   string `json:"as"`   // the name of who approved
	Role string `json:"role"` // of that person
	On   string `json:"on"`   // the day, 2026-03-08
	Hash string `json:"hash"` // of the entry; another text is not approved
	Down bool   `json:"down,omitempty"`
	Why  string `json:"why,omitempty"` // of what is down, for staff
}

// Is reports whether the approval is for the entry as it reads now.
func (a Approval) Is(e *content.Entry) bool { return !a.Down && a.Hash != "" && a.Hash == e.Hash }

// Approvals is where approvals are kept.
type Approvals interface {
	// Approvals returns them by entry, and the number of the library.
	Approvals(ctx context.Context) (map[string]Approval, int64, error)
	// Approve keeps approvals by entry, nil for one that is withdrawn, with the
	// step of the trail: all or nothing.
	Approve(ctx context.Context, approvals map[string]*Approval, step staff.Draft) error
}

// Seen is an entry as somebody looked at it. An empty hash stands for the text
// that residents read now.
type Seen struct{ Entry, Hash string }

// shanghai is the zone whose days count.
var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// Approve says that the street's justice office stands behind entries as they
// read: all of them or none. It takes the role 审核, of somebody who wrote none
// of the texts; one that reads otherwise than it was seen is ErrMoved, one that
// there is not ErrNone.
func (d *Desk) Approve(ctx context.Context, who staff.Account, list ...Seen) error {
	err := d.rule(ctx, who, "approve entries", "", list, func(e *content.Entry, laid map[string]Version) (*Approval, error) {
		alone := false
		if v, ok := laid[e.ID]; ok {
			if err := d.notOwn(who, &v); err != nil {
				return nil, fmt.Errorf("%s: %w", v.Name(), err)
			}
			alone = v.Author == who.Name
		}
		a := d.approval(who, e)
		if alone {
			a.Role += "（一人审批）"
		}
		return a, nil
	})
	if err != nil {
		return fmt.Errorf("approve: %w", err)
	}
	return nil
}

// Withdraw takes approvals back, and lets what was taken down answer again
// unless another rule keeps it silent. It takes the role 审核.
func (d *Desk) Withdraw(ctx context.Context, who staff.Account, entries ...string) error {
	err := d.rule(ctx, who, "withdraw approval", "", asTheyRead(entries), func(*content.Entry, map[string]Version) (*Approval, error) {
		return nil, nil
	})
	if err != nil {
		return fmt.Errorf("withdraw approval: %w", err)
	}
	return nil
}

// TakeDown lets entries answer no more, within two seconds, until they are
// approved again. It takes the role 审核, of anybody: why may be empty, because
// nothing stands in the way of what is urgent.
func (d *Desk) TakeDown(ctx context.Context, who staff.Account, why string, entries ...string) error {
	why = strings.TrimSpace(why)
	if utf8.RuneCountInString(why) > MaxReason {
		return fmt.Errorf("take down: %w", ErrReason)
	}
	err := d.rule(ctx, who, "take down entries", why, asTheyRead(entries), func(e *content.Entry, _ map[string]Version) (*Approval, error) {
		a := d.approval(who, e)
		a.Down, a.Why = true, why
		return a, nil
	})
	if err != nil {
		return fmt.Errorf("take down: %w", err)
	}
	return nil
}

func asTheyRead(entries []string) []Seen {
	list := make([]Seen, len(entries))
	for i, id := range entries {
		list[i].Entry = id
	}
	return list
}

func (d *Desk) approval(who staff.Account, e *content.Entry) *Approval {
	return &Approval{
		As: who.Name, Role: string(staff.Reviewer), On: d.Now().In(shanghai).Format(time.DateOnly), Hash: e.Hash,
	}
}

// rule keeps what is said of entries with one step of the trail.
func (d *Desk) rule(ctx context.Context, who staff.Account, did, why string, list []Seen, say func(*content.Entry, map[string]Version) (*Approval, error)) error {
	if err := may(who, staff.Reviewer); err != nil {
		return err
	}
	if len(list) == 0 || len(list) > MaxAtOnce {
		return fmt.Errorf("%d entries at once, want 1 to %d", len(list), MaxAtOnce)
	}
	now, err := d.current(ctx)
	if err != nil {
		return err
	}
	approvals := make(map[string]*Approval, len(list))
	ids := make([]string, len(list))
	var problems []error
	for i, seen := range list {
		e, ok := now.lib.Entry(seen.Entry)
		switch {
		case !ok:
			problems = append(problems, fmt.Errorf("%w: %s", ErrNone, seen.Entry))
			continue
		case seen.Hash != "" && seen.Hash != e.Hash:
			problems = append(problems, fmt.Errorf("%w: %s reads otherwise than it was seen", ErrMoved, seen.Entry))
			continue
		}
		ids[i] = e.ID
		if approvals[e.ID], err = say(e, now.laid); err != nil {
			problems = append(problems, err)
		}
	}
	if err := errors.Join(problems...); err != nil {
		return err
	}
	return d.Config.Approvals.Approve(ctx, approvals, staff.Draft{
		At: d.Now(), Who: who.Name, Did: did, What: strings.Join(ids, " "), Note: why,
	})
}

// Waiting counts the entries of a library that are not approved as they read.
func Waiting(lib *content.Library, approved map[string]Approval) (n int) {
	for _, e := range lib.Entries() {
		if !approved[e.ID].Is(e) {
			n++
		}
	}
	return n
}
