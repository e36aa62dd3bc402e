package handlers

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"pufa/content"
)

func TestEntryPage(t *testing.T) {
	cases := []struct {
		name       string
		change     func(*Config)
		standing   content.Standing
		want, lack []string
	}{
		{
			"an entry that is current and not approved", nil, content.Current,
			[]string{
				"网上买的东西不喜欢，七天内能退吗？", "能退。七天内可以退", "定做的、新鲜易坏的不在内。", "依据核对至2026-11-23，待本街道司法所审核。",
				"《中华人民共和国消费者权益保护法》第二十五条</cite>（2014-03-15施行）", "《刑法》第二百八十七条之二", "远程购物收货七日内可退",
				`href="tel:12315"`, "消费者投诉", "找谁", "先找商家", "期限", "消费维权", `href="/a/consumer/store"`,
			},
			[]string{"费用", "/a/consumer/old", "/a/consumer/none", "请以12348答复为准"},
		},
		{
			"an approved one says so", func(c *Config) { c.Approvals = approved{"consumer/returns": true} }, content.Current,
			[]string{"依据核对至2026-11-23，本街道司法所已审核。"},
			[]string{"待本街道司法所审核"},
		},
		{
			"one past its review date has a notice", nil, content.Overdue,
			[]string{"本条核对于2026-11-23，请以12348答复为准", "能退。"},
			nil,
		},
		{
			"one long past it answers nothing", nil, content.Lapsed,
			[]string{"正在重新核对", `href="tel:12348"`, `href="tel:12315"`},
			[]string{"能退。", "第二十五条", "先找商家"},
		},
		{
			"one whose law has changed answers nothing", nil, content.Stale,
			[]string{"已经有了新的规定", `href="tel:12348"`},
			[]string{"能退。", "第二十五条"},
		},
		{
			"one that staff took down answers nothing", nil, content.TakenDown,
			[]string{"正在重新核对", `href="tel:12348"`},
			[]string{"能退。", "第二十五条", "新的规定", "核对期限"},
		},
		{
			"an unapproved one answers nothing where only approved ones may", func(c *Config) { c.OnlyApproved = true }, content.Current,
			[]string{"正在等本街道司法所审核"},
			[]string{"能退。", "第二十五条"},
		},
		{
			"an approved one does", func(c *Config) { c.OnlyApproved, c.Approvals = true, approved{"consumer/returns": true} }, content.Current,
			[]string{"能退。"},
			[]string{"/a/consumer/store"},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, func(cfg *Config) {
				if c.change != nil {
					c.change(cfg)
				}
			})
			r.library.standing["consumer/returns"] = c.standing
			w := r.get("/a/consumer/returns")
			if w.Code != 200 {
				t.Fatalf("status %d", w.Code)
			}
			for _, want := range c.want {
				if !strings.Contains(w.Body.String(), want) {
					t.Errorf("page lacks %q", want)
				}
			}
			for _, lack := range c.lack {
				if strings.Contains(w.Body.String(), lack) {
					t.Errorf("page holds %q", lack)
				}
			}
			if answers := strings.Contains(w.Body.String(), "能退。"); answers != (len(r.opens.opens) == 1) {
				t.Errorf("answers %v, %d opens counted", answers, len(r.opens.opens))
			}
		})
	}
}

func TestAnEntrysTextIsEscaped(t *testing.T) {
	body := newRig(t).get("/a/consumer/angry").Body.String()
	if strings.Contains(body, "<script>alert") || strings.Contains(body, "<b>&") {
		t.Errorf("page:\n%s", body)
	}
}

func TestHeadHasTheLengthAndNoBody(t *testing.T) {
	r := newRig(t)
	srv := httptest.NewServer(r.Handler())
	defer srv.Close()
	res, err := http.Head(srv.URL + "/a/consumer/returns")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != 200 || res.ContentLength < 1000 || len(r.opens.opens) != 0 {
		t.Errorf("status %d, length %d, %d opens", res.StatusCode, res.ContentLength, len(r.opens.opens))
	}
}

func TestIndexAndPrivacy(t *testing.T) {
	r := newRig(t)
	if w := r.get("/"); w.Code != 302 || w.Header().Get("Location") != "/try" {
		t.Errorf("with the phone on: status %d, location %q", w.Code, w.Header().Get("Location"))
	}
	r = newRig(t, func(c *Config) { c.Try = Try{}; c.Model = true })
	if w := r.get("/"); w.Code != 200 || !strings.Contains(w.Body.String(), "某某街道普法问答") || !strings.Contains(w.Body.String(), "退货、假货、预付卡") {
		t.Errorf("with the phone off: status %d\n%s", w.Code, w.Body)
	}
	body := r.get("/privacy").Body.String()
	for _, want := range []string{"不存您的问题", "10分钟", "openid", "可以试出这个编号在不在集合里", "您的问题不会发给它", "回「删除」", "少于5"} {
		if !strings.Contains(body, want) {
			t.Errorf("/privacy lacks %q", want)
		}
	}
}
