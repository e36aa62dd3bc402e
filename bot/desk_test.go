package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// counter is a desk that keeps what it is told.
type counter struct {
	mine   []string
	opened []DeskWish
	left   []Contact
	gone   []string
	err    error // of everything
}

func (c *counter) Mine(context.Context) ([]string, error) { return c.mine, c.err }

func (c *counter) Open(_ context.Context, w DeskWish) (string, error) {
	if c.err != nil {
		return "", c.err
	}
	c.opened = append(c.opened, w)
	code := fmt.Sprintf("K7M3C%d", 2+len(c.opened))
	if w.Kind != DeskDeletion {
		c.mine = append(c.mine, code)
	}
	return code, nil
}

func (c *counter) Leave(_ context.Context, code string, who Contact) error {
	if c.err == nil && !slices.Contains(c.mine, code) {
		return ErrDeskOver
	}
	c.left = append(c.left, who)
	return c.err
}

func (c *counter) Withdraw(_ context.Context, code string) (bool, error) {
	c.gone = append(c.gone, code)
	i := slices.Index(c.mine, code)
	if i < 0 || c.err != nil {
		return false, c.err
	}
	c.mine = slices.Delete(c.mine, i, i+1)
	return true, nil
}

func (*counter) Terms() DeskTerms { return DeskTerms{Hours: 48, Days: 15, KeepDays: 30} }

// deskEngine answers with the shipped library for an office with hours.
func deskEngine(t *testing.T) *Engine {
	t.Helper()
	return sharedEngine(t).Under(Options{Now: noon, Street: Street{Name: "平东街道", Office: "平东司法所", Hours: "工作日9:00至17:00", Phone: "010-00000000"}})
}

// says sends texts one after another and returns the last reply; one that
// begins with @ is a menu button.
func (c *counter) says(e *Engine, texts ...string) (r Reply) {
	var d Dialogue
	for _, text := range texts {
		m := Message{Kind: Text, Text: text, Dialogue: d, Desk: c}
		if key, found := strings.CutPrefix(text, "@"); found {
			m.Kind, m.Text, m.Key = Click, "", key
		}
		r = e.Reply(context.Background(), m)
		d = r.Dialogue
	}
	return r
}

func TestWhoAsksForAPersonOpensATicket(t *testing.T) {
	e := deskEngine(t)
	for _, c := range []struct {
		name  string
		texts []string
		want  []DeskWish
	}{
		{"by the number of a line", []string{"人工", "3"}, []DeskWish{{DeskTalk, "消费维权"}}},
		{"by a menu button", []string{"@cmd:人工", "第二个"}, []DeskWish{{DeskTalk, "劳动社保"}}},
		{"in a sentence", []string{"我要找个真人说话", "1"}, []DeskWish{{DeskTalk, "婚姻家庭"}}},
		{"by the name of a topic", []string{"人工", "消费维权"}, []DeskWish{{DeskTalk, "消费维权"}}},
		{"by the words of a line", []string{"人工", "买东西、服务"}, []DeskWish{{DeskTalk, "消费维权"}}},
		{"without saying which", []string{"人工", "10"}, []DeskWish{{DeskTalk, ""}}},
		{"不便说 in words", []string{"人工", "不便说"}, []DeskWish{{DeskTalk, ""}}},
		{"what is sensitive is not kept", []string{"人工", "9"}, []DeskWish{{DeskTalk, ""}}},
		{"nor where its topic is typed", []string{"人工", "反家庭暴力"}, []DeskWish{{DeskTalk, ""}}},
		{"a complaint about the account", []string{"投诉", "1"}, []DeskWish{{DeskComplaint, "回答有误"}}},
		{"投诉 alone opens nothing", []string{"投诉"}, nil},
		{"人工 alone opens nothing", []string{"人工"}, nil},
		{"a question in its place is a question", []string{"人工", "网购能七天无理由退货吗"}, nil},
		{"a number past the end", []string{"人工", "11"}, nil},
		{"算了", []string{"人工", "算了", "3"}, nil},
		{"都不是", []string{"人工", "都不是", "3"}, nil},
		{"danger goes before", []string{"人工", "有人拿刀砍我，救命"}, nil},
		{"a number after an answer came between", []string{"人工", "网购能七天无理由退货吗", "3"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			desk := &counter{}
			r := desk.says(e, c.texts...)
			if diff := cmp.Diff(c.want, desk.opened); diff != "" {
				t.Errorf("opened (-want +got):\n%s\nreply: %s", diff, r.Text)
			}
			if len(r.Text) > MaxBytes {
				t.Errorf("%d bytes", len(r.Text))
			}
		})
	}
}

func TestWhatIsSaidOfATicket(t *testing.T) {
	e, desk := deskEngine(t), &counter{}
	ask := desk.says(e, "人工")
	for _, want := range []string{"010-00000000", "12348", "1 婚姻、老人、孩子", "10 不便说", "110"} {
		if !strings.Contains(ask.Text, want) {
			t.Errorf("人工 does not say %q: %s", want, ask.Text)
		}
	}
	if !ask.Desk || ask.Outcome != Command {
		t.Errorf("人工 is %s, of the desk %t", ask.Outcome, ask.Desk)
	}
	r := desk.says(e, "人工", "3")
	for _, want := range []string{"K7M3C3", "「消费维权」", "看不到您是谁", "工作日9:00至17:00", "48小时", "电话 13", "取消 K7M3C3", "110"} {
		if !strings.Contains(r.Text, want) {
			t.Errorf("the ticket does not say %q: %s", want, r.Text)
		}
	}
	if r.Dialogue.Ticket != "K7M3C3" || !r.Desk {
		t.Errorf("dialogue %+v, of the desk %t", r.Dialogue, r.Desk)
	}
	if again := desk.says(e, "人工"); !strings.Contains(again.Text, "K7M3C3") || len(again.Dialogue.Choices) == 0 {
		t.Errorf("with one open: %s", again.Text)
	}
	desk.mine = []string{"K7M3C3", "K7M3C4"}
	if full := desk.says(e, "人工"); !strings.Contains(full.Text, "K7M3C4") || len(full.Dialogue.Choices) != 0 || !full.Desk {
		t.Errorf("with two open: %s", full.Text)
	}
	complaint := desk.says(e, "投诉", "2")
	if !strings.Contains(complaint.Text, "15天") || !strings.Contains(complaint.Text, "自己定的期限") {
		t.Errorf("a complaint does not say whose limit it is: %s", complaint.Text)
	}
}

func TestContactsAreTakenRightAfterATicket(t *testing.T) {
	e := deskEngine(t)
	for _, c := range []struct {
		name  string
		texts []string
		want  []Contact
		says  string
	}{
		{"a telephone", []string{"人工", "3", "电话 13812345678"}, []Contact{{Phone: "13812345678"}}, "尾号5678"},
		{"a telephone and a name", []string{"人工", "3", "电话：１３８ 1234 5678，称呼 王阿姨"}, []Contact{{"王阿姨", "13812345678"}}, "和称呼"},
		{"first one, then the other", []string{"人工", "3", "称呼王阿姨", "手机号是13812345678"}, []Contact{{Name: "王阿姨"}, {Phone: "13812345678"}}, "尾号5678"},
		{"a fixed line", []string{"人工", "3", "电话 021-62345678"}, []Contact{{Phone: "02162345678"}}, "尾号5678"},
		{"a number that is none", []string{"人工", "3", "电话 12345678901234"}, nil, "看不懂"},
		{"a number without the word", []string{"人工", "3", "13812345678"}, nil, "前面写上"},
		{"at another time", []string{"电话 13812345678"}, nil, "没有记下"},
		{"after something else was asked", []string{"人工", "3", "网购能七天无理由退货吗", "电话 13812345678"}, nil, "没有记下"},
		{"a hotline is no telephone of theirs", []string{"人工", "3", "电话 110"}, nil, ""},
		{"a story with a number is no contact", []string{"人工", "3", "电话 13812345678 的人骗了我两万块钱"}, nil, ""},
		{"of a ticket that was withdrawn", []string{"人工", "3", "取消", "电话 13812345678"}, nil, "没有记下"},
	} {
		t.Run(c.name, func(t *testing.T) {
			desk := &counter{}
			r := desk.says(e, c.texts...)
			if diff := cmp.Diff(c.want, desk.left); diff != "" {
				t.Errorf("left (-want +got):\n%s", diff)
			}
			if !strings.Contains(r.Text, c.says) || strings.Contains(r.Text, "13812345678") || strings.Contains(r.Text, "王阿姨，") {
				t.Errorf("reply %q, want %q and not the whole number", r.Text, c.says)
			}
		})
	}
}

func TestDangerInANameIsDanger(t *testing.T) {
	e := deskEngine(t)
	for text, want := range map[string]bool{
		"称呼 王阿姨": false, "电话 13812345678": false, "姓名 李四，电话 13812345678": false,
		"电话 13812345678 称呼 他要杀我": true, "姓名 我不想活了": true, "称呼我被砍了救命": true,
	} {
		if _, got := e.CrisisCard(text); got != want {
			t.Errorf("CrisisCard(%q) = %t, want %t", text, got, want)
		}
	}
}

func TestTicketsAreTakenBack(t *testing.T) {
	e := deskEngine(t)
	for _, c := range []struct {
		name  string
		texts []string
		want  []string
		says  string
	}{
		{"at once", []string{"人工", "3", "取消"}, []string{"K7M3C3"}, "已经撤回"},
		{"after the telephone", []string{"人工", "3", "电话 13812345678", "算了"}, []string{"K7M3C3"}, "已经撤回"},
		{"later, by the code", []string{"人工", "3", "网购能七天无理由退货吗", "取消 k7m3c3"}, []string{"K7M3C3"}, "已经撤回"},
		{"by a code that is none", []string{"取消工单 KKKKKK"}, []string{"KKKKKK"}, "没有编号是"},
		{"取消 alone, without a ticket", []string{"取消"}, nil, ""},
		{"取消订阅 is about pushes", []string{"取消订阅"}, nil, "推送"},
	} {
		t.Run(c.name, func(t *testing.T) {
			desk := &counter{}
			r := desk.says(e, c.texts...)
			if diff := cmp.Diff(c.want, desk.gone); diff != "" || !strings.Contains(r.Text, c.says) {
				t.Errorf("taken back (-want +got):\n%s\nreply %s", diff, r.Text)
			}
		})
	}
}

func TestADeletionHasACode(t *testing.T) {
	e, desk := deskEngine(t), &counter{}
	r := desk.says(e, "删除", "是")
	if r.Action != Forget || !strings.Contains(r.Text, "K7M3C3") || !cmp.Equal(desk.opened, []DeskWish{{Kind: DeskDeletion}}) {
		t.Errorf("%s, opened %v: %s", r.Action, desk.opened, r.Text)
	}
	desk = &counter{err: errors.New("redis is unavailable")}
	if r := desk.says(e, "删除", "是"); r.Action != Forget || strings.Contains(r.Text, "编号是") {
		t.Errorf("with the store away: %s, %s", r.Action, r.Text)
	}
	desk = &counter{}
	if r := desk.says(e, "删除", "不"); r.Action != NoAction || len(desk.opened) != 0 {
		t.Errorf("after a no: %s, %v", r.Action, desk.opened)
	}
}

func TestWhenNoTicketCanBeOpened(t *testing.T) {
	e := deskEngine(t)
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"a test account", ErrDeskTrial, "没有真的登记"},
		{"enough of one person", ErrDeskLimit, "已经够多"},
		{"enough of a day", ErrDeskFull, "请明天再来"},
		{"the store is away", errors.New("redis is unavailable"), "现在登记不了"},
	} {
		t.Run(c.name, func(t *testing.T) {
			desk := &counter{}
			asked := desk.says(e, "人工")
			desk.err = c.err
			r := e.Reply(context.Background(), Message{Kind: Text, Text: "3", Dialogue: asked.Dialogue, Desk: desk})
			if !strings.Contains(r.Text, c.want) || r.Dialogue.Ticket != "" {
				t.Errorf("%s", r.Text)
			}
		})
	}
	desk := &counter{err: errors.New("redis is unavailable")}
	if r := desk.says(e, "人工"); r.Text != e.opt.Street.sayStaff() || len(r.Dialogue.Choices) != 0 {
		t.Errorf("with the store away 人工 says %s", r.Text)
	}
}

func TestPrivacyTellsOfTheDesk(t *testing.T) {
	e, desk := deskEngine(t), &counter{}
	if r := desk.says(e, "隐私"); !strings.Contains(r.Text, sayPrivacyDesk) || len(r.Text) > MaxBytes {
		t.Errorf("%d bytes: %s", len(r.Text), r.Text)
	}
	if r := e.Reply(context.Background(), Message{Kind: Text, Text: "隐私"}); strings.Contains(r.Text, sayPrivacyDesk) {
		t.Errorf("without a desk: %s", r.Text)
	}
}

func TestWithoutADeskNothingIsDifferent(t *testing.T) {
	e := deskEngine(t)
	for _, text := range []string{"人工", "投诉", "取消 K7M3C3", "电话 13812345678"} {
		r := e.Reply(context.Background(), Message{Kind: Text, Text: text})
		if r.Desk || r.Dialogue.Ticket != "" || strings.Contains(r.Text, "登记") {
			t.Errorf("%s: %+v", text, r)
		}
	}
}

// Whoever types a topic of the library in the desk's menu means a line of it.
func TestEveryTopicHasItsLine(t *testing.T) {
	lines := map[string]int{}
	for i, line := range deskTopics() {
		for _, slug := range line.topics {
			if lines[slug] != 0 {
				t.Errorf("%s stands in two lines", slug)
			}
			lines[slug] = i + 1
		}
	}
	for _, topic := range shippedLibrary(t).Topics() {
		at := lines[topic.Slug]
		if at == 0 {
			t.Errorf("topic %s has no line", topic.Name)
		} else if kept := deskTopics()[at-1].kept; topic.Sensitive && kept != "" {
			t.Errorf("topic %s is sensitive and kept as %s", topic.Name, kept)
		}
		delete(lines, topic.Slug)
	}
	for slug := range lines {
		t.Errorf("a line names %s, which is no topic", slug)
	}
}

func FuzzParseContact(f *testing.F) {
	f.Add("电话 13812345678，称呼 王阿姨")
	f.Add("手机号是+86 138-1234-5678")
	f.Add("称呼王")
	f.Fuzz(func(t *testing.T, s string) {
		c, form := parseContact(s)
		if form != hasContact {
			if c != (Contact{}) {
				t.Errorf("parseContact(%q) = %+v, and it is none", s, c)
			}
			return
		}
		if len(c.Phone) > 12 || strings.Trim(c.Phone, "0123456789") != "" || len([]rune(c.Name)) > 10 || c == (Contact{}) {
			t.Errorf("parseContact(%q) = %+v", s, c)
		}
		if c.Phone != "" && strings.Contains(c.masked(), c.Phone) {
			t.Errorf("%q says all of the number", c.masked())
		}
	})
}
