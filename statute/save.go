package statute

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
)

// The compact file: magic, version, checksum of the rest, length of the rest,
// then what encodeLibrary writes. Numbers before the rest are big-endian.
const (
	fileMagic   = "PUFALAWS"
	fileVersion = 1
	prefixBytes = len(fileMagic) + 4 + 4 + 8
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Save writes texts, with the index of those that are in force on day or may be
// later, to one file at path. The file that stood there is replaced only when
// the new one is whole on the disk. Two texts with one id, or none at all, are
// an error. It returns the size of the file in bytes.
func Save(path string, texts []*Text, day Day) (int, error) {
	file, err := encodeFile(texts, day)
	if err != nil {
		return 0, fmt.Errorf("save statutes: %w", err)
	}
	if err := replaceFile(path, file); err != nil {
		return 0, fmt.Errorf("save statutes: %w", err)
	}
	return len(file), nil
}

func encodeFile(texts []*Text, day Day) ([]byte, error) {
	if len(texts) == 0 {
		return nil, errors.New("no text to keep")
	}
	corpus := NewCorpus(inOrder(texts))
	for i, t := range corpus.texts[1:] {
		if t.ID == corpus.texts[i].ID {
			return nil, fmt.Errorf("id %s stands twice: %s and %s", t.ID, corpus.texts[i].Path, t.Path)
		}
	}
	e := &encoder{out: make([]byte, prefixBytes, 32<<20)}
	if err := encodeLibrary(e, corpus, day); err != nil {
		return nil, err
	}
	rest := e.out[prefixBytes:]
	prefix := append(e.out[:0], fileMagic...)
	prefix = binary.BigEndian.AppendUint32(prefix, fileVersion)
	prefix = binary.BigEndian.AppendUint32(prefix, crc32.Checksum(rest, castagnoli))
	binary.BigEndian.AppendUint64(prefix, uint64(len(rest)))
	return e.out, nil
}

// inOrder sorts texts so that editions of a law stand side by side, which packs
// better and makes the file the same whatever the order of reading was.
func inOrder(texts []*Text) []*Text {
	list := slices.Clone(texts)
	key := make(map[*Text]string, len(list))
	for _, t := range list {
		key[t] = foldTitle(t.Title)
	}
	slices.SortFunc(list, func(a, b *Text) int {
		return cmp.Or(cmp.Compare(key[a], key[b]), cmp.Compare(a.Published, b.Published), cmp.Compare(a.ID, b.ID))
	})
	return list
}

func encodeLibrary(e *encoder, c *Corpus, day Day) error {
	e.str(string(day))
	chapters := newStringTable()
	var parts []string
	e.number(len(c.texts))
	for _, t := range c.texts {
		t.encode(e, chapters)
		parts = append(parts, t.Preamble, t.Annex)
		for _, a := range t.Articles {
			parts = append(parts, a.Text)
		}
	}
	chapters.encode(e)
	if err := encodeWords(e, parts); err != nil {
		return err
	}
	docs, document := c.searchable(day)
	buildPostings(docs, document).encode(e)
	return nil
}

// searchable lists the articles that a search may find from day on: of each
// law the text in force on day and later ones. Articles are numbered in the
// order of texts.
func (c *Corpus) searchable(day Day) ([]int32, func(i int) indexDocument) {
	type place struct {
		text    *Text
		article int
	}
	var docs []int32
	var places []place
	first := 0
	for _, t := range c.texts {
		if !t.Amends() && !t.Repealed() && !c.superseded(t, day) {
			for i, a := range t.Articles {
				if !a.Deleted() {
					docs, places = append(docs, int32(first+i)), append(places, place{t, i})
				}
			}
		}
		first += len(t.Articles)
	}
	return docs, func(i int) indexDocument {
		p := places[i]
		a := p.text.Articles[p.article]
		return indexDocument{body: a.Text, title: shortTitle(p.text.Title), header: a.Chapter}
	}
}

// superseded reports whether a newer text of the same title is in force on day.
// A text without a date may still get one from the caller's rules.
func (c *Corpus) superseded(t *Text, day Day) bool {
	for _, other := range c.byTitle[foldTitle(t.Title)] {
		switch {
		case other.Effective == "" || other.Effective > day:
		case t.Effective != "" && other.Effective > t.Effective:
			return true
		case t.Effective == "" && other.Published > t.Published:
			return true
		}
	}
	return false
}

func (t *Text) encode(e *encoder, chapters *stringTable) {
	for _, s := range []string{
		t.ID, t.Title, string(t.Published), string(t.Effective), string(t.Origin), string(t.Status), t.Group, t.Path, t.Header,
		t.amendedBy.title, string(t.amendedBy.on),
	} {
		e.str(s)
	}
	e.number(len(t.Notes))
	for _, n := range t.Notes {
		e.str(n)
	}
	p := t.fingerprint()
	e.out = append(e.out, p[:]...)
	e.number(len(t.Articles))
	for _, a := range t.Articles {
		e.str(a.Number)
		e.number(chapters.index(a.Chapter))
	}
}

// stringTable numbers strings that stand many times.
type stringTable struct {
	list []string
	at   map[string]int
}

func newStringTable() *stringTable { return &stringTable{at: map[string]int{}} }

func (s *stringTable) index(v string) int {
	i, ok := s.at[v]
	if !ok {
		i = len(s.list)
		s.at[v] = i
		s.list = append(s.list, v)
	}
	return i
}

func (s *stringTable) encode(e *encoder) {
	e.number(len(s.list))
	for _, v := range s.list {
		e.str(v)
	}
}

// replaceFile writes a file beside path, makes sure that it is on the disk and
// puts it in the place of path.
func replaceFile(path string, content []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(dir, filepath.Base(path)+".*.new")
	if err != nil {
		return err
	}
	_, err = temp.Write(content)
	err = errors.Join(err, temp.Chmod(0o644), temp.Sync(), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temp.Name())
		return err
	}
	return syncDir(dir)
}

// syncDir makes a rename last. Some systems cannot sync a folder; there the
// rename lasts by itself or not at all.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	_ = d.Sync()
	return d.Close()
}
