// Package mask takes out of a text what may tell who wrote it or whom it is
// about: names, numbers, addresses, days. What is in doubt is taken out. It is
// no proof of anonymity: it knows shapes and lists, and it never keeps, sends
// or logs what it reads.
package mask

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// What stands in the place of what was taken out. They are words, so that the
// rest still reads, and masking or folding once more leaves them as they are.
const (
	Person = "某人"
	Place  = "某地"
	Number = "某号" // of a person, a document, a telephone, a car, an account
	Day    = "某日"
	Link   = "某址" // a web or mail address
)

// Text returns s with every name, number, address and day replaced. It has at
// most as many characters as s, is valid UTF-8, has no five digits in a row,
// and is not changed by being masked again. Amounts of money of up to four
// digits, ages and numbers of articles stay.
func Text(s string) string {
	s = halfWidth(strings.ToValidUTF8(s, ""))
	for {
		masked := pass(s)
		if masked == s {
			return s
		}
		s = masked
	}
}

// halfWidth turns digits and letters of full width, and the signs that stand in
// addresses, into plain ones; the punctuation of sentences stays.
func halfWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0xFF01 || r > 0xFF5E || strings.ContainsRune("，！？；（）", r) {
			return r
		}
		return r - 0xFEE0
	}, s)
}

// pass takes out one kind after the other; what one leaves may join with its
// neighbours, so Text repeats it until nothing is found.
func pass(s string) string {
	for _, rule := range rules {
		s = rule.what.ReplaceAllStringFunc(s, func(found string) string {
			if digits(found) < rule.digits {
				return found
			}
			return fit(rule.put, found)
		})
	}
	return places(people(s))
}

// fit shortens what is put where one character was taken out, so that a text
// never grows and Text comes to an end.
func fit(put, found string) string {
	if utf8.RuneCountInString(found) < utf8.RuneCountInString(put) {
		return "某"
	}
	return put
}

// rule takes out whatever has a shape of its own. None of them may match what
// is put in its place.
type rule struct {
	what   *regexp.Regexp
	put    string
	digits int // with fewer it is an amount, or a span of years
}

// hanDigit is a digit as it is spelt or spoken.
const hanDigit = `[〇零一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖]`

// The order matters: what holds digits and letters goes before bare digits.
var rules = []rule{
	{regexp.MustCompile(`(?i)https?://[^\s\p{Han}，。；！？、）】]+|www\.[^\s\p{Han}，。；！？、）】]+`), Link, 0},
	{regexp.MustCompile(`(?i)[a-z0-9][a-z0-9._%+-]*@[a-z0-9][a-z0-9.-]*`), Link, 0},
	{regexp.MustCompile(`(?i)[a-z0-9-]+(\.[a-z0-9-]+)*\.(com|cn|net|org|gov|edu|top|xyz|cc|vip|shop|info|me|io)(/[^\s\p{Han}，。；！？、）】]*)?`), Link, 0},
	{regexp.MustCompile(`[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使][A-Za-z][·・.\- ]?[A-Za-z0-9]{4,7}[学警港澳挂领]?`), Number, 0},
	{regexp.MustCompile(`(?i)(微信|企鹅|抖音|快手|qq|vx|wx|v信|威信|薇信)(号码|账号|帐号|号|id)?(是|为|[:： ])*[a-z0-9_-]{4,}`), Number, 0},
	// A name, an account or a code: letters and digits together, or many letters.
	{regexp.MustCompile(`[A-Za-z]+[0-9_-][A-Za-z0-9_-]{2,}|[0-9]+[A-Za-z_][A-Za-z0-9_-]{2,}|[A-Za-z]{5,}`), Number, 0},
	// 2023年5月12日, 5月12号, 2023-05-12, 八月初三
	{regexp.MustCompile(`((19|20)?[0-9]{2}年)?(0?[1-9]|1[0-2])月(份)?[0-3]?[0-9][日号]?|(19|20)[0-9]{2}[-./][0-9]{1,2}[-./][0-9]{1,2}`), Day, 0},
	{regexp.MustCompile(`([正冬腊一二三四五六七八九十]|十[一二])月(份)?([初廿][一二三四五六七八九十]|[二三]?十?[一二三四五六七八九十][日号])`), Day, 0},
	// Groups of digits that belong together: 010-8765 4321, 138 1234 5678. A
	// telephone number has at least seven digits, a code five.
	{regexp.MustCompile(`\+?[0-9]+([-—–_.·・() （）]{1,2}[0-9]+)+[Xx]?`), Number, 5},
	{regexp.MustCompile(`\p{Nd}{5,}[Xx]?|[0-9*]*[0-9]\*+[0-9*]*`), Number, 0},
	{regexp.MustCompile(hanDigit + `{6,}`), Number, 0},
}

func digits(s string) int {
	n := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}
