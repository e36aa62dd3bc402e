package stats

import (
	"errors"
	"fmt"
)

// FieldError is what is wrong with one field of an activity: the error for
// whoever runs the program, Say for staff beside the field.
type FieldError struct {
	Field string // as in the register: kind, on, place, …, why
	Say   string // a Chinese sentence that says what to do
	text  string
}

// Error is the mistake in the words of the command line.
func (e *FieldError) Error() string { return e.text }

// Fault is a mistake in a field by a rule that this package does not know.
func Fault(field, say, text string) error { return &FieldError{Field: field, Say: say, text: text} }

func fault(field, say, format string, args ...any) error {
	return &FieldError{Field: field, Say: say, text: fmt.Sprintf(format, args...)}
}

// FieldErrors finds what is wrong with each field in an error of this package,
// field -> what is said to staff; of two mistakes in one field the first. It
// is empty for an error of another kind.
func FieldErrors(err error) map[string]string {
	found := map[string]string{}
	collect(err, found)
	return found
}

func collect(err error, into map[string]string) {
	var many interface{ Unwrap() []error }
	switch one := err.(type) {
	case nil:
	case *FieldError:
		if _, ok := into[one.Field]; !ok {
			into[one.Field] = one.Say
		}
	default:
		if errors.As(err, &many) {
			for _, e := range many.Unwrap() {
				collect(e, into)
			}
			return
		}
		collect(errors.Unwrap(err), into)
	}
}
