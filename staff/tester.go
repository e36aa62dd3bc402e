package staff

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Tester is a WeChat account by which a member of staff tries the service
// (测试微信): nothing of it enters a figure. Whose WeChat it is stands in none
// of its fields.
type Tester struct {
	ID string    `json:"id"` // 8 hex digits; names it to staff
	Of string    `json:"of"` // who made the code
	At time.Time `json:"at"`
}

// The measures of test accounts.
const (
	MaxTesters    = 50               // together: the callback knows them by heart
	MaxOwnTesters = 5                // of one account
	TestCodeLife  = 10 * time.Minute // of a code, until it is none any more
	testCodeSize  = 8
)

// testSigns are what a code is made of: nothing that is taken for something
// else on a telephone. 31 signs in 8 places: a guess finds one of 50 codes once
// in 17 thousand million.
const testSigns = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

// BindWord begins the message by which a WeChat account becomes a test account.
const BindWord = "绑定测试"

// The errors of test accounts that a caller decides by.
var (
	// ErrTestCode means that a code is none, was used, or is too old.
	ErrTestCode = errors.New("the code of the test account is wrong, used or over")
	// ErrTesters means that there are as many test accounts as there may be, in
	// all or of one person.
	ErrTesters = errors.New("there are as many test accounts as there may be: drop one that is not used")
	// ErrNoTester means that there is no such test account.
	ErrNoTester = errors.New("there is no such test account")
)

// Testers is where test accounts are kept, each change with its step of the
// trail, both or neither.
type Testers interface {
	// Testers returns all test accounts, in no order.
	Testers(ctx context.Context) ([]Tester, error)
	// PutTestCode keeps the code of an account in place of the one before, for
	// TestCodeLife; nothing of the code itself.
	PutTestCode(ctx context.Context, code, of string) error
	// DropTester makes a test account a resident's again; ErrNoTester when it is
	// none any more.
	DropTester(ctx context.Context, id string, step Draft) error
}

// Trials makes codes for test accounts, and ends test accounts.
type Trials struct {
	testers Testers
	now     func() time.Time
}

// NewTrials makes it; now is the clock, time.Now when nil.
func NewTrials(testers Testers, now func() time.Time) *Trials {
	if now == nil {
		now = time.Now
	}
	return &Trials{testers, now}
}

// Of returns the test accounts of an account, the oldest first.
func (t *Trials) Of(ctx context.Context, name string) ([]Tester, error) {
	all, err := t.testers.Testers(ctx)
	own := slices.DeleteFunc(all, func(one Tester) bool { return one.Of != name })
	slices.SortFunc(own, func(a, b Tester) int { return a.At.Compare(b.At) })
	return own, err
}

// Code returns a new code for whoever is signed in, and until when it works.
// The one before works no more. ErrTesters when there is no room.
func (t *Trials) Code(ctx context.Context, by Account) (code string, until time.Time, err error) {
	all, err := t.testers.Testers(ctx)
	if err != nil {
		return "", until, fmt.Errorf("make a test code: %w", err)
	}
	if Full(all, by.Name) {
		return "", until, fmt.Errorf("make a test code: %w", ErrTesters)
	}
	code = newTestCode()
	if err := t.testers.PutTestCode(ctx, code, by.Name); err != nil {
		return "", until, fmt.Errorf("make a test code: %w", err)
	}
	return code, t.now().Add(TestCodeLife), nil
}

// Drop ends a test account: one's own, or any with the role 管理.
func (t *Trials) Drop(ctx context.Context, by Account, id string) error {
	all, err := t.testers.Testers(ctx)
	if err != nil {
		return fmt.Errorf("drop test account: %w", err)
	}
	i := slices.IndexFunc(all, func(one Tester) bool { return one.ID == id })
	switch {
	case i < 0:
		return fmt.Errorf("drop test account: %w", ErrNoTester)
	case all[i].Of != by.Name && !by.May(Admin):
		return fmt.Errorf("drop test account: %w", ErrRole)
	}
	step := Draft{At: t.now(), Who: by.Name, Did: "drop test account", What: id, Note: all[i].Of}
	if err := t.testers.DropTester(ctx, id, step); err != nil {
		return fmt.Errorf("drop test account %q: %w", id, err)
	}
	return nil
}

// Full reports whether an account may have no further test account.
func Full(all []Tester, name string) bool {
	own := 0
	for _, one := range all {
		if one.Of == name {
			own++
		}
	}
	return len(all) >= MaxTesters || own >= MaxOwnTesters
}

// newTestCode makes a code that cannot be guessed.
func newTestCode() string {
	code := make([]byte, 0, testCodeSize)
	var b [1]byte
	for len(code) < testCodeSize {
		_, _ = rand.Read(b[:]) // never fails (crypto/rand)
		if n := int(b[0]) & 31; n < len(testSigns) {
			code = append(code, testSigns[n])
		}
	}
	return string(code)
}

var testCodeForm = regexp.MustCompile(`^` + BindWord + `[` + testSigns + `]{8}$`)

// ParseTestCode finds the code in a message of the form 绑定测试 and a code,
// however it was typed: small letters, wide ones, with spaces or a hyphen. ok
// is false for every other text.
func ParseTestCode(text string) (code string, ok bool) {
	if len(text) > 100 || !strings.HasPrefix(strings.TrimSpace(text), BindWord) {
		return "", false
	}
	typed := strings.Map(func(r rune) rune {
		if r >= 0xff01 && r <= 0xff5e {
			r -= 0xfee0 // a wide form
		}
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case strings.ContainsRune(" \u3000\u00a0-:：，,。.", r):
			return -1
		}
		return r
	}, strings.TrimSpace(text))
	if !testCodeForm.MatchString(typed) {
		return "", false
	}
	return strings.TrimPrefix(typed, BindWord), true
}
