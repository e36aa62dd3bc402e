package store

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDocsHaveTheKeys compares keys.go with docs/redis-keys.md: the same keys
// in the same order, of the same types.
func TestDocsHaveTheKeys(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "keys.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var inCode []string
	kind := regexp.MustCompile(`^\w+ is a ([A-Z]+): `)
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv == nil {
			continue
		}
		found := kind.FindStringSubmatch(f.Doc.Text())
		if found == nil {
			t.Errorf("%s: the comment does not say what it is", f.Name.Name)
			continue
		}
		if text := f.Doc.Text(); !strings.Contains(text, "xpires") && !strings.Contains(text, "eleted") && !strings.Contains(text, "4.5 s") {
			t.Errorf("%s: the comment does not say how long it lives", f.Name.Name)
		}
		inCode = append(inCode, literal(f)+" "+found[1])
	}
	text, err := os.ReadFile(filepath.Join("..", "docs", "redis-keys.md"))
	if err != nil {
		t.Fatal(err)
	}
	var inDocs []string
	row := regexp.MustCompile("(?m)^\\| `([a-z]+(?::[a-z]+)?:?)[A-Z0-9|…]*` \\| ([A-Z]+) \\|")
	for _, m := range row.FindAllStringSubmatch(string(text), -1) {
		inDocs = append(inDocs, m[1]+" "+m[2])
	}
	if diff := cmp.Diff(inCode, inDocs); diff != "" {
		t.Errorf("keys.go and docs/redis-keys.md differ (-code +docs):\n%s", diff)
	}
}

// literal is the text that a key's function puts after the prefix.
func literal(f *ast.FuncDecl) string {
	text := ""
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING && text == "" {
			text = strings.Trim(l.Value, `"`)
		}
		return true
	})
	return text
}

// TestScriptsSayWhatTheyTake reads the head of every script.
func TestScriptsSayWhatTheyTake(t *testing.T) {
	files, err := filepath.Glob("scripts/*.lua")
	if err != nil || len(files) < 8 {
		t.Fatalf("scripts: %v, %v", files, err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(name) == "count.lua" { // a part of others
			continue
		}
		for _, word := range []string{"-- KEYS ", "-- ARGV ", "-- Reply "} {
			if !strings.Contains(string(text), "\n"+word) {
				t.Errorf("%s has no line %q", name, word)
			}
		}
		if strings.Contains(string(text), "'TIME'") {
			t.Errorf("%s asks Redis for the time", name)
		}
	}
}
