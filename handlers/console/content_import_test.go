package console

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"strings"
	"testing"

	"pufa/content"
	"pufa/content/edit"
	"pufa/content/sheet"
)

// sheetOf writes entries as a sheet would be sent.
func sheetOf(t *testing.T, write func(io.Writer, []*content.Entry) error, list ...*content.Entry) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, list); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func changedEntry(t *testing.T, change func(*content.Entry)) *content.Entry {
	e := shippedEntry(t, known)
	e.Related, e.Not = nil, nil
	change(e)
	return e
}

func TestAnImportIsTriedBeforeItIsKept(t *testing.T) {
	titled := changedEntry(t, func(e *content.Entry) { e.Title = "导入的标题" })
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"a.csv", sheetOf(t, sheet.WriteCSV, titled)},
		{"a.xlsx", sheetOf(t, sheet.WriteXLSX, titled)},
		{"a.zip", sheetOf(t, edit.WriteZip, titled)},
		{"C:\\文档\\随便.md", []byte(mustFormat(t, titled))},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, r := contentDesk(t)
			d.signedIn(t, "王编")
			resp, page := d.uploadFile(t, c.name, c.data)
			says(t, resp, page, 200, "会改动 1 条", "<ins>导入的标题</ins>", "把 1 条存为草稿", "还没有保存任何东西")
			if len(r.steps) > 0 {
				t.Fatal("a dry run kept something")
			}
			form := formIn(t, page, contentPath+"/keep")
			resp, page = d.send(t, contentPath+"/keep", form)
			says(t, resp, page, 422, sayReason, "把 1 条存为草稿")
			form.Set("reason", "年度核对")
			resp, page = d.send(t, contentPath+"/keep", form)
			says(t, resp, page, 200, "已把 1 条存为草稿", "导入的标题")
			resp, page = d.send(t, contentPath+"/keep", form) // pressed twice
			says(t, resp, page, 409, "一条都没有保存")
			if v := r.versions[known]; len(v) != 1 || v[0].Author != "王编" || v[0].Reason != "年度核对" {
				t.Errorf("kept %+v", v)
			}
		})
	}
}

func TestAnImportWithMistakesKeepsNothing(t *testing.T) {
	wrong := changedEntry(t, func(e *content.Entry) {
		e.Title, e.Remedy.Hotlines = strings.Repeat("长", 21), []string{"99999"}
	})
	other := shippedEntry(t, neighbour)
	other.Related, other.Not = nil, []content.Lookalike{{Ask: "错", Entry: "consumer/none"}}
	for _, c := range []struct {
		name   string
		file   string
		data   []byte
		status int
		say    []string
	}{
		{
			"every bad row is named", "a.csv", sheetOf(t, sheet.WriteCSV, wrong, other), 200,
			[]string{"a.csv 第2行 B 标题列", "有21个字", "a.csv 第3行 D 易混问法列", "后面的条目“consumer/none”不存在"},
		},
		{"a sheet without columns", "a.csv", []byte("编号,标题\n"), 422, []string{"缺“问法”这一列"}},
		{"no file", "a.csv", nil, 422, []string{"请先选一个文件"}},
		{"a file of another kind", "a.exe", []byte("MZ"), 422, []string{"只收 .csv"}},
		{"what is no xlsx", "a.xlsx", []byte("PK"), 422, []string{"不是 xlsx 文件"}},
		{"a zip that is a bomb", "a.zip", bomb(t), 422, []string{"解压"}},
		{"one that is too long", "a.csv", bytes.Repeat([]byte("a"), maxFile+1), 422, []string{"超过10 MB"}},
		{"a hostile name", `"><script>alert(1)</script>.csv`, []byte("x"), 422, []string{"缺“编号”这一列"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, r := contentDesk(t)
			resp, page := d.signedIn(t, "王编").uploadFile(t, c.file, c.data)
			says(t, resp, page, c.status, c.say...)
			if strings.Contains(page, `name="held"`) || len(r.steps) > 0 || strings.Contains(page, "<script>alert") {
				t.Errorf("it may be kept, or runs:\n%s", mainOf(page))
			}
		})
	}
}

// bomb is a small zip that unpacks to 300 MB.
func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	w, err := out.Create(known + ".md")
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 300 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAnImportDoesNotPassOverTheDraftOfAnother(t *testing.T) {
	d, _ := contentDesk(t)
	d.as(t, "赵编").edited(t, known, "save", "title", "赵编的草稿", "reason", "改")
	data := sheetOf(t, sheet.WriteCSV, changedEntry(t, func(e *content.Entry) { e.Title = "导入的标题" }))
	resp, page := d.as(t, "王编").uploadFile(t, "a.csv", data)
	says(t, resp, page, 200, "赵编写的第1版还没有处理完")
	if strings.Contains(page, `name="held"`) {
		t.Error("it may be kept")
	}
}

func TestWhatIsHeldIsJudgedAnew(t *testing.T) {
	d, r := contentDesk(t)
	d.signedIn(t, "王编")
	for _, held := range []string{"", "not base64!", "bm90IGd6aXA=", "H4sIAAAAAAAA/w=="} {
		resp, page := d.post(t, contentPath+"/keep", "held", held, "reason", "改")
		says(t, resp, page, 400, sayBadForm)
	}
	if len(r.steps) > 0 {
		t.Errorf("kept %v", r.steps)
	}
}

func TestAnExportIsHarmlessAndReadsBack(t *testing.T) {
	d, r := contentDesk(t)
	hostile := entryText(t, known, func(e *content.Entry) { e.Title, e.Questions[1] = "=HYPERLINK(1)", "+1+1|cmd" })
	r.laid[known] = edit.Version{Entry: known, Number: 1, State: edit.Released, Text: hostile}
	r.library++
	d.signedIn(t, "孙看")
	for _, format := range []string{"csv", "xlsx", "zip"} {
		resp, body := d.get(t, contentPath+"/export?format="+format)
		if resp.StatusCode != 200 || !strings.HasPrefix(resp.Header.Get("Content-Disposition"), "attachment; filename=entries-2026-11-23."+format) {
			t.Errorf("%s: %s %v", format, resp.Status, resp.Header)
		}
		in, err := r.desk.NewIntake(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := gather(in, "a."+format, []byte(body)); err != nil {
			t.Fatal(err)
		}
		if in.Check(); in.Count() != (edit.Tally{Same: 2}) {
			t.Errorf("%s reads back as %+v %v", format, in.Count(), in.All())
		}
	}
	_, body := d.get(t, contentPath+"/export?format=csv")
	table, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range table {
		for _, cell := range row {
			if strings.ContainsRune("=+-@", rune((cell + " ")[0])) {
				t.Errorf("the cell %q is evaluated", cell)
			}
		}
	}
	resp, page := d.get(t, contentPath+"/export?format=exe")
	says(t, resp, page, 404)
}
