package sheet

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"pufa/content"
)

// apart is what a sheet does not carry: where an entry was read and the bytes
// of its file.
var apart = cmp.Options{
	cmpopts.IgnoreFields(content.Entry{}, "File", "Hash"),
	cmpopts.IgnoreUnexported(content.Entry{}),
	cmpopts.EquateEmpty(),
}

// format is one way out and in.
type format struct {
	name  string
	write func(entries []*content.Entry) ([]byte, error)
	read  func(data []byte) ([]Row, error)
}

var formats = []format{
	{
		"csv",
		func(entries []*content.Entry) ([]byte, error) {
			var out bytes.Buffer
			err := WriteCSV(&out, entries)
			return out.Bytes(), err
		},
		func(data []byte) ([]Row, error) { return ReadCSV("entries.csv", bytes.NewReader(data)) },
	},
	{
		"xlsx",
		func(entries []*content.Entry) ([]byte, error) {
			var out bytes.Buffer
			err := WriteXLSX(&out, entries)
			return out.Bytes(), err
		},
		func(data []byte) ([]Row, error) { return ReadXLSX("entries.xlsx", bytes.NewReader(data)) },
	},
}

// holdRoundTrip writes entries, reads them and wants the same.
func holdRoundTrip(t rapid.TB, f format, entries []*content.Entry) {
	data, err := f.write(entries)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.read(data)
	if err != nil {
		t.Fatalf("%s: %v", f.name, err)
	}
	if len(rows) != len(entries) {
		t.Fatalf("%s: %d rows of %d entries", f.name, len(rows), len(entries))
	}
	for i, row := range rows {
		if len(row.Problems) > 0 || row.Number != i+2 {
			t.Fatalf("%s: row %d, %d in the file, has problems %v", f.name, i+2, row.Number, row.Problems)
		}
		if diff := cmp.Diff(entries[i], row.Entry, apart); diff != "" {
			t.Fatalf("%s: entry changed:\n%s", f.name, diff)
		}
		if list := Compare(entries[i], row.Entry); len(list) > 0 {
			t.Fatalf("%s: Compare finds %+v", f.name, list)
		}
	}
}

func TestTheWholeLibraryGoesOutAndIn(t *testing.T) {
	lib, err := content.Load(content.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range formats {
		t.Run(f.name, func(t *testing.T) { holdRoundTrip(t, f, lib.Entries()) })
	}
}

func TestAnyEntryGoesOutAndIn(t *testing.T) {
	for _, f := range formats {
		t.Run(f.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				e := anyEntry(t)
				holdRoundTrip(t, f, []*content.Entry{e, fine("consumer/second")})
			})
		})
	}
}

// anyText draws what cells, CSV, XML and formulas make something of.
func anyText(t *rapid.T, name string) string {
	return rapid.OneOf(
		rapid.StringOfN(rapid.RuneFrom([]rune("退货吗？12 \"',;|｜\\=+-@＝＋!#_x0A{}es\t\n\r\u3000\u00a0\u2028\ufeff\x00\x1f\ufffe甲😀<&>")), 0, 12, -1),
		rapid.SampledFrom([]string{"=1+1", "'=1", "''@x", "_x000D_", "_x005F_x000D_", `\n`, `\e`, "true", "0123", "3.8", "1e5", "2026/1/2x", "a|b", "- x", "! x"}),
		rapid.String(),
	).Draw(t, name)
}

func anyList(t *rapid.T, name string) []string {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string { return anyText(t, name) }), 0, 4).Draw(t, name)
}

// anyEntry draws an entry that may be wrong in every way but its id and that
// its days are days: those are what a sheet mends on the way in.
func anyEntry(t *rapid.T) *content.Entry {
	e := &content.Entry{
		ID: "consumer/fine", Title: anyText(t, "title"), Questions: anyList(t, "questions"),
		Keywords: anyList(t, "keywords"), Themes: anyList(t, "themes"), Facts: anyList(t, "facts"),
		Remedy: content.Remedy{
			Door: anyText(t, "door"), Bring: anyText(t, "bring"), Deadline: anyText(t, "deadline"),
			Cost: anyText(t, "cost"), Where: anyText(t, "where"), Hotlines: anyList(t, "hotlines"),
		},
		Sensitive: rapid.Bool().Draw(t, "sensitive"), CheckedOn: "2026-11-23", ReviewDue: "2027-09-14",
		ReviewWhy: anyText(t, "why"), Related: anyList(t, "related"), Short: anyText(t, "short"),
	}
	for range rapid.IntRange(0, 3).Draw(t, "number") {
		e.Not = append(e.Not, content.Lookalike{Ask: anyText(t, "ask"), Entry: anyText(t, "entry")})
		e.Citations = append(e.Citations, content.Citation{Law: anyText(t, "law"), Article: anyText(t, "article"), Edition: "2014-03-15", Gist: anyText(t, "gist")})
		e.Lines = append(e.Lines, content.Line{Text: "行" + anyText(t, "line"), Must: rapid.Bool().Draw(t, "must")})
	}
	return e
}

// fine is an entry with something in every field.
func fine(id string) *content.Entry {
	return &content.Entry{
		ID: id, Title: "题", Questions: []string{"问？", "再问"}, Not: []content.Lookalike{{Ask: "像", Entry: ""}},
		Keywords: []string{"词"}, Citations: []content.Citation{{Law: "法", Article: "25", Edition: "2014-03-15", Gist: "意"}},
		Remedy: content.Remedy{Door: "门", Bring: "带", Deadline: "期", Cost: "费", Where: "地", Hotlines: []string{"12315"}},
		Themes: []string{"3.15"}, Facts: []string{"F001"}, Sensitive: true, CheckedOn: "2026-11-23", ReviewDue: "2027-09-14",
		ReviewWhy: "因", Related: []string{"consumer/other"}, Short: "答。", Lines: []content.Line{{Text: "行", Must: true}},
	}
}

// A field that is added to an entry and forgotten here would be lost in
// silence.
func TestASheetHasEveryField(t *testing.T) {
	e := fine("consumer/fine")
	for i := range reflect.TypeFor[content.Entry]().NumField() {
		f := reflect.TypeFor[content.Entry]().Field(i)
		if f.IsExported() && f.Name != "File" && f.Name != "Hash" && reflect.ValueOf(*e).Field(i).IsZero() {
			t.Errorf("this test has no %s", f.Name)
		}
	}
	for _, f := range formats {
		holdRoundTrip(t, f, []*content.Entry{e})
	}
}

func TestEveryCellNamesItsKey(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range columns() {
		if c.name == "" || c.about == "" || c.width < 8 || seen[c.name] || seen[c.key] {
			t.Errorf("column %q (%s) lacks a name, a width or a guide, or stands twice", c.name, c.key)
		}
		seen[c.name], seen[c.key] = true, true
	}
	file, err := content.FormatEntry(fine("consumer/fine"))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for i := range strings.Split(string(file), "\n") {
		got[KeyAt(file, i+1)] = true
	}
	for _, c := range columns() {
		if !got[c.key] {
			t.Errorf("no line of the file belongs to %s:\n%s", c.key, file)
		}
	}
}

func TestKeyAt(t *testing.T) {
	file := []byte("---\nid: a/b\nquestions:\n  - 问: 一\nremedy:\n  door: 门\n  where: 地\nthemes: []\n---\n答。\n\n! 行\n- 行\n")
	for i, want := range []string{"", "id", "questions", "questions", "remedy", "remedy.door", "remedy.where", "themes", "short", "short", "short", "lines", "lines", "lines"} {
		if got := KeyAt(file, i+1); got != want {
			t.Errorf("KeyAt(line %d) = %q, want %q", i+1, got, want)
		}
	}
}

func TestCompare(t *testing.T) {
	cases := []struct {
		name   string
		change func(*content.Entry)
		want   []Difference
	}{
		{"nothing", func(*content.Entry) {}, nil},
		{"where it was read", func(e *content.Entry) { e.File, e.Hash = "x", "y" }, nil},
		{"a text", func(e *content.Entry) { e.Title = "新题" }, []Difference{{"标题", []string{"题"}, []string{"新题"}}}},
		{"a text that came", func(e *content.Entry) { e.Remedy.Cost = "" }, []Difference{{"费用", []string{"费"}, nil}}},
		{"one of several lines", func(e *content.Entry) { e.Questions[1] = "三问" }, []Difference{{"问法", []string{"再问"}, []string{"三问"}}}},
		{"only the order", func(e *content.Entry) { e.Questions = []string{"再问", "问？"} }, []Difference{{Column: "问法"}}},
		{"a line that stands twice now", func(e *content.Entry) { e.Questions = []string{"问？", "问？", "再问"} }, []Difference{{"问法", nil, []string{"问？"}}}},
		{"a mark", func(e *content.Entry) { e.Lines[0].Must = false }, []Difference{{"要点", []string{"! 行"}, []string{"- 行"}}}},
		{"two columns, in the order of the sheet", func(e *content.Entry) { e.Sensitive, e.Short = false, "不。" }, []Difference{{"简短回答", []string{"答。"}, []string{"不。"}}, {"敏感", []string{"是"}, []string{"否"}}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			now := fine("consumer/fine")
			c.change(now)
			if diff := cmp.Diff(c.want, Compare(fine("consumer/fine"), now)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestASheetRefusesCellsThatWouldBeCutOff(t *testing.T) {
	e := fine("consumer/fine")
	e.Short = strings.Repeat("长", maxCell+1)
	for _, f := range formats {
		if _, err := f.write([]*content.Entry{e}); err == nil || !strings.Contains(err.Error(), "consumer/fine: the cell 简短回答 would have 32768 characters") {
			t.Errorf("%s: err = %v", f.name, err)
		}
	}
}
