package statute

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// encoder writes the parts of a compact file: numbers as varints, strings with
// their length before them.
type encoder struct{ out []byte }

func (e *encoder) number(n int) { e.out = binary.AppendUvarint(e.out, uint64(n)) }

func (e *encoder) str(s string) {
	e.number(len(s))
	e.out = append(e.out, s...)
}

func (e *encoder) bytes(b []byte) {
	e.number(len(b))
	e.out = append(e.out, b...)
}

var errCutShort = errors.New("it ends early or a length in it is wrong")

// decoder reads what encoder wrote. After the first mistake it returns zeros;
// err tells. Nothing is allocated by a length that the input does not hold.
type decoder struct {
	in  []byte
	err error
}

func (d *decoder) fail() {
	if d.err == nil {
		d.err = errCutShort
	}
	d.in = nil
}

// number reads a number that fits an int32.
func (d *decoder) number() int {
	n, size := binary.Uvarint(d.in)
	if size <= 0 || n > math.MaxInt32 {
		d.fail()
		return 0
	}
	d.in = d.in[size:]
	return int(n)
}

// count reads how many things of at least one byte follow.
func (d *decoder) count() int {
	n := d.number()
	if n > len(d.in) {
		d.fail()
		return 0
	}
	return n
}

// bytes returns a part of the input, not a copy.
func (d *decoder) bytes() []byte {
	n := d.count()
	b := d.in[:n:n]
	d.in = d.in[n:]
	return b
}

func (d *decoder) str() string { return string(d.bytes()) }

// below reads a number less than limit.
func (d *decoder) below(limit int) int {
	n := d.number()
	if n >= limit {
		d.fail()
		return 0
	}
	return n
}

func (d *decoder) done(what string) error {
	if d.err == nil && len(d.in) > 0 {
		d.err = errors.New("more follows than belongs to it")
	}
	if d.err != nil {
		return fmt.Errorf("read %s: %w", what, d.err)
	}
	return nil
}
