package content

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
)

// maxEntryBytes is the size of an entry's file past which it is refused: the
// longest useful entry is under 8 KiB.
const maxEntryBytes = 64 << 10

var fence = []byte("---\n")

// ParseEntry reads one entry's file: YAML between two lines of ---, then the
// body. It checks form, not sense: see check.go for that. Every error says the
// line.
func ParseEntry(file string, data []byte) (*Entry, error) {
	if len(data) > maxEntryBytes {
		return nil, fmt.Errorf("%s: %d bytes, at most %d", file, len(data), maxEntryBytes)
	}
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	front, body, err := splitFront(data)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", file, err)
	}
	if line := aliasLine(front); line > 0 {
		return nil, fmt.Errorf("%s:%d: YAML anchors and aliases (& and *) are not allowed; put the text in quotes", file, line+1)
	}
	sum := sha256.Sum256(data)
	e := &Entry{File: file, Hash: hex.EncodeToString(sum[:])}
	if err := yaml.UnmarshalWithOptions(front, e, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%s:%w", file, frontError(err))
	}
	e.lastDay = lastDay(e.ReviewDue)
	if err := e.readBody(string(body)); err != nil {
		firstLine := bytes.Count(front, []byte("\n")) + 3
		return nil, fmt.Errorf("%s:%w", file, err.shift(firstLine))
	}
	return e, nil
}

func splitFront(data []byte) (front, body []byte, err error) {
	rest, ok := bytes.CutPrefix(data, fence)
	if !ok {
		return nil, nil, errors.New("1: the first line is not ---")
	}
	front, body, ok = bytes.Cut(rest, append([]byte("\n"), fence...))
	if !ok {
		return nil, nil, errors.New("1: no second line of --- ends the front matter")
	}
	return append(front, '\n'), body, nil
}

// aliasForm is a YAML anchor or alias: nested ones make the parser run without
// end, and no entry needs one.
var aliasForm = regexp.MustCompile(`(?m)(^|[:\-\[,{?])[ \t]*[&*!]`)

// aliasLine is the first line, from 1, that holds one; 0 for none.
func aliasLine(front []byte) int {
	at := aliasForm.FindIndex(front)
	if at == nil {
		return 0
	}
	return 1 + bytes.Count(front[:at[1]], []byte("\n"))
}

// frontError shortens goccy's many-line error to "line: what".
func frontError(err error) error {
	var at yaml.Error
	if !errors.As(err, &at) || at.GetToken() == nil {
		return fmt.Errorf("2: %w", err)
	}
	return fmt.Errorf("%d: %s", at.GetToken().Position.Line+1, at.GetMessage())
}

// lineError is an error of the body with its line, counted from 0.
type lineError struct {
	line int
	what string
}

func (e *lineError) shift(first int) error { return fmt.Errorf("%d: %s", e.line+first, e.what) }

// readBody takes the first paragraph as the short answer and each later line
// as one line of the answer: "! " what must be said, "- " the rest.
func (e *Entry) readBody(body string) *lineError {
	for i, line := range strings.Split(body, "\n") {
		line = strings.TrimSpace(line)
		must, isMust := strings.CutPrefix(line, "! ")
		plain, isPlain := strings.CutPrefix(line, "- ")
		switch {
		case line == "":
		case isMust:
			e.Lines = append(e.Lines, Line{Text: strings.TrimSpace(must), Must: true})
		case isPlain:
			e.Lines = append(e.Lines, Line{Text: strings.TrimSpace(plain)})
		case len(e.Lines) > 0:
			return &lineError{i, "a line after the short answer begins with neither \"! \" nor \"- \""}
		default:
			e.Short += line
		}
	}
	if e.Short == "" {
		return &lineError{0, "no short answer: the body begins with a paragraph"}
	}
	return nil
}
