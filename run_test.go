package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestWrongUsageEndsWithTwo(t *testing.T) {
	v := noAccount(t)
	cases := []struct {
		name string
		args string
		says string
	}{
		{"no command", "", "no command"},
		{"a command that there is not", "sreve", `there is no command "sreve": want one of serve, ask`},
		{"a flag that there is not", "ask --loud 退货", "ask: flag provided but not defined: -loud"},
		{"a flag after the text", "ask 退货 --json", "the flag --json stands after an argument: flags come first"},
		{"two texts", "ask 网购 退货", `"退货" is one argument too many`},
		{"an argument for serve", "serve now", `"now" is one argument too many`},
		{"a set of questions without a name", "eval", "eval: name the question set"},
		{"two sets of questions", "eval a.jsonl b.jsonl", "one argument too many"},
		{"a day that is none", "check --date 2026-02-30", `--date "2026-02-30": want a day like 2026-03-08`},
		{"a day in words", "check --date tomorrow", "want a day like 2026-03-08"},
		{"a format that there is not", "report --format pdf", "want json, csv, xlsx or docx"},
		{"a year and a day", "report --year 2026 --from 2026-01-01", "--year stands without --from and --to"},
		{"two ways to name a period", "report --month 2026-03 --day 2026-03-01", "want one of"},
		{"a week that the year has not", "report --week 2026-W54", "has no week"},
		{"a year before there was a WeChat", "report --year 1926", "want 2020 to 2100"},
		{"a period without its end", "report --from 2026-01-01", "--from and --to"},
		{"a period that ends before it begins", "report --from 2026-03-02 --to 2026-03-01", "before it begins"},
		{"a month in words", "report gaps --month March", `"March" is no month, write it 2026-03`},
		{"a month and a day", "report gaps --month 2026-03 --from 2026-03-01", "--month stands without --from and --to"},
		{"a part of a month", "report gaps --from 2026-03-02 --to 2026-03-31", "want whole months, like --month 2026-03"},
		{"gaps in a format that there is not", "report gaps --format docx", "want text, json or csv"},
		{"figures without verify", "stats", "want pufa stats verify"},
		{"figures with something else", "stats count", "want pufa stats verify"},
		{"verify with an argument", "stats verify all", `"all" is one argument too many`},
		{"an address that is none", "health --url ::", "want http://HOST:PORT"},
		{"version with an argument", "version 1", `"1" is one argument too many`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			e := v.run(t, strings.Fields(c.args)...)
			if e.status != 2 || !strings.Contains(e.err, c.says) {
				t.Errorf("pufa %s ended with %d: %s, want 2 and %q", c.args, e.status, e.err, c.says)
			}
			if e.out != "" {
				t.Errorf("it printed %q", e.out)
			}
		})
	}
}

func TestHelpIsNoMistake(t *testing.T) {
	v := noAccount(t)
	if e := v.run(t, "help"); e.status != 0 || !strings.Contains(e.out, "usage: pufa COMMAND") {
		t.Errorf("help ended with %d: %q", e.status, e.out)
	}
	for _, name := range names() {
		e := v.run(t, name, "-h")
		if e.status == 2 && strings.Contains(e.err, "want pufa "+name+" ") {
			continue // a family of commands, each with flags of its own
		}
		if e.status != 0 || !strings.Contains(e.out, "usage: pufa "+name) || e.err != "" {
			t.Errorf("%s -h ended with %d: %q %q", name, e.status, e.out, e.err)
		}
	}
	if e := v.run(t, "version"); e.status != 0 || !regexp.MustCompile(`^pufa \S+ go1\.\d+\S* \w+/\w+\n$`).MatchString(e.out) {
		t.Errorf("version ended with %d: %q", e.status, e.out)
	}
}

// replied is the whole shape of `ask --json`: another key is an error.
type replied struct {
	Outcome, Entry, Text string
	Score                float64
	Citations            []struct{ Law, Article, Edition string }
	Choices              []struct{ Kind, ID, Title string }
	Hotlines             []string
}

var replyKeys = regexp.MustCompile(`^\{"outcome":"\w*","entry":"[^"]*","score":[^,]+,"text":".*","citations":\[.*\],"choices":\[.*\],"hotlines":\[.*\]\}$`)

func repliesIn(t *testing.T, out string) (list []replied) {
	t.Helper()
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(line, "\n")
		if !replyKeys.MatchString(line) {
			t.Errorf("the keys are not those of ask --json, in their order: %s", line)
		}
		var r replied
		strict := json.NewDecoder(strings.NewReader(line))
		strict.DisallowUnknownFields()
		if err := strict.Decode(&r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		list = append(list, r)
	}
	return list
}

func TestAsk(t *testing.T) {
	t.Parallel()
	v := noAccount(t)
	cases := []struct {
		name, text string
		holds      func(replied) bool
	}{
		{"a question of the library is answered with its citation", "网购七天无理由退货", func(r replied) bool {
			return r.Outcome == "answered" && r.Entry == "consumer/seven-day-return" && r.Score > 0.5 && r.Citations[0].Law == "消费者权益保护法" &&
				r.Citations[0].Article == "25" && r.Citations[0].Edition == "2014-03-15" && r.Hotlines[0] == "12315"
		}},
		{"a topic is a menu of its entries", "租房买房", func(r replied) bool {
			return r.Outcome == "menu" && r.Entry == "" && len(r.Choices) > 1 && r.Choices[0].Kind == "entry" && strings.Contains(r.Text, "1 "+r.Choices[0].Title)
		}},
		{"danger is answered with a hotline first", "救命，有人拿刀砍人", func(r replied) bool {
			return r.Outcome == "crisis" && r.Entry == "" && r.Hotlines[0] == "110" && strings.Index(r.Text, "110") < 30 && len(r.Choices) == 0
		}},
		{"what is no legal question is referred", "今天天气怎么样", func(r replied) bool {
			return r.Outcome == "referred" && r.Entry == "" && len(r.Citations) == 0 && strings.Contains(r.Text, "12348")
		}},
		{"a command is one", "隐私", func(r replied) bool { return r.Outcome == "command" && strings.Contains(r.Text, "10分钟") }},
	}
	var texts strings.Builder
	for _, c := range cases {
		fmt.Fprintln(&texts, c.text)
	}
	e := v.runAt(t, noon, texts.String(), "ask", "--json") // one load of the library for all
	list := repliesIn(t, e.out)
	if e.status != 0 || len(list) != len(cases) {
		t.Fatalf("ask --json ended with %d and %d replies, want %d: %s", e.status, len(list), len(cases), e.err)
	}
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if !c.holds(list[i]) {
				t.Errorf("ask --json, %s: %+v", c.text, list[i])
			}
		})
	}
	explained := v.runAt(t, noon, "", "ask", "--explain", "网上买的鞋子大了想退")
	plain, why, _ := strings.Cut(explained.out, "\n-- ")
	if explained.status != 0 || !strings.Contains(why, "consumer/") {
		t.Errorf("ask --explain ended with %d: %s", explained.status, explained.out)
	}
	one := v.runAt(t, noon, "", "ask", "--json", "网上买的鞋子大了想退")
	if list := repliesIn(t, one.out); one.status != 0 || len(list) != 1 || list[0].Text+"\n" != plain {
		t.Errorf("ask --json ended with %d and says %s, without it %q", one.status, one.out, plain)
	}
	if left, _ := os.ReadDir(v["PUFA_DATA_DIR"]); len(left) > 0 {
		t.Errorf("asking left %v in the data folder", left)
	}
}

func TestAskKeepsAConversation(t *testing.T) {
	t.Parallel()
	e := noAccount(t).runAt(t, noon, "菜单\n\n 4 \n1\n有用\n", "ask", "--json")
	list := repliesIn(t, e.out)
	if e.status != 0 || len(list) != 4 {
		t.Fatalf("ask ended with %d and %d replies, want 4: %s", e.status, len(list), e.err)
	}
	topics, entries, answer, thanks := list[0], list[1], list[2], list[3]
	if topics.Outcome != "command" || len(topics.Choices) < 4 || topics.Choices[3].Kind != "topic" {
		t.Fatalf("菜单: %+v", topics)
	}
	if len(entries.Choices) == 0 || !strings.HasPrefix(entries.Choices[0].ID, topics.Choices[3].ID+"/") {
		t.Fatalf("4 after the menu: %+v, want entries of %s", entries, topics.Choices[3].ID)
	}
	if answer.Outcome != "answered" || answer.Entry != entries.Choices[0].ID {
		t.Errorf("1 after the entries: %s %s, want %s answered", answer.Outcome, answer.Entry, entries.Choices[0].ID)
	}
	if thanks.Outcome != "command" || thanks.Entry != answer.Entry {
		t.Errorf("有用: %s about %q, want a command about %s", thanks.Outcome, thanks.Entry, answer.Entry)
	}
}

// questionSet is one question of each kind, made from the library so that it
// stays right when the library grows.
func questionSet(t *testing.T) string {
	t.Helper()
	housing := libraryOf(t).EntriesOf("housing")[0].ID
	name := filepath.Join(t.TempDir(), "questions.jsonl")
	err := os.WriteFile(name, []byte(`{"id":"q1","kind":"plain","text":"网购七天无理由退货","expect":{"outcome":"answered","entry":"consumer/seven-day-return"}}
{"id":"q2","kind":"plain","text":"网购七天无理由退货","expect":{"outcome":"answered","cite_any":["消费者权益保护法第25条"]},"note":"another key"}
{"id":"q3","kind":"plain","text":"网购七天无理由退货","expect":{"outcome":"answered","entry":"dv/shelter"}}

{"id":"q4","kind":"menu","text":"租房买房","expect":{"outcome":"answered","entry":"`+housing+`"}}
{"id":"q5","kind":"crisis","text":"救命，有人拿刀砍人","expect":{"outcome":"crisis","hotline_first":["110"]}}
{"id":"q6","kind":"outside","text":"今天天气怎么样","expect":{"outcome":"referred"}}
`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func TestEval(t *testing.T) {
	t.Parallel()
	v, set := noAccount(t), questionSet(t)
	baseline := filepath.Join(t.TempDir(), "before.json")
	e := v.runAt(t, noon, "", "eval", "--json", "--out", baseline, set)
	var got struct {
		Lines, Right, Wrong, Referred int
		Menu                          map[string]int
		Crisis                        struct{ Expected, Caught, False int }
		Outside                       struct{ Lines, Answered, Menu int }
		P50, P99                      float64
		Items                         []struct {
			ID, Outcome, Entry string
			Right              bool
			Rank               int
		}
	}
	if err := json.Unmarshal([]byte(e.out), &got); err != nil || e.status != 0 {
		t.Fatalf("eval ended with %d, %v: %s", e.status, err, e.err)
	}
	if got.Lines != 6 || got.Right != 2 || got.Wrong != 1 || got.Referred != 1 || got.Menu["1"] != 1 ||
		got.Crisis.Caught != 1 || got.Crisis.False != 0 || got.Outside.Lines != 1 || got.Outside.Answered != 0 || len(got.Items) != 6 {
		t.Errorf("eval --json: %s", e.out)
	}
	kept, err := os.ReadFile(baseline)
	if err != nil || !bytes.Equal(kept, []byte(e.out)) {
		t.Errorf("--out keeps %s, %v, want what was printed", kept, err)
	}
	// Had q3 been right before, that would be what changed.
	before := bytes.Replace(kept, []byte(`"right":false,"rank":0`), []byte(`"right":true,"rank":1`), 1)
	if err := os.WriteFile(baseline, bytes.Replace(before, []byte(`"right":2`), []byte(`"right":3`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	e = v.runAt(t, noon, "", "eval", "--baseline", baseline, set)
	change := "right -1, in menu at 3 +0, wrong +0, crisis caught +0, false alarms +0, outside answered +0\nbetter: 0\nworse: 1\n" +
		"  q3: right consumer/seven-day-return → wrong consumer/seven-day-return\nas good, another reply: 0\n"
	if e.status != 0 || !strings.HasSuffix(e.out, change) {
		t.Errorf("eval --baseline ended with %d:\n%s%s", e.status, e.out, e.err)
	}
	for _, want := range []string{"\nkind ", "\ntopic ", "\nconsumer ", "\n1 wrong ", "most confused "} {
		if !strings.Contains(e.out, want) {
			t.Errorf("eval does not print %q:\n%s", want, e.out)
		}
	}
	if e = v.runAt(t, noon, "", "eval", "--json", "--baseline", baseline, set); !json.Valid([]byte(e.out)) || !strings.HasSuffix(e.err, change) {
		t.Errorf("eval --json --baseline ended with %d:\n%s%s", e.status, e.out, e.err)
	}
}

func TestEvalFails(t *testing.T) {
	t.Parallel()
	v, dir := noAccount(t), t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for _, c := range []struct {
		name, says string
		args       []string
	}{
		{"a set that is not there", "open question set", []string{filepath.Join(dir, "none.jsonl")}},
		{"a line that is no JSON", "line 2", []string{write("torn.jsonl", `{"id":"a","text":"退货","expect":{"outcome":"answered"}}`+"\n{\n")}},
		{"a line without what is expected", "line 1: text and expect.outcome are needed", []string{write("bare.jsonl", `{"id":"a","text":"退货"}`)}},
		{"a baseline that is no JSON", "read baseline", []string{"--baseline", write("b.json", "x"), write("one.jsonl", `{"id":"a","text":"退货","expect":{"outcome":"answered"}}`)}},
		{"a place that cannot be written", "write measurement", []string{"--out", filepath.Join(dir, "none", "x"), questionSet(t)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if e := v.run(t, append([]string{"eval"}, c.args...)...); e.status != 1 || !strings.Contains(e.err, c.says) {
				t.Errorf("eval ended with %d: %s, want 1 and %q", e.status, e.err, c.says)
			}
		})
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	ready := serveHere(t, noAccount(t), time.Now)
	if e := noAccount(t).run(t, "health", "--url", ready.url); e.status != 0 || e.out+e.err != "" {
		t.Errorf("of one that is ready: %d %s%s", e.status, e.out, e.err)
	}
	address := strings.TrimPrefix(ready.url, "http://")
	if e := noAccount(t).and("PUFA_ADDR", address).run(t, "health"); e.status != 0 {
		t.Errorf("of the one at PUFA_ADDR: %d %s", e.status, e.err)
	}
	// Where the spool should be stands a file.
	v := noAccount(t)
	if err := os.WriteFile(filepath.Join(v["PUFA_DATA_DIR"], "spool"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	unready := serveHere(t, v, time.Now)
	if e := v.run(t, "health", "--url", unready.url); e.status != 1 || !strings.Contains(e.err, "is not ready (503") ||
		!strings.Contains(e.err, "the data folder cannot be written") {
		t.Errorf("of one that cannot write: %d %s", e.status, e.err)
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	if e := v.run(t, "health", "--url", gone.URL); e.status != 1 || !strings.Contains(e.err, "ask "+gone.URL) {
		t.Errorf("of none: %d %s", e.status, e.err)
	}
}

func TestReachable(t *testing.T) {
	for listen, call := range map[string]string{
		"127.0.0.1:8080": "127.0.0.1:8080", "0.0.0.0:8080": "127.0.0.1:8080", ":8080": "127.0.0.1:8080",
		"[::]:8080": "127.0.0.1:8080", "[::1]:8080": "[::1]:8080", "pufa.example.cn:80": "pufa.example.cn:80", "nonsense": "nonsense",
	} {
		if got := reachable(listen); got != call {
			t.Errorf("reachable(%s) = %s, want %s", listen, got, call)
		}
	}
}
