package console

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"

	"pufa/campaign"
	"pufa/content/edit"
	"pufa/staff"
	"pufa/stats"
	"pufa/ticket"
	"pufa/web"
)

// What is said when a page cannot be shown.
const (
	sayAway    = "系统暂时连不上数据库，这一步没有办成。请过一会儿再试；一直这样请告诉管理员。"
	sayForeign = "这个请求不是从本后台的页面发出的，没有执行。请回到后台页面重新操作。"
	sayRole    = "您的账号没有办这件事的角色。需要的话请让管理员在“账号”里加上。"
	sayNoPage  = "没有这个页面，可能已经删除，或地址抄错了。"
	sayBadForm = "提交的内容读不出来，或者太大了，没有保存。请返回重试。"
	sayChanged = "别人刚刚改过，您的修改没有保存。请打开最新的内容，再改一次。"
)

// ErrMoved means that somebody else changed what a form was about.
var ErrMoved = errors.New("it was changed meanwhile")

// The errors of the console's own.
var (
	errNoPage  = errors.New("there is no such page")
	errBadForm = errors.New("the form cannot be read")
)

// visit is one request of one member of staff.
type visit struct {
	*Console
	w   http.ResponseWriter
	r   *http.Request
	who staff.Account // zero on an open page
}

// frame is what the templates get: the head, and the page itself in Page.
type frame struct {
	Title   string
	Street  web.Street
	Who     string
	Roles   []staff.Role
	Nav     []section
	Told    string // what the last deed did
	Problem string // why the form was not taken
	Page    any
}

// serve lets in who may, and turns what went wrong into a page.
func (c *Console) serve(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{Console: c, w: w, r: r}
		defer v.recovered()
		if err := v.enter(rt); err != nil {
			v.failed(err)
		}
	})
}

func (v *visit) enter(rt route) error {
	limit := rt.limit
	if limit == 0 {
		limit = maxForm
	}
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, limit)
	// A form that is cut off or cannot be read is none: fields must not be taken
	// for empty.
	if err := v.r.ParseForm(); err != nil {
		return fmt.Errorf("%w: %w", errBadForm, err)
	}
	if rt.open {
		return rt.do(v)
	}
	who, err := v.present()
	if err != nil {
		return err
	}
	if v.who = who; who.Name == "" {
		if keeps(v.r) {
			return v.expired()
		}
		v.toDoor()
		return nil
	}
	if !rt.self && v.lacksCode(who) {
		return v.done(Path+"/self", sayNeedsCode)
	}
	if rt.role != "" && !who.May(rt.role) {
		return staff.ErrRole
	}
	return rt.do(v)
}

// recovered turns a panic into a page; what it says goes to the log only.
func (v *visit) recovered() {
	switch what := recover(); what {
	case nil:
	case http.ErrAbortHandler:
		panic(what)
	default:
		v.Log.Error("panic", "route", v.r.Pattern, "what", fmt.Sprintf("%T", what), "stack", string(debug.Stack()))
		v.plain(v.w, http.StatusInternalServerError, sayAway)
	}
}

// failed maps an error to its page: the one place that does.
func (v *visit) failed(err error) {
	status, text := statusOf(err)
	if status == http.StatusServiceUnavailable {
		v.Log.Error("console page failed", "route", v.r.Pattern, "error", err)
	}
	if bad := v.notDone(status, text); bad != nil {
		v.plain(v.w, status, text)
	}
}

func statusOf(err error) (status int, text string) {
	var tooLong *http.MaxBytesError
	switch {
	case errors.Is(err, errNoPage), errors.Is(err, campaign.ErrUnknown), errors.Is(err, edit.ErrNone), errors.Is(err, staff.ErrUnknown), errors.Is(err, stats.ErrNoActivity), errors.Is(err, ticket.ErrNone):
		return http.StatusNotFound, sayNoPage
	case errors.Is(err, campaign.ErrRight):
		return http.StatusForbidden, campaign.Say(err)
	case errors.Is(err, staff.ErrRole):
		return http.StatusForbidden, sayRole
	case errors.Is(err, errBadForm), errors.As(err, &tooLong):
		return http.StatusBadRequest, sayBadForm
	case errors.Is(err, ErrMoved), errors.Is(err, campaign.ErrChanged), errors.Is(err, edit.ErrChanged), errors.Is(err, edit.ErrMoved):
		return http.StatusConflict, sayChanged
	}
	return http.StatusServiceUnavailable, sayAway
}

// page shows a page of the console: templates/console/NAME.html.
func (v *visit) page(name, title string, page any) error {
	return v.show(http.StatusOK, name, title, page)
}

// again shows a form anew with what was typed and why it was not taken.
func (v *visit) again(name, title, problem string, page any) error {
	return v.render(http.StatusUnprocessableEntity, name, frame{Title: title, Problem: problem, Page: page})
}

func (v *visit) show(status int, name, title string, page any) error {
	return v.render(status, name, frame{Title: title, Page: page})
}

func (v *visit) render(status int, name string, f frame) error {
	if v.Street != nil {
		f.Street = v.Street()
	}
	if v.who.Name != "" {
		f.Who, f.Roles, f.Nav = v.who.Name, v.who.Roles, v.sections()
		f.Told = v.sessions.PopString(v.r.Context(), "told")
	}
	text, err := v.Pages.Console(name, f)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(status)
	_, err = v.w.Write(text)
	return err
}

// sections are those that the person may open, the one shown marked.
func (v *visit) sections() (list []section) {
	for _, s := range v.marked(v.nav()) {
		if s.role == "" || v.who.May(s.role) {
			list = append(list, s)
		}
	}
	return list
}

// marked marks the section that is shown: its own address, or one below.
func (v *visit) marked(list []section) []section {
	for i, s := range list {
		under := strings.TrimSuffix(s.URL, "/")
		list[i].Here = v.r.URL.Path == s.URL || under != Path && (v.r.URL.Path == under || strings.HasPrefix(v.r.URL.Path, under+"/"))
	}
	return list
}

// done goes to another page after a deed, and says there what was done: a
// reload does not do it twice.
func (v *visit) done(to, told string) error {
	if runes := []rune(told); len(runes) > maxFlash {
		told = string(runes[:maxFlash]) + "…"
	}
	v.sessions.Put(v.r.Context(), "told", told)
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
	return nil
}

// form reads a field of the form; what is not UTF-8 is no form.
func (v *visit) form(name string) string {
	return strings.ToValidUTF8(strings.TrimSpace(v.r.PostFormValue(name)), "")
}

// back is an address of the console to return to, or the first page: nothing
// leads elsewhere.
func back(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Host != "" || u.Scheme != "" || u.Opaque != "" || strings.Contains(to, `\`) ||
		!strings.HasPrefix(u.Path, Path+"/") || strings.Contains(u.Path, "//") {
		return Path + "/"
	}
	return u.RequestURI()
}
