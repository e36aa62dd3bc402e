package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// What is said beside a form that could not be taken and is not lost.
const (
	sayExpired  = "您还没有登录，或者登录已经过期（30分钟不动会自动退出），刚才的没有提交。您填的都还在这一页，没有丢。"
	sayAwayDeed = "系统暂时连不上数据库，刚才的操作可能没有办成。您填的都还在这一页：过一会儿按“再试一次”，或者先到那一页看看是不是已经办成了。一直这样请告诉管理员。"
)

// secretFields are never written into a page, not even into one for whoever
// typed them: a form with one of them is typed anew.
var secretFields = []string{"password", "again", "old", "code", "token"}

// keptPage is a form that was not taken: what was typed into it, and how to
// send it again.
type keptPage struct {
	URL    string // where it goes again; empty: it makes no sense to send it again
	Fields []keptField
	Texts  []string // what was written in it, to be read and copied
	Button string
	Door   string // where to sign in first, in another window
}

type keptField struct{ Name, Value string }

// keeps reports whether the request is a form whose fields can be shown again.
func keeps(r *http.Request) bool {
	if r.Method != http.MethodPost || r.URL.Path == Path+"/sign-out" || len(r.PostForm) == 0 {
		return false
	}
	return !slices.ContainsFunc(secretFields, r.PostForm.Has)
}

// keptOf is the form of a request.
func keptOf(r *http.Request) keptPage {
	p := keptPage{URL: r.URL.RequestURI(), Button: "再试一次"}
	for _, name := range sortedNames(r.PostForm) {
		for _, value := range r.PostForm[name] {
			value = asText(value)
			p.Fields = append(p.Fields, keptField{asText(name), value})
			if written(name, value) && !slices.Contains(p.Texts, value) {
				p.Texts = append(p.Texts, value)
			}
		}
	}
	return p
}

func sortedNames(form url.Values) (names []string) {
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// written reports whether a field holds words of a person, not a number or a
// name of the program's own.
func written(name, value string) bool {
	return name != "back" && strings.ContainsFunc(value, func(r rune) bool { return r > 0x7f })
}

// expired shows what was typed to whoever is not signed in any more, with the
// way to sign in and send it again.
func (v *visit) expired() error {
	p := keptOf(v.r)
	p.Door, p.Button = Path+"/sign-in", "已经登录，再提交一次"
	return v.render(http.StatusUnauthorized, "kept", frame{Title: "请重新登录", Problem: sayExpired, Page: p})
}

// notTakenNow shows what was typed into a form that the store could not take,
// or that somebody came before.
func (v *visit) notTakenNow(status int, text string) error {
	p := keptOf(v.r)
	if status == http.StatusServiceUnavailable {
		text = sayAwayDeed
	} else {
		p.URL = "" // what is newer must be looked at first
	}
	return v.render(status, "kept", frame{Title: "没有办成", Problem: text, Page: p})
}

// sessionFailed answers when the session cannot be read, before a page is
// asked, or cannot be kept, behind one.
func (c *Console) sessionFailed(w http.ResponseWriter, r *http.Request, err error) {
	c.Log.Error("session", "error", err)
	v := &visit{Console: c, w: w, r: r}
	if r.Body != nil && r.PostForm == nil {
		r.Body = http.MaxBytesReader(w, r.Body, maxCampaign)
		if bad := r.ParseForm(); bad != nil {
			r.PostForm = nil
		}
	}
	if bad := v.notDone(http.StatusServiceUnavailable, sayAway); bad != nil {
		v.plain(w, http.StatusServiceUnavailable, sayAway)
	}
	if f, ok := w.(*final); ok {
		f.over = true
	}
}

// notDone shows why something was not done, with what was typed for it.
func (v *visit) notDone(status int, text string) error {
	if (status == http.StatusServiceUnavailable || status == http.StatusConflict) && keeps(v.r) {
		return v.notTakenNow(status, text)
	}
	return v.show(status, "notice", "没有办成", text)
}

// final lets nothing follow the page that says that the session was not kept:
// the page behind it was written by somebody who did not know.
type final struct {
	http.ResponseWriter
	over bool
}

func (f *final) Write(b []byte) (int, error) {
	if f.over {
		return len(b), nil
	}
	return f.ResponseWriter.Write(b)
}

func (f *final) WriteHeader(status int) {
	if !f.over {
		f.ResponseWriter.WriteHeader(status)
	}
}

// Unwrap is for http.ResponseController.
func (f *final) Unwrap() http.ResponseWriter { return f.ResponseWriter }
