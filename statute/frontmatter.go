package statute

import (
	"errors"
	"fmt"
	"strings"
)

// fromFrontMatter reads the fields that are used from "key: value" lines;
// lists and keys that are not used are passed over. The files come from
// outside, so this is no YAML reader: a few lines of YAML with aliases can keep
// one busy for hours.
func fromFrontMatter(front []byte) (*Text, error) {
	fields, err := topLevel(string(front))
	if err != nil {
		return nil, fmt.Errorf("read front matter: %w", err)
	}
	t := &Text{
		ID: fields["id"], Title: fields["title"],
		Status: Status(fields["status"]), Group: fields["group"],
	}
	if t.ID == "" || t.Title == "" {
		return nil, errors.New("front matter lacks id or title")
	}
	if t.Published, err = optionalDay(fields["publication_date"]); err != nil {
		return nil, fmt.Errorf("publication_date: %w", err)
	}
	if t.Effective, err = optionalDay(fields["effective_date"]); err != nil {
		return nil, fmt.Errorf("effective_date: %w", err)
	}
	return t, nil
}

func topLevel(front string) (map[string]string, error) {
	used := map[string]string{
		"id": "", "title": "", "publication_date": "", "effective_date": "", "status": "", "group": "",
	}
	seen := map[string]bool{}
	for line := range strings.SplitSeq(front, "\n") {
		key, value, _ := strings.Cut(line, ":")
		if _, ok := used[key]; !ok {
			continue
		}
		if seen[key] {
			return nil, fmt.Errorf("%s stands twice", key)
		}
		seen[key] = true
		scalar, err := plainScalar(strings.TrimSpace(value))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		used[key] = scalar
	}
	return used, nil
}

// plainScalar reads a value that is bare or in quotes. Anything else that YAML
// knows (lists, blocks, anchors, escapes) is an error, not a guess.
func plainScalar(s string) (string, error) {
	if s == "null" || s == "~" {
		return "", nil
	}
	if s == "" || !strings.ContainsRune("'\"[{&*|>!%@`", rune(s[0])) {
		return s, nil
	}
	if quote := s[0]; quote == '\'' || quote == '"' {
		inner, found := strings.CutSuffix(s[1:], string(quote))
		if found && !strings.ContainsAny(inner, "'\"\\") {
			return strings.TrimSpace(inner), nil
		}
	}
	return "", fmt.Errorf("%s is neither bare nor in simple quotes", clip(s))
}

func optionalDay(s string) (Day, error) {
	if s == "" {
		return "", nil
	}
	return ParseDay(s)
}
