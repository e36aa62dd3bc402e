package bot

import (
	"slices"
	"strings"
)

// command is one of the words that the bot acts on instead of answering.
type command string

// The commands, by the word a resident sends.
const (
	cmdHelp        command = "帮助"
	cmdMenu        command = "菜单"
	cmdHotlines    command = "热线"
	cmdStaff       command = "人工"
	cmdOptOut      command = "退订"
	cmdOptIn       command = "订阅"
	cmdPrivacy     command = "隐私"
	cmdForget      command = "删除"
	cmdComplain    command = "投诉"
	cmdHelpful     command = "有用"
	cmdUnhelpful   command = "没用"
	cmdMore        command = "继续"
	cmdNoneOfThese command = "都不是"
	cmdYes         command = "是"
	cmdNo          command = "不"
	cmdGreet       command = "你好"
	cmdThank       command = "谢谢"
)

// commandRow lists how a command is said.
type commandRow struct {
	command command
	exact   []string // the whole message, after padding is taken off
	inside  []string // a part of a longer message; + stands for anything between
}

// commandRows is the table of commands. What stands under inside must not be
// something that residents say about a shop, an app or their employer.
var commandRows = []commandRow{
	{
		cmdHelp,
		[]string{"帮助", "help", "怎么用", "使用说明", "功能", "这个怎么用", "你是谁", "你叫什么", "你叫什么名字", "你是干什么的", "你是干啥的", "你是机器人", "你是人还是机器", "你是人还是机器人", "你是真人", "你能干什么", "你能干啥", "你能做什么", "你会什么", "你会啥", "能干啥"},
		[]string{"这个号怎么用", "公众号怎么用", "这个号是干", "这个号能", "你都能干", "你都会", "都能问啥", "都能问什么", "可以问什么", "可以问你什么", "能问你什么", "能问你啥", "能问些什么", "能问些啥"},
	},
	{
		cmdMenu,
		[]string{"菜单", "目录", "主菜单", "返回", "首页", "主页", "回菜单", "返回菜单", "返回主菜单", "menu", "有什么内容", "有哪些内容", "有哪些主题", "分类"},
		[]string{"菜单在哪", "菜单呢", "打开菜单", "看菜单", "出菜单", "回到菜单", "返回主菜单", "发菜单", "主菜单"},
	},
	{
		cmdHotlines,
		[]string{"热线", "电话", "热线电话", "电话号码", "咨询电话", "求助电话", "打哪个电话", "打什么电话", "有电话吗", "电话多少"},
		[]string{"有啥电话", "有什么电话", "哪些电话", "电话都有哪", "电话有哪", "热线有哪", "热线都有", "热线是多少", "热线号码", "热线电话发", "热线电话有", "热线电话给", "列一下电话", "电话列", "发个电话", "电话发我", "给我个电话", "电话是多少", "电话是几", "电话多少"},
	},
	{
		cmdStaff,
		[]string{"人工", "转人工", "人工服务", "人工客服", "客服", "找人工", "真人", "找人", "工作人员", "接人工", "有人工"},
		[]string{
			"找个真人", "找真人", "转人工", "找人工服务", "找人工客服", "要人工服务", "要人工客服", "真人说话", "真人聊", "跟人说话", "和真人", "人工接", "找你们工作人员", "联系你们工作人员", "不想跟机器", "不跟机器", "换个人来", "叫个人来",
			"司法所在哪", "司法所地址", "司法所电话", "司法所怎么去", "司法所几点", "你们在哪", "你们地址", "你们的地址", "你们几点上班", "你们上班几点", "真人律师", "律师电话",
		},
	},
	{
		cmdOptOut,
		[]string{"退订", "td", "取消订阅", "不要推送", "别推送", "不要推送了", "别推送了", "停止推送", "取消推送", "关闭推送", "取关", "别发了", "不要发了"},
		[]string{"给我+推送+了", "给我推送", "别推送", "不要推送", "不要再推送", "别再推送", "推送+不想收", "推送+不要了", "不想收+推送", "不想再收到你们", "不想看你们+推送", "你们别+给我发", "别再给我发", "不要再给我发", "别老给我发", "退订你们", "退订推送", "退订这个号", "退订本号", "取消你们+推送", "关掉你们+推送"},
	},
	{
		cmdOptIn,
		[]string{"订阅", "恢复订阅", "订阅推送", "重新订阅", "恢复推送", "开启推送"},
		[]string{"恢复推送", "继续给我推送", "还给我推送", "重新给我推送", "订阅你们", "订阅这个号", "订阅本号", "订阅普法", "订阅+普法消息", "想收到你们+推送"},
	},
	{
		cmdPrivacy,
		[]string{"隐私", "隐私说明", "隐私政策", "隐私保护"},
		[]string{"存不存我", "存我说", "存我的聊天", "存我问", "保存我的聊天", "记录我的聊天", "记不记我", "你们+记录我", "我问的会不会被", "我问的+别人", "我问的+泄露", "我说的+别人看", "我说的+泄露", "我说的话会被", "知道我是谁", "看到我问", "聊天内容会", "你们+泄露我"},
	},
	{
		cmdForget,
		[]string{"删除", "删除记录", "删除我的信息", "删除数据", "删除我的数据", "注销", "清空记录", "删除我的记录", "删掉记录", "删记录", "删了", "删掉", "删吧", "确认删除"},
		[]string{"问过的都删", "问过的全删", "问过的删", "记录都删", "记录全删", "记录删", "我的信息删", "我的信息都删", "我的数据删", "我的数据都删", "删掉我问过", "删了我问", "删掉我的记录", "删除我的记录", "删除我在你们", "清空我的", "我在你们这+删"},
	},
	{
		cmdComplain,
		[]string{"投诉", "投诉你们", "意见", "提意见", "意见反馈", "反馈", "建议", "提建议"},
		[]string{"投诉你们", "投诉这个号", "投诉公众号", "投诉这个公众号", "投诉本号", "你们答错了", "你答错了", "答得不对", "内容有误", "给你们提意见", "给你们提建议"},
	},
	{cmdHelpful, []string{"有用", "有帮助", "很有用", "挺有用", "真有用", "很有帮助", "解决了", "点赞", "帮上了", "帮上忙"}, nil},
	{
		cmdUnhelpful,
		[]string{"没用", "没有用", "没帮助", "没什么用", "无用", "不管用", "没解决", "没帮上", "答非所问", "没用答非所问", "不是我问的", "我问的不是这个"},
		nil,
	},
	{
		cmdMore,
		[]string{"继续", "下一页", "更多", "还有呢", "接着说", "往下", "往下说", "后面呢", "往下说后面呢", "接着", "详细", "详细点", "说详细点", "然后呢", "继续说", "接着往下说", "余下的"},
		nil,
	},
	{cmdNoneOfThese, []string{"都不是", "0", "零", "都不对", "都没有", "没有我要的", "没有", "不是这些", "都不是我要的", "没有我想问的", "不是这个"}, nil},
	{cmdYes, []string{"是", "是的", "确认", "确定", "对", "对的", "好", "好的", "嗯", "嗯嗯", "yes", "y", "ok", "行", "可以", "要", "是要"}, nil},
	{cmdNo, []string{"不", "不是", "不要", "取消", "算了", "否", "no", "n", "不用", "不行", "别", "先不"}, nil},
	{cmdGreet, []string{"你好", "您好", "你好你好", "hi", "hello", "哈喽", "嗨", "在吗", "在不在", "在么", "你好在吗", "您好在吗", "有人吗", "喂", "早上好", "上午好", "中午好", "下午好", "晚上好"}, nil},
	{cmdThank, []string{"谢谢", "谢谢你", "谢谢您", "谢谢啊", "谢谢了", "多谢", "感谢", "非常感谢", "辛苦了", "再见", "拜拜", "知道了", "明白了", "懂了", "收到", "我知道了", "知道了谢谢"}, nil},
}

// What people put around a command, longer ones first.
var (
	leading  = []string{"我想要", "看一下", "麻烦", "帮我", "帮忙", "给我", "我要", "我想", "看看", "看下", "回复", "您好", "你好", "你们的", "请", "要", "点", "发", "回"}
	trailing = []string{"谢谢你", "谢谢您", "谢谢", "一下", "吧", "啊", "呀", "哈", "了", "啦", "呢", "哦", "嘛"}
	// asking makes a question of the command.
	askingFront = []string{"可不可以", "能不能", "怎么", "如何", "可以", "能"}
	askingEnd   = []string{"可以吗", "行不行", "好不好", "行吗", "好吗", "吗", "么"}
)

// commands knows every way a command is said.
type commands struct {
	exact  map[string]command
	inside []insideCommand
	begins *wordSet // the first parts of inside
}

type insideCommand struct {
	parts   []string // in this order
	command command
}

func newCommands() *commands {
	c := &commands{exact: map[string]command{}}
	var begins []string
	for _, row := range commandRows {
		for _, w := range row.exact {
			c.exact[w] = row.command
		}
		for _, w := range row.inside {
			in := insideCommand{strings.Split(w, "+"), row.command}
			c.inside = append(c.inside, in)
			begins = append(begins, in.parts[0])
		}
	}
	c.begins = newWordSet(begins)
	return c
}

// maxPlainRunes is the length past which a message is more than a padded
// command.
const maxPlainRunes = 14

// plain returns the command that the whole message is. asked: it was put as a
// question (能退订吗), so nothing must change without asking back.
func (c *commands) plain(message string) (cmd command, asked, ok bool) {
	message = withoutGaps(message)
	if len(message) > maxPlainRunes*len("字") {
		return "", false, false
	}
	if cmd, ok := c.peel(message, leading, trailing); ok {
		return cmd, false, true
	}
	core := trim(trim(message, leading, trailing), askingFront, askingEnd)
	if cmd, ok := c.peel(core, leading, trailing); ok && explains(cmd) {
		return cmd, true, true
	}
	return "", false, false
}

// peel takes words off front and end, one at a time, until a command is left.
func (c *commands) peel(s string, front, end []string) (command, bool) {
	for s != "" {
		if cmd, ok := c.exact[s]; ok {
			return cmd, true
		}
		next := trimOne(s, front, end)
		if next == s {
			break
		}
		s = next
	}
	return "", false
}

// explains reports whether a command may also be put as a question; 有用吗 and
// 是吗 are no verdict and no consent.
func explains(cmd command) bool {
	switch cmd {
	case cmdHelp, cmdMenu, cmdHotlines, cmdStaff, cmdOptOut, cmdOptIn, cmdPrivacy, cmdForget, cmdComplain:
		return true
	default:
		return false
	}
}

// trim takes words off front and end until none is left there.
func trim(s string, front, end []string) string {
	for {
		next := trimOne(s, front, end)
		if next == s {
			return s
		}
		s = next
	}
}

func trimOne(s string, front, end []string) string {
	for _, p := range front {
		if t := strings.TrimPrefix(s, p); t != s {
			return t
		}
	}
	for _, p := range end {
		if t := strings.TrimSuffix(s, p); t != s {
			return t
		}
	}
	return s
}

// asksSomething marks a sentence as a question, whatever command words stand
// in it; someoneElse marks it as being about other people's doings.
var (
	asksSomething = []string{"怎么办", "咋办", "吗", "能不能", "可不可以", "合法", "犯法", "违法", "怎么弄", "咋整", "怎么告", "赔", "合理"}
	someoneElse   = []string{
		"他", "她", "商家", "平台", "公司", "老板", "单位", "店", "app", "物业", "卖家", "客服不", "邻居", "运营商", "会员", "自动",
		"淘宝", "京东", "拼多多", "美团", "抖音", "快手", "银行", "移动", "联通", "电信", "贷款", "催收", "骗子", "陌生", "骚扰", "学校", "医院",
	}
)

// within returns the command that stands in a longer message. A question, or a
// sentence about somebody else, holds none; those about this account itself
// (存不存我的) are questions that a command answers.
func (c *commands) within(message string) (command, bool) {
	message = withoutGaps(message)
	if c.begins.find([]rune(message)) == nil {
		return "", false
	}
	for _, row := range c.inside {
		if !inOrder(message, row.parts) {
			continue
		}
		if containsAny(message, someoneElse) || !row.command.aboutUs() && containsAny(message, asksSomething) {
			return "", false
		}
		return row.command, true
	}
	return "", false
}

// aboutUs reports whether a question about this account is what the command is
// for.
func (c command) aboutUs() bool {
	return c == cmdPrivacy || c == cmdComplain || c == cmdHelp || c == cmdHotlines || c == cmdForget
}

func inOrder(s string, parts []string) bool {
	for _, p := range parts {
		_, after, found := strings.Cut(s, p)
		if !found {
			return false
		}
		s = after
	}
	return true
}

func containsAny(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}
