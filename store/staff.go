package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"pufa/content/edit"
	"pufa/staff"
)

// maxTrailTries is how often a step is made anew because another one was kept
// meanwhile.
const maxTrailTries = 20

// Account returns the account of a name, or staff.ErrUnknown.
func (s *Store) Account(ctx context.Context, name string) (staff.Account, error) {
	var a staff.Account
	unknown := false
	err := s.do(ctx, "read account", func(ctx context.Context) error {
		text, err := s.redis.HGet(ctx, s.keys.accounts(), name).Result()
		if unknown = errors.Is(err, redis.Nil); unknown {
			return nil
		}
		if err != nil {
			return err
		}
		return s.readAccount(name, text, &a)
	})
	if unknown {
		err = staff.ErrUnknown
	}
	return a, err
}

// Accounts returns all accounts, by name.
func (s *Store) Accounts(ctx context.Context) ([]staff.Account, error) {
	var list []staff.Account
	err := s.do(ctx, "read accounts", func(ctx context.Context) error {
		all, err := s.redis.HGetAll(ctx, s.keys.accounts()).Result()
		if err != nil {
			return err
		}
		for name, text := range all {
			var a staff.Account
			if err := s.readAccount(name, text, &a); err != nil {
				return err
			}
			list = append(list, a)
		}
		return nil
	})
	slices.SortFunc(list, func(a, b staff.Account) int { return strings.Compare(a.Name, b.Name) })
	return list, err
}

func (s *Store) readAccount(name, text string, into *staff.Account) error {
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return mistakef("account %s cannot be read", name) // the error would show the hash
	}
	if into.Code == "" {
		return nil
	}
	sealed, err := base64.StdEncoding.DecodeString(into.Code)
	if err == nil {
		into.Code, err = s.names.unsealFor(codeSeal, string(sealed))
	}
	if err != nil {
		return mistakef("the one-time codes of account %s were sealed under another secret", name)
	}
	return nil
}

// codeSeal is what the secrets of one-time codes are sealed for: what Redis
// holds, and a copy of it, makes no code.
const codeSeal = "code key"

func (s *Store) writeAccount(a staff.Account) (string, error) {
	if a.Code != "" {
		sealed, err := s.names.sealFor(codeSeal, a.Code)
		if err != nil {
			return "", err
		}
		a.Code = base64.StdEncoding.EncodeToString([]byte(sealed))
	}
	text, err := json.Marshal(a)
	if err != nil {
		return "", fmt.Errorf("keep account %s: %w", a.Name, err)
	}
	return string(text), nil
}

// PutAccount keeps an account with its step of the trail. With create a name
// that is taken is staff.ErrExists.
func (s *Store) PutAccount(ctx context.Context, a staff.Account, create bool, step staff.Draft) error {
	text, err := s.writeAccount(a)
	if err != nil {
		return err
	}
	return s.record(ctx, step, deed{account: a.Name, text: text, create: create})
}

// Change keeps what change makes of an account, with its step of the trail,
// unless another step was kept since the accounts were read: then it asks
// again. Every change of an account leaves a step, so that what change saw of
// all accounts still holds.
func (s *Store) Change(ctx context.Context, name string, change func(now staff.Account, all []staff.Account) (staff.Account, staff.Draft, error)) error {
	for range maxTrailTries {
		last, err := s.lastStep(ctx)
		if err != nil {
			return err
		}
		all, err := s.Accounts(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(a staff.Account) bool { return a.Name == name })
		if i < 0 {
			return staff.ErrUnknown
		}
		is, step, err := change(all[i], all)
		if err != nil {
			return err
		}
		if done, err := s.putAfter(ctx, last, is, step); err != nil || done {
			return err
		}
	}
	return fmt.Errorf("change account %s: %d others came between, try again", name, maxTrailTries)
}

// putAfter keeps an account with the step behind last, or reports that last is
// not the last one any more.
func (s *Store) putAfter(ctx context.Context, last staff.Step, a staff.Account, step staff.Draft) (done bool, err error) {
	text, err := s.writeAccount(a)
	if err != nil {
		return false, err
	}
	line, err := json.Marshal(step.After(last))
	if err != nil {
		return false, fmt.Errorf("keep step of the trail: %w", err)
	}
	keys := []string{s.keys.trail(), s.keys.accounts(), s.keys.approved(), s.keys.version()}
	err = s.do(ctx, "keep account", func(ctx context.Context) error {
		reply, err := staffScript.Run(ctx, s.redis, keys, last.N, line, a.Name, text, "", 0).Int()
		done = reply == 1
		return err
	})
	return done, err
}

// Record keeps a step of the trail.
func (s *Store) Record(ctx context.Context, step staff.Draft) error {
	return s.record(ctx, step, deed{})
}

// Approve keeps approvals with their step of the trail: all of them or none.
// A nil approval withdraws one.
func (s *Store) Approve(ctx context.Context, approvals map[string]*edit.Approval, step staff.Draft) error {
	d := deed{approvals: map[string]string{}}
	for entry, a := range approvals {
		if a == nil {
			d.approvals[entry] = ""
			continue
		}
		text, err := json.Marshal(a)
		if err != nil {
			return fmt.Errorf("keep approval of %s: %w", entry, err)
		}
		d.approvals[entry] = string(text)
	}
	return s.record(ctx, step, d)
}

// deed is what a step of the trail is about.
type deed struct {
	account, text string
	create        bool
	approvals     map[string]string // entry -> approval as JSON, empty: withdrawn
}

// record keeps a step and what it is about.
func (s *Store) record(ctx context.Context, step staff.Draft, d deed) error {
	create := ""
	if d.create {
		create = "1"
	}
	args := []any{d.account, d.text, create, len(d.approvals)}
	for _, entry := range slices.Sorted(maps.Keys(d.approvals)) {
		args = append(args, entry, d.approvals[entry])
	}
	keys := []string{s.keys.trail(), s.keys.accounts(), s.keys.approved(), s.keys.version()}
	reply, err := s.chain(ctx, step, func(ctx context.Context, before int64, line []byte) (int, error) {
		return staffScript.Run(ctx, s.redis, keys, append([]any{before, line}, args...)...).Int()
	})
	if err == nil && reply < 0 {
		err = fmt.Errorf("%w: %s", staff.ErrExists, d.account)
	}
	return err
}

// chain appends a step behind the last one, with what try keeps beside it; when
// another came between (try returns 0) it is made anew, so that the sums stay a
// chain. It returns what try did, which is not 0.
func (s *Store) chain(ctx context.Context, step staff.Draft, try func(ctx context.Context, before int64, line []byte) (int, error)) (int, error) {
	for range maxTrailTries {
		last, err := s.lastStep(ctx)
		if err != nil {
			return 0, err
		}
		line, err := json.Marshal(step.After(last))
		if err != nil {
			return 0, fmt.Errorf("keep step of the trail: %w", err)
		}
		reply := 0
		err = s.do(ctx, "keep step of the trail", func(ctx context.Context) (err error) {
			reply, err = try(ctx, last.N, line)
			return err
		})
		if err != nil || reply != 0 {
			return reply, err
		}
	}
	return 0, fmt.Errorf("keep step of the trail: %d others came between, try again", maxTrailTries)
}

func (s *Store) lastStep(ctx context.Context) (last staff.Step, err error) {
	err = s.do(ctx, "read trail", func(ctx context.Context) error {
		lines, err := s.redis.XRevRangeN(ctx, s.keys.trail(), "+", "-", 1).Result()
		if err != nil || len(lines) == 0 {
			return err
		}
		return readStep(lines[0], &last)
	})
	return last, err
}

func readStep(line redis.XMessage, into *staff.Step) error {
	text, _ := line.Values["e"].(string)
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return mistakef("line %s of the trail cannot be read: %v", line.ID, err)
	}
	return nil
}

// Trail calls line with every step, in order, and stops at the first error
// that line returns.
func (s *Store) Trail(ctx context.Context, line func(staff.Step) error) error {
	from := "-"
	for {
		var page []redis.XMessage
		err := s.do(ctx, "read trail", func(ctx context.Context) (err error) {
			page, err = s.redis.XRangeN(ctx, s.keys.trail(), from, "+", linesPerTrip).Result()
			return err
		})
		if err != nil {
			return err
		}
		for _, m := range page {
			var step staff.Step
			if err := readStep(m, &step); err != nil {
				return err
			}
			if err := line(step); err != nil {
				return err
			}
		}
		if len(page) < linesPerTrip {
			return nil
		}
		from = "(" + page[len(page)-1].ID
	}
}
