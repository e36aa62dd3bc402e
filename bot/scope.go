package bot

import (
	"regexp"
	"strings"
)

// scope reads what a message is besides a question: rude, from a child, about
// something that is not ours, asking for help to break the law, asking for the
// outcome of a case, giving orders to the program.
type scope struct {
	rude      *wordSet
	rudeList  []string
	elsewhere []outside
	ordersRe  *regexp.Regexp
	childRe   *regexp.Regexp
}

// outside is a kind of request that is politely turned away.
type outside struct {
	words []string
	hint  string
}

// manner is what scope read. question is the message without abuse and orders.
type manner struct {
	question string
	rude     bool
	child    bool
	predict  bool
	unlawful bool
	hint     string // why it is not ours; empty when it may be
}

func (m manner) lead() (lines []string) {
	if m.child {
		lines = append(lines, sayUnder14)
	}
	if m.rude {
		lines = append(lines, sayCalm)
	}
	if m.unlawful {
		lines = append(lines, sayUnlawful)
	}
	return lines
}

func (m manner) tail() []string {
	if m.predict {
		return []string{sayPredict}
	}
	return nil
}

// rudeWords are taken out before ranking: they tell nothing about the matter.
var rudeWords = []string{
	"他妈的", "妈的", "你妈", "傻逼", "傻x", "sb", "垃圾玩意儿", "垃圾玩意", "垃圾", "废物", "放个屁", "放屁", "狗屁", "屁用没有", "屁用",
	"吃干饭", "白痴", "智障", "脑残", "滚蛋", "混蛋", "王八蛋", "狗东西", "什么破", "破机器人", "蠢", "去死吧", "草泥马", "tmd", "nmd", "操你",
}

var outsides = []outside{
	{[]string{"天气", "下雨吗", "几度", "气温", "降温", "刮风", "台风几", "会下雪"}, "天气我查不了，请看天气预报。"},
	{[]string{"股票", "炒股", "大盘", "涨停", "基金买", "买哪只", "黄金合适", "买黄金", "入手黄金", "比特币", "以太坊", "币圈"}, "投资买卖的事我不能给建议。"},
	{[]string{"彩票", "双色球", "大乐透", "中奖号码", "开奖号"}, "彩票号码我不知道，也不能猜。"},
	{[]string{"吃什么药", "吃啥药", "换哪种药", "几片药", "剂量", "药量", "怎么治", "偏方", "拉肚子", "血压高", "血糖高", "高压1", "发烧了", "感冒了", "没胃口"}, "看病用药请问医生，急病打120。"},
	{[]string{"菜谱", "怎么做菜", "红烧", "炖多久", "怎么炒", "吃啥好", "吃什么好", "怎么腌", "包饺子"}, "做饭的事我不在行。"},
	{[]string{"写代码", "python", "java", "编程", "函数", "sql", "翻译", "翻成", "英文怎么", "作文", "年终总结", "演讲稿", "写首诗", "讲个笑话", "对联", "鸡兔同笼", "数学题", "作业", "写份", "写一份"}, "我只讲法律和办事的门路，这个帮不了您。"},
	{[]string{"算命", "八字", "星座", "梦见", "风水", "兆头", "属相", "黄历", "运势"}, "这些我不信也不会看。"},
	{[]string{"wifi", "路由器", "断线", "电脑蓝屏", "手机卡顿", "怎么洗", "用啥洗", "洗掉", "怎么除", "拉面", "理发店", "便宜点的", "哪家好", "电视剧", "电影", "球赛", "尾号", "限行", "公交几点", "几路车", "地铁几点", "放不放电影"}, "这是生活上的事，我帮不上，可以打12345问问。"},
	{[]string{"谁当选", "总统", "台独", "打仗", "选举结果", "领导人"}, "这类话题我不谈，我只讲和您办事有关的法律。"},
}

// orders are words to the program, not to the office: they are dropped, and
// what is left is answered.
var ordersPattern = `(忽略|无视|忘记|忘掉)(之前|以上|前面|所有|上面)?(的)?(所有)?(指令|设定|规则|提示|规矩|要求)[，。,. ]*|` +
	`(先)?把?(你)?(上面)?的?(系统)?(设定|提示词|指令|规则)(原样|全部)?(念|输出|打印|发|说)(一遍|出来|给我)?(再)?(告诉我)?|` +
	`从现在起你(不用|不再|就)?[^ ，。]*|现在你是[^ ，。]*|system ?prompt|` +
	`(输出|打印|导出|发我)(全部|所有)?(用户|居民|后台|数据库)[^ ，。]*|<!--|-->`

// childPattern finds a writer who says they are under 14: their own age, or
// that they are at primary school. "我儿子12岁" is about somebody else.
var childPattern = `(^|[ ，。,])(我|人家|本人)(今年|现在|才|刚|刚满|还|快|只有|就|已经|是|是个|今年才|才刚)*(([5-9]|1[0-3]|五|六|七|八|九|十|十一|十二|十三)(周)?岁)|` +
	`我(是|还是|就是|是个|是一名|在|还在|上|在上|读|在读|念|在念|刚上)*(小学|小学生|[一二三四五六][年]级|初一)([学生的了 ，。]|$)`

var predictWords = []string{"能赢吗", "打得赢", "胜算", "会不会判", "会判几年", "判几年", "判多久", "能判", "赢面", "几成把握", "能打赢", "一定能赢", "能不能赢", "法官会"}

var (
	teachWords    = []string{"怎么", "如何", "教我", "咋", "怎样", "有没有办法", "有啥办法", "帮我", "哪里能"}
	unlawfulWords = []string{
		"逃避酒驾", "躲酒驾", "躲查酒", "躲过交警", "不被查出酒", "转移财产", "藏财产", "隐藏财产", "躲债", "赖账", "赖掉", "不还钱", "不用还",
		"做假证", "办假证", "造假", "伪造", "假离婚", "假发票", "偷拍他", "偷拍她", "偷拍别人", "跟踪他", "跟踪她", "窃听", "定位她", "定位他", "监听",
		"报复他", "报复她", "教训他", "教训她", "弄他", "整死", "打他一顿", "找人打", "黑进", "破解密码", "盗号", "偷税", "逃税", "骗补", "骗保", "套现",
		"买毒", "制毒", "弄点毒", "买枪", "翻墙出去打", "刷流水骗", "做假流水", "假流水", "人肉他", "人肉她", "查她手机", "查他手机", "逃课交罚", "换家里人扣分", "买分",
	}
)

func newScope() *scope {
	return &scope{
		rude: newWordSet(rudeWords), rudeList: rudeWords, elsewhere: outsides,
		ordersRe: regexp.MustCompile(ordersPattern),
		childRe:  regexp.MustCompile(childPattern),
	}
}

func (s *scope) read(folded string) manner {
	m := manner{question: folded}
	if s.rude.find([]rune(folded)) != nil {
		m.rude = true
		for _, w := range s.rudeList {
			m.question = strings.ReplaceAll(m.question, w, " ")
		}
	}
	if mayHoldOrders(folded) {
		m.question = s.ordersRe.ReplaceAllString(m.question, " ")
	}
	m.child = strings.Contains(folded, "我") && s.childRe.MatchString(folded)
	m.predict = containsAny(folded, predictWords)
	m.unlawful = containsAny(folded, unlawfulWords) && containsAny(folded, teachWords)
	for _, o := range s.elsewhere {
		if containsAny(folded, o.words) {
			m.hint = o.hint
			break
		}
	}
	return m
}

// mayHoldOrders spares ordinary messages the expression.
func mayHoldOrders(folded string) bool {
	return containsAny(folded, []string{"指令", "设定", "提示词", "规则", "规矩", "从现在起", "现在你是", "system", "输出", "打印", "数据库", "后台"})
}
