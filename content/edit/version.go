// Package edit is the desk at which staff change entries of the library: a
// draft, the check of its law by somebody else, its release, and the way back.
// It says who may do what and judges every text before it is kept; it keeps
// nothing itself, answers no resident, and never changes what is shipped.
package edit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"pufa/content"
	"pufa/staff"
)

// State is how far a version of an entry has come (版本状态).
type State string

// The states. A version that was released keeps the state when another one
// takes its place: History.Released says which one residents read.
const (
	Draft    State = "draft"    // 草稿: written, its law not yet checked
	Returned State = "returned" // 退回: checked and not good; a new version mends it
	Checked  State = "checked"  // 已核对: may be released
	Released State = "released" // 已发布
)

// Version is one text of an entry with its story. Versions are numbered from 1
// for each entry, and no number is given twice.
type Version struct {
	Entry  string    `json:"entry"`
	Number int       `json:"n"`
	State  State     `json:"state"`
	Author string    `json:"author"`
	At     time.Time `json:"at"` // in UTC, to the second
	Reason string    `json:"reason"`

	Checker   string    `json:"checker,omitempty"` // or who returned it
	CheckedAt time.Time `json:"checked_at,omitzero"`
	Note      string    `json:"note,omitempty"` // why it was returned

	Releaser   string    `json:"releaser,omitempty"`
	ReleasedAt time.Time `json:"released_at,omitzero"`
	Override   string    `json:"override,omitempty"` // why it was released though questions got worse
	Alone      bool      `json:"alone,omitempty"`    // 一人审批: checked or released by its author

	Text string `json:"text"` // the entry's Markdown
}

// Read parses the text.
func (v Version) Read() (*content.Entry, error) {
	return content.ParseEntry(v.Entry+".md", []byte(v.Text))
}

// Name is how a version is named in messages and in the trail:
// consumer/fraud#3.
func (v Version) Name() string { return fmt.Sprintf("%s#%d", v.Entry, v.Number) }

// Head is where an entry's versions stand. The zero Head, but for Entry, is
// that of an entry which nobody has edited.
type Head struct {
	Entry    string    `json:"entry"`
	Newest   int       `json:"newest"`
	State    State     `json:"state"`    // of the newest
	Author   string    `json:"author"`   // of the newest
	At       time.Time `json:"at"`       // of the newest
	Released int       `json:"released"` // the version residents read; 0: the shipped text, or no entry
	Changes  int       `json:"changes"`  // raised by every change, so that no two heads are the same
}

// Open reports whether the newest version still waits for somebody.
func (h Head) Open() bool { return h.State == Draft || h.State == Checked }

// History is every kept version of an entry, the oldest first.
type History struct {
	Head
	Versions []Version
}

// Version returns the version of a number.
func (h History) Version(number int) (Version, bool) {
	for _, v := range h.Versions {
		if v.Number == number {
			return v, true
		}
	}
	return Version{}, false
}

// Change is what is done to the versions of one entry.
type Change struct {
	Was  Head      // as it was read: it must still be so
	Now  Head      // as it is then
	Put  []Version // written anew or again
	Drop []int     // numbers that are let go
	Lay  *Version  // what residents read from now on; nil: as before, or the shipped text where Now.Released is 0
}

// Shows reports whether residents read something else with the change.
func (c Change) Shows() bool { return c.Lay != nil || c.Was.Released != c.Now.Released }

// Shelf is where versions are kept.
type Shelf interface {
	// History returns the versions of an entry; an empty one has none.
	History(ctx context.Context, entry string) (History, error)
	// Heads returns the entries that have versions, by id.
	Heads(ctx context.Context) ([]Head, error)
	// Laid returns the released versions by entry, and the number of the
	// library to which they belong.
	Laid(ctx context.Context) (map[string]Version, int64, error)
	// Version returns that number alone.
	Version(ctx context.Context) (int64, error)
	// KeepEdits makes the changes and the step of the trail: all or nothing.
	// It returns ErrChanged when an entry is not as it was read, and ErrMoved
	// when the library is not the one of that number; a number below 0 is any.
	KeepEdits(ctx context.Context, changes []Change, library int64, step staff.Draft) error
}

// The errors a caller decides by.
var (
	// ErrChanged means that somebody else saved a version meanwhile; what is
	// being saved is not kept and must be laid beside it.
	ErrChanged = errors.New("somebody else saved another version meanwhile")
	// ErrMoved means that what residents read changed meanwhile.
	ErrMoved = errors.New("the library changed meanwhile")
	// ErrOwnWork means that nobody checks or releases what they wrote.
	ErrOwnWork = errors.New("nobody checks or releases what they wrote themselves")
	// ErrTooSoon means that with PUFA_ONE_PERSON 12 hours must pass first.
	ErrTooSoon = errors.New("12 hours must pass before one checks or releases what one wrote oneself")
	// ErrState means that the version is not in the state for it.
	ErrState = errors.New("the version is not in the right state")
	// ErrNone means that there is no such version.
	ErrNone = errors.New("there is no such version")
	// ErrSame means that the text is that of the newest version.
	ErrSame = errors.New("nothing changed")
	// ErrReason means that the reason is missing or too long.
	ErrReason = fmt.Errorf("a reason of 1 to %d characters is needed", MaxReason)
	// ErrBad means that the library does not load with the text; the error
	// names every mistake with file and line.
	ErrBad = errors.New("the text was refused")
)

// Worse is a question that found its entry and would not any more.
type Worse struct {
	Question string // of the question set, or an entry's own wording
	Was, Is  string // what it got and would get
}

// WorseError means that a release would make questions worse. It is let through
// with a reason.
type WorseError struct{ List []Worse }

// shownWorse is how many questions the text of the error names.
const shownWorse = 5

// Error names the first questions.
func (e *WorseError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d questions would be answered worse", len(e.List))
	for _, w := range e.List[:min(len(e.List), shownWorse)] {
		fmt.Fprintf(&b, "; %q: %s → %s", w.Question, w.Was, w.Is)
	}
	return b.String()
}
