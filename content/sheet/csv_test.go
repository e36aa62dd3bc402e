package sheet

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"pufa/content"
)

// plainCSV is a sheet of entries as text that tests break: without the byte
// order mark, its lines ending in \n.
func plainCSV(t testing.TB, entries ...*content.Entry) string {
	t.Helper()
	var out bytes.Buffer
	if err := WriteCSV(&out, entries); err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(strings.TrimPrefix(out.String(), byteOrderMark), "\r\n", "\n")
}

func readString(text string) ([]Row, error) {
	return ReadCSV("entries.csv", strings.NewReader(text))
}

func TestWriteCSVIsWhatExcelOpens(t *testing.T) {
	var out bytes.Buffer
	if err := WriteCSV(&out, []*content.Entry{fine("consumer/fine")}); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), "\ufeff\"编号\",\"标题\",") {
		t.Errorf("it begins with %q", out.String()[:20])
	}
	if !strings.HasSuffix(out.String(), "\"\r\n") || strings.Count(out.String(), "\r\n") != 2 {
		t.Errorf("its lines do not end as on Windows: %q", out.String())
	}
}

// No cell that leaves the house begins with what a spreadsheet program
// evaluates, wherever the text came from.
func TestWriteCSVDisarmsFormulas(t *testing.T) {
	attacks := []string{"=cmd|'/c calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠x", "'=1", "''=1", "甲;=1+1", "甲\";=1+1;\""}
	for _, attack := range attacks {
		t.Run(attack, func(t *testing.T) {
			e := fine("consumer/fine")
			e.Title, e.Questions, e.Remedy.Door = attack, []string{attack, attack}, attack
			var out bytes.Buffer
			if err := WriteCSV(&out, []*content.Entry{e}); err != nil {
				t.Fatal(err)
			}
			text := strings.TrimPrefix(out.String(), byteOrderMark)
			table, err := csv.NewReader(strings.NewReader(text)).ReadAll()
			if err != nil || len(table) != 2 {
				t.Fatalf("%d records: %v", len(table), err)
			}
			for _, cell := range table[1] {
				if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\n") || strings.IndexAny(cell, "＝＋－＠") == 0 {
					t.Errorf("the cell %q is evaluated", cell)
				}
				if !strings.Contains(text, `"`+strings.ReplaceAll(cell, `"`, `""`)+`"`) {
					t.Errorf("the cell %q is not in quotes", cell)
				}
			}
			holdRoundTrip(t, formats[0], []*content.Entry{e})
		})
	}
}

func TestReadCSVReadsWhatProgramsSave(t *testing.T) {
	e := fine("consumer/fine")
	plain := plainCSV(t, e)
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	head, body, _ := strings.Cut(plain, "\n")
	cases := []struct {
		name, text string
		row        int
	}{
		{"UTF-8", plain, 2},
		{"UTF-8 with a byte order mark", byteOrderMark + plain, 2},
		{"GB18030, as Chinese Windows saves", gb, 2},
		{"lines that end as on Windows, in cells too", strings.ReplaceAll(plain, "\n", "\r\n"), 2},
		{"no line end after the last row", strings.TrimSuffix(plain, "\n"), 2},
		{"quotes only where they are needed", requote(t, plain), 2},
		{"empty lines around, which count as rows", "\n\n" + head + "\n\n\n" + body + "\n\n", 6},
		{"rows of commas after the last", plain + strings.Repeat(",", len(columns())-1) + "\n", 2},
		{"a column without name and without cells", requote(t, withColumn(t, plain, "", "")), 2},
		{"space around names and lines", strings.NewReplacer("\"标题\"", "\" 标题 \"", "问？\n再问", " 问？ \n\n再问\t\n").Replace(plain), 2},
		{"days as Excel writes them", strings.NewReplacer("2026-11-23", "2026/11/23", "2027-09-14", "2027年9月14日", "2014-03-15", "2014/3/15").Replace(plain), 2},
		{"wide separators", strings.ReplaceAll(plain, "|", "｜"), 2},
		{"columns in another order", swapColumns(t, plain), 2},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			rows, err := readString(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) != 1 || len(rows[0].Problems) > 0 || rows[0].Number != c.row {
				t.Fatalf("rows = %+v, want one at %d", rows, c.row)
			}
			if diff := cmp.Diff(e, rows[0].Entry, apart); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// remake reads a CSV, changes every row and writes it as encoding/csv does.
func remake(t *testing.T, text string, change func(i int, row []string) []string) string {
	t.Helper()
	table, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i := range table {
		table[i] = change(i, table[i])
	}
	var out strings.Builder
	if err := csv.NewWriter(&out).WriteAll(table); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func requote(t *testing.T, text string) string {
	return remake(t, text, func(_ int, row []string) []string { return row })
}

func withColumn(t *testing.T, text, name, cell string) string {
	return remake(t, text, func(i int, row []string) []string {
		if i == 0 {
			return append(row, name)
		}
		return append(row, cell)
	})
}

func swapColumns(t *testing.T, text string) string {
	return remake(t, text, func(_ int, row []string) []string {
		row[0], row[3] = row[3], row[0]
		return row
	})
}

func TestReadCSVRefusesTheWholeSheet(t *testing.T) {
	plain := plainCSV(t, fine("consumer/fine"))
	cases := []struct{ name, text, want string }{
		{"nothing", "", "entries.csv: the sheet is empty"},
		{"empty lines only", "\n,,\n\n", "entries.csv: the sheet is empty"},
		{"UTF-16, as Excel's Unicode text", "\xff\xfe\x16\x7f", "entries.csv: the text is UTF-16: save it as UTF-8"},
		{"neither UTF-8 nor GB18030", "\x81\x20\xff\xff", "neither UTF-8 nor GB18030"},
		{"a workbook", "PK\x03\x04\x00\x00", "the file holds zero bytes"},
		{"a quote that never ends", plain + "\"甲", "entries.csv: row 3: a quote is missing or one too many"},
		{"a quote inside a bare cell", "编号\n甲\"乙\n", "entries.csv: row 2: a quote is missing"},
		{"a quote after empty lines", "编号\n\n\n甲\"乙\n", "entries.csv: row 4: a quote is missing"},
		{"a missing column", strings.Replace(plain, `"依据",`, "", 1), "entries.csv: row 1: the column 依据 is missing"},
		{"an unknown column", withColumn(t, plain, "备注", ""), `entries.csv: row 1, column V "备注": no column has this name`},
		{"a misspelt column", strings.Replace(plain, "敏感", "敏敢", 1), "the column 敏感 is missing"},
		{"a column twice", withColumn(t, plain, "标题", ""), "entries.csv: row 1, column V 标题: the column stands twice"},
		{"no head", strings.SplitN(plain, "\n", 2)[1], "the column 编号 is missing"},
		{"too many columns", strings.Repeat("a,", maxColumns) + "b\n", "65 columns, at most 64"},
		{"too many rows", plain + strings.Repeat("a\n", maxRows), "more than 10000 rows"},
		{"too many empty rows", plain + strings.Repeat("\n", maxRows) + "a\n", "more than 10000 rows"},
		{"too many bytes", strings.Repeat("a", maxBytes+1), "more than 16 MiB"},
		{"semicolons between the cells", "编号;标题;问法\nconsumer/fine;题;问？\n", "the column 编号 is missing"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			rows, err := readString(c.text)
			if err == nil || rows != nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%d rows, error %v; want one with %q", len(rows), err, c.want)
			}
		})
	}
}

// badCell is a mistake of one cell, which is the same in both formats.
type badCell struct{ name, column, cell, want string }

var badCells = []badCell{
	{"no id", "编号", "", `row 2, column A 编号: id "" is not topic/slug`},
	{"an id that leaves the folder", "编号", "../etc/passwd", `column A 编号: id "../etc/passwd" is not topic/slug`},
	{"a title of two lines", "标题", "一\n二", "row 2, column B 标题: the cell holds more than one line"},
	{"a look-alike without its separator", "易混问法", "像", `row 2, column D 易混问法: line 1 of the cell: "像" has 1 parts between |, want 2: 问法|条目编号`},
	{"a line without its mark", "要点", "! 一\n\n二", `row 2, column G 要点: line 3 of the cell: "二" begins with neither`},
	{"a citation of three parts", "依据", "法|25|2014-03-15", "row 2, column H 依据: line 1 of the cell: \"法|25|2014-03-15\" has 3 parts between |, want 4: 法律|条|施行日|大意"},
	{"a citation of five parts", "依据", "法|25|2014-03-15|大|意", "has 5 parts between |, want 4"},
	{"a backslash that means nothing", "问法", `问？` + "\n" + `C:\temp`, `row 2, column C 问法: line 2 of the cell: a \ stands only before`},
	{"a code that is no character", "标题", `\u{d800}`, `column B 标题: a \ stands only before`},
	{"a code that never ends", "标题", `\u{41`, `column B 标题: a \ stands only before`},
	{"neither yes nor no", "敏感", "TRUE", `row 2, column Q 敏感: "TRUE" is neither 是 nor 否`},
	{"a long text, of which the message shows the beginning", "要点", strings.Repeat("长", 1000), `"` + strings.Repeat("长", 40) + `…" begins with neither "! " nor "- "`},
	{"an empty yes or no", "敏感", "", `"" is neither 是 nor 否`},
}

func TestReadCSVNamesEveryBadRow(t *testing.T) {
	for _, c := range append(badCells,
		badCell{"a cell that is too long", "简短回答", strings.Repeat("长", maxCell+1), "row 2, column F 简短回答: the cell has more than 32767 characters"}) {
		t.Run(c.name, func(t *testing.T) {
			text := remake(t, plainCSV(t, fine("consumer/fine"), fine("consumer/second")), func(i int, row []string) []string {
				if i == 1 {
					row[place(c.column)] = c.cell
				}
				return row
			})
			rows, err := readString(text)
			holdBadRow(t, rows, err, "entries.csv: ", c.want)
		})
	}
}

func place(column string) int {
	for i, c := range columns() {
		if c.name == column {
			return i
		}
	}
	return -1
}

// holdBadRow wants the first of two rows to have one problem, the other none.
func holdBadRow(t *testing.T, rows []Row, err error, file, want string) {
	t.Helper()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows, error %v", len(rows), err)
	}
	if list := rows[0].Problems; len(list) != 1 || !strings.HasPrefix(list[0].Error(), file) || !strings.Contains(list[0].Error(), want) {
		t.Errorf("problems = %v, want one of %s with %q", list, file, want)
	}
	if len(rows[1].Problems) > 0 {
		t.Errorf("the good row has problems: %v", rows[1].Problems)
	}
}

func TestReadCSVNamesRowsOfTheWrongShape(t *testing.T) {
	plain := plainCSV(t, fine("consumer/fine"))
	cases := []struct{ name, row, want string }{
		{"too few cells", "consumer/short,题", "row 3: 2 cells, the head has 21: is a comma or a quote missing?"},
		{"a cell too many", strings.SplitN(plain, "\n", 2)[1], ""},
	}
	cases[1].row = strings.TrimSuffix(strings.Replace(cases[1].row, "consumer/fine", "consumer/long", 1), "\n") + ",多"
	cases[1].want = "row 3, column V: a cell outside the columns that have names"
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			rows, err := readString(plain + c.row + "\n")
			if err != nil || len(rows) != 2 || len(rows[1].Problems) != 1 {
				t.Fatalf("rows = %+v, error %v", rows, err)
			}
			if got := rows[1].Problems[0].Error(); got != "entries.csv: "+c.want {
				t.Errorf("problem = %q, want %q", got, c.want)
			}
		})
	}
}

func TestAnIDStandsInOneRow(t *testing.T) {
	rows, err := readString(plainCSV(t, fine("consumer/fine"), fine("consumer/other"), fine("consumer/fine")))
	if err != nil || len(rows) != 3 || len(rows[0].Problems)+len(rows[1].Problems) > 0 {
		t.Fatalf("rows = %+v, error %v", rows, err)
	}
	if got, want := fmt.Sprint(rows[2].Problems), `[entries.csv: row 4, column A 编号: id "consumer/fine" stands in row 2 already]`; got != want {
		t.Errorf("problems = %s, want %s", got, want)
	}
}

// brokenReader fails as a disk does.
type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// brokenWriter fails as a full disk does.
type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestFailingDisksAreReported(t *testing.T) {
	for name, err := range map[string]error{
		"read a.csv":  second(ReadCSV("a.csv", brokenReader{})),
		"read a.xlsx": second(ReadXLSX("a.xlsx", brokenReader{})),
		"write csv":   WriteCSV(brokenWriter{}, nil),
		"write xlsx":  WriteXLSX(brokenWriter{}, nil),
	} {
		if err == nil || !strings.HasPrefix(err.Error(), name+": ") {
			t.Errorf("%s: err = %v", name, err)
		}
	}
}

func second(_ []Row, err error) error { return err }

// FuzzReadCSV: no bytes make it panic; every problem names its file and row;
// and what was read whole is written and read again as the same.
func FuzzReadCSV(f *testing.F) {
	plain := plainCSV(f, fine("consumer/fine"))
	f.Add([]byte(plain))
	f.Add([]byte(byteOrderMark + strings.ReplaceAll(plain, "\n", "\r\n")))
	head, _, _ := strings.Cut(plain, "\n")
	for _, c := range badCells {
		f.Add([]byte(head + "\n\"" + c.cell + "\"\n"))
	}
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(plain)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(gb))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := ReadCSV("entries.csv", bytes.NewReader(data))
		if err != nil {
			if rows != nil || !strings.HasPrefix(err.Error(), "entries.csv: ") {
				t.Errorf("%d rows and %v", len(rows), err)
			}
			return
		}
		var whole []*content.Entry
		for _, row := range rows {
			for _, p := range row.Problems {
				if p.File != "entries.csv" || p.Row != row.Number || p.What == "" {
					t.Errorf("problem %+v of row %d", p, row.Number)
				}
			}
			if len(row.Problems) == 0 {
				whole = append(whole, row.Entry)
			}
		}
		holdRoundTrip(t, formats[0], whole)
	})
}
