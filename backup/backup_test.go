package backup

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

const word = "correct horse battery"

func written(t testing.TB, n int) ([]byte, []Record) {
	t.Helper()
	var file bytes.Buffer
	w, err := NewWriter(&file, word, Head{Account: "wx0123456789", Made: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	var list []Record
	noise := rand.NewChaCha8([32]byte{1}) // it does not compress: there are several blocks
	for i := range n {
		value := make([]byte, 200)
		_, _ = noise.Read(value)
		list = append(list, Record{Key: fmt.Sprint("ledger:", i), Type: "string", Values: [][]byte{value}})
		if err := w.Put(list[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes(), list
}

func read(file []byte, passphrase string) (head Head, list []Record, err error) {
	err = Read(bytes.NewReader(file), passphrase, func(h Head) error { head = h; return nil }, func(r Record) error {
		list = append(list, r)
		return nil
	})
	return head, list, err
}

func TestWhatIsSealedComesBack(t *testing.T) {
	for _, n := range []int{0, 1, 3000} {
		file, want := written(t, n)
		head, got, err := read(file, word)
		if err != nil || head.Account != "wx0123456789" || head.Format != Format {
			t.Fatalf("%d records: head %+v, %v", n, head, err)
		}
		if !reflect.DeepEqual(want, got) {
			t.Errorf("%d records do not come back: %d did", n, len(got))
		}
		if bytes.Contains(file, []byte("wx0123456789")) || bytes.Contains(file, []byte("ledger")) {
			t.Error("the file can be read without the passphrase")
		}
	}
}

func TestADamagedFileIsNoBackup(t *testing.T) {
	file, _ := written(t, 2000)
	flip := func(at int) []byte {
		out := bytes.Clone(file)
		out[at] ^= 1
		return out
	}
	cases := []struct {
		name string
		file []byte
		word string
		want error
	}{
		{"another passphrase", file, word + "x", ErrSealed},
		{"a bit of the first block", flip(headBytes + 3), word, ErrSealed},
		{"a bit of the last block", flip(len(file) - 1), word, ErrSealed},
		{"a bit of the salt", flip(headBytes - 1), word, ErrSealed},
		{"a byte less", file[:len(file)-1], word, ErrSealed},
		{"the first block alone", file[:headBytes+blockBytes+tagBytes], word, ErrSealed},
		{"the head alone", file[:headBytes], word, ErrSealed},
		{"something behind the end", append(bytes.Clone(file), 'x'), word, ErrSealed},
		{"a file of another kind", []byte(strings.Repeat("PK\x03\x04", 100)), word, ErrFormat},
		{"nothing", nil, word, ErrFormat},
		{"a key that would take all memory", append([]byte(magic+"\xff\xff\xff\xff\x03"), make([]byte, 99)...), word, ErrFormat},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if _, _, err := read(c.file, c.word); !errors.Is(err, c.want) {
				t.Errorf("Read = %v, want %v", err, c.want)
			}
		})
	}
}

func TestBlocksCannotBeExchanged(t *testing.T) {
	file, _ := written(t, 3000)
	const block = blockBytes + tagBytes
	if len(file) < headBytes+2*block {
		t.Fatalf("the file has %d bytes, want two whole blocks", len(file))
	}
	mixed := bytes.Clone(file[:headBytes])
	mixed = append(mixed, file[headBytes+block:headBytes+2*block]...)
	mixed = append(mixed, file[headBytes:headBytes+block]...)
	mixed = append(mixed, file[headBytes+2*block:]...)
	if _, _, err := read(mixed, word); !errors.Is(err, ErrSealed) {
		t.Errorf("Read = %v, want ErrSealed", err)
	}
}

func TestAShortPassphraseIsRefused(t *testing.T) {
	var file bytes.Buffer
	if _, err := NewWriter(&file, "口令太短了", Head{}); !errors.Is(err, ErrPassphrase) || file.Len() > 0 {
		t.Errorf("NewWriter = %v with %d bytes written, want ErrPassphrase and none", err, file.Len())
	}
}

func TestANewerFormatIsRefused(t *testing.T) {
	var file bytes.Buffer
	w, err := NewWriter(&file, word, Head{})
	if err != nil {
		t.Fatal(err)
	}
	file.Reset()
	if w.sealed, err = newWriter(&file, word, 8); err != nil {
		t.Fatal(err)
	}
	w.zip.Reset(w.sealed)
	if err := errors.Join(w.put(line{Head: &Head{Format: Format + 1}}), w.Close()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := read(file.Bytes(), word); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "newer program") {
		t.Errorf("Read = %v, want ErrFormat that names the mend", err)
	}
}

func FuzzRead(f *testing.F) {
	file, _ := written(f, 3)
	f.Add(file)
	f.Add(file[:headBytes])
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, file []byte) {
		if len(file) > headBytes {
			file[len(magic)], file[len(magic)+1], file[len(magic)+2], file[len(magic)+4] = 0, 0, 0, 1 // a key that is quick to make
		}
		_, _, _ = read(file, word)
	})
}
