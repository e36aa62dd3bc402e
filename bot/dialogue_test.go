package bot

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pufa/search"
)

func TestNumber(t *testing.T) {
	for message, want := range map[string]int{
		"2": 2, "２": 2, "2.": 2, "第二个": 2, "二": 2, "选3": 3, "我选3": 3, "第3条": 3, "看4": 4, "要5吧": 5, "两": 2,
		"十": 10, "十二": 12, "第二十一个": 21, "99": 99,
		"100": 0, "12348": 0, "0": 0, "两千块": 0, "二手车": 0, "3月": 0, "第": 0, "十十": 0, "七天": 0, "": 0,
	} {
		if got := number(search.Fold(message)); got != want {
			t.Errorf("number(%q) = %d, want %d", message, got, want)
		}
	}
}

func TestMenus(t *testing.T) {
	e := smallEngine(t)
	for _, tt := range []struct {
		name    string
		texts   []string
		outcome Outcome
		entry   string
		want    []string
	}{
		{"a number opens a topic", []string{"菜单", "1"}, Menu, "", []string{"消费维权（第1页，共2页）：", "1 买到假货退一赔三", "继续"}},
		{"a number in words opens a topic", []string{"菜单", "第三个"}, Menu, "", []string{"婚姻家庭：", "1 起诉离婚判不判"}},
		{"a topic of one page offers no more", []string{"菜单", "3"}, Menu, "", []string{"回数字看答案，或者直接打字问。"}},
		{"a number opens an entry", []string{"菜单", "1", "选1"}, Answered, "consumer/fake", nil},
		{"more turns the page", []string{"菜单", "1", "继续"}, Menu, "", []string{"第2页，共2页", "1 填充条目"}},
		{"after the last page comes the first", []string{"菜单", "1", "继续", "下一页"}, Menu, "", []string{"第1页，共2页"}},
		{"a number on the second page is the second page's", []string{"菜单", "1", "继续", "1"}, Answered, "consumer/zz-5", nil},
		{"a number past the end", []string{"菜单", "9"}, Command, "", []string{sayNumberLost}},
		{"the menu stays after a number past the end", []string{"菜单", "9", "3"}, Menu, "", []string{"婚姻家庭"}},
		{"a number without a menu", []string{"3"}, Command, "", []string{sayNumberAlone}},
		{"none of these", []string{"菜单", "都不是"}, Referred, "", []string{sayNoneFits, "12348", "本街道司法所"}},
		{"a plain no to a menu", []string{"菜单", "不是"}, Referred, "", []string{sayNoneFits}},
		{"a yes to a menu asks for the number", []string{"菜单", "是"}, Command, "", []string{"请回选项前面的数字"}},
		{"none of these without a menu", []string{"都不是"}, Command, "", []string{"直接打字问我"}},
		{"a topic's name typed", []string{"婚姻家庭"}, Menu, "", []string{"1 起诉离婚判不判"}},
		{"an entry's title typed", []string{"菜单", "起诉离婚判不判"}, Answered, "family/divorce", nil},
		{"a question goes before the menu", []string{"菜单", "网购七天无理由退货"}, Answered, "consumer/return", nil},
		{"a related entry by number", []string{"网购七天无理由退货", "1"}, Answered, "consumer/fake", nil},
		{"more with nothing said", []string{"继续"}, Command, "", []string{sayNothingMore}},
		{"more after a whole answer", []string{"网购七天无理由退货", "继续"}, Command, "", []string{sayNothingMore}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := talk(e, tt.texts...)
			if r.Outcome != tt.outcome || r.Entry != tt.entry {
				t.Errorf("reply = %s %q, want %s %q:\n%s", r.Outcome, r.Entry, tt.outcome, tt.entry, r.Text)
			}
			wantText(t, r, tt.want...)
		})
	}
}

func TestTopicMenuCountsTheTopicButNotASensitiveResident(t *testing.T) {
	r := talk(smallEngine(t), "反家庭暴力")
	if r.Topic != "dv" || !r.Sensitive {
		t.Errorf("topic = %q, sensitive %v; want dv, true", r.Topic, r.Sensitive)
	}
}

func TestEveryLineOfALongEntryIsReached(t *testing.T) {
	e := smallEngine(t)
	entry, _ := e.lib.Entry("consumer/long")
	r := talk(e, "办卡全部注意事项")
	wantText(t, r, moreLine, entry.Lines[0].Text, entry.Lines[1].Text)
	all := r.Text
	for range 5 {
		if r = talkOn(e, r, "继续"); r.Text == sayNothingMore {
			break
		}
		wantText(t, r, entry.Title+"（续）", "依据核对至2026-11-23，待本街道司法所审核")
		all += r.Text
	}
	if r.Text != sayNothingMore {
		t.Errorf("more never ends: %s", r.Text)
	}
	for _, l := range entry.Lines {
		if n := strings.Count(all, l.Text); n != 1 {
			t.Errorf("%q is shown %d times, want once", l.Text, n)
		}
	}
}

// A page that was shorter because of what was said before the answer loses
// nothing on the next.
func TestPagesFollowWhatWasShown(t *testing.T) {
	e := smallEngine(t)
	entry, _ := e.lib.Entry("consumer/long")
	r := e.answer(turn{now: noon()}, longest(entry), 1)
	all := r.Text
	wantText(t, r, "12355")
	for range 5 {
		r = talkOn(e, r, "继续")
		all += r.Text
	}
	for _, l := range entry.Lines {
		if n := strings.Count(all, l.Text); n != 1 {
			t.Errorf("%q is shown %d times, want once", l.Text, n)
		}
	}
}

// talkOn sends one more message after a reply.
func talkOn(e *Engine, last Reply, text string) Reply {
	return e.Reply(context.Background(), Message{Kind: Text, Text: text, Dialogue: last.Dialogue})
}

func TestFollowUps(t *testing.T) {
	e := smallEngine(t)
	const ask = "网购七天无理由退货"
	for _, tt := range []struct {
		name  string
		texts []string
		entry string
		want  []string
	}{
		{"how long", []string{ask, "多久"}, "consumer/return", []string{"期限：收货第二天起七天内", "去哪：打12315"}},
		{"how long, padded", []string{ask, "那要多久啊"}, "consumer/return", []string{"期限："}},
		{"how long for the thing itself", []string{ask, "退货要多久"}, "consumer/return", []string{"期限："}},
		{"what it costs", []string{ask, "要钱吗"}, "consumer/return", []string{"费用：投诉不收费"}},
		{"what to bring", []string{ask, "要带什么材料"}, "consumer/return", []string{"带上：订单和付款记录"}},
		{"where to go", []string{ask, "去哪办"}, "consumer/return", []string{"找谁：先找商家和平台", "去哪："}},
		{"the telephone", []string{ask, "电话"}, "consumer/return", []string{"电话：12315（消费投诉举报）"}},
		{"the telephone, padded", []string{ask, "电话是多少"}, "consumer/return", []string{"电话：12315（消费投诉举报）"}},
		{"in simpler words", []string{ask, "没看懂，什么意思"}, "consumer/return", []string{"简单说：能退。", "12348"}},
		{"two in a row", []string{ask, "多久", "要钱吗"}, "consumer/return", []string{"费用："}},
		{"a row that is empty", []string{"起诉离婚判不判", "多久"}, "family/divorce", []string{"这一条没有单独写", "12348"}},
		{"it ends with how far it was checked", []string{ask, "多久"}, "consumer/return", []string{"依据核对至2026-11-23，待本街道司法所审核"}},
		{"past its review date it says so", []string{"申请保护令", "要钱吗"}, "dv/order", []string{"本条核对于2026-01-10，请以12348答复为准"}},
		{"another thing is a new question", []string{ask, "保护令要什么材料"}, "dv/order", []string{"您问的是"}},
		{"a short new question is one", []string{ask, "离婚多久"}, "", nil},
		{"the list of numbers stays in reach", []string{ask, "热线"}, "", []string{"常用电话"}},
		{"nothing said before", []string{"要钱吗"}, "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := talk(e, tt.texts...)
			if r.Entry != tt.entry {
				t.Errorf("entry = %q (%s), want %q:\n%s", r.Entry, r.Outcome, tt.entry, r.Text)
			}
			wantText(t, r, tt.want...)
		})
	}
}

func TestAFollowUpStopsWithItsEntry(t *testing.T) {
	lib := smallLibrary(t)
	today := noon()
	e := New(lib, Options{Now: func() time.Time { return today }})
	r := talk(e, "申请保护令")
	today = today.AddDate(0, 2, 0) // past the 60 days of grace
	if r = talkOn(e, r, "多久"); r.Entry != "" {
		t.Errorf("a lapsed entry still answers: %s", r.Text)
	}
	r.Dialogue.Entry = "dv/order"
	if r = talkOn(e, r, "继续"); r.Text != sayNothingMore {
		t.Errorf("a lapsed entry shows a page: %s", r.Text)
	}
}

func TestADialogueIsEmptyWhenThereIsNothingToKeep(t *testing.T) {
	for _, tt := range []struct {
		d    Dialogue
		want bool
	}{
		{Dialogue{}, true},
		{Dialogue{Rated: true, Page: 1}, true},
		{Dialogue{Entry: "a/b"}, false},
		{Dialogue{Choices: []string{"entry:a/b"}}, false},
		{Dialogue{Confirm: Forget}, false},
	} {
		if got := tt.d.Empty(); got != tt.want {
			t.Errorf("%+v.Empty() = %v, want %v", tt.d, got, tt.want)
		}
	}
}

// What is kept of a dialogue holds ids only.
func TestADialogueHoldsNoWordOfTheResident(t *testing.T) {
	r := talk(smallEngine(t), "网购的裙子，七天无理由退货，我叫样例")
	want := Dialogue{Entry: "consumer/return", Choices: []string{"entry:consumer/fake", "entry:consumer/long"}, Shown: 1}
	if diff := cmp.Diff(want, r.Dialogue); diff != "" {
		t.Error(diff)
	}
}

func TestALongMessageIsNoFollowUp(t *testing.T) {
	if _, _, ok := matchFollowUp("多久以前的事现在再来说还管不管用"); ok {
		t.Error("a long message was taken for a follow-up")
	}
}
