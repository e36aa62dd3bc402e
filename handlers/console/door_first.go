package console

import (
	"context"
	"net/http"

	"pufa/staff"
)

// Invites keeps the links to the first account.
type Invites interface {
	Invited(ctx context.Context, token string) (bool, error)
	// Accept uses an invitation up; false when there is none.
	Accept(ctx context.Context, token string) (bool, error)
}

const sayNoInvite = "这个链接已经用过、过期，或者已经有了账号。请直接登录；没有账号请让管理员添加，或在服务器上运行 pufa staff add。"

// firstRoutes make the first account, from a link that the program printed
// when there was none.
func (c *Console) firstRoutes() []route {
	if c.Keeper == nil || c.Invites == nil {
		return nil
	}
	return []route{
		{pattern: "GET " + Path + "/first", open: true, do: (*visit).first},
		{pattern: "POST " + Path + "/first", open: true, do: (*visit).addFirst},
	}
}

// firstPage is the form of the first account.
type firstPage struct{ Token, Name string }

func (v *visit) first() error {
	p := firstPage{Token: v.r.URL.Query().Get("token")}
	ok, err := v.invited(p.Token)
	if err != nil {
		return err
	}
	if !ok {
		return v.show(http.StatusNotFound, "notice", "链接无效", sayNoInvite)
	}
	return v.page("first", "建立第一个账号", p)
}

// invited reports whether a token invites, and no account was made since.
func (v *visit) invited(token string) (bool, error) {
	empty, err := v.Keeper.Empty(v.r.Context())
	if err != nil || !empty || token == "" {
		return false, err
	}
	return v.Invites.Invited(v.r.Context(), token)
}

func (v *visit) addFirst() error {
	ctx := v.r.Context()
	p := firstPage{Token: v.form("token"), Name: v.form("name")}
	ok, err := v.invited(p.Token)
	if err != nil {
		return err
	}
	if !ok {
		return v.show(http.StatusNotFound, "notice", "链接无效", sayNoInvite)
	}
	password := v.r.PostFormValue("password")
	if problem := checkNew(p.Name, password, v.r.PostFormValue("again")); problem != "" {
		return v.again("first", "建立第一个账号", problem, p)
	}
	// The invitation goes first: of two who hold the link one makes an account.
	if ok, err = v.Invites.Accept(ctx, p.Token); err != nil {
		return err
	}
	if !ok {
		return v.show(http.StatusNotFound, "notice", "链接无效", sayNoInvite)
	}
	if err := v.Keeper.Add(ctx, staff.Invitation, p.Name, password, []staff.Role{staff.Admin}); err != nil {
		return err
	}
	who, err := v.Accounts.Account(ctx, p.Name)
	if err != nil {
		return err
	}
	place, _ := v.place(p.Name)
	return v.in(who, place, Path+"/")
}

// checkNew says why a name with a new password, typed twice, cannot be taken;
// empty when it can.
func checkNew(name, password, again string) string {
	switch {
	case staff.CheckName(name) != nil:
		return sayName
	case staff.CheckPassword(name, password) != nil:
		return sayPassword
	case password != again:
		return sayTwice
	}
	return ""
}
