package console

import (
	"context"
	"fmt"
	"time"

	"pufa/content"
	"pufa/content/edit"
	"pufa/staff"
)

// WaitingContent tells of entries that wait for somebody.
type WaitingContent struct {
	Content *Content
	Now     func() time.Time
}

// Waiting counts drafts to check, versions to release, entries that the street
// has not approved, and entries that stopped answering or will soon.
func (w WaitingContent) Waiting(ctx context.Context, who staff.Account) ([]Wait, error) {
	if !who.May(staff.Reviewer) && !who.May(staff.Editor) {
		return nil, nil
	}
	heads, err := w.Content.Desk.Shelf.Heads(ctx)
	if err != nil {
		return nil, fmt.Errorf("read versions: %w", err)
	}
	approved, _, err := w.Content.Desk.Approvals.Approvals(ctx)
	if err != nil {
		return nil, fmt.Errorf("read approvals: %w", err)
	}
	lib := w.Content.Live.Library()
	stopped, due := w.standing(lib)
	list := []Wait{
		{Name: "停答的条目", Count: stopped, Text: "依据已变，或太久没复核，居民问到时不作答。", URL: contentPath + "?state=" + isStopped, Grade: Bad},
		{Name: "快到复核日的条目", Count: due, Text: "过了复核日六十天就停答。", URL: contentPath + "?state=" + isDue},
	}
	if !who.May(staff.Reviewer) {
		return append(list, Wait{Name: "被退回的草稿", Count: returned(heads, who.Name), Text: "看过原因，改好再存。", URL: contentPath}), nil
	}
	check, release := open(heads, who.Name)
	return append(
		list,
		Wait{Name: "待核对的草稿", Count: check, Text: "别人写的，请对着法条核对。", URL: approvePath},
		Wait{Name: "待发布的条目", Count: release, Text: "核对过了，发布以后居民才看得到。", URL: approvePath + "?show=" + showRelease},
		Wait{Name: "待本街道审核的条目", Count: edit.Waiting(lib, approved), Text: "随程序带来的答案，审核以后不再标“待审核”。", URL: approvePath + "?show=" + showStreet},
	), nil
}

func (w WaitingContent) standing(lib *content.Library) (stopped, due int) {
	now := w.Now()
	soon := dateOf(now.AddDate(0, 0, dueSoon))
	for _, e := range lib.Entries() {
		switch standing := w.Content.Live.Standing(e, now); {
		case standing == content.Lapsed || standing == content.Stale:
			stopped++
		case standing != content.TakenDown && e.ReviewDue <= soon:
			due++
		}
	}
	return stopped, due
}

// open counts what somebody else wrote and waits to be checked or released.
func open(heads []edit.Head, name string) (check, release int) {
	for _, h := range heads {
		switch {
		case h.Author == name:
		case h.State == edit.Draft:
			check++
		case h.State == edit.Checked:
			release++
		}
	}
	return check, release
}

func returned(heads []edit.Head, name string) (n int) {
	for _, h := range heads {
		if h.Author == name && h.State == edit.Returned {
			n++
		}
	}
	return n
}
