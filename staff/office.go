package staff

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Book is where accounts and the trail are kept. Every change goes with its
// step of the trail, both or neither.
type Book interface {
	// Account returns ErrUnknown for a name that has none.
	Account(ctx context.Context, name string) (Account, error)
	Accounts(ctx context.Context) ([]Account, error)
	// PutAccount keeps an account and the step; create refuses a name that is
	// taken with ErrExists.
	PutAccount(ctx context.Context, a Account, create bool, step Draft) error
	// Change keeps what change makes of an account, and its step. When another
	// step was kept meanwhile it asks change again with what is kept then, so
	// that what change looked at still holds when it is kept. It returns
	// ErrUnknown for a name that has no account, and what change returns.
	Change(ctx context.Context, name string, change func(now Account, all []Account) (Account, Draft, error)) error
	// Record keeps a step that changes no account.
	Record(ctx context.Context, step Draft) error
	// Trail calls line with every step, in order.
	Trail(ctx context.Context, line func(Step) error) error
}

// Draft is a step before its number and sum are known.
type Draft struct {
	At                   time.Time
	Who, Did, What, Note string
}

// After makes the draft the step behind last. A clock that went back, or that of
// another instance, must not break the chain: the step is then of the same time
// as the one before it.
func (d Draft) After(last Step) Step {
	if d.At.Before(last.At) {
		d.At = last.At
	}
	return last.Next(d.At, d.Who, d.Did, d.What, d.Note)
}

// Office manages accounts.
type Office struct {
	book   Book
	hasher *Hasher
	now    func() time.Time
}

// NewOffice makes an office; now is the clock, time.Now when nil.
func NewOffice(book Book, hasher *Hasher, now func() time.Time) *Office {
	if now == nil {
		now = time.Now
	}
	return &Office{book, hasher, now}
}

// Terminal is who stands in the trail for work done where the program runs,
// before or outside any account.
const Terminal = "（服务器终端）"

// Invitation is who stands in the trail for the first account, made by whoever
// had the link that the program printed.
const Invitation = "（首次链接）"

// Add makes an account. The error names every reason.
func (o *Office) Add(ctx context.Context, by, name, password string, roles []Role) error {
	if err := errors.Join(CheckName(name), CheckPassword(name, password)); err != nil {
		return fmt.Errorf("add account: %w", err)
	}
	hash, err := o.hasher.Hash(ctx, password)
	if err != nil {
		return fmt.Errorf("add account: %w", err)
	}
	now := o.now().UTC().Truncate(time.Second)
	a := Account{Name: name, Roles: roles, Hash: hash, Created: now, Changed: now}
	if err := o.book.PutAccount(ctx, a, true, o.draft(by, "add account", name, joinRoles(roles))); err != nil {
		return fmt.Errorf("add account %s: %w", name, err)
	}
	return nil
}

func (o *Office) draft(who, did, what, note string) Draft {
	return Draft{At: o.now(), Who: who, Did: did, What: what, Note: note}
}

func joinRoles(roles []Role) (text string) {
	for i, r := range roles {
		if i > 0 {
			text += ","
		}
		text += string(r)
	}
	return text
}

// SignIn returns the account of name if the password is right. ErrDenied says
// no more than that it is not.
func (o *Office) SignIn(ctx context.Context, name, password string) (Account, error) {
	a, err := o.book.Account(ctx, name)
	if err != nil && !errors.Is(err, ErrUnknown) {
		return Account{}, fmt.Errorf("sign in: %w", err)
	}
	if len([]rune(password)) > maxPassword {
		return Account{}, ErrDenied
	}
	ok, err := o.hasher.Verify(ctx, a.Hash, password)
	if err != nil {
		return Account{}, fmt.Errorf("sign in: %w", err)
	}
	if !ok || a.Disabled {
		return Account{}, ErrDenied
	}
	return a, nil
}

// As signs in for one deed that needs a role.
func (o *Office) As(ctx context.Context, name, password string, role Role) (Account, error) {
	a, err := o.SignIn(ctx, name, password)
	if err != nil {
		return Account{}, err
	}
	if !a.May(role) {
		return Account{}, fmt.Errorf("%w: %s", ErrRole, role)
	}
	return a, nil
}

// Verify reads the whole trail and returns how many steps it has; the error
// names the first that is wrong.
func (o *Office) Verify(ctx context.Context) (steps int64, err error) {
	var c Chain
	if err := o.book.Trail(ctx, c.Add); err != nil {
		return c.Last().N, fmt.Errorf("verify trail: %w", err)
	}
	return c.Last().N, nil
}
