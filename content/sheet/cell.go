package sheet

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// escape writes one text so that it can stand on one line of a cell and reads
// back whole after a person or a spreadsheet program has trimmed the cell.
// Almost every text of the library comes out as it is.
func escape(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '\\':
			b.WriteString(`\\`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == ' ' && (i == 0 || i == len(s)-1):
			b.WriteString(`\s`)
		case r != ' ' && !unicode.IsPrint(r), // XML cannot hold it, or nobody would see it
			r == '_' && strings.HasPrefix(s[i+1:], "x"): // xlsx would read _x000A_ as a line end
			fmt.Fprintf(&b, `\u{%x}`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// errBackslash is the mend for a backslash that means nothing.
var errBackslash = errors.New(`a \ stands only before n, s, e, |, u{…} or another \; write a plain one as \\`)

// unescape reads what escape and its kin wrote.
func unescape(s string) (string, error) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, `\`)
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		text, rest, err := unescapeOne(after)
		if err != nil {
			return "", err
		}
		b.WriteString(text)
		s = rest
	}
}

// unescapeOne reads what stands after a backslash.
func unescapeOne(s string) (text, rest string, err error) {
	for _, pair := range [...][2]string{{`\`, `\`}, {"|", "|"}, {"｜", "｜"}, {"n", "\n"}, {"s", " "}, {"e", ""}} {
		if after, ok := strings.CutPrefix(s, pair[0]); ok {
			return pair[1], after, nil
		}
	}
	code, ok := strings.CutPrefix(s, "u{")
	code, rest, closed := strings.Cut(code, "}")
	n, err := strconv.ParseUint(code, 16, 32)
	if !ok || !closed || err != nil || !utf8.ValidRune(rune(n)) {
		return "", "", errBackslash
	}
	return string(rune(n)), rest, nil
}

// readText reads a cell of one text, which escape wrote.
func readText(cell string) (string, error) {
	cell = strings.TrimSpace(cell)
	if strings.ContainsAny(cell, "\r\n") {
		return "", errors.New("the cell holds more than one line")
	}
	return unescape(cell)
}

// writeList writes a cell with a line for each text.
func writeList(list []string) string {
	lines := make([]string, len(list))
	for i, s := range list {
		if lines[i] = escape(s); s == "" {
			lines[i] = `\e` // an empty line is nothing, and this is something
		}
	}
	return strings.Join(lines, "\n")
}

func readList(cell string) (list []string, err error) {
	err = readLines(cell, func(line string) error {
		s, err := unescape(line)
		list = append(list, s)
		return err
	})
	return list, err
}

// readLines gives each line of a cell that holds something to read, and names
// the line of an error.
func readLines(cell string, read func(line string) error) error {
	cell = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(cell)
	for i, line := range strings.Split(cell, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if err := read(line); err != nil {
			return fmt.Errorf("line %d of the cell: %w", i+1, err)
		}
	}
	return nil
}

// separators stand between the parts of a line; the wide one is what a
// Chinese keyboard types.
const separators = "|｜"

var partEscaper = strings.NewReplacer("|", `\|`, "｜", `\｜`)

// writeParts writes one line of several parts.
func writeParts(parts ...string) string {
	escaped := make([]string, len(parts))
	for i, p := range parts {
		escaped[i] = partEscaper.Replace(escape(p))
	}
	return strings.Join(escaped, "|")
}

// readParts reads a line of as many parts as form has, which names them.
func readParts(line, form string) ([]string, error) {
	parts := splitParts(line)
	if want := strings.Count(form, "|") + 1; len(parts) != want {
		return nil, fmt.Errorf("%s has %d parts between |, want %d: %s", brief(line), len(parts), want, form)
	}
	for i, p := range parts {
		var err error
		if parts[i], err = unescape(strings.TrimSpace(p)); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// splitParts splits at the separators that no backslash stands before.
func splitParts(line string) (parts []string) {
	begin, escaped := 0, false
	for i, r := range line {
		switch {
		case escaped:
			escaped = false
		case r == '\\':
			escaped = true
		case strings.ContainsRune(separators, r):
			parts = append(parts, line[begin:i])
			begin = i + utf8.RuneLen(r)
		}
	}
	return append(parts, line[begin:])
}

// brief quotes what a message is about; of a long text its beginning.
func brief(s string) string {
	const most = 40
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most]) + "…"
	}
	return strconv.Quote(s)
}
