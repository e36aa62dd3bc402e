package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"pufa/campaign"
)

func TestTheYearShowsCampaignsAndProposals(t *testing.T) {
	p := newPushDesk(t, verifiedService)
	p.brought(t, aCard(), campaign.Submitted)
	undated := aCard()
	undated.ID, undated.Title, undated.Due, undated.Until = "undated", "没有日子的", time.Time{}, time.Time{}
	p.brought(t, undated, campaign.Draft)
	_, body := p.as(t, "李审").get(t, campaignsPath+"?year=2027")
	for _, want := range []string{"等您审核", "三八卡片", "待审核", "2027年三八维权周（7条）", "资料包，10条还没有存", "还没有定日期", "没有日子的", "日期待当年通知", "2027年12月"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(body, "新建推送") {
		t.Error("who does not write is offered to")
	}
	if _, body := p.as(t, "王编").get(t, campaignsPath+"?year=2028"); !strings.Contains(body, "2028年三八维权周") || strings.Contains(body, "三八卡片") || !strings.Contains(body, "新建推送") {
		t.Error("2028 is not its own year")
	}
	for _, year := range []string{"1999", "2101", "x", "-1", "99999999999999999999"} {
		if resp, body := p.get(t, campaignsPath+"?year="+year); resp.StatusCode != 200 || !strings.Contains(body, sayNoYear) {
			t.Errorf("year %s: %s", year, resp.Status)
		}
	}
	for _, edge := range []string{"2020", "2100"} {
		if resp, _ := p.get(t, campaignsPath+"?year="+edge); resp.StatusCode != 200 {
			t.Errorf("year %s: %s", edge, resp.Status)
		}
	}
}

func TestTheMonthIsAGrid(t *testing.T) {
	p := newPushDesk(t, verifiedService)
	late := aCard()
	late.ID, late.Title = "late", "晚上的"
	late.Due = time.Date(2027, 2, 28, 16, 30, 0, 0, time.UTC) // 1 March, 00:30, in Shanghai
	late.Until = late.Due.Add(time.Hour)
	p.book.put(t, late)
	_, body := p.as(t, "王编").get(t, campaignsPath+"/month?month=2027-03")
	first, rest, _ := strings.Cut(body, "3月1日 周一")
	day, _, _ := strings.Cut(rest, "3月2日 周二")
	if strings.Contains(first, "晚上的") || !strings.Contains(day, "晚上的") || !strings.Contains(day, "今天") {
		t.Errorf("1 March shows %s", day)
	}
	for _, month := range []string{"2027-13", "x", "", "1999-01"} {
		if resp, body := p.get(t, campaignsPath+"/month?month="+url.QueryEscape(month)); resp.StatusCode != 200 || !strings.Contains(body, "2027年3月") {
			t.Errorf("month %q: %s", month, resp.Status)
		}
	}
	for _, edge := range []string{"2020-01", "2100-12"} {
		if resp, _ := p.get(t, campaignsPath+"/month?month="+edge); resp.StatusCode != 200 {
			t.Errorf("month %s: %s", edge, resp.Status)
		}
	}
}

func TestWeeksBeginOnMonday(t *testing.T) {
	for _, c := range []struct {
		month       string
		weeks       int
		first, last int
	}{
		{"2027-02", 4, 1, 28}, {"2027-03", 5, 1, 4}, {"2027-05", 6, 26, 6}, {"2027-08", 6, 26, 5},
	} {
		first, err := time.ParseInLocation(monthForm, c.month, campaign.Zone)
		if err != nil {
			t.Fatal(err)
		}
		weeks := weeksOf(first, firstOfMarch, nil)
		if len(weeks) != c.weeks || weeks[0][0].Number != c.first || weeks[len(weeks)-1][6].Number != c.last {
			t.Errorf("%s: %d weeks from %d to %d, want %d from %d to %d", c.month, len(weeks), weeks[0][0].Number, weeks[len(weeks)-1][6].Number, c.weeks, c.first, c.last)
		}
	}
}

func TestAProposalIsKept(t *testing.T) {
	p := newPushDesk(t, verifiedService).as(t, "王编")
	const id = "2027-consumer-day"
	find := func() string {
		list, err := campaign.Propose(2027, p.part.Library(), campaign.Options{From: p.now, Account: verifiedService.Account})
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range list {
			if one.Campaign.Pack == "" && !one.Campaign.Due.IsZero() {
				return one.Campaign.ID
			}
		}
		t.Fatalf("no plain proposal, such as %s", id)
		return ""
	}
	proposal := find()
	resp, body := p.get(t, campaignsPath+"/proposal?year=2027&id="+proposal)
	if resp.StatusCode != 200 || !strings.Contains(body, "为什么建议") || strings.Contains(body, " checked") {
		t.Fatalf("%s: %s", resp.Status, body)
	}
	if resp, body := p.post(t, campaignsPath+"/proposal", "year", "2027", "id", proposal); resp.StatusCode != 422 || !strings.Contains(body, sayConfirm) || len(p.book.rows) != 0 {
		t.Errorf("everybody without a word: %s", resp.Status)
	}
	fields := []string{"year", "2027", "id", proposal, "sure", "1"}
	if resp, body := p.post(t, campaignsPath+"/proposal", fields...); resp.Request.URL.Path != campaignURL(proposal) || !strings.Contains(body, sayKept) {
		t.Errorf("%s at %s", resp.Status, resp.Request.URL)
	}
	if resp, body := p.post(t, campaignsPath+"/proposal", fields...); resp.StatusCode != 200 || !strings.Contains(body, sayHasIt) || p.kept(t, proposal).Version != 1 {
		t.Errorf("a second click: %s", resp.Status)
	}
	if _, body := p.get(t, campaignsPath+"/proposal?year=2027&id="+proposal); !strings.Contains(body, "已经存为草稿，去看") {
		t.Error("a proposal that was kept is offered again")
	}
	if _, body := p.get(t, campaignsPath+"?year=2027"); strings.Contains(body, "id="+proposal) {
		t.Error("the year still proposes it")
	}
	for _, bad := range []string{"?year=2027&id=none", "?year=x&id=" + proposal, "?year=1999&id=" + proposal, ""} {
		if resp, _ := p.get(t, campaignsPath+"/proposal"+bad); resp.StatusCode != http.StatusNotFound {
			t.Errorf("proposal%s: %s", bad, resp.Status)
		}
	}
}
