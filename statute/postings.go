package statute

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"sync"
)

// How the ranking weighs (BM25F): tuned on lay questions once, for all kinds of
// texts; see docs/adr/0007-statute-file.md.
const (
	saturation   = 1.8  // k1
	lengthShare  = 0.75 // b
	titleWeight  = 0.25
	headerWeight = 2.0 // the headings an article stands under
)

// levels is how finely the weight of a gram in an article is kept. Four bits
// rank like floating point numbers.
const (
	levelBits = 4
	levels    = 1<<levelBits - 1
)

// postings says which articles hold a gram and how much it weighs there.
type postings struct {
	docs  []int32 // document → article, ascending
	grams []gram  // ascending
	found []int32 // how many documents have the gram
	ends  []int32 // of each gram's list in lists
	lists []byte
}

// fields counts the grams of each field of a document.
type fields struct{ body, title, header int }

// indexDocument is what is indexed of one article.
type indexDocument struct{ body, title, header string }

// weighed is a gram of a document, with its level.
type weighed struct {
	gram  gram
	level uint8
}

// buildPostings indexes documents; docs[i] is the article of documents(i).
func buildPostings(docs []int32, document func(i int) indexDocument) *postings {
	counts := make([]fields, len(docs))
	inParallel(len(docs), func(i int) { counts[i] = document(i).count() })
	mean := meanOf(counts)
	rows := make([][]weighed, len(docs))
	inParallel(len(docs), func(i int) { rows[i] = document(i).weigh(counts[i], mean) })
	return invert(docs, rows)
}

func (d indexDocument) count() fields {
	n := func(s string) int { return len(appendGrams(nil, s)) }
	return fields{n(d.body), n(d.title), n(d.header)}
}

// inParallel runs f for 0..n-1 on as many goroutines as files are read.
func inParallel(n int, f func(i int)) {
	var wg sync.WaitGroup
	for g := range loaders {
		wg.Go(func() {
			for i := g; i < n; i += loaders {
				f(i)
			}
		})
	}
	wg.Wait()
}

type means struct{ body, title, header float64 }

func meanOf(counts []fields) means {
	var m means
	for _, c := range counts {
		m.body += float64(c.body)
		m.title += float64(c.title)
		m.header += float64(c.header)
	}
	n := math.Max(1, float64(len(counts)))
	return means{math.Max(1, m.body/n), math.Max(1, m.title/n), math.Max(1, m.header/n)}
}

// weigh returns the grams of a document, ascending, with their levels.
func (d indexDocument) weigh(c fields, m means) []weighed {
	norm := func(n int, mean float64) float64 { return 1 - lengthShare + lengthShare*float64(n)/mean }
	worth := [...]float64{
		1 / norm(c.body, m.body), titleWeight / norm(c.title, m.title), headerWeight / norm(c.header, m.header),
	}
	var buffer []gram
	keys := make([]uint64, 0, c.body+c.title+c.header) // gram and field
	for field, text := range [...]string{d.body, d.title, d.header} {
		buffer = appendGrams(buffer[:0], text)
		for _, g := range buffer {
			keys = append(keys, uint64(g)<<2|uint64(field))
		}
	}
	slices.Sort(keys)
	var out []weighed
	for i := 0; i < len(keys); {
		sum, g := 0.0, keys[i]>>2
		for ; i < len(keys) && keys[i]>>2 == g; i++ {
			sum += worth[keys[i]&3]
		}
		out = append(out, weighed{gram(g), levelOf(sum)})
	}
	return slices.Clip(out)
}

// levelOf maps the weight sum/(sum+k1), which is below 1, to 1..levels.
func levelOf(sum float64) uint8 {
	return uint8(max(1, math.Round(sum/(sum+saturation)*levels)))
}

// invert turns rows of documents into lists of grams.
func invert(docs []int32, rows [][]weighed) *postings {
	found := map[gram]int32{}
	for _, row := range rows {
		for _, w := range row {
			found[w.gram]++
		}
	}
	p := &postings{docs: docs, grams: make([]gram, 0, len(found))}
	for g := range found {
		p.grams = append(p.grams, g)
	}
	slices.Sort(p.grams)
	at, next, total := make(map[gram]int32, len(found)), make([]int32, len(p.grams)), int32(0)
	for i, g := range p.grams {
		at[g], next[i] = int32(i), total
		p.found = append(p.found, found[g])
		total += found[g]
	}
	entries := make([]uint32, total) // document and level, gram by gram
	for d, row := range rows {
		for _, w := range row {
			i := at[w.gram]
			entries[next[i]] = uint32(d)<<levelBits | uint32(w.level)
			next[i]++
		}
	}
	p.pack(entries)
	return p
}

// pack writes each list as distances between documents, with the levels in the
// low bits.
func (p *postings) pack(entries []uint32) {
	for i := range p.grams {
		last := uint32(0)
		for _, e := range entries[:p.found[i]] {
			doc, level := e>>levelBits, e&levels
			p.lists = binary.AppendUvarint(p.lists, uint64((doc-last)<<levelBits|level))
			last = doc
		}
		entries = entries[p.found[i]:]
		p.ends = append(p.ends, int32(len(p.lists)))
	}
}

// list returns the packed list of a gram, and how many documents have it.
func (p *postings) list(g gram) ([]byte, int) {
	i, ok := slices.BinarySearch(p.grams, g)
	if !ok {
		return nil, 0
	}
	from := int32(0)
	if i > 0 {
		from = p.ends[i-1]
	}
	return p.lists[from:p.ends[i]], int(p.found[i])
}

// addTo adds weight times the level's share to the score of each document of a
// packed list. Lists come from a file whose checksum held, and were looked
// through when it was opened, so they end where they should.
func addTo(scores []float32, list []byte, weight float32) {
	var byLevel [levels + 1]float32
	for l := range byLevel {
		byLevel[l] = weight * float32(l) / levels
	}
	doc := uint32(0)
	for i := 0; i < len(list); {
		v := uint32(list[i])
		i++
		if v >= 0x80 {
			v &= 0x7f
			for shift := 7; i < len(list); shift += 7 {
				b := list[i]
				i++
				v |= uint32(b&0x7f) << shift
				if b < 0x80 {
					break
				}
			}
		}
		if doc += v >> levelBits; int(doc) >= len(scores) {
			return
		}
		scores[doc] += byLevel[v&levels]
	}
}

func (p *postings) encode(e *encoder) {
	e.number(len(p.docs))
	last := int32(0)
	for _, d := range p.docs {
		e.number(int(d - last))
		last = d
	}
	e.number(len(p.grams))
	lastGram, lastEnd := gram(0), int32(0)
	for i, g := range p.grams {
		e.out = binary.AppendUvarint(e.out, uint64(g-lastGram))
		e.number(int(p.found[i]))
		e.number(int(p.ends[i] - lastEnd))
		lastGram, lastEnd = g, p.ends[i]
	}
	e.bytes(p.lists)
}

// decodePostings reads an index over that many articles.
func decodePostings(d *decoder, articles int) *postings {
	p := &postings{}
	n := d.count()
	p.docs = make([]int32, 0, n)
	for doc := 0; len(p.docs) < n && d.err == nil; {
		if doc += d.number(); doc >= articles {
			d.fail()
		}
		p.docs = append(p.docs, int32(doc))
	}
	n = d.count()
	p.grams, p.found, p.ends = make([]gram, 0, n), make([]int32, 0, n), make([]int32, 0, n)
	last, end := uint64(0), 0
	for len(p.grams) < n && d.err == nil {
		step, size := binary.Uvarint(d.in)
		if last += step; size <= 0 || last > math.MaxUint32 {
			d.fail()
			break
		}
		d.in = d.in[size:]
		p.grams, p.found = append(p.grams, gram(last)), append(p.found, int32(d.below(len(p.docs)+1)))
		if end += d.number(); end > math.MaxInt32 {
			d.fail()
		}
		p.ends = append(p.ends, int32(end))
	}
	if p.lists = d.bytes(); len(p.lists) != end {
		d.fail()
	}
	return p
}

// shortTitle is a title without the country, which most have.
func shortTitle(title string) string { return strings.TrimPrefix(title, "中华人民共和国") }
