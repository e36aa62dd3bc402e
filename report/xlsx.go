package report

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// XLSX writes the report as a workbook: a sheet a table, each a real table
// with its heads frozen, charts beside those that have one, the text on a
// sheet of its own and the counting rules on the last. The same report gives
// the same bytes.
func XLSX(w io.Writer, r Report) error {
	f := excelize.NewFile()
	err := (&workbook{File: f}).fill(r)
	var book bytes.Buffer
	if err == nil {
		err = f.Write(&book)
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = repack(w, book.Bytes())
	}
	if err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

// workbook is a file with the styles of its cells.
type workbook struct {
	*excelize.File
	head, words, count, share, side int
	title, text                     int // of the sheet of paragraphs
	tables                          int
	name                            string // of the whole report
}

const textSheet = "报告正文"

func (b *workbook) fill(r Report) error {
	d := Lay(r)
	b.name = d.Title + d.Under
	steps := []func() error{b.styles, func() error { return b.SetSheetName("Sheet1", textSheet) }, func() error { return b.paragraphs(d) }}
	for _, t := range d.Tables() {
		steps = append(steps, func() error { return b.table(t) })
	}
	steps = append(steps, func() error { return b.props(r, d) })
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// props fixes what the file says of itself to the time of the report, so that
// the same report gives the same bytes.
func (b *workbook) props(r Report, d Document) error {
	at := r.Now.UTC().Format(time.RFC3339)
	return b.SetDocProps(&excelize.DocProperties{
		Title: d.Title + d.Under, Creator: r.who(), LastModifiedBy: r.who(), Created: at, Modified: at, Language: "zh-CN",
	})
}

func (b *workbook) styles() error {
	font := func(bold bool) *excelize.Font { return &excelize.Font{Family: "宋体", Size: 11, Bold: bold} }
	top := &excelize.Alignment{Vertical: "center", WrapText: true}
	right := &excelize.Alignment{Vertical: "center", Horizontal: "right"}
	var lines []excelize.Border // programs do not all draw a table's own
	for _, side := range []string{"left", "right", "top", "bottom"} {
		lines = append(lines, excelize.Border{Type: side, Color: "BFBFBF", Style: 1})
	}
	blue := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E7ECF3"}}
	middle := &excelize.Alignment{Vertical: "center", Horizontal: "center", WrapText: true}
	share := "0.0%"
	for _, s := range []struct {
		id    *int
		style excelize.Style
	}{
		{&b.head, excelize.Style{Font: font(true), Alignment: middle, Border: lines, Fill: blue}},
		{&b.words, excelize.Style{Font: font(false), Alignment: top, Border: lines, NumFmt: 49}},
		{&b.count, excelize.Style{Font: font(false), Alignment: right, Border: lines, NumFmt: 3}},
		{&b.side, excelize.Style{Font: font(false), Alignment: right, Border: lines, NumFmt: 49}},
		{&b.share, excelize.Style{Font: font(false), Alignment: right, Border: lines, CustomNumFmt: &share}},
		{&b.title, excelize.Style{Font: font(true), Alignment: top}},
		{&b.text, excelize.Style{Font: font(false), Alignment: top, NumFmt: 49}},
	} {
		var err error
		if *s.id, err = b.NewStyle(&s.style); err != nil {
			return fmt.Errorf("style: %w", err)
		}
	}
	return nil
}

// paragraphs fills the sheet of text.
func (b *workbook) paragraphs(d Document) error {
	row := 0
	line := func(s string, style int) error {
		row++
		return errors.Join(b.put(textSheet, 1, row, say(s), style), b.tall(textSheet, row, lines(s, textColumn)))
	}
	if err := errors.Join(b.SetColWidth(textSheet, "A", "A", textColumn), line(d.Title+d.Under, b.title)); err != nil {
		return err
	}
	for _, p := range d.Parts {
		if err := line(p.Heading, b.title); err != nil {
			return err
		}
		for _, block := range p.Blocks {
			text := block.Text
			if block.Table != nil {
				text = "（见工作表“" + block.Table.Name + "”）"
			}
			if err := line(text, b.text); err != nil {
				return err
			}
		}
	}
	for _, s := range d.Closing {
		if err := line(s, b.text); err != nil {
			return err
		}
	}
	return errors.Join(b.freeze(textSheet), b.paper(textSheet, ""))
}

// put writes one value into a cell. Words are written as words: excelize makes
// a formula of none that is set as a string.
func (b *workbook) put(sheet string, col, row int, v Value, style int) error {
	cell, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		return err
	}
	switch v.form {
	case plain:
		err = b.SetCellStr(sheet, cell, v.Text)
		if style == 0 && v.isStandIn() {
			style = b.side
		}
	case counts:
		err = b.SetCellInt(sheet, cell, int64(v.Number))
		style = cmp.Or(style, b.count)
	case tenths:
		err = b.SetCellFloat(sheet, cell, v.Number/100, 4, 64)
		style = cmp.Or(style, b.share)
	}
	return errors.Join(err, b.SetCellStyle(sheet, cell, cell, cmp.Or(style, b.words)))
}

// textColumn is the width of the sheet of text, in digits.
const textColumn = 110.0

func columnWidth(relative float64) float64 { return 6 + 10*relative }

// lines is how many lines a text takes in a column of so many digits; a
// Chinese character is as wide as two.
func lines(s string, wide float64) int {
	return max(1, int(math.Ceil(textWidth(s)/letter*2/(wide-1))))
}

// tall makes room for a row of several lines: programs do not all do so by
// themselves.
func (b *workbook) tall(sheet string, row, lines int) error {
	if lines < 2 {
		return nil
	}
	return b.SetRowHeight(sheet, row, min(400, 15.5*float64(lines)))
}

// paper prints a sheet on A4, lying, as wide as the page, with what it is of
// above, its heads on every page and the number of the page below.
func (b *workbook) paper(sheet, title string) error {
	a4, lying, one, any, fit := 9, "landscape", 1, 0, true
	signs := strings.NewReplacer("&", "&&")
	return errors.Join(
		b.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{
			OddHeader: short255("&L" + signs.Replace(b.name) + "&R" + signs.Replace(title)), OddFooter: "&C&P / &N",
		}),
		b.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + sheet + "'!$1:$1", Scope: sheet}),
		b.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &a4, Orientation: &lying, FitToWidth: &one, FitToHeight: &any}),
		b.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}),
	)
}

// short255 is what fits the head of a page.
func short255(s string) string {
	signs := []rune(s)
	return string(signs[:min(len(signs), 255)])
}

func (b *workbook) freeze(sheet string) error {
	return b.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

func (b *workbook) table(t *Table) error {
	if _, err := b.NewSheet(t.Name); err != nil {
		return fmt.Errorf("sheet %s: %w", t.Name, err)
	}
	for i, column := range t.Columns {
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := errors.Join(b.put(t.Name, i+1, 1, say(column), b.head), b.SetColWidth(t.Name, name, name, columnWidth(t.Widths[i]))); err != nil {
			return fmt.Errorf("sheet %s: %w", t.Name, err)
		}
	}
	if err := b.tall(t.Name, 1, headLines(t)); err != nil {
		return fmt.Errorf("sheet %s: %w", t.Name, err)
	}
	for i, row := range t.Rows {
		most := 1
		for j, v := range row {
			most = max(most, lines(v.String(), columnWidth(t.Widths[j])))
			if err := b.put(t.Name, j+1, i+2, v, 0); err != nil {
				return fmt.Errorf("sheet %s: %w", t.Name, err)
			}
		}
		if err := b.tall(t.Name, i+2, most); err != nil {
			return fmt.Errorf("sheet %s: %w", t.Name, err)
		}
	}
	return errors.Join(b.frame(t), b.freeze(t.Name), b.paper(t.Name, t.Title), b.chart(t))
}

// headLines is how many lines the heads of a table take; they are bold.
func headLines(t *Table) (most int) {
	for i, column := range t.Columns {
		most = max(most, lines(column+"  ", columnWidth(t.Widths[i])))
	}
	return most
}

// frame makes a real table of the cells.
func (b *workbook) frame(t *Table) error {
	b.tables++
	last, err := excelize.CoordinatesToCellName(len(t.Columns), len(t.Rows)+1)
	if err != nil {
		return err
	}
	stripes := true
	return b.AddTable(t.Name, &excelize.Table{
		Range: "A1:" + last, Name: fmt.Sprintf("figures%d", b.tables), StyleName: "TableStyleMedium2", ShowRowStripes: &stripes,
	})
}

// The colour of bars and lines, in every format.
const colour = "1F5FA8"

// chart puts a native chart under a table, so that both fit a page. It reads
// the cells; what is words there is no bar.
func (b *workbook) chart(t *Table) error {
	if t.Chart == nil {
		return nil
	}
	rows := len(t.Chart.Labels)
	value, err := excelize.ColumnNumberToName(t.Chart.column + 1)
	if err != nil {
		return err
	}
	at, err := excelize.CoordinatesToCellName(1, len(t.Rows)+3)
	if err != nil {
		return err
	}
	end, each := scale(t.Chart.top())
	c := &excelize.Chart{
		Type: excelize.Bar,
		Series: []excelize.ChartSeries{{
			Name:       fmt.Sprintf("'%s'!$%s$1", t.Name, value),
			Categories: fmt.Sprintf("'%s'!$A$2:$A$%d", t.Name, rows+1),
			Values:     fmt.Sprintf("'%s'!$%s$2:$%s$%d", t.Name, value, value, rows+1),
			Fill:       excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}},
			Line:       excelize.LineOptions{Width: 2, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}},
		}},
		Title:        excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: t.Chart.Title + "（" + t.Chart.Unit + "）"}}},
		Legend:       excelize.ChartLegend{Position: "none"},
		Dimension:    excelize.ChartDimension{Width: 640, Height: uint(max(300, 60+22*rows))},
		ShowBlanksAs: "gap",
		XAxis:        excelize.ChartAxis{ReverseOrder: true},
		YAxis:        excelize.ChartAxis{MajorGridLines: true, MajorUnit: each, Minimum: new(float64), Maximum: &end},
	}
	if t.Chart.Shape != Bars {
		c.Type, c.XAxis.ReverseOrder, c.Dimension.Height = excelize.Col, false, 340
	}
	if t.Chart.Shape == Line {
		c.Type = excelize.Line
	}
	return b.AddChart(t.Name, at, c)
}
