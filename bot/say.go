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

// The fixed sentences. They are written for somebody who reads slowly.
const (
	sayMediaUnread = "我只看得懂文字，看不了图片、视频和位置。请把事情用一两句话打出来，或回「菜单」挑一个主题。"
	sayVoiceUnread = "这段语音我没听清。请用文字再说一遍，或回「菜单」挑一个主题。"
	sayLimited     = "您发得有点快，请过一分钟再发。遇到危险请直接打110。"
	sayThanks      = "谢谢，收到了。还有别的事，直接打字问我。"
	sayUnhelpful   = "对不起，没帮上您。换个说法再问一次，或打12348找法律援助的工作人员。我们会改这条内容。"
	sayRated       = "这条您已经评过了，谢谢。有新的问题直接打字问我。"
	sayNothingRate = "现在没有要评价的回答。有问题直接打字问我。"
	sayNothingMore = "没有更多内容了。有别的问题直接打字问我，或回「菜单」。"
	sayOptOut      = "好的，以后不再给您推送。您照样可以随时来问。想恢复请回「订阅」。"
	sayOptIn       = "好的，以后有普法推送会发给您。不想收了请回「退订」。"
	sayAskOptOut   = "您是想以后不再收到本号的推送吗？回「是」就停，回「不」保持原样。"
	sayAskOptIn    = "您是想收到本号的普法推送吗？回「是」就开，回「不」保持原样。"
	sayAskForget   = "您要把本号里和您对应的编号删掉吗？删了以后，没有人能再把以前的次数和您连上；总的次数还在。回「是」就删，回「不」保持原样。"
	sayForgotten   = "删好了。本号里已经没有和您对应的编号。您再来问，会当作新来的人。"
	sayKept        = "好的，保持原样。有问题直接打字问我。"
	sayConfirmLost = "没有等您确认的事。有问题直接打字问我，或回「菜单」。"
	sayNumberLost  = "这个数字对不上刚才的选项。请再问一次，或回「菜单」。"
	sayPrivacy     = "本号怎么对待您说的话：\n" +
		"1. 不存您的问题原文。上一句说到哪、给您的回复，最多留10分钟，然后自动删。\n" +
		"2. 只按次数统计，比如今天有几个人问、问了哪类主题。不记是谁问的什么。\n" +
		"3. 您的微信号换成一个编号来数人数，看不出您是谁。\n" +
		"4. 您说的话不发给别的公司。\n" +
		"回「删除」可以断开编号和您的联系；回「退订」不再收推送；回「投诉」可以提意见。"
	sayUnder14       = "您还不到14岁，请让爸爸妈妈或者信得过的大人陪着您看、陪着您办。有人欺负您，打12355；有危险打110。"
	sayPredict       = "具体会怎么判、能赔多少，要看证据和事情经过，我不能替您预测。可以打12348问律师。"
	sayUnlawful      = "这样做不合法，我不能教您怎么做。法律是这样说的："
	sayUnlawfulRefer = "这样做不合法，我不能教您怎么做。遇到难处，可以打12348问问合法的办法；有危险打110。"
	sayCalm          = "您的火气我明白，没帮上您，对不起。"
	sayManners       = "我尽力帮您。"
	sayNotOurs       = "这件事不归我管，我只会讲法律和办事的门路，答错了反而误您的事。"
)

// guide ends a referral with what can be done next.
func (s Street) guide() string {
	return "您可以：\n" +
		"· 换个说法再问，比如「买到假货怎么赔」「房东不退押金」\n" +
		"· 回「菜单」挑一个主题\n" +
		"· 打12348，免费问法律问题；不知道归谁管的事打12345\n" +
		"· 到" + s.door() + "当面问"
}

func (s Street) sayReferred() string {
	return "这个问题我还答不上来，不敢乱说。\n" + s.guide()
}

func (s Street) sayOutOfScope(hint string) string {
	if hint == "" {
		hint = sayNotOurs
	}
	return hint + "\n" + s.guide()
}

func (s Street) sayHelp() string {
	name := s.Name
	if name == "" {
		name = "街道"
	}
	return "我是" + name + "的普法小助手。您用大白话问，我用核对过依据的内容答，并告诉您该找谁。\n" +
		"比如：「网上买的衣服能退吗」「老板拖欠工资」「被家暴怎么办」\n" +
		"也可以回：菜单、热线、人工、隐私、退订、删除、投诉。\n" +
		"我不能预测官司输赢，也不替人写状子。遇到危险请马上打110。"
}

func (s Street) sayStaff() string {
	return "工作人员不在线上接话。您可以到" + s.door() + "当面问；法律问题打12348，办事打12345，有危险打110。"
}

func (s Street) sayComplain() string {
	return "对本号的内容或服务有意见，请到" + s.door() + "提出，或打12345转达。要投诉商家请打12315。" +
		"如果是哪条回答不对，请告诉我们那条的标题，我们会核对改正。"
}

func (s Street) sayWelcome() string {
	name := s.Name
	if name == "" {
		name = "街道"
	}
	return "您好，这里是" + name + "普法。遇到事，用大白话问我就行，比如「彩礼能退吗」「办的卡店跑了」。\n" +
		"我的回答都有法律依据，也告诉您该找谁。回「菜单」看主题，回「热线」看电话。\n" +
		"有危险先打110。\n" + PrivacyLine
}

func sayHotlines(list []content.Hotline) string {
	var b strings.Builder
	b.WriteString("常用电话：")
	for _, h := range list {
		fmt.Fprintf(&b, "\n%s %s", h.Number, h.Name)
	}
	return b.String()
}
