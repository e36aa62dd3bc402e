package bot

import (
	"strconv"
	"strings"

	"pufa/content"
)

// key is how a choice is kept in a dialogue.
func (c Choice) key() string { return string(c.Kind) + ":" + c.ID }

// number reads a message that picks a line of a menu: "2", "2.", "第二个",
// "二", "选2". 0 means it picks none.
func number(message string) int {
	s := strings.ReplaceAll(message, " ", "")
	for _, around := range []string{"我选", "选", "第", "回复", "看", "要"} {
		s = strings.TrimPrefix(s, around)
	}
	for _, around := range []string{"个", "条", "号", "项", "吧"} {
		s = strings.TrimSuffix(s, around)
	}
	if n, ok := chineseNumbers[s]; ok {
		return n
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > maxMenuNumber {
		return 0
	}
	return n
}

// maxMenuNumber is the last line a menu can have.
const maxMenuNumber = 40

var chineseNumbers = map[string]int{
	"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10,
}

// followUp is a question about the remedy card of the entry just answered.
type followUp struct {
	words []string
	label string
	line  func(content.Remedy) string
}

// followUps are asked in a few words; longer messages are new questions.
var followUps = []followUp{
	{[]string{"多久", "期限", "时效", "几天", "什么时候", "多长时间", "过期没"}, "期限", func(r content.Remedy) string { return r.Deadline }},
	{[]string{"要钱吗", "收费", "费用", "要花钱", "花多少钱", "要不要钱", "免费", "多少钱"}, "费用", func(r content.Remedy) string { return r.Cost }},
	{[]string{"带什么", "带啥", "材料", "准备什么", "准备啥", "证据", "要带"}, "带上", func(r content.Remedy) string { return r.Bring }},
	{[]string{"去哪", "上哪", "在哪", "找谁", "找哪", "到哪", "哪里办", "地址", "地方"}, "找谁", func(r content.Remedy) string { return r.Door }},
	{[]string{"电话", "打哪个", "号码", "热线"}, "电话", nil},
}

// maxFollowUp is the number of letters past which a message is a new question.
const maxFollowUp = 9

// matchFollowUp returns the row a short message asks for.
func matchFollowUp(message string) (followUp, bool) {
	s := strings.ReplaceAll(message, " ", "")
	if len([]rune(s)) > maxFollowUp {
		return followUp{}, false
	}
	for _, f := range followUps {
		if containsAny(s, f.words) {
			return f, true
		}
	}
	return followUp{}, false
}
