package console

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"pufa/content"
	"pufa/content/edit"
	"pufa/report"
	"pufa/stats"
)

func TestTheTestBench(t *testing.T) {
	for _, c := range []struct {
		name, who, text string
		status          int
		say             []string
	}{
		{"an answer, with why", "王编", "网购的裙子收到货五天了能无理由退货吗", 200, []string{"直接回答", "只有一条明显对得上", "您问的是：", known, "加为它的问法", "最像的问法"}},
		{"what is not known", "王编", "月亮上能不能种菜呀", 200, []string{"用这句话写一个新条目", "12348"}},
		{"danger comes first", "王编", "我老公正在打我救命", 200, []string{"紧急求助卡", "110", "没有去比条目"}},
		{"whoever only looks adds nothing", "孙看", "网购的裙子收到货五天了能无理由退货吗", 200, []string{"您问的是："}},
		{"nothing typed", "孙看", "  ", 422, []string{"请先写一句"}},
		{"words that would run", "王编", `<script>alert(1)</script>"'`, 200, []string{"&lt;script&gt;alert(1)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, r := contentDesk(t)
			resp, page := d.signedIn(t, c.who).post(t, benchPath, "text", c.text)
			says(t, resp, page, c.status, c.say...)
			if c.who == "孙看" && strings.Contains(page, "加为它的问法") || strings.Contains(page, "<script>alert") {
				t.Errorf("it says too much:\n%s", mainOf(page))
			}
			if len(r.steps) > 0 {
				t.Errorf("something was kept: %v", r.steps)
			}
		})
	}
}

func TestAQuestionOfTheBenchGoesIntoTheForm(t *testing.T) {
	d, r := contentDesk(t)
	d.signedIn(t, "王编")
	resp, page := d.post(t, contentPath+"/"+known+"/edit", "do", "ask", "ask", "买了三天的鞋\n能退不 ")
	says(t, resp, page, 200, "买了三天的鞋 能退不</textarea>")
	form := formIn(t, page, contentPath+"/"+known+"/edit")
	form.Set("do", "save")
	form.Set("reason", "居民这样问")
	d.send(t, contentPath+"/"+known+"/edit", form)
	if v := r.versions[known]; len(v) != 1 || !strings.Contains(v[0].Text, "  - 买了三天的鞋 能退不\n") {
		t.Errorf("kept %+v", v)
	}
}

func TestTheBoardOfGaps(t *testing.T) {
	gaps := func(texts bool) GapReader {
		return func(_ context.Context, p stats.Period, _ time.Time) (report.Gaps, error) {
			g := report.Gaps{Period: p, Title: func(id string) string { return map[string]string{known: "七天退货"}[id] }}
			g.Gaps.Value = 12
			for _, s := range stats.Shapes() {
				row := stats.GapShape{Shape: s}
				if s.ID == "unsure" {
					row.Value, row.Rest = 12, true
					row.Near = []stats.Near{{ID: known, Cell: stats.Cell{Value: 7}}}
				}
				g.Gaps.Shapes = append(g.Gaps.Shapes, row)
			}
			g.Texts.Until = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
			if texts {
				g.Texts.On = true
				g.Texts.List = []report.GapText{{Text: `店名<b>被"抢注`, Shape: "unsure", Near: known, Residents: stats.Cell{Hidden: true}}}
			}
			return g, nil
		}
	}
	for _, c := range []struct {
		name, who string
		read      GapReader
		query     string
		status    int
		say, not  []string
	}{
		{
			"shapes with what is near", "孙看", gaps(false), "", 200,
			[]string{"<b>12</b> 次", "有相近的条目，把握不够", "7次", "七天退货", "其余的，每个条目少于5次", "不留原话"},
			[]string{"没有相近的条目", "写成新条目"},
		},
		{
			"words, where they are kept", "王编", gaps(true), "?month=2026-10", 200,
			[]string{"店名&lt;b&gt;被&#34;抢注", "少于5人", "写成新条目", `action="/console/bench"`, "12月1日全部删除", `value="2026-10" selected`},
			[]string{"<b>被", "bench?"},
		},
		{"a month that is none", "孙看", gaps(false), "?month=x", 404, nil, nil},
		{"the store is away", "孙看", func(context.Context, stats.Period, time.Time) (report.Gaps, error) {
			return report.Gaps{}, errors.New("away")
		}, "", 503, []string{sayAway}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, _ := contentDesk(t, func(cfg *Config) { cfg.Gaps = c.read })
			resp, page := d.signedIn(t, c.who).get(t, gapsPath+c.query)
			says(t, resp, page, c.status, c.say...)
			for _, w := range c.not {
				if strings.Contains(mainOf(page), w) {
					t.Errorf("%q is said", w)
				}
			}
		})
	}
}

// TestHostileWordsRunNowhere: an entry in which every field would run is shown
// on every page, and runs on none.
func TestHostileWordsRunNowhere(t *testing.T) {
	const evil = `<img src=x onerror=alert(1)>"'{{.}}`
	d, r := contentDesk(t)
	text := entryText(t, known, func(e *content.Entry) {
		e.Title, e.Short, e.Keywords[0] = `<b>"x"</b>`, evil, evil
		e.Questions[0], e.Questions[1] = evil+"？", "javascript:alert(1)"
		e.Lines[1].Text = `"><svg onload=alert(1)>`
		e.Citations[0].Gist = `<i>'"</i>`
		e.Remedy = content.Remedy{Door: evil, Bring: evil, Deadline: evil, Cost: evil, Where: evil, Hotlines: []string{"12315"}}
		e.Not = []content.Lookalike{{Ask: evil}}
		e.ReviewWhy = evil
	})
	v := edit.Version{
		Entry: known, Number: 1, State: edit.Draft, Author: `<u>王</u>`, Reason: evil, Note: evil, Text: text,
		Checker: evil, Releaser: evil, Override: evil,
	}
	r.laid[known] = v
	r.heads[known] = edit.Head{Entry: known, Newest: 1, State: edit.Draft, Author: v.Author, Released: 1}
	r.versions[known] = []edit.Version{v}
	r.approved[known] = edit.Approval{As: evil, Down: true, Why: evil}
	r.library++
	d.signedIn(t, "全能")
	for _, path := range []string{
		contentPath, contentPath + "?q=" + url.QueryEscape(evil), contentPath + "/" + known, contentPath + "/" + known + "/edit",
		contentPath + "/" + known + "/diff?a=0&b=1", approvePath, approvePath + "?show=street&topic=consumer",
		approvePath + "?show=" + url.QueryEscape(evil), contentPath + "/new?topic=" + url.QueryEscape(evil),
	} {
		resp, page := d.get(t, path)
		if resp.StatusCode != 200 {
			t.Errorf("%s: %s", path, resp.Status)
		}
		for _, bad := range []string{"<img src=x", "<svg onload", `<b>"x"`, "<i>'", "<u>王", `="javascript:`} {
			if strings.Contains(page, bad) {
				t.Errorf("%s: %s runs", path, bad)
			}
		}
	}
	_, page := d.get(t, contentPath+"/"+known+"/edit")
	form := formIn(t, page, contentPath+"/"+known+"/edit")
	if form.Get("short") != evil || form.Get("gist-0") != `<i>'"</i>` {
		t.Errorf("the form holds %q", form.Get("short"))
	}
	form.Set("do", "preview")
	if _, page = d.send(t, contentPath+"/"+known+"/edit", form); strings.Contains(page, "<img src=x") || strings.Contains(page, "<svg onload") {
		t.Error("the preview runs")
	}
}
