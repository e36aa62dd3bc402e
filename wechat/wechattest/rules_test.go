package wechattest

import (
	"net/http"
	"strings"
	"testing"
)

// rule is one call and the errcode it must get. %M is a media id of a draft,
// %P of a picture, %A and %B are openids, %G is one who left.
type rule struct {
	name, path, body string
	want             int
}

func check(t *testing.T, opt Options, rules []rule) {
	t.Helper()
	opt.Followers = 4
	for _, c := range rules {
		t.Run(c.name, func(t *testing.T) {
			r := start(t, opt)
			r.Wrote(4)
			if err := r.Leave(OpenID(3)); err != nil {
				t.Fatal(err)
			}
			fill := strings.NewReplacer("%P", r.AddMaterial(), "%A", OpenID(0), "%B", OpenID(1), "%G", OpenID(3))
			if strings.Contains(c.body, "%M") {
				c.body = strings.ReplaceAll(c.body, "%M", r.draft("c"))
			}
			if a := r.post(c.path, fill.Replace(c.body)); a.code() != c.want {
				t.Errorf("answer %v, want errcode %d", a, c.want)
			}
		})
	}
}

func TestRequests(t *testing.T) {
	check(t, Options{}, []rule{
		{"the body is empty", customPath, ``, 44002},
		{"the body is no JSON", customPath, `{"touser":`, 47001},
		{"the body is no object", customPath, `[]`, 47001},
		{"a field has the wrong type", customPath, `{"touser":1}`, 47001},
		{"the text is escaped", customPath, `{"touser":"%A","msgtype":"text","text":{"content":"\u4f60"}}`, 40033},
		{"a backslash before a u is no escape", customPath, `{"touser":"%A","msgtype":"text","text":{"content":"C:\\u4f60"}}`, 0},
		{"the text is not UTF-8", customPath, "{\"touser\":\"%A\",\"msgtype\":\"text\",\"text\":{\"content\":\"\xc4\xe3\"}}", 40033},
		{"the path is not known", "/cgi-bin/nothing", `{}`, 40066},
		{"there is no token", customPath + "?access_token=", `{}`, 41001},
		{"the token is cut short", customPath + "?access_token=abc", `{}`, 40014},
		{"the token is made up", customPath + "?access_token=" + strings.Repeat("x", tokenLen), `{}`, 40001},
	})
	r := start(t, Options{})
	if a := r.get(customPath); a.code() != 43002 {
		t.Errorf("GET of a POST call = %v, want 43002", a)
	}
	if a := r.post("/cgi-bin/user/get", `{}`); a.code() != 43001 {
		t.Errorf("POST of a GET call = %v, want 43001", a)
	}
	if a, err := r.call(http.MethodPut, customPath, "", nil); err != nil || a.code() != 43002 {
		t.Errorf("PUT = %v, %v, want 43002", a, err)
	}
}

func TestCustomMessageRules(t *testing.T) {
	text := func(s string) string { return strings.Replace(textTo(0, s), OpenID(0), "%A", 1) }
	check(t, Options{}, []rule{
		{"2048 bytes are taken", customPath, text(strings.Repeat("a", 2048)), 0},
		{"2049 bytes are too long", customPath, text(strings.Repeat("法", 683)), 45002},
		{"no text", customPath, text(""), 44004},
		{"nobody of that openid", customPath, strings.Replace(text("a"), "%A", "oNobody", 1), 40003},
		{"one who left", customPath, strings.Replace(text("a"), "%A", "%G", 1), 45015},
		{"a kind not known", customPath, `{"touser":"%A","msgtype":"poem"}`, 40008},
		{"one article", customPath, `{"touser":"%A","msgtype":"news","news":{"articles":[{"title":"题","url":"https://x.test/"}]}}`, 0},
		{"two articles", customPath, `{"touser":"%A","msgtype":"news","news":{"articles":[{"title":"题","url":"u"},{"title":"题","url":"u"}]}}`, 45008},
		{"an article without address", customPath, `{"touser":"%A","msgtype":"news","news":{"articles":[{"title":"题"}]}}`, 40035},
		{"an article with a long title", customPath, `{"touser":"%A","msgtype":"news","news":{"articles":[{"url":"u","title":"` + strings.Repeat("长", 65) + `"}]}}`, 45003},
		{"a page that is not out", customPath, `{"touser":"%A","msgtype":"mpnewsarticle","mpnewsarticle":{"article_id":"x"}}`, 53600},
		{"a menu", customPath, `{"touser":"%A","msgtype":"msgmenu","msgmenu":{"head_content":"选","list":[{"id":"1","content":"甲"}]}}`, 0},
		{"a menu without choices", customPath, `{"touser":"%A","msgtype":"msgmenu","msgmenu":{"head_content":"选"}}`, 44004},
		{"a choice without id", customPath, `{"touser":"%A","msgtype":"msgmenu","msgmenu":{"list":[{"content":"甲"}]}}`, 40035},
		{"typing", "/cgi-bin/message/custom/typing", `{"touser":"%A","command":"Typing"}`, 0},
		{"typing to one who left", "/cgi-bin/message/custom/typing", `{"touser":"%G","command":"Typing"}`, 45015},
		{"typing of another kind", "/cgi-bin/message/custom/typing", `{"touser":"%A","command":"Sleeping"}`, 45080},
	})
}

func TestNoticeRules(t *testing.T) {
	opt := Options{Templates: []Template{{ID: "T1", Fields: []string{"thing1", "time2"}}}}
	data := func(thing, time string) string {
		return `{"touser":"%A","template_id":"T1","data":` + inline(map[string]any{
			"thing1": map[string]string{"value": thing}, "time2": map[string]string{"value": time},
		}) + `}`
	}
	check(t, opt, []rule{
		{"20 characters are taken", noticePath, data(strings.Repeat("法", 20), "3月8日"), 0},
		{"21 characters are too many", noticePath, data(strings.Repeat("法", 21), "3月8日"), 47003},
		{"a line break", noticePath, data("甲\n乙", "3月8日"), 47003},
		{"an empty field", noticePath, data("", "3月8日"), 47003},
		{"a field is missing", noticePath, `{"touser":"%A","template_id":"T1","data":{"thing1":{"value":"甲"}}}`, 47003},
		{"no data", noticePath, `{"touser":"%A","template_id":"T1"}`, 47003},
		{"a template not known", noticePath, `{"touser":"%A","template_id":"T2","data":{"a":{"value":"甲"}}}`, 40037},
		{"nobody of that openid", noticePath, strings.Replace(data("甲", "乙"), "%A", "oNobody", 1), 40003},
		{"one who left", noticePath, strings.Replace(data("甲", "乙"), "%A", "%G", 1), 43004},
	})
	check(t, Options{Account: Subscription}, []rule{{"of a subscription account", noticePath, noticeTo(0, "c"), 48001}})
}

func TestDraftRules(t *testing.T) {
	const path = "/cgi-bin/draft/add"
	draft := func(title, content string) string { return draftOf("%P", title, content, "") }
	check(t, Options{Unverified: true}, []rule{
		{"a draft, even of an unverified account", path, draft("题", "<p>文</p>"), 0},
		{"64 characters of title", path, draft(strings.Repeat("题", 64), "文"), 0},
		{"65 characters of title", path, draft(strings.Repeat("题", 65), "文"), 45003},
		{"no title", path, draft("", "文"), 45003},
		{"no text", path, draft("题", " "), 44004},
		{"19,999 characters of text", path, draft("题", strings.Repeat("a", 19_999)), 0},
		{"20,000 characters of text", path, draft("题", strings.Repeat("a", 20_000)), 45002},
		{"a script", path, draft("题", "<p>文</p><SCRIPT>x</SCRIPT>"), 45166},
		{"a picture from elsewhere", path, draft("题", `<img alt="" src="https://x.test/1.png">`), 45166},
		{"no cover", path, draftOf("", "题", "文", ""), 40007},
		{"a cover not known", path, draftOf("material-0", "题", "文", ""), 40007},
		{"a long digest", path, `{"articles":[{"title":"题","content":"文","thumb_media_id":"%P","digest":"` + strings.Repeat("摘", 121) + `"}]}`, 45004},
		{"a long author", path, `{"articles":[{"title":"题","content":"文","thumb_media_id":"%P","author":"` + strings.Repeat("人", 17) + `"}]}`, 45110},
		{"a kind not known", path, `{"articles":[{"article_type":"poem","title":"题","content":"文","thumb_media_id":"%P"}]}`, 40008},
		{"no article", path, `{"articles":[]}`, 44003},
		{"nine articles", path, `{"articles":[{},{},{},{},{},{},{},{},{}]}`, 45008},
		{"an update", "/cgi-bin/draft/update", `{"media_id":"%M","index":0,"articles":{"title":"新","content":"文","thumb_media_id":"%P"}}`, 0},
		{"an update of an article that is not there", "/cgi-bin/draft/update", `{"media_id":"%M","index":1,"articles":{"title":"新","content":"文","thumb_media_id":"%P"}}`, 40114},
		{"an update that is not right", "/cgi-bin/draft/update", `{"media_id":"%M","index":0,"articles":{"title":"","content":"文","thumb_media_id":"%P"}}`, 45003},
		{"an update of nothing", "/cgi-bin/draft/update", `{"media_id":"%M","index":0}`, 44003},
		{"an update of a draft not known", "/cgi-bin/draft/update", `{"media_id":"x","index":0}`, 40007},
		{"a draft is deleted", "/cgi-bin/draft/delete", `{"media_id":"%M"}`, 0},
		{"a draft not known is deleted", "/cgi-bin/draft/delete", `{"media_id":"x"}`, 40007},
		{"an unverified account may not publish", "/cgi-bin/freepublish/submit", `{"media_id":"%M"}`, 48001},
		{"an unverified account may not send", massAllPath, massOf("%M", "k"), 48001},
	})
	r := start(t, Options{})
	id := r.draft("c")
	if list, _ := r.must("/cgi-bin/draft/get", `{"media_id":"`+id+`"}`)["news_item"].([]any); len(list) != 1 {
		t.Errorf("draft/get holds %d articles, want 1", len(list))
	}
}

func TestMassRules(t *testing.T) {
	const preview, del = "/cgi-bin/message/mass/preview", "/cgi-bin/message/mass/delete"
	to := func(filter string) string {
		return `{` + filter + `"msgtype":"text","text":{"content":"文"},"clientmsgid":"k"}`
	}
	check(t, Options{}, []rule{
		{"to all", massAllPath, to(`"filter":{"is_to_all":true},`), 0},
		{"to nobody in particular", massAllPath, to(``), 40035},
		{"an empty filter", massAllPath, to(`"filter":{},`), 40035},
		{"neither all nor a tag", massAllPath, to(`"filter":{"is_to_all":false},`), 40035},
		{"all and a tag", massAllPath, to(`"filter":{"is_to_all":true,"tag_id":100},`), 40035},
		{"a tag not known", massAllPath, to(`"filter":{"is_to_all":false,"tag_id":100},`), 45159},
		{"a list in the wrong call", massAllPath, to(`"touser":["%A","%B"],"filter":{"is_to_all":true},`), 40035},
		{"a filter in the wrong call", massListPath, to(`"touser":["%A","%B"],"filter":{"is_to_all":true},`), 40035},
		{"a list of two", massListPath, to(`"touser":["%A","%B"],`), 0},
		{"one openid as a word", massListPath, to(`"touser":"%A",`), 47001},
		{"too many openids", massListPath, to(`"touser":["%A"` + strings.Repeat(`,"%B"`, 10_000) + `],`), 40031},
		{"a draft not known", massAllPath, massOf("draft-0", "k"), 40007},
		{"a kind not known", massAllPath, `{"filter":{"is_to_all":true},"msgtype":"poem"}`, 40008},
		{"a text too long by a byte", massAllPath, strings.Replace(to(`"filter":{"is_to_all":true},`), "文", strings.Repeat("a", 2049), 1), 45002},
		{"a preview", preview, to(`"touser":"%A",`), 0},
		{"a preview by name", preview, to(`"towxname":"sifasuo",`), 0},
		{"a preview to nobody", preview, to(``), 40035},
		{"a preview to all", preview, to(`"towxname":"sifasuo","filter":{"is_to_all":true},`), 40035},
		{"a preview to two", preview, to(`"touser":["%A","%B"],`), 47001},
		{"a preview to one who left", preview, to(`"touser":"%G",`), 43004},
		{"a preview to one not known", preview, to(`"touser":"oNobody",`), 40003},
		{"a message not known", "/cgi-bin/message/mass/get", `{"msg_id":7}`, 40059},
		{"a message not known is deleted", del, `{"msg_id":7}`, 40059},
	})
	r := start(t, Options{Followers: 1})
	media := r.draft("c")
	show := strings.Replace(massOf(media, ""), `"filter":{"is_to_all":true}`, `"touser":"`+OpenID(0)+`"`, 1)
	for range 100 {
		r.must(preview, show)
	}
	r.codes(preview, show, 45009)
	if len(r.Previews()) != 100 || r.Drafts() != 1 || len(r.MassMessages()) != 0 {
		t.Errorf("%d previews, %d drafts, %d mass messages: want 100, 1, 0", len(r.Previews()), r.Drafts(), len(r.MassMessages()))
	}
}

func TestTagMenuAndCodeRules(t *testing.T) {
	const create, code, add = "/cgi-bin/menu/create", "/cgi-bin/qrcode/create", "/cgi-bin/tags/members/batchtagging"
	scene := func(action, text string) string {
		return `{"action_name":"` + action + `","action_info":{"scene":{"scene_str":"` + text + `"}}}`
	}
	deed := `{"name":"普法","type":"click","key":"cmd:菜单"}`
	check(t, Options{}, []rule{
		{"a menu", create, `{"button":[` + deed + `,{"name":"更多","sub_button":[` + deed + `,{"name":"网站","type":"view","url":"https://x.test/"}]}]}`, 0},
		{"no button", create, `{"button":[]}`, 40016},
		{"four buttons", create, `{"button":[` + deed + `,` + deed + `,` + deed + `,` + deed + `]}`, 40016},
		{"six buttons above one", create, `{"button":[{"name":"更多","sub_button":[` + strings.Repeat(deed+`,`, 5) + deed + `]}]}`, 40023},
		{"three levels", create, `{"button":[{"name":"甲","sub_button":[{"name":"乙","sub_button":[` + deed + `]}]}]}`, 40022},
		{"a long name", create, `{"button":[{"name":"六个汉字太长","type":"click","key":"k"}]}`, 40018},
		{"a long name above", create, `{"button":[{"name":"更多","sub_button":[{"name":"` + strings.Repeat("长", 21) + `","type":"click","key":"k"}]}]}`, 40025},
		{"no key", create, `{"button":[{"name":"普法","type":"click"}]}`, 40019},
		{"no address", create, `{"button":[{"name":"普法","type":"view","url":"x"}]}`, 40020},
		{"no deed", create, `{"button":[{"name":"普法"}]}`, 40017},
		{"a code for a while", code, scene("QR_STR_SCENE", "poster-1"), 0},
		{"a code for ever", code, scene("QR_LIMIT_STR_SCENE", strings.Repeat("景", 64)), 0},
		{"65 characters of scene", code, scene("QR_STR_SCENE", strings.Repeat("景", 65)), 40053},
		{"no scene", code, scene("QR_STR_SCENE", ""), 40053},
		{"a code of another kind", code, scene("QR_SCENE", "1"), 40052},
		{"a code for 31 days", code, `{"expire_seconds":2592001,` + scene("QR_STR_SCENE", "a")[1:], 40035},
		{"a tag", "/cgi-bin/tags/create", `{"tag":{"name":"` + strings.Repeat("签", 30) + `"}}`, 0},
		{"a long tag", "/cgi-bin/tags/create", `{"tag":{"name":"` + strings.Repeat("签", 31) + `"}}`, 45158},
		{"a tag without name", "/cgi-bin/tags/create", `{"tag":{}}`, 45157},
		{"a tag not known", add, `{"openid_list":["%A"],"tagid":100}`, 45159},
		{"a quota", "/cgi-bin/openapi/quota/get", `{"cgi_path":"/cgi-bin/menu/create"}`, 0},
		{"a quota of nothing", "/cgi-bin/openapi/quota/get", `{"cgi_path":"/x"}`, 76021},
		{"clearing another account", "/cgi-bin/clear_quota", `{"appid":"x"}`, 40013},
	})
}

func TestTokenRules(t *testing.T) {
	body := func(grant, id, secret string) string {
		return `{"grant_type":"` + grant + `","appid":"` + id + `","secret":"` + secret + `"}`
	}
	const grant = "client_credential"
	check(t, Options{}, []rule{
		{"a token", tokenPath, body(grant, DefaultAppID, DefaultSecret), 0},
		{"another grant", tokenPath, body("password", DefaultAppID, DefaultSecret), 40002},
		{"no app id", tokenPath, body(grant, "", DefaultSecret), 41002},
		{"another app id", tokenPath, body(grant, "wx1", DefaultSecret), 40013},
		{"no secret", tokenPath, body(grant, DefaultAppID, ""), 41004},
		{"another secret", tokenPath, body(grant, DefaultAppID, "x"), 40125},
	})
}
