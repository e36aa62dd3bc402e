package stats

// Rule says how one figure is counted, in the words that staff read in
// docs/统计口径.md.
type Rule struct {
	Number string // K01; never given to another figure
	ID     string // of the Figure
	Name   string // 名称
	What   string // 数什么
	Source string // 从哪里来
	Dedup  string // 去重
	Not    string // 不表示什么
}

const (
	fromDays    = "每日计数"
	fromMonths  = "每月计数"
	oncePerID   = "同一条消息重复投递只计一次（按消息编号，保留两天）"
	oncePerUser = "同一居民编号只计一次"
)

// Rules returns the counting rules in the order of a report's figures; the
// first is all messages. What comes from the test bench, /try, ask, eval, the
// demo or a staff test account has source test and is in none of them.
func Rules() []Rule {
	return []Rule{
		{
			"K01", "messages", "收到的消息", "居民发来、需要答复的每一条消息：文字、语音、菜单点击、已关注者扫码、图片等；含紧急求助、指令和评价",
			fromDays, oncePerID, "不是人数，也不是问题个数：同一件事分三条发算三条；关注、取关和网页打开不在内",
		},
		{"K02", "answered", "已解答", "用条目或者导入的法律条文作出答复的消息", fromDays, oncePerID, "不表示居民满意，也不表示问题已经解决"},
		{"K03", "menu", "请选择", "答复为编号菜单、请居民选择的消息", fromDays, oncePerID, "不是答错；选择之后的那一条另计"},
		{"K04", "referred", "已引导", "没有把握，引导到12348、司法所或其他部门的消息", fromDays, oncePerID, "不表示居民已经去电或到访"},
		{
			"K05", "crisis", "紧急求助", "判断为正在发生危险、立即答复热线的消息；只按日计总数，不分时段、主题和条目",
			fromDays, oncePerID, "是按词句判断的，不等于真实警情数；不计人数",
		},
		{"K06", "command", "指令", "帮助、菜单、热线、人工、退订、隐私、有用、没用等指令", fromDays, oncePerID, "「人工」不表示已经接通"},
		{"K07", "limited", "发送过快", "一分钟内消息过多、请稍后再发的消息", fromDays, oncePerID, "不表示恶意"},
		{"K08", "none", "无须答复", "收到但不作答复的消息", fromDays, oncePerID, "不是漏答"},
		{
			"K09", "model", "模型参与", "由语言模型选出条目或其中句子的消息；已含在以上各项中", fromDays, oncePerID,
			"模型不撰写内容，答复仍全部出自条目",
		},
		{
			"K10", "entries", "用到条目的消息", "答复用到某个条目的消息；分项列出最多的二十条", fromMonths, oncePerID,
			"按月留存，时段不是整月时没有此数；未列出的条目不等于没有人问",
		},
		{"K11", "helpful", "评价「有用」", "居民对上一条答复回「有用」的次数", fromDays, oncePerID, "不评价的居民占多数，不能当满意率"},
		{"K12", "unhelpful", "评价「没用」", "居民对上一条答复回「没用」的次数", fromDays, oncePerID, "不评价的居民占多数，不能当差错率"},
		{"K13", "subscribe", "新关注", "关注事件；扫海报码关注的另列", fromDays, oncePerID, "取关后再关注再计一次；不是粉丝数"},
		{"K14", "unsubscribe", "取消关注", "取消关注事件", fromDays, oncePerID, "与新关注相减不等于粉丝数"},
		{
			"K15", "pages", "网页打开", "条目网页被打开的次数", fromDays, "同一访客、同一页、同一活动每天只计一次（当日密钥，零点作废）",
			"不是人数；预取、爬虫和超过限速的打开不计",
		},
		{
			"K16", "residents", "不同居民", "发过消息的不同居民编号（紧急求助不计）：整月按月位图，多个月取并集；每日的数在当日结束后得出",
			"每月位图；每日一次性集合", oncePerUser, "各月、各日之数不能相加；回「删除」后再来的居民是新编号；不是辖区人口数",
		},
		{
			"K17", "residents_topic", "各主题不同居民", "一个月内问过某主题的不同居民，当月结束后得出", "每月一次性集合", oncePerUser,
			"各主题、各月之数不能相加；敏感主题不计人数，没有列出不等于没有人",
		},
		{
			"K18", "residents_theme", "各专题不同居民", "一个月内问过某宣传专题条目的不同居民，当月结束后得出", "每月一次性集合", oncePerUser,
			"各专题、各月之数不能相加；敏感主题的条目不计入",
		},
	}
}
