package staff

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// SetRoles gives an account other roles. It returns ErrOwnRole when one would
// take 管理 from oneself, and ErrLastAdmin when nobody would have it any more.
func (o *Office) SetRoles(ctx context.Context, by, name string, roles []Role) error {
	return o.change(ctx, by, name, "set roles", joinRoles(roles), func(a *Account) error {
		a.Roles = roles
		return nil
	})
}

// Reset gives an account a new password and ends its sessions.
func (o *Office) Reset(ctx context.Context, by, name, password string) error {
	if err := CheckPassword(name, password); err != nil {
		return fmt.Errorf("reset password: %w", err)
	}
	hash, err := o.hasher.Hash(ctx, password)
	if err != nil {
		return fmt.Errorf("reset password: %w", err)
	}
	return o.change(ctx, by, name, "reset password", "", func(a *Account) error {
		o.newPassword(a, hash)
		return nil
	})
}

// ChangePassword lets somebody who knows the old password choose a new one.
// Every session ends; the account that it returns is the one to go on with.
func (o *Office) ChangePassword(ctx context.Context, name, old, password string) (Account, error) {
	if err := CheckPassword(name, password); err != nil {
		return Account{}, fmt.Errorf("change password: %w", err)
	}
	was, err := o.SignIn(ctx, name, old)
	if err != nil {
		return Account{}, err
	}
	hash, err := o.hasher.Hash(ctx, password)
	if err != nil {
		return Account{}, fmt.Errorf("change password: %w", err)
	}
	return o.changed(ctx, name, name, "change password", "", func(a *Account) error {
		if a.Hash != was.Hash {
			return ErrDenied // somebody reset it meanwhile
		}
		o.newPassword(a, hash)
		return nil
	})
}

func (o *Office) newPassword(a *Account, hash string) {
	a.Hash, a.Changed = hash, o.now().UTC().Truncate(time.Second)
	a.Era++
}

// Disable takes an account out of use; it stays in the trail. It returns
// ErrOwnRole and ErrLastAdmin as SetRoles does.
func (o *Office) Disable(ctx context.Context, by, name string) error {
	return o.change(ctx, by, name, "disable account", "", func(a *Account) error {
		a.Disabled = true
		a.Era++
		return nil
	})
}

// Enable takes an account into use again.
func (o *Office) Enable(ctx context.Context, by, name string) error {
	return o.change(ctx, by, name, "enable account", "", func(a *Account) error {
		a.Disabled = false
		return nil
	})
}

// EndSessions signs an account out wherever it is signed in.
func (o *Office) EndSessions(ctx context.Context, by, name string) error {
	return o.change(ctx, by, name, "end sessions", "", func(a *Account) error {
		a.Era++
		return nil
	})
}

// SetCode asks for one-time codes from now on, if code is one of secret now:
// ErrCode when it is not. Other sessions end.
func (o *Office) SetCode(ctx context.Context, name, secret, code string) (Account, error) {
	if _, ok := CheckCode(secret, code, o.now()); !ok {
		return Account{}, ErrCode
	}
	return o.changed(ctx, name, name, "set one-time codes", "", func(a *Account) error {
		a.Code = secret
		a.Era++
		return nil
	})
}

// DropCode asks for no one-time codes any more: the telephone is lost.
func (o *Office) DropCode(ctx context.Context, by, name string) error {
	return o.change(ctx, by, name, "drop one-time codes", "", func(a *Account) error {
		a.Code = ""
		a.Era++
		return nil
	})
}

// SignedIn leaves a step that somebody came in.
func (o *Office) SignedIn(ctx context.Context, name string) error {
	if err := o.book.Record(ctx, o.draft(name, "sign in", name, "")); err != nil {
		return fmt.Errorf("record signing in: %w", err)
	}
	return nil
}

// Empty reports whether there is no account yet.
func (o *Office) Empty(ctx context.Context) (bool, error) {
	all, err := o.book.Accounts(ctx)
	return err == nil && len(all) == 0, err
}

func (o *Office) change(ctx context.Context, by, name, did, note string, do func(*Account) error) error {
	_, err := o.changed(ctx, by, name, did, note, do)
	return err
}

// changed makes a change unless nobody would be left who manages accounts.
func (o *Office) changed(ctx context.Context, by, name, did, note string, do func(*Account) error) (is Account, err error) {
	err = o.book.Change(ctx, name, func(was Account, all []Account) (Account, Draft, error) {
		is = was
		is.Roles = slices.Clone(was.Roles)
		if err := do(&is); err != nil {
			return Account{}, Draft{}, err
		}
		return is, o.draft(by, did, name, note), keepsAdmin(by, was, is, all)
	})
	if errors.Is(err, ErrDenied) {
		return Account{}, err
	}
	if err != nil {
		return Account{}, fmt.Errorf("%s %s: %w", did, name, err)
	}
	return is, nil
}

// keepsAdmin refuses a change after which nobody, or not oneself, manages
// accounts.
func keepsAdmin(by string, was, is Account, all []Account) error {
	if !was.May(Admin) || is.May(Admin) {
		return nil
	}
	if by == was.Name {
		return ErrOwnRole
	}
	if !slices.ContainsFunc(all, func(a Account) bool { return a.Name != was.Name && a.May(Admin) }) {
		return ErrLastAdmin
	}
	return nil
}
