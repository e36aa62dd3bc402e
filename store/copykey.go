package store

import (
	"context"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"pufa/backup"
)

// How much of a key is read in one trip.
const (
	bytesPerTrip  = 1 << 20
	fieldsPerTrip = 500
)

// copyKey hands a key to put, piece by piece, and returns how many lines a
// stream had. A key that is gone by now is none.
func (s *Store) copyKey(ctx context.Context, key string, put func(backup.Record) error) (lines int64, err error) {
	name := s.keys.prefix + key
	var kind string
	var left time.Duration
	err = s.do(ctx, "look at key", func(ctx context.Context) (err error) {
		if kind, err = s.redis.Type(ctx, name).Result(); err != nil {
			return err
		}
		left, err = s.redis.PTTL(ctx, name).Result()
		return err
	})
	if err != nil {
		return 0, err
	}
	r := backup.Record{Key: key, Type: kind}
	if left > 0 {
		r.Until = s.now().Add(left).UTC()
	}
	p := piece{s: s, ctx: ctx, name: name, put: func(values [][]byte) error {
		r.Values = values
		return put(r)
	}}
	switch kind {
	case "string":
		return 0, p.text()
	case "hash":
		return 0, p.scanned(func(ctx context.Context, cursor uint64) ([]string, uint64, error) {
			return s.redis.HScan(ctx, name, cursor, "", fieldsPerTrip).Result()
		})
	case "set":
		return 0, p.scanned(func(ctx context.Context, cursor uint64) ([]string, uint64, error) {
			return s.redis.SScan(ctx, name, cursor, "", fieldsPerTrip).Result()
		})
	case "zset":
		return 0, p.scanned(func(ctx context.Context, cursor uint64) ([]string, uint64, error) {
			return s.redis.ZScan(ctx, name, cursor, "", fieldsPerTrip).Result()
		})
	case "list":
		return 0, p.list()
	case "stream":
		return p.stream()
	case "none":
		return 0, nil
	}
	return 0, mistakef("a %s cannot be backed up", kind)
}

// piece reads one key and hands it over in pieces.
type piece struct {
	s    *Store
	ctx  context.Context
	name string
	put  func([][]byte) error
}

func (p piece) do(call func(context.Context) error) error { return p.s.do(p.ctx, "read key", call) }

// text reads a string, however long, a megabyte at a time.
func (p piece) text() error {
	for at := int64(0); ; at += bytesPerTrip {
		var part []byte
		err := p.do(func(ctx context.Context) (err error) {
			part, err = p.s.redis.GetRange(ctx, p.name, at, at+bytesPerTrip-1).Bytes()
			return err
		})
		if err != nil || len(part) == 0 {
			return err
		}
		if err := p.put([][]byte{part}); err != nil {
			return err
		}
		if len(part) < bytesPerTrip {
			return nil
		}
	}
}

func (p piece) scanned(page func(ctx context.Context, cursor uint64) ([]string, uint64, error)) error {
	var cursor uint64
	for {
		var found []string
		err := p.do(func(ctx context.Context) (err error) {
			found, cursor, err = page(ctx, cursor)
			return err
		})
		if err != nil {
			return err
		}
		if len(found) > 0 {
			if err := p.put(raw(found)); err != nil {
				return err
			}
		}
		if cursor == 0 {
			return nil
		}
	}
}

func (p piece) list() error {
	for at := int64(0); ; at += fieldsPerTrip {
		var page []string
		err := p.do(func(ctx context.Context) (err error) {
			page, err = p.s.redis.LRange(ctx, p.name, at, at+fieldsPerTrip-1).Result()
			return err
		})
		if err != nil || len(page) == 0 {
			return err
		}
		if err := p.put(raw(page)); err != nil {
			return err
		}
	}
}

// stream reads a stream up to the line that is the last when it begins.
func (p piece) stream() (lines int64, err error) {
	var end []redis.XMessage
	err = p.do(func(ctx context.Context) (err error) {
		end, err = p.s.redis.XRevRangeN(ctx, p.name, "+", "-", 1).Result()
		return err
	})
	if err != nil || len(end) == 0 {
		return 0, err
	}
	from := "-"
	for {
		var page []redis.XMessage
		err := p.do(func(ctx context.Context) (err error) {
			page, err = p.s.redis.XRangeN(ctx, p.name, from, end[0].ID, fieldsPerTrip).Result()
			return err
		})
		if err != nil || len(page) == 0 {
			return lines, err
		}
		lines += int64(len(page))
		if err := p.put(streamValues(page)); err != nil {
			return lines, err
		}
		from = "(" + page[len(page)-1].ID
	}
}

// streamValues are id, count of fields, fields and values of each line. The
// program's streams have one field, so that no order is lost in the map.
func streamValues(page []redis.XMessage) (values [][]byte) {
	for _, m := range page {
		values = append(values, []byte(m.ID), []byte(strconv.Itoa(len(m.Values))))
		for field, value := range m.Values {
			text, _ := value.(string)
			values = append(values, []byte(field), []byte(text))
		}
	}
	return values
}

func raw(texts []string) [][]byte {
	out := make([][]byte, len(texts))
	for i, text := range texts {
		out[i] = []byte(text)
	}
	return out
}
