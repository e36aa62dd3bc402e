package trial

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// A record is what one command, or one script, did: all of it or nothing is
// in the file. On disk it is the length and the CRC-32C of what follows, 4
// bytes each, then: the time in ms; how many commands, and of each how many
// words and the words; how many deadlines, and of each the key and the time
// in ms (0 = the key does not expire). Numbers are varints.
type record struct {
	at        int64
	commands  [][]string
	deadlines []deadline
}

// deadline is when a key expires.
type deadline struct {
	key string
	at  int64
}

// maxRecord keeps a damaged length from taking all memory.
const maxRecord = 64 << 20

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errTorn means that a file ends in the middle of a record.
var errTorn = errors.New("the last record is torn")

func (r *record) empty() bool { return len(r.commands) == 0 && len(r.deadlines) == 0 }

// append adds the record to buf as it stands on disk.
func (r *record) append(buf []byte) []byte {
	start := len(buf)
	buf = append(buf, 0, 0, 0, 0, 0, 0, 0, 0)
	buf = binary.AppendVarint(buf, r.at)
	buf = binary.AppendUvarint(buf, uint64(len(r.commands)))
	for _, words := range r.commands {
		buf = binary.AppendUvarint(buf, uint64(len(words)))
		for _, w := range words {
			buf = appendWord(buf, w)
		}
	}
	buf = binary.AppendUvarint(buf, uint64(len(r.deadlines)))
	for _, d := range r.deadlines {
		buf = binary.AppendVarint(appendWord(buf, d.key), d.at)
	}
	body := buf[start+8:]
	binary.LittleEndian.PutUint32(buf[start:], uint32(len(body)))
	binary.LittleEndian.PutUint32(buf[start+4:], crc32.Checksum(body, castagnoli))
	return buf
}

func appendWord(buf []byte, w string) []byte {
	return append(binary.AppendUvarint(buf, uint64(len(w))), w...)
}

// readRecord reads one record and the bytes it took. It returns io.EOF at the
// end, and an errTorn when what is left is no whole record.
func readRecord(in *bufio.Reader) (record, int64, error) {
	var head [8]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = errTorn
		}
		return record{}, 0, err
	}
	size := binary.LittleEndian.Uint32(head[:])
	if size > maxRecord {
		return record{}, 0, fmt.Errorf("%w: length %d", errTorn, size)
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(in, body); err != nil {
		return record{}, 0, errTorn
	}
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(head[4:]) {
		return record{}, 0, fmt.Errorf("%w: its checksum is wrong", errTorn)
	}
	r, err := parseRecord(body)
	return r, int64(len(body) + 8), err
}

func parseRecord(body []byte) (record, error) {
	p := parser{text: string(body)}
	r := record{at: p.varint()}
	for range p.length() {
		words := make([]string, p.length())
		for i := range words {
			words[i] = p.word()
		}
		r.commands = append(r.commands, words)
	}
	for range p.length() {
		r.deadlines = append(r.deadlines, deadline{p.word(), p.varint()})
	}
	if p.bad || p.text != "" {
		return record{}, fmt.Errorf("%w: it cannot be read", errTorn)
	}
	return r, nil
}

// parser takes numbers and words off the front of text. After the first
// mistake it is bad and returns zeros.
type parser struct {
	text string
	bad  bool
}

func (p *parser) varint() int64 {
	v := p.uvarint()
	if v&1 == 1 {
		return ^int64(v >> 1)
	}
	return int64(v >> 1)
}

func (p *parser) uvarint() uint64 {
	var v uint64
	for i := 0; i < len(p.text) && i < 10; i++ {
		b := p.text[i]
		v |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			p.text = p.text[i+1:]
			return v
		}
	}
	p.bad, p.text = true, ""
	return 0
}

// length is a number of things that each take a byte or more.
func (p *parser) length() int {
	n := p.uvarint()
	if n > uint64(len(p.text)) {
		p.bad, p.text = true, ""
		return 0
	}
	return int(n)
}

func (p *parser) word() string {
	n := p.length()
	w := p.text[:n]
	p.text = p.text[n:]
	return w
}
