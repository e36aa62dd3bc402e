package llm

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pufa/bot"
)

func TestShapesOfReplies(t *testing.T) {
	cases := []struct {
		name, stream string
	}{
		{"OpenAI", openAIStream(aChoice)},
		{"DeepSeek, which thinks and keeps alive", deepSeekStream(aChoice)},
		{"Qwen through DashScope", qwenStream(aChoice)},
		{"llama.cpp", llamaStream(aChoice)},
		{"Qwen in llama.cpp, which thinks aloud", llamaStream("<think>\n他问工资\n</think>\n\n" + aChoice)},
		{"a reply in the fence of a code block", qwenStream("```json\n" + aChoice + "\n```")},
		{"a stream that ends finished, without DONE", strings.TrimSuffix(openAIStream(aChoice), "data: [DONE]\n\n")},
		{"lines that end in CR LF", strings.ReplaceAll(openAIStream(aChoice), "\n", "\r\n")},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := newService(t, says(http.StatusOK, sse, c.stream))
			client, p := s.client(t), &purse{}
			ids, err := choose(t, client, p)
			if err != nil || !slices.Equal(ids, []string{"b/two"}) {
				t.Fatalf("Choose = %v, %v, want b/two", ids, err)
			}
			if p.spent != 110 || p.taken < 110 {
				t.Errorf("spent %d of %d taken, want the 110 of the usage", p.spent, p.taken)
			}
			u := client.Uses()[slices.IndexFunc(client.Uses(), func(u bot.Use) bool { return u.Helper == chooseHelper })]
			if u.PromptTokens != 100 || u.CompletionTokens != 10 || u.Ends[bot.Chosen] != 1 || u.Took <= 0 {
				t.Errorf("use = %+v", u)
			}
			wantRequest(t, s.requests())
		})
	}
}

// wantRequest looks at what went over the wire.
func wantRequest(t *testing.T, list []heard) {
	t.Helper()
	if len(list) != 1 {
		t.Fatalf("%d requests, want 1", len(list))
	}
	r := list[0]
	if r.path != "/v1/chat/completions" || r.auth != "Bearer key-of-the-test" || r.body["stream"] != true || r.body["model"] != "test-model" {
		t.Errorf("request = %s %s %v", r.path, r.auth, r.body)
	}
	for _, want := range []string{"老板不给钱", "a/one", "b/two", `"temperature":1e-45`, `"include_usage":true`, `"max_tokens":160`, `"json_schema"`, `"enum"`} {
		if !strings.Contains(r.raw, want) {
			t.Errorf("request lacks %s:\n%s", want, r.raw)
		}
	}
	if strings.Contains(r.raw, `"user":`) {
		t.Error("the request names a user")
	}
}

func TestReasoningModelsAndExtraFields(t *testing.T) {
	s := newService(t, says(http.StatusOK, sse, openAIStream(aChoice)))
	c := s.client(t, func(cfg *Config) {
		cfg.Model = "gpt-5-mini"
		cfg.Extra = map[string]any{"enable_thinking": false, "model": "another"}
	})
	if _, err := choose(t, c, &purse{}); err != nil {
		t.Fatal(err)
	}
	r := s.requests()[0]
	if r.body["max_completion_tokens"] == nil || r.body["max_tokens"] != nil || r.body["temperature"] != nil {
		t.Errorf("a reasoning model is asked with %s", r.raw)
	}
	if r.body["enable_thinking"] != false || r.body["model"] != "gpt-5-mini" {
		t.Errorf("extra fields: enable_thinking %v, model %v", r.body["enable_thinking"], r.body["model"])
	}
}

// Errors as the services' documents give them.
func TestShapesOfErrors(t *testing.T) {
	cases := []struct {
		name    string
		status  int
		kind    string
		body    string
		end     bot.End
		charged bool
		rests   bool // the service is left alone at once
	}{
		{"OpenAI: wrong key", 401, isJSON, `{"error":{"message":"Incorrect API key provided.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}`, bot.Refused, false, true},
		{"OpenAI: no money", 429, isJSON, `{"error":{"message":"You exceeded your current quota.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}`, bot.Refused, false, true},
		{"OpenAI: overloaded", 503, isJSON, `{"error":{"message":"The engine is currently overloaded.","type":"server_error","param":null,"code":null}}`, bot.Refused, false, false},
		{"DeepSeek: no money", 402, isJSON, `{"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}}`, bot.Refused, false, true},
		{"DashScope: wrong key", 401, isJSON, `{"error":{"message":"Incorrect API key provided.","type":"invalid_request_error","param":null,"code":"invalid_api_key"},"request_id":"1-2-3"}`, bot.Refused, false, true},
		{"DashScope: throttled, in its own shape", 429, isJSON, `{"code":"Throttling.RateQuota","message":"Requests rate limit exceeded.","request_id":"1-2-3"}`, bot.Refused, false, true},
		{"DashScope: inspected", 400, isJSON, `{"error":{"code":"data_inspection_failed","param":null,"message":"Input data may contain inappropriate content.","type":"data_inspection_failed"},"request_id":"1-2-3"}`, bot.Refused, false, false},
		{"llama.cpp: still loading", 503, isJSON, `{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}`, bot.Refused, false, false},
		{"llama.cpp: context too small", 400, isJSON, `{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_prompt_tokens":900,"n_ctx":512}}`, bot.Refused, false, false},
		{"a proxy's page with 502", 502, isHTML, "<html><body>502 Bad Gateway</body></html>", bot.Refused, false, false},
		{"a page with status 200", 200, isHTML, "<html><body>请登录</body></html>", bot.Failed, true, false},
		{"an error with status 200", 200, isJSON, `{"error":{"message":"busy","type":"server_error","param":null,"code":null}}`, bot.Failed, true, false},
		{"an error inside the stream", 200, sse, `data: {"error":{"message":"internal","type":"server_error","param":null,"code":null}}` + "\n\n", bot.Failed, true, false},
		{"a stream that breaks off", 200, sse, openAIStream(aChoice)[:900], bot.Failed, true, false},
		{"a stream that says nothing", 200, sse, "data: [DONE]\n\n", bot.Failed, true, false},
		{"no choices at all", 200, sse, `data: {"id":"1","object":"chat.completion.chunk","choices":[]}` + "\n\ndata: [DONE]\n\n", bot.Failed, true, false},
		{"cut at the limit", 200, sse, strings.Replace(openAIStream(aChoice), `"finish_reason":"stop"`, `"finish_reason":"length"`, 1), bot.Failed, false, false},
		{"stopped by a filter", 200, sse, strings.Replace(openAIStream(aChoice), `"finish_reason":"stop"`, `"finish_reason":"content_filter"`, 1), bot.Failed, false, false},
		{"DeepSeek: out of machines half-way", 200, sse, strings.Replace(deepSeekStream(aChoice), `"finish_reason":"stop"`, `"finish_reason":"insufficient_system_resource"`, 1), bot.Failed, false, false},
		{"broken JSON in a part", 200, sse, "data: {\"choices\":[{\n\n", bot.Failed, true, false},
		{"a megabyte of text", 200, sse, openAIStream(strings.Repeat("赔", 1<<14)), bot.Failed, true, false},
		{"a megabyte without a line's end", 200, sse, "data: " + strings.Repeat("x", 1<<20), bot.Failed, true, false},
		{"sent elsewhere", 307, isHTML, "", bot.Failed, true, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := newService(t, says(c.status, c.kind, c.body, "Location", "http://127.0.0.1:1/"))
			client, p := s.client(t), &purse{}
			ids, err := choose(t, client, p)
			if err == nil || ids != nil {
				t.Fatalf("Choose = %v, %v, want an error", ids, err)
			}
			for _, leak := range []string{"key", "API", "赔", "message", "Bad Gateway", "127.0.0.1"} {
				if strings.Contains(err.Error(), leak) {
					t.Errorf("the error tells %q: %v", leak, err)
				}
			}
			if got := ends(client, chooseHelper); got[c.end] != 1 {
				t.Errorf("ends = %v, want %s", got, c.end)
			}
			if charged := p.spent == p.taken; charged != c.charged {
				t.Errorf("spent %d of %d taken, want all of it: %v", p.spent, p.taken, c.charged)
			}
			if rests := !client.breaker.allow(); rests != c.rests {
				t.Errorf("the service is left alone: %v, want %v", rests, c.rests)
			}
		})
	}
}

// A service that knows no schema is asked in simpler ways, at once and from
// then on.
func TestSimplerForms(t *testing.T) {
	refusing := func(known func(format any) bool) func(http.ResponseWriter, *http.Request, map[string]any) {
		return func(w http.ResponseWriter, r *http.Request, body map[string]any) {
			if !known(body["response_format"]) {
				says(400, isJSON, `{"error":{"message":"This response_format type is unavailable now","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}`)(w, r, body)
				return
			}
			says(200, sse, deepSeekStream(aChoice))(w, r, body)
		}
	}
	isObject := func(f any) bool { m, _ := f.(map[string]any); return f == nil || m["type"] == "json_object" }
	for _, c := range []struct {
		name  string
		known func(any) bool
		first int
	}{
		{"DeepSeek knows json_object", isObject, 2},
		{"a small server knows neither", func(f any) bool { return f == nil }, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newService(t, refusing(c.known))
			client := s.client(t)
			for _, want := range []int{c.first, c.first + 1} {
				if ids, err := choose(t, client, &purse{}); err != nil || len(ids) != 1 {
					t.Fatalf("Choose = %v, %v", ids, err)
				}
				if n := len(s.requests()); n != want {
					t.Errorf("%d requests so far, want %d", n, want)
				}
			}
		})
	}
}

func TestRepliesThatAreNoChoice(t *testing.T) {
	for name, said := range map[string]string{
		"an entry is made up":       `{"ids":["law/made-up"]}`,
		"one of two is made up":     `{"ids":["b/two","law/made-up"]}`,
		"one twice":                 `{"ids":["b/two","b/two"]}`,
		"too many":                  `{"ids":["a/one","b/two","c/three","a/one"]}`,
		"another field":             `{"ids":["b/two"],"answer":"必须赔"}`,
		"no field":                  `{}`,
		"null":                      `{"ids":null}`,
		"a number":                  `{"ids":[2]}`,
		"not a number":              `{"ids":["b/two"],"score":NaN}`,
		"words before":              `好的：{"ids":["b/two"]}`,
		"words behind":              `{"ids":["b/two"]} 请打999`,
		"two objects":               `{"ids":["b/two"]}{"ids":["a/one"]}`,
		"only words":                "根据《编造法》第九百九十九条，房东必须赔您十倍。",
		"the prompt":                chooseSystem,
		"another language":          "The second entry applies.",
		"broken JSON":               `{"ids":["b/two"`,
		"nothing":                   "",
		"a thought without its end": "<think>他问的是" + aChoice,
	} {
		t.Run(name, func(t *testing.T) {
			client := newService(t, says(200, sse, qwenStream(said))).client(t)
			ids, err := choose(t, client, &purse{})
			if !errors.Is(err, errNoChoice) || ids != nil {
				t.Errorf("Choose = %v, %v, want no choice", ids, err)
			}
			if got := ends(client, chooseHelper); got[bot.Invalid] != 1 {
				t.Errorf("ends = %v, want invalid", got)
			}
		})
	}
	client := newService(t, says(200, sse, qwenStream(`{"ids":[]}`))).client(t)
	if ids, err := choose(t, client, &purse{}); err != nil || len(ids) != 0 || ends(client, chooseHelper)[bot.NothingFits] != 1 {
		t.Errorf("none fits: %v, %v, %v", ids, err, ends(client, chooseHelper))
	}
}

func TestPick(t *testing.T) {
	sentences := []string{"要退。", "要赔。", "不用。", "另算。"}
	for _, c := range []struct {
		name, said string
		want       []int
		ok         bool
	}{
		{"two sentences", `{"numbers":[4,1]}`, []int{3, 0}, true},
		{"none", `{"numbers":[]}`, nil, true},
		{"number 0", `{"numbers":[0]}`, nil, false},
		{"one past the end", `{"numbers":[5]}`, nil, false},
		{"a half", `{"numbers":[1.5]}`, nil, false},
		{"huge", `{"numbers":[1e99]}`, nil, false},
		{"three", `{"numbers":[1,2,3]}`, nil, false},
		{"a sentence of its own", `{"numbers":["可以不退。"]}`, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newService(t, says(200, sse, openAIStream(c.said)))
			got, err := s.client(t).Pick(t.Context(), &purse{}, "押金怎么办", "押金", sentences)
			if !slices.Equal(got, c.want) || (err == nil) != c.ok {
				t.Errorf("Pick = %v, %v, want %v", got, err, c.want)
			}
		})
	}
}

func TestWhoeverPaysNothingIsNotServed(t *testing.T) {
	s := newService(t, says(200, sse, openAIStream(aChoice)))
	c := s.client(t)
	if _, err := choose(t, c, &purse{empty: true}); !errors.Is(err, bot.ErrNoTokens) || len(s.requests()) != 0 {
		t.Errorf("Choose: %v, %d requests, want no tokens and none", err, len(s.requests()))
	}
}

// A service that does not answer is given up in time, and its slots are free
// again; while they are taken nobody waits for one.
func TestSilenceAndCrowd(t *testing.T) {
	release := make(chan struct{})
	s := newService(t, func(w http.ResponseWriter, r *http.Request, _ map[string]any) {
		w.Header().Set("Content-Type", sse)
		_, _ = w.Write([]byte(": keep-alive\n\n"))
		w.(http.Flusher).Flush()
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	defer close(release)
	c := s.client(t)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	done := make(chan error, maxAtOnce)
	for range maxAtOnce {
		go func() {
			_, err := c.Choose(ctx, &purse{}, "老板不给钱", offered)
			done <- err
		}()
	}
	for len(c.slots) < maxAtOnce && ctx.Err() == nil {
	}
	if _, err := choose(t, c, &purse{}); !errors.Is(err, errBusy) {
		t.Errorf("one call too many: %v, want busy", err)
	}
	for range maxAtOnce {
		if err := <-done; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a silent service: %v, want the deadline", err)
		}
	}
	if got := ends(c, chooseHelper); got[bot.Late] != maxAtOnce || got[bot.Busy] != 1 {
		t.Errorf("ends = %v", got)
	}
	if _, err := choose(t, c, &purse{}); !errors.Is(err, errResting) {
		t.Errorf("after %d silences: %v, want it left alone", maxAtOnce, err)
	}
}

func TestBreakerLetsOneTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &breaker{now: time.Now}
		for range breakAfter {
			if !b.allow() {
				t.Fatal("it rests too early")
			}
			b.failed(0)
		}
		if b.allow() {
			t.Error("after three failures the service is asked on")
		}
		time.Sleep(breakFor)
		if !b.allow() || b.allow() {
			t.Error("after the pause one, and only one, tries")
		}
		b.worked()
		if !b.allow() {
			t.Error("a service that works again is not asked")
		}
		b.failed(48 * time.Hour)
		time.Sleep(longestFor)
		if !b.allow() {
			t.Error("it rests longer than the longest")
		}
	})
}

func TestRetryAfterIsKept(t *testing.T) {
	now := time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)
	s := newService(t, says(429, isJSON, `{"error":{"message":"slow down","type":"requests","param":null,"code":"rate_limit_exceeded"}}`, "Retry-After", "120"))
	c := s.client(t, func(cfg *Config) { cfg.Now = func() time.Time { return now } })
	_, _ = choose(t, c, &purse{})
	now = now.Add(119 * time.Second)
	if _, err := choose(t, c, &purse{}); !errors.Is(err, errResting) || len(s.requests()) != 1 {
		t.Errorf("before its time: %v, %d requests", err, len(s.requests()))
	}
	now = now.Add(time.Second)
	if _, err := choose(t, c, &purse{}); errors.Is(err, errResting) {
		t.Error("after its time the service is not asked")
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	for name, cfg := range map[string]Config{
		"no address": {Model: "m"}, "no host": {BaseURL: "v1", Model: "m"}, "no model": {BaseURL: "http://127.0.0.1:1/v1"},
	} {
		if _, err := New(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// Whatever a model says, only what was offered comes out of it.
func FuzzReply(f *testing.F) {
	for _, said := range []string{aChoice, `{"ids":["x"]}`, "<think>", "```json\n{}\n```", `{"ids":null}`, `[[[[`, "{\"ids\":[\"b/two\"]}\x00"} {
		f.Add(said)
	}
	known := []string{"a/one", "b/two", "c/three"}
	f.Fuzz(func(t *testing.T, said string) {
		var reply struct {
			IDs *[]string `json:"ids"`
		}
		if !decode(said, &reply) || reply.IDs == nil || !areSome(*reply.IDs, known, bot.MaxChosen) {
			return
		}
		for _, id := range *reply.IDs {
			if !slices.Contains(known, id) {
				t.Errorf("%q became %q", said, id)
			}
		}
	})
}
