package console

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"pufa/campaign"
	"pufa/staff"
)

// at fills a pattern of a route with an id and takes the method off.
func at(pattern, id string) (method, path string) {
	method, path, _ = strings.Cut(strings.ReplaceAll(pattern, "{id}", id), " ")
	return method, path
}

func (p *pushDesk) call(t *testing.T, pattern, id string, fields ...string) (*http.Response, string) {
	t.Helper()
	method, path := at(pattern, id)
	if method == http.MethodGet {
		return p.get(t, path)
	}
	return p.post(t, path, fields...)
}

func TestCampaignsAreForWhoeverHasTheRole(t *testing.T) {
	p := newPushDesk(t, verifiedService)
	c := p.brought(t, aCard(), campaign.Draft)
	routes := (&Console{Config: Config{Campaigns: p.part}}).campaignRoutes()
	if len(routes) < 20 {
		t.Fatalf("only %d routes", len(routes))
	}
	for _, r := range routes {
		t.Run(r.pattern, func(t *testing.T) {
			p.post(t, Path+"/sign-out")
			if resp, _ := p.call(t, r.pattern, c.ID); resp.Request.URL.Path != Path+"/sign-in" {
				t.Errorf("a stranger is at %s", resp.Request.URL)
			}
			path := r.pattern
			if path == "GET "+campaignsPath+"/proposal" {
				path += "?year=2027&id=2027-womens-week-c1"
			}
			p.as(t, "周管")
			version := []string{"version", "1", "reason", "x", "to", "x"}
			if resp, _ := p.call(t, path, c.ID, version...); resp.StatusCode != http.StatusForbidden {
				t.Errorf("whoever has no role for campaigns gets %s", resp.Status)
			}
			p.as(t, "孙看")
			want := http.StatusOK
			if strings.HasSuffix(r.pattern, "/result/file") {
				want = http.StatusNotFound // it has not begun
			}
			if r.role != "" || strings.HasPrefix(r.pattern, "POST ") {
				want = http.StatusForbidden
			}
			if resp, body := p.call(t, path, c.ID, version...); resp.StatusCode != want {
				t.Errorf("who may look gets %s, want %d\n%s", resp.Status, want, body)
			}
			for _, role := range []staff.Role{staff.Editor, staff.Reviewer, staff.Publisher} {
				if r.role == "" || r.role == role {
					continue
				}
				p.people["孙看"] = staff.Account{Name: "孙看", Roles: []staff.Role{role}}
				if resp, _ := p.call(t, r.pattern, c.ID, version...); resp.StatusCode != http.StatusForbidden {
					t.Errorf("with the role %s one gets %s", role, resp.Status)
				}
			}
			p.people["孙看"] = staff.Account{Name: "孙看", Roles: []staff.Role{staff.Viewer}}
		})
	}
	if got := p.kept(t, c.ID); got.Version != c.Version {
		t.Errorf("somebody without the role wrote: %+v", got)
	}
}

func TestUnknownCampaigns(t *testing.T) {
	p := newPushDesk(t, verifiedService).as(t, "吴所长")
	for _, r := range (&Console{Config: Config{Campaigns: p.part}}).campaignRoutes() {
		if !strings.Contains(r.pattern, "{id}") {
			continue
		}
		for _, id := range []string{"none", "..%2f..", "%3Cscript%3E", strings.Repeat("a", 300)} {
			if resp, body := p.call(t, r.pattern, id, "as", "done", "to", "x"); resp.StatusCode != http.StatusNotFound || strings.Contains(body, "<script>") {
				t.Errorf("%s with %s: %s", r.pattern, id, resp.Status)
			}
		}
	}
}

func TestTheStoreIsAway(t *testing.T) {
	p := newPushDesk(t, verifiedService)
	p.brought(t, aCard(), campaign.Draft)
	p.part.Sending = &pushSending{}
	p.as(t, "吴所长").book.down = errAway
	for _, r := range (&Console{Config: Config{Campaigns: p.part}}).campaignRoutes() {
		if r.pattern == "GET "+campaignsPath+"/proposal" || strings.HasSuffix(r.pattern, "/proposal") || strings.HasSuffix(r.pattern, "/pack") {
			continue // they look for the day first
		}
		resp, body := p.call(t, r.pattern, "20270301-card01", "title", "x", "as", "done", "to", "x", "grace", "60", "version", "1")
		if resp.StatusCode != http.StatusServiceUnavailable || strings.Contains(body, "store away") {
			t.Errorf("%s: %s", r.pattern, resp.Status)
		}
	}
}

func TestACampaignGoesThroughItsLife(t *testing.T) {
	p := newPushDesk(t, verifiedService)
	c := p.brought(t, aMass(), campaign.Draft)
	for _, step := range []struct {
		who, what string
		fields    []string
		want      campaign.Status
		told      string
	}{
		{"王编", "submit", nil, campaign.Submitted, "已提交审核"},
		{"李审", "return", []string{"reason", "标题太长"}, campaign.Draft, "已退回"},
		{"王编", "submit", nil, campaign.Submitted, "已提交审核"},
		{"李审", "approve", []string{"hash", c.Hash()}, campaign.Approved, "审核通过"},
		{"赵发", "schedule", nil, campaign.Scheduled, "已排期"},
		{"赵发", "pause", []string{"reason", "等通知"}, campaign.Paused, "已暂停"},
		{"赵发", "resume", nil, campaign.Scheduled, "已继续"},
		{"赵发", "cancel", []string{"reason", "活动改期"}, campaign.Cancelled, "已取消"},
	} {
		p.as(t, step.who)
		before := p.kept(t, c.ID)
		status, body := p.deed(t, c.ID, step.what, step.fields...)
		got := p.kept(t, c.ID)
		if status != http.StatusOK || got.Status != step.want || !strings.Contains(body, step.told) {
			t.Fatalf("%s: %d, %s, want %s: %s", step.what, status, got.Status, step.want, body)
		}
		// The same form once more: a second click, or the back button.
		resp, body := p.post(t, campaignURL(c.ID)+"/"+step.what, append([]string{"version", digits(before.Version)}, step.fields...)...)
		again := p.kept(t, c.ID)
		if again.Version != got.Version || again.Status != step.want {
			t.Errorf("%s twice: %s, %+v", step.what, resp.Status, again)
		}
		if resp.StatusCode != http.StatusOK || !strings.Contains(body, "刚才已经办好了") {
			t.Errorf("%s twice says %s: %s", step.what, resp.Status, body)
		}
	}
}

func TestDeedsThatAreNotDone(t *testing.T) {
	one := verifiedService
	one.OnePerson = true
	longReason := strings.Repeat("很", maxReason+1)
	for _, c := range []struct {
		name   string
		rules  campaign.Rules
		is     campaign.Status
		who    string
		what   string
		fields []string
		status int
		says   string
	}{
		{"one's own work is approved by somebody else", verifiedService, campaign.Submitted, "王编", "approve", nil, 403, "自己写过的不能自己审核"},
		{"what was approved is what was shown", verifiedService, campaign.Submitted, "李审", "approve", []string{"hash", "other"}, 409, "刚刚有人改过"},
		{"returning needs a reason", verifiedService, campaign.Submitted, "李审", "return", nil, 422, "请写明原因"},
		{"cancelling needs a reason", verifiedService, campaign.Scheduled, "赵发", "cancel", nil, 422, "请写明原因"},
		{"a reason has an end", verifiedService, campaign.Scheduled, "赵发", "cancel", []string{"reason", longReason}, 422, "500个字以内"},
		{"an editor cancels no scheduled campaign", verifiedService, campaign.Scheduled, "陈编", "cancel", []string{"reason", "x"}, 403, "角色的账号来做"},
		{"a draft is not scheduled", verifiedService, campaign.Draft, "赵发", "schedule", nil, 409, "不能变成「已排期」"},
		{"what is over is not paused", verifiedService, campaign.Done, "赵发", "pause", nil, 409, "不能变成「已暂停」"},
		{"a doubt is settled as something", verifiedService, campaign.InDoubt, "赵发", "settle", []string{"reason", "看过"}, 422, sayNoSettle},
		{"a doubt is settled as nothing strange", verifiedService, campaign.InDoubt, "赵发", "settle", []string{"as", "draft", "reason", "看过"}, 409, "不能变成"},
		{"a doubt is settled with a reason", verifiedService, campaign.InDoubt, "赵发", "settle", []string{"as", "done"}, 422, "请写明原因"},
		{"a test goes to somebody", verifiedService, campaign.Draft, "王编", "test", nil, 422, sayTestTo},
		{"a test of what is over is not sent", verifiedService, campaign.Done, "王编", "test", []string{"to", "wx_me"}, 422, "不能再试发"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPushDesk(t, c.rules)
			made := p.brought(t, aCard(), c.is)
			person := p.people[c.who]
			if c.what == "approve" {
				person.Roles = append(person.Roles, staff.Reviewer)
				p.people[c.who] = person
			}
			p.as(t, c.who)
			status, body := p.deed(t, made.ID, c.what, c.fields...)
			if status != c.status || !strings.Contains(body, c.says) {
				t.Errorf("%d, want %d with %q\n%s", status, c.status, c.says, body)
			}
			if got := p.kept(t, made.ID); got.Status != c.is || got.Version != made.Version {
				t.Errorf("it was written: %+v", got)
			}
			if len(c.fields) > 1 && c.fields[0] == "reason" && len(c.fields[1]) < 100 && !strings.Contains(body, c.fields[1]) {
				t.Errorf("the reason that was typed is gone")
			}
		})
	}
}

func TestAnOldPageDoesNothing(t *testing.T) {
	p := newPushDesk(t, verifiedService)
	c := p.brought(t, aCard(), campaign.Approved)
	p.as(t, "赵发")
	resp, body := p.post(t, campaignURL(c.ID)+"/schedule", "version", digits(c.Version-1))
	if resp.StatusCode != http.StatusConflict || !strings.Contains(body, saySeenOld) || p.kept(t, c.ID).Status != campaign.Approved {
		t.Errorf("%s: %s", resp.Status, body)
	}
	c = p.kept(t, c.ID)
	c.Status, c.Began = campaign.Sending, c.Due
	c = p.book.put(t, c)
	if resp, _ := p.post(t, campaignURL(c.ID)+"/pause", "version", "1"); resp.StatusCode != http.StatusOK || p.kept(t, c.ID).Status != campaign.Paused {
		t.Errorf("what is being sent cannot be stopped from an older page: %s", resp.Status)
	}
}

func TestDoubtsAreSettledByPeople(t *testing.T) {
	for _, as := range []campaign.Status{campaign.Done, campaign.Partly, campaign.Failed} {
		p := newPushDesk(t, verifiedService)
		c := p.brought(t, aMass(), campaign.InDoubt)
		p.as(t, "赵发")
		_, body := p.get(t, campaignURL(c.ID))
		for _, s := range settlings {
			if !strings.Contains(body, s.Meaning) {
				t.Errorf("the page does not say what %s means", s.Name)
			}
		}
		if status, body := p.deed(t, c.ID, "settle", "as", string(as), "reason", "在公众平台看过"); status != 200 || p.kept(t, c.ID).Status != as {
			t.Errorf("%s: %d %s", as, status, body)
		}
	}
}

func TestADoubtOfManyCallsIsSettledForAllOfThem(t *testing.T) {
	p := newPushDesk(t, verifiedService)
	c := aMass()
	c.Channel, c.Articles, c.Text = campaign.Notice, nil, "thing1：妇女权益宣传周"
	c = p.brought(t, c, campaign.InDoubt)
	sending := &pushSending{stopped: "api unauthorized"}
	p.part.Sending = sending
	p.as(t, "赵发")
	if _, body := p.get(t, campaignsPath); !strings.Contains(body, "发送已全部停止") {
		t.Error("the year does not say that nothing is sent")
	}
	if status, body := p.deed(t, c.ID, "settle", "as", "failed", "reason", "后台没有"); status != 200 || !slices.Equal(sending.settled, []string{c.ID + " failed"}) {
		t.Errorf("%d %v %s", status, sending.settled, body)
	}
}

func TestOnePersonWaits(t *testing.T) {
	rules := verifiedService
	rules.OnePerson = true
	p := newPushDesk(t, rules).as(t, "吴所长")
	list, err := p.work.Create(t.Context(), p.actor("吴所长"), aCard())
	if err != nil {
		t.Fatal(err)
	}
	id := list[0].ID
	p.deed(t, id, "submit")
	if _, body := p.get(t, campaignURL(id)); !strings.Contains(body, "一人审批") {
		t.Errorf("the page does not say what approving alone means: %s", body)
	}
	if status, body := p.deed(t, id, "approve", "hash", list[0].Hash()); status != 200 || !strings.Contains(body, `<span class="badge warn">一人审批</span>`) ||
		!strings.Contains(body, "2027年3月1日（周一）22:00以后才能排期") || strings.Contains(body, "/schedule") {
		t.Errorf("%d: %s", status, body)
	}
	if status, body := p.deed(t, id, "schedule"); status != 422 || !strings.Contains(body, "一人审批要等满12小时") {
		t.Errorf("%d: %s", status, body)
	}
	p.now = p.now.Add(campaign.AloneWait)
	p.signedIn(t, "吴所长")
	if status, _ := p.deed(t, id, "schedule"); status != 200 || p.kept(t, id).Status != campaign.Scheduled {
		t.Errorf("after the wait: %d", status)
	}
}

func TestWhatIsApprovedIsShown(t *testing.T) {
	p := newPushDesk(t, verifiedService)
	c := p.brought(t, aMass(), campaign.Submitted)
	_, body := p.as(t, "李审").get(t, campaignURL(c.ID))
	for _, want := range []string{
		`name="hash" value="` + c.Hash() + `"`, c.Articles[0].Title, c.Articles[0].Digest, "产假九十八天起。", "各省还有延长。", "cover-1",
		"/a/women/maternity-leave-days", "群发", "全部关注者", "2027年3月8日（周一）10:00", "2027年3月9日（周二）10:00", "最晚推迟6小时",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page that is approved does not show %q", want)
		}
	}
	if t.Failed() {
		t.Log(body)
	}
}

func TestReachAndFallbackAreShown(t *testing.T) {
	p := newPushDesk(t, verifiedService)
	for i := range campaign.MassPerMonth {
		c := aMass()
		c.ID, c.Title = "taken-"+digits(int64(i)), "占用"+digits(int64(i))
		c.Due = c.Due.AddDate(0, 0, 3+i)
		c.Until = c.Due.Add(time.Hour)
		p.brought(t, c, campaign.Scheduled)
	}
	c := p.brought(t, aMass(), campaign.Draft)
	_, body := p.as(t, "王编").get(t, campaignURL(c.ID))
	for _, want := range []string{"本月的4次群发已经排满", "建议改用「对话卡片」"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in %s", want, body)
		}
	}
	near := aMass()
	near.ID, near.Title = "near", "很近的"
	near.Due = near.Due.AddDate(0, 0, 3).Add(time.Hour)
	near.Until = near.Due.Add(time.Hour)
	p.brought(t, near, campaign.Draft)
	if _, body := p.get(t, campaignURL("near")); !strings.Contains(body, "相隔不到2小时") {
		t.Errorf("no collision in %s", body)
	}
}

func TestTestSends(t *testing.T) {
	p := newPushDesk(t, verifiedService)
	c := p.brought(t, aCard(), campaign.Draft)
	p.as(t, "王编")
	status, body := p.deed(t, c.ID, "test", "to", "wx_secret_name")
	if status != 200 || !slices.Equal(p.tests.to, []string{c.ID + " wx_secret_name"}) || strings.Contains(body, "wx_secret_name") {
		t.Fatalf("%d, sent %v: %s", status, p.tests.to, body)
	}
	if kept := p.kept(t, c.ID); strings.Contains(string(p.book.rows[c.ID]), "secret") || kept.Version == c.Version {
		t.Errorf("kept: %s", p.book.rows[c.ID])
	}
	for _, deed := range p.book.trail {
		if strings.Contains(deed.Note+deed.What+deed.Did, "secret") {
			t.Errorf("in the trail: %+v", deed)
		}
	}
	resp, body := p.post(t, campaignURL(c.ID)+"/test", "version", digits(c.Version), "to", "wx_secret_name")
	if resp.StatusCode != http.StatusConflict || len(p.tests.to) != 1 {
		t.Errorf("a second click sends again: %s %s", resp.Status, body)
	}
	p.tests.fail = adviceError("这个微信没有关注公众号。")
	if status, body := p.deed(t, c.ID, "test", "to", "wx_other"); status != 422 || !strings.Contains(body, "这个微信没有关注公众号。") || !strings.Contains(body, `value="wx_other"`) {
		t.Errorf("%d: %s", status, body)
	}
	p.tests.fail = errAway
	if status, body := p.deed(t, c.ID, "test", "to", "wx_other"); status != 422 || strings.Contains(body, "store away") {
		t.Errorf("%d: %s", status, body)
	}
	p.book.previews = campaign.PreviewsPerDay
	if status, body := p.deed(t, c.ID, "test", "to", "wx_other"); status != 422 || !strings.Contains(body, "试发已经用完") {
		t.Errorf("%d: %s", status, body)
	}
	p.part.Tests = nil
	if _, body := p.get(t, campaignURL(c.ID)); !strings.Contains(body, "没有接公众号，不能试发") || strings.Contains(body, "/test\"") {
		t.Errorf("without an account: %s", body)
	}
	if status, _ := p.deed(t, c.ID, "test", "to", "wx_other"); status != 404 {
		t.Errorf("without an account a test gets %d", status)
	}
}

func TestTheFirstPageTellsWhatWaits(t *testing.T) {
	p := newPushDesk(t, verifiedService)
	p.brought(t, aCard(), campaign.Submitted)
	back := aMass()
	back.Reason = "改一改"
	p.brought(t, back, campaign.InDoubt)
	for _, c := range []struct {
		who  string
		want []string
	}{
		{"李审", []string{"待审核的推送"}},
		{"赵发", []string{"待核实的推送"}},
		{"王编", nil},
		{"周管", nil},
		{"孙看", nil},
	} {
		list, err := p.part.Waiting(t.Context(), p.people[c.who])
		var got []string
		for _, w := range list {
			if w.Count > 0 {
				got = append(got, w.Name)
			}
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v %v, want %v", c.who, got, err, c.want)
		}
	}
}
