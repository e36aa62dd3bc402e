package statute

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// maxReference is the longest message, in runes, that can be a look-up of one
// article; longer ones tell a story.
const maxReference = 80

// maxBareArticle bounds a number that carries neither 第 nor 条, so that a year
// (商标法2019) is not taken for an article.
const maxBareArticle = 1300

// numberSigns are the signs of which every reference has one: nearly all
// messages have none and need not be taken apart.
const numberSigns = "条第0123456789０１２３４５６７８９"

var (
	referenceLead = regexp.MustCompile(`^(?:请问|请|麻烦|帮我|给我|帮忙|我想|我要|想|问|查询|查|看看|看|了解|知道|一下|下|根据|依据|按照|按|\s)+`)
	referenceTail = regexp.MustCompile(`(?:的)?(?:规定|内容|原文|全文|条文)?(?:是|说的是|讲的是|说|讲|写|规定|怎么说|怎么写|怎么规定)?了?的?(?:什么意思|什么内容|什么|啥意思|啥|内容|意思)?[的了吗呢呀啊]?[\s?!。,.]*$`)
	subdivision   = regexp.MustCompile(`(?:\s*第?(?:` + numeral + `)款)?(?:\s*第?\(?(?:` + numeral + `)\)?项)?$`)
	referenceCore = regexp.MustCompile(`^(.*?)\s*(第\s*)?(` + numeral + `)\s*(条)?(?:\s*(?:之|-)\s*(` + numeral + `))?$`)
	lawNameEnd    = regexp.MustCompile(`(?:法典|法|条例|规定|规则|细则|办法|解释|决定|纲要)(?:\([一二三四五六七八九十]{1,3}\)|[一二三四五六七八九十]{1,2})?$`)
	noLawName     = regexp.MustCompile(`[我你您他她它吗呢吧么啥怎哪谁这那没被?!,。、;]|(?:违法|犯法|合法|非法|想法|说法|看法|做法|方法|依法|司法|执法|守法|无法|枉法|^.?办法|^.?规定|^.?解释|^.?决定)$`)
)

// ParseReference takes a message that names one article apart into the law's
// name as typed and the canonical article: 民法典第一千零七十九条, 民法典1079条,
// 反家暴法 12, 《民法典》第1079条. Paragraph and item (第一款第二项) are accepted
// and dropped. Whether a law of that name exists is for the caller to find
// out. ok is false for anything that is not just such a reference.
func ParseReference(s string) (lawName, article string, ok bool) {
	if !strings.ContainsAny(s, numberSigns) || utf8.RuneCountInString(s) > maxReference {
		return "", "", false
	}
	core := referenceTail.ReplaceAllString(foldWidth(s), "")
	core = subdivision.ReplaceAllString(core, "")
	core = referenceLead.ReplaceAllString(core, "")
	m := referenceCore.FindStringSubmatch(core)
	if m == nil {
		return "", "", false
	}
	number, err := joinNumber(m[3], m[5])
	if err != nil || !marked(m[2] != "", m[4] != "", m[3], number) {
		return "", "", false
	}
	name, ok := cleanLawName(m[1])
	return name, number, ok
}

// marked reports whether the number reads as an article's: 第 or 条 stands
// beside it, or it is a plain Arabic number no larger than an article can be.
func marked(before, after bool, written, number string) bool {
	if before || after {
		return true
	}
	base, _ := splitNumber(number)
	return written[0] <= '9' && base <= maxBareArticle
}

// cleanLawName cleans the part before the number and reports whether it can be the
// name of a law: in title marks, or with an ending that laws have.
func cleanLawName(s string) (string, bool) {
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), "的"))
	if inner, found := strings.CutPrefix(s, "《"); found {
		inner, rest, closed := strings.Cut(inner, "》")
		if !closed || rest != "" || strings.TrimSpace(inner) == "" {
			return "", false
		}
		return strings.TrimSpace(inner), true
	}
	if utf8.RuneCountInString(s) < 2 || !lawNameEnd.MatchString(s) || noLawName.MatchString(s) {
		return "", false
	}
	return s, true
}
