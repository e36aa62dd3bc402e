package mask

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// provinces and cities are the names of places that are known by themselves,
// in lists of what stands between two strokes. Names that are words of every
// day too (日照, 东方, 安康, 平安) are left to the suffixes 市, 县, 区.
const (
	provinces = `北京|天津|上海|重庆|河北|山西|内蒙古?|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆|香港|澳门|台湾`
	cities    = `石家庄|唐山|秦皇岛|邯郸|邢台|保定|张家口|承德|沧州|廊坊|衡水|太原|阳泉|长治|晋城|朔州|晋中|运城|忻州|临汾|吕梁|呼和浩特|乌海|赤峰|通辽|鄂尔多斯|呼伦贝尔|巴彦淖尔|乌兰察布|锡林郭勒|沈阳|大连|鞍山|抚顺|本溪|丹东|锦州|营口|阜新|辽阳|盘锦|铁岭|葫芦岛|长春|四平|辽源|通化|白山市|松原|白城|延边|哈尔滨|齐齐哈尔|鸡西|鹤岗|双鸭山|大庆|伊春|佳木斯|七台河|牡丹江|黑河|绥化|大兴安岭|` +
		`南京|无锡|徐州|常州|苏州|南通|连云港|淮安|盐城|扬州|镇江|泰州|宿迁|杭州|宁波|温州|嘉兴|湖州|绍兴|金华|衢州|舟山|台州|丽水|合肥|芜湖|蚌埠|淮南|马鞍山|淮北|铜陵|安庆|黄山|滁州|阜阳|宿州|六安|亳州|池州|宣城|福州|厦门|莆田|三明市|泉州|漳州|南平|龙岩|宁德|南昌|景德镇|萍乡|九江|新余|鹰潭|赣州|吉安|宜春|抚州|上饶|济南|青岛|淄博|枣庄|东营|烟台|潍坊|济宁|泰安|威海|莱芜|临沂|德州|聊城|滨州|菏泽|` +
		`郑州|开封|洛阳|平顶山|安阳|鹤壁|新乡|焦作|濮阳|许昌|漯河|三门峡|南阳|商丘|信阳|周口|驻马店|济源|武汉|黄石|十堰|宜昌|襄阳|鄂州|荆门|孝感|荆州|黄冈|咸宁|随州|恩施|仙桃|潜江|天门|神农架|长沙|株洲|湘潭|衡阳|邵阳|岳阳|常德|张家界|益阳|郴州|永州|怀化|娄底|湘西|广州|韶关|深圳|珠海|汕头|佛山|江门|湛江|茂名|肇庆|惠州|梅州|汕尾|河源|阳江|清远|东莞|中山|潮州|揭阳|云浮|南宁|柳州|桂林|梧州|北海|防城港|钦州|贵港|玉林|百色|贺州|河池|来宾|崇左|海口|三亚|三沙|儋州|琼海|` +
		`成都|自贡|攀枝花|泸州|德阳|绵阳|广元|遂宁|内江|乐山|南充|眉山|宜宾|广安|达州|雅安|巴中|资阳|阿坝|甘孜|凉山|贵阳|六盘水|遵义|安顺|毕节|铜仁|黔西南|黔东南|黔南|昆明|曲靖|玉溪|保山|昭通|丽江|普洱|临沧|楚雄|红河|文山|西双版纳|大理|德宏|怒江|迪庆|拉萨|日喀则|昌都|林芝|山南|那曲|西安|铜川|宝鸡|咸阳|渭南|延安|汉中|榆林|商洛|兰州|嘉峪关|金昌|白银|天水|武威|张掖|平凉|酒泉|庆阳|定西|陇南|临夏|甘南|西宁|海东|银川|石嘴山|吴忠|固原|中卫|乌鲁木齐|克拉玛依|吐鲁番|哈密|昌吉|博尔塔拉|巴音郭楞|阿克苏|喀什|伊犁|塔城|阿勒泰|石河子|` +
		`义乌|昆山|江阴|张家港|常熟|太仓|慈溪|余姚|诸暨|晋江|石狮|浦东|海淀|朝阳区|通州|顺义|昌平|大兴区|闵行|徐汇|虹口|普陀区|松江|嘉定|奉贤|青浦|崇明|滨海新区|雄安`
)

// stops are characters that stand before a place and are no part of its name.
const stops = `我你他她它您咱俺们在住从到去来是有的了和跟与把被让给对向往于这那哪某各每本该此另其全同一二三四五六七八九十两几个里上下前后外内左右边吗呢吧啊就都也还才又很太要想能会可不没说问找用为因所以及或者得着过称`

// house is a part of an address that is counted.
const house = `([0-9]{1,4}|[〇零一二三四五六七八九十百]{1,4}|[A-Za-z])`

// short are endings of one character; several may follow each other (湾村).
const short = `省市县区镇乡村旗屯庄湾寨路街巷`

var (
	known = regexp.MustCompile(`(` + provinces + `|` + cities + `)(特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|自治州|地区|省|市|盟|州|县|区)?`)
	// street is a road with a number, and whatever stands before it.
	street = regexp.MustCompile(`\p{Han}{1,8}(路|街|大道|巷|弄|胡同|里|道|村|庄|屯|组|队)` + house + `(号院?|弄|巷|组|队|社)`)
	// rooms are houses, stairs and rooms, one or more.
	rooms = regexp.MustCompile(house + `(栋|幢|号楼|号院|座|单元|号房|室|门牌号?)([-—, ]?` + house + `(栋|幢|号楼|座|单元|层|楼|号|室|户))*|[0-9]{1,3}[-—][0-9]{1,3}[-—][0-9]{2,4}`)
	// suffixed ends with what places end with; what stands before it decides.
	suffixed = regexp.MustCompile(`特别行政区|自治区|自治州|自治县|开发区|街道办?|社区|小区|花园|家园|公寓|大厦|广场|新村|雅苑|名苑|华府|豪庭|嘉园|新城|别墅|胡同|大道|[` + short + `]+`)
)

// ordinary are words that end like a place and are none; they are compared
// with the end of what was found.
var ordinary = strings.Fields(`超市 城市 夜市 股市 上市 门市 菜市 楼市 闹市 市区 小区 社区 地区 城区 校区 园区 辖区 片区 山区 郊区 景区 病区 禁区 战区 新区 灾区 农村 乡村 城镇 乡镇 新村 家乡 老乡 城乡 下乡 返乡 故乡 异乡 红旗
 隔壁县 外省 外市 外县 学区 禁放区 居住区 城中村 养老公寓 康养公寓
 公路 铁路 马路 道路 走路 跑路 退路 电路 线路 网路 高速路 让路 修路 堵路 拦路 问路 上路 铺路 半路 出路 活路 思路 公交线路 街道 步行街 逛街 上街 商业街 街巷 大街小巷 作坊 港湾
 物业小区 老旧小区 封闭小区 安置小区 回迁小区 住宅小区 商业广场 公租房小区 老小区 隔壁小区 商住公寓 单身公寓 长租公寓 酒店公寓 青年公寓 村庄 山庄 坐庄 饭庄 农家院`)

// carriedOn are characters after a suffix that make another word of it:
// 市场, 区别, 村委会, 乡下, 路上, 街坊.
const carriedOn = `块场民政面价值别分域间委干支长集规霸里上下亲口坊边灯费过径线由途程况权子头`

// minRooms is the length from which a counted part of a house is an address
// where its number is spelt.
const minRooms = 3

// places replaces names of places and addresses.
func places(s string) string {
	for _, form := range []*regexp.Regexp{street, rooms, known} {
		s = form.ReplaceAllStringFunc(s, func(found string) string {
			head, tail := "", found
			if form == street {
				head, tail = afterStop(found)
			}
			if form == rooms && utf8.RuneCountInString(found) < minRooms && !strings.ContainsAny(found, "0123456789") {
				return found // 一栋, 两室
			}
			return head + fit(Place, tail)
		})
	}
	return endings(s)
}

// afterStop cuts what is found after the last character that is no part of a
// name; all of it where that leaves too little.
func afterStop(found string) (head, tail string) {
	cut := 0
	for i, r := range found {
		if r >= '0' && r <= '9' || strings.ContainsRune("路街巷弄", r) {
			break
		}
		if strings.ContainsRune(stops, r) {
			cut = i + utf8.RuneLen(r)
		}
	}
	return found[:cut], found[cut:]
}

// Before a suffix up to maxName characters are taken for the name, and at
// least minName; one for a county (忠县).
const maxName, minName = 4, 2

// endings replaces what ends like a place: 莲花镇, 幸福家园.
func endings(s string) string {
	var b strings.Builder
	for {
		at := suffixed.FindStringIndex(s)
		if at == nil {
			b.WriteString(s)
			return b.String()
		}
		start := nameBefore(s[:at[0]])
		name, word := s[start:at[0]], s[start:at[1]]
		b.WriteString(s[:start])
		if isPlace(name, s[at[0]:at[1]], s[at[1]:]) {
			b.WriteString(fit(Place, word))
		} else {
			b.WriteString(word)
		}
		s = s[at[1]:]
	}
}

// masked ends with what stands for something taken out already.
var masked = regexp.MustCompile(`(某[人地号日址]|某)$`)

// nameBefore returns where the name that ends at the end of s may begin.
func nameBefore(s string) int {
	start, n := len(s), 0
	for start > 0 && n < maxName {
		r, size := utf8.DecodeLastRuneInString(s[:start])
		if !unicode.Is(unicode.Han, r) || strings.ContainsRune(stops, r) || masked.MatchString(s[:start]) {
			break
		}
		start, n = start-size, n+1
	}
	return start
}

func isPlace(name, suffix, next string) bool {
	n := utf8.RuneCountInString(name)
	if n < minName && !(n == 1 && suffix == "县") {
		return false
	}
	for _, word := range ordinary {
		if strings.HasSuffix(name+suffix, word) {
			return false
		}
	}
	r, _ := utf8.DecodeRuneInString(next)
	return next == "" || strings.Trim(suffix, short) != "" || !strings.ContainsRune(carriedOn, r)
}
