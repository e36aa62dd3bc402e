package campaign

import (
	"fmt"
	"strings"
)

// Weight says what a problem stands in the way of.
type Weight int

// The weights.
const (
	Warning  Weight = iota // nothing: staff are told
	Unready                // submitting, approving and scheduling; it may be kept as a draft
	Unusable               // keeping it at all
)

// Problem is one thing that is wrong with a campaign, in the words of staff.
type Problem struct {
	Field  string // of the form: title, channel, audience, articles, text, entries, due, until, grace, cover
	Text   string // a Chinese sentence
	Weight Weight
}

// Rejected means that a campaign was not taken because of its problems. It
// holds all of them.
type Rejected struct{ Problems []Problem }

func (r *Rejected) Error() string {
	texts := make([]string, len(r.Problems))
	for i, p := range r.Problems {
		texts[i] = p.Text
	}
	return fmt.Sprintf("the campaign has %d problems: %s", len(texts), strings.Join(texts, "；"))
}

// refuse returns a Rejected if a problem weighs at least so much.
func refuse(list []Problem, from Weight) error {
	var stop []Problem
	for _, p := range list {
		if p.Weight >= from {
			stop = append(stop, p)
		}
	}
	if len(stop) == 0 {
		return nil
	}
	return &Rejected{stop}
}

// findings gathers problems.
type findings []Problem

func (f *findings) add(w Weight, field, format string, args ...any) {
	*f = append(*f, Problem{field, fmt.Sprintf(format, args...), w})
}
