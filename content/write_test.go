package content

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// apart is what two readings of one entry need not share: where it was read,
// its bytes, and whether an empty list is there.
var apart = cmp.Options{
	cmpopts.IgnoreFields(Entry{}, "File", "Hash"),
	cmpopts.IgnoreUnexported(Entry{}),
	cmpopts.EquateEmpty(),
}

// The files of the library lose nothing. Most are written the way FormatEntry
// writes but for quotes that could be left out, so that a clerk who changes
// one word sees one change; a comment or a list laid out by hand is no mistake.
func TestFormatEntryWritesTheLibraryAsItStands(t *testing.T) {
	files, err := fs.Glob(Shipped(), "*/*.md")
	if err != nil || len(files) < 200 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	other := 0
	bare := strings.NewReplacer(`"`, "", `'`, "")
	for _, file := range files {
		data, err := fs.ReadFile(Shipped(), file)
		if err != nil {
			t.Fatal(err)
		}
		e, err := ParseEntry(file, data)
		if err != nil {
			t.Fatal(err)
		}
		written, err := FormatEntry(e)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(e, readBack(t, e), apart); diff != "" {
			t.Errorf("%s changed:\n%s", file, diff)
		}
		if diff := cmp.Diff(bare.Replace(string(data)), bare.Replace(string(written))); diff != "" {
			t.Logf("%s is written otherwise:\n%s", file, diff)
			other++
		}
	}
	if other > len(files)/10 {
		t.Errorf("%d of %d files are written otherwise", other, len(files))
	}
}

func readBack(t rapid.TB, e *Entry) *Entry {
	data, err := FormatEntry(e)
	if err != nil {
		t.Fatal(err)
	}
	back, err := ParseEntry(e.ID+".md", data)
	if err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
	return back
}

func TestFormatEntryReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEntry(t)
		if diff := cmp.Diff(e, readBack(t, e), apart); diff != "" {
			t.Errorf("entry changed:\n%s", diff)
		}
	})
}

// anyText draws what YAML makes something of, among everyday characters.
func anyText(t *rapid.T, name string) string {
	return rapid.OneOf(
		rapid.StringOfN(rapid.RuneFrom([]rune("退货吗？12a :#-!&*,[]{}'\"\\|>%@`~=+._/\t\n\r\u3000\u00a0\u2028\ufeff甲😀")), 0, 12, -1),
		rapid.SampledFrom([]string{"true", "no", "~", "0123", "1e5", "2026-11-23", "12:30", "3.8", "---", "a: b", "- a", "! a", "<<", "? a", "x #y", ".inf", "0x1F", "1_000"}),
		rapid.String(),
	).Draw(t, name)
}

func anyList(t *rapid.T, name string) []string {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string { return anyText(t, name) }), 0, 4).Draw(t, name)
}

// lineOf makes a text one that a line of the body can be: no breaks, no space
// around, something in it.
func lineOf(s string) string {
	s = strings.NewReplacer("\n", "", "\r", "").Replace(s)
	return "答" + strings.TrimSpace(s)
}

func anyEntry(t *rapid.T) *Entry {
	e := &Entry{
		ID: "consumer/fine", Title: anyText(t, "title"), Questions: anyList(t, "questions"),
		Keywords: anyList(t, "keywords"), Themes: anyList(t, "themes"), Facts: anyList(t, "facts"),
		Remedy: Remedy{
			Door: anyText(t, "door"), Bring: anyText(t, "bring"), Deadline: anyText(t, "deadline"),
			Cost: anyText(t, "cost"), Where: anyText(t, "where"), Hotlines: anyList(t, "hotlines"),
		},
		Sensitive: rapid.Bool().Draw(t, "sensitive"), CheckedOn: anyText(t, "checked"), ReviewDue: anyText(t, "due"),
		ReviewWhy: anyText(t, "why"), Related: anyList(t, "related"), Short: lineOf(anyText(t, "short")),
	}
	for range rapid.IntRange(0, 3).Draw(t, "number") {
		e.Not = append(e.Not, Lookalike{anyText(t, "ask"), anyText(t, "entry")})
		e.Citations = append(e.Citations, Citation{anyText(t, "law"), anyText(t, "article"), anyText(t, "edition"), anyText(t, "gist")})
		e.Lines = append(e.Lines, Line{lineOf(anyText(t, "line")), rapid.Bool().Draw(t, "must")})
	}
	return e
}

// A field that is added to Entry and forgotten here would be lost in silence.
func TestFormatEntryKeepsEveryField(t *testing.T) {
	e := &Entry{
		ID: "consumer/fine", Title: "题", Questions: []string{"问？"}, Not: []Lookalike{{"像", "consumer/other"}},
		Keywords: []string{"词"}, Citations: []Citation{{"法", "25", "2014-03-15", "意"}},
		Remedy: Remedy{"门", "带", "期", "费", "地", []string{"12315"}}, Themes: []string{"3.15"}, Facts: []string{"F001"},
		Sensitive: true, CheckedOn: "2026-11-23", ReviewDue: "2027-09-14", ReviewWhy: "因", Related: []string{"consumer/other"},
		Short: "答。", Lines: []Line{{"行", true}}, File: "consumer/fine.md", Hash: "0",
	}
	for i := range reflect.TypeFor[Entry]().NumField() {
		if f := reflect.TypeFor[Entry]().Field(i); f.IsExported() && reflect.ValueOf(*e).Field(i).IsZero() {
			t.Errorf("this test has no %s", f.Name)
		}
	}
	if diff := cmp.Diff(e, readBack(t, e), apart); diff != "" {
		t.Errorf("entry changed:\n%s", diff)
	}
}

func TestFormatEntryRefusesWhatAFileCannotCarry(t *testing.T) {
	cases := []struct {
		name  string
		spoil func(*Entry)
		want  string
	}{
		{"no short answer", func(e *Entry) { e.Short = "" }, "no short answer"},
		{"a short answer of two lines", func(e *Entry) { e.Short = "能。\n- 退" }, "cannot carry its Short"},
		{"a short answer that looks like a line", func(e *Entry) { e.Short = "- 能退" }, "no short answer"},
		{"a line of two lines", func(e *Entry) { e.Lines = []Line{{Text: "一\n! 二"}} }, "cannot carry its Lines"},
		{"a line with space around", func(e *Entry) { e.Lines = []Line{{Text: " 一"}} }, "cannot carry its Lines"},
		{"an answer that is no text", func(e *Entry) { e.Short = "能\xff退" }, "not UTF-8"},
		{"a title that is no text", func(e *Entry) { e.Title = "能\xff退" }, "cannot carry its Title"},
		{"more than a file may hold", func(e *Entry) { e.Short = strings.Repeat("能", maxEntryBytes) }, "at most 65536"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			e := &Entry{ID: "consumer/fine", Short: "能退。"}
			c.spoil(e)
			data, err := FormatEntry(e)
			if err == nil || data != nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "consumer/fine") {
				t.Errorf("FormatEntry = %q, %v; want an error with %q", data, err, c.want)
			}
		})
	}
}

func TestValidID(t *testing.T) {
	for id, want := range map[string]bool{
		"consumer/seven-day-return": true, "dv/12355": true, "consumer": false, "consumer/": false, "/x": false,
		"../etc/passwd": false, "consumer/../x": false, "consumer/a/b": false, "Consumer/x": false, "consumer/x.md": false, "consumer/x\n": false, "": false,
	} {
		if got := ValidID(id); got != want {
			t.Errorf("ValidID(%q) = %v", id, got)
		}
	}
}

// FuzzFormatEntry: whatever file is read can be written, reads back as the
// same entry, and is then written the same.
func FuzzFormatEntry(f *testing.F) {
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
			return
		}
		written, err := FormatEntry(e)
		if err != nil {
			if strings.Contains(err.Error(), "at most") || strings.Contains(err.Error(), "UTF-8") {
				return // escapes made it too long, or it never was text
			}
			t.Fatal(err)
		}
		back, err := ParseEntry("consumer/fine.md", written)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(e, back, apart); diff != "" {
			t.Errorf("entry changed:\n%s", diff)
		}
		if again, err := FormatEntry(back); err != nil || string(again) != string(written) {
			t.Errorf("written otherwise the second time (%v):\n%s\n%s", err, written, again)
		}
	})
}
