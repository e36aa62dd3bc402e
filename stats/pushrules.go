package stats

// PushRules returns the counting rules of one campaign's figures, beside those
// of a period (Rules); the last one counts the campaigns of a period.
func PushRules() []Rule {
	const (
		fromPush   = "推送记录"
		onceAPush  = "一次推送只计一次；重复收到的回执不重复计"
		ownCount   = "不涉及"
		testsToo   = "群发含测试号，平台不分；逐人发送的名单不含"
		perVisitor = "同一访客、同一页、同一推送每天只计一次（当日密钥，零点作废）"
	)
	return []Rule{
		{"K29", "push_planned", "推送对象", "推送开始时的对象人数：群发按平台回执的总数，逐人发送按开始时拟好的名单", fromPush, onceAPush, testsToo, "不等于粉丝数，也不等于收到的人数"},
		{"K30", "push_reached", "推送送达", "群发按平台回执的发送成功数；逐人发送按平台接受的次数", fromPush, onceAPush, testsToo, "平台接受不表示居民看到、读了"},
		{"K31", "push_failed", "推送失败", "平台明确回绝的：已取消关注、超出48小时、平台出错等", fromPush, onceAPush, testsToo, "不是居民的过错，也不一定是发送方的差错"},
		{"K32", "push_filtered", "推送未发", "没有发的：退订的、拒收的、被平台过滤的、取消时还没轮到的", fromPush, onceAPush, testsToo, "不是失败"},
		{"K33", "push_doubt", "推送待核实", "可能已经收到、也可能没有、平台没有说明的", fromPush, onceAPush, testsToo, "不计入送达，也不计入失败；收到回执或者工作人员核实后归入其他各项"},
		{"K34", "push_opened", "推送打开", "从推送里的链接打开条目网页的次数，从推送开始的那天到窗口结束的那天", fromDays, perVisitor, noneByTry, "不是人数；不含微信里阅读图文的次数；已含在K15中"},
		{"K35", "push_shown", "对话卡片出示", "答复下面附上对话卡片的次数", fromDays, "同一居民每天最多附一张（当日密钥，零点作废），不论哪次推送", noTrials, "附上不等于看了；只有对话卡片有此数"},
		{"K36", "push_asked", "窗口内专题提问", "从推送开始的那天到窗口结束的那天，用这个专题的条目作出答复的消息；没有专题的推送没有此数", fromDays, oncePerID, noTrials, "不表示是因为推送才来问的；同一专题的推送窗口重叠时，各次之数不能相加"},
		{"K37", "push_residents", "窗口内专题提问居民", "K36的消息来自多少不同居民，窗口结束后得出", "每次推送一次性集合", oncePerUser, noTrials, "敏感主题的条目不计入；数据库断开期间的不计入；各次之数不能相加"},
		{"K38", "push_lift", "专题提问变化", "K36的日均数与推送开始前四周的日均数相比；有一方不足5的不算", fromDays, oncePerID, noTrials, "不表示因果：节日、新闻和别的宣传也会让提问变多"},
		{
			"K40", "pushes", "主题推送", "时段内开始的主题推送：群发、发布、订阅通知、客服消息、对话卡片，各算一次；按开始的那天归入时段",
			fromPush, "一次推送只计一次；没有开始就取消、错过的不计", ownCount, "不等于收到的人数，也不等于有人看；同一主题分几天推送算几次",
		},
	}
}
