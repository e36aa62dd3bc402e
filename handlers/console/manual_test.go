package console

import (
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheManualQuotesTheScreen holds every 「…」 of the manual to the words of
// the pages: the text of an element, of a label, or a constant of this package
// such as the name of a section.
func TestTheManualQuotesTheScreen(t *testing.T) {
	manual, err := os.ReadFile("../../docs/工作人员手册.md")
	if err != nil {
		t.Fatal(err)
	}
	words := screenWords(t)
	quoted := regexp.MustCompile(`「([^」]+)」`).FindAllStringSubmatch(string(manual), -1)
	for _, m := range quoted {
		if !words[m[1]] {
			t.Errorf("the manual quotes 「%s」: no page has these words", m[1])
		}
	}
	if len(quoted) < 40 {
		t.Errorf("the manual quotes only %d words", len(quoted))
	}
}

// screenWords are all texts of the templates, piece by piece, and all strings
// of the console's sources.
func screenWords(t *testing.T) map[string]bool {
	t.Helper()
	words := map[string]bool{}
	pages, _ := filepath.Glob("../../web/templates/console/*.html")
	for _, name := range pages {
		text := read(t, name)
		text = regexp.MustCompile(`(?s)\{\{.*?\}\}`).ReplaceAllString(text, "\x00") // what is filled in divides too
		for _, piece := range regexp.MustCompile(`(?s)<[^>]*>|\x00`).Split(text, -1) {
			words[html.UnescapeString(strings.TrimSpace(piece))] = true
		}
	}
	sources, _ := filepath.Glob("*.go")
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, m := range regexp.MustCompile(`"([^"\n\\]+)"`).FindAllStringSubmatch(read(t, name), -1) {
			words[m[1]] = true
		}
	}
	delete(words, "")
	return words
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
