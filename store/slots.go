package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"

	"pufa/bot"
	"pufa/stats"
)

// A slot is 32 bytes: pseudonym (16), month as a number (4), marks (1), zeros
// (7), CRC-32 of these (4). An empty one is all zeros. Where it stands follows
// from pseudonym and month, so that the file tells nothing about when.
const (
	slotSize  = 32
	slotCount = 1 << 16
)

// What is to be done for a resident.
const (
	markUsed  byte = 1 << iota
	markWrote      // the bits of month and year
	markOptOut
	markOptIn
	markFollow
	markUnfollow
	markForget
)

// resident is who waits in the spool.
type resident struct {
	pseudonym [16]byte
	month     uint32 // 202603
	marks     byte
}

// residentOf returns what must be kept of the person in a spooled commit; nil
// when nothing must.
func residentOf(c Claim, r Result) *resident {
	if c.pseudonym == nil || c.test {
		return nil
	}
	who := resident{marks: actionMarks[r.Action]}
	copy(who.pseudonym[:], c.pseudonym)
	for _, e := range r.Events {
		if e.Kind == stats.Message {
			who.marks |= markWrote
			fmt.Sscan(e.Month(), &who.month)
		}
	}
	if who.marks == 0 {
		return nil
	}
	who.marks |= markUsed
	return &who
}

var actionMarks = map[bot.Action]byte{
	bot.OptOut: markOptOut, bot.OptIn: markOptIn,
	bot.Follow: markFollow, bot.Unfollow: markUnfollow,
	bot.Forget: markForget,
}

// merge adds what came later. Of two that contradict each other the later
// stands; what was asked before 删除 is forgotten with the person.
func (r *resident) merge(later byte) {
	switch {
	case later&(markOptOut|markOptIn) != 0:
		r.marks &^= markOptOut | markOptIn
	case later&markForget != 0:
		r.marks &^= markOptOut | markOptIn | markFollow | markUnfollow
	}
	if later&(markFollow|markUnfollow) != 0 {
		r.marks &^= markFollow | markUnfollow
	}
	r.marks |= later
}

func (r *resident) encode() []byte {
	b := make([]byte, slotSize)
	copy(b, r.pseudonym[:])
	binary.BigEndian.PutUint32(b[16:], r.month)
	b[20] = r.marks
	binary.BigEndian.PutUint32(b[28:], crc32.ChecksumIEEE(b[:28]))
	return b
}

// parseSlot reads a slot; ok is false for an empty or damaged one.
func parseSlot(b []byte) (r resident, ok bool) {
	if b[20]&markUsed == 0 || crc32.ChecksumIEEE(b[:28]) != binary.BigEndian.Uint32(b[28:]) {
		return r, false
	}
	copy(r.pseudonym[:], b)
	r.month, r.marks = binary.BigEndian.Uint32(b[16:]), b[20]
	return r, true
}

// slots is the file of the residents who wait.
type slots struct {
	name string
	used int
}

// openSlots counts who waits in the file; there need not be one.
func openSlots(name string) (*slots, error) {
	s := &slots{name: name}
	err := s.each(func(int64, resident) error { s.used++; return nil })
	return s, err
}

// add lets a resident wait, or adds to what waits already.
func (s *slots) add(who resident) error {
	file, err := os.OpenFile(s.name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("write spool: %w", err)
	}
	defer file.Close()
	if err := file.Truncate(slotSize * slotCount); err != nil {
		return fmt.Errorf("write spool: %w", err)
	}
	at := (binary.BigEndian.Uint64(who.pseudonym[:]) ^ uint64(who.month)) % slotCount
	b := make([]byte, slotSize)
	for ; ; at = (at + 1) % slotCount {
		if _, err := file.ReadAt(b, int64(at*slotSize)); err != nil {
			return fmt.Errorf("read spool: %w", err)
		}
		there, taken := parseSlot(b)
		if !taken {
			break
		}
		if there.pseudonym == who.pseudonym && there.month == who.month {
			there.merge(who.marks)
			_, err := file.WriteAt(there.encode(), int64(at*slotSize))
			return err
		}
	}
	if s.used >= maxSpooled {
		return fmt.Errorf("%w: %d residents", ErrSpoolFull, s.used)
	}
	if _, err := file.WriteAt(who.encode(), int64(at*slotSize)); err != nil {
		return fmt.Errorf("write spool: %w", err)
	}
	s.used++
	return nil
}

// each calls do with every resident and the place of the slot.
func (s *slots) each(do func(at int64, who resident) error) error {
	text, err := os.ReadFile(s.name)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read spool: %w", err)
	}
	for at := 0; at+slotSize <= len(text); at += slotSize {
		if who, ok := parseSlot(text[at : at+slotSize]); ok {
			if err := do(int64(at), who); err != nil {
				return err
			}
		}
	}
	return nil
}

// clear empties one slot.
func (s *slots) clear(at int64) error {
	file, err := os.OpenFile(s.name, os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("write spool: %w", err)
	}
	defer file.Close()
	if _, err := file.WriteAt(make([]byte, slotSize), at); err != nil {
		return fmt.Errorf("write spool: %w", err)
	}
	s.used--
	return nil
}

// remove deletes the file when nobody waits any more.
func (s *slots) remove() error {
	if err := os.Remove(s.name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("empty spool: %w", err)
	}
	s.used = 0
	return nil
}
