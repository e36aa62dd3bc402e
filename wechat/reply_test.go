package wechat

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

// delivered opens a message under cfg.
func delivered(t testing.TB, cfg Config, msg []byte) *Delivery {
	t.Helper()
	r := sealed(t, cfg, msg)
	d, err := mustNew(t, cfg).Open(r.query, r.body, testNow)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return d
}

func clickEvent() []byte {
	return EventMessage(testOpenID, testOriginal, EventClick, testNow, Element{Name: "EventKey", Value: "topic:women"})
}

func TestReplyInPlainMode(t *testing.T) {
	d := delivered(t, plainConfig(), textFromResident())
	tests := []struct {
		name  string
		reply Reply
		want  string // after the common fields
	}{
		{"text", Text("可以。"), "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[可以。]]></Content>"},
		{"text with an end mark", Text("a]]>b"), "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[a]]]]><![CDATA[>b]]></Content>"},
		{"text with markup", Text("<a href=\"x\">&amp;</a>"), "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[<a href=\"x\">&amp;</a>]]></Content>"},
		{"text with a control character", Text("a\x01"), "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[a\uFFFD]]></Content>"},
		{"transfer to whoever is free", TransferCustomerService(""), "<MsgType><![CDATA[transfer_customer_service]]></MsgType>"},
		{
			"transfer to one clerk", TransferCustomerService("test1@test"),
			"<MsgType><![CDATA[transfer_customer_service]]></MsgType><TransInfo><KfAccount><![CDATA[test1@test]]></KfAccount></TransInfo>",
		},
		{
			"one card", News(NewsItem{"标题", "说明", "https://example.test/p", "https://example.test/a"}),
			"<MsgType><![CDATA[news]]></MsgType><ArticleCount>1</ArticleCount><Articles><item><Title><![CDATA[标题]]></Title>" +
				"<Description><![CDATA[说明]]></Description><PicUrl><![CDATA[https://example.test/p]]></PicUrl>" +
				"<Url><![CDATA[https://example.test/a]]></Url></item></Articles>",
		},
	}
	const common = "<xml><ToUserName><![CDATA[" + testOpenID + "]]></ToUserName><FromUserName><![CDATA[" + testOriginal +
		"]]></FromUserName><CreateTime>1772928000</CreateTime>"
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := d.Reply(tt.reply, testNow, nil)
			if err != nil {
				t.Fatalf("Reply: %v", err)
			}
			if want := common + tt.want + "</xml>"; string(got) != want {
				t.Errorf("Reply = %s\nwant %s", got, want)
			}
			if err := xml.Unmarshal(got, new(struct{})); err != nil {
				t.Errorf("encoding/xml cannot read the reply: %v", err)
			}
		})
	}
}

func TestNoAnswerIsSuccessInEveryMode(t *testing.T) {
	for name, cfg := range map[string]Config{"safe": safeConfig(), "plain": plainConfig()} {
		got, err := delivered(t, cfg, textFromResident()).Reply(Reply{}, testNow, nil)
		if err != nil || string(got) != "success" {
			t.Errorf("%s: Reply = %q, %v; want success", name, got, err)
		}
	}
}

func TestReplyRefusesWhatTheResidentWouldSeeAsAFault(t *testing.T) {
	card := NewsItem{Title: "t"}
	tests := []struct {
		name  string
		msg   []byte
		reply Reply
		ok    bool
	}{
		{"an empty text", textFromResident(), Text(""), false},
		{"a blank text", textFromResident(), Text(" \n\u3000"), false},
		{"a text of 2048 bytes", textFromResident(), Text(strings.Repeat("a", MaxText)), true},
		{"a text of 2049 bytes", textFromResident(), Text(strings.Repeat("a", MaxText+1)), false},
		{"a text that grows past 2048 bytes", textFromResident(), Text(strings.Repeat("a", MaxText-1) + "\x00"), false},
		{"no card", textFromResident(), News(), false},
		{"two cards to a text", textFromResident(), News(card, card), false},
		{"eight cards to a click", clickEvent(), News(make([]NewsItem, MaxNews)...), true},
		{"nine cards to a click", clickEvent(), News(make([]NewsItem, MaxNews+1)...), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := delivered(t, safeConfig(), tt.msg).Reply(tt.reply, testNow, nil)
			if tt.ok != (err == nil) || !tt.ok && (!errors.Is(err, ErrReply) || got != nil) {
				t.Errorf("Reply = %d bytes, %v; want accepted = %v", len(got), err, tt.ok)
			}
		})
	}
}

func TestSafeReplyOpensAgain(t *testing.T) {
	c := mustNew(t, safeConfig())
	d := delivered(t, safeConfig(), clickEvent())
	items := []NewsItem{{"一", "a]]>b", "p", "u"}, {Title: "二"}}
	for name, tt := range map[string]struct {
		reply Reply
		want  ReplyMessage
	}{
		"text":     {Text("第一条]]>\n第二条"), ReplyMessage{Type: "text", Content: "第一条]]>\n第二条"}},
		"transfer": {TransferCustomerService("k@t"), ReplyMessage{Type: "transfer_customer_service", KfAccount: "k@t"}},
		"news":     {News(items...), ReplyMessage{Type: "news", News: items}},
	} {
		t.Run(name, func(t *testing.T) {
			body, err := d.Reply(tt.reply, testNow, nil)
			if err != nil {
				t.Fatalf("Reply: %v", err)
			}
			noSecrets(t, string(body))
			got, err := c.OpenReply(body)
			if err != nil {
				t.Fatalf("OpenReply: %v", err)
			}
			tt.want.ToUser, tt.want.FromUser, tt.want.CreateTime = testOpenID, testOriginal, "1772928000"
			if !reflect.DeepEqual(*got, tt.want) {
				t.Errorf("OpenReply = %+v\nwant %+v", *got, tt.want)
			}
		})
	}
}

func TestReplyIsFreshEachTime(t *testing.T) {
	d := delivered(t, safeConfig(), textFromResident())
	seen := map[string]bool{}
	for range 3 {
		body, err := d.Reply(Text("a"), testNow, nil)
		if err != nil {
			t.Fatal(err)
		}
		seen[string(body)] = true
	}
	if len(seen) != 3 {
		t.Errorf("3 replies have %d bodies, want 3", len(seen))
	}
	fixed := func() io.Reader { return bytes.NewReader(bytes.Repeat([]byte("r"), 64)) }
	first, err := d.Reply(Text("a"), testNow, fixed())
	if err != nil {
		t.Fatal(err)
	}
	second, err := d.Reply(Text("a"), testNow, fixed())
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("the same random gives another body (%v)", err)
	}
}

func TestReplyReportsMissingRandom(t *testing.T) {
	d := delivered(t, safeConfig(), textFromResident())
	broken := iotest.ErrReader(errors.New("no entropy"))
	if _, err := d.Reply(Text("a"), testNow, broken); err == nil || !strings.Contains(err.Error(), "no entropy") {
		t.Errorf("Reply error = %v, want the cause", err)
	}
	c := mustNew(t, safeConfig())
	if _, _, err := c.Seal(textFromResident(), testNow, broken); err == nil {
		t.Error("Seal without random gives no error")
	}
	if _, err := c.SealURL("1", testNow, broken); err == nil {
		t.Error("SealURL without random gives no error")
	}
}

func TestOpenReplyRefuses(t *testing.T) {
	d := delivered(t, safeConfig(), textFromResident())
	good, err := d.Reply(Text("private words"), testNow, nil)
	if err != nil {
		t.Fatal(err)
	}
	plainReply, err := delivered(t, plainConfig(), textFromResident()).Reply(Text("x"), testNow, nil)
	if err != nil {
		t.Fatal(err)
	}
	head := "<xml><ToUserName>a</ToUserName><CreateTime>1</CreateTime><MsgType>"
	other := safeConfig()
	other.AESKey = testOldKey
	tests := []struct {
		name string
		cfg  Config
		body string
		want error
	}{
		{"json", safeConfig(), `{"errcode":0}`, ErrUnreadable},
		{"an unencrypted reply in safe mode", safeConfig(), string(plainReply), ErrDenied},
		{"a changed signature", safeConfig(), strings.Replace(string(good), "<MsgSignature><![CDATA[", "<MsgSignature><![CDATA[0", 1), ErrDenied},
		{"a changed time", safeConfig(), strings.Replace(string(good), "<TimeStamp>", "<TimeStamp>1", 1), ErrDenied},
		{"another key", other, string(good), ErrDenied},
		{"no key", plainConfig(), string(good), ErrDenied},
		{"too large", safeConfig(), strings.Repeat("x", MaxBody+1), ErrTooLarge},
		{"an empty text", plainConfig(), head + "text</MsgType><Content></Content></xml>", ErrUnreadable},
		{"a long text", plainConfig(), head + "text</MsgType><Content>" + strings.Repeat("x", MaxText+1) + "</Content></xml>", ErrUnreadable},
		{"no cards", plainConfig(), head + "news</MsgType></xml>", ErrUnreadable},
		{"an unknown type", plainConfig(), head + "hologram</MsgType></xml>", ErrUnreadable},
		{"no receiver", plainConfig(), "<xml><MsgType>text</MsgType><Content>x</Content></xml>", ErrUnreadable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := mustNew(t, tt.cfg).OpenReply([]byte(tt.body))
			if !errors.Is(err, tt.want) || got != nil {
				t.Fatalf("OpenReply = %v, %v; want %v", got, err, tt.want)
			}
			noSecrets(t, err.Error())
		})
	}
}

func TestOpenReplyOfNoAnswer(t *testing.T) {
	for _, body := range []string{"", "success"} {
		got, err := mustNew(t, safeConfig()).OpenReply([]byte(body))
		if err != nil || got.Type != "" {
			t.Errorf("OpenReply(%q) = %+v, %v; want no answer", body, got, err)
		}
	}
}

func TestBuiltMessagesAreReadAsMeant(t *testing.T) {
	text := "a]]>b <c> &amp; \x00"
	m, err := Parse(TextMessage(testOpenID, testOriginal, "9", text, testNow))
	if err != nil || m.Content != "a]]>b <c> &amp; \uFFFD" || m.ID != "9" {
		t.Errorf("built text reads %+v, %v", m, err)
	}
	m, err = Parse(EventMessage(testOpenID, testOriginal, EventSubscriptionChange, testNow,
		Element{Name: "SubscribeMsgChangeEvent", Elements: []Element{
			{Name: "List", Elements: []Element{{Name: "TemplateId", Value: "t1"}}},
			{Name: "List", Elements: []Element{{Name: "TemplateId", Value: "t2"}}},
		}}))
	if err != nil || len(m.Subscriptions) != 2 || m.Subscriptions[1].TemplateID != "t2" {
		t.Errorf("built event reads %v, %v", m, err)
	}
}

func TestSealSendsWhatThePlatformSends(t *testing.T) {
	r := sealed(t, safeConfig(), textFromResident())
	for _, name := range []string{"signature", "timestamp", "nonce", "openid", "encrypt_type", "msg_signature"} {
		if r.query.Get(name) == "" {
			t.Errorf("query has no %s", name)
		}
	}
	if !bytes.HasPrefix(r.body, []byte("<xml><ToUserName><![CDATA["+testOriginal+"]]></ToUserName><Encrypt>")) {
		t.Errorf("body begins %.80q", r.body)
	}
	r = sealed(t, plainConfig(), textFromResident())
	if !bytes.Equal(r.body, textFromResident()) || r.query.Has("msg_signature") {
		t.Errorf("plain mode sends %.80q with %v", r.body, r.query)
	}
}
