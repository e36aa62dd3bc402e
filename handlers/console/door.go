package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"pufa/staff"
)

// Door counts tries to sign in, and one-time codes that were used.
type Door interface {
	// Try counts a try before it is made and says how long to wait instead; 0:
	// go on. known: name signed in with this browser before.
	Try(ctx context.Context, name, place string, known bool) (time.Duration, error)
	// Opened forgets the tries: one was right.
	Opened(ctx context.Context, name, place string) error
	// UseCode reports whether a code is used for the first time.
	UseCode(ctx context.Context, name string, step int64) (first bool, err error)
}

// What a session holds: who signed in, and in which era of the account. No
// clock is compared: those of two servers differ.
const (
	nameField = "name"
	eraField  = "era"
)

const (
	sayDenied = "姓名或口令不正确。忘了口令请让管理员重设。"
	sayWait   = "试的次数太多了，请过%s再试。"
)

// doorRoutes are the ways in and out.
func (c *Console) doorRoutes() []route {
	return []route{
		{pattern: "GET " + Path + "/sign-in", open: true, do: (*visit).door},
		{pattern: "POST " + Path + "/sign-in", open: true, do: (*visit).signIn},
		{pattern: "GET " + Path + "/sign-in/code", open: true, do: (*visit).codeDoor},
		{pattern: "POST " + Path + "/sign-in/code", open: true, do: (*visit).signInCode},
		{pattern: "POST " + Path + "/sign-out", self: true, do: (*visit).signOut},
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
	ctx := v.r.Context()
	p := doorPage{Name: v.form("name"), To: back(v.form("to"))}
	place, known := v.place(p.Name)
	wait, err := v.Door.Try(ctx, p.Name, place, known)
	if err != nil {
		return err
	}
	if wait > 0 {
		return v.waits("door", "登录", wait, p)
	}
	who, err := v.Office.SignIn(ctx, p.Name, v.r.PostFormValue("password"))
	if errors.Is(err, staff.ErrDenied) {
		return v.again("door", "登录", sayDenied, p)
	}
	if err != nil {
		return err
	}
	if who.Code != "" {
		return v.halfIn(who, p.To)
	}
	return v.in(who, place, p.To)
}

// waits shows a form again that came too often.
func (v *visit) waits(name, title string, wait time.Duration, page any) error {
	v.w.Header().Set("Retry-After", strconv.Itoa(secondsOf(wait)))
	return v.render(http.StatusTooManyRequests, name, frame{Title: title, Problem: sayLater(wait), Page: page})
}

func secondsOf(wait time.Duration) int { return int((wait + time.Second - 1) / time.Second) }

// sayLater says how long to wait.
func sayLater(wait time.Duration) string {
	seconds := secondsOf(wait)
	if seconds > 60 {
		return fmt.Sprintf(sayWait, fmt.Sprintf("%d分钟", (seconds+59)/60))
	}
	return fmt.Sprintf(sayWait, fmt.Sprintf("%d秒", seconds))
}

// in begins the session of somebody who proved who they are.
func (v *visit) in(who staff.Account, place, to string) error {
	ctx := v.r.Context()
	if err := v.Door.Opened(ctx, who.Name, place); err != nil {
		return err
	}
	if err := v.Office.SignedIn(ctx, who.Name); err != nil {
		return err
	}
	if err := v.begin(who); err != nil {
		return err
	}
	v.remember(who.Name)
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
	return nil
}

// begin makes the session one of who, under a new token.
func (v *visit) begin(who staff.Account) error {
	ctx := v.r.Context()
	if err := v.sessions.RenewToken(ctx); err != nil {
		return err
	}
	v.dropHalf()
	v.sessions.Put(ctx, nameField, who.Name)
	v.sessions.Put(ctx, eraField, who.Era)
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
// disabled, signed out everywhere, or its password changed since.
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
	if err != nil || who.Disabled || who.Era != v.sessions.GetInt64(ctx, eraField) {
		return staff.Account{}, err
	}
	return who, nil
}
