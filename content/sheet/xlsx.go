package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"pufa/content"
)

// The sheets of a workbook: entries, and how each column is filled in.
const (
	entrySheet = "条目"
	guideSheet = "填写说明"
)

// The limits of a workbook once unpacked: bytes, parts, and tags, each of
// which takes the reader some 300 bytes of memory. Tags suffice for 4,000 entries.
const (
	maxUnpacked = 48 << 20
	maxParts    = 1000
	maxTags     = 600_000
)

// WriteXLSX writes entries as a workbook: one sheet of them, every cell a text
// so that nothing is evaluated or turned into a day, the head and the id in
// view while one scrolls, and a second sheet that says how columns are filled.
func WriteXLSX(w io.Writer, entries []*content.Entry) error {
	f := excelize.NewFile()
	defer f.Close()
	err := f.SetSheetName("Sheet1", entrySheet)
	if err == nil {
		err = writeEntries(f, entries)
	}
	if err == nil {
		err = writeGuide(f)
	}
	if err == nil {
		err = f.Write(w)
	}
	if err != nil {
		return fmt.Errorf("write xlsx: %w", err)
	}
	return nil
}

// textFormat is the number format @: a cell is text whatever is typed into it.
const textFormat = 49

// styles makes the look of head and body.
func styles(f *excelize.File) (headStyle, bodyStyle int, err error) {
	top := &excelize.Alignment{Vertical: "top", WrapText: true}
	bodyStyle, err = f.NewStyle(&excelize.Style{NumFmt: textFormat, Alignment: top})
	if err != nil {
		return 0, 0, err
	}
	headStyle, err = f.NewStyle(&excelize.Style{
		NumFmt: textFormat, Alignment: top, Font: &excelize.Font{Bold: true},
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8EEF4"}},
	})
	return headStyle, bodyStyle, err
}

func writeEntries(f *excelize.File, entries []*content.Entry) error {
	all := columns()
	table := make([][]string, 1, len(entries)+1)
	for _, c := range all {
		table[0] = append(table[0], c.name)
	}
	for _, e := range entries {
		row, err := cells(all, e)
		if err != nil {
			return err
		}
		table = append(table, row)
	}
	widths := make([]float64, len(all))
	for i, c := range all {
		widths[i] = c.width
	}
	frozen := &excelize.Panes{Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomRight"}
	return writeTable(f, entrySheet, table, widths, frozen)
}

func writeGuide(f *excelize.File) error {
	if _, err := f.NewSheet(guideSheet); err != nil {
		return err
	}
	table := [][]string{{"列", "怎么填"}}
	for _, c := range columns() {
		table = append(table, []string{c.name, c.about})
	}
	table = append(table,
		[]string{"所有列", `单元格里换行用 Alt+Enter。文字里的 | 在“依据”“易混问法”里写成 \|，\ 写成 \\`},
		[]string{"导入", "列名不要改、不要删、不要加；导入时先只检查，不改任何东西"})
	frozen := &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}
	return writeTable(f, guideSheet, table, []float64{16, 90}, frozen)
}

// writeTable fills a sheet row by row; the first row is the head.
func writeTable(f *excelize.File, sheet string, table [][]string, widths []float64, frozen *excelize.Panes) error {
	headStyle, bodyStyle, err := styles(f)
	if err != nil {
		return err
	}
	out, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	problems := []error{out.SetPanes(frozen), out.SetColStyle(1, len(widths), bodyStyle)}
	for i, width := range widths {
		problems = append(problems, out.SetColWidth(i+1, i+1, width))
	}
	for i, row := range table {
		style := bodyStyle
		if i == 0 {
			style = headStyle
		}
		values := make([]any, len(row))
		for j, cell := range row {
			values[j] = excelize.Cell{StyleID: style, Value: cell}
		}
		problems = append(problems, out.SetRow(fmt.Sprintf("A%d", i+1), values))
	}
	return errors.Join(append(problems, out.Flush())...)
}

// ReadXLSX reads the entries of a workbook: those of its sheet 条目, or of its
// only sheet. file is its name for messages. Of a formula the value that was
// saved with it is read.
func ReadXLSX(file string, in io.Reader) ([]Row, error) {
	data, err := readLimited(file, in)
	if err != nil {
		return nil, err
	}
	if err := weigh(data); err != nil {
		return nil, Problem{File: file, What: err.Error()}
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked, // all in memory: nothing is left on the disk
		ShortDatePattern: "yyyy-mm-dd",
	})
	if err != nil {
		return nil, Problem{File: file, What: fmt.Sprintf("it cannot be read as an xlsx file: %v", err)}
	}
	defer f.Close()
	table, err := readSheet(f)
	if err != nil {
		return nil, Problem{File: file, What: err.Error()}
	}
	return readRows(file, table)
}

// weigh looks at a workbook before it is opened: a small file can unpack to
// more than the memory holds.
func weigh(data []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return fmt.Errorf("it is no xlsx file (an .xls or a protected file is first saved as a plain .xlsx): %w", err)
	}
	if len(archive.File) > maxParts {
		return fmt.Errorf("it has %d parts, at most %d", len(archive.File), maxParts)
	}
	left, tags := uint64(maxUnpacked), 0
	for _, part := range archive.File {
		if part.UncompressedSize64 > left {
			return fmt.Errorf("it unpacks to more than %d MiB", maxUnpacked>>20)
		}
		left -= part.UncompressedSize64
		n, err := countTags(part)
		if err != nil {
			return fmt.Errorf("its part %q cannot be unpacked: %w", part.Name, err)
		}
		if tags += n; tags > maxTags {
			return fmt.Errorf("it has more than %d tags: delete the empty rows and columns around the table", maxTags)
		}
	}
	return nil
}

// countTags unpacks a part, which the zip reader ends at the size it declares.
func countTags(part *zip.File) (int, error) {
	in, err := part.Open()
	if err != nil {
		return 0, err
	}
	defer in.Close()
	tags, buf := 0, make([]byte, 32<<10)
	for {
		n, err := in.Read(buf)
		tags += bytes.Count(buf[:n], []byte("<"))
		if err == io.EOF {
			return tags, nil
		}
		if err != nil {
			return 0, err
		}
	}
}

// readSheet returns the cells of the sheet of entries as they are shown, every
// row at least as wide as the head.
func readSheet(f *excelize.File) ([][]string, error) {
	name, err := nameOfSheet(f)
	if err != nil {
		return nil, err
	}
	rows, err := f.Rows(name)
	if err != nil {
		return nil, fmt.Errorf("its sheet %s cannot be read: %w", name, err)
	}
	defer rows.Close()
	var table [][]string
	width := 0
	for rows.Next() {
		row, err := rows.Columns()
		row = withoutEmptyEnd(row)
		switch {
		case err != nil:
			return nil, fmt.Errorf("row %d of its sheet %s cannot be read: %w", len(table)+1, name, err)
		case len(row) > maxColumns:
			return nil, fmt.Errorf("row %d of its sheet %s has %d columns, at most %d", len(table)+1, name, len(row), maxColumns)
		case len(table) == maxRows:
			return nil, fmt.Errorf("its sheet %s has more than %d rows: delete the empty rows below the table", name, maxRows)
		}
		if width == 0 {
			width = len(row)
		}
		for len(row) < width {
			row = append(row, "") // xlsx leaves out empty cells at the end
		}
		table = append(table, row)
	}
	if err := rows.Error(); err != nil {
		return nil, fmt.Errorf("its sheet %s cannot be read: %w", name, err)
	}
	return table, nil
}

func nameOfSheet(f *excelize.File) (string, error) {
	list := f.GetSheetList()
	switch {
	case slices.Contains(list, entrySheet):
		return entrySheet, nil
	case len(list) == 1:
		return list[0], nil
	default:
		return "", fmt.Errorf("none of its %d sheets is called %s", len(list), entrySheet)
	}
}

// withoutEmptyEnd copies what a row holds: a row can be 16,384 empty cells.
func withoutEmptyEnd(row []string) []string {
	for len(row) > 0 && strings.TrimSpace(row[len(row)-1]) == "" {
		row = row[:len(row)-1]
	}
	return slices.Clone(row)
}
