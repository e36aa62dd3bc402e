package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pufa/content"
)

func TestContentImportSaysWhatItWouldDo(t *testing.T) {
	changed := shippedEntry(t, known)
	changed.Title = "网购退货"
	changed.Questions = append(changed.Questions[:1], append([]string{"退货编出来的说法"}, changed.Questions[2:]...)...)
	changed.Citations[0].Gist = "换一种大意"
	slices.Reverse(changed.Related)
	path := writeCSV(t, shippedEntry(t, shelter), changed, freshEntry(t))
	got := contentRun(t, "import", path) // with the shipped library
	old := shippedEntry(t, known)
	got.hold(t, 0,
		"changed  "+known+" 网购退货 ("+path+": row 3)\n",
		"  标题 - "+old.Title+"\n  标题 + 网购退货\n",
		"  问法 - "+old.Questions[1]+"\n  问法 + 退货编出来的说法\n",
		"  依据 - 消费者权益保护法|25|2014-03-15|"+old.Citations[0].Gist+"\n  依据 + 消费者权益保护法|25|2014-03-15|换一种大意\n",
		"  相关条目   in another order\n",
		"new      "+fresh+" 编出来的一条 ("+path+": row 4)\n",
		"1 new, 1 changed, 1 the same, 0 errors in 3 entries\n",
		"nothing was written: --write --as NAME --reason WHY would save 2 drafts\n")
	if strings.Contains(got.out, "shelter") {
		t.Errorf("it tells of an entry that stays the same:\n%s", got.out)
	}
}

func TestContentImportWritesIntoTheFolder(t *testing.T) {
	changed := alone(t, known)
	changed.Title = "网购退货"
	path := writeCSV(t, alone(t, shelter), changed, freshEntry(t))
	dir := smallLibrary(t)
	before := listOf(t, dir)
	contentRun(t, "import", "--to", dir, path).hold(t, 0, "nothing was written: --write --to DIR would write 2 files")
	if left := listOf(t, dir); !slices.Equal(left, before) {
		t.Fatalf("a dry run wrote: %v", left)
	}
	contentRun(t, "import", "--write", "--to", dir, path).hold(t, 0, "wrote 2 files to "+dir)
	if left := listOf(t, dir); len(left) != len(before)+1 {
		t.Errorf("the folder holds %v", left)
	}
	for _, e := range []*content.Entry{changed, freshEntry(t), alone(t, shelter)} {
		if got, err := os.ReadFile(filepath.Join(dir, e.ID+".md")); err != nil || !bytes.Equal(got, markdown(t, e)) {
			t.Errorf("%s holds %q, %v", e.ID, got, err)
		}
	}
	contentRun(t, "import", "--write", "--to", dir, path).hold(t, 0, "0 new, 0 changed, 3 the same", "nothing to write")
	out := filepath.Join(t.TempDir(), "all.xlsx")
	contentRun(t, "export", "--from", dir, "-o", out).hold(t, 0, "wrote 3 entries")
	contentRun(t, "import", "--to", dir, out).hold(t, 0, "0 new, 0 changed, 3 the same")
}

// A folder without tables is laid over the shipped library, and need not be
// there yet.
func TestContentImportBeginsAFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mine")
	changed := shippedEntry(t, known)
	changed.Title = "网购退货"
	contentRun(t, "import", "--write", "--to", dir, writeCSV(t, changed, freshEntry(t))).hold(t, 0, "1 new, 1 changed", "wrote 2 files to "+dir)
	if left := listOf(t, dir); !slices.Equal(left, []string{fresh + ".md", known + ".md"}) {
		t.Errorf("the folder holds %v", left)
	}
	contentRun(t, "import", "--to", dir, dir).hold(t, 0, "0 new, 0 changed, 2 the same")
	contentRun(t, "import", dir).hold(t, 0, "1 new, 1 changed, 0 the same, 0 errors in 2 entries")
}

// badRows are mistakes that only the library's own checks find, by column and
// by line of a file.
var badRows = []struct {
	name   string
	spoil  func(*content.Entry)
	column string
	line   string // how the line in the Markdown begins; the mistake names its number
	want   string
}{
	{"a title that is too long", func(e *content.Entry) { e.Title = strings.Repeat("长", 21) }, "B 标题", "title:", "title has 21 characters, want 1 to 20"},
	{"too few questions", func(e *content.Entry) { e.Questions = e.Questions[:3] }, "C 问法", "questions:", "3 questions, want 7 to 40"},
	{"a question twice", func(e *content.Entry) { e.Questions[2] = e.Questions[1] }, "C 问法", "  - 编出来的第0种说法", `question "编出来的第0种说法" stands twice`},
	{"an article in characters", func(e *content.Entry) { e.Citations[0].Article = "第二十五条" }, "H 依据", "  - law: 消费者权益保护法", `article "第二十五条" of 消费者权益保护法 is not like "25"`},
	{"a law that is not in the register", func(e *content.Entry) { e.Citations[0].Law = "想象法" }, "H 依据", "citations:", "《想象法》 is not in laws.yaml"},
	{"an edition that is not in force", func(e *content.Entry) { e.Citations[0].Edition = "1994-01-01" }, "H 依据", "citations:", "is cited in the edition of 1994-01-01"},
	{"a day that is none", func(e *content.Entry) { e.ReviewDue = "2027-02-30" }, "R 核对日期", "checked_on:", "checked_on and review_due are days"},
	{"no door", func(e *content.Entry) { e.Remedy.Door = "" }, "", "remedy:", "remedy names no door or no place"},
	{"a line that is too long", func(e *content.Entry) { e.Lines[0].Text = strings.Repeat("长", 91) }, "G 要点", "! 长", "a line has 91 characters"},
	{"a short answer that is too long", func(e *content.Entry) { e.Short = strings.Repeat("长", 91) }, "F 简短回答", "长", "short answer has 91 characters"},
	{"a hotline that was not verified", func(e *content.Entry) { e.Remedy.Hotlines = []string{"99999"} }, "N 热线", "  hotlines:", `hotline "99999" is not in hotlines.yaml`},
	{"an unknown theme", func(e *content.Entry) { e.Themes = []string{"5.1"} }, "O 主题日", "themes:", `theme "5.1" is none of`},
	{"a related entry that does not exist", func(e *content.Entry) { e.Related = []string{"consumer/none"} }, "U 相关条目", "related:", `related entry "consumer/none" does not exist`},
	{"a look-alike of an entry that does not exist", func(e *content.Entry) { e.Not = []content.Lookalike{{Ask: "像", Entry: "consumer/none"}} }, "D 易混问法", "not:", `look-alike "像" belongs to "consumer/none"`},
	{"a promise", func(e *content.Entry) { e.Short = "能退，这官司一定能赢。" }, "", "---", `says "一定能赢"`},
	{"a question of another entry", func(e *content.Entry) { e.Questions[3] = "网上买的东西不喜欢 七天内能退吗" }, "C 问法", "questions:", "of " + known},
	{"a question of its own in other marks", func(e *content.Entry) { e.Questions[3] = "编出来的第0种说法！" }, "C 问法", "questions:", `question "编出来的第0种说法！" asks the same as "编出来的第0种说法" of ` + fresh},
}

func TestContentImportNamesBadRows(t *testing.T) {
	dir := smallLibrary(t)
	before := listOf(t, dir)
	for _, c := range badRows {
		t.Run(c.name, func(t *testing.T) {
			e := freshEntry(t)
			c.spoil(e)
			path := writeCSV(t, alone(t, shelter), e)
			place := path + ": row 3"
			if c.column != "" {
				place += ", column " + c.column
			}
			contentRun(t, "import", "--write", "--to", dir, path).hold(t, 1, "error: "+place+": ", c.want, "0 new, 0 changed, 1 the same, 1 error in 2 entries", "nothing was written: first mend the errors")
			if left := listOf(t, dir); !slices.Equal(left, before) {
				t.Errorf("it wrote: %v", left)
			}
		})
	}
}

func TestContentImportNamesBadLines(t *testing.T) {
	dir := smallLibrary(t)
	for _, c := range badRows {
		t.Run(c.name, func(t *testing.T) {
			e := freshEntry(t)
			c.spoil(e)
			text := markdown(t, e)
			line := 1 + strings.Count(string(text[:max(0, bytes.Index(text, []byte("\n"+c.line))+1)]), "\n")
			if c.line == "---" {
				line = 1
			}
			path := writeTemp(t, fresh+".md", text)
			contentRun(t, "import", "--to", dir, path).hold(t, 1, fmt.Sprintf("error: %s:%d: ", path, line), c.want, "1 error in 1 entry")
		})
	}
}

func TestContentImportTellsOneMistakeOnce(t *testing.T) {
	broken, other := freshEntry(t), alone(t, known)
	broken.Title = ""
	other.Related = []string{fresh}
	path := writeCSV(t, broken, other, broken)
	got := contentRun(t, "import", "--to", smallLibrary(t), path)
	got.hold(t, 1,
		path+": row 2, column B 标题: title has 0 characters",
		path+`: row 4, column A 编号: id "`+fresh+`" stands in row 2 already`,
		"changed  "+known)
	if strings.Contains(got.out, "does not exist") {
		t.Errorf("an entry is called missing that came, with a mistake of its own:\n%s", got.out)
	}
}

func TestContentImportNamesTheRowOfADuplicate(t *testing.T) {
	twin := freshEntry(t)
	twin.ID = "consumer/made-up-too"
	path := writeCSV(t, freshEntry(t), twin)
	contentRun(t, "import", "--to", smallLibrary(t), path).hold(t, 1, path+`: row 3, column C 问法: question "编出来的标准问法是什么样？" asks the same as "编出来的标准问法是什么样？" of `+fresh, "1 new, 0 changed, 0 the same, 9 errors in 2 entries")
}

func TestContentImportKnowsASheetByItsNameInCapitals(t *testing.T) {
	text, err := os.ReadFile(writeCSV(t, freshEntry(t)))
	if err != nil {
		t.Fatal(err)
	}
	contentRun(t, "import", "--to", smallLibrary(t), writeTemp(t, "ENTRIES.CSV", text)).hold(t, 0, "1 new, 0 changed, 0 the same, 0 errors in 1 entry")
}
