package stats

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// The deeds of the register of activities.
const (
	Enter    = "enter"
	Correct  = "correct"
	Withdraw = "withdraw"
	Confirm  = "confirm"
)

// ActivityLine is one line of the register of activities (活动台账). Nothing is
// ever overwritten: a correction is another line of the same activity.
type ActivityLine struct {
	N        int64     `json:"n"`  // 1, 2, 3…
	Of       int64     `json:"of"` // the activity: the number of its first line
	Did      string    `json:"did"`
	At       time.Time `json:"at"`
	By       string    `json:"by"`
	Seen     int64     `json:"seen,omitempty"` // of Confirm: the line that was confirmed
	Why      string    `json:"why,omitempty"`  // of Correct and Withdraw
	Activity *Activity `json:"activity,omitempty"`
}

// Entered is an activity as its newest line has it.
type Entered struct {
	Activity
	Number      int64 // of the activity
	Line        int64 // the newest line, without confirmations
	By          string
	At          time.Time
	ConfirmedBy string // empty: nobody yet, or not since it was corrected
	Withdrawn   bool
	Corrections int
}

// The errors a caller decides by.
var (
	// ErrNoActivity means that there is no activity of that number, or that it
	// was withdrawn.
	ErrNoActivity = errors.New("there is no such activity")
	// ErrSelfConfirm means that whoever entered an activity tried to confirm it.
	ErrSelfConfirm = errors.New("whoever entered an activity may not confirm it")
	// ErrCorrected means that an activity was corrected since it was looked at.
	ErrCorrected = errors.New("the activity was corrected meanwhile: look again")
	// ErrEntered means that the month's counts are there already: correct them.
	ErrEntered = errors.New("the counts of this month are entered already: correct them")
)

// Register is all activities, read line by line. The zero Register is empty.
type Register struct {
	last int64
	list []*Entered
}

// Lines is how many lines were read.
func (r *Register) Lines() int64 { return r.last }

// List returns the activities that were not withdrawn, by day and number.
func (r *Register) List() []Entered {
	var list []Entered
	for _, e := range r.list {
		if !e.Withdrawn {
			list = append(list, *e)
		}
	}
	slices.SortFunc(list, func(a, b Entered) int { return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.Number, b.Number)) })
	return list
}

// Get returns an activity that was not withdrawn.
func (r *Register) Get(number int64) (Entered, error) {
	e := r.find(number)
	if e == nil || e.Withdrawn {
		return Entered{}, fmt.Errorf("%w: %d", ErrNoActivity, number)
	}
	return *e, nil
}

func (r *Register) find(number int64) *Entered {
	i, ok := slices.BinarySearchFunc(r.list, number, func(e *Entered, n int64) int { return cmp.Compare(e.Number, n) })
	if !ok {
		return nil
	}
	return r.list[i]
}

// Enter makes the line of a new activity.
func (r *Register) Enter(by string, now time.Time, a Activity) (ActivityLine, error) {
	if err := errors.Join(a.Check(now), r.alone(a, 0)); err != nil {
		return ActivityLine{}, err
	}
	return r.line(r.last+1, Enter, by, now, "", &a), nil
}

// Correct makes the line that takes the place of an activity; why is kept with
// it. It has to be confirmed again.
func (r *Register) Correct(by string, now time.Time, number int64, a Activity, why string) (ActivityLine, error) {
	_, unknown := r.Get(number)
	if err := errors.Join(unknown, a.Check(now), r.alone(a, number), text("why", why, maxRef)); err != nil {
		return ActivityLine{}, err
	}
	return r.line(number, Correct, by, now, why, &a), nil
}

// Withdraw makes the line that takes an activity out of every figure.
func (r *Register) Withdraw(by string, now time.Time, number int64, why string) (ActivityLine, error) {
	_, unknown := r.Get(number)
	if err := errors.Join(unknown, text("why", why, maxRef)); err != nil {
		return ActivityLine{}, err
	}
	return r.line(number, Withdraw, by, now, why, nil), nil
}

// Confirm makes the line by which another person confirms an activity as line
// seen has it; 0 means as it is now.
func (r *Register) Confirm(by string, now time.Time, number, seen int64) (ActivityLine, error) {
	e, err := r.Get(number)
	switch {
	case err != nil:
		return ActivityLine{}, err
	case e.By == by:
		return ActivityLine{}, fmt.Errorf("%w: %d", ErrSelfConfirm, number)
	case seen != 0 && seen != e.Line:
		return ActivityLine{}, fmt.Errorf("%w: %d", ErrCorrected, number)
	}
	l := r.line(number, Confirm, by, now, "", nil)
	l.Seen = e.Line
	return l, nil
}

func (r *Register) line(of int64, did, by string, at time.Time, why string, a *Activity) ActivityLine {
	return ActivityLine{N: r.last + 1, Of: of, Did: did, By: by, At: at.UTC().Truncate(time.Second), Why: why, Activity: a}
}

// alone refuses a second line of counts for the same month and kind.
func (r *Register) alone(a Activity, but int64) error {
	if kind, _ := KindOf(a.Kind); !kind.Monthly {
		return nil
	}
	for _, e := range r.list {
		if !e.Withdrawn && e.Number != but && e.Kind == a.Kind && e.On == a.On {
			return fmt.Errorf("%w: %s of %s is number %d", ErrEntered, a.Kind, a.On, e.Number)
		}
	}
	return nil
}

// Add reads the next line. It refuses one that no register would have made.
func (r *Register) Add(l ActivityLine) error {
	if l.N != r.last+1 {
		return fmt.Errorf("read register of activities: line %d stands after line %d", l.N, r.last)
	}
	if err := r.apply(l); err != nil {
		return fmt.Errorf("read register of activities: line %d: %w", l.N, err)
	}
	r.last = l.N
	return nil
}

func (r *Register) apply(l ActivityLine) error {
	if (l.Activity != nil) != (l.Did == Enter || l.Did == Correct) {
		return fmt.Errorf("%s with or without an activity", l.Did)
	}
	if l.Did == Enter {
		if l.Of != l.N {
			return fmt.Errorf("a new activity has number %d", l.Of)
		}
		r.list = append(r.list, &Entered{Activity: *l.Activity, Number: l.Of, Line: l.N, By: l.By, At: l.At})
		return nil
	}
	e := r.find(l.Of)
	switch {
	case e == nil || e.Withdrawn:
		return fmt.Errorf("%w: %d", ErrNoActivity, l.Of)
	case l.Did == Correct:
		*e = Entered{Activity: *l.Activity, Number: e.Number, Line: l.N, By: l.By, At: l.At, Corrections: e.Corrections + 1}
	case l.Did == Withdraw:
		e.Withdrawn, e.Line = true, l.N
	case l.Did == Confirm && l.By != e.By && l.Seen == e.Line:
		e.ConfirmedBy = l.By
	default:
		return fmt.Errorf("%q of line %d by %s cannot be", l.Did, l.Seen, l.By)
	}
	return nil
}
