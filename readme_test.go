package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

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
	opt := botOptions(config.Settings{}, func() time.Time { return readmeDay })
	var out bytes.Buffer
	c := conversation{engine: shipped(t).Under(opt), out: &out}
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
	return shipped(t).Library()
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
