package console

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pufa/content/edit"
)

var (
	literalForm = regexp.MustCompile(`(?:s\.at\([^,]*, |bad\(|fmt\.Errorf\()("(?:[^"\\]|\\.)*")`)
	latinForm   = regexp.MustCompile(`[A-Za-z]{3,} [a-z]+`)
)

// TestEveryMistakeIsSaidInChinese reads from the library's source what it can
// say of an entry, so that a check that is added there is not forgotten here.
func TestEveryMistakeIsSaidInChinese(t *testing.T) {
	checks, err := os.ReadFile("../../content/check.go")
	if err != nil {
		t.Fatal(err)
	}
	cross, err := os.ReadFile("../../content/crosscheck.go")
	if err != nil {
		t.Fatal(err)
	}
	_, references, _ := strings.Cut(string(cross), "func (l *Library) checkReferences(")
	references, _, _ = strings.Cut(references, "// HasArticle")
	fill := strings.NewReplacer("%q", `"甲"`, "%d", "3", "%s", "乙", "%w", "")
	n := 0
	for _, m := range literalForm.FindAllStringSubmatch(string(checks)+references, -1) {
		format, err := strconv.Unquote(m[1])
		if err != nil {
			t.Fatal(err)
		}
		what := fill.Replace(format)
		if !latinForm.MatchString(what) {
			continue // no message: the shape of a place
		}
		n++
		if said := inChinese(what); latinForm.MatchString(said) {
			t.Errorf("%q is said as %q", what, said)
		}
	}
	if n < 25 {
		t.Errorf("only %d messages were found in the source", n)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("check draft: %w", edit.ErrOwnWork), sayOwnWork},
		{edit.ErrTooSoon, sayTooSoon},
		{edit.ErrState, sayState},
		{edit.ErrMoved, sayMoved},
		{edit.ErrSame, saySame},
		{edit.ErrReason, sayReason},
		{fmt.Errorf("%w: %w", edit.ErrBad, errors.Join(errors.New("consumer/a.md:3: title has 30 characters, want 1 to 20"))), sayRefused + "有30个字，要1到20个字"},
	} {
		if got, ok := refusal(c.err); !ok || got != c.want {
			t.Errorf("refusal(%v) = %q, %t, want %q", c.err, got, ok, c.want)
		}
	}
	if text, ok := refusal(errors.New("redis is away")); ok {
		t.Errorf("an outage is told as %q", text)
	}
}
