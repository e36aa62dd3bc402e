package store

import (
	"context"
	"encoding/json"
	"fmt"

	"pufa/staff"
	"pufa/stats"
)

// Activities returns the register of activities, read from its first line.
func (s *Store) Activities(ctx context.Context) (*stats.Register, error) {
	r := &stats.Register{}
	err := s.readStream(ctx, s.keys.activities(), func(text string) error {
		var l stats.ActivityLine
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			return mistakef("register of activities: %v", err)
		}
		return r.Add(l)
	})
	if err != nil {
		return nil, fmt.Errorf("read activities: %w", err)
	}
	return r, nil
}

// KeepActivity appends the line that make makes to the register, with its step
// of the trail, both or neither, and returns it. When another line came
// between, make is asked again over the register as it is then; its error ends
// the work.
func (s *Store) KeepActivity(ctx context.Context, make func(*stats.Register) (stats.ActivityLine, error)) (stats.ActivityLine, error) {
	for range maxTrailTries {
		line, done, err := s.tryActivity(ctx, make)
		if err != nil || done {
			return line, err
		}
	}
	return stats.ActivityLine{}, fmt.Errorf("keep activity: %d others came between, try again", maxTrailTries)
}

func (s *Store) tryActivity(ctx context.Context, make func(*stats.Register) (stats.ActivityLine, error)) (line stats.ActivityLine, done bool, err error) {
	// The trail first: whoever writes between the two raises its number.
	last, err := s.lastStep(ctx)
	if err != nil {
		return line, false, err
	}
	register, err := s.Activities(ctx)
	if err != nil {
		return line, false, err
	}
	if line, err = make(register); err != nil {
		return line, false, err
	}
	step, err := json.Marshal(stepOf(line).After(last))
	if err != nil {
		return line, false, fmt.Errorf("keep step of the trail: %w", err)
	}
	text, err := json.Marshal(line)
	if err != nil {
		return line, false, fmt.Errorf("keep activity: %w", err)
	}
	reply := 0
	err = s.do(ctx, "keep activity", func(ctx context.Context) (err error) {
		keys := []string{s.keys.trail(), s.keys.activities()}
		reply, err = activityScript.Run(ctx, s.redis, keys, last.N, step, register.Lines(), text).Int()
		return err
	})
	return line, reply == 1, err
}

// stepOf is what the trail says of a line: whose, what and to which activity,
// not its content, which the register keeps.
func stepOf(l stats.ActivityLine) staff.Draft {
	return staff.Draft{
		At: l.At, Who: l.By, Did: l.Did + " activity", What: fmt.Sprint(l.Of), Note: fmt.Sprintf("line %d", l.N),
	}
}
