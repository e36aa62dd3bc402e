package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

const (
	ourModule    = "pufa"
	maxFileLines = 500
)

// ownAllowed says which packages of ours a package may import, in tests too.
// It is the picture in docs/architecture.md: a package imports only what
// stands below it. "." is package main, which may import everything.
var ownAllowed = map[string][]string{
	".": {"*"},

	"handlers":         {"bot", "campaign", "content", "report", "staff", "stats", "statute", "web", "wechat"},
	"handlers/console": {"bot", "campaign", "content", "content/edit", "content/sheet", "report", "staff", "stats", "statute", "ticket", "web"},
	"handlers/api":     {"campaign", "content", "report", "staff", "stats"},
	"store":            {"backup", "bot", "campaign", "content", "content/edit", "staff", "stats", "store/lock", "store/trial", "ticket", "wechat"},
	"deliver":          {"campaign", "ticket", "wechat"},
	"deliver/faults":   {"campaign", "deliver", "store", "wechat", "wechat/wechattest"}, // tests alone
	"report":           {"campaign", "content", "stats"},

	"bot/llm":       {"bot", "mask"},
	"bot":           {"content", "mask", "search", "statute"},
	"campaign":      {"content"},
	"content":       {"search"},
	"content/edit":  {"content", "content/sheet", "search", "staff"},
	"content/sheet": {"content"},
	"statute":       {"search"},
	"ticket":        {"staff"},

	"backup":      {},
	"config":      {},
	"mask":        {},
	"search":      {},
	"staff":       {},
	"stats":       {},
	"store/lock":  {},
	"store/trial": {"store/lock"},
	"web":         {},
	"wechat":      {"wechat", "wechat/wechattest"}, // its tests from outside; the compiler refuses the circle elsewhere

	"wechat/wechattest": {"wechat"},
}

// modulesAllowed says which packages may import a module that is not ours.
// Tests may import what their package may, and testModules.
var modulesAllowed = map[string][]string{
	"github.com/alicebob/miniredis/v2":    {"store/trial"},
	"github.com/alexedwards/scs/v2":       {"handlers/console"},
	"github.com/caarlos0/env/v11":         {"config"},
	"github.com/chzyer/readline":          {"."},
	"github.com/gin-gonic/gin":            {"handlers"},
	"github.com/goccy/go-yaml":            {"config", "content"},
	"github.com/mozillazg/go-pinyin":      {"search"},
	"github.com/pquerna/otp":              {"staff"},
	"github.com/prometheus/client_golang": {"handlers"},
	"github.com/redis/go-redis/v9":        {"store"},
	"github.com/sashabaranov/go-openai":   {"bot/llm"},
	"github.com/skip2/go-qrcode":          {"handlers/console", "report"},
	"github.com/xuri/excelize/v2":         {"content/sheet", "report"},
	"golang.org/x/crypto":                 {"backup", "staff"},
	"golang.org/x/text":                   {"content/sheet", "search", "statute"},
}

// testModules says which packages' tests may import a module, beside what the
// package itself may.
var testModules = map[string][]string{
	"github.com/alicebob/miniredis/v2": {"store"},
	"github.com/gin-gonic/gin":         {"."}, // the bare handler that the callback is measured against
	"github.com/redis/go-redis/v9":     {"."}, // the same, and faults
	"github.com/xuri/excelize/v2":      {"."}, // reports are opened
	"github.com/chromedp/cdproto":      {"*"},
	"github.com/chromedp/chromedp":     {"*"},
	"github.com/goccy/go-yaml":         {".", "bot"}, // docker-compose.yml, testdata
	"github.com/google/go-cmp":         {"*"},
	"github.com/pquerna/otp":           {"handlers/console"}, // a telephone that makes codes
	"go.uber.org/goleak":               {"*"},
	"pgregory.net/rapid":               {"*"},
}

// standardAllowed holds packages of the standard library that say what a
// package does to the world.
var standardAllowed = map[string][]string{
	"net/http": {".", "bot/llm", "handlers", "handlers/api", "handlers/console", "web", "wechat", "wechat/wechattest"}, // bot, content, search, statute and stats reach nothing
	"os/exec":  {},                                                                                                     // the program starts no other program
	"plugin":   {},
	"unsafe":   {},
}

func TestLayers(t *testing.T) {
	problems, seen := lookAt(os.DirFS("."))
	for _, p := range problems {
		t.Error(p)
	}
	for _, dir := range []string{".", "bot", "config", "content", "search", "statute", "store", "wechat"} {
		if !slices.Contains(seen, dir) {
			t.Errorf("package %s was not looked at: the test found %v", dir, seen)
		}
	}
}

// Whatever TestLayers is for, it must find where it is planted.
func TestLayersFindsWhatIsPlanted(t *testing.T) {
	long := "package stats\n" + strings.Repeat("// line\n", maxFileLines)
	cases := []struct {
		name, file, source, want string
	}{
		{"bot may not know Redis", "bot/a.go", "package bot\nimport _ \"github.com/redis/go-redis/v9\"", "bot/a.go: bot may not import github.com/redis/go-redis/v9"},
		{"bot may not know WeChat", "bot/a.go", "package bot\nimport _ \"pufa/wechat\"", "bot/a.go: bot may not import pufa/wechat"},
		{"handlers may not know the store", "handlers/a.go", "package handlers\nimport _ \"pufa/store\"", "handlers/a.go: handlers may not import pufa/store"},
		{"a test may not reach up either", "stats/a_test.go", "package stats\nimport _ \"pufa/report\"", "stats/a_test.go: stats may not import pufa/report"},
		{"a folder inside a module belongs to it", "store/a.go", "package store\nimport _ \"github.com/gin-gonic/gin/binding\"", "store/a.go: store may not import github.com/gin-gonic/gin/binding"},
		{"a module of tests may not be built in", "bot/a.go", "package bot\nimport _ \"github.com/google/go-cmp/cmp\"", "bot/a.go: bot may not import github.com/google/go-cmp/cmp"},
		{"a module that nobody decided on is found", "web/a.go", "package web\nimport _ \"example.org/left/pad\"", "web/a.go: web may not import example.org/left/pad"},
		{"a module with a longer name is another one", "config/a.go", "package config\nimport _ \"github.com/goccy/go-yaml2\"", "config/a.go: config may not import github.com/goccy/go-yaml2"},
		{"bot reaches no network", "bot/a.go", "package bot\nimport _ \"net/http\"", "bot/a.go: bot may not import net/http"},
		{"nothing starts a program", "store/a.go", "package store\nimport _ \"os/exec\"", "store/a.go: store may not import os/exec"},
		{"a package without a row is found", "util/a.go", "package util", "util/a.go: package util has no row in ownAllowed: which layer is it in?"},
		{"init is found", "config/a.go", "package config\nfunc init() {}", "config/a.go:2: func init: build it in main and hand it over"},
		{"a method named init is none", "config/a.go", "package config\ntype t int\nfunc (t) init() {}", ""},
		{"a sleeping test is found", "stats/a_test.go", "package stats\nimport \"time\"\nfunc f() { time.Sleep(time.Second) }", "stats/a_test.go:3: time.Sleep in a test: wait for the thing itself, or use testing/synctest"},
		{"so is one that calls time by another name", "stats/a_test.go", "package stats\nimport clock \"time\"\nfunc f() { clock.Sleep(1) }", "stats/a_test.go:3: time.Sleep in a test: wait for the thing itself, or use testing/synctest"},
		{"in a bubble of synctest the clock makes nobody wait", "stats/a_test.go", "package stats\nfunc f() { synctest.Test(t, func(t *testing.T) { time.Sleep(1) }) }", ""},
		{"a program may sleep", "stats/a.go", "package stats\nimport \"time\"\nfunc f() { time.Sleep(time.Second) }", ""},
		{"a long file is found", "stats/a.go", long, "stats/a.go: 501 lines, at most 500: look for the second subject"},
		{"a file that does not parse is found", "stats/a.go", "package", "stats/a.go: stats/a.go:1:8: expected 'IDENT', found 'EOF'"},
		{"what may be imported is no problem", "handlers/a.go", "package handlers\nimport (\n_ \"github.com/gin-gonic/gin\"\n_ \"pufa/bot\"\n_ \"net/http\"\n_ \"strings\"\n)", ""},
		{"a test may import more", "store/a_test.go", "package store_test\nimport (\n_ \"os/exec\"\n_ \"github.com/google/go-cmp/cmp\"\n)", ""},
		{"main may import everything of ours", "a.go", "package main\nimport _ \"pufa/store\"", ""},
		{"what lies in testdata is not ours", "stats/testdata/a.go", "package", ""},
		{"nor what lies in a folder of scratch", "tmp/x/a.go", "package", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			problems, _ := lookAt(fstest.MapFS{c.file: {Data: []byte(c.source)}})
			if got := strings.Join(problems, "\n"); got != c.want {
				t.Errorf("lookAt = %q, want %q", got, c.want)
			}
		})
	}
}

// lookAt reads every Go file of a tree and returns what is wrong, and the
// packages it has seen.
func lookAt(tree fs.FS) (problems, packages []string) {
	err := fs.WalkDir(tree, ".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && isOutside(file):
			return fs.SkipDir
		case entry.IsDir() || path.Ext(file) != ".go":
			return nil
		}
		source, err := fs.ReadFile(tree, file)
		if err != nil {
			return err
		}
		if dir := path.Dir(file); !slices.Contains(packages, dir) {
			packages = append(packages, dir)
		}
		problems = append(problems, wrongIn(file, source)...)
		return nil
	})
	if err != nil {
		problems = append(problems, err.Error())
	}
	return problems, packages
}

// isOutside knows the folders that hold no code of ours: what .gitignore
// names, tools' own module, data of tests, and what git keeps.
func isOutside(dir string) bool {
	return slices.Contains([]string{"tmp", "bin", "data", "tools"}, dir) ||
		path.Base(dir) == "testdata" || len(dir) > 1 && strings.HasPrefix(path.Base(dir), ".")
}

func wrongIn(file string, source []byte) (problems []string) {
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, file, source, parser.SkipObjectResolution)
	if err != nil {
		return []string{file + ": " + err.Error()}
	}
	dir := path.Dir(file)
	if _, ok := ownAllowed[dir]; !ok {
		return []string{fmt.Sprintf("%s: package %s has no row in ownAllowed: which layer is it in?", file, dir)}
	}
	for _, spec := range tree.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		if !mayImport(dir, name, strings.HasSuffix(file, "_test.go")) {
			problems = append(problems, fmt.Sprintf("%s: %s may not import %s", file, dir, name))
		}
	}
	problems = append(problems, wrongCode(file, set, tree)...)
	if n := bytes.Count(source, []byte("\n")); n > maxFileLines {
		problems = append(problems, fmt.Sprintf("%s: %d lines, at most %d: look for the second subject", file, n, maxFileLines))
	}
	return problems
}

func mayImport(dir, name string, test bool) bool {
	if own, ok := strings.CutPrefix(name, ourModule+"/"); ok {
		return holds(ownAllowed[dir], own)
	}
	if list, ok := standardAllowed[name]; ok {
		return test || holds(list, dir)
	}
	if first, _, _ := strings.Cut(name, "/"); !strings.Contains(first, ".") {
		return true // the rest of the standard library
	}
	return holds(ofModule(modulesAllowed, name), dir) || test && holds(ofModule(testModules, name), dir)
}

func holds(list []string, name string) bool {
	return slices.Contains(list, name) || slices.Contains(list, "*")
}

// ofModule returns the row of the module that a package belongs to.
func ofModule(rows map[string][]string, name string) []string {
	for m, list := range rows {
		if name == m || strings.HasPrefix(name, m+"/") {
			return list
		}
	}
	return nil
}

// wrongCode finds func init, and time.Sleep in tests unless it is inside a
// synctest bubble, whose clock makes nobody wait.
func wrongCode(file string, set *token.FileSet, tree *ast.File) (problems []string) {
	clock := nameOfTime(tree)
	if !strings.HasSuffix(file, "_test.go") {
		clock = ""
	}
	found := func(n ast.Node, what string) {
		problems = append(problems, fmt.Sprintf("%s:%d: %s", file, set.Position(n.Pos()).Line, what))
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Recv == nil && n.Name.Name == "init" {
				found(n, "func init: build it in main and hand it over")
			}
		case *ast.CallExpr:
			if isSelector(n.Fun, "synctest", "Test") {
				return false
			}
			if clock != "" && isSelector(n.Fun, clock, "Sleep") {
				found(n, "time.Sleep in a test: wait for the thing itself, or use testing/synctest")
			}
		}
		return true
	})
	return problems
}

// nameOfTime is the name by which a file calls the package time.
func nameOfTime(tree *ast.File) string {
	for _, spec := range tree.Imports {
		if spec.Path.Value == `"time"` && spec.Name != nil {
			return spec.Name.Name
		}
	}
	return "time"
}

func isSelector(e ast.Expr, pkg, name string) bool {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != name {
		return false
	}
	x, ok := sel.X.(*ast.Ident)
	return ok && x.Name == pkg
}
