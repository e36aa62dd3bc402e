package statute

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Corpus is a set of texts. It is not changed after NewCorpus and may be used
// by any number of goroutines.
type Corpus struct {
	texts   []*Text
	byTitle map[string][]*Text
}

// NewCorpus indexes the texts by title and fills in effective dates that only
// an amending decision among them gives.
func NewCorpus(texts []*Text) *Corpus {
	c := &Corpus{texts: slices.Clone(texts), byTitle: map[string][]*Text{}}
	for _, t := range c.texts {
		key := foldTitle(t.Title)
		c.byTitle[key] = append(c.byTitle[key], t)
	}
	for _, t := range c.texts {
		c.dateFromDecision(t)
	}
	for _, list := range c.byTitle {
		sortByDate(list)
	}
	return c
}

// sortByDate puts the oldest edition first and those without a date before it.
func sortByDate(list []*Text) {
	slices.SortFunc(list, func(a, b *Text) int {
		return cmp.Or(cmp.Compare(a.Effective, b.Effective), cmp.Compare(a.ID, b.ID))
	})
}

// needsDecision reports whether the text is an amended one whose own words do
// not date the amendment: the field is empty, and 自公布之日起 in the last
// article speaks of the first edition.
func (t *Text) needsDecision() bool {
	return t.amendedBy.title != "" && (t.Effective == "" || t.Origin == OriginPublication)
}

// dateFromDecision gives an amended text the date of the decision that amended
// it, found by title and day of publication.
func (c *Corpus) dateFromDecision(t *Text) {
	if !t.needsDecision() {
		return
	}
	for _, d := range c.byTitle[foldTitle(t.amendedBy.title)] {
		if d.Published == t.amendedBy.on && d.Effective != "" {
			t.Effective, t.Origin = d.Effective, OriginDecision
			return
		}
	}
}

// Texts returns all texts, in the order they were loaded.
func (c *Corpus) Texts() []*Text { return slices.Clone(c.texts) }

// Undated returns the texts without an effective date: they are never in force.
func (c *Corpus) Undated() []*Text {
	var out []*Text
	for _, t := range c.texts {
		if t.Effective == "" {
			out = append(out, t)
		}
	}
	return out
}

// Editions returns every text of a title, oldest first, those without a date
// at the beginning.
func (c *Corpus) Editions(title string) []*Text { return slices.Clone(c.byTitle[foldTitle(title)]) }

// Conflicts names every pair of different texts with the same title and
// effective date. Decisions to amend are left out: many share a title.
func (c *Corpus) Conflicts() []Problem {
	var out []Problem
	for _, t := range c.texts {
		for _, other := range c.byTitle[foldTitle(t.Title)] {
			if t.ID >= other.ID || t.Effective != other.Effective || t.Amends() || sameWords(t, other) {
				continue
			}
			out = append(out, Problem{t.Path, fmt.Sprintf("differs from %s, same title and date %s", other.Path, t.Effective)})
		}
	}
	return out
}

var titleEdition = regexp.MustCompile(`\([0-9]{4}年(?:修正文本|修正|修订|修改)?\)$|\(失效\)$`)

// foldTitle makes titles comparable: width, white space and title marks do not
// count, nor does a year behind the title of a law (2018年修正文本). A year
// behind the title of an amendment tells it from its sisters and stays.
func foldTitle(title string) string {
	t := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\u00a0', '\u3000', '《', '》', '〈', '〉', '<', '>':
			return -1
		}
		return r
	}, foldWidth(title))
	if amends(t) {
		return t
	}
	return titleEdition.ReplaceAllString(t, "")
}
