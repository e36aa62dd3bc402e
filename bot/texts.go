package bot

import (
	"strings"
	"sync"

	"pufa/search"
	"pufa/statute"
)

// Texts are the official texts that were imported. Laws go by their full
// titles; the days are those in China on which an edition is in force.
type Texts interface {
	// Title is the full title of the texts that go by a name, with or without
	// 中华人民共和国.
	Title(name string) (title string, ok bool)
	// Edition is the edition of a law in force on day; its text is without words.
	Edition(title string, day statute.Day) (statute.Edition, error)
	// Article is an article of the edition in force on day.
	Article(title, number string, day statute.Day) (statute.Found, error)
	// Near lists at most n articles in force on day that may be about a
	// question, the likeliest first.
	Near(question string, day statute.Day, n int) []statute.Hit
}

// Statutes are Texts out of a compact file. Any number of goroutines may use
// them.
type Statutes struct {
	laws     *statute.Library
	rules    statute.Rules
	synonyms []search.Synonym

	mu       sync.Mutex
	day      statute.Day // of searcher
	searcher *statute.Searcher
}

// NewStatutes makes texts out of a file that was opened. The rules are what the
// register knows, the synonyms what neighbours say.
func NewStatutes(laws *statute.Library, rules statute.Rules, synonyms []search.Synonym) *Statutes {
	return &Statutes{laws: laws, rules: rules, synonyms: synonyms}
}

// stateName begins the full titles of laws, and is mostly left out.
const stateName = "中华人民共和国"

// Title implements Texts.
func (s *Statutes) Title(name string) (string, bool) {
	name = strings.Trim(name, "《》 ")
	for _, title := range []string{name, stateName + name} {
		if editions := s.laws.Editions(title); len(editions) > 0 {
			return editions[len(editions)-1].Title, true
		}
	}
	return "", false
}

// Edition implements Texts.
func (s *Statutes) Edition(title string, day statute.Day) (statute.Edition, error) {
	return s.laws.EditionOn(title, day, s.rules)
}

// Article implements Texts.
func (s *Statutes) Article(title, number string, day statute.Day) (statute.Found, error) {
	return s.laws.Article(title, number, day, s.rules)
}

// Near implements Texts.
func (s *Statutes) Near(question string, day statute.Day, n int) []statute.Hit {
	return s.searcherOf(day).Search(question, n)
}

// searcherOf prepares the search once a day, when it is first asked for.
func (s *Statutes) searcherOf(day statute.Day) *statute.Searcher {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.searcher == nil || s.day != day {
		s.day = day
		s.searcher = s.laws.Searcher(statute.SearchOptions{Day: day, Rules: s.rules, Synonyms: s.synonyms})
	}
	return s.searcher
}
