package campaign

import (
	"errors"
	"fmt"
	"slices"
)

// Right is what a person needs for a deed: the role of staff of the same name.
type Right string

// The rights.
const (
	Write   Right = "编辑" // writes and submits
	Review  Right = "审核" // approves what others wrote, returns it with a reason
	Release Right = "发布" // schedules, pauses, resumes, cancels, settles
	Look    Right = "查看" // reads
)

// Actor is the person who does something: the name for the trail, and whether
// the account has a right at this moment.
type Actor struct {
	Name string
	May  func(Right) bool
}

// ErrRight means that the person may not do this.
var ErrRight = errors.New("the account has not the role for this")

// RightError is an ErrRight that names the roles of which one is needed.
type RightError struct {
	Who  string
	Want []Right
}

func (e *RightError) Error() string {
	return fmt.Sprintf("%s: %v: want one of %v", e.Who, ErrRight, e.Want)
}

// Unwrap makes a RightError an ErrRight.
func (e *RightError) Unwrap() error { return ErrRight }

// needs returns a RightError unless the person has a name and one of the
// rights.
func (a Actor) needs(rights ...Right) error {
	if a.Name == "" || a.May == nil || !slices.ContainsFunc(rights, a.May) {
		return &RightError{a.Name, rights}
	}
	return nil
}
