package console

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"pufa/staff"
)

const tokenPath = figuresPath + "/tokens"

// Tokens makes and withdraws interface tokens.
type Tokens interface {
	List(ctx context.Context) ([]staff.APIToken, error)
	Make(ctx context.Context, by staff.Account, name string, scopes []staff.Scope, life time.Duration) (staff.APIToken, string, error)
	Withdraw(ctx context.Context, by staff.Account, id string) error
}

func (c *Console) tokenRoutes() []route {
	if c.Tokens == nil {
		return nil
	}
	return []route{
		{pattern: "GET " + tokenPath, role: staff.Admin, do: (*visit).tokenList},
		{pattern: "POST " + tokenPath, role: staff.Admin, do: (*visit).tokenMake},
		{pattern: "POST " + tokenPath + "/{id}/withdraw", role: staff.Admin, do: (*visit).tokenWithdraw},
	}
}

func (v *visit) mayManageTokens() bool { return v.Tokens != nil && v.who.May(staff.Admin) }

// tokenLives are how long a token may live, in days.
var tokenLives = []int{30, 90, 180, 365}

// tokenPage lists tokens, with the form for a new one.
type tokenPage struct {
	Tabs   []figuresTab
	Text   string // of the token just made, shown this once
	List   []tokenRow
	Name   string
	Scopes []tokenScope
	Lives  []tokenLife
	Faults map[string]string
}

type tokenRow struct {
	ID, Name, Scopes, By, Made, Expires string
	Over                                bool
}

type tokenScope struct {
	Name, Label string
	Chosen      bool
}

type tokenLife struct {
	Days   int
	Chosen bool
}

func (v *visit) tokenPage() (tokenPage, error) {
	p := tokenPage{Tabs: v.figuresTabs("接口令牌"), Name: v.form("name"), Faults: map[string]string{}}
	list, err := v.Tokens.List(v.r.Context())
	if err != nil {
		return p, err
	}
	for _, t := range list {
		row := tokenRow{ID: t.ID, Name: t.Name, By: t.By, Made: v.local(t.Made).Format("2006-01-02"), Expires: v.local(t.Expires).Format("2006-01-02"), Over: t.Over(v.Now())}
		for _, s := range t.Scopes {
			row.Scopes += s.Chinese() + " "
		}
		p.List = append(p.List, row)
	}
	for _, s := range staff.Scopes() {
		p.Scopes = append(p.Scopes, tokenScope{string(s), s.Chinese(), slices.Contains(v.r.PostForm["scope"], string(s))})
	}
	for _, days := range tokenLives {
		p.Lives = append(p.Lives, tokenLife{days, days == v.tokenDays()})
	}
	return p, nil
}

// tokenDays is the life that was chosen, 90 days where none was.
func (v *visit) tokenDays() int {
	for _, days := range tokenLives {
		if v.form("days") == strconv.Itoa(days) {
			return days
		}
	}
	return 90
}

func (v *visit) tokenList() error {
	p, err := v.tokenPage()
	if err != nil {
		return err
	}
	return v.page("figures-tokens", "接口令牌", p)
}

// tokenMake shows the new token on the page that answers, and nowhere else: it
// does not pass through the session, which is kept.
func (v *visit) tokenMake() error {
	var scopes []staff.Scope
	if err := v.r.ParseForm(); err != nil {
		return errBadForm
	}
	for _, s := range v.r.PostForm["scope"] {
		scopes = append(scopes, staff.Scope(asText(s)))
	}
	life := time.Duration(v.tokenDays()) * 24 * time.Hour
	_, text, err := v.Tokens.Make(v.r.Context(), v.who, v.form("name"), scopes, life)
	faults := map[string]string{}
	for field, of := range map[string]struct {
		is  error
		say string
	}{
		"name":  {staff.ErrTokenName, "请填写用途，1到30个字。"},
		"taken": {staff.ErrTokenTaken, "已经有同名的令牌。如果是刚才生成而没有抄下来，请先撤销它，再生成新的。"},
		"scope": {staff.ErrTokenScope, "请至少选一项。"},
		"all":   {staff.ErrTokens, "已经有20个令牌，请先撤销不用的。"},
	} {
		if errors.Is(err, of.is) {
			faults[field] = of.say
		}
	}
	if err != nil && len(faults) == 0 {
		return err
	}
	p, bad := v.tokenPage()
	if bad != nil {
		return bad
	}
	if err != nil {
		p.Faults = faults
		return v.again("figures-tokens", "接口令牌", "没有生成令牌：请改正标出的地方。"+faults["all"]+faults["taken"], p)
	}
	p.Text, p.Name = text, ""
	for i := range p.Scopes {
		p.Scopes[i].Chosen = false
	}
	return v.page("figures-tokens", "接口令牌", p)
}

func (v *visit) tokenWithdraw() error {
	err := v.Tokens.Withdraw(v.r.Context(), v.who, asText(v.r.PathValue("id")))
	if err != nil && !errors.Is(err, staff.ErrNoToken) {
		return err
	}
	return v.done(tokenPath, "令牌已撤销，用它的系统马上不能再取数。")
}
