package staff

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Step is one line of the audit trail (审计记录): who did what to which thing.
// Sum covers the step and the sum before it, so that no line can be changed,
// taken out or put in without every later sum telling.
type Step struct {
	N    int64     `json:"n"` // 1, 2, 3…
	At   time.Time `json:"at"`
	Who  string    `json:"who"`
	Did  string    `json:"did"`  // approve entry, add account…
	What string    `json:"what"` // consumer/seven-day-return
	Note string    `json:"note,omitempty"`
	Sum  string    `json:"sum"`
}

// Next makes the step after last; the zero Step stands before the first.
func (last Step) Next(at time.Time, who, did, what, note string) Step {
	s := Step{N: last.N + 1, At: at.UTC().Truncate(time.Second), Who: who, Did: did, What: what, Note: note}
	s.Sum = s.sum(last.Sum)
	return s
}

// sum hashes the step behind the sum before it.
func (s Step) sum(before string) string {
	s.Sum = ""
	line, err := json.Marshal(s)
	if err != nil {
		panic(fmt.Sprintf("a step cannot be written: %v", err)) // strings and times always can
	}
	h := sha256.Sum256(append([]byte(before+"\n"), line...))
	return hex.EncodeToString(h[:])
}

// Chain checks steps one after the other.
type Chain struct{ last Step }

// ChainError is a step of the trail that does not stand behind the one before.
type ChainError struct {
	N   int64 // its number
	why string
}

// Error says what is wrong with the step.
func (e *ChainError) Error() string { return e.why }

// Add reports what is wrong with the next step: a number that does not follow,
// a time before the last, a sum that does not fit.
func (c *Chain) Add(s Step) error {
	switch {
	case s.N != c.last.N+1:
		return &ChainError{s.N, fmt.Sprintf("step %d stands after step %d", s.N, c.last.N)}
	case s.Sum != s.sum(c.last.Sum):
		return &ChainError{s.N, fmt.Sprintf("step %d was changed, or a step before it was taken out", s.N)}
	case s.At.Before(c.last.At):
		return &ChainError{s.N, fmt.Sprintf("step %d is of %s, before the step it follows", s.N, s.At.Format(time.RFC3339))}
	}
	c.last = s
	return nil
}

// Last is the last step that was added.
func (c *Chain) Last() Step { return c.last }
