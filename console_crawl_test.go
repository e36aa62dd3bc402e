package main

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// payloads are what an outsider who has an account types: a formula, the end
// of an attribute in both kinds of quotes, an element, a script's address, the end of a header's line.
var payloads = []string{
	`=1+1"onpufa="1'onpufb='1<pufax onz=1>`,
	`=cmd|甲"onpufa="1'onpufb='1`,
	`javascript:pufax()`,
	"甲\r\nX-Pufa: 1\r\nSet-Cookie: pufax=1\r\n\r\n<p>",
}

// TestNothingTypedBecomesMarkup fills every field of every form of the console
// with payloads, as two people with every role, and then reads every page and
// every file of console and service: nowhere is what was typed more than text.
// Pages that are added later are read and filled in without a line here.
func TestNothingTypedBecomesMarkup(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of forms: left out with -short")
	}
	for _, p := range payloads[:3] {
		if !markup.MatchString(`<a title="` + p + `" href="` + p + `">` + p) {
			t.Fatalf("%s would not be seen if it were markup", p)
		}
	}
	t.Parallel()
	v := withAccount(t).and("PUFA_PUBLIC_URL", "https://pufa.example.cn", "PUFA_TRY", "on")
	for _, name := range []string{"王一", "李二"} {
		if e := v.runAt(t, noon, staffPassword+"\n", "staff", "add", "--roles", "管理,编辑,审核,发布,查看", name); e.status != 0 {
			t.Fatal(e.err)
		}
	}
	h := serveHere(t, withTickets(t, v, noon), noon)
	c := &crawl{t: t, asked: map[string]bool{}, kinds: map[string]int{}, filled: map[string]bool{}}
	for _, name := range []string{"王一", "李二", "王一"} {
		c.clerk = newClerk(t, h.url)
		if at, page := c.clerk.ask(t, "/console/sign-in", "name", name, "password", staffPassword); at != "/console/" {
			t.Fatalf("%s stands at %s: %s", name, at, page)
		}
		c.walk("/console/", true)
	}
	// Once more as a reader, after all that was kept.
	c.reads = true
	for _, from := range []string{"/console/", "/", "/a/consumer/seven-day-return", "/privacy", "/try"} {
		c.walk(from, false)
	}
	c.enough(map[string]int{
		"forms": 30, "posts": 800, "text/html": 1000, "text/csv": 20, "spreadsheet": 5, "word": 1, "shown": 300,
		"kept /console/settings/trail?": 1, "kept /console/settings/street?": 1, "kept /console/figures/tokens?": 1, "kept /console/activities?": 1,
		"kept /console/campaigns/*?": 1, "kept /console/desk?show": 1, "kept /console/content/*/*?": 1, "kept /a/consumer/*?": 3, "kept /privacy?": 1,
	})
	if log := h.log.String(); strings.Contains(log, "panic") {
		t.Errorf("the log tells of a panic: %.2000s", log)
	}
}

// crawl walks the pages that a person can reach.
type crawl struct {
	t      *testing.T
	clerk  *clerk
	asked  map[string]bool // addresses of this walk
	kinds  map[string]int  // of addresses of this walk, and what was counted
	filled map[string]bool // forms that were filled in, by person
	counts map[string]int
	reads  bool // only reading: what is met was kept
}

// maxOfKind is how many addresses of one kind are asked: one entry's page is
// as the other.
const maxOfKind = 4

// walk reads every page from one on; fill: also fills in its forms.
func (c *crawl) walk(from string, fill bool) {
	c.t.Helper()
	c.asked, c.kinds = map[string]bool{}, map[string]int{}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		path := queue[0]
		if c.asked[path] || c.kinds[kindOf(path)] >= maxOfKind {
			continue
		}
		c.asked[path] = true
		c.kinds[kindOf(path)]++
		page, isPage := c.read(path)
		if !isPage {
			continue
		}
		queue = append(queue, linksIn(page)...)
		if fill {
			queue = append(queue, c.fill(page, path)...)
		}
	}
}

var identifier = regexp.MustCompile(`^[^/]*[0-9%][^/]*$`)

// kindOf is an address without what names one thing of many.
func kindOf(path string) string {
	path, query, _ := strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	for i := range parts {
		if identifier.MatchString(parts[i]) || i > 2 && (parts[1] == "a" || parts[2] == "content") && !slices.Contains([]string{"new", "import", "approve", "edit", "diff", "preview"}, parts[i]) {
			parts[i] = "*"
		}
	}
	values, _ := url.ParseQuery(query)
	names := []string{}
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(parts, "/") + "?" + strings.Join(names, "&")
}

var hrefForm = regexp.MustCompile(`href="(/[^"#]*)`)

// linksIn are the addresses of this service that a page leads to.
func linksIn(page string) (list []string) {
	for _, m := range hrefForm.FindAllStringSubmatch(page, -1) {
		if to := html.UnescapeString(m[1]); !strings.HasPrefix(to, "//") && !strings.HasPrefix(to, "/static/") {
			list = append(list, to)
		}
	}
	return list
}

// read asks for an address and holds what comes to what must hold.
func (c *crawl) read(path string) (body string, isPage bool) {
	resp, err := c.clerk.client.Get(c.clerk.base + path)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.judge(path, resp)
}

// enough fails when too little was met to prove anything.
func (c *crawl) enough(want map[string]int) {
	c.t.Helper()
	for what, n := range want {
		if c.counts[what] < n {
			c.t.Errorf("only %d of %q were met, want %d", c.counts[what], what, n)
		}
	}
	if c.t.Failed() {
		c.t.Log(fmt.Sprint(c.counts))
	}
}
