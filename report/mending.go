package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// mending is what the figures show to be wanting, and the draft of what to do
// about it. It draws no conclusion that no figure bears.
func (r Report) mending() Part {
	p := Part{Heading: "五、问题与改进"}
	problems, steps := r.problems()
	p.head("（一）存在的问题")
	if len(problems) == 0 {
		p.say("本期数字没有显示需要说明的问题；数字没有显示不等于没有问题。")
	}
	for _, s := range problems {
		p.say(s)
	}
	p.table(r.gapsTable())
	p.table(r.nearTable())
	if len(steps) > 0 {
		p.head("（二）改进措施")
		ordinal := []string{"一是", "二是", "三是", "四是", "五是", "六是", "七是"}
		for i := range steps {
			steps[i] = ordinal[i] + steps[i]
		}
		p.say("下一步，" + strings.Join(steps, "；") + "。")
	}
	return p
}

// problems are what the figures show, each with what could be done; at most
// seven.
func (r Report) problems() (problems, steps []string) {
	add := func(problem, step string) {
		problems, steps = append(problems, problem), append(steps, step)
	}
	all, referred := r.cell("messages", "", ""), r.cell("referred", "", "")
	if f, ok := percent(referred, all); ok && referred.Value > 0 {
		add(fmt.Sprintf("有%s条居民消息%s没有把握解答，只作了引导，占全部消息的%s。", referred, rule("referred"), percentText(f)),
			"补充居民问得多而内容库没有的条目，提高直接解答的比例")
	}
	if n := r.at("unhelpful"); n > 0 {
		add("居民评价“没用”"+r.num("unhelpful")+"，有的答复还不够贴切。", "复核被评价“没用”的答复，改用居民听得懂的话")
	}
	if quiet := r.quiet(); len(quiet) > 0 {
		add(fmt.Sprintf("%s等%d个主题没有收到消息，居民知晓度不高或者没有需求，尚不能判断。", strings.Join(quiet[:min(3, len(quiet))], "、"), len(quiet)),
			"在线下活动中加强这些主题的宣传")
	}
	if n := r.at("push_doubt"); n > 0 {
		add("主题推送有"+r.num("push_doubt")+"没有查清是否收到。", "推送后及时到公众平台核对发送结果")
	}
	done, checked := r.at("activities"), r.at("activities_confirmed")
	if done > checked {
		add(fmt.Sprintf("有%d场线下活动没有经第二人核实〔%s、%s〕。", done-checked, number("activities"), number("activities_confirmed")),
			"落实活动登记和核实由两人分别办理")
	}
	people, estimated := r.cell("activity_people", "", ""), r.cell("activity_people", "basis", "estimated")
	if f, ok := percent(estimated, people); ok && estimated.Value > 0 {
		add(fmt.Sprintf("覆盖人次中有%s是估计的%s。", percentText(f), rule("activity_people")), "活动现场签到或者清点人数，减少估计")
	}
	if s := r.unproven(); s != "" {
		add(s, "活动结束后及时留存照片、签到表等凭证并写入台账")
	}
	return problems, steps
}

// quiet are the topics that nobody asked about, where that is shown.
func (r Report) quiet() (list []string) {
	if r.at("messages") == 0 {
		return nil
	}
	cells := r.cells("messages", "topic")
	for _, topic := range ranked(cells) {
		if c := cells[topic]; !c.Hidden && c.Value == 0 {
			list = append(list, r.thing("topic", topic))
		}
	}
	return list
}

func (r Report) unproven() string {
	n := 0
	for _, a := range r.Activities {
		if a.Ref == "" {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("活动台账中有%d项没有登记照片或者文件凭证。", n)
}

// gapsTable says in which ways questions went without an answer.
func (r Report) gapsTable() *Table {
	t := &Table{Name: "没答上来的", Title: "没有答案的消息" + rule("gaps"), Columns: []string{"情形", "次数"}, Widths: []float64{3, 1}}
	for _, s := range r.Gaps.Shapes {
		if s.Value > 0 {
			t.add(say(formal(s.Name)), shown(s.Cell))
		}
	}
	return t
}

// nearTable lists the entries to which unanswered questions were nearest: what
// to write next.
func (r Report) nearTable() *Table {
	t := &Table{
		Name: "最相近的条目", Title: "没有答案的消息最相近的条目" + rule("gaps"), Columns: []string{"条目", "情形", "次数"}, Widths: []float64{2, 2, 0.8},
		Most: foremostGaps,
	}
	for _, s := range r.Gaps.Shapes {
		for _, n := range s.Near {
			if n.ID != "" {
				t.add(say(cmp.Or(r.Entries[n.ID], r.Topics[n.ID], n.ID)), say(formal(s.Name)), shown(n.Cell))
			}
		}
	}
	slices.SortStableFunc(t.Rows, func(a, b []Value) int { return cmp.Compare(b[2].Number, a[2].Number) })
	return t
}

// foremostGaps is how many of them a printed report lists.
const foremostGaps = 15
