package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"pufa/campaign"
	"pufa/web"
	"pufa/wechat/wechattest"
)

// The jumps of the clock.
const (
	jumpDue  = "due"  // to the next campaign that is scheduled
	jumpHour = "hour" // one hour
	jumpTen  = "ten"  // to ten o'clock of the next day
)

// nextDue is the scheduled campaign that comes first, if there is one.
func (d *demonstration) nextDue(ctx context.Context) (c campaign.Campaign, ok bool, err error) {
	list, err := d.server.store.Campaigns(ctx, campaign.Filter{Statuses: []campaign.Status{campaign.Scheduled}})
	if err != nil || len(list) == 0 {
		return c, false, err
	}
	return list[0], true, nil
}

// Page shows clock, people, campaigns, and what the platform got.
func (d *demonstration) Page(ctx context.Context) (web.DemoPage, error) {
	page := web.DemoPage{
		Now: d.clock.now().In(zone).Format("2006年1月2日 15:04"),
		Jumps: []web.Button{
			{Label: "快进一小时", Key: jumpHour}, {Label: "快进到明天上午10点", Key: jumpTen},
		},
		Steps: demoSteps(),
	}
	c, ok, err := d.nextDue(ctx)
	if err != nil {
		return page, err
	}
	if ok {
		page.Next = minuteText(c.Due) + "「" + c.Title + "」"
		page.Jumps = append([]web.Button{{Label: "快进到下一次推送", Key: jumpDue}}, page.Jumps...)
	}
	for _, person := range d.staff {
		page.People = append(page.People, web.DemoPerson{Name: person.name, Roles: joined(person.roles), Password: person.password})
	}
	list, err := d.server.store.Campaigns(ctx, campaign.Filter{})
	for _, c := range list {
		page.Campaigns = append(page.Campaigns, web.DemoCampaign{
			ID: c.ID, Status: c.Status.Chinese(), Channel: c.Channel.Chinese(), Due: dueText(c), Title: c.Title,
		})
	}
	page.Accepted = append(d.accepted(), d.answered()...)
	return page, err
}

// demoSteps lead through one campaign.
func demoSteps() []web.DemoStep {
	return []web.DemoStep{
		{Text: "看有哪些草稿，挑一个群发的编号（p1 结尾）", Command: "pufa campaign list --demo"},
		{Text: "看内容、能到谁、占什么，记下校验码", Command: "pufa campaign show --demo 编号"},
		{Text: "演示甲提交", Command: "pufa campaign submit --demo --as 演示甲 编号"},
		{Text: "演示乙审核（作者自己不行）", Command: "pufa campaign approve --demo --as 演示乙 --seen 校验码 编号"},
		{Text: "演示甲排期", Command: "pufa campaign schedule --demo --as 演示甲 编号"},
		{Text: "在这一页「快进到下一次推送」，再等十几秒，微信送来回执；然后看结果", Command: "pufa campaign show --demo 编号"},
	}
}

// accepted says what the platform was asked to send.
func (d *demonstration) accepted() (lines []string) {
	for _, m := range d.platform.MassMessages() {
		title := m.Text
		if len(m.Articles) > 0 {
			title = m.Articles[0].Title
		}
		lines = append(lines, fmt.Sprintf("%s 群发%d篇，首篇「%s」：%s，送达%d人，失败%d人",
			minuteText(m.Accepted), len(m.Articles), title, demoMassStates[m.State], m.Counts.Sent, m.Counts.Failed))
	}
	for _, page := range d.platform.Pages() {
		lines = append(lines, fmt.Sprintf("%s 发布%d篇", minuteText(page.Accepted), len(page.Articles)))
	}
	return lines
}

var demoMassStates = map[wechattest.MassState]string{
	wechattest.MassWaiting: "等管理员确认", wechattest.MassSending: "发送中", wechattest.MassDone: "已发出",
	wechattest.MassFailed: "没有发出", wechattest.MassDeleted: "已删除",
}

// Forward sets the clock forward. While followers are called one by one it
// does not: a jump would end every lease, and put them in doubt.
func (d *demonstration) Forward(ctx context.Context, to string) (string, error) {
	live, err := d.server.store.Campaigns(ctx, campaign.Filter{Statuses: []campaign.Status{campaign.Claimed, campaign.Sending}})
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(live, func(c campaign.Campaign) bool { return c.Channel.PerFollower() || c.Status == campaign.Claimed }) {
		return "正在发送，请过一会儿再快进。", nil
	}
	now := d.clock.now()
	at := now
	switch to {
	case jumpHour:
		at = now.Add(time.Hour)
	case jumpTen:
		t := now.In(zone)
		at = time.Date(t.Year(), t.Month(), t.Day()+1, 10, 0, 0, 0, zone)
	case jumpDue:
		c, ok, err := d.nextDue(ctx)
		if err != nil {
			return "", err
		}
		if !ok {
			return "没有排好的推送：先提交、审核、排期。", nil
		}
		at = c.Due
	default:
		return "", errors.New("没有这种快进")
	}
	if !at.After(now) {
		return "时间已经到了，推送正在发出。", nil
	}
	if err := d.clock.set(at); err != nil {
		return "", err
	}
	return "时钟已快进到" + minuteText(at) + "。", nil
}

const (
	demoAskers  = 40
	demoAsks    = 2 // of each: the first reply to anybody has no card
	demoReaders = 20
)

// demoQuestions is what made-up residents ask.
var demoQuestions = []string{
	"怀孕了公司让我走人", "产假有多少天", "彩礼能退吗", "离婚财产怎么分", "网购能七天无理由退货吗", "办的健身卡店跑了", "买到假货怎么赔",
	"专利怎么申请", // which the library does not answer
}

// Residents lets some write, and some open a page of what was pushed last. All
// of it goes through the callback and the pages, as in life.
func (d *demonstration) Residents(ctx context.Context) (string, error) {
	d.server.pushes.board.Tick(ctx) // what has just begun is to be seen
	for n := range demoAskers * demoAsks {
		if _, err := d.platform.Text(ctx, wechattest.OpenID(n%demoAskers), demoQuestions[n%len(demoQuestions)]); err != nil {
			return "", err
		}
	}
	page, ok := d.pushedPage(ctx)
	if !ok {
		return fmt.Sprintf("%d位居民来问过了；还没有推送，没有网页可打开。", demoAskers), nil
	}
	client := &http.Client{Timeout: demoJob}
	defer client.CloseIdleConnections()
	for n := range demoReaders {
		if err := d.visitor(ctx, client, n, page); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%d位居民来问过了，%d位打开了推送里的网页。", demoAskers, demoReaders), nil
}

// pushedPage is the page that the campaign leads to which began last.
func (d *demonstration) pushedPage(ctx context.Context) (string, bool) {
	list, err := d.server.store.Campaigns(ctx, campaign.Filter{})
	var last campaign.Campaign
	for _, c := range list {
		if c.Pushed() && !c.Began.Before(last.Began) && len(c.Uses()) > 0 {
			last = c
		}
	}
	if err != nil || last.ID == "" {
		return "", false
	}
	return "/a/" + last.Uses()[0] + "?c=" + last.ID, true
}
