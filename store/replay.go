package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"pufa/bot"
	"pufa/stats"
	"pufa/store/lock"
)

// CommitLater lets a reply wait to whose message Redis could not be asked. A
// repeated delivery to this process gets the same reply and is counted once.
func (s *Store) CommitLater(ctx context.Context, a Arrival, r Result) error {
	return s.later(s.introduce(a), r)
}

// later puts a commit into the spool, and its reply into memory.
func (s *Store) later(c Claim, r Result) error {
	r = r.keptOf(&c)
	if len(r.Events) > 0 {
		if err := r.day(); err != nil {
			return fmt.Errorf("commit message later: %w", err)
		}
	}
	if !s.memory.put(c.name, r.Stored, s.now()) {
		return nil
	}
	who := residentOf(c, r)
	if len(r.Events) == 0 && who == nil {
		return nil
	}
	if err := s.spool.add(c.counted, r.Events, who); err != nil {
		return fmt.Errorf("commit message later: %w", err)
	}
	if s.chores.due("warn of spool", s.now()) {
		s.log.Warn("redis is unavailable, counts wait in the spool")
	}
	return nil
}

// keptOf returns what may be kept of r: of a crisis nothing about the person,
// of a test resident no figure.
func (r Result) keptOf(c *Claim) Result {
	if r.crisis() {
		c.pseudonym, r.Action, r.Dialogue, r.Gap = nil, bot.NoAction, bot.Dialogue{}, GapText{}
	}
	if c.test {
		r.Events, r.Gap = nil, GapText{}
	}
	r.Events = slices.DeleteFunc(slices.Clone(r.Events), stats.Event.IsTest)
	return r
}

// Replay counts what waits in the spool of this process and of those that
// died. It stops at the first sign that Redis is away; what was counted by
// then is not counted again by the next Replay.
func (s *Store) Replay(ctx context.Context) error {
	s.spool.mu.Lock()
	defer s.spool.mu.Unlock()
	if s.spool.dir == "" {
		return nil
	}
	for n := 1; n <= maxSpools; n++ {
		if _, err := os.Stat(s.spool.path(n, "lock")); err != nil {
			continue
		}
		if err := s.replaySpool(ctx, n); err != nil {
			return fmt.Errorf("replay spool: %w", err)
		}
	}
	return nil
}

// replaySpool replays spool n, unless a living process other than this one
// holds it.
func (s *Store) replaySpool(ctx context.Context, n int) error {
	if s.spool.held == nil || s.spool.own != n {
		held, err := s.spool.take(n)
		if errors.Is(err, lock.ErrHeld) {
			return nil
		}
		if err != nil {
			return err
		}
		defer held.Close()
	}
	for _, name := range []string{eventsFile, crisisFile} {
		if err := s.replayEvents(ctx, s.spool.path(n, name)); err != nil {
			return err
		}
	}
	if err := s.replayResidents(ctx, s.spool.path(n, "residents")); err != nil {
		return err
	}
	if s.spool.held != nil && s.spool.own == n {
		return s.spool.count()
	}
	return nil
}

// replayEvents counts the lines of a file and deletes it.
func (s *Store) replayEvents(ctx context.Context, name string) error {
	text, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read spool: %w", err)
	}
	replayed, torn := 0, 0
	for line := range strings.Lines(string(text)) {
		if line == "\n" {
			continue
		}
		counted, events, err := parseSpoolLine(strings.TrimSuffix(line, "\n"))
		if err != nil {
			torn++
			continue
		}
		if err := s.replayMessage(ctx, counted, events); err != nil {
			return err
		}
		replayed++
	}
	s.log.Info("spool was replayed", "lines", replayed, "torn", torn)
	if err := os.Remove(name); err != nil {
		return fmt.Errorf("empty spool: %w", err)
	}
	return nil
}

func (s *Store) replayMessage(ctx context.Context, counted []byte, events []stats.Event) error {
	first := events[0]
	var c call
	c.key(s.keys.counted(first.Day()))
	s.countKeys(&c, first)
	c.arg(counted, countedFor(first.At, s.now()).Milliseconds())
	c.count(events)
	return s.do(ctx, "count spooled message", func(ctx context.Context) error {
		return replayScript.Run(ctx, s.redis, c.keys, c.args...).Err()
	})
}

// replayResidents does what waits for residents and deletes the file.
func (s *Store) replayResidents(ctx context.Context, name string) error {
	file, err := openSlots(name)
	if err != nil || file.used == 0 {
		return errors.Join(err, file.remove())
	}
	err = file.each(func(at int64, who resident) error {
		if err := s.replayResident(ctx, who); err != nil {
			return err
		}
		return file.clear(at)
	})
	if err != nil {
		return err
	}
	return file.remove()
}

func (s *Store) replayResident(ctx context.Context, who resident) error {
	if who.marks&(markForget|markUnfollow) != 0 {
		if err := s.dropRow(ctx, who.pseudonym[:]); err != nil {
			return err
		}
		if err := s.forgetTickets(ctx, who.pseudonym[:]); err != nil {
			return err
		}
	}
	month := strconv.FormatUint(uint64(who.month), 10)
	year := month
	if len(month) == 6 {
		year = month[:4]
	}
	keys := []string{
		s.keys.residents(), s.keys.next(), s.keys.bits(month), s.keys.bits(year),
		s.keys.optout(), s.keys.followers(), s.keys.dialogue(who.pseudonym[:]), s.allowanceKey(who.pseudonym[:]),
	}
	args := []any{
		who.pseudonym[:], flag(who.marks&markWrote != 0),
		either(who.marks, markOptOut, markOptIn), either(who.marks, markFollow, markUnfollow),
		flag(who.marks&markForget != 0),
	}
	return s.do(ctx, "mark spooled resident", func(ctx context.Context) error {
		return residentScript.Run(ctx, s.redis, keys, args...).Err()
	})
}

// dropRow deletes a person's openid from the list of followers. It is done
// before the person is forgotten: then nobody knows whose row it is.
func (s *Store) dropRow(ctx context.Context, pseudonym []byte) error {
	number, err := s.numberOf(ctx, pseudonym)
	if err != nil || number == 0 {
		return err
	}
	return s.DropFollowers(ctx, []int64{number})
}

// either is 1, 0 or "" for neither.
func either(marks, yes, no byte) string {
	switch {
	case marks&yes != 0:
		return "1"
	case marks&no != 0:
		return "0"
	}
	return ""
}
