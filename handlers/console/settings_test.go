package console

import (
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"pufa/staff"
	"pufa/web"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

func pagesOf(t *testing.T) *web.Pages {
	t.Helper()
	pages, err := web.New()
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

func streetOf(text string) web.Street {
	return web.Street{Name: text, Office: text, Address: text, Phone: text, Hours: text}
}

func TestTheStreetIsChecked(t *testing.T) {
	good := web.Street{Name: "平东街道", Office: "平东街道司法所", Address: "和平路1号2楼", Phone: "010-12345678转0", Hours: "周一至周五 9:00–17:00"}
	for _, c := range []struct {
		name   string
		change func(*web.Street)
		want   string
	}{
		{"as it should be", func(*web.Street) {}, ""},
		{"all empty", func(s *web.Street) { *s = web.Street{} }, ""},
		{"as long as may be", func(s *web.Street) { s.Address = strings.Repeat("路", maxStreet) }, ""},
		{"too long", func(s *web.Street) { s.Address = strings.Repeat("路", maxStreet+1) }, "每一项最多 60 个字，请缩短：地址"},
		{"two lines", func(s *web.Street) { s.Hours = "周一\n周二" }, "每一项写在一行里，不能换行：办公时间"},
		{"a telephone with words", func(s *web.Street) { s.Phone = "找小李" }, sayStreetPhone},
	} {
		s := good
		c.change(&s)
		if got := checkStreet(s); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTheStreetHasVersions(t *testing.T) {
	streets := &streetBook{}
	d, _ := managed(t, func(c *Config) { c.Streets = streets })
	d.signedIn(t, "王管理")
	fields := func(versions, phone string) []string {
		return []string{"versions", versions, "name", "平东街道", "office", "", "address", "", "phone", phone, "hours", ""}
	}
	if _, body := d.post(t, Path+"/settings/street", fields("0", "12348")...); !strings.Contains(body, "已保存") || !strings.Contains(body, "王管理") {
		t.Fatal(body)
	}
	// Another one filled in the same form and saves later.
	resp, body := d.post(t, Path+"/settings/street", fields("0", "110")...)
	if resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "别人刚刚改过") || !strings.Contains(body, `value="110"`) || !strings.Contains(body, "<dd>12348</dd>") {
		t.Errorf("%s: %s", resp.Status, body)
	}
	if !strings.Contains(body, `name="versions" value="1"`) {
		t.Error("a second try would be refused again")
	}
	if resp, _ := d.post(t, Path+"/settings/street", fields("1", "110")...); resp.StatusCode != http.StatusOK || len(streets.list) != 2 {
		t.Errorf("again: %s, %d versions", resp.Status, len(streets.list))
	}
	if resp, _ := d.post(t, Path+"/settings/street", fields("one", "110")...); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a number that is none: %s", resp.Status)
	}
}

func TestWhatWaitsIsShownByRole(t *testing.T) {
	d, _ := managed(t)
	d.signedIn(t, "李审")
	_, body := d.get(t, Path+"/")
	for _, want := range []string{"待核对的条目", "请尽快", `href="/console/campaigns"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the first page does not have %s", want)
		}
	}
	if strings.Contains(body, "没有的事") || strings.Contains(body, ">设置<") {
		t.Error("what does not wait, or is not theirs, is shown")
	}
	d.client = newClient(t)
	d.signedIn(t, "王编")
	if _, body := d.get(t, Path+"/"); !strings.Contains(body, "现在没有等您处理的事") {
		t.Error("who may not approve sees what waits for approval")
	}
}

// trailOf is a desk with a trail of n steps.
func trailOf(t *testing.T, n int) (*desk, *book) {
	t.Helper()
	d, b := managed(t)
	for i := range n {
		who := "王编"
		if i%10 == 0 {
			who = "李审"
		}
		_ = b.Record(t.Context(), staff.Draft{At: noonOf(i), Who: who, Did: "save draft", What: "consumer/n" + strconv.Itoa(i)})
	}
	d.signedIn(t, "王管理")
	return d, b
}
