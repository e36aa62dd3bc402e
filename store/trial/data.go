package trial

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
)

// data is a miniredis and the deadlines of its keys. The deadlines are kept
// here and not by miniredis, whose time stands still: a key is deleted when it
// is next touched after its deadline, or by a purge, and the journal says so.
type data struct {
	redis     *miniredis.Miniredis
	server    *server.Server
	deadlines map[string]int64 // ms
	mute      *server.Peer     // runs commands whose reply nobody wants
}

func newData() (*data, error) {
	m := miniredis.NewMiniRedis()
	conn, err := m.Dial() // starts it without a listener
	if err != nil {
		return nil, fmt.Errorf("start miniredis: %w", err)
	}
	conn.Close()
	return &data{
		redis: m, server: m.Server(), deadlines: map[string]int64{},
		mute: server.NewPeer(bufio.NewWriter(io.Discard)),
	}, nil
}

func (d *data) close() { d.redis.Close() }

// apply does again what a record says.
func (d *data) apply(r record) {
	d.redis.SetTime(time.UnixMilli(r.at))
	for _, words := range r.commands {
		d.server.Dispatch(d.mute, words)
	}
	for _, e := range r.deadlines {
		d.setDeadline(e.key, e.at)
	}
}

func (d *data) setDeadline(key string, at int64) {
	if at == 0 {
		delete(d.deadlines, key)
		return
	}
	d.deadlines[key] = at
}

// due returns the keys whose deadline has passed, in order.
func (d *data) due(now int64) []string {
	var keys []string
	for key, at := range d.deadlines {
		if at <= now {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// drop deletes keys that are due.
func (d *data) drop(keys []string) {
	for _, key := range keys {
		d.redis.Del(key)
		delete(d.deadlines, key)
	}
}

// folder holds the files of the trial store. journal.N goes on where
// snapshot.N ends; what was before both is deleted when snapshot.N is whole.
type folder struct {
	dir string
	log *slog.Logger
}

func (f folder) snapshot(n int) string { return filepath.Join(f.dir, fmt.Sprintf("snapshot.%08d", n)) }

func (f folder) journal(n int) string { return filepath.Join(f.dir, fmt.Sprintf("journal.%08d", n)) }

// files returns the numbers of the snapshots and journals there are.
func (f folder) files() (snapshots, journals []int, err error) {
	list, err := os.ReadDir(f.dir)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range list {
		kind, digits, _ := strings.Cut(e.Name(), ".")
		n, err := strconv.Atoi(digits)
		switch {
		case err != nil:
		case kind == "snapshot":
			snapshots = append(snapshots, n)
		case kind == "journal":
			journals = append(journals, n)
		}
	}
	slices.Sort(snapshots)
	slices.Sort(journals)
	return snapshots, journals, nil
}

// load reads the last snapshot and the journals from it up to number last (-1:
// all). The tail of the very last journal may be torn and is cut off. It
// returns the number of the last journal, 0 when there is none.
func (f folder) load(last int) (*data, int, error) {
	snapshots, journals, err := f.files()
	if err != nil {
		return nil, 0, fmt.Errorf("read trial store: %w", err)
	}
	d, err := newData()
	if err != nil {
		return nil, 0, err
	}
	from, end := 0, 0
	if len(snapshots) > 0 {
		from = snapshots[len(snapshots)-1]
		end = from
		if err := f.replay(d, f.snapshot(from), false); err != nil {
			d.close()
			return nil, 0, err
		}
	}
	for i, n := range journals {
		if n < from || last >= 0 && n > last {
			continue
		}
		if err := f.replay(d, f.journal(n), last < 0 && i == len(journals)-1); err != nil {
			d.close()
			return nil, 0, err
		}
		end = n
	}
	return d, end, nil
}

// replay applies the records of a file to d.
func (f folder) replay(d *data, name string, mayBeTorn bool) error {
	file, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("read trial store: %w", err)
	}
	defer file.Close()
	in := bufio.NewReaderSize(file, 1<<16)
	var good int64
	for {
		r, size, err := readRecord(in)
		switch {
		case err == io.EOF:
			return nil
		case errors.Is(err, errTorn) && mayBeTorn:
			return f.cut(name, good, err)
		case err != nil:
			return fmt.Errorf("read trial store: %s is damaged after byte %d (%w): restore it from a backup, "+
				"or move the folder away to begin anew", name, good, err)
		}
		d.apply(r)
		good += size
	}
}

// cut shortens a journal to its whole records. What was torn off had not been
// acknowledged.
func (f folder) cut(name string, good int64, why error) error {
	info, err := os.Stat(name)
	if err != nil {
		return fmt.Errorf("cut torn journal: %w", err)
	}
	f.log.Warn("trial store: cut the torn end of the journal",
		"file", filepath.Base(name), "bytes", info.Size()-good, "why", why)
	if err := os.Truncate(name, good); err != nil {
		return fmt.Errorf("cut torn journal: %w", err)
	}
	return nil
}

// clean deletes what snapshot n made superfluous.
func (f folder) clean(n int) error {
	snapshots, journals, err := f.files()
	if err != nil {
		return fmt.Errorf("clean trial store: %w", err)
	}
	var errs []error
	for _, i := range snapshots {
		if i < n {
			errs = append(errs, os.Remove(f.snapshot(i)))
		}
	}
	for _, i := range journals {
		if i < n {
			errs = append(errs, os.Remove(f.journal(i)))
		}
	}
	return errors.Join(errs...)
}
