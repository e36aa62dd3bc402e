// Package staff knows the people who run the account: names, roles, passwords,
// and the trail of what they did. It decides who may do what and never keeps
// anything itself: accounts and trail live behind the interfaces beside their
// use. A password is never kept, printed or logged; only its hash is.
package staff

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Role is what a person may do (角色).
type Role string

// The roles.
const (
	Editor    Role = "编辑" // writes drafts
	Reviewer  Role = "审核" // approves what others wrote
	Publisher Role = "发布" // sends what was approved
	Viewer    Role = "查看" // looks
	Admin     Role = "管理" // manages accounts and settings
)

// Roles lists every role, in the order in which they are shown.
func Roles() []Role { return []Role{Editor, Reviewer, Publisher, Viewer, Admin} }

// ParseRoles reads roles divided by commas; it names the first unknown one.
func ParseRoles(s string) ([]Role, error) {
	var list []Role
	for part := range strings.SplitSeq(s, ",") {
		role := Role(strings.TrimSpace(part))
		if !slices.Contains(Roles(), role) {
			return nil, fmt.Errorf("role %q is none of 编辑 审核 发布 查看 管理", role)
		}
		if !slices.Contains(list, role) {
			list = append(list, role)
		}
	}
	return list, nil
}

// Account is one person's account. Hash is the password's argon2id hash as a
// PHC string.
type Account struct {
	Name     string    `json:"name"`
	Roles    []Role    `json:"roles"`
	Hash     string    `json:"hash"`
	Disabled bool      `json:"disabled"`
	Created  time.Time `json:"created"`
	Changed  time.Time `json:"changed"` // when the password was
	// Era grows whenever every session of the account ends: sessions of an
	// earlier one are over.
	Era int64 `json:"era,omitempty"`
	// Code is the secret of the one-time codes (base32), empty without them.
	// Whoever keeps accounts seals it.
	Code string `json:"code,omitempty"`
}

// May reports whether the person has the role and the account is in use.
func (a Account) May(role Role) bool { return !a.Disabled && slices.Contains(a.Roles, role) }

// nameForm is what a name may be: 2 to 20 letters of any script, digits,
// middle dots, no spaces; it begins with a letter or digit, so that no name is
// a step in an address.
var nameForm = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}·_.-]{1,19}$`)

// The errors a caller decides by.
var (
	// ErrDenied means a wrong name or password, or an account that is disabled:
	// which of them is not said.
	ErrDenied = errors.New("name or password is wrong")
	// ErrRole means that the account lacks the role that is asked for.
	ErrRole = errors.New("the account does not have this role")
	// ErrUnknown means that there is no account of that name.
	ErrUnknown = errors.New("there is no such account")
	// ErrExists means that the name is taken.
	ErrExists = errors.New("an account of this name exists")
	// ErrLastAdmin means that nobody would be left who manages accounts.
	ErrLastAdmin = errors.New("this is the last account in use with the role 管理")
	// ErrOwnRole means that one would take the role 管理 from oneself.
	ErrOwnRole = errors.New("nobody takes the role 管理 from their own account")
	// ErrCode means that a one-time code is not right now.
	ErrCode = errors.New("the one-time code is wrong")
)

// CheckName reports why a name cannot be an account's; nil when it can.
func CheckName(name string) error {
	if !nameForm.MatchString(name) {
		return fmt.Errorf("name %q: want 2 to 20 letters or digits without spaces", name)
	}
	return nil
}

// The lengths of a password, in characters: long enough to guess badly, short
// enough that hashing one costs no attack.
const (
	minPassword = 10
	maxPassword = 200
)

// CheckPassword reports why a password cannot be used, without showing it.
func CheckPassword(name, password string) error {
	switch n := len([]rune(password)); {
	case n < minPassword || n > maxPassword:
		return fmt.Errorf("the password has %d characters: want %d to %d", n, minPassword, maxPassword)
	case strings.Contains(strings.ToLower(password), strings.ToLower(name)):
		return errors.New("the password holds the name: choose another")
	case len(slices.Compact(slices.Sorted(slices.Values([]rune(password))))) < 5:
		return errors.New("the password has fewer than 5 different characters: choose another")
	}
	return nil
}
