package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pufa/bot"
	"pufa/config"
	"pufa/content"
)

var rewriteReadme = flag.Bool("readme", false, "rewrite what the READMEs show and count")

var readmes = []string{"README.md", "README.zh-CN.md"}

// readmeDay is the day on which the READMEs ask: an answer changes when its
// review is overdue, and what is shown should not with it.
var readmeDay = time.Date(2026, 11, 23, 12, 0, 0, 0, zone)

const readmeQuestion = "网购能七天无理由退货吗"

func TestReadmeAsk(t *testing.T) {
	opt := botOptions(config.Settings{})
	opt.Now = func() time.Time { return readmeDay }
	var out bytes.Buffer
	c := conversation{engine: bot.New(libraryOf(t), opt), out: &out}
	if err := c.turn(t.Context(), readmeQuestion); err != nil {
		t.Fatal(err)
	}
	for _, name := range readmes {
		holdBlock(t, name, "ask", "```\n"+out.String()+"```")
		if command := `go run . ask "` + readmeQuestion + `"`; !strings.Contains(readText(t, name), command) {
			t.Errorf("%s does not show the command %s", name, command)
		}
	}
}

func TestReadmeFigures(t *testing.T) {
	f := countLibrary(libraryOf(t))
	holdBlock(t, "README.md", "figures", fmt.Sprintf(
		"%d entries in %d topics, with %d citations of %d laws; the register knows %d laws. The articles and editions of\n"+
			"%d citations were found in official texts, the other %d are of laws whose text was not at hand. Last read through on %s.",
		f.entries, f.topics, f.citations, f.cited, f.laws, f.withText, f.citations-f.withText, f.last))
	holdBlock(t, "README.zh-CN.md", "figures", fmt.Sprintf(
		"%d 个主题，%d 个条目，引用 %d 处，涉及 %d 部法律法规和司法解释；登记表共 %d 部。其中 %d 处的条号和版本已在正式文本中找到，\n"+
			"另外 %d 处手头没有正式文本。最近一次通读在 %s。",
		f.topics, f.entries, f.citations, f.cited, f.laws, f.withText, f.citations-f.withText, f.last))
}

type libraryFigures struct {
	topics, entries, citations, cited, laws, withText int
	last                                              string // day of the latest check
}

func countLibrary(lib *content.Library) libraryFigures {
	f := libraryFigures{entries: len(lib.Entries()), laws: len(lib.Laws())}
	topics, cited := map[string]bool{}, map[string]bool{}
	for _, e := range lib.Entries() {
		topics[e.Topic()] = true
		f.last = max(f.last, e.CheckedOn)
		for _, c := range e.Citations {
			cited[c.Law] = true
			f.citations++
			if law, _ := lib.Law(c.Law); law.HasText() {
				f.withText++
			}
		}
	}
	f.topics, f.cited = len(topics), len(cited)
	return f
}

func libraryOf(t *testing.T) *content.Library {
	t.Helper()
	lib, err := content.Load(content.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

// holdBlock compares what stands between <!-- mark --> and <!-- /mark -->, or
// writes it with -readme.
func holdBlock(t *testing.T, file, mark, want string) {
	t.Helper()
	text := readText(t, file)
	before, rest, ok := strings.Cut(text, "<!-- "+mark+" -->\n")
	got, after, closed := strings.Cut(rest, "<!-- /"+mark+" -->\n")
	if !ok || !closed {
		t.Fatalf("%s: no block %s", file, mark)
	}
	if want += "\n"; got == want {
		return
	}
	if !*rewriteReadme {
		t.Errorf("%s: block %s is not what the program says (make readme rewrites it); got:\n%s\nwant:\n%s", file, mark, got, want)
		return
	}
	text = before + "<!-- " + mark + " -->\n" + want + "<!-- /" + mark + " -->\n" + after
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// The two set-up commands, and no others, are what a fresh machine needs.
func TestReadmeSetUp(t *testing.T) {
	for _, name := range readmes {
		if !strings.Contains(readText(t, name), "```sh\ngo run . serve\ngo test ./...\n```\n") {
			t.Errorf("%s does not show the two commands that set everything up", name)
		}
	}
}

// Both READMEs say the same: the same headings in depth, commands and links.
func TestReadmesAgree(t *testing.T) {
	shape := func(name string) (lines []string) {
		shell := false
		for line := range strings.Lines(readText(t, name)) {
			line = strings.TrimSpace(line)
			switch {
			case strings.HasPrefix(line, "```"):
				shell = line == "```sh"
			case shell:
				lines = append(lines, line)
			case strings.HasPrefix(line, "#"):
				level, _, _ := strings.Cut(line, " ")
				lines = append(lines, level)
			case strings.HasPrefix(line, "<!--"), strings.HasPrefix(line, "!["):
				lines = append(lines, line)
			}
		}
		for _, link := range localLinks(readText(t, name)) {
			if !slices.Contains(readmes, link) {
				lines = append(lines, "link "+link)
			}
		}
		return lines
	}
	en, zh := shape(readmes[0]), shape(readmes[1])
	if !slices.Equal(en, zh) {
		t.Errorf("the READMEs differ:\n%s\nand\n%s", strings.Join(en, "\n"), strings.Join(zh, "\n"))
	}
}

// A picture that exists is shown, one that does not is not.
func TestReadmeScreenshot(t *testing.T) {
	const picture = "docs/img/try-390.png"
	_, err := os.Stat(picture)
	for _, name := range readmes {
		if shown := strings.Contains(readText(t, name), "]("+picture+")"); shown == errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s shows %s: %v; it exists: %v", name, picture, shown, err == nil)
		}
	}
}

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
var noSettings = []string{"PUFA_WECHAT", "PUFA_STREET", "PUFA_OPENAI", "PUFA_PORT", "PUFA_SERVICE", "PUFA_TEST_LAWS"}

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

func firstColumn(text string) (names []string) {
	for _, m := range rowForm.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}

func TestOperationsListsEveryMetric(t *testing.T) {
	metric := regexp.MustCompile(`"(pufa_[a-z_]+)", *(?:Help:|")`)
	var want []string
	for _, file := range []string{"handlers/metrics.go", "handlers/health.go"} {
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

// declaredNames returns every exported name of our packages, fields too.
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
		text := strings.ToLower(readText(t, name))
		for _, part := range []string{"# " + m[1] + " ", "status: ", "date: ", "## context", "## options", "## decision", "## consequences"} {
			if !strings.Contains(text, part) {
				t.Errorf("%s lacks %q", name, part)
			}
		}
	}
}
