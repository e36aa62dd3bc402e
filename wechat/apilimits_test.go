package wechat

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// with changes an article.
func with(change func(*DraftArticle)) []DraftArticle {
	a := article()
	change(&a)
	return []DraftArticle{a}
}

func notice(value string) Notice {
	return Notice{TemplateID: "T", Fields: map[string]string{"thing1": value}}
}

// What the platform would refuse is not sent: nothing is called, and staff read
// a sentence in Chinese.
func TestLimitsOfInput(t *testing.T) {
	png := []byte("\x89PNG\x0d\x0a\x1a\x0a")
	long := func(n int) string { return strings.Repeat("法", n) }
	draft := func(change func(*DraftArticle)) func(*clientRig) error {
		return func(c *clientRig) error { _, err := c.AddDraft(c.ctx(), with(change)); return err }
	}
	mass := func(a Audience, content MassContent, key string) func(*clientRig) error {
		return func(c *clientRig) error {
			_, err := c.SendMass(c.ctx(), MassMessage{Audience: a, Content: content, Key: key})
			return err
		}
	}
	send := func(m CustomerMessage) func(*clientRig) error {
		return func(c *clientRig) error { return c.SendMessage(c.ctx(), testOpenID, m) }
	}
	sendNotice := func(n Notice) func(*clientRig) error {
		return func(c *clientRig) error { _, err := c.SendNotice(c.ctx(), testOpenID, n); return err }
	}
	menu := func(list ...MenuButton) func(*clientRig) error {
		return func(c *clientRig) error { return c.CreateMenu(c.ctx(), list) }
	}
	tagged := func(tag int64, n int) func(*clientRig) error {
		ids := make([]string, n)
		for i := range ids {
			ids[i] = fmt.Sprint("o", i)
		}
		return func(c *clientRig) error { return c.TagFollowers(c.ctx(), tag, ids) }
	}
	changes := func(from, to time.Time) func(*clientRig) error {
		return func(c *clientRig) error { _, err := c.FollowerChanges(c.ctx(), from, to); return err }
	}
	code := func(scene string, life time.Duration) func(*clientRig) error {
		return func(c *clientRig) error { _, err := c.CreateCode(c.ctx(), scene, life); return err }
	}
	list := func(n int) Audience {
		ids := make([]string, n)
		for i := range ids {
			ids[i] = fmt.Sprint("o", i)
		}
		return OpenIDs(ids)
	}
	text := MassText("您好")
	good := MenuButton{Name: "菜单", Key: "cmd:菜单"}
	tests := []struct {
		name string
		want string // in the error; empty: the call is made
		call func(*clientRig) error
	}{
		{"text of 2048 bytes", "", send(CustomerText(strings.Repeat("a", 2048)))},
		{"text of 2049 bytes", "over 2048 bytes", send(CustomerText(strings.Repeat("a", 2049)))},
		{"empty text", "text is empty", send(CustomerText(" \n"))},
		{"text that is no UTF-8", "not UTF-8", send(CustomerText("a\xff"))},
		{"text with a control character", "control character", send(CustomerText("a\x01b"))},
		{"text that spells an escape", "", send(CustomerText(`\u4e2d \\u4e2d \" \b`))},
		{"no message", "no content", send(CustomerMessage{})},
		{"card without title", "title has under 1", send(CustomerNews(NewsItem{URL: "https://example.test"}))},
		{"card without address", "address is empty", send(CustomerNews(NewsItem{Title: "x"}))},
		{"card with a script for address", "no http address", send(CustomerNews(NewsItem{Title: "x", URL: "javascript:x"}))},
		{"menu without choices", "1 to 10 choices", send(CustomerMenu("选", nil, ""))},
		{"menu with 11 choices", "1 to 10 choices", send(CustomerMenu("选", make([]MenuChoice, 11), ""))},
		{"menu with an empty choice", "choice has under 1", send(CustomerMenu("选", []MenuChoice{{"1", ""}}, ""))},
		{"article without id", "article id is empty", send(CustomerArticle(""))},
		{"no openid", "openid is empty", func(c *clientRig) error { return c.SendMessage(c.ctx(), "", CustomerText("x")) }},
		{"an openid with a space", "printable ASCII", func(c *clientRig) error { return c.Typing(c.ctx(), "o 1", true) }},

		{"audience left out", "audience is not set", mass(Audience{}, text, "k")},
		{"everybody without confirmation", "not confirmed", mass(All(""), text, "k")},
		{"everybody confirmed for another message", "for another message", mass(All("k1"), text, "k2")},
		{"tag 0", "tag is not above 0", mass(Tag(0), text, "k")},
		{"a negative tag", "tag is not above 0", mass(Tag(-1), text, "k")},
		{"a list of nobody", "under 2 openids", mass(OpenIDs(nil), text, "k")},
		{"a list of one", "under 2 openids", mass(list(1), text, "k")},
		{"a list of 10000", "", mass(list(10_000), text, "k")},
		{"a list of 10001", "over 10000", mass(list(10_001), text, "k")},
		{"a list that names somebody twice", "twice", mass(OpenIDs([]string{"a", "a"}), text, "k")},
		{"a list with an empty openid", "openid is empty", mass(OpenIDs([]string{"a", ""}), text, "k")},
		{"no key", "clientmsgid is empty", mass(Tag(1), text, "")},
		{"a key of 64 bytes", "", mass(Tag(1), text, strings.Repeat("k", 64))},
		{"a key of 65 bytes", "over 64 bytes", mass(Tag(1), text, strings.Repeat("k", 65))},
		{"a key in Chinese", "printable ASCII", mass(Tag(1), text, "三八")},
		{"a mass message of nothing", "no content", mass(Tag(1), MassContent{}, "k")},
		{"a mass text of 2049 bytes", "over 2048", mass(Tag(1), MassText(strings.Repeat("a", 2049)), "k")},
		{"news without a draft", "media id is empty", mass(Tag(1), MassNews(""), "k")},
		{"a preview for nobody", "receiver is empty", func(c *clientRig) error { return c.PreviewMass(c.ctx(), "", text) }},
		{"the state of no message", "not above 0", func(c *clientRig) error { _, err := c.MassStateOf(c.ctx(), 0); return err }},
		{"article 0 is not all", "from 1 to 8", func(c *clientRig) error { return c.DeleteMassArticle(c.ctx(), 1, 0) }},
		{"no message to delete", "not above 0", func(c *clientRig) error { return c.DeleteMass(c.ctx(), 0) }},

		{"title of 64 characters", "", draft(func(a *DraftArticle) { a.Title = long(64) })},
		{"title of 65 characters", "title has over 64", draft(func(a *DraftArticle) { a.Title = long(65) })},
		{"title of two lines", "line break", draft(func(a *DraftArticle) { a.Title = "a\nb" })},
		{"no title", "title has under 1", draft(func(a *DraftArticle) { a.Title = "" })},
		{"digest of 121 characters", "digest has over 120", draft(func(a *DraftArticle) { a.Digest = long(121) })},
		{"content of 19999 characters", "", draft(func(a *DraftArticle) { a.Content = long(19_999) })},
		{"content of 20000 characters", "20000 characters", draft(func(a *DraftArticle) { a.Content = long(20_000) })},
		{"content with a script", "has a script", draft(func(a *DraftArticle) { a.Content = "<p>x</p><SCRIPT>x</SCRIPT>" })},
		{"content with a script in a link", "has a script", draft(func(a *DraftArticle) { a.Content = "<a href=\"JavaScript:x\">x</a>" })},
		{"no content", "content is empty", draft(func(a *DraftArticle) { a.Content = "" })},
		{"no cover", "cover is empty", draft(func(a *DraftArticle) { a.CoverID = "" })},
		{"draft of nothing", "1 to 8 articles", func(c *clientRig) error { _, err := c.AddDraft(c.ctx(), nil); return err }},
		{"draft of 9", "1 to 8 articles", func(c *clientRig) error { _, err := c.AddDraft(c.ctx(), make([]DraftArticle, 9)); return err }},
		{"ninth article of a draft", "from 0 to 7", func(c *clientRig) error { return c.UpdateDraft(c.ctx(), "M", 8, article()) }},
		{"no draft to publish", "media id is empty", func(c *clientRig) error { _, err := c.Publish(c.ctx(), ""); return err }},
		{"no draft to read", "media id is empty", func(c *clientRig) error { _, err := c.Draft(c.ctx(), ""); return err }},
		{"no draft to delete", "media id is empty", func(c *clientRig) error { return c.DeleteDraft(c.ctx(), "") }},
		{"no publication", "publication id is empty", func(c *clientRig) error { _, _, err := c.PublishStateOf(c.ctx(), ""); return err }},

		{"field of 20 characters", "", sendNotice(notice(long(20)))},
		{"field of 21 characters", "over 20", sendNotice(notice(long(21)))},
		{"field of two lines", "line break", sendNotice(notice("a\nb"))},
		{"empty field", "under 1", sendNotice(notice(""))},
		{"notice without fields", "1 to 20 fields", sendNotice(Notice{TemplateID: "T"})},
		{"notice without template", "template id is empty", sendNotice(Notice{Fields: map[string]string{"a": "b"}})},

		{"tag name of 31 characters", "over 30", func(c *clientRig) error { _, err := c.CreateTag(c.ctx(), long(31)); return err }},
		{"50 tagged", "", tagged(1, 50)},
		{"51 tagged", "1 to 50", tagged(1, 51)},
		{"nobody tagged", "1 to 50", tagged(1, 0)},
		{"tagged with nothing", "not above 0", tagged(0, 1)},

		{"menu of nothing", "1 to 3 buttons", menu()},
		{"menu of 4", "1 to 3 buttons", menu(good, good, good, good)},
		{"button of 17 bytes", "over 16 bytes", menu(MenuButton{Name: long(5) + "ab", Key: "k"})},
		{"button without a deed", "exactly one", menu(MenuButton{Name: "x"})},
		{"button with two deeds", "exactly one", menu(MenuButton{Name: "x", Key: "k", URL: "https://example.test"})},
		{"six below one", "over 5", menu(MenuButton{Name: "x", Sub: []MenuButton{good, good, good, good, good, good}})},
		{"three levels", "three levels", menu(MenuButton{Name: "x", Sub: []MenuButton{{Name: "y", Sub: []MenuButton{good}}}})},

		{"scene of 64", "", code(strings.Repeat("s", 64), time.Second)},
		{"scene of 65", "over 64", code(strings.Repeat("s", 65), time.Second)},
		{"no scene", "under 1", code("", time.Second)},
		{"a code that lives 31 days", "30 days", code("s", 31*24*time.Hour)},
		{"a code without a life", "30 days", code("s", 0)},

		{"picture of 10 MB", "over 1MB", func(c *clientRig) error {
			_, err := c.UploadImage(c.ctx(), append(png, make([]byte, 10<<20)...))
			return err
		}},
		{"material over 2 MB", "over 2MB", func(c *clientRig) error {
			_, err := c.AddMaterial(c.ctx(), MaterialImage, append(png, make([]byte, 2<<20)...))
			return err
		}},
		{"picture that is a page", "no picture", func(c *clientRig) error { _, err := c.UploadImage(c.ctx(), []byte("<html>")); return err }},
		{"empty picture", "is empty", func(c *clientRig) error { _, err := c.UploadImage(c.ctx(), nil); return err }},
		{"thumb that is no JPEG", "no picture of the kinds", func(c *clientRig) error { _, err := c.AddMaterial(c.ctx(), MaterialThumb, png); return err }},
		{"material of no kind", "kind of material", func(c *clientRig) error { _, err := c.AddMaterial(c.ctx(), "", png); return err }},

		{"figures of 8 days", "more days", changes(yesterday.AddDate(0, 0, -7), yesterday)},
		{"figures of today", "not over", changes(testNow, testNow)},
		{"figures backwards", "before the first", changes(yesterday, yesterday.AddDate(0, 0, -1))},
		{"the quota of nothing", "path is empty", func(c *clientRig) error { _, err := c.CallQuota(c.ctx(), ""); return err }},
		{"followers from a bad place", "printable ASCII", func(c *clientRig) error {
			for _, err := range c.Followers(c.ctx(), "o 1") {
				return err
			}
			return nil
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHost(t, `{"errcode":0,"msg_id":1,"media_id":"M","ticket":"T","url":"http://example.test"}`)
			err := tt.call(h.rig(t))
			calls, fetches := h.count()
			if tt.want == "" {
				if err != nil || calls != 1 {
					t.Errorf("error %v, %d calls, want none and 1", err, calls)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error %v, want %q", err, tt.want)
			}
			if !errors.Is(err, ErrInput) || KindOf(err) != Content || MaybeAccepted(err) || calls+fetches > 0 {
				t.Errorf("%v: kind %s, maybe %t, %d calls", err, KindOf(err), MaybeAccepted(err), calls+fetches)
			}
			if advice := AdviceOf(err); !strings.HasSuffix(advice, "。") || strings.Contains(advice, "%!") {
				t.Errorf("advice %q", advice)
			}
			noOutboundSecrets(t, err.Error())
		})
	}
}

func TestYesterdaysFiguresComeAtEight(t *testing.T) {
	h := newHost(t, `{"list":[]}`)
	now := testNow.Add(-time.Second) // 07:59:59
	r := h.rig(t, func(c *ClientConfig) { c.Now = func() time.Time { return now } })
	if _, err := r.ArticleSummaries(t.Context(), yesterday); err == nil || !strings.Contains(AdviceOf(err), "8点") {
		t.Errorf("before eight: %v", err)
	}
	if _, err := r.ArticleSummaries(t.Context(), yesterday.AddDate(0, 0, -1)); err != nil {
		t.Errorf("the day before: %v", err)
	}
	now = testNow
	if _, err := r.ArticleSummaries(t.Context(), yesterday); err != nil {
		t.Errorf("at eight: %v", err)
	}
}

func TestDeedsOfMessages(t *testing.T) {
	for name, tt := range map[string]struct {
		m    Message
		want Deed
	}{
		"a text":                    {Message{Type: TypeText}, Wrote},
		"a voice":                   {Message{Type: TypeVoice}, Wrote},
		"a choice of a menu":        {Message{Type: TypeText, MenuID: "1"}, Acted},
		"a menu click":              {Message{Type: TypeEvent, Event: EventClick}, Acted},
		"a subscription":            {Message{Type: TypeEvent, Event: EventSubscribe}, Acted},
		"a scan":                    {Message{Type: TypeEvent, Event: EventScan}, Acted},
		"a link of the menu":        {Message{Type: TypeEvent, Event: EventView}, NoDeed},
		"the end of a mass message": {Message{Type: TypeEvent, Event: EventMassSent}, NoDeed},
	} {
		if got := DeedOf(&tt.m); got != tt.want {
			t.Errorf("%s is deed %q, want %q", name, got, tt.want)
		}
	}
	if Wrote.Messages() != 5 || Wrote.Lasts() != 48*time.Hour || Acted.Messages() != 3 || Acted.Lasts() != time.Minute || NoDeed.Messages() != 0 {
		t.Error("deeds allow other numbers than the platform's")
	}
}

// FuzzAnswer reads answers of arbitrary bytes into what the calls read into.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"errcode":0,"msg_id":1,"publish_id":"2","list":[],"data":{"openid":["o"]}}`))
	f.Add([]byte(`{"errcode":45028,"errmsg":"rid: 1-2"}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		for _, k := range []call{{path: "/x"}, {path: "/x", coded: true, keyed: true}, {path: "/x", reads: true}} {
			var out struct {
				ID   looseID                       `json:"msg_id"`
				List []ArticleTotal                `json:"list"`
				Menu struct{ Button []menuButton } `json:"menu"`
			}
			k.out = &out
			err := k.read(answer)
			if err == nil {
				if !json.Valid(answer) {
					t.Fatalf("%q is read", answer)
				}
				continue
			}
			var e *APIError
			if !errors.As(err, &e) || e.Kind == "" || e.Advice() == "" || k.reads && MaybeAccepted(err) {
				t.Fatalf("%q: error %v of kind %s", answer, err, KindOf(err))
			}
		}
	})
}

// FuzzEncode writes arbitrary text: it arrives as it was, without an escape,
// or is refused.
func FuzzEncode(f *testing.F) {
	for _, text := range []string{"您好", "<&>\u2028\u2029", `\u4e2d\\`, "a\x00", "\xff", "\"\n\t\r\\"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		body, err := encodeJSON(map[string]string{"content": text})
		if err != nil {
			return
		}
		var back map[string]string
		if err := json.Unmarshal(body, &back); err != nil || back["content"] != text {
			t.Fatalf("%q arrives as %q, %v", text, back["content"], err)
		}
		if strings.Contains(strings.ReplaceAll(string(body), `\\`, ""), `\u`) {
			t.Fatalf("%q is escaped: %s", text, body)
		}
	})
}
