package staff

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// memory is a Book in memory.
type memory struct {
	accounts map[string]Account
	steps    []Step
}

func newMemory() *memory { return &memory{accounts: map[string]Account{}} }

func (m *memory) Account(_ context.Context, name string) (Account, error) {
	a, ok := m.accounts[name]
	if !ok {
		return Account{}, ErrUnknown
	}
	return a, nil
}

func (m *memory) Accounts(context.Context) (list []Account, err error) {
	for _, a := range m.accounts {
		list = append(list, a)
	}
	return list, nil
}

func (m *memory) PutAccount(ctx context.Context, a Account, create bool, step Draft) error {
	if _, taken := m.accounts[a.Name]; taken && create {
		return ErrExists
	}
	m.accounts[a.Name] = a
	return m.Record(ctx, step)
}

func (m *memory) Change(ctx context.Context, name string, change func(Account, []Account) (Account, Draft, error)) error {
	now, err := m.Account(ctx, name)
	if err != nil {
		return err
	}
	all, _ := m.Accounts(ctx)
	a, step, err := change(now, all)
	if err != nil {
		return err
	}
	return m.PutAccount(ctx, a, false, step)
}

func (m *memory) Record(_ context.Context, step Draft) error {
	var last Step
	if n := len(m.steps); n > 0 {
		last = m.steps[n-1]
	}
	m.steps = append(m.steps, step.After(last))
	return nil
}

func (m *memory) Trail(_ context.Context, line func(Step) error) error {
	for _, s := range m.steps {
		if err := line(s); err != nil {
			return err
		}
	}
	return nil
}

// quickHasher hashes with a thousandth of the memory, so that tests are fast.
func quickHasher() *Hasher {
	h := NewHasher()
	h.memoryKiB = 64
	return h
}

func newTestOffice() (*Office, *memory) {
	book := newMemory()
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	return NewOffice(book, quickHasher(), func() time.Time { return now }), book
}

const goodPassword = "窗外的雨下了一整夜42"

func TestOfficeSignsIn(t *testing.T) {
	ctx := t.Context()
	o, book := newTestOffice()
	if err := o.Add(ctx, Terminal, "王编辑", goodPassword, []Role{Editor}); err != nil {
		t.Fatal(err)
	}
	if err := o.Add(ctx, Terminal, "李停用", goodPassword, []Role{Editor}); err != nil {
		t.Fatal(err)
	}
	if err := o.Disable(ctx, Terminal, "李停用"); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name, who, password string
		role                Role
		want                error
	}{
		{"the right password and role", "王编辑", goodPassword, Editor, nil},
		{"a role the account lacks", "王编辑", goodPassword, Reviewer, ErrRole},
		{"a wrong password", "王编辑", goodPassword + "x", Editor, ErrDenied},
		{"an empty password", "王编辑", "", Editor, ErrDenied},
		{"a password too long to hash", "王编辑", strings.Repeat("长", maxPassword+1), Editor, ErrDenied},
		{"a name that does not exist", "无此人", goodPassword, Editor, ErrDenied},
		{"an account that is disabled", "李停用", goodPassword, Editor, ErrDenied},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := o.As(ctx, c.who, c.password, c.role)
			if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
				t.Errorf("err = %v, want %v", err, c.want)
			}
			if err != nil && c.password != "" && strings.Contains(err.Error(), c.password) {
				t.Error("the error holds the password")
			}
		})
	}
	if strings.Contains(book.accounts["王编辑"].Hash, goodPassword) {
		t.Error("the password is kept as it is")
	}
}

func TestResetEndsTheOldPassword(t *testing.T) {
	ctx := t.Context()
	o, _ := newTestOffice()
	if err := o.Add(ctx, Terminal, "王编辑", goodPassword, []Role{Editor}); err != nil {
		t.Fatal(err)
	}
	if err := o.Reset(ctx, Terminal, "王编辑", "另外一个很长的口令77"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.SignIn(ctx, "王编辑", goodPassword); !errors.Is(err, ErrDenied) {
		t.Errorf("the old password: %v", err)
	}
	if _, err := o.SignIn(ctx, "王编辑", "另外一个很长的口令77"); err != nil {
		t.Errorf("the new password: %v", err)
	}
	if err := o.Reset(ctx, Terminal, "无此人", "另外一个很长的口令77"); !errors.Is(err, ErrUnknown) {
		t.Errorf("reset of nobody: %v", err)
	}
}

func TestAddRefuses(t *testing.T) {
	cases := []struct{ name, who, password, want string }{
		{"a name with a space", "王 编辑", goodPassword, "without spaces"},
		{"a name of one letter", "王", goodPassword, "2 to 20"},
		{"a short password", "王编辑", "短口令", "3 characters: want 10"},
		{"a password that holds the name", "wang", "WANG1234567890", "holds the name"},
		{"a password of one character", "王编辑", "aaaaaaaaaaaa", "fewer than 5 different"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			o, book := newTestOffice()
			err := o.Add(t.Context(), Terminal, c.who, c.password, []Role{Editor})
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), c.password) {
				t.Errorf("err = %v, want %q and no password", err, c.want)
			}
			if len(book.accounts)+len(book.steps) > 0 {
				t.Error("something was kept")
			}
		})
	}
}

func TestANameIsTakenOnce(t *testing.T) {
	o, book := newTestOffice()
	for i, want := range []error{nil, ErrExists} {
		if err := o.Add(t.Context(), Terminal, "王编辑", goodPassword, []Role{Editor}); !errors.Is(err, want) {
			t.Errorf("add %d: %v, want %v", i+1, err, want)
		}
	}
	if len(book.steps) != 1 {
		t.Errorf("%d steps, want 1", len(book.steps))
	}
}

func TestParseRoles(t *testing.T) {
	got, err := ParseRoles("编辑, 审核,编辑")
	if err != nil || !slices.Equal(got, []Role{Editor, Reviewer}) {
		t.Errorf("ParseRoles = %v, %v", got, err)
	}
	if _, err := ParseRoles("编辑,厂长"); err == nil || !strings.Contains(err.Error(), "厂长") {
		t.Errorf("err = %v", err)
	}
}

func TestHashReadsWhatItWrites(t *testing.T) {
	h := quickHasher()
	rapid.Check(t, func(rt *rapid.T) {
		password := rapid.StringN(1, 40, -1).Draw(rt, "password")
		kept, err := h.Hash(context.Background(), password)
		if err != nil {
			rt.Fatal(err)
		}
		right, err1 := h.Verify(context.Background(), kept, password)
		wrong, err2 := h.Verify(context.Background(), kept, password+"x")
		if !right || wrong || err1 != nil || err2 != nil {
			rt.Fatalf("right %v, wrong %v, %v, %v", right, wrong, err1, err2)
		}
	})
}

func TestVerifyRefusesHashesFromElsewhere(t *testing.T) {
	good, err := quickHasher().Hash(t.Context(), goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct{ name, hash string }{
		{"another function", strings.Replace(good, "argon2id", "argon2i", 1)},
		{"another version", strings.Replace(good, "v=19", "v=16", 1)},
		{"all the memory there is", strings.Replace(good, "m=64,", "m=99999999,", 1)},
		{"a thousand passes", strings.Replace(good, "t=3", "t=1000", 1)},
		{"no lane", strings.Replace(good, "p=1", "p=0", 1)},
		{"a torn key", good[:len(good)-5]},
		{"plain text", goodPassword},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if ok, err := quickHasher().Verify(t.Context(), c.hash, goodPassword); ok || err == nil {
				t.Errorf("Verify = %v, %v", ok, err)
			}
		})
	}
}

func TestHashWaitsForASlotUntilToldToStop(t *testing.T) {
	h := quickHasher()
	h.slots <- struct{}{}
	h.slots <- struct{}{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Hash(ctx, goodPassword); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
}

func TestTrailTellsWhatWasTouched(t *testing.T) {
	o, book := newTestOffice()
	for _, name := range []string{"王编辑", "李审核", "张发布"} {
		if err := o.Add(t.Context(), Terminal, name, goodPassword, []Role{Editor}); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := o.Verify(t.Context()); n != 3 || err != nil {
		t.Fatalf("Verify = %d, %v", n, err)
	}
	whole := slices.Clone(book.steps)
	cases := []struct {
		name string
		harm func()
	}{
		{"a changed word", func() { book.steps[1].What = "别人" }},
		{"a changed time", func() { book.steps[1].At = book.steps[1].At.Add(time.Hour) }},
		{"a step taken out", func() { book.steps = append(book.steps[:1], book.steps[2:]...) }},
		{"a step taken out and renumbered", func() {
			book.steps = append(book.steps[:1], book.steps[2:]...)
			book.steps[1].N = 2
		}},
		{"two steps exchanged", func() { book.steps[0], book.steps[1] = book.steps[1], book.steps[0] }},
		{"a step made up", func() {
			book.steps[1] = Step{N: 2, At: whole[1].At, Who: "王编辑", Did: "x", What: "y", Sum: whole[1].Sum}
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			book.steps = slices.Clone(whole)
			c.harm()
			if _, err := o.Verify(t.Context()); err == nil {
				t.Error("the trail was taken for whole")
			}
		})
	}
}

func FuzzParsePHC(f *testing.F) {
	good, err := quickHasher().Hash(f.Context(), goodPassword)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add("$argon2id$v=19$m=8,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := parsePHC(s)
		if err == nil && (p.memoryKiB > maxMemoryKiB || p.passes > maxPasses || len(p.key) != keyBytes) {
			t.Errorf("read %+v", p)
		}
	})
}

func TestAClockThatGoesBackBreaksNoChain(t *testing.T) {
	at := time.Date(2026, 3, 8, 10, 0, 0, 0, time.UTC)
	var chain Chain
	for _, now := range []time.Time{at, at.Add(-time.Hour), at.Add(time.Second)} {
		if err := chain.Add(Draft{At: now, Who: "王编辑", Did: "save draft"}.After(chain.Last())); err != nil {
			t.Error(err)
		}
	}
	if got := chain.Last(); got.N != 3 || !got.At.Equal(at.Add(time.Second)) {
		t.Errorf("the last step is %+v", got)
	}
}
