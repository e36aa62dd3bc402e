package bot

import (
	"testing"

	"pufa/search"
)

func TestCommandOf(t *testing.T) {
	c := newCommands()
	for _, tt := range []struct {
		name, message string
		want          command
		unsure        bool // nothing may change without asking back
	}{
		{"a bare command", "退订", cmdOptOut, false},
		{"a command with a full stop", "退订。", cmdOptOut, false},
		{"a command in traditional characters of width", "ＴＤ", cmdOptOut, false},
		{"a padded command", "请帮我退订谢谢", cmdOptOut, false},
		{"a command with 吧", "退订吧", cmdOptOut, false},
		{"a command put as a question", "能不能帮我退订", cmdOptOut, true},
		{"a command with 吗", "可以退订吗？", cmdOptOut, true},
		{"no pushes, said in a sentence", "不要再给我推送了", cmdOptOut, true},
		{"no pushes, said the other way round", "你们的推送我不想收了", cmdOptOut, true},
		{"subscribing in a sentence", "我想订阅你们的普法消息", cmdOptIn, true},
		{"deleting", "删除", cmdForget, false},
		{"deleting what was asked", "把我问过的都删了吧", cmdForget, true},
		{"deleting the records", "把我的记录全删了", cmdForget, true},
		{"a complaint", "我要投诉", cmdComplain, false},
		{"a complaint about this account", "我要投诉你们这个公众号", cmdComplain, true},
		{"the menu", "给我看看菜单", cmdMenu, false},
		{"where the menu is", "菜单在哪里", cmdMenu, true},
		{"what can be asked", "给我看看都能问啥", cmdHelp, true},
		{"who is speaking", "你是机器人吗", cmdHelp, true},
		{"a person", "我要找个真人说话", cmdStaff, true},
		{"a person, padded", "转人工客服", cmdStaff, true},
		{"where the office is", "你们司法所在哪", cmdStaff, true},
		{"telephone numbers", "电话都有哪些", cmdHotlines, true},
		{"the telephone of an office", "法院的电话是多少", cmdHotlines, true},
		{"whether words are kept", "你们会不会偷偷存我说的话", cmdPrivacy, true},
		{"useful", "有用，谢谢啊", cmdHelpful, false},
		{"useless", "没用，答非所问", cmdUnhelpful, false},
		{"more", "继续呀", cmdMore, false},
		{"none", "都不是", cmdNoneOfThese, false},
		{"a greeting", "你好", cmdGreet, false},
		{"thanks", "谢谢你", cmdThank, false},
		{"yes", "好的", cmdYes, false},
		{"no", "算了吧", cmdNo, false},

		{"a shop that refuses to unsubscribe is a question", "商家不给退订怎么办", "", false},
		{"deleted ratings are a question", "删除差评违法吗", "", false},
		{"a deleted contact is a question", "他把我微信删除了", "", false},
		{"a complaint about a shop is a question", "能不能投诉商家", "", false},
		{"another complaint about a shop", "我要投诉商家", "", false},
		{"a paid service is a question", "会员自动续费怎么退订", "", false},
		{"an employer's records are a question", "公司把我的考勤记录都删了", "", false},
		{"a shop without people is a question", "淘宝没有人工客服怎么办", "", false},
		{"a shop's pushes are a question", "淘宝老给我推送消息能不能关", "", false},
		{"work found is a question", "老板找人工作不给钱", "", false},
		{"a fraudster's hotline is a question", "骗子给我一个热线电话发短信", "", false},
		{"asking whether it is useful is no verdict", "有用吗", "", false},
		{"asking 是吗 is no consent", "是吗", "", false},
		{"privacy at home is a question", "房东装摄像头侵犯隐私吗", "", false},
		{"padding alone is no command", "请", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			folded := search.Fold(tt.message)
			got, unsure, ok := c.plain(folded)
			if !ok {
				got, ok = c.within(folded)
				unsure = true
			}
			if !ok {
				got, unsure = "", false
			}
			if got != tt.want || unsure != tt.unsure {
				t.Errorf("command of %q = %q, unsure %v; want %q, %v", tt.message, got, unsure, tt.want, tt.unsure)
			}
		})
	}
}

// A word that means two commands would make one of them unreachable.
func TestNoWordMeansTwoCommands(t *testing.T) {
	seen := map[string]command{}
	for _, row := range commandRows {
		for _, w := range row.exact {
			if other, again := seen[w]; again {
				t.Errorf("%q is both %s and %s", w, other, row.command)
			}
			seen[w] = row.command
			if folded := withoutGaps(search.Fold(w)); folded != w {
				t.Errorf("%q is never met: messages hold %q", w, folded)
			}
		}
	}
}

func TestChangesAreAskedBack(t *testing.T) {
	e := smallEngine(t)
	for _, tt := range []struct {
		name  string
		texts []string
		want  Action
		reply string
	}{
		{"the bare command acts", []string{"退订"}, OptOut, sayOptOut},
		{"subscribing acts", []string{"订阅"}, OptIn, sayOptIn},
		{"a sentence is asked back", []string{"不要再给我推送了"}, NoAction, sayAskOptOut},
		{"yes settles it", []string{"不要再给我推送了", "是"}, OptOut, sayOptOut},
		{"对 settles it", []string{"不要再给我推送了", "对"}, OptOut, sayOptOut},
		{"the command again settles it", []string{"不要再给我推送了", "退订"}, OptOut, sayOptOut},
		{"no keeps all as it is", []string{"不要再给我推送了", "不"}, NoAction, sayKept},
		{"取消 keeps all as it is", []string{"不要再给我推送了", "取消"}, NoAction, sayKept},
		{"deleting is always asked back", []string{"删除"}, NoAction, sayAskForget},
		{"deleting, confirmed", []string{"删除", "是的"}, Forget, sayForgotten},
		{"deleting, said twice", []string{"删除", "删除"}, Forget, sayForgotten},
		{"deleting, thought better of", []string{"删除", "算了"}, NoAction, sayKept},
		{"是吗 confirms nothing", []string{"删除", "是吗"}, NoAction, ""},
		{"another question drops it", []string{"删除", "网购七天能退吗", "是"}, NoAction, ""},
		{"a follow-up drops it", []string{"网购七天能退吗", "删除", "多久", "是"}, NoAction, ""},
		{"a number drops it", []string{"删除", "3", "是"}, NoAction, ""},
		{"another command drops it", []string{"删除", "热线", "是"}, NoAction, ""},
		{"another change takes its place", []string{"删除", "不要再给我推送了", "是"}, OptOut, sayOptOut},
		{"a yes with nothing to confirm", []string{"是"}, NoAction, sayNothingAsked(Dialogue{})},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := talk(e, tt.texts...)
			if r.Action != tt.want {
				t.Errorf("action = %q, want %q", r.Action, tt.want)
			}
			if tt.reply != "" && r.Text != tt.reply {
				t.Errorf("reply = %q, want %q", r.Text, tt.reply)
			}
		})
	}
}

func TestForgettingLeavesNoDialogue(t *testing.T) {
	if r := talk(smallEngine(t), "网购七天能退吗", "删除", "是"); !r.Dialogue.Empty() || r.Dialogue.Entry != "" {
		t.Errorf("dialogue after deleting = %+v, want none", r.Dialogue)
	}
}

func TestCommandReplies(t *testing.T) {
	e := smallEngine(t, func(o *Options) {
		o.Street = Street{Name: "样例街道", Office: "样例街道司法所", Phone: "000-0000", Address: "样例路1号", Hours: "工作日"}
		o.PageURL = "https://pufa.example.cn"
	})
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"帮助", []string{"样例街道", "是程序，不是真人", "退订"}},
		{"热线", []string{"110 报警（公安）", "12348 法律咨询"}},
		{"人工", []string{"样例街道司法所（地址：样例路1号，电话：000-0000，时间：工作日）", "12348", "110"}},
		{"隐私", []string{"不存您的问题原文", "最多留10分钟", "https://pufa.example.cn/privacy", "「删除」"}},
		{"投诉", []string{"对本号有意见", "样例街道司法所", "投诉商家", "12315"}},
		{"菜单", []string{"1 消费维权", "3 婚姻家庭", "110"}},
		{"你好", []string{"样例街道", "1 消费维权"}},
		{"谢谢", []string{sayWelcomeBack}},
		{"12345", []string{"政务服务便民热线", "没有人接听"}},
		{"打12315", []string{"消费投诉举报"}},
	} {
		t.Run(tt.text, func(t *testing.T) {
			r := talk(e, tt.text)
			if r.Outcome != Command {
				t.Errorf("outcome = %s, want command", r.Outcome)
			}
			wantText(t, r, tt.want...)
		})
	}
}

func TestNothingIsInventedForAStreetThatToldNothing(t *testing.T) {
	e := smallEngine(t)
	for _, text := range []string{"帮助", "人工", "投诉", "你好", "都不知道什么"} {
		wantNoText(t, talk(e, text), "地址：", "时间：", "（）", "「」")
	}
	wantText(t, talk(e, "人工"), "本街道司法所")
}

func TestRating(t *testing.T) {
	e := smallEngine(t)
	for _, tt := range []struct {
		name  string
		texts []string
		want  Rating
		entry string
		reply string
	}{
		{"useful counts for the last answer", []string{"网购七天能退吗", "有用"}, HelpfulYes, "consumer/return", sayThanks},
		{"useless says where else to turn", []string{"网购七天能退吗", "没用"}, HelpfulNo, "consumer/return", "12348"},
		{"a second verdict is not taken", []string{"网购七天能退吗", "有用", "没用"}, NoRating, "", sayRated},
		{"a verdict after a follow-up counts once", []string{"网购七天能退吗", "有用", "多久", "有用"}, NoRating, "", sayRated},
		{"a new answer may be rated", []string{"网购七天能退吗", "有用", "1", "有用"}, HelpfulYes, "consumer/fake", sayThanks},
		{"useful without an answer", []string{"有用"}, NoRating, "", sayNothingRate},
		{"useless without an answer promises nothing", []string{"没用"}, NoRating, "", "12348"},
		{"a question is no verdict", []string{"网购七天能退吗", "有用吗"}, NoRating, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := talk(e, tt.texts...)
			if r.Rating != tt.want || r.Rating != NoRating && r.Entry != tt.entry {
				t.Errorf("rating = %q of %q, want %q of %q", r.Rating, r.Entry, tt.want, tt.entry)
			}
			wantText(t, r, tt.reply)
		})
	}
	wantNoText(t, talk(e, "没用"), "记下了")
}
