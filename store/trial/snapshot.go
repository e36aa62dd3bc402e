package trial

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/alicebob/miniredis/v2"
)

// perRecord is how many fields, members or lines go into one record.
const perRecord = 256

// save writes d as snapshot n: a journal of the fewest commands that make it.
// It stands under its name only when it is whole and on the disk.
func (f folder) save(d *data, n int, at int64) error {
	temp := f.snapshot(n) + ".tmp"
	file, err := os.OpenFile(temp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	w := &writer{out: bufio.NewWriterSize(file, 1<<16), at: at}
	err = w.all(d)
	err = errors.Join(err, w.out.Flush(), file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(temp, f.snapshot(n))
	}
	if err != nil {
		os.Remove(temp)
		return fmt.Errorf("write snapshot: %w", err)
	}
	return syncDir(f.dir)
}

// syncDir makes a rename last. Not every system can sync a folder.
func syncDir(dir string) error {
	d, err := os.Open(filepath.Clean(dir))
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	_ = d.Sync()
	return d.Close()
}

// writer writes keys as records.
type writer struct {
	out *bufio.Writer
	at  int64
	buf []byte
}

func (w *writer) write(commands [][]string, deadlines ...deadline) error {
	r := record{at: w.at, commands: commands, deadlines: deadlines}
	w.buf = r.append(w.buf[:0])
	_, err := w.out.Write(w.buf)
	return err
}

func (w *writer) all(d *data) error {
	for _, key := range d.redis.Keys() {
		if err := w.key(d.redis, key); err != nil {
			return fmt.Errorf("key of type %s: %w", d.redis.Type(key), err)
		}
		if at, ok := d.deadlines[key]; ok {
			if err := w.write(nil, deadline{key, at}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *writer) key(m *miniredis.Miniredis, key string) error {
	switch kind := m.Type(key); kind {
	case "string":
		value, err := m.Get(key)
		if err != nil {
			return err
		}
		return w.write([][]string{{"SET", key, value}})
	case "hash":
		return w.hash(m, key)
	case "set":
		members, err := m.Members(key)
		if err != nil {
			return err
		}
		return w.words("SADD", key, members)
	case "list":
		items, err := m.List(key)
		if err != nil {
			return err
		}
		return w.words("RPUSH", key, items)
	case "zset":
		return w.sorted(m, key)
	case "stream":
		return w.stream(m, key)
	default:
		return fmt.Errorf("the snapshot cannot hold a %s", kind)
	}
}

func (w *writer) hash(m *miniredis.Miniredis, key string) error {
	fields, err := m.HKeys(key)
	if err != nil {
		return err
	}
	words := make([]string, 0, 2*len(fields))
	for _, f := range fields {
		words = append(words, f, m.HGet(key, f))
	}
	return w.words("HSET", key, words)
}

func (w *writer) sorted(m *miniredis.Miniredis, key string) error {
	scores, err := m.SortedSet(key)
	if err != nil {
		return err
	}
	words := make([]string, 0, 2*len(scores))
	for member, score := range scores {
		words = append(words, strconv.FormatFloat(score, 'g', 17, 64), member)
	}
	return w.words("ZADD", key, words)
}

// words writes a command with its words, some at a time; perRecord is even,
// so that pairs stay together.
func (w *writer) words(command, key string, words []string) error {
	for chunk := range slices.Chunk(words, perRecord) {
		if err := w.write([][]string{append([]string{command, key}, chunk...)}); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) stream(m *miniredis.Miniredis, key string) error {
	entries, err := m.Stream(key)
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(entries, perRecord) {
		commands := make([][]string, 0, len(chunk))
		for _, e := range chunk {
			commands = append(commands, append([]string{"XADD", key, e.ID}, e.Values...))
		}
		if err := w.write(commands); err != nil {
			return err
		}
	}
	return nil
}
