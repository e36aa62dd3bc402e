package statute

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// lawText writes a text in the form of the source. The words of every law in
// these tests are made up.
func lawText(title, front string, body ...string) []byte {
	return fmt.Appendf(nil, "---\nid: %s\ntitle: %s\n%s\n---\n\n%s\n", title, title, front, strings.Join(body, "\n\n"))
}

func article(number, text string) string { return "- **" + FormatArticle(number) + "**　　" + text }

func mustParse(t *testing.T, file []byte) *Text {
	t.Helper()
	text, err := ParseText(file)
	if err != nil {
		t.Fatalf("ParseText: %v", err)
	}
	return text
}

func numbers(t *Text) []string {
	var out []string
	for _, a := range t.Articles {
		out = append(out, a.Number)
	}
	return out
}

func TestParseTextReadsAWholeLaw(t *testing.T) {
	file, err := os.ReadFile("testdata/texts/laws/lamp-2020.md")
	if err != nil {
		t.Fatal(err)
	}
	text := mustParse(t, file)
	if text.ID != "lamp2020" || text.Title != "中华人民共和国路灯法" || text.Group != "法律" || text.Status != Valid {
		t.Errorf("front matter = %q %q %q %q", text.ID, text.Title, text.Group, text.Status)
	}
	if text.Published != "2019-11-02" || text.Effective != "2020-01-01" || text.Origin != OriginField {
		t.Errorf("dates = %s, %s from %q", text.Published, text.Effective, text.Origin)
	}
	if got, want := numbers(text), []string{"1", "2", "2-1", "3"}; !slices.Equal(got, want) {
		t.Errorf("articles = %v, want %v", got, want)
	}
	second, _ := text.Article("2")
	want := "路灯归街道照管。\n照管的人应当做下列事情：\n（一）天黑开灯；\n（二）天亮关灯，依照第一条和第四条办理。\n坏了的灯，三天内换好。"
	if second.Text != want {
		t.Errorf("article 2 = %q, want %q", second.Text, want)
	}
	last, _ := text.Article("3")
	if strings.Contains(last.Text, "颜色") || !strings.Contains(text.Annex, "| 黄 | 小巷 |") {
		t.Errorf("the annex is not apart: article 3 = %q, annex = %q", last.Text, text.Annex)
	}
	if strings.Contains(text.Preamble, "总") || text.Header != "（2019年11月2日示例会议通过）" {
		t.Errorf("preamble = %q, header = %q, want no table of contents and the note", text.Preamble, text.Header)
	}
}

func TestParseTextFindsArticles(t *testing.T) {
	for _, c := range []struct {
		name, title string
		body        []string
		want        []string
	}{
		{"a decision without articles", "关于开灯的决定", []string{"一、冬天早开灯。", "二、自公布之日起施行。"}, nil},
		{
			"a marker glued to a chapter heading", "路灯法",
			[]string{article("1", "甲。"), "## 第二章　　照管第二条 乙，依照第一条。", article("3", "丙。")},
			[]string{"1", "2", "3"},
		},
		{
			"a marker in a plain paragraph", "路灯法",
			[]string{article("1", "甲。"), "  第二条乙。", article("3", "丙。")},
			[]string{"1", "2", "3"},
		},
		{
			"no proper marker at all", "路灯解释",
			[]string{"为了亮，解释如下：", "第一条甲。", "第二条乙。", "第三条丙。"},
			[]string{"1", "2", "3"},
		},
		{
			"the first marker glued to the preamble", "路灯解释",
			[]string{"为了亮，解释如下：第一条 甲。", article("2", "乙。")},
			[]string{"1", "2"},
		},
		{
			"a paragraph that refers to the next article", "路灯法",
			[]string{article("1", "甲。"), "  第二条规定的灯除外。", article("2", "乙。")},
			[]string{"1", "2"},
		},
		{
			"a sentence torn before a reference", "路灯法",
			[]string{article("1", "甲。"), article("2", "依照本法"), article("1", "第二款办理。"), article("3", "丙。")},
			[]string{"1", "2", "3"},
		},
		{
			"a decision that quotes articles of a law", "关于借用职权的决定",
			[]string{"可以行使下列职权：", article("37", "甲。"), article("40", "乙。")},
			nil,
		},
		{
			"an amendment that goes on counting", "宪章修正案",
			[]string{article("12", "甲。"), article("13", "乙。"), article("123", "引文。")},
			[]string{"12", "13"},
		},
		{
			"an amending decision", "关于修改路灯法的决定",
			[]string{"一、第一条修改为：", "第一条甲。", "第二条乙。"},
			nil,
		},
		{
			"an annexed text that counts from one again", "两个办法的通知",
			[]string{article("1", "甲。"), article("2", "乙。"), article("1", "另一个办法。"), article("2", "另一条。"), article("3", "又一条。")},
			[]string{"1", "2"},
		},
		{
			"articles after a table in between", "路灯法",
			[]string{article("1", "甲。"), "---", "| 表 |", article("2", "乙。")},
			[]string{"1", "2"},
		},
		{
			"two inserted articles", "路灯法",
			[]string{article("1", "甲。"), article("1-1", "乙。"), article("1-2", "丙。"), article("2", "丁。")},
			[]string{"1", "1-1", "1-2", "2"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := mustParse(t, lawText(c.title, "status: 有效", c.body...))
			if got := numbers(text); !slices.Equal(got, c.want) {
				t.Errorf("articles = %v, want %v", got, c.want)
			}
			if text.Preamble == "" && len(text.Articles) == 0 {
				t.Error("the text was lost")
			}
		})
	}
}

func TestParseTextKeepsWordsThatAreNoArticle(t *testing.T) {
	text := mustParse(t, lawText("路灯法", "status: 有效",
		article("1", "甲。"), article("2", "依照"), article("1", "第二款办理。"),
		"| 主送：各街道 |", "![](../images/seal.png)"))
	second, _ := text.Article("2")
	if second.Text != "依照\n第一条　　第二款办理。" {
		t.Errorf("article 2 = %q, want the torn sentence", second.Text)
	}
	if text.Annex != "| 主送：各街道 |" {
		t.Errorf("annex = %q, want the table behind the last article without the picture", text.Annex)
	}
	if len(text.Notes) != 1 || !strings.Contains(text.Notes[0], "marker of 1 out of order") {
		t.Errorf("notes = %q, want one on the marker out of order", text.Notes)
	}
}

func TestParseTextNotesMissingArticles(t *testing.T) {
	text := mustParse(t, lawText("路灯法", "status: 有效", article("1", "甲。"), article("4", "丁。")))
	if want := []string{"articles missing between 1 and 4"}; !slices.Equal(text.Notes, want) {
		t.Errorf("notes = %q, want %q", text.Notes, want)
	}
}

// Every file in testdata/bad is refused, and the reason says its mistake.
func TestParseTextRefuses(t *testing.T) {
	reasons := map[string]string{
		"no-front-matter.md":          "no front matter",
		"front-matter-without-end.md": "has no end",
		"no-title.md":                 "lacks id or title",
		"no-id.md":                    "lacks id or title",
		"day-that-never-was.md":       `"2024-02-30"`,
		"broken-yaml.md":              "title",
		"nothing-below.md":            "no text below",
		"gb18030.md":                  "not UTF-8",
	}
	files, err := filepath.Glob("testdata/bad/*.md")
	if err != nil || len(files) != len(reasons) {
		t.Fatalf("testdata/bad has %d files, want %d (%v)", len(files), len(reasons), err)
	}
	for _, path := range files {
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want := reasons[filepath.Base(path)]
		if _, err := ParseText(file); err == nil || want == "" || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", path, err, want)
		}
	}
}

func TestParseTextKeepsItsLimits(t *testing.T) {
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"a huge file":        {make([]byte, MaxFileBytes+1), "bytes, at most"},
		"a huge line":        {lawText("路灯法", "status: 有效", strings.Repeat("灯", MaxLineBytes)), "a line has"},
		"huge front matter":  {lawText("路灯法", strings.Repeat("tags:\n", 20000), "甲。"), "front matter has"},
		"a key twice":        {lawText("路灯法", "id: b", "甲。"), "id stands twice"},
		"an alias of YAML":   {lawText("路灯法", "group: *a", "甲。"), "neither bare nor"},
		"a quote not closed": {lawText("路灯法", "group: '法律", "甲。"), "neither bare nor"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := ParseText(c.file); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error = %.100v, want one with %q", err, c.want)
			}
		})
	}
}

// A file made to keep the reader busy is read in the time of any other.
func TestParseTextBoundsNotesAndHeader(t *testing.T) {
	var body strings.Builder
	for i := range 30000 {
		fmt.Fprintf(&body, "> 第%d行\n\n", i)
	}
	body.WriteString(article("1", "甲。") + "\n\n" + article("2", "乙。"))
	for i := range 20000 {
		fmt.Fprintf(&body, "\n\n%s", article(fmt.Sprint(100+i%9000), "引文。"))
	}
	text := mustParse(t, lawText("路灯法", "status: 有效", body.String()))
	if len(text.Header) > maxHeaderBytes || len(text.Notes) > maxNotes || len(text.Articles) != 2 {
		t.Errorf("header %d bytes, %d notes, %d articles", len(text.Header), len(text.Notes), len(text.Articles))
	}
}

func TestParseTextReadsWindowsLineEnds(t *testing.T) {
	file := strings.ReplaceAll(string(lawText("路灯法", "status: 有效", article("1", "甲。"))), "\n", "\r\n")
	text := mustParse(t, []byte("\ufeff"+file))
	if a, ok := text.Article("1"); !ok || a.Text != "甲。" {
		t.Errorf("article 1 = %q, %v, want 甲。", a.Text, ok)
	}
}

func TestTextSaysWhatItIs(t *testing.T) {
	for _, c := range []struct {
		title              string
		status             Status
		repealed, amending bool
	}{
		{"中华人民共和国路灯法", Valid, false, false},
		{"中华人民共和国路灯法", Repealed, true, false},
		{"中华人民共和国路灯法", Amended, true, false},
		{"中华人民共和国路灯法", Pending, false, false},
		{"关于试点的决定（失效）", Unknown, true, false},
		{"中华人民共和国路灯法修正案（二）", Valid, false, true},
		{"国务院关于修改和废止部分行政法规的决定", Unknown, false, true},
	} {
		text := &Text{Title: c.title, Status: c.status}
		if text.Repealed() != c.repealed || text.Amends() != c.amending {
			t.Errorf("%s %s: repealed %v, amends %v, want %v, %v", c.title, c.status, text.Repealed(), text.Amends(), c.repealed, c.amending)
		}
	}
}

func FuzzParseText(f *testing.F) {
	for _, pattern := range []string{"testdata/texts/*/*.md", "testdata/bad/*.md"} {
		files, _ := filepath.Glob(pattern)
		for _, path := range files {
			file, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(file)
		}
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		text, err := ParseText(file)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, a := range text.Articles {
			if canonical, err := ParseArticle(a.Number); err != nil || canonical != a.Number || seen[a.Number] {
				t.Errorf("article number %q is not canonical or stands twice", a.Number)
			}
			seen[a.Number] = true
		}
		if text.Effective != "" {
			if _, err := ParseDay(string(text.Effective)); err != nil {
				t.Errorf("effective date: %v", err)
			}
		}
	})
}
