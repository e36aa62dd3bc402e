package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"pufa/content/edit"
	"pufa/staff"
)

var _ edit.Shelf = (*Store)(nil)

// History returns the versions of an entry, the oldest first; an entry that
// nobody edited has none.
func (s *Store) History(ctx context.Context, entry string) (edit.History, error) {
	h := edit.History{Head: edit.Head{Entry: entry}}
	err := s.do(ctx, "read versions", func(ctx context.Context) error {
		// The head first: what is saved in between makes it too old to save on.
		head, err := s.redis.HGet(ctx, s.keys.edits(), entry).Result()
		if errors.Is(err, redis.Nil) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(head), &h.Head); err != nil {
			return mistakef("versions of %s: %v", entry, err)
		}
		all, err := s.redis.HGetAll(ctx, s.keys.edit(entry)).Result()
		if err != nil {
			return err
		}
		for number, text := range all {
			v, err := readVersion(text)
			if err != nil {
				return mistakef("version %s of %s: %v", number, entry, err)
			}
			h.Versions = append(h.Versions, v)
		}
		return nil
	})
	slices.SortFunc(h.Versions, func(a, b edit.Version) int { return cmp.Compare(a.Number, b.Number) })
	return h, err
}

func readVersion(text string) (v edit.Version, err error) {
	err = json.Unmarshal([]byte(text), &v)
	return v, err
}

// Heads returns the entries that have versions, by id.
func (s *Store) Heads(ctx context.Context) ([]edit.Head, error) {
	var list []edit.Head
	err := s.do(ctx, "read edited entries", func(ctx context.Context) error {
		all, err := s.redis.HGetAll(ctx, s.keys.edits()).Result()
		if err != nil {
			return err
		}
		for entry, text := range all {
			var h edit.Head
			if err := json.Unmarshal([]byte(text), &h); err != nil {
				return mistakef("versions of %s: %v", entry, err)
			}
			list = append(list, h)
		}
		return nil
	})
	slices.SortFunc(list, func(a, b edit.Head) int { return strings.Compare(a.Entry, b.Entry) })
	return list, err
}

// Laid returns the released versions by entry, and the version of the library
// that they belong to. One that cannot be read comes without text: no library
// loads with it, so that it is left out and named by whoever lays it.
func (s *Store) Laid(ctx context.Context) (map[string]edit.Version, int64, error) {
	laid := map[string]edit.Version{}
	var version int64
	err := s.do(ctx, "read released entries", func(ctx context.Context) (err error) {
		// The version first: a change in between is seen at the next look.
		if version, err = s.version(ctx); err != nil {
			return err
		}
		all, err := s.redis.HGetAll(ctx, s.keys.released()).Result()
		if err != nil {
			return err
		}
		for entry, text := range all {
			v, err := readVersion(text)
			if err != nil {
				v = edit.Version{Entry: entry}
			}
			laid[entry] = v
		}
		return nil
	})
	return laid, version, err
}

// KeepEdits makes changes with their step of the trail: all of them or none. It
// returns edit.ErrChanged when an entry is not as it was read, and
// edit.ErrMoved when the library's version is not that number; below 0 any is
// right.
func (s *Store) KeepEdits(ctx context.Context, changes []edit.Change, library int64, step staff.Draft) error {
	keys := []string{s.keys.trail(), s.keys.version(), s.keys.edits(), s.keys.released()}
	expected, raise := "", ""
	if library >= 0 {
		expected = strconv.FormatInt(library, 10)
	}
	var args []any
	for _, c := range changes {
		keys = append(keys, s.keys.edit(c.Now.Entry))
		if c.Shows() {
			raise = "1"
		}
		of, err := changeArgs(c)
		if err != nil {
			return fmt.Errorf("keep versions of %s: %w", c.Now.Entry, err)
		}
		args = append(args, of...)
	}
	reply, err := s.chain(ctx, step, func(ctx context.Context, before int64, line []byte) (int, error) {
		return editScript.Run(ctx, s.redis, keys, append([]any{before, line, expected, raise}, args...)...).Int()
	})
	switch {
	case err != nil:
		return err
	case reply == -1:
		return edit.ErrChanged
	case reply == -2:
		return edit.ErrMoved
	}
	return nil
}

// changeArgs are what the script is told of one entry.
func changeArgs(c edit.Change) ([]any, error) {
	was, laid := "", ""
	if c.Was.Changes > 0 {
		text, err := json.Marshal(c.Was)
		if err != nil {
			return nil, err
		}
		was = string(text)
	}
	now, err := json.Marshal(c.Now)
	if err != nil {
		return nil, err
	}
	switch {
	case c.Lay != nil:
		text, err := json.Marshal(c.Lay)
		if err != nil {
			return nil, err
		}
		laid = string(text)
	case c.Shows():
		laid = "-"
	}
	args := []any{c.Now.Entry, was, now, laid, len(c.Put) + len(c.Drop)}
	for _, v := range c.Put {
		text, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		args = append(args, v.Number, text)
	}
	for _, number := range c.Drop {
		args = append(args, number, "")
	}
	return args, nil
}
