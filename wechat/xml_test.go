package wechat

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
)

// leaves collects what a scan reports.
type leaves []string

func (l *leaves) open(path []string) { *l = append(*l, "+"+strings.Join(path, "/")) }

func (l *leaves) leaf(path []string, value string) {
	*l = append(*l, fmt.Sprintf("%s=%q", strings.Join(path, "/"), value))
}

var errReference = errors.New("outside the subset")

// viaEncodingXML reads a document with encoding/xml under the rules of scan.
func viaEncodingXML(doc string) (leaves, error) {
	var (
		out      leaves
		path     []string
		text     strings.Builder
		leaf     bool
		elements int
	)
	d := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(doc, "\ufeff")))
	for {
		token, err := d.Token()
		if err == io.EOF {
			if elements == 0 {
				return nil, errReference
			}
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		switch tok := token.(type) {
		case xml.StartElement:
			if len(path) == 0 && (elements > 0 || tok.Name.Local != "xml") {
				return nil, errReference
			}
			path, leaf, elements = append(path, tok.Name.Local), true, elements+1
			text.Reset()
			if len(path) > maxDepth || elements > maxElements {
				return nil, errReference
			}
			if len(path) > 1 {
				out.open(path[1:])
			}
		case xml.EndElement:
			if leaf && len(path) > 1 {
				out.leaf(path[1:], text.String())
			}
			path, leaf = path[:len(path)-1], false
		case xml.CharData:
			if len(path) == 0 && strings.Trim(string(tok), " \t\r\n") != "" {
				return nil, errReference
			}
			text.Write(tok)
			if leaf && text.Len() > maxField {
				return nil, errReference
			}
		case xml.Directive:
			return nil, errReference
		}
	}
}

// sameAsReference compares scan with encoding/xml on one document.
func sameAsReference(t *testing.T, data string) {
	t.Helper()
	doc := clean(data)
	var got leaves
	err := scan(doc, maxField, &got)
	want, refErr := viaEncodingXML(doc)
	switch {
	case err == nil && refErr == nil:
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("scan(%q)\n = %q\nencoding/xml\n = %q", doc, got, want)
		}
	case err == nil:
		if !knowinglyLenient(doc, refErr) {
			t.Fatalf("scan accepts %q as %q, encoding/xml says %v", doc, got, refErr)
		}
	case refErr == nil:
		// Names outside ASCII, prefixes, long names, and CDATA outside the
		// root are refused on purpose.
		if !errors.Is(err, errSubset) && !errors.Is(err, errLimit) && !errors.Is(err, errOutside) {
			t.Fatalf("scan refuses %q (%v), encoding/xml reads %q", doc, err, want)
		}
	}
}

// knowinglyLenient lists where scan reads what encoding/xml refuses: an end
// mark of CDATA in text (a resident may type one), a reference to a character
// that XML does not have, and attributes and instructions, which are skipped
// unread.
func knowinglyLenient(doc string, refErr error) bool {
	return strings.Contains(refErr.Error(), "unescaped ]]>") ||
		strings.Contains(refErr.Error(), "illegal character code") ||
		strings.Contains(doc, "=") || strings.Contains(doc, "<?")
}

func TestLimitsOfAScan(t *testing.T) {
	nest := func(n int) string { return "<xml>" + strings.Repeat("<a>", n) + strings.Repeat("</a>", n) + "</xml>" }
	tests := []struct {
		name, doc string
		want      error
	}{
		{"depth eight", nest(maxDepth - 1), nil},
		{"depth nine", nest(maxDepth), errLimit},
		{"1024 elements", "<xml>" + strings.Repeat("<a/>", maxElements-1) + "</xml>", nil},
		{"1025 elements", "<xml>" + strings.Repeat("<a/>", maxElements) + "</xml>", errLimit},
		{"a field of the limit", "<xml><a>12345678</a></xml>", nil},
		{"a field over the limit", "<xml><a>123456789</a></xml>", errLimit},
		{"a field over the limit in pieces", "<xml><a>1234<![CDATA[5678]]>9</a></xml>", errLimit},
		{"text between elements does not count", "<xml><b/>" + strings.Repeat(" ", 20) + "<a/></xml>", nil},
		{"a name of 64", "<xml><" + strings.Repeat("a", maxName) + "/></xml>", nil},
		{"a name of 65", "<xml><" + strings.Repeat("a", maxName+1) + "/></xml>", errLimit},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := scan(tt.doc, 8, new(leaves)); !errors.Is(err, tt.want) {
				t.Errorf("scan error = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestManyPiecesAreJoinedOnce(t *testing.T) {
	doc := "<xml><a>" + strings.Repeat("<![CDATA[x]]>", 20000) + "</a></xml>"
	var got leaves
	if err := scan(doc, maxField, &got); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("a=%q", strings.Repeat("x", 20000)); got[1] != want {
		t.Errorf("20000 pieces give %d bytes, want %d", len(got[1]), len(want))
	}
	// Joining each piece to a new string would take 20000 allocations.
	if n := testing.AllocsPerRun(5, func() { _ = scan(doc, maxField, &got) }); n > 60 {
		t.Errorf("%v allocations for one field", n)
	}
}

func TestCleanKeepsWhatIsLegal(t *testing.T) {
	for _, s := range []string{"", "a\t\n\r", "\x7f\u0085", "\uFFFD", "中文，标点。", "\U0010FFFF", "\uE000"} {
		if got := clean(s); got != s {
			t.Errorf("clean(%q) = %q", s, got)
		}
	}
	for s, want := range map[string]string{
		"\x00": "\uFFFD", "\x1f": "\uFFFD", "\uFFFE": "\uFFFD", "\uFFFF": "\uFFFD",
		"\xed\xa0\x80": "\uFFFD\uFFFD\uFFFD", "\xef\xbf": "\uFFFD\uFFFD",
	} {
		if got := clean(s); got != want {
			t.Errorf("clean(%q) = %q, want %q", s, got, want)
		}
	}
}
