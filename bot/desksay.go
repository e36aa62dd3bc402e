package bot

import (
	"fmt"
	"strings"
)

// What is said at the service desk.
const (
	sayDeskAsk      = "也可以登记一件，工作人员上班后在这里答复您。是哪一类事？回数字："
	sayDeskWait     = "\n工作人员会在这里答复您。要再登记，先办完一件，或者撤回一件。"
	sayDeskDropped  = "好的，没有登记。有问题直接打字问我。"
	sayDeskTrial    = "这里是试用，或者是测试号：没有真的登记。在公众号里会给您一个编号。"
	sayDeskEnough   = "您登记的已经够多了，请等工作人员答复，或者明天再来。着急请打12348，或到"
	sayDeskFull     = "今天登记的人太多了，请明天再来。着急请打12348，或到"
	sayDeskAway     = "现在登记不了，请过几分钟再回「人工」。着急请打12348，或到"
	sayContactKept  = "记下了%s。只给办这件事的工作人员看，办结就删，最多留%d天。写错了就再发一遍。"
	sayContactBad   = "这个电话号码我看不懂，没有记下。请写成「电话 13800000000」这样。"
	sayContactBare  = "要留电话，请在前面写上「电话」两个字再发一遍。刚才的没有记下。"
	sayContactNone  = "现在没有要留电话的事，没有记下。想要人工请回「人工」，登记好了再留。"
	sayContactOver  = "这一件已经办结或者撤回，电话没有记下。还要人工请再回「人工」。"
	sayContactAway  = "现在记不下来，请过几分钟再发一遍。"
	sayWithdrawn    = "%s 已经撤回，留的电话也删了。"
	sayWithdrawNone = "没有编号是 %s 的在办的事：可能已经办结或者撤回了，也可能抄错了。"
	sayWithdrawAway = "现在撤不了，请过几分钟再回一遍。"
	sayDeletionCode = "这次删除的编号是 %s，留作凭据；它不和任何人对应。"
	sayPrivacyDesk  = "\n您回「人工」「投诉」登记的，只记编号和您选的一类；为了能回您，48小时内对得上是您，之后就对不上了。电话只在您写「电话 …」时才记，办结就删。"
	sayDeskDanger   = "有危险请马上打110，不要等答复。"
)

func deskLines(list []deskTopic) string {
	lines := make([]string, len(list))
	for i, topic := range list {
		lines[i] = fmt.Sprintf("%d %s", i+1, topic.name)
	}
	return strings.Join(lines, "\n")
}

func sayDeskOpen(codes []string) string {
	return "您还有没办完的：" + strings.Join(codes, "、") + "。不要了就回「取消 " + codes[0] + "」。"
}

func (s Street) sayComplainDesk(list []deskTopic) string {
	return "您是想投诉谁？\n" +
		"· 投诉商家、平台：打12315，或者打字把事情告诉我，比如「超市卖过期食品」。\n" +
		"· 投诉部门、单位：打12345。\n" +
		"· 对本号有意见，或者哪条回答不对：可以到" + s.door() + "说，也可以在这里登记一件，回数字：\n" + deskLines(list)
}

// sayDeskOpened tells everything that whoever opened a ticket must know.
func (s Street) sayDeskOpened(code string, w DeskWish, terms DeskTerms) string {
	seen := "只看得到这个编号"
	if w.Topic != "" {
		seen += "和「" + w.Topic + "」"
	} else {
		seen += "，不知道是哪一类事"
	}
	hours := "工作人员上班后办"
	if s.Hours != "" {
		hours = "上班时间：" + s.Hours
	}
	lines := []string{"登记好了，编号 " + code + "。", "工作人员" + seen + "，看不到您是谁、问过什么。", hours + "。"}
	if w.Kind == DeskComplaint {
		lines = append(lines, fmt.Sprintf("投诉最迟%d天内办完，这是本所自己定的期限。", terms.Days))
	}
	return strings.Join(append(
		lines,
		fmt.Sprintf("答复发在这里。微信只许%d小时内答复，过后只能打电话。", terms.Hours),
		"",
		"想要回电话，现在就回「电话 13……」，也可以加「称呼 王阿姨」。电话只为这件事用，办结就删。",
		"不想办了，回「取消」。以后要撤回，回「取消 "+code+"」。",
		sayDeskDanger,
	), "\n")
}
