package console

import (
	"html"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"pufa/campaign"
)

func digits(n int64) string { return strconv.FormatInt(n, 10) }

// cardForm are the fields of a card's form as they come from a browser.
func cardForm(more ...string) []string {
	return append([]string{
		"id", "20270301-abc234", "title", "三八卡片", "theme", "3.8", "channel", "card", "scope", "everyone", "sure", "1",
		"text", "产假国家规定98天。\r\n可以直接打字问我。", "entry", "women/maternity-leave-days 产假", "due-day", "2027-03-08", "due-hour", "10:00",
		"until-day", "2027-03-09", "until-hour", "10:00", "grace", "360", "do", "save",
	}, more...)
}

func TestACampaignIsWritten(t *testing.T) {
	p := newPushDesk(t, verifiedService).as(t, "王编")
	resp, body := p.post(t, campaignsPath+"/new", cardForm()...)
	if resp.StatusCode != 200 || resp.Request.URL.Path != campaignURL("20270301-abc234") || !strings.Contains(body, saySaved) {
		t.Fatalf("%s at %s: %s", resp.Status, resp.Request.URL, body)
	}
	got := p.kept(t, "20270301-abc234")
	want := aCard()
	want.Text = "产假国家规定98天。\n可以直接打字问我。"
	if got.Hash() != want.Hash() || got.Title != want.Title || got.Theme != want.Theme || got.Author != "王编" || got.Status != campaign.Draft {
		t.Errorf("kept %+v", got)
	}
	if resp, body := p.post(t, campaignsPath+"/new", cardForm()...); len(p.book.rows) != 1 || !strings.Contains(body, sayAlready) {
		t.Errorf("a second click: %s, %d campaigns", resp.Status, len(p.book.rows))
	}
	resp, body = p.post(t, campaignsPath+"/new", cardForm("text", "按了返回，又改了。")...)
	if resp.StatusCode != http.StatusConflict || len(p.book.rows) != 1 || !strings.Contains(body, "按了返回，又改了。") || !strings.Contains(body, "别人存的最新内容") {
		t.Errorf("the back button and other words: %s\n%s", resp.Status, body)
	}
}

func TestNothingIsPreselectedThatMeansEverybody(t *testing.T) {
	p := newPushDesk(t, verifiedService).as(t, "王编")
	_, body := p.get(t, campaignsPath+"/new")
	if strings.Contains(body, " checked") {
		t.Errorf("something is chosen: %s", body)
	}
	if m := regexp.MustCompile(`name="id" value="(\d{8}-[a-z0-9]{6})"`).FindString(body); m == "" {
		t.Error("the form carries no id: a second click makes a second campaign")
	}
}

func TestFormsThatAreNotKept(t *testing.T) {
	long := strings.Repeat("字", 201)
	for _, c := range []struct {
		name   string
		fields []string
		says   string
	}{
		{"everybody is not confirmed", []string{"sure", ""}, sayEveryone},
		{"a day that does not exist", []string{"due-day", "2027-02-31"}, sayNoDay},
		{"an hour that does not exist", []string{"due-hour", "25:00"}, sayNoTime},
		{"a day without an hour", []string{"due-hour", ""}, sayHalfTime},
		{"an end before the start", []string{"until-day", "2027-03-07"}, "不晚于推送时间"},
		{"a card a byte too long", []string{"text", long}, "最多600字节"},
		{"a script", []string{"text", "<script>alert(1)</script>"}, "网页代码"},
		{"forbidden words", []string{"text", "打官司一定能赢。"}, "不能说"},
		{"a dead entry", []string{"entry", "women/none"}, "没有「women/none」这个条目"},
		{"no channel of that name", []string{"channel", "telegram"}, "没有「telegram」这个渠道"},
		{"no channel", []string{"channel", ""}, sayNoChannel},
		{"a theme that is none", []string{"theme", "9.9"}, sayNoTheme},
		{"a grace that is none", []string{"grace", "-5"}, sayNoGrace},
		{"a tag that is no number", []string{"scope", "tag", "tag", "abc"}, sayNoTag},
		{"a cover that is none", []string{"channel", "publish", "a1-title", "x", "a1-body", "y", "a1-cover", "../x"}, "封面图编号不合规"},
		{"a title a character too long", []string{"channel", "publish", "a1-title", strings.Repeat("字", 65), "a1-body", "y"}, "最多64个"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPushDesk(t, verifiedService).as(t, "王编")
			resp, body := p.post(t, campaignsPath+"/new", cardForm(c.fields...)...)
			if resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html.UnescapeString(body), c.says) || len(p.book.rows) != 0 {
				t.Errorf("%s, want 422 with %q\n%s", resp.Status, c.says, body)
			}
			for i := 1; i < len(c.fields); i += 2 {
				if typed := html.EscapeString(c.fields[i]); !strings.Contains(body, typed) && c.fields[i-1] != "channel" && c.fields[i-1] != "grace" {
					t.Errorf("what was typed is gone: %q", c.fields[i])
				}
			}
		})
	}
}

func TestTheHeadOfACardIsTheOneThatIsSent(t *testing.T) {
	source, err := os.ReadFile("../campaigns.go")
	if err != nil || !strings.Contains(string(source), `"`+cardHead+`\n"`) {
		t.Errorf("handlers/campaigns.go puts another line over a card than the preview (%v)", err)
	}
}

func TestPreviewAndRoomForMoreKeepNothing(t *testing.T) {
	p := newPushDesk(t, verifiedService).as(t, "王编")
	for do, want := range map[string]string{"preview": cardHead + "\n产假国家规定98天。", "entry": "产假国家规定98天", "article": "产假国家规定98天"} {
		resp, body := p.post(t, campaignsPath+"/new", cardForm("do", do)...)
		if resp.StatusCode != 200 || len(p.book.rows) != 0 || !strings.Contains(body, want) {
			t.Errorf("%s: %s\n%s", do, resp.Status, body)
		}
	}
	c := p.brought(t, aMass(), campaign.Draft)
	fields := p.formFields(t, c.ID)
	_, body := p.post(t, campaignURL(c.ID)+"/edit", append(fields, "do", "article")...)
	if !strings.Contains(body, `name="a2-title"`) || p.kept(t, c.ID).Version != c.Version {
		t.Errorf("no room for a second article: %s", body)
	}
	p.post(t, campaignURL(c.ID)+"/edit", append(fields, "a1-drop", "1", "do", "save")...)
	if got := p.kept(t, c.ID); len(got.Articles) != 0 {
		t.Errorf("an article that was struck out is still there: %+v", got.Articles)
	}
}

var (
	formInputs   = regexp.MustCompile(`<input([^>]*)>`)
	formAreas    = regexp.MustCompile(`(?s)<textarea name="([^"]+)"[^>]*>(.*?)</textarea>`)
	formSelects  = regexp.MustCompile(`(?s)<select name="([^"]+)".*?</select>`)
	chosenOption = regexp.MustCompile(`<option(?: value="([^"]*)")? selected>([^<]*)`)
	formAttr     = regexp.MustCompile(`([a-z]+)(?:="([^"]*)")?`)
)

// formFields reads the form of a campaign as a browser would send it.
func (p *pushDesk) formFields(t *testing.T, id string) (fields []string) {
	t.Helper()
	resp, body := p.get(t, campaignURL(id)+"/edit")
	if resp.StatusCode != 200 {
		t.Fatalf("form of %s: %s", id, resp.Status)
	}
	_, body, _ = strings.Cut(body, `class="push-form"`)
	body, _, _ = strings.Cut(body, "</form>")
	for _, m := range formInputs.FindAllStringSubmatch(body, -1) {
		a := map[string]string{}
		for _, kv := range formAttr.FindAllStringSubmatch(m[1], -1) {
			a[kv[1]] = html.UnescapeString(kv[2])
		}
		_, on := a["checked"]
		box := a["type"] == "checkbox" || a["type"] == "radio"
		if a["name"] != "" && (!box || on) && a["value"] != "" {
			fields = append(fields, a["name"], a["value"])
		}
	}
	for _, m := range formAreas.FindAllStringSubmatch(body, -1) {
		fields = append(fields, m[1], html.UnescapeString(m[2]))
	}
	for _, m := range formSelects.FindAllStringSubmatch(body, -1) {
		if o := chosenOption.FindStringSubmatch(m[0]); o != nil {
			value := o[1]
			if value == "" {
				value = o[2]
			}
			fields = append(fields, m[1], html.UnescapeString(value))
		}
	}
	return fields
}

func TestAFormThatIsSentBackChangesNothing(t *testing.T) {
	topic := aMass()
	topic.ID, topic.Channel, topic.Articles, topic.Text = "notice", campaign.Notice, nil, "thing1：妇女权益宣传周"
	topic.Audience = campaign.Audience{Scope: campaign.ByTopic, Topic: "women"}
	tag := aMass()
	tag.ID, tag.Audience, tag.NightOK, tag.Repeat = "tag", campaign.Audience{Scope: campaign.ByTag, Tag: 7}, true, campaign.Yearly
	odd := aCard()
	odd.ID, odd.Grace, odd.Text = "odd", 95*time.Minute, "一行\n\n  两行"
	odd.Observance, odd.Pack, odd.Series = "womens-day", "womens-week", "2027-womens-week"
	for _, c := range []campaign.Campaign{aCard(), aMass(), topic, tag, odd, {ID: "empty", Channel: campaign.Card}} {
		t.Run(c.ID, func(t *testing.T) {
			p := newPushDesk(t, verifiedService).as(t, "王编")
			c = p.brought(t, c, campaign.Draft)
			resp, body := p.post(t, campaignURL(c.ID)+"/edit", p.formFields(t, c.ID)...)
			got := p.kept(t, c.ID)
			if resp.StatusCode != 200 || readSum(got) != readSum(c) || got.Observance != c.Observance || got.Pack != c.Pack || got.Series != c.Series {
				t.Errorf("%s\nwas %+v\nis  %+v\n%s", resp.Status, c, got, body)
			}
		})
	}
}

func TestAnEditDropsTheApproval(t *testing.T) {
	p := newPushDesk(t, verifiedService)
	c := p.brought(t, aCard(), campaign.Scheduled)
	p.as(t, "陈编")
	_, body := p.post(t, campaignURL(c.ID)+"/edit", append(p.formFields(t, c.ID), "text", "改过的文字。")...)
	got := p.kept(t, c.ID)
	if got.Status != campaign.Draft || got.Approval != nil || got.Text != "改过的文字。" || !strings.Contains(body, sayDropped) {
		t.Errorf("%+v\n%s", got, body)
	}
	c = p.kept(t, c.ID)
	c.Status = campaign.Done
	p.book.put(t, c)
	for _, do := range []func() (*http.Response, string){
		func() (*http.Response, string) { return p.get(t, campaignURL(c.ID)+"/edit") },
		func() (*http.Response, string) {
			return p.post(t, campaignURL(c.ID)+"/edit", cardForm("version", "9")...)
		},
	} {
		if resp, body := do(); resp.StatusCode != http.StatusConflict || !strings.Contains(body, "不能变成「草稿」") {
			t.Errorf("what is over is edited: %s %s", resp.Status, body)
		}
	}
}

func TestTwoEditors(t *testing.T) {
	p := newPushDesk(t, verifiedService)
	c := p.brought(t, aCard(), campaign.Draft)
	mine := append(p.as(t, "王编").formFields(t, c.ID), "text", "王编写的。")
	theirs := append(p.as(t, "陈编").formFields(t, c.ID), "text", "陈编写的。")
	if resp, _ := p.post(t, campaignURL(c.ID)+"/edit", theirs...); resp.StatusCode != 200 {
		t.Fatal(resp.Status)
	}
	resp, body := p.as(t, "王编").post(t, campaignURL(c.ID)+"/edit", mine...)
	if resp.StatusCode != http.StatusConflict || p.kept(t, c.ID).Text != "陈编写的。" {
		t.Fatalf("%s: %+v", resp.Status, p.kept(t, c.ID))
	}
	for _, want := range []string{sayConflict, ">王编写的。</textarea>", "陈编写的。", "王编、陈编"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in %s", want, body)
		}
	}
	version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(body)[1]
	if resp, _ := p.post(t, campaignURL(c.ID)+"/edit", append(mine, "version", version, "read", "")...); resp.StatusCode != 200 || p.kept(t, c.ID).Text != "王编写的。" {
		t.Errorf("after reading the other's one cannot save: %s", resp.Status)
	}
	if resp, body := p.post(t, campaignURL(c.ID)+"/edit", append(mine, "version", version, "read", "")...); resp.StatusCode != 200 || !strings.Contains(body, sayAlready) {
		t.Errorf("a second click: %s", resp.Status)
	}
}

func TestATestSentMeanwhileIsNoConflict(t *testing.T) {
	p := newPushDesk(t, verifiedService).as(t, "王编")
	c := p.brought(t, aCard(), campaign.Draft)
	fields := p.formFields(t, c.ID)
	p.deed(t, c.ID, "test", "to", "wx_me")
	if resp, _ := p.post(t, campaignURL(c.ID)+"/edit", append(fields, "text", "试发以后改的。")...); resp.StatusCode != 200 || p.kept(t, c.ID).Text != "试发以后改的。" {
		t.Errorf("%s: %+v", resp.Status, p.kept(t, c.ID))
	}
}

func TestFormsThatAreTooLargeOrNone(t *testing.T) {
	p := newPushDesk(t, verifiedService).as(t, "王编")
	if resp, _ := p.post(t, campaignsPath+"/new", cardForm("text", strings.Repeat("a", maxCampaign))...); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a form of over %d bytes: %s", maxCampaign, resp.Status)
	}
	whole := url.Values{}
	for i := 1; i <= campaign.MaxArticles; i++ {
		whole.Set("a"+digits(int64(i))+"-body", strings.Repeat("字", campaign.MaxBody-1))
	}
	if n := len(whole.Encode()); n > maxCampaign {
		t.Errorf("the largest campaign is a form of %d bytes: it is refused", n)
	}
	if len(p.book.rows) != 0 {
		t.Error("something was kept")
	}
}

// hostileTexts are values that want to be more than text.
var hostileTexts = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `</textarea><script>alert(1)</script>`,
	`javascript:alert(1)`, `</title><svg onload=alert(1)>`, "{{.Hash}}", `--><script>alert(1)</script>`,
}

// liveCode is what must never stand in a page that shows a hostileTexts value.
var liveCode = regexp.MustCompile(`(?i)<script>alert|<img src=x|<svg onload|[\s"']onmouseover=['"]alert|href="javascript:`)

func TestHostileTextStaysText(t *testing.T) {
	p := newPushDesk(t, verifiedService)
	for i, bad := range hostileTexts {
		for _, ch := range append(campaign.Channels(), campaign.Channel(bad)) {
			c := campaign.Campaign{
				ID: "h" + digits(int64(i)) + string(ch), Title: bad, Theme: bad, Observance: bad, Pack: bad, Series: bad, Channel: ch,
				Audience: campaign.Audience{Scope: campaign.ByTopic, Topic: bad}, Text: bad, Entries: []string{bad}, Author: bad, Writers: []string{bad, bad},
				Articles: []campaign.Article{{Title: bad, Digest: bad, Body: bad, Entries: []string{bad}, Cover: bad}}, Reason: bad,
				Due: firstOfMarch.AddDate(0, 0, 7), Until: firstOfMarch.AddDate(0, 0, 8), Grace: time.Hour, Status: campaign.Submitted,
			}
			if ch == campaign.Channel(bad) {
				c.ID = "h" + digits(int64(i)) + "other"
			}
			c.Approval = &campaign.Approval{By: bad, At: firstOfMarch}
			p.book.put(t, c)
			for _, path := range []string{campaignURL(c.ID), campaignURL(c.ID) + "/edit", campaignURL(c.ID) + "/result", campaignURL(c.ID) + "/progress"} {
				resp, body := p.as(t, "吴所长").get(t, path)
				if resp.StatusCode != 200 || liveCode.MatchString(body) && !strings.HasSuffix(path, "/progress") {
					t.Errorf("%s with %s: %s, %q", path, bad, resp.Status, liveCode.FindString(body))
				}
			}
		}
		for _, path := range []string{"?year=2027", "/month?month=2027-03", "?series=" + url.QueryEscape(bad), "?year=" + url.QueryEscape(bad), "/month?month=" + url.QueryEscape(bad), "/packs?year=" + url.QueryEscape(bad)} {
			if resp, body := p.get(t, campaignsPath+path); resp.StatusCode != 200 || liveCode.MatchString(body) {
				t.Errorf("%s: %s %q", path, resp.Status, liveCode.FindString(body))
			}
		}
		var fields []string
		for _, name := range []string{"id", "version", "read", "title", "theme", "channel", "scope", "tag", "topic", "text", "entry", "due-day", "due-hour", "until-day", "until-hour", "grace", "a1-title", "a1-digest", "a1-body", "a1-cover", "a1-entry"} {
			fields = append(fields, name, bad)
		}
		if resp, body := p.post(t, campaignsPath+"/new", fields...); resp.StatusCode != 422 || liveCode.MatchString(body) {
			t.Errorf("a form of %s: %s %q", bad, resp.Status, liveCode.FindString(body))
		}
		for _, deed := range []string{"cancel", "return", "test", "approve", "settle"} {
			if status, body := p.deed(t, "h"+digits(int64(i))+"card", deed, "reason", strings.Repeat(bad, 60), "to", bad, "hash", bad, "as", bad); status < 400 || liveCode.MatchString(body) {
				t.Errorf("%s with %s: %d %q", deed, bad, status, liveCode.FindString(body))
			}
		}
	}
}
