package content

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// FormatEntry writes an entry as its file: the fields in the order of
// library/README.md, then the body. What it returns reads back as the same
// entry, which it tries before it returns; an entry that the form cannot carry
// (no short answer, a line break in a line, bytes that are no text) is an
// error. Comments of the file that e was read from are not part of e and are
// gone.
func FormatEntry(e *Entry) ([]byte, error) {
	var w entryWriter
	w.front(e)
	w.body(e)
	data := w.Bytes()
	back, err := ParseEntry(idFile(e.ID), data)
	if err != nil {
		return nil, fmt.Errorf("write entry %s: it does not read back: %w", e.ID, err)
	}
	if field := firstDifference(e, back); field != "" || !utf8.Valid(data) {
		return nil, fmt.Errorf("write entry %s: %w", e.ID, errors.New("the form of a file cannot carry its "+orText(field)))
	}
	return data, nil
}

func orText(field string) string {
	if field == "" {
		return "text, which is not UTF-8"
	}
	return field
}

// ValidID reports whether id has the form topic/slug, which is also the path of
// its file. Whether there is such a topic is another question.
func ValidID(id string) bool { return idForm.MatchString(id) }

// idFile is where an entry of that id stands.
func idFile(id string) string { return id + ".md" }

// firstDifference names the first exported field in which two entries differ,
// but for where they were read; no list and an empty one are the same.
func firstDifference(a, b *Entry) string {
	va, vb := reflect.ValueOf(*a), reflect.ValueOf(*b)
	for i := range va.NumField() {
		field := va.Type().Field(i)
		if !field.IsExported() || field.Name == "File" || field.Name == "Hash" {
			continue
		}
		if !sameValue(va.Field(i), vb.Field(i)) {
			return field.Name
		}
	}
	return ""
}

func sameValue(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !sameValue(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Struct:
		for i := range a.NumField() {
			if !sameValue(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	default:
		return a.Equal(b)
	}
}

// entryWriter writes the YAML of an entry in the one way that the library is
// written in, so that a file that was only read and written shows no change.
type entryWriter struct{ bytes.Buffer }

func (w *entryWriter) front(e *Entry) {
	w.WriteString("---\n")
	w.field("", "id", e.ID)
	w.field("", "title", e.Title)
	w.block("questions", e.Questions)
	w.lookalikes(e.Not)
	w.flow("", "keywords", e.Keywords)
	w.citations(e.Citations)
	w.remedy(e.Remedy)
	w.flow("", "themes", e.Themes)
	w.flow("", "facts", e.Facts)
	fmt.Fprintf(w, "sensitive: %t\n", e.Sensitive)
	w.quoted("", "checked_on", e.CheckedOn)
	w.quoted("", "review_due", e.ReviewDue)
	if e.ReviewWhy != "" {
		w.field("", "review_why", e.ReviewWhy)
	}
	w.flow("", "related", e.Related)
	w.WriteString("---\n")
}

func (w *entryWriter) body(e *Entry) {
	w.WriteString(e.Short + "\n")
	if len(e.Lines) > 0 {
		w.WriteString("\n")
	}
	for _, l := range e.Lines {
		mark := "- "
		if l.Must {
			mark = "! "
		}
		w.WriteString(mark + l.Text + "\n")
	}
}

// field writes one key; before is what stands in front of it on its line.
func (w *entryWriter) field(before, key, value string) {
	fmt.Fprintf(w, "%s%s: %s\n", before, key, scalar(value, false))
}

// quoted is for values that YAML would read as a number or a day.
func (w *entryWriter) quoted(before, key, value string) {
	fmt.Fprintf(w, "%s%s: %s\n", before, key, quote(value))
}

// block writes a list with a line for each value.
func (w *entryWriter) block(key string, values []string) {
	if len(values) == 0 {
		fmt.Fprintf(w, "%s: []\n", key)
		return
	}
	fmt.Fprintf(w, "%s:\n", key)
	for _, v := range values {
		fmt.Fprintf(w, "  - %s\n", scalar(v, false))
	}
}

// flow writes a list on one line.
func (w *entryWriter) flow(before, key string, values []string) {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = scalar(v, true)
	}
	fmt.Fprintf(w, "%s%s: [%s]\n", before, key, strings.Join(list, ", "))
}

func (w *entryWriter) lookalikes(list []Lookalike) {
	if len(list) == 0 {
		w.WriteString("not: []\n")
		return
	}
	w.WriteString("not:\n")
	for _, n := range list {
		w.field("  - ", "ask", n.Ask)
		w.field("    ", "entry", n.Entry)
	}
}

func (w *entryWriter) citations(list []Citation) {
	if len(list) == 0 {
		w.WriteString("citations: []\n")
		return
	}
	w.WriteString("citations:\n")
	for _, c := range list {
		w.field("  - ", "law", c.Law)
		w.quoted("    ", "article", c.Article)
		w.quoted("    ", "edition", c.Edition)
		w.field("    ", "gist", c.Gist)
	}
}

func (w *entryWriter) remedy(r Remedy) {
	w.WriteString("remedy:\n")
	w.field("  ", "door", r.Door)
	w.field("  ", "bring", r.Bring)
	w.field("  ", "deadline", r.Deadline)
	w.field("  ", "cost", r.Cost)
	w.field("  ", "where", r.Where)
	w.flow("  ", "hotlines", r.Hotlines)
}

// scalar writes a string as YAML that reads back as that string: bare where
// nothing in it means something to YAML, in double quotes else.
func scalar(s string, inFlow bool) string {
	if isBare(s, inFlow) {
		return s
	}
	return quote(s)
}

// typed is what YAML may take for a number, a day, a truth value or nothing.
var typed = regexp.MustCompile(`^(?i:[-+.0-9][-+.:0-9a-z_ ]*|true|false|yes|no|on|off|y|n|null|nan|inf)$`)

// isBare is on the careful side: what it refuses is only put in quotes.
func isBare(s string, inFlow bool) bool {
	first, _ := utf8.DecodeRuneInString(s)
	switch {
	case s == "" || first < utf8.RuneSelf && !isWord(first):
		return false
	case typed.MatchString(s) || s != strings.TrimSpace(s):
		return false
	case strings.Contains(s, ": ") || strings.HasSuffix(s, ":") || strings.Contains(s, " #"):
		return false
	case inFlow && strings.ContainsAny(s, ",[]{}:"):
		return false
	}
	return !aliasForm.MatchString(s) && strings.IndexFunc(s, needsEscape) < 0
}

func isWord(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// needsEscape finds what would not show on a line, or would end it.
func needsEscape(r rune) bool {
	return r != ' ' && !unicode.IsPrint(r) && r != '\u3000'
}

// quote writes a string in double quotes. The marks of anchors, aliases and
// tags are escaped, because the reader refuses them wherever they stand.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '&' || r == '*' || r == '!' || r < 0x20:
			fmt.Fprintf(&b, `\x%02x`, r)
		case needsEscape(r) && r > 0xFFFF:
			fmt.Fprintf(&b, `\U%08x`, r)
		case needsEscape(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
