package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"pufa/staff"
)

// calls are one good call of every route.
var calls = map[string]string{
	"/openapi.json": "/openapi.json", "/figures": "/figures?span=month&at=2026-11", "/rules": "/rules", "/entries": "/entries?limit=3",
	"/entries/{topic}/{slug}": "/entries/women/protection-order", "/campaigns": "/campaigns", "/campaigns/{id}": "/campaigns/w38-2",
	"/campaigns/{id}/figures": "/campaigns/w38-2/figures",
}

func TestATokenOpensItsScopeAndNothingElse(t *testing.T) {
	o, h := newAPI(t)
	calls["/entries/{topic}/{slug}"] = "/entries/" + o.lib.Entries()[0].ID
	for _, rt := range routes() {
		path := calls[rt.path]
		if path == "" {
			t.Errorf("%s is not tried", rt.path)
		}
		for _, token := range []string{"", "another", "figures", "entries", "campaigns"} {
			want := http.StatusOK
			switch {
			case rt.scope == "":
			case token == "" || token == "another":
				want = http.StatusUnauthorized
			case token != string(rt.scope):
				want = http.StatusForbidden
			}
			if w := ask(t, h, "GET", path, token); w.Code != want || w.Header().Get("Content-Type") != "application/json; charset=utf-8" {
				t.Errorf("%s with %q: %d, want %d: %s", path, token, w.Code, want, w.Body)
			}
		}
	}
}

func TestWhatIsNotAnsweredIsSaidInJSON(t *testing.T) {
	o, h := newAPI(t)
	sound := *o
	for _, c := range []struct {
		name, method, path, token string
		change                    func(*office)
		status                    int
		code, header, value       string
	}{
		{name: "no token", method: "GET", path: "/rules", status: 401, code: "unauthorized", header: "WWW-Authenticate", value: `Bearer realm="pufa"`},
		{name: "an address that is none", method: "GET", path: "/residents", token: "figures", status: 404, code: "not_found"},
		{name: "the root", method: "GET", path: "", status: 404, code: "not_found"},
		{name: "an entry that is none", method: "GET", path: "/entries/women/none", token: "entries", status: 404, code: "not_found"},
		{name: "a campaign that is none", method: "GET", path: "/campaigns/none", token: "campaigns", status: 404, code: "not_found"},
		{name: "a draft", method: "GET", path: "/campaigns/draft", token: "campaigns", status: 404, code: "not_found"},
		{name: "a draft that was cancelled", method: "GET", path: "/campaigns/w38-3", token: "campaigns", status: 404, code: "not_found"},
		{name: "posting", method: "POST", path: "/rules", token: "figures", status: 405, code: "method_not_allowed", header: "Allow", value: "GET, HEAD"},
		{name: "deleting", method: "DELETE", path: "/campaigns/w38-2", token: "campaigns", status: 405, code: "method_not_allowed"},
		{name: "too often", method: "GET", path: "/rules", token: "figures", change: func(o *office) { o.wait = 1200 * time.Millisecond }, status: 429, code: "too_many_calls", header: "Retry-After", value: "2"},
		{name: "the store is away", method: "GET", path: "/figures?span=year&at=2026", token: "figures", change: func(o *office) { o.down = errTokensDown }, status: 503, code: "unavailable", header: "Retry-After", value: "10"},
		{name: "the store is away for tokens", method: "GET", path: "/rules", token: "x", change: func(o *office) { o.down = errTokensDown }, status: 503, code: "unavailable"},
		{name: "a panic", method: "GET", path: "/figures?span=year&at=2026", token: "figures", change: func(o *office) { o.panics = true }, status: 503, code: "unavailable"},
		{name: "a parameter that is none", method: "GET", path: "/rules?openid=o1", token: "figures", status: 400, code: "bad_request"},
		{name: "a parameter twice", method: "GET", path: "/entries?limit=1&limit=2", token: "entries", status: 400, code: "bad_request"},
		{name: "a query that is none", method: "GET", path: "/rules?%zz", token: "figures", status: 400, code: "bad_request"},
		{name: "a page of nothing", method: "GET", path: "/entries?limit=0", token: "entries", status: 400, code: "bad_request"},
		{name: "too long a page", method: "GET", path: "/campaigns?limit=101", token: "campaigns", status: 400, code: "bad_request"},
		{name: "a day that is written otherwise", method: "GET", path: "/figures?span=day&at=8.3.2026", token: "figures", status: 400, code: "bad_request"},
		{name: "no period", method: "GET", path: "/figures", token: "figures", status: 400, code: "bad_request"},
		{name: "a stretch and a month", method: "GET", path: "/figures?span=month&at=2026-03&from=2026-03-01&to=2026-03-09", token: "figures", status: 400, code: "bad_request"},
		{name: "a stretch without its end", method: "GET", path: "/figures?from=2026-03-01", token: "figures", status: 400, code: "bad_request"},
		{name: "a stretch the wrong way round", method: "GET", path: "/figures?from=2026-03-09&to=2026-03-01", token: "figures", status: 400, code: "bad_request"},
		{name: "a stretch of three years", method: "GET", path: "/figures?from=2024-01-01&to=2026-12-31", token: "figures", status: 400, code: "bad_request"},
		{name: "figures of a campaign that has not begun", method: "GET", path: "/campaigns/w38-1/figures", token: "campaigns", status: 404, code: "not_found"},
		{name: "figures of a draft", method: "GET", path: "/campaigns/draft/figures", token: "campaigns", status: 404, code: "not_found"},
		{name: "a month that is none", method: "GET", path: "/figures?span=month&at=2026-13", token: "figures", status: 400, code: "bad_request"},
		{name: "a year far away", method: "GET", path: "/figures?span=year&at=0001", token: "figures", status: 400, code: "bad_request"},
		{name: "a day that is none", method: "GET", path: "/campaigns?from=gestern", token: "campaigns", status: 400, code: "bad_request"},
		{name: "the state of drafts", method: "GET", path: "/campaigns?status=draft", token: "campaigns", status: 400, code: "bad_request"},
	} {
		t.Run(c.name, func(t *testing.T) {
			*o = sound
			if c.change != nil {
				c.change(o)
			}
			w := ask(t, h, c.method, c.path, c.token)
			var got struct {
				Error struct{ Code, Message string }
			}
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatalf("no JSON: %s", w.Body)
			}
			if w.Code != c.status || got.Error.Code != c.code || !strings.ContainsAny(got.Error.Message, "没参取接这") {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if c.header != "" && w.Header().Get(c.header) != c.value {
				t.Errorf("%s is %q, want %q", c.header, w.Header().Get(c.header), c.value)
			}
			if strings.Contains(w.Body.String(), "192.0.2.1") || strings.Contains(w.Body.String(), "secret") {
				t.Errorf("the cause is told: %s", w.Body)
			}
		})
	}
}

func TestWhoHasTheAnswerGetsNone(t *testing.T) {
	o, h := newAPI(t)
	path := "/figures?span=month&at=2026-11"
	first := ask(t, h, "GET", path, "figures")
	tag := first.Header().Get("ETag")
	o.now = noon.Add(time.Hour) // made later, the same figures
	for header, want := range map[string]int{tag: 304, "*": 304, `"other", ` + tag: 304, strings.TrimPrefix(tag, "W/"): 304, `"other"`: 200} {
		w := ask(t, h, "GET", path, "figures", "If-None-Match", header)
		if w.Code != want || want == 304 && w.Body.Len() > 0 {
			t.Errorf("If-None-Match %s: %d with %d bytes, want %d", header, w.Code, w.Body.Len(), want)
		}
	}
	if w := ask(t, h, "GET", "/figures?span=month&at=2026-10", "figures"); w.Header().Get("ETag") == tag {
		t.Error("another month has the same tag")
	}
	if w := ask(t, h, "GET", path, "", "If-None-Match", tag); w.Code != 401 {
		t.Errorf("without a token: %d", w.Code)
	}
}

func TestEveryPeriodIsToBeHad(t *testing.T) {
	o, h := newAPI(t)
	doc := readContract(t)
	schemaOf := doc.Paths["/figures"]["get"].Responses["200"].Content["application/json"].Schema
	for _, c := range []struct {
		query, from, to string
		split           bool // by topic: only where no other period can be taken away
	}{
		{"span=day&at=2026-03-08", "2026-03-08", "2026-03-08", false},
		{"span=week&at=2026-W10", "2026-03-02", "2026-03-08", false},
		{"span=month&at=2026-03", "2026-03-01", "2026-03-31", true},
		{"span=quarter&at=2026-Q1", "2026-01-01", "2026-03-31", true},
		{"span=year&at=2026", "2026-01-01", "2026-12-31", true},
		{"from=2026-03-05&to=2026-04-09", "2026-03-05", "2026-04-09", false},
		{"from=2026-01-01&to=2026-06-30", "2026-01-01", "2026-06-30", true},
	} {
		w := ask(t, h, "GET", "/figures?"+c.query, "figures")
		var got struct {
			From, To string
			Figures  []struct {
				ID    string
				Value *int64
				By    map[string]map[string]any
			}
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 {
			t.Fatalf("%s: %d %v", c.query, w.Code, err)
		}
		if got.From != c.from || got.To != c.to || *got.Figures[0].Value != 12 || (got.Figures[0].By["topic"] != nil) != c.split {
			t.Errorf("%s: %+v, want %s to %s, split %t", c.query, got, c.from, c.to, c.split)
		}
		doc.hold(t, c.query, schemaOf, w.Body.Bytes())
	}
	one := ask(t, h, "GET", "/campaigns/w38-2/figures", "campaigns").Body.String()
	for _, want := range []string{`"id": "push_opened"`, `"rule": "K34"`, `"value": 31`, `"title": "三八维权周"`} {
		if !strings.Contains(one, want) {
			t.Errorf("the figures of a campaign have no %s: %s", want, one)
		}
	}
	if strings.Contains(one, "王编写的名字") || strings.Contains(one, "内部原因") || o.calls == 0 {
		t.Errorf("more than figures is told: %s", one)
	}
}

func TestPagesOfEntriesHaveEveryEntryOnce(t *testing.T) {
	o, h := newAPI(t)
	seen, after := map[string]bool{}, ""
	for range 100 {
		w := ask(t, h, "GET", "/entries?limit=77&after="+after, "entries")
		var page struct {
			Entries []struct{ ID string }
			Next    string
		}
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Entries {
			if seen[e.ID] {
				t.Errorf("%s comes twice", e.ID)
			}
			seen[e.ID] = true
		}
		if after = page.Next; after == "" {
			break
		}
	}
	if len(seen) != len(o.lib.Entries()) {
		t.Errorf("%d entries, want %d", len(seen), len(o.lib.Entries()))
	}
	w := ask(t, h, "GET", "/entries?topic=consumer&theme=3.15&limit=100", "entries")
	if s := w.Body.String(); strings.Contains(s, `"topic":"women"`) || !strings.Contains(s, `"topic":"consumer"`) {
		t.Errorf("of one topic: %.200s", s)
	}
	w = ask(t, h, "GET", "/entries/consumer/seven-day-return", "entries")
	if s := w.Body.String(); !strings.Contains(s, `"standing":"taken_down"`) || strings.Contains(s, `"short"`) {
		t.Errorf("an entry that was taken down says %s", s)
	}
}

func TestCampaignsAreWithoutNamesAndKeys(t *testing.T) {
	_, h := newAPI(t)
	list, one := ask(t, h, "GET", "/campaigns", "campaigns").Body.String(), ask(t, h, "GET", "/campaigns/w38-2", "campaigns").Body.String()
	for _, secret := range []string{"王编写的名字", "内部原因", "clientmsgid", `"id":"draft"`, `"id":"w38-3"`} {
		if strings.Contains(list+one, secret) {
			t.Errorf("%q is told", secret)
		}
	}
	if a, b := strings.Index(list, "w38-1"), strings.Index(list, "w38-2"); a < 0 || b < a || !strings.Contains(list, "w38-4") {
		t.Errorf("list %s", list)
	}
	if !strings.Contains(one, `"asked":{"value":null,"hidden":true}`) || !strings.Contains(one, `"lift_percent":42.5`) {
		t.Errorf("one %s", one)
	}
	day := func(from, to string) string {
		return ask(t, h, "GET", fmt.Sprintf("/campaigns?from=%s&to=%s&limit=1", from, to), "campaigns").Body.String()
	}
	if s := day("2026-12-10", "2026-12-10"); !strings.Contains(s, `"next":"w38-1"`) {
		t.Errorf("on its day: %s", s)
	}
	if s := day("2026-12-11", "2026-12-31"); !strings.Contains(s, `"campaigns":[]`) {
		t.Errorf("after its day: %s", s)
	}
}

func TestCallsAreCountedOnlyOfWhoMay(t *testing.T) {
	o, h := newAPI(t)
	ask(t, h, "GET", "/rules", "")
	ask(t, h, "GET", "/rules", "entries")
	ask(t, h, "GET", "/openapi.json", "")
	if o.calls != 0 {
		t.Errorf("%d calls were counted", o.calls)
	}
	if w := ask(t, h, "HEAD", "/rules", string(staff.ReadFigures)); w.Code != 200 || o.calls != 1 {
		t.Errorf("HEAD: %d, %d calls", w.Code, o.calls)
	}
}
