package edit

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"pufa/content"
)

// zipOf makes a zip of names and texts in turn.
func zipOf(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := out.Create(files[i])
		if err == nil {
			_, err = io.WriteString(w, files[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAddZip(t *testing.T) {
	good := titled(t, "改过的标题")
	for _, c := range []struct {
		name  string
		data  []byte
		want  Tally
		wrong string // what is said, or the error
	}{
		{"an entry at its place", zipOf(t, known+".md", good), Tally{Changed: 1}, ""},
		{"in a folder, with the line ends of Windows", zipOf(t, `导出\`+strings.ReplaceAll(known, "/", `\`)+".md", strings.ReplaceAll(good, "\n", "\r\n")), Tally{Changed: 1}, ""},
		{"what is no entry is not looked at", zipOf(t, "topics.yaml", "x", "README.md", "x", "__MACOSX/consumer/a.md", "x", ".git/x.txt", "x", known+".md", good), Tally{Changed: 1}, ""},
		{"an entry in no folder", zipOf(t, "a.md", good), Tally{}, "TOPIC/SLUG.md"},
		{"a path out of the folder leads nowhere", zipOf(t, "../../etc/passwd.md", good), Tally{Wrong: 1}, `id "consumer/seven-day-return" stands in a file that asks for "etc/passwd"`},
		{"two of one id", zipOf(t, known+".md", good, "x/"+known+".md", good), Tally{Changed: 1}, "it stands twice"},
		{"one that unpacks to too much", zipOf(t, known+".md", strings.Repeat("长", 100_000)), Tally{}, "unpacks to more"},
		{"all together unpack to too much", zipOf(t, many(80)...), Tally{}, "unpacks to more"},
		{"too many parts", zipOf(t, many(2100)...), Tally{}, "2100 parts"},
		{"what is no zip", []byte("PK no"), Tally{}, "no zip file"},
		{"what is no text", zipOf(t, known+".md", "\xff\xfe\x00"), Tally{}, "UTF-16"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := NewIntake(mustLoad(t))
			if err := in.AddZip("a.zip", c.data); err != nil {
				if c.wrong == "" || !strings.Contains(err.Error(), c.wrong) {
					t.Fatalf("AddZip: %v, want %q", err, c.wrong)
				}
				return
			}
			in.Check()
			said := ""
			for _, m := range in.All() {
				said += m.Error() + "\n"
			}
			if in.Count() != c.want || !strings.Contains(said, c.wrong) || c.wrong == "" && said != "" {
				t.Errorf("%+v, want %+v; said %q, want %q", in.Count(), c.want, said, c.wrong)
			}
		})
	}
}

func many(n int) (files []string) {
	size := 0
	if n < 100 {
		size = 250 << 10
	}
	for i := range n {
		files = append(files, "consumer/n"+strings.Repeat("a", i%50)+"-"+string(rune('a'+i/50))+".md", strings.Repeat("a", size))
	}
	return files
}

func TestWriteZipReadsBack(t *testing.T) {
	var b bytes.Buffer
	lib := mustLoad(t)
	if err := WriteZip(&b, lib.Entries()); err != nil {
		t.Fatal(err)
	}
	in := NewIntake(lib)
	if err := in.AddZip("a.zip", b.Bytes()); err != nil {
		t.Fatal(err)
	}
	if in.Check(); in.Count() != (Tally{Same: 2}) {
		t.Errorf("%+v, %v", in.Count(), in.All())
	}
}

func FuzzAddZip(f *testing.F) {
	base := tinyBase(f)
	lib, err := content.Load(base)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(zipOf(f, known+".md", "---\nid: a/b\n---\nx"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		in := NewIntake(lib)
		_ = in.AddZip("a.zip", data)
		for _, e := range in.Entries {
			if !strings.HasSuffix(e.File, ".md") || strings.Contains(e.File, "..") {
				panic(e.File)
			}
		}
	})
}
