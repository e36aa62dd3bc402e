package console

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"pufa/campaign"
	"pufa/stats"
)

func TestProgressIsShownAndCounted(t *testing.T) {
	p := newPushDesk(t, verifiedService)
	c := aMass()
	c.Channel, c.Articles, c.Text = campaign.Notice, nil, "thing1：妇女权益宣传周"
	c = p.brought(t, c, campaign.Sending)
	p.part.Sending = &pushSending{fates: campaign.Progress{campaign.Accepted: 600, campaign.Unfollowed: 100, campaign.Doubtful: 50, campaign.Begun: 10, campaign.Unsent: 740}}
	p.now = c.Due.Add(10 * time.Minute)
	p.as(t, "孙看")
	_, body := p.get(t, campaignURL(c.ID))
	for _, want := range []string{"750 / 1500", "大约10分钟", "发没发到不清楚</dt><dd>50", `data-progress="` + campaignURL(c.ID) + `/progress"`, ">刷新</a>"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in %s", want, body)
		}
	}
	if strings.Contains(body, "http-equiv") {
		t.Error("the page takes itself away from who reads it")
	}
	resp, body := p.get(t, campaignURL(c.ID)+"/progress")
	var got progress
	if err := json.Unmarshal([]byte(body), &got); err != nil || got.Done != 750 || got.All != 1500 || got.Left != "大约10分钟" || got.Status != "发送中" {
		t.Errorf("%s: %+v %v", resp.Status, got, err)
	}
	if kind := resp.Header.Get("Content-Type"); kind != "application/json; charset=utf-8" {
		t.Errorf("content type %s", kind)
	}
}

func TestTimeLeft(t *testing.T) {
	began := firstOfMarch
	for _, c := range []struct {
		name  string
		is    campaign.Status
		after time.Duration
		done  int64
		left  int64
		want  string
	}{
		{"half done", campaign.Sending, time.Hour, 10, 20, "大约2小时0分钟"},
		{"almost done", campaign.Sending, time.Hour, 1000, 1, "不到1分钟"},
		{"nothing done yet", campaign.Sending, time.Hour, 0, 20, "还算不出"},
		{"the clock was put back", campaign.Sending, -time.Hour, 10, 20, "还算不出"},
		{"paused", campaign.Paused, time.Hour, 10, 20, "还算不出"},
	} {
		var p progress
		p.count(campaign.Campaign{Status: c.is, Began: began}, campaign.Progress{campaign.Accepted: c.done, campaign.Unsent: c.left}, began.Add(c.after))
		if p.Left != c.want {
			t.Errorf("%s: %s, want %s", c.name, p.Left, c.want)
		}
	}
}

func TestResults(t *testing.T) {
	week := func(days, n int64, before, hidden bool) stats.PushWeek {
		from := firstOfMarch.AddDate(0, 0, int(days))
		return stats.PushWeek{Period: stats.Period{From: from, To: from.AddDate(0, 0, 6)}, Before: before, Cell: stats.Cell{Value: n, Hidden: hidden}}
	}
	figures := stats.PushFigures{
		Opened: stats.Cell{Value: 321}, Asked: stats.Cell{Value: 77}, Residents: stats.Cell{Missing: true}, Open: true,
		Lift: stats.Change{Known: true, Share: true, Percent: 41.5}, Weeks: []stats.PushWeek{week(-28, 9, true, false), week(7, 77, false, false), week(14, 0, false, true)},
	}
	for _, c := range []struct {
		name    string
		is      campaign.Status
		change  func(*campaign.Campaign)
		results Results
		want    []string
		not     []string
	}{
		{"what residents did", campaign.Done, nil, pushResults(figures), []string{
			"K30", ">1190<", "K33", "K34", ">321<", "K36", ">77<", "窗口结束后才有", "日均比前四周多41.5%", "<svg ", "图后面的数", "推送以前", "少于5", "不表示因果", "窗口还没有结束",
		}, []string{"K35"}},
		{"no figures wired", campaign.Done, nil, nil, []string{"K29", ">1200<", "没有接统计"}, []string{"K34", "<svg "}},
		{"not begun", campaign.Scheduled, nil, pushResults(figures), []string{"还没有开始"}, []string{"K30", "<svg "}},
		{"no theme", campaign.Done, func(c *campaign.Campaign) { c.Theme = "" }, pushResults(figures), []string{"K34", "没有定专题"}, []string{"K36", "<svg "}},
		{"a card has no mass figures", campaign.Done, func(c *campaign.Campaign) { c.Channel = campaign.Card }, pushResults(figures), []string{"K35"}, []string{"K30"}},
		{"nothing was counted before", campaign.Done, nil, pushResults(stats.PushFigures{Before: stats.Cell{Missing: true}}), []string{"不能比（推送以前没有统计）"}, nil},
		{"weeks that are too small", campaign.Done, nil, pushResults(stats.PushFigures{}), []string{"不能比（有一方不足5）", "各周的数太小"}, []string{"<svg "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPushDesk(t, verifiedService)
			made := p.brought(t, aMass(), campaign.Scheduled)
			if c.is != campaign.Scheduled {
				made.Status, made.Began = c.is, made.Due
				made.Sent.Tally = campaign.Tally{Planned: 1200, Reached: 1190, Failed: 7, Filtered: 2, InDoubt: 1}
			}
			if c.change != nil {
				c.change(&made)
			}
			p.book.put(t, made)
			p.part.Results = c.results
			resp, body := p.as(t, "孙看").get(t, campaignURL(made.ID)+"/result")
			for _, want := range c.want {
				if !strings.Contains(body, want) {
					t.Errorf("%s, no %q in %s", resp.Status, want, body)
				}
			}
			for _, not := range c.not {
				if strings.Contains(body, not) {
					t.Errorf("%q stands there", not)
				}
			}
		})
	}
}

func TestResultsAreFetched(t *testing.T) {
	p := newPushDesk(t, verifiedService)
	made := p.brought(t, aMass(), campaign.Scheduled)
	p.part.Results = pushResults(stats.PushFigures{Opened: stats.Cell{Value: 321}, Asked: stats.Cell{Hidden: true}})
	at := campaignURL(made.ID) + "/result"
	if resp, _ := p.as(t, "孙看").get(t, at+"/file?format=csv"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("of a campaign that has not begun: %s", resp.Status)
	}
	made.Status, made.Began, made.Sent.Tally = campaign.Done, made.Due, campaign.Tally{Planned: 1200, Reached: 1190}
	p.book.put(t, made)
	_, page := p.as(t, "孙看").get(t, at)
	for format, begins := range map[string]string{"csv": "\xef\xbb\xbf口径,", "json": "{", "xlsx": "PK", "docx": "PK"} {
		if link := at + "/file?format=" + format; !strings.Contains(page, link) {
			t.Errorf("the page does not offer %s", link)
		}
		resp, body := p.as(t, "孙看").get(t, at+"/file?format="+format)
		if resp.StatusCode != http.StatusOK || !strings.HasPrefix(body, begins) || !strings.Contains(resp.Header.Get("Content-Disposition"), made.ID+"."+format) {
			t.Errorf("%s: %s %s %.40q", format, resp.Status, resp.Header.Get("Content-Disposition"), body)
		}
	}
	if _, body := p.as(t, "孙看").get(t, at+"/file?format=csv"); !strings.Contains(body, "K30,推送送达,,,人次,1190") || !strings.Contains(body, "K36,窗口内专题提问,,,条,少于5") {
		t.Errorf("the file says %s", body)
	}
	if resp, _ := p.as(t, "孙看").get(t, at+"/file?format=pdf"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a form that there is not: %s", resp.Status)
	}
}

func TestLiftInWords(t *testing.T) {
	for want, c := range map[string]stats.Change{
		"不能比（有一方不足5）":  {},
		"前四周没有人问过":     {Known: true},
		"日均比前四周少3.0%":  {Known: true, Share: true, Percent: -3},
		"日均和前四周一样":     {Known: true, Share: true},
		"日均比前四周多12.5%": {Known: true, Share: true, Percent: 12.5},
	} {
		if got := liftOf(c); got != want {
			t.Errorf("%+v: %s, want %s", c, got, want)
		}
	}
}
