package console

import (
	"net/http"
	"strings"
	"testing"

	"pufa/campaign"
)

// aSeries keeps n cards of one series as drafts, and one of another.
func aSeries(t *testing.T, p *pushDesk, n int) (ids []string) {
	t.Helper()
	for i := range n + 1 {
		c := aCard()
		c.Series, c.ID = "2027-womens-week", "20270301-card0"+digits(int64(i))
		c.Due, c.Until = c.Due.AddDate(0, 0, i), c.Until.AddDate(0, 0, i)
		if i == n {
			c.Series = "2027-consumer-week"
		}
		p.brought(t, c, campaign.Draft)
		ids = append(ids, c.ID)
	}
	return ids
}

func TestASeriesIsSubmittedAtOnce(t *testing.T) {
	p := newPushDesk(t, verifiedService)
	ids := aSeries(t, p, 3)
	bare := p.kept(t, ids[2])
	bare.Text = ""
	p.book.put(t, bare)
	p.as(t, "王编")
	series := seriesURL("2027-womens-week")
	_, page := p.get(t, series)
	for _, want := range []string{"把能提交的 2 条都提交审核", "还不能提交"} {
		if !strings.Contains(page, want) {
			t.Fatalf("%q is not said:\n%s", want, mainOf(page))
		}
	}
	form := formIn(t, page, campaignsPath+"/submit-series")
	form.Add("seen", ids[2]+" 2")
	moved := p.kept(t, ids[1])
	moved.Text += "又改了。"
	p.book.put(t, moved)

	resp, page := p.send(t, campaignsPath+"/submit-series", form)
	says(t, resp, page, http.StatusUnprocessableEntity, "1条已提交审核。2条没有提交", "又变过了", "把能提交的 1 条都提交审核")
	for id, want := range map[string]campaign.Status{ids[0]: campaign.Submitted, ids[1]: campaign.Draft, ids[2]: campaign.Draft, ids[3]: campaign.Draft} {
		if got := p.kept(t, id).Status; got != want {
			t.Errorf("%s is %s, want %s", id, got, want)
		}
	}
	form = formIn(t, page, campaignsPath+"/submit-series")
	for _, want := range []string{"1条已提交审核。", sayGroupDone} { // the second is a double click
		resp, page = p.send(t, campaignsPath+"/submit-series", form)
		says(t, resp, page, http.StatusOK, want)
	}
	if at := resp.Request.URL.RequestURI(); at != series {
		t.Errorf("one is at %s, want %s", at, series)
	}
}

func TestASeriesThatIsNotSubmitted(t *testing.T) {
	p := newPushDesk(t, verifiedService)
	ids := aSeries(t, p, 1)
	for _, c := range []struct {
		name, who, series, seen string
		status                  int
		says                    string
	}{
		{"a viewer", "孙看", "2027-womens-week", ids[0] + " 1", http.StatusForbidden, sayRole},
		{"a reviewer", "李审", "2027-womens-week", ids[0] + " 1", http.StatusForbidden, sayRole},
		{"one of another series", "王编", "2027-womens-week", ids[1] + " 1", http.StatusNotFound, sayNoPage},
		{"one that is not there", "王编", "2027-womens-week", "20270301-none01 1", http.StatusNotFound, sayNoPage},
		{"nothing", "王编", "2027-womens-week", "", http.StatusUnprocessableEntity, sayGroupEmpty},
	} {
		t.Run(c.name, func(t *testing.T) {
			fields := []string{"series", c.series}
			if c.seen != "" {
				fields = append(fields, "seen", c.seen)
			}
			resp, page := p.as(t, c.who).post(t, campaignsPath+"/submit-series", fields...)
			says(t, resp, page, c.status, c.says)
			if got := p.kept(t, ids[0]).Status; got != campaign.Draft {
				t.Errorf("it is %s", got)
			}
		})
	}
	_, page := p.as(t, "孙看").get(t, seriesURL("2027-womens-week"))
	if strings.Contains(page, "都提交审核") {
		t.Error("a viewer sees the button")
	}
}

func TestSendingIsAllowedAgain(t *testing.T) {
	p := newPushDesk(t, verifiedService)
	sending := &pushSending{stopped: "48004 <api forbidden>"}
	p.part.Sending = sending
	allow := campaignsPath + "/allow"
	_, page := p.as(t, "王编").get(t, campaignsPath)
	if !strings.Contains(page, "发送已全部停止") || strings.Contains(page, allow) {
		t.Errorf("an editor: %s", mainOf(page))
	}
	resp, page := p.post(t, allow, "stopped", sending.stopped, "reason", "好了")
	says(t, resp, page, http.StatusForbidden, sayRole)

	_, page = p.as(t, "赵发").get(t, campaignsPath)
	form := formIn(t, page, allow)
	resp, page = p.send(t, allow, form)
	says(t, resp, page, http.StatusUnprocessableEntity, "请写明原因")
	form.Set("reason", "已按站内信改好，申诉通过")
	sending.stopped = "50002 user limited"
	resp, page = p.send(t, allow, form)
	says(t, resp, page, http.StatusConflict, sayStopOther, "50002", "已按站内信改好，申诉通过</textarea>")
	form = formIn(t, page, allow)
	for _, want := range []string{sayAllowed, sayNotStopped} { // the second is a double click
		resp, page = p.send(t, allow, form)
		says(t, resp, page, http.StatusOK, want)
	}
	if got := strings.Join(sending.allowed, "; "); got != "赵发: 已按站内信改好，申诉通过" {
		t.Errorf("allowed: %s", got)
	}
}

func TestTheFirstPageTellsThatSendingIsStopped(t *testing.T) {
	p := newPushDesk(t, verifiedService)
	p.part.Sending = &pushSending{stopped: "48004"}
	for who, want := range map[string]bool{"赵发": true, "王编": false, "李审": false} {
		list, err := p.part.Waiting(t.Context(), p.people[who])
		if err != nil {
			t.Fatal(err)
		}
		got := false
		for _, w := range list {
			got = got || w.Name == "发送已全部停止" && w.Count == 1
		}
		if got != want {
			t.Errorf("%s is told: %t, want %t", who, got, want)
		}
	}
}
