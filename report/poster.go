package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/skip2/go-qrcode"

	"pufa/stats"
)

// Poster is what stands on a poster. Empty names are left out; none is made up.
type Poster struct {
	Street  string // 街道名称
	Office  string // 司法所名称
	Theme   string // 3.8, 3.15, 12.4, 反诈
	Line    string // what the poster says
	Code    string // what its QR code holds
	Address string // the same for people to type; may be empty
	Follow  bool   // the code leads to the account, not to a page
	Scene   string // id, small, so that whoever hangs it knows which one it is
}

// PosterOf is the poster of a scene: its code holds what the account made, or
// the scene's page under base, the address that residents open, which may be
// empty for an account's own code.
func PosterOf(s stats.Scene, base, street, office string) Poster {
	p := Poster{Street: street, Office: office, Theme: s.Theme, Line: s.Line, Code: s.Code, Follow: s.Code != "", Scene: s.ID}
	if base != "" {
		page := base + "/q/" + s.ID
		p.Address = strings.TrimPrefix(strings.TrimPrefix(page, "https://"), "http://")
		if !p.Follow {
			p.Code = page
		}
	}
	return p
}

// PosterSize is a paper or a screen.
type PosterSize struct {
	Name       string // a4, a3, screen
	Title      string // as staff read it
	page       string // for @page
	wide, high string // in CSS units
	box        float64
}

// PosterSizes are all sizes, the usual one first. Heights follow from the box:
// 1000 units wide.
func PosterSizes() []PosterSize {
	return []PosterSize{
		{"a4", "A4", "A4 portrait", "210mm", "297mm", 1414},
		{"a3", "A3", "A3 portrait", "297mm", "420mm", 1414},
		{"screen", "电子屏（1080×1920）", "1080px 1920px", "1080px", "1920px", 1778},
	}
}

// PosterSVG draws a poster. It holds presentation attributes only: no style,
// script, font or address from elsewhere. The same poster gives the same bytes.
func PosterSVG(w io.Writer, p Poster, size PosterSize) error {
	d := &sheet{high: size.box}
	if err := d.draw(p); err != nil {
		return fmt.Errorf("draw poster: %w", err)
	}
	title := escaped(p.Line)
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %.0f" width="%s" height="%s" role="img" aria-label="%s" font-family="%s">`+
		"\n<title>%s</title>\n%s</svg>\n", sheetWide, size.box, size.wide, size.high, title, posterFonts, title, d.body.String())
	if err != nil {
		return fmt.Errorf("write poster: %w", err)
	}
	return nil
}

// PosterHTML is the same as a page that prints on exactly one sheet, to paper
// or to PDF.
func PosterHTML(w io.Writer, p Poster, size PosterSize) error {
	var svg strings.Builder
	if err := PosterSVG(&svg, p, size); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>海报 %s %s</title>
<style>
@page { size: %s; margin: 0; }
html, body { margin: 0; padding: 0; background: #fff; }
svg { display: block; width: %s; height: %s; break-inside: avoid; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
@media print { html, body { overflow: hidden; width: %s; height: %s; } }
</style>
</head>
<body>
%s</body>
</html>
`, escaped(p.Scene), size.Title, size.page, size.wide, size.high, size.wide, size.high, svg.String())
	if err != nil {
		return fmt.Errorf("write poster: %w", err)
	}
	return nil
}

// The looks of a poster.
const (
	sheetWide   = 1000
	sheetMargin = 60
	posterFonts = "'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'WenQuanYi Micro Hei', sans-serif"
	posterRed   = "#8c1d18"
	posterInk   = "#1c1b19"
	posterGrey  = "#474440"
)

// sheet is a poster on its way to be written, in units of which it is 1000
// wide.
type sheet struct {
	high float64
	body strings.Builder
}

func (d *sheet) put(format string, args ...any) { fmt.Fprintf(&d.body, format+"\n", args...) }

// text writes text within a box, as large as it fits and no larger than most,
// in the middle of it.
func (d *sheet) text(s string, top, high, most float64, lines int, fill string, bold bool) {
	if s == "" {
		return
	}
	size, rows := fitted(s, sheetWide-2*sheetMargin, high, most, lines)
	weight := ""
	if bold {
		weight = ` font-weight="bold"`
	}
	y := top + (high-float64(len(rows))*size*lineHigh)/2 + size*(lineHigh+0.76)/2
	for i, row := range rows {
		d.put(`<text x="%d" y="%.1f" font-size="%.1f" text-anchor="middle" fill="%s"%s>%s</text>`,
			sheetWide/2, y+float64(i)*size*lineHigh, size, fill, weight, escaped(row))
	}
}

// draw puts everything on the sheet: the street, the line, the code, what to do
// with it, and who is behind it.
func (d *sheet) draw(p Poster) error {
	code := d.high * 0.33
	foot := d.high - 190
	codeTop := foot - 140 - code
	d.put(`<rect x="0" y="0" width="%d" height="%.0f" fill="#ffffff"/>`, sheetWide, d.high)
	d.put(`<rect x="0" y="0" width="%d" height="150" fill="%s"/>`, sheetWide, posterRed)
	d.text(p.Street+"普法", 25, 100, 58, 2, "#ffffff", true)
	kicker := ""
	if p.Theme != "" {
		kicker = themeName(p.Theme)
	}
	d.text(kicker, 175, 50, 38, 1, posterRed, true)
	d.text(p.Line, 235, codeTop-265, 150, 4, posterInk, true)
	if err := d.code(p.Code, codeTop, code); err != nil {
		return err
	}
	hint := "微信扫一扫，看看怎么办"
	if p.Follow {
		hint = "微信扫一扫，进公众号问一问"
	}
	d.text(hint, foot-130, 60, 46, 1, posterInk, true)
	d.text(p.Address, foot-65, 44, 30, 1, posterGrey, false)
	d.put(`<rect x="%d" y="%.0f" width="%d" height="3" fill="%s"/>`, sheetMargin, foot, sheetWide-2*sheetMargin, posterRed)
	d.text("拿不准，打12348公共法律服务热线（免费）", foot+15, 55, 36, 1, posterInk, true)
	d.text(p.Office, foot+72, 70, 34, 2, posterGrey, false)
	d.put(`<text x="%d" y="%.0f" font-size="14" text-anchor="end" fill="%s">%s</text>`, sheetWide-30, d.high-16, posterGrey, escaped(p.Scene))
	return nil
}

// code draws the code with its quiet margin of four, one rectangle a run of
// dark squares. A quarter of it may be covered or torn.
func (d *sheet) code(text string, top, side float64) error {
	if text == "" {
		return fmt.Errorf("the code holds nothing")
	}
	q, err := qrcode.New(text, qrcode.High)
	if err != nil {
		return fmt.Errorf("make code: %w", err)
	}
	dots := q.Bitmap()
	d.put(`<svg x="%.1f" y="%.1f" width="%.1f" height="%.1f" viewBox="0 0 %d %d" shape-rendering="crispEdges">`,
		(sheetWide-side)/2, top, side, side, len(dots), len(dots))
	d.put(`<rect x="0" y="0" width="%d" height="%d" fill="#ffffff"/>`, len(dots), len(dots))
	for y, row := range dots {
		for x := 0; x < len(row); x++ {
			from := x
			for x < len(row) && row[x] {
				x++
			}
			if x > from {
				d.put(`<rect x="%d" y="%d" width="%d" height="1"/>`, from, y, x-from)
			}
		}
	}
	d.put(`</svg>`)
	return nil
}
