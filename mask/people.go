package mask

import (
	"regexp"
	"strings"
)

// Surnames. common are those that hardly begin another word; rarer ones count
// only where something else says that a name stands there.
const (
	common = `王李张刘陈杨赵黄周吴徐孙胡朱林何郭马罗梁宋郑谢韩唐冯邓曹彭曾肖田董潘袁蔡蒋余杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石贾韦付邹熊孟秦邱江尹薛闫段雷侯龙史黎贺顾毛郝龚邵`
	rarer  = `钱覃莫向汤常牛樊葛邢齐乔伍庞颜倪庄聂鲁岳翟殷詹申欧耿兰焦俞左柳甘祝宁尚符舒阮柯纪梅凌毕裴霍涂苗谷曲翁冉骆蓝游辛靳柴蒙鲍喻祁蒲屈饶解牟艾尤穆司卓吉缪简芦麦褚娄窦戚岑景冷晏席卫米柏宗瞿桂佟臧闵苟邬卞姬栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩佘麻苑迟邝谈匡鞠荆冀郁胥储栗燕楚鄢谌奚粟冼蔺厉仝郜阚屠练廉禹祖漆卿狄晋扈芮阙戈鹿邸雍羊裘亓杭宿逯隆茹亢嵇湛宾戎茅冶束檀阴昝奉植衡闭`
	double = `欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|令狐|慕容|司徒|夏侯|轩辕|南宫|端木|百里|呼延|完颜`
)

// given are the characters that most given names are made of.
const given = `伟芳娜敏静丽强磊军洋艳勇杰娟涛超秀英霞刚桂兰玉萍红辉鹏斌波宇浩欣怡梓涵轩子豪建国华明文志永春福荣贵琴梅淑珍凤云翠莲香月素琳雪佳慧婷倩颖璐莹晶洁丹蓉薇菲彤瑶妍嘉俊峰飞龙虎海江河山林森鑫金宝庆祥德仁义礼智信忠孝立新民兴旺发财富良善康健安宁家雨晨阳思诗雅美玲巧爱惠芬芝菊竹松柏枫桐元亨利贞学武胜凯旋博睿泽润沐铭承宏伯仲叔季光耀祖先树根顺喜乐悦然昊天齐邦少卿彦哲翔坤乾震雷霆锋锐钢铁锁柱栓拴狗蛋妞丫囡琪瑾萱婉晴妮媛媚娥婵姣姗娇嫣艺`

var (
	surname = `(?:` + double + `|[` + common + rarer + `])`
	// calling is what people are called after their surname.
	calling = `(先生|女士|小姐|太太|夫人|老师|律师|医生|大夫|护士|经理|老板娘?|总|董|阿姨|大爷|大妈|大娘|大叔|大哥|大姐|师傅|书记|主任|法官|警官|警察|民警|局长|所长|处长|科长|院长|校长|厂长|镇长|村长|乡长|队长|组长|店长|同志|同学|教练|伯|叔|婶|嫂|哥|姐|姨|婆婆|爷爷|奶奶|氏)`

	named = []*regexp.Regexp{
		// 我叫王小明, 姓名：…; foreign names too. What follows is taken as a name
		// however it looks, up to four characters.
		regexp.MustCompile(`((?:我|俺|他|她|名|名字|对方|老板|房东|老公|老婆|儿子|女儿|孩子|邻居)叫|叫做|(?:姓名|名字|真名|本名|全名|网名|昵称|户名|收款人|联系人|当事人|被告|原告)(?:叫|是|:))([: ]*)(\p{Han}{1,4}([·・]\p{Han}{1,8})*)`),
		regexp.MustCompile(`(我是|本人|那个|这个)()((?:` + double + `|[` + common + `])[` + given + `]{1,2})`),
		regexp.MustCompile(`(姓)()(` + surname + `)`),
	}
	// whole are names by their own shape: 王某, 李先生, 老张, 张建国.
	whole = []*regexp.Regexp{
		regexp.MustCompile(surname + `[` + given + `]{0,2}(先生|女士|小姐|太太|老师|律师|医生|经理|主任|书记|法官|警官|局长|所长|校长)`),
		regexp.MustCompile(`(?:` + double + `|[` + common + `])[` + given + `]{0,2}` + calling),
		regexp.MustCompile(`(?:` + double + `|[` + common + `])某[某甲乙丙丁人]?`),
		regexp.MustCompile(`(?:` + double + `|[` + common + `])[xX*×○〇]{1,2}`),
		regexp.MustCompile(`[老小阿][` + common + `]`),
		regexp.MustCompile(`(?:` + double + `|[` + common + `])[` + given + `]{2}`),
		regexp.MustCompile(`\p{Han}{1,4}[·・•]\p{Han}{1,8}`),
		regexp.MustCompile(`[` + sounds + `]{3,}`),
	}
)

// sounds are the characters by which foreign names are written; three of them
// in a row are taken for one.
const sounds = `阿艾奥巴贝彼伯博布茨达黛德迪蒂杜顿恩尔菲弗夫戈格古哈赫霍基吉伽杰卡凯柯科克肯拉莱兰勒蕾里莉琳隆卢露鲁罗洛玛曼梅蒙弥姆娜尼诺纳欧帕佩皮普乔琼萨塞莎什斯丝苏索塔泰汤特提图托瓦薇威维温沃乌西希锡夏谢雅亚耶伊约泽扎詹兹`

// notNames are words that begin like a name; what follows the find is looked
// at too.
var notNames = regexp.MustCompile(
	`^(马上|马路|[老小]马路|周[一二三四五六日末边围年期长]|张贴|陈述|任[何意性务职]|何[时处地必况]|程度|程序|[小老]程序|田[地间里]|林[地木权]|江[河湖]|石头|金额|许[可多]|方[面法]|` +
		`董事|史上|龙头|雷同|毛病|小毛病|[老小]顾客|小孙|老孙子|小黄车|黄金|黄色|高强|马桶|马力|梁上|段子|付款|付清|付费|付钱|余额|余款|余下|叶子|贺礼|顾客|顾虑|谢谢|宋体|钟点|范围|杜绝|陆续|胡乱|胡说|胡同|于是|老任务|小丁点|阿姨|` +
		`[我你您他她它俺咱人男女别对派这那一救家谁啥什怎].*)`)

// people replaces names.
func people(s string) string {
	for _, form := range named {
		s = form.ReplaceAllStringFunc(s, func(found string) string {
			m := form.FindStringSubmatch(found)
			if notNames.MatchString(m[3]) || strings.HasPrefix(m[3], "某") {
				return found
			}
			name, rest := nameIn(m[3])
			return m[1] + m[2] + fit(Person, name) + rest
		})
	}
	for _, form := range whole {
		s = wholeNames(s, form)
	}
	return s
}

// wholeNames replaces what form finds in s and is no other word.
func wholeNames(s string, form *regexp.Regexp) string {
	var b strings.Builder
	from := 0
	for _, at := range form.FindAllStringIndex(s, -1) {
		if found := s[at[0]:at[1]]; !notNames.MatchString(s[at[0]:]) && !strings.HasPrefix(found, "某") {
			b.WriteString(s[from:at[0]] + fit(Person, found))
			from = at[1]
		}
	}
	b.WriteString(s[from:])
	return b.String()
}

// afterName are characters with which what is said of somebody begins.
const afterName = `的是在和跟与有把被让给说住要想去来到不没也都就才还今现因已打骂欠借骗偷拖买卖问`

// nameIn cuts what follows 我叫 where the name is over.
func nameIn(s string) (name, rest string) {
	for i, r := range s {
		if i > 0 && strings.ContainsRune(afterName, r) {
			return s[:i], s[i:]
		}
	}
	return s, ""
}
