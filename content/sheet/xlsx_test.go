package sheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"pufa/content"
)

func workbook(t testing.TB, entries ...*content.Entry) []byte {
	t.Helper()
	data, err := formats[1].write(entries)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// edit changes a workbook as a person at a spreadsheet program does.
func edit(t testing.TB, data []byte, change func(*excelize.File) error) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := change(f); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestWriteXLSXIsReadyToWorkIn(t *testing.T) {
	e := fine("consumer/fine")
	e.Title = "=1+1"
	f, err := excelize.OpenReader(bytes.NewReader(workbook(t, e)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := f.GetSheetList(); !cmp.Equal(got, []string{"条目", "填写说明"}) {
		t.Errorf("sheets = %v", got)
	}
	panes, err := f.GetPanes("条目")
	if err != nil || !panes.Freeze || panes.XSplit != 1 || panes.YSplit != 1 {
		t.Errorf("panes = %+v, %v", panes, err)
	}
	if width, err := f.GetColWidth("条目", "C"); err != nil || width != 44 {
		t.Errorf("the column of questions is %v wide, %v", width, err)
	}
	guide, err := f.GetRows("填写说明")
	if err != nil || len(guide) < len(columns())+1 {
		t.Errorf("the guide has %d rows, %v", len(guide), err)
	}
	for position := range columns() {
		for row := 1; row <= 3; row++ { // the third is still empty
			holdTextCell(t, f, fmt.Sprintf("%s%d", letter(position), row))
		}
	}
}

// holdTextCell wants a cell that no program evaluates, whatever is in it.
func holdTextCell(t *testing.T, f *excelize.File, cell string) {
	t.Helper()
	kind, err := f.GetCellType("条目", cell)
	if err != nil || kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString && kind != excelize.CellTypeUnset {
		t.Errorf("%s is of type %v, %v", cell, kind, err)
	}
	if formula, err := f.GetCellFormula("条目", cell); err != nil || formula != "" {
		t.Errorf("%s has the formula %q, %v", cell, formula, err)
	}
	id, err := f.GetCellStyle("条目", cell)
	if err != nil {
		t.Fatal(err)
	}
	if style, err := f.GetStyle(id); err != nil || style.NumFmt != textFormat {
		t.Errorf("%s has the number format %d, %v", cell, style.NumFmt, err)
	}
}

func TestReadXLSXReadsWhatProgramsSave(t *testing.T) {
	set := func(cell string, value any) func(*excelize.File) error {
		return func(f *excelize.File) error { return f.SetCellValue("条目", cell, value) }
	}
	due := letter(place("复核日期")) + "2"
	cases := []struct {
		name   string
		edit   func(*excelize.File) error
		change func(*content.Entry)
	}{
		{"saved again without a change", func(*excelize.File) error { return nil }, nil},
		{"a title typed over", set("B2", "新题"), func(e *content.Entry) { e.Title = "新题" }},
		{"a hotline typed as a number", set(letter(place("热线"))+"2", 12348), func(e *content.Entry) { e.Remedy.Hotlines = []string{"12348"} }},
		{"a theme typed as a number", set(letter(place("主题日"))+"2", 3.8), func(e *content.Entry) { e.Themes = []string{"3.8"} }},
		{"a theme as Excel stores a number", func(f *excelize.File) error {
			return f.SetCellDefault("条目", letter(place("主题日"))+"2", "12.400000000000000")
		}, func(e *content.Entry) { e.Themes = []string{"12.4"} }},
		{"a day typed as a day", func(f *excelize.File) error {
			style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
			if err != nil {
				return err
			}
			if err := f.SetCellValue("条目", due, time.Date(2027, 10, 1, 0, 0, 0, 0, time.UTC)); err != nil {
				return err
			}
			return f.SetCellStyle("条目", due, due, style)
		}, func(e *content.Entry) { e.ReviewDue = "2027-10-01" }},
		{"the last cells empty", func(f *excelize.File) error {
			return f.SetCellValue("条目", letter(place("相关条目"))+"2", nil)
		}, func(e *content.Entry) { e.Related = nil }},
		{"a text in two colours", func(f *excelize.File) error {
			return f.SetCellRichText("条目", "B2", []excelize.RichTextRun{{Text: "新"}, {Text: "题", Font: &excelize.Font{Bold: true}}})
		}, func(e *content.Entry) { e.Title = "新题" }},
		{"the only sheet by another name", func(f *excelize.File) error {
			if err := f.DeleteSheet("填写说明"); err != nil {
				return err
			}
			return f.SetSheetName("条目", "Sheet1")
		}, nil},
		{"other sheets in front", func(f *excelize.File) error {
			_, err := f.NewSheet("草稿")
			if err == nil {
				err = f.MoveSheet("草稿", "条目")
			}
			return err
		}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			want := fine("consumer/fine")
			rows, err := formats[1].read(edit(t, workbook(t, want), c.edit))
			if err != nil || len(rows) != 1 || len(rows[0].Problems) > 0 {
				t.Fatalf("rows = %+v, error %v", rows, err)
			}
			if c.change != nil {
				c.change(want)
			}
			if diff := cmp.Diff(want, rows[0].Entry, apart); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadXLSXCountsEmptyRows(t *testing.T) {
	data := edit(t, workbook(t, fine("consumer/fine"), fine("consumer/second")), func(f *excelize.File) error {
		return f.InsertRows("条目", 3, 4)
	})
	rows, err := formats[1].read(data)
	if err != nil || len(rows) != 2 || rows[0].Number != 2 || rows[1].Number != 7 {
		t.Errorf("rows = %+v, error %v", rows, err)
	}
}

func TestReadXLSXNamesEveryBadRow(t *testing.T) {
	data := workbook(t, fine("consumer/fine"), fine("consumer/second"))
	for _, c := range badCells {
		t.Run(c.name, func(t *testing.T) {
			rows, err := formats[1].read(edit(t, data, func(f *excelize.File) error {
				return f.SetCellStr("条目", letter(place(c.column))+"2", c.cell)
			}))
			holdBadRow(t, rows, err, "entries.xlsx: ", c.want)
		})
	}
}

// packed makes a zip of made-up parts.
func packed(t testing.TB, parts map[string]io.Reader) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range parts {
		part, err := w.Create(name)
		if err == nil {
			_, err = io.Copy(part, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// replaced makes a workbook whose sheet of entries is other XML.
func replaced(t testing.TB, sheetData string) []byte {
	t.Helper()
	data := workbook(t)
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]io.Reader{}
	for _, part := range archive.File {
		if part.Name == "xl/worksheets/sheet1.xml" {
			parts[part.Name] = strings.NewReader(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + sheetData + `</sheetData></worksheet>`)
			continue
		}
		in, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		parts[part.Name] = in
	}
	return packed(t, parts)
}

func TestReadXLSXRefusesTheWholeSheet(t *testing.T) {
	many := map[string]io.Reader{}
	for i := range maxParts + 1 {
		many[fmt.Sprint(i)] = strings.NewReader("")
	}
	good := workbook(t, fine("consumer/fine"))
	cases := []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "entries.xlsx: it is no xlsx file"},
		{"a csv", []byte(plainCSV(t)), "it is no xlsx file"},
		{"an old or protected workbook", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "an .xls or a protected file is first saved as a plain .xlsx"},
		{"a zip of something else", packed(t, map[string]io.Reader{"a.txt": strings.NewReader("a")}), "entries.xlsx: "},
		{"half a file", good[:len(good)/2], "it is no xlsx file"},
		{"too many bytes", make([]byte, maxBytes+1), "more than 16 MiB"},
		{"a bomb of bytes", packed(t, map[string]io.Reader{"xl/a.bin": io.LimitReader(zeros{}, maxUnpacked+1)}), "unpacks to more than 48 MiB"},
		{"a bomb of tags", packed(t, map[string]io.Reader{"xl/sharedStrings.xml": strings.NewReader(strings.Repeat("<si/>", maxTags+1))}), "more than 600000 tags"},
		{"too many parts", packed(t, many), "it has 1001 parts"},
		{"rows beyond the limit", replaced(t, `<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row>`), "more than 10000 rows"},
		{"columns beyond the limit", replaced(t, `<row r="1"><c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row>`), "row 1 of its sheet 条目 has 16384 columns, at most 64"},
		{"a sheet that ends in the middle", replaced(t, `<row r="1"><c r="A1" t="inlineStr"><is><t>x`), "entries.xlsx: "},
		{"an empty sheet", replaced(t, ""), "the sheet is empty"},
		{"several sheets, none of entries", edit(t, good, func(f *excelize.File) error { return f.SetSheetName("条目", "甲") }), "none of its 2 sheets is called 条目"},
		{"a missing column", edit(t, good, func(f *excelize.File) error { return f.RemoveCol("条目", "H") }), "entries.xlsx: row 1: the column 依据 is missing"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			rows, err := formats[1].read(c.data)
			if err == nil || rows != nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%d rows, error %v; want one with %q", len(rows), err, c.want)
			}
		})
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// A part may declare less than it unpacks to; the zip reader ends it there.
func TestReadXLSXBelievesNoDeclaredSize(t *testing.T) {
	data := packed(t, map[string]io.Reader{"xl/a.bin": io.LimitReader(zeros{}, 1<<20)})
	size := []byte{0, 0, 0x10, 0} // 1 MiB, as the directory of the zip has it
	at := bytes.LastIndex(data, size)
	if at < 0 {
		t.Fatal("the declared size is not found")
	}
	copy(data[at:], []byte{1, 0, 0, 0})
	if rows, err := formats[1].read(data); err == nil || rows != nil || !strings.Contains(err.Error(), `its part "xl/a.bin" cannot be unpacked`) {
		t.Errorf("%d rows, error %v", len(rows), err)
	}
}

// FuzzReadSheetXML: no XML in place of the sheet makes the reader panic.
func FuzzReadSheetXML(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="inlineStr"><is><t>编号</t></is></c></row>`)
	f.Add(`<row r="0"><c r="" t="s"><v>99</v></c><c r="ZZZZ9"><f>1+1</f><v>1e309</v></c></row>`)
	f.Add(`<row><c><v>-1</v></c></row><row r="-1"/><row r="2"><c r="A1" s="99999" t="d"><v>x</v></c></row>`)
	f.Fuzz(func(t *testing.T, xml string) {
		rows, err := formats[1].read(replaced(t, xml))
		if err != nil && (rows != nil || !strings.HasPrefix(err.Error(), "entries.xlsx: ")) {
			t.Errorf("%d rows and %v", len(rows), err)
		}
	})
}
