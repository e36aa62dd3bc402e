package llm

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pufa/bot"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// service is an OpenAI-compatible service on loopback that says what a test
// wants, over real HTTP and SSE.
type service struct {
	*httptest.Server
	mu    sync.Mutex
	heard []heard
	say   func(w http.ResponseWriter, r *http.Request, body map[string]any)
}

// heard is one request.
type heard struct {
	path, auth string
	raw        string
	body       map[string]any
}

func newService(t *testing.T, say func(http.ResponseWriter, *http.Request, map[string]any)) *service {
	t.Helper()
	s := &service{say: say}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		var body map[string]any
		if err := json.Unmarshal(raw, &body); err != nil {
			t.Errorf("request is no JSON: %v", err)
		}
		s.mu.Lock()
		s.heard = append(s.heard, heard{r.URL.Path, r.Header.Get("Authorization"), string(raw), body})
		s.mu.Unlock()
		s.say(w, r, body)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *service) requests() []heard {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]heard(nil), s.heard...)
}

// client asks the service; its connections end with the test.
func (s *service) client(t *testing.T, change ...func(*Config)) *Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	cfg := Config{BaseURL: s.URL + "/v1", APIKey: "key-of-the-test", Model: "test-model", EmbeddingModel: "test-embedding", Transport: transport}
	for _, c := range change {
		c(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// says answers every request with a status and a body as it stands.
func says(status int, kind, body string, headers ...string) func(http.ResponseWriter, *http.Request, map[string]any) {
	return func(w http.ResponseWriter, _ *http.Request, _ map[string]any) {
		w.Header().Set("Content-Type", kind)
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

const (
	sse     = "text/event-stream"
	isJSON  = "application/json"
	isHTML  = "text/html"
	aChoice = `{"ids":["b/two"]}`
)

// quoted is a text as it stands inside JSON.
func quoted(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}

// The shapes of streams, from the services' documents; said is the content.
func openAIStream(said string) string {
	const head = `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1763900000,"model":"gpt-4o-mini","service_tier":"default","system_fingerprint":"fp_1",`
	var b strings.Builder
	b.WriteString(head + `"choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null}` + "\n\n")
	for _, r := range said {
		fmt.Fprintf(&b, head+`"choices":[{"index":0,"delta":{"content":%s},"logprobs":null,"finish_reason":null}],"usage":null}`+"\n\n", quoted(string(r)))
	}
	b.WriteString(head + `"choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}` + "\n\n")
	b.WriteString(head + `"choices":[],"usage":{"prompt_tokens":100,"completion_tokens":10,"total_tokens":110,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}}` + "\n\ndata: [DONE]\n\n")
	return b.String()
}

// DeepSeek keeps a connection alive with comments, thinks in a field of its
// own, and puts the usage into the last part that has a choice.
func deepSeekStream(said string) string {
	const head = `data: {"id":"1f63","object":"chat.completion.chunk","created":1763900000,"model":"deepseek-chat","system_fingerprint":"fp_2",`
	return ": keep-alive\n\n: keep-alive\n\n" +
		head + `"choices":[{"index":0,"delta":{"role":"assistant","content":null,"reasoning_content":"他问的是押金"},"logprobs":null,"finish_reason":null}]}` + "\n\n" +
		head + `"choices":[{"index":0,"delta":{"content":` + quoted(said) + `,"reasoning_content":null},"logprobs":null,"finish_reason":null}]}` + "\n\n" +
		head + `"choices":[{"index":0,"delta":{"content":"","reasoning_content":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":100,"completion_tokens":10,"total_tokens":110,"prompt_tokens_details":{"cached_tokens":64},"prompt_cache_hit_tokens":64,"prompt_cache_miss_tokens":36}}` + "\n\ndata: [DONE]\n\n"
}

// Qwen behind DashScope's compatible mode: the usage comes in a part without
// choices.
func qwenStream(said string) string {
	const tail = `"object":"chat.completion.chunk","created":1763900000,"system_fingerprint":null,"model":"qwen-plus","id":"chatcmpl-3"}` + "\n\n"
	return `data: {"choices":[{"delta":{"content":"","role":"assistant"},"index":0,"logprobs":null,"finish_reason":null}],"usage":null,` + tail +
		`data: {"choices":[{"finish_reason":null,"delta":{"content":` + quoted(said) + `},"index":0,"logprobs":null}],"usage":null,` + tail +
		`data: {"choices":[{"finish_reason":"stop","delta":{"content":""},"index":0,"logprobs":null}],"usage":null,` + tail +
		`data: {"choices":[],"usage":{"prompt_tokens":100,"completion_tokens":10,"total_tokens":110,"prompt_tokens_details":{"cached_tokens":0}},` + tail + "data: [DONE]\n\n"
}

// llama.cpp adds its timings.
func llamaStream(said string) string {
	const tail = `"created":1763900000,"id":"chatcmpl-4","model":"qwen3-8b-q4.gguf","system_fingerprint":"b6000-1","object":"chat.completion.chunk"`
	return `data: {"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}}],` + tail + "}\n\n" +
		`data: {"choices":[{"finish_reason":null,"index":0,"delta":{"content":` + quoted(said) + `}}],` + tail + "}\n\n" +
		`data: {"choices":[{"finish_reason":"stop","index":0,"delta":{}}],` + tail + "}\n\n" +
		`data: {"choices":[],` + tail + `,"usage":{"completion_tokens":10,"prompt_tokens":100,"total_tokens":110},"timings":{"cache_n":0,"prompt_n":100,"prompt_ms":80.1,"predicted_n":10,"predicted_ms":210.7}}` + "\n\ndata: [DONE]\n\n"
}

// purse lets a test see what is paid.
type purse struct {
	mu           sync.Mutex
	empty        bool
	takes        int
	taken, spent int
}

func (p *purse) Take(_ context.Context, tokens int) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.empty {
		return bot.ErrNoTokens
	}
	p.takes++
	p.taken += tokens
	return nil
}

func (p *purse) Settle(_ context.Context, _, spent int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.spent += spent
}

var offered = []bot.Option{
	{ID: "a/one", Title: "押金", Gist: "房东要退。"}, {ID: "b/two", Title: "工资", Gist: "老板要发。"}, {ID: "c/three", Title: "退货", Gist: "七天能退。"},
}

// choose asks once, within the time of a reply.
func choose(t *testing.T, c *Client, p bot.Purse) ([]string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	return c.Choose(ctx, p, "老板不给钱", offered)
}

// ends are the ends of a helper's calls so far.
func ends(c *Client, helper string) map[bot.End]int64 {
	for _, u := range c.Uses() {
		if u.Helper == helper {
			return u.Ends
		}
	}
	return nil
}
