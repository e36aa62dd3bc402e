package main

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

func (c *crawl) count(what string) {
	if c.counts == nil {
		c.counts = map[string]int{}
	}
	c.counts[what]++
}

// judge reads an answer and holds it to what must hold of its kind.
func (c *crawl) judge(at string, resp *http.Response) (body string, isPage bool) {
	c.t.Helper()
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	body = string(data)
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil && len(data) > 0 {
		c.t.Errorf("%s: its kind is %q: %v", at, resp.Header.Get("Content-Type"), err)
	}
	if resp.StatusCode >= 500 {
		c.t.Errorf("%s: %s: %.300s", at, resp.Status, words(body))
	}
	if resp.Header.Get("X-Pufa") != "" || slices.ContainsFunc(resp.Cookies(), func(c *http.Cookie) bool { return c.Name == "pufax" }) {
		c.t.Errorf("%s: a header was split: %v", at, resp.Header)
	}
	if resp.Header.Get("X-Content-Type-Options") != "nosniff" {
		c.t.Errorf("%s: the browser may guess its kind", at)
	}
	c.count(kind)
	switch {
	case kind == "text/html":
		c.judgePage(at, body)
	case kind == "text/csv":
		c.judgeRows(at, data)
	case strings.Contains(kind, "spreadsheet"):
		c.count("spreadsheet")
		c.judgeZip(at, data)
	case strings.Contains(kind, "wordprocessing"):
		c.count("word")
		c.judgeZip(at, data)
	case strings.Contains(kind, "xml") || kind == "image/svg+xml":
		c.judgePage(at, body)
	}
	return body, kind == "text/html"
}

var (
	// A query that a template escaped as if it were one value leads nowhere.
	broken = regexp.MustCompile(`(?:href|action)="[^"?]*\?[^"=]*%3[dD][^"]*"`)
	markup = regexp.MustCompile(`<pufax|"onpufa=|'onpufb=|(?:href|src|action|formaction)="javascript:`)
	tags   = regexp.MustCompile(`(?s)<script.*?</script>|<style.*?</style>|<[^>]*>|\s+`)
)

// words are what a page says.
func words(page string) string { return tags.ReplaceAllString(page, " ") }

func (c *crawl) judgePage(at, body string) {
	c.t.Helper()
	if m := markup.FindStringIndex(body); m != nil {
		c.t.Errorf("%s: what was typed is markup: …%s…", at, body[max(0, m[0]-120):min(len(body), m[1]+60)])
	}
	if m := broken.FindString(body); m != "" {
		c.t.Errorf("%s: a link has lost its query: %s", at, m)
	}
	if c.reads && (strings.Contains(body, "pufax") || strings.Contains(body, "onpufa")) {
		c.count("kept " + kindOf(at))
	}
	if strings.Contains(body, "&lt;pufax") {
		c.count("shown")
	}
}

// judgeRows wants no cell that a spreadsheet program would evaluate.
func (c *crawl) judgeRows(at string, data []byte) {
	c.t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff")))).ReadAll()
	if err != nil {
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
		r.FieldsPerRecord = -1
		if rows, err = r.ReadAll(); err != nil {
			c.t.Errorf("%s: %v", at, err)
		}
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) && strings.Contains(cell, "puf") {
				c.t.Errorf("%s: a cell begins a formula: %q", at, cell)
			}
		}
	}
}

// judgeZip reads the parts of a document: no markup, no formula.
func (c *crawl) judgeZip(at string, data []byte) {
	c.t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		c.t.Errorf("%s: %v", at, err)
		return
	}
	for _, f := range archive.File {
		part, err := f.Open()
		if err != nil {
			c.t.Fatal(err)
		}
		text, err := io.ReadAll(part)
		part.Close()
		if err != nil {
			c.t.Fatal(err)
		}
		if strings.HasSuffix(f.Name, ".xml") {
			c.judgePage(at+" "+f.Name, string(text))
			if !strings.HasPrefix(f.Name, "xl/worksheets/") { // a chart names its cells so
				continue
			}
			if strings.Contains(string(text), "<f>") || strings.Contains(string(text), "<f ") {
				c.t.Errorf("%s %s: a formula", at, f.Name)
			}
		}
	}
}
