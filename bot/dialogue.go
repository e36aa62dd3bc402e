package bot

import (
	"strconv"
	"strings"

	"pufa/content"
)

// key is how a choice is kept in a dialogue.
func (c Choice) key() string { return string(c.Kind) + ":" + c.ID }

func keys(choices []Choice) []string {
	list := make([]string, len(choices))
	for i, c := range choices {
		list[i] = c.key()
	}
	return list
}

// maxMenuNumber is the largest number that is read as a pick; larger ones are
// telephone numbers, years, ages.
const maxMenuNumber = 99

// number reads a message that picks a line of a menu: "2", "2.", "第二个",
// "二", "选2". 0 means it picks none.
func number(message string) int {
	s := trim(withoutGaps(message),
		[]string{"我要看", "我选", "我要", "选择", "选", "第", "回复", "回", "看", "要", "就", "那"},
		[]string{"个", "条", "号", "项", "吧", "呢", "的", "呀", "啊"})
	if n, ok := chineseNumber(s); ok {
		return n
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > maxMenuNumber {
		return 0
	}
	return n
}

// chineseNumber reads 一 to 九十九.
func chineseNumber(s string) (int, bool) {
	tens, ones, hasTens := strings.Cut(s, "十")
	if !hasTens {
		n := digitOf[s]
		return n, n > 0
	}
	n := 10 * max(1, digitOf[tens])
	if tens != "" && digitOf[tens] == 0 || ones != "" && digitOf[ones] == 0 {
		return 0, false
	}
	return n + digitOf[ones], true
}

var digitOf = map[string]int{
	"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
}

// choice answers to a number of the menu just shown.
func (e *Engine) choice(t turn) (Reply, bool) {
	n := number(t.folded)
	switch {
	case n == 0:
		return Reply{}, false
	case len(t.Dialogue.Choices) == 0:
		return said(t, sayNumberAlone), true
	case n > len(t.Dialogue.Choices):
		return said(t, sayNumberLost), true
	}
	t.Kind, t.Key = Click, t.Dialogue.Choices[n-1]
	return e.click(t), true
}

// named opens a topic or an entry whose name, as menus show it, was typed, or
// answers one of the entry's own wordings.
func (e *Engine) named(t turn) (Reply, bool) {
	choice, ok := e.names[withoutGaps(t.folded)]
	if !ok {
		return Reply{}, false
	}
	if entry, ok := e.lib.Entry(choice.ID); ok {
		return e.answerTo(t, entry, e.scope.read(t.folded), 1), true
	}
	return e.topicMenu(t, choice.ID, 0), true
}

// followUp is a question about the entry just answered, mostly about its
// remedy card.
type followUp struct {
	words []string
	rows  func(composer, *content.Entry) []cardRow
}

// cardRow is one line of a card.
type cardRow struct{ label, value string }

// followUps are asked in a few words. The place is told with every answer but
// the telephone's, because it is what people need next.
var followUps = []followUp{
	{
		[]string{"多久", "期限", "时效", "有效期", "几天", "什么时候", "啥时候", "多长时间", "最晚", "过期没", "截止"},
		func(_ composer, e *content.Entry) []cardRow {
			return []cardRow{{"期限", e.Remedy.Deadline}, {"去哪", e.Remedy.Where}}
		},
	},
	{
		[]string{"要钱", "收钱", "收费", "费用", "花钱", "花多少", "免费", "多少钱", "收不收"},
		func(_ composer, e *content.Entry) []cardRow {
			return []cardRow{{"费用", e.Remedy.Cost}, {"去哪", e.Remedy.Where}}
		},
	},
	{
		[]string{"带什么", "带啥", "带哪些", "材料", "准备什么", "准备啥", "证据", "手续"},
		func(_ composer, e *content.Entry) []cardRow {
			return []cardRow{{"带上", e.Remedy.Bring}, {"去哪", e.Remedy.Where}}
		},
	},
	{
		[]string{"电话", "打哪个", "打几", "号码"},
		func(c composer, e *content.Entry) []cardRow {
			return []cardRow{{"电话", c.hotlineNames(e.Remedy.Hotlines)}}
		},
	},
	{
		[]string{"看不懂", "没看懂", "不明白", "没明白", "听不懂", "什么意思", "啥意思", "简单点", "简单说"},
		func(_ composer, e *content.Entry) []cardRow {
			return []cardRow{{"简单说", e.Short}, {"找谁", e.Remedy.Door}, {"想问人", "打12348，免费"}}
		},
	},
	{
		[]string{"去哪", "上哪", "在哪", "找谁", "找哪", "到哪", "哪里", "哪儿", "地址", "地方", "归谁管", "谁管"},
		func(_ composer, e *content.Entry) []cardRow {
			return []cardRow{{"找谁", e.Remedy.Door}, {"去哪", e.Remedy.Where}}
		},
	},
}

// maxFollowUp is the number of letters past which a message is a new question.
const maxFollowUp = 9

// aroundFollowUp is said around a follow-up without changing what is asked.
var aroundFollowUp = strings.NewReplacer(
	"请问", "", "大概", "", "一般", "", "需要", "", "应该", "", "可以", "", "什么", "", "哪些", "", "多少", "", "这个", "", "那个", "",
	"我", "", "要", "", "得", "", "那", "", "这", "", "办", "", "去", "", "到", "", "是", "", "有", "", "的", "", "呢", "", "吗", "", "啊", "",
	"呀", "", "了", "", "多少", "", "几", "", "不", "", "都", "", "还", "", "能", "", "该", "", "打", "", "里", "", "内", "", "交", "", "花", "", "啥", "", "带", "",
)

// matchFollowUp returns the row a short message asks for, and what else it
// names.
func matchFollowUp(message string) (f followUp, rest string, ok bool) {
	s := withoutGaps(message)
	if len([]rune(s)) > maxFollowUp {
		return followUp{}, "", false
	}
	for _, f := range followUps {
		if !containsAny(s, f.words) {
			continue
		}
		for _, w := range f.words {
			s = strings.ReplaceAll(s, w, " ")
		}
		return f, aroundFollowUp.Replace(s), true
	}
	return followUp{}, "", false
}

// followUp answers a short question about the card of the last entry. One that
// names something the entry does not speak of is a new question.
func (e *Engine) followUp(t turn) (Reply, bool) {
	entry, ok := e.lib.Entry(t.Dialogue.Entry)
	if !ok || !e.mayAnswer(t, entry) {
		return Reply{}, false
	}
	f, rest, ok := matchFollowUp(t.folded)
	if !ok || !speaksOf(entry, rest) {
		return Reply{}, false
	}
	reply := e.about(said(t, e.composer.cardLine(e.answerOf(t, entry), f)), entry)
	reply.Outcome, reply.Citations, reply.Hotlines = Answered, entry.Citations, entry.Remedy.Hotlines
	return reply, true
}

// speaksOf reports whether each of the words stands in what an entry is called
// and asked for.
func speaksOf(entry *content.Entry, words string) bool {
	text := entry.Title + " " + entry.Question() + " " + strings.Join(entry.Keywords, " ")
	for word := range strings.FieldsSeq(words) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}
