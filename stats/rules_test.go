package stats

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDocsHaveTheRules holds the table of docs/统计口径.md to Rules and
// PushRules.
func TestDocsHaveTheRules(t *testing.T) {
	data, err := os.ReadFile("../docs/统计口径.md")
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "| K") {
			got = append(got, strings.TrimSpace(line))
		}
	}
	for _, r := range allRules() {
		want = append(want, fmt.Sprintf("| %s | `%s` | %s | %s | %s | %s | %s | %s |", r.Number, r.ID, r.Name, r.What, r.Source, r.Dedup, r.Trial, r.Not))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("docs/统计口径.md (-rules +docs):\n%s", diff)
	}
}

// allRules are those of both, by number.
func allRules() []Rule {
	list := append(Rules(), PushRules()...)
	slices.SortFunc(list, func(a, b Rule) int { return strings.Compare(a.Number, b.Number) })
	return list
}

func TestRulesAreWhole(t *testing.T) {
	ids := set{}
	for i, r := range allRules() {
		if want := fmt.Sprintf("K%02d", i+1); r.Number != want {
			t.Errorf("rule %d has number %s, want %s", i, r.Number, want)
		}
		if ids[r.ID] || r.ID == "" {
			t.Errorf("%s: id %q is empty or taken", r.Number, r.ID)
		}
		ids[r.ID] = true
		for _, text := range []string{r.Name, r.What, r.Source, r.Dedup, r.Trial, r.Not} {
			if text == "" || strings.ContainsAny(text, "|\n") {
				t.Errorf("%s: text %q", r.Number, text)
			}
		}
	}
	for _, id := range []string{"answered", "menu", "referred", "crisis", "command", "limited", "none"} {
		if !ids[id] {
			t.Errorf("no rule counts the outcome %s", id)
		}
	}
}
