package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestReportGaps has residents ask in vain over the callback, and reads what is
// counted of it.
func TestReportGaps(t *testing.T) {
	t.Parallel()
	v := withAccount(t).and("PUFA_GAP_TEXTS", "on")
	clock := &clock{at: noon()}
	h := serveHere(t, v, clock.now)
	p := platformOf(t, v, h.url, clock.now)
	for n := range 6 {
		p.says(p.text(openidOf(n), fmt.Sprint("a", n), "我叫王小明，公司股东想退股，另外两个不同意"))
		p.says(p.text(openidOf(n), fmt.Sprint("b", n), "菜单"))
		p.says(p.text(openidOf(n), fmt.Sprint("c", n), "4"))
		p.says(p.text(openidOf(n), fmt.Sprint("d", n), "都不是"))
	}
	p.says(p.text(openidOf(1), "e", "今天天气怎么样"))
	p.says(p.text(openidOf(1), "f", askReturn))
	p.says(p.text(openidOf(2), "g", "救命，有人拿刀砍人"))

	v.verifiedAt(t, clock.now)
	v.reportAt(t, clock.now).hold(t, map[string]int64{"messages": 27, "referred": 13, "gaps": 13})
	text := v.runAt(t, clock.now, "", "report", "gaps")
	for _, want := range []string{"：13次", "没有相近的条目", "消费维权（consumer）", "某人 公司股东想退股 另外两个不同意", "6人；"} {
		if text.status != 0 || !strings.Contains(text.out, want) {
			t.Errorf("report gaps ended with %d and lacks %q:\n%s%s", text.status, want, text.out, text.err)
		}
	}
	if strings.Contains(text.out, "王小明") {
		t.Errorf("a name is kept:\n%s", text.out)
	}
	holdGapsJSON(t, v.runAt(t, clock.now, "", "report", "gaps", "--month", noon().Format("2006-01"), "--format", "json").out)
	csv := v.runAt(t, clock.now, "", "report", "gaps", "--format", "csv").out
	if !strings.HasPrefix(csv, "\ufeff类别,") || !strings.Contains(csv, "相近,none_fits,consumer,消费维权,6\n") {
		t.Errorf("as csv:\n%s", csv)
	}
	before := v.runAt(t, clock.now, "", "report", "gaps", "--month", "2026-01")
	if before.status != 0 || !strings.Contains(before.out, "：0次") {
		t.Errorf("a month without any ended with %d:\n%s%s", before.status, before.out, before.err)
	}
}

func holdGapsJSON(t *testing.T, out string) {
	t.Helper()
	var g struct {
		Rule   string
		Value  int64
		Shapes []struct {
			ID    string
			Value *int64
		}
		Texts struct {
			List []struct{ Residents cell }
		}
	}
	if err := json.Unmarshal([]byte(out), &g); err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	shapes := map[string]int64{}
	for _, s := range g.Shapes {
		if *s.Value > 0 {
			shapes[s.ID] = *s.Value
		}
	}
	if g.Rule != "K28" || g.Value != 13 || fmt.Sprint(shapes) != "map[no_candidate:6 none_fits:6 outside:1]" {
		t.Errorf("rule %s, %d gaps, %v", g.Rule, g.Value, shapes)
	}
	if len(g.Texts.List) != 1 || *g.Texts.List[0].Residents.Value != 6 {
		t.Errorf("words: %+v", g.Texts.List)
	}
}
