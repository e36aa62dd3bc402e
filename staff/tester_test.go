package staff

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseTestCode(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"as it is shown", "绑定测试 7KQ4M2XR", "7KQ4M2XR"},
		{"small letters", "绑定测试7kq4m2xr", "7KQ4M2XR"},
		{"wide letters and spaces", " 绑定测试　７ＫＱ４ M2XR ", "7KQ4M2XR"},
		{"a hyphen and a colon", "绑定测试：7KQ4-M2XR。", "7KQ4M2XR"},
		{"a sign that codes do not have", "绑定测试 7KQ4M2X0", ""},
		{"too short", "绑定测试 7KQ4M2X", ""},
		{"too long", "绑定测试 7KQ4M2XRR", ""},
		{"a word behind", "绑定测试 7KQ4M2XR 谢谢", ""},
		{"a question about it", "怎么绑定测试 7KQ4M2XR", ""},
		{"the words alone", "绑定测试", ""},
		{"the code alone", "7KQ4M2XR", ""},
		{"nothing", "", ""},
		{"a long text", "绑定测试" + strings.Repeat("A", 5000), ""},
	} {
		if got, ok := ParseTestCode(c.text); got != c.want || ok != (c.want != "") {
			t.Errorf("%s: ParseTestCode(%.40q) = %q, %t, want %q", c.name, c.text, got, ok, c.want)
		}
	}
}

func FuzzParseTestCode(f *testing.F) {
	f.Add("绑定测试 7KQ4M2XR")
	f.Add("绑定测试　７ｋｑ４")
	f.Fuzz(func(t *testing.T, text string) {
		if code, ok := ParseTestCode(text); ok && !regexp.MustCompile(`^[`+testSigns+`]{8}$`).MatchString(code) {
			t.Errorf("ParseTestCode(%q) = %q", text, code)
		}
	})
}

// bench keeps test accounts in memory.
type bench struct {
	list  []Tester
	code  string
	of    string
	steps []Draft
	down  error
}

func (b *bench) Testers(context.Context) ([]Tester, error) { return slices.Clone(b.list), b.down }

func (b *bench) PutTestCode(_ context.Context, code, of string) error {
	b.code, b.of = code, of
	return b.down
}

func (b *bench) DropTester(_ context.Context, id string, step Draft) error {
	n := len(b.list)
	if b.list = slices.DeleteFunc(b.list, func(t Tester) bool { return t.ID == id }); len(b.list) == n {
		return ErrNoTester
	}
	b.steps = append(b.steps, step)
	return nil
}

func TestTrialsCode(t *testing.T) {
	now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	b := &bench{}
	trials := NewTrials(b, func() time.Time { return now })
	by := Account{Name: "王编", Roles: []Role{Viewer}}
	seen := map[string]bool{}
	for range 200 {
		code, until, err := trials.Code(t.Context(), by)
		if err != nil || code != b.code || b.of != "王编" || !until.Equal(now.Add(TestCodeLife)) {
			t.Fatalf("Code = %q, %s, %v; kept %q of %q", code, until, err, b.code, b.of)
		}
		if got, ok := ParseTestCode(BindWord + " " + code); !ok || got != code || seen[code] {
			t.Fatalf("the code %q is none, or came twice", code)
		}
		seen[code] = true
	}
	for range MaxOwnTesters {
		b.list = append(b.list, Tester{ID: fmt.Sprint(len(b.list)), Of: "王编"})
	}
	if _, _, err := trials.Code(t.Context(), by); !errors.Is(err, ErrTesters) {
		t.Errorf("with as many as one may have: %v", err)
	}
	other := Account{Name: "李审"}
	if _, _, err := trials.Code(t.Context(), other); err != nil {
		t.Errorf("another one: %v", err)
	}
	for len(b.list) < MaxTesters {
		b.list = append(b.list, Tester{ID: fmt.Sprint(len(b.list)), Of: fmt.Sprint(len(b.list))})
	}
	if _, _, err := trials.Code(t.Context(), other); !errors.Is(err, ErrTesters) {
		t.Errorf("with as many as there may be: %v", err)
	}
}

func TestTrialsDrop(t *testing.T) {
	for _, c := range []struct {
		name string
		by   Account
		id   string
		want error
	}{
		{"one's own", Account{Name: "王编", Roles: []Role{Viewer}}, "aa", nil},
		{"another's", Account{Name: "李审", Roles: []Role{Reviewer, Editor, Publisher}}, "aa", ErrRole},
		{"another's, by whoever manages", Account{Name: "管理员", Roles: []Role{Admin}}, "aa", nil},
		{"one that is gone", Account{Name: "王编"}, "cc", ErrNoTester},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := &bench{list: []Tester{{ID: "aa", Of: "王编"}, {ID: "bb", Of: "李审"}}}
			trials := NewTrials(b, nil)
			if err := trials.Drop(t.Context(), c.by, c.id); !errors.Is(err, c.want) {
				t.Fatalf("Drop = %v, want %v", err, c.want)
			}
			if c.want != nil {
				if len(b.list) != 2 || len(b.steps) != 0 {
					t.Errorf("what was refused left %v, %v", b.list, b.steps)
				}
				return
			}
			if own, err := trials.Of(t.Context(), "王编"); err != nil || len(own) != 0 || len(b.steps) != 1 || b.steps[0].Did != "drop test account" || b.steps[0].Note != "王编" {
				t.Errorf("left %v, %v, steps %+v", own, err, b.steps)
			}
		})
	}
}

func TestTrialsOf(t *testing.T) {
	at := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	b := &bench{list: []Tester{{"bb", "王编", at.Add(time.Hour)}, {"cc", "李审", at}, {"aa", "王编", at}}}
	own, err := NewTrials(b, nil).Of(t.Context(), "王编")
	if diff := cmp.Diff([]Tester{{"aa", "王编", at}, {"bb", "王编", at.Add(time.Hour)}}, own); err != nil || diff != "" {
		t.Errorf("Of, %v (-want +got):\n%s", err, diff)
	}
	b.down = errors.New("away")
	if _, err := NewTrials(b, nil).Of(t.Context(), "王编"); !errors.Is(err, b.down) {
		t.Errorf("without a store: %v", err)
	}
	if _, _, err := NewTrials(b, nil).Code(t.Context(), Account{}); !errors.Is(err, b.down) {
		t.Errorf("a code without a store: %v", err)
	}
}
