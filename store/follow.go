package store

import (
	"context"
	"fmt"

	"pufa/bot"
	"pufa/stats"
)

// Follow lets an answer follow the reply to a committed message: it puts its
// dialogue in the place of the one that the message left. It reports false,
// and nothing may be sent, where the resident wrote meanwhile or was forgotten,
// where the dialogue is too old, and where an answer was let through before. On
// an error nothing may be sent either: it may have been done.
func (s *Store) Follow(ctx context.Context, c Claim, left, next bot.Dialogue) (bool, error) {
	if c.pseudonym == nil || c.test {
		return false, nil
	}
	done := 0
	err := s.do(ctx, "let an answer follow", func(ctx context.Context) (err error) {
		done, err = followScript.Run(ctx, s.redis, []string{s.keys.dialogue(c.pseudonym)},
			c.head()+dialogueText(left), c.head()+dialogueText(next), dialogueLife.Milliseconds()).Int()
		return err
	})
	return done == 1, err
}

// head is what a claim writes before the dialogue: another message of the
// resident makes it another one.
func (c Claim) head() string { return c.minute + fmt.Sprintf("%03d", c.Recent) }

// dialogueText is a dialogue as a commit leaves it.
func dialogueText(d bot.Dialogue) string {
	if d.Empty() {
		return ""
	}
	return writeDialogue(d)
}

// CountFollowed counts the answer that followed a message, once. When Redis
// does not take it, it waits in the spool; an error means that it is not
// counted.
func (s *Store) CountFollowed(ctx context.Context, c Claim, e stats.Event) error {
	counted := s.names.hash("followed", string(c.counted))[:len(c.counted)]
	err := s.replayMessage(ctx, counted, []stats.Event{e})
	if err == nil {
		return nil
	}
	if late := s.spool.add(counted, []stats.Event{e}, nil); late != nil {
		return fmt.Errorf("count later answer: %w: %w", err, late)
	}
	return nil
}
