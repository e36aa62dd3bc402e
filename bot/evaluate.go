package bot

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"pufa/content"
	"pufa/statute"
)

// Case is one line of a question set: what a resident sent and what would be
// right. Unknown keys of a line are ignored.
type Case struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	Text   string `json:"text"`
	Expect Expect `json:"expect"`
}

// Expect says which reply is right.
type Expect struct {
	Outcome      Outcome  `json:"outcome"`
	Entry        string   `json:"entry"`
	CiteAny      []string `json:"cite_any"`      // 刑法第287条之二
	HotlineFirst []string `json:"hotline_first"` // any of them within the first 30 characters
}

// maxCaseBytes is the longest line of a question set.
const maxCaseBytes = 64 << 10

// ReadCases reads a question set, one JSON object a line; it names the first
// bad line.
func ReadCases(r io.Reader) ([]Case, error) {
	var cases []Case
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, maxCaseBytes), maxCaseBytes)
	for n := 1; in.Scan(); n++ {
		if strings.TrimSpace(in.Text()) == "" {
			continue
		}
		var c Case
		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			return nil, fmt.Errorf("read question set: line %d: %w", n, err)
		}
		if c.Text == "" || c.Expect.Outcome == "" {
			return nil, fmt.Errorf("read question set: line %d: text and expect.outcome are needed", n)
		}
		if c.ID == "" {
			c.ID = fmt.Sprintf("line %d", n)
		}
		cases = append(cases, c)
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("read question set: %w", err)
	}
	return cases, nil
}

// Evaluation is what a question set measured, in the shape of `eval --json`.
type Evaluation struct {
	Lines    int               `json:"lines"`
	Right    int               `json:"right"`
	Menu     map[string]int    `json:"menu"` // lines with a menu that holds the right entry among its first 1, 3, 5
	Wrong    int               `json:"wrong"`
	Referred int               `json:"referred"`
	Crisis   CrisisCount       `json:"crisis"`
	Outside  OutsideCount      `json:"outside"`
	P50      float64           `json:"p50_ms"`
	P99      float64           `json:"p99_ms"`
	ByKind   map[string]*Kinds `json:"by_kind"`
	ByTopic  map[string]*Kinds `json:"by_topic"` // NoTopic: the lines that no entry should answer
	Confused []Confusion       `json:"confused"` // the worst, at most 20
	Items    []Item            `json:"items"`
}

// CrisisCount counts crises expected, caught, and seen where there was none.
type CrisisCount struct {
	Expected int `json:"expected"`
	Caught   int `json:"caught"`
	False    int `json:"false"`
}

// OutsideCount counts what became of questions that should be referred.
type OutsideCount struct {
	Lines    int `json:"lines"`
	Answered int `json:"answered"`
	Menu     int `json:"menu"`
}

// Kinds counts the lines of one kind, or of one topic.
type Kinds struct {
	Lines int `json:"lines"`
	Right int `json:"right"`
	Menu3 int `json:"menu3"`
	Wrong int `json:"wrong"`
}

// Item is what one line got. Rank is 1 for a right answer, the place of the
// right entry in a menu, 0 for neither.
type Item struct {
	ID      string  `json:"id"`
	Outcome Outcome `json:"outcome"`
	Entry   string  `json:"entry"`
	Right   bool    `json:"right"`
	Rank    int     `json:"rank"`
}

// Evaluate asks every case of the engine, each as a new conversation.
func (e *Engine) Evaluate(ctx context.Context, cases []Case) (Evaluation, error) {
	out := Evaluation{
		Menu: map[string]int{"1": 0, "3": 0, "5": 0}, ByKind: map[string]*Kinds{}, ByTopic: map[string]*Kinds{}, Items: []Item{},
	}
	var took []time.Duration
	for _, c := range cases {
		if err := ctx.Err(); err != nil {
			return out, fmt.Errorf("evaluate: stopped after %d lines: %w", out.Lines, err)
		}
		start := time.Now()
		reply := e.Reply(ctx, Message{Kind: Text, Text: c.Text})
		took = append(took, time.Since(start))
		out.add(c, reply, e.judge(c, reply), e.topicOf(c.Expect))
	}
	out.Confused = e.confusions(cases, out.Items)
	out.P50, out.P99 = quantile(took, 0.50), quantile(took, 0.99)
	return out, nil
}

func quantile(took []time.Duration, q float64) float64 {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	at := min(int(q*float64(len(took))), len(took)-1)
	return float64(took[at].Microseconds()) / 1000
}

// judge says at which place the right entry stands: 1 for an answer, the line
// of a menu, 0 for nowhere.
func (e *Engine) judge(c Case, r Reply) (rank int) {
	switch r.Outcome {
	case Answered:
		entry, ok := e.lib.Entry(r.Entry)
		if ok && e.satisfies(c.Expect, entry) || !ok && len(r.Citations) > 0 && e.wanted(c.Expect, r.Citations[0]) {
			return 1
		}
	case Menu:
		for i, choice := range r.Choices {
			entry, ok := e.lib.Entry(choice.ID)
			if choice.Kind == EntryChoice && ok && e.satisfies(c.Expect, entry) {
				return i + 1
			}
		}
	}
	return 0
}

// satisfies reports whether an entry is what was asked for: by id, or because
// its first citation is among those that would be right.
func (e *Engine) satisfies(x Expect, entry *content.Entry) bool {
	return x.Entry == entry.ID || e.wanted(x, entry.Citations[0])
}

// wanted reports whether an article is among those that would be right.
func (e *Engine) wanted(x Expect, first content.Citation) bool {
	return slices.ContainsFunc(x.CiteAny, func(s string) bool {
		name, article, ok := statute.ParseReference(s)
		if !ok || article != first.Article {
			return false
		}
		law, ok := e.lib.Law(name)
		return ok && law.Law == first.Law
	})
}

func (v *Evaluation) add(c Case, r Reply, rank int, topic string) {
	right := r.Outcome == Answered && rank == 1
	wrong := r.Outcome == Answered && !right && c.Expect.Outcome != Crisis && c.Expect.Outcome != Command
	v.Lines++
	v.Right += one(right)
	v.Wrong += one(wrong)
	if r.Outcome == Menu && rank > 0 {
		v.addMenu(rank)
	}
	for _, k := range []*Kinds{kindOf(v.ByKind, c.Kind), kindOf(v.ByTopic, topic)} {
		k.Lines++
		k.Right += one(right)
		k.Menu3 += one(r.Outcome == Menu && rank > 0 && rank <= 3)
		k.Wrong += one(wrong)
	}
	if r.Outcome == Referred {
		v.Referred++
	}
	v.addCrisis(c, r)
	v.addOutside(c, r)
	v.Items = append(v.Items, Item{ID: c.ID, Outcome: r.Outcome, Entry: r.Entry, Right: right, Rank: rank})
}

func kindOf(of map[string]*Kinds, name string) *Kinds {
	if of[name] == nil {
		of[name] = &Kinds{}
	}
	return of[name]
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (v *Evaluation) addMenu(rank int) {
	for _, k := range []struct {
		name string
		last int
	}{{"1", 1}, {"3", 3}, {"5", 5}} {
		if rank <= k.last {
			v.Menu[k.name]++
		}
	}
}

// firstRunes is how much of a crisis reply may stand before its hotline.
const firstRunes = 30

func (v *Evaluation) addCrisis(c Case, r Reply) {
	if c.Expect.Outcome != Crisis {
		if r.Outcome == Crisis {
			v.Crisis.False++
		}
		return
	}
	v.Crisis.Expected++
	runes := []rune(r.Text)
	head := string(runes[:min(len(runes), firstRunes)])
	if r.Outcome == Crisis && containsAny(head, c.Expect.HotlineFirst) {
		v.Crisis.Caught++
	}
}

func (v *Evaluation) addOutside(c Case, r Reply) {
	if c.Expect.Outcome != Referred {
		return
	}
	v.Outside.Lines++
	switch r.Outcome {
	case Answered:
		v.Outside.Answered++
	case Menu:
		v.Outside.Menu++
	}
}
