package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"pufa/content"
	"pufa/search"
	"pufa/statute"
)

const statutesUsage = "want import, status, show, search, diff or eval; pufa statutes import -h shows the flags of one"

// statutes works with official texts: what was imported is one file under the
// data folder.
func (p program) statutes(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return usagef("statutes: %s", statutesUsage)
	}
	switch args[0] {
	case "import":
		return p.statutesImport(ctx, args[1:])
	case "status":
		return p.statutesStatus(args[1:])
	case "show":
		return p.statutesShow(args[1:])
	case "search":
		return p.statutesSearch(args[1:])
	case "diff":
		return p.statutesDiff(ctx, args[1:])
	case "eval":
		return p.statutesEval(args[1:])
	case "-h", "-help", "--help", "help":
		fmt.Fprintln(p.stdout, "usage: pufa statutes import|status|show|search|diff|eval [FLAGS] [ARGUMENTS]: "+statutesUsage)
		return nil
	default:
		return usagef("statutes: there is no %q: %s", args[0], statutesUsage)
	}
}

// lawsFile is the name of the compact file under the data folder.
const lawsFile = "laws.pufa"

var errNoTexts = errors.New("no official texts are imported: pufa statutes import PATH takes files and folders of .docx and .md")

// shelf is what the commands on statutes need: the texts that were imported,
// the library with its register, and a day.
type shelf struct {
	laws  *statute.Library
	lib   *content.Library
	rules statute.Rules
	day   statute.Day
}

// openShelf opens the texts for a day like 2026-03-08, today when it is empty.
func (p program) openShelf(date string) (*shelf, error) {
	s := &shelf{day: p.today()}
	if date != "" {
		if _, err := day("date", date); err != nil {
			return nil, err
		}
		s.day = statute.Day(date)
	}
	settings, err := p.settings()
	if err != nil {
		return nil, err
	}
	if s.lib, err = p.asShipped(); err != nil {
		return nil, err
	}
	s.rules = rulesOf(s.lib)
	s.laws, err = statute.Open(filepath.Join(settings.DataDir, lawsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoTexts
	}
	return s, err
}

func (p program) today() statute.Day { return statute.Day(p.now().In(zone).Format(time.DateOnly)) }

// searcher searches the articles in force on the day of the shelf.
func (s *shelf) searcher() *statute.Searcher {
	return s.laws.Searcher(statute.SearchOptions{Day: s.day, Rules: s.rules, Synonyms: synonymsOf(s.lib)})
}

// synonymsOf is the table of neighbours' words for the search in statutes.
func synonymsOf(lib *content.Library) []search.Synonym {
	var rows []search.Synonym
	for _, phrase := range lib.Phrases() {
		rows = append(rows, search.Synonym{Say: phrase.Say, Means: phrase.Means})
	}
	return rows
}

// title finds the full title of a law by a name of the register, or by the
// title of a text that was imported.
func (s *shelf) title(name string) (string, error) {
	if law, ok := s.lib.Law(name); ok {
		return law.Title, nil
	}
	for _, title := range []string{name, "中华人民共和国" + name} {
		if editions := s.laws.Editions(title); len(editions) > 0 {
			return editions[len(editions)-1].Title, nil
		}
	}
	if now, ok := s.lib.Replaced(name); ok {
		return "", fmt.Errorf("%s is no longer in force: %s took its place on %s", name, now.Law, now.Edition)
	}
	if like := s.titlesWith(name); len(like) > 0 {
		return "", fmt.Errorf("no law is called %s; titles with these words: %s", name, strings.Join(like, ", "))
	}
	return "", fmt.Errorf("no law is called %s: neither in the register nor among %s", name, plural(len(s.laws.Texts()), "text", "texts"))
}

// mostTitles is how many titles a message names.
const mostTitles = 5

func (s *shelf) titlesWith(words string) (titles []string) {
	seen := map[string]bool{}
	for _, t := range s.laws.Texts() {
		if len(titles) < mostTitles && strings.Contains(t.Title, words) && !seen[t.Title] && !t.Repealed() {
			seen[t.Title] = true
			titles = append(titles, t.Title)
		}
	}
	return titles
}

// statutesShow prints an article, or what is known of a law.
func (p program) statutesShow(args []string) error {
	f := p.newFlags("statutes show", "[--date D] LAW [ARTICLE]")
	date := f.String("date", "", "the `day` whose edition is shown; today when empty")
	if err := f.parse(args, 2); err != nil {
		return shown(err)
	}
	if f.NArg() == 0 {
		return usagef("statutes show: name a law and an article: pufa statutes show 民法典 1079")
	}
	name, number, err := lawAndArticle(f.Args())
	if err != nil {
		return err
	}
	s, err := p.openShelf(*date)
	if err != nil {
		return err
	}
	title, err := s.title(name)
	if err != nil {
		return err
	}
	if number == "" {
		return p.showLaw(s, title)
	}
	return p.showArticle(s, title, number)
}

// lawAndArticle reads 民法典 1079, 民法典第一千零七十九条, 民法典1079条 and a law alone.
func lawAndArticle(args []string) (law, article string, err error) {
	if name, number, ok := statute.ParseReference(strings.Join(args, " ")); ok {
		return name, number, nil
	}
	if len(args) == 1 {
		return strings.Trim(args[0], "《》 "), "", nil
	}
	number, err := statute.ParseArticle(args[1])
	if err != nil {
		return "", "", usageError{"statutes show: " + err.Error()}
	}
	return strings.Trim(args[0], "《》 "), number, nil
}

func (p program) showArticle(s *shelf, title, number string) error {
	found, err := s.laws.Article(title, number, s.day, s.rules)
	if now, ok := s.lib.Replaced(title); ok && errors.Is(err, statute.ErrNotInForce) {
		return fmt.Errorf("%w; %s took its place on %s", err, now.Law, now.Edition)
	}
	if err != nil {
		return err
	}
	t := found.Edition.Text
	fmt.Fprintf(p.stdout, "%s %s\n", t.Title, statute.FormatArticle(number))
	if found.Article.Chapter != "" {
		fmt.Fprintln(p.stdout, found.Article.Chapter)
	}
	words := found.Article.Text
	if found.Article.Deleted() {
		words = "(struck out: the number is kept empty)"
	}
	fmt.Fprintf(p.stdout, "\n%s\n\n", words)
	if found.Old {
		fmt.Fprintf(p.stdout, "note: this article was changed after the text at hand; the edition in force took effect on %s\n", found.Edition.On)
	}
	fmt.Fprintf(p.stdout, "edition in force on %s: since %s (%s), published %s\nsource: %s, id %s\n",
		s.day, found.Edition.On, originOf(t), orUnknown(t.Published), t.Path, t.ID)
	return nil
}

// showLaw lists the editions of a law.
func (p program) showLaw(s *shelf, title string) error {
	now, err := s.laws.EditionOn(title, s.day, s.rules)
	for _, t := range s.laws.Editions(title) {
		mark := ""
		if err == nil && t.ID == now.Text.ID {
			mark = " · in force on " + string(s.day)
		}
		fmt.Fprintf(p.stdout, "%s since %s (%s), published %s, %s, %s%s\n  source: %s, id %s\n", t.Title, orUnknown(t.Effective),
			originOf(t), orUnknown(t.Published), t.Status, plural(s.laws.ArticleCount(t), "article", "articles"), mark, t.Path, t.ID)
	}
	return err
}

func originOf(t *statute.Text) string {
	if t.Origin == "" {
		return "no date found"
	}
	return "date from " + string(t.Origin)
}

func orUnknown(day statute.Day) string {
	if day == "" {
		return "an unknown day"
	}
	return string(day)
}

// statutesSearch lists articles that may be about a text.
func (p program) statutesSearch(args []string) error {
	f := p.newFlags("statutes search", "[--date D] [-n N] TEXT")
	date := f.String("date", "", "the `day` on which the articles are in force; today when empty")
	most := f.Int("n", 10, "how many articles, at most 100")
	if err := f.parse(args, 1); err != nil {
		return shown(err)
	}
	if f.NArg() == 0 || *most < 1 || *most > 100 {
		return usagef("statutes search: want a text in one argument, and 1 to 100 articles")
	}
	s, err := p.openShelf(*date)
	if err != nil {
		return err
	}
	if s.day < s.laws.SearchFrom() {
		fmt.Fprintf(p.stderr, "the index was made on %s: editions that had ended by then are not found\n", s.laws.SearchFrom())
	}
	searcher := s.searcher()
	hits := searcher.Search(f.Arg(0), *most)
	if len(hits) == 0 {
		fmt.Fprintln(p.stdout, "no article has any of these words")
	}
	for i, h := range hits {
		a, err := searcher.Words(h)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "%2d  %s%s  %s\n    %s\n", i+1, h.Text.Title, statute.FormatArticle(h.Article), h.Chapter, firstWords(a.Text))
	}
	return nil
}

// lineRunes is how much of an article a list shows.
const lineRunes = 60

func firstWords(text string) string {
	text = strings.ReplaceAll(text, "\n", " ")
	if r := []rune(text); len(r) > lineRunes {
		return string(r[:lineRunes]) + "…"
	}
	return text
}
