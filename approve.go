package main

import (
	"context"
	"errors"
	"strings"

	"pufa/content"
	"pufa/content/edit"
	"pufa/staff"
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
	r := word(*withdraw, *down)
	var waiting int
	err = p.atDesk(ctx, *as, func(d *edit.Desk, who staff.Account) error {
		if err := r.do(ctx, d, who, entries); err != nil {
			return err
		}
		approved, _, err := d.Approvals.Approvals(ctx)
		waiting = edit.Waiting(lib, approved)
		return err
	})
	return p.told(err, "%s %d 条；还有 %d 条待审核。\n", r.told, len(entries), waiting)
}

// ruling is what is said of entries.
type ruling struct {
	told string
	do   func(context.Context, *edit.Desk, staff.Account, []*content.Entry) error
}

func word(withdraw, down bool) ruling {
	switch {
	case down:
		return ruling{"已下线", func(ctx context.Context, d *edit.Desk, who staff.Account, list []*content.Entry) error {
			return d.TakeDown(ctx, who, "", idsOf(list)...)
		}}
	case withdraw:
		return ruling{"已撤回审核", func(ctx context.Context, d *edit.Desk, who staff.Account, list []*content.Entry) error {
			return d.Withdraw(ctx, who, idsOf(list)...)
		}}
	default:
		return ruling{"已审核", func(ctx context.Context, d *edit.Desk, who staff.Account, list []*content.Entry) error {
			seen := make([]edit.Seen, len(list))
			for i, e := range list {
				seen[i] = edit.Seen{Entry: e.ID, Hash: e.Hash}
			}
			return d.Approve(ctx, who, seen...)
		}}
	}
}

func idsOf(list []*content.Entry) []string {
	ids := make([]string, len(list))
	for i, e := range list {
		ids[i] = e.ID
	}
	return ids
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
