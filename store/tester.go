package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"pufa/staff"
)

var _ staff.Testers = (*Store)(nil)

// TesterMark is the 16 bytes under which a person is kept as a test account.
// They are not those by which residents are known: nothing joins the two.
func (s *Store) TesterMark(openID string) string {
	return string(s.names.hash("test account", openID)[:16])
}

// TesterMarks returns all test accounts by their marks.
func (s *Store) TesterMarks(ctx context.Context) (map[string]staff.Tester, error) {
	kept, err := s.testers(ctx)
	if err != nil {
		return nil, err
	}
	marks := make(map[string]staff.Tester, len(kept))
	for mark, text := range kept {
		var t staff.Tester
		if err := json.Unmarshal([]byte(text), &t); err != nil {
			return nil, mistakef("a test account cannot be read: %v", err)
		}
		marks[mark] = t
	}
	return marks, nil
}

func (s *Store) testers(ctx context.Context) (kept map[string]string, err error) {
	err = s.do(ctx, "read test accounts", func(ctx context.Context) (err error) {
		kept, err = s.redis.HGetAll(ctx, s.keys.testers()).Result()
		return err
	})
	return kept, err
}

// Testers returns all test accounts, in no order.
func (s *Store) Testers(ctx context.Context) (list []staff.Tester, err error) {
	marks, err := s.TesterMarks(ctx)
	for _, t := range marks {
		list = append(list, t)
	}
	return list, err
}

// PutTestCode keeps the code of an account in place of the one before, for
// staff.TestCodeLife; of the code itself only a keyed hash.
func (s *Store) PutTestCode(ctx context.Context, code, of string) error {
	now, done := s.now(), 0
	args := []any{of, s.testCode(code), now.Add(staff.TestCodeLife).UnixMilli(), now.UnixMilli(), staff.TestCodeLife.Milliseconds(), staff.MaxTesters}
	err := s.do(ctx, "keep test code", func(ctx context.Context) (err error) {
		done, err = testCodeScript.Run(ctx, s.redis, []string{s.keys.testCodes()}, args...).Int()
		return err
	})
	if err == nil && done == 0 {
		err = fmt.Errorf("keep test code: %w", staff.ErrTesters)
	}
	return err
}

func (s *Store) testCode(code string) string { return string(s.names.hash("test code", code)[:16]) }

// BindTester makes a person the test account of whoever made the code, which
// is used up, and returns the person's mark and what is kept. The number that
// the person had as a resident is forgotten; what was counted stays. It returns
// staff.ErrTestCode or staff.ErrTesters.
func (s *Store) BindTester(ctx context.Context, code, openID string) (mark string, t staff.Tester, err error) {
	hash := s.testCode(code)
	was, of, err := s.testCodeOf(ctx, hash)
	if err != nil {
		return "", t, err
	}
	mark = s.TesterMark(openID)
	if err := s.roomForTester(ctx, mark, of); err != nil {
		return "", t, err
	}
	t = staff.Tester{ID: newTesterID(), Of: of, At: s.now().UTC().Truncate(time.Second)}
	text, err := json.Marshal(t)
	if err != nil {
		return "", t, fmt.Errorf("bind test account: %w", err)
	}
	pseudonym := s.names.pseudonym(openID)
	number, err := s.numberOf(ctx, pseudonym)
	if err != nil {
		return "", t, err
	}
	keys := []string{s.keys.trail(), s.keys.testCodes(), s.keys.testers(), s.keys.residents()}
	if number > 0 {
		keys = append(keys, s.keys.followers(), s.keys.optout(), s.keys.follower(number), s.allowanceKey(pseudonym))
	}
	step := staff.Draft{At: t.At, Who: of, Did: "bind test account", What: t.ID}
	reply, err := s.chain(ctx, step, func(ctx context.Context, before int64, line []byte) (int, error) {
		return testBindScript.Run(ctx, s.redis, keys, before, line, hash, was, mark, text, pseudonym, number, staff.MaxTesters).Int()
	})
	switch {
	case err == nil && reply == -1:
		err = fmt.Errorf("bind test account: %w", staff.ErrTestCode)
	case err == nil && reply == -2:
		err = fmt.Errorf("bind test account: %w", staff.ErrTesters)
	}
	return mark, t, err
}

// testCodeOf reads what is kept of a code, and whose it is.
func (s *Store) testCodeOf(ctx context.Context, hash string) (was, of string, err error) {
	err = s.do(ctx, "read test code", func(ctx context.Context) (err error) {
		if was, err = s.redis.HGet(ctx, s.keys.testCodes(), hash).Result(); errors.Is(err, redis.Nil) {
			return nil
		}
		return err
	})
	if err != nil {
		return "", "", err
	}
	ends, of, _ := strings.Cut(was, " ")
	if ms, bad := strconv.ParseInt(ends, 10, 64); bad != nil || s.now().UnixMilli() >= ms {
		return "", "", fmt.Errorf("bind test account: %w", staff.ErrTestCode)
	}
	return was, of, nil
}

// roomForTester refuses one too many.
func (s *Store) roomForTester(ctx context.Context, mark, of string) error {
	marks, err := s.TesterMarks(ctx)
	if err != nil {
		return err
	}
	var others []staff.Tester
	for m, t := range marks {
		if m != mark { // the same person once more takes no room
			others = append(others, t)
		}
	}
	if staff.Full(others, of) {
		return fmt.Errorf("bind test account: %w", staff.ErrTesters)
	}
	return nil
}

// newTesterID names a test account to staff.
func newTesterID() string {
	var b [4]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}

// DropTester makes a test account a resident's again, with its step of the
// trail, or returns staff.ErrNoTester.
func (s *Store) DropTester(ctx context.Context, id string, step staff.Draft) error {
	kept, err := s.testers(ctx)
	if err != nil {
		return err
	}
	for mark, text := range kept {
		var t staff.Tester
		if json.Unmarshal([]byte(text), &t) != nil || t.ID != id {
			continue
		}
		keys := []string{s.keys.trail(), s.keys.testers()}
		reply, err := s.chain(ctx, step, func(ctx context.Context, before int64, line []byte) (int, error) {
			return testDropScript.Run(ctx, s.redis, keys, before, line, mark, text).Int()
		})
		if err == nil && reply < 0 {
			err = staff.ErrNoTester
		}
		return err
	}
	return staff.ErrNoTester
}
