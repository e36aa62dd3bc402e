package store

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"pufa/stats"
	"pufa/store/lock"
)

// The spool takes what Redis cannot take now. What was asked and who asked
// are in different files: lines of events with 8 bytes of the message's hash,
// and residents in places that follow from their pseudonym and not from when
// they came. The day's crisis lines have a file of their own too.
const (
	maxSpooled = 50_000 // lines, and residents
	maxSpools  = 8      // processes in one data folder
	eventsFile = "events"
	crisisFile = "crisis"
)

// ErrSpoolFull means that no more can wait: Redis has been away too long.
var ErrSpoolFull = errors.New("the spool is full")

// spool is the waiting room of one process: DataDir/spool/1, or the next
// number that no living process holds.
type spool struct {
	dir string // DataDir/spool; empty: there is none

	mu    sync.Mutex
	own   int
	held  io.Closer
	lines int // in the files of this process, once they are open
	slots *slots
}

// path names a file of spool number n.
func (s *spool) path(n int, name string) string {
	return filepath.Join(s.dir, strconv.Itoa(n), name)
}

// open takes the first free number. Called with the lock held.
func (s *spool) open() error {
	if s.held != nil {
		return nil
	}
	if s.dir == "" {
		return errors.New("open spool: PUFA_DATA_DIR is not set")
	}
	for n := 1; n <= maxSpools; n++ {
		held, err := s.take(n)
		if errors.Is(err, lock.ErrHeld) {
			continue
		}
		if err != nil {
			return err
		}
		s.own, s.held = n, held
		return s.count()
	}
	return fmt.Errorf("open spool: %d processes hold one in %s", maxSpools, s.dir)
}

func (s *spool) take(n int) (io.Closer, error) {
	if err := os.MkdirAll(filepath.Join(s.dir, strconv.Itoa(n)), 0o700); err != nil {
		return nil, fmt.Errorf("open spool: %w", err)
	}
	return lock.Take(s.path(n, "lock"))
}

// count finds out what a process before this one left.
func (s *spool) count() error {
	s.lines = 0
	for _, name := range []string{eventsFile, crisisFile} {
		text, err := os.ReadFile(s.path(s.own, name))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("read spool: %w", err)
		}
		s.lines += bytes.Count(text, []byte("\n"))
	}
	var err error
	s.slots, err = openSlots(s.path(s.own, "residents"))
	return err
}

// add lets a commit wait.
func (s *spool) add(counted []byte, events []stats.Event, who *resident) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.open(); err != nil {
		return err
	}
	if s.lines >= maxSpooled {
		return fmt.Errorf("%w: %d lines", ErrSpoolFull, s.lines)
	}
	if len(events) > 0 {
		name := eventsFile
		if events[0].InCrisis() {
			name = crisisFile
		}
		if err := appendLine(s.path(s.own, name), spoolLine(counted, events)); err != nil {
			return err
		}
		s.lines++
	}
	if who != nil {
		return s.slots.add(*who)
	}
	return nil
}

// appendLine writes a line at the end. If a line before it was torn, it
// begins on a line of its own.
func appendLine(name, line string) error {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("write spool: %w", err)
	}
	info, err := file.Stat()
	if err == nil && info.Size() > 0 {
		last := []byte{0}
		if _, err = file.ReadAt(last, info.Size()-1); last[0] != '\n' {
			line = "\n" + line
		}
	}
	if err == nil {
		_, err = file.WriteString(line)
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write spool: %w", err)
	}
	return nil
}

// spoolLine is the hash, the ledger lines and a checksum, with tabs between.
func spoolLine(counted []byte, events []stats.Event) string {
	parts := []string{hex.EncodeToString(counted)}
	for _, e := range events {
		parts = append(parts, e.Line())
	}
	body := strings.Join(parts, "\t")
	return fmt.Sprintf("%s\t%08x\n", body, crc32.ChecksumIEEE([]byte(body)))
}

// parseSpoolLine reads what spoolLine wrote, without the line end.
func parseSpoolLine(line string) (counted []byte, events []stats.Event, err error) {
	cut := strings.LastIndexByte(line, '\t')
	if cut < 0 || fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(line[:cut]))) != line[cut+1:] {
		return nil, nil, errors.New("read spool: a line is torn")
	}
	parts := strings.Split(line[:cut], "\t")
	if counted, err = hex.DecodeString(parts[0]); err != nil || len(counted) != 8 || len(parts) < 2 {
		return nil, nil, errors.New("read spool: a line has no hash or no event")
	}
	for _, text := range parts[1:] {
		e, err := stats.ParseLine(text)
		if err != nil {
			return nil, nil, fmt.Errorf("read spool: %w", err)
		}
		events = append(events, e)
	}
	return counted, events, nil
}

// waiting returns how many lines and residents wait in the own spool.
func (s *spool) waiting() (lines, residents int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held == nil {
		return 0, 0
	}
	return s.lines, s.slots.used
}

// some reports whether anything waits in the own spool.
func (s *spool) some() bool {
	lines, residents := s.waiting()
	return lines+residents > 0
}

// probe reports whether the disk takes a line.
func (s *spool) probe() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.open(); err != nil {
		return err
	}
	name := s.path(s.own, "probe")
	err := os.WriteFile(name, make([]byte, 4096), 0o600)
	if err = errors.Join(err, os.Remove(name)); err != nil {
		return fmt.Errorf("write spool: %w", err)
	}
	return nil
}

func (s *spool) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held == nil {
		return nil
	}
	held := s.held
	s.held = nil
	return held.Close()
}
