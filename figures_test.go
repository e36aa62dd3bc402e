package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

var shownToken = regexp.MustCompile(`pufa_[0-9a-f]{12}_[A-Za-z0-9_-]{43}`)

// TestFiguresInTheConsoleAndTheInterface goes the way of an office: register an
// activity, look at the month, fetch the report, give a data platform a token
// and take it back.
func TestFiguresInTheConsoleAndTheInterface(t *testing.T) {
	t.Parallel()
	out := firstStart(t, withAccount(t), noon)
	until(t, "the link to the first account", func() bool { return firstLink.MatchString(out.String()) })
	link := firstLink.FindStringSubmatch(out.String())
	token, _ := url.QueryUnescape(strings.TrimPrefix(link[2], "/console/first?token="))
	c := newClerk(t, link[1])
	if at, page := c.ask(t, "/console/first", "token", token, "name", "王管理", "password", "窗外的雨下了一整夜42", "again", "窗外的雨下了一整夜42"); at != "/console/" {
		t.Fatalf("after the first account one is at %s: %s", at, page)
	}
	day := noon().Format("2006-01-02")
	t.Run("without the role nothing is registered", func(t *testing.T) {
		if _, page := c.ask(t, "/console/activities/new", "kind", "宣讲会", "on", day, "place", "东门社区"); !strings.Contains(page, "没有办这件事的角色") {
			t.Errorf("page %s", page)
		}
	})
	t.Run("the dashboards and the report", func(t *testing.T) {
		for _, span := range []string{"day", "week", "month", "quarter", "year"} {
			if _, page := c.ask(t, "/console/figures?span="+span); !strings.Contains(page, "收到的消息") || !strings.Contains(page, "rules#K01") {
				t.Errorf("%s: %s", span, page)
			}
		}
		_, page := c.ask(t, "/console/figures/report/file?span=month&format=json")
		var report struct {
			Figures []struct {
				ID string `json:"id"`
			} `json:"figures"`
		}
		if err := json.Unmarshal([]byte(page), &report); err != nil || len(report.Figures) == 0 || report.Figures[0].ID != "messages" {
			t.Errorf("%v: %s", err, page)
		}
	})
	t.Run("a token reads until it is withdrawn", func(t *testing.T) { readsByToken(t, c) })
}

func readsByToken(t *testing.T, c *clerk) {
	_, page := c.ask(t, "/console/figures/tokens", "name", "区局数据平台", "scope", "figures", "scope", "entries", "days", "90")
	text := shownToken.FindString(page)
	if text == "" {
		t.Fatalf("no token on %s", page)
	}
	read := func(path string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.base+"/api/v1"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+text)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(body)
	}
	for path, want := range map[string]int{
		"/figures?span=month&at=" + noon().Format("2006-01"): 200, "/entries?limit=2": 200, "/entries/consumer/seven-day-return": 200,
		"/figures?span=day&at=" + noon().Format("2006-01-02"): 200, "/figures?from=2026-01-05&to=" + noon().Format("2006-01-02"): 200,
		"/campaigns": 403, "/campaigns/none/figures": 403, "/openapi.json": 200, "/none": 404, "/figures": 400,
	} {
		if code, body := read(path); code != want || !json.Valid([]byte(body)) {
			t.Errorf("%s: %d, want %d: %.200s", path, code, want, body)
		}
	}
	many := 0
	for range 40 {
		if code, _ := read("/rules"); code == http.StatusTooManyRequests {
			many++
		}
	}
	if many == 0 {
		t.Error("forty calls at once were let through")
	}
	id := text[len("pufa_"):][:12]
	if _, page := c.ask(t, fmt.Sprintf("/console/figures/tokens/%s/withdraw", id), "x", ""); !strings.Contains(page, "令牌已撤销") {
		t.Errorf("withdrawn: %s", page)
	}
	if code, _ := read("/rules"); code != http.StatusUnauthorized {
		t.Errorf("a withdrawn token reads: %d", code)
	}
	if _, page := c.ask(t, "/console/settings/trail"); !strings.Contains(page, "生成接口令牌") || !strings.Contains(page, "撤销接口令牌") || strings.Contains(page, text) {
		t.Errorf("the trail: %s", page)
	}
}
