package content

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// The limits of an entry, in characters and counts (library/README.md).
const (
	maxTitle     = 20
	minQuestions = 7
	maxQuestions = 40
	maxQuestion  = 120
	maxShort     = 90
	maxLine      = 90
	maxLines     = 9
	maxCitations = 5
	maxGist      = 40
	maxRelated   = 3
)

// minReview and maxReview are how long after checking an entry is due for
// review, so that the queue of a year is spread.
const (
	minReviewMonths = 6
	maxReviewMonths = 14
)

var (
	idForm      = regexp.MustCompile(`^[a-z]+(-[a-z]+)*/[a-z0-9]+(-[a-z0-9]+)*$`)
	articleForm = regexp.MustCompile(`^[1-9][0-9]{0,3}(-[1-9][0-9]?)?$`)
	factForm    = regexp.MustCompile(`^F[0-9]{3}$`)
	linkForm    = regexp.MustCompile(`https?://|www\.|<[a-zA-Z/]`)
)

// source finds lines in an entry's file, so that a problem can point at one.
type source struct {
	file string
	text string
}

// at makes a problem that points at the first line that holds what; line 1
// where nothing does.
func (s source) at(what, format string, args ...any) error {
	line := 1
	if i := strings.Index(s.text, what); what != "" && i >= 0 {
		line += strings.Count(s.text[:i], "\n")
	}
	return fmt.Errorf("%s:%d: %s", s.file, line, fmt.Sprintf(format, args...))
}

// checkEntry reports every mistake that can be told from the file alone.
func checkEntry(e *Entry, text string) []error {
	s := source{e.File, text}
	var problems []error
	for _, check := range []func(*Entry, source) []error{
		checkIdentity, checkQuestions, checkCitations, checkRemedy, checkLists, checkDays, checkBody,
	} {
		problems = append(problems, check(e, s)...)
	}
	return problems
}

func checkIdentity(e *Entry, s source) (problems []error) {
	if !idForm.MatchString(e.ID) {
		problems = append(problems, s.at("id:", "id %q is not topic/slug", e.ID))
	}
	if want := idOfFile(e.File); e.ID != want {
		problems = append(problems, s.at("id:", "id %q stands in a file that asks for %q", e.ID, want))
	}
	if n := utf8.RuneCountInString(e.Title); n == 0 || n > maxTitle {
		problems = append(problems, s.at("title:", "title has %d characters, want 1 to %d", n, maxTitle))
	}
	return problems
}

func checkQuestions(e *Entry, s source) (problems []error) {
	if n := len(e.Questions); n < minQuestions || n > maxQuestions {
		problems = append(problems, s.at("questions:", "%d questions, want %d to %d", n, minQuestions, maxQuestions))
	}
	if len(e.Questions) == 0 {
		e.Questions = []string{""}
	}
	if !strings.HasSuffix(e.Question(), "？") {
		problems = append(problems, s.at("questions:", "the standard question does not end with ？"))
	}
	seen := map[string]bool{}
	for _, q := range e.Questions {
		if n := utf8.RuneCountInString(q); n < 2 || n > maxQuestion {
			problems = append(problems, s.at(q, "question %q has %d characters, want 2 to %d", q, n, maxQuestion))
		}
		if seen[q] {
			problems = append(problems, s.at(q, "question %q stands twice", q))
		}
		seen[q] = true
	}
	for _, n := range e.Not {
		if n.Ask == "" || n.Entry == e.ID {
			problems = append(problems, s.at("not:", "a look-alike needs its question and another entry or \"\""))
		}
	}
	return problems
}

func checkCitations(e *Entry, s source) (problems []error) {
	if n := len(e.Citations); n == 0 || n > maxCitations {
		problems = append(problems, s.at("citations:", "%d citations, want 1 to %d", n, maxCitations))
	}
	seen := map[string]bool{}
	for _, c := range e.Citations {
		where := "law: " + c.Law
		if !articleForm.MatchString(c.Article) {
			problems = append(problems, s.at(where, "article %q of %s is not like \"25\" or \"287-2\"", c.Article, c.Law))
		}
		if !isDay(c.Edition) {
			problems = append(problems, s.at(where, "edition %q of %s is not a day like 2014-03-15", c.Edition, c.Law))
		}
		if n := utf8.RuneCountInString(c.Gist); n == 0 || n > maxGist {
			problems = append(problems, s.at(where, "gist of %s %s has %d characters, want 1 to %d", c.Law, c.Article, n, maxGist))
		}
		if key := c.Law + " " + c.Article; seen[key] {
			problems = append(problems, s.at(where, "%s is cited twice", key))
		} else {
			seen[key] = true
		}
	}
	return problems
}

func checkRemedy(e *Entry, s source) (problems []error) {
	if e.Remedy.Door == "" || e.Remedy.Where == "" {
		problems = append(problems, s.at("remedy:", "remedy names no door or no place"))
	}
	return problems
}

func checkLists(e *Entry, s source) (problems []error) {
	if len(e.Keywords) < 3 || len(e.Keywords) > 10 {
		problems = append(problems, s.at("keywords:", "%d keywords, want 3 to 10", len(e.Keywords)))
	}
	if len(e.Related) > maxRelated {
		problems = append(problems, s.at("related:", "%d related entries, at most %d", len(e.Related), maxRelated))
	}
	for _, f := range e.Facts {
		if !factForm.MatchString(f) {
			problems = append(problems, s.at("facts:", "fact %q is not like F001", f))
		}
	}
	return problems
}

func checkDays(e *Entry, s source) []error {
	checked, err1 := time.Parse(time.DateOnly, e.CheckedOn)
	due, err2 := time.Parse(time.DateOnly, e.ReviewDue)
	if err := errors.Join(err1, err2); err != nil {
		return []error{s.at("checked_on:", "checked_on and review_due are days like 2026-11-23")}
	}
	early, late := checked.AddDate(0, minReviewMonths, 0), checked.AddDate(0, maxReviewMonths, 0)
	if due.After(late) || due.Before(early) && !e.heldBack() {
		return []error{s.at("review_due:", "review_due %s is not %d to %d months after %s",
			e.ReviewDue, minReviewMonths, maxReviewMonths, e.CheckedOn)}
	}
	return nil
}

// heldBack reports whether the entry is due early because a law changes soon;
// its file says so beside review_due.
func (e *Entry) heldBack() bool { return e.ReviewWhy != "" }

func checkBody(e *Entry, s source) (problems []error) {
	if n := utf8.RuneCountInString(e.Short); n > maxShort {
		problems = append(problems, s.at(e.Short, "short answer has %d characters, at most %d", n, maxShort))
	}
	if len(e.Lines) > maxLines {
		problems = append(problems, s.at("", "%d lines after the short answer, at most %d", len(e.Lines), maxLines))
	}
	for _, l := range e.Lines {
		if n := utf8.RuneCountInString(l.Text); n == 0 || n > maxLine {
			problems = append(problems, s.at(l.Text, "a line has %d characters, want 1 to %d", n, maxLine))
		}
		if linkForm.MatchString(l.Text) {
			problems = append(problems, s.at(l.Text, "a line holds a link or a tag"))
		}
	}
	return problems
}

func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
