package llm

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
)

// cache keeps the vectors of entries on disk, a file each, named by what was
// embedded and by which model, so that a changed text is embedded anew. The
// texts are the library's; no question is ever kept here.
type cache struct{ dir string }

// newCache is the folder of a model under dir.
func newCache(dir, model string) cache {
	sum := sha256.Sum256([]byte(model))
	return cache{filepath.Join(dir, "embeddings", hex.EncodeToString(sum[:8]))}
}

func (c cache) file(text string) string {
	sum := sha256.Sum256([]byte(text))
	return filepath.Join(c.dir, hex.EncodeToString(sum[:]))
}

// get returns the vector of a text; a file that is damaged counts as none.
func (c cache) get(text string) (vector, bool) {
	data, err := os.ReadFile(c.file(text))
	if err != nil || len(data) < 8 || len(data)%4 != 0 {
		return nil, false
	}
	body := data[4:]
	if binary.LittleEndian.Uint32(data) != crc32.ChecksumIEEE(body) {
		return nil, false
	}
	v := make(vector, len(body)/4)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(body[4*i:]))
	}
	return v, v.usable()
}

// put keeps a vector. A file is there whole or not at all.
func (c cache) put(text string, v vector) error {
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return fmt.Errorf("keep embedding: %w", err)
	}
	data := make([]byte, 4+4*len(v))
	for i, x := range v {
		binary.LittleEndian.PutUint32(data[4+4*i:], math.Float32bits(x))
	}
	binary.LittleEndian.PutUint32(data, crc32.ChecksumIEEE(data[4:]))
	tmp, err := os.CreateTemp(c.dir, "new-*")
	if err != nil {
		return fmt.Errorf("keep embedding: %w", err)
	}
	_, err = tmp.Write(data)
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), c.file(text))
	}
	if err != nil {
		return fmt.Errorf("keep embedding: %w", errors.Join(err, os.Remove(tmp.Name())))
	}
	return nil
}

// vector is an embedding of length 1.
type vector []float32

const maxDims = 8192

// usable reports whether a vector can be compared: of a sane size, finite, not
// all zeros.
func (v vector) usable() bool {
	n := v.dot(v)
	return len(v) > 0 && len(v) <= maxDims && n > 0 && !math.IsNaN(n) && !math.IsInf(n, 0)
}

// unit returns the vector with length 1.
func (v vector) unit() vector {
	n := math.Sqrt(v.dot(v))
	u := make(vector, len(v))
	for i, x := range v {
		u[i] = float32(float64(x) / n)
	}
	return u
}

// dot is the cosine of two unit vectors of the same size.
func (v vector) dot(w vector) (sum float64) {
	for i := range min(len(v), len(w)) {
		sum += float64(v[i]) * float64(w[i])
	}
	return sum
}
