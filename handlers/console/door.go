package console

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"pufa/staff"
)

// What a session holds: the name, and when its owner signed in.
const (
	nameField  = "name"
	sinceField = "since"
)

const sayDenied = "姓名或口令不正确。忘了口令请让管理员重设。"

// doorRoutes are the ways in and out.
func (c *Console) doorRoutes() []route {
	return []route{
		{pattern: "GET " + Path + "/sign-in", open: true, do: (*visit).door},
		{pattern: "POST " + Path + "/sign-in", open: true, do: (*visit).signIn},
		{pattern: "POST " + Path + "/sign-out", do: (*visit).signOut},
		{pattern: "GET " + Path + "/{$}", do: (*visit).today},
	}
}

// doorPage is the page at which one signs in.
type doorPage struct{ Name, To string }

func (v *visit) door() error {
	return v.page("door", "登录", doorPage{To: back(v.r.URL.Query().Get("to"))})
}

// toDoor sends to the door whoever has to sign in, and back afterwards. What
// was posted is not carried along.
func (v *visit) toDoor() {
	to := v.r.URL.RequestURI()
	if v.r.Method != http.MethodGet {
		to = Path + "/"
	}
	http.Redirect(v.w, v.r, Path+"/sign-in?to="+url.QueryEscape(to), http.StatusSeeOther)
}

func (v *visit) signIn() error {
	p := doorPage{Name: v.form("name"), To: back(v.form("to"))}
	who, err := v.Office.SignIn(v.r.Context(), p.Name, v.r.PostFormValue("password"))
	if errors.Is(err, staff.ErrDenied) {
		return v.again("door", "登录", sayDenied, p)
	}
	if err != nil {
		return err
	}
	ctx := v.r.Context()
	if err := v.sessions.RenewToken(ctx); err != nil {
		return err
	}
	v.sessions.Put(ctx, nameField, who.Name)
	v.sessions.Put(ctx, sinceField, v.Now().Unix())
	http.Redirect(v.w, v.r, p.To, http.StatusSeeOther)
	return nil
}

func (v *visit) signOut() error {
	if err := v.sessions.Destroy(v.r.Context()); err != nil {
		return err
	}
	http.Redirect(v.w, v.r, Path+"/sign-in", http.StatusSeeOther)
	return nil
}

// present is who the session is of, or nobody: the account may have been
// disabled or its password changed since.
func (v *visit) present() (staff.Account, error) {
	ctx := v.r.Context()
	name := v.sessions.GetString(ctx, nameField)
	if name == "" {
		return staff.Account{}, nil
	}
	who, err := v.Accounts.Account(ctx, name)
	if errors.Is(err, staff.ErrUnknown) {
		return staff.Account{}, nil
	}
	since := time.Unix(v.sessions.GetInt64(ctx, sinceField), 0)
	if err != nil || who.Disabled || since.Before(who.Changed) {
		return staff.Account{}, err
	}
	return who, nil
}

// today is the first page.
func (v *visit) today() error { return v.page("today", "今天", nil) }
