package console

import (
	"regexp"
	"strings"

	"pufa/content"
	"pufa/content/edit"
)

// fault is one mistake as staff read it: where, and what is to be mended.
type fault struct{ Place, Field, Text string }

// fields are the keys of an entry's file as the form names them, and the
// fields of the form at which one mends them.
var fields = map[string]struct{ name, field string }{
	"id": {"编号", "slug"}, "title": {"标题", "title"}, "questions": {"问法", "questions"}, "not": {"易混问法", "not"},
	"keywords": {"关键词", "keywords"}, "citations": {"依据", "law-0"}, "remedy": {"怎么办", "door"},
	"remedy.door": {"找谁", "door"}, "remedy.bring": {"带什么", "bring"}, "remedy.deadline": {"期限", "deadline"},
	"remedy.cost": {"费用", "cost"}, "remedy.where": {"去哪办", "where"}, "remedy.hotlines": {"热线", "door"},
	"themes": {"主题日", "facts"}, "facts": {"事实", "facts"}, "sensitive": {"敏感", "facts"},
	"checked_on": {"核对日期", "checked_on"}, "review_due": {"复核日期", "review_due"}, "review_why": {"提前复核的原因", "review_why"},
	"related": {"相关条目", "related-0"}, "short": {"简短回答", "short"}, "lines": {"要点", "line-0"},
}

// faultOf turns a mistake of an entry that is written in the form.
func faultOf(m edit.Mistake) fault {
	f := fields[m.Key]
	return fault{Place: f.name, Field: f.field, Text: inChinese(m.What)}
}

// faultsOf turns mistakes of a file, with the places in it.
func faultsOf(list []edit.Mistake) (out []fault) {
	for _, m := range list {
		place := m.File
		switch {
		case m.Line > 0:
			place += " 第" + itoa(m.Line) + "行"
		case m.Row > 0:
			place += " 第" + itoa(m.Row) + "行"
		}
		if m.Column != "" {
			place += " " + m.Column + "列"
		} else if name := fields[m.Key].name; name != "" {
			place += " " + name
		}
		out = append(out, fault{Place: strings.TrimSpace(place), Text: inChinese(m.What)})
	}
	return out
}

// sayBad is a refusal of the desk in Chinese.
func sayBad(err error) string {
	var list []string
	for _, m := range content.Mistakes(err) {
		if m.What != edit.ErrBad.Error() {
			list = append(list, inChinese(m.What))
		}
	}
	return sayRefused + strings.Join(list, "；")
}

// sayings are the library's mistakes in the words of staff. What has none is
// shown as it is.
var sayings = func() (list []saying) {
	for _, pair := range [...][2]string{
		{`id "(.*)" is not topic/slug`, "编号“$1”要写成 主题/短名，只用小写字母、数字和 -"},
		{`"(.*)" is no id: .*`, "编号“$1”要写成 主题/短名，只用小写字母、数字和 -"},
		{`id "(.*)" stands in a file that asks for "(.*)"`, "编号写的是“$1”，文件的位置要求“$2”"},
		{`id "(.*)" stands in row (\d+) already`, "编号“$1”在第$2行已经有了"},
		{`title has (\d+) characters, want 1 to (\d+)`, "有$1个字，要1到$2个字"},
		{`(\d+) questions, want (\d+) to (\d+)`, "有$1种，要$2到$3种"},
		{`the standard question does not end with ？`, "第一行的标准问法要以？结尾"},
		{`question "(.*)" has (\d+) characters, want 2 to (\d+)`, "“$1”有$2个字，要2到$3个字"},
		{`question "(.*)" stands twice`, "“$1”写了两遍"},
		{`question "(.*)" is also asked in (.*)`, "“$1”和 $2 里的一样，机器人分不清"},
		{`question "(.*)" asks the same as "(.*)" of (.*)`, "“$1”和 $3 的“$2”一样，机器人分不清"},
		{`question "(.*)" asks the same as one of (.*)`, "“$1”和 $2 的一种问法一样，机器人分不清"},
		{`a look-alike needs its question and another entry or ""`, "每行要有问法，｜后面写别的条目的编号，不属于任何条目就留空"},
		{`look-alike "(.*)" belongs to "(.*)", which does not exist`, "“$1”后面的条目“$2”不存在"},
		{`(\d+) citations, want 1 to (\d+)`, "有$1处，要1到$2处"},
		{`article "(.*)" of (.*) is not like .*`, "《$2》的条“$1”要写成 25，或 287-2（第二百八十七条之二）"},
		{`edition "(.*)" of (.*) is not a day like .*`, "《$2》的施行日“$1”要写成 2014-03-15"},
		{`gist of (.*) (\S+) has (\d+) characters, want 1 to (\d+)`, "《$1》第$2条的大意有$3个字，要1到$4个字"},
		{`(.*) is cited twice`, "“$1”写了两遍"},
		{`《(.*)》 is not in laws.yaml`, "法律登记表里没有《$1》"},
		{`《(.*)》 is called (.*) in laws.yaml`, "《$1》在法律登记表里叫《$2》"},
		{`《(.*)》 is cited in the edition of (.*), laws.yaml has (.*)`, "《$1》写的是$2施行的版本，现行版本是$3施行的"},
		{`《(.*)》 has no article (.*): it has (\d+)`, "《$1》没有第$2条，一共$3条"},
		{`remedy names no door or no place`, "“找谁”和“去哪办”都要写"},
		{`(\d+) keywords, want 3 to 10`, "有$1个，要3到10个"},
		{`(\d+) related entries, at most (\d+)`, "有$1个，最多$2个"},
		{`related entry "(.*)" does not exist or is itself`, "“$1”不存在，或就是本条"},
		{`fact "(.*)" is not like F001`, "“$1”要写成 F001 的样子"},
		{`topic "(.*)" is not in topics.yaml`, "没有“$1”这个主题"},
		{`hotline "(.*)" is not in hotlines.yaml`, "热线表里没有“$1”"},
		{`theme "(.*)" is none of (.*)`, "“$1”不是主题日，只能是 $2"},
		{`checked_on and review_due are days like .*`, "核对日期和复核日期要写成 2026-11-23"},
		{`review_due (\S+) is not (\d+) to (\d+) months after (\S+)`, "复核日期$1要在核对日期$4之后$2到$3个月；更早的要写原因"},
		{`short answer has (\d+) characters, at most (\d+)`, "有$1个字，最多$2个字"},
		{`no short answer.*`, "还没有写"},
		{`(\d+) lines after the short answer, at most (\d+)`, "有$1条，最多$2条"},
		{`a line has (\d+) characters, want 1 to (\d+)`, "一条有$1个字，最多$2个字"},
		{`a line holds a link or a tag`, "不能有网址或标签"},
		{`says "(.*)": (.*); instead: (.*)`, "不能写“$1”：$2；可以写：$3"},
		{`what must be said takes (\d+) bytes, at most (\d+)`, "不能省的话连同依据、怎么办一共$1字节，一条微信最多放$2字节，请写短些"},
		{`write entry .*: the form of a file cannot carry its .*`, "有一栏里有换行或特殊字符，请改成一行普通文字"},
		{`the column (.*) is missing`, "缺“$1”这一列"},
		{`no column has this name`, "没有这个列名；列名不要改、不要加"},
		{`the column stands twice`, "这一列出现了两次"},
		{`the sheet is empty: .*`, "表是空的，连列名都没有"},
		{`(\d+) cells, the head has (\d+).*`, "这一行有$1格，列名有$2个：是不是少了逗号或引号"},
		{`a cell outside the columns that have names`, "没有列名的格子里有内容"},
		{`more than (\d+) rows`, "超过$1行"},
		{`more than (\d+) MiB`, "超过$1 MB"},
		{`it unpacks to more than (\d+) MiB`, "解压后超过$1 MB"},
		{`it unpacks to more than may be read`, "解压后太大，没有读"},
		{`it is no zip file.*`, "不是 zip 文件"},
		{`it has (\d+) parts, at most (\d+)`, "里面有$1个文件，最多$2个"},
		{`it stands twice`, "同一个条目出现了两次"},
		{`an entry stands at TOPIC/SLUG.md.*`, "条目文件要放在 主题/短名.md，只用小写字母、数字和 -"},
		{`it cannot be read as an xlsx file.*`, "这个 xlsx 文件读不出来，请用表格软件另存一次"},
		{`it has more than (\d+) tags.*`, "表格太大，请删掉四周的空行空列"},
		{`it is no xlsx file.*`, "不是 xlsx 文件；.xls 或加了密码的请先另存为普通的 .xlsx"},
		{`none of its (\d+) sheets is called (.*)`, "$1张工作表里没有一张叫“$2”"},
		{`the text is UTF-16.*`, "文字编码是 UTF-16，请另存为 UTF-8"},
		{`the text is neither UTF-8 nor GB18030.*`, "文字编码认不出来，请另存为 UTF-8"},
		{`the file holds zero bytes.*`, "这不是文本文件"},
		{`a quote is missing or one too many.*`, "引号少了或多了，从这里起读不出来"},
		{`the cell holds more than one line`, "这一格只能写一行"},
		{`(.*) is neither 是 nor 否`, "$1既不是“是”也不是“否”"},
		{`line (\d+) of the cell: (.*) begins with neither .*`, "格子里第$1行：$2前面要有“! ”（不能省）或“- ”"},
		{`line (\d+) of the cell: (.*) has (\d+) parts between \|, want (\d+): (.*)`, "格子里第$1行：$2用 | 分成$3段，要$4段：$5"},
	} {
		list = append(list, saying{regexp.MustCompile(`(?s)^` + pair[0] + `$`), pair[1]})
	}
	return list
}()

type saying struct {
	form *regexp.Regexp
	text string
}

func inChinese(what string) string {
	for _, s := range sayings {
		if s.form.MatchString(what) {
			return s.form.ReplaceAllString(what, strings.NewReplacer("$1", "${1}", "$2", "${2}", "$3", "${3}", "$4", "${4}", "$5", "${5}").Replace(s.text))
		}
	}
	return what
}

// decisions are why the bot did what it did, in the words of staff.
var decisions = map[string]string{
	"one clear match":           "只有一条明显对得上，直接回答",
	"close matches":             "有几条都相近，拿不准，列出来让居民选",
	"near, but not alone":       "最近的一条很像，但旁边还有别的，列出来让居民选",
	"a word of several entries": "说的是好几条都有的词，列出来让居民选",
	"nothing in particular":     "没有说到具体的事，请居民说是哪方面",
	"too vague":                 "说得太少，请居民说是哪方面",
	"not ours":                  "不是本号能答的事，引导",
	"no match":                  "没有足够相近的条目，引导",
}
