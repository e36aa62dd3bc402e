package console

import (
	"context"
	"errors"
	"slices"
	"strings"

	"pufa/staff"
)

// Trail reads accounts and the audit trail.
type Trail interface {
	// Accounts returns all accounts, by name.
	Accounts(ctx context.Context) ([]staff.Account, error)
	// TrailBefore returns at most n steps before the step number before, the
	// newest first; before 0 begins with the newest.
	TrailBefore(ctx context.Context, before int64, n int) ([]staff.Step, error)
}

const (
	sayTaken     = "这个姓名已经有账号了。"
	sayNoRole    = "请至少选一个角色。"
	sayLastAdmin = "这是最后一个在用的“管理”账号，不能停用，也不能去掉“管理”角色。请先让另一个账号有“管理”角色。"
	sayOwnRole   = "不能停用自己的账号，也不能去掉自己的“管理”角色。请让另一位管理员来做。"
)

// accountRoutes are for those who manage accounts.
func (c *Console) accountRoutes() []route {
	if c.Keeper == nil || c.Trail == nil {
		return nil
	}
	const at = Path + "/settings/accounts"
	return []route{
		{pattern: "GET " + at, role: staff.Admin, do: (*visit).accounts},
		{pattern: "GET " + at + "/new", role: staff.Admin, do: (*visit).newAccount},
		{pattern: "POST " + at + "/new", role: staff.Admin, do: (*visit).addAccount},
		{pattern: "GET " + at + "/of/{name}", role: staff.Admin, do: (*visit).account},
		{pattern: "POST " + at + "/of/{name}/roles", role: staff.Admin, do: (*visit).setRoles},
		{pattern: "POST " + at + "/of/{name}/password", role: staff.Admin, do: (*visit).resetPassword},
		{pattern: "POST " + at + "/of/{name}/code", role: staff.Admin, do: (*visit).resetCode},
		{pattern: "POST " + at + "/of/{name}/sessions", role: staff.Admin, do: (*visit).endSessions},
		{pattern: "POST " + at + "/of/{name}/disable", role: staff.Admin, do: (*visit).disable},
		{pattern: "POST " + at + "/of/{name}/enable", role: staff.Admin, do: (*visit).enable},
		{pattern: "POST " + at + "/of/{name}/trials/{id}/drop", role: staff.Admin, do: (*visit).dropTrialOf},
	}
}

// accountRow is an account as the pages show it: no hash, no secret.
type accountRow struct {
	Name, Created, Changed string
	Roles                  []staff.Role
	Disabled, HasCode, Own bool
}

func (v *visit) row(a staff.Account) accountRow {
	return accountRow{
		Name: a.Name, Roles: a.Roles, Disabled: a.Disabled, HasCode: a.Code != "", Own: a.Name == v.who.Name,
		Created: day(a.Created), Changed: day(a.Changed),
	}
}

// accountsPage is the list of accounts.
type accountsPage struct {
	Tabs     []section
	Accounts []accountRow
}

func (v *visit) accounts() error {
	all, err := v.Trail.Accounts(v.r.Context())
	if err != nil {
		return err
	}
	p := accountsPage{Tabs: v.tabs()}
	for _, a := range all {
		p.Accounts = append(p.Accounts, v.row(a))
	}
	return v.page("accounts", "账号", p)
}

// accountPage is a form about one account. Choices are the roles with what
// each may do; Was are the roles when the form was shown.
type accountPage struct {
	Tabs    []section
	Account accountRow
	Choices []roleChoice
	Was     string
	Now     string // the roles by now, when they are others than Was
	Trials  trialList
}

type roleChoice struct {
	Role   staff.Role
	What   string
	Chosen bool
}

// rolesDo says what each role is for.
func rolesDo(r staff.Role) string {
	switch r {
	case staff.Editor:
		return "写条目和推送的草稿"
	case staff.Reviewer:
		return "审核别人写的内容"
	case staff.Publisher:
		return "发布和发送审核过的内容"
	case staff.Viewer:
		return "只看"
	case staff.Admin:
		return "管理账号和设置"
	}
	return ""
}

func (v *visit) choices(chosen []staff.Role) (list []roleChoice) {
	for _, r := range staff.Roles() {
		list = append(list, roleChoice{r, rolesDo(r), slices.Contains(chosen, r)})
	}
	return list
}

// rolesTyped are the roles that were ticked; what is none is left out.
func (v *visit) rolesTyped() (list []staff.Role) {
	for _, r := range staff.Roles() {
		if slices.Contains(v.r.PostForm["role"], string(r)) {
			list = append(list, r)
		}
	}
	return list
}

func joinRoles(roles []staff.Role) string {
	texts := make([]string, len(roles))
	for i, r := range roles {
		texts[i] = string(r)
	}
	slices.Sort(texts)
	return strings.Join(texts, "、")
}

func (v *visit) newAccount() error {
	return v.page("account-new", "添加账号", accountPage{Tabs: v.tabs(), Choices: v.choices(nil)})
}

func (v *visit) addAccount() error {
	name, password := v.form("name"), v.r.PostFormValue("password")
	roles := v.rolesTyped()
	problem := checkNew(name, password, v.r.PostFormValue("again"))
	if problem == "" && len(roles) == 0 {
		problem = sayNoRole
	}
	if problem == "" {
		err := v.Keeper.Add(v.r.Context(), v.who.Name, name, password, roles)
		if err == nil {
			return v.done(Path+"/settings/accounts", "账号“"+name+"”已经建好。请当面把口令告诉本人，并请本人登录后改掉。")
		}
		if !errors.Is(err, staff.ErrExists) {
			return err
		}
		problem = sayTaken
	}
	return v.again("account-new", "添加账号", problem, accountPage{Tabs: v.tabs(), Account: accountRow{Name: name}, Choices: v.choices(roles)})
}

// named is the account in the address.
func (v *visit) named() (staff.Account, error) {
	return v.Accounts.Account(v.r.Context(), v.r.PathValue("name"))
}

func (v *visit) account() error {
	a, err := v.named()
	if err != nil {
		return err
	}
	p, err := v.accountPage(a, a.Roles)
	if err != nil {
		return err
	}
	return v.page("account", "账号："+a.Name, p)
}

func (v *visit) accountPage(a staff.Account, chosen []staff.Role) (p accountPage, err error) {
	p = accountPage{Tabs: v.tabs(), Account: v.row(a), Choices: v.choices(chosen), Was: joinRoles(a.Roles)}
	p.Trials, err = v.trialsOf(a.Name, accountURL(a.Name))
	return p, err
}

// accountAgain shows the forms of an account with what was wrong.
func (v *visit) accountAgain(a staff.Account, chosen []staff.Role, problem string) error {
	p, err := v.accountPage(a, chosen)
	if err != nil {
		return err
	}
	return v.again("account", "账号："+a.Name, problem, p)
}

func (v *visit) setRoles() error {
	a, err := v.named()
	if err != nil {
		return err
	}
	_ = v.r.ParseForm() // form below reports what cannot be read as empty
	roles := v.rolesTyped()
	switch {
	case len(roles) == 0:
		return v.accountAgain(a, roles, sayNoRole)
	case v.form("was") != joinRoles(a.Roles):
		return v.accountAgain(a, roles, "别人刚刚把角色改成了“"+joinRoles(a.Roles)+"”。您选的还在下面，请核对后再保存一次。")
	}
	return v.manage(a, roles, v.Keeper.SetRoles(v.r.Context(), v.who.Name, a.Name, roles), "角色已改为“"+joinRoles(roles)+"”。")
}

// manage ends a deed about an account: what the office refuses is said beside
// its forms.
func (v *visit) manage(a staff.Account, chosen []staff.Role, err error, told string) error {
	switch {
	case errors.Is(err, staff.ErrLastAdmin):
		return v.accountAgain(a, chosen, sayLastAdmin)
	case errors.Is(err, staff.ErrOwnRole):
		return v.accountAgain(a, chosen, sayOwnRole)
	case err != nil:
		return err
	}
	return v.done(accountURL(a.Name), told)
}

func (v *visit) resetPassword() error {
	a, err := v.named()
	if err != nil {
		return err
	}
	password := v.r.PostFormValue("password")
	if problem := checkNew(a.Name, password, v.r.PostFormValue("again")); problem != "" {
		return v.accountAgain(a, a.Roles, problem)
	}
	err = v.Keeper.Reset(v.r.Context(), v.who.Name, a.Name, password)
	return v.manage(a, a.Roles, err, "口令已重设，“"+a.Name+"”在各处的登录都已退出。请当面告诉本人新口令。")
}

func (v *visit) resetCode() error {
	return v.about(v.Keeper.DropCode, "动态码已重设。“%s”下次登录只要口令，登录后请本人重新设置动态码。")
}

func (v *visit) endSessions() error {
	return v.about(v.Keeper.EndSessions, "“%s”在各处的登录都已退出。")
}

func (v *visit) disable() error { return v.about(v.Keeper.Disable, "账号“%s”已停用。") }

func (v *visit) enable() error { return v.about(v.Keeper.Enable, "账号“%s”已恢复使用。") }

// about does one deed about the account in the address.
func (v *visit) about(do func(ctx context.Context, by, name string) error, told string) error {
	a, err := v.named()
	if err != nil {
		return err
	}
	err = do(v.r.Context(), v.who.Name, a.Name)
	return v.manage(a, a.Roles, err, strings.ReplaceAll(told, "%s", a.Name))
}
