package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/skip2/go-qrcode"

	"pufa/stats"
)

func poster() Poster {
	s := stats.Scene{ID: "east-gate", Place: "东门社区公告栏", Theme: "3.8", Line: "面试追问婚育，您可以不答"}
	return PosterOf(s, "https://pufa.example.cn", "平东街道", "平东街道司法所")
}

func sizeOf(t *testing.T, name string) PosterSize {
	t.Helper()
	for _, s := range PosterSizes() {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no size %s", name)
	return PosterSize{}
}

func svgOf(t *testing.T, p Poster, size string) string {
	t.Helper()
	var b strings.Builder
	if err := PosterSVG(&b, p, sizeOf(t, size)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPosterOf(t *testing.T) {
	s := stats.Scene{ID: "gate", Line: "法"}
	for _, c := range []struct {
		name, base, code    string
		holds, address, say string
	}{
		{"a page's code", "https://pufa.example.cn", "", "https://pufa.example.cn/q/gate", "pufa.example.cn/q/gate", "微信扫一扫，看看怎么办"},
		{"the account's code", "https://pufa.example.cn", "http://weixin.qq.com/q/02abc", "http://weixin.qq.com/q/02abc", "pufa.example.cn/q/gate", "进公众号问一问"},
		{"the account's code without pages", "", "http://weixin.qq.com/q/02abc", "http://weixin.qq.com/q/02abc", "", "进公众号问一问"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.Code = c.code
			p := PosterOf(s, c.base, "", "")
			if p.Code != c.holds || p.Address != c.address {
				t.Errorf("holds %q and shows %q, want %q and %q", p.Code, p.Address, c.holds, c.address)
			}
			if svg := svgOf(t, p, "a4"); !strings.Contains(svg, c.say) {
				t.Errorf("does not say %q", c.say)
			}
		})
	}
	if err := PosterSVG(io.Discard, PosterOf(stats.Scene{ID: "gate", Line: "法"}, "", "", ""), PosterSizes()[0]); err == nil {
		t.Error("a poster without anything in its code is drawn")
	}
}

var dotsForm = regexp.MustCompile(`(?s)<svg x=.*?viewBox="0 0 (\d+) \d+".*?>\n(.*?)</svg>\n`)

// The drawn code is the library's, square for square, with its quiet margin.
func TestPosterHoldsTheCode(t *testing.T) {
	for _, text := range []string{"https://pufa.example.cn/q/east-gate", "http://weixin.qq.com/q/02" + strings.Repeat("x", 80)} {
		p := poster()
		p.Code = text
		m := dotsForm.FindStringSubmatch(svgOf(t, p, "screen"))
		if m == nil {
			t.Fatal("no code is drawn")
		}
		q, err := qrcode.New(text, qrcode.High)
		if err != nil {
			t.Fatal(err)
		}
		want := q.Bitmap()
		got := make([][]bool, len(want))
		for i := range got {
			got[i] = make([]bool, len(want))
		}
		rows := regexp.MustCompile(`<rect x="(\d+)" y="(\d+)" width="(\d+)" height="1"/>`).FindAllStringSubmatch(m[2], -1)
		for _, r := range rows {
			x, _ := strconv.Atoi(r[1])
			y, _ := strconv.Atoi(r[2])
			n, _ := strconv.Atoi(r[3])
			for i := range n {
				got[y][x+i] = true
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || m[1] != strconv.Itoa(len(want)) {
			t.Errorf("code of %q differs (-library +drawn):\n%s", text, diff)
		}
		for i := range 4 {
			for x := range want {
				if got[i][x] || got[x][i] {
					t.Fatalf("the quiet margin is not empty at %d, %d", i, x)
				}
			}
		}
	}
}

// box is a text as drawn.
type box struct {
	text       string
	y, size    float64
	left, wide float64
}

func textsOf(t *testing.T, svg string) (list []box) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		e, ok := token.(xml.StartElement)
		if !ok || e.Name.Local != "text" {
			continue
		}
		var b box
		var x float64
		anchor := ""
		for _, a := range e.Attr {
			switch a.Name.Local {
			case "x":
				fmt.Sscan(a.Value, &x)
			case "y":
				fmt.Sscan(a.Value, &b.y)
			case "font-size":
				fmt.Sscan(a.Value, &b.size)
			case "text-anchor":
				anchor = a.Value
			}
		}
		if err := d.DecodeElement(&b.text, &e); err != nil {
			t.Fatal(err)
		}
		b.wide = emWidth(b.text) * b.size
		b.left = x - b.wide/2
		if anchor == "end" {
			b.left = x - b.wide
		}
		list = append(list, b)
	}
}

// Whatever the names, no text leaves the sheet or runs into another.
func TestPosterTextFits(t *testing.T) {
	long := strings.Repeat("很长的名字", 12)
	for _, c := range []struct {
		name   string
		change func(*Poster)
	}{
		{"the usual", func(*Poster) {}},
		{"no street and no office", func(p *Poster) { p.Street, p.Office, p.Theme = "", "", "" }},
		{"a street of sixty characters", func(p *Poster) { p.Street = long }},
		{"an office of sixty characters", func(p *Poster) { p.Office = long }},
		{"the longest line", func(p *Poster) { p.Line = strings.Repeat("法", 40) }},
		{"one character", func(p *Poster) { p.Line = "法" }},
		{"a line of digits", func(p *Poster) { p.Line = strings.Repeat("8", 40) }},
		{"a long address", func(p *Poster) { p.Address = strings.Repeat("subdomain.", 20) + "cn/q/east-gate" }},
	} {
		for _, size := range PosterSizes() {
			t.Run(c.name+" on "+size.Name, func(t *testing.T) {
				p := poster()
				c.change(&p)
				svg := svgOf(t, p, size.Name)
				bottom := 0.0
				all := ""
				for _, b := range textsOf(t, svg) {
					all += b.text
					if b.left < 30 || b.left+b.wide > sheetWide-29 {
						t.Errorf("%q is from %.0f to %.0f wide", b.text, b.left, b.left+b.wide)
					}
					if top := b.y - b.size*0.9; top < bottom-1 || b.y > size.box {
						t.Errorf("%q at %.0f runs into what ends at %.0f", b.text, top, bottom)
					}
					bottom = b.y + b.size*0.15
				}
				for _, want := range []string{p.Street, p.Line, p.Address, p.Office, p.Scene, "12348"} {
					if !strings.Contains(all, want) {
						t.Errorf("%q is cut or missing in %q", want, all)
					}
				}
			})
		}
	}
}

func TestFitted(t *testing.T) {
	for _, c := range []struct {
		name, text string
		wide       float64
		lines      int
		want       []string
	}{
		{"a comma ends a row", "面试追问婚育，您可以不答", 880, 2, []string{"面试追问婚育，", "您可以不答"}},
		{"a short text is not torn apart", "怀孕不是辞退的理由", 880, 4, []string{"怀孕不是辞退的理由"}},
		{"rows are about as long as each other", "怀孕不是辞退的好理由", 500, 2, []string{"怀孕不是辞", "退的好理由"}},
		{"a mark does not begin a row", "一二三、四五六七、八九", 300, 4, []string{"一二三、", "四五六", "七、八九"}},
		{"a number is not broken", "打12348问", 260, 3, []string{"打", "12348", "问"}},
		{"an opening mark does not end a row", "您看《宪法》吧", 200, 4, []string{"您看", "《宪", "法》", "吧"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			size, rows := fitted(c.text, c.wide, 600, 100, c.lines)
			if strings.Join(rows, "") != c.text {
				t.Errorf("%q became %q", c.text, rows)
			}
			for _, row := range rows {
				if emWidth(row)*size > c.wide {
					t.Errorf("%q is wider than the box", row)
				}
			}
			if diff := cmp.Diff(c.want, rows); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPostersAreAsTheyWereLookedAt(t *testing.T) {
	p := poster()
	p.Line = `<script>"&`
	for _, size := range PosterSizes() {
		var b strings.Builder
		if err := PosterHTML(&b, p, size); err != nil {
			t.Fatal(err)
		}
		page := b.String()
		for _, word := range []string{"<script", "http-equiv", "src=", "href=", "url(", "@import", "@font-face"} {
			if strings.Contains(page, word) {
				t.Errorf("%s holds %s", size.Name, word)
			}
		}
	}
	for _, size := range []string{"a4", "screen"} {
		var b strings.Builder
		if err := PosterHTML(&b, poster(), sizeOf(t, size)); err != nil {
			t.Fatal(err)
		}
		golden(t, "poster_"+size+".html", dotsForm.ReplaceAllString(b.String(), "（二维码）\n"))
	}
}
