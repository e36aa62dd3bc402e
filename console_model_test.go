package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pufa/bot"
	"pufa/bot/llm"
	"pufa/config"
	"pufa/handlers/console"
)

// withManager adds an account that may see the settings, before the program
// serves.
func withManager(t *testing.T, v variables) variables {
	t.Helper()
	if add := v.runAt(t, noon, staffPassword+"\n", "staff", "add", "--roles", "管理", "王管理"); add.status != 0 {
		t.Fatalf("staff add: %s", add.err)
	}
	return v
}

// manager signs that account in.
func manager(t *testing.T, url string) *clerk {
	t.Helper()
	c := newClerk(t, url)
	if at, page := c.ask(t, "/console/sign-in", "name", "王管理", "password", staffPassword); at != "/console/" {
		t.Fatalf("signing in ends at %s: %s", at, page)
	}
	return c
}

// modelRow is a row of the page of the model: its name, today, this month.
func modelRow(name, today, month string) string {
	return `<tr><th scope="row">` + name + `</th><td class="number" data-label="今天">` + today + `</td><td class="number" data-label="本月">` + month + `</td>`
}

func wantRows(t *testing.T, page string, rows ...string) {
	t.Helper()
	for _, row := range rows {
		if !strings.Contains(page, row) {
			t.Errorf("the page lacks %s", row)
		}
	}
}

func TestThePageOfTheModelShowsWhatItDid(t *testing.T) {
	t.Parallel()
	m := startModel(t)
	v := withManager(t, m.settings(withAccount(t), "PUFA_OPENAI_PRICE_IN", "2", "PUFA_OPENAI_PRICE_OUT", "8"))
	h := serveHere(t, v, noon)
	c := manager(t, h.url)
	p := platformOf(t, v, h.url, noon)
	p.says(p.text(openidOf(2), "100", askUnsure))
	m.choose = func([]string) string { return "根据《编造法》，必须退。" }
	p.says(p.text(openidOf(2), "101", askUnsure+"吗"))

	_, page := c.ask(t, "/console/settings/model")
	wantRows(t, page, "选条目。", "200000 个 token 里用了 624 个", "没有打开。",
		modelRow("用上了", "1", "1"), modelRow("照原样", "1", "1"), modelRow("核对没通过", "0", "0"), modelRow("选条目", "2（1）", "2（1）"), modelRow("答非所问", "1", "1"),
		modelRow("发出的 token", "600", "600"), modelRow("收到的 token", "24", "24"), modelRow("大约多少钱", "0.00 元", "0.00 元"))
	for _, secret := range []string{modelKey, "彩礼", openidOf(2), secretTel} {
		if strings.Contains(page, secret) {
			t.Errorf("the page tells %q", secret)
		}
	}
	if _, health := c.ask(t, "/console/settings/health"); !strings.Contains(health, "624 个") || !strings.Contains(health, "/console/settings/model") {
		t.Error("the state of the service does not tell of the model")
	}

	m.choose = func(ids []string) string { return `{"ids":["` + ids[0] + `"]}` }
	for range 2 { // a double click asks once
		if _, page = c.ask(t, "/console/settings/model/try", "x", ""); !strings.Contains(page, "成功，用了") {
			t.Errorf("试一次: %s", page)
		}
	}
	wantRows(t, page, modelRow("试一次", "1（1）", "1（1）"), modelRow("发出的 token", "900", "900"))
	if heard := m.all(); len(heard) != 3 || strings.Contains(heard[2], "彩礼") {
		t.Errorf("the service heard %d requests, the last: %s", len(heard), heard[len(heard)-1])
	}

	h.stop()
	second := serveHere(t, v, noon) // the figures outlive the process, and are not added twice
	c.base = second.url
	_, page = c.ask(t, "/console/settings/model")
	wantRows(t, page, modelRow("用上了", "1", "1"), modelRow("选条目", "2（1）", "2（1）"), modelRow("发出的 token", "900", "900"), "启动以后还没有问过它")
}

func TestATrySaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	m := startModel(t)
	v := withManager(t, m.settings(withAccount(t), "PUFA_OPENAI_EMBEDDING_MODEL", "e"))
	m.Close()
	c := manager(t, serveHere(t, v, noon).url)
	_, page := c.ask(t, "/console/settings/model/try", "x", "")
	wantRows(t, page, "对话模型 m", "向量模型 e", "连不上，或中途断了。", "PUFA_OPENAI_BASE_URL", "条目还没有全部编好")
	if strings.Contains(page, m.URL) || strings.Contains(page, modelKey) {
		t.Error("the page tells the service's address or key")
	}
	c = manager(t, serveHere(t, withManager(t, withAccount(t)), noon).url)
	if _, page = c.ask(t, "/console/settings/model"); !strings.Contains(page, "没有设置。不需要它") || strings.Contains(page, "<table") {
		t.Errorf("without a model: %s", page)
	}
}

func TestModelHealth(t *testing.T) {
	now := noon()
	for _, c := range []struct {
		name  string
		state llm.State
		grade console.Grade
		want  string
	}{
		{"never asked", llm.State{}, console.Plain, "还没有问过"},
		{"it works", llm.State{Worked: now, Failed: now.Add(-time.Hour), End: bot.Late}, console.Good, "正常在用。最近一次成功"},
		{"it failed last", llm.State{Worked: now.Add(-48 * time.Hour), Failed: now, End: bot.Refused}, console.Warn, "最近一次没有成功：被服务商拒绝。"},
		{"it rests", llm.State{Failed: now, End: bot.Failed, RestsUntil: now.Add(30 * time.Second)}, console.Warn, "暂停到 "},
	} {
		t.Run(c.name, func(t *testing.T) {
			if f := modelHealth(c.state, now); f.Grade != c.grade || !strings.Contains(f.Text, c.want) {
				t.Errorf("%s %q, want %s with %q", f.Grade, f.Text, c.grade, c.want)
			}
		})
	}
}

func TestTriedFact(t *testing.T) {
	for _, c := range []struct {
		checked llm.Checked
		grade   console.Grade
		want    string
	}{
		{llm.Checked{End: bot.Chosen, Took: time.Second}, console.Good, "成功，用了 1.0 秒。"},
		{llm.Checked{End: bot.Chosen, Took: 9 * time.Second}, console.Warn, "比居民能等的 3s 慢"},
		{llm.Checked{End: bot.Refused, Status: 401}, console.Bad, "PUFA_OPENAI_API_KEY"},
		{llm.Checked{End: bot.Refused, Status: 402}, console.Bad, "余额"},
		{llm.Checked{End: bot.Refused, Status: 404}, console.Bad, "PUFA_OPENAI_MODEL"},
		{llm.Checked{End: bot.Refused, Status: 429}, console.Bad, "太频繁"},
		{llm.Checked{End: bot.Late}, console.Bad, "PUFA_OPENAI_EXTRA"},
		{llm.Checked{End: bot.Invalid}, console.Bad, "换一个模型"},
		{llm.Checked{End: bot.Unpaid}, console.Bad, "额度用完"},
	} {
		f := triedFact("对话模型", c.checked, 3*time.Second)
		if f.Grade != c.grade || !strings.Contains(f.Text+f.Mend, c.want) {
			t.Errorf("%+v: %s %q %q, want %s with %q", c.checked, f.Grade, f.Text, f.Mend, c.grade, c.want)
		}
	}
}

// Every end and effect has its words and stands on the page.
func TestEveryFigureOfTheModelIsShown(t *testing.T) {
	month := map[string]int64{}
	n := int64(1000)
	next := func(field string) {
		n++
		month[field] = n
	}
	for _, e := range bot.Effects() {
		next(effectField + string(e))
	}
	for _, e := range bot.Ends() {
		if endNames[e] == "" || endText(e, 0) == "。" {
			t.Errorf("%s has no words", e)
		}
		if e != bot.Chosen {
			next("choose/" + string(e))
		}
	}
	next("choose" + promptField)
	shown := fmt.Sprint(modelTables(map[string]int64{}, month, config.OpenAI{PriceIn: 2}))
	for field, n := range month {
		if !strings.Contains(shown, fmt.Sprintf(" %d ", n)) {
			t.Errorf("%s is not shown", field)
		}
	}
	costs := modelTables(nil, map[string]int64{"choose" + promptField: 5_000_000, "choose" + completionField: 1_000_000, "embed" + promptField: 2_000_000},
		config.OpenAI{PriceIn: 2, PriceOut: 8, PriceEmbedding: 0.5})
	last := costs[len(costs)-1].Lines
	if got := last[len(last)-1]; got.Today != "0.00 元" || got.Month != "19.00 元" {
		t.Errorf("5 million at 2, 1 at 8 and 2 at 0.5 yuan cost %+v", got)
	}
	free := modelTables(nil, month, config.OpenAI{})
	if text := fmt.Sprint(free[len(free)-1]); strings.Contains(text, " 元") || !strings.Contains(text, "没有填单价") {
		t.Errorf("without prices: %s", text)
	}
}
