package statute

import (
	"errors"
	"fmt"
	"slices"
)

// What can be wrong with a law asked for; the errors of InForce, EditionOn and
// Check wrap one of them.
var (
	ErrUnknownLaw = errors.New("law unknown")
	ErrNotInForce = errors.New("law not in force")
	ErrAmbiguous  = errors.New("two different texts of one edition")
	ErrSuperseded = errors.New("edition superseded")
	ErrNoEdition  = errors.New("no such edition")
	ErrNoArticle  = errors.New("article missing")
	ErrOldText    = errors.New("article was changed after the text at hand")
)

// Edition is a law as it stands on a day: the newest text, and what amendments
// changed since then without a new text.
type Edition struct {
	Text    *Text
	On      Day      // the day this edition took effect
	Changed []string // articles that differ from Text
}

// editions returns the texts of a folded title, oldest first, dated by the
// rules where nothing else dates them.
func (c *Corpus) editions(key string, rules foldedRules) []*Text {
	list := slices.Clone(c.byTitle[key])
	for i, t := range list {
		if on := rules.dateOf(t); on != "" {
			dated := *t
			dated.Effective, dated.Origin = on, OriginRegister
			list[i] = &dated
		}
	}
	sortByDate(list)
	return list
}

// InForce returns the text of the title that is in force on day. Of a law that
// took effect later, was repealed (by its status, a newer text of the same
// title, or rules) or is unknown, it returns an error that says so.
func (c *Corpus) InForce(title string, day Day, rules Rules) (*Text, error) {
	return c.inForce(foldTitle(title), day, rules.folded())
}

// inForce is InForce with title and rules made comparable.
func (c *Corpus) inForce(key string, day Day, rules foldedRules) (*Text, error) {
	editions := c.editions(key, rules)
	if len(editions) == 0 {
		return nil, fmt.Errorf("%w: no text with the title %s", ErrUnknownLaw, clip(key))
	}
	begun := slices.DeleteFunc(slices.Clone(editions), func(t *Text) bool {
		return t.Effective == "" || t.Effective > day
	})
	if len(begun) == 0 {
		return nil, notYet(editions, day)
	}
	// A newer text ends the older ones for good, also when it was itself
	// repealed since.
	newest, err := single(begun)
	if err != nil {
		return nil, err
	}
	if err := ended(newest, day, rules); err != nil {
		return nil, err
	}
	if err := undatedSuccessor(editions, newest, day); err != nil {
		return nil, err
	}
	return newest, nil
}

// ended says why the newest text no longer holds, if so.
func ended(t *Text, day Day, rules foldedRules) error {
	if t.Repealed() {
		return fmt.Errorf("%w: %s (%s) is marked %s", ErrNotInForce, t.Title, t.Effective, t.Status)
	}
	if r, ok := rules.repeal(t, day); ok {
		return fmt.Errorf("%w: %s was repealed on %s by %s", ErrNotInForce, t.Title, r.On, r.By)
	}
	return nil
}

// undatedSuccessor refuses a text when a later one was published by day and
// nobody knows since when it holds.
func undatedSuccessor(editions []*Text, newest *Text, day Day) error {
	for _, t := range editions {
		if t.Effective == "" && t.Published > newest.Published && t.Published <= day {
			return fmt.Errorf("%w: a text of %s published on %s has no effective date (%s)", ErrNotInForce, t.Title, t.Published, t.Path)
		}
	}
	return nil
}

func notYet(editions []*Text, day Day) error {
	last := editions[len(editions)-1]
	if last.Effective == "" {
		return fmt.Errorf("%w: %s has no effective date", ErrNotInForce, last.Title)
	}
	for _, t := range editions {
		if t.Effective > day {
			return fmt.Errorf("%w: %s takes effect on %s", ErrNotInForce, t.Title, t.Effective)
		}
	}
	return fmt.Errorf("%w: %s", ErrNotInForce, last.Title)
}

// single picks the newest of texts sorted by date. Two texts of that date must
// be identical; if either is marked repealed, that one is returned.
func single(texts []*Text) (*Text, error) {
	newest := texts[len(texts)-1]
	for _, t := range texts[:len(texts)-1] {
		if t.Effective != newest.Effective {
			continue
		}
		if !sameWords(t, newest) {
			return nil, fmt.Errorf("%w: %s of %s in %s and %s", ErrAmbiguous, newest.Title, newest.Effective, t.Path, newest.Path)
		}
		if t.Repealed() {
			newest = t
		}
	}
	return newest, nil
}

// SameWords reports whether t has the same articles, preamble and annex as
// other, width and white space aside.
func (t *Text) SameWords(other *Text) bool { return sameWords(t, other) }

// sameWords reports whether two texts have the same articles, preamble and
// annex. Headings do not count: their spacing differs between conversions.
func sameWords(a, b *Text) bool { return a.fingerprint() == b.fingerprint() }

// EditionOn returns the edition of the title in force on day: the text InForce
// finds, and the amendments of rules that took effect after it.
func (c *Corpus) EditionOn(title string, day Day, rules Rules) (Edition, error) {
	t, err := c.InForce(title, day, rules)
	if err != nil {
		return Edition{}, err
	}
	e := Edition{Text: t, On: t.Effective}
	for _, a := range rules.Amendments {
		if a.On <= t.Effective || a.On > day || foldTitle(a.Law) != foldTitle(title) {
			continue
		}
		e.On = max(e.On, a.On)
		e.Changed = append(e.Changed, a.Articles...)
	}
	return e, nil
}
