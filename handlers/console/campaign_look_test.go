package console

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"pufa/campaign"
	"pufa/stats"
)

func TestCampaignPagesInABrowser(t *testing.T) {
	ctx := browser(t)
	p := newPushDesk(t, verifiedService)
	p.part.Sending = &pushSending{fates: campaign.Progress{campaign.Accepted: 600, campaign.Unfollowed: 100, campaign.Doubtful: 50, campaign.Begun: 10, campaign.Unsent: 740}}
	week := func(days int, n int64, before bool) stats.PushWeek {
		from := firstOfMarch.AddDate(0, 0, days)
		return stats.PushWeek{Period: stats.Period{From: from, To: from.AddDate(0, 0, 6)}, Before: before, Cell: stats.Cell{Value: n}}
	}
	p.part.Results = pushResults(stats.PushFigures{
		Opened: stats.Cell{Value: 321}, Asked: stats.Cell{Value: 77}, Residents: stats.Cell{Value: 60}, Before: stats.Cell{Value: 48},
		Lift:  stats.Change{Known: true, Share: true, Percent: 541.5},
		Weeks: []stats.PushWeek{week(-21, 9, true), week(-14, 12, true), week(-7, 8, true), week(0, 19, true), week(7, 77, false)},
	})
	submitted := p.brought(t, aMass(), campaign.Submitted)
	card := p.brought(t, aCard(), campaign.Scheduled)
	notice := aMass()
	notice.ID, notice.Title, notice.Channel, notice.Articles, notice.Text = "20270301-note01", "三八通知", campaign.Notice, nil, "thing1：妇女权益宣传周\ndate2：3月8日"
	notice.Due = notice.Due.AddDate(0, 0, 3)
	notice.Until = notice.Due.Add(48 * time.Hour)
	sending := p.brought(t, notice, campaign.Sending)
	doubt := aMass()
	doubt.ID, doubt.Title, doubt.Due, doubt.Until = "20270301-doubt1", "三一五群发", doubt.Due.AddDate(0, 0, 7), doubt.Until.AddDate(0, 0, 7)
	doubt = p.brought(t, doubt, campaign.InDoubt)
	doubt.Reason, doubt.Sent.Tally = "没有收到微信的答复，请到公众平台「已群发消息」里核实。", campaign.Tally{Planned: 1200, Reached: 1100, Failed: 60, Filtered: 40}
	doubt = p.book.put(t, doubt)
	p.inBrowser(t, ctx, "吴所长")
	for _, page := range []struct{ name, path string }{
		{"campaign-list", campaignsPath + "?year=2027"},
		{"campaign-month", campaignsPath + "/month?month=2027-03"},
		{"campaign-packs", campaignsPath + "/packs?year=2027"},
		{"campaign-pack", campaignsPath + "/pack?id=consumer-week&year=2027"},
		{"campaign-proposal", campaignsPath + "/proposal?year=2027&id=2027-constitution-week-p1"},
		{"campaign-new", campaignsPath + "/new"},
		{"campaign-edit", campaignURL(card.ID) + "/edit"},
		{"campaign-submitted", campaignURL(submitted.ID)},
		{"campaign-scheduled", campaignURL(card.ID)},
		{"campaign-sending", campaignURL(sending.ID)},
		{"campaign-doubt", campaignURL(doubt.ID)},
		{"campaign-result", campaignURL(doubt.ID) + "/result"},
	} {
		p.look(t, ctx, page.name, page.path)
	}
	run(t, ctx, chromedp.EmulateViewport(390, 844), chromedp.Navigate(p.URL+campaignsPath+"/pack?id=consumer-week&year=2027"), chromedp.WaitVisible(chromedp.CSS("h1")))
	press(t, ctx, "预览")
	for _, w := range widths {
		run(t, ctx, chromedp.EmulateViewport(w.width, w.height))
		lookHere(t, ctx, "campaign-pack-preview-"+digits(w.width))
	}
	axe(t, ctx, "campaign-pack-preview")
	run(t, ctx, chromedp.Navigate(p.URL+campaignURL(card.ID)+"/edit"), chromedp.WaitVisible(chromedp.CSS("h1")))
	newer := p.kept(t, card.ID)
	newer.Text, newer.Writers = "陈编写的。", []string{"王编", "陈编"}
	p.book.put(t, newer)
	run(t, ctx, chromedp.SetValue(chromedp.CSS("textarea[name=text]"), "我写的。"))
	press(t, ctx, "存草稿")
	for _, w := range widths {
		run(t, ctx, chromedp.EmulateViewport(w.width, w.height))
		lookHere(t, ctx, "campaign-conflict-"+digits(w.width))
	}
	axe(t, ctx, "campaign-conflict")
}

// typeInto fills in a field of the form.
func typeInto(t *testing.T, ctx context.Context, name, value string) {
	t.Helper()
	run(t, ctx, chromedp.SetValue(chromedp.CSS(`form.push-form [name="`+name+`"]`), value))
}

func TestACampaignIsMadeInABrowser(t *testing.T) {
	ctx := browser(t)
	for i, width := range []int64{390, 1366} {
		p := newPushDesk(t, verifiedService)
		p.inBrowser(t, ctx, "王编")
		run(t, ctx, chromedp.EmulateViewport(width, 844), chromedp.Navigate(p.URL+campaignsPath+"/new"), chromedp.WaitVisible(chromedp.CSS("form.push-form")))
		typeInto(t, ctx, "title", "三八卡片")
		run(t, ctx, chromedp.Click(chromedp.CSS(`input[name=channel][value=card]`)))
		if !eval[bool](t, ctx, `document.querySelector('[data-for=articles]').hidden && !document.querySelector('[data-for=text]').hidden`) {
			t.Errorf("at %d: a card's form asks for articles", width)
		}
		run(t, ctx, chromedp.SendKeys(chromedp.CSS(`textarea[name=text]`), "产假国家规定98天。"))
		if got := eval[string](t, ctx, `document.querySelector('[data-for=text] [data-meter] span').textContent`); got != "26 / 600 字节" {
			t.Errorf("at %d: the meter says %s", width, got)
		}
		typeInto(t, ctx, "entry", "women/maternity-leave-days")
		typeInto(t, ctx, "due-day", "2027-03-08")
		typeInto(t, ctx, "due-hour", "10:00")
		run(t, ctx, chromedp.Click(chromedp.CSS(`input[name=scope][value=everyone]`)))
		press(t, ctx, "存草稿")
		if text := eval[string](t, ctx, `document.body.innerText`); !strings.Contains(text, sayEveryone) || len(p.book.rows) != 0 {
			t.Fatalf("at %d: everybody without a word: %s", width, text)
		}
		lookHere(t, ctx, "campaign-refused-"+digits(width))
		run(t, ctx, chromedp.Click(chromedp.CSS(`input[name=sure]`)))
		press(t, ctx, "存草稿")
		press(t, ctx, "提交审核")
		here := eval[string](t, ctx, `location.pathname`)
		for _, step := range []struct{ who, button, told string }{{"李审", "审核通过", "审核通过，等排期。"}, {"赵发", "排期", "已排期，到时间自动开始。"}} {
			p.inBrowser(t, ctx, step.who)
			run(t, ctx, chromedp.EmulateViewport(width, 844), chromedp.Navigate(p.URL+here), chromedp.WaitVisible(chromedp.CSS("h1")))
			press(t, ctx, step.button)
			if told := eval[string](t, ctx, `document.querySelector('.told').innerText`); told != step.told {
				t.Fatalf("at %d: after %s the page says %s", width, step.button, told)
			}
		}
		lookHere(t, ctx, "campaign-made-"+digits(width))
		c := p.kept(t, strings.TrimPrefix(here, campaignsPath+"/"))
		if c.Status != campaign.Scheduled || c.Approval.By != "李审" || c.Text != "产假国家规定98天。" {
			t.Errorf("at %d: %+v", width, c)
		}
		if i == 0 {
			p.watchProgress(t, ctx, c)
		}
	}
}

// watchProgress sees the script look again, and say when the state changed.
func (p *pushDesk) watchProgress(t *testing.T, ctx context.Context, c campaign.Campaign) {
	t.Helper()
	c.Channel, c.Text, c.Status, c.Began = campaign.Notice, "thing1：三八", campaign.Sending, c.Due
	c = p.book.put(t, c)
	sending := &pushSending{fates: campaign.Progress{campaign.Accepted: 1, campaign.Unsent: 9}}
	p.part.Sending = sending
	run(t, ctx, chromedp.Navigate(p.URL+campaignURL(c.ID)), chromedp.WaitVisible(chromedp.CSS("[data-progress]")))
	sending.mu.Lock()
	sending.fates = campaign.Progress{campaign.Accepted: 7, campaign.Unsent: 3}
	sending.mu.Unlock()
	waitFor(t, ctx, `document.querySelector('[data-done]').textContent === '7 / 10'`)
	c.Status = campaign.Done
	p.book.put(t, c)
	waitFor(t, ctx, `document.querySelector('[data-status]').textContent.includes('现在是“已完成”')`)
}
