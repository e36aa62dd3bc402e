package staff

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

// staffed is an office with two who manage and one who edits.
func staffed(t *testing.T) (*Office, *memory) {
	t.Helper()
	o, book := newTestOffice()
	for name, role := range map[string]Role{"王管理": Admin, "李管理": Admin, "赵编辑": Editor} {
		if err := o.Add(t.Context(), Terminal, name, goodPassword, []Role{role}); err != nil {
			t.Fatal(err)
		}
	}
	return o, book
}

func TestSomebodyAlwaysManagesAccounts(t *testing.T) {
	ctx := t.Context()
	viewer := []Role{Viewer}
	cases := []struct {
		name string
		do   func(*Office) error
		want error
	}{
		{"another one's role may be taken", func(o *Office) error { return o.SetRoles(ctx, "王管理", "李管理", viewer) }, nil},
		{"one's own role may not", func(o *Office) error { return o.SetRoles(ctx, "王管理", "王管理", viewer) }, ErrOwnRole},
		{"one's own other roles may", func(o *Office) error { return o.SetRoles(ctx, "王管理", "王管理", []Role{Admin, Editor}) }, nil},
		{"one's own account may not be disabled", func(o *Office) error { return o.Disable(ctx, "王管理", "王管理") }, ErrOwnRole},
		{"the last one may not be disabled, at the terminal either", func(o *Office) error {
			return errors.Join(o.Disable(ctx, "王管理", "李管理"), o.Disable(ctx, Terminal, "王管理"))
		}, ErrLastAdmin},
		{"who is disabled is none that is left", func(o *Office) error {
			return errors.Join(o.Disable(ctx, "王管理", "李管理"), o.SetRoles(ctx, "赵编辑", "王管理", viewer))
		}, ErrLastAdmin},
		{"who is enabled again is one", func(o *Office) error {
			return errors.Join(o.Disable(ctx, "王管理", "李管理"), o.Enable(ctx, "王管理", "李管理"), o.Disable(ctx, "李管理", "王管理"))
		}, nil},
		{"an account that is not there", func(o *Office) error { return o.SetRoles(ctx, "王管理", "无此人", viewer) }, ErrUnknown},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			o, book := staffed(t)
			if err := c.do(o); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
				t.Errorf("err = %v, want %v", err, c.want)
			}
			if !slices.ContainsFunc([]string{"王管理", "李管理"}, func(n string) bool { return book.accounts[n].May(Admin) }) {
				t.Error("nobody manages accounts")
			}
			if _, err := o.Verify(ctx); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWhatEndsSessions(t *testing.T) {
	ctx := t.Context()
	secret := NewCodeSecret()
	for _, c := range []struct {
		name string
		ends bool
		do   func(*Office, *memory) error
	}{
		{"another password", true, func(o *Office, _ *memory) error { return o.Reset(ctx, "王管理", "赵编辑", goodPassword+"!") }},
		{"one's own new password", true, func(o *Office, _ *memory) error {
			_, err := o.ChangePassword(ctx, "赵编辑", goodPassword, goodPassword+"!")
			return err
		}},
		{"disabling", true, func(o *Office, _ *memory) error { return o.Disable(ctx, "王管理", "赵编辑") }},
		{"signing out everywhere", true, func(o *Office, _ *memory) error { return o.EndSessions(ctx, "赵编辑", "赵编辑") }},
		{"one-time codes", true, func(o *Office, _ *memory) error {
			_, err := o.SetCode(ctx, "赵编辑", secret, codeNow(t, secret))
			return err
		}},
		{"no one-time codes", true, func(o *Office, _ *memory) error { return o.DropCode(ctx, "王管理", "赵编辑") }},
		{"other roles do not", false, func(o *Office, _ *memory) error {
			return o.SetRoles(ctx, "王管理", "赵编辑", []Role{Editor, Viewer})
		}},
		{"signing in does not", false, func(o *Office, _ *memory) error { return o.SignedIn(ctx, "赵编辑") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, book := staffed(t)
			before, n := book.accounts["赵编辑"], len(book.steps)
			if err := c.do(o, book); err != nil {
				t.Fatal(err)
			}
			if ended := book.accounts["赵编辑"].Era > before.Era; ended != c.ends {
				t.Errorf("sessions ended: %v, want %v", ended, c.ends)
			}
			if len(book.steps) != n+1 {
				t.Errorf("%d steps of the trail, want 1", len(book.steps)-n)
			}
			for _, s := range book.steps {
				if line := s.What + s.Note + s.Did; strings.Contains(line, goodPassword) || strings.Contains(line, secret) {
					t.Errorf("the trail holds a secret: %s", line)
				}
			}
		})
	}
}

func codeNow(t *testing.T, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestChangePasswordAsksTheOldOne(t *testing.T) {
	o, _ := staffed(t)
	ctx := t.Context()
	if _, err := o.ChangePassword(ctx, "赵编辑", "not it at all", goodPassword+"!"); !errors.Is(err, ErrDenied) {
		t.Errorf("with a wrong password: %v", err)
	}
	if _, err := o.ChangePassword(ctx, "赵编辑", goodPassword, "short"); err == nil || errors.Is(err, ErrDenied) {
		t.Errorf("a short one: %v", err)
	}
	a, err := o.ChangePassword(ctx, "赵编辑", goodPassword, goodPassword+"!")
	if err != nil || a.Era == 0 {
		t.Fatalf("%+v, %v", a.Era, err)
	}
	if _, err := o.SignIn(ctx, "赵编辑", goodPassword); !errors.Is(err, ErrDenied) {
		t.Errorf("the old one: %v", err)
	}
	if _, err := o.SignIn(ctx, "赵编辑", goodPassword+"!"); err != nil {
		t.Errorf("the new one: %v", err)
	}
}

// What takes time is computing a hash: as many are computed whether the name
// exists or not, and whatever state the account is in.
func TestSigningInTakesAsLongForEveryName(t *testing.T) {
	o, book := staffed(t)
	gone := book.accounts["李管理"]
	gone.Disabled = true
	book.accounts["李管理"] = gone
	count, derive := 0, o.hasher.derive
	o.hasher.derive = func(p, s []byte, passes, memory uint32, lanes uint8, n uint32) []byte {
		count++
		if memory != o.hasher.memoryKiB || passes != hashPasses {
			t.Errorf("a hash of %d KiB and %d passes", memory, passes)
		}
		return derive(p, s, passes, memory, lanes, n)
	}
	for _, c := range []struct{ name, who, password string }{
		{"the right password", "赵编辑", goodPassword},
		{"a wrong password", "赵编辑", "wrong wrong wrong"},
		{"a name that is not there", "无此人", goodPassword},
		{"an account that is disabled", "李管理", goodPassword},
		{"nothing", "", ""},
	} {
		count = 0
		_, _ = o.SignIn(t.Context(), c.who, c.password)
		if count != 1 {
			t.Errorf("%s: %d hashes, want 1", c.name, count)
		}
	}
}

func TestOneTimeCodes(t *testing.T) {
	// RFC 6238, appendix B: the SHA-1 secret, its last six digits.
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	at := time.Unix(1111111109, 0)
	for _, c := range []struct {
		name, secret, code string
		now                time.Time
		want               bool
	}{
		{"as the standard has it", secret, "081804", at, true},
		{"typed with a space", secret, "081 804", at, true},
		{"half a minute late", secret, "081804", at.Add(30 * time.Second), true},
		{"half a minute early", secret, "081804", at.Add(-30 * time.Second), true},
		{"more than a minute late", secret, "081804", at.Add(61 * time.Second), false},
		{"another code", secret, "081805", at, false},
		{"too short", secret, "81804", at, false},
		{"no digits", secret, "abcdef", at, false},
		{"no secret", "", "081804", at, false},
		{"a secret that is none", "!!", "081804", at, false},
	} {
		step, ok := CheckCode(c.secret, c.code, c.now)
		if ok != c.want || ok && step != 1111111109/30 {
			t.Errorf("%s: %d, %v, want %v", c.name, step, ok, c.want)
		}
	}
	if a, b := NewCodeSecret(), NewCodeSecret(); a == b || len(a) != 32 {
		t.Errorf("secrets %s and %s", a, b)
	}
	if got, want := CodeURL("和平街道 普法", "王编辑", secret), "otpauth://totp/%E5%92%8C%E5%B9%B3%E8%A1%97%E9%81%93%20%E6%99%AE%E6%B3%95:%E7%8E%8B%E7%BC%96%E8%BE%91?issuer=%E5%92%8C%E5%B9%B3%E8%A1%97%E9%81%93%20%E6%99%AE%E6%B3%95&secret="+secret; got != want {
		t.Errorf("CodeURL = %s", got)
	}
}
