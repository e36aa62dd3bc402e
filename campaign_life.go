package main

import (
	"context"
	"fmt"
	"strings"

	"pufa/campaign"
	"pufa/deliver"
	"pufa/staff"
)

// minSeen is how much of a campaign's sum a person must give to approve it.
const minSeen = 8

// seenCode is the part of a campaign's sum that people read and type.
func seenCode(c campaign.Campaign) string { return c.Hash()[:minSeen] }

// campaignDeed is a command that does one thing to one campaign. With why the
// reason is asked for.
func (p program) campaignDeed(ctx context.Context, name, role string, why bool, args []string,
	do func(d pushDesk, id, reason string) (campaign.Campaign, error), told string,
) error {
	usage, reason := "--as NAME ID", ""
	if why {
		usage = "--as NAME --why TEXT ID"
	}
	f := p.newCampaignFlags(name, usage, role)
	f.bare = name != "submit" && name != "schedule"
	if why {
		f.StringVar(&reason, "why", "", "the `reason`, kept in the trail")
	}
	id, err := f.one(args, true)
	if err != nil {
		return shown(err)
	}
	return p.atCampaigns(ctx, f, func(p program, d pushDesk) error {
		c, err := do(d, id, reason)
		return p.told(err, told+"现在是「%s」。\n", c.Title, c.Status.Chinese())
	})
}

func (p program) campaignSubmit(ctx context.Context, args []string) error {
	return p.campaignDeed(ctx, "submit", "编辑", false, args, func(d pushDesk, id, _ string) (campaign.Campaign, error) {
		return d.Submit(ctx, d.who, id)
	}, "「%s」已提交，请另一位工作人员审核，")
}

func (p program) campaignReturn(ctx context.Context, args []string) error {
	return p.campaignDeed(ctx, "return", "审核", true, args, func(d pushDesk, id, reason string) (campaign.Campaign, error) {
		return d.Return(ctx, d.who, id, reason)
	}, "「%s」已退回作者，")
}

func (p program) campaignSchedule(ctx context.Context, args []string) error {
	return p.campaignDeed(ctx, "schedule", "发布", false, args, func(d pushDesk, id, _ string) (campaign.Campaign, error) {
		return d.Schedule(ctx, d.who, id)
	}, "「%s」已排期，到时间自动推送，")
}

func (p program) campaignPause(ctx context.Context, args []string) error {
	return p.campaignDeed(ctx, "pause", "发布", true, args, func(d pushDesk, id, reason string) (campaign.Campaign, error) {
		return d.Pause(ctx, d.who, id, reason)
	}, "「%s」已暂停，")
}

func (p program) campaignResume(ctx context.Context, args []string) error {
	return p.campaignDeed(ctx, "resume", "发布", false, args, func(d pushDesk, id, _ string) (campaign.Campaign, error) {
		return d.Resume(ctx, d.who, id)
	}, "「%s」已恢复，")
}

func (p program) campaignCancel(ctx context.Context, args []string) error {
	return p.campaignDeed(ctx, "cancel", "发布 (of a draft also 编辑)", true, args, func(d pushDesk, id, reason string) (campaign.Campaign, error) {
		return d.Cancel(ctx, d.who, id, reason)
	}, "「%s」已取消，")
}

// campaignApprove agrees to exactly what the person saw: `campaign show` prints
// the code of it, and another text has another code.
func (p program) campaignApprove(ctx context.Context, args []string) error {
	f := p.newCampaignFlags("approve", "--as NAME --seen CODE ID", "审核")
	seen := f.String("seen", "", "the 校验码 that `campaign show` prints under what you read")
	id, err := f.one(args, true)
	if err != nil {
		return shown(err)
	}
	if len(*seen) < minSeen {
		return usagef("campaign approve: --seen: 请先用 pufa campaign show %s 看过内容，再填那里的校验码", id)
	}
	return p.atCampaigns(ctx, f, func(p program, d pushDesk) error {
		c, err := d.store.Campaign(ctx, id)
		if err != nil {
			return err
		}
		hash := *seen
		if strings.HasPrefix(c.Hash(), strings.ToLower(*seen)) {
			hash = c.Hash()
		}
		c, err = d.Approve(ctx, d.who, id, hash)
		return p.told(err, "「%s」已审核%s，现在是「%s」。请有「发布」角色的人排期。\n", c.Title, aloneText(c), c.Status.Chinese())
	})
}

func aloneText(c campaign.Campaign) string {
	if c.Approval != nil && c.Approval.Alone {
		return "（一人审批，12小时后才能排期）"
	}
	return ""
}

// campaignSettle ends a campaign in doubt as a person found it.
func (p program) campaignSettle(ctx context.Context, args []string) error {
	f := p.newCampaignFlags("settle", "--as NAME --result 已完成|部分完成|失败 --why TEXT ID", "发布")
	result := f.String("result", "", "已完成, 部分完成 or 失败, as the platform's own page says")
	why := f.String("why", "", "what you saw, kept in the trail")
	f.bare = true
	id, err := f.one(args, true)
	if err != nil {
		return shown(err)
	}
	as, ok := map[string]campaign.Status{"已完成": campaign.Done, "部分完成": campaign.Partly, "失败": campaign.Failed}[*result]
	if !ok {
		return usagef("campaign settle: --result %q: want 已完成, 部分完成 or 失败", *result)
	}
	return p.atCampaigns(ctx, f, func(p program, d pushDesk) error {
		c, err := d.Settle(ctx, d.who, id, as, *why)
		if err == nil && c.Channel.PerFollower() {
			err = d.settleFollowers(ctx, c, as)
		}
		return p.told(err, "「%s」已核实为「%s」。\n", c.Title, c.Status.Chinese())
	})
}

// settleFollowers gives those who were in doubt the fate that staff decided. Of
// a campaign that reached some, nobody knows whom: they stay in doubt.
func (d pushDesk) settleFollowers(ctx context.Context, c campaign.Campaign, as campaign.Status) error {
	fate, ok := map[campaign.Status]campaign.Fate{campaign.Done: campaign.Accepted, campaign.Failed: campaign.FailedFate}[as]
	if !ok {
		return nil
	}
	if _, err := d.store.SettleDoubts(ctx, c.ID, fate); err != nil {
		return err
	}
	progress, err := d.store.SendProgress(ctx, c.ID)
	if err != nil || len(progress) == 0 {
		return err
	}
	c.Sent.Tally = deliver.Tally(progress)
	_, err = d.store.Put(ctx, c, campaign.Deed{})
	return err
}

// campaignAllow lets sending go on after the platform restricted the account
// and somebody mended that.
func (p program) campaignAllow(ctx context.Context, args []string) error {
	f := p.newCampaignFlags("allow", "--as NAME --why TEXT", "发布")
	why := f.String("why", "", "what was mended, kept in the trail")
	f.bare = true
	if err := f.parse(args, 0); err != nil {
		return shown(err)
	}
	if *f.as == "" || *why == "" {
		return usagef("campaign allow: want pufa campaign allow --as NAME --why TEXT")
	}
	return p.atCampaigns(ctx, f, func(p program, d pushDesk) error {
		stopped, err := d.allow(ctx, d.who, *why)
		if err == nil && stopped == "" {
			_, err := fmt.Fprintln(p.stdout, "发送没有被停止，不用放行。")
			return err
		}
		return p.told(err, "已放行，到时间的推送会接着发。\n")
	})
}

// allow lets sending go on and returns why it was stopped; "" when it was not.
func (d pushDesk) allow(ctx context.Context, who campaign.Actor, why string) (stopped string, err error) {
	if !who.May(campaign.Release) {
		return "", &campaign.RightError{Who: who.Name, Want: []campaign.Right{campaign.Release}}
	}
	if why == "" {
		return "", campaign.ErrReason
	}
	if stopped, err = d.store.Stopped(ctx); err != nil || stopped == "" {
		return "", err
	}
	step := staff.Draft{At: d.now(), Who: who.Name, Did: "allow sending", What: stopped, Note: why}
	if err := d.store.Record(ctx, step); err != nil {
		return "", err
	}
	return stopped, d.store.AllowSending(ctx)
}
