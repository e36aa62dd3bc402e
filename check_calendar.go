package main

import (
	"errors"
	"time"

	"pufa/content"
	"pufa/statute"
)

// calendar reports the days of publicity whose basis is no longer in force and
// the packs that stand on an entry which does not answer. What else can be
// wrong with them, content.Load has refused.
func (c *checker) calendar() {
	day := c.on.Format(time.DateOnly)
	for _, o := range c.lib.Observances() {
		if !c.lib.BasisStands(o, c.on) {
			c.problem("observances.yaml: %s: its basis 《%s》 is not of the edition in force on %s", o.ID, o.Citation.Law, day)
		}
	}
	for _, p := range c.lib.Packs() {
		for _, id := range p.Uses() {
			e, _ := c.lib.Entry(id)
			switch c.lib.Standing(e, c.on) {
			case content.Stale, content.Lapsed:
				c.problem("%s: it stands on %s, which does not answer on %s", p.File, id, day)
			case content.Overdue:
				c.note("%s: it stands on %s, whose review was due on %s", p.File, id, e.ReviewDue)
			}
		}
	}
}

// basisTexts checks the basis of each observance against official texts.
func (c *checker) basisTexts(corpus *statute.Corpus, rules statute.Rules, today statute.Day) {
	for _, o := range c.lib.Observances() {
		if o.Citation == nil {
			continue
		}
		law, _ := c.lib.Law(o.Citation.Law)
		if !law.HasText() {
			c.note("observances.yaml: %s: no text of 《%s》 here", o.ID, law.Law)
			continue
		}
		err := corpus.Check(statute.Citation{
			Title: law.Title, Article: o.Citation.Article, Edition: statute.Day(o.Citation.Edition),
		}, today, rules)
		switch {
		case errors.Is(err, statute.ErrOldText):
			c.note("observances.yaml: %s: %v", o.ID, err)
		case err != nil:
			c.problem("observances.yaml: %s: %v", o.ID, err)
		}
	}
}
