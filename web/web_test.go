package web

import (
	"html/template"
	"io/fs"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func newPages(t *testing.T) *Pages {
	t.Helper()
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func fullEntry() EntryPage {
	return EntryPage{
		Frame: Frame{Title: "标题", Street: Street{Name: "某某街道", Office: "某某街道司法所", Phone: "010-00000000"}},
		Topic: "消费维权", Question: "能退吗？", Short: "能退。", Lines: []Line{{"例外在这里。", true}, {"别的。", false}},
		Basis:     "依据核对至2026-11-23，待本街道司法所审核。",
		Citations: []Citation{{"消费者权益保护法", "第二十五条", "2014-03-15", "七日内可退"}},
		Remedy:    []Row{{"找谁", "先找商家"}}, Hotlines: []Hotline{{"12315", "消费者投诉"}},
		Related: []Link{{"/a/consumer/store", "实体店呢？"}},
	}
}

// all renders every page.
func all(t *testing.T) map[string]string {
	t.Helper()
	p := newPages(t)
	pages := map[string]string{}
	add := func(name string, page []byte, err error) {
		if err != nil {
			t.Fatal(err)
		}
		pages[name] = string(page)
	}
	page, err := p.Entry(fullEntry())
	add("entry", page, err)
	withheld := EntryPage{Question: "能退吗？", Withheld: "正在重新核对。", Hotlines: []Hotline{{"12348", ""}}}
	page, err = p.Entry(withheld)
	add("entry withheld", page, err)
	page, err = p.Notice(NoticePage{Heading: "没有这一页", Text: "请重新提问。", Hotlines: []Hotline{{"12348", "公共法律服务"}}})
	add("notice", page, err)
	page, err = p.Privacy(PrivacyPage{})
	add("privacy", page, err)
	page, err = p.Privacy(PrivacyPage{Desk: &DeskTerms{48, 15, 30}})
	add("privacy with a service desk", page, err)
	page, err = p.Index(IndexPage{Topics: []Row{{"消费维权", "退货、假货"}}})
	add("index", page, err)
	page, err = p.Scene(ScenePage{Line: "先看价格再下单", Questions: []Link{{"/a/consumer/store", "实体店呢？"}}, Hotlines: []Hotline{{"12315", "消费者投诉"}}})
	add("scene", page, err)
	page, err = p.Scene(ScenePage{Line: "先看价格再下单"})
	add("scene without questions", page, err)
	page, err = p.Try(TryPage{Samples: []string{"能退吗"}, Menu: []Button{{"问法律", "cmd:菜单"}}, Asked: "问", Answered: "答\n二"})
	add("try", page, err)
	return pages
}

func TestEveryPageIsWhole(t *testing.T) {
	ids := regexp.MustCompile(`\sid="([^"]+)"`)
	for name, page := range all(t) {
		t.Run(name, func(t *testing.T) {
			for _, want := range []string{"<!doctype html>", `<html lang="zh-CN">`, `name="viewport"`, `<main id="main"`, "</html>"} {
				if !strings.Contains(page, want) {
					t.Errorf("page lacks %s", want)
				}
			}
			for _, bad := range []string{"ZgotmplZ", "<no value>", "{{"} {
				if strings.Contains(page, bad) {
					t.Errorf("page holds %s", bad)
				}
			}
			if n := strings.Count(page, "<h1"); n != 1 {
				t.Errorf("%d headings of the first rank, want 1", n)
			}
			seen := map[string]bool{}
			for _, m := range ids.FindAllStringSubmatch(page, -1) {
				if seen[m[1]] {
					t.Errorf("id %s stands twice", m[1])
				}
				seen[m[1]] = true
			}
		})
	}
}

func TestNothingIsInlineOrFromElsewhere(t *testing.T) {
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|javascript:|<script(?:[^>]*)>[^<]`)
	outside := regexp.MustCompile(`(?i)(?:src|href|action)="(?:https?:)?//`)
	for name, page := range all(t) {
		if m := inline.FindString(page); m != "" {
			t.Errorf("%s has %q inside, which the content security policy forbids", name, m)
		}
		if m := outside.FindString(page); m != "" {
			t.Errorf("%s loads or leads elsewhere: %q", name, m)
		}
	}
}

func TestEntryPage(t *testing.T) {
	page := all(t)["entry"]
	for _, want := range []string{
		"《消费者权益保护法》第二十五条</cite>（2014-03-15施行）", "七日内可退", "依据核对至2026-11-23，待本街道司法所审核。",
		`href="tel:12315"`, `href="/a/consumer/store"`, `<li class="must"`, "先找商家", "某某街道司法所",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("page lacks %s", want)
		}
	}
	withheld := all(t)["entry withheld"]
	if !strings.Contains(withheld, "正在重新核对。") || strings.Contains(withheld, "data-tools") || strings.Contains(withheld, "依据") {
		t.Errorf("withheld page:\n%s", withheld)
	}
}

func TestNothingIsInventedForAnEmptyStreet(t *testing.T) {
	for name, page := range all(t) {
		if name != "entry" && (strings.Contains(page, "<address>") || strings.Contains(page, "地址：")) {
			t.Errorf("%s shows an office that nobody configured", name)
		}
	}
}

func TestPrivacySaysWhatAModelGets(t *testing.T) {
	cases := map[string]PrivacyPage{
		"没有使用人工智能大模型": {}, "发给提供模型的服务方": {Model: true, SendsQuestions: true}, "您的问题不会发给它": {Model: true},
		"用客服消息补发": {Model: true, SendsQuestions: true, Follows: true},
	}
	p := newPages(t)
	for want, in := range cases {
		page, err := p.Privacy(in)
		if err != nil || !strings.Contains(string(page), want) {
			t.Errorf("Privacy(%+v) lacks %s (error %v)", in, want, err)
		}
	}
}

func TestPrivacySaysWhetherWordsAreKept(t *testing.T) {
	p := newPages(t)
	for _, c := range []struct {
		on          bool
		says, never string
	}{
		{false, "本号只计次数，不存您的问题", "3位不同的居民"},
		{true, "3位不同的居民", "不存您的问题"},
	} {
		page, err := p.Privacy(PrivacyPage{GapTexts: c.on})
		if err != nil || !strings.Contains(string(page), c.says) || strings.Contains(string(page), c.never) {
			t.Errorf("Privacy with words kept %t: error %v, want %q and no %q", c.on, err, c.says, c.never)
		}
	}
}

// Whatever is counted of a resident has its place on the page.
func TestPrivacySaysWhatIsKept(t *testing.T) {
	page := all(t)["privacy"]
	for part, want := range map[string]string{
		"campaigns":     "发完30天后删除，只留总数",
		"pushes":        "最后一次发送后62天",
		"allowances":    "最多48小时",
		"cards":         "每人每天最多一张",
		"posters":       "扫的人是谁不记",
		"the spool":     "数据库断开的时候",
		"live sets":     "可以试出这个编号在不在集合里",
		"Redis's file":  "每小时让它整理一次",
		"small numbers": "一律写成“少于5”",
		"staff":         "看不到您的openid",
		"delete":        "以后谁也不能把旧编号和您连起来",
		"not deleted":   "以前做的备份",
		"after delete":  "请再回一次「退订」",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("/privacy does not say of %s: %s", part, want)
		}
	}
}

func TestPrivacyTellsOfTheServiceDesk(t *testing.T) {
	pages := all(t)
	for part, want := range map[string]string{
		"the row":       "编号、您选的那一类、几点钟、办到哪一步",
		"the way back":  "您的openid加密存着，从您最后一次要人工算起48小时",
		"the truth":     "能查出哪一件是谁登记的",
		"the telephone": "最多留30天",
		"time limits":   "最迟15天内办完，这个期限是本所自己定的",
		"delete":        "48小时以内登记的事一并撤回",
		"what is tied":  "和下面说的您自己登记的事",
	} {
		if !strings.Contains(pages["privacy with a service desk"], want) {
			t.Errorf("/privacy does not say of %s: %s", part, want)
		}
		if strings.Contains(pages["privacy"], want) {
			t.Errorf("without a desk /privacy says %s", want)
		}
	}
}

func TestTextIsEscaped(t *testing.T) {
	p := newPages(t)
	page, err := p.Try(TryPage{Asked: `<script>alert(1)</script>`, Samples: []string{`"><img src=x>`}})
	if err != nil || strings.Contains(string(page), "<script>alert") || strings.Contains(string(page), "<img src=x>") {
		t.Errorf("error %v, page:\n%s", err, page)
	}
}

func TestStatic(t *testing.T) {
	p := newPages(t)
	h := p.Static()
	address, err := p.address("style.css")
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string, headers ...string) *httptest.ResponseRecorder {
		req, w := httptest.NewRequest("GET", path, nil), httptest.NewRecorder()
		if len(headers) == 2 {
			req.Header.Set(headers[0], headers[1])
		}
		h.ServeHTTP(w, req)
		return w
	}
	w := get(address)
	if w.Code != 200 || w.Header().Get("Content-Type") != "text/css; charset=utf-8" || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("status %d, headers %v", w.Code, w.Header())
	}
	if again := get(address, "If-None-Match", w.Header().Get("ETag")); again.Code != 304 {
		t.Errorf("asked again: status %d, want 304", again.Code)
	}
	if old := get("/static/style.css?v=old"); old.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("an old address may be kept: %v", old.Header())
	}
	for _, path := range []string{"/static/", "/static/none.css", "/static/../templates/base.html"} {
		if w := get(path); w.Code != 404 {
			t.Errorf("%s: status %d, want 404", path, w.Code)
		}
	}
}

func TestEveryAssetHasAKindAndIsUsed(t *testing.T) {
	p := newPages(t)
	var used strings.Builder
	for _, page := range all(t) {
		used.WriteString(page)
	}
	desk, err := p.Console("notice", struct {
		Title, Who, Told, Problem, Page string
		Street                          Street
	}{Title: "没有办成"})
	if err != nil {
		t.Fatal(err)
	}
	used.Write(desk)
	for _, size := range []string{"a4", "a3", "screen"} {
		used.WriteString(posterPage(t, p, size))
	}
	pages, err := fs.Glob(files, consoleDir+"/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range pages { // a page of the console is not shown without its section
		source, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		used.WriteString(strings.NewReplacer(`{{asset "`, StaticPath).Replace(string(source)))
	}
	list, err := fs.ReadDir(files, "static")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		if p.assets[f.Name()].kind == "" {
			t.Errorf("%s has no content type", f.Name())
		}
		if !strings.Contains(used.String(), StaticPath+f.Name()) {
			t.Errorf("no page uses %s", f.Name())
		}
	}
}

func TestAnUnknownAssetIsAnError(t *testing.T) {
	p := newPages(t)
	p.sets["notice"] = template.Must(template.New("x").Funcs(template.FuncMap{"asset": p.address}).Parse(`{{define "base"}}{{asset "none.css"}}{{end}}`))
	if _, err := p.Notice(NoticePage{}); err == nil || !strings.Contains(err.Error(), "none.css") {
		t.Errorf("error = %v", err)
	}
}

func TestPrivacySaysHowLongEventsAreKept(t *testing.T) {
	p := newPages(t)
	for months, want := range map[int]string{24: "保留24个整月，和总数核对无误后删除", 0: "这些记录和数字用于年度统计，长期保留"} {
		page, err := p.Privacy(PrivacyPage{LedgerMonths: months})
		if err != nil || !strings.Contains(string(page), want) {
			t.Errorf("%d months: %v, no %s", months, err, want)
		}
	}
}
