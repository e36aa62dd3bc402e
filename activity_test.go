package main

import (
	"archive/zip"
	"encoding/csv"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// typed is what is typed for a password.
const typed = staffPassword + "\n"

func TestActivityCommands(t *testing.T) {
	v := withStaff(t)
	v.holds(t, []commandCase{
		{"nothing is entered yet", "", "activity list", 0, "编号"},
		{"who may not write may not enter", typed, "activity add --as 李审核 --kind 法治讲座 --on 2026-03-07 --place 东门社区", 1, "does not have this role"},
		{"a lecture is entered", typed, "activity add --as 王编辑 --kind 法治讲座 --on 2026-03-07 --place 东门社区 --theme 3.8 --people 42 --material 折页 --items 100", 0, "已登记为第1号"},
		{"a place is needed", "", "activity add --as 王编辑 --kind 横幅 --on 2026-03-07", 1, "the place is missing"},
		{"no telephone numbers", "", "activity add --as 王编辑 --kind 横幅 --on 2026-03-07 --place 主街 --ref 13800138000", 1, "no telephone or identity numbers"},
		{"no cases, only counts", "", "activity add --as 王编辑 --kind 人民调解 --on 2026-03 --place 东门3号楼 --accepted 1", 1, "only a month"},
		{"a month's counts are entered", typed, "activity add --as 王编辑 --kind 人民调解 --on 2026-03 --accepted 118 --succeeded 113", 0, "第2号"},
		{"and not a second time", typed, "activity add --as 王编辑 --kind 人民调解 --on 2026-03 --accepted 118 --succeeded 113", 1, "correct them"},
		{"another person confirms", typed, "activity confirm --as 李审核 1", 0, "第1号已核实"},
		{"what is not there cannot be confirmed", typed, "activity confirm --as 李审核 9", 1, "there is no such activity: 9"},
		{"a correction changes what it names", typed, "activity correct --as 王编辑 --people 45 --why 签到表 1", 0, "第1号已更正"},
		{"and leaves the rest, to be confirmed again", "", "activity list", 0, "45  折页100份      王编辑  未核实  1次"},
		{"a correction that is wrong is refused", typed, "activity correct --as 王编辑 --people -3 1", 1, "people -3"},
		{"an activity is withdrawn", typed, "activity correct --as 王编辑 --withdraw --why 录错 2", 0, "第2号已撤销"},
		{"flags stand before the number", "", "activity confirm 1 --as 李审核", 2, "stands after an argument"},
		{"a number is needed", "", "activity confirm --as 李审核 一", 2, "want --as NAME and the activity's number"},
		{"the trail is whole and has every line", "", "staff audit --list", 0, "withdraw activity\t2"},
		{"a deed that there is not", "", "activity delete 1", 2, "want pufa activity add"},
	})
}

// Every format of a report is written from the same store, and holds what
// staff entered.
func TestReportFormats(t *testing.T) {
	v := withStaff(t).and("PUFA_STREET_NAME", "平东街道", "PUFA_STREET_OFFICE", "平东街道司法所")
	at := func() time.Time { return time.Date(2027, 1, 5, 9, 0, 0, 0, zone) }
	enter := "activity add --as 王编辑 --kind 宣讲会 --on 2026-12-04 --place 东门社区 --theme 12.4 --people 60 --estimated --ref 照片1"
	if e := v.runAt(t, at, typed, strings.Fields(enter)...); e.status != 0 {
		t.Fatalf("activity add: %s", e.err)
	}
	dir := t.TempDir()
	for _, format := range []string{"json", "csv", "xlsx", "docx"} {
		file := filepath.Join(dir, "year."+format)
		if e := v.runAt(t, at, "", "report", "--year", "2026", "--format", format, "-o", file); e.status != 0 {
			t.Fatalf("report as %s: %s", format, e.err)
		}
	}
	if n := v.reportAt(t, at, "--year", "2026").value("activities"); n != 1 {
		t.Errorf("json has %d activities, want 1", n)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(readText(t, filepath.Join(dir, "year.csv")), "\ufeff"))).ReadAll()
	if err != nil || len(rows) < 40 {
		t.Errorf("csv has %d rows: %v", len(rows), err)
	}
	book, err := excelize.OpenFile(filepath.Join(dir, "year.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if place, err := book.GetCellValue("活动台账", "D2"); err != nil || place != "东门社区" {
		t.Errorf("xlsx has the place %q, %v", place, err)
	}
	word, err := zip.OpenReader(filepath.Join(dir, "year.docx"))
	if err != nil {
		t.Fatal(err)
	}
	defer word.Close()
	text, err := readPart(&word.Reader, "word/document.xml")
	if err != nil || !strings.Contains(text, "2026年度普法宣传工作报告") || !strings.Contains(text, "“九五”普法规划") || !strings.Contains(text, "平东街道司法所") {
		t.Errorf("docx, %v: %.200s", err, text)
	}
}

func readPart(z *zip.Reader, name string) (string, error) {
	f, err := z.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	return string(text), err
}
