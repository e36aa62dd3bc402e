package console

import (
	"context"
	"net/http"
	"strings"
	"testing"
)

func TestThePageOfTheModel(t *testing.T) {
	d, _ := managed(t)
	d.signedIn(t, "王管理")
	_, body := d.get(t, modelPath)
	for _, want := range []string{
		`aria-current="page">大模型`, "选条目、挑句子", "暂停到 12:00:30", "今天的用完了", "答复怎么样了", `<td class="number" data-label="本月">345</td>`, "15.78 元",
		`<form method="post" action="/console/settings/model/try">`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(body, "的结果：") {
		t.Error("a result is shown though nothing was tried")
	}
	resp, body := d.post(t, modelPath+"/try")
	if resp.StatusCode != http.StatusOK || !strings.Contains(body, "的结果：") || !strings.Contains(body, "状态码 401") || !strings.Contains(body, "密钥不对") {
		t.Errorf("试一次: %s %s", resp.Status, body)
	}
}

func TestThePageOfTheModelWithoutFigures(t *testing.T) {
	d, _ := managed(t, func(c *Config) { c.Model = helpful{fails: true} })
	d.signedIn(t, "王管理")
	resp, body := d.get(t, modelPath)
	if resp.StatusCode != http.StatusOK || !strings.Contains(body, "暂时读不出来") || !strings.Contains(body, "选条目、挑句子") {
		t.Errorf("%s: %s", resp.Status, body)
	}
}

// unset is a model that is not set up.
type unset struct{ helpful }

func (unset) Set() bool                                    { return false }
func (unset) Tables(context.Context) ([]ModelTable, error) { return nil, nil }
func (unset) State(context.Context) []Fact {
	return []Fact{{Name: "开关", Grade: Good, Text: "没有设置。"}}
}

func TestThePageOfNoModel(t *testing.T) {
	d, _ := managed(t, func(c *Config) { c.Model = unset{} })
	d.signedIn(t, "王管理")
	if _, body := d.get(t, modelPath); !strings.Contains(body, "没有设置") || strings.Contains(body, "试一次") || strings.Contains(body, "<table") {
		t.Errorf("the page of no model: %s", body)
	}
	if resp, _ := d.post(t, modelPath+"/try"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a try of nothing: %s", resp.Status)
	}
}

func TestWhoMaySeeTheModel(t *testing.T) {
	d, _ := managed(t)
	d.signedIn(t, "王编")
	if resp, _ := d.get(t, modelPath); resp.StatusCode != http.StatusForbidden {
		t.Errorf("an editor: %s", resp.Status)
	}
	if resp, _ := d.post(t, modelPath+"/try"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("an editor tries: %s", resp.Status)
	}
	d, _ = managed(t, func(c *Config) { c.Model = nil })
	d.signedIn(t, "王管理")
	if resp, body := d.get(t, modelPath); resp.StatusCode != http.StatusNotFound || strings.Contains(body, modelTab) {
		t.Errorf("without a model: %s", resp.Status)
	}
}
