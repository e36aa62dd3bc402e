package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"pufa/content"
	"pufa/staff"
	"pufa/store"
)

// contentApprove keeps the street's approval of entries: one by one, or a
// topic in one go. It is bound to the text that residents read now; an entry that
// changes has to be approved again.
func (p program) contentApprove(ctx context.Context, args []string) error {
	f := p.newFlags("content approve", "--as NAME [--withdraw | --takedown] (--topic T | ENTRY…)")
	down := f.Bool("takedown", false, "let the entries answer no more, at once, until they are approved again")
	as := f.String("as", "", "the `name` of an account with the role 审核; its password is asked")
	topic := f.String("topic", "", "all entries of a `topic`, like women")
	withdraw := f.Bool("withdraw", false, "take the approval back")
	if err := f.parse(args, maxApproved); err != nil {
		return shown(err)
	}
	if *down && *withdraw {
		return usagef("content approve: --withdraw and --takedown do not go together")
	}
	if *as == "" || (*topic == "") == (f.NArg() == 0) {
		return usagef("content approve: want --as NAME and either --topic T or entries like consumer/seven-day-return")
	}
	lib, err := p.library(ctx, true)
	if err != nil {
		return err
	}
	entries, err := chosen(lib, *topic, f.Args())
	if err != nil {
		return err
	}
	password, err := p.password("「" + *as + "」的口令: ")
	if err != nil {
		return err
	}
	var waiting int
	err = p.withOffice(ctx, func(o *staff.Office, st *store.Store) error {
		who, err := o.As(ctx, *as, password, staff.Reviewer)
		if err != nil {
			return fmt.Errorf("approve as %s: %w", *as, err)
		}
		if err := p.rule(ctx, st, who, entries, word(*withdraw, *down)); err != nil {
			return err
		}
		waiting, err = waitingFor(ctx, st, lib)
		return err
	})
	return p.told(err, "%s %d 条；还有 %d 条待审核。\n", word(*withdraw, *down).told, len(entries), waiting)
}

// ruling is what is said of entries.
type ruling struct {
	did, told string
	approval  func(staff.Account, time.Time, *content.Entry) *store.Approval
}

func word(withdraw, down bool) ruling {
	kept := func(who staff.Account, now time.Time, e *content.Entry) *store.Approval {
		return &store.Approval{
			As: who.Name, Role: string(staff.Reviewer), On: now.In(zone).Format(time.DateOnly), Hash: e.Hash, Down: down,
		}
	}
	switch {
	case down:
		return ruling{"take down entries", "已下线", kept}
	case withdraw:
		return ruling{"withdraw approval", "已撤回审核", func(staff.Account, time.Time, *content.Entry) *store.Approval { return nil }}
	default:
		return ruling{"approve entries", "已审核", kept}
	}
}

// maxApproved is how many entries one command names.
const maxApproved = 500

// chosen resolves what is to be approved; it names everything unknown at once.
func chosen(lib *content.Library, topic string, ids []string) ([]*content.Entry, error) {
	if topic != "" {
		list := lib.EntriesOf(topic)
		if len(list) == 0 {
			return nil, usagef("content approve: topic %q has no entry; topics are %s", topic, strings.Join(slugs(lib), " "))
		}
		return list, nil
	}
	var list []*content.Entry
	var unknown []error
	for _, id := range ids {
		if e, ok := lib.Entry(id); ok {
			list = append(list, e)
		} else {
			unknown = append(unknown, usagef("content approve: there is no entry %q", id))
		}
	}
	return list, errors.Join(unknown...)
}

func slugs(lib *content.Library) (list []string) {
	for _, t := range lib.Topics() {
		list = append(list, t.Slug)
	}
	return list
}

// rule keeps what is said of the entries with one step of the trail.
func (p program) rule(ctx context.Context, st *store.Store, who staff.Account, entries []*content.Entry, r ruling) error {
	now := p.now()
	approvals := make(map[string]*store.Approval, len(entries))
	ids := make([]string, len(entries))
	for i, e := range entries {
		ids[i], approvals[e.ID] = e.ID, r.approval(who, now, e)
	}
	return st.Approve(ctx, approvals, staff.Draft{At: now, Who: who.Name, Did: r.did, What: strings.Join(ids, " ")})
}

// waitingFor counts the entries that are not approved as they read now.
func waitingFor(ctx context.Context, st *store.Store, lib *content.Library) (int, error) {
	approved, _, err := st.Approvals(ctx)
	if err != nil {
		return 0, err
	}
	waiting := 0
	for _, e := range lib.Entries() {
		if !approves(approved[e.ID], e) {
			waiting++
		}
	}
	return waiting, nil
}
