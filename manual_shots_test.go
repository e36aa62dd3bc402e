package main

import (
	"bytes"
	"cmp"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// photo is a page of the demonstration as the manual shows it.
type photo struct {
	name, who, path string
	height          int64 // of the picture, in pixels; 0: the window's 768
	before          func(*testing.T, staffBrowser)
}

func (p photo) file() string { return "console-" + p.name + "-1366.png" }

// manualPhotos are the manual's pictures, in the order of its chapters.
var manualPhotos = []photo{
	{name: "door", path: "/console/sign-in", height: 560},
	{name: "today", who: "演示乙", path: "/console/"},
	{name: "self", who: "演示甲", path: "/console/self"},
	{name: "accounts", who: "演示乙", path: "/console/settings/accounts", height: 560},
	{name: "account-new", who: "演示乙", path: "/console/settings/accounts/new", height: 900},
	{name: "street", who: "演示乙", path: "/console/settings/street", height: 900},
	{name: "health", who: "演示乙", path: "/console/settings/health", height: 900},
	{name: "health-checked", who: "演示乙", path: "/console/settings/health", before: func(t *testing.T, b staffBrowser) {
		b.presses(t, "检查公众号连接", "还剩")
		b.scrolls(t, "检查公众号连接")
	}},
	{name: "model", who: "演示乙", path: "/console/settings/model"},
	{name: "trail", who: "演示乙", path: "/console/settings/trail"},
	{name: "gaps", who: "演示乙", path: "/console/gaps"},
	{name: "bench", who: "演示甲", path: "/console/bench", height: 900, before: func(t *testing.T, b staffBrowser) {
		b.types(t, "[name=text]", "网购的裙子收到货五天了能无理由退货吗")
		b.presses(t, "试一下", "为什么这样答")
	}},
	{name: "content-list", who: "演示甲", path: "/console/content"},
	{name: "content-edit", who: "演示甲", path: "/console/content/" + known + "/edit", height: 900},
	{name: "content-entry", who: "演示乙", path: "/console/content/" + known, height: 900},
	{name: "content-down", who: "演示乙", path: "/console/content/consumer/store-return", before: func(t *testing.T, b staffBrowser) {
		b.scrolls(t, "内容有误，立即下线")
	}},
	{name: "content-approve", who: "演示乙", path: "/console/approve?show=street&topic=women"},
	{name: "content-import", who: "演示甲", path: "/console/content/import"},
	{name: "campaign-list", who: "演示乙", path: "/console/campaigns"},
	{name: "campaign-month", who: "演示乙", path: "/console/campaigns/month", height: 900},
	{name: "campaign-pack", who: "演示甲", path: "/console/campaigns/pack?id=fraud-week&year=2027", height: 900},
	{name: "campaign-series", who: "演示甲", path: "/console/campaigns?series=2027-consumer-week&year=2027", height: 900},
	{name: "campaign-new", who: "演示甲", path: "/console/campaigns/new", height: 900},
	{name: "campaign-submitted", who: "演示乙", path: "/console/campaigns/2027-womens-week-c2", height: 900},
	{name: "campaign-result", who: "演示乙", path: "/console/campaigns/2027-womens-week-p1/result", height: 900},
	{name: "activities", who: "演示乙", path: "/console/activities", height: 900},
	{name: "activity-new", who: "演示甲", path: "/console/activities/new", height: 800},
	{name: "figures", who: "演示乙", path: "/console/figures", height: 900},
	{name: "report", who: "演示乙", path: "/console/figures/report"},
	{name: "tokens", who: "演示乙", path: "/console/figures/tokens"},
	{name: "posters", who: "演示甲", path: "/console/posters"},
	{name: "poster-new", who: "演示甲", path: "/console/posters/new"},
	{name: "poster", who: "演示甲", path: "/console/posters/east-gate", height: 900},
	{name: "desk", who: "演示甲", path: "/console/desk"},
	{name: "ticket", who: "演示甲", path: "", before: func(t *testing.T, b staffBrowser) {
		b.opens(t, "/console/desk")
		if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`document.querySelector('a[href^="/console/desk/"]').click() || true`)); err != nil {
			t.Fatal(err)
		}
		b.waits(t, "我来办")
	}},
	{name: "ticket-taken", who: "演示甲", before: func(t *testing.T, b staffBrowser) {
		b.presses(t, "我来办", "答复")
	}},
	{name: "trials", who: "演示甲", path: "/console/self", before: func(t *testing.T, b staffBrowser) {
		b.presses(t, "绑定测试微信", "绑定码")
	}},
}

const (
	manualFile = "docs/工作人员手册.md"
	maxPicture = 60 << 10 // bytes of a picture of the manual
)

// TestTheManualHasItsPictures: every chapter shows what it speaks of, every
// picture is there, small, made by TestManualPictures, and shown somewhere.
func TestTheManualHasItsPictures(t *testing.T) {
	manual := readText(t, manualFile)
	shown := regexp.MustCompile(`!\[[^\]]+\]\(img/([^)]+)\)`)
	for _, chapter := range strings.Split(manual, "\n## ")[1:] {
		if title, _, _ := strings.Cut(chapter, "\n"); !shown.MatchString(chapter) {
			t.Errorf("chapter %s has no picture", title)
		}
	}
	for _, m := range shown.FindAllStringSubmatch(manual, -1) {
		if info, err := os.Stat(filepath.Join("docs/img", m[1])); err != nil || info.Size() > maxPicture {
			t.Errorf("%s is not there or larger than %d bytes: %v", m[1], maxPicture, err)
		}
		if !slices.ContainsFunc(manualPhotos, func(p photo) bool { return p.file() == m[1] }) {
			t.Errorf("%s is made by nobody: make manual would not renew it", m[1])
		}
	}
	files, err := filepath.Glob("docs/img/console-*.png")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d pictures, %v", len(files), err)
	}
	for _, file := range files {
		if !strings.Contains(manual, filepath.Base(file)) {
			t.Errorf("%s is shown nowhere", file)
		}
	}
}

var (
	manualInto = flag.String("manual", "", "make the pictures of the manual anew in this `folder`")
	shotsInto  = flag.String("shots", "", "keep every page at every width, light and dark, in this `folder`, to be looked at")
)

// TestManualPictures makes the pictures of docs/工作人员手册.md anew, out of the
// demonstration: make manual.
func TestManualPictures(t *testing.T) {
	into, all := *manualInto, *shotsInto
	if into == "" && all == "" {
		t.Skip("makes pictures only with -manual or -shots")
	}
	manual := readText(t, manualFile)
	r := rehearse(t)
	r.live()
	b := openBrowser(t, r.url)
	who := ""
	for _, p := range manualPhotos {
		if p.who != who && p.who != "" {
			who = p.who
			b.opens(t, "/console/sign-in")
			b.types(t, "[name=name]", who)
			b.types(t, "[name=password]", r.passwords[who])
			b.presses(t, "登录", who)
		}
		b.resize(t, 1366, cmp.Or(p.height, 768), "light")
		if p.path != "" {
			b.opens(t, p.path)
		}
		if p.before != nil {
			p.before(t, b)
		}
		if file := p.file(); into != "" && strings.Contains(manual, file) {
			b.keep(t, filepath.Join(into, file), chromedp.CaptureScreenshot(), true)
		}
		for _, width := range []int64{390, 1366, 1920} {
			for _, scheme := range []string{"light", "dark"} {
				if all != "" {
					b.resize(t, width, 800, scheme)
					b.keep(t, filepath.Join(all, p.name+"-"+strconv.FormatInt(width, 10)+"-"+scheme+".png"), chromedp.FullScreenshot(100), false)
				}
			}
		}
	}
}

// scrolls opens what is folded under these words and puts it into sight.
func (b staffBrowser) scrolls(t *testing.T, words string) {
	t.Helper()
	script := `(() => { const e = [...document.querySelectorAll('summary, h2, button')].find(e => e.innerText.trim() === ` + strconv.Quote(words) + `);
		if (!e) return false; if (e.matches('summary')) e.parentElement.open = true; e.scrollIntoView({block: 'center'}); return true })()`
	if ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](script)); err != nil || !ok {
		t.Fatalf("%s is not on %s (%v)", words, b.sees(t), err)
	}
}

// resize makes the window as large as an office's, or a telephone's.
func (b staffBrowser) resize(t *testing.T, width, height int64, scheme string) {
	t.Helper()
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, media); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(b.ctx, chromedp.EmulateViewport(width, height)); err != nil {
		t.Fatal(err)
	}
}

// keep writes a picture of the page; small: with few colours, as what is shown
// has few, and never larger than the manual bears.
func (b staffBrowser) keep(t *testing.T, file string, shot chromedp.Action[[]byte], small bool) {
	t.Helper()
	data, err := chromedp.Run(b.ctx, shot)
	if err != nil {
		t.Fatal(err)
	}
	if small {
		whole := data
		for colours := 48; colours >= 8; colours -= 8 {
			if data = fewColours(t, whole, colours); len(data) <= maxPicture {
				break
			}
		}
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// fewColours writes a picture with its commonest colours.
func fewColours(t *testing.T, data []byte, colours int) []byte {
	t.Helper()
	from, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	counts := map[color.NRGBA]int{}
	size := from.Bounds()
	flat := image.NewNRGBA(size)
	draw.Draw(flat, size, from, size.Min, draw.Src)
	for i := 0; i < len(flat.Pix); i += 4 {
		counts[color.NRGBA{flat.Pix[i] &^ 3, flat.Pix[i+1] &^ 3, flat.Pix[i+2] &^ 3, 255}]++
	}
	var list []color.NRGBA
	for c := range counts {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b color.NRGBA) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	var palette color.Palette
	for _, c := range list[:min(colours, len(list))] {
		palette = append(palette, c)
	}
	to := image.NewPaletted(size, palette)
	draw.Draw(to, size, flat, size.Min, draw.Src)
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, to); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// live fills the demonstration with a week of work: drafts, a push that was
// sent, activities, a poster, the street's data.
func (r *rehearsal) live() {
	editor, reviewer := newClerk(r.t, r.url), newClerk(r.t, r.url)
	editor.ask(r.t, "/console/sign-in", "name", "演示甲", "password", r.passwords["演示甲"])
	reviewer.ask(r.t, "/console/sign-in", "name", "演示乙", "password", r.passwords["演示乙"])
	reviewer.ask(r.t, "/console/settings/street", "versions", "0", "name", "示范街道", "office", "示范街道司法所", "address", "示范路1号二楼", "phone", "010-00000000", "hours", "周一至周五 9:00–17:00")
	for _, a := range [][]string{
		{"kind", "法治讲座", "on", "2027-02-26", "place", "东门社区活动室", "theme", "3.8", "quantity", "1", "people", "46", "material", "折页", "items", "60", "ref", "签到表 2027-014"},
		{"kind", "海报", "on", "2027-03-01", "place", "各社区公告栏", "theme", "3.8", "quantity", "24", "ref", "照片 2027-021"},
		{"kind", "入户宣传", "on", "2027-03-01", "place", "西里小区", "theme", "反诈", "quantity", "38", "people", "51", "estimated", "1"},
	} {
		editor.ask(r.t, "/console/activities/new", a...)
	}
	reviewer.ask(r.t, "/console/activities/1/confirm", "seen", "1")
	for entry, first := range map[string]string{
		known:             "能退。网上买的东西，签收第二天起七天内可以退，不用讲理由。",
		"housing/deposit": "能要。房子没有损坏、房租水电结清，押金应当全退。",
	} {
		r.sent(editor, "/console/content/"+entry+"/edit", entry, "已存为草稿", "short", first, "reason", "第一句说得更清楚", "do", "save")
	}
	_, poster := editor.ask(r.t, "/console/posters/new")
	subject := regexp.MustCompile(`value="([^"]*womens-week[^"]*)"`).FindStringSubmatch(poster)
	r.sent(editor, "/console/posters/new", "做海报", "已做好", "subject", subject[1], "place", "东门社区公告栏", "id", "east-gate", "deed", "make")
	r.scheduled("2027-womens-week-p1")
	r.scheduled("2027-womens-week-c1")
	r.says("待审核", "演示甲", "submit", "2027-womens-week-c2")
	r.press("/demo/clock", url.Values{"to": {jumpDue}})
	until(r.t, "the card is shown", func() bool { return r.shows("2027-womens-week-c1", "发送中") })
	until(r.t, "the platform took the mass message", func() bool { return r.shows("2027-womens-week-p1", "待管理员确认") })
	r.press("/demo/clock", url.Values{"to": {jumpHour}})
	until(r.t, "the receipt came", func() bool { return r.shows("2027-womens-week-p1", "已完成") })
	r.press("/demo/residents", nil)
}

// sent sends the form of a page as it stands, with some fields filled in; boxes
// that are not ticked stay so.
func (r *rehearsal) sent(c *clerk, at, what, want string, fill ...string) {
	r.t.Helper()
	_, page := c.ask(r.t, at)
	var fields []string
	for _, f := range formsIn(page, at) {
		if f.action != at {
			continue
		}
		for _, field := range f.fields {
			if i := slices.Index(fill, field.name); i < 0 && !(field.box && !field.ticked) {
				fields = append(fields, field.name, field.value)
			}
		}
	}
	if _, told := c.ask(r.t, at, append(fields, fill...)...); !strings.Contains(told, want) {
		r.t.Errorf("%s: %.2000s", what, words(told))
	}
}
