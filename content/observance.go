package content

import (
	"fmt"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"
)

// Verified says how far the basis of an observance was checked.
type Verified string

// How far a basis was checked.
const (
	ByCustom  Verified = ""     // ✘: no legal basis was found; it is kept by custom (惯例)
	ReadPage  Verified = "page" // ✔页: stated on a public page; the document itself was not seen
	ReadInLaw Verified = "text" // ✔文: read in the official text
)

// Observance is a day of publicity (法治宣传日) of the calendar.
type Observance struct {
	ID       string    `yaml:"id"` // [a-z0-9-], at most 24 bytes: campaigns take their ids from it
	Name     string    `yaml:"name"`
	When     string    `yaml:"when"`     // see ParseWhen
	Citation *Citation `yaml:"citation"` // its basis, where the register has the law; without a gist
	Basis    string    `yaml:"basis"`    // its basis in words, where the register does not have it
	Verified Verified  `yaml:"verified"`
	Note     string    `yaml:"note"` // what staff should know
	Topics   []string  `yaml:"topics"`
	Theme    string    `yaml:"theme"`   // of the reports; may be empty
	Entries  []string  `yaml:"entries"` // what suits the day best

	when When
}

// Date is when the observance is.
func (o Observance) Date() When { return o.when }

// Observances returns the calendar in the order of its table.
func (l *Library) Observances() []Observance { return l.observances }

// Observance returns the row with that id.
func (l *Library) Observance(id string) (Observance, bool) {
	for _, o := range l.observances {
		if o.ID == id {
			return o, true
		}
	}
	return Observance{}, false
}

// BasisStands reports whether the basis that the register knows is of the
// edition in force on the day of t; true for an observance that cites none.
func (l *Library) BasisStands(o Observance, t time.Time) bool {
	if o.Citation == nil {
		return true
	}
	law, ok := l.laws[plainLawName(o.Citation.Law)]
	return ok && law.inForce(o.Citation.Edition, t.In(zone).Format(time.DateOnly))
}

const (
	maxObservanceID   = 24 // bytes
	maxObservanceName = 24 // characters
	maxSuggested      = 5  // entries of an observance
)

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// readObservances reads the dates of the table into it.
func readObservances(list []Observance) (problems []error) {
	for i := range list {
		when, err := ParseWhen(list[i].When)
		if err != nil {
			problems = append(problems, fmt.Errorf("observances.yaml: %s: %w", list[i].ID, err))
		}
		list[i].when = when
	}
	return problems
}

func (l *Library) checkObservances() (problems []error) {
	seen := map[string]bool{}
	for _, o := range l.observances {
		bad := func(format string, args ...any) {
			problems = append(problems, fmt.Errorf("observances.yaml: "+o.ID+": "+format, args...))
		}
		if !slugForm.MatchString(o.ID) || len(o.ID) > maxObservanceID || seen[o.ID] {
			bad("id %q is taken, too long or not of a-z, 0-9 and -; at most %d", o.ID, maxObservanceID)
		}
		seen[o.ID] = true
		if n := utf8.RuneCountInString(o.Name); n == 0 || n > maxObservanceName {
			bad("name has %d characters, want 1 to %d", n, maxObservanceName)
		}
		if err := l.checkBasis(o); err != nil {
			bad("%w", err)
		}
		if o.Theme != "" && !slices.Contains(themes, o.Theme) {
			bad("theme %q is none of %v", o.Theme, themes)
		}
		for _, topic := range o.Topics {
			if _, ok := l.topicOf[topic]; !ok {
				bad("topic %q is not in topics.yaml", topic)
			}
		}
		if len(o.Entries) > maxSuggested {
			bad("%d entries, at most %d", len(o.Entries), maxSuggested)
		}
		for _, id := range o.Entries {
			if _, ok := l.byID[id]; !ok {
				bad("entry %q does not exist", id)
			}
		}
	}
	return problems
}

// checkBasis holds a row to what it says of its basis: one that nobody could
// verify states none.
func (l *Library) checkBasis(o Observance) error {
	stated := o.Basis != "" || o.Citation != nil
	switch {
	case o.Basis != "" && o.Citation != nil:
		return fmt.Errorf("its basis stands twice, as citation and in words")
	case o.Verified == ByCustom && stated:
		return fmt.Errorf("a basis that was not verified is not stated")
	case o.Verified == ByCustom:
		return nil
	case o.Verified != ReadPage && o.Verified != ReadInLaw:
		return fmt.Errorf("verified is %q, want text, page or nothing", o.Verified)
	case !stated:
		return fmt.Errorf("verified, but no basis is stated")
	case o.Citation != nil:
		return l.checkCitation(*o.Citation)
	}
	return nil
}
