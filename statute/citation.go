package statute

import (
	"fmt"
	"slices"
)

// Citation names an article of a law in the edition it was read in. Title is
// the full title; Article is canonical; Edition is the day the edition took
// effect.
type Citation struct {
	Title   string
	Article string
	Edition Day
}

func (c Citation) String() string {
	return fmt.Sprintf("%s%s (%s)", c.Title, FormatArticle(c.Article), c.Edition)
}

// Check reports what is wrong with a citation on day: the law is unknown or
// not in force, a newer edition (named) superseded the one cited, the edition
// never was, or it has no such article (the count is named). ErrOldText is no
// mistake of the citation: the article exists, but an amendment changed or
// added it and the text at hand is older.
func (c *Corpus) Check(ref Citation, day Day, rules Rules) error {
	e, err := c.EditionOn(ref.Title, day, rules)
	if err != nil {
		return fmt.Errorf("check %s: %w", ref, err)
	}
	if err := e.check(ref); err != nil {
		return fmt.Errorf("check %s: %w", ref, err)
	}
	return nil
}

// check reports whether the edition is the one cited and has the article.
func (e Edition) check(ref Citation) error {
	if err := e.matches(ref.Edition); err != nil {
		return err
	}
	return e.has(ref.Article)
}

func (e Edition) matches(cited Day) error {
	switch {
	case cited == e.On:
		return nil
	case cited < e.On && cited != "":
		return fmt.Errorf("%w: the one of %s is in force", ErrSuperseded, e.On)
	}
	return fmt.Errorf("%w: the one of %s is in force", ErrNoEdition, e.On)
}

func (e Edition) has(number string) error {
	canonical, err := ParseArticle(number)
	if err != nil || canonical != number {
		return fmt.Errorf("%w: %q is not written like 25 or 287-2", ErrNoArticle, clip(number))
	}
	if slices.Contains(e.Changed, number) {
		return fmt.Errorf("%w: text of %s, changed by %s", ErrOldText, e.Text.Effective, e.On)
	}
	a, ok := e.Text.Article(number)
	if !ok {
		return fmt.Errorf("%w: the text has %d articles", ErrNoArticle, len(e.Text.Articles))
	}
	if a.Deleted() {
		return fmt.Errorf("%w: struck out, its place is kept among %d articles", ErrNoArticle, len(e.Text.Articles))
	}
	return nil
}
