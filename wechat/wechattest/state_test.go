package wechattest

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestTokenLife(t *testing.T) {
	r := start(t, Options{})
	probe := func(want int) {
		t.Helper()
		if got := r.get("/cgi-bin/tags/get").code(); got != want {
			t.Errorf("a call with the token = %d, want %d", got, want)
		}
	}
	first := r.token
	if len(first) != tokenLen {
		t.Errorf("token has %d bytes, want %d", len(first), tokenLen)
	}
	r.clock.forward(tokenLife - tokenOverlap - time.Second)
	if r.renew(); r.token != first {
		t.Error("the token changed before its last five minutes")
	}
	r.clock.forward(time.Second)
	probe(0)
	if r.renew(); r.token == first {
		t.Error("the token did not change in its last five minutes")
	}
	probe(0)
	next := r.token
	r.token = first
	probe(0)
	r.clock.forward(tokenOverlap)
	probe(42001)
	r.token = next
	probe(0)
	r.ExpireTokens()
	probe(42001)
	r.renew()
	probe(0)
	r.WithdrawTokens()
	probe(40001)
	if got := r.TokensMade(); got != 3 {
		t.Errorf("TokensMade = %d, want 3", got)
	}
}

func TestForcedTokensAreFew(t *testing.T) {
	r := start(t, Options{})
	force := `{"grant_type":"client_credential","force_refresh":true,"appid":"` + DefaultAppID + `","secret":"` + DefaultSecret + `"}`
	old := r.token
	r.codes(tokenPath, force, 0, 45011)
	if a, _ := r.call(http.MethodGet, "/cgi-bin/tags/get?access_token="+old, "", nil); a.code() != 40001 {
		t.Errorf("the token before a forced one = %v, want 40001", a)
	}
	for range forcesADay - 1 {
		r.clock.forward(forceApart)
		r.codes(tokenPath, force, 0)
	}
	r.clock.forward(forceApart)
	r.codes(tokenPath, force, 45009)
	r.clock.forward(24 * time.Hour)
	r.codes(tokenPath, force, 0)
}

// What a resident does opens the right to write, for so long and so often.
func TestCustomMessageAllowance(t *testing.T) {
	r := start(t, Options{Followers: 2})
	ctx := t.Context()
	send := func(want ...int) { t.Helper(); r.codes(customPath, textTo(0, "您好"), want...) }
	send(45015)
	if _, err := r.Click(ctx, OpenID(0), "cmd:菜单"); err != nil {
		t.Fatal(err)
	}
	send(0, 0, 0, 45047)
	r.clock.forward(time.Minute)
	send(45015)
	if _, err := r.Text(ctx, OpenID(0), "你好"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Scan(ctx, OpenID(0), "poster"); err != nil {
		t.Fatal(err)
	}
	send(0, 0, 0, 0, 0, 0, 0, 0, 45047)
	r.clock.forward(47 * time.Hour)
	r.renew()
	send(45047)
	r.clock.forward(time.Hour)
	send(45015)
	r.Wrote(1)
	send(0, 0, 0, 0, 0, 45047)
	r.codes(customPath, textTo(1, "您好"), 45015)
}

func TestNoticeConsent(t *testing.T) {
	r := start(t, Options{Followers: 2})
	ctx := t.Context()
	if err := r.RefuseNotices(ctx, OpenID(0), "T1", true); err != nil {
		t.Fatal(err)
	}
	r.codes(noticePath, noticeTo(0, "c"), 43101)
	r.codes(noticePath, noticeTo(1, "c"), 0)
	if err := r.AnswerPopup(ctx, OpenID(0), "T1", true); err != nil {
		t.Fatal(err)
	}
	r.codes(noticePath, noticeTo(0, "c"), 0)
	if err := r.Unsubscribe(ctx, OpenID(0)); err != nil {
		t.Fatal(err)
	}
	r.codes(noticePath, noticeTo(0, "c"), 43004)
	if got := r.Followers(); got != 1 {
		t.Errorf("Followers = %d, want 1", got)
	}
	for _, err := range []error{r.Leave("x"), r.Mute("x"), r.Unsubscribe(ctx, "x"), r.RefuseNotices(ctx, "x", "T1", true)} {
		if err == nil {
			t.Error("something happened to nobody")
		}
	}
}

func TestPublish(t *testing.T) {
	r := start(t, Options{JobTime: time.Minute})
	id := r.draft("c5")
	a := r.must("/cgi-bin/freepublish/submit", `{"media_id":"`+id+`"}`)
	r.codes("/cgi-bin/freepublish/submit", `{"media_id":"`+id+`"}`, 40007)
	get := func(id string) answer { return r.must("/cgi-bin/freepublish/get", `{"publish_id":"`+id+`"}`) }
	if got := get(a.word("publish_id")).number("publish_status"); got != 1 {
		t.Errorf("status %d at once, want 1", got)
	}
	r.clock.forward(time.Minute)
	r.Tick(t.Context())
	out := get(a.word("publish_id"))
	if out.number("publish_status") != 0 || out.word("article_id") == "" || out["article_detail"] == nil {
		t.Errorf("page = %v, want it out", out)
	}
	r.Wrote(1)
	r.EndPage(PageRefused)
	bad := r.draft("c6")
	b := r.must("/cgi-bin/freepublish/submit", `{"media_id":"`+bad+`"}`)
	r.clock.forward(time.Minute)
	r.Tick(t.Context())
	if got := get(b.word("publish_id")).number("publish_status"); got != 4 {
		t.Errorf("status %d of what was refused, want 4", got)
	}
	r.must("/cgi-bin/draft/get", `{"media_id":"`+bad+`"}`)
	r.codes("/cgi-bin/freepublish/get", `{"publish_id":"x"}`, 53502)
	if pages := r.Pages(); len(pages) != 2 || pages[0].Campaign != "c5" || pages[0].Status != PageOut || pages[1].Status != PageRefused {
		t.Errorf("Pages = %+v", pages)
	}
}

func TestPictures(t *testing.T) {
	r := start(t, Options{})
	png := "\x89PNG\r\n\x1a\n"
	upload := func(path, field, data string) answer {
		t.Helper()
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		part, err := w.CreateFormFile(field, "a.png")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write([]byte(data))
		_ = w.Close()
		a, err := r.call(http.MethodPost, path, w.FormDataContentType(), b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	const image, material = "/cgi-bin/media/uploadimg", "/cgi-bin/material/add_material?type=image"
	for _, c := range []struct {
		name, path, field, data string
		want                    int
	}{
		{"a picture of a text", image, "media", png, 0},
		{"a cover", material, "media", png, 0},
		{"a gif in a text", image, "media", "GIF89a", 40137},
		{"a gif as cover", material, "media", "GIF89a", 0},
		{"no picture", image, "media", "<html>", 40137},
		{"nothing", image, "media", "", 44001},
		{"another field", image, "file", png, 41005},
		{"2 MB", image, "media", png + strings.Repeat("x", maxImage-len(png)), 0},
		{"2 MB and a byte", image, "media", png + strings.Repeat("x", maxImage-len(png)+1), 40009},
		{"a voice", "/cgi-bin/material/add_material?type=voice", "media", png, 40004},
	} {
		t.Run(c.name, func(t *testing.T) {
			if a := upload(c.path, c.field, c.data); a.code() != c.want {
				t.Errorf("answer %v, want errcode %d", a, c.want)
			}
		})
	}
	address, cover := upload(image, "media", png).word("url"), upload(material, "media", png).word("media_id")
	r.must("/cgi-bin/draft/add", draftOf(cover, "题", `<img alt='' src='`+address+`'/><img src=`+address+` >`, ""))
	if a := r.post(image, `{}`); a.code() != 41005 {
		t.Errorf("no form = %v, want 41005", a)
	}
}

func TestFollowersComeInPages(t *testing.T) {
	r := start(t, Options{Followers: 25_000})
	if err := r.Leave(OpenID(3)); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Subscribe(t.Context(), "oLate", ""); err != nil {
		t.Fatal(err)
	}
	seen, next := map[string]bool{}, ""
	for _, want := range []int64{10_000, 10_000, 5_000, 0} {
		a := r.get("/cgi-bin/user/get?next_openid=" + next)
		if a.number("count") != want || a.number("total") != 25_000 {
			t.Fatalf("page after %d followers: count %d, total %d", len(seen), a.number("count"), a.number("total"))
		}
		data, _ := a["data"].(map[string]any)
		list, _ := data["openid"].([]any)
		for _, id := range list {
			seen[id.(string)] = true
		}
		next = a.word("next_openid")
	}
	if len(seen) != 25_000 || seen[OpenID(3)] || !seen[OpenID(24_999)] || !seen["oLate"] || next != "" {
		t.Errorf("%d followers, the one who left %v, the late one %v, last next_openid %q", len(seen), seen[OpenID(3)], seen["oLate"], next)
	}
	if a := r.get("/cgi-bin/user/get?next_openid=oNobody"); a.code() != 40003 {
		t.Errorf("after nobody = %v, want 40003", a)
	}
}

func TestTags(t *testing.T) {
	r := start(t, Options{Followers: 60})
	make := func(name string) int64 {
		tag, _ := r.must("/cgi-bin/tags/create", `{"tag":{"name":"`+name+`"}}`)["tag"].(map[string]any)
		return answer(tag).number("id")
	}
	change := func(path string, tag int64, from, n, want int) {
		t.Helper()
		var ids []string
		for i := range n {
			ids = append(ids, OpenID(from+i))
		}
		r.codes("/cgi-bin/tags/members/"+path, inline(map[string]any{"openid_list": ids, "tagid": tag}), want)
	}
	tag := make("妇女权益")
	r.codes("/cgi-bin/tags/create", `{"tag":{"name":"妇女权益"}}`, 45157)
	change("batchtagging", tag, 0, 50, 0)
	change("batchtagging", tag, 0, 51, 40032)
	change("batchtagging", tag, 0, 0, 40032)
	change("batchtagging", tag, 59, 2, 40003)
	change("batchuntagging", tag, 0, 10, 0)
	r.must(massAllPath, fmt.Sprintf(`{"filter":{"is_to_all":false,"tag_id":%d},"msgtype":"text","text":{"content":"?c=tagged"},"clientmsgid":"t"}`, tag))
	r.Tick(t.Context())
	if got := r.Reached("tagged"); got.Followers != 40 || r.Count("tagged", OpenID(9)) != 0 || r.Count("tagged", OpenID(10)) != 1 {
		t.Errorf("Reached = %+v, want the 40 tagged", got)
	}
	for i := range 19 {
		change("batchtagging", make(fmt.Sprint("签", i)), 20, 1, 0)
	}
	change("batchtagging", make("第二十一个"), 20, 1, 45059)
	if err := r.Leave(OpenID(1)); err != nil {
		t.Fatal(err)
	}
	change("batchtagging", tag, 1, 1, 46004)
	if list, _ := r.get("/cgi-bin/tags/get")["tags"].([]any); len(list) != 21 {
		t.Errorf("%d tags, want 21", len(list))
	}
}

func TestMenuComesBack(t *testing.T) {
	r := start(t, Options{})
	if a := r.get("/cgi-bin/menu/get"); a.code() != 46003 {
		t.Errorf("no menu = %v, want 46003", a)
	}
	r.must("/cgi-bin/menu/create", `{"button":[{"name":"普法","type":"click","key":"cmd:菜单"}]}`)
	menu, _ := r.get("/cgi-bin/menu/get")["menu"].(map[string]any)
	if list, _ := menu["button"].([]any); len(list) != 1 {
		t.Errorf("menu = %v", menu)
	}
	r.get("/cgi-bin/menu/delete")
	if a := r.get("/cgi-bin/menu/get"); a.code() != 46003 {
		t.Errorf("deleted menu = %v, want 46003", a)
	}
}

func TestDailyQuota(t *testing.T) {
	r := start(t, Options{Followers: 2, DailyLimits: map[string]int{noticePath: 3, "/cgi-bin/user/get": -1}})
	left := func(path string) answer {
		a, _ := r.must("/cgi-bin/openapi/quota/get", `{"cgi_path":"`+path+`"}`)["quota"].(map[string]any)
		return answer(a)
	}
	r.codes(noticePath, noticeTo(0, "c"), 0, 0, 0, 45009)
	if q := left(noticePath); q.number("daily_limit") != 3 || q.number("used") != 3 || q.number("remain") != 0 {
		t.Errorf("quota = %v", q)
	}
	if q := left("/cgi-bin/user/get"); q.number("remain") == 0 {
		t.Errorf("lifted quota = %v", q)
	}
	for range clearsAMonth {
		r.must("/cgi-bin/clear_quota", `{"appid":"`+DefaultAppID+`"}`)
	}
	r.codes(noticePath, noticeTo(0, "c"), 0, 0, 0, 45009)
	r.codes("/cgi-bin/clear_quota", `{"appid":"`+DefaultAppID+`"}`, 48006)
	r.clock.forward(14 * time.Hour) // midnight
	r.renew()
	r.codes(noticePath, noticeTo(0, "c"), 0)
}
