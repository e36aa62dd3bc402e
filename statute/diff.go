package statute

import (
	"cmp"
	"slices"
)

// Kind says what became of an article between two editions.
type Kind string

// What can become of an article. Changed has other words, and perhaps another
// number too; Moved has only another number.
const (
	Changed Kind = "changed"
	Moved   Kind = "moved"
	New     Kind = "new"
	Gone    Kind = "gone"
)

// Change is one article that differs between an older and a newer edition.
// Old is empty of a new article, New of one that is gone.
type Change struct {
	Kind Kind
	Old  Article
	New  Article
}

// Number is the article's number in the newer edition; of an article that is
// gone, the one it had.
func (c Change) Number() string {
	if c.Kind == Gone {
		return c.Old.Number
	}
	return c.New.Number
}

// likeness is the share of pairs of characters that an old and a new article
// must have in common to be one article that was changed.
const likeness = 0.4

// Compare lists the articles that differ between two editions, in the order of
// the newer one, those that are gone at the end. Width and white space do not
// count; an article that was struck out is gone, though its place is kept.
func Compare(older, newer *Text) []Change {
	was, is := living(older.Articles), living(newer.Articles)
	pairUp(was, is, sameNumberAndWords)
	pairUp(was, is, sameWordsElsewhere)
	for _, p := range likePairs(was, is) {
		if was[p.old].other < 0 && is[p.new].other < 0 {
			was[p.old].other, is[p.new].other = p.new, p.old
		}
	}
	return changesOf(was, is)
}

// compared is an article while editions are compared.
type compared struct {
	Article
	words string   // folded
	pairs []uint32 // of characters, sorted, each once
	other int      // its index in the other edition, -1 while not known
}

func living(articles []Article) []compared {
	out := make([]compared, 0, len(articles))
	for _, a := range articles {
		if !a.Deleted() {
			out = append(out, compared{Article: a, words: foldWords(a.Text), other: -1})
		}
	}
	return out
}

// pairUp joins articles without a partner that have the same key; of several,
// the first ones.
func pairUp(was, is []compared, key func(*compared) string) {
	waiting := map[string][]int{}
	for i := range was {
		if was[i].other < 0 {
			k := key(&was[i])
			waiting[k] = append(waiting[k], i)
		}
	}
	for j := range is {
		k := key(&is[j])
		if list := waiting[k]; is[j].other < 0 && len(list) > 0 {
			is[j].other, was[list[0]].other = list[0], j
			waiting[k] = list[1:]
		}
	}
}

func sameNumberAndWords(c *compared) string { return c.Number + "\n" + c.words }

func sameWordsElsewhere(c *compared) string { return c.words }

// likePair is an old and a new article that have much in common.
type likePair struct {
	old, new int
	share    float64
	same     bool // same number
}

// likePairs compares what has no partner yet, the likest first; of equals,
// those with the same number, then those that stand first.
func likePairs(was, is []compared) []likePair {
	var list []likePair
	for i := range was {
		for j := range is {
			if was[i].other >= 0 || is[j].other >= 0 {
				continue
			}
			if share := was[i].share(&is[j]); share >= likeness {
				list = append(list, likePair{i, j, share, was[i].Number == is[j].Number})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b likePair) int {
		if a.same != b.same && a.share == b.share {
			return one(b.same) - one(a.same)
		}
		return cmp.Compare(b.share, a.share)
	})
	return list
}

// share is twice the pairs in common by all pairs of both.
func (c *compared) share(d *compared) float64 {
	a, b := c.pairsOf(), d.pairsOf()
	if len(a)+len(b) == 0 || 2*min(len(a), len(b)) < int(likeness*float64(len(a)+len(b))) {
		return 0
	}
	common := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			common, i, j = common+1, i+1, j+1
		}
	}
	return 2 * float64(common) / float64(len(a)+len(b))
}

func (c *compared) pairsOf() []uint32 {
	if c.pairs == nil {
		c.pairs = []uint32{}
		last := rune(0)
		for _, r := range c.words {
			if last != 0 {
				c.pairs = append(c.pairs, uint32(last)<<16|uint32(r)&0xffff)
			}
			last = r
		}
		slices.Sort(c.pairs)
		c.pairs = slices.Compact(c.pairs)
	}
	return c.pairs
}

func changesOf(was, is []compared) []Change {
	var out []Change
	for _, n := range is {
		switch {
		case n.other < 0:
			out = append(out, Change{Kind: New, New: n.Article})
		case was[n.other].words != n.words:
			out = append(out, Change{Kind: Changed, Old: was[n.other].Article, New: n.Article})
		case was[n.other].Number != n.Number:
			out = append(out, Change{Kind: Moved, Old: was[n.other].Article, New: n.Article})
		}
	}
	for _, o := range was {
		if o.other < 0 {
			out = append(out, Change{Kind: Gone, Old: o.Article})
		}
	}
	return out
}
