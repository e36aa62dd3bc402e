package statute

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"slices"
	"strings"
)

// ErrDamaged is the error of Open for a file that is not what Save wrote.
var ErrDamaged = errors.New("the file of laws is damaged: import the texts again")

// Library is the texts of a compact file. The words stay packed until they are
// asked for. It does not change and may be used by any number of goroutines.
type Library struct {
	corpus   *Corpus // of texts without words
	order    map[*Text]int
	byID     map[string]*Text
	firsts   []int    // index of each text's first article, and the end
	numbers  []uint32 // of every article: base<<8 | inserted
	chapters []uint32 // of every article, an index into names
	names    []string
	words    *wordStore
	index    *postings
	from     Day // searches are complete from this day on
	bytes    int
}

// Open reads a file that Save wrote. It returns an error that wraps
// os.ErrNotExist where there is none, ErrDamaged where the checksum or a length
// is wrong, and one that names both versions for a file of another version.
func Open(path string) (*Library, error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("open laws: %w", err)
	}
	l, err := decodeFile(file)
	if err != nil {
		return nil, fmt.Errorf("open laws %s: %w", path, err)
	}
	return l, nil
}

func decodeFile(file []byte) (*Library, error) {
	if len(file) < prefixBytes || !bytes.HasPrefix(file, []byte(fileMagic)) {
		return nil, fmt.Errorf("%w (it does not begin like one)", ErrDamaged)
	}
	prefix, rest := file[len(fileMagic):prefixBytes], file[prefixBytes:]
	if v := binary.BigEndian.Uint32(prefix); v != fileVersion {
		return nil, fmt.Errorf("the file has version %d, this program reads version %d: import the texts again", v, fileVersion)
	}
	if n := binary.BigEndian.Uint64(prefix[8:]); n != uint64(len(rest)) {
		return nil, fmt.Errorf("%w (%d bytes, %d were written)", ErrDamaged, len(rest), n)
	}
	if crc32.Checksum(rest, castagnoli) != binary.BigEndian.Uint32(prefix[4:]) {
		return nil, fmt.Errorf("%w (its checksum is another)", ErrDamaged)
	}
	l, err := decodeLibrary(rest)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	l.bytes = len(file)
	return l, nil
}

func decodeLibrary(rest []byte) (*Library, error) {
	d := &decoder{in: rest}
	l := &Library{from: Day(d.str()), order: map[*Text]int{}, byID: map[string]*Text{}}
	var texts []*Text
	for range d.count() {
		t := l.decodeText(d)
		if d.err != nil {
			break
		}
		l.order[t], l.byID[t.ID] = len(texts), t
		texts = append(texts, t)
	}
	l.firsts = append(l.firsts, len(l.numbers))
	for range d.count() {
		l.names = append(l.names, d.str())
	}
	if slices.ContainsFunc(l.chapters, func(c uint32) bool { return int(c) >= len(l.names) }) {
		d.fail()
	}
	l.words = decodeWords(d)
	if l.words.parts() != 2*len(texts)+len(l.numbers) {
		d.fail()
	}
	l.index = decodePostings(d, len(l.numbers))
	if err := d.done("laws"); err != nil {
		return nil, err
	}
	l.corpus = NewCorpus(texts)
	return l, nil
}

// decodeText reads a text without its words.
func (l *Library) decodeText(d *decoder) *Text {
	t := &Text{
		ID: d.str(), Title: d.str(), Published: Day(d.str()), Effective: Day(d.str()), Origin: Origin(d.str()),
		Status: Status(d.str()), Group: d.str(), Path: d.str(), Header: d.str(),
	}
	t.amendedBy = decisionRef{title: d.str(), on: Day(d.str())}
	for range d.count() {
		t.Notes = append(t.Notes, d.str())
	}
	if len(d.in) < len(t.print) {
		d.fail()
		return t
	}
	d.in = d.in[copy(t.print[:], d.in):]
	l.firsts = append(l.firsts, len(l.numbers))
	for range d.count() {
		base, inserted := splitNumber(d.str())
		l.numbers = append(l.numbers, uint32(base)<<8|uint32(inserted)&0xff)
		l.chapters = append(l.chapters, uint32(d.number()))
	}
	return t
}

// Texts returns every text without its words, editions of one law side by side.
func (l *Library) Texts() []*Text { return l.corpus.Texts() }

// Editions returns every text of a title without its words, oldest first,
// those without a date at the beginning.
func (l *Library) Editions(title string) []*Text { return l.corpus.Editions(title) }

// Undated returns the texts without an effective date, without their words.
func (l *Library) Undated() []*Text { return l.corpus.Undated() }

// Conflicts is Corpus.Conflicts.
func (l *Library) Conflicts() []Problem { return l.corpus.Conflicts() }

// Size is the length of the file in bytes.
func (l *Library) Size() int { return l.bytes }

// ArticleCount is how many articles a text has, those struck out included.
func (l *Library) ArticleCount(t *Text) int {
	first, end := l.articlesOf(t)
	return end - first
}

// articlesOf returns the range of a text's articles. A text that rules dated
// is a copy of ours: the id finds it.
func (l *Library) articlesOf(t *Text) (first, end int) {
	i := l.order[l.byID[t.ID]]
	return l.firsts[i], l.firsts[i+1]
}

// EditionOn is Corpus.EditionOn; the words of its text are not loaded.
func (l *Library) EditionOn(title string, day Day, rules Rules) (Edition, error) {
	return l.corpus.EditionOn(title, day, rules)
}

// WithWords returns a text of this library with its words.
func (l *Library) WithWords(t *Text) (*Text, error) {
	whole := *t
	i, ok := l.order[l.byID[t.ID]]
	if !ok {
		return nil, fmt.Errorf("load words of %s: %w", clip(t.Title), ErrUnknownLaw)
	}
	first, end := l.articlesOf(t)
	part := 2*i + first
	var failed error
	word := func() string {
		s, err := l.words.part(part)
		failed = errors.Join(failed, err)
		part++
		return strings.Clone(s)
	}
	whole.Preamble, whole.Annex = word(), word()
	whole.Articles = nil
	for a := first; a < end; a++ {
		whole.Articles = append(whole.Articles, Article{Number: l.number(a), Chapter: l.names[l.chapters[a]], Text: word()})
	}
	if failed != nil {
		return nil, fmt.Errorf("load words of %s: %w", clip(t.Title), failed)
	}
	whole.print = wordsPrint{}
	return &whole, nil
}

// All returns every text with its words: what Save was given.
func (l *Library) All() ([]*Text, error) {
	out := make([]*Text, 0, len(l.corpus.texts))
	for _, t := range l.corpus.texts {
		whole, err := l.WithWords(t)
		if err != nil {
			return nil, err
		}
		out = append(out, whole)
	}
	return out, nil
}

// number is that of an article, canonical.
func (l *Library) number(article int) string {
	n := l.numbers[article]
	s := fmt.Sprint(n >> 8)
	if inserted := n & 0xff; inserted > 0 {
		s += fmt.Sprintf("-%d", inserted)
	}
	return s
}

// Found is an article in the edition that is in force.
type Found struct {
	Edition Edition // its text is without words
	Article Article
	Old     bool // an amendment changed or added the article after the text at hand
}

// Article returns the article of a law, by full title and canonical number, in
// the edition in force on day. Its error wraps that of EditionOn, or
// ErrNoArticle; one that was struck out has no words and is no error. An
// article that an amendment added, of which there is no text, is ErrOldText.
func (l *Library) Article(title, number string, day Day, rules Rules) (Found, error) {
	e, err := l.EditionOn(title, day, rules)
	if err != nil {
		return Found{}, fmt.Errorf("find %s%s: %w", clip(title), FormatArticle(number), err)
	}
	f := Found{Edition: e, Old: slices.Contains(e.Changed, number)}
	f.Article, err = l.articleOf(e.Text, number)
	if err != nil && f.Old {
		err = fmt.Errorf("%w: text of %s, changed by %s", ErrOldText, e.Text.Effective, e.On)
	}
	if err != nil {
		return Found{}, fmt.Errorf("find %s%s: %w", clip(title), FormatArticle(number), err)
	}
	return f, nil
}

func (l *Library) articleOf(t *Text, number string) (Article, error) {
	base, inserted := splitNumber(number)
	first, end := l.articlesOf(t)
	i := slices.Index(l.numbers[first:end], uint32(base)<<8|uint32(inserted)&0xff)
	if i < 0 {
		return Article{}, fmt.Errorf("%w: the text has %d articles", ErrNoArticle, end-first)
	}
	return l.article(first + i)
}

// article returns an article by its place among all.
func (l *Library) article(i int) (Article, error) {
	text, _ := slices.BinarySearch(l.firsts, i+1)
	words, err := l.words.part(i + 2*text)
	if err != nil {
		return Article{}, err
	}
	return Article{Number: l.number(i), Chapter: l.names[l.chapters[i]], Text: strings.Clone(words)}, nil
}

// Check is Corpus.Check.
func (l *Library) Check(ref Citation, day Day, rules Rules) error {
	e, err := l.EditionOn(ref.Title, day, rules)
	if err == nil {
		e.Text, err = l.WithWords(e.Text)
	}
	if err == nil {
		err = e.check(ref)
	}
	if err != nil {
		return fmt.Errorf("check %s: %w", ref, err)
	}
	return nil
}
