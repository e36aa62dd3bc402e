package report

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"pufa/stats"
)

func TestCSV(t *testing.T) {
	r := fullYear(t)
	r.Entries["neighbors/question-3"] = `=HYPERLINK("http://198.51.100.7","x")`
	r.Topics["labor"] = "劳动,用工\"加班\""
	data := bytesOf(t, formats()["csv"], r)
	if !bytes.HasPrefix(data, []byte("\xef\xbb\xbf口径,名称,分项,项,单位,数值,上年,同比增减,同比幅度\r\n")) {
		t.Errorf("it begins %q", data[:80])
	}
	rows, err := csv.NewReader(bytes.NewReader(data[3:])).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, row := range rows {
		if len(row) != 9 {
			t.Errorf("row %q", row)
		}
		seen[strings.Join(row[:6], "|")] = true
		for i, s := range row {
			if _, err := strconv.ParseFloat(strings.TrimSuffix(s, "%"), 64); err != nil && s != "" && strings.ContainsAny(s[:1], "=+-@\t\r") {
				t.Errorf("cell %d of %q would be evaluated", i, row)
			}
		}
	}
	if month := rows[slices.IndexFunc(rows, func(row []string) bool { return row[2] == "月" && row[3] == "2026年3月" })]; month[6] != "" {
		t.Errorf("a month is compared with no month: %q", month)
	}
	for _, want := range []string{
		"K01|收到的消息|||条|" + r.cell("messages", "", "").String(),
		"K01|收到的消息|主题|劳动,用工\"加班\"|条|" + r.cell("messages", "topic", "labor").String(),
		`K10|用到条目的消息|条目|'=HYPERLINK("http://198.51.100.7","x")|条|` + r.cell("entries", "entry", "neighbors/question-3").String(),
		"K17|各主题不同居民|主题|2026年12月 消费维权|人|少于5",
		"K23|其他宣传形式|种类|横幅|条|" + r.cell("publicity", "kind", "横幅").String(),
	} {
		if !seen[want] {
			t.Errorf("no row %s", want)
		}
	}
}

func TestGuard(t *testing.T) {
	for s, want := range map[string]string{
		"消费维权": "消费维权", "": "", "=1+1": "'=1+1", "+86": "'+86", "-2": "'-2", "@SUM(A1)": "'@SUM(A1)", "＝1": "'＝1", " =1": "' =1",
		"　=1": "'　=1", "\t=1": "'\t=1", "a=1": "a=1", "“三八”": "“三八”",
	} {
		if got := Guard(s); got != want {
			t.Errorf("Guard(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestXLSXOpens(t *testing.T) {
	r := fullYear(t)
	r.Topics["labor"] = "=1+1"
	f, err := excelize.OpenReader(bytes.NewReader(bytesOf(t, formats()["xlsx"], r)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d := Lay(r)
	want := []string{textSheet}
	for _, table := range d.Tables() {
		want = append(want, table.Name)
		holdSheet(t, f, table)
	}
	if got := f.GetSheetList(); !slices.Equal(got, want) {
		t.Errorf("sheets %v, want %v", got, want)
	}
	if got, _ := f.GetCellValue(textSheet, "A1"); got != d.Title+d.Under {
		t.Errorf("the text begins %q", got)
	}
	props, err := f.GetDocProps()
	if err != nil || props.Created != "2027-01-05T01:30:00Z" || props.Creator != "平东街道司法所" {
		t.Errorf("it says of itself %+v, %v", props, err)
	}
}

// holdSheet checks that a sheet is a real table with its values as numbers, its
// heads frozen and its chart beside it.
func holdSheet(t *testing.T, f *excelize.File, table *Table) {
	t.Helper()
	tables, err := f.GetTables(table.Name)
	last, _ := excelize.CoordinatesToCellName(len(table.Columns), len(table.Rows)+1)
	if err != nil || len(tables) != 1 || tables[0].Range != "A1:"+last {
		t.Errorf("%s: tables %+v, %v, want one of A1:%s", table.Name, tables, err, last)
	}
	if p, err := f.GetPanes(table.Name); err != nil || !p.Freeze || p.YSplit != 1 {
		t.Errorf("%s: panes %+v, %v", table.Name, p, err)
	}
	for i, row := range table.Rows {
		for j, v := range row {
			cell, _ := excelize.CoordinatesToCellName(j+1, i+2)
			raw, err := f.GetCellValue(table.Name, cell, excelize.Options{RawCellValue: true})
			kind, _ := f.GetCellType(table.Name, cell)
			formula, _ := f.GetCellFormula(table.Name, cell)
			if err != nil || formula != "" || v.IsNumber() != (kind == excelize.CellTypeUnset || kind == excelize.CellTypeNumber) && raw != "" {
				t.Fatalf("%s!%s: %q of type %d, formula %q, %v, want %v", table.Name, cell, raw, kind, formula, err, v)
			}
			if v.form == counts && raw != v.String() {
				t.Errorf("%s!%s = %s, want %s", table.Name, cell, raw, v)
			}
			if text, _ := f.GetCellValue(table.Name, cell); v.form == tenths && text != v.String() {
				t.Errorf("%s!%s reads %s, want %s", table.Name, cell, text, v)
			}
		}
	}
}

// partsOf unpacks a document.
func partsOf(t *testing.T, data []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range z.File {
		part, err := contentOf(f)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(part)
	}
	return parts
}

func TestDOCXIsWhole(t *testing.T) {
	r := fullYear(t)
	r.Office = "东门<司法所>&所"
	parts := partsOf(t, bytesOf(t, formats()["docx"], r))
	for name, text := range parts {
		wellFormed(t, name, text)
	}
	charts := 0
	for _, table := range Lay(r).Tables() {
		if table.Chart != nil {
			charts++
		}
	}
	body := parts["word/document.xml"]
	for what, want := range map[string]int{`<c:chart r:id=`: charts, `<w:tblHeader/>`: strings.Count(body, "<w:tbl>"), `w:val="Heading1"`: 6} {
		if n := strings.Count(body, what); n != want || n == 0 {
			t.Errorf("%d times %s, want %d", n, what, want)
		}
	}
	for i := range charts {
		if text := parts["word/charts/chart"+strconv.Itoa(i+1)+".xml"]; !strings.Contains(text, `<a:solidFill><a:srgbClr val="`+colour) {
			t.Errorf("chart %d has no fill of its own: %.80s", i+1, text)
		}
	}
	if !strings.Contains(parts["word/footer1.xml"], " PAGE ") || !strings.Contains(parts["word/styles.xml"], `w:eastAsia="仿宋"`) {
		t.Error("no page numbers or no East-Asian fonts")
	}
	for _, m := range regexp.MustCompile(`r:id="([^"]+)"`).FindAllStringSubmatch(body, -1) {
		if !strings.Contains(parts["word/_rels/document.xml.rels"], `Id="`+m[1]+`"`) {
			t.Errorf("%s is referred to and is not there", m[1])
		}
	}
}

func wellFormed(t *testing.T, name, text string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
	}
}

// TestLibreOfficeOpensTheDocument turns it into pages, where there is a
// LibreOffice.
func TestLibreOfficeOpensTheDocument(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("no soffice here (Debian: libreoffice-writer-nogui): the document was not opened")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "year.docx")
	if err := os.WriteFile(file, bytesOf(t, formats()["docx"], fullYear(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), office, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", "pdf", "--outdir", dir, file)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v: %s", err, out)
	}
	pdf, err := os.ReadFile(filepath.Join(dir, "year.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	if pages := len(regexp.MustCompile(`/Type\s*/Page[^s]`).FindAll(pdf, -1)); pages < 8 || pages > 40 {
		t.Errorf("%d pages, want a report of 8 to 40", pages)
	}
}

func TestSVG(t *testing.T) {
	bars := Chart{Title: "各主题消息数", Unit: "条", Labels: []string{"消费维权", "妇女<权益>", "劳动用工"}, Values: []Value{whole(17), say("少于5"), whole(0)}}
	line := Chart{Title: "各月", Unit: "条", Shape: Line, Labels: []string{"2026年1月", "2026年2月", "2026年3月"}, Values: []Value{whole(3), say("无"), whole(9)}}
	for name, c := range map[string]Chart{
		"bars": bars, "line": line, "columns": {Title: "时段", Unit: "条", Shape: Columns, Labels: bars.Labels, Values: bars.Values},
		"nothing": {Title: "空", Unit: "条"},
	} {
		var b bytes.Buffer
		if err := SVG(&b, c); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		wellFormed(t, name, text)
		for _, want := range []string{"<title>" + c.Title + "（条）</title>", `aria-label="` + c.Title + `（条）"`, `role="img"`} {
			if !strings.Contains(text, want) {
				t.Errorf("%s has no %s", name, want)
			}
		}
		for _, bad := range []string{"style=", "<style", "<script", "href", "class=", "NaN", "Inf"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s holds %s", name, bad)
			}
		}
		if name == "bars" {
			golden(t, "bars.svg", text)
		}
		if name == "line" {
			golden(t, "line.svg", text)
		}
	}
	if err := SVG(fullDisk{}, bars); !errors.Is(err, errFull) {
		t.Errorf("SVG = %v, want the error of the disk", err)
	}
}

func TestTicksAreWholeNumbers(t *testing.T) {
	for top, want := range map[float64][2]float64{0: {1, 1}, 1: {1, 1}, 5: {5, 1}, 7: {8, 2}, 17: {20, 5}, 61: {80, 20}, 1006: {1200, 200}, 2_000_000: {2_000_000, 500_000}} {
		if end, each := scale(top); end != want[0] || each != want[1] {
			t.Errorf("scale(%v) = %v, %v, want %v", top, end, each, want)
		}
	}
}

func TestFormatsSayWhenTheyCannotWrite(t *testing.T) {
	r := Report{Compared: stats.Compared{Period: march(t), Now: made}}
	for name, write := range map[string]func(io.Writer, Report) error{"csv": CSV, "xlsx": XLSX, "docx": DOCX} {
		if err := write(fullDisk{}, r); !errors.Is(err, errFull) {
			t.Errorf("%s = %v, want the error of the disk", name, err)
		}
	}
}
