package wechat

import (
	"errors"
	"strings"
)

// Bounds of a message. The largest real one, MASSSENDJOBFINISH with eight
// articles, has depth 5 and about 100 elements.
const (
	maxDepth    = 8
	maxElements = 1024
	maxName     = 64
	maxField    = 64 << 10
)

var (
	errSyntax  = errors.New("not well-formed xml")
	errSubset  = errors.New("xml with a document type or an unknown name")
	errOutside = errors.New("text outside the xml element")
	errLimit   = errors.New("xml over its limits")
)

// visitor is told what a document holds. Paths leave the root out and are
// only valid during the call.
type visitor interface {
	// open is called for every element below the root, before what it holds.
	open(path []string)
	// leaf is called for every element below the root that holds no other.
	leaf(path []string, value string)
}

// scanner reads the subset of XML that the platform sends: one <xml> root,
// elements, text, CDATA, the five named entities and numeric ones. Comments,
// processing instructions and attributes are skipped, a document type is
// refused. It agrees with encoding/xml on every document both accept, and
// values are substrings of the document wherever nothing had to be replaced.
type scanner struct {
	doc      string
	pos      int
	maxField int
	visit    visitor

	path     [maxDepth]string
	depth    int
	elements int
	inLeaf   bool   // no element has begun since the last start tag
	text     string // first piece of the current text
	more     []byte // the whole text, once it has two pieces
}

// scan reports the elements of doc, whose characters must be legal in XML
// (see clean), to v.
func scan(doc string, fieldLimit int, v visitor) error {
	s := scanner{doc: strings.TrimPrefix(doc, "\ufeff"), maxField: fieldLimit, visit: v}
	for s.pos < len(s.doc) {
		if err := s.next(); err != nil {
			return err
		}
	}
	if s.depth != 0 || s.elements == 0 {
		return errSyntax
	}
	return nil
}

// next reads one piece of text or one piece of markup.
func (s *scanner) next() error {
	rest := s.doc[s.pos:]
	if rest[0] != '<' {
		return s.chars()
	}
	switch {
	case strings.HasPrefix(rest, "</"):
		return s.end()
	case strings.HasPrefix(rest, "<![CDATA["):
		return s.cdata()
	case strings.HasPrefix(rest, "<!--"):
		return s.comment()
	case strings.HasPrefix(rest, "<?"):
		return s.skipPast("?>")
	case strings.HasPrefix(rest, "<!"):
		return errSubset
	}
	return s.start()
}

func (s *scanner) chars() error {
	end := strings.IndexByte(s.doc[s.pos:], '<')
	if end < 0 {
		end = len(s.doc) - s.pos
	}
	raw := s.doc[s.pos : s.pos+end]
	s.pos += end
	if s.depth == 0 {
		if strings.Trim(raw, " \t\r\n") != "" {
			return errOutside
		}
		return nil
	}
	text, ok := unescape(newlines(raw))
	if !ok {
		return errSyntax
	}
	return s.add(text)
}

func (s *scanner) cdata() error {
	const open, end = len("<![CDATA["), len("]]>")
	if s.depth == 0 {
		return errOutside
	}
	n := strings.Index(s.doc[s.pos+open:], "]]>")
	if n < 0 {
		return errSyntax
	}
	raw := s.doc[s.pos+open : s.pos+open+n]
	s.pos += open + n + end
	return s.add(newlines(raw))
}

// add appends a piece to the text of the current element.
func (s *scanner) add(piece string) error {
	switch {
	case !s.inLeaf || piece == "":
		return nil
	case s.text == "":
		s.text = piece
	case len(s.more) == 0:
		s.more = append(append(s.more, s.text...), piece...)
	default:
		s.more = append(s.more, piece...)
	}
	if max(len(s.text), len(s.more)) > s.maxField {
		return errLimit
	}
	return nil
}

// start reads a start tag or an empty element.
func (s *scanner) start() error {
	s.pos++
	name, err := s.name()
	if err != nil {
		return err
	}
	empty, err := s.attributes()
	if err != nil {
		return err
	}
	if err := s.push(name); err != nil || !empty {
		return err
	}
	s.pop()
	return nil
}

// end reads an end tag.
func (s *scanner) end() error {
	s.pos += len("</")
	name, err := s.name()
	if err != nil {
		return err
	}
	s.space()
	if !s.take('>') || s.depth == 0 || s.path[s.depth-1] != name {
		return errSyntax
	}
	s.pop()
	return nil
}

func (s *scanner) push(name string) error {
	if s.depth == 0 && (s.elements > 0 || name != "xml") {
		return errOutside
	}
	s.elements++
	if s.depth == maxDepth || s.elements > maxElements {
		return errLimit
	}
	s.path[s.depth] = name
	s.depth++
	s.inLeaf, s.text, s.more = true, "", s.more[:0]
	if s.depth > 1 {
		s.visit.open(s.path[1:s.depth])
	}
	return nil
}

func (s *scanner) pop() {
	if s.inLeaf && s.depth > 1 {
		if len(s.more) > 0 {
			s.text = string(s.more)
		}
		s.visit.leaf(s.path[1:s.depth], s.text)
	}
	s.inLeaf = false
	s.depth--
}

func (s *scanner) name() (string, error) {
	start := s.pos
	for s.pos < len(s.doc) && nameByte(s.doc[s.pos]) {
		s.pos++
	}
	name := s.doc[start:s.pos]
	switch {
	case s.pos < len(s.doc) && (s.doc[s.pos] == ':' || s.doc[s.pos] >= 0x80):
		// Prefixes and names outside ASCII: the platform has none.
		return "", errSubset
	case len(name) > maxName:
		return "", errLimit
	case name == "" || name[0] == '-' || name[0] == '.' || '0' <= name[0] && name[0] <= '9':
		return "", errSyntax
	}
	return name, nil
}

func nameByte(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '_' || b == '-' || b == '.'
}

// attributes skips to the end of a start tag and says whether it is that of
// an empty element.
func (s *scanner) attributes() (empty bool, err error) {
	for {
		s.space()
		switch {
		case s.take('>'):
			return false, nil
		case s.take('/'):
			if !s.take('>') {
				return false, errSyntax
			}
			return true, nil
		}
		if err := s.attribute(); err != nil {
			return false, err
		}
	}
}

func (s *scanner) attribute() error {
	if _, err := s.name(); err != nil {
		return err
	}
	s.space()
	if !s.take('=') {
		return errSyntax
	}
	s.space()
	switch {
	case s.take('"'):
		return s.skipPast(`"`)
	case s.take('\''):
		return s.skipPast(`'`)
	}
	return errSyntax
}

func (s *scanner) comment() error {
	s.pos += len("<!--")
	if err := s.skipPast("--"); err != nil {
		return err
	}
	if !s.take('>') {
		return errSyntax
	}
	return nil
}

func (s *scanner) skipPast(mark string) error {
	n := strings.Index(s.doc[s.pos:], mark)
	if n < 0 {
		return errSyntax
	}
	s.pos += n + len(mark)
	return nil
}

func (s *scanner) space() {
	for s.pos < len(s.doc) && strings.IndexByte(" \t\r\n", s.doc[s.pos]) >= 0 {
		s.pos++
	}
}

func (s *scanner) take(b byte) bool {
	if s.pos < len(s.doc) && s.doc[s.pos] == b {
		s.pos++
		return true
	}
	return false
}
