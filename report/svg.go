package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// The measures of a drawing, in pixels.
const (
	svgWidth   = 640
	svgLine    = 300 // height of a line's drawing
	barStep    = 26  // from bar to bar
	barThick   = 16
	headRoom   = 40
	footRoom   = 30
	letter     = 13 // size of a Chinese character
	mostLabel  = 14 // characters of a label
	valueSpace = 56
)

// SVG draws a chart. It holds presentation attributes only, no style, script
// or outside address, so that it shows under a strict policy; its title and
// label say what it is, and whoever shows it puts the table beside it. The
// same chart gives the same bytes.
func SVG(w io.Writer, c Chart) error {
	d := &drawing{chart: c}
	if c.Shape == Bars {
		d.bars()
	} else {
		d.upright()
	}
	title := escaped(c.Title + "（" + c.Unit + "）")
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s" font-family="sans-serif" font-size="%d">`+
		"\n<title>%s</title>\n%s</svg>\n", svgWidth, d.height, svgWidth, d.height, title, letter, title, d.body.String())
	if err != nil {
		return fmt.Errorf("write chart: %w", err)
	}
	return nil
}

// drawing is a chart on its way to be written.
type drawing struct {
	chart  Chart
	height int
	body   strings.Builder
}

func (d *drawing) put(format string, args ...any) { fmt.Fprintf(&d.body, format+"\n", args...) }

func (d *drawing) text(x, y float64, anchor, fill, s string) {
	d.put(`<text x="%.1f" y="%.1f" text-anchor="%s" fill="%s">%s</text>`, x, y, anchor, fill, escaped(s))
}

// The colours of what is no bar.
const (
	ink   = "#222222"
	faint = "#666666"
	grid  = "#d9d9d9"
)

// bars draws one lying bar a row, the scale below.
func (d *drawing) bars() {
	left, rows := 0.0, len(d.chart.Labels)
	for _, l := range d.chart.Labels {
		left = max(left, textWidth(clip(l)))
	}
	left += 16
	end, each := scale(d.chart.top())
	plot := svgWidth - valueSpace - left
	bottom := headRoom + rows*barStep
	d.height = bottom + footRoom
	d.head()
	for tick := 0.0; tick <= end; tick += each {
		x := left + plot*tick/end
		d.put(`<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="%s"/>`, x, headRoom, x, bottom, grid)
		d.text(x, float64(bottom+18), "middle", faint, fmt.Sprintf("%.0f", tick))
	}
	for i, v := range d.chart.Values {
		y := float64(headRoom + i*barStep + (barStep-barThick)/2)
		d.text(left-8, y+13, "end", ink, clip(d.chart.Labels[i]))
		long := 0.0
		if v.IsNumber() {
			long = plot * v.Number / end
			d.put(`<rect x="%.1f" y="%.1f" width="%.1f" height="%d" fill="#%s"/>`, left, y, long, barThick, colour)
		}
		d.text(left+long+6, y+13, "start", faint, v.String())
	}
}

// upright draws standing bars, or points that are joined to their neighbours;
// where there is no number there is a gap.
func (d *drawing) upright() {
	const left, right, bottom = 60.0, svgWidth - 20.0, svgLine - 34.0
	d.height = svgLine
	end, each := scale(d.chart.top())
	d.head()
	for tick := 0.0; tick <= end; tick += each {
		y := bottom - (bottom-headRoom)*tick/end
		d.put(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s"/>`, left, y, right, y, grid)
		d.text(left-8, y+5, "end", faint, fmt.Sprintf("%.0f", tick))
	}
	n := len(d.chart.Labels)
	gap := (right - left) / float64(max(1, n))
	skip := max(1, (n*46+svgWidth-81)/(svgWidth-80))
	joined := false
	for i, v := range d.chart.Values {
		x := left + gap*(float64(i)+0.5)
		if i%skip == 0 {
			d.text(x, bottom+20, "middle", faint, shortLabel(d.chart.Labels[i]))
		}
		if !v.IsNumber() {
			joined = false
			continue
		}
		y := bottom - (bottom-headRoom)*v.Number/end
		if d.chart.Shape == Columns {
			d.put(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="#%s"><title>%s %s</title></rect>`,
				x-gap*0.35, y, gap*0.7, bottom-y, colour, escaped(d.chart.Labels[i]), v)
			continue
		}
		if joined {
			before := d.chart.Values[i-1].Number
			d.put(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#%s" stroke-width="2"/>`,
				x-gap, bottom-(bottom-headRoom)*before/end, x, y, colour)
		}
		d.put(`<circle cx="%.1f" cy="%.1f" r="3.5" fill="#%s"><title>%s %s</title></circle>`, x, y, colour, escaped(d.chart.Labels[i]), v)
		joined = true
	}
}

func (d *drawing) head() {
	d.put(`<rect x="0" y="0" width="%d" height="%d" fill="#ffffff"/>`, svgWidth, d.height)
	d.put(`<text x="%d" y="22" text-anchor="middle" font-size="15" font-weight="bold" fill="%s">%s</text>`,
		svgWidth/2, ink, escaped(d.chart.Title+"（"+d.chart.Unit+"）"))
}

// shortLabel is a month without its year, which an axis has no room for.
func shortLabel(s string) string {
	if _, month, ok := strings.Cut(s, "年"); ok && month != "" {
		return strings.TrimSuffix(month, "（本月未结）")
	}
	return clip(s)
}

func clip(s string) string {
	if runes := []rune(s); len(runes) > mostLabel {
		return string(runes[:mostLabel-1]) + "…"
	}
	return s
}

// textWidth guesses how wide a text is drawn: what lies beyond the Latin
// letters is square.
func textWidth(s string) (w float64) {
	for _, r := range s {
		if r >= 0x2000 {
			w += letter
		} else {
			w += letter * 0.6
		}
	}
	return w
}

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}
