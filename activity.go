package main

import (
	"context"
	"fmt"
	"strconv"
	"text/tabwriter"

	"pufa/staff"
	"pufa/stats"
	"pufa/store"
)

// activity keeps the register of what the office did: lectures, banners,
// visits, and the monthly counts of mediation and legal aid. Nothing in it is
// overwritten.
func (p program) activity(ctx context.Context, args []string) error {
	deeds := map[string]func(program, context.Context, []string) error{
		"add": program.activityAdd, "correct": program.activityCorrect, "confirm": program.activityConfirm, "list": program.activityList,
	}
	if len(args) == 0 || deeds[args[0]] == nil {
		return usagef("activity: want pufa activity add, correct, confirm or list")
	}
	return deeds[args[0]](p, ctx, args[1:])
}

// register makes a flag for each field of an activity.
func (f flags) register(a *stats.Activity) {
	f.StringVar(&a.Kind, "kind", a.Kind, "`kind`: 宣讲会 法治讲座 进社区 进家庭 进企业 进学校 入户 横幅 海报 电子屏 微课 专题学习 人民调解 法律援助")
	f.StringVar(&a.On, "on", a.On, "`day`, like 2026-03-08; of 人民调解 and 法律援助 the month, like 2026-03")
	f.StringVar(&a.Place, "place", a.Place, "where; no names of residents")
	f.StringVar(&a.Theme, "theme", a.Theme, "`theme`, like 3.8, 3.15, 反诈, 12.4 or in your words")
	f.Int64Var(&a.Quantity, "quantity", a.Quantity, "how many: 场, 条, 张, 户…; 1 when left out")
	f.Int64Var(&a.People, "people", a.People, "how many people it reached; 0 when nobody counted")
	f.BoolVar(&a.Estimated, "estimated", a.Estimated, "the people were estimated, not counted")
	f.StringVar(&a.Material, "material", a.Material, "what was given out")
	f.Int64Var(&a.Items, "items", a.Items, "how many pieces of it")
	f.StringVar(&a.Ref, "ref", a.Ref, "number or name of the photo or document that proves it")
	f.Int64Var(&a.Accepted, "accepted", a.Accepted, "受理, of a month's 人民调解 or 法律援助")
	f.Int64Var(&a.Succeeded, "succeeded", a.Succeeded, "成功: agreements reached, or aid granted")
}

// settle gives an activity of a day its usual quantity.
func settle(a stats.Activity) stats.Activity {
	if kind, ok := stats.KindOf(a.Kind); ok && !kind.Monthly && a.Quantity == 0 {
		a.Quantity = 1
	}
	return a
}

func (p program) activityAdd(ctx context.Context, args []string) error {
	f := p.newFlags("activity add", "--as NAME --kind K --on D …")
	as := f.String("as", "", "the `name` of an account with the role 编辑; its password is asked")
	var a stats.Activity
	f.register(&a)
	if err := f.parse(args, 0); err != nil {
		return shown(err)
	}
	if *as == "" || a.Kind == "" || a.On == "" {
		return usagef("activity add: want --as NAME --kind 宣讲会 --on 2026-03-08 --place …")
	}
	a = settle(a)
	if err := a.Check(p.now()); err != nil {
		return err
	}
	line, err := p.keepActivity(ctx, *as, staff.Editor, func(who string, r *stats.Register) (stats.ActivityLine, error) {
		return r.Enter(who, p.now(), a)
	})
	return p.told(err, "已登记为第%d号，请另一位工作人员核实。\n", line.Of)
}

// activityCorrect changes what the flags name and leaves the rest as it is; or
// it withdraws the activity.
func (p program) activityCorrect(ctx context.Context, args []string) error {
	f := p.newFlags("activity correct", "--as NAME [--withdraw] [--why TEXT] [--people N …] NUMBER")
	as := f.String("as", "", "the `name` of an account with the role 编辑; its password is asked")
	why := f.String("why", "", "the reason, kept with the correction")
	withdraw := f.Bool("withdraw", false, "take the activity out of every figure")
	f.register(&stats.Activity{})
	if err := f.parse(args, 1); err != nil {
		return shown(err)
	}
	number, err := numberOf("activity correct", f)
	if err != nil || *as == "" {
		return usagef("activity correct: want --as NAME, what changes, and the activity's number")
	}
	line, err := p.keepActivity(ctx, *as, staff.Editor, func(who string, r *stats.Register) (stats.ActivityLine, error) {
		if *withdraw {
			return r.Withdraw(who, p.now(), number, *why)
		}
		e, err := r.Get(number)
		if err != nil {
			return stats.ActivityLine{}, err
		}
		again := p.newFlags("activity correct", "")
		a := e.Activity
		again.extra()
		again.register(&a)
		if err := again.parse(args, 1); err != nil {
			return stats.ActivityLine{}, err
		}
		return r.Correct(who, p.now(), number, a, *why)
	})
	if *withdraw {
		return p.told(err, "第%d号已撤销，原来的登记仍留在台账里。\n", line.Of)
	}
	return p.told(err, "第%d号已更正，请另一位工作人员重新核实。\n", line.Of)
}

// extra takes the flags of a correction that are no field of an activity, when
// the line is read a second time over the activity as it is.
func (f flags) extra() {
	for _, name := range []string{"as", "why"} {
		f.String(name, "", "")
	}
	f.Bool("withdraw", false, "")
}

func numberOf(command string, f flags) (int64, error) {
	n, err := strconv.ParseInt(f.Arg(0), 10, 64)
	if err != nil || n < 1 {
		return 0, usagef("%s: want the activity's number, as pufa activity list shows it", command)
	}
	return n, nil
}

func (p program) activityConfirm(ctx context.Context, args []string) error {
	f := p.newFlags("activity confirm", "--as NAME NUMBER")
	as := f.String("as", "", "the `name` of an account with the role 审核, not of who entered it; its password is asked")
	if err := f.parse(args, 1); err != nil {
		return shown(err)
	}
	number, err := numberOf("activity confirm", f)
	if err != nil || *as == "" {
		return usagef("activity confirm: want --as NAME and the activity's number")
	}
	line, err := p.keepActivity(ctx, *as, staff.Reviewer, func(who string, r *stats.Register) (stats.ActivityLine, error) {
		return r.Confirm(who, p.now(), number, 0)
	})
	return p.told(err, "第%d号已核实。\n", line.Of)
}

// keepActivity asks the password and writes one line as that person.
func (p program) keepActivity(ctx context.Context, as string, role staff.Role, line func(string, *stats.Register) (stats.ActivityLine, error)) (kept stats.ActivityLine, err error) {
	password, err := p.password("「" + as + "」的口令: ")
	if err != nil {
		return kept, err
	}
	err = p.withOffice(ctx, func(o *staff.Office, st *store.Store) error {
		who, err := o.As(ctx, as, password, role)
		if err != nil {
			return fmt.Errorf("work on activities as %s: %w", as, err)
		}
		kept, err = st.KeepActivity(ctx, func(r *stats.Register) (stats.ActivityLine, error) { return line(who.Name, r) })
		return err
	})
	return kept, err
}

// activityList prints the register as its newest lines have it.
func (p program) activityList(ctx context.Context, args []string) error {
	f := p.newFlags("activity list", "[--from D --to D]")
	from := f.String("from", "", "first `day`")
	to := f.String("to", "", "last `day`, included")
	if err := f.parse(args, 0); err != nil {
		return shown(err)
	}
	for name, text := range map[string]string{"from": *from, "to": *to} {
		if text == "" {
			continue
		}
		if _, err := day(name, text); err != nil {
			return err
		}
	}
	var register *stats.Register
	err := p.withStore(ctx, func(st *store.Store) (err error) {
		register, err = st.Activities(ctx)
		return err
	})
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "编号\t日期\t种类\t地点\t主题\t数量\t人次\t资料\t凭证\t登记\t核实\t更正")
	for _, e := range register.List() {
		if *from != "" && e.On < (*from)[:len(e.On)] || *to != "" && e.On > *to {
			continue
		}
		fmt.Fprintln(table, rowOf(e))
	}
	return table.Flush()
}

// rowOf is one line of the list.
func rowOf(e stats.Entered) string {
	kind, _ := stats.KindOf(e.Kind)
	quantity, people := fmt.Sprint(e.Quantity, kind.Unit), "未登记"
	if kind.Monthly {
		quantity, people = fmt.Sprintf("受理%d件、成功%d件", e.Accepted, e.Succeeded), ""
	}
	if e.People > 0 {
		people = strconv.FormatInt(e.People, 10)
	}
	if e.Estimated {
		people += "（估计）"
	}
	material := e.Material
	if e.Items > 0 {
		material = fmt.Sprintf("%s%d份", e.Material, e.Items)
	}
	confirmed := e.ConfirmedBy
	if confirmed == "" {
		confirmed = "未核实"
	}
	return fmt.Sprintf("%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d次",
		e.Number, e.On, e.Kind, e.Place, e.Theme, quantity, people, material, e.Ref, e.By, confirmed, e.Corrections)
}
