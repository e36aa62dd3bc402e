package console

import (
	"context"
	"errors"

	"pufa/staff"
)

// Keeper manages accounts: staff.Office does.
type Keeper interface {
	Add(ctx context.Context, by, name, password string, roles []staff.Role) error
	SetRoles(ctx context.Context, by, name string, roles []staff.Role) error
	Reset(ctx context.Context, by, name, password string) error
	Disable(ctx context.Context, by, name string) error
	Enable(ctx context.Context, by, name string) error
	EndSessions(ctx context.Context, by, name string) error
	DropCode(ctx context.Context, by, name string) error
	ChangePassword(ctx context.Context, name, old, password string) (staff.Account, error)
	SetCode(ctx context.Context, name, secret, code string) (staff.Account, error)
	Empty(ctx context.Context) (bool, error)
	Verify(ctx context.Context) (steps int64, err error)
}

const (
	sayName     = "姓名要 2 到 20 个字或数字，中间不能有空格。"
	sayPassword = "口令要 10 到 200 个字，至少有 5 个不同的字符，不能含有姓名。"
	sayTwice    = "两次输入的口令不一样，请再输一遍。"
	sayOld      = "原来的口令不正确。"
	sayNewCode  = "动态码不正确。请确认手机时间准确，再输入现在显示的 6 位数字。"
)

// enrolField holds the secret of one-time codes that are being set up.
const enrolField = "enrol"

// selfRoutes are what everybody does about their own account.
func (c *Console) selfRoutes() []route {
	if c.Keeper == nil {
		return nil
	}
	return append([]route{
		{pattern: "GET " + Path + "/self", self: true, do: (*visit).self},
		{pattern: "POST " + Path + "/self/password", self: true, do: (*visit).changePassword},
		{pattern: "POST " + Path + "/self/everywhere", self: true, do: (*visit).signOutEverywhere},
		{pattern: "GET " + Path + "/self/code", self: true, do: (*visit).newCode},
		{pattern: "POST " + Path + "/self/code", self: true, do: (*visit).setCode},
		{pattern: "POST " + Path + "/self/code/drop", self: true, do: (*visit).dropCode},
	}, c.trialRoutes()...)
}

// selfPage is one's own account.
type selfPage struct {
	staff.Account
	HasCode, NeedsCode bool
	Trials             trialList
}

func (v *visit) selfPage() (selfPage, error) {
	p := selfPage{Account: v.who, HasCode: v.who.Code != ""}
	for _, r := range v.CodeRoles {
		p.NeedsCode = p.NeedsCode || v.who.May(r)
	}
	p.Hash, p.Code = "", "" // no page has any use for them
	var err error
	p.Trials, err = v.trialsOf(v.who.Name, Path+"/self")
	return p, err
}

func (v *visit) self() error {
	p, err := v.selfPage()
	if err != nil {
		return err
	}
	return v.page("self", "我的账号", p)
}

// selfAgain shows one's own account with what was wrong.
func (v *visit) selfAgain(problem string) error {
	p, err := v.selfPage()
	if err != nil {
		return err
	}
	return v.again("self", "我的账号", problem, p)
}

func (v *visit) changePassword() error {
	ctx := v.r.Context()
	password := v.r.PostFormValue("password")
	if problem := checkNew(v.who.Name, password, v.r.PostFormValue("again")); problem != "" {
		return v.selfAgain(problem)
	}
	if problem, err := v.proves(); err != nil {
		return err
	} else if problem != "" {
		return v.selfAgain(problem)
	}
	who, err := v.Keeper.ChangePassword(ctx, v.who.Name, v.r.PostFormValue("old"), password)
	if errors.Is(err, staff.ErrDenied) {
		return v.selfAgain(sayOld)
	}
	if err != nil {
		return err
	}
	if err := v.begin(who); err != nil {
		return err
	}
	return v.done(Path+"/self", "口令已经换好，其他设备上的登录都已退出。")
}

func (v *visit) signOutEverywhere() error {
	if err := v.Keeper.EndSessions(v.r.Context(), v.who.Name, v.who.Name); err != nil {
		return err
	}
	return v.signOut()
}

// codePage is the page at which one-time codes are set up.
type codePage struct {
	Secret string // in groups of four, to be typed
	Code   qr
}

// newCode shows a new secret. It stays in the session until it is taken, so
// that a reload shows the same.
func (v *visit) newCode() error {
	if v.who.Code != "" {
		return v.done(Path+"/self", "您已经设好动态码。换手机请先停用，再重新设置。")
	}
	if v.sessions.GetString(v.r.Context(), enrolField) == "" {
		v.sessions.Put(v.r.Context(), enrolField, staff.NewCodeSecret())
	}
	p, err := v.codePage()
	if err != nil {
		return err
	}
	return v.page("self-code", "设置动态码", p)
}

func (v *visit) codePage() (codePage, error) {
	secret := v.sessions.GetString(v.r.Context(), enrolField)
	place := "普法后台"
	if v.Street != nil {
		place = v.Street().Name + place
	}
	code, err := newQR(staff.CodeURL(place, v.who.Name, secret))
	return codePage{Secret: groups(secret), Code: code}, err
}

// groups divides a secret for whoever types it.
func groups(s string) (text string) {
	for i := 0; i < len(s); i += 4 {
		if i > 0 {
			text += " "
		}
		text += s[i:min(i+4, len(s))]
	}
	return text
}

func (v *visit) setCode() error {
	ctx := v.r.Context()
	secret := v.sessions.GetString(ctx, enrolField)
	if secret == "" || v.who.Code != "" {
		return v.newCode()
	}
	who, err := v.Keeper.SetCode(ctx, v.who.Name, secret, v.form("code"))
	if errors.Is(err, staff.ErrCode) {
		p, bad := v.codePage()
		if bad != nil {
			return bad
		}
		return v.again("self-code", "设置动态码", sayNewCode, p)
	}
	if err != nil {
		return err
	}
	v.sessions.Remove(ctx, enrolField)
	if err := v.begin(who); err != nil {
		return err
	}
	return v.done(Path+"/self", "动态码已经设好。下次登录除了口令，还要输入手机上的 6 位数字。")
}

// dropCode lets somebody who knows the password do without codes again.
func (v *visit) dropCode() error {
	ctx := v.r.Context()
	if problem, err := v.proves(); err != nil {
		return err
	} else if problem != "" {
		return v.selfAgain(problem)
	}
	_, err := v.Office.SignIn(ctx, v.who.Name, v.r.PostFormValue("old"))
	if errors.Is(err, staff.ErrDenied) {
		return v.selfAgain(sayOld)
	}
	if err != nil {
		return err
	}
	if err := v.Keeper.DropCode(ctx, v.who.Name, v.who.Name); err != nil {
		return err
	}
	who, err := v.Accounts.Account(ctx, v.who.Name)
	if err != nil {
		return err
	}
	if err := v.begin(who); err != nil {
		return err
	}
	return v.done(Path+"/self", "动态码已经停用。")
}

// proves counts a try at one's own password: a browser left open must not be
// the way to guess it.
func (v *visit) proves() (problem string, err error) {
	place, known := v.place(v.who.Name)
	wait, err := v.Door.Try(v.r.Context(), v.who.Name, place, known)
	if err != nil || wait == 0 {
		return "", err
	}
	return sayLater(wait), nil
}
