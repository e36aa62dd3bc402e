package bot

import "strings"

// scope reads what a message is besides a question: rude, from a child, about
// something that is not ours, asking for help to break the law, asking for the
// outcome of a case, giving orders to the program. One pass over the message
// tells which of these may be; only those are looked at closely.
type scope struct {
	words *wordSet
	marks []mark // of each word
	hints []outside
	doors []door
}

// mark says what a word may be a sign of.
type mark struct {
	sign sign
	row  int // of hints or doors
}

// sign is a set of what a message may be.
type sign uint16

const (
	abuse sign = 1 << iota
	youth
	unlawfulDeed
	outcomeAsked
	orders
	legal
	elsewhere
	doorFor
)

// manner is what scope read. question is the message without abuse and orders.
type manner struct {
	question string
	rude     bool
	child    bool
	predict  bool
	unlawful bool
	ordered  bool
	hint     string // why it is not ours; empty when it may be
	hotline  string // the number for the matter, where one is known
	follows  bool   // the answer comes after a referral: nobody asked right before
}

// lead is said before an answer.
func (m manner) lead() (lines []string) {
	if m.follows {
		lines = append(lines, saysFollows)
	}
	if m.child {
		lines = append(lines, sayUnder14)
	}
	if m.rude {
		lines = append(lines, sayCalm)
	}
	if m.unlawful {
		lines = append(lines, sayUnlawful+sayLawSays)
	}
	return lines
}

// leadAsking is said before a menu or a referral, where no law follows.
func (m manner) leadAsking() []string {
	lines := manner{child: m.child, rude: m.rude}.lead()
	if m.unlawful {
		lines = append(lines, sayUnlawful)
	}
	return lines
}

// tail is said after an answer.
func (m manner) tail() []string {
	if m.predict {
		return []string{sayPredict}
	}
	return nil
}

// outside is a kind of request that is politely turned away.
type outside struct {
	words []string
	hint  string
}

// outsides are looked at only where nothing in the message sounds of the law
// (legalWords), and matter only where the library is not sure.
var outsides = []outside{
	{[]string{"天气", "下雨", "几度", "气温", "降温", "刮风", "下雪", "带伞", "三伏", "三九天", "礼拜几", "星期几", "阴历", "农历几"}, "天气日子我查不了，请看天气预报和日历。"},
	{[]string{"股票", "炒股", "大盘", "涨停", "基金", "买哪只", "黄金", "比特币", "以太坊", "币圈", "定投"}, "投资买卖的事我不能给建议。"},
	{[]string{"彩票", "双色球", "大乐透", "中奖号码", "开奖号"}, "彩票的事我不知道，也不能猜。"},
	{[]string{"吃什么药", "吃啥药", "换哪种药", "几片药", "退烧药", "剂量", "药量", "怎么治", "偏方", "膏药", "拉肚子", "血压", "血糖", "发烧", "感冒了", "没胃口", "睡不着", "打呼噜", "失眠", "疫苗", "咳嗽"}, "看病用药请问医生，急病打120。"},
	{[]string{"菜谱", "怎么做菜", "红烧", "炖多久", "怎么炒", "吃啥好", "吃什么好", "好吃", "怎么腌", "腌糖", "腌菜", "包饺子", "剩菜", "拉面", "早点铺"}, "做饭吃饭的事我不在行。"},
	{[]string{"写代码", "python", "java", "编程", "函数", "sql", "翻译", "翻成", "英文怎么", "作文", "年终总结", "演讲稿", "串词", "写首诗", "笑话", "对联", "鸡兔同笼", "数学题", "写作业", "作业题", "作业怎么", "写份", "写一份", "起个名", "取名", "写个", "编个"}, "我只讲法律和办事的门路，这个帮不了您。"},
	{[]string{"算命", "八字", "星座", "梦见", "风水", "兆头", "属相", "黄历", "运势"}, "这些我不信也不会看。"},
	{[]string{"wifi", "路由器", "断线", "电脑蓝屏", "手机卡顿", "内存满", "怎么洗", "用啥洗", "洗掉", "理发店", "哪家好", "哪个好", "电视剧", "电影", "动画片", "球赛", "国足", "尾号", "限行", "公交", "几路车", "地铁几点", "高铁", "拍照好", "字调大", "怎么跳", "是什么毛病", "缺水", "排水管"}, "这是生活上的事，我帮不上。"},
	{[]string{"谁当选", "总统", "台独", "打仗", "选举结果", "领导人", "当官的"}, "这类话题我不谈，我只讲和您办事有关的法律。"},
}

// legalWords mark a message that may be about the law whatever else stands in
// it: 电影票不退, 限行罚款, 算命被骗.
var legalWords = []string{
	"不退", "能退", "怎么退", "退我", "退货", "退款", "退钱", "退费", "退票", "退换", "退押", "退婚", "退房", "退卡", "退租", "退还", "退休", "赔", "违法", "犯法", "合法", "非法", "法律", "犯罪", "投诉", "举报", "起诉", "打官司", "告他", "告她", "能告", "罚", "合同", "协议",
	"骗", "假", "维权", "不给", "不让", "不管", "不肯", "拖欠", "扣费", "扣钱", "扣我", "扣工资", "权利", "权益", "责任", "负责", "证据",
	"仲裁", "工伤", "补贴", "津贴", "工资", "加班", "老板", "公司", "单位", "商家", "房东", "物业", "邻居", "派出所", "报警", "民警", "处罚",
	"拘留", "判", "坐牢", "跑路", "偷", "强制", "泄露", "侵权", "离婚", "遗产", "遗嘱", "抚养", "彩礼", "欠", "纠纷", "受伤", "摔", "认定", "学校",
}

// door is the number to call about a matter.
type door struct {
	words  []string
	number string
}

// doors name a number in a referral; the first row that fits is taken.
var doors = []door{
	{[]string{"家暴", "老公打", "丈夫打", "性骚扰", "妇联", "怀孕", "产假", "重男轻女"}, "12338"},
	{[]string{"刷单", "诈骗", "被骗", "骗子", "转账给"}, "96110"},
	{[]string{"工资", "老板", "加班", "辞退", "开除", "社保", "工伤", "仲裁", "退休", "养老金", "失业", "医保"}, "12333"},
	{[]string{"商家", "卖家", "退货", "退款", "超市", "网购", "假货", "店里", "饭店", "办卡", "消费", "快递"}, "12315"},
	{[]string{"同学", "校园", "未成年", "网瘾"}, "12355"},
	{[]string{"立案", "法院", "执行局", "开庭", "判决"}, "12368"},
	{[]string{"检察院", "不起诉"}, "12309"},
}

func newScope() *scope {
	s := &scope{hints: outsides, doors: doors}
	var words []string
	known := map[string]int{}
	add := func(list []string, m mark) {
		for _, w := range list {
			i, again := known[w]
			if !again {
				i = len(words)
				known[w], words = i, append(words, w)
				s.marks = append(s.marks, mark{row: -1})
			}
			s.marks[i].sign |= m.sign
			if m.row >= 0 && s.marks[i].row < 0 {
				s.marks[i].row = m.row
			}
		}
	}
	add(abuseWords, mark{abuse, -1})
	add(youthWords, mark{youth, -1})
	add(deedWords, mark{unlawfulDeed, -1})
	add(outcomeWords, mark{outcomeAsked, -1})
	add(orderWords, mark{orders, -1})
	add(legalWords, mark{legal, -1})
	for i, o := range s.hints {
		add(o.words, mark{elsewhere, i})
	}
	for i, d := range s.doors {
		add(d.words, mark{doorFor, i})
	}
	s.words = newWordSet(words)
	return s
}

func (s *scope) read(folded string) manner {
	signs, hint, number := s.signs(folded)
	m := manner{question: folded, hotline: number}
	if signs&abuse != 0 {
		m.question, m.rude = withoutAbuse(folded)
	}
	if signs&orders != 0 {
		m.question, m.ordered = withoutOrders(m.question)
	}
	m.child = signs&youth != 0 && isChild(folded)
	m.predict = signs&outcomeAsked != 0
	m.unlawful = signs&unlawfulDeed != 0 && wantsUnlawful(folded)
	if signs&legal == 0 {
		m.hint = hint
	}
	return m
}

// signs tells what the words of a message may be signs of, the first hint that
// one calls for, and the number of the first row of doors.
func (s *scope) signs(folded string) (all sign, hint, number string) {
	row := len(s.doors)
	for _, w := range s.words.find([]rune(folded)) {
		m := s.marks[w.word]
		all |= m.sign
		if m.sign&elsewhere != 0 && hint == "" {
			hint = s.hints[m.row].hint
		}
		if m.sign&doorFor != 0 && m.sign&elsewhere == 0 {
			row = min(row, m.row)
		}
	}
	if row < len(s.doors) {
		number = s.doors[row].number
	}
	return all, hint, number
}

// withoutGaps joins the runs of letters of a folded message.
func withoutGaps(folded string) string { return strings.ReplaceAll(folded, " ", "") }
