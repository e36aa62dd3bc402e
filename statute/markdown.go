package statute

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Limits on one file. The longest real text has 0.5 MiB and lines below 3 KiB.
const (
	MaxFileBytes  = 4 << 20
	MaxLineBytes  = 64 << 10
	maxFrontBytes = 64 << 10
)

// ParseText reads one text: front matter between two lines of three
// hyphens, then Markdown. It refuses files over MaxFileBytes, lines over
// MaxLineBytes, bytes that are no UTF-8, a missing id or title and dates that
// are none. The effective date is left empty where only another text gives it.
func ParseText(file []byte) (*Text, error) {
	front, body, err := split(file)
	if err != nil {
		return nil, err
	}
	t, err := fromFrontMatter(front)
	if err != nil {
		return nil, err
	}
	newBodyParser(t, body).run()
	if t.Preamble == "" && len(t.Articles) == 0 {
		return nil, errors.New("no text below the front matter")
	}
	setEffective(t)
	return t, nil
}

// split checks the limits and takes the file apart into front matter and body.
func split(file []byte) (front []byte, body string, err error) {
	if len(file) > MaxFileBytes {
		return nil, "", fmt.Errorf("file has %d bytes, at most %d are read", len(file), MaxFileBytes)
	}
	if !utf8.Valid(file) {
		return nil, "", errors.New("file is not UTF-8")
	}
	file = bytes.TrimPrefix(file, []byte("\ufeff"))
	file = bytes.ReplaceAll(file, []byte("\r\n"), []byte("\n"))
	if n := longestLine(file); n > MaxLineBytes {
		return nil, "", fmt.Errorf("a line has %d bytes, at most %d are read", n, MaxLineBytes)
	}
	rest, found := bytes.CutPrefix(file, []byte("---\n"))
	if !found {
		return nil, "", errors.New("no front matter: the first line is not ---")
	}
	front, after, found := bytes.Cut(rest, []byte("\n---\n"))
	if !found {
		return nil, "", errors.New("front matter has no end: no second line ---")
	}
	if len(front) > maxFrontBytes {
		return nil, "", fmt.Errorf("front matter has %d bytes, at most %d are read", len(front), maxFrontBytes)
	}
	return front, string(after), nil
}

func longestLine(file []byte) int {
	longest := 0
	for line := range bytes.SplitSeq(file, []byte("\n")) {
		longest = max(longest, len(line))
	}
	return longest
}
