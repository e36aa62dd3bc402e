package bot

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pufa/content"
)

// noon is the day on which the tests speak: that on which the library was
// checked.
func noon() time.Time { return time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC) }

// smallLibrary is a made-up library that stays as it is when the shipped one
// changes, with filler entries so that one topic takes two pages.
func smallLibrary(t testing.TB) *content.Library {
	t.Helper()
	files := fstest.MapFS{}
	root := os.DirFS("testdata/library")
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(root, path)
		files[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 7 {
		addFiller(files, i)
	}
	lib, err := content.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

// addFiller adds an entry that nothing asks for.
func addFiller(files fstest.MapFS, i int) {
	slug := fmt.Sprintf("consumer/zz-%d", i)
	var questions strings.Builder
	for q := range 7 {
		fmt.Fprintf(&questions, "  - 填充%c%c条目？\n", '甲'+rune(i), '一'+rune(q))
	}
	text := fmt.Sprintf(`---
id: %s
title: 填充条目%c
questions:
%snot: []
keywords: [填充一, 填充二, 填充三]
citations:
  - {law: 消费者权益保护法, article: "%d", edition: "2014-03-15", gist: 填充}
remedy: {door: 填充, bring: 填充, deadline: 填充, cost: 填充, where: 填充, hotlines: ["12315"]}
themes: []
facts: []
sensitive: false
checked_on: "2026-11-23"
review_due: "2027-09-14"
related: []
---
填充。

- 填充。
`, slug, '甲'+rune(i), questions.String(), i+1)
	files[slug+".md"] = &fstest.MapFile{Data: []byte(text)}
}

// smallEngine answers from the small library at noon.
func smallEngine(t testing.TB, change ...func(*Options)) *Engine {
	t.Helper()
	opt := Options{Now: noon}
	for _, c := range change {
		c(&opt)
	}
	return New(smallLibrary(t), opt)
}

// talk sends messages one after another and returns the last reply.
func talk(e *Engine, texts ...string) (last Reply) {
	for _, text := range texts {
		last = e.Reply(context.Background(), Message{Kind: Text, Text: text, Dialogue: last.Dialogue})
	}
	return last
}

// wantText fails where a reply lacks one of the words.
func wantText(t *testing.T, r Reply, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(r.Text, w) {
			t.Errorf("reply lacks %q:\n%s", w, r.Text)
		}
	}
}

// wantNoText fails where a reply has one of the words.
func wantNoText(t *testing.T, r Reply, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(r.Text, w) {
			t.Errorf("reply has %q:\n%s", w, r.Text)
		}
	}
}
