package statute

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// wordFile packs paragraphs the way a Word processor does.
func wordFile(t testing.TB, paragraphs ...string) []byte {
	t.Helper()
	var body strings.Builder
	for _, p := range paragraphs {
		if strings.HasPrefix(p, "<") {
			body.WriteString(p)
			continue
		}
		half := len([]rune(p)) / 2
		fmt.Fprintf(&body, `<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:t>%s</w:t></w:r><w:r><w:t xml:space="preserve">%s</w:t></w:r></w:p>`,
			string([]rune(p)[:half]), string([]rune(p)[half:]))
	}
	return packed(t, part{documentPart, `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="w"><w:body>` + body.String() + `</w:body></w:document>`})
}

type part struct{ name, data string }

func packed(t testing.TB, parts ...part) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	w.RegisterCompressor(zip.Deflate, func(o io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(o, flate.BestCompression)
	})
	for _, p := range parts {
		f, err := w.Create(p.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, p.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// declared is an archive whose document says that it is so large unpacked.
func declared(t testing.TB, size uint64) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	_, err := w.CreateRaw(&zip.FileHeader{Name: documentPart, Method: zip.Deflate, UncompressedSize64: size})
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const lampName = "中华人民共和国路灯法_20191102_lamp2020a.docx"

func lampParagraphs() []string {
	return []string{
		"中华人民共和国", "路灯法", "(2019年11月2日示例会议通过　自2020年1月1日起施行)", "目　　录",
		"第一章　总　　则", "第二章　照　管", "附　　则",
		"第一章　总　　则", "第一条　为了照亮街道，制定本法。",
		"第二章　照　管", "第二条　路灯归街道照管。", "照管的人依照第一条办理：", "（一）天黑开灯；", "（二）天亮关灯。",
		"第二条之一　坏了的灯，三天内换好。", "责任", "第三条　不照管的，批评教育。",
		"附　　则", "第四条　本法自2020年1月1日起施行。", "附件", "灯的颜色",
		`<w:tbl><w:tr><w:tc><w:p><w:r><w:t>黄</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>小巷</w:t></w:r></w:p></w:tc></w:tr></w:tbl>`,
	}
}

func TestParseWordReadsAWholeLaw(t *testing.T) {
	text, err := ParseWord(lampName, wordFile(t, lampParagraphs()...))
	if err != nil {
		t.Fatal(err)
	}
	if text.ID != "lamp2020a" || text.Title != "中华人民共和国路灯法" || text.Status != Unknown || len(text.Notes) > 0 {
		t.Errorf("head = %q %q %q, notes %q", text.ID, text.Title, text.Status, text.Notes)
	}
	if text.Published != "2019-11-02" || text.Effective != "2020-01-01" || text.Origin != OriginHeader {
		t.Errorf("dates = %s, %s from %q", text.Published, text.Effective, text.Origin)
	}
	var got []string
	for _, a := range text.Articles {
		got = append(got, a.Number+" "+a.Chapter)
	}
	want := []string{"1 第一章 总则", "2 第二章 照管", "2-1 第二章 照管", "3 责任", "4 附则"}
	if !slices.Equal(got, want) {
		t.Errorf("articles = %q, want %q", got, want)
	}
	second, _ := text.Article("2")
	if want := "路灯归街道照管。\n照管的人依照第一条办理：\n（一）天黑开灯；\n（二）天亮关灯。"; second.Text != want {
		t.Errorf("article 2 = %q, want %q", second.Text, want)
	}
	if text.Preamble != "" || text.Annex != "附件\n灯的颜色\n| 黄 | 小巷 |" {
		t.Errorf("preamble = %q, annex = %q", text.Preamble, text.Annex)
	}
}

func TestParseWordReadsWhatStandsInAParagraph(t *testing.T) {
	for _, c := range []struct{ name, paragraph, want string }{
		{"a line break begins a new line", `<w:p><w:r><w:t>甲。</w:t><w:br/><w:t>乙。</w:t></w:r></w:p>`, "\n甲。\n乙。"},
		{"deleted words are left out", `<w:p><w:r><w:t>甲</w:t></w:r><w:del><w:r><w:delText>乙</w:delText></w:r></w:del><w:ins><w:r><w:t>丙。</w:t></w:r></w:ins></w:p>`, "\n甲丙。"},
		{"only one of two forms is read", `<w:p><w:r><mc:AlternateContent><mc:Choice><w:t>甲。</w:t></mc:Choice><mc:Fallback><w:t>甲。</w:t></mc:Fallback></mc:AlternateContent></w:r></w:p>`, "\n甲。"},
		{"a text box is a paragraph of its own", `<w:p><w:r><w:txbxContent><w:p><w:r><w:t>盒子。</w:t></w:r></w:p></w:txbxContent><w:t>甲。</w:t></w:r></w:p>`, "\n盒子。\n甲。"},
		{"marks of no width are cut off", `<w:p><w:r><w:t>&#x200b;甲。&#xa0;</w:t></w:r></w:p>`, "\n甲。"},
		{"fields are not text", `<w:p><w:r><w:instrText>PAGE</w:instrText><w:t>甲。</w:t></w:r></w:p>`, "\n甲。"},
		{"a table in a cell keeps its rows together", `<w:tbl><w:tr><w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p><w:p><w:r><w:t>乙</w:t></w:r></w:p></w:tc><w:tc/></w:tr></w:tbl>`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, err := ParseWord("路灯法.docx", wordFile(t, "路灯法", "（2020年1月1日通过）", "第一条　头。", c.paragraph))
			if err != nil {
				t.Fatal(err)
			}
			if first, _ := text.Article("1"); first.Text != "头。"+c.want {
				t.Errorf("article 1 = %q, want %q", first.Text, "头。"+c.want)
			}
		})
	}
}

func TestParseWordTakesTitleAndDatesFromTheTextWhenTheNameHasNone(t *testing.T) {
	file := wordFile(t, "路灯管理办法", "（2019年11月2日街道公布）", "第一条　为了亮。", "第二条　本办法自公布之日起施行。")
	text, err := ParseWord("新建 文档.docx", file)
	if err != nil {
		t.Fatal(err)
	}
	if text.Title != "路灯管理办法" || !strings.HasPrefix(text.ID, "docx-") || text.Published != "2019-11-02" || text.Effective != "2019-11-02" {
		t.Errorf("%q %q published %s, effective %s", text.Title, text.ID, text.Published, text.Effective)
	}
	again, err := ParseWord("other name.docx", file)
	if err != nil || again.ID != text.ID {
		t.Errorf("the same words have another id: %q, %v", again.ID, err)
	}
}

func TestParseWordDatesNoAmendedTextByItsFirstEdition(t *testing.T) {
	file := wordFile(t, "路灯法", "（1991年4月9日通过　根据2023年9月1日示例会议《关于修改〈路灯法〉的决定》第五次修正）", "第一条　本法自公布之日起施行。")
	text, err := ParseWord("路灯法_20230901_abcdef1234.docx", file)
	if err != nil || text.Effective != "" || text.Origin != "" {
		t.Errorf("effective %q from %q, %v; want none: the decision may name another day", text.Effective, text.Origin, err)
	}
}

func TestParseWordNotesATitleThatIsNotInTheFile(t *testing.T) {
	text, err := ParseWord("路灯法_20191102_abcdef12 (1).docx", wordFile(t, "信号灯法", "第一条　为了亮。"))
	if err != nil || text.Title != "路灯法" || len(text.Notes) != 1 {
		t.Errorf("title %q, notes %q, %v: want the name's title and one note", text.Title, text.Notes, err)
	}
}

// badWordFiles are files that must be refused, and words of the reason.
func badWordFiles(t testing.TB) map[string]struct {
	file []byte
	want string
} {
	whole := wordFile(t, lampParagraphs()...)
	document := func(xml string) []byte { return packed(t, part{documentPart, xml}) }
	return map[string]struct {
		file []byte
		want string
	}{
		"empty":                           {nil, "file is empty"},
		"cut off":                         {whole[:len(whole)/2], "cut off or broken"},
		"old Word file":                   {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 ..."), "save it as .docx"},
		"PDF with a wrong extension":      {[]byte("%PDF-1.7 ..."), "a PDF file"},
		"Markdown with a wrong extension": {lawText("路灯法", "", article("1", "甲。")), "no Word file"},
		"zip without a document":          {packed(t, part{"readme.txt", "hello"}), "no word/document.xml"},
		"archive of Word files":           {packed(t, part{"a/" + lampName, string(whole)}), "unpack it"},
		"archive inside the document":     {document(string(whole)), "read word/document.xml"},
		"zip bomb":                        {document("<w:document>" + strings.Repeat(" ", 2<<20)), "packed more than"},
		"too large unpacked":              {declared(t, maxDocumentXML+1), "at most"},
		"XML that ends early":             {document("<w:document><w:body><w:p><w:r><w:t>甲"), "unexpected EOF"},
		"XML nested too deep":             {document(strings.Repeat("<a>", maxXMLDepth+1)), "deep"},
		"properties nested too deep":      {document("<w:pPr>" + strings.Repeat("<a>", maxXMLDepth+1)), "deep"},
		"paragraph without a beginning":   {document("<w:body></w:p></w:body>"), "did not begin"},
		"row without a beginning":         {document("<w:body></w:tr></w:body>"), "did not begin"},
		"no text":                         {document("<w:document></w:document>"), "no text in it"},
		"title and nothing below":         {wordFile(t, "路灯法"), "no text below the title"},
		"no title":                        {wordFile(t, "第一条　甲。", "第二条　乙。"), "no title"},
		"endless paragraph":               {wordFile(t, "路灯法", "第一条　"+strings.Repeat("甲", MaxLineBytes)), "a paragraph has"},
		"too many parts":                  {packed(t, make([]part, maxZipEntries+1)...), "parts, at most"},
		"too large":                       {make([]byte, MaxDocxBytes+1), "at most"},
	}
}

func TestParseWordRefuses(t *testing.T) {
	for name, c := range badWordFiles(t) {
		t.Run(name, func(t *testing.T) {
			text, err := ParseWord("文件.docx", c.file)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("ParseWord = %v, %v; want an error with %q", text, err, c.want)
			}
		})
	}
}

func TestReadImportsTheGoodAndNamesTheBad(t *testing.T) {
	dir := t.TempDir()
	bad := badWordFiles(t)
	for name, c := range bad {
		if err := os.WriteFile(filepath.Join(dir, name+".docx"), c.file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// 200 MB that take no room on the disk.
	huge, err := os.Create(filepath.Join(dir, "huge.docx"))
	if err != nil {
		t.Fatal(err)
	}
	if err := huge.Truncate(200 << 20); err != nil {
		t.Fatal(err)
	}
	_ = huge.Close()
	for name, file := range map[string][]byte{
		lampName: wordFile(t, lampParagraphs()...), "kiosk.MD": lawText("报亭条例", "", article("1", "甲。")),
		"old.doc": []byte("x"), "scan.pdf": []byte("x"), "~$open.docx": []byte("x"), ".hidden.md": []byte("x"), "picture.png": []byte("x"),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	calls := 0
	r, err := Read(t.Context(), []string{dir}, func(done, of int) {
		if calls++; done != calls || of != len(bad)+5 {
			t.Errorf("progress(%d, %d), want (%d, %d)", done, of, calls, len(bad)+5)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Texts) != 2 || len(r.Problems) != len(bad)+3 || calls != r.Files {
		t.Errorf("%d texts, %d problems of %d files, %d calls", len(r.Texts), len(r.Problems), r.Files, calls)
	}
	if !slices.ContainsFunc(r.Problems, func(p Problem) bool { return strings.HasPrefix(p.String(), "huge.docx: file has 209715200 bytes") }) {
		t.Errorf("problems = %v: none names the 200 MB", r.Problems)
	}
}

func TestReadKeepsTheTwinThatKnowsItsDate(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, file []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	undated := []string{"路灯法", "（2019年11月2日示例会议通过）", "第一条　甲(一)。", "第二条　乙。"}
	write("路灯法_20191102_twin0001.docx", wordFile(t, undated...))
	write("z.md", []byte("---\nid: twin0001\ntitle: 路灯法\neffective_date: '2020-01-01'\n---\n\n"+article("1", "甲（一）。")+"\n\n"+article("2", "乙。")+"\n"))
	for _, c := range []struct {
		name, extra, want string
	}{
		{"same words", "", "id twin0001 is also that of z.md"},
		{"other words", "第三条　丙。", "id twin0001 is also that of z.md, and the words differ: articles 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.extra != "" {
				write("路灯法_20191102_twin0001.docx", wordFile(t, append(undated, c.extra)...))
			}
			r, err := Read(t.Context(), []string{filepath.Join(dir, "路灯法_20191102_twin0001.docx"), filepath.Join(dir, "z.md")}, nil)
			if err != nil || len(r.Texts) != 1 || r.Texts[0].Effective != "2020-01-01" {
				t.Fatalf("texts %v, %v: want the dated one", r.Texts, err)
			}
			if same := slices.Concat(r.Twins, r.Clashes); len(same) != 1 || same[0].Reason != c.want || (len(r.Clashes) == 1) != (c.extra != "") {
				t.Errorf("twins %v, clashes %v, want %q", r.Twins, r.Clashes, c.want)
			}
		})
	}
}

func FuzzParseWord(f *testing.F) {
	f.Add([]byte(`<w:document><w:body><w:p><w:r><w:t>路灯法</w:t></w:r></w:p><w:p><w:r><w:t>第一条　甲。</w:t></w:r></w:p></w:body></w:document>`))
	f.Add([]byte(`<w:p><w:tbl><w:tr><w:tc></w:p></w:tr></w:tbl>`))
	f.Fuzz(func(t *testing.T, document []byte) {
		for _, file := range [][]byte{document, packed(t, part{documentPart, string(document)})} {
			text, err := ParseWord("路灯法.docx", file)
			if err == nil && (text.Title == "" || text.ID == "" || text.Preamble == "" && len(text.Articles) == 0) {
				t.Errorf("ParseWord = %+v without error", text)
			}
		}
	})
}

// BenchmarkParseWord reads a file of 400 articles.
func BenchmarkParseWord(b *testing.B) {
	lines := lampParagraphs()[:3]
	for i := range 400 {
		lines = append(lines, FormatArticle(fmt.Sprint(i+1))+"　"+strings.Repeat("路灯归街道照管。", 10))
	}
	file := wordFile(b, lines...)
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		if _, err := ParseWord(lampName, file); err != nil {
			b.Fatal(err)
		}
	}
}
