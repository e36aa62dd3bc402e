package bot

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pufa/content"
)

// BenchmarkReply cycles the question set over the shipped library and over one
// of 2,000 entries. Targets: p99 ≤ 1 ms with 300 entries, ≤ 3 ms with 2,000.
func BenchmarkReply(b *testing.B) {
	cases := questions(b)
	for _, lib := range []struct {
		name string
		load func(testing.TB) *content.Library
	}{{"shipped", shippedLibrary}, {"2000", func(b testing.TB) *content.Library { return grownLibrary(b, 2000) }}} {
		b.Run(lib.name, func(b *testing.B) {
			e := New(lib.load(b), Options{Now: noon})
			e.memo = nil // every reply is found anew
			took := make([]time.Duration, 0, b.N)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				start := time.Now()
				e.Reply(context.Background(), Message{Kind: Text, Text: cases[i%len(cases)].Text})
				took = append(took, time.Since(start))
				i++
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		})
	}
}

// grownLibrary adds entries to the shipped ones: each is one of them with every
// third character of its questions drawn anew from all questions, so that
// words stay about as common as they are.
func grownLibrary(t testing.TB, n int) *content.Library {
	t.Helper()
	files := fstest.MapFS{}
	root := content.Shipped()
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
	shipped := shippedLibrary(t).Entries()
	var pool []rune
	for _, e := range shipped {
		pool = append(pool, []rune(strings.Join(e.Questions, ""))...)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for i := len(shipped); i < n; i++ {
		e := shipped[i%len(shipped)]
		id := fmt.Sprintf("%s-%d", e.ID, i)
		files[id+".md"] = &fstest.MapFile{Data: []byte(varied(e, id, pool, rng))}
	}
	lib, err := content.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

func varied(e *content.Entry, id string, pool []rune, rng *rand.Rand) string {
	var b strings.Builder
	fmt.Fprintf(&b, "---\nid: %s\ntitle: %q\nquestions:\n", id, e.Title)
	for i, q := range e.Questions {
		fmt.Fprintf(&b, "  - %q\n", fmt.Sprintf("%s第%d问 ", id, i)+vary(q, i > 0, pool, rng))
	}
	fmt.Fprintf(&b, "not: []\nkeywords: [%q, %q, %q]\ncitations:\n", e.Keywords[0], e.Keywords[1], e.Keywords[2])
	c := e.Citations[0]
	fmt.Fprintf(&b, "  - {law: %s, article: %q, edition: %q, gist: %q}\n", c.Law, c.Article, c.Edition, c.Gist)
	fmt.Fprintf(&b, "remedy: {door: 甲, bring: 乙, deadline: 丙, cost: 丁, where: 戊, hotlines: [\"12348\"]}\n")
	fmt.Fprintf(&b, "themes: []\nfacts: []\nsensitive: false\nchecked_on: \"2026-11-23\"\nreview_due: \"2027-09-14\"\nrelated: []\n---\n%s\n\n", e.Short)
	for _, l := range e.Lines {
		fmt.Fprintf(&b, "- %s\n", l.Text)
	}
	return b.String()
}

// vary draws every third character anew, if it is to.
func vary(q string, really bool, pool []rune, rng *rand.Rand) string {
	runes := []rune(q)
	for i := range runes {
		if really && rng.IntN(3) == 0 {
			runes[i] = pool[rng.IntN(len(pool))]
		}
	}
	return string(runes)
}
