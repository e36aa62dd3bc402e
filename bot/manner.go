package bot

import (
	"regexp"
	"strings"
)

// abuseWords may be abuse of us. Whether they are is told by what stands
// around: 骂我垃圾, 垃圾费 and 我妈的房子 are not.
var abuseWords = []string{
	"妈的", "你妈", "妈逼", "傻逼", "傻x", "傻b", "傻叉", "煞笔", "沙比", "sb", "垃圾", "废物", "放屁", "狗屁", "屁用", "吃干饭", "饭桶", "白痴", "智障", "脑残",
	"滚", "混蛋", "王八蛋", "狗东西", "破机器人", "什么破", "蠢", "去死吧", "草泥马", "tmd", "nmd", "cnm", "操",
}

var (
	// insultOfOthers: somebody insulted somebody, and that is the question.
	insultOfOthers = regexp.MustCompile(`骂|辱|诽谤|造谣|(说|喊|叫|写|发|让)(我|短信|微信|信息|朋友圈)`)
	// othersBeside: who is called names when these stand right beside.
	othersBeside = `老板|房东|邻居|老公|老婆|丈夫|商家|物业|公司|中介|婆婆|他|她|对方|领导|前夫|前妻|男人|女人|渣男|小区|学校|派出所|法院|政府|街道|居委|社区|城管`
	// abuseOfUs are the shapes of abuse that are thrown at the account.
	abuseOfUs = regexp.MustCompile(
		`(傻逼|傻x|傻b|傻叉|煞笔|沙比|草泥马|去死吧|吃干饭的?|饭桶|白痴|智障|脑残|混蛋|王八蛋|狗东西|蠢货)(玩意儿?|东西|机器人?|客服|公众号|号|系统|软件|助手|程序|东西们)?|` +
			`破机器人?|垃圾(玩意儿?|东西|机器人?|客服|公众号|系统|软件|助手|程序|回答)|什么破(玩意儿?|东西|机器人?|公众号|号|系统|软件|回答)|` +
			`你们?(这|个|是|真|就|一群|一帮|还|的)*(垃圾|废物|蠢|放屁)(玩意儿?|东西|机器人?|客服)?|` +
			`(^| )(真|太|什么|真是|就是|一群|一帮|没用的|满嘴|净)*(垃圾|废物|放屁|狗屁|蠢)(玩意儿?|东西|啊|吧|了|货)*( |$)|` +
			`(放|有|没|没有|有个|屁用)*(狗屁|屁用)(没有|都没有)?|` +
			`(^| |真|你|太|还|都|这)他?妈的( |$|怎么|什么|凭|到底|烦|气|就|净|全)|你妈(的|逼)|` +
			`(^| )(滚|滚蛋|滚开|滚吧|操|操你|我操|卧槽|快滚|给我滚)( |$)|操你|` +
			`\b(sb|tmd|nmd|cnm)\b(玩意儿?|东西|机器人?|客服|公众号|号|系统|软件|助手|程序)?`)
	besideOthers = regexp.MustCompile(`(` + othersBeside + `)(是|就是|真是|是个|就是个|真是个|这个|那个|这|那|个)*$`)
	othersNext   = regexp.MustCompile(`^(的)?(` + othersBeside + `)`)
)

// withoutAbuse takes out what is thrown at us: it tells nothing of the matter.
// What is said of others stays: it is the matter.
func withoutAbuse(folded string) (question string, rude bool) {
	if insultOfOthers.MatchString(folded) {
		return folded, false
	}
	var b strings.Builder
	from := 0
	for _, at := range abuseOfUs.FindAllStringIndex(folded, -1) {
		ended := folded[at[1]-1] == ' ' // a new sentence follows
		if besideOthers.MatchString(folded[:at[0]]) || !ended && othersNext.MatchString(folded[at[1]:]) {
			continue
		}
		b.WriteString(folded[from:at[0]] + " ")
		from, rude = at[1], true
	}
	b.WriteString(folded[from:])
	return strings.TrimSpace(b.String()), rude
}

// orderWords may be words to the program instead of to the office.
var orderWords = []string{
	"指令", "设定", "提示词", "规则", "规矩", "从现在起", "从现在开始", "现在你是", "你现在是", "假装你是", "扮演", "开发者模式",
	"system", "prompt", "instructions", "输出", "打印", "导出", "数据库", "后台",
}

// ordersToProgram are dropped, and what is left is answered.
var ordersToProgram = regexp.MustCompile(
	`(忽略|无视|忘记|忘掉|不用管)(你)?(之前|以上|前面|上面)?(的)?(所有|全部|一切)?(的)?(指令|设定|规则|提示词?|规矩|要求)|` +
		`(先)?把?(你)?(上面)?的?(系统)?(设定|提示词|指令|规则)(原样|全部|完整)?(念|输出|打印|发|说|告诉)(一遍|出来|给我|我)*(再)?(告诉我)?|` +
		`(从现在起|从现在开始)(你)?(进入|不用|不再|就|是)[^ ]*|(现在你|你现在|假装你|扮演)是?(一个|一只|一名)?[^ ]*|` +
		`(进入)?开发者模式[^ ]*|system ?prompt[a-z ]*|ignore [a-z ]*instructions?[a-z ]*|` +
		`(输出|打印|导出|发我)(全部|所有)?(用户|居民|后台|数据库)[^ ]*|(告诉我|说出)?(你的)?系统提示词?`)

// tellMe is where a question begins behind an order: 你现在是律师告诉我押金不退
// 怎么办.
const tellMe = "告诉我"

func withoutOrders(folded string) (question string, ordered bool) {
	question = ordersToProgram.ReplaceAllStringFunc(folded, func(order string) string {
		ordered = true
		if _, rest, found := strings.Cut(order, tellMe); found {
			return " " + rest
		}
		return " "
	})
	return strings.TrimSpace(question), ordered
}

// youthWords may tell that a child writes.
var youthWords = []string{"岁", "小学", "年级", "初一"}

var (
	// ownAge and ownSchool find a writer who tells the own age, or what school
	// they are at.
	ownAge = regexp.MustCompile(`(我|俺|本人)(今年|现在|是个?|才|刚满|刚|还|快|只有|就|已经|还不到|不到|还没到|还没满|没满|未满|不满|一个)*` +
		`(([1-9]|1[0-4])(周)?岁|(五|六|七|八|九|十|十一|十二|十三|十四)(周)?岁)`)
	ownSchool = regexp.MustCompile(`(我|俺|本人)(现在|今年|是个?|就是个?|还是个?|是一名|是一个|还|才|就|刚|正)*` +
		`((在|上|在上|读|在读|念|在念|刚上|上的)*(小学生|小学|(小学)?[一二三四五六]年级)|(上|读|念|在上|在读|在念|刚上)初一)`)
	// ofOther after an age: it is a child's, or long ago.
	ofOther  = regexp.MustCompile(`^(多|半|大)?的?(儿子|女儿|闺女|孩子|小孩|娃|儿|孙|弟|妹|侄|外甥|外孙|表|堂|宝宝|丫头|小子)`)
	parentOf = regexp.MustCompile(`^(多|半)?的?[^ ]{1,3}的?(妈|爸|家长|母亲|父亲|奶奶|爷爷|姥姥|外婆|监护人)`)
	longAgo  = regexp.MustCompile(`^(多|半)?(的时候|那年|那时|那会|时|就|起|开始|以前|之前|以后|之后|没|被拐)`)
	// noPupil after a school: somebody who works there or has left it.
	noPupil = regexp.MustCompile(`^(的?(老师|教师|门口|门卫|旁|附近|对面|食堂|保安|保洁|班主任|校长|家长|时候|文化|毕业|水平|学历|同学聚|没)|毕业|文化|教书|教|上班|工作|打工|当|做|干|老师|门|食堂|保安|学历|没念|肄业|附|旁|那年|时|家长|班主任|学生家长|学生的?(妈|爸|家长|奶奶|爷爷))`)
)

// fourteen is no age of a child under 14, unless it is not yet reached.
var (
	fourteen = regexp.MustCompile(`(14|十四)(周)?岁$`)
	notYet   = regexp.MustCompile(`不到|没到|没满|未满|不满|快`)
)

// isChild reports whether the writer says to be under 14. Ages of others
// (我儿子12岁, 我12岁的女儿) and of long ago are not taken.
func isChild(folded string) bool {
	s := withoutGaps(folded)
	for _, at := range ownAge.FindAllStringIndex(s, -1) {
		said, rest := s[at[0]:at[1]], s[at[1]:]
		if fourteen.MatchString(said) && !notYet.MatchString(said) {
			continue
		}
		if longAgo.MatchString(rest) || parentOf.MatchString(rest) || ofOther.MatchString(rest) && !strings.Contains(said, "是") {
			continue
		}
		return true
	}
	for _, at := range ownSchool.FindAllStringIndex(s, -1) {
		if !noPupil.MatchString(s[at[1]:]) {
			return true
		}
	}
	return false
}

// outcomeWords ask how a case will end.
var outcomeWords = []string{
	"能赢", "打得赢", "打赢", "胜算", "胜诉", "赢面", "几成把握", "几成胜", "会不会判", "会判", "判几年", "判多久", "判多少年", "要判", "能判", "怎么判", "判给谁", "判给我",
	"法官会", "会怎么裁", "能拿到多少", "能赔到多少", "估一个", "给个准数", "打个赌", "会不会坐牢", "会不会是轻伤",
}

// deedWords may be a wish to break the law; wantsUnlawful tells it from having
// been wronged.
var deedWords = []string{
	"酒驾", "查酒", "交警", "警察", "财产", "存款", "房子", "名下", "转走", "账", "债", "不还", "做假", "办假", "造假", "假的", "弄假", "开假", "买假", "假发票", "假流水", "假证", "假离婚", "伪造", "偷拍", "跟踪", "窃听", "监听", "定位",
	"报复", "教训", "整死", "弄死", "弄他", "弄她", "收拾", "一顿", "找人打", "黑进", "破解", "盗号", "盗取", "偷税", "逃税", "骗补", "骗保", "骗贷", "骗低保", "套现", "毒品", "冰毒", "制毒",
	"买枪", "人肉", "查她", "查他", "查到", "查老", "聊天记录", "住哪", "开房", "扣分", "买分", "编一段", "编个", "编造", "查不出", "查不到", "执行不到", "发现不了", "不被", "瞒过", "瞒着", "吓唬",
}

// teach is what stands before a deed that somebody wants to be taught or done
// for them; nobody else stands between.
const teach = `(怎么样?(才能|能|可以|去|把)?|如何(才能)?|咋(样|个)?(才能|能)?|怎样(才能)?|教(教)?我(怎么|如何)?|有没有(什么)?(办法|法子)(能|可以)?|有(什么|啥)(办法|法子|招)(能|可以)?|想(个|什么)?办法|帮我|替我|给我|哪里(能|可以)|哪儿(能|可以)|在哪(能|可以)?|去哪(能)?|想找人)(偷偷地?|悄悄地?|暗中|私下|提前|去|在|能|才能|可以|快速|自己|先)*`

var unlawfulWish = regexp.MustCompile(
	teach + `(` +
		`(逃避|躲过|躲避|躲开|避开|应付|逃过|躲)(掉)?(酒驾|查酒|交警|警察|酒精|债|法院|执行|强制执行|检查)|` +
		`(转移|隐藏|隐匿|藏匿|藏|转走)(走|掉|一下|点)?(婚内|夫妻|名下)?(的)?(财产|存款|钱|房产|资产)|` +
		`(把)?[^ ]{0,8}(财产|存款|房子|钱|名下的?[^ ]{0,3})(偷偷|悄悄|提前|先|都|全)*(转移|转走|藏|转到|过户给)|` +
		`(赖掉|赖|逃掉|逃)(账|债|这笔账|这笔钱)|不(用)?还(钱|网贷|贷款|信用卡|款|债)|` +
		`(做|办|弄|搞|造|开|买|写|编|整)(一|个|张|份|本|点|些|套|段)*(假|虚假)|伪造|造假|(编|编造)(一段|个|一个|点)|` +
		`(偷拍|跟踪|窃听|监听|定位|监控|偷看)(我)?(他|她|老公|老婆|丈夫|妻子|前妻|前夫|前女友|前男友|女友|男友|女朋友|男朋友|别人|对象|邻居|同事|人家)|` +
		`(查到?|破解|黑进|看到?)(我)?(他|她|老公|老婆|丈夫|妻子|前妻|前夫|前女友|前男友|女友|男友|女朋友|男朋友|别人|对象|邻居|同事|人家)[^ ]{0,6}(手机|聊天|微信|短信|通话|密码|住|行踪|位置|开房|去了哪)|` +
		`(盗|偷)(号|取|税)|逃税|骗(补|保|贷|低保|失业金|医保)|(信用卡|医保卡?|公积金|花呗)?套现|(买|弄|搞|制|造)(点|到|些|把)?(毒|冰毒|枪|假币)|` +
		`(人肉|报复|教训|收拾|整|整死|弄死|打|揍|吓唬|恐吓)(一下)?(他|她|那个|老公|老婆|前|对方|邻居|欠|小三|别人|同事|老板|领导)|(把)?(他|她|对方|小三|邻居)(打|揍|整|弄)(一顿|死|残)?|找人打|` +
		`(让|替|找)(家里人|别人|人|老人|朋友)(扣分|替我扣分)|买分)|` +
		`(怎么|如何|咋|教我|有没有办法|有什么办法|怎样)[^ ]{0,14} ?[^ ]{0,8}(不被(警察|交警|法院|老婆|老公|社保局|公司|人|发现|抓|查)|让[^ ]{1,5}(查不出|查不到|执行不到|发现不了|找不到钱))|` +
		`(财产|房子|存款|钱)[^ ]{0,6}(转走|转移|藏)[^ ]{0,4} ?(让|不让|不被)[^ ]{1,5}(知道|发现|查不到|执行不到|查到)`)

// wronged: the deed is somebody else's, or is asked about to stop it.
var wronged = regexp.MustCompile(`举报|防止|制止|阻止|(怎么|如何|要)证明|取证|被人|被他|被她|发现(他|她|老公|老婆)|(老公|老婆|丈夫|妻子|对方|他|她|老板|公司|前夫|前妻|债务人|欠钱的)(偷偷|悄悄|把|在|要|想|老|总|也|就|已经)*(转移|隐藏|藏|伪造|偷拍|跟踪|监听|不还)`)

// lawfulLeave takes out the words in which 假 is no falsehood.
var lawfulLeave = strings.NewReplacer("假释", "", "假期", "", "假条", "", "假牙", "", "假肢", "", "请假", "", "休假", "", "放假", "")

// wantsUnlawful reports whether the writer wants to be taught or helped to do
// what the law forbids.
func wantsUnlawful(folded string) bool {
	folded = lawfulLeave.Replace(folded)
	return unlawfulWish.MatchString(folded) && !wronged.MatchString(folded)
}
