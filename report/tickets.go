package report

import "fmt"

// desk says what residents asked a person for, and what became of it. It says
// nothing where nobody asked, or the period is not made of whole months.
func (r Report) desk() string {
	opened, deleted := r.cell("tickets", "", ""), r.cell("deletions", "", "")
	if opened.Missing || opened.Value+deleted.Value == 0 {
		return ""
	}
	s := "服务台登记居民要人工和投诉的" + r.num("tickets")
	if n := r.cell("tickets", "kind", "投诉").Value; n > 0 {
		s += fmt.Sprintf("（其中投诉%d件）", n)
	}
	s += "，办结" + r.num("tickets_done") + "，按时办的" + r.num("tickets_intime")
	if r.cell("tickets_lapsed", "", "").Value > 0 {
		s += "，过期未办" + r.num("tickets_lapsed")
	}
	s += "。"
	if deleted.Value > 0 {
		s += "居民请求删除" + r.num("deletions") + "，程序当时办完。"
	}
	return s
}
