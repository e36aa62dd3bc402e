package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"pufa/stats"
)

// someGaps are gaps of March with a hidden entry and kept words.
func someGaps(t *testing.T) Gaps {
	g := Gaps{
		Period: march(t), MadeAt: made,
		Gaps: stats.Gaps{Cell: stats.Cell{Value: 19}, Length: map[string]stats.Cell{"short": {Value: 12}, "long": {Value: 7}}},
		Title: func(id string) string {
			return map[string]string{"consumer/fraud": "假货", "consumer": "消费维权"}[id]
		},
		Texts: GapTexts{On: true, Until: time.Date(2026, 4, 9, 0, 0, 0, 0, time.UTC), List: []GapText{
			{"店名 被抢注", "unsure", "consumer/fraud", stats.Cell{Value: 7}}, {"=1+1", "no_candidate", "", stats.Cell{Hidden: true}},
		}},
	}
	for _, s := range stats.Shapes() {
		row := stats.GapShape{Shape: s}
		switch s.ID {
		case "unsure":
			row.Cell, row.Rest = stats.Cell{Value: 10}, true
			row.Near = []stats.Near{{ID: "consumer/fraud", Cell: stats.Cell{Value: 7}}}
		case "no_candidate":
			row.Cell, row.Near = stats.Cell{Value: 9}, []stats.Near{{Cell: stats.Cell{Value: 9}}}
		}
		g.Gaps.Shapes = append(g.Gaps.Shapes, row)
	}
	return g
}

func TestGapsText(t *testing.T) {
	var out bytes.Buffer
	if err := GapsText(&out, someGaps(t)); err != nil {
		t.Fatal(err)
	}
	want := `没答上来的，2026-03-01 至 2026-03-31：19次

9      引导：没有相近的条目
10     引导：有相近的条目，把握不够
  7      假货（consumer/fraud）
  少于5    其余的，每个条目

问题长短：4字以内 12次，5至15字 0次，16字以上 7次

至少3位居民问过的话（去掉了个人信息），4月9日全部删除：
  店名 被抢注
      7人；引导：有相近的条目，把握不够；最相近：假货（consumer/fraud）
  =1+1
      少于5人；引导：没有相近的条目；最相近：没有相近的条目
`
	if out.String() != want {
		t.Errorf("text:\n%s\nwant:\n%s", out.String(), want)
	}
	off := someGaps(t)
	off.Texts = GapTexts{}
	out.Reset()
	if err := GapsText(&out, off); err != nil || !strings.Contains(out.String(), "不留原话（PUFA_GAP_TEXTS=off）") {
		t.Errorf("without words: %v\n%s", err, out.String())
	}
}

func TestGapsCSV(t *testing.T) {
	var out bytes.Buffer
	if err := GapsCSV(&out, someGaps(t)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\ufeff类别,样子,条目,名称,次数\n合计,,,,19\n", "相近,unsure,consumer/fraud,假货,7\n", "相近,unsure,,其余的，每个条目,少于5\n",
		"相近,no_candidate,,没有相近的条目,9\n", "长短,medium,,5至15字,0\n", "原话（人数）,no_candidate,,'=1+1,少于5\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("csv lacks %q:\n%s", want, out.String())
		}
	}
}

func TestGapsJSON(t *testing.T) {
	var out bytes.Buffer
	if err := GapsJSON(&out, someGaps(t)); err != nil {
		t.Fatal(err)
	}
	compact := strings.Join(strings.Fields(out.String()), "")
	for _, want := range []string{
		`"from":"2026-03-01","to":"2026-03-31","made_at":"2026-04-01T00:30:00+08:00","rule":"K28","value":19,`,
		`{"id":"consumer/fraud","name":"假货（consumer/fraud）","value":7,"hidden":false}],"rest_hidden":true}`,
		`"texts":{"until":"2026-04-09","list":[{"text":"店名被抢注","shape":"unsure","near":"consumer/fraud","residents":{"value":7,"hidden":false}},`,
		`"residents":{"value":null,"hidden":true}}`,
	} {
		if !strings.Contains(compact, want) {
			t.Errorf("json lacks %s:\n%s", want, out.String())
		}
	}
	off := someGaps(t)
	off.Texts = GapTexts{}
	out.Reset()
	if err := GapsJSON(&out, off); err != nil || !strings.Contains(out.String(), `"texts": null`) {
		t.Errorf("without words: %v\n%s", err, out.String())
	}
}
