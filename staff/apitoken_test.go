package staff

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// tokens keep interface tokens in memory.
type tokens struct {
	list  map[string]APIToken
	steps []Draft
	asked int
}

func (k *tokens) APIToken(_ context.Context, id string) (APIToken, error) {
	k.asked++
	t, ok := k.list[id]
	if !ok {
		return APIToken{}, ErrNoToken
	}
	return t, nil
}

func (k *tokens) APITokens(context.Context) (all []APIToken, err error) {
	for _, t := range k.list {
		all = append(all, t)
	}
	return all, nil
}

func (k *tokens) PutAPIToken(_ context.Context, t APIToken, step Draft) error {
	if len(k.list) >= MaxAPITokens {
		return ErrTokens
	}
	k.list[t.ID], k.steps = t, append(k.steps, step)
	return nil
}

func (k *tokens) DropAPIToken(_ context.Context, id string, step Draft) error {
	if _, ok := k.list[id]; !ok {
		return ErrNoToken
	}
	delete(k.list, id)
	k.steps = append(k.steps, step)
	return nil
}

var admin = Account{Name: "赵管", Roles: []Role{Admin}}

func TestATokenOpensWhatItIsFor(t *testing.T) {
	ctx, kept := t.Context(), &tokens{list: map[string]APIToken{}}
	now := time.Date(2026, 3, 8, 10, 0, 0, 0, time.UTC)
	i := NewIssuer(kept, func() time.Time { return now })
	made, text, err := i.Make(ctx, admin, " 区局数据平台 ", []Scope{ReadFigures}, 90*24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if made.Name != "区局数据平台" || strings.Contains(made.Hash, text) || len(text) < 60 {
		t.Errorf("made %+v of %d characters", made, len(text))
	}
	got, err := i.Of(ctx, text)
	if err != nil || !got.May(ReadFigures) || got.May(ReadEntries) {
		t.Errorf("Of = %+v, %v", got, err)
	}
	if s := kept.steps[0]; s.Did != "make token" || s.Who != "赵管" || strings.Contains(s.Note+s.What, text[20:]) {
		t.Errorf("step %+v", s)
	}
	if _, _, err := i.Make(ctx, admin, "区局数据平台", Scopes(), time.Hour); !errors.Is(err, ErrTokenTaken) {
		t.Errorf("a second of the same name: %v", err)
	}
	now = made.Expires
	if _, err := i.Of(ctx, text); !errors.Is(err, ErrNoToken) {
		t.Errorf("at its end: %v", err)
	}
	now = made.Made
	if err := i.Withdraw(ctx, admin, made.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := i.Of(ctx, text); !errors.Is(err, ErrNoToken) {
		t.Errorf("after it was withdrawn: %v", err)
	}
	if err := i.Withdraw(ctx, admin, made.ID); !errors.Is(err, ErrNoToken) || len(kept.steps) != 2 {
		t.Errorf("withdrawn twice: %v, %d steps", err, len(kept.steps))
	}
}

func TestATokenThatIsNoneIsRefused(t *testing.T) {
	ctx, kept := t.Context(), &tokens{list: map[string]APIToken{}}
	i := NewIssuer(kept, nil)
	_, text, err := i.Make(ctx, admin, "平台", Scopes(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	last := map[bool]string{true: "B", false: "A"}[strings.HasSuffix(text[:len(text)-1], "A")]
	for _, c := range []struct {
		name, text string
		looked     bool
	}{
		{"empty", "", false},
		{"a word", "password", false},
		{"another secret", text[:len(text)-2] + last + text[len(text)-1:], true},
		{"another id", strings.Replace(text, text[5:17], "000000000000", 1), true},
		{"more behind it", text + "A", false},
		{"a line more", text + "\n", false},
		{"capitals in the id", strings.Replace(text, text[5:17], "ABCDEFABCDEF", 1), false},
		{"very long", strings.Repeat("a", 1<<16), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			kept.asked = 0
			if _, err := i.Of(ctx, c.text); !errors.Is(err, ErrNoToken) {
				t.Errorf("Of = %v", err)
			}
			if (kept.asked > 0) != c.looked {
				t.Errorf("the store was asked %d times", kept.asked)
			}
		})
	}
}

func TestMakingATokenIsRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		by     Account
		title  string
		scopes []Scope
		life   time.Duration
		want   error
	}{
		{"to an editor", Account{Name: "王编", Roles: []Role{Editor, Reviewer, Publisher, Viewer}}, "平台", Scopes(), time.Hour, ErrRole},
		{"to a disabled account", Account{Name: "赵管", Roles: []Role{Admin}, Disabled: true}, "平台", Scopes(), time.Hour, ErrRole},
		{"without a name", admin, "  ", Scopes(), time.Hour, ErrTokenName},
		{"with a long name", admin, strings.Repeat("长", 31), Scopes(), time.Hour, ErrTokenName},
		{"with a name of two lines", admin, "a\nb", Scopes(), time.Hour, ErrTokenName},
		{"without a scope", admin, "平台", nil, time.Hour, ErrTokenScope},
		{"with what is no scope", admin, "平台", []Scope{"staff"}, time.Hour, ErrTokenScope},
		{"for ever", admin, "平台", Scopes(), 400 * 24 * time.Hour, ErrTokenLife},
		{"for no time", admin, "平台", Scopes(), 0, ErrTokenLife},
	} {
		t.Run(c.name, func(t *testing.T) {
			kept := &tokens{list: map[string]APIToken{}}
			_, text, err := NewIssuer(kept, nil).Make(t.Context(), c.by, c.title, c.scopes, c.life)
			if !errors.Is(err, c.want) || text != "" || len(kept.list) != 0 {
				t.Errorf("Make = %q, %v, want %v", text, err, c.want)
			}
		})
	}
}
