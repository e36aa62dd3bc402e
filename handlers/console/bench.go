package console

import (
	"fmt"

	"pufa/bot"
	"pufa/staff"
)

const benchPath = Path + "/bench"

// benchRoutes are the test bench.
func (c *Console) benchRoutes() []route {
	if c.Content == nil {
		return nil
	}
	return []route{
		{pattern: "GET " + benchPath, do: (*visit).bench},
		{pattern: "POST " + benchPath, do: (*visit).tryOut},
	}
}

// benchPage shows what a question gets, and why.
type benchPage struct {
	Text       string
	Asked      bool
	Reply      string
	Bytes      int
	Outcome    string
	Entry      string
	Title      string
	Score      string
	Decision   string
	Read       string // the question as it was read
	Candidates []candidateRow
	Choices    []string
	Entries    []option
	Editor     bool
}

type candidateRow struct{ Entry, Title, Phrasing, Score string }

func (v *visit) bench() error {
	return v.page("bench", "试问", benchPage{Editor: v.who.May(staff.Editor)})
}

// maxTried is the longest question that is tried, in characters.
const maxTried = 600

// tryOut answers a question of staff. It goes to the bot and nowhere else:
// nothing of it is counted or kept.
func (v *visit) tryOut() error {
	p := benchPage{Text: v.form("text"), Editor: v.who.May(staff.Editor)}
	if p.Text == "" {
		return v.again("bench", "试问", "请先写一句居民会怎么问。", p)
	}
	if runes := []rune(p.Text); len(runes) > maxTried {
		p.Text = string(runes[:maxTried])
	}
	r := v.Content.Live.Engine().Explaining().Reply(v.r.Context(), bot.Message{Kind: bot.Text, Text: p.Text})
	p.Asked, p.Reply, p.Bytes = true, r.Text, len(r.Text)
	p.Outcome, p.Entry = outcomes[string(r.Outcome)], r.Entry
	p.Score = fmt.Sprintf("%.2f", r.Score)
	if p.Entry != "" {
		p.Title = v.titleOf(p.Entry)
	}
	v.why(&p, r)
	for _, e := range v.Content.Live.Library().Entries() {
		p.Entries = append(p.Entries, option{Value: e.ID, Name: e.Title})
	}
	return v.page("bench", "试问", p)
}

// why says what the decision rests on.
func (v *visit) why(p *benchPage, r bot.Reply) {
	if r.Explain == nil {
		p.Decision = "没有去比条目：" + map[bool]string{
			true: "和条目的一种问法、标题一字不差", false: "紧急求助、指令、法条或主题名，先按这些处理",
		}[r.Outcome == bot.Answered && r.Entry != ""]
		return
	}
	p.Read, p.Decision = r.Explain.Folded, r.Explain.Decision
	if said := decisions[p.Decision]; said != "" {
		p.Decision = said
	}
	for _, c := range r.Explain.Candidates {
		p.Candidates = append(p.Candidates, candidateRow{c.Entry, v.titleOf(c.Entry), c.Phrasing, fmt.Sprintf("%.2f", c.Score)})
	}
}
