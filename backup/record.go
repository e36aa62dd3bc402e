package backup

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"
)

// Format is the newest format that this program writes and reads.
const Format = 1

// maxRecord is the longest record that is read, in bytes.
const maxRecord = 8 << 20

// Head is the first record of a backup.
type Head struct {
	Format      int       `json:"format"`
	Made        time.Time `json:"made"`
	Account     string    `json:"account"`
	Fingerprint string    `json:"fingerprint"` // of PUFA_SECRET, without which the data says nothing
	Program     string    `json:"program"`
}

// Record is a piece of one key: fields of a hash, members of a set, lines of a
// stream. A key may have any number of them, in order.
type Record struct {
	Key    string    `json:"k"` // without what all keys of the account begin with
	Type   string    `json:"t"` // string, hash, set, zset, list or stream
	Values [][]byte  `json:"v"` // string: text; hash: field, value; zset: member, score; stream: id, then count of fields, fields and values
	Until  time.Time `json:"u,omitzero"`
}

// Tail is the last record: a file without it is not whole.
type Tail struct {
	Records int `json:"records"`
}

// line is one line of the file.
type line struct {
	Head   *Head   `json:"head,omitempty"`
	Record *Record `json:"record,omitempty"`
	Tail   *Tail   `json:"tail,omitempty"`
}

// Writer writes a backup.
type Writer struct {
	sealed  *writer
	zip     *gzip.Writer
	lines   *json.Encoder
	records int
}

// NewWriter begins a backup. The error is ErrPassphrase for one that is too
// short.
func NewWriter(to io.Writer, passphrase string, head Head) (*Writer, error) {
	if utf8.RuneCountInString(passphrase) < MinPassphrase {
		return nil, ErrPassphrase
	}
	sealed, err := newWriter(to, passphrase, memoryKiB)
	if err != nil {
		return nil, fmt.Errorf("begin backup: %w", err)
	}
	w := &Writer{sealed: sealed, zip: gzip.NewWriter(sealed)}
	w.lines = json.NewEncoder(w.zip)
	head.Format = Format
	return w, w.put(line{Head: &head})
}

// Put writes a record.
func (w *Writer) Put(r Record) error {
	w.records++
	return w.put(line{Record: &r})
}

// Close writes the end. A backup that was not closed cannot be restored.
func (w *Writer) Close() error {
	err := w.put(line{Tail: &Tail{w.records}})
	if err = errors.Join(err, w.zip.Close(), w.sealed.Close()); err != nil {
		return fmt.Errorf("end backup: %w", err)
	}
	return nil
}

func (w *Writer) put(l line) error {
	if err := w.lines.Encode(l); err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	return nil
}

// Read opens a backup and calls do with every record, in order. It returns the
// head once the end was met; an error of do stops it.
func Read(from io.Reader, passphrase string, begin func(Head) error, do func(Record) error) error {
	sealed, err := newReader(from, passphrase)
	if err != nil {
		return fmt.Errorf("open backup: %w", err)
	}
	unzip, err := gzip.NewReader(sealed)
	if err != nil {
		return fmt.Errorf("open backup: %w", sealedOr(err))
	}
	lines := bufio.NewScanner(unzip)
	lines.Buffer(nil, maxRecord)
	head, err := next(lines)
	if err != nil || head.Head == nil {
		return fmt.Errorf("open backup: %w", errors.Join(err, ErrFormat))
	}
	if head.Head.Format > Format {
		return fmt.Errorf("open backup: %w: it has format %d, this program reads up to %d: take a newer program", ErrFormat, head.Head.Format, Format)
	}
	if err := begin(*head.Head); err != nil {
		return err
	}
	return records(lines, do)
}

func records(lines *bufio.Scanner, do func(Record) error) error {
	for n := 0; ; n++ {
		l, err := next(lines)
		switch {
		case err != nil:
			return fmt.Errorf("read backup: %w", err)
		case l.Tail != nil && l.Tail.Records == n:
			return end(lines)
		case l.Record == nil:
			return fmt.Errorf("read backup: record %d: %w", n+1, ErrFormat)
		}
		if err := do(*l.Record); err != nil {
			return err
		}
	}
}

// end sees that nothing follows, and with it that the last block is the last.
func end(lines *bufio.Scanner) error {
	if lines.Scan() {
		return fmt.Errorf("read backup: %w: something follows its end", ErrFormat)
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read backup: %w", sealedOr(err))
	}
	return nil
}

func next(lines *bufio.Scanner) (l line, err error) {
	if !lines.Scan() {
		return l, sealedOr(lines.Err())
	}
	if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
		if bad := lines.Err(); bad != nil { // it was cut in the middle of the line
			return l, sealedOr(bad)
		}
		return l, ErrFormat
	}
	return l, nil
}

// sealedOr says that a file is damaged, unless the error is of another kind.
func sealedOr(err error) error {
	if err == nil || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return ErrSealed
	}
	return err
}
