package content

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"
	"unicode/utf8"

	"pufa/search"
)

// shippedPhrases reads the table alone, so that a mistake elsewhere in the
// library does not hide one here.
func shippedPhrases(t *testing.T) []Phrase {
	t.Helper()
	var rows []Phrase
	if err := readTable(Shipped(), "phrases.yaml", &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

// shippedTexts is every entry's file in full, folded as questions are.
func shippedTexts(t *testing.T) []string {
	t.Helper()
	files, err := fs.Glob(Shipped(), "*/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d entries, %v", len(files), err)
	}
	texts := make([]string, len(files))
	for i, file := range files {
		data, err := fs.ReadFile(Shipped(), file)
		if err != nil {
			t.Fatal(err)
		}
		texts[i] = search.Fold(string(data))
	}
	return texts
}

func TestPhrasesAreMany(t *testing.T) {
	if n := len(shippedPhrases(t)); n < 250 {
		t.Errorf("%d rows, want at least 250", n)
	}
}

// dialectWords may be said in one character: each means hardly anything else.
const dialectWords = "俺佢冇畀俾唔啥乜咋嘢娃伢崽囝揍捶搧掴撵诓"

func TestEveryPhraseIsWellFormed(t *testing.T) {
	for _, row := range shippedPhrases(t) {
		if len(row.Say) == 0 {
			t.Errorf("%q: nobody says it", row.Means)
		}
		for _, say := range row.Say {
			switch n := utf8.RuneCountInString(say); {
			case strings.TrimSpace(search.Fold(say)) == "":
				t.Errorf("%q folds to nothing", say)
			case strings.Contains(search.Fold(say), " "):
				t.Errorf("%q folds to %q: a gap is never found in a sentence typed without one", say, search.Fold(say))
			case n == 1 && !strings.Contains(dialectWords, say):
				t.Errorf("%q is one character and no dialect word", say)
			case n > 9:
				t.Errorf("%q has %d characters, nobody will say just that", say, n)
			}
		}
		for _, word := range strings.Fields(row.Means) {
			if n := utf8.RuneCountInString(word); n > 8 || !strings.ContainsFunc(word, unicode.IsLetter) {
				t.Errorf("means %q: want 1 to 8 characters with a letter", word)
			}
		}
	}
}

func TestNoPhraseIsSaidTwice(t *testing.T) {
	rowOf := map[string]string{}
	for _, row := range shippedPhrases(t) {
		for _, say := range row.Say {
			folded := search.Fold(say)
			if other, taken := rowOf[folded]; taken {
				t.Errorf("%q stands under %q and under %q", say, other, row.Means)
			}
			rowOf[folded] = row.Means
		}
	}
}

func TestNoPhraseMeansItself(t *testing.T) {
	for _, row := range shippedPhrases(t) {
		means := map[string]bool{search.Fold(row.Means): true}
		for _, word := range strings.Fields(row.Means) {
			means[search.Fold(word)] = true
		}
		for _, say := range row.Say {
			if means[search.Fold(say)] {
				t.Errorf("%q means %q: adds nothing", say, row.Means)
			}
		}
	}
}

// TestMeaningsStandInEntries: a word that no entry uses finds nothing.
func TestMeaningsStandInEntries(t *testing.T) {
	texts := shippedTexts(t)
	stands := map[string]bool{}
	for _, row := range shippedPhrases(t) {
		for _, word := range strings.Fields(row.Means) {
			if _, known := stands[word]; known {
				continue
			}
			stands[word] = standsIn(texts, search.Fold(word))
			if !stands[word] {
				t.Errorf("%q (for %q) stands in no entry", word, row.Say)
			}
		}
	}
}

func standsIn(texts []string, word string) bool {
	for _, text := range texts {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// TestEveryPhraseFindsWhatItMeans asks each row's words of an index that holds
// one document a row: what is said must lead to what is meant.
func TestEveryPhraseFindsWhatItMeans(t *testing.T) {
	rows := shippedPhrases(t)
	docs, docOf := meaningDocuments(rows)
	index := search.New(docs, synonymsOf(rows))
	for _, row := range rows {
		for _, say := range row.Say {
			hits := index.Search(say, len(docs)).Hits
			if !holds(hits, docOf[row.Means]) {
				t.Errorf("%q does not find %q", say, row.Means)
			}
		}
	}
}

// meaningDocuments makes one document of each meaning; ids are the meanings.
func meaningDocuments(rows []Phrase) (docs []search.Document, docOf map[string]string) {
	docOf = map[string]string{}
	for _, row := range rows {
		if docOf[row.Means] == "" {
			docOf[row.Means] = row.Means
			docs = append(docs, search.Document{ID: row.Means, Wordings: []string{row.Means}})
		}
	}
	return docs, docOf
}

func synonymsOf(rows []Phrase) []search.Synonym {
	list := make([]search.Synonym, len(rows))
	for i, row := range rows {
		list[i] = search.Synonym{Say: row.Say, Means: row.Means}
	}
	return list
}

func holds(hits []search.Hit, id string) bool {
	for _, h := range hits {
		if h.ID == id {
			return true
		}
	}
	return false
}

// neighbourSentences are what a resident would type, with a word of the
// entries that each must lead to.
var neighbourSentences = []struct{ sentence, means string }{
	{"俺跟对象想去扯证要带啥", "结婚登记"},
	{"打结婚证要多少钱", "领证"},
	{"大半夜让婆家给撵出来了抱着娃不晓得去哪", "庇护所"},
	{"带着细路冇地方住，边度可以收留", "没地方住"},
	{"我男人三天两头打我咋整", "家暴"},
	{"老公又打我揪头发，去哪鉴定伤", "验伤"},
	{"他天天放狠话说要弄死我", "威胁"},
	{"堂客嫌我穷要打脱离", "离婚"},
	{"他死活不离，我上法院离行不行", "起诉离婚"},
	{"婚事黄了，聘金能不能攞返", "彩礼"},
	{"彩礼给了婚没结成", "退婚"},
	{"老公外头有人还给人家转钱", "第三者"},
	{"公婆把娃抱走了躲起来不让见", "抢孩子"},
	{"离了以后见不到孩子咋个办", "探望权"},
	{"孩子他爸一分奶粉钱都不出", "抚养费"},
	{"我男人在外头借了二十万要我还不", "夫妻共同债务"},
	{"他偷偷转钱给他妈", "转移财产"},
	{"离婚的时候他说让我净身滚", "净身出户"},
	{"屋里人给主播刷火箭花了三万", "打赏"},
	{"科长老是毛手毛脚吃豆腐", "性骚扰"},
	{"分手了他还死缠烂打堵我楼下", "纠缠"},
	{"他拿床照吓我", "私密照"},
	{"招工的写着光要男的", "性别歧视"},
	{"怀上了厂里就叫我滚蛋", "辞退"},
	{"刚揣崽就把我挪岗位", "怀孕"},
	{"护理假男的有几天", "陪产假"},
	{"在厂里被优化了给不给钱", "辞退"},
	{"老板压工资仨月了", "拖欠工资"},
	{"打白工三个月，工头不见了", "包工头"},
	{"公司没得合同给我签", "没签合同"},
	{"天天996还连轴转", "加班费"},
	{"想告老板先去哪个部门", "劳动仲裁"},
	{"干活伤了手，厂里一分不掏", "工伤"},
	{"干了五年没买社保", "五险"},
	{"劳保工资啥辰光发", "养老金"},
	{"健身房人去楼空，充了卡咋个办", "预付卡"},
	{"理发店老板卷钱跑了", "跑路"},
	{"买到歪货找谁赔", "假货"},
	{"饭馆宰人，一条鱼要八百", "宰客"},
	{"手机每月偷扣我十块", "自动续费"},
	{"小黄车下单的衣裳缩水", "直播间"},
	{"我妈领鸡蛋领回来一堆理疗床", "保健品"},
	{"快递弄丢了只赔运费", "丢件"},
	{"菜里有苍蝇老板不认账", "异物"},
	{"找工商局告他有用吗", "市场监管"},
	{"楼上天天拖椅子咚咚咚", "噪音"},
	{"楼上漏雨，墙皮掉了一地", "渗水"},
	{"坝坝舞天天放到十点", "广场舞"},
	{"被狗咬了，人家说是我惹它的", "狗咬人"},
	{"楼上丢烟头烧了我被子", "高空抛物"},
	{"隔壁搭棚子挡太阳", "采光"},
	{"物管掐电逼我交钱", "停电"},
	{"门口堆纸壳子没人管", "杂物"},
	{"装梯一楼不同意", "加装电梯"},
	{"扶人反倒被赖上了", "被讹"},
	{"老爷子过世了房子归哪个", "遗产"},
	{"几个儿子都不管老的", "赡养"},
	{"爹欠的钱要替老子还吗", "父债子还"},
	{"我想把房过到儿子名下自己住到老死", "居住权"},
	{"娃在学校被围殴", "校园欺凌"},
	{"娃拿我手机氪金三千", "充值"},
	{"娃打机上瘾手机瘾大得很", "沉迷"},
	{"偷电瓶的要蹲号子吗", "坐牢"},
	{"在网上抢单做单返钱被坑了", "刷单"},
	{"我妈上了当钱转走了", "被骗"},
	{"自称公安局打电话叫我转到核查账户", "安全账户"},
	{"朋友拉我发展下线", "传销"},
	{"把卡给人走流水一天三百", "银行卡"},
	{"驴打滚越滚越多", "高利贷"},
	{"他打了条子不认", "借条"},
	{"赖账不还还躲着", "老赖"},
	{"收数的泼油漆", "催收"},
	{"替人担保人家跑了", "保证人"},
	{"包租婆撵我走", "房东"},
	{"交楼的日子过了半年没影", "交房"},
	{"电驴能进电梯不", "电动车"},
	{"撞人跑了找到要判吗", "逃逸"},
	{"喝两杯开小毛驴查不查", "酒驾"},
	{"顺风车出事咋赔", "好意同乘"},
	{"屋头煤气味大得很", "燃气"},
	{"过年放炮仗罚不罚", "鞭炮"},
	{"拉线充电物管管不管", "飞线"},
	{"小区要录脸才给进", "人脸识别"},
	{"邻舍嚼舌根说我坏话", "造谣"},
	{"店里拿我照片贴墙上", "肖像"},
	{"我还击了算不算犯法", "正当防卫"},
	{"想告城管去哪里", "行政复议"},
	{"没钱请律师咋办", "法律援助"},
	{"请老娘舅讲和算数不", "调解"},
	{"婆婆请神婆驱邪不去医院", "迷信"},
	{"朋友嗑药我在场", "吸毒"},
	{"揭不开锅了政府管不管", "低保"},
	{"爷爷想土葬行不行", "墓地"},
	{"公司叫我私底下赔点算了", "私了"},
	{"头一回犯能不能饶我一次", "免罚"},
}

// TestNeighbourSentencesLeadToTheWordsOfEntries: with the table a sentence
// scores higher for the word than without it.
func TestNeighbourSentencesLeadToTheWordsOfEntries(t *testing.T) {
	if len(neighbourSentences) < 60 {
		t.Errorf("%d sentences, want at least 60", len(neighbourSentences))
	}
	rows := shippedPhrases(t)
	docs := wordDocuments(rows)
	plain, helped := search.New(docs, nil), search.New(docs, synonymsOf(rows))
	for _, c := range neighbourSentences {
		without, _ := scoreOf(plain.Search(c.sentence, len(docs)), c.means)
		with, found := scoreOf(helped.Search(c.sentence, len(docs)), c.means)
		if !found || with <= without {
			t.Errorf("%q scores %.2f for %q, and %.2f without the table", c.sentence, with, c.means, without)
		}
	}
}

// wordDocuments makes one document of each word that the table means.
func wordDocuments(rows []Phrase) (docs []search.Document) {
	known := map[string]bool{}
	for _, row := range rows {
		for _, word := range strings.Fields(row.Means) {
			if !known[word] {
				known[word] = true
				docs = append(docs, search.Document{ID: word, Wordings: []string{word}})
			}
		}
	}
	return docs
}

func scoreOf(r search.Result, id string) (float32, bool) {
	for _, h := range r.Hits {
		if h.ID == id {
			return h.Score, true
		}
	}
	return 0, false
}

// everydaySentences hold two words side by side whose touching ends look like
// a phrase; none may be taken for it.
var everydaySentences = []struct{ sentence, mustNotMean string }{
	{"广告公司占了楼顶", "劳动仲裁"},
	{"七天内退得掉吗", "提前退休"},
	{"什么人能请律师", "谁"},
	{"人事说合同拿去盖章了", "调解"},
	{"让他重新抱一下孩子", "儿媳"},
	{"出差人员的补助", "警察"},
	{"蛋白粉是药吗", "吸毒"},
	{"打开盒子听了一下", "信息泄露"},
	{"孩子看见爸爸打妈妈", "打老人"},
	{"电动车行驶在路上", "4S店"},
	{"跟他打交道很难", "打架"},
	{"开个居住证明要打证明材料吗", "领证"},
	{"人物事迹宣传", "东西"},
	{"房东家里没人", "老板"},
	{"怎么一点办法都没有", "怎么办"},
	{"把车停在旁边处理", "哪里"},
	{"水滴筹怎么提现", "漏水"},
	{"喝了酒就打人", "酒驾"},
	{"余额家里人能用吗", "我"},
	{"希望病好以后再上班", "看病"},
}

func TestPhrasesDoNotHideInOtherWords(t *testing.T) {
	rows := shippedPhrases(t)
	for _, c := range everydaySentences {
		for _, row := range rows {
			if !strings.Contains(" "+row.Means+" ", " "+c.mustNotMean+" ") {
				continue
			}
			for _, say := range row.Say {
				if strings.Contains(search.Fold(c.sentence), search.Fold(say)) {
					t.Errorf("%q is taken for %q because of %q", c.sentence, row.Means, say)
				}
			}
		}
	}
}

func TestPhraseTableRefusesUnknownKeys(t *testing.T) {
	var rows []Phrase
	bad := fstest.MapFS{"phrases.yaml": {Data: []byte("- {say: [扯证], mean: 领证}\n")}}
	err := readTable(bad, "phrases.yaml", &rows)
	if err == nil || !strings.Contains(err.Error(), "phrases.yaml:1") {
		t.Errorf("error %v, want one that names phrases.yaml:1", err)
	}
}
