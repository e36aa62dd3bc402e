// Package backup writes and reads the file of a backup: records as lines of
// JSON, compressed, sealed with a passphrase (argon2id and AES-256-GCM). It
// knows no Redis and no record's meaning, and never writes a byte that is not
// sealed. A file that was cut, changed or opened with another passphrase is an
// error before its last record is handed out, never a shorter backup.
package backup

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/argon2"
)

// The head of a file: the magic, then the cost of the key and its salt. All of
// it is authenticated with every block.
const (
	magic     = "PUFABAK1"
	saltBytes = 16
	headBytes = len(magic) + 4 + 1 + saltBytes
	keyBytes  = 32

	memoryKiB    = 64 << 10 // RFC 9106, second recommended option
	maxMemoryKiB = 256 << 10
	passes       = 3
	maxPasses    = 10

	blockBytes = 64 << 10 // of what is sealed at once
	tagBytes   = 16
)

// MinPassphrase is the least length of a passphrase in characters: whoever
// has the file has all the time there is to guess.
const MinPassphrase = 12

var (
	// ErrPassphrase means that the passphrase is too short.
	ErrPassphrase = fmt.Errorf("the passphrase is shorter than %d characters", MinPassphrase)
	// ErrSealed means that the passphrase is another one, or that the file was
	// changed or cut.
	ErrSealed = errors.New("the passphrase is wrong, or the file was changed or cut short")
	// ErrFormat means that it is no backup, or one of a newer program.
	ErrFormat = errors.New("this is no backup that this program can read")
)

// sealer seals blocks. The nonce is the number of the block and whether it is
// the last, so that blocks can be neither exchanged nor left out: the key is
// of this file alone.
type sealer struct {
	aead cipher.AEAD
	head []byte
	n    uint64
}

func newSealer(head []byte, passphrase string) (*sealer, error) {
	cost := head[len(magic):]
	kib, turns := binary.BigEndian.Uint32(cost), uint32(cost[4])
	if kib < 8 || kib > maxMemoryKiB || turns < 1 || turns > maxPasses {
		return nil, ErrFormat
	}
	block, err := aes.NewCipher(argon2.IDKey([]byte(passphrase), head[len(magic)+5:], turns, kib, 1, keyBytes))
	if err != nil {
		return nil, fmt.Errorf("make the key of the backup: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("make the key of the backup: %w", err)
	}
	return &sealer{aead: aead, head: head}, nil
}

func (s *sealer) nonce(last bool) []byte {
	nonce := make([]byte, 12)
	binary.BigEndian.PutUint64(nonce, s.n)
	if last {
		nonce[11] = 1
	}
	s.n++
	return nonce
}

// writer seals what is written to it.
type writer struct {
	to   io.Writer
	seal *sealer
	wait bytes.Buffer
}

// newWriter writes the head of a file.
func newWriter(to io.Writer, passphrase string, kib uint32) (*writer, error) {
	head := make([]byte, 0, headBytes)
	head = append(head, magic...)
	head = append(binary.BigEndian.AppendUint32(head, kib), passes)
	salt := make([]byte, saltBytes)
	rand.Read(salt) // never fails (crypto/rand)
	head = append(head, salt...)
	seal, err := newSealer(head, passphrase)
	if err != nil {
		return nil, err
	}
	_, err = to.Write(head)
	return &writer{to: to, seal: seal}, err
}

func (w *writer) Write(p []byte) (int, error) {
	w.wait.Write(p)
	for w.wait.Len() > blockBytes { // the last block, full or not, is that of Close
		if err := w.block(w.wait.Next(blockBytes), false); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// Close writes the last block; without it the file is cut short.
func (w *writer) Close() error { return w.block(w.wait.Bytes(), true) }

func (w *writer) block(plain []byte, last bool) error {
	_, err := w.to.Write(w.seal.aead.Seal(nil, w.seal.nonce(last), plain, w.seal.head))
	return err
}

// reader opens what writer sealed.
type reader struct {
	from io.Reader
	seal *sealer
	open []byte
	next []byte // the block behind, read to know which is the last
	last bool
}

func newReader(from io.Reader, passphrase string) (*reader, error) {
	head := make([]byte, headBytes)
	if _, err := io.ReadFull(from, head); err != nil || string(head[:len(magic)]) != magic {
		return nil, ErrFormat
	}
	seal, err := newSealer(head, passphrase)
	if err != nil {
		return nil, err
	}
	r := &reader{from: from, seal: seal}
	return r, r.fetch()
}

// fetch reads one block ahead.
func (r *reader) fetch() error {
	buf := make([]byte, blockBytes+tagBytes)
	n, err := io.ReadFull(r.from, buf)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("read backup: %w", err)
	}
	r.next = buf[:n]
	return nil
}

func (r *reader) Read(p []byte) (int, error) {
	for len(r.open) == 0 {
		if r.last {
			return 0, io.EOF
		}
		if err := r.unseal(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.open)
	r.open = r.open[n:]
	return n, nil
}

func (r *reader) unseal() error {
	block := r.next
	if len(block) < tagBytes {
		return ErrSealed
	}
	if err := r.fetch(); err != nil {
		return err
	}
	r.last = len(r.next) == 0
	open, err := r.seal.aead.Open(block[:0], r.seal.nonce(r.last), block, r.seal.head)
	if err != nil {
		return ErrSealed
	}
	r.open = open
	return nil
}
