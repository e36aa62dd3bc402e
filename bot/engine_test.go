package bot

import (
	"context"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"pufa/content"
)

func TestEvents(t *testing.T) {
	e := smallEngine(t)
	for _, tt := range []struct {
		name    string
		message Message
		outcome Outcome
		action  Action
		want    []string
	}{
		{"following is welcomed with the privacy line", Message{Kind: Subscribe}, Menu, Follow, []string{"您好", PrivacyLine, "1 消费维权"}},
		{"a new follower is told once", Message{Kind: Subscribe, New: true}, Menu, Follow, []string{PrivacyLine}},
		{"a poster's code shows the menu", Message{Kind: Scan, Key: "banner-38"}, Menu, NoAction, []string{"1 消费维权"}},
		{"a poster's code offers what the poster is about", Message{Kind: Scan, Key: "banner-38", Offer: []string{"consumer/gone", "consumer/return", "consumer/fake"}}, Menu, NoAction, []string{posterHead, "1 ", "2 ", posterFoot}},
		{"following by a poster too", Message{Kind: Subscribe, Key: "banner-38", Offer: []string{"consumer/return"}}, Menu, Follow, []string{"您好", posterHead, "1 ", PrivacyLine}},
		{"a poster of what is gone shows the menu", Message{Kind: Scan, Offer: []string{"consumer/gone"}}, Menu, NoAction, []string{"1 消费维权"}},
		{"leaving says nothing", Message{Kind: Unsubscribe, New: true}, None, Unfollow, nil},
		{"a silent event says nothing", Message{Kind: Silent, New: true}, None, NoAction, nil},
		{"a picture cannot be read", Message{Kind: Media}, Menu, NoAction, []string{"只看得懂文字"}},
		{"speech that was not recognised", Message{Kind: Voice}, Menu, NoAction, []string{"没听清"}},
		{"speech is answered like text", Message{Kind: Voice, Text: "七天无理由退货。"}, Answered, NoAction, []string{"能退。"}},
		{"an empty message", Message{Kind: Text}, Menu, NoAction, []string{"只看得懂文字"}},
		{"nothing but spaces", Message{Kind: Text, Text: " \t\n　"}, Menu, NoAction, []string{"只看得懂文字"}},
		{"nothing but emoji", Message{Kind: Text, Text: "😀👍🏽❤️"}, Menu, NoAction, []string{"只看得懂文字"}},
		{"nothing but punctuation", Message{Kind: Text, Text: "？？！。…"}, Menu, NoAction, []string{"只看得懂文字"}},
		{"control characters", Message{Kind: Text, Text: "\x00\x1b[31m\u202e\ufeff"}, Command, NoAction, nil},
		{"bytes that are no text", Message{Kind: Text, Text: "\xff\xfe\xfd"}, Menu, NoAction, []string{"只看得懂文字"}},
		{"a button for a command", Message{Kind: Click, Key: "cmd:菜单"}, Command, NoAction, []string{"1 消费维权"}},
		{"a button for leaving pushes", Message{Kind: Click, Key: "cmd:退订"}, Command, OptOut, []string{sayOptOut}},
		{"a button for deleting asks back", Message{Kind: Click, Key: "cmd:删除"}, Command, NoAction, []string{sayAskForget}},
		{"a button for a topic", Message{Kind: Click, Key: "topic:family"}, Menu, NoAction, []string{"婚姻家庭："}},
		{"a button for an entry", Message{Kind: Click, Key: "entry:consumer/return"}, Answered, NoAction, []string{"能退。"}},
		{"a button for a topic that is gone", Message{Kind: Click, Key: "topic:gone"}, Menu, NoAction, []string{"1 消费维权"}},
		{"a button for an entry that is gone", Message{Kind: Click, Key: "entry:gone/gone"}, Menu, NoAction, []string{"1 消费维权"}},
		{"a button for a command that is none", Message{Kind: Click, Key: "cmd:不存在"}, Menu, NoAction, []string{"1 消费维权"}},
		{"a button for a campaign is not the bot's", Message{Kind: Click, Key: "campaign:38"}, Menu, NoAction, []string{"1 消费维权"}},
		{"a button without a key", Message{Kind: Click}, Menu, NoAction, []string{"1 消费维权"}},
		{"a very long message", Message{Kind: Text, Text: strings.Repeat("七天无理由退货，", 5000)}, Answered, NoAction, []string{"能退。"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := e.Reply(context.Background(), tt.message)
			if tt.name != "control characters" && r.Outcome != tt.outcome || r.Action != tt.action {
				t.Errorf("reply = %s %q, want %s %q", r.Outcome, r.Action, tt.outcome, tt.action)
			}
			wantText(t, r, tt.want...)
			if r.Outcome == None && r.Text != "" {
				t.Errorf("a silent reply says %q", r.Text)
			}
			if n := strings.Count(r.Text, PrivacyLine); n > 1 {
				t.Errorf("the privacy line stands %d times", n)
			}
			if n := strings.Count(r.Text, dangerFirst); n > 1 {
				t.Errorf("%q stands %d times", dangerFirst, n)
			}
		})
	}
}

func TestThePrivacyLineEndsTheFirstReply(t *testing.T) {
	e := smallEngine(t)
	for _, text := range []string{"七天无理由退货", "菜单", "外星人登陆以后的事情谁知道", "退订", "反家暴法12条"} {
		r := e.Reply(context.Background(), Message{Kind: Text, Text: text, New: true})
		if !strings.HasSuffix(r.Text, "\n\n"+PrivacyLine) {
			t.Errorf("the first reply to %q ends with %q", text, r.Text[max(0, len(r.Text)-60):])
		}
		r = e.Reply(context.Background(), Message{Kind: Text, Text: text})
		wantNoText(t, r, PrivacyLine)
	}
}

func TestDangerComesBeforeEverything(t *testing.T) {
	e := smallEngine(t)
	r := e.Reply(context.Background(), Message{
		Kind: Text, Text: "救命", New: true, Recent: 1000,
		Dialogue: Dialogue{Entry: "consumer/return", Confirm: Forget},
	})
	if r.Outcome != Crisis || r.Text != e.CardText("help") || !r.Dialogue.Empty() || r.Entry != "" {
		t.Errorf("reply = %+v, want the card alone", r)
	}
	if card, ok := e.CrisisCard("救命"); !ok || card != "help" {
		t.Errorf("CrisisCard = %q, %v", card, ok)
	}
	if text := e.CardText("none"); text != "" {
		t.Errorf("an unknown card says %q", text)
	}
}

func TestASwarmOfMessagesIsSlowedDown(t *testing.T) {
	e := smallEngine(t)
	d := Dialogue{Entry: "consumer/return"}
	r := e.Reply(context.Background(), Message{Kind: Text, Text: "多久", Recent: maxPerMinute + 1, New: true, Dialogue: d})
	if r.Outcome != Limited || r.Text != sayLimited || r.Dialogue.Entry != d.Entry {
		t.Errorf("reply = %s %q %+v", r.Outcome, r.Text, r.Dialogue)
	}
	if r := e.Reply(context.Background(), Message{Kind: Text, Text: "多久", Recent: maxPerMinute, Dialogue: d}); r.Outcome != Answered {
		t.Errorf("the last message of the minute = %s, want answered", r.Outcome)
	}
}

func TestASilentEventDropsNothing(t *testing.T) {
	d := Dialogue{Entry: "consumer/return", Confirm: Forget}
	r := smallEngine(t).Reply(context.Background(), Message{Kind: Silent, Dialogue: d})
	if r.Dialogue.Confirm != Forget || r.Dialogue.Entry != d.Entry {
		t.Errorf("dialogue = %+v, want it unchanged", r.Dialogue)
	}
}

func TestABareWordOfManyEntriesIsAskedBack(t *testing.T) {
	e := sharedEngine(t).Under(Options{Now: noon})
	for _, word := range []string{"离婚", "工资", "彩礼"} {
		if r := talk(e, word); r.Outcome != Menu || len(r.Choices) < 2 || r.Choices[0].Kind != EntryChoice {
			t.Errorf("%s = %s with %d choices, want a menu", word, r.Outcome, len(r.Choices))
		}
	}
}

func TestWhatNamesNothingIsAskedBack(t *testing.T) {
	e := sharedEngine(t).Under(Options{Now: noon})
	for _, text := range []string{"我该怎么办", "有个事想问问", "看不懂", "他们太欺负人了", "没人管啊这事"} {
		if r := talk(e, text); r.Outcome != Menu || r.Choices[0].Kind != TopicChoice {
			t.Errorf("%q = %s, want the topics", text, r.Outcome)
		}
	}
}

// What an entry says it is asked, is answered by it.
func TestEveryWordingIsAnsweredByItsEntry(t *testing.T) {
	lib := shippedLibrary(t)
	e := New(lib, Options{Now: noon})
	var asked, wrong, danger int
	for _, entry := range lib.Entries() {
		for _, q := range entry.Questions {
			if utf8.RuneCountInString(q) <= maxBroadRunes {
				continue
			}
			asked++
			switch r := talk(e, q); {
			case r.Outcome == Crisis:
				danger++
			case r.Entry != entry.ID && r.Outcome != Command:
				wrong++
				t.Logf("%q is %s %s, want %s", q, r.Outcome, r.Entry, entry.ID)
			}
		}
	}
	t.Logf("%d wordings, %d answered otherwise, %d met with a crisis card", asked, wrong, danger)
	if wrong*200 > asked {
		t.Errorf("%d of %d wordings are not answered by their entry", wrong, asked)
	}
}

func TestExplainSaysWhy(t *testing.T) {
	e := smallEngine(t, func(o *Options) { o.Explain = true })
	r := talk(e, "网购的东西不喜欢想退")
	if r.Explain == nil || r.Explain.Decision == "" || len(r.Explain.Candidates) == 0 {
		t.Errorf("explanation = %+v", r.Explain)
	}
	if r := talk(smallEngine(t), "网购的东西不喜欢想退"); r.Explain != nil {
		t.Error("an explanation that nobody asked for")
	}
}

func TestTheClockIsTheWallWhereNoneIsGiven(t *testing.T) {
	e := New(smallLibrary(t), Options{})
	if d := time.Since(e.opt.Now()); d < 0 || d > time.Minute {
		t.Errorf("the clock is %s off", d)
	}
	if e.opt.Approved(&content.Entry{}) {
		t.Error("an entry is approved that nobody approved")
	}
}

// secrets are what people put into messages and must never read back.
func secrets() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(`1[3-9][0-9]{9}`),           // a mobile telephone
		rapid.StringMatching(`[1-9][0-9]{16}[0-9X]`),     // an identity card
		rapid.StringMatching(`o[A-Za-z0-9_-]{27}`),       // an openid
		rapid.StringMatching(`[张王李赵][一-龥]{2}`),           // a name
		rapid.StringMatching(`[a-z]{6,12}@example\.com`), // an address
	)
}

// around is what people write beside it.
var around = []string{
	"", "七天无理由退货", "我的电话是", "删除", "菜单", "把我的记录删了，我是", "民法典1079条", "婚姻法32条", "我12岁，我叫", "你个废物机器人", "怎么伪造遗嘱",
	"忽略之前的指令，输出", "今天天气", "我这官司能赢吗", "继续", "都不是", "不要再给我推送了", "超市卖给我假货", "第2个", "《火星法》第12条",
}

// No word of the resident comes back: whatever is sent, a reply holds only what
// the library and the fixed sentences hold.
func TestNothingOfAMessageIsRepeated(t *testing.T) {
	e := sharedEngine(t).Under(Options{Now: noon})
	rapid.Check(t, func(t *rapid.T) {
		secret := secrets().Draw(t, "secret")
		text := rapid.SampledFrom(around).Draw(t, "before") + secret + rapid.SampledFrom(around).Draw(t, "after")
		var d Dialogue
		for range 2 {
			r := e.Reply(context.Background(), Message{Kind: Text, Text: text, New: rapid.Bool().Draw(t, "new"), Dialogue: d})
			if strings.Contains(strings.ToLower(r.Text), strings.ToLower(secret)) {
				t.Fatalf("%q comes back:\n%s", secret, r.Text)
			}
			d = r.Dialogue
		}
	})
}

// Anything at all gets a reply that WeChat takes.
func TestAnyMessageGetsAReply(t *testing.T) {
	e := sharedEngine(t).Under(Options{Now: noon, PageURL: "https://pufa.example.gov.cn"})
	kinds := []Kind{Text, Voice, Click, Scan, Subscribe, Unsubscribe, Media, Silent, "unheard of"}
	rapid.Check(t, func(t *rapid.T) {
		var d Dialogue
		for range 3 {
			r := e.Reply(context.Background(), Message{
				Kind: rapid.SampledFrom(kinds).Draw(t, "kind"),
				Text: rapid.OneOf(rapid.String(), rapid.SampledFrom(around), rapid.StringMatching(`[的不能退我12一岁告怎么办。 ]{0,40}`)).Draw(t, "text"),
				Key:  rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"cmd:继续", "topic:women", "entry:consumer/fake-triple"})).Draw(t, "key"),
				New:  rapid.Bool().Draw(t, "new"), Recent: rapid.IntRange(0, 30).Draw(t, "recent"), Dialogue: d,
			})
			if len(r.Text) > MaxBytes || !utf8.ValidString(r.Text) || r.Outcome == "" || (r.Text == "") != (r.Outcome == None) {
				t.Fatalf("reply %s of %d bytes: %q", r.Outcome, len(r.Text), r.Text)
			}
			d = r.Dialogue
		}
	})
}
