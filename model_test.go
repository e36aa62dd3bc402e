package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pufa/bot"
)

const (
	modelKey = "modelkeythatnobodymaysee"
	// askUnsure is near several entries; the number is not to leave the house.
	askUnsure = "彩礼能不能退，我电话13812345678"
	secretTel = "13812345678"
)

// modelService is an OpenAI-compatible service on loopback that chooses the
// last entry it is shown, or does what a test wants.
type modelService struct {
	*httptest.Server
	mu     sync.Mutex
	heard  []string
	choose func(ids []string) string // the content of the reply

	closing chan struct{} // closed with the test
}

func startModel(t *testing.T) *modelService {
	t.Helper()
	m := &modelService{
		choose:  func(ids []string) string { return `{"ids":["` + ids[len(ids)-1] + `"]}` },
		closing: make(chan struct{}),
	}
	m.Server = httptest.NewServer(http.HandlerFunc(m.answer))
	t.Cleanup(m.Close)
	t.Cleanup(func() { close(m.closing) })
	return m
}

func (m *modelService) answer(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	m.mu.Lock()
	m.heard = append(m.heard, string(raw))
	m.mu.Unlock()
	if strings.HasSuffix(r.URL.Path, "/embeddings") {
		embeds(w, raw)
		return
	}
	var body struct{ Messages []struct{ Content string } }
	var asked struct {
		Entries   []struct{ ID string }
		Sentences []struct{ N int }
	}
	if err := json.Unmarshal(raw, &body); err != nil || len(body.Messages) != 2 {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	_ = json.Unmarshal([]byte(body.Messages[1].Content), &asked)
	said := `{"numbers":[1]}`
	if len(asked.Sentences) == 0 {
		var ids []string
		for _, e := range asked.Entries {
			ids = append(ids, e.ID)
		}
		said = m.choose(ids)
	}
	content, _ := json.Marshal(said)
	w.Header().Set("Content-Type", "text/event-stream")
	fmt.Fprintf(w, `data: {"id":"1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":%s},"finish_reason":"stop"}]}`+"\n\n", content)
	fmt.Fprint(w, `data: {"id":"1","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":300,"completion_tokens":12,"total_tokens":312}}`+"\n\ndata: [DONE]\n\n")
}

// embeds answers with vectors that tell texts apart and mean nothing.
func embeds(w http.ResponseWriter, raw []byte) {
	var body struct{ Input []string }
	_ = json.Unmarshal(raw, &body)
	var rows []string
	for i, text := range body.Input {
		v := make([]int, 64)
		for _, r := range text {
			v[int(r)%64]++
		}
		numbers, _ := json.Marshal(v)
		rows = append(rows, fmt.Sprintf(`{"object":"embedding","index":%d,"embedding":%s}`, i, numbers))
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"object":"list","data":[%s],"model":"e","usage":{"prompt_tokens":20,"total_tokens":20}}`, strings.Join(rows, ","))
}

func (m *modelService) all() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.heard)
}

// settings switch a helper on.
func (m *modelService) settings(v variables, pairs ...string) variables {
	return v.and("PUFA_OPENAI_BASE_URL", m.URL+"/v1", "PUFA_OPENAI_API_KEY", modelKey, "PUFA_OPENAI_MODEL", "m",
		"PUFA_OPENAI_SEND_QUESTIONS", "on", "PUFA_OPENAI_CHOOSE", "on").and(pairs...)
}

func TestServeWithAModel(t *testing.T) {
	t.Parallel()
	m := startModel(t)
	v := m.settings(withAccount(t), "PUFA_OPENAI_DAILY_QUESTIONS", "2", "PUFA_METRICS_ADDR", "127.0.0.1:"+freePort(t))
	h := serveHere(t, v, noon)
	p := platformOf(t, v, h.url, noon)
	first := p.says(p.text(openidOf(2), "100", askUnsure))
	if !strings.Contains(first, bot.Label+"\n\n不存问题，用大模型") || !strings.Contains(first, "\n1 ") {
		t.Errorf("the reply is no labelled menu that tells of the model:\n%s", first)
	}
	if heard := m.all(); len(heard) != 1 || strings.Contains(heard[0], secretTel) || strings.Contains(heard[0], openidOf(2)) || !strings.Contains(heard[0], "彩礼") {
		t.Errorf("the model heard %q, want the masked question once", heard)
	}
	if again := p.says(p.text(openidOf(2), "100", askUnsure)); again != first || len(m.all()) != 1 {
		t.Errorf("delivered again: %q, after %d questions to the model", again, len(m.all()))
	}
	for i, text := range []string{"菜单", "1", "救命，有人拿刀砍人", askReturn, "我被老公打了，家暴，彩礼能不能退"} {
		p.says(p.text(openidOf(2), fmt.Sprint(110+i), text))
	}
	if n := len(m.all()); n != 1 {
		t.Errorf("commands, danger, clear and delicate questions went to the model: %d questions", n)
	}
	p.says(p.text(openidOf(2), "120", askUnsure))
	spent := p.says(p.text(openidOf(2), "121", askUnsure))
	if strings.Contains(spent, bot.Label) || !strings.Contains(spent, "\n1 ") || len(m.all()) != 2 {
		t.Errorf("the third question of two a day: after %d questions to the model\n%s", len(m.all()), spent)
	}
	if other := p.says(p.text(openidOf(3), "122", askUnsure)); !strings.Contains(other, bot.Label) {
		t.Errorf("another resident gets no help:\n%s", other)
	}
	_, metrics := get(t, "http://"+v["PUFA_METRICS_ADDR"]+"/metrics")
	for _, want := range []string{`pufa_model_calls_total{end="chosen",helper="choose"} 3`, `pufa_model_calls_total{end="no_tokens",helper="choose"} 1`, `pufa_model_tokens_total{helper="choose",kind="prompt"} 900`, "pufa_replies_model_total 3"} {
		if !strings.Contains(metrics, want+"\n") {
			t.Errorf("the figures for machines lack %s", want)
		}
	}
	if _, page := get(t, h.url+"/privacy"); !strings.Contains(page, "大模型帮助挑选条目") {
		t.Error("/privacy does not tell of the model")
	}
	v.reportAt(t, noon).hold(t, map[string]int64{"model": 3})
	if strings.Contains(h.log.String(), modelKey) || strings.Contains(h.log.String(), "彩礼") {
		t.Errorf("the log tells too much: %s", h.log)
	}
	v.verifiedAt(t, noon)
}

// A model that is away, or lies, changes no reply, and the day's tokens end.
func TestServeWithABadModel(t *testing.T) {
	t.Parallel()
	plain := repliedBy(t, withAccount(t))
	for name, c := range map[string]struct {
		change func(*modelService)
		pairs  []string
	}{
		"it lies": {func(m *modelService) { m.choose = func([]string) string { return `{"ids":["law/made-up"]}` } }, nil},
		"it writes": {func(m *modelService) {
			m.choose = func([]string) string { return "根据《编造法》，必须退。" }
		}, nil},
		"it is away": {func(m *modelService) { m.Close() }, nil},
		"it says nothing": {func(m *modelService) {
			m.choose = func([]string) string { <-m.closing; return "" }
		}, []string{"PUFA_OPENAI_TIMEOUT", "300ms"}},
		"no tokens are left":  {func(*modelService) {}, []string{"PUFA_OPENAI_DAILY_TOKENS", "100"}},
		"nothing may be sent": {func(*modelService) {}, []string{"PUFA_OPENAI_SEND_QUESTIONS", "off"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := startModel(t)
			c.change(m)
			got := repliedBy(t, m.settings(withAccount(t), c.pairs...))
			if got != plain || strings.Contains(got, bot.Label) {
				t.Errorf("with the model %q, without %q", got, plain)
			}
		})
	}
}

// repliedBy starts a server, asks what the library is unsure of, and stops it.
func repliedBy(t *testing.T, v variables) string {
	t.Helper()
	h := serveHere(t, v, noon)
	defer h.stop()
	p := platformOf(t, v, h.url, noon)
	p.says(p.text(openidOf(2), "99", "菜单")) // the first reply tells of the settings
	start := time.Now()
	text := p.says(p.text(openidOf(2), "100", askUnsure))
	if took := time.Since(start); took > 4500*time.Millisecond {
		t.Errorf("the reply took %s", took)
	}
	return text
}

func TestServeEmbedsItsEntries(t *testing.T) {
	t.Parallel()
	m := startModel(t)
	v := m.settings(withAccount(t), "PUFA_OPENAI_CHOOSE", "off", "PUFA_OPENAI_EMBEDDING_MODEL", "e")
	h := serveHere(t, v, noon)
	kept := filepath.Join(v["PUFA_DATA_DIR"], "embeddings", "*", "*")
	want := len(embedded(libraryOf(t)))
	until(t, "the entries' vectors", func() bool {
		files, _ := filepath.Glob(kept)
		return len(files) == want
	})
	h.stop()
	for _, heard := range m.all() {
		if strings.Contains(heard, "家暴") && strings.Contains(heard, "告诫书") {
			t.Error("a sensitive entry was embedded")
		}
	}
}

func TestEvalWithAModel(t *testing.T) {
	t.Parallel()
	m := startModel(t)
	v := m.settings(noAccount(t), "PUFA_OPENAI_PICK", "on", "PUFA_OPENAI_EMBEDDING_MODEL", "e")
	set := filepath.Join(t.TempDir(), "q.jsonl")
	lines := `{"id":"q1","text":"网购七天无理由退货","expect":{"outcome":"answered","entry":"consumer/seven-day-return"}}
{"id":"q2","text":"彩礼能不能退","expect":{"outcome":"answered","entry":"consumer/seven-day-return"}}
{"id":"q3","text":"` + askReferred + `","expect":{"outcome":"answered","entry":"` + rightEntry + `"}}
`
	if err := os.WriteFile(set, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	e := v.runAt(t, noon, "", "eval", "--llm", "--json", set)
	var rows []helped
	if err := json.Unmarshal([]byte(e.out), &rows); err != nil || e.status != 0 {
		t.Fatalf("eval --llm ended with %d, %v: %s", e.status, err, e.err)
	}
	var names []string
	for _, r := range rows {
		names = append(names, r.Helpers)
		if r.Helpers == "later" && (r.Later == nil || r.Later.Asked != 1 || r.Later.Wrong != 0 || r.Calls != 2) {
			t.Errorf("later answers: %+v", r)
		}
		if r.Later != nil {
			continue
		}
		if r.Right != 1 || r.Wrong != 0 {
			t.Errorf("%s: right %d, wrong %d, want 1 and 0", r.Helpers, r.Right, r.Wrong)
		}
	}
	if !slices.Equal(names, []string{"none", "choose", "pick", "embed", "all", "later"}) || rows[0].Calls != 0 || rows[1].Calls != 2 || rows[1].Tokens != 624 || rows[1].Ends != "choose chosen 2" {
		t.Errorf("eval --llm = %+v", rows)
	}
	e = v.runAt(t, noon, "", "eval", "--llm", set)
	for _, want := range []string{"helpers", "choose against none", "+0", "choose: choose chosen 2\n", "later: of 1 referrals 0 would be"} {
		if !strings.Contains(e.out, want) {
			t.Errorf("eval --llm does not print %q:\n%s", want, e.out)
		}
	}
	if e = noAccount(t).runAt(t, noon, "", "eval", "--llm", set); e.status != 1 || !strings.Contains(e.err, "PUFA_OPENAI_BASE_URL") {
		t.Errorf("without a model: %d %s", e.status, e.err)
	}
	if e = v.runAt(t, noon, "", "eval", "--llm", "--out", "x", set); e.status != 2 {
		t.Errorf("--llm with --out: %d", e.status)
	}
}
