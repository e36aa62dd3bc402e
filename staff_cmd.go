package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/chzyer/readline"

	"pufa/staff"
	"pufa/store"
)

// staff manages accounts and checks the audit trail. Whoever can run it on the
// server can read the data anyway, so these commands ask for no account; the
// trail says that they were run at the terminal.
func (p program) staff(ctx context.Context, args []string) error {
	deeds := map[string]func(program, context.Context, []string) error{
		"add": program.staffAdd, "list": program.staffList, "reset": program.staffReset,
		"disable": program.staffDisable, "audit": program.staffAudit,
	}
	if len(args) == 0 || deeds[args[0]] == nil {
		return usagef("staff: want pufa staff add, list, reset, disable or audit")
	}
	return deeds[args[0]](p, ctx, args[1:])
}

// withOffice opens the store for work on accounts.
func (p program) withOffice(ctx context.Context, do func(*staff.Office, *store.Store) error) error {
	return p.withStore(ctx, func(st *store.Store) error {
		return do(staff.NewOffice(st, staff.NewHasher(), nil), st)
	})
}

func (p program) staffAdd(ctx context.Context, args []string) error {
	f := p.newFlags("staff add", "--roles ROLES NAME")
	roleText := f.String("roles", "", "`roles` divided by commas: 编辑 审核 发布 查看 管理")
	if err := f.parse(args, 1); err != nil {
		return shown(err)
	}
	if f.NArg() != 1 || *roleText == "" {
		return usagef("staff add: want pufa staff add --roles 编辑,审核 NAME")
	}
	roles, err := staff.ParseRoles(*roleText)
	if err != nil {
		return usagef("staff add: --roles: %v", err)
	}
	password, err := p.newPassword(f.Arg(0))
	if err != nil {
		return err
	}
	err = p.withOffice(ctx, func(o *staff.Office, _ *store.Store) error {
		return o.Add(ctx, staff.Terminal, f.Arg(0), password, roles)
	})
	return p.told(err, "账号「%s」已建好。\n", f.Arg(0))
}

func (p program) staffReset(ctx context.Context, args []string) error {
	f := p.newFlags("staff reset", "NAME")
	if err := f.parse(args, 1); err != nil {
		return shown(err)
	}
	if f.NArg() != 1 {
		return usagef("staff reset: name the account: pufa staff reset NAME")
	}
	password, err := p.newPassword(f.Arg(0))
	if err != nil {
		return err
	}
	err = p.withOffice(ctx, func(o *staff.Office, _ *store.Store) error {
		return o.Reset(ctx, staff.Terminal, f.Arg(0), password)
	})
	return p.told(err, "「%s」的口令已换。\n", f.Arg(0))
}

func (p program) staffDisable(ctx context.Context, args []string) error {
	f := p.newFlags("staff disable", "NAME")
	if err := f.parse(args, 1); err != nil {
		return shown(err)
	}
	if f.NArg() != 1 {
		return usagef("staff disable: name the account: pufa staff disable NAME")
	}
	err := p.withOffice(ctx, func(o *staff.Office, _ *store.Store) error {
		return o.Disable(ctx, staff.Terminal, f.Arg(0))
	})
	return p.told(err, "账号「%s」已停用。\n", f.Arg(0))
}

func (p program) staffList(ctx context.Context, args []string) error {
	f := p.newFlags("staff list", "")
	if err := f.parse(args, 0); err != nil {
		return shown(err)
	}
	var list []staff.Account
	err := p.withStore(ctx, func(st *store.Store) (err error) {
		list, err = st.Accounts(ctx)
		return err
	})
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "姓名\t角色\t建立\t状态")
	for _, a := range list {
		state := "在用"
		if a.Disabled {
			state = "停用"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", a.Name, joined(a.Roles), a.Created.In(zone).Format(time.DateOnly), state)
	}
	return table.Flush()
}

func joined(roles []staff.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return strings.Join(names, ",")
}

// staffAudit verifies the trail; with --list it also prints it.
func (p program) staffAudit(ctx context.Context, args []string) error {
	f := p.newFlags("staff audit", "[--list]")
	list := f.Bool("list", false, "print every step")
	if err := f.parse(args, 0); err != nil {
		return shown(err)
	}
	return p.withOffice(ctx, func(o *staff.Office, st *store.Store) error {
		if *list {
			if err := st.Trail(ctx, p.printStep); err != nil {
				return err
			}
		}
		n, err := o.Verify(ctx)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.stdout, "审计记录完整：%d 条\n", n)
		return err
	})
}

func (p program) printStep(s staff.Step) error {
	_, err := fmt.Fprintf(p.stdout, "%d\t%s\t%s\t%s\t%s\t%s\n",
		s.N, s.At.In(zone).Format(time.DateTime), s.Who, s.Did, s.What, s.Note)
	return err
}

// told prints a sentence when nothing went wrong.
func (p program) told(err error, format string, args ...any) error {
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, format, args...)
	return err
}

// newPassword asks for a password twice on a terminal, once from a pipe.
func (p program) newPassword(name string) (string, error) {
	first, err := p.password("新口令（至少10个字）: ")
	if err != nil {
		return "", err
	}
	if err := staff.CheckPassword(name, first); err != nil {
		return "", err
	}
	if !p.atTerminal() {
		return first, nil
	}
	again, err := p.password("再输一遍: ")
	if err != nil {
		return "", err
	}
	if again != first {
		return "", errors.New("the two passwords differ: nothing was changed")
	}
	return first, nil
}

func (p program) atTerminal() bool {
	file, ok := p.stdin.(*os.File)
	return ok && readline.IsTerminal(int(file.Fd()))
}

// maxPasswordLine is the longest line that is read as a password, in bytes.
const maxPasswordLine = 1024

// password reads one password: unseen on a terminal, else the next line.
func (p program) password(prompt string) (string, error) {
	if p.atTerminal() {
		typed, err := readline.Password(prompt)
		if err != nil {
			return "", fmt.Errorf("read password: %w", err)
		}
		return string(typed), nil
	}
	line, err := bufio.NewReader(io.LimitReader(p.stdin, maxPasswordLine)).ReadString('\n')
	if err != nil && (!errors.Is(err, io.EOF) || line == "") {
		return "", errors.New("no password on the standard input")
	}
	return strings.TrimRight(line, "\r\n"), nil
}
