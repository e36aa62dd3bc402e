package trial

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2/server"

	"pufa/store/lock"
)

// When the journal is folded: when it is so long, or when something on the
// disk has expired and the last fold is so far back.
const (
	foldBytes = 4 << 20
	foldEvery = 2 * time.Minute
	mendEvery = 5 * time.Second // a journal that could not be written
)

// host holds the data. Commands run one at a time, and what each did is
// written to the journal before its reply is sent.
type host struct {
	files folder
	now   func() time.Time
	log   *slog.Logger
	lock  io.Closer

	mu       sync.Mutex // of what follows, and of the data
	data     *data
	journal  *os.File
	number   int   // of the journal
	size     int64 // of the journal
	dirty    bool  // written since the last sync
	stale    bool  // something on the disk has expired
	folded   time.Time
	broken   error // the journal could not be written: no more writes
	doing    record
	touched  []string
	internal bool // a command of our own, not to be journalled
	buf      []byte

	folding  sync.Mutex
	conns    connections
	listener net.Listener
}

// openHost takes the lock of the data folder, reads the data and listens on
// the socket. It returns lock.ErrHeld when another process has the lock.
func openHost(dir string, now func() time.Time, log *slog.Logger) (*host, error) {
	held, err := lock.Take(filepath.Join(dir, "redis.lock"))
	if err != nil {
		return nil, err
	}
	h := &host{files: folder{filepath.Join(dir, "trial"), log}, now: now, log: log, lock: held, folded: now()}
	if err := h.start(dir); err != nil {
		return nil, errors.Join(err, h.close())
	}
	return h, nil
}

func (h *host) start(dir string) error {
	d, number, err := h.files.load(-1)
	if err != nil {
		return err
	}
	h.data, h.number = d, number
	if h.stale = len(d.due(h.now().UnixMilli())) > 0; h.stale {
		h.folded = time.Time{} // fold at the first tick: it should long be gone from the disk
	}
	if err := h.openJournal(); err != nil {
		return err
	}
	d.server.SetPreHook(h.before)
	if h.listener, err = listenSocket(dir); err != nil {
		return err
	}
	h.conns.accept(h.listener, h.serve)
	return nil
}

func (h *host) openJournal() error {
	file, err := os.OpenFile(h.files.journal(h.number), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open journal: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		return errors.Join(fmt.Errorf("open journal: %w", err), file.Close())
	}
	h.journal, h.size = file, info.Size()
	return nil
}

// run does one command and leaves its reply in out.
func (h *host) run(c *server.Peer, words []string, out *bytes.Buffer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.now()
	h.begin(now)
	start := out.Len()
	h.data.redis.SetTime(now)
	h.data.server.Dispatch(c, words)
	c.Flush()
	h.settle()
	if err := h.write(); err != nil {
		out.Truncate(start)
		reason := strings.ReplaceAll(err.Error(), "\n", "; ") // one line is one reply
		fmt.Fprintf(out, "-MISCONF trial store cannot write its journal: %s\r\n", reason)
	}
}

func (h *host) begin(now time.Time) {
	h.doing = record{at: now.UnixMilli(), commands: h.doing.commands[:0], deadlines: h.doing.deadlines[:0]}
	h.touched = h.touched[:0]
}

// before is called by miniredis for every command, those of a script too. It
// lets no expired key be seen and notes what is going to be written. It
// returns true when the command is refused.
func (h *host) before(c *server.Peer, command string, args ...string) bool {
	if h.internal {
		return false
	}
	what, ok := commands[command]
	switch {
	case !ok:
		c.WriteError("ERR trial store: " + command + " is not among its commands")
		return true
	case what == switches && (len(args) != 1 || args[0] != "0"):
		c.WriteError("ERR trial store: there is only database 0")
		return true
	case (what == writes || what == deletes) && h.broken != nil:
		c.WriteError("MISCONF trial store cannot write its journal: " + h.broken.Error())
		return true
	case what == runs, what == session, what == switches:
		return false
	case what == survey:
		for _, key := range h.data.due(h.doing.at) {
			h.refresh(c, key)
		}
		return false
	}
	for _, arg := range args {
		h.refresh(c, arg)
	}
	switch {
	case what == writes && len(args) > 0:
		h.touched = append(h.touched, args[0])
	case what == deletes:
		h.touched = append(h.touched, args...)
	default:
		return false
	}
	h.doing.commands = append(h.doing.commands, append([]string{command}, args...))
	return false
}

// refresh deletes key if its deadline has passed, and otherwise tells
// miniredis how long it still lives.
func (h *host) refresh(c *server.Peer, key string) {
	at, ok := h.data.deadlines[key]
	if !ok {
		return
	}
	if at <= h.doing.at {
		h.inside(c, "DEL", key)
		delete(h.data.deadlines, key)
		h.doing.commands = append(h.doing.commands, []string{"DEL", key})
		h.doing.deadlines = append(h.doing.deadlines, deadline{key, 0})
		h.stale = true
		return
	}
	h.inside(c, "PEXPIRE", key, strconv.FormatInt(at-h.doing.at, 10))
}

// inside runs a command of our own where c's command is about to run.
func (h *host) inside(c *server.Peer, words ...string) {
	h.internal = true
	defer func() { h.internal = false }()
	h.data.mute.Ctx = c.Ctx // in a script: miniredis is locked already
	h.data.server.Dispatch(h.data.mute, words)
	h.data.mute.Ctx = nil
	h.data.mute.Flush()
}

// settle notes the deadlines of the keys that were written.
func (h *host) settle() {
	for _, key := range h.touched {
		var at int64
		if left := h.data.redis.TTL(key); left > 0 {
			at = h.doing.at + left.Milliseconds()
		}
		if h.data.deadlines[key] != at {
			h.data.setDeadline(key, at)
			h.doing.deadlines = append(h.doing.deadlines, deadline{key, at})
		}
	}
}

// write puts what was done into the journal. A journal that cannot be written
// takes no more until a fold has begun a new one.
func (h *host) write() error {
	if h.doing.empty() {
		return nil
	}
	if h.broken != nil {
		return h.broken
	}
	h.buf = h.doing.append(h.buf[:0])
	if _, err := h.journal.Write(h.buf); err != nil {
		h.broken = err
		h.log.Error("trial store cannot write its journal", "error", err)
		// Half a record must not stand before the next one.
		return errors.Join(err, h.journal.Truncate(h.size))
	}
	h.size += int64(len(h.buf))
	h.dirty = true
	return nil
}

// tick deletes what expired, syncs the journal and folds it when it is time.
func (h *host) tick() error {
	h.mu.Lock()
	now := h.now()
	err := h.purge(now)
	since := now.Sub(h.folded).Abs()
	fold := h.size > foldBytes || h.stale && since >= foldEvery || h.broken != nil && since >= mendEvery
	if h.dirty && !fold {
		err = errors.Join(err, h.journal.Sync())
		h.dirty = false
	}
	h.mu.Unlock()
	if fold {
		err = errors.Join(err, h.fold())
	}
	return err
}

func (h *host) purge(now time.Time) error {
	h.begin(now)
	keys := h.data.due(now.UnixMilli())
	for _, key := range keys {
		h.doing.commands = append(h.doing.commands, []string{"DEL", key})
		h.doing.deadlines = append(h.doing.deadlines, deadline{key, 0})
	}
	h.data.drop(keys)
	h.stale = h.stale || len(keys) > 0
	return h.write()
}

// fold begins a new journal and turns what was before it into a snapshot. The
// files are read again for that, so that nobody has to wait. What a broken
// journal lacks is in memory only: then the memory is written.
func (h *host) fold() error {
	h.folding.Lock()
	defer h.folding.Unlock()
	h.mu.Lock()
	h.folded = h.now()
	if h.broken != nil {
		defer h.mu.Unlock()
		return h.mend()
	}
	last, err := h.rotate()
	h.mu.Unlock()
	if err != nil {
		return fmt.Errorf("fold journal: %w", err)
	}
	d, _, err := h.files.load(last)
	if err != nil {
		return fmt.Errorf("fold journal: %w", err)
	}
	defer d.close()
	return h.replace(d, last+1)
}

// rotate ends the journal and begins the next. It returns the ended number.
func (h *host) rotate() (int, error) {
	old := h.journal
	h.number++
	if err := h.openJournal(); err != nil {
		h.number--
		h.journal = old
		return 0, err
	}
	h.stale, h.dirty = false, false
	return h.number - 1, errors.Join(old.Sync(), old.Close())
}

// mend writes the memory as a snapshot after the journal could not be
// written.
func (h *host) mend() error {
	last, err := h.rotate()
	if err != nil {
		return fmt.Errorf("mend journal: %w", err)
	}
	if err := h.replace(h.data, last+1); err != nil {
		return err
	}
	h.broken = nil
	h.log.Info("trial store writes again")
	return nil
}

// replace writes d as snapshot n and deletes what was before it.
func (h *host) replace(d *data, n int) error {
	now := h.now().UnixMilli()
	d.drop(d.due(now))
	if err := h.files.save(d, n, now); err != nil {
		return err
	}
	return h.files.clean(n)
}

// close lets everybody go and leaves a folded journal.
func (h *host) close() error {
	var errs []error
	if h.listener != nil {
		errs = append(errs, h.listener.Close())
	}
	h.conns.close()
	if h.data != nil {
		if h.journal != nil {
			errs = append(errs, h.purge(h.now()))
			if h.stale || h.broken != nil || h.size > foldBytes/8 {
				errs = append(errs, h.fold())
			}
			errs = append(errs, h.journal.Sync(), h.journal.Close())
		}
		h.data.close()
	}
	return errors.Join(append(errs, h.lock.Close())...)
}
