package content

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// themes are the pushes an entry can belong to.
var themes = []string{"3.8", "3.15", "12.4", "反诈"}

// Themes are the pushes an entry can belong to.
func Themes() []string { return slices.Clone(themes) }

// hotlineWithin is the number of characters within which a crisis card names
// its hotline (promise 3).
const hotlineWithin = 30

// maxCardRunes is the length of a crisis card that is read while things happen.
const maxCardRunes = 120

// check reports every mistake that takes more than one file to see.
func (l *Library) check() error {
	problems := slices.Concat(l.checkTables(), l.checkCrisis())
	var bad []error
	l.banned, bad = compileForbidden(l.forbidden)
	problems = append(problems, bad...)
	bad, asked := l.checkEntries(func(*Entry) bool { return true })
	return errors.Join(slices.Concat(problems, bad, l.checkObservances(), l.checkPacks(asked))...)
}

// checkEntries looks through the entries that are not known to be good, and for
// wordings of any that stand twice. It returns what is asked: wording → entry.
func (l *Library) checkEntries(unknown func(*Entry) bool) (problems []error, asked map[string]string) {
	asked = map[string]string{}
	for _, e := range l.entries {
		if unknown(e) {
			problems = append(problems, l.checkReferences(e)...)
			problems = append(problems, checkForbidden(e, l.banned)...)
		}
		for _, q := range e.Questions {
			if other, taken := asked[q]; taken && other != e.ID {
				problems = append(problems, fmt.Errorf("%s: question %q is also asked in %s", e.File, q, other))
			}
			asked[q] = e.ID
		}
	}
	return problems, asked
}

func (l *Library) checkReferences(e *Entry) (problems []error) {
	bad := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf(e.File+": "+format, args...))
	}
	if _, ok := l.topicOf[e.Topic()]; !ok {
		bad("topic %q is not in topics.yaml", e.Topic())
	}
	for _, number := range e.Remedy.Hotlines {
		if _, ok := l.hotlineOf[number]; !ok {
			bad("hotline %q is not in hotlines.yaml", number)
		}
	}
	for _, theme := range e.Themes {
		if !slices.Contains(themes, theme) {
			bad("theme %q is none of %s", theme, strings.Join(themes, " "))
		}
	}
	for _, id := range e.Related {
		if _, ok := l.byID[id]; !ok || id == e.ID {
			bad("related entry %q does not exist or is itself", id)
		}
	}
	for _, n := range e.Not {
		if _, ok := l.byID[n.Entry]; n.Entry != "" && !ok {
			bad("look-alike %q belongs to %q, which does not exist", n.Ask, n.Entry)
		}
	}
	for _, c := range e.Citations {
		if err := l.checkCitation(c); err != nil {
			bad("%w", err)
		}
	}
	return problems
}

// checkCitation checks what the register alone can tell.
func (l *Library) checkCitation(c Citation) error {
	law, ok := l.laws[plainLawName(c.Law)]
	switch {
	case !ok:
		return fmt.Errorf("《%s》 is not in laws.yaml", c.Law)
	case law.Law != c.Law:
		return fmt.Errorf("《%s》 is called %s in laws.yaml", c.Law, law.Law)
	case c.Edition != law.Edition && c.Edition != law.Next:
		return fmt.Errorf("《%s》 is cited in the edition of %s, laws.yaml has %s", c.Law, c.Edition, law.Edition)
	case !law.HasArticle(c.Article):
		return fmt.Errorf("《%s》 has no article %s: it has %d", c.Law, c.Article, law.Articles)
	}
	return nil
}

// HasArticle reports whether the register knows of the article; a law without
// a count has every one.
func (l Law) HasArticle(article string) bool {
	if strings.Contains(article, "-") {
		return l.Articles == 0 || slices.Contains(l.Inserted, article)
	}
	var n int
	_, err := fmt.Sscanf(article, "%d", &n)
	return err == nil && n >= 1 && (l.Articles == 0 || n <= l.Articles)
}

func (l *Library) checkTables() (problems []error) {
	bad := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	weight := 0
	for _, t := range l.topics {
		weight += t.Weight
		if t.Slug == "" || t.Name == "" || utf8.RuneCountInString(t.Name) > 8 || t.About == "" {
			bad("topics.yaml: topic %q needs a slug, a name of at most 8 characters and a line about it", t.Slug)
		}
	}
	if weight != 100 {
		bad("topics.yaml: weights add up to %d, want 100", weight)
	}
	names := map[string]string{}
	for _, law := range l.tables.laws {
		if !isDay(law.Edition) || law.Title == "" {
			bad("laws.yaml: %s needs a title and an edition like 2014-03-15", law.Law)
		}
		for _, name := range append([]string{law.Law, law.Title}, law.Aliases...) {
			key := plainLawName(name)
			if other, taken := names[key]; taken && other != law.Law {
				bad("laws.yaml: %q names both %s and %s", name, other, law.Law)
			}
			names[key] = law.Law
		}
	}
	for _, p := range l.phrases {
		if len(p.Say) == 0 || p.Means == "" {
			bad("phrases.yaml: %q needs what is said and what it means", p.Means)
		}
	}
	return problems
}

// checkCrisis holds the cards to promise 3 and the rules to known cards and
// lists.
func (l *Library) checkCrisis() (problems []error) {
	bad := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("crisis.yaml: "+format, args...))
	}
	cards := map[string]bool{}
	for _, card := range l.crisis.Cards {
		cards[card.ID] = true
		if len(card.Hotlines) == 0 || !strings.Contains(firstRunes(card.Text, hotlineWithin), card.Hotlines[0]) {
			bad("card %s does not name its first hotline within %d characters", card.ID, hotlineWithin)
		}
		if n := len([]rune(card.Text)); n > maxCardRunes {
			bad("card %s has %d characters, more than %d", card.ID, n, maxCardRunes)
		}
		for _, number := range card.Hotlines {
			if _, ok := l.hotlineOf[number]; !ok {
				bad("card %s names %q, which is not in hotlines.yaml", card.ID, number)
			}
		}
	}
	for i, rule := range l.crisis.Rules {
		if !cards[rule.Card] || len(rule.All) == 0 {
			bad("rule %d needs a known card and words; card is %q", i+1, rule.Card)
		}
		for _, word := range append(slices.Concat(rule.All...), rule.Unless...) {
			if name, isList := strings.CutPrefix(word, "$"); isList && l.crisis.Words[name] == nil {
				bad("rule %d uses the list $%s, which does not exist", i+1, name)
			}
		}
		for _, group := range rule.All {
			if len(l.crisis.Resolve(group)) == 0 {
				bad("rule %d has a group without words", i+1)
			}
		}
	}
	return problems
}

func firstRunes(s string, n int) string {
	r := []rune(s)
	return string(r[:min(n, len(r))])
}

type forbidden struct {
	Forbidden
	pattern *regexp.Regexp
}

func compileForbidden(rows []Forbidden) (list []forbidden, problems []error) {
	for _, row := range rows {
		re, err := regexp.Compile(row.Pattern)
		if err != nil {
			problems = append(problems, fmt.Errorf("forbidden.yaml: pattern %q: %w", row.Pattern, err))
			continue
		}
		list = append(list, forbidden{row, re})
	}
	return list, problems
}

// checkForbidden looks through all that a resident reads of an entry; what
// residents say themselves (the wordings) may hold anything.
func checkForbidden(e *Entry, rows []forbidden) (problems []error) {
	text := e.Title + "\n" + e.Question() + "\n" + e.Short
	for _, l := range e.Lines {
		text += "\n" + l.Text
	}
	for _, row := range rows {
		if hit := row.find(text); hit != "" {
			problems = append(problems, fmt.Errorf("%s: says %q: %s; instead: %s", e.File, hit, row.Why, row.Instead))
		}
	}
	return problems
}

// find returns the first match that no exception covers.
func (f forbidden) find(text string) string {
	for _, word := range f.Except {
		text = strings.ReplaceAll(text, word, "")
	}
	return f.pattern.FindString(text)
}
