package wechat

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// addFiles adds every file that matches as a seed.
func addFiles(f *testing.F, pattern string) {
	f.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds in %s: %v", pattern, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
}

// FuzzParse compares the reader with encoding/xml, and checks that whatever
// it accepts has a sender, a type, a stable key and a safe printed form.
func FuzzParse(f *testing.F) {
	addFiles(f, "testdata/inbound/*.xml")
	addFiles(f, "testdata/bad/*.xml")
	f.Fuzz(func(t *testing.T, data []byte) {
		sameAsReference(t, string(data))
		m, err := Parse(data)
		if err != nil {
			if !errors.Is(err, ErrUnreadable) {
				t.Fatalf("Parse error %v is not ErrUnreadable", err)
			}
			return
		}
		if m.Type == "" || m.FromUser == "" || m.Key() == "" {
			t.Fatalf("Parse accepts %q without type, sender or key", data)
		}
		again, err := Parse(data)
		if err != nil || again.Key() != m.Key() {
			t.Fatalf("Parse of %q differs the second time: %v", data, err)
		}
		_, _ = m.Time()
		_, _, _ = m.Position()
		if m.Mass != nil {
			_, _ = m.Mass.Counts()
		}
	})
}
