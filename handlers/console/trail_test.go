package console

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"pufa/staff"
)

// noonOf is noon of a day, four steps a day from the first of March.
func noonOf(i int) time.Time { return time.Date(2026, 3, 1+i/4, 4, 0, 0, 0, time.UTC) }

var numberCell = regexp.MustCompile(`data-label="序号">(\d+)<`)

func TestTheTrailIsShownInPages(t *testing.T) {
	d, _ := trailOf(t, 120) // and the step of signing in
	seen, path := 0, Path+"/settings/trail"
	for pages := 0; path != ""; pages++ {
		_, body := d.get(t, path)
		seen += len(numberCell.FindAllString(body, -1))
		path = ""
		if m := regexp.MustCompile(`href="([^"]+)">更早的`).FindStringSubmatch(body); m != nil {
			path = strings.ReplaceAll(m[1], "&amp;", "&")
		}
		if pages > 3 {
			t.Fatal("the pages do not end")
		}
	}
	if seen != 121 {
		t.Errorf("%d steps were shown, want 121", seen)
	}
}

func TestTheTrailIsFiltered(t *testing.T) {
	d, _ := trailOf(t, 120)
	for _, c := range []struct {
		name, query string
		want        int
	}{
		{"by who", "?who=李审", 12},
		{"by a day", "?from=2026-03-02&to=2026-03-02", 4},
		{"by what, in Chinese", "?what=登录", 1},
		{"by the thing", "?what=consumer/n11", 11},
		{"by all of it", "?who=李审&from=2026-03-01&to=2026-03-10&what=草稿", 4},
		{"by what never was", "?what=没有", 0},
		{"a day that is none is no filter", "?from=yesterday&what=登录", 1},
	} {
		_, body := d.get(t, Path+"/settings/trail"+c.query)
		if got := len(numberCell.FindAllString(body, -1)); got != c.want {
			t.Errorf("%s: %d steps, want %d", c.name, got, c.want)
		}
	}
}

func TestTheTrailIsExportedWithoutFormulas(t *testing.T) {
	d, b := trailOf(t, 8)
	for _, text := range []string{"=HYPERLINK(1)", "+1", "-1", "@x", " =1", "＝1", "\t=1", `a","=1`, "'=1", "|calc"} {
		_ = b.Record(t.Context(), staff.Draft{At: d.now, Who: text, Did: text, What: text, Note: text})
	}
	resp, body := d.get(t, Path+"/settings/trail/trail.csv")
	if resp.Header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(resp.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("headers %v", resp.Header)
	}
	body, ok := strings.CutPrefix(body, "\ufeff")
	if !ok {
		t.Error("Excel takes it for another encoding")
	}
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil || len(rows) != 1+8+1+10 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if first := strings.TrimLeft(cell, " \u3000"); first != "" && strings.ContainsRune("=+-@＝＋－＠\t\r\n|%", []rune(first)[0]) {
				t.Errorf("the cell %q is evaluated", cell)
			}
		}
	}
	if _, body := d.get(t, Path+"/settings/trail/trail.csv?who=李审"); strings.Count(body, "\r\n") != 2 {
		t.Errorf("filtered: %s", body)
	}
}

func TestAChangedTrailIsFound(t *testing.T) {
	d, b := trailOf(t, 8)
	if _, body := d.post(t, Path+"/settings/trail/verify", "x", ""); !strings.Contains(body, "审计记录完整：共 9 条") {
		t.Errorf("as it was written: %s", body)
	}
	b.steps[4].What = "consumer/other"
	resp, body := d.post(t, Path+"/settings/trail/verify", "x", "")
	if resp.StatusCode != http.StatusOK || !strings.Contains(body, "审计记录在第 5 条对不上") {
		t.Errorf("changed: %s", body)
	}
}

// TestEveryDeedHasChineseWords reads what is written into the trail out of the
// packages that write it.
func TestEveryDeedHasChineseWords(t *testing.T) {
	forms := []*regexp.Regexp{
		regexp.MustCompile(`(?:change|changed|draft|rule|mark|step|Did:)\(?[^"\n]*"([a-z][a-z -]+[a-z])"`),
		regexp.MustCompile(`d\.do\(ctx, who, "([a-z]+)"`),
		regexp.MustCompile(`did :?= "([a-z ]+)"`),
	}
	words := deedWords()
	found := 0
	for _, file := range []string{"../../staff/manage.go", "../../staff/office.go", "../../content/edit/desk.go", "../../content/edit/release.go", "../../content/edit/approval.go", "../../campaign/approve.go", "../../campaign/control.go", "../../campaign/desk.go"} {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, form := range forms {
			for _, m := range form.FindAllSubmatch(source, -1) {
				did := string(m[1])
				if i == 1 {
					did += " campaign"
				}
				if bytes.Contains(m[0], []byte("Errorf")) {
					continue
				}
				found++
				if words[did] == "" {
					t.Errorf("%s writes %q into the trail: it has no Chinese words", file, did)
				}
			}
		}
	}
	for _, file := range elsewhere(t) {
		for _, m := range regexp.MustCompile(`\bDid: "([^"]+)"`).FindAllStringSubmatch(read(t, file), -1) {
			found++
			if words[m[1]] == "" {
				t.Errorf("%s writes %q into the trail: it has no Chinese words", file, m[1])
			}
		}
	}
	if found < 30 {
		t.Errorf("only %d deeds were found", found)
	}
}

// elsewhere are the sources of the program and of its store, which write into
// the trail too.
func elsewhere(t *testing.T) (files []string) {
	t.Helper()
	for _, pattern := range []string{"../../*.go", "../../store/*.go"} {
		list, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range list {
			if !strings.HasSuffix(file, "_test.go") {
				files = append(files, file)
			}
		}
	}
	return files
}

func TestWhatTheProgramWritesIsSaidInChinese(t *testing.T) {
	for text, want := range map[string]string{
		"campaign 2027-womens-week-p1": "推送 2027-womens-week-p1", "due 2027-03-02 10:00": "推送时间 2027-03-02 10:00", "line 3": "台账第3行",
		"12 ledger lines": "账本12行", "campaign of my own": "campaign of my own", "due 明天": "due 明天", "": "",
	} {
		if got := stepWords(text); got != want {
			t.Errorf("stepWords(%q) = %q, want %q", text, got, want)
		}
	}
}
