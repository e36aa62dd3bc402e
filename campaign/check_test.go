package campaign

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestCheck(t *testing.T) {
	subscription := Rules{Account: Account{Verified: true}}
	unverified := Rules{Account: Account{Service: true}}
	approvedOnly := verified
	approvedOnly.OnlyApproved = true
	article := func(edit func(*Article)) func(*Campaign) {
		return func(c *Campaign) { edit(&c.Articles[0]) }
	}
	text := func(ch Channel, edit func(*Campaign)) func(*Campaign) {
		return func(c *Campaign) {
			*c = textPush(ch)
			edit(c)
		}
	}
	keep := func(*Campaign) {}
	for _, c := range []struct {
		name   string
		rules  Rules
		edit   func(*Campaign)
		weight Weight
		want   string // a part of the only problem; "" for none
	}{
		{"a mass message that nothing is wrong with", verified, keep, 0, ""},
		{"a card that nothing is wrong with", verified, text(Card, keep), 0, ""},
		{"a notice that nothing is wrong with", verified, text(Notice, keep), 0, ""},
		{"a customer message that nothing is wrong with", verified, text(Message, keep), 0, ""},
		{"an empty audience", verified, func(c *Campaign) { c.Audience = Audience{} }, Unready, "没有选发给谁"},
		{"a tag that is none", verified, func(c *Campaign) { c.Audience = Audience{Scope: ByTag} }, Unready, "没有选标签"},
		{"a topic that is none", verified, text(Message, func(c *Campaign) { c.Audience = Audience{Scope: ByTopic, Topic: "x"} }), Unready, "没有「x」这个主题"},
		{"a topic for a mass message", verified, func(c *Campaign) { c.Audience = Audience{Scope: ByTopic, Topic: "women"} }, Unready, "不能按订阅的主题"},
		{"a tag for customer messages", verified, text(Message, func(c *Campaign) { c.Audience = Audience{Scope: ByTag, Tag: 1} }), Unready, "只有群发能按标签"},
		{"a text of exactly 2048 bytes", verified, text(Message, func(c *Campaign) { c.Text = strings.Repeat("法", 682) + "ab" }), 0, ""},
		{"a text too long by a byte", verified, text(Message, func(c *Campaign) { c.Text = strings.Repeat("法", 683) }), Unusable, "2049字节，最多2048字节（一个汉字3字节），请删去1字节"},
		{"a card of exactly 600 bytes", verified, text(Card, func(c *Campaign) { c.Text = strings.Repeat("法", 200) }), 0, ""},
		{"a card too long by a byte", verified, text(Card, func(c *Campaign) { c.Text = strings.Repeat("法", 200) + "a" }), Unusable, "请删去1字节"},
		{"no text", verified, text(Card, func(c *Campaign) { c.Text = " \n" }), Unready, "没有正文"},
		{"articles for a card", verified, text(Card, func(c *Campaign) { c.Articles = massPush().Articles }), Unready, "不发图文"},
		{"a text for a mass message", verified, func(c *Campaign) { c.Text = "正文" }, Unready, "写进图文"},
		{"no articles", verified, func(c *Campaign) { c.Articles, c.Entries = nil, []string{"women/leave"} }, Unready, "没有图文"},
		{"nine articles", verified, func(c *Campaign) { c.Articles = slices.Repeat(c.Articles, 9) }, Unusable, "有9篇图文，最多8篇"},
		{"a title of 65 characters", verified, article(func(a *Article) { a.Title = strings.Repeat("法", 65) }), Unusable, "标题有65个字，最多64个"},
		{"a title of 64 characters", verified, article(func(a *Article) { a.Title = strings.Repeat("法", 64) }), 0, ""},
		{"a digest of 55 characters", verified, article(func(a *Article) { a.Digest = strings.Repeat("法", 55) }), Unusable, "摘要有55个字，最多54个"},
		{"a body of 20000 characters", verified, article(func(a *Article) { a.Body = strings.Repeat("法", 20000) }), Unusable, "正文有20000个字，最多19999个"},
		{"a body of 19999 characters", verified, article(func(a *Article) { a.Body = strings.Repeat("法", 19999) }), 0, ""},
		{"an article without a title", verified, article(func(a *Article) { a.Title = "" }), Unready, "标题是空的"},
		{"an article without a body", verified, article(func(a *Article) { a.Body = "" }), Unready, "正文是空的"},
		{"an article without a cover", verified, article(func(a *Article) { a.Cover = "" }), Warning, "没有封面图"},
		{"a cover that is an address", verified, article(func(a *Article) { a.Cover = "http://x/y.jpg" }), Unusable, "封面图编号不合规"},
		{"HTML with a script", verified, article(func(a *Article) { a.Body = "看<script>alert(1)" }), Unusable, "网页代码「<s」"},
		{"a link that runs something", verified, text(Card, func(c *Campaign) { c.Text = "点javascript:x" }), Unusable, "纯文字"},
		{"a closing tag", verified, text(Card, func(c *Campaign) { c.Text = "粗体</B>" }), Unusable, "纯文字"},
		{"an entity", verified, text(Card, func(c *Campaign) { c.Text = "a&#60;b" }), Unusable, "纯文字"},
		{"a smaller sign between numbers is text", verified, text(Card, func(c *Campaign) { c.Text = "3 < 5 & 7" }), 0, ""},
		{"a sign that turns the writing round", verified, text(Card, func(c *Campaign) { c.Text = "法\u202e" }), Unusable, "控制符"},
		{"bytes that are no text", verified, text(Card, func(c *Campaign) { c.Text = "法\xff" }), Unusable, "控制符"},
		{"a name of 65 characters", verified, func(c *Campaign) { c.Title = strings.Repeat("法", 65) }, Unusable, "名称有65个字"},
		{"no name", verified, func(c *Campaign) { c.Title = "" }, Unready, "没有名称"},
		{"an id that is a path", verified, func(c *Campaign) { c.ID = "../w38" }, Unusable, "编号"},
		{"an id of 33 letters", verified, func(c *Campaign) { c.ID = strings.Repeat("a", 33) }, Unusable, "编号"},
		{"a repeat that there is not", verified, func(c *Campaign) { c.Repeat = "hourly" }, Unusable, "重复方式"},
		{"a dead entry id", verified, article(func(a *Article) { a.Entries = []string{"women/none"} }), Unusable, "没有「women/none」这个条目"},
		{"an entry whose edition is superseded by then", verified, article(func(a *Article) { a.Entries = []string{"women/old"} }), Unready, "不是现行版本"},
		{"an entry unchecked for too long", verified, article(func(a *Article) { a.Entries = []string{"women/late"} }), Unready, "超过复核期限"},
		{"an entry that was taken down", verified, article(func(a *Article) { a.Entries = []string{"women/down"} }), Unready, "已下线"},
		{"an entry due for review still answers", verified, article(func(a *Article) { a.Entries = []string{"women/due"} }), 0, ""},
		{"an entry that is not approved, where only those may", approvedOnly, article(func(a *Article) { a.Entries = []string{"women/due"} }), Unready, "还没有经本街道司法所审核"},
		{"an approved entry, where only those may", approvedOnly, keep, 0, ""},
		{"no entry at all", verified, article(func(a *Article) { a.Entries = nil }), Warning, "没有写明依据"},
		{"a forbidden statement", verified, article(func(a *Article) { a.Body = "官司一定能赢。" }), Unusable, "一定能赢"},
		{"a time that is over", verified, func(c *Campaign) { c.Due = today.Add(-time.Second) }, Unready, "已经过了"},
		{"a time far away", verified, func(c *Campaign) { c.Due = today.AddDate(3, 0, 0); c.Until = c.Due.Add(time.Hour) }, Unready, "太远"},
		{"21:00 is night", verified, func(c *Campaign) { c.Due = eighth.Add(11 * time.Hour) }, Unready, "会打扰居民"},
		{"07:59 is night", verified, func(c *Campaign) { c.Due = eighth.Add(-121 * time.Minute) }, Unready, "会打扰居民"},
		{"08:00 is day", verified, func(c *Campaign) { c.Due = eighth.Add(-2 * time.Hour) }, 0, ""},
		{"20:59 is day", verified, func(c *Campaign) { c.Due = eighth.Add(11*time.Hour - time.Minute) }, 0, ""},
		{"a night that staff confirmed", verified, func(c *Campaign) { c.Due = eighth.Add(11 * time.Hour); c.NightOK = true }, 0, ""},
		{"a card disturbs nobody at night", verified, text(Card, func(c *Campaign) { c.Due = eighth.Add(11 * time.Hour) }), 0, ""},
		{"night is night by the clock of Shanghai", verified, func(c *Campaign) { c.Due = time.Date(2027, 3, 8, 13, 0, 0, 0, time.UTC) }, Unready, "2027-03-08 21:00"},
		{"an end before the start", verified, func(c *Campaign) { c.Until = c.Due }, Unusable, "不晚于推送时间"},
		{"an end after a quarter", verified, func(c *Campaign) { c.Until = c.Due.Add(MaxWindow + time.Second) }, Unready, "最多92天"},
		{"a grace too short to restart in", verified, func(c *Campaign) { c.Grace = MinGrace - 1 }, Unusable, "补发时限"},
		{"a grace too long", verified, func(c *Campaign) { c.Grace = MaxGrace + 1 }, Unusable, "补发时限"},
		{"a channel that there is not", verified, func(c *Campaign) { *c = textPush("fax") }, Unusable, "没有「fax」这个渠道"},
		{"a mass message of an unverified account", unverified, keep, Unready, "账号没有认证"},
		{"a published page of an unverified account", unverified, func(c *Campaign) { c.Channel = Publish }, Unready, "账号没有认证"},
		{"a card of an unverified account", unverified, text(Card, keep), 0, ""},
		{"a notice of a subscription account", subscription, text(Notice, keep), Unready, "订阅号不能发订阅通知"},
		{"a mass message of a subscription account", subscription, keep, 0, ""},
		{"a notice whose line has no colon", verified, text(Notice, func(c *Campaign) { c.Text = "宣传周" }), Unready, "字段名：内容"},
		{"a notice's field of 21 characters", verified, text(Notice, func(c *Campaign) { c.Text = "thing1：" + strings.Repeat("法", 21) }), Unready, "有21个字，每个字段最多20个"},
		{"a notice's field that comes twice", verified, text(Notice, func(c *Campaign) { c.Text = "a:1\na:2" }), Unready, "写了两次"},
		{"a notice of six fields", verified, text(Notice, func(c *Campaign) { c.Text = "a:1\nb:1\nc:1\nd:1\ne:1\nf:1" }), Unready, "有6个字段，最多5个"},
	} {
		t.Run(c.name, func(t *testing.T) {
			push := massPush()
			c.edit(&push)
			got := c.rules.Check(push, newShelf(), today, nil)
			if c.want == "" {
				if len(got) > 0 {
					t.Errorf("problems %+v, want none", got)
				}
				return
			}
			if len(got) != 1 || !strings.Contains(got[0].Text, c.want) || got[0].Weight != c.weight {
				t.Errorf("problems %+v, want one of weight %d with %q", got, c.weight, c.want)
			}
		})
	}
}

func TestCheckTellsAllAtOnce(t *testing.T) {
	c := massPush()
	c.Title, c.Audience, c.Grace = "", Audience{}, 0
	c.Articles[0].Body = "<b>一定能赢"
	got := verified.Check(c, newShelf(), today, nil)
	if len(got) != 5 {
		t.Errorf("%d problems, want 5: %+v", len(got), got)
	}
	if text := Say(refuse(got, Unready)); strings.Count(text, "\n") != 4 {
		t.Errorf("staff read %q, want five lines", text)
	}
}

func TestCheckImage(t *testing.T) {
	jpg, png := []byte("\xff\xd8\xff\xe0"), []byte("\x89PNG\r\n\x1a\n")
	for _, c := range []struct {
		name string
		head []byte
		size int64
		want string
	}{
		{"a picture of 2 MB", jpg, MaxImage, ""},
		{"a PNG", png, 1000, ""},
		{"a picture of 10 MB", jpg, 10 << 20, "图片有10.0MB，最大2MB"},
		{"a page that calls itself a picture", []byte("<html>"), 1000, "JPG 或 PNG"},
		{"nothing", nil, 0, "JPG 或 PNG"},
	} {
		got := CheckImage(c.head, c.size)
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.Contains(got[0].Text, c.want)) {
			t.Errorf("%s: %+v, want %q", c.name, got, c.want)
		}
	}
}

func TestNoticeFields(t *testing.T) {
	got, err := NoticeFields("thing1：三八：维权周\n date2 : 3月8日 \n")
	want := []Field{{"thing1", "三八：维权周"}, {"date2", "3月8日"}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("NoticeFields = %v, %v, want %v", got, err, want)
	}
}

func FuzzNoticeFields(f *testing.F) {
	f.Add("thing1：三八\ndate2: 3月8日")
	f.Add("：\n:::")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := NoticeFields(text)
		if err != nil {
			return
		}
		for _, field := range list {
			if field.Name == "" || field.Value == "" || strings.Contains(field.Value, "\n") || len([]rune(field.Value)) > MaxField {
				t.Errorf("field %+v of %q", field, text)
			}
		}
	})
}
