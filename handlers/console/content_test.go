package console

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pufa/content"
	"pufa/content/edit"
)

func newJar(t *testing.T) http.CookieJar {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return jar
}

// says fails unless a page has a status and holds every word.
func says(t *testing.T, resp *http.Response, page string, status int, words ...string) {
	t.Helper()
	if resp.StatusCode != status {
		t.Errorf("status %s, want %d:\n%s", resp.Status, status, mainOf(page))
		return
	}
	for _, w := range words {
		if !strings.Contains(page, w) {
			t.Errorf("%q is not said:\n%s", w, mainOf(page))
		}
	}
}

func mainOf(page string) string {
	if i := strings.Index(page, "<main"); i >= 0 {
		return page[i:]
	}
	return page
}

func TestTheListFinds(t *testing.T) {
	d, r := contentDesk(t)
	d.signedIn(t, "孙看")
	r.approved[neighbour] = edit.Approval{As: "李审", Down: true}
	title := map[string]string{known: r.title(known), neighbour: r.title(neighbour)}
	for _, c := range []struct {
		name, query string
		want, not   string
	}{
		{"everything", "", known, "没有符合"},
		{"by words, all of them", "?q=网上买+七天内", known, neighbour},
		{"by the law", "?q=消费者权益保护法", known, ""},
		{"by topic", "?topic=women", "没有符合", known},
		{"by theme", "?theme=3.15", known, ""},
		{"what waits for the street", "?state=waiting", known, ""},
		{"what is down", "?state=down", neighbour, known},
		{"what has a draft", "?state=open", "没有符合", known},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp, page := d.get(t, contentPath+c.query)
			says(t, resp, page, 200, c.want)
			if c.not != "" && strings.Contains(page, c.not) {
				t.Errorf("%s is listed", c.not)
			}
		})
	}
	if _, page := d.get(t, contentPath); !strings.Contains(page, title[known]) || strings.Contains(page, ">新条目<") {
		t.Error("whoever only looks is offered to write, or sees no title")
	}
}

func (r *editRoom) title(id string) string {
	e, _ := r.Library().Entry(id)
	return e.Title
}

func TestEditCheckReleaseRollback(t *testing.T) {
	d, r := contentDesk(t)
	writer, reviewer := d.as(t, "王编"), d.as(t, "李审")
	back := contentPath + "/" + known

	resp, page := writer.edited(t, known, "save", "title", "网购后悔能退", "reason", "标题写得更白")
	says(t, resp, page, 200, "已存为草稿，第1版", "草稿待核对", "网购后悔能退", "标题写得更白")
	if r.title(known) == "网购后悔能退" {
		t.Fatal("residents read a draft")
	}
	resp, page = reviewer.get(t, approvePath)
	says(t, resp, page, 200, "网购后悔能退", "标题写得更白", known+"#1")
	resp, page = reviewer.post(t, contentPath+"/deed", "do", "release", "pick", known+"#1", "back", back)
	says(t, resp, page, 409, sayState)
	resp, page = reviewer.post(t, contentPath+"/deed", "do", "check", "pick", known+"#1", "back", back)
	says(t, resp, page, 200, "已核对 1 条", "待发布")
	resp, page = reviewer.post(t, contentPath+"/deed", "do", "check", "pick", known+"#1", "back", back) // pressed twice
	says(t, resp, page, 200, "已核对 1 条")
	resp, page = reviewer.post(t, contentPath+"/deed", "do", "release", "pick", known+"#1", "back", back)
	says(t, resp, page, 200, "已发布 1 条", "居民看到的")
	if r.title(known) != "网购后悔能退" {
		t.Error("residents do not read what was released")
	}
	resp, page = reviewer.get(t, back+"/diff?a=0&b=1")
	says(t, resp, page, 200, "<ins>网购后悔能退</ins>", "随程序发布的", "第1版")
	resp, page = reviewer.post(t, contentPath+"/deed", "do", "rollback", "pick", known+"#0", "reason", "  ", "back", back)
	says(t, resp, page, 409, sayReason)
	resp, page = reviewer.post(t, contentPath+"/deed", "do", "rollback", "pick", known+"#0", "reason", "标题有歧义", "back", back)
	says(t, resp, page, 200, "已退回到随程序发布的")
	if r.title(known) == "网购后悔能退" || len(r.steps) != 4 {
		t.Errorf("residents read %q after %d steps", r.title(known), len(r.steps))
	}
}

func TestWhoMayDoWhatToEntries(t *testing.T) {
	deed := contentPath + "/deed"
	for _, c := range []struct {
		name, who string
		do        func(*testing.T, *desk) (*http.Response, string)
		status    int
		say       string
	}{
		{"whoever looks may not write", "孙看", func(t *testing.T, d *desk) (*http.Response, string) {
			return d.get(t, contentPath+"/"+known+"/edit")
		}, 403, sayRole},
		{"a reviewer may not write", "李审", func(t *testing.T, d *desk) (*http.Response, string) {
			return d.post(t, contentPath+"/"+known+"/edit", "do", "save", "seen", "0")
		}, 403, sayRole},
		{"a writer may not check", "王编", func(t *testing.T, d *desk) (*http.Response, string) {
			return d.post(t, deed, "do", "check", "pick", known+"#1")
		}, 403, sayRole},
		{"a writer may not take down", "王编", func(t *testing.T, d *desk) (*http.Response, string) {
			return d.post(t, deed, "do", "takedown", "seen", known)
		}, 403, sayRole},
		{"whoever looks may not import", "孙看", func(t *testing.T, d *desk) (*http.Response, string) {
			return d.uploadFile(t, "a.csv", []byte("x"))
		}, 403, sayRole},
		{"nobody checks what they wrote", "全能", func(t *testing.T, d *desk) (*http.Response, string) {
			d.edited(t, known, "save", "title", "自己写的", "reason", "改")
			return d.post(t, deed, "do", "check", "pick", known+"#1")
		}, 409, sayOwnWork},
		{"a deed of no kind is none", "李审", func(t *testing.T, d *desk) (*http.Response, string) {
			return d.post(t, deed, "do", "burn", "pick", known+"#1")
		}, 400, sayBadForm},
		{"a deed to nothing is none", "李审", func(t *testing.T, d *desk) (*http.Response, string) {
			return d.post(t, deed, "do", "approve", "back", approvePath)
		}, 422, sayNothing},
		{"an entry that there is not", "孙看", func(t *testing.T, d *desk) (*http.Response, string) {
			return d.get(t, contentPath+"/consumer/none")
		}, 404, sayNoPage},
		{"an id that is none", "孙看", func(t *testing.T, d *desk) (*http.Response, string) {
			return d.get(t, contentPath+"/..%2fetc/passwd")
		}, 404, sayNoPage},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, r := contentDesk(t)
			before := len(r.steps)
			resp, page := c.do(t, d.signedIn(t, c.who))
			says(t, resp, page, c.status, c.say)
			if c.who != "全能" && len(r.steps) != before {
				t.Errorf("something was kept: %v", r.steps)
			}
		})
	}
}

func TestTwoEditorsOfOneEntry(t *testing.T) {
	d, r := contentDesk(t)
	first, second := d.as(t, "王编"), d.as(t, "赵编")
	path := contentPath + "/" + known + "/edit"
	_, page := second.get(t, path)
	form := formIn(t, page, path)
	first.edited(t, known, "save", "title", "先存的标题", "reason", "改")

	form.Set("title", "后存的标题")
	form.Set("reason", "也改")
	form.Set("do", "save")
	resp, page := second.send(t, path, form)
	says(t, resp, page, 409, sayMeanwhile, "王编", "<del>先存的标题</del>", "<ins>后存的标题</ins>", `value="后存的标题"`, "也改", "title: 先存的标题")
	if len(r.versions[known]) != 1 {
		t.Fatal("the later save was kept without a word")
	}
	again := formIn(t, page, path)
	again.Set("do", "save")
	resp, page = second.send(t, path, again)
	says(t, resp, page, 200, "已存为草稿，第2版")
	resp, page = second.send(t, path, again) // pressed twice
	says(t, resp, page, 200, "已存为草稿，第2版")
	if len(r.versions[known]) != 2 || !strings.Contains(r.versions[known][0].Text, "先存的标题") {
		t.Errorf("kept: %v", r.heads)
	}
}

func TestAFormThatIsWrongKeepsWhatWasTyped(t *testing.T) {
	for _, c := range []struct {
		name, do string
		fields   []string
		status   int
		say      []string
	}{
		{"a title that is too long", "save", []string{"title", strings.Repeat("长", 21), "reason", "改"}, 422, []string{sayRefused, "有21个字，要1到20个字", `href="#title"`, strings.Repeat("长", 21)}},
		{"no reason", "save", []string{"title", "没有原因", "reason", ""}, 422, []string{sayReason, `value="没有原因"`}},
		{"nothing changed", "save", []string{"reason", "改"}, 422, []string{"没有"}},
		{"a law that is not in the register", "preview", []string{"law-0", "编的法"}, 200, []string{"法律登记表里没有《编的法》"}},
		{"an article that there is not", "preview", []string{"article-0", "999"}, 200, []string{"没有第999条"}},
		{"no short answer", "preview", []string{"short", ""}, 200, []string{"还没有写"}},
		{"what does not fit", "preview", mustLines("长"), 200, []string{"太长了", "字节"}},
		{"it is right", "preview", []string{"title", "写得对的"}, 200, []string{"检查通过", "直接答本条", "bubble"}},
		{
			"the short name of a law is completed", "preview",
			[]string{"law-1", "中华人民共和国民法典", "article-1", "第五百七十七条", "edition-1", "", "gist-1", "违约要担责"},
			200,
			[]string{`value="民法典"`, `value="577"`, `value="2021-01-01"`, "没有导入这部法律的官方文本", "检查通过"},
		},
		{"an article is looked for by name", "find", []string{"find", "民法典第577条"}, 200, []string{"《民法典》第五百七十七条", "cite 民法典#577"}},
		{"an article becomes a citation", "cite 民法典#577", nil, 200, []string{`name="law-`, `value="577"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, r := contentDesk(t)
			resp, page := d.signedIn(t, "王编").edited(t, known, c.do, c.fields...)
			says(t, resp, page, c.status, c.say...)
			if len(r.steps) != 0 && c.name != "nothing changed" {
				t.Errorf("something was kept: %v", r.steps)
			}
		})
	}
}

func mustLines(s string) (fields []string) {
	for i := range formLines {
		fields = append(fields, fmt.Sprintf("line-%d", i), strings.Repeat(s, 90), fmt.Sprintf("must-%d", i), "1")
	}
	return fields
}

func TestAFormCarriesAnEntryWhole(t *testing.T) {
	lib := mustLoad(t)
	for i, e := range lib.Entries() {
		if i%7 != 0 {
			continue
		}
		f := entryFormOf(lib, e)
		if want, got := mustFormat(t, e), mustFormat(t, f.entry(e.ID)); got != want {
			t.Errorf("%s changes in its form:\n%s", e.ID, cmp.Diff(want, got))
		}
	}
}

func mustLoad(t *testing.T) *content.Library {
	t.Helper()
	lib, err := content.Load(content.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

func mustFormat(t *testing.T, e *content.Entry) string {
	t.Helper()
	text, err := content.FormatEntry(e)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestANewEntry(t *testing.T) {
	d, r := contentDesk(t)
	d.signedIn(t, "王编")
	_, page := d.get(t, contentPath+"/"+known+"/edit")
	form := formIn(t, page, contentPath+"/"+known+"/edit")
	form.Set("topic", "consumer")
	form.Set("slug", "made-up")
	form.Set("questions", "一\n二\n三")
	form.Set("reason", "居民常问")
	form.Set("do", "save")
	resp, page := d.send(t, contentPath+"/new", form)
	says(t, resp, page, 422, "有3种，要7到40种", "made-up")
	form.Set("slug", "seven-day-return")
	resp, page = d.send(t, contentPath+"/new", form)
	says(t, resp, page, 422, "已经有这个编号")
	form.Set("slug", "../etc")
	resp, page = d.send(t, contentPath+"/new", form)
	says(t, resp, page, 422, "只用小写字母、数字和 -")
	form.Set("slug", "made-up")
	form.Set("questions", "编出来的事能办吗？\n编出来的事一\n编出来的事二\n编出来的事三\n编出来的事四\n编出来的事五\n编出来的事六")
	resp, page = d.send(t, contentPath+"/new", form)
	says(t, resp, page, 200, "已存为草稿，第1版", "居民还看不到这一条")
	if _, ok := r.versions["consumer/made-up"]; !ok {
		t.Error("the entry was not kept")
	}
	resp, page = d.get(t, contentPath+"?state=open")
	says(t, resp, page, 200, "新条目 consumer/made-up", "还没有发布过")
	resp, page = d.post(t, contentPath+"/new", "do", "ask", "ask", "店名被人抢注了怎么办")
	says(t, resp, page, 200, "店名被人抢注了怎么办")
}

func TestTheGateAsksForAReason(t *testing.T) {
	d, r := contentDesk(t)
	d.as(t, "王编").edited(t, known, "save", "title", "会变差", "reason", "改")
	reviewer := d.as(t, "李审")
	deed, back := contentPath+"/deed", contentPath+"/"+known
	reviewer.post(t, deed, "do", "check", "pick", known+"#1", "back", back)
	r.worse = []edit.Worse{{Question: "网购能退吗", Was: "right " + known, Is: "menu without it"}}
	resp, page := reviewer.post(t, deed, "do", "release", "pick", known+"#1", "back", back)
	says(t, resp, page, 409, "网购能退吗", "答对：", "列选项，里面没有对的", "仍然发布", `value="`+known+`#1"`)
	if r.library != 0 {
		t.Fatal("it was released")
	}
	form := formIn(t, page, deed)
	form.Set("do", "release")
	form.Set("override", "旧问法没人用了")
	resp, page = reviewer.send(t, deed, form)
	says(t, resp, page, 200, "有 1 个问题答得比以前差", "有问题变差仍发布：旧问法没人用了")
	if v := r.versions[known][0]; v.Override != "旧问法没人用了" || r.library != 1 {
		t.Errorf("kept %+v", v)
	}
}

func TestTheStreetApproves(t *testing.T) {
	d, r := contentDesk(t)
	d.signedIn(t, "李审")
	resp, page := d.get(t, approvePath+"?show=street")
	says(t, resp, page, 200, "2 条里还有 <b>2</b> 条")
	resp, page = d.get(t, approvePath+"?show=street&topic=consumer")
	says(t, resp, page, 200, "审核通过本主题这 2 条", r.title(known))
	form := formIn(t, page, contentPath+"/deed")
	form.Set("do", "approve-all")
	resp, page = d.send(t, contentPath+"/deed", form)
	says(t, resp, page, 200, "已审核 2 条", "这个主题都审核过了")
	e, _ := r.Library().Entry(known)
	if !r.approved[known].Is(e) || r.approved[known].As != "李审" || len(r.approved) != 2 {
		t.Errorf("kept %v", r.approved)
	}
	entry := contentPath + "/" + known
	resp, page = d.post(t, contentPath+"/deed", "do", "takedown", "seen", known, "reason", "金额写错", "back", entry)
	says(t, resp, page, 200, "已下线 1 条", "李审 下线：金额写错", "审核通过，恢复回答")
	resp, page = d.post(t, contentPath+"/deed", "do", "approve", "seen", known+" anotherhash", "back", entry)
	says(t, resp, page, 409, sayMoved)
	resp, page = d.post(t, contentPath+"/deed", "do", "approve", "seen", known+" "+e.Hash, "back", "https://evil.example/")
	says(t, resp, page, 200, "已审核 1 条")
	if resp.Request.URL.Path != Path+"/" || r.approved[known].Down {
		t.Errorf("at %s, %+v", resp.Request.URL, r.approved[known])
	}
}

func TestThePagePreview(t *testing.T) {
	d, _ := contentDesk(t)
	d.signedIn(t, "王编")
	path := contentPath + "/" + known + "/edit"
	_, page := d.get(t, path)
	form := formIn(t, page, path)
	form.Set("questions", "<b>能退吗？</b>")
	resp, page := d.send(t, contentPath+"/page", form)
	says(t, resp, page, 200, "&lt;b&gt;能退吗？")
}
