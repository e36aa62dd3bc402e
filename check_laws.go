package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"pufa/content"
	"pufa/statute"
)

// loadLaws reads official texts from a folder, or from the file that statutes
// import wrote.
func loadLaws(ctx context.Context, path string) (*statute.Corpus, []statute.Problem, error) {
	info, err := os.Stat(path)
	if err != nil || info.IsDir() {
		return statute.LoadDir(ctx, path)
	}
	laws, err := statute.Open(path)
	if err != nil {
		return nil, nil, err
	}
	texts, err := laws.All()
	if err != nil {
		return nil, nil, err
	}
	return statute.NewCorpus(texts), nil, nil
}

// warn reports what is right today and will not be soon.
func (c *checker) warn(format string, args ...any) {
	c.notes++
	fmt.Fprintf(c.stdout, "warning: "+format+"\n", args...)
}

// soon warns of editions that take effect, and laws that end, within the next
// 180 days, naming the entries that cite them.
func (c *checker) soon(corpus *statute.Corpus, rules statute.Rules, today statute.Day) {
	for _, w := range comingChanges(c.lib.Laws(), c.lib.Entries(), corpus, rules, today) {
		c.warn("%s", w)
	}
}

// comingChanges tells what happens to cited laws in the days after today, by
// texts, by the register's repeals and by the days it notes itself.
func comingChanges(laws []content.Law, entries []*content.Entry, corpus *statute.Corpus, rules statute.Rules, today statute.Day) []string {
	until := later(today, soonDays)
	isSoon := func(day statute.Day) bool { return day > today && day <= until }
	var out []string
	for _, law := range laws {
		cited := citers(entries, law.Law)
		if len(cited) == 0 {
			continue
		}
		told := map[string]bool{}
		tell := func(day statute.Day, format string, args ...any) {
			if line := fmt.Sprintf(format, args...); isSoon(day) && !told[string(day)] {
				told[string(day)] = true
				out = append(out, fmt.Sprintf("%s: %s on %s; cited by %s", law.Law, line, day, strings.Join(cited, ", ")))
			}
		}
		for _, t := range corpus.Editions(law.Title) {
			tell(t.Effective, "a new edition (%s) takes effect", t.Path)
		}
		for _, a := range law.AmendedBy {
			tell(statute.Day(a.On), "%s takes effect", a.Title)
		}
		tell(statute.Day(law.Next), "a new edition takes effect, of which there is no text here,")
		for _, r := range rules.Repeals {
			if r.Title == law.Title {
				tell(r.On, "it ends by %s", r.By)
			}
		}
	}
	return out
}

// citers are the ids of the entries that cite a law.
func citers(entries []*content.Entry, law string) []string {
	ids := map[string]bool{}
	for _, e := range entries {
		for _, cite := range e.Citations {
			if cite.Law == law {
				ids[e.ID] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(ids))
}

// oldNames reports entries that speak of a law by the name of one that it
// replaced, as if that one still held.
func (c *checker) oldNames() {
	for _, e := range c.lib.Entries() {
		for _, name := range oldLawNames(e, c.lib.Replaced) {
			now, _ := c.lib.Replaced(name)
			c.problem("%s: 《%s》 no longer holds: %s took its place; name that one, or say in the same line that it ended", e.File, name, now.Law)
		}
	}
}

var (
	titleMarks = regexp.MustCompile(`《([^《》]+)》`)
	endedWords = regexp.MustCompile(`废止|失效|取代|不再适用|已并入|不再使用|以前|过去|原来|旧法|老法`)
)

// oldLawNames are the replaced laws in title marks that an entry names without
// saying in that line that they ended.
func oldLawNames(e *content.Entry, replaced func(name string) (content.Law, bool)) (names []string) {
	lines := []string{e.Short, e.Remedy.Door, e.Remedy.Bring, e.Remedy.Deadline, e.Remedy.Where}
	for _, line := range e.Lines {
		lines = append(lines, line.Text)
	}
	for _, cite := range e.Citations {
		lines = append(lines, cite.Gist)
	}
	for _, line := range lines {
		if endedWords.MatchString(line) {
			continue
		}
		for _, m := range titleMarks.FindAllStringSubmatch(line, -1) {
			if _, old := replaced(m[1]); old {
				names = append(names, m[1])
			}
		}
	}
	return names
}
