package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"pufa/campaign"
	"pufa/config"
	"pufa/content"
	"pufa/staff"
	"pufa/store"
)

// campaign is where staff work on theme pushes at the terminal, by the rules of
// campaign.Desk. Looking needs no account: whoever runs it on the server can
// read the data anyway. Every deed asks for one.
func (p program) campaign(ctx context.Context, args []string) error {
	deeds := map[string]func(program, context.Context, []string) error{
		"list": program.campaignList, "plan": program.campaignPlan, "show": program.campaignShow,
		"new": program.campaignNew, "edit": program.campaignEdit, "preview": program.campaignPreview,
		"submit": program.campaignSubmit, "approve": program.campaignApprove, "return": program.campaignReturn,
		"schedule": program.campaignSchedule, "pause": program.campaignPause, "resume": program.campaignResume,
		"cancel": program.campaignCancel, "settle": program.campaignSettle, "allow": program.campaignAllow,
	}
	if len(args) == 0 || deeds[args[0]] == nil {
		return usagef("campaign: want pufa campaign list, plan, show, new, edit, preview, submit, approve, return, schedule, pause, resume, cancel, settle or allow")
	}
	return deeds[args[0]](p, ctx, args[1:])
}

// campaignFlags are those that every campaign command has.
type campaignFlags struct {
	flags
	as   *string
	demo *bool
	bare bool // the command looks at no entry: the library is not loaded
}

// newCampaignFlags makes them; role is empty where no account is asked.
func (p program) newCampaignFlags(name, args, role string) campaignFlags {
	f := campaignFlags{flags: p.newFlags("campaign "+name, args)}
	f.demo = f.Bool("demo", false, "the campaigns of the demonstration that runs (pufa serve --demo)")
	f.as = new(string)
	if role != "" {
		f.StringVar(f.as, "as", "", "the `name` of an account with the role "+role+"; its password is asked")
	}
	return f
}

// one reads the flags and the one campaign they are followed by.
func (f campaignFlags) one(args []string, withAccount bool) (id string, err error) {
	if err := f.parse(args, 1); err != nil {
		return "", err
	}
	if f.NArg() != 1 || withAccount && *f.as == "" {
		return "", usagef("%s: want pufa %s %s", f.Name(), f.Name(), f.args)
	}
	return f.Arg(0), nil
}

// pushDesk is the desk of campaigns opened for one command.
type pushDesk struct {
	*campaign.Desk
	settings config.Settings
	store    *store.Store
	library  *content.Library
	who      campaign.Actor
	now      func() time.Time
}

// atCampaigns opens the store, asks the password of the account that the flags
// name, and lets it work at the desk of campaigns. What the desk says no to is
// said in Chinese.
func (p program) atCampaigns(ctx context.Context, f campaignFlags, do func(program, pushDesk) error) error {
	p, err := p.whichCampaigns(*f.demo)
	if err != nil {
		return err
	}
	settings, err := p.settings()
	if err != nil {
		return err
	}
	password := ""
	if *f.as != "" {
		if password, err = p.password("「" + *f.as + "」的口令: "); err != nil {
			return err
		}
	}
	err = p.withOffice(ctx, func(o *staff.Office, st *store.Store) error {
		who := campaign.Actor{Name: staff.Terminal, May: func(r campaign.Right) bool { return r == campaign.Look }}
		if *f.as != "" {
			account, err := o.SignIn(ctx, *f.as, password)
			if err != nil {
				return err
			}
			who = actorOf(account)
		}
		desk, err := p.pushDesk(ctx, settings, st, f.bare)
		if err != nil {
			return err
		}
		desk.who = who
		return do(p, desk)
	})
	return saidByDesk(err)
}

// whichCampaigns are those of the service, or of its demonstration.
func (p program) whichCampaigns(demo bool) (program, error) {
	if demo {
		return p.inDemo()
	}
	return p, nil
}

// saidByDesk is an error of the desk in its own words.
func saidByDesk(err error) error {
	if said := campaign.Say(err); said != "" {
		return errors.New(said)
	}
	return err
}

// pushDesk makes the desk over the library that residents read now.
func (p program) pushDesk(ctx context.Context, s config.Settings, st *store.Store, bare bool) (pushDesk, error) {
	if bare {
		none := campaignShelf{library: func() *content.Library { return &content.Library{} }}
		return pushDesk{Desk: campaignDesk(s, st, none, p.now), settings: s, store: st, now: p.now}, nil
	}
	laid, _, err := st.Laid(ctx)
	if err != nil {
		return pushDesk{}, err
	}
	lib, left, err := p.lay(textsOfVersions(laid))
	if err != nil {
		return pushDesk{}, err
	}
	for _, out := range left {
		p.note("%s as staff released it is left out: %v", out.Entry, out.Why)
	}
	approvals, _, err := st.Approvals(ctx)
	if err != nil {
		return pushDesk{}, err
	}
	shelf := campaignShelf{
		library:   func() *content.Library { return lib },
		approved:  func(e *content.Entry) bool { return approvals[e.ID].Is(e) },
		takenDown: func(e *content.Entry) bool { return approvals[e.ID].Down },
	}
	return pushDesk{Desk: campaignDesk(s, st, shelf, p.now), settings: s, store: st, library: lib, now: p.now}, nil
}

// campaignList prints the campaigns of a year, or of a theme.
func (p program) campaignList(ctx context.Context, args []string) error {
	f := p.newCampaignFlags("list", "[--year Y] [--theme T] [--status S]", "")
	year := f.Int("year", 0, "only those of a `year`")
	theme := f.String("theme", "", "only those of a `theme`: 3.8, 3.15, 12.4, 反诈")
	status := f.String("status", "", "only those in a `state`, in Chinese as it is listed, like 待审核")
	f.bare = true
	if err := f.parse(args, 0); err != nil {
		return shown(err)
	}
	return p.atCampaigns(ctx, f, func(p program, d pushDesk) error {
		list, err := d.List(ctx, d.who, filterOf(*theme, *year))
		if err != nil {
			return err
		}
		if why, err := d.store.Stopped(ctx); err != nil {
			return err
		} else if why != "" {
			fmt.Fprintf(p.stdout, "发送已全部停止，要有人处理后用 pufa campaign allow 放行。原因：%s\n", why)
		}
		return printCampaigns(p.stdout, list, *status)
	})
}

func filterOf(theme string, year int) campaign.Filter {
	f := campaign.Filter{Theme: theme}
	if year != 0 {
		f.From = time.Date(year, 1, 1, 0, 0, 0, 0, zone)
		f.To = f.From.AddDate(1, 0, 0)
	}
	return f
}

func printCampaigns(w io.Writer, list []campaign.Campaign, status string) error {
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "编号\t状态\t渠道\t推送时间\t名称")
	for _, c := range list {
		if status == "" || status == c.Status.Chinese() {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", c.ID, c.Status.Chinese(), c.Channel.Chinese(), dueText(c), c.Title)
		}
	}
	return table.Flush()
}

func dueText(c campaign.Campaign) string {
	if c.Due.IsZero() {
		return "未定"
	}
	return minuteText(c.Due)
}

// minuteForm is how moments are written and read.
const minuteForm = "2006-01-02 15:04"

func minuteText(t time.Time) string { return t.In(zone).Format(minuteForm) }

// campaignPlan proposes drafts for a year, and keeps them with --keep.
func (p program) campaignPlan(ctx context.Context, args []string) error {
	f := p.newCampaignFlags("plan", "--year Y [--theme T] [--keep --as NAME]", "编辑")
	year := f.Int("year", 0, "the `year` to plan")
	theme := f.String("theme", "", "only a `theme`: 3.8, 3.15, 12.4, 反诈")
	keep := f.Bool("keep", false, "keep the proposals as drafts; what is kept already stays as it is")
	if err := f.parse(args, 0); err != nil {
		return shown(err)
	}
	if *year == 0 || *keep != (*f.as != "") {
		return usagef("campaign plan: want --year Y, and --keep only together with --as NAME")
	}
	return p.atCampaigns(ctx, f, func(p program, d pushDesk) error {
		list, err := campaign.Propose(*year, d.library, campaign.Options{Author: d.who.Name, Account: d.Rules().Account, From: p.now()})
		if err != nil {
			return err
		}
		var chosen []campaign.Proposal
		for _, proposal := range list {
			if *theme == "" || proposal.Campaign.Theme == *theme {
				chosen = append(chosen, proposal)
			}
		}
		if *keep {
			return p.keepPlan(ctx, d, chosen)
		}
		for _, proposal := range chosen {
			printProposal(p.stdout, proposal)
		}
		_, err = fmt.Fprintf(p.stdout, "%d年可拟%d次推送。这些只是建议：加 --keep --as 姓名 存为草稿，之后仍要提交、由别人审核、再排期。\n", *year, len(chosen))
		return err
	})
}

func printProposal(w io.Writer, proposal campaign.Proposal) {
	c := proposal.Campaign
	fmt.Fprintf(w, "%s  %s  %s\n", dueText(c), c.Channel.Chinese(), c.Title)
	fmt.Fprintf(w, "  编号：%s\n  缘由：%s\n", c.ID, proposal.Why)
	for _, note := range proposal.Notes {
		fmt.Fprintf(w, "  注意：%s\n", note)
	}
}

// keepPlan keeps those proposals that are not kept yet. Ids depend on year and
// day alone, so that a second call doubles nothing.
func (p program) keepPlan(ctx context.Context, d pushDesk, list []campaign.Proposal) error {
	kept, there := 0, 0
	for _, proposal := range list {
		_, err := d.store.Campaign(ctx, proposal.Campaign.ID)
		if err == nil {
			there++
			continue
		}
		if !errors.Is(err, campaign.ErrUnknown) {
			return err
		}
		if _, err := d.Create(ctx, d.who, proposal.Campaign); err != nil {
			return fmt.Errorf("存了%d个以后停在「%s」：%w", kept, proposal.Campaign.ID, saidByDesk(err))
		}
		kept++
	}
	_, err := fmt.Fprintf(p.stdout, "存为草稿%d个；原来已有%d个，没有动。\n", kept, there)
	return err
}

// join lists words in Chinese.
func join(list []string) string { return strings.Join(list, "、") }
