package ticket

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// next is the ticket in its next version.
func (t Ticket) next(to State, at time.Time) Ticket {
	if t.State != to {
		t.State, t.Since = to, at.UTC().Truncate(time.Second)
	}
	t.Version++
	return t
}

// Take gives the ticket to a person; whoever had it has it no more.
func (t Ticket) Take(who string, at time.Time) (Ticket, error) {
	if t.State.Over() {
		return t, fmt.Errorf("take ticket: %w", ErrOver)
	}
	to := Taken
	if t.State == Answered {
		to = Answered
	}
	is := t.next(to, at)
	is.By = who
	return is, nil
}

// held reports what keeps a person from working on the ticket.
func (t Ticket) held(who string) error {
	switch {
	case t.State.Over():
		return ErrOver
	case t.State == New || t.By != who:
		return ErrOthers
	}
	return nil
}

// begin notes that a reply is handed to the platform now.
func (t Ticket) begin(who string, at time.Time) (Ticket, error) {
	if err := t.held(who); err != nil {
		return t, fmt.Errorf("begin reply: %w", err)
	}
	if t.onItsWay() {
		return t, fmt.Errorf("begin reply: %w", ErrOnItsWay)
	}
	is := t.next(t.State, at)
	is.Send = &Send{By: who, At: at.UTC().Truncate(time.Second), State: Sending}
	return is, nil
}

// ended notes what became of the reply that is on its way.
func (t Ticket) ended(state SendState, why string, at time.Time) Ticket {
	to := t.State
	if state == Sent && !t.State.Over() {
		to = Answered
	}
	is := t.next(to, at)
	send := *t.Send
	send.State, send.Why = state, why
	is.Send = &send
	if state == Sent {
		is.Way = ByMessage
	}
	return is
}

// Settle ends the doubt about the last reply, as a person found out.
func (t Ticket) Settle(who string, arrived bool, at time.Time) (Ticket, error) {
	switch err := t.held(who); {
	case err != nil:
		return t, fmt.Errorf("settle reply: %w", err)
	case !t.InDoubt(at):
		return t, fmt.Errorf("settle reply: %w", ErrChanged)
	case arrived:
		return t.ended(Sent, "", at), nil
	}
	return t.ended(Failed, "", at), nil
}

// maxNote is the longest note, in characters.
const maxNote = 100

// Close ends the ticket. way is one of Ways; note may be empty and names
// nobody.
func (t Ticket) Close(who string, way Way, note string, at time.Time) (Ticket, error) {
	if err := t.held(who); err != nil {
		return t, fmt.Errorf("close ticket: %w", err)
	}
	if t.onItsWay() {
		return t, fmt.Errorf("close ticket: %w", ErrOnItsWay)
	}
	if err := checkNote(note); err != nil {
		return t, err
	}
	for _, w := range Ways() {
		if w == way {
			is := t.next(Closed, at)
			is.Way, is.Note = way, note
			return is, nil
		}
	}
	return t, inputError("请选择是怎么办的。")
}

// checkNote refuses what does not belong into a note: digits enough for a
// telephone or an identity number.
func checkNote(note string) error {
	if utf8.RuneCountInString(note) > maxNote {
		return inputError(fmt.Sprintf("备注最多%d个字。", maxNote))
	}
	run := 0
	for _, r := range strings.NewReplacer("-", "", " ", "", "－", "", "　", "").Replace(note) {
		if run++; !unicode.IsDigit(r) {
			run = 0
		}
		if run >= 7 {
			return inputError("备注里不要写电话号码、证件号码。")
		}
	}
	return nil
}

// input is an error whose text staff read.
type input struct{ say string }

func (e *input) Error() string { return ErrInput.Error() + ": " + e.say }
func (e *input) Unwrap() error { return ErrInput }

func inputError(say string) error { return &input{say} }

// Withdraw ends the ticket for the resident, and forgets what it was about. It
// returns ErrOver when it was over before.
func (t Ticket) Withdraw(at time.Time) (Ticket, error) {
	if t.State.Over() {
		return t, fmt.Errorf("withdraw ticket: %w", ErrOver)
	}
	is := t.next(Withdrawn, at)
	is.Topic = ""
	return is, nil
}

// Age is what time makes of a ticket: a reply whose end nobody saw is in doubt,
// what was answered closes after 7 days, what nobody did lapses 14 days past
// its time (a request never), and the row goes when its time is over. changed is
// false when it stays as it is.
func (t Ticket) Age(now time.Time, r Rules) (is Ticket, gone, changed bool) {
	switch {
	case t.State.Over() && now.Sub(t.Since) >= r.kept(t.Kind):
		return t, true, true
	case t.State.Over():
		return t, false, false
	case t.Send != nil && t.Send.State == Sending && t.InDoubt(now):
		return t.ended(Doubt, "", now), false, true
	case t.State == Answered && !t.onItsWay() && now.Sub(t.Since) >= closesAfter:
		return t.next(Closed, now), false, true
	case !t.Kind.Request() && t.State != Answered && now.Sub(t.Due) >= lapsesAfter:
		return t.next(Lapsed, now), false, true
	}
	return t, false, false
}

// kept is how long the row of a ticket stays when it is over.
func (r Rules) kept(k Kind) time.Duration {
	if k.Request() {
		return requestKept
	}
	return days(r.KeepDays)
}

// ContactLife is how long a telephone number that is typed now may stay.
func (r Rules) ContactLife() time.Duration { return days(r.KeepDays) }

// Counts are the counters that a change adds one to: of the new ticket where
// was is zero, of the step into another state otherwise. Each is the state it
// reached, a bar, and the kind; a closing also counts whether the time limit
// was kept.
func (t Ticket) Counts(was Ticket) []string {
	switch {
	case was.Code == "" && t.State == Closed: // a deletion, done at once
		return []string{"opened|" + string(t.Kind), "closed|" + string(t.Kind)}
	case was.Code == "":
		return []string{"opened|" + string(t.Kind)}
	case was.State == t.State:
		return nil
	}
	list := []string{string(t.State) + "|" + string(t.Kind)}
	if first := t.State == Answered || t.State == Closed && was.State != Answered; first && t.Since.Before(t.Due) {
		list = append(list, "intime|"+string(t.Kind))
	}
	return list
}
