package console

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"pufa/content/edit"
	"pufa/report"
	"pufa/stats"
)

func TestTheLibraryInABrowser(t *testing.T) {
	ctx := browser(t)
	d, r := contentDesk(t, func(c *Config) {
		c.Gaps = func(_ context.Context, p stats.Period, _ time.Time) (report.Gaps, error) { return someGaps(p), nil }
	})
	r.worse = []edit.Worse{{Question: "网购能退吗", Was: "right " + known, Is: "menu without it"}}
	d.as(t, "赵编").edited(t, neighbour, "save", "title", "实体店退货要看情况", "reason", "说得更白")
	d.as(t, "李审").post(t, contentPath+"/deed", "do", "check", "pick", neighbour+"#1", "back", approvePath)
	d.inBrowser(t, ctx, "王编")
	d.look(t, ctx, "content-list", contentPath)
	d.look(t, ctx, "content-new", contentPath+"/new")
	d.look(t, ctx, "content-import", contentPath+"/import")
	d.look(t, ctx, "gaps", gapsPath)

	edit := contentPath + "/" + known + "/edit"
	d.look(t, ctx, "content-edit", edit)
	run(t, ctx, chromedp.Navigate(d.URL+edit), chromedp.WaitVisible(chromedp.CSS("#title")))
	eval[bool](t, ctx, `(() => { const t = document.querySelector('#title'); t.value = '网购后悔能退'; t.dispatchEvent(new Event('input', {bubbles: true})); return true })()`)
	waitFor(t, ctx, `document.querySelectorAll('.wins li').length > 5`) // the script asked without a click
	if got := eval[string](t, ctx, `document.querySelector('#title').value`); got != "网购后悔能退" {
		t.Errorf("looking changed what was typed: %q", got)
	}
	eval[bool](t, ctx, `document.querySelector('#slug, [name=find]').value = '民法典第577条'; true`)
	press(t, ctx, "检查并看效果")
	waitFor(t, ctx, `document.body.innerText.includes('检查通过')`)
	lookHere(t, ctx, "content-checked")
	shot(t, ctx, "content-checked")
	eval[bool](t, ctx, `document.querySelector('#reason').value = '标题写得更白'; true`)
	press(t, ctx, "存为草稿")
	waitFor(t, ctx, `document.body.innerText.includes('已存为草稿，第1版')`)
	d.look(t, ctx, "content-entry", contentPath+"/"+known)
	d.look(t, ctx, "content-diff", contentPath+"/"+known+"/diff?a=0&b=1")

	run(t, ctx, chromedp.Navigate(d.URL+benchPath), chromedp.WaitVisible(chromedp.CSS("textarea")))
	eval[bool](t, ctx, `document.querySelector('textarea').value = '网购的裙子收到货五天了能无理由退货吗'; true`)
	press(t, ctx, "试一下")
	waitFor(t, ctx, `document.body.innerText.includes('为什么这样答')`)
	lookHere(t, ctx, "bench")
	shot(t, ctx, "bench")

	d.inBrowser(t, ctx, "李审")
	d.look(t, ctx, "approve-check", approvePath)
	d.look(t, ctx, "approve-street", approvePath+"?show=street&topic=consumer")
	d.look(t, ctx, "content-review", contentPath+"/"+known)
	run(t, ctx, chromedp.Navigate(d.URL+contentPath+"/"+neighbour), chromedp.WaitVisible(chromedp.CSS("h1")))
	press(t, ctx, "发布")
	waitFor(t, ctx, `document.body.innerText.includes('仍然发布')`)
	lookHere(t, ctx, "content-worse")
	shot(t, ctx, "content-worse")
	dark(t, ctx, "content-dark")
}

// someGaps are what a board shows in a month with words kept.
func someGaps(p stats.Period) report.Gaps {
	g := report.Gaps{Period: p, Title: func(string) string { return "网购七天无理由退货" }}
	for i, s := range stats.Shapes() {
		row := stats.GapShape{Shape: s, Cell: stats.Cell{Value: int64(40 - 4*i)}, Rest: i < 2}
		if i < 3 {
			row.Near = []stats.Near{{ID: known, Cell: stats.Cell{Value: 9}}, {ID: "consumer", Cell: stats.Cell{Value: 6}}}
		}
		g.Gaps.Shapes = append(g.Gaps.Shapes, row)
		g.Gaps.Value += row.Value
	}
	g.Texts = report.GapTexts{On: true, Until: p.To, List: []report.GapText{
		{Text: "店名被人抢注了怎么办", Shape: "unsure", Near: known, Residents: stats.Cell{Value: 6}},
	}}
	return g
}
