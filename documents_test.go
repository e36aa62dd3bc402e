package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pufa/config"
)

var linkForm = regexp.MustCompile(`\]\(([^)#]+)(?:#[^)]*)?\)`)

func localLinks(text string) (links []string) {
	for _, m := range linkForm.FindAllStringSubmatch(text, -1) {
		if !strings.Contains(m[1], "://") {
			links = append(links, m[1])
		}
	}
	return links
}

// documents returns every Markdown file that people read here.
func documents(t *testing.T) []string {
	t.Helper()
	var list []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/adr/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, found...)
	}
	if len(list) < 8 {
		t.Fatalf("only %v found", list)
	}
	return list
}

func TestDocumentsLinkToWhatIsThere(t *testing.T) {
	for _, name := range documents(t) {
		for _, link := range localLinks(readText(t, name)) {
			if _, err := os.Stat(path.Join(path.Dir(filepath.ToSlash(name)), link)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

var (
	settingForm = regexp.MustCompile(`\bPUFA_[A-Z_]+[A-Z]\b`)
	commandForm = regexp.MustCompile("(?m)(?:`|^)(?:pufa|go run \\.) ([a-z]+)")
)

// Groups of settings and variables of tests may be named too.
var noSettings = []string{"PUFA_WECHAT", "PUFA_STREET", "PUFA_OPENAI", "PUFA_PORT", "PUFA_SERVICE", "PUFA_TEST_LAWS", "PUFA_TRIAL_MESSAGES"}

func TestDocumentsNameSettingsAndCommands(t *testing.T) {
	for _, name := range documents(t) {
		text := readText(t, name)
		for _, setting := range settingForm.FindAllString(text, -1) {
			if !slices.Contains(config.Names(), setting) && !slices.Contains(noSettings, setting) {
				t.Errorf("%s: there is no setting %s", name, setting)
			}
		}
		for _, m := range commandForm.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(append(names(), "help"), m[1]) {
				t.Errorf("%s: there is no command %s", name, m[1])
			}
		}
	}
}

var rowForm = regexp.MustCompile("(?m)^\\| `([^`|]+)` \\|")

func TestArchitectureListsEveryPackage(t *testing.T) {
	listed := firstColumn(readText(t, "docs/architecture.md"))
	want := packageDirs(t)
	want[slices.Index(want, ".")] = "main"
	slices.Sort(listed)
	slices.Sort(want)
	if !slices.Equal(listed, want) {
		t.Errorf("docs/architecture.md lists %v, the packages are %v", listed, want)
	}
}

var codeForm = regexp.MustCompile("`(?:(\\w+)\\.)?(\\w+)`")

// The journeys are told with the names that the code has now.
func TestArchitectureNamesWhatIsInTheCode(t *testing.T) {
	_, journey, ok := strings.Cut(readText(t, "docs/architecture.md"), "\n## A resident's message\n")
	journey, _, ends := strings.Cut(journey, "\n## A campaign push\n")
	declared := declaredNames(t)
	for _, dir := range packageDirs(t) {
		declared[dir] = true
	}
	found := codeForm.FindAllStringSubmatch(journey, -1)
	if !ok || !ends || len(found) < 20 {
		t.Fatalf("docs/architecture.md tells a message's journey with %d names", len(found))
	}
	for _, m := range found {
		if m[2] == "lua" {
			if _, err := os.Stat("store/scripts/" + m[1] + ".lua"); err != nil {
				t.Error(err)
			}
			continue
		}
		if m[1] != "" && !declared[m[1]] || !declared[m[2]] {
			t.Errorf("the code has no %s", m[0])
		}
	}
}

func firstColumn(text string) (names []string) {
	for _, m := range rowForm.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}

func TestOperationsListsEveryMetric(t *testing.T) {
	metric := regexp.MustCompile(`"(pufa_[a-z_]+)", *(?:Help:|")`)
	var want []string
	for _, file := range []string{"handlers/metrics.go", "handlers/health.go", "handlers/model.go"} {
		for _, m := range metric.FindAllStringSubmatch(readText(t, file), -1) {
			want = append(want, m[1])
		}
	}
	var listed []string
	for _, name := range firstColumn(readText(t, "docs/operations.md")) {
		if strings.HasPrefix(name, "pufa_") {
			listed = append(listed, name)
		}
	}
	slices.Sort(listed)
	slices.Sort(want)
	if len(want) < 10 || !slices.Equal(listed, want) {
		t.Errorf("docs/operations.md lists %v, the metrics are %v", listed, want)
	}
}

var glossaryForm = regexp.MustCompile("(?m)^\\| ([^|]+) \\| ((?:`\\w+`(?: / )?)+) \\|")

func TestGlossaryNamesWhatIsInTheCode(t *testing.T) {
	text, _, ok := strings.Cut(readText(t, "docs/glossary.md"), "## Decided, not in the code yet")
	if !ok {
		t.Error("docs/glossary.md has no part for what is not in the code yet")
	}
	declared := declaredNames(t)
	rows := glossaryForm.FindAllStringSubmatch(text, -1)
	if len(rows) < 30 {
		t.Fatalf("%d rows, want the whole glossary", len(rows))
	}
	seen := map[string]bool{}
	for _, row := range rows {
		if seen[row[1]] {
			t.Errorf("%s stands twice", row[1])
		}
		seen[row[1]] = true
		for name := range strings.SplitSeq(row[2], " / ") {
			if name = strings.Trim(name, "`"); !declared[name] {
				t.Errorf("%s: the code has no %s", row[1], name)
			}
		}
	}
}

// declaredNames returns every name that our packages declare, fields too.
func declaredNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, dir := range packageDirs(t) {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(tree, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncDecl:
					names[n.Name.Name] = true
				case *ast.TypeSpec:
					names[n.Name.Name] = true
				case *ast.ValueSpec:
					noteNames(names, n.Names)
				case *ast.Field:
					noteNames(names, n.Names)
				}
				return true
			})
		}
	}
	return names
}

func noteNames(names map[string]bool, list []*ast.Ident) {
	for _, id := range list {
		names[id.Name] = true
	}
}

var recordForm = regexp.MustCompile(`^docs/adr/(\d{4})-[a-z0-9-]+\.md$`)

func TestDecisionsHaveTheirParts(t *testing.T) {
	records, err := filepath.Glob("docs/adr/*.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, name := range records {
		m := recordForm.FindStringSubmatch(filepath.ToSlash(name))
		if m == nil {
			t.Errorf("%s: want docs/adr/NNNN-title.md", name)
			continue
		}
		if other, taken := seen[m[1]]; taken {
			t.Errorf("%s and %s have the same number", name, other)
		}
		seen[m[1]] = name
		text := readText(t, name)
		for _, part := range []string{`^# ` + m[1] + `\b`, `(?m)^Status: .*\d{4}-\d{2}-\d{2}`, `(?m)^## Context$`, `(?m)^## Decision$`, `(?m)^## Consequences$`} {
			if !regexp.MustCompile(part).MatchString(text) {
				t.Errorf("%s has nothing like %s", name, part)
			}
		}
	}
}
