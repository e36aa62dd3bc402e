package wechat

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// yesterday of testNow, in Shanghai.
var yesterday = testNow.Add(-24 * time.Hour)

func article() DraftArticle {
	return DraftArticle{
		Title: "三八妇女节：这些权利要知道", Author: "司法所", Digest: "摘要", Content: `<p>a & b <a href="https://example.test/a">c</a></p>`,
		SourceURL: "https://example.test/a", CoverID: "COVER", Comments: true,
	}
}

// Each method: the request as it goes out, and what becomes of the answer.
func TestEveryRequest(t *testing.T) {
	const ok = `{"errcode":0,"errmsg":"ok"}`
	tests := []struct {
		name, answer string
		call         func(*clientRig) (any, error)
		method, path string
		query, body  string
		want         any
	}{
		{
			"a text to a resident", ok,
			func(c *clientRig) (any, error) {
				return nil, c.SendMessage(c.ctx(), testOpenID, CustomerText("<b> & \"引号\"\n第二行\u2028第三行👩"))
			},
			"POST", "/cgi-bin/message/custom/send", "",
			`{"msgtype":"text","text":{"content":"<b> & \"引号\"\n第二行` + "\u2028" + `第三行👩"},"touser":"` + testOpenID + `"}`, nil,
		},
		{
			"a card to a resident", ok,
			func(c *clientRig) (any, error) {
				return nil, c.SendMessage(c.ctx(), testOpenID, CustomerNews(NewsItem{"标题", "说明", "https://example.test/p", "https://example.test/a?b=1&c=2"}))
			},
			"POST", "/cgi-bin/message/custom/send", "",
			`{"msgtype":"news","news":{"articles":[{"description":"说明","picurl":"https://example.test/p","title":"标题","url":"https://example.test/a?b=1&c=2"}]},"touser":"` + testOpenID + `"}`, nil,
		},
		{
			"an article to a resident", ok,
			func(c *clientRig) (any, error) {
				return nil, c.SendMessage(c.ctx(), testOpenID, CustomerArticle("ARTICLE"))
			},
			"POST", "/cgi-bin/message/custom/send", "", `{"mpnewsarticle":{"article_id":"ARTICLE"},"msgtype":"mpnewsarticle","touser":"` + testOpenID + `"}`, nil,
		},
		{
			"a menu message to a resident", ok,
			func(c *clientRig) (any, error) {
				return nil, c.SendMessage(c.ctx(), testOpenID, CustomerMenu("选一个", []MenuChoice{{"1", "退货"}, {"2", "都不是"}}, "谢谢"))
			},
			"POST", "/cgi-bin/message/custom/send", "",
			`{"msgmenu":{"head_content":"选一个","list":[{"content":"退货","id":"1"},{"content":"都不是","id":"2"}],"tail_content":"谢谢"},"msgtype":"msgmenu","touser":"` + testOpenID + `"}`, nil,
		},
		{
			"typing", ok, func(c *clientRig) (any, error) { return nil, c.Typing(c.ctx(), testOpenID, true) },
			"POST", "/cgi-bin/message/custom/typing", "", `{"command":"Typing","touser":"` + testOpenID + `"}`, nil,
		},
		{
			"typing no longer", ok, func(c *clientRig) (any, error) { return nil, c.Typing(c.ctx(), testOpenID, false) },
			"POST", "/cgi-bin/message/custom/typing", "", `{"command":"CancelTyping","touser":"` + testOpenID + `"}`, nil,
		},
		{
			"a mass message to all", `{"errcode":0,"msg_id":34182,"msg_data_id":206227730}`,
			func(c *clientRig) (any, error) {
				return c.SendMass(c.ctx(), MassMessage{Audience: All("k1"), Content: MassNews("MEDIA"), Key: "k1"})
			},
			"POST", "/cgi-bin/message/mass/sendall", "",
			`{"clientmsgid":"k1","filter":{"is_to_all":true},"mpnews":{"media_id":"MEDIA"},"msgtype":"mpnews","send_ignore_reprint":0}`,
			MassJob{MsgID: 34182, DataID: 206227730},
		},
		{
			"a mass message to a tag", `{"errcode":0,"msg_id":"34183"}`,
			func(c *clientRig) (any, error) {
				return c.SendMass(c.ctx(), MassMessage{Audience: Tag(101), Content: MassText("您好"), Key: "k2", IgnoreReprint: true})
			},
			"POST", "/cgi-bin/message/mass/sendall", "",
			`{"clientmsgid":"k2","filter":{"is_to_all":false,"tag_id":101},"msgtype":"text","send_ignore_reprint":1,"text":{"content":"您好"}}`,
			MassJob{MsgID: 34183},
		},
		{
			"a mass message to a list", `{"errcode":0,"msg_id":9007199254740993}`,
			func(c *clientRig) (any, error) {
				return c.SendMass(c.ctx(), MassMessage{Audience: OpenIDs([]string{"a", "b"}), Content: MassText("您好"), Key: "k3"})
			},
			"POST", "/cgi-bin/message/mass/send", "",
			`{"clientmsgid":"k3","msgtype":"text","send_ignore_reprint":0,"text":{"content":"您好"},"touser":["a","b"]}`,
			MassJob{MsgID: 9007199254740993},
		},
		{
			"a mass message that was sent before", `{"errcode":45065,"errmsg":"clientmsgid exist","msg_id":34182}`,
			func(c *clientRig) (any, error) {
				return c.SendMass(c.ctx(), MassMessage{Audience: Tag(1), Content: MassText("您好"), Key: "k1"})
			},
			"POST", "/cgi-bin/message/mass/sendall", "",
			`{"clientmsgid":"k1","filter":{"is_to_all":false,"tag_id":1},"msgtype":"text","send_ignore_reprint":0,"text":{"content":"您好"}}`,
			MassJob{MsgID: 34182, Repeated: true},
		},
		{
			"a preview by openid", ok,
			func(c *clientRig) (any, error) {
				return nil, c.PreviewMass(c.ctx(), testOpenID, MassNews("MEDIA"))
			},
			"POST", "/cgi-bin/message/mass/preview", "", `{"mpnews":{"media_id":"MEDIA"},"msgtype":"mpnews","touser":"` + testOpenID + `"}`, nil,
		},
		{
			"a preview by name", ok,
			func(c *clientRig) (any, error) {
				return nil, c.PreviewMassByName(c.ctx(), "wx_name", MassText("您好"))
			},
			"POST", "/cgi-bin/message/mass/preview", "", `{"msgtype":"text","text":{"content":"您好"},"towxname":"wx_name"}`, nil,
		},
		{
			"the state of a mass message", `{"msg_id":34182,"msg_status":"SEND_SUCCESS"}`,
			func(c *clientRig) (any, error) { return c.MassStateOf(c.ctx(), 34182) },
			"POST", "/cgi-bin/message/mass/get", "", `{"msg_id":34182}`, MassSent,
		},
		{
			"one article deleted", ok, func(c *clientRig) (any, error) { return nil, c.DeleteMassArticle(c.ctx(), 34182, 2) },
			"POST", "/cgi-bin/message/mass/delete", "", `{"article_idx":2,"msg_id":34182}`, nil,
		},
		{
			"all articles deleted", ok, func(c *clientRig) (any, error) { return nil, c.DeleteMass(c.ctx(), 34182) },
			"POST", "/cgi-bin/message/mass/delete", "", `{"article_idx":0,"msg_id":34182}`, nil,
		},
		{
			"a draft", `{"media_id":"MEDIA","item":[]}`,
			func(c *clientRig) (any, error) { return c.AddDraft(c.ctx(), []DraftArticle{article()}) },
			"POST", "/cgi-bin/draft/add", "",
			`{"articles":[{"article_type":"news","title":"三八妇女节：这些权利要知道","author":"司法所","digest":"摘要","content":"<p>a & b <a href=\"https://example.test/a\">c</a></p>","content_source_url":"https://example.test/a","thumb_media_id":"COVER","need_open_comment":1,"only_fans_can_comment":0}]}`,
			"MEDIA",
		},
		{
			"a draft changed", ok, func(c *clientRig) (any, error) { return nil, c.UpdateDraft(c.ctx(), "MEDIA", 0, article()) },
			"POST", "/cgi-bin/draft/update", "",
			`{"articles":{"article_type":"news","title":"三八妇女节：这些权利要知道","author":"司法所","digest":"摘要","content":"<p>a & b <a href=\"https://example.test/a\">c</a></p>","content_source_url":"https://example.test/a","thumb_media_id":"COVER","need_open_comment":1,"only_fans_can_comment":0},"index":0,"media_id":"MEDIA"}`,
			nil,
		},
		{
			"a draft read", `{"news_item":[{"title":"标题","content":"<p>x</p>","thumb_media_id":"COVER","need_open_comment":1,"url":"http://example.test/p"}]}`,
			func(c *clientRig) (any, error) { return c.Draft(c.ctx(), "MEDIA") },
			"POST", "/cgi-bin/draft/get", "", `{"media_id":"MEDIA"}`,
			[]DraftArticle{{Title: "标题", Content: "<p>x</p>", CoverID: "COVER", Comments: true, URL: "http://example.test/p"}},
		},
		{
			"a draft deleted", ok, func(c *clientRig) (any, error) { return nil, c.DeleteDraft(c.ctx(), "MEDIA") },
			"POST", "/cgi-bin/draft/delete", "", `{"media_id":"MEDIA"}`, nil,
		},
		{
			"a draft published", `{"errcode":0,"publish_id":2247483655,"msg_data_id":2247483656}`,
			func(c *clientRig) (any, error) { return c.Publish(c.ctx(), "MEDIA") },
			"POST", "/cgi-bin/freepublish/submit", "", `{"media_id":"MEDIA"}`,
			PublishJob{"2247483655", "2247483656"},
		},
		{
			"the state of a publication",
			`{"publish_id":"100000001","publish_status":0,"article_id":"ARTICLE","article_detail":{"count":1,"item":[{"idx":1,"article_url":"http://example.test/p"}]},"fail_idx":[2]}`,
			func(c *clientRig) (any, error) {
				state, result, err := c.PublishStateOf(c.ctx(), "100000001")
				if state != Published {
					t.Errorf("state = %d, want %d", state, Published)
				}
				return result, err
			},
			"POST", "/cgi-bin/freepublish/get", "", `{"publish_id":"100000001"}`,
			&PublishResult{
				ID: "100000001", Status: "0", ArticleID: "ARTICLE",
				Articles: []PublishedArticle{{"1", "http://example.test/p"}}, FailedIndexes: []string{"2"},
			},
		},
		{
			"a notice", `{"errcode":0,"errmsg":"ok","msgid":294402298110051942}`,
			func(c *clientRig) (any, error) {
				return c.SendNotice(c.ctx(), testOpenID, Notice{"TEMPLATE", "https://example.test/a", map[string]string{"thing1": "普法讲座"}})
			},
			"POST", "/cgi-bin/message/subscribe/bizsend", "",
			`{"data":{"thing1":{"value":"普法讲座"}},"page":"https://example.test/a","template_id":"TEMPLATE","touser":"` + testOpenID + `"}`,
			"294402298110051942",
		},
		{
			"a notice without a page", ok,
			func(c *clientRig) (any, error) {
				return c.SendNotice(c.ctx(), testOpenID, Notice{"TEMPLATE", "", map[string]string{"thing1": "普法讲座"}})
			},
			"POST", "/cgi-bin/message/subscribe/bizsend", "",
			`{"data":{"thing1":{"value":"普法讲座"}},"template_id":"TEMPLATE","touser":"` + testOpenID + `"}`, "",
		},
		{
			"a tag made", `{"tag":{"id":134,"name":"妇女权益"}}`,
			func(c *clientRig) (any, error) { return c.CreateTag(c.ctx(), "妇女权益") },
			"POST", "/cgi-bin/tags/create", "", `{"tag":{"name":"妇女权益"}}`,
			FollowerTag{ID: 134, Name: "妇女权益"},
		},
		{
			"the tags", `{"tags":[{"id":1,"name":"黑名单","count":0},{"id":134,"name":"妇女权益","count":12}]}`,
			func(c *clientRig) (any, error) { return c.Tags(c.ctx()) },
			"GET", "/cgi-bin/tags/get", "", "",
			[]FollowerTag{{ID: 1, Name: "黑名单"}, {134, "妇女权益", 12}},
		},
		{
			"followers tagged", ok,
			func(c *clientRig) (any, error) { return nil, c.TagFollowers(c.ctx(), 134, []string{"a", "b"}) },
			"POST", "/cgi-bin/tags/members/batchtagging", "", `{"openid_list":["a","b"],"tagid":134}`, nil,
		},
		{
			"followers untagged", ok,
			func(c *clientRig) (any, error) { return nil, c.UntagFollowers(c.ctx(), 134, []string{"a"}) },
			"POST", "/cgi-bin/tags/members/batchuntagging", "", `{"openid_list":["a"],"tagid":134}`, nil,
		},
		{
			"a menu", ok,
			func(c *clientRig) (any, error) {
				return nil, c.CreateMenu(c.ctx(), []MenuButton{
					{Name: "菜单", Key: "cmd:菜单"},
					{Name: "专题", Sub: []MenuButton{{Name: "妇女权益", Key: "topic:women"}, {Name: "网页", URL: "https://example.test/?a=1&b=2"}}},
				})
			},
			"POST", "/cgi-bin/menu/create", "",
			`{"button":[{"name":"菜单","type":"click","key":"cmd:菜单"},{"name":"专题","sub_button":[{"name":"妇女权益","type":"click","key":"topic:women"},{"name":"网页","type":"view","url":"https://example.test/?a=1&b=2"}]}]}`, nil,
		},
		{
			"the menu read", `{"menu":{"button":[{"name":"专题","sub_button":[{"type":"click","name":"妇女权益","key":"topic:women","sub_button":[]}]}]}}`,
			func(c *clientRig) (any, error) { return c.Menu(c.ctx()) },
			"GET", "/cgi-bin/menu/get", "", "",
			[]MenuButton{{Name: "专题", Sub: []MenuButton{{Name: "妇女权益", Key: "topic:women"}}}},
		},
		{
			"no menu to read", `{"errcode":46003,"errmsg":"menu no exist"}`, func(c *clientRig) (any, error) { return c.Menu(c.ctx()) },
			"GET", "/cgi-bin/menu/get", "", "", []MenuButton(nil),
		},
		{
			"the menu deleted", ok, func(c *clientRig) (any, error) { return nil, c.DeleteMenu(c.ctx()) },
			"GET", "/cgi-bin/menu/delete", "", "", nil,
		},
		{
			"a temporary code", `{"ticket":"TICKET","expire_seconds":604800,"url":"http://example.test/q/1"}`,
			func(c *clientRig) (any, error) { return c.CreateCode(c.ctx(), "banner-38", 7*24*time.Hour) },
			"POST", "/cgi-bin/qrcode/create", "",
			`{"action_info":{"scene":{"scene_str":"banner-38"}},"action_name":"QR_STR_SCENE","expire_seconds":604800}`,
			Code{"TICKET", "http://example.test/q/1", 7 * 24 * time.Hour},
		},
		{
			"a permanent code", `{"ticket":"TICKET","url":"http://example.test/q/1"}`,
			func(c *clientRig) (any, error) { return c.CreatePermanentCode(c.ctx(), "门口") },
			"POST", "/cgi-bin/qrcode/create", "",
			`{"action_info":{"scene":{"scene_str":"门口"}},"action_name":"QR_LIMIT_STR_SCENE"}`,
			Code{Ticket: "TICKET", URL: "http://example.test/q/1"},
		},
		{
			"who came and went", `{"list":[{"ref_date":"2026-03-06","user_source":30,"new_user":5,"cancel_user":1}]}`,
			func(c *clientRig) (any, error) {
				return c.FollowerChanges(c.ctx(), yesterday.AddDate(0, 0, -6), yesterday)
			},
			"POST", "/datacube/getusersummary", "", `{"begin_date":"2026-03-01","end_date":"2026-03-07"}`,
			[]FollowerChange{{"2026-03-06", 30, 5, 1}},
		},
		{
			"how many follow", `{"list":[{"ref_date":"2026-03-07","cumulate_user":1217056}]}`,
			func(c *clientRig) (any, error) { return c.FollowerTotals(c.ctx(), yesterday, yesterday) },
			"POST", "/datacube/getusercumulate", "", `{"begin_date":"2026-03-07","end_date":"2026-03-07"}`,
			[]FollowerTotal{{"2026-03-07", 1217056}},
		},
		{
			"what was read on a day", `{"list":[{"ref_date":"2026-03-07","msgid":"10000050_1","title":"标题","int_page_read_user":23,"int_page_read_count":38,"share_user":2,"share_count":3}]}`,
			func(c *clientRig) (any, error) { return c.ArticleSummaries(c.ctx(), yesterday) },
			"POST", "/datacube/getarticlesummary", "", `{"begin_date":"2026-03-07","end_date":"2026-03-07"}`,
			[]ArticleSummary{{"2026-03-07", "10000050_1", "标题", ArticleCounts{ReadUsers: 23, Reads: 38, ShareUsers: 2, Shares: 3}}},
		},
		{
			"what was read since a day", `{"list":[{"ref_date":"2026-03-07","msgid":"10000050_1","title":"标题","details":[{"stat_date":"2026-03-07","target_user":261917,"int_page_read_user":23}]}]}`,
			func(c *clientRig) (any, error) { return c.ArticleTotals(c.ctx(), yesterday) },
			"POST", "/datacube/getarticletotal", "", `{"begin_date":"2026-03-07","end_date":"2026-03-07"}`,
			[]ArticleTotal{{"2026-03-07", "10000050_1", "标题", []ArticleDay{{"2026-03-07", 261917, ArticleCounts{ReadUsers: 23}}}}},
		},
		{
			"the quota of a call", `{"errcode":0,"quota":{"daily_limit":500000,"used":12,"remain":499988},"rate_limit":{"call_count":100,"refresh_second":60}}`,
			func(c *clientRig) (any, error) { return c.CallQuota(c.ctx(), "/cgi-bin/message/custom/send") },
			"POST", "/cgi-bin/openapi/quota/get", "", `{"cgi_path":"/cgi-bin/message/custom/send"}`,
			CallQuota{500000, 12, 499988, 100, time.Minute},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHost(t, tt.answer)
			got, err := tt.call(h.rig(t))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
			if len(h.calls) != 1 {
				t.Fatalf("%d calls, want 1", len(h.calls))
			}
			made := h.calls[0]
			if made.method != tt.method || made.path != tt.path || made.body != tt.body {
				t.Errorf("made %s %s\n%s\nwant %s %s\n%s", made.method, made.path, made.body, tt.method, tt.path, tt.body)
			}
			if made.query.Get("access_token") != testAccess || len(made.query) != 1 {
				t.Errorf("query %v, want the token alone", made.query)
			}
			if tt.method == "POST" && made.kind != contentJSON {
				t.Errorf("Content-Type %q", made.kind)
			}
		})
	}
}
