package report

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"pufa/stats"
)

// Gaps are the questions of a period that went without an answer.
type Gaps struct {
	Period stats.Period
	MadeAt time.Time
	Gaps   stats.Gaps
	Title  func(id string) string // of an entry or a topic; empty when it is gone
	Texts  GapTexts
}

// GapTexts are masked words that are kept; On says whether staff let new ones
// be kept, Until when all of them are deleted.
type GapTexts struct {
	On    bool
	Until time.Time
	List  []GapText
}

// GapText is one wording, how many residents used it, and what is near.
type GapText struct {
	Text      string
	Shape     string
	Near      string
	Residents stats.Cell
}

// nobodyNear is said where no entry is near.
const nobodyNear = "没有相近的条目"

// lengthNames are the lengths as staff read them, in order.
var lengthNames = []struct{ id, name string }{
	{"short", "4字以内"}, {"medium", "5至15字"}, {"long", "16字以上"},
}

// near is an entry or a topic as staff read it.
func (g Gaps) near(id string) string {
	if id == "" {
		return nobodyNear
	}
	if title := g.Title(id); title != "" {
		return title + "（" + id + "）"
	}
	return id
}

// gapName is the name of a shape.
func gapName(id string) string {
	for _, s := range stats.Shapes() {
		if s.ID == id {
			return s.Name
		}
	}
	return id
}

// GapsText writes g for a terminal.
func GapsText(w io.Writer, g Gaps) error {
	var b strings.Builder
	fmt.Fprintf(&b, "没答上来的，%s 至 %s：%s次\n\n", g.Period.From.Format(time.DateOnly), g.Period.To.Format(time.DateOnly), g.Gaps.Cell)
	table := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	for _, s := range g.Gaps.Shapes {
		if s.Value == 0 {
			continue
		}
		fmt.Fprintf(table, "%s\t%s\n", s.Cell, s.Name)
		for _, n := range s.Near {
			if n.ID != "" {
				fmt.Fprintf(table, "  %s\t  %s\n", n.Cell, g.near(n.ID))
			}
		}
		if s.Rest {
			fmt.Fprintf(table, "  少于5\t  其余的，每个条目\n")
		}
	}
	_ = table.Flush() // a Builder takes everything
	if g.Gaps.Value > 0 {
		b.WriteString("\n问题长短：")
		for i, l := range lengthNames {
			fmt.Fprintf(&b, "%s%s %s次", strings.Repeat("，", min(i, 1)), l.name, g.Gaps.Length[l.id])
		}
		b.WriteString("\n")
	}
	g.writeTexts(&b)
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write gaps: %w", err)
	}
	return nil
}

func (g Gaps) writeTexts(b *strings.Builder) {
	if !g.Texts.On && len(g.Texts.List) == 0 {
		b.WriteString("\n不留原话（PUFA_GAP_TEXTS=off）。\n")
		return
	}
	fmt.Fprintf(b, "\n至少3位居民问过的话（去掉了个人信息），%s全部删除：\n", g.Texts.Until.Format("1月2日"))
	if len(g.Texts.List) == 0 {
		b.WriteString("  （还没有）\n")
	}
	for _, t := range g.Texts.List {
		fmt.Fprintf(b, "  %s\n      %s人；%s；最相近：%s\n", t.Text, t.Residents, gapName(t.Shape), g.near(t.Near))
	}
}

type jsonGaps struct {
	From   string     `json:"from"`
	To     string     `json:"to"`
	MadeAt string     `json:"made_at"`
	Rule   string     `json:"rule"`
	Value  *int64     `json:"value"`
	Shapes []jsonGap  `json:"shapes"`
	Length []jsonPart `json:"length"`
	Texts  *jsonTexts `json:"texts"` // null: no words are kept
}

type jsonGap struct {
	jsonPart
	Near       []jsonPart `json:"near"`
	RestHidden bool       `json:"rest_hidden"`
}

type jsonPart struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	jsonCell
}

type jsonTexts struct {
	Until string         `json:"until"`
	List  []jsonKeptText `json:"list"`
}

type jsonKeptText struct {
	Text      string   `json:"text"`
	Shape     string   `json:"shape"`
	Near      string   `json:"near"`
	Residents jsonCell `json:"residents"`
}

// GapsJSON writes g as `report gaps --format json` shows it.
func GapsJSON(w io.Writer, g Gaps) error {
	out := jsonGaps{
		From: g.Period.From.Format(time.DateOnly), To: g.Period.To.Format(time.DateOnly),
		MadeAt: g.MadeAt.In(g.Period.From.Location()).Format(time.RFC3339),
		Rule:   gapsRule(), Value: cellOf(g.Gaps.Cell).Value,
		Shapes: []jsonGap{}, Length: []jsonPart{},
	}
	for _, s := range g.Gaps.Shapes {
		row := jsonGap{jsonPart: jsonPart{s.ID, s.Name, cellOf(s.Cell)}, Near: []jsonPart{}, RestHidden: s.Rest}
		for _, n := range s.Near {
			row.Near = append(row.Near, jsonPart{n.ID, g.near(n.ID), cellOf(n.Cell)})
		}
		out.Shapes = append(out.Shapes, row)
	}
	for _, l := range lengthNames {
		out.Length = append(out.Length, jsonPart{l.id, l.name, cellOf(g.Gaps.Length[l.id])})
	}
	if g.Texts.On || len(g.Texts.List) > 0 {
		out.Texts = &jsonTexts{g.Texts.Until.Format(time.DateOnly), []jsonKeptText{}}
		for _, t := range g.Texts.List {
			out.Texts.List = append(out.Texts.List, jsonKeptText{t.Text, t.Shape, t.Near, cellOf(t.Residents)})
		}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(out); err != nil {
		return fmt.Errorf("write gaps: %w", err)
	}
	return nil
}

func gapsRule() string {
	for _, r := range stats.Rules() {
		if r.ID == "gaps" {
			return r.Number
		}
	}
	return ""
}

// GapsCSV writes g as rows of 类别, 样子, 条目, 名称, 次数, with a byte order mark
// so that spreadsheet programs read it as UTF-8.
func GapsCSV(w io.Writer, g Gaps) error {
	rows := [][]string{{"类别", "样子", "条目", "名称", "次数"}}
	rows = append(rows, []string{"合计", "", "", "", g.Gaps.String()})
	for _, s := range g.Gaps.Shapes {
		rows = append(rows, []string{"样子", s.ID, "", s.Name, s.Cell.String()})
		for _, n := range s.Near {
			rows = append(rows, []string{"相近", s.ID, n.ID, cmp.Or(g.Title(n.ID), nobodyNear), n.String()})
		}
		if s.Rest {
			rows = append(rows, []string{"相近", s.ID, "", "其余的，每个条目", stats.Cell{Hidden: true}.String()})
		}
	}
	for _, l := range lengthNames {
		rows = append(rows, []string{"长短", l.id, "", l.name, strconv.FormatInt(g.Gaps.Length[l.id].Value, 10)})
	}
	for _, t := range g.Texts.List {
		rows = append(rows, []string{"原话（人数）", t.Shape, t.Near, harmless(t.Text), t.Residents.String()})
	}
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write gaps: %w", err)
	}
	if err := csv.NewWriter(w).WriteAll(rows); err != nil {
		return fmt.Errorf("write gaps: %w", err)
	}
	return nil
}

// harmless keeps a spreadsheet program from evaluating words of a resident.
func harmless(text string) string {
	if strings.ContainsAny(text[:min(1, len(text))], "=+-@\t\r") {
		return "'" + text
	}
	return text
}
