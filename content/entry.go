// Package content is the library: entries, topics, hotlines, phrases, crisis
// cards, the register of laws, the calendar of publicity days and packs for
// them, read from Markdown and YAML and checked. A library that loads is whole;
// one with a single mistake does not load. It never searches, never answers,
// and holds no text of a law.
package content

import (
	"strings"
	"time"
)

// Citation is the place in the law on which an answer stands.
type Citation struct {
	Law     string `json:"law" yaml:"law"`         // the register's short name
	Article string `json:"article" yaml:"article"` // "25", or "287-2" for 第二百八十七条之二
	Edition string `json:"edition" yaml:"edition"` // the day this edition took effect, 2006-01-02
	Gist    string `json:"gist,omitempty" yaml:"gist"`
}

// Remedy is the card that says which door to knock on.
type Remedy struct {
	Door     string   `yaml:"door"`
	Bring    string   `yaml:"bring"`
	Deadline string   `yaml:"deadline"`
	Cost     string   `yaml:"cost"`
	Where    string   `yaml:"where"`
	Hotlines []string `yaml:"hotlines"`
}

// Lookalike is a question that sounds like an entry and belongs elsewhere.
type Lookalike struct {
	Ask   string `yaml:"ask"`
	Entry string `yaml:"entry"` // empty when it belongs to no entry
}

// Line is one line of an entry's body.
type Line struct {
	Text string
	Must bool // an exception, condition, deadline or danger: never left out
}

// Entry is one question with its checked answer.
type Entry struct {
	ID        string      `yaml:"id"`
	Title     string      `yaml:"title"`
	Questions []string    `yaml:"questions"` // the standard question first
	Not       []Lookalike `yaml:"not"`
	Keywords  []string    `yaml:"keywords"`
	Citations []Citation  `yaml:"citations"` // the governing one first
	Remedy    Remedy      `yaml:"remedy"`
	Themes    []string    `yaml:"themes"`
	Facts     []string    `yaml:"facts"`
	Sensitive bool        `yaml:"sensitive"`
	CheckedOn string      `yaml:"checked_on"`
	ReviewDue string      `yaml:"review_due"`
	ReviewWhy string      `yaml:"review_why"` // why it is due earlier than others; mostly empty
	Related   []string    `yaml:"related"`

	Short string `yaml:"-"` // the first paragraph
	Lines []Line `yaml:"-"`
	File  string `yaml:"-"` // where it was read, for messages
	Hash  string `yaml:"-"` // of the file; an approval is for this text and no other

	lastDay string // on which it may answer, 2006-01-02
	cited   []*Law // the laws of Citations, in their order; nil for an unknown one
}

// Topic is the slug in front of the id.
func (e *Entry) Topic() string {
	topic, _, _ := strings.Cut(e.ID, "/")
	return topic
}

// Question is the standard question.
func (e *Entry) Question() string { return e.Questions[0] }

// graceDays is how long an entry answers after its review date (promise 2).
const graceDays = 60

// Standing says whether an entry may answer on a day.
type Standing int

// The standings.
const (
	Current   Standing = iota // answers
	Overdue                   // answers with a notice, at most graceDays after its review date
	Lapsed                    // answers no more: too long unchecked
	Stale                     // answers no more: a cited edition has been superseded
	TakenDown                 // answers no more: staff took it down; no library says so of itself
)

// reviewStanding is the standing by the review date alone; the register decides
// Stale. day is a day in Asia/Shanghai, as 2006-01-02.
func (e *Entry) reviewStanding(day string) Standing {
	switch {
	case day <= e.ReviewDue:
		return Current
	case day <= e.lastDay:
		return Overdue
	default:
		return Lapsed
	}
}

// lastDay is the last day on which an entry may answer; empty for a review
// date that is no day.
func lastDay(reviewDue string) string {
	due, err := time.Parse(time.DateOnly, reviewDue)
	if err != nil {
		return ""
	}
	return due.AddDate(0, 0, graceDays).Format(time.DateOnly)
}
