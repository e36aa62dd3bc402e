package console

import (
	"html"
	"net/http"
	"strings"
	"testing"

	"pufa/campaign"
)

// packFields reads the wizard's form as a browser would send it.
func (p *pushDesk) packFields(t *testing.T, body string) (fields []string) {
	t.Helper()
	_, body, _ = strings.Cut(body, `class="push-form"`)
	body, _, _ = strings.Cut(body, "</form>")
	for _, m := range formInputs.FindAllStringSubmatch(body, -1) {
		a := map[string]string{}
		for _, kv := range formAttr.FindAllStringSubmatch(m[1], -1) {
			a[kv[1]] = html.UnescapeString(kv[2])
		}
		if _, on := a["checked"]; a["type"] != "checkbox" || on {
			fields = append(fields, a["name"], a["value"])
		}
	}
	for _, m := range formAreas.FindAllStringSubmatch(body, -1) {
		fields = append(fields, m[1], html.UnescapeString(m[2]))
	}
	return fields
}

func TestAPackBecomesASeries(t *testing.T) {
	for _, c := range []struct {
		name    string
		account campaign.Account
		masses  int
		cards   int
	}{
		{"a verified service account", campaign.Account{Service: true, Verified: true}, 2, 8},
		{"a verified subscription account", campaign.Account{Verified: true}, 7, 8},
		{"an account that is not verified", campaign.Account{}, 0, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPushDesk(t, campaign.Rules{Account: c.account}).as(t, "王编")
			resp, body := p.get(t, campaignsPath+"/pack?id=womens-week&year=2027")
			if resp.StatusCode != 200 {
				t.Fatal(resp.Status)
			}
			fields := append(p.packFields(t, body), "2027-womens-week-c1-text", "改成本街道的话。", "2027-womens-week-c1-due-hour", "11:30")
			resp, body = p.post(t, campaignsPath+"/pack", append(fields, "do", "preview")...)
			if resp.StatusCode != 200 || !strings.Contains(body, "改成本街道的话。") || !strings.Contains(body, "还没有存") || strings.Contains(body, " checked") || len(p.book.rows) != 0 {
				t.Fatalf("preview: %s\n%s", resp.Status, body)
			}
			fields = p.packFields(t, body)
			if resp, body := p.post(t, campaignsPath+"/pack", append(fields, "do", "create")...); resp.StatusCode != 422 || !strings.Contains(body, sayConfirm) || len(p.book.rows) != 0 {
				t.Fatalf("everybody without a word: %s", resp.Status)
			}
			if _, body := p.post(t, campaignsPath+"/pack", append(fields, "do", "edit")...); !strings.Contains(body, "改成本街道的话。</textarea>") {
				t.Errorf("back to the texts: %s", body)
			}
			create := append(fields, "sure", "1", "do", "create")
			resp, body = p.post(t, campaignsPath+"/pack", create...)
			if resp.StatusCode != 200 || !strings.Contains(body, "条已存为草稿") || resp.Request.URL.Query().Get("series") != "2027-womens-week" {
				t.Fatalf("%s at %s", resp.Status, resp.Request.URL)
			}
			p.countPack(t, c.masses, c.cards)
			if resp, body := p.post(t, campaignsPath+"/pack", create...); resp.StatusCode != 200 || !strings.Contains(body, sayPackDone) {
				t.Errorf("a second click: %s", resp.Status)
			}
			p.countPack(t, c.masses, c.cards)
			first := p.kept(t, "2027-womens-week-c1")
			if first.Text != "改成本街道的话。" || first.Due.In(campaign.Zone).Format("01-02 15:04") != "03-02 11:30" || first.Series != "2027-womens-week" {
				t.Errorf("%+v", first)
			}
		})
	}
}

func (p *pushDesk) countPack(t *testing.T, masses, cards int) {
	t.Helper()
	list, err := p.book.Campaigns(t.Context(), campaign.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[campaign.Channel]int{}
	for _, c := range list {
		got[c.Channel]++
		if c.Status != campaign.Draft || c.Author != "王编" || c.Version != 1 {
			t.Errorf("%s is %s, by %s, version %d", c.ID, c.Status, c.Author, c.Version)
		}
	}
	if got[campaign.Mass] != masses || got[campaign.Card] != cards {
		t.Errorf("%v, want %d masses and %d cards", got, masses, cards)
	}
}

func TestPartsOfAPack(t *testing.T) {
	p := newPushDesk(t, verifiedService).as(t, "王编")
	_, body := p.get(t, campaignsPath+"/pack?id=womens-week&year=2027")
	all := p.packFields(t, body)
	for _, c := range []struct {
		name   string
		fields []string
		says   string
	}{
		{"a text that may not stand there", []string{"2027-womens-week-c1-text", "<script>alert(1)</script>"}, "网页代码"},
		{"a text that is too long", []string{"2027-womens-week-c1-text", strings.Repeat("字", 201)}, "最多600字节"},
		{"a day that does not exist", []string{"2027-womens-week-c1-due-day", "2027-02-30"}, sayNoDay},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, do := range []string{"preview", "create"} {
				resp, body := p.post(t, campaignsPath+"/pack", append(append([]string{}, append(all, "sure", "1", "do", do)...), c.fields...)...)
				if resp.StatusCode != 422 || !strings.Contains(html.UnescapeString(body), c.says) || liveCode.MatchString(body) || len(p.book.rows) != 0 {
					t.Errorf("%s: %s\n%s", do, resp.Status, body)
				}
			}
		})
	}
	none := []string{"id", "womens-week", "year", "2027", "do", "create", "sure", "1"}
	if resp, body := p.post(t, campaignsPath+"/pack", none...); resp.StatusCode != 422 || !strings.Contains(body, sayNonePicked) {
		t.Errorf("nothing chosen: %s", resp.Status)
	}
	var one []string
	for i := 0; i < len(all); i += 2 {
		if !strings.HasSuffix(all[i], "-in") || all[i] == "2027-womens-week-c1-in" {
			one = append(one, all[i], all[i+1])
		}
	}
	if resp, _ := p.post(t, campaignsPath+"/pack", append(one, "do", "create", "sure", "1")...); resp.StatusCode != 200 || len(p.book.rows) != 1 {
		t.Errorf("one of them: %s, %d kept", resp.Status, len(p.book.rows))
	}
	if _, body := p.get(t, campaignsPath+"/pack?id=womens-week&year=2027"); !strings.Contains(body, "这一组已有1条存为草稿") || strings.Contains(body, "2027-womens-week-c1-in") {
		t.Error("what was kept is offered again")
	}
	for _, bad := range []string{"?id=none&year=2027", "?id=womens-week&year=x", "", "?id=womens-week&year=3000"} {
		if resp, _ := p.get(t, campaignsPath+"/pack"+bad); resp.StatusCode != http.StatusNotFound {
			t.Errorf("pack%s: %s", bad, resp.Status)
		}
	}
	if _, body := p.get(t, campaignsPath+"/pack?id=womens-week&year=2026"); !strings.Contains(body, "日子已经过了") {
		t.Error("a year that is over is planned")
	}
	if _, body := p.get(t, campaignsPath+"/packs?year=2027"); !strings.Contains(body, "用“三八维权周（7条）”") || !strings.Contains(body, "还有9条没有存") {
		t.Error("the packs do not say what is left")
	}
}
