package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"pufa/bot"
)

// Arrival is a delivery of a message.
type Arrival struct {
	MessageKey string // the same for every delivery of the message
	OpenID     string // hashed at once; empty for a crisis: nobody is touched
	Test       bool   // from the test bench: enters no figure, gets no number
	Card       bool   // a campaign's card may stand under the reply
}

// State says whose work an arrival is.
type State int

// The states of a claim.
const (
	Mine     State = iota // reply and commit
	Answered              // Stored holds what was replied
	Pending               // another delivery is being worked on
)

// Stored is a reply as it is kept for a repeated delivery.
type Stored struct {
	Text   string // the reply in words
	Card   string // the id of a crisis card, whose words are not kept
	Silent bool   // nothing was said
}

// Claim is what trip 1 found.
type Claim struct {
	State    State
	Token    string
	Stored   Stored
	Resident int64 // the number; 0 for a test resident and a crisis
	New      bool  // no reply to this number was committed yet
	Dialogue bot.Dialogue
	Recent   int  // messages of this resident in this minute, this one included, at most 999; 0 for a crisis
	Carded   bool // the person had a campaign's card today, or it was not asked

	name, counted, pseudonym []byte
	minute                   string // of the claim; with Recent what stands before the dialogue
	test                     bool
}

// Claim takes a message for the caller for 4.5 s, or returns what was replied
// to it. A claim that ran out is taken over by the next delivery. On
// ErrUnavailable the caller replies all the same and calls CommitLater.
func (s *Store) Claim(ctx context.Context, a Arrival) (Claim, error) {
	c := s.introduce(a)
	if stored, ok := s.memory.get(c.name, s.now()); ok {
		c.State, c.Stored = Answered, stored
		return c, nil
	}
	keys := []string{s.keys.message(c.name)}
	args := []any{c.Token, lease.Milliseconds()}
	if c.pseudonym != nil {
		person := c.pseudonym
		if a.Test {
			person = nil
		}
		keys = append(keys, s.keys.residents(), s.keys.next(), s.keys.dialogue(c.pseudonym))
		c.minute = minuteOf(s.now())
		args = append(args, person, c.minute, dialogueLife.Milliseconds())
		if a.Card {
			if key, member, err := s.cardPlace(ctx, c.pseudonym); err == nil { // else no card is shown
				keys, args = append(keys, key), append(args, member)
			}
		}
	}
	err := s.call(ctx, "claim message", claimScript, keys, args, func(cmd *redis.Cmd) error {
		reply, err := cmd.Slice()
		if err != nil {
			return err
		}
		return c.read(reply)
	})
	return c, err
}

// minuteOf is the minute in 8 digits.
func minuteOf(t time.Time) string { return strconv.FormatInt(100_000_000+t.Unix()/60, 10)[1:] }

// introduce hashes what must not be kept and names the claim.
func (s *Store) introduce(a Arrival) Claim {
	c := Claim{Token: newToken(), test: a.Test}
	c.name, c.counted = s.names.message(a.MessageKey)
	if a.OpenID != "" {
		c.pseudonym = s.names.pseudonym(a.OpenID)
	}
	return c
}

// read takes in the script's reply.
func (c *Claim) read(reply []any) error {
	state, _ := reply[0].(int64)
	c.State = State(state)
	switch c.State {
	case Answered:
		text, _ := reply[1].(string)
		c.Stored = parseStored(text)
		return nil
	case Pending:
		return nil
	}
	if c.Carded = true; c.pseudonym == nil {
		return nil
	}
	number, _ := reply[1].(string)
	fresh, _ := reply[2].(int64)
	recent, _ := reply[3].(int64)
	said, _ := reply[4].(string)
	var err error
	if c.Resident, err = strconv.ParseInt(number, 10, 64); err != nil {
		return mistakef("resident number is %q", number)
	}
	carded, _ := reply[5].(int64)
	c.New, c.Recent, c.Carded = fresh == 1, int(recent), carded == 1
	c.Dialogue = readDialogue(said)
	return nil
}

// String is the reply as Redis keeps it: a sign, the card, a zero, the text.
func (s Stored) String() string {
	sign := "-"
	if s.Silent {
		sign = "s"
	}
	return sign + s.Card + "\x00" + s.Text
}

func parseStored(kept string) Stored {
	if kept == "" {
		return Stored{Silent: true}
	}
	card, text, _ := strings.Cut(kept[1:], "\x00")
	return Stored{Text: text, Card: card, Silent: kept[0] == 's'}
}
