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
	Trial  string // 试用和测试号计不计入
	Not    string // 不表示什么
}

const (
	fromDays    = "每日计数"
	fromMonths  = "每月计数"
	oncePerID   = "同一条消息重复投递只计一次（按消息编号，保留两天）"
	oncePerUser = "同一居民编号只计一次"
	noTrials    = "不计"
	fromStaff   = "活动台账"
	fromDesk    = "服务台每月计数"
	oncePerStep = "一件事每到一步只计一次"
	lastWord    = "同一编号只取最近一次更正，撤销的不计"
	nothingLike = "不涉及"
	noneByTry   = "试用手机不计；测试号在网页上认不出，照计"
)

// Rules returns the counting rules in the order of a report's figures; the
// first is all messages. Numbers that are missing here are those of PushRules.
// What comes from the test bench, /try, ask, eval, the demo or a staff test
// account has source test and is in none of them.
func Rules() []Rule {
	return []Rule{
		{
			"K01", "messages", "收到的消息", "居民发来、需要答复的每一条消息：文字、语音、菜单点击、已关注者扫码、图片等；含紧急求助、指令和评价",
			fromDays, oncePerID, noTrials, "不是人数，也不是问题个数：同一件事分三条发算三条；关注、取关和网页打开不在内",
		},
		{"K02", "answered", "已解答", "用条目或者导入的法律条文作出答复的消息", fromDays, oncePerID, noTrials, "不表示居民满意，也不表示问题已经解决"},
		{"K03", "menu", "请选择", "答复为编号菜单、请居民选择的消息", fromDays, oncePerID, noTrials, "不是答错；选择之后的那一条另计"},
		{"K04", "referred", "已引导", "没有把握，引导到12348、司法所或其他部门的消息", fromDays, oncePerID, noTrials, "不表示居民已经去电或到访"},
		{
			"K05", "crisis", "紧急求助", "判断为正在发生危险、立即答复热线的消息；只按日计总数，不分时段、主题和条目",
			fromDays, oncePerID, noTrials, "是按词句判断的，不等于真实警情数；不计人数",
		},
		{"K06", "command", "指令", "帮助、菜单、热线、人工、退订、隐私、有用、没用等指令", fromDays, oncePerID, noTrials, "「人工」不表示已经接通"},
		{"K07", "limited", "发送过快", "一分钟内消息过多、请稍后再发的消息", fromDays, oncePerID, noTrials, "不表示恶意"},
		{"K08", "none", "无须答复", "收到但不作答复的消息", fromDays, oncePerID, noTrials, "不是漏答"},
		{
			"K09", "model", "模型参与", "由语言模型选出条目或其中句子的消息；已含在以上各项中", fromDays, oncePerID,
			noTrials, "模型不撰写内容，答复仍全部出自条目",
		},
		{
			"K10", "entries", "用到条目的消息", "答复用到某个条目的消息；分项列出最多的二十条", fromMonths, oncePerID,
			noTrials, "按月留存，时段不是整月时没有此数；未列出的条目不等于没有人问",
		},
		{"K11", "helpful", "评价「有用」", "居民对上一条答复回「有用」的次数", fromDays, oncePerID, noTrials, "不评价的居民占多数，不能当满意率"},
		{"K12", "unhelpful", "评价「没用」", "居民对上一条答复回「没用」的次数", fromDays, oncePerID, noTrials, "不评价的居民占多数，不能当差错率"},
		{"K13", "subscribe", "新关注", "关注事件；扫海报码关注的另列", fromDays, oncePerID, noTrials, "取关后再关注再计一次；不是粉丝数"},
		{"K14", "unsubscribe", "取消关注", "取消关注事件", fromDays, oncePerID, noTrials, "与新关注相减不等于粉丝数"},
		{
			"K15", "pages", "网页打开", "条目网页被打开的次数", fromDays, "同一访客、同一页、同一活动每天只计一次（当日密钥，零点作废）",
			noneByTry, "不是人数；预取、爬虫和超过限速的打开不计",
		},
		{
			"K16", "residents", "不同居民", "发过消息的不同居民编号（紧急求助不计）：整月按月位图，多个月取并集；每日的数在当日结束后得出",
			"每月位图；每日一次性集合", oncePerUser, noTrials, "各月、各日之数不能相加；回「删除」后再来的、解除测试号的是新编号；不是辖区人口数",
		},
		{
			"K17", "residents_topic", "各主题不同居民", "一个月内问过某主题的不同居民，当月结束后得出", "每月一次性集合", oncePerUser,
			noTrials, "各主题、各月之数不能相加；敏感主题不计人数，没有列出不等于没有人",
		},
		{
			"K18", "residents_theme", "各专题不同居民", "一个月内问过某宣传专题条目的不同居民，当月结束后得出", "每月一次性集合", oncePerUser,
			noTrials, "各专题、各月之数不能相加；敏感主题的条目不计入",
		},
		{
			"K19", "activities", "线下普法活动", "宣讲会、法治讲座、进社区、进家庭、进企业、进学校的场次；按种类、主题、月份分项",
			fromStaff, lastWord + "；一场活动只按一个种类登记一次", nothingLike, "不含横幅、海报、电子屏、入户、微课和专题学习（见K23）",
		},
		{
			"K20", "activities_confirmed", "其中经第二人核实", "K19中由登记人以外的工作人员核实过的场次", fromStaff, lastWord + "；更正后须重新核实", nothingLike,
			"未核实不等于没有开展",
		},
		{
			"K21", "activity_people", "线下活动覆盖", "台账各项登记的人次之和；分为清点的和估计的", fromStaff, lastWord, nothingLike,
			"是人次不是人数，同一人参加几场计几次；估计的没有逐人清点；没有登记人次的活动按0计",
		},
		{"K22", "materials", "发放宣传资料", "台账各项登记的发放份数之和", fromStaff, lastWord, nothingLike, "发放不等于阅读"},
		{
			"K23", "publicity", "其他宣传形式", "入户（户）、横幅（条）、海报（张）、电子屏（块）、微课（期）、专题学习（次），按种类分列",
			fromStaff, lastWord, nothingLike, "单位不同，各种类不能相加；悬挂、张贴、播放不等于有人看到",
		},
		{
			"K24", "mediation", "人民调解受理", "每月登记的受理件数之和", fromStaff, "每月一行，" + lastWord, nothingLike,
			"只有件数，没有当事人；时段不是整月时没有此数；不是由本公众号引导来的件数",
		},
		{
			"K25", "mediation_done", "人民调解成功", "每月登记的达成调解协议的件数之和", fromStaff, "每月一行，" + lastWord, nothingLike,
			"按结案月份登记，可能是以前月份受理的，除以K24不一定是成功率",
		},
		{
			"K26", "legal_aid", "法律援助受理", "每月登记的法律援助申请受理件数之和", fromStaff, "每月一行，" + lastWord, nothingLike,
			"只有件数，没有申请人；时段不是整月时没有此数；不是由本公众号引导来的件数",
		},
		{
			"K27", "legal_aid_done", "法律援助成功", "每月登记的决定给予法律援助的件数之和", fromStaff, "每月一行，" + lastWord, nothingLike,
			"按作出决定的月份登记；不表示案件胜诉",
		},
		{
			"K28", "gaps", "没答上来的", "没有答案的消息：引导的、回「都不是」的、请说具体以后仍没有答上的；按样子分，并记最相近的条目；已含在 K03、K04 中",
			fromMonths, oncePerID, noTrials, "不等于 K04，查法律条文时的说明不算；居民没有再回话的看不出来；按月留存，时段不是整月时没有此数",
		},
		{
			"K39", "scans", "海报扫码", "海报上的码被扫的次数：打开码上网页的，和用公众号自己的码关注或者进入公众号的；按场景码分项，地点在出报告时查得",
			fromDays, "同一访客、同一场景码每天只计一次（当日密钥，零点作废）", "测试号扫公众号的码不计；扫网页的码认不出，照计",
			"不是人数，也不等于看到海报的人数；预取、爬虫、超过限速的和已收回的码不计；用公众号自己的码扫的，另在K01或K13中各计一次",
		},
		{
			"K41", "tickets", "服务台登记", "居民回「人工」或「投诉」并选了一类、登记成的件数；按「人工」和「投诉」分项", fromDesk, "同一条消息重复投递只登记一件",
			noTrials, "不是人数，也不等于回「人工」的次数；按月留存，时段不是整月时没有此数",
		},
		{
			"K42", "tickets_done", "服务台办结", "「人工」和「投诉」里办结的件数，含答复七天后自动办结的；按办结的月份计", fromDesk, oncePerStep, noTrials,
			"可能是以前月份登记的，除以K41不是办结率；不含居民撤回的；按月留存，时段不是整月时没有此数",
		},
		{
			"K43", "tickets_intime", "服务台按时办的", "在时限以内第一次答复或者办结的件数：「人工」四十八小时，「投诉」为本所自己定的天数", fromDesk, oncePerStep, noTrials,
			"不表示居民满意；按月留存，时段不是整月时没有此数",
		},
		{
			"K44", "tickets_lapsed", "服务台过期未办", "超过时限十四天仍没有答复、自动结束的「人工」件数", fromDesk, oncePerStep, noTrials,
			"居民自己撤回的不算；按月留存，时段不是整月时没有此数",
		},
		{
			"K45", "deletions", "删除请求", "居民回「删除」并确认、程序当时办完的件数", fromDesk, "同一条消息重复投递只计一次", noTrials,
			"服务台没有打开时不计；按月留存，时段不是整月时没有此数",
		},
	}
}
