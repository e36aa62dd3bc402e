package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"pufa/content"
	"pufa/content/edit"
	"pufa/staff"
)

const editHelp = `--as NAME --reason WHY [--seen N] FILE.md…
saves entries as drafts, all of them or none; it takes the role 编辑. pufa content export writes the files. Residents
read a draft when somebody else checked and released it: pufa content check, then pufa content release.`

// contentEdit saves drafts.
func (p program) contentEdit(ctx context.Context, args []string) error {
	f := p.newFlags("content edit", editHelp)
	as, reason := asFlag(f, "编辑"), f.String("reason", "", "why the text changes")
	seen := f.Int("seen", edit.AnySeen, "the newest `version` when you began; without it no open draft of anybody else is passed over")
	if err := f.parse(args, edit.MaxAtOnce); err != nil {
		return shown(err)
	}
	if *as == "" || *reason == "" || f.NArg() == 0 {
		return usagef("content edit: want --as NAME, --reason WHY and files")
	}
	var list []edit.Proposal
	for _, name := range f.Args() {
		text, err := readEntryFile(name)
		if err != nil {
			return fmt.Errorf("content edit: %w", err)
		}
		e, err := content.ParseEntry(name, text)
		if err != nil {
			return fmt.Errorf("content edit: %w", err)
		}
		list = append(list, edit.Proposal{Entry: e.ID, Seen: *seen, Text: string(text), Reason: *reason})
	}
	return p.saveDrafts(ctx, *as, list)
}

func asFlag(f flags, role string) *string {
	return f.String("as", "", "the `name` of an account with the role "+role+"; its password is asked")
}

// saveDrafts keeps proposals and says under which numbers.
func (p program) saveDrafts(ctx context.Context, as string, list []edit.Proposal) error {
	return p.atDesk(ctx, as, func(d *edit.Desk, who staff.Account) error {
		saved, err := d.Save(ctx, who, list...)
		for _, v := range saved {
			fmt.Fprintf(p.stdout, "已存为草稿 %s\n", v.Name())
		}
		return err
	})
}

// contentCheck says that the law of drafts was checked.
func (p program) contentCheck(ctx context.Context, args []string) error {
	f := p.newFlags("content check", "--as NAME ENTRY[#VERSION]…\nsays that you checked the law of drafts that somebody else wrote. Without a version it is the newest.")
	as := asFlag(f, "审核")
	picks, err := f.picks(args, as)
	if err != nil {
		return shown(err)
	}
	return p.atDesk(ctx, *as, func(d *edit.Desk, who staff.Account) error {
		list, err := d.Check(ctx, who, picks...)
		return p.toldOf("已核对", list, err)
	})
}

// contentReturn gives drafts back.
func (p program) contentReturn(ctx context.Context, args []string) error {
	f := p.newFlags("content return", "--as NAME --reason WHY ENTRY[#VERSION]…\ngives drafts back to who wrote them.")
	as, reason := asFlag(f, "审核"), f.String("reason", "", "what is to be mended")
	picks, err := f.picks(args, as)
	if err != nil {
		return shown(err)
	}
	return p.atDesk(ctx, *as, func(d *edit.Desk, who staff.Account) error {
		list, err := d.Return(ctx, who, *reason, picks...)
		return p.toldOf("已退回", list, err)
	})
}

func (p program) toldOf(what string, list []edit.Version, err error) error {
	if err != nil {
		return err
	}
	for _, v := range list {
		mark := ""
		if v.Alone {
			mark = "（一人审批）"
		}
		fmt.Fprintf(p.stdout, "%s %s%s\n", what, v.Name(), mark)
	}
	return nil
}

const releaseHelp = `--as NAME [--override WHY] ENTRY[#VERSION]…
lets residents read checked versions, all of them or none, within two seconds. Every question of the question set
and every wording of the library is asked before: what gets a worse reply stops the release unless --override says
why it may. What was released waits for pufa content approve again.`

// contentRelease lets residents read versions.
func (p program) contentRelease(ctx context.Context, args []string) error {
	f := p.newFlags("content release", releaseHelp)
	as, override := asFlag(f, "审核"), f.String("override", "", "why it is released though questions get a worse reply")
	picks, err := f.picks(args, as)
	if err != nil {
		return shown(err)
	}
	return p.atDesk(ctx, *as, func(d *edit.Desk, who staff.Account) error {
		worse, err := d.Release(ctx, who, *override, picks...)
		p.printWorse(worse)
		var stopped *edit.WorseError
		if errors.As(err, &stopped) {
			return fmt.Errorf("nothing was released: %s get a worse reply; --override WHY releases all the same", plural(len(worse), "question", "questions"))
		}
		return p.told(err, "已发布 %d 条；文字改过，要重新审核：pufa content approve。\n", len(picks))
	})
}

const rollbackHelp = `--as NAME --reason WHY --to N ENTRY
lets residents read an earlier release again; --to 0 is the shipped text or, for an entry that is not shipped, none.
To silence an entry at once use pufa content approve --takedown.`

// contentRollback goes back to an earlier release.
func (p program) contentRollback(ctx context.Context, args []string) error {
	f := p.newFlags("content rollback", rollbackHelp)
	as, reason := asFlag(f, "审核"), f.String("reason", "", "why")
	to := f.Int("to", -1, "the `version` to go back to")
	picks, err := f.picks(args, as)
	if err != nil {
		return shown(err)
	}
	if *to < 0 || len(picks) != 1 || picks[0].Number != 0 {
		return usagef("content rollback: want --to N and one entry")
	}
	return p.atDesk(ctx, *as, func(d *edit.Desk, who staff.Account) error {
		worse, err := d.Rollback(ctx, who, picks[0].Entry, *to, *reason)
		p.printWorse(worse)
		return p.told(err, "已退回到 %s#%d。\n", picks[0].Entry, *to)
	})
}

func (p program) printWorse(list []edit.Worse) {
	for _, w := range list {
		fmt.Fprintf(p.stdout, "worse: %s: %s → %s\n", w.Question, w.Was, w.Is)
	}
}

// picks parses flags and entries like consumer/fraud or consumer/fraud#3.
func (f flags) picks(args []string, as *string) ([]edit.Pick, error) {
	if err := f.parse(args, edit.MaxAtOnce); err != nil {
		return nil, err
	}
	if *as == "" || f.NArg() == 0 {
		return nil, usagef("%s: want --as NAME and entries like consumer/fraud or consumer/fraud#3", f.Name())
	}
	var list []edit.Pick
	for _, arg := range f.Args() {
		id, text, numbered := strings.Cut(arg, "#")
		n, err := strconv.Atoi(text)
		if !content.ValidID(id) || numbered && (err != nil || n < 1) {
			return nil, usagef("%s: %q is no entry like consumer/fraud or consumer/fraud#3", f.Name(), arg)
		}
		list = append(list, edit.Pick{Entry: id, Number: n})
	}
	return list, nil
}
