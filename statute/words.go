package statute

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
)

// blockBytes is how many bytes of text are packed together: enough for flate
// to find repetitions, little enough that one article is unpacked in well
// under a millisecond.
const blockBytes = 64 << 10

// wordStore holds packed texts. Parts are numbered in the order they were
// added: of each text the preamble, the annex, then its articles.
type wordStore struct {
	starts []uint32 // of each part in the unpacked whole, and the end
	blocks []wordBlock

	mu    sync.Mutex
	known [4]openBlock // the last ones unpacked, the newest first
}

type wordBlock struct {
	start  uint32 // in the unpacked whole
	packed []byte
}

type openBlock struct {
	index int
	text  string
}

// encodeWords packs parts, on as many goroutines as files are read.
func encodeWords(e *encoder, parts []string) error {
	e.number(len(parts))
	var blocks [][]byte
	var open []byte
	for _, p := range parts {
		if len(open)+len(p) > blockBytes && len(open) > 0 {
			blocks, open = append(blocks, open), nil
		}
		e.number(len(p))
		open = append(open, p...)
	}
	if len(open) > 0 {
		blocks = append(blocks, open)
	}
	packed, err := packAll(blocks)
	if err != nil {
		return err
	}
	e.number(len(blocks))
	for i, b := range blocks {
		e.number(len(b))
		e.bytes(packed[i])
	}
	return nil
}

func packAll(blocks [][]byte) ([][]byte, error) {
	packed, failed := make([][]byte, len(blocks)), make([]error, len(blocks))
	next := make(chan int)
	var wg sync.WaitGroup
	for range loaders {
		wg.Go(func() {
			for i := range next {
				packed[i], failed[i] = pack(blocks[i])
			}
		})
	}
	for i := range blocks {
		next <- i
	}
	close(next)
	wg.Wait()
	return packed, errors.Join(failed...)
}

func pack(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	_, err = w.Write(b)
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	return out.Bytes(), nil
}

func unpack(b []byte, size int) ([]byte, error) {
	r := flate.NewReader(bytes.NewReader(b))
	defer r.Close()
	var out bytes.Buffer
	out.Grow(min(size, 4*blockBytes))
	n, err := io.Copy(&out, io.LimitReader(r, int64(size)+1))
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	if n != int64(size) {
		return nil, errors.New("unpack: another length than was noted")
	}
	return out.Bytes(), nil
}

func decodeWords(d *decoder) *wordStore {
	n := d.count()
	s := &wordStore{starts: make([]uint32, 0, n+1)}
	for i := range s.known {
		s.known[i].index = -1
	}
	end := uint64(0)
	for range n {
		s.starts = append(s.starts, uint32(end))
		if end += uint64(d.number()); end > 1<<31 {
			d.fail()
		}
	}
	s.starts = append(s.starts, uint32(end))
	at := uint64(0)
	for range d.count() {
		start := at
		if at += uint64(d.number()); at > end {
			d.fail()
		}
		s.blocks = append(s.blocks, wordBlock{uint32(start), d.bytes()})
	}
	if at != end {
		d.fail()
	}
	return s
}

// parts is how many there are.
func (s *wordStore) parts() int { return len(s.starts) - 1 }

// part unpacks the part with that number.
func (s *wordStore) part(n int) (string, error) {
	start, end := s.starts[n], s.starts[n+1]
	if start == end {
		return "", nil
	}
	i, exact := slices.BinarySearchFunc(s.blocks, start, func(b wordBlock, at uint32) int { return int(b.start) - int(at) })
	if !exact {
		i--
	}
	text, err := s.block(i)
	if err != nil {
		return "", fmt.Errorf("read the words of the law: %w", err)
	}
	from, to := start-s.blocks[i].start, end-s.blocks[i].start
	if int(to) > len(text) {
		return "", errors.New("read the words of the law: they cross the end of a block")
	}
	return text[from:to], nil
}

// block returns an unpacked block; the last few are kept, for an article's
// neighbours are often asked for next.
func (s *wordStore) block(i int) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.known {
		if k.index == i {
			return k.text, nil
		}
	}
	end := s.starts[len(s.starts)-1]
	if i+1 < len(s.blocks) {
		end = s.blocks[i+1].start
	}
	text, err := unpack(s.blocks[i].packed, int(end-s.blocks[i].start))
	if err != nil {
		return "", err
	}
	copy(s.known[1:], s.known[:])
	s.known[0] = openBlock{i, string(text)}
	return s.known[0].text, nil
}
