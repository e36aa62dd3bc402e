package content

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// readFixture reads a file of testdata as if it stood at consumer/fine.md.
func readFixture(t testing.TB, name string) (*Entry, []error) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	e, err := ParseEntry("consumer/fine.md", data)
	if err != nil {
		return nil, []error{err}
	}
	return e, checkEntry(e, string(data))
}

func TestParseEntryReadsEverything(t *testing.T) {
	e, problems := readFixture(t, "good.md")
	if len(problems) > 0 {
		t.Fatalf("good.md has problems: %v", problems)
	}
	if e.Topic() != "consumer" || e.Question() != "这一条写得对吗？" || len(e.Questions) != 8 {
		t.Errorf("topic %q, question %q, %d questions", e.Topic(), e.Question(), len(e.Questions))
	}
	if c := e.Citations[0]; c.Law != "消费者权益保护法" || c.Article != "25" || c.Edition != "2014-03-15" {
		t.Errorf("citation = %+v", c)
	}
	if e.Short != "能退。" {
		t.Errorf("short answer = %q", e.Short)
	}
	want := []Line{{"定做的不在内。", true}, {"七天内退款。", false}}
	if len(e.Lines) != 2 || e.Lines[0] != want[0] || e.Lines[1] != want[1] {
		t.Errorf("lines = %+v, want %+v", e.Lines, want)
	}
}

// TestBadEntries holds each file of testdata/bad to the one mistake its name
// says, and to a message that tells it and its line.
func TestBadEntries(t *testing.T) {
	want := map[string]string{
		"no-front-matter":                  ":1: the first line is not ---",
		"front-matter-never-ends":          ":1: no second line of ---",
		"unknown-key":                      ":32: unknown field \"colour\"",
		"misspelt-key":                     ":16: unknown field \"keyword\"",
		"wrong-type":                       ":30: mapping value",
		"duplicate-key":                    ":4: mapping key \"title\" already defined",
		"anchor-and-alias":                 ":16: YAML anchors and aliases",
		"id-is-not-the-path":               ":2: id \"consumer/other\" stands in a file that asks for \"consumer/fine\"",
		"id-with-capitals":                 ":2: id \"Consumer/Fine\" is not topic/slug",
		"no-title":                         ":3: title has 0 characters",
		"long-title":                       ":3: title has 25 characters",
		"few-questions":                    ":4: 6 questions",
		"question-twice":                   ":6: question \"写法一\" stands twice",
		"standard-question-is-no-question": ":4: the standard question does not end with ？",
		"empty-question":                   "question \"\" has 0 characters",
		"look-alike-is-itself":             ":13: a look-alike needs",
		"few-keywords":                     ":16: 1 keywords",
		"no-citation":                      ":17: 0 citations",
		"article-in-characters":            ":18: article \"第二十五条\"",
		"article-with-zero":                ":18: article \"025\"",
		"edition-is-a-year":                ":18: edition \"2014\"",
		"no-gist":                          ":18: gist of 消费者权益保护法 25 has 0 characters",
		"cited-twice":                      ":18: 消费者权益保护法 25 is cited twice",
		"no-door":                          ":22: remedy names no door",
		"fact-without-number":              ":30: fact \"退货\"",
		"review-too-soon":                  ":33: review_due 2027-01-14 is not 6 to 14 months",
		"review-too-late":                  ":33: review_due 2028-09-14 is not 6 to 14 months",
		"day-that-is-none":                 ":32: checked_on and review_due are days",
		"no-short-answer":                  "no short answer",
		"long-short-answer":                "short answer has 93 characters",
		"long-line":                        "a line has 96 characters",
		"line-without-mark":                "begins with neither",
		"link-in-a-line":                   "holds a link",
		"many-lines":                       "13 lines after the short answer",
	}
	files, err := filepath.Glob("testdata/bad/*.md")
	if err != nil || len(files) != len(want) {
		t.Fatalf("%d files in testdata/bad (%v), %d expectations", len(files), err, len(want))
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".md")
		t.Run(name, func(t *testing.T) {
			_, problems := readFixture(t, "bad/"+name+".md")
			if len(problems) == 0 {
				t.Fatal("no problem was found")
			}
			text := ""
			for _, p := range problems {
				text += p.Error() + "\n"
			}
			if !strings.Contains(text, want[name]) || !strings.HasPrefix(text, "consumer/fine.md:") {
				t.Errorf("problems:\n%swant one with %q", text, want[name])
			}
		})
	}
}

func TestParseEntryRefusesLargeFiles(t *testing.T) {
	_, err := ParseEntry("a/b.md", make([]byte, maxEntryBytes+1))
	if err == nil || !strings.Contains(err.Error(), "at most 65536") {
		t.Errorf("err = %v", err)
	}
}

func TestParseEntryReadsWindowsLineEnds(t *testing.T) {
	data, err := os.ReadFile("testdata/good.md")
	if err != nil {
		t.Fatal(err)
	}
	e, err := ParseEntry("consumer/fine.md", []byte(strings.ReplaceAll(string(data), "\n", "\r\n")))
	if err != nil || e.Short != "能退。" {
		t.Errorf("short answer %q, error %v", e.Short, err)
	}
}

func FuzzParseEntry(f *testing.F) {
	files, _ := filepath.Glob("testdata/bad/*.md")
	for _, file := range append(files, "testdata/good.md") {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := ParseEntry("consumer/fine.md", data)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "consumer/fine.md:") {
				t.Errorf("error does not name the file: %v", err)
			}
			return
		}
		if e.Short == "" {
			t.Error("an entry without a short answer was read")
		}
		checkEntry(e, string(data))
	})
}
