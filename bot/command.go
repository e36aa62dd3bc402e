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
)

// commandRow lists how a command is said.
type commandRow struct {
	command command
	exact   []string // the whole message, after padding is taken off
	inside  []string // a part of a longer message
}

// commandRows is the table of commands. What stands under inside must not be
// something that residents say about a shop or an app.
var commandRows = []commandRow{
	{cmdHelp, []string{"帮助", "help", "怎么用", "使用说明", "你能干什么", "你能做什么", "你会什么", "你是谁", "你会啥", "能干啥", "功能", "这个怎么用"}, nil},
	{
		cmdMenu,
		[]string{"菜单", "目录", "主菜单", "返回", "首页", "回菜单", "menu", "有什么内容", "有哪些内容", "返回菜单", "主页"},
		[]string{"菜单", "主菜单"},
	},
	{
		cmdHotlines,
		[]string{"热线", "电话", "热线电话", "电话号码", "咨询电话", "求助电话", "打哪个电话", "打什么电话", "有电话吗", "电话多少"},
		[]string{"有啥电话", "有什么电话", "哪些电话", "热线列", "列一下电话", "电话列", "热线电话有哪", "有哪些热线", "热线都有"},
	},
	{
		cmdStaff,
		[]string{"人工", "转人工", "人工服务", "人工客服", "客服", "找人工", "真人", "找人", "工作人员", "我要人工", "接人工"},
		[]string{"找个真人", "转人工", "找真人", "真人说话", "跟人说话", "和真人", "人工接", "找你们工作人员", "联系你们工作人员", "不想跟机器", "不跟机器"},
	},
	{
		cmdOptOut,
		[]string{"退订", "td", "取消订阅", "不要推送", "别推送", "停止推送", "取消推送", "取关"},
		[]string{"别再给我推送", "不要给我推送", "别给我推送", "不要再推送", "别再推送", "不想收到推送", "不想收推送", "不想再收到你们", "别再给我发消息", "别老给我发", "退订你们", "退订推送"},
	},
	{cmdOptIn, []string{"订阅", "恢复订阅", "订阅推送", "重新订阅", "我要订阅"}, []string{"恢复推送", "继续给我推送", "还给我推送"}},
	{
		cmdPrivacy,
		[]string{"隐私", "隐私说明", "隐私政策", "个人信息"},
		[]string{"存不存我的", "会不会存我的", "会存我的聊天", "保存我的聊天", "记录我的聊天", "我问的会不会被", "我问的别人看得到", "我说的话会被", "知道我是谁", "看到我问", "聊天内容会"},
	},
	{
		cmdForget,
		[]string{"删除", "删除记录", "删除我的信息", "删除数据", "注销", "清空记录", "删除我的记录", "删掉记录"},
		[]string{"问过的都删", "记录都删", "把我的记录删", "把我的信息删", "把我的数据删", "聊天记录删掉", "删掉我问过", "删了我问", "删除我在你们", "清空我的"},
	},
	{cmdComplain, []string{"投诉", "我要投诉", "投诉你们", "意见", "提意见", "建议"}, []string{"投诉你们", "投诉这个号", "投诉公众号", "你们答错了", "你答错了", "答得不对", "内容有误"}},
	{cmdHelpful, []string{"有用", "有帮助", "很有用", "有用谢谢", "解决了", "点赞"}, nil},
	{cmdUnhelpful, []string{"没用", "没有用", "没帮助", "无用", "不管用", "没解决"}, nil},
	{cmdMore, []string{"继续", "下一页", "更多", "还有呢", "接着说", "往下", "详细", "详细点", "说详细点", "然后呢"}, nil},
	{cmdNoneOfThese, []string{"都不是", "0", "都不对", "没有我要的", "没有", "不是这些"}, nil},
	{cmdYes, []string{"是", "是的", "确认", "确定", "对", "对的", "好", "好的", "嗯", "yes", "ok", "行", "可以"}, nil},
	{cmdNo, []string{"不", "不是", "不要", "取消", "算了", "否", "no", "不用", "不用了"}, nil},
}

// padding is what people put around a command.
var padding = []string{"请", "我要", "我想要", "我想", "看看", "看一下", "看下", "给我", "回复", "一下", "吧", "啊", "呀", "哈", "了", "谢谢", "你好", "您好"}

// commands knows every way a command is said.
type commands struct {
	exact  map[string]command
	inside []insideCommand
}

type insideCommand struct {
	words   string
	command command
}

func newCommands() *commands {
	c := &commands{exact: map[string]command{}}
	for _, row := range commandRows {
		for _, w := range row.exact {
			c.exact[w] = row.command
		}
		for _, w := range row.inside {
			c.inside = append(c.inside, insideCommand{w, row.command})
		}
	}
	return c
}

// asksSomething marks a sentence as a question, whatever command words stand
// in it; thirdPerson marks it as being about somebody else.
var (
	asksSomething = []string{"怎么办", "咋办", "吗", "能不能", "可不可以", "合法", "犯法", "违法", "怎么弄", "咋整", "怎么告", "赔"}
	thirdPerson   = []string{"他", "她", "商家", "平台", "公司", "老板", "单位", "店", "app", "物业", "卖家", "客服不", "邻居", "运营商", "会员", "自动"}
)

// plain returns the command that the whole message is.
func (c *commands) plain(message string) (command, bool) {
	message = strings.ReplaceAll(message, " ", "")
	if cmd, ok := c.exact[message]; ok {
		return cmd, true
	}
	trimmed := trimPadding(message)
	cmd, ok := c.exact[trimmed]
	return cmd, ok && trimmed != ""
}

func trimPadding(s string) string {
	for again := true; again; {
		again = false
		for _, p := range padding {
			if t := strings.TrimSuffix(strings.TrimPrefix(s, p), p); t != s {
				s, again = t, true
			}
		}
	}
	return s
}

// within returns the command that stands in a longer message. A question, or a
// sentence about somebody else, holds none; those about this account itself
// (存不存我的) are questions that a command answers.
func (c *commands) within(message string) (command, bool) {
	message = strings.ReplaceAll(message, " ", "")
	for _, row := range c.inside {
		if !strings.Contains(message, row.words) {
			continue
		}
		about := row.command == cmdPrivacy || row.command == cmdComplain
		if !about && containsAny(message, asksSomething) || containsAny(message, thirdPerson) {
			continue
		}
		return row.command, true
	}
	return "", false
}

func containsAny(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}
