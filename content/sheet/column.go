package sheet

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"pufa/content"
)

// column is one column of a sheet: what it is called there and in an entry's
// file, and how its cell is written and read.
type column struct {
	name  string
	key   string // in the file; "remedy.door" for a key inside another
	width float64
	about string // for the clerk who fills it in
	write func(*content.Entry) string
	read  func(*content.Entry, string) error
}

// The forms of a line with parts.
const (
	citationForm  = "法律|条|施行日|大意"
	lookalikeForm = "问法|条目编号"
)

// columns are those of every sheet, in order. All are needed and no other is
// known: a missing one would empty what it stands for.
func columns() []column {
	remedy := func(key, name, about string, at func(*content.Remedy) *string) column {
		return text(name, "remedy."+key, 24, about, func(e *content.Entry) *string { return at(&e.Remedy) })
	}
	return []column{
		text("编号", "id", 28, "主题/短名，如 consumer/seven-day-return；只用小写字母、数字和 -", func(e *content.Entry) *string { return &e.ID }),
		text("标题", "title", 20, "最多20个字，菜单里显示", func(e *content.Entry) *string { return &e.Title }),
		list("问法", "questions", 44, "一行一个；第一行是标准问法，以？结尾；至少7个", func(e *content.Entry) *[]string { return &e.Questions }),
		{"易混问法", "not", 36, "一行一个：" + lookalikeForm + "；不属于任何条目的，编号留空，| 要留着", writeLookalikes, readLookalikes},
		list("关键词", "keywords", 14, "一行一个，3到10个", func(e *content.Entry) *[]string { return &e.Keywords }),
		text("简短回答", "short", 36, "第一段：最多90个字，第一句就是答案", func(e *content.Entry) *string { return &e.Short }),
		{"要点", "lines", 44, "一行一条，最多9条；“! ”开头的不能省（例外、条件、期限、危险），“- ”开头的是其余", writeMarked, readMarked},
		{"依据", "citations", 44, "一行一处：" + citationForm + "；条写 25 或 287-2；最要紧的在第一行；最多5处", writeCitations, readCitations},
		remedy("door", "找谁", "先找谁、再找谁；必填", func(r *content.Remedy) *string { return &r.Door }),
		remedy("bring", "带什么", "没有就空着", func(r *content.Remedy) *string { return &r.Bring }),
		remedy("deadline", "期限", "写明从哪天起算；没有就空着", func(r *content.Remedy) *string { return &r.Deadline }),
		remedy("cost", "费用", "没有就空着", func(r *content.Remedy) *string { return &r.Cost }),
		remedy("where", "去哪办", "必填", func(r *content.Remedy) *string { return &r.Where }),
		list("热线", "remedy.hotlines", 10, "一行一个，只能用热线表里的号码", func(e *content.Entry) *[]string { return &e.Remedy.Hotlines }),
		list("主题日", "themes", 10, "一行一个：3.8、3.15、12.4、反诈；可以空着", func(e *content.Entry) *[]string { return &e.Themes }),
		list("事实", "facts", 10, "一行一个，如 F111；可以空着", func(e *content.Entry) *[]string { return &e.Facts }),
		{"敏感", "sensitive", 8, "是 或 否；是：不统计有多少居民问过", writeSensitive, readSensitive},
		day("核对日期", "checked_on", "如 2026-11-23", func(e *content.Entry) *string { return &e.CheckedOn }),
		day("复核日期", "review_due", "核对之后6到14个月", func(e *content.Entry) *string { return &e.ReviewDue }),
		text("提前复核的原因", "review_why", 20, "复核日期不到6个月时才写", func(e *content.Entry) *string { return &e.ReviewWhy }),
		list("相关条目", "related", 28, "一行一个编号，最多3个", func(e *content.Entry) *[]string { return &e.Related }),
	}
}

func text(name, key string, width float64, about string, at func(*content.Entry) *string) column {
	return column{
		name, key, width, about,
		func(e *content.Entry) string { return escape(*at(e)) },
		func(e *content.Entry, cell string) (err error) {
			*at(e), err = readText(cell)
			return err
		},
	}
}

func list(name, key string, width float64, about string, at func(*content.Entry) *[]string) column {
	return column{
		name, key, width, about,
		func(e *content.Entry) string { return writeList(*at(e)) },
		func(e *content.Entry, cell string) (err error) {
			*at(e), err = readList(cell)
			return err
		},
	}
}

// day is a text that spreadsheet programs like to write their own way.
func day(name, key, about string, at func(*content.Entry) *string) column {
	c := text(name, key, 13, about, at)
	read := c.read
	c.read = func(e *content.Entry, cell string) error {
		err := read(e, cell)
		*at(e) = plainDay(*at(e))
		return err
	}
	return c
}

var dayForm = regexp.MustCompile(`^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$`)

// plainDay writes 2026/3/8 and 2026年3月8日 as 2026-03-08, and leaves what is
// no day to the checks.
func plainDay(s string) string {
	m := dayForm.FindStringSubmatch(s)
	if m == nil {
		return s
	}
	year, _ := strconv.Atoi(m[1])
	month, _ := strconv.Atoi(m[2])
	date, _ := strconv.Atoi(m[3])
	plain := fmt.Sprintf("%04d-%02d-%02d", year, month, date)
	if _, err := time.Parse(time.DateOnly, plain); err != nil {
		return s
	}
	return plain
}

func writeLookalikes(e *content.Entry) string {
	lines := make([]string, len(e.Not))
	for i, n := range e.Not {
		lines[i] = writeParts(n.Ask, n.Entry)
	}
	return strings.Join(lines, "\n")
}

func readLookalikes(e *content.Entry, cell string) error {
	return readLines(cell, func(line string) error {
		p, err := readParts(line, lookalikeForm)
		if err == nil {
			e.Not = append(e.Not, content.Lookalike{Ask: p[0], Entry: p[1]})
		}
		return err
	})
}

func writeCitations(e *content.Entry) string {
	lines := make([]string, len(e.Citations))
	for i, c := range e.Citations {
		lines[i] = writeParts(c.Law, c.Article, c.Edition, c.Gist)
	}
	return strings.Join(lines, "\n")
}

func readCitations(e *content.Entry, cell string) error {
	return readLines(cell, func(line string) error {
		p, err := readParts(line, citationForm)
		if err == nil {
			e.Citations = append(e.Citations, content.Citation{Law: p[0], Article: p[1], Edition: plainDay(p[2]), Gist: p[3]})
		}
		return err
	})
}

func writeMarked(e *content.Entry) string {
	lines := make([]string, len(e.Lines))
	for i, l := range e.Lines {
		lines[i] = "- " + escape(l.Text)
		if l.Must {
			lines[i] = "! " + escape(l.Text)
		}
	}
	return strings.Join(lines, "\n")
}

func readMarked(e *content.Entry, cell string) error {
	return readLines(cell, func(line string) error {
		must, isMust := strings.CutPrefix(line, "! ")
		plain, isPlain := strings.CutPrefix(line, "- ")
		if !isMust && !isPlain {
			return fmt.Errorf("%s begins with neither \"! \" nor \"- \"", brief(line))
		}
		if isMust {
			plain = must
		}
		s, err := unescape(strings.TrimSpace(plain))
		e.Lines = append(e.Lines, content.Line{Text: s, Must: isMust})
		return err
	})
}

func writeSensitive(e *content.Entry) string {
	if e.Sensitive {
		return "是"
	}
	return "否"
}

func readSensitive(e *content.Entry, cell string) error {
	switch strings.TrimSpace(cell) {
	case "是":
		e.Sensitive = true
	case "否":
		e.Sensitive = false
	default:
		return fmt.Errorf("%s is neither 是 nor 否", brief(cell))
	}
	return nil
}
