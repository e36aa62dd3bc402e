package report

import (
	"archive/zip"
	"fmt"
	"io"
	"strings"
)

// DOCX writes the report as an office would hand it in: A4 with the margins
// of official documents (GB/T 9704—2012), East-Asian fonts, page numbers,
// tables and native charts. The same report gives the same bytes.
func DOCX(w io.Writer, r Report) error {
	d := &wordFile{}
	d.document(Lay(r))
	z := zip.NewWriter(w)
	for _, p := range d.parts(r) {
		out, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate})
		if err == nil {
			_, err = io.WriteString(out, xmlHead+p.text)
		}
		if err != nil {
			return fmt.Errorf("write document: %s: %w", p.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write document: %w", err)
	}
	return nil
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// wordPart is one file inside the document.
type wordPart struct{ name, text string }

// wordFile is a document on its way to be written.
type wordFile struct {
	body   strings.Builder
	charts []Chart
	tables int
	// together keeps the row that is written on the page of the next one.
	together  bool
	cellStyle string
}

// Sizes are half points; the width of the text is in twentieths of a point.
const (
	titleSize   = 44 // 二号
	bodySize    = 32 // 三号
	tableSize   = 21 // 五号
	captionSize = 24 // 小四
	textWide    = 8844
	twoSigns    = 640 // the first line begins two characters in
)

// The fonts of official documents. Where one is not installed the reader's
// program takes the next of its family.
const (
	bodyFont  = "仿宋"
	headFont  = "黑体"
	subFont   = "楷体"
	titleFont = "宋体"
	latinFont = "Times New Roman"
)

func (d *wordFile) put(format string, args ...any) { fmt.Fprintf(&d.body, format, args...) }

func (d *wordFile) document(doc Document) {
	d.put(`<w:p><w:pPr><w:pStyle w:val="Title"/></w:pPr>%s<w:r><w:br/></w:r>%s</w:p>`, run(doc.Title), run(doc.Under))
	for i, p := range doc.Parts {
		if i == len(doc.Parts)-1 {
			d.closing(doc.Closing)
			d.put(`<w:p><w:pPr><w:pStyle w:val="Heading1"/><w:pageBreakBefore/></w:pPr>%s</w:p>`, run(p.Heading))
		} else {
			d.paragraph("Heading1", p.Heading)
		}
		for _, b := range p.Blocks {
			d.block(b)
		}
	}
}

func (d *wordFile) closing(lines []string) {
	d.paragraph("Normal", "")
	for _, s := range lines {
		d.paragraph("Closing", s)
	}
}

func (d *wordFile) block(b Block) {
	switch {
	case b.Table == nil && b.Heading:
		d.paragraph("Heading2", b.Text)
	case b.Table == nil:
		d.paragraph("Normal", b.Text)
	default:
		if !b.Table.Annex {
			d.table(b.Table.printed())
		}
		if b.Table.Chart != nil {
			d.chart(*b.Table.Chart)
		}
	}
}

func (d *wordFile) paragraph(style, text string) {
	d.put(`<w:p><w:pPr><w:pStyle w:val="%s"/></w:pPr>%s</w:p>`, style, run(text))
}

func run(text string) string {
	if text == "" {
		return ""
	}
	return `<w:r><w:t xml:space="preserve">` + escaped(text) + `</w:t></w:r>`
}

// table writes a table with its caption above; the heads come again on every
// page and no row breaks.
func (d *wordFile) table(t *Table) {
	d.tables++
	d.put(`<w:p><w:pPr><w:pStyle w:val="Caption"/><w:keepNext/></w:pPr>%s</w:p>`, run(fmt.Sprintf("表%d　%s", d.tables, t.Title)))
	d.put(`<w:tbl><w:tblPr><w:tblStyle w:val="Grid"/><w:tblW w:w="%d" w:type="dxa"/><w:jc w:val="center"/><w:tblLayout w:type="fixed"/>`+
		`<w:tblLook w:val="0020" w:firstRow="1"/></w:tblPr><w:tblGrid>`, textWide)
	widths := shareOut(t.Widths, textWide)
	d.cellStyle = "Cell"
	if len(t.Columns) > roomy {
		d.cellStyle = "CellSmall"
	}
	for _, w := range widths {
		d.put(`<w:gridCol w:w="%d"/>`, w)
	}
	d.put(`</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`)
	d.together = true // the heads do not stand alone
	for i, c := range t.Columns {
		d.cell(widths[i], "center", `<w:shd w:val="clear" w:color="auto" w:fill="E7ECF3"/>`, c)
	}
	d.put(`</w:tr>`)
	rows := t.Rows
	if t.Most > 0 && len(rows) > t.Most {
		rows = rows[:t.Most]
	}
	for n, row := range rows {
		d.together = len(rows) <= short && !t.Tall && n < len(rows)-1
		d.put(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
		for i, v := range row {
			side := "left"
			if v.IsNumber() || v.isStandIn() {
				side = "right"
			}
			d.cell(widths[i], side, "", v.String())
		}
		d.put(`</w:tr>`)
	}
	d.put(`</w:tbl>`)
	if len(rows) < len(t.Rows) {
		d.paragraph("Small", fmt.Sprintf("表中列出前%d项，全部%d项见电子表格中的“%s”。", len(rows), len(t.Rows), t.Name))
	} else {
		d.paragraph("Small", "")
	}
}

func (d *wordFile) cell(width int, side, shade, text string) {
	keep := ""
	if d.together {
		keep = `<w:keepNext/>`
	}
	d.put(`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>%s<w:vAlign w:val="center"/></w:tcPr>`+
		`<w:p><w:pPr><w:pStyle w:val="%s"/>%s<w:jc w:val="%s"/></w:pPr>%s</w:p></w:tc>`, width, shade, d.cellStyle, keep, side, run(text))
}

// roomy is how many columns a table has at most in letters of full size.
const roomy = 8

// short is how many rows a table has at most that is kept on one page.
const short = 21

// printed is the table with the columns that fit a page.
func (t *Table) printed() *Table {
	if t.Printed == nil {
		return t
	}
	p := &Table{Name: t.Name, Title: t.Title, Most: t.Most, Tall: t.Tall}
	for _, i := range t.Printed {
		p.Columns, p.Widths = append(p.Columns, t.Columns[i]), append(p.Widths, t.Widths[i])
	}
	for _, row := range t.Rows {
		var fit []Value
		for _, i := range t.Printed {
			fit = append(fit, row[i])
		}
		p.add(fit...)
	}
	return p
}

// shareOut divides a width by relative ones, so that nothing is left over.
func shareOut(relative []float64, all int) []int {
	sum := 0.0
	for _, r := range relative {
		sum += r
	}
	widths, used, passed := make([]int, len(relative)), 0, 0.0
	for i, r := range relative {
		passed += r
		widths[i] = int(passed/sum*float64(all)) - used
		used += widths[i]
	}
	return widths
}

// chart puts a native chart into the text. Its size is in units of which an
// inch has 914,400.
func (d *wordFile) chart(c Chart) {
	d.charts = append(d.charts, c)
	n := len(d.charts)
	const wide, inch = 5_486_400, 914_400
	tall := 3 * inch
	if c.Shape == Bars {
		tall = min(8*inch, inch*8/10+inch*len(c.Labels)*24/100)
	}
	d.put(`<w:p><w:pPr><w:pStyle w:val="Picture"/></w:pPr><w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">`+
		`<wp:extent cx="%d" cy="%d"/><wp:docPr id="%d" name="图%d" descr="%s"/><a:graphic>`+
		`<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart r:id="chart%d"/></a:graphicData>`+
		`</a:graphic></wp:inline></w:drawing></w:r></w:p>`, wide, tall, n, n, escaped(c.Title+"（"+c.Unit+"）"), n)
	d.paragraph("Figure", fmt.Sprintf("图%d　%s（%s）", n, c.Title, c.Unit))
}
