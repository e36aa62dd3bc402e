package console

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"pufa/staff"
)

// What a session holds of somebody whose password was right and whose one-time
// code is still to come. It lets nobody in.
const (
	halfName = "half name"
	halfEra  = "half era"
	halfAt   = "half at"
	halfTo   = "half to"
)

// halfTime is how long the code may take.
const halfTime = 5 * time.Minute

const (
	sayCode      = "动态码不正确，或已经用过。请等手机上出现下一个再输入。"
	sayNeedsCode = "您的角色要求先设好动态码，才能使用后台。"
)

// lacksCode reports whether a role of the account must not be used without
// one-time codes, and there are none.
func (c *Console) lacksCode(who staff.Account) bool {
	return c.Keeper != nil && who.Code == "" && slices.ContainsFunc(c.CodeRoles, who.May)
}

// halfIn asks for the code of somebody whose password was right.
func (v *visit) halfIn(who staff.Account, to string) error {
	ctx := v.r.Context()
	if err := v.sessions.RenewToken(ctx); err != nil {
		return err
	}
	v.sessions.Remove(ctx, nameField)
	v.sessions.Put(ctx, halfName, who.Name)
	v.sessions.Put(ctx, halfEra, who.Era)
	v.sessions.Put(ctx, halfAt, v.Now().Unix())
	v.sessions.Put(ctx, halfTo, to)
	http.Redirect(v.w, v.r, Path+"/sign-in/code", http.StatusSeeOther)
	return nil
}

func (v *visit) dropHalf() {
	for _, field := range []string{halfName, halfEra, halfAt, halfTo} {
		v.sessions.Remove(v.r.Context(), field)
	}
}

// half is whose code is to come; nobody when it took too long, or the account
// changed meanwhile.
func (v *visit) half() (staff.Account, error) {
	ctx := v.r.Context()
	name, at := v.sessions.GetString(ctx, halfName), time.Unix(v.sessions.GetInt64(ctx, halfAt), 0)
	if name == "" || v.Now().Sub(at) > halfTime {
		return staff.Account{}, nil
	}
	who, err := v.Accounts.Account(ctx, name)
	if errors.Is(err, staff.ErrUnknown) {
		return staff.Account{}, nil
	}
	if err != nil || who.Disabled || who.Code == "" || who.Era != v.sessions.GetInt64(ctx, halfEra) {
		return staff.Account{}, err
	}
	return who, nil
}

func (v *visit) codeDoor() error {
	who, err := v.half()
	if err != nil {
		return err
	}
	if who.Name == "" {
		v.toDoor()
		return nil
	}
	return v.page("door-code", "动态码", who.Name)
}

func (v *visit) signInCode() error {
	ctx := v.r.Context()
	who, err := v.half()
	if err != nil {
		return err
	}
	if who.Name == "" {
		v.toDoor()
		return nil
	}
	place, known := v.place(who.Name)
	wait, err := v.Door.Try(ctx, who.Name, place, known)
	if err != nil {
		return err
	}
	if wait > 0 {
		return v.waits("door-code", "动态码", wait, who.Name)
	}
	step, right := staff.CheckCode(who.Code, v.form("code"), v.Now())
	if right {
		right, err = v.Door.UseCode(ctx, who.Name, step)
	}
	if err != nil {
		return err
	}
	if !right {
		return v.again("door-code", "动态码", sayCode, who.Name)
	}
	return v.in(who, place, back(v.sessions.GetString(ctx, halfTo)))
}
