package bot

import (
	"fmt"
	"strings"

	"pufa/content"
)

// Street is what the office tells about itself. An empty field is left out of
// every sentence, never filled in.
type Street struct {
	Name    string // 平东街道
	Office  string // 平东街道司法所
	Address string
	Phone   string
	Hours   string
}

// office names the justice office, without inventing a name.
func (s Street) office() string {
	if s.Office != "" {
		return s.Office
	}
	return "本街道司法所"
}

// name names the street, without inventing one.
func (s Street) name() string {
	if s.Name != "" {
		return s.Name
	}
	return "街道"
}

// door is the office with what is known of how to reach it.
func (s Street) door() string {
	var parts []string
	for _, p := range []struct{ label, value string }{
		{"地址：", s.Address}, {"电话：", s.Phone}, {"时间：", s.Hours},
	} {
		if p.value != "" {
			parts = append(parts, p.label+p.value)
		}
	}
	if len(parts) == 0 {
		return s.office()
	}
	return s.office() + "（" + strings.Join(parts, "，") + "）"
}

// PrivacyLine ends the first reply to a new resident number.
const PrivacyLine = "本号只计次数，不存您的问题，回「隐私」看说明。"

// privacyLineGaps is the same where Options.GapTexts is on; it is no longer.
const privacyLineGaps = "本号不记谁问的，问题怎么留，回「隐私」看说明。"

// The fixed sentences. They are written for somebody who reads slowly.
const (
	sayUnread      = "我只看得懂文字，看不了图片、视频、位置和表情。请把事情用一两句话打出来。"
	sayVoiceUnread = "这段语音我没听清。请再说一遍，或者打字告诉我。"
	sayLimited     = "您发得有点快，请过一分钟再发。遇到危险请直接打110。"
	sayThanks      = "谢谢，收到了。还有别的事，直接打字问我。"
	sayUnhelpful   = "对不起，没帮上您。"
	sayRatedDown   = "这条记下了一次「没用」，不记是谁说的，工作人员会看到。"
	sayRated       = "这条您已经评过了，谢谢。有新的问题直接打字问我。"
	sayNothingRate = "现在没有要评价的回答。有问题直接打字问我。"
	sayNothingMore = "没有更多内容了。有别的问题直接打字问我，或回「菜单」。"
	sayWelcomeBack = "不客气。有事随时来问。"
	sayOptOut      = "好的，以后不再给您推送。您照样可以随时来问。\n想恢复请回「订阅」。"
	sayOptIn       = "好的，以后有普法推送会发给您。\n不想收了请回「退订」。"
	sayAskOptOut   = "您是想以后不再收到本号的推送吗？\n回「是」就停，回「不」保持原样。"
	sayAskOptIn    = "您是想收到本号的普法推送吗？\n回「是」就开，回「不」保持原样。"
	sayAskForget   = "您要删掉本号里和您对应的编号吗？\n删了以后，谁也不能再把以前的次数和您连上；总的次数还在。\n回「是」就删，回「不」保持原样。"
	sayForgotten   = "删好了。本号里已经没有和您对应的编号。您再来问，会当作新来的人。还关注着又不想收推送，请再回「退订」。"
	sayKept        = "好的，保持原样。有问题直接打字问我。"
	sayNumberLost  = "没有这个数字的选项。请看上面的数字再回一次，或回「菜单」。"
	sayNumberAlone = "您回的数字，我对不上是哪一个选项了（选项只留10分钟）。请直接打字问，或回「菜单」。"
	sayNoneFits    = "好的，那就不是这几件。"

	sayUnder14       = "您还不到14岁，请让爸爸妈妈或者信得过的大人陪着您看、陪着您办。\n有人欺负您，打12355；有危险打110。"
	sayPredict       = "具体会怎么判、能得多少，要看证据和事情经过，我不能替您预测。可以打12348问。"
	sayUnlawful      = "这样做不合法，我不能教您怎么做。"
	sayUnlawfulRefer = "遇到难处，可以打12348问问合法的办法；有危险打110。"
	sayLawSays       = "法律是这样说的："
	sayCalm          = "您的火气我明白，没帮上您，对不起。"
	sayNotOurs       = "这件事我帮不上，我只会讲法律和办事的门路。"
	sayUnknown       = "这个问题我还答不上来，不敢乱说。"
	sayWhat          = "您遇到了什么事？请说具体一点，比如「老板三个月没发工资」「房东不退押金」。"
)

// sayNothingAsked answers a yes or a no that belongs to nothing.
func sayNothingAsked(d Dialogue) string {
	if len(d.Choices) > 0 && d.Entry == "" {
		return "请回选项前面的数字，比如 1；都不是就回「都不是」。"
	}
	return "好的。有问题直接打字问我，或回「菜单」。"
}

// guide says what can be done next. door is one more line for the matter at
// hand, empty for none.
func (s Street) guide(door string) string {
	lines := []string{
		"您可以：",
		"· 换个说法再问，说说谁做了什么、您想要什么",
		"· 回「菜单」挑一个主题",
		door,
		"· 打12348，免费问法律问题；不知道归谁管的事打12345",
		"· 到" + s.door() + "当面问",
	}
	return strings.Join(nonEmpty(lines), "\n")
}

func (s Street) sayHelp() string {
	return "我是" + s.name() + "的普法小助手，是程序，不是真人。您用大白话问，我用核对过依据的内容答，并告诉您该找谁。\n\n" +
		"比如：「网上买的衣服能退吗」「老板拖欠工资」「被家暴怎么办」\n\n" +
		"也可以回：\n菜单、热线、人工、隐私、订阅、退订、删除、投诉\n\n" +
		"我不预测官司输赢，也不替人写状子。遇到危险请马上打110。"
}

func (s Street) sayStaff() string {
	return "本号由程序回答，没有人在线上接话。\n" +
		"想找人：\n" +
		"· 法律问题打12348，免费\n" +
		"· 办事、反映情况打12345\n" +
		"· 到" + s.door() + "当面问\n" +
		"有危险请马上打110。"
}

func (s Street) sayComplain() string {
	return "您是想投诉谁？\n" +
		"· 对本号有意见，或者哪条回答不对：请到" + s.door() + "说，或打12345转达。记下那条回答的标题，好核对。\n" +
		"· 投诉商家、平台：打12315，或者打字把事情告诉我，比如「超市卖过期食品」。\n" +
		"· 投诉部门、单位：打12345。"
}

func (s Street) sayGreeting() string {
	return "您好，我是" + s.name() + "的普法小助手。遇到什么事，打字告诉我就行。"
}

func (s Street) sayWelcome() string {
	return "您好，这里是" + s.name() + "普法。遇到事，用大白话问我就行，比如「彩礼能退吗」「办的卡店跑了」。\n" +
		"我的回答都有法律依据，也告诉您该找谁。回「菜单」看主题，回「热线」看电话。"
}

// privacyLineModel and privacyLineBoth are the same where a model helps. None is
// longer.
const (
	privacyLineModel = "不存问题，用大模型帮挑答案，回「隐私」看说明。"
	privacyLineBoth  = "问题怎么留、怎么用大模型，回「隐私」看说明。"
)

// privacyLine is the line under the first reply, as the settings are.
func (e *Engine) privacyLine() string {
	switch model := e.opt.Model.any(); {
	case model && e.opt.GapTexts:
		return privacyLineBoth
	case model:
		return privacyLineModel
	case e.opt.GapTexts:
		return privacyLineGaps
	}
	return PrivacyLine
}

// sayPrivacy tells what is kept; page is the address in front of /privacy.
func sayPrivacy(page string, gapTexts, desk bool, model Model) string {
	text := "本号怎么对待您说的话：\n1. "
	if gapTexts {
		text += "没答上来的问题，去掉姓名、号码、地址后，有3个人这样问过才留下这句话，好补上答案；最多留30天，不记是谁问的。涉及危险、家暴、毒品、邪教、性侵害的不留。"
	} else {
		text += "不存您的问题原文。"
	}
	text += "上一句说到哪、给您的回复，最多留10分钟，然后自动删。\n" +
		"2. 只按次数统计，比如今天有几个人问、问了哪类主题。不记是谁问的什么。\n" +
		"3. 您的微信号换成一个编号来数人数，看不出您是谁。\n" +
		"4. 不看您的头像、手机号和位置。"
	if model.any() {
		text += "\n5. 拿不准您问的是哪一条时，会把这句话去掉姓名、号码、地址，请大模型帮着挑条目；它不写答案。涉及危险、家暴、毒品、邪教、性侵害的不给它。"
		if model.Follows {
			text += "答不上来时它可以再想一会儿，您的微信号为此多留在内存里20秒，想到了单独发您一条。"
		}
	}
	if desk {
		text += sayPrivacyDesk
	}
	if page != "" {
		text += "\n详细说明：" + page + "/privacy"
	}
	return text + "\n\n回「删除」断开编号和您的联系；回「退订」不再收推送；有意见回「投诉」。"
}

func sayHotlines(list []content.Hotline) string {
	var b strings.Builder
	b.WriteString("常用电话：")
	for _, h := range list {
		fmt.Fprintf(&b, "\n%s %s", h.Number, h.Name)
	}
	return b.String()
}

// sayDial answers a number that was typed instead of called.
func sayDial(h content.Hotline) string {
	return h.Number + "是：" + h.Name + "。\n请用电话直接拨" + h.Number + "，在这里发数字没有人接听。"
}

// sayDoor is the line of a referral that names the telephone for the matter.
func sayDoor(h content.Hotline) string {
	return "· 这类事有专门的电话：" + h.Number + shortName(h.Name)
}
